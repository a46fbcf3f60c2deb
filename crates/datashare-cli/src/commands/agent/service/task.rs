//! A task of the Windows Task Scheduler. It starts with the person's own environment, so the vault that is to be opened is
//! named there (`setx`), and not in the task.

use super::{Installation, Service, escaped, words};

pub(super) fn installation(service: &Service) -> Installation {
    let file = service.home.join(format!("{}.xml", service.name));
    let path = file.to_string_lossy().into_owned();
    let text = task(service);
    Installation {
        contents: utf16(&text),
        text,
        begin: vec![words(["schtasks", "/End", "/TN", &service.name])],
        start: vec![
            words(["schtasks", "/Create", "/TN", &service.name, "/XML", &path, "/F"]),
            words(["schtasks", "/Run", "/TN", &service.name]),
        ],
        stop: vec![
            words(["schtasks", "/End", "/TN", &service.name]),
            words(["schtasks", "/Delete", "/TN", &service.name, "/F"]),
        ],
        after_removal: Vec::new(),
        file,
    }
}

/// With the session of whoever installs it, for as long as that goes on, on battery too.
fn task(service: &Service) -> String {
    let arguments: Vec<String> = service.arguments().iter().map(|word| quoted(word)).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Datashare, the work in the background</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{}</Command>
      <Arguments>{}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        escaped(&format!("\"{}\"", service.program.display())),
        escaped(&arguments.join(" "))
    )
}

/// One argument, as Windows programs take their command line apart.
fn quoted(word: &str) -> String {
    let mut text = String::from("\"");
    let mut backslashes = 0;
    for character in word.chars() {
        if character == '"' {
            text.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
        text.push(character);
    }
    text + &"\\".repeat(backslashes) + "\""
}

/// As the Task Scheduler reads it: little endian, with its mark.
fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::awkward;
    use super::*;

    #[test]
    fn the_task_says_what_is_meant_whatever_the_places_are_called() {
        let text = task(&awkward());
        let arguments = "<Arguments>\"--home\" \"/home/ana/100% $HOME &lt;data&gt; \\\\\" \"--quiet\" \"agent\" \"run\" \"--api\" \"127.0.0.1:8790\" \"--tls-key\" \"/home/ana/50% \\\"$key\\\".pem\"</Arguments>";
        assert!(text.contains(arguments), "{text}");
        assert!(text.contains("<Command>\"/opt/Data &amp; share/data\"share\"</Command>"), "{text}");
        assert_eq!(quoted(r#"a\"b"#), r#""a\\\"b""#);
        assert_eq!(utf16("<é"), [0xff, 0xfe, b'<', 0, 0xe9, 0]);
    }
}
