//! A user unit of systemd.

use std::path::Path;

use super::{Installation, Service, words};

pub(super) fn installation(service: &Service, settings: &Path) -> Installation {
    let unit = format!("{}.service", service.name);
    let text = unit_file(service);
    Installation {
        file: settings.join("systemd/user").join(&unit),
        contents: text.clone().into_bytes(),
        text,
        begin: Vec::new(),
        start: vec![
            words(["systemctl", "--user", "daemon-reload"]),
            words(["systemctl", "--user", "enable", &unit]),
            // One that is at work goes on with what is installed now.
            words(["systemctl", "--user", "restart", &unit]),
        ],
        stop: vec![words(["systemctl", "--user", "disable", "--now", &unit])],
        after_removal: vec![words(["systemctl", "--user", "daemon-reload"])],
    }
}

/// It is asked to stop by SIGTERM and brings what was begun to its end.
fn unit_file(service: &Service) -> String {
    let command: Vec<String> = std::iter::once(service.program.to_string_lossy().into_owned())
        .chain(service.arguments())
        .map(|word| quoted(&word).replace('$', "$$"))
        .collect();
    let environment: String = service
        .environment
        .iter()
        .map(|(name, value)| format!("Environment={}\n", quoted(&format!("{name}={value}"))))
        .collect();
    format!(
        "[Unit]
Description=Datashare, the work in the background

[Service]
ExecStart={}
{environment}Restart=on-failure
RestartSec=10
TimeoutStopSec=120
Nice=5
NoNewPrivileges=yes

[Install]
WantedBy=default.target
",
        command.join(" ")
    )
}

/// One word, in which systemd sees nothing special.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::print_stderr)]
    use std::process::Command;

    use super::super::tests::awkward;
    use super::*;

    #[test]
    fn the_unit_says_what_is_meant_whatever_the_places_are_called() {
        assert_eq!(
            unit_file(&awkward()),
            r#"[Unit]
Description=Datashare, the work in the background

[Service]
ExecStart="/opt/Data & share/data\"share" "--home" "/home/ana/100%% $$HOME <data> \\" "--quiet" "agent" "run" "--api" "127.0.0.1:8790" "--tls-key" "/home/ana/50%% \"$$key\".pem"
Environment="DATASHARE_VAULT_PASSPHRASE_FILE=/home/ana/50%% $x"
Restart=on-failure
RestartSec=10
TimeoutStopSec=120
Nice=5
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"#
        );
        let installation = installation(&awkward(), Path::new("/c"));
        assert_eq!(installation.file, Path::new("/c/systemd/user/datashare-agent-1a2b3c4d.service"));
    }

    /// Where systemd is installed it says itself whether the unit is good.
    #[test]
    fn systemd_takes_the_unit() {
        let folder = tempfile::tempdir().unwrap();
        let service = Service { program: std::env::current_exe().unwrap(), ..awkward() };
        let file = folder.path().join("datashare-agent.service");
        std::fs::write(&file, unit_file(&service)).unwrap();
        let Ok(ran) = Command::new("systemd-analyze").args(["verify", "--user"]).arg(&file).output() else {
            return eprintln!("not checked: systemd-analyze is not installed here");
        };
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(!said.contains("datashare-agent.service:"), "{said}");
    }
}
