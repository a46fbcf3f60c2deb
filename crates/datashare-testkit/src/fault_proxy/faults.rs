//! Which request meets which fault: by a list, at random from a seed, or always.

use std::collections::BTreeMap;

/// One harm done to one request or its answer. Offsets count bytes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This status instead of the server's answer; the server does not see the request. Seconds of `Retry-After`.
    Answer { status: u16, retry_after: Option<u64> },
    /// The server does the work, and the connection ends before its answer begins.
    LoseAnswer,
    /// The connection is reset when so many bytes of the request's body have passed, or all of them.
    ResetRequest { after: u64 },
    /// The connection is reset when so many bytes of the answer's body have passed, or all of them.
    ResetAnswer { after: u64 },
    /// The connection ends in order after so many bytes of the answer's body: it is shorter than announced.
    TruncateAnswer { after: u64 },
    /// The answer's body is shorter by so many bytes, and its announced length agrees.
    ShortenAnswer { by: u64 },
    /// One bit of the request's body is turned, at this byte (modulo the length).
    FlipRequest { at: u64 },
    /// One bit of the answer's body is turned, at this byte (modulo the length).
    FlipAnswer { at: u64 },
    /// The answer's body comes at this rate.
    Drip { bytes_per_second: u64 },
    /// The request is taken and never answered; the connection stays until the client gives up.
    Silence,
}

impl Fault {
    /// Every kind that a client gets over by trying again, within the first `size` bytes of a body. [`Fault::Silence`]
    /// and slow drips are not among them: they take time.
    pub fn passing(size: u64) -> Vec<Self> {
        vec![
            Self::Answer { status: 500, retry_after: None },
            Self::Answer { status: 503, retry_after: None },
            Self::Answer { status: 503, retry_after: Some(0) },
            Self::Answer { status: 429, retry_after: Some(0) },
            Self::LoseAnswer,
            Self::ResetRequest { after: size / 3 },
            Self::ResetAnswer { after: size / 3 },
            Self::TruncateAnswer { after: size / 2 },
            Self::ShortenAnswer { by: 1 },
            Self::FlipRequest { at: size / 2 },
            Self::FlipAnswer { at: size / 2 },
        ]
    }
}

#[derive(Clone, Debug, Default)]
enum Choice {
    #[default]
    Never,
    Always(Fault),
    /// By number of the request, from 1.
    At(BTreeMap<u64, Fault>),
    Random {
        seed: u64,
        per_thousand: u64,
        among: Vec<Fault>,
    },
}

/// A script of faults. Requests are numbered from 1 since it was set.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    choice: Choice,
    texts: Vec<String>,
    sas_expired_from: Option<u64>,
    pub(super) clock_skew: i64,
}

impl Faults {
    /// Everything passes unharmed.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every request meets this fault.
    pub fn always(fault: Fault) -> Self {
        Self { choice: Choice::Always(fault), ..Self::default() }
    }

    /// The requests with these numbers, from 1, meet these faults.
    pub fn at(faults: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        Self { choice: Choice::At(faults.into_iter().collect()), ..Self::default() }
    }

    /// So many of a thousand requests meet one of these faults; the same for the same seed and number of request.
    pub fn random(seed: u64, per_thousand: u64, among: Vec<Fault>) -> Self {
        Self { choice: Choice::Random { seed, per_thousand, among }, ..Self::default() }
    }

    /// Only requests whose head (request line and headers, as sent) holds all these texts are counted and harmed.
    #[must_use]
    pub fn for_requests_with(mut self, texts: &[&str]) -> Self {
        self.texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    /// From the n-th request on, those with a SAS are answered 403 as if it had expired.
    #[must_use]
    pub fn with_sas_expired_from(mut self, number: u64) -> Self {
        self.sas_expired_from = Some(number);
        self
    }

    /// Every answer's `Date` is off by so many seconds.
    #[must_use]
    pub fn with_clock_skew(mut self, seconds: i64) -> Self {
        self.clock_skew = seconds;
        self
    }

    pub(super) fn concern(&self, head: &str) -> bool {
        self.texts.iter().all(|text| head.contains(text))
    }

    pub(super) fn fault(&self, number: u64) -> Option<Fault> {
        match &self.choice {
            Choice::Never => None,
            Choice::Always(fault) => Some(*fault),
            Choice::At(faults) => faults.get(&number).copied(),
            Choice::Random { seed, per_thousand, among } => {
                let drawn = mixed(seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
                let index = (drawn >> 32) as usize % among.len().max(1);
                (drawn % 1000 < *per_thousand).then(|| among.get(index).copied()).flatten()
            }
        }
    }

    pub(super) fn refuses_sas(&self, number: u64) -> bool {
        self.sas_expired_from.is_some_and(|first| number >= first)
    }
}

/// The finish of SplitMix64: every bit of the result depends on every bit of the seed.
fn mixed(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
