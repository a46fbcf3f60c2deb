//! The blob server as a process: prints `listening on <address>` and ends when its standard input is closed.
//!
//! `blob-server [--address IP] [--port N] [--copies held] [--delay MILLISECONDS] [--rate BYTES_PER_SECOND]`; the loopback and a free port, when nothing is said. Held copies
//! stay pending for ever. A delay and a rate are those of each direction of a link before it.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use datashare_testkit::{BlobServer, SlowLink};

fn main() -> anyhow::Result<()> {
    let mut address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let mut hold_copies = false;
    let (mut delay, mut rate) = (Duration::ZERO, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--address" => address.set_ip(value.parse()?),
            "--port" => address.set_port(value.parse()?),
            "--copies" => hold_copies = value == "held",
            "--delay" => delay = Duration::from_millis(value.parse()?),
            "--rate" => rate = Some(value.parse()?),
            _ => bail!("{name} is not known"),
        }
    }
    let server = BlobServer::start_at(address)?;
    if hold_copies {
        server.hold_copies();
    }
    let link = rate.map(|rate| SlowLink::before(&server.address(), delay, rate)).transpose()?;
    let address = link.as_ref().map_or_else(|| server.address(), SlowLink::address);
    let mut output = std::io::stdout();
    writeln!(output, "listening on {address}")?;
    output.flush()?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
