//! Names that a target cannot hold, found while paths pass by in order.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use datashare_domain::{PathRules, join_path};
use serde::Serialize;

/// A path that will not be written, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Path within the dataset.
    pub path: String,
    /// A whole sentence.
    pub reason: String,
}

/// Those of the paths that a target cannot hold below `target_path`. Where two are one name in the target, the first in
/// order of bytes is kept and the others are given back.
pub fn name_conflicts(rules: PathRules, target_path: &str, paths: &[String]) -> Vec<Conflict> {
    let mut ordered: Vec<&String> = paths.iter().collect();
    ordered.sort_unstable();
    let mut names = Names::new(rules, target_path);
    let conflict = |path: &String| names.problem(path).map(|reason| Conflict { path: path.clone(), reason });
    ordered.into_iter().filter_map(conflict).collect()
}

/// The names given out so far, as far as a later one can clash with them.
pub(crate) struct Names {
    rules: PathRules,
    target_path: String,
    /// Files that are a text prefix of the present path, outermost first: the only ones it can lie below.
    prefixes: Vec<String>,
    /// Hashes of folded names; filled only where case does not count, since then order does not bring them together.
    files: HashSet<u64>,
    folders: HashSet<u64>,
    hasher: RandomState,
}

impl Names {
    pub(crate) fn new(rules: PathRules, target_path: &str) -> Self {
        let (prefixes, files, folders) = (Vec::new(), HashSet::new(), HashSet::new());
        Self {
            rules,
            target_path: target_path.to_owned(),
            prefixes,
            files,
            folders,
            hasher: RandomState::new(),
        }
    }

    /// Why the path cannot be written beside those that came before; it counts as given out if it can.
    pub(crate) fn problem(&mut self, path: &str) -> Option<String> {
        self.rules
            .problem(&self.name_at_target(path))
            .or_else(|| if self.rules.case_insensitive { self.folded_clash(path) } else { self.clash(path) })
    }

    /// What the rules speak of: whole paths in folders, names inside of a container on blob stores.
    fn name_at_target(&self, path: &str) -> String {
        let whole = join_path(&self.target_path, path);
        match whole.split_once('/') {
            Some((_, inside)) if !self.rules.tree => inside.to_owned(),
            _ => whole,
        }
    }

    fn clash(&mut self, path: &str) -> Option<String> {
        if !self.rules.tree {
            return None;
        }
        while self.prefixes.last().is_some_and(|file| !path.starts_with(file.as_str())) {
            self.prefixes.pop();
        }
        let above = self.prefixes.iter().find(|file| path[file.len()..].starts_with('/'));
        if let Some(file) = above {
            return Some(below_a_file(file));
        }
        self.prefixes.push(path.to_owned());
        None
    }

    fn folded_clash(&mut self, path: &str) -> Option<String> {
        let folded = self.rules.folded(path);
        let hash = self.hasher.hash_one(folded.as_str());
        if self.files.contains(&hash) {
            return Some(
                "Another file has the same name but for upper and lower case, which the target cannot hold."
                    .into(),
            );
        }
        if self.rules.tree {
            if self.folders.contains(&hash) {
                return Some("A folder has the same name, which the target cannot hold.".into());
            }
            let folders: Vec<&str> = folded.match_indices('/').map(|(at, _)| &folded[..at]).collect();
            let hashes: Vec<u64> = folders.iter().map(|folder| self.hasher.hash_one(*folder)).collect();
            if let Some(at) = hashes.iter().position(|hash| self.files.contains(hash)) {
                return Some(below_a_file(folders[at]));
            }
            self.folders.extend(hashes);
        }
        self.files.insert(hash);
        None
    }
}

fn below_a_file(file: &str) -> String {
    format!("'{file}' is a file, and the target cannot hold a folder of the same name.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(rules: PathRules, paths: &[&str]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        name_conflicts(rules, "in", &paths).into_iter().map(|conflict| conflict.path).collect()
    }

    #[test]
    fn a_file_and_a_folder_of_one_name_clash_in_trees_alone() {
        let paths = ["a", "a.b", "a.c/d", "a/b", "a/b/c", "ab", "b/c", "b/c/d"];
        assert_eq!(refused(PathRules::LINUX_FOLDER, &paths), ["a/b", "a/b/c", "b/c/d"]);
        assert_eq!(refused(PathRules::WINDOWS_FOLDER, &paths), ["a/b", "a/b/c", "b/c/d"]);
        assert!(refused(PathRules::BLOB, &paths).is_empty());
    }

    #[test]
    fn names_that_differ_in_case_clash_where_case_does_not_count() {
        let paths = ["A.txt", "B/one", "C", "a.txt", "b/ONE", "b/two", "c/x", "É", "é"];
        assert_eq!(refused(PathRules::WINDOWS_FOLDER, &paths), ["a.txt", "b/ONE", "c/x", "é"]);
        assert_eq!(refused(PathRules::MAC_FOLDER, &["X/y", "x"]), ["x"]);
        assert!(refused(PathRules::LINUX_FOLDER, &paths).is_empty());
    }

    #[test]
    fn the_length_of_a_blob_name_does_not_count_its_container() {
        let longest = "x".repeat(1024);
        assert!(refused(PathRules::BLOB, &[&longest]).is_empty());
        assert_eq!(refused(PathRules::BLOB, &[&format!("{longest}y")]).len(), 1);
    }
}
