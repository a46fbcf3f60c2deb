//! Invitations: as the provider sends them, and as a consumer gets them.

use axum::http::StatusCode;
use datashare_app::dto::{
    Invitation, InvitationId, InvitationLink, InvitationSend, InvitationSent, Invite, MailContents, ShareName,
};
use datashare_app::{App, AppError, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CONSUMER, PROVIDER};
use crate::operation::{Operation, call, delete, get, post};

#[derive(Deserialize, JsonSchema)]
struct InvitationOf {
    share: String,
    invitation_id: String,
}

/// Invitations that were made: one for each address.
#[derive(Serialize, JsonSchema)]
struct Invited {
    value: Vec<InvitationLink>,
}

#[derive(Deserialize, JsonSchema)]
struct SendOne {
    share: String,
    invitation_id: String,
    contents: MailContents,
}

pub(super) fn operations() -> Vec<Operation> {
    [sent(), got()].into_iter().flatten().collect()
}

fn sent() -> Vec<Operation> {
    vec![
        get(
            "/v1/shares/{share}/invitations",
            "Invitations_List",
            "The invitations of a share, in every state",
        )
        .list(call!(invitation_list)),
        post("/v1/shares/{share}/invitations", "Invitations_Create", "Invite recipients, one link for each")
            .needs(PROVIDER)
            .answers(StatusCode::CREATED)
            .one(invite),
        get("/v1/shares/{share}/invitations/{invitation_id}", "Invitations_Get", "One invitation")
            .one(invitation),
        delete(
            "/v1/shares/{share}/invitations/{invitation_id}",
            "Invitations_Delete",
            "Withdraw an invitation that was not answered",
        )
        .needs(PROVIDER)
        .one(withdraw),
        get(
            "/v1/shares/{share}/invitations/{invitation_id}/link",
            "Invitations_GetLink",
            "The link of an open invitation; whoever holds it can answer",
        )
        .needs(PROVIDER)
        .one(link),
        get(
            "/v1/shares/{share}/invitations/{invitation_id}/file",
            "Invitations_GetFile",
            "The .datashare file of an open invitation; whoever holds it can answer",
        )
        .needs(PROVIDER)
        .text("application/x-datashare", file),
        post(
            "/v1/shares/{share}/invitations/{invitation_id}/send",
            "Invitations_Send",
            "Send an open invitation by mail, by the workspace's mail server",
        )
        .needs(PROVIDER)
        .one(send),
    ]
}

fn got() -> Vec<Operation> {
    vec![
        post(
            "/v1/consumerInvitations/show",
            "ConsumerInvitations_Show",
            "What an invitation offers; changes nothing",
        )
        .needs(CONSUMER)
        .one(call!(invitation_show)),
        post(
            "/v1/consumerInvitations/accept",
            "ConsumerInvitations_Accept",
            "Accept an invitation and its terms; makes a share subscription",
        )
        .needs(CONSUMER)
        .answers(StatusCode::CREATED)
        .one(call!(invitation_accept)),
        post("/v1/consumerInvitations/reject", "ConsumerInvitations_Reject", "Reject an invitation")
            .needs(CONSUMER)
            .one(call!(invitation_reject)),
    ]
}

async fn invite(app: App, input: Invite) -> Result<Invited> {
    Ok(Invited { value: app.invite(input).await? })
}

async fn invitation(app: App, input: InvitationOf) -> Result<Invitation> {
    let all = app.invitation_list(ShareName { share: input.share }).await?;
    let found = all.into_iter().find(|invitation| invitation.invitation_id == input.invitation_id);
    found.ok_or_else(|| AppError::not_found("The share has no such invitation."))
}

/// Its id, once it is known to be of this share.
async fn checked(app: &App, input: InvitationOf) -> Result<InvitationId> {
    let Invitation { invitation_id, .. } = invitation(app.clone(), input).await?;
    Ok(InvitationId { invitation_id })
}

async fn withdraw(app: App, input: InvitationOf) -> Result<Invitation> {
    let id = checked(&app, input).await?;
    app.invitation_withdraw(id).await
}

async fn link(app: App, input: InvitationOf) -> Result<InvitationLink> {
    let id = checked(&app, input).await?;
    app.invitation_link(id).await
}

async fn file(app: App, input: InvitationOf) -> Result<String> {
    let id = checked(&app, input).await?;
    Ok(app.invitation_text(id).await?.reveal().to_owned())
}

async fn send(app: App, input: SendOne) -> Result<InvitationSent> {
    let SendOne { share, invitation_id, contents } = input;
    let InvitationId { invitation_id } = checked(&app, InvitationOf { share, invitation_id }).await?;
    let request = InvitationSend { invitation_ids: vec![invitation_id], contents };
    let sent = app.invitation_send(request).await?.into_iter().next();
    sent.ok_or_else(|| AppError::not_found("The share has no such invitation."))
}
