//! Finding by words in everything there is, for lists that are too long to be shown whole.

use crate::database::{shares, snapshots};
use crate::dto::{Find, FoundRecipient, Snapshot};
use crate::find::Words;
use crate::provider::ShareContext;
use crate::{App, Result};

const USUAL_ANSWERS: u32 = 100;
const MOST_ANSWERS: u32 = 1000;

impl App {
    /// Recipients of all shares by name, organisation, e-mail address or share.
    pub async fn recipient_find(&self, request: Find) -> Result<Vec<FoundRecipient>> {
        let (words, most) = wanted(&request);
        let mut found = Vec::new();
        for row in self.database().read(shares::list_shares)? {
            let context = ShareContext::of_row(self, row).await?;
            for view in context.views()? {
                let card = view.state.recipient();
                let (name, organisation) = (card.map(|card| &card.name), card.map(|card| &card.organisation));
                let part = |text: Option<&String>| text.map_or("", String::as_str).to_owned();
                if !words.are_in(&[&view.row.email, &part(name), &part(organisation), &context.row.name]) {
                    continue;
                }
                found.push(FoundRecipient {
                    share_id: context.row.id.to_string(),
                    share: context.row.name.clone(),
                    recipient_id: view.row.id.to_string(),
                    email: view.row.email.clone(),
                    name: name.cloned(),
                    organisation: organisation.cloned(),
                });
                if found.len() >= most {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Runs of this workspace, and those that recipients reported, by share, recipient or message; newest first.
    pub async fn activity_find(&self, request: Find) -> Result<Vec<Snapshot>> {
        let (words, most) = wanted(&request);
        let fits = |run: &Snapshot| {
            words.are_in(&[
                &run.share,
                run.recipient.as_deref().unwrap_or_default(),
                run.message.as_deref().unwrap_or_default(),
            ])
        };
        let mut found = self.database().read(|connection| snapshots::find_all(connection, most, &fits))?;
        for row in self.database().read(shares::list_shares)? {
            found.extend(self.reports_of(row).await?.into_iter().filter(&fits));
        }
        found.sort_by_key(|run| std::cmp::Reverse(run.started_at));
        found.truncate(most);
        Ok(found)
    }
}

fn wanted(request: &Find) -> (Words, usize) {
    let most = request.most.unwrap_or(USUAL_ANSWERS).clamp(1, MOST_ANSWERS);
    (Words::of(&request.words), most as usize)
}
