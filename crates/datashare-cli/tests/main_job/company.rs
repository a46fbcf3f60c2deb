//! Behind a company's proxy that opens what is encrypted: found by the environment, trusted by the system's settings.

use std::fs;

use datashare_testkit::{BlobServer, CompanyProxy, PROVIDER, hash_tree, sample_bytes};

use crate::support::{Party, Ran, Running};

/// No name service knows it: whoever reaches it went through the proxy.
const HOST: &str = "store.contoso.invalid";

#[test]
fn the_proxy_of_the_environment_is_the_way_and_its_certificate_is_trusted_where_the_system_does() {
    let directory = tempfile::tempdir().unwrap();
    let server = BlobServer::start().unwrap();
    let proxy = CompanyProxy::leading(HOST, &server.address()).unwrap();
    let authority = directory.path().join("company.pem");
    fs::write(&authority, proxy.authority()).unwrap();
    let party = Party::new(directory.path(), "Ana", "Contoso");
    let (sent, back) = (directory.path().join("sent"), directory.path().join("back"));
    fs::create_dir(&sent).unwrap();
    fs::create_dir(&back).unwrap();
    fs::write(sent.join("small"), sample_bytes("small", 1000)).unwrap();
    fs::write(sent.join("large"), sample_bytes("large", 20 << 20)).unwrap();
    let disk =
        ["connection", "add", "disk", "--kind", "folder", "--path", directory.path().to_str().unwrap()];
    party.run(&disk).ends_with(0);

    let run = |arguments: &[&str], trusted: bool, stdin: &str| -> Ran {
        let mut command = party.command(arguments);
        command.env("HTTPS_PROXY", proxy.address());
        if trusted {
            command.env("SSL_CERT_FILE", &authority);
        } else {
            command.env_remove("SSL_CERT_FILE");
        }
        Running::start(command, stdin).ended()
    };
    let endpoint = format!("https://{HOST}/{PROVIDER}");
    let store = ["--json", "connection", "add", "store", "--kind", "azure-blob", "--account", PROVIDER];
    let store = [&store[..], &["--endpoint", &endpoint, "--key-stdin"]].concat();

    run(&store, true, &server.key(PROVIDER)).ends_with(0);

    let stranger = run(&["--json", "connection", "test", "store"], false, "").ends_with(1);
    assert!(stranger.out.contains("is not trusted by this computer"), "{stranger:?}");
    assert!(proxy.tunnels() > 0);

    run(&["connection", "test", "store"], true, "").ends_with(0);
    run(&["transfer", "disk/sent", "store/data"], true, "").ends_with(0);
    run(&["transfer", "store/data", "disk/back"], true, "").ends_with(0);
    assert_eq!(hash_tree(&back).unwrap(), hash_tree(&sent).unwrap());
}
