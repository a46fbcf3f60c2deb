//! Shared access signatures: making those that name a stored policy, and reading what one says of itself.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use datashare_secret::Secret;
use datashare_storage::{AccessPermission, DelegatedScope, Delegation, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::VERSION;
use crate::names;
use crate::shared_key::AccountKey;

/// Everything but what a query never needs to escape.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a SAS stands on.
pub(crate) enum Basis<'a> {
    /// What is allowed and until when stands in the container's policy alone, so removing the policy ends the SAS.
    Policy(&'a str),
    /// All in the SAS itself; nothing ends it but its time.
    Until { permission: AccessPermission, expires: DateTime<Utc> },
}

/// Makes a service SAS.
pub(crate) fn delegate(
    account: &str,
    key: &AccountKey,
    endpoint: &str,
    scope: &DelegatedScope,
    basis: &Basis<'_>,
    distinct: Option<&str>,
) -> Result<Delegation> {
    let (resource, path) = match scope {
        DelegatedScope::Container(container) => ("c", names::place("delegate", container)?.0.to_owned()),
        DelegatedScope::Directory(key) => ("d", whole_name(key.trim_end_matches('/'))?),
        DelegatedScope::Object(key) => ("b", whole_name(key)?),
    };
    // How many segments of the path are the directory's name. It is not signed: with another number the path is.
    let depth = match scope {
        DelegatedScope::Directory(_) => path.matches('/').count().to_string(),
        DelegatedScope::Container(_) | DelegatedScope::Object(_) => String::new(),
    };
    let disposition = distinct.map(disposition).unwrap_or_default();
    let canonical = format!("/blob/{account}/{path}");
    let (policy, permission, expiry) = match basis {
        Basis::Policy(policy) => (*policy, "", String::new()),
        Basis::Until { permission, expires } => {
            ("", letters(*permission), expires.to_rfc3339_opts(SecondsFormat::Secs, true))
        }
    };
    let signed = Signed { permission, expiry: &expiry, policy };
    let signature = key.sign(&string_to_sign(&canonical, &signed, resource, &disposition));
    let mut query = format!("sv={VERSION}&sr={resource}");
    let fields = [
        ("sdd", depth.as_str()),
        ("si", policy),
        ("sp", permission),
        ("se", &expiry),
        ("rscd", &disposition),
        ("sig", &signature),
    ];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        _ = write!(query, "&{name}={}", utf8_percent_encode(value, QUERY));
    }
    let signature_sha256 = Sha256::digest(&signature).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Delegation { endpoint: endpoint.to_owned(), query: Secret::new(query), signature_sha256 })
}

fn whole_name(key: &str) -> Result<String> {
    let (container, name) = names::object("delegate", key)?;
    Ok(format!("{container}/{name}"))
}

/// Permissions in the order that Azure wants.
pub(crate) fn letters(permission: AccessPermission) -> &'static str {
    match permission {
        AccessPermission::Read => "r",
        AccessPermission::ReadList => "rl",
        AccessPermission::ReadCreate => "rc",
    }
}

/// A download name that nobody sees. It is signed, so it makes each recipient's signature its own.
fn disposition(distinct: &str) -> String {
    format!("attachment; filename=\"{}\"", utf8_percent_encode(distinct, QUERY))
}

/// The fields of the SAS itself that are not the same in all of ours.
struct Signed<'a> {
    permission: &'a str,
    expiry: &'a str,
    policy: &'a str,
}

/// The 16 fields of a service SAS since 2020-12-06, of which most are empty here.
fn string_to_sign(canonical: &str, signed: &Signed<'_>, resource: &str, disposition: &str) -> String {
    let (start, address, protocol, snapshot, scope) = ("", "", "", "", "");
    let (cache, encoding, language, content_type) = ("", "", "", "");
    [
        signed.permission,
        start,
        signed.expiry,
        canonical,
        signed.policy,
        address,
        protocol,
        VERSION,
        resource,
        snapshot,
        scope,
        cache,
        disposition,
        encoding,
        language,
        content_type,
    ]
    .join("\n")
}

/// What a SAS says of itself; the signature is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SasFacts {
    /// `se`, where it is not in a policy.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// `si`: the container's policy decides.
    pub(crate) names_policy: bool,
    /// `sr`: opens one container or object, as against the account.
    pub(crate) of_one_resource: bool,
}

impl SasFacts {
    /// `None` when the text is no SAS.
    pub(crate) fn read(query: &Secret) -> Option<Self> {
        let mut facts = Self::default();
        let mut signed = false;
        for (name, value) in url::form_urlencoded::parse(query.reveal().trim_start_matches('?').as_bytes()) {
            match name.as_ref() {
                "se" => facts.expires = parse_time(&value),
                "si" => facts.names_policy = true,
                "sr" => facts.of_one_resource = true,
                "sig" => signed = !value.is_empty(),
                _ => {}
            }
        }
        signed.then_some(facts)
    }
}

/// The forms a SAS may write a time in: a day, or with minutes, or with seconds.
fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let whole = match text.len() {
        10 => {
            return NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(0, 0, 0)
                .map(|time| time.and_utc());
        }
        17 => format!("{}:00Z", text.trim_end_matches('Z')),
        _ => text.to_owned(),
    };
    DateTime::parse_from_rfc3339(&whole).ok().map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key() -> AccountKey {
        AccountKey::new(&Secret::new("a2V5IG9mIHRoZSB2ZWN0b3I=")).unwrap()
    }

    fn query(scope: DelegatedScope, distinct: Option<&str>) -> Delegation {
        signed(scope, &Basis::Policy("g1"), distinct)
    }

    fn signed(scope: DelegatedScope, basis: &Basis<'_>, distinct: Option<&str>) -> Delegation {
        delegate("contoso", &key(), "https://contoso.blob.core.windows.net", &scope, basis, distinct).unwrap()
    }

    /// The signatures are those that Microsoft's own azure-storage-blob 12.31.1 for Python makes for the same input.
    #[test]
    fn signatures_are_those_of_the_official_client() {
        let whole = DelegatedScope::Container("dss-1".into());
        let object = DelegatedScope::Object("dss-1/data/ü b%.txt".into());
        let known = [
            (whole.clone(), None, "sr=c&si=g1&sig=Tz5T22gOiHAjRdGfeSNB7HC%2FVbIz%2F1xKd5nAFpCxXto%3D"),
            (
                whole,
                Some("r1"),
                "sr=c&si=g1&rscd=attachment%3B%20filename%3D%22r1%22&sig=nz3AGX3B6e2GZIPO3TnJ5TySEDWRfOa5kmLkPgUd1wU%3D",
            ),
            (
                object,
                Some("r1"),
                "sr=b&si=g1&rscd=attachment%3B%20filename%3D%22r1%22&sig=h%2FqUWUJdBiRdw5tQTBrJnBuuWPb1QJ7fEOx2QwK7Ogg%3D",
            ),
        ];
        for (scope, distinct, expected) in known {
            assert_eq!(query(scope, distinct).query.reveal(), format!("sv=2026-04-06&{expected}"));
        }
    }

    /// As above, for tokens that stand under no policy.
    #[test]
    fn tokens_with_an_end_of_their_own_are_those_of_the_official_client() {
        let expires = "2026-12-01T10:20:30Z".parse().unwrap();
        let known = [
            (
                DelegatedScope::Container("dss-1".into()),
                AccessPermission::ReadList,
                "sr=c&sp=rl&se=2026-12-01T10%3A20%3A30Z&rscd=attachment%3B%20filename%3D%22r1%22&sig=9kDleY1GQIp389t74iUDRnwhB16IHt6YEQ1BQVu2iok%3D",
            ),
            (
                DelegatedScope::Object("dss-1/data/ü b%.txt".into()),
                AccessPermission::Read,
                "sr=b&sp=r&se=2026-12-01T10%3A20%3A30Z&rscd=attachment%3B%20filename%3D%22r1%22&sig=yqYpi%2FyHYMxjQW%2BjEJBRQbPiWhDx2fB%2Fcl9t%2B7thjr0%3D",
            ),
        ];
        for (scope, permission, expected) in known {
            let made = signed(scope, &Basis::Until { permission, expires }, Some("r1"));
            assert_eq!(made.query.reveal(), format!("sv=2026-04-06&{expected}"));
        }
    }

    /// As above, by azure-storage-file-datalake 12.26.1, for directories of hierarchical accounts.
    #[test]
    fn tokens_of_a_directory_are_those_of_the_official_client() {
        let until = Basis::Until {
            permission: AccessPermission::ReadList,
            expires: "2026-12-01T10:20:30Z".parse().unwrap(),
        };
        let short = "sp=rl&se=2026-12-01T10%3A20%3A30Z";
        let distinct = "rscd=attachment%3B%20filename%3D%22r1%22";
        let (one, deep) = ("dss-1/pos", "dss-1/2026/ü b%/pos");
        let known = [
            (
                one,
                &Basis::Policy("g1"),
                None,
                "sdd=1&si=g1&sig=oOrPX6ViOjdMhqivlyXUIq5%2BLP2MizGzFk9gTFKDTH8%3D".to_owned(),
            ),
            (
                deep,
                &Basis::Policy("g1"),
                Some("r1"),
                format!("sdd=3&si=g1&{distinct}&sig=Ml6ENbA6Cb%2BrjaPtoe8Kl9EkrulZSc6h%2FVn1NSUQnow%3D"),
            ),
            (
                one,
                &until,
                Some("r1"),
                format!("sdd=1&{short}&{distinct}&sig=9g8uFvEqWaAEFAfnDX9WfTPU12ZwzlVMMd3Vz9K6WF8%3D"),
            ),
            (
                deep,
                &until,
                Some("r1"),
                format!("sdd=3&{short}&{distinct}&sig=l1qokDFQvg0P%2BzgaTkuDHxqUZOEa5uWZPccbNQUCs10%3D"),
            ),
        ];
        for (directory, basis, own, expected) in known {
            let made = signed(DelegatedScope::Directory(directory.into()), basis, own);
            assert_eq!(made.query.reveal(), format!("sv=2026-04-06&sr=d&{expected}"));
        }
        let slash = signed(DelegatedScope::Directory("dss-1/pos/".into()), &Basis::Policy("g1"), None);
        assert_eq!(slash.query.reveal(), query(DelegatedScope::Directory(one.into()), None).query.reveal());
        let whole = DelegatedScope::Directory("dss-1".into());
        let refused =
            delegate("contoso", &key(), "https://contoso.example", &whole, &Basis::Policy("g1"), None);
        assert!(refused.is_err(), "a container is no directory of itself");
    }

    #[test]
    fn recipients_have_signatures_of_their_own() {
        let container = || DelegatedScope::Container("dss-1".into());
        let (one, two) = (query(container(), Some("r1")), query(container(), Some("r2")));
        assert_ne!(one.signature_sha256, two.signature_sha256);
        assert_eq!(one.signature_sha256, query(container(), Some("r1")).signature_sha256);
        assert_eq!(one.signature_sha256.len(), 64);
    }

    #[test]
    fn a_sas_says_what_it_is() {
        let read = |text: &str| SasFacts::read(&Secret::new(text));
        assert_eq!(read("?sv=1&sr=c"), None);
        assert_eq!(read("not a sas"), None);
        let policy = read(query(DelegatedScope::Object("dss-1/a b".into()), None).query.reveal()).unwrap();
        assert_eq!(policy, SasFacts { expires: None, names_policy: true, of_one_resource: true });
        for expiry in ["2026-01-02T03:04:00Z", "2026-01-02T03%3A04Z"] {
            let facts = read(&format!("sv=1&ss=b&srt=sco&se={expiry}&sig=x")).unwrap();
            assert_eq!(facts.expires.unwrap().to_rfc3339(), "2026-01-02T03:04:00+00:00");
            assert!(!facts.of_one_resource);
        }
        assert_eq!(
            read("se=2026-01-02&sig=x").unwrap().expires.unwrap().to_rfc3339(),
            "2026-01-02T00:00:00+00:00"
        );
    }
}
