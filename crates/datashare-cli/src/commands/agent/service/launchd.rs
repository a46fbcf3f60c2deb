//! An agent of launchd.

use std::path::Path;

use super::{Installation, Service, escaped, words};

pub(super) fn installation(service: &Service, home: &Path) -> Installation {
    let label = label(service);
    let file = home.join("Library/LaunchAgents").join(format!("{label}.plist"));
    let path = file.to_string_lossy().into_owned();
    let text = property_list(service);
    Installation {
        contents: text.clone().into_bytes(),
        text,
        begin: vec![words(["launchctl", "unload", &path])],
        start: vec![words(["launchctl", "load", "-w", &path])],
        stop: vec![words(["launchctl", "unload", "-w", &path])],
        after_removal: Vec::new(),
        file,
    }
}

fn label(service: &Service) -> String {
    format!("org.datashare.{}", service.name)
}

fn property_list(service: &Service) -> String {
    let string = |text: &str| format!("<string>{}</string>", escaped(text));
    let command: String = std::iter::once(service.program.to_string_lossy().into_owned())
        .chain(service.arguments())
        .map(|word| format!("    {}\n", string(&word)))
        .collect();
    let environment: String = service
        .environment
        .iter()
        .map(|(name, value)| format!("    <key>{}</key>\n    {}\n", escaped(name), string(value)))
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  {}
  <key>ProgramArguments</key>
  <array>
{command}  </array>
  <key>EnvironmentVariables</key>
  <dict>
{environment}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
</dict>
</plist>
"#,
        string(&label(service))
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::awkward;
    use super::*;

    #[test]
    fn the_list_says_what_is_meant_whatever_the_places_are_called() {
        let list = property_list(&awkward());
        for line in [
            "  <string>org.datashare.datashare-agent-1a2b3c4d</string>\n",
            "    <string>/opt/Data &amp; share/data\"share</string>\n    <string>--home</string>\n",
            "    <string>/home/ana/100% $HOME &lt;data&gt; \\</string>\n    <string>--quiet</string>\n",
            "    <string>agent</string>\n    <string>run</string>\n    <string>--api</string>\n",
            "    <string>/home/ana/50% \"$key\".pem</string>\n  </array>\n",
            "    <key>DATASHARE_VAULT_PASSPHRASE_FILE</key>\n    <string>/home/ana/50% $x</string>\n",
        ] {
            assert!(list.contains(line), "{line} is not in {list}");
        }
        assert_eq!(list.matches("<dict>").count(), list.matches("</dict>").count());
        let file = installation(&awkward(), Path::new("/Users/ana")).file;
        assert_eq!(
            file,
            Path::new("/Users/ana/Library/LaunchAgents/org.datashare.datashare-agent-1a2b3c4d.plist")
        );
    }
}
