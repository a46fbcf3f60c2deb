//! Where the workspace tells what happens: targets and the mail server. What is secret of them comes in and stays in.

use reqwest::Method;
use serde_json::json;

use crate::support::Party;

const ADDRESS: &str = "https://hooks.contoso.example/services/canary-of-the-address";
const SIGNING: &str = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5";
const PASSWORD: &str = "canary-of-the-password";

/// No file of the workspace and no answer has any of the secrets.
fn nowhere(ana: &Party, answers: &[String]) {
    let secrets = ["canary-of-the-address", &SIGNING[6..], PASSWORD];
    for secret in secrets {
        assert!(answers.iter().all(|answer| !answer.contains(secret)), "{answers:?}");
    }
    for file in std::fs::read_dir(ana.home.path().join("workspace")).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_target_is_told_and_its_address_and_secret_are_not() {
    let ana = Party::start("ana").await;
    const ONE: &str = "/v1/notifications/targets/operations";
    let made = ana.send(Method::PUT, ONE, json!({ "kind": "webhook", "address": ADDRESS })).await.is(200);
    assert!(made.json()["signing_secret"].as_str().unwrap().starts_with("whsec_"), "made here, told once");
    let given = json!({ "kind": "webhook", "address": ADDRESS, "secret": SIGNING });
    let given = ana.send(Method::PUT, ONE, given).await.is(200);
    assert!(given.json()["signing_secret"].is_null(), "whoever gave it has it");
    let wrong = json!({ "kind": "webhook", "address": ADDRESS.replace("https", "http") });
    let wrong = ana.send(Method::PUT, ONE, wrong).await.is(422);
    let shown = ana.get("/v1/notifications").await.is(200);
    assert_eq!(shown.json()["targets"][0]["host"], "https://hooks.contoso.example");
    let rule = json!({ "rules": [{ "kind": "revoked", "channels": ["webhook"] }], "email_to": null });
    let ruled = ana.send(Method::PUT, "/v1/notifications/rules", rule).await.is(200);
    nowhere(&ana, &[made.text, given.text, wrong.text, shown.text, ruled.text]);
    let gone = ana.send(Method::DELETE, ONE, json!({})).await.is(200);
    assert_eq!(gone.json()["targets"], json!([]));
}

#[tokio::test]
async fn the_mail_server_is_named_and_its_password_is_not_told() {
    let ana = Party::start("ana").await;
    let settings = json!({
        "server": "127.0.0.1", "port": 1, "security": "none", "user": "ana", "from": "ana@example.org",
    });
    let with = json!({ "settings": settings, "password": PASSWORD });
    let named = ana.send(Method::PUT, "/v1/mail", with).await.is(200);
    assert_eq!(named.json()["settings"]["server"], "127.0.0.1");
    // Kept for the same server and user.
    let again =
        ana.send(Method::PUT, "/v1/mail", json!({ "settings": settings, "password": null })).await.is(200);
    let shown = ana.get("/v1/mail").await.is(200);
    let tried = ana.post("/v1/mail/test", json!({})).await.is(200);
    assert_eq!(tried.json()["ok"], false);
    nowhere(&ana, &[named.text, again.text, shown.text, tried.text]);
    assert!(ana.send(Method::DELETE, "/v1/mail", json!({})).await.is(200).json()["settings"].is_null());
    let without = json!({ "settings": settings, "password": null });
    ana.send(Method::PUT, "/v1/mail", without).await.is(422);
}
