//! Names that people give, and paths that targets can hold.

use thiserror::Error;

/// Why a name was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameProblem {
    #[error("The name is empty.")]
    Empty,
    #[error("The name is longer than {most} characters.")]
    TooLong { most: usize },
    #[error("The name contains {0:?}, which cannot stand in a name.")]
    Character(char),
    #[error("The name starts or ends with a space or a dot.")]
    Edge,
}

const LONGEST_NAME: usize = 90;

/// Checks a name of a share, dataset, connection or received share. Names become folder names at the recipient, so
/// what no file system holds is refused here.
pub fn check_name(name: &str) -> Result<(), NameProblem> {
    if name.trim().is_empty() {
        return Err(NameProblem::Empty);
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(NameProblem::TooLong { most: LONGEST_NAME });
    }
    if let Some(bad) = name
        .chars()
        .find(|c| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
    {
        return Err(NameProblem::Character(bad));
    }
    if name.starts_with([' ', '.']) || name.ends_with([' ', '.']) {
        return Err(NameProblem::Edge);
    }
    Ok(())
}

/// What a target can hold as a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathRules {
    /// Longest path segment, in bytes of UTF-8.
    pub longest_segment: usize,
    /// Longest whole path: in bytes of UTF-8 where paths are a `tree`, else in characters.
    pub longest_path: usize,
    /// Windows names: no `CON`, no trailing dot, none of `<>:"|?*\`.
    pub windows: bool,
    /// Two names that differ only in case are one file.
    pub case_insensitive: bool,
    /// A file and a folder cannot have the same name, and a path cannot contain empty or dot segments.
    pub tree: bool,
}

impl PathRules {
    pub const LINUX_FOLDER: Self = Self {
        longest_segment: 255,
        longest_path: 4000,
        windows: false,
        case_insensitive: false,
        tree: true,
    };
    pub const WINDOWS_FOLDER: Self =
        Self { longest_segment: 255, longest_path: 32000, windows: true, case_insensitive: true, tree: true };
    pub const MAC_FOLDER: Self =
        Self { longest_segment: 255, longest_path: 1000, windows: false, case_insensitive: true, tree: true };
    pub const BLOB: Self = Self {
        longest_segment: usize::MAX,
        longest_path: 1024,
        windows: false,
        case_insensitive: false,
        tree: false,
    };

    /// Why this path cannot be written, in words; `None` when it can.
    pub fn problem(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return Some("The path is empty.".into());
        }
        if path.contains('\0') {
            return Some("The path contains a zero character.".into());
        }
        if !self.tree
            && let Some(bad) = path.chars().find(|c| *c == '\\' || c.is_control())
        {
            return Some(format!("The path contains {bad:?}, which blob storage does not keep as it is."));
        }
        let length = if self.tree { path.len() } else { path.chars().count() };
        if length > self.longest_path {
            return Some(format!(
                "The path is longer than the {} characters the target can hold.",
                self.longest_path
            ));
        }
        path.split('/').find_map(|segment| self.segment_problem(segment))
    }

    fn segment_problem(&self, segment: &str) -> Option<String> {
        if self.tree && matches!(segment, "" | "." | "..") {
            return Some(
                "The path contains an empty, '.' or '..' segment, which a folder cannot hold.".into(),
            );
        }
        if segment.len() > self.longest_segment {
            let shown: String = segment.chars().take(40).collect();
            return Some(format!(
                "'{shown}…' is longer than the {} bytes a name can have in the target.",
                self.longest_segment
            ));
        }
        if !self.windows {
            return None;
        }
        if let Some(bad) = segment.chars().find(|c| c.is_control() || r#"<>:"|?*\"#.contains(*c)) {
            return Some(format!("'{segment}' contains {bad:?}, which Windows does not allow in a name."));
        }
        if segment.ends_with(['.', ' ']) {
            return Some(format!("'{segment}' ends with a dot or a space, which Windows does not keep."));
        }
        let stem = segment.split('.').next().unwrap_or_default().to_ascii_uppercase();
        let numbered = |prefix: &str| {
            stem.strip_prefix(prefix)
                .is_some_and(|rest| rest.len() == 1 && matches!(rest.as_bytes()[0], b'1'..=b'9'))
        };
        (matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT"))
            .then(|| format!("'{segment}' is a reserved name on Windows."))
    }

    /// The form under which two paths count as the same file in this target.
    pub fn folded(&self, path: &str) -> String {
        if self.case_insensitive { path.to_lowercase() } else { path.to_owned() }
    }
}

/// Joins two store paths with one slash; either may be empty.
pub fn join_path(base: &str, path: &str) -> String {
    let base = base.trim_end_matches('/');
    match (base.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (_, true) => base.to_owned(),
        _ => format!("{base}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: PathRules, good: &[&str], bad: &[&str]) {
        for path in good {
            assert_eq!(rules.problem(path), None, "{path:?}");
        }
        for path in bad {
            assert!(rules.problem(path).is_some(), "{path:?}");
        }
    }

    #[test]
    fn a_linux_folder_holds_all_but_what_leaves_it() {
        let long = "x".repeat(256);
        check(
            PathRules::LINUX_FOLDER,
            &["a", "a/b c/é%#?+", "CON", "a:b", "ends."],
            &["", "a//b", "../a", "a/./b", "/a", "a\0b", &long],
        );
    }

    #[test]
    fn windows_refuses_what_it_would_change_or_reserve() {
        check(
            PathRules::WINDOWS_FOLDER,
            &["a/b.txt", "CONSOLE", "COM10", "con sole"],
            &["CON", "con.txt", "a/LPT1.log", "a.", "a /b", "a:b", "q?", "a\\b", "tab\t"],
        );
    }

    #[test]
    fn blobs_hold_long_names_of_any_script() {
        let greek = "ω".repeat(1024);
        let longer = "ω".repeat(1025);
        check(PathRules::BLOB, &[&greek, "a//b", "a/../b", "ends."], &[&longer, "a\\b", "tab\t"]);
    }

    #[test]
    fn names_become_folders_so_they_must_be_fit_for_one() {
        assert_eq!(check_name("Sales – täglich 2026"), Ok(()));
        for bad in ["", "  ", "a/b", "a:b", ".hidden", "ends ", "line\nbreak", &"x".repeat(91)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn joining_leaves_one_slash() {
        assert_eq!(join_path("a/", "b"), "a/b");
        assert_eq!(join_path("", "b"), "b");
        assert_eq!(join_path("a", ""), "a");
    }
}
