//! Bringing a database's schema up to date: forward only, all steps or none.

use crate::Failure;
use crate::engine::{Lite, beside};
use crate::sql::{Sql, Value};
use std::path::Path;

/// A step of the schema.
pub(crate) struct Migration {
    /// Counted from 1 without gaps.
    pub(crate) version: i64,
    /// The name of its file.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) sql: &'static str,
}

macro_rules! migrations {
    ($(#[$doc:meta])* $constant:ident, $folder:literal, [$($version:literal => $name:literal),+ $(,)?]) => {
        $(#[$doc])*
        pub(crate) const $constant: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")),
        }),+];
    };
}

migrations!(
    /// The steps for SQLite.
    SQLITE,
    "sqlite",
    [1 => "0001_first"]
);

/// Keeps which steps were taken; the same on both engines.
const STEPS_TABLE: &str =
    "create table if not exists schema_migrations (version bigint primary key, name text not null)";

/// How often to try again to switch a new file to its log, each time after having
/// waited for whoever else opens it.
const LOG_TRIES_MAX: u32 = 20;

/// Makes the file if there is none and brings its schema up to date.
pub(crate) fn sqlite(path: &Path) -> Result<(), Failure> {
    sqlite_to(path, SQLITE)
}

fn sqlite_to(path: &Path, steps: &[Migration]) -> Result<(), Failure> {
    create(path).map_err(|error| {
        Failure::Unusable(format!("{} cannot be created: {error}", path.display()))
    })?;
    let mut writer = Lite::writer(path)?;
    use_log(&mut writer)?;
    writer.transaction(|sql| {
        let Some(before) = version_of_file(sql, path)? else {
            sql.execute(STEPS_TABLE, &[])?;
            return take(sql, steps, 0);
        };
        check_known(before, steps, &path.display().to_string())?;
        if before < latest(steps) {
            copy(path, &beside(path, &format!(".before-{}", latest(steps))))?;
        }
        take(sql, steps, before)
    })
}

/// The version of the last step.
pub(crate) fn latest(steps: &[Migration]) -> i64 {
    steps.last().map_or(0, |step| step.version)
}

/// Refuses what a newer version of the product wrote.
pub(crate) fn check_known(version: i64, steps: &[Migration], what: &str) -> Result<(), Failure> {
    if version <= latest(steps) {
        return Ok(());
    }
    Err(Failure::Unusable(format!(
        "{what} was written by a newer version of Evenkeel (its schema is {version}, this version knows {}); \
         run that version, or restore a backup made before the update",
        latest(steps)
    )))
}

/// The last step taken, if any.
pub(crate) fn version(sql: &mut dyn Sql) -> Result<i64, Failure> {
    match sql
        .query("select coalesce(max(version), 0) from schema_migrations", &[])?
        .pop()
        .as_deref()
    {
        Some([Value::Int(version)]) => Ok(*version),
        other => Err(Failure::damaged(format!("the schema's version reads {other:?}"))),
    }
}

/// Copies a SQLite file as it stands, while others use it.
pub(crate) fn copy(from: &Path, into: &Path) -> Result<(), Failure> {
    let partial = beside(into, ".partial");
    remove_if_there(&partial)?;
    create(&partial).map_err(|error| io("writing", &partial, error))?;
    {
        let mut source = Lite::reader(from)?;
        let mut target = Lite::writer(&partial)?;
        let whole_at_once = -1;
        let backup = rusqlite::backup::Backup::new(source.connection(), target.connection());
        let result = backup
            .and_then(|backup| backup.step(whole_at_once))
            .map_err(crate::engine::sqlite_failure)?;
        if result != rusqlite::backup::StepResult::Done {
            return Err(Failure::Unavailable(format!(
                "{} was busy and was not copied",
                from.display()
            )));
        }
        // One file that can be carried away: without a log beside it.
        target.batch("pragma journal_mode = delete")?;
    }
    std::fs::rename(&partial, into).map_err(|error| io("writing", into, error))
}

/// An error of the file system in words.
pub(crate) fn io(doing: &str, path: &Path, error: std::io::Error) -> Failure {
    Failure::Unavailable(format!("{doing} {}: {error}", path.display()))
}

/// Removes a file unless it is gone already.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(io("removing", path, error))
        }
        _ => Ok(()),
    }
}

/// Runs the steps after `before`.
fn take(sql: &mut dyn Sql, steps: &[Migration], before: i64) -> Result<(), Failure> {
    for step in steps.iter().filter(|step| step.version > before) {
        for statement in statements(step.sql) {
            sql.execute(statement, &[])?;
        }
        let row = [Value::Int(step.version), Value::from(step.name)];
        sql.execute("insert into schema_migrations (version, name) values ($1, $2)", &row)?;
        tracing::info!(version = step.version, name = step.name, "schema brought up to date");
    }
    Ok(())
}

/// The statements of a script, cut at semicolons outside of strings, quoted bodies
/// and comments.
fn statements(script: &str) -> Vec<&str> {
    let bytes = script.as_bytes();
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        let rest = &script[at..];
        let until = |mark: &str, from: usize| {
            rest[from..].find(mark).map_or(bytes.len(), |end| at + from + end + mark.len())
        };
        at = match bytes[at] {
            b'\'' => until("'", 1),
            b'$' if rest.starts_with("$$") => until("$$", 2),
            b'-' if rest.starts_with("--") => until("\n", 2),
            b';' => {
                found.push(script[start..at].trim());
                start = at + 1;
                at + 1
            }
            _ => at + rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    found.push(script[start..].trim());
    found.retain(|statement| {
        statement.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with("--"))
    });
    found
}

/// Makes an empty file that only its owner may read: it will hold secrets' hashes and
/// people's words. SQLite gives its log the same rights.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// A log lets readers read while somebody writes. Switching to it fails while another
/// process has the file locked, so that process is waited for.
fn use_log(writer: &mut Lite) -> Result<(), Failure> {
    for _ in 0..LOG_TRIES_MAX {
        match writer.batch("pragma journal_mode = wal") {
            Err(Failure::Unavailable(_)) => writer.transaction(|_| Ok(()))?,
            other => return other,
        }
    }
    writer.batch("pragma journal_mode = wal")
}

/// The version of a file that has tables; `None` for a new file.
fn version_of_file(sql: &mut dyn Sql, path: &Path) -> Result<Option<i64>, Failure> {
    let tables = sql.query("select name from sqlite_schema where type = 'table'", &[])?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.contains(&vec![Value::from("schema_migrations")]) {
        return Err(Failure::Unusable(format!(
            "{} is a database, but not one of Evenkeel",
            path.display()
        )));
    }
    version(sql).map(Some)
}
