//! The floors of the house. Arrows point strictly down, Tauri stays in the shell, stores stay in their crates, and what is
//! pure takes no clock, no IO and no randomness. The rules are tested too, on a made-up house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every crate with its floor. A crate knows only crates on floors below its own.
const FLOORS: [(&str, u8); 14] = [
    ("datashare-domain", 0),
    ("datashare-secret", 0),
    ("datashare-protocol", 1),
    ("datashare-storage", 1),
    ("datashare-storage-azure", 2),
    ("datashare-exchange", 2),
    ("datashare-transfer", 2),
    ("datashare-mail", 2),
    ("datashare-notify", 2),
    ("datashare-telemetry", 2),
    ("datashare-app", 3),
    ("datashare-api", 4),
    ("datashare-cli", 5),
    ("datashare", 6),
];

/// Outside the house: one serves tests, the other works on the repository.
const OUTSIDE: [&str; 2] = ["datashare-testkit", "xtask"];

/// Libraries that few may know, each family with those who may. A trailing `*` stands for any ending.
const KEPT_IN: [(&[&str], &[&str]); 7] = [
    (&["tauri", "tauri-*", "wry", "tao"], &["datashare"]),
    (&["azure_*", "hyper"], &["datashare-storage-azure", "datashare-testkit"]),
    (
        &["reqwest"],
        &["datashare-storage-azure", "datashare-notify", "datashare-telemetry", "datashare-testkit"],
    ),
    (&["opentelemetry*", "tracing-opentelemetry"], &["datashare-telemetry"]),
    (&["axum", "axum-*"], &["datashare-api"]),
    (&["lettre"], &["datashare-mail"]),
    (&["rusqlite", "keyring"], &["datashare-app"]),
];

/// These are functions of their arguments.
const PURE: [&str; 3] = ["datashare-domain", "datashare-secret", "datashare-protocol"];
const IMPURE_LIBRARIES: [&str; 6] = ["tokio", "async-std", "getrandom", "rand", "tempfile", "tracing"];
const IMPURE_WORDS: [&str; 15] = [
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "OsRng",
    "SysRng",
    "getrandom",
    "thread_rng",
    "rand::",
    "tokio::",
];

#[derive(Clone, Debug)]
struct Arrow {
    from: String,
    to: String,
    kind: DependencyKind,
}

#[test]
fn arrows_point_strictly_down() {
    let (arrows, members) = arrows_of_the_workspace();
    assert!(members.len() >= FLOORS.len(), "the workspace was not read");
    for member in &members {
        assert!(floor(member).is_some() || OUTSIDE.contains(&member.as_str()), "give {member} a floor");
    }
    assert_eq!(problems(&arrows, &members), Vec::<String>::new());
}

#[test]
fn pure_crates_take_no_clock_no_io_and_no_randomness() {
    let mut found = Vec::new();
    for name in PURE {
        let sources = files(&root().join("crates").join(name).join("src"), "rs");
        assert!(!sources.is_empty(), "{name} has no source");
        for path in sources.iter().filter(|path| path.file_stem().unwrap() != "tests") {
            for (line, word) in impure_words(&fs::read_to_string(path).unwrap()) {
                found.push(format!("{}:{line}: {word}", path.display()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn of_the_pages_only_the_backend_knows_tauri() {
    let pages = root().join("ui/src");
    let backend = pages.join("backend");
    let scripts = files(&pages, "ts").into_iter().chain(files(&pages, "tsx"));
    let found: Vec<PathBuf> = scripts
        .filter(|path| !path.starts_with(&backend))
        .filter(|path| fs::read_to_string(path).unwrap().contains("@tauri-apps/"))
        .collect();
    assert_eq!(found, Vec::<PathBuf>::new());
}

// ---- the rules -------------------------------------------------------------------------------------------------------

/// What is wrong with these arrows, one sentence each.
fn problems(arrows: &[Arrow], members: &[String]) -> Vec<String> {
    arrows.iter().filter_map(|arrow| problem(arrow, members)).collect()
}

fn problem(arrow: &Arrow, members: &[String]) -> Option<String> {
    let Arrow { from, to, kind } = arrow;
    let in_product = *kind != DependencyKind::Development;
    if members.contains(to) {
        if to == "xtask" || (to == "datashare-testkit" && in_product) {
            return Some(format!("{from} depends on {to}, which is outside the house"));
        }
        let points_down = match (floor(from), floor(to)) {
            (Some(above), Some(below)) => below < above,
            _ => true,
        };
        return (in_product && !points_down).then(|| format!("{from} -> {to} does not point down"));
    }
    // Tauri would pull half a browser into a test; the others are a matter of the product only.
    let counts = in_product || to.starts_with("tauri");
    let kept = KEPT_IN.iter().find(|(libraries, _)| libraries.iter().any(|library| matches(library, to)));
    if let Some((_, allowed)) = kept
        && counts
        && !allowed.contains(&from.as_str())
    {
        return Some(format!("{from} uses {to}, which belongs to {}", allowed.join(", ")));
    }
    let impure = in_product && PURE.contains(&from.as_str()) && IMPURE_LIBRARIES.contains(&to.as_str());
    impure.then(|| format!("{from} is pure and uses {to}"))
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Words of a pure crate's source that reach outside, with their lines. Comments and `#[cfg(test)]` items do not count.
fn impure_words(source: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            skip_item(&mut lines, line.len() - line.trim_start().len());
            continue;
        }
        let code = line.split("//").next().unwrap_or_default();
        found.extend(IMPURE_WORDS.iter().filter(|word| has_word(code, word)).map(|word| (number + 1, *word)));
    }
    found
}

/// Passes over the item after an attribute: up to its closing brace, at the attribute's own indentation.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, indentation: usize) {
    let end = format!("{}}}", " ".repeat(indentation));
    let first = lines.find(|(_, line)| !line.trim_start().starts_with("#["));
    if first.is_some_and(|(_, line)| line.ends_with('{')) {
        lines.find(|(_, line)| *line == end);
    }
}

/// The word, not as the end of a longer one: `rand::` is not in `operand::`.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

// ---- the house as it is ----------------------------------------------------------------------------------------------

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn arrows_of_the_workspace() -> (Vec<Arrow>, Vec<String>) {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let packages = metadata.workspace_packages();
    let members = packages.iter().map(|package| package.name.to_string()).collect();
    let arrows = packages.iter().flat_map(|package| {
        package.dependencies.iter().map(|dependency| Arrow {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            kind: dependency.kind,
        })
    });
    (arrows.collect(), members)
}

/// All files below a folder whose names end in this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path, extension),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

// ---- the rules can fail ----------------------------------------------------------------------------------------------

fn problems_of(from: &str, to: &str, kind: DependencyKind) -> usize {
    let members: Vec<String> =
        FLOORS.iter().map(|(name, _)| *name).chain(OUTSIDE).map(str::to_owned).collect();
    problems(&[Arrow { from: from.to_owned(), to: to.to_owned(), kind }], &members).len()
}

#[test]
fn a_made_up_house_breaks_every_rule_once() {
    use DependencyKind::{Build, Development, Normal};
    for (from, to, kind) in [
        ("datashare-domain", "datashare-app", Normal),
        ("datashare-exchange", "datashare-transfer", Normal),
        ("datashare-secret", "datashare-domain", Normal),
        ("datashare-protocol", "datashare-storage", Build),
        ("datashare-app", "datashare-testkit", Normal),
        ("datashare", "xtask", Development),
        ("datashare-app", "tauri", Normal),
        ("datashare-cli", "tauri-plugin-dialog", Development),
        ("datashare-exchange", "azure_core", Normal),
        ("datashare-app", "reqwest", Normal),
        ("datashare-app", "axum", Normal),
        ("datashare-app", "opentelemetry_sdk", Normal),
        ("datashare-api", "datashare-cli", Normal),
        ("datashare-cli", "rusqlite", Normal),
        ("datashare-protocol", "tokio", Normal),
        ("datashare-domain", "rand", Normal),
    ] {
        assert_eq!(problems_of(from, to, kind), 1, "{from} -> {to} as {kind:?} should be refused");
    }
}

#[test]
fn what_is_allowed_stays_allowed() {
    use DependencyKind::{Development, Normal};
    for (from, to, kind) in [
        ("datashare", "tauri", Normal),
        ("datashare", "datashare-cli", Normal),
        ("datashare-cli", "datashare-api", Normal),
        ("datashare-app", "datashare-domain", Normal),
        ("datashare-storage-azure", "azure_storage_blob", Normal),
        ("datashare-storage", "datashare-testkit", Development),
        ("datashare-domain", "proptest", Development),
        ("xtask", "datashare-app", Normal),
    ] {
        assert_eq!(problems_of(from, to, kind), 0, "{from} -> {to} as {kind:?} should be allowed");
    }
}

#[test]
fn the_scanner_sees_code_and_passes_over_comments_and_tests() {
    let source = "\
//! Takes the time as an argument, never from std::env or Utc::now.
fn later(now: Time) -> Time { operand::of(now) }
#[cfg(test)]
mod tests {
    fn now() { Utc::now(); }
}
#[cfg(test)]
mod more;
fn bad() { let now = Utc::now(); }
use rand::Rng;
";
    assert_eq!(impure_words(source), [(9, "Utc::now"), (10, "rand::")]);
}
