//! Shares by a document: planned, applied, and as the document says from then on.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Party, send};

const YAML: &str = "
shares:
  - name: '007'
    description: Point of sale, daily
    exchange: exchange
    terms: Use it well.
    datasets:
      - { name: pos, connection: data }
    schedule: { every: week, on: [mon, Thursday], at: 02:30, time_zone: Europe/Berlin }
    recipients:
      - { email: ben@fabrikam.example, access_until: 2040-06-30T00:00:00Z }
";

async fn ana() -> Party {
    let ana = Party::start("ana").await;
    ana.folder("exchange").await;
    fs::write(ana.folder("data").await.join("a.csv"), "1,2\n").unwrap();
    ana
}

async fn yaml(ana: &Party, path: &str, text: &str) -> Answer {
    let request = ana.request(Method::POST, path).header("content-type", "application/yaml");
    send(request.body(text.to_owned())).await
}

fn document() -> Value {
    json!({ "shares": [{
        "name": "007",
        "description": "Point of sale, daily",
        "exchange": "exchange",
        "terms": "Use it well.",
        "datasets": [{ "name": "pos", "connection": "data" }],
        "schedule": { "every": "week", "on": ["mon", "Thursday"], "at": "02:30", "time_zone": "Europe/Berlin" },
        "recipients": [{ "email": "ben@fabrikam.example", "access_until": "2040-06-30T00:00:00Z" }],
    }] })
}

#[tokio::test]
async fn a_document_is_planned_applied_and_then_holds() {
    let ana = ana().await;
    let plan = ana.post("/v1/apply/plan", document()).await.is(200).json();
    assert_eq!(plan, yaml(&ana, "/v1/apply/plan", YAML).await.is(200).json(), "YAML says the same");
    let kinds: Vec<_> = plan["changes"].as_array().unwrap().iter().map(|change| &change["kind"]).collect();
    assert_eq!(kinds, ["share", "dataset", "schedule", "recipient"]);
    assert_eq!(ana.get("/v1/shares").await.json()["value"], json!([]), "a plan changes nothing");

    let mut wanted = document();
    wanted["plan"] = plan;
    let applied = ana.post("/v1/apply", wanted.clone()).await.is(200).json();
    assert_eq!(applied["changes"].as_array().unwrap().len(), 4);
    assert_eq!(applied["links"][0]["email"], "ben@fabrikam.example");
    assert_eq!(ana.get("/v1/shares").await.json()["value"][0]["name"], "007");

    // The old plan is over, and there is nothing more to do.
    let refused = ana.post("/v1/apply", wanted).await.is(422).json();
    assert_eq!(refused["retry"], true);
    let nothing = json!({ "changes": [], "notes": [], "links": [] });
    assert_eq!(yaml(&ana, "/v1/apply", YAML).await.is(200).json(), nothing);
    assert_eq!(ana.get("/v1/shares/007/invitations").await.json()["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_document_is_named_and_changes_nothing() {
    let ana = ana().await;
    let one = |share: Value| json!({ "shares": [share] });
    let wrong = [
        (one(json!({ "name": "sales", "exchange": "exchange", "colour": "red" })), 400, "colour"),
        (one(json!({ "name": "sales", "exchange": "exchange", "schedule": "often" })), 400, "often"),
        (
            one(json!({ "name": "sales", "exchange": "exchange", "schedule": { "every": "week" } })),
            422,
            "days",
        ),
        (one(json!({ "name": "sales", "exchange": "nowhere" })), 404, "nowhere"),
        (
            one(json!({ "name": "sales", "exchange": "exchange", "terms_file": "/etc/hostname" })),
            422,
            "terms",
        ),
    ];
    for (document, status, word) in wrong {
        for path in ["/v1/apply/plan", "/v1/apply"] {
            let problem = ana.post(path, document.clone()).await.is(status).json();
            assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        }
    }
    let unknown = yaml(&ana, "/v1/apply", "shares: []\ncolour: red\n").await.is(400).json();
    assert!(unknown["detail"].as_str().unwrap().contains("colour"), "{unknown}");
    let cut = yaml(&ana, "/v1/apply", "shares:\n  - name: sales\n    exchange: [").await.is(400).json();
    assert!(cut["detail"].as_str().unwrap().contains("line"), "{cut}");
    let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nshares: [*b,*b,*b,*b,*b,*b,*b]\n";
    yaml(&ana, "/v1/apply", bomb).await.is(400);
    // YAML only where it is described.
    yaml(&ana, "/v1/shares", "name: sales").await.is(415);
    assert_eq!(ana.get("/v1/shares").await.json()["value"], json!([]));
}
