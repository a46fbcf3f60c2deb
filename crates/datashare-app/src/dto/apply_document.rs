//! Shares as people write them down, in YAML or JSON. Times are moments and no spans: what is applied again must mean the
//! same.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use datashare_domain::AcceptanceMode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    Desired, DesiredDataset, DesiredKind, DesiredRecipient, DesiredSchedule, DesiredShare, ScheduleWords,
    Time,
};
use crate::{AppError, Result};

/// What should be so.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyDocument {
    pub shares: Vec<ApplyShare>,
    /// Inside the shares that are named, what is not named goes: datasets, open invitations, access. Never a share.
    #[serde(default)]
    pub prune: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyShare {
    pub name: String,
    /// As it is, when `None`.
    pub description: Option<String>,
    /// Markdown; as they are, when `None`.
    pub terms: Option<String>,
    /// A file with the terms, for whoever reads files.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub terms_file: Option<PathBuf>,
    /// Recipients must agree to changed terms before their next snapshot.
    #[serde(default)]
    pub agree_again: bool,
    /// Name of a connection, and a folder in it where there should be one: `store/meeting`.
    pub exchange: String,
    #[serde(default)]
    pub kind: DesiredKind,
    #[serde(default)]
    pub datasets: Vec<DesiredDataset>,
    /// `none` takes the one away that there is; as it is, when `None`.
    pub schedule: Option<ApplySchedule>,
    #[serde(default)]
    pub recipients: Vec<ApplyRecipient>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyRecipient {
    pub email: String,
    /// For an invitation that is to be made.
    #[serde(default)]
    pub accept: AcceptanceMode,
    /// End of an invitation that is to be made.
    pub invitation_until: Option<Time>,
    /// End of the access, once there is one; as it is, when `None`.
    pub access_until: Option<Time>,
}

/// The word `none`, or a schedule in words.
#[derive(Clone, Debug)]
pub enum ApplySchedule {
    None,
    Offered(Box<ScheduleWords>),
}

impl ApplyDocument {
    /// What is asked for. `terms_in` reads the file of terms that a share names.
    pub fn desired(self, terms_in: impl Fn(&Path) -> Result<String>) -> Result<Desired> {
        let shares = self.shares.into_iter().map(|share| share.desired(&terms_in));
        Ok(Desired { shares: shares.collect::<Result<_>>()?, prune: self.prune })
    }
}

impl ApplyShare {
    fn desired(self, terms_in: impl Fn(&Path) -> Result<String>) -> Result<DesiredShare> {
        let terms = match (self.terms, self.terms_file) {
            (Some(_), Some(_)) => {
                let message = format!("The share '{}' has terms and a file of terms.", self.name);
                return Err(AppError::invalid(message).hint("Keep one of 'terms' and 'terms_file'."));
            }
            (terms, None) => terms,
            (None, Some(file)) => Some(terms_in(&file)?),
        };
        let schedule = self.schedule.map(ApplySchedule::desired).transpose().map_err(|problem| {
            AppError::invalid(format!("The schedule of the share '{}': {problem}", self.name))
                .hint("Correct it, then apply again.")
        })?;
        Ok(DesiredShare {
            name: self.name,
            description: self.description,
            terms,
            agree_again: self.agree_again,
            exchange: self.exchange,
            kind: self.kind,
            datasets: self.datasets,
            schedule,
            recipients: self.recipients.into_iter().map(ApplyRecipient::desired).collect(),
        })
    }
}

impl ApplyRecipient {
    fn desired(self) -> DesiredRecipient {
        DesiredRecipient {
            email: self.email,
            acceptance: self.accept,
            invitation_expires_at: self.invitation_until,
            access_expires_at: self.access_until,
        }
    }
}

impl ApplySchedule {
    fn desired(self) -> std::result::Result<DesiredSchedule, &'static str> {
        match self {
            Self::None => Ok(DesiredSchedule::None),
            Self::Offered(words) => words.wish().map(DesiredSchedule::Offered),
        }
    }
}

const NONE: &str = "none";

impl Serialize for ApplySchedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str(NONE),
            Self::Offered(words) => words.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ApplySchedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(NoneOrOffered)
    }
}

struct NoneOrOffered;

impl<'de> Visitor<'de> for NoneOrOffered {
    type Value = ApplySchedule;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a schedule with its 'every', or the word none")
    }

    fn visit_str<E: Error>(self, word: &str) -> std::result::Result<ApplySchedule, E> {
        if word == NONE {
            return Ok(ApplySchedule::None);
        }
        Err(E::custom(format!("'{word}' is no schedule: give its 'every', or the word none")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<ApplySchedule, A::Error> {
        ScheduleWords::deserialize(MapAccessDeserializer::new(map)).map(Box::new).map(ApplySchedule::Offered)
    }
}

impl JsonSchema for ApplySchedule {
    fn schema_name() -> Cow<'static, str> {
        "ApplySchedule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "const": NONE }, generator.subschema_for::<ScheduleWords>()] })
    }
}
