//! The page at `/`: the description for people. Everything it needs comes with the program, and it loads nothing else.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

const PAGE: &str = include_str!("../assets/index.html");
const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/script.js");

pub(crate) fn routes() -> Router {
    let asset = |media_type: &'static str, text: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, media_type)], text) })
    };
    Router::new()
        .route("/", asset("text/html; charset=utf-8", PAGE))
        .route("/style.css", asset("text/css; charset=utf-8", STYLE))
        .route("/script.js", asset("text/javascript; charset=utf-8", SCRIPT))
}
