//! Every operation, by resource. The names of the resources are those of Azure Data Share's own API, so that people who
//! know it feel at home (docs/api.md has the table).

mod apply;
mod connections;
mod governance;
mod invitations;
mod notifications;
mod received;
mod schedules;
mod shares;
mod synchronizations;
mod transfers;
mod workspace;

use datashare_app::dto::ApiScope;

use crate::operation::Operation;

const PROVIDER: &[ApiScope] = &[ApiScope::Provider];
const CONSUMER: &[ApiScope] = &[ApiScope::Consumer];
const EITHER: &[ApiScope] = &[ApiScope::Provider, ApiScope::Consumer];
const ADMIN: &[ApiScope] = &[ApiScope::Admin];

/// In the order of the description.
pub(crate) fn all() -> Vec<Operation> {
    [
        shares::operations(),
        apply::operations(),
        invitations::operations(),
        received::operations(),
        schedules::operations(),
        synchronizations::operations(),
        connections::operations(),
        transfers::operations(),
        governance::operations(),
        notifications::operations(),
        workspace::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
