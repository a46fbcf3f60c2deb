//! What can be proved, and who decides: signed logs, receipts, tokens of storage, approvals, rules.

use axum::http::StatusCode;
use datashare_app::dto::{AuditRecord, AuditRequest, ExportFormat, ReceiptOf};
use datashare_app::{App, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ADMIN, PROVIDER};
use crate::operation::{Operation, call, get, post, put};

#[derive(Deserialize, JsonSchema)]
struct Named {
    /// Name or id of a share or a received share.
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct OfShare {
    share: String,
}

pub(super) fn operations() -> Vec<Operation> {
    [logs(), receipts(), approvals(), rules()].into_iter().flatten().collect()
}

fn logs() -> Vec<Operation> {
    vec![
        get("/v1/audit", "Audit_Check", "Whether all signed logs of this workspace verify")
            .one(call!(audit_check)),
        get("/v1/audit/{name}", "Audit_List", "The signed records of a share or a received share")
            .list(records),
        get(
            "/v1/audit/{name}/verification",
            "Audit_Verify",
            "Whether the records verify, with what is wrong",
        )
        .one(call!(audit_verify)),
        get("/v1/audit/{name}/json", "Audit_ExportJson", "The records with their signed envelopes, as JSON")
            .text("application/json", async |app: App, input: Named| {
                Ok(app.audit_text(&input.name, ExportFormat::Json)?.text)
            }),
        get("/v1/audit/{name}/csv", "Audit_ExportCsv", "The records as CSV")
            .text("text/csv", async |app: App, input: Named| {
                Ok(app.audit_text(&input.name, ExportFormat::Csv)?.text)
            }),
        get("/v1/shares/{share}/grants", "Grants_List", "Every access token that was issued for a share")
            .list(call!(grant_list)),
        get("/v1/shares/{share}/grants/csv", "Grants_ExportCsv", "The same as CSV")
            .text("text/csv", async |app: App, input: OfShare| {
                Ok(app.grant_text(&input.share, ExportFormat::Csv).await?.text)
            }),
    ]
}

fn receipts() -> Vec<Operation> {
    vec![
        get(
            "/v1/receipts/{name}",
            "Receipts_Get",
            "Proof of an acceptance or of a snapshot, for a third person",
        )
        .text("application/json", async |app: App, input: ReceiptOf| Ok(app.receipt_text(input).await?.text)),
        post("/v1/receipts/verify", "Receipts_Verify", "What a receipt proves").one(call!(receipt_verify)),
    ]
}

fn approvals() -> Vec<Operation> {
    vec![
        get("/v1/approvals", "Approvals_List", "Every approval that this workspace asked for")
            .list(call!(approval_list)),
        post(
            "/v1/approvals",
            "Approvals_Create",
            "Ask for a second person's approval; answers the request's file",
        )
        .needs(PROVIDER)
        .answers(StatusCode::CREATED)
        .one(call!(approval_request)),
        post("/v1/approvals/show", "Approvals_Show", "What a file asks for or answers")
            .one(call!(approval_read)),
        post("/v1/approvals/answer", "Approvals_Answer", "Approve or refuse what somebody else asks for")
            .needs(ADMIN)
            .one(call!(approval_answer)),
        post("/v1/approvals/use", "Approvals_Use", "Take in an answer, and do what was approved")
            .needs(PROVIDER)
            .one(call!(approval_use)),
    ]
}

fn rules() -> Vec<Operation> {
    vec![
        get("/v1/policy", "Policy_Get", "The rules that invitations and access keep to")
            .one(call!(policy_show)),
        put("/v1/policy", "Policy_Update", "Set the rules, all of them").needs(ADMIN).one(call!(policy_set)),
        get("/v1/terms/{name}", "Terms_Compare", "What changed from one version of the terms to another")
            .one(call!(terms_compare)),
    ]
}

async fn records(app: App, input: AuditRequest) -> Result<Vec<AuditRecord>> {
    Ok(app.audit_log(input).await?.records)
}
