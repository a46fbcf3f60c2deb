//! Each step against a server that answers as told; against a real one, with TLS, in `tests/mail`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use datashare_secret::Secret;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::{
    Attachment, Connection, Login, Mail, MailError, Person, Problem, Security, Server, is_this_computer,
};

const PASSWORD: &str = "correct horse battery";

/// What the server says to a command; `None` to end the connection.
type Answers = fn(&str) -> Option<&'static str>;

fn obliging(command: &str) -> Option<&'static str> {
    Some(match command.split(' ').next().unwrap() {
        "EHLO" => "250-here\r\n250 AUTH PLAIN LOGIN",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        _ => "250 fine",
    })
}

/// A server for one connection; gives its port.
async fn server(answers: Answers) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 here\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            let Some(answer) = answers(line.trim_end()) else { return };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            while answer.starts_with("354") && line != ".\r\n" {
                line.clear();
                stream.read_line(&mut line).await.unwrap();
            }
            if answer.starts_with("354") {
                stream.write_all(b"250 taken\r\n").await.unwrap();
            }
            line.clear();
        }
    });
    Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        login: Some(Login { user: "ana".into(), password: Secret::new(PASSWORD) }),
        patience: Duration::from_secs(20),
    }
}

fn mail() -> Mail {
    Mail {
        from: Person { name: "Ana Ö. Provider".into(), address: "ana@contoso.example".into() },
        to: Person::of("ben@fabrikam.example"),
        subject: "Verkäufe\r\nBcc: eve@x.example".into(),
        text: "Grüße".into(),
        html: "<p>Grüße</p>".into(),
        attachment: Some(Attachment {
            file_name: "Verkäufe.datashare".into(),
            media_type: "application/x-datashare".into(),
            bytes: b"ticket".to_vec(),
        }),
    }
}

async fn outcome(answers: Answers) -> Result<(), MailError> {
    let server = server(answers).await;
    Connection::open(&server).await?.send(&mail()).await
}

async fn problem(answers: Answers) -> (Problem, String) {
    let error = outcome(answers).await.unwrap_err();
    assert!(!error.message.contains(PASSWORD), "{error}");
    (error.problem, error.message)
}

#[tokio::test]
async fn a_mail_is_handed_over() {
    outcome(obliging).await.unwrap();
}

#[tokio::test]
async fn each_refusal_is_told_by_its_step_with_the_servers_words() {
    let (found, message) =
        problem(|line| if line.starts_with("MAIL") { Some("550 not yours") } else { obliging(line) }).await;
    assert_eq!(found, Problem::Sender);
    assert!(message.contains("ana@contoso.example") && message.contains("not yours"), "{message}");
    let (found, message) =
        problem(
            |line| if line.starts_with("RCPT") { Some("550 5.1.1 no such user") } else { obliging(line) },
        )
        .await;
    assert_eq!(found, Problem::Recipient);
    assert!(message.contains("ben@fabrikam.example") && message.contains("no such user"), "{message}");
    let (found, _) =
        problem(|line| if line == "DATA" { Some("554 looks like spam") } else { obliging(line) }).await;
    assert_eq!(found, Problem::Rejected);
    let (found, _) = problem(|line| if line == "DATA" { None } else { obliging(line) }).await;
    assert_eq!(found, Problem::Unreachable);
}

/// A server that repeats what it was told does not bring a password into an error.
#[tokio::test]
async fn a_refused_login_says_nothing_of_what_the_server_says() {
    let echo = |line: &str| {
        if line.starts_with("AUTH") {
            Some("535 your password is correct horse battery")
        } else {
            obliging(line)
        }
    };
    let (found, message) = problem(echo).await;
    assert_eq!(found, Problem::Login);
    assert!(message.contains("535") && message.contains("ana"), "{message}");
    let without = |line: &str| if line.starts_with("EHLO") { Some("250 here") } else { obliging(line) };
    assert_eq!(problem(without).await.0, Problem::Login);
}

#[tokio::test]
async fn after_a_refused_recipient_the_next_mail_goes_out() {
    let server =
        server(|line| if line.contains("<ben@") { Some("550 unknown") } else { obliging(line) }).await;
    let mut connection = Connection::open(&server).await.unwrap();
    assert_eq!(connection.send(&mail()).await.unwrap_err().problem, Problem::Recipient);
    connection.send(&Mail { to: Person::of("eve@x.example"), ..mail() }).await.unwrap();
    connection.close().await;
}

#[tokio::test]
async fn what_does_not_answer_is_told_apart() {
    let unknown = Server { host: "no-such-server.invalid".into(), ..server(obliging).await };
    let secure = Server { security: Security::Tls, ..unknown };
    assert_eq!(Connection::open(&secure).await.err().unwrap().problem, Problem::UnknownServer);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = Server { port: free, ..server(obliging).await };
    assert_eq!(Connection::open(&nobody).await.err().unwrap().problem, Problem::Refused);

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let silent_server = Server { port, patience: Duration::from_millis(200), ..server(obliging).await };
    let error = Connection::open(&silent_server).await.err().unwrap();
    assert_eq!((error.problem, error.retry), (Problem::Timeout, true));
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_was_asked_for() {
    let plain = |line: &str| if line.starts_with("EHLO") { obliging(line) } else { panic!("{line}") };
    let without = Server { security: Security::StartTls, ..server(plain).await };
    assert_eq!(Connection::open(&without).await.err().unwrap().problem, Problem::Encryption);
    let plain = Server { security: Security::Tls, ..server(plain).await };
    assert_eq!(Connection::open(&plain).await.err().unwrap().problem, Problem::Encryption);
    // Documentation addresses: nobody is asked.
    let elsewhere = Server { host: "192.0.2.1".into(), ..server(obliging).await };
    assert_eq!(Connection::open(&elsewhere).await.err().unwrap().problem, Problem::Encryption);
}

#[test]
fn names_of_this_computer_are_known() {
    assert!(["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"].into_iter().all(is_this_computer));
    assert!(!["localhost.example.com", "10.0.0.1", "mail"].into_iter().any(is_this_computer));
}

#[test]
fn a_mail_is_ascii_and_keeps_its_header() {
    let bytes = mail().message().unwrap().formatted();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_ascii());
    assert!(!text.contains("\nBcc:"), "{text}");
    let bad = Mail { to: Person::of("ben@fabrikam.example\r\nBcc: eve@x.example"), ..mail() };
    assert_eq!(bad.message().unwrap_err().problem, Problem::Address);
}
