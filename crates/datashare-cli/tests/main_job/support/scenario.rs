//! Ana of Contoso shares a tree of files with Ben of Fabrikam: on folders, or from account to account in Azurite.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use datashare_testkit::{CONSUMER, PROVIDER, hash_tree};
use serde_json::Value;
use tempfile::TempDir;

use super::{Blobs, Party, Running};

/// Where the dataset lies in the provider's connection `store`, and where it goes in the consumer's `lake`.
const SOURCE: &str = "pos/2026";
pub const TARGET: &str = "received/pos";
/// What stores put beside the files of people.
const OWN_FILES: &str = ".datashare-";

pub struct Scenario {
    pub provider: Party,
    pub consumer: Party,
    pub directory: TempDir,
    /// The files as the provider has them.
    pub source: PathBuf,
    /// Where they are when not on folders.
    pub blobs: Option<Blobs>,
}

/// An invitation that was made.
pub struct Invited {
    pub answer: Value,
    pub file: String,
}

impl Invited {
    pub fn link(&self) -> &str {
        self.answer["link"].as_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.answer["invitation_id"].as_str().unwrap()
    }
}

impl Scenario {
    /// Both parties with their connections, and an empty source.
    pub fn on_folders() -> Self {
        let scenario = Self::parties(None);
        for (party, name) in [(&scenario.provider, "store"), (&scenario.consumer, "lake")] {
            let folder = scenario.directory.path().join(name);
            fs::create_dir_all(&folder).unwrap();
            let path = folder.to_str().unwrap();
            party.run(&["connection", "add", name, "--kind", "folder", "--path", path]).ends_with(0);
        }
        fs::create_dir_all(&scenario.source).unwrap();
        scenario
    }

    /// As `on_folders`, in two accounts of a blob server.
    pub fn on_azurite() -> Self {
        let scenario = Self::parties(Some(Blobs::start()));
        let azurite = &scenario.blobs.as_ref().unwrap().azurite;
        for (party, name, account) in
            [(&scenario.provider, "store", PROVIDER), (&scenario.consumer, "lake", CONSUMER)]
        {
            let endpoint = azurite.endpoint(account);
            let add = [
                "connection",
                "add",
                name,
                "--kind",
                "azure-blob",
                "--account",
                account,
                "--endpoint",
                &endpoint,
            ];
            party.run_with(&[&add[..], &["--key-stdin"]].concat(), azurite.key(account)).ends_with(0);
            party.run(&["connection", "test", name]).ends_with(0);
        }
        fs::create_dir_all(&scenario.source).unwrap();
        scenario
    }

    fn parties(blobs: Option<Blobs>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            provider: Party::new(directory.path(), "Ana", "Contoso"),
            consumer: Party::new(directory.path(), "Ben", "Fabrikam"),
            source: directory.path().join("store").join(SOURCE),
            directory,
            blobs,
        }
    }

    /// Brings files of the source to where they are shared from. On folders they are there already.
    pub fn upload(&self, paths: &[&str]) {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        if let Some(blobs) = &self.blobs {
            blobs.put(&self.source, &paths, SOURCE);
        }
    }

    pub fn upload_all(&self) {
        let hashes = hash_tree(&self.source).unwrap();
        self.upload(&hashes.keys().map(String::as_str).collect::<Vec<_>>());
    }

    /// The share `sales` with terms and the dataset `pos`.
    pub fn share(&self) {
        let terms = self.directory.path().join("terms.md");
        fs::write(&terms, "# Terms\n\nUse it well.\n").unwrap();
        let provider = &self.provider;
        let create =
            ["share", "create", "sales", "--exchange", "store", "--description", "Point of sale, daily"];
        provider.run(&[&create[..], &["--terms-file", terms.to_str().unwrap()]].concat()).ends_with(0);
        provider
            .run(&["dataset", "add", "sales", "--connection", "store", "--path", SOURCE, "--as", "pos"])
            .ends_with(0);
        provider.run(&["publish", "sales"]).ends_with(0);
    }

    pub fn invite(&self, options: &[&str]) -> Invited {
        let file = self.directory.path().join("sales.datashare").to_str().unwrap().to_owned();
        let invite = ["invite", "sales", "--email", "ben@fabrikam.example", "--out", &file];
        Invited { answer: self.provider.json(&[&invite[..], options].concat()), file }
    }

    /// Accepts while the provider's agent is at work, and says where the data goes.
    pub fn accept(&self, invited: &Invited) -> Value {
        let accepted = self.accept_only(invited);
        self.map(TARGET);
        accepted
    }

    pub fn accept_only(&self, invited: &Invited) -> Value {
        let offer = self.consumer.json(&["invitation", "show", &invited.file]);
        let terms = offer["terms_sha256"].as_str().unwrap();
        let accept = ["invitation", "accept", &invited.file, "--agree-terms", terms, "--as", "contoso-sales"];
        self.consumer.json(&accept)
    }

    pub fn map(&self, path: &str) {
        let set = ["mapping", "set", "contoso-sales", "pos", "--connection", "lake", "--path", path];
        self.consumer.run(&set).ends_with(0);
    }

    /// Everything up to the first snapshot, with the provider's agent at work.
    pub fn ready(&self) -> Running {
        self.upload_all();
        self.share();
        let invited = self.invite(&[]);
        let agent = self.provider.agent();
        assert_eq!(self.accept(&invited)["status"], "Active");
        agent
    }

    /// Where the files arrive, on folders.
    pub fn target(&self) -> PathBuf {
        self.directory.path().join("lake").join(TARGET)
    }

    /// What arrived under final names, by path.
    pub fn arrived(&self) -> BTreeMap<String, String> {
        match &self.blobs {
            Some(blobs) => blobs.arrived(TARGET),
            None => people_files(&self.target()),
        }
    }

    /// The hashes of the provider's files, by path.
    pub fn sent(&self) -> BTreeMap<String, String> {
        hash_tree(&self.source).unwrap()
    }

    #[track_caller]
    pub fn everything_arrived(&self) {
        let (sent, arrived) = (self.sent(), self.arrived());
        let missing: Vec<_> = sent.keys().filter(|path| !arrived.contains_key(*path)).take(5).collect();
        assert!(missing.is_empty(), "not arrived: {missing:?}");
        assert!(sent == arrived, "what arrived is not what was sent");
    }

    /// Fails when a file under its final name is not, whole, one that was sent.
    #[track_caller]
    pub fn only_whole_files_arrived(&self) {
        let sent = self.sent();
        for (path, hash) in self.arrived() {
            assert_eq!(Some(&hash), sent.get(&path), "'{path}' is not whole");
        }
    }

    pub fn snapshot(&self, mode: &str) -> Value {
        self.consumer.json(&["snapshot", "start", "contoso-sales", "--mode", mode])
    }
}

/// The hashes of a folder without what the store itself keeps there; of a folder that is not there: nothing.
fn people_files(folder: &Path) -> BTreeMap<String, String> {
    if !folder.exists() {
        return BTreeMap::new();
    }
    let mut hashes = hash_tree(folder).unwrap();
    hashes.retain(|path, _| !path.rsplit('/').next().unwrap().starts_with(OWN_FILES));
    hashes
}
