//! One process: started, watched, ended by its id.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// How a process ended.
#[derive(Debug)]
pub struct Ran {
    /// `None` when it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    /// The most memory it held at once, KiB; 0 where the system does not tell.
    pub peak_kib: u64,
}

impl Ran {
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "standard output: {}\nstandard error: {}", self.out, self.err);
        self
    }

    /// The document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in {}\n{}", self.out, self.err))
    }

    /// The error on standard error.
    #[track_caller]
    pub fn error(&self) -> Value {
        let last = self.err.lines().last().unwrap_or_default();
        let line: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error} in {}", self.err));
        line["error"].clone()
    }
}

/// A process that runs. Killed when dropped.
pub struct Running {
    child: Child,
    out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<()>>,
    lines: Arc<Mutex<Vec<String>>>,
    peak: Option<JoinHandle<u64>>,
}

impl Running {
    pub fn start(mut command: Command, stdin: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command line starts");
        // A command that does not read its standard input may have closed it.
        let _ = child.stdin.take().expect("standard input").write_all(stdin.as_bytes());
        let mut stdout = child.stdout.take().expect("standard output");
        let out = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("standard output is text");
            text
        });
        let lines = Arc::new(Mutex::new(Vec::new()));
        let err = read_lines(child.stderr.take().expect("standard error"), lines.clone());
        let peak = watch_memory(child.id());
        Self { child, out: Some(out), err: Some(err), lines, peak: Some(peak) }
    }

    /// Its id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Lines on standard error so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Whether the process has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Whether a file has been counted as done in the progress lines.
    pub fn has_moved_files(&self) -> bool {
        let done = |line: &String| serde_json::from_str::<Value>(line).ok()?["files_done"].as_u64();
        self.lines().iter().filter_map(done).any(|done| done > 0)
    }

    pub fn kill(&mut self) {
        // It may have ended by itself in the meantime.
        let _ = self.child.kill();
    }

    /// Sends a signal by name: `INT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(status.unwrap().success(), "the signal {name} could not be sent");
    }

    /// Waits for the end.
    pub fn ended(mut self) -> Ran {
        let status = self.child.wait().unwrap();
        let out = self.out.take().unwrap().join().unwrap();
        self.err.take().unwrap().join().unwrap();
        let peak_kib = self.peak.take().unwrap().join().unwrap();
        Ran { code: status.code(), out, err: self.lines().join("\n"), peak_kib }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(stderr: ChildStderr, lines: Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines() {
            lines.lock().unwrap().push(line.expect("standard error is text"));
        }
    })
}

/// The high-water mark only grows, so the last look before the end is nearly the truth.
fn watch_memory(process: u32) -> JoinHandle<u64> {
    std::thread::spawn(move || {
        let mut peak = 0;
        while let Some(now) = high_water_mark(process) {
            peak = peak.max(now);
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    })
}

/// `None` once the process has ended.
fn high_water_mark(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
