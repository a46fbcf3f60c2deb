//! What is wrong with a wish whatever there is already.

use std::collections::BTreeSet;

use datashare_domain::check_name;

use super::super::invitations::addresses;
use crate::dto::{Desired, DesiredShare};
use crate::{AppError, Result};

/// Names that can be, each once.
pub(super) fn form(desired: &Desired) -> Result<()> {
    each_once("share", desired.shares.iter().map(|share| share.name.as_str()))?;
    for share in &desired.shares {
        share_form(share).map_err(|error| within(share, error))?;
    }
    Ok(())
}

/// Says in which share something is wrong.
pub(super) fn within(share: &DesiredShare, error: AppError) -> AppError {
    AppError { message: format!("Share '{}': {}", share.name, error.message), ..error }
}

fn share_form(share: &DesiredShare) -> Result<()> {
    let names = std::iter::once(&share.name).chain(share.datasets.iter().map(|dataset| &dataset.name));
    for name in names {
        check_name(name).map_err(|problem| AppError::invalid(format!("'{name}': {problem}")))?;
    }
    each_once("dataset", share.datasets.iter().map(|dataset| dataset.name.as_str()))?;
    each_once("recipient", share.recipients.iter().map(|recipient| recipient.email.as_str()))?;
    for recipient in &share.recipients {
        if addresses(std::slice::from_ref(&recipient.email))? != [recipient.email.as_str()] {
            let message = format!("'{}' is not one plain e-mail address.", recipient.email);
            return Err(AppError::invalid(message));
        }
    }
    if !share.recipients.is_empty() && share.datasets.is_empty() {
        return Err(AppError::invalid("It has recipients and no dataset.")
            .hint("Name its datasets too, also those that are there already."));
    }
    Ok(())
}

fn each_once<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut known = BTreeSet::new();
    for name in names {
        if !known.insert(name.to_lowercase()) {
            return Err(AppError::invalid(format!("The {what} '{name}' is named twice.")));
        }
    }
    Ok(())
}

/// Connection, and the folder in it.
pub(super) fn exchange(share: &DesiredShare) -> (&str, &str) {
    let (connection, prefix) = share.exchange.split_once('/').unwrap_or((&share.exchange, ""));
    (connection, prefix.trim_matches('/'))
}
