//! How the status page presents itself.

use crate::directory::one;
use crate::directory::settings::{self, Setting};
use crate::{Failure, Sql, Value};
use kernel::{Language, Timestamp};
use serde::{Deserialize, Serialize};

/// The key of the setting, a [`StatusPage`].
pub const STATUS_PAGE: &str = "status_page";

/// How the page presents itself. What is empty is the instance's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusPage {
    /// Its opaque id in JSON; empty until it is first saved.
    pub id: String,
    /// Whether everybody may read it. Nobody may until somebody says so.
    pub public: bool,
    /// Whose page it is.
    pub name: String,
    /// Its languages, the first for readers who ask for none of them.
    pub languages: Vec<Language>,
    /// The IANA name of the zone of all days and times on it.
    pub time_zone: String,
    /// A domain of its own at which it answers at `/`, such as `status.example.org`.
    pub domain: String,
    /// Whether this program answers at that domain. Where files elsewhere do, nobody can subscribe
    /// there.
    pub domain_is_ours: bool,
    /// Where to get help: an address or a telephone number in words.
    pub support: String,
    /// Its logo, by the hash of its bytes.
    pub logo: Option<String>,
}

/// A picture that the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The SHA-256 of its bytes in hex.
    pub hash: String,
    /// What it is.
    pub media_type: String,
    /// It.
    pub bytes: Vec<u8>,
}

/// The setting; version 0 when nobody set anything yet.
pub fn get(sql: &mut dyn Sql) -> Result<Setting<StatusPage>, Failure> {
    let found = settings::get(sql, STATUS_PAGE)?;
    Ok(found.unwrap_or_else(|| Setting { value: StatusPage::default(), version: 0 }))
}

/// Changes the setting; `false` when `expected_version` is not its any more.
pub fn put(sql: &mut dyn Sql, page: &StatusPage, expected_version: i64) -> Result<bool, Failure> {
    settings::put(sql, STATUS_PAGE, page, expected_version)
}

/// Keeps a logo; that it is there already is fine. Others are forgotten.
pub fn keep_logo(sql: &mut dyn Sql, logo: &Logo, now: Timestamp) -> Result<(), Failure> {
    sql.execute("delete from status_logos where hash <> $1", &[(&logo.hash).into()])?;
    let statement = "insert into status_logos (hash, media_type, bytes, created_at) values ($1, $2, $3, $4) on conflict do nothing";
    let values: [Value; 4] =
        [(&logo.hash).into(), (&logo.media_type).into(), logo.bytes.as_slice().into(), now.into()];
    sql.execute(statement, &values).map(drop)
}

/// The logo with this hash.
pub fn logo(sql: &mut dyn Sql, hash: &str) -> Result<Option<Logo>, Failure> {
    one(
        sql,
        "select hash, media_type, bytes from status_logos where hash = $1",
        &[hash.into()],
        |row| Ok(Logo { hash: row.text()?, media_type: row.text()?, bytes: row.bytes()? }),
    )
}
