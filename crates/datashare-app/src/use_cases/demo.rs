//! A sample share on folders, to try everything on one computer: this workspace is provider and recipient at once.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use datashare_domain::{AcceptanceMode, ShareKind};

use crate::database::{meta, received, shares};
use crate::dto::{
    ConnectionAdd, ConnectionName, ConnectionSettings, Credential, DatasetAdd, Demo, Invite, Nothing,
    ReceivedName, ShareCreate, ShareName, Tag, WorkspaceStatus,
};
use crate::provider::ShareContext;
use crate::{App, AppError, Result};

const SHARE: &str = "Sample harbour weather";
const DATASET: &str = "readings";
const DATA: &str = "Sample data";
const EXCHANGE: &str = "Sample exchange";
const TARGET: &str = "Sample target";
const TARGET_PATH: &str = "harbour weather";
const TERMS: &str = "# Terms of use\n\nThis is sample data, made up for trying Datashare.\n\n- Use it for anything.\n- Do not plan a \
                     voyage with it.\n";

impl App {
    /// Makes the sample share and an invitation to it. The second time, the same share with a new invitation.
    pub async fn demo_create(&self, _request: Nothing) -> Result<Demo> {
        let card = self.card()?;
        if self.database().read(|c| shares::find_share(c, SHARE))?.is_none() {
            self.make_sample_share().await?;
        }
        let emails = vec![card.email];
        let invite =
            Invite { share: SHARE.into(), emails, expires_at: None, acceptance: AcceptanceMode::Automatic };
        let invitation = self.invite(invite).await?.remove(0);
        self.database().write(|transaction| meta::set(transaction, meta::DEMO, "yes"))?;
        self.changed(&[Tag::Workspace, Tag::Connections, Tag::Shares]);
        Ok(Demo {
            share: SHARE.into(),
            invitation,
            target_connection: TARGET.into(),
            target_path: TARGET_PATH.into(),
        })
    }

    async fn make_sample_share(&self) -> Result<()> {
        let root = self.demo_folder();
        write_sample(&root.join("data")).map_err(|error| cannot_write(&root, error))?;
        for (name, folder) in [(DATA, "data"), (EXCHANGE, "exchange"), (TARGET, "received")] {
            let path = root.join(folder);
            std::fs::create_dir_all(&path).map_err(|error| cannot_write(&root, error))?;
            if self.connection(name).is_err() {
                let settings = ConnectionSettings::Folder { path: path.display().to_string() };
                let add = ConnectionAdd { name: name.into(), settings, credential: Credential::None };
                self.connection_add(add).await?;
            }
        }
        self.share_create(ShareCreate {
            name: SHARE.into(),
            description: "Wind, water and air at four harbours, a file for each month.".into(),
            terms: Some(TERMS.into()),
            kind: ShareKind::Snapshot,
            exchange: EXCHANGE.into(),
            exchange_prefix: String::new(),
        })
        .await?;
        let name = Some(DATASET.into());
        self.dataset_add(DatasetAdd {
            share: SHARE.into(),
            connection: DATA.into(),
            path: String::new(),
            name,
            sensitive: false,
        })
        .await?;
        Ok(())
    }

    /// Removes everything the sample brought: share, received share, connections, files.
    pub async fn demo_remove(&self, _request: Nothing) -> Result<WorkspaceStatus> {
        self.leave_sample_received().await?;
        if self.database().read(|c| shares::find_share(c, SHARE))?.is_some() {
            self.share_delete(ShareName { share: SHARE.into() }).await?;
        }
        for name in [DATA, EXCHANGE, TARGET] {
            if self.connection(name).is_ok() {
                self.connection_remove(ConnectionName { connection: name.into() }).await?;
            }
        }
        let root = self.demo_folder();
        match std::fs::remove_dir_all(&root) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(cannot_write(&root, error));
            }
            _ => {}
        }
        self.database().write(|transaction| meta::remove(transaction, meta::DEMO))?;
        self.changed(&[Tag::Workspace, Tag::Connections, Tag::Shares, Tag::Received]);
        self.workspace_status(Nothing {}).await
    }

    async fn leave_sample_received(&self) -> Result<()> {
        let Some(row) = self.database().read(|c| shares::find_share(c, SHARE))? else { return Ok(()) };
        let context = ShareContext::of_row(self, row).await?;
        for mailbox in context.mailboxes()? {
            if let Some(row) = self.database().read(|c| received::find_by_mailbox(c, &mailbox.id))? {
                self.received_leave(ReceivedName { received: row.id.to_string() }).await?;
            }
        }
        Ok(())
    }

    fn demo_folder(&self) -> PathBuf {
        self.inner.home.join("sample")
    }
}

fn cannot_write(root: &Path, error: std::io::Error) -> AppError {
    AppError::invalid(format!("The sample's folder {} cannot be written: {error}.", root.display()))
        .because(error)
}

/// A year of readings at four harbours: numbers that look like weather and are the same each time.
fn write_sample(folder: &Path) -> std::io::Result<()> {
    const HARBOURS: [(&str, f64, f64); 4] =
        [("Aarhus", 56.15, 10.22), ("Bergen", 60.39, 5.32), ("Klaipėda", 55.71, 21.13), ("Sète", 43.4, 3.69)];
    std::fs::create_dir_all(folder.join("monthly"))?;
    let mut stations = String::from("station,latitude,longitude\n");
    for (name, latitude, longitude) in HARBOURS {
        let _ = writeln!(stations, "{name},{latitude},{longitude}");
    }
    std::fs::write(folder.join("stations.csv"), stations)?;
    for month in 1..=12u32 {
        let mut rows = String::from("day,hour,station,wind_m_s,air_c,water_level_cm\n");
        for (day, hour) in (1..=28u32).flat_map(|day| (0..24u32).map(move |hour| (day, hour))) {
            for (index, (name, latitude, _)) in HARBOURS.iter().enumerate() {
                let turn = f64::from(day * 24 + hour) / 12.4 + f64::from(index as u32);
                let season = (f64::from(month) - 7.0) / 6.0 * std::f64::consts::PI;
                let air = 12.0 - (latitude - 50.0) * 0.6 + 9.0 * season.cos() + 2.5 * turn.sin();
                let wind = 6.0 + 3.0 * (turn * 0.7).cos();
                let level = 40.0 * turn.sin();
                let _ =
                    writeln!(rows, "2026-{month:02}-{day:02},{hour},{name},{wind:.1},{air:.1},{level:.0}");
            }
        }
        std::fs::write(folder.join(format!("monthly/2026-{month:02}.csv")), rows)?;
    }
    let about = "{\n  \"title\": \"Harbour weather\",\n  \"note\": \"Made up for trying Datashare.\"\n}\n";
    std::fs::write(folder.join("about.json"), about)
}
