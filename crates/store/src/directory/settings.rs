//! Settings of the instance: a JSON value by key, with a version.

use super::rows::{json, one};
use crate::{Failure, Sql};
use kernel::Language;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The priority matrix, a [`kernel::Matrix`].
pub const MATRIX: &str = "matrix";
/// Name, time zone, telephone number and language of the instance, an [`Instance`].
pub const INSTANCE: &str = "instance";
/// The resolution codes, a list of [`incident::policy::ResolutionCode`].
pub const RESOLUTION_CODES: &str = "resolution_codes";

/// What requesters are asked, an [`incident::policy::Asking`].
pub const ASKING: &str = "asking";
/// What must be known before somebody resolves an incident, an [`incident::policy::Closure`].
pub const CLOSURE: &str = "closure";

/// How the instance calls itself, and what holds for people who chose nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// The name requesters know it by.
    pub name: String,
    /// The IANA name of the zone of people who chose none.
    pub time_zone: String,
    /// The telephone of the service desk; empty if there is none.
    pub phone: String,
    /// The language of people who chose none.
    pub language: Language,
    /// Whether it is gathered how long people are at work on an incident.
    pub gathers_time: bool,
}

impl Default for Instance {
    fn default() -> Self {
        Instance {
            name: "Evenkeel".to_owned(),
            time_zone: "UTC".to_owned(),
            phone: String::new(),
            language: Language::default(),
            gathers_time: true,
        }
    }
}

/// A setting as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// Its value.
    pub value: T,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// The setting with this key, if it was ever set.
pub fn get<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    key: &str,
) -> Result<Option<Setting<T>>, Failure> {
    one(sql, "select value, version from settings where key = $1", &[key.into()], |row| {
        Ok(Setting { value: row.json()?, version: row.int()? })
    })
}

/// Changes a setting; `false` when `expected_version` is not its any more.
/// Version 0 is a setting that was never set.
pub fn put<T: Serialize + ?Sized>(
    sql: &mut dyn Sql,
    key: &str,
    value: &T,
    expected_version: i64,
) -> Result<bool, Failure> {
    put_text(sql, key, json(value)?, expected_version)
}

fn put_text(
    sql: &mut dyn Sql,
    key: &str,
    value: String,
    expected_version: i64,
) -> Result<bool, Failure> {
    let (key, value) = (key.into(), value.into());
    let touched = match expected_version {
        0 => sql.execute(
            "insert into settings (key, value, version) values ($1, $2, 1) on conflict do nothing",
            &[key, value],
        )?,
        _ => {
            let statement = "update settings set value = $2, version = version + 1 where key = $1 and version = $3";
            sql.execute(statement, &[key, value, expected_version.into()])?
        }
    };
    Ok(touched == 1)
}
