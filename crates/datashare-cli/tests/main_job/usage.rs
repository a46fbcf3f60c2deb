//! Wrong usage, errors as JSON, secrets.

use serde_json::json;

use crate::support::{Party, Scenario, has_fields};

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let party = Party::bare(directory.path(), "nobody");
    for wrong in [
        &["conection", "list"][..],
        &["share"],
        &["share", "create", "sales"],
        &["invite", "sales", "--email", "a@b.example", "--expires", "some day"],
        &["snapshot", "start", "sales", "--mode", "sometimes"],
        &["connection", "add", "x", "--kind", "folder"],
        &["connection", "add", "x", "--kind", "azure-blob", "--account", "a"],
        &["connection", "add", "x", "--kind", "azure-blob", "--account", "a", "--key", "secret"],
        &["mapping", "set", "r", "d", "--all", "--connection", "c", "--path", "p"],
    ] {
        let ran = party.run(wrong).ends_with(2);
        assert!(ran.err.contains("error: ") || ran.err.contains("Usage:"), "{wrong:?}: {}", ran.err);
        let error = party.refused(2, wrong);
        assert_eq!(error["code"], "usage", "{wrong:?}");
        assert!(error["message"].as_str().unwrap().len() > 10, "{wrong:?}: {error}");
    }
}

#[test]
fn an_error_is_words_or_one_json_document() {
    let directory = tempfile::tempdir().unwrap();
    let party = Party::new(directory.path(), "Ana", "Contoso");
    let error = party.refused(1, &["share", "show", "nothing"]);
    has_fields(&error, "code message hint retry");
    assert_eq!(error["code"], "not-found");
    let ran = party.run(&["share", "show", "nothing"]).ends_with(1);
    assert_eq!(ran.out, "");
    assert!(ran.err.starts_with("error: ") && ran.err.contains("nothing"), "{}", ran.err);
}

#[test]
fn nothing_works_before_there_is_a_workspace() {
    let directory = tempfile::tempdir().unwrap();
    let party = Party::bare(directory.path(), "nobody");
    assert_eq!(party.json(&["workspace", "show"])["card"], json!(null));
    let exchange = directory.path().to_str().unwrap();
    party.run(&["connection", "add", "here", "--kind", "folder", "--path", exchange]).ends_with(0);
    let error = party.refused(1, &["share", "create", "sales", "--exchange", "here"]);
    assert_eq!(error["code"], "not-initialised");
}

#[test]
fn a_wrong_passphrase_needs_attention_and_loses_nothing() {
    let scenario = Scenario::on_folders();
    let wrong = scenario.directory.path().join("wrong.txt");
    std::fs::write(&wrong, "not the passphrase").unwrap();
    let mut command =
        scenario.provider.command(&["--json", "share", "create", "sales", "--exchange", "store"]);
    command.env("DATASHARE_VAULT_PASSPHRASE_FILE", &wrong);
    let ran = crate::support::Running::start(command, "").ended().ends_with(3);
    assert_eq!(ran.error()["code"], "wrong-passphrase");
    scenario.provider.run(&["share", "create", "sales", "--exchange", "store"]).ends_with(0);
}

/// The key is a canary; the address answers nothing, so that errors are written too. With all diagnostics on.
#[test]
fn a_key_is_in_no_output_no_argument_and_no_file() {
    const CANARY: &str = "Q0FOQVJZLWtleS10aGF0LW11c3Qtbm90LXNob3ctdXA=";
    let directory = tempfile::tempdir().unwrap();
    let party = Party::new(directory.path(), "Ana", "Contoso");
    let add = ["connection", "add", "store", "--kind", "azure-blob", "--account", "prov"];
    let endpoint = ["--endpoint", "http://127.0.0.1:9/prov", "--key-stdin"];
    party.run_with(&[&add[..], &endpoint].concat(), CANARY).ends_with(0);
    for arguments in
        [&["connection", "test", "store"][..], &["connection", "list"], &["connection", "browse", "store"]]
    {
        for flags in [&[][..], &["--json"]] {
            let mut command = party.command(&[flags, arguments].concat());
            command.env("DATASHARE_LOG", "trace");
            party.heard(&crate::support::Running::start(command, "").ended());
        }
    }
    party.keeps_secret(&[CANARY, "SharedKey prov:"]);
}
