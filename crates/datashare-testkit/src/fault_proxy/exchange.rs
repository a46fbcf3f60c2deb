//! One connection: requests one after the other, each with its fault.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::Shared;
use super::faults::{Fault, Faults};
use super::flow::{Ended, Flow, Harm};
use super::head::{Framing, Head};

/// What becomes of the connection after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Stay,
    Close,
    Reset,
}

pub(super) struct Exchange<'a> {
    shared: &'a Shared,
    client: (BufReader<OwnedReadHalf>, OwnedWriteHalf),
    server: (BufReader<OwnedReadHalf>, OwnedWriteHalf),
}

impl<'a> Exchange<'a> {
    pub(super) async fn begin(shared: &'a Shared, client: TcpStream) -> io::Result<Self> {
        let server = TcpStream::connect(&shared.server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let halves = |stream: TcpStream| {
            let (read, write) = stream.into_split();
            (BufReader::with_capacity(1 << 16, read), write)
        };
        Ok(Self { shared, client: halves(client), server: halves(server) })
    }

    pub(super) async fn run(&mut self) -> io::Result<()> {
        loop {
            let head = tokio::select! {
                head = Head::read(&mut self.client.0) => head?,
                // The server has closed the idle connection, so it is closed to the client too.
                _ = self.server.0.fill_buf() => None,
            };
            let Some(head) = head else { return Ok(()) };
            match self.request(&head).await? {
                Next::Stay if !head.closes() => {}
                Next::Reset => return self.reset(),
                Next::Stay | Next::Close => return self.client.1.shutdown().await,
            }
        }
    }

    /// Lets the connection end in a reset when it is dropped.
    pub(super) fn reset(&self) -> io::Result<()> {
        self.client.1.as_ref().set_zero_linger()
    }

    async fn request(&mut self, head: &Head) -> io::Result<Next> {
        let (faults, number) = self.shared.arrived(&head.text);
        if head.has_sas() && number.is_some_and(|number| faults.refuses_sas(number)) {
            self.shared.harmed();
            return self.answer(head, &refusal(403, "AuthenticationFailed", None)).await;
        }
        let fault = number.and_then(|number| faults.fault(number));
        if fault.is_some() {
            self.shared.harmed();
        }
        match fault {
            Some(Fault::Answer { status, retry_after }) => {
                let code = if status == 500 { "InternalError" } else { "ServerBusy" };
                self.answer(head, &refusal(status, code, retry_after)).await
            }
            Some(Fault::Silence) => {
                self.take_body(head).await?;
                while !self.client.0.fill_buf().await?.is_empty() {
                    let waiting = self.client.0.buffer().len();
                    self.client.0.consume(waiting);
                }
                Ok(Next::Close)
            }
            fault => self.forward(head, fault, &faults).await,
        }
    }

    /// Answers in the server's place.
    async fn answer(&mut self, head: &Head, answer: &str) -> io::Result<Next> {
        self.take_body(head).await?;
        self.client.1.write_all(answer.as_bytes()).await?;
        self.shared.count(|counts| counts.received += answer.len() as u64);
        Ok(Next::Stay)
    }

    /// Reads a body that nobody gets.
    async fn take_body(&mut self, head: &Head) -> io::Result<()> {
        if head.header("expect").is_some() {
            self.client.1.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let count = |bytes| self.shared.sent_body(bytes);
        let (from, to) = (&mut self.client.0, tokio::io::sink());
        let mut flow = Flow { from, to, count, harm: Harm::default(), position: 0 };
        flow.carry(head.framing()).await.map(drop)
    }

    async fn forward(&mut self, head: &Head, fault: Option<Fault>, faults: &Faults) -> io::Result<Next> {
        let shared = self.shared;
        let mut harm = Harm::default();
        match fault {
            Some(Fault::ResetRequest { after }) => harm.stop_after = Some(after),
            Some(Fault::FlipRequest { at }) => harm.flip_at = Some(at),
            _ => {}
        }
        let (from_client, to_client) = (&mut self.client.0, &mut self.client.1);
        let (from_server, to_server) = (&mut self.server.0, &mut self.server.1);
        let request = async {
            to_server.write_all(head.text.as_bytes()).await?;
            let count = |bytes| shared.sent_body(bytes);
            let mut flow = Flow { from: from_client, to: to_server, count, harm, position: 0 };
            match flow.carry(head.framing()).await? {
                Ended::Stopped => Err(io::ErrorKind::ConnectionReset.into()),
                Ended::Whole => Ok(()),
            }
        };
        let answer = pass_answer(shared, head, fault, faults, from_server, to_client);
        // At the same time: a server may answer before it has read everything, and then the client may stop sending.
        match tokio::try_join!(request, answer) {
            Ok(((), next)) => Ok(next),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(Next::Reset),
            Err(error) => Err(error),
        }
    }
}

async fn pass_answer(
    shared: &Shared,
    request: &Head,
    fault: Option<Fault>,
    faults: &Faults,
    from: &mut BufReader<OwnedReadHalf>,
    to: &mut OwnedWriteHalf,
) -> io::Result<Next> {
    let head = loop {
        let head = Head::read(from).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if head.status() >= 200 {
            break head;
        }
        to.write_all(head.text.as_bytes()).await?;
    };
    let framing = head.answer_framing(request);
    let mut head = head.with_date_off_by(faults.clock_skew);
    let (mut harm, mut next) = (Harm::default(), Next::Stay);
    match fault {
        Some(Fault::LoseAnswer) => return Ok(Next::Reset),
        Some(Fault::ResetAnswer { after }) => (harm.stop_after, next) = (Some(after), Next::Reset),
        Some(Fault::TruncateAnswer { after }) => (harm.stop_after, next) = (Some(after), Next::Close),
        Some(Fault::FlipAnswer { at }) => harm.flip_at = Some(at),
        Some(Fault::Drip { bytes_per_second }) => harm.bytes_per_second = Some(bytes_per_second),
        Some(Fault::ShortenAnswer { by }) => {
            if let Framing::Length(length) = framing {
                harm.swallow = by.min(length);
                head = head.with("content-length", &(length - harm.swallow).to_string());
            }
        }
        _ => {}
    }
    to.write_all(head.text.as_bytes()).await?;
    shared.count(|counts| counts.received += head.text.len() as u64);
    let mut flow = Flow { from, to, count: |bytes| shared.received_body(bytes), harm, position: 0 };
    flow.carry(framing).await?;
    let over = head.closes() || framing == Framing::UntilClose;
    Ok(if over && next == Next::Stay { Next::Close } else { next })
}

fn refusal(status: u16, code: &str, retry_after: Option<u64>) -> String {
    let retry_after = retry_after.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Refused by the proxy.</Message></Error>"
    );
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Refused by the proxy\r\n{retry_after}x-ms-error-code: {code}\r\n\
         content-type: application/xml\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
