//! One body on its way through the proxy, with the harm done to it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

use super::head::Framing;

/// How often a slow drip drips.
const TICK: Duration = Duration::from_millis(20);

/// What is done to a body. Offsets in bytes of the body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Harm {
    pub(super) stop_after: Option<u64>,
    pub(super) flip_at: Option<u64>,
    pub(super) bytes_per_second: Option<u64>,
    /// Bytes at the end that are taken and not passed on.
    pub(super) swallow: u64,
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Whole,
    /// By [`Harm::stop_after`].
    Stopped,
}

pub(super) struct Flow<R, W, C> {
    pub(super) from: R,
    pub(super) to: W,
    /// Called with the bytes of the body that passed.
    pub(super) count: C,
    pub(super) harm: Harm,
    pub(super) position: u64,
}

impl<R: AsyncBufRead + Unpin, W: AsyncWrite + Unpin, C: Fn(u64)> Flow<R, W, C> {
    pub(super) async fn carry(&mut self, framing: Framing) -> io::Result<Ended> {
        let ended = match framing {
            Framing::Length(length) => self.carry_length(length).await?,
            Framing::Chunked => self.carry_chunks().await?,
            Framing::UntilClose => self.carry_rest().await?,
        };
        self.to.flush().await?;
        let stopped = ended == Ended::Stopped || self.harm.stop_after.is_some();
        Ok(if stopped { Ended::Stopped } else { Ended::Whole })
    }

    async fn carry_length(&mut self, length: u64) -> io::Result<Ended> {
        self.harm.flip_at = self.harm.flip_at.filter(|_| length > 0).map(|at| at % length);
        let passed = length.saturating_sub(self.harm.swallow);
        let ended = self.piece(passed).await?;
        if ended == Ended::Whole {
            let mut rest = tokio::io::AsyncReadExt::take(&mut self.from, length - passed);
            tokio::io::copy_buf(&mut rest, &mut tokio::io::sink()).await?;
        }
        Ok(ended)
    }

    async fn carry_chunks(&mut self) -> io::Result<Ended> {
        loop {
            let mut line = Vec::new();
            self.from.read_until(b'\n', &mut line).await?;
            let text = String::from_utf8_lossy(&line);
            let size = text.trim().split(';').next().unwrap_or_default();
            let size = u64::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
            self.to.write_all(&line).await?;
            if self.piece(size).await? == Ended::Stopped {
                return Ok(Ended::Stopped);
            }
            // The end of a chunk, and of the body, is an empty line.
            let mut end = Vec::new();
            self.from.read_until(b'\n', &mut end).await?;
            self.to.write_all(&end).await?;
            if size == 0 {
                return Ok(Ended::Whole);
            }
        }
    }

    async fn carry_rest(&mut self) -> io::Result<Ended> {
        loop {
            let waiting = self.from.fill_buf().await?.len() as u64;
            if waiting == 0 {
                return Ok(Ended::Whole);
            }
            if self.piece(waiting).await? == Ended::Stopped {
                return Ok(Ended::Stopped);
            }
        }
    }

    /// So many bytes of the body.
    async fn piece(&mut self, mut left: u64) -> io::Result<Ended> {
        while left > 0 {
            let most = self.harm.stop_after.map_or(u64::MAX, |stop| stop.saturating_sub(self.position));
            if most == 0 {
                return Ok(Ended::Stopped);
            }
            let drip = self.harm.bytes_per_second.map(|rate| (rate / 50).max(1));
            let waiting = self.from.fill_buf().await?;
            if waiting.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let taken = (waiting.len() as u64).min(left).min(most).min(drip.unwrap_or(u64::MAX));
            let bytes = &waiting[..taken as usize];
            match self.harm.flip_at.and_then(|at| at.checked_sub(self.position)) {
                Some(at) if at < taken => {
                    let mut turned = bytes.to_vec();
                    turned[at as usize] ^= 1;
                    self.to.write_all(&turned).await?;
                }
                _ => self.to.write_all(bytes).await?,
            }
            self.from.consume(taken as usize);
            (self.count)(taken);
            self.position += taken;
            left -= taken;
            if drip.is_some() {
                self.to.flush().await?;
                tokio::time::sleep(TICK).await;
            }
        }
        Ok(Ended::Whole)
    }
}
