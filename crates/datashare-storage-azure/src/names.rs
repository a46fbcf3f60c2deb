//! Keys as containers and blob names, and which of them Azure can hold.

use datashare_storage::{ErrorKind, Result, StoreError};

/// Longest blob name, characters.
const LONGEST_NAME: usize = 1024;

/// Containers that Azure itself makes, outside its own rules.
const SYSTEM_CONTAINERS: [&str; 4] = ["$root", "$web", "$logs", "$blobchangefeed"];

/// Splits the key of an object into container and blob name.
pub(crate) fn object<'a>(operation: &'static str, key: &'a str) -> Result<(&'a str, &'a str)> {
    let (container, name) = key.split_once('/').unwrap_or((key, ""));
    let problem = container_problem(container).or_else(|| name_problem(container, name));
    match problem {
        Some(problem) => Err(StoreError::new(ErrorKind::BadName, operation, key, problem)),
        None => Ok((container, name)),
    }
}

/// Splits a place into its container and the prefix of the blobs below it (empty, or ending with `/`).
pub(crate) fn place<'a>(operation: &'static str, place: &'a str) -> Result<(&'a str, String)> {
    let trimmed = place.trim_matches('/');
    let (container, folder) = trimmed.split_once('/').unwrap_or((trimmed, ""));
    if let Some(problem) = container_problem(container) {
        return Err(StoreError::new(ErrorKind::BadName, operation, place, problem));
    }
    Ok((container, if folder.is_empty() { String::new() } else { format!("{folder}/") }))
}

fn container_problem(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = (3..=63).contains(&name.len())
        && name.chars().all(|c| plain(c) || c == '-')
        && name.starts_with(plain)
        && name.ends_with(plain)
        && !name.contains("--");
    if good || SYSTEM_CONTAINERS.contains(&name) {
        return None;
    }
    let shown: String = name.chars().take(70).collect();
    Some(format!(
        "'{shown}' cannot be the name of a container. It needs 3 to 63 characters: lower-case letters, digits and single \
         hyphens, with a letter or digit at both ends."
    ))
}

fn name_problem(container: &str, name: &str) -> Option<String> {
    match name {
        "" => Some(format!("'{container}' names a container; an object needs a name inside of it.")),
        "." | ".." => Some(format!("'{name}' cannot be the name of an object: addresses do not keep it.")),
        // Azure takes one for the other: two objects would become one.
        _ if name.contains('\\') => {
            Some(format!("'{name}' contains a backslash, which Azure takes for a slash."))
        }
        _ if name.contains(char::is_control) => {
            Some(format!("{name:?} contains a control character (such as a tab), which Azure cannot hold."))
        }
        _ if name.chars().count() > LONGEST_NAME => {
            Some(format!("The name is longer than the {LONGEST_NAME} characters that Azure can hold."))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_split_at_the_first_slash() {
        assert_eq!(object("read", "data/a//b ").unwrap(), ("data", "a//b "));
        assert_eq!(place("list", "/data/").unwrap(), ("data", String::new()));
        assert_eq!(place("list", "data/a/b").unwrap(), ("data", "a/b/".to_owned()));
    }

    #[test]
    fn impossible_names_are_named() {
        for key in [
            "",
            "data",
            "data/",
            "data/..",
            "Data/x",
            "da/x",
            "a--b/x",
            "-ab/x",
            "../x",
            "da ta/x",
            "data/a\\b",
            "data/a\tb",
        ] {
            assert_eq!(object("read", key).unwrap_err().kind, ErrorKind::BadName, "{key}");
        }
        let long = format!("data/{}", "ü".repeat(1025));
        assert!(object("write", &long).is_err() && object("write", &long[..long.len() - 2]).is_ok());
    }
}
