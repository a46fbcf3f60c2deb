//! Shares as a document says that they should be: planned whole, then applied.

use datashare_app::dto::{Applied, ApplyDocument, ApplyPlan, ApplyShare, Desired};
use datashare_app::{App, AppError, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PROVIDER;
use crate::operation::{Operation, post};

/// A document, and what was planned for it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Apply {
    shares: Vec<ApplyShare>,
    /// Inside the shares that are named, what is not named goes: datasets, open invitations, access. Never a share.
    #[serde(default)]
    prune: bool,
    /// What is to be done, as it was planned: when it is something else by now, nothing is done. `None` does what there is.
    plan: Option<ApplyPlan>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        post(
            "/v1/apply/plan",
            "Apply_Plan",
            "What has to be done so that shares are as a document says; changes nothing",
        )
        .needs(PROVIDER)
        .or_yaml::<ApplyDocument>()
        .one(plan),
        post("/v1/apply", "Apply_Apply", "Bring shares to the state that a document describes")
            .needs(PROVIDER)
            .or_yaml::<Apply>()
            .one(apply),
    ]
}

async fn plan(app: App, document: ApplyDocument) -> Result<ApplyPlan> {
    app.apply_plan(&desired(document)?).await
}

async fn apply(app: App, Apply { shares, prune, plan }: Apply) -> Result<Applied> {
    let desired = desired(ApplyDocument { shares, prune })?;
    let seen = match plan {
        Some(seen) => seen,
        None => app.apply_plan(&desired).await?,
    };
    app.apply(&desired, &seen).await
}

fn desired(document: ApplyDocument) -> Result<Desired> {
    document.desired(|_| {
        Err(AppError::invalid("Files are read by the command line only, 'terms_file' too.")
            .hint("Send the terms themselves as 'terms'."))
    })
}
