//! What the window is told of that other processes of the workspace do: the agent, the command line.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use crate::database::data_version;
use crate::dto::{AppEvent, Tag};
use crate::{App, Result};

const LOOK_EVERY: Duration = Duration::from_secs(1);
const EVERYTHING: [Tag; 5] = [Tag::Workspace, Tag::Connections, Tag::Shares, Tag::Received, Tag::Snapshots];

impl App {
    /// Tells whoever listens to [`App::events`] what changed by another process, and once what is to be told on the
    /// desktop. Ends only by being dropped.
    pub async fn watch(&self) -> Infallible {
        let mut known = None;
        loop {
            sleep(LOOK_EVERY).await;
            if self.inner.events.receiver_count() == 0 {
                continue;
            }
            // A database that cannot be read for a moment is looked at again.
            if let Err(error) = self.look_for_others(&mut known) {
                tracing::debug!("the workspace could not be watched: {error}");
            }
        }
    }

    fn look_for_others(&self, known: &mut Option<i64>) -> Result<()> {
        let version = self.database().read(data_version)?;
        if known.replace(version).is_some_and(|known| known != version) {
            self.changed(&EVERYTHING);
        }
        for news in self.take_desktop_news()? {
            // The page went away in between: then it is told to nobody.
            let _ = self.inner.events.send(AppEvent::Happened { news });
        }
        Ok(())
    }
}
