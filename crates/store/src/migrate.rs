//! Bringing a database's schema up to date: forward only, all steps or none.

use crate::engine::{Link, Lite, Purpose, Server};
use crate::sql::{Columns, Sql, Value};
use crate::{Failure, disk};
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
    [
        1 => "0001_first", 2 => "0002_loose_files", 3 => "0003_held", 4 => "0004_calendars",
        5 => "0005_rules", 6 => "0006_recomputations",
        7 => "0007_breaches", 8 => "0008_assignment", 9 => "0009_models",
        10 => "0010_deliveries", 11 => "0011_messages", 12 => "0012_integrations",
        13 => "0013_webhooks", 14 => "0014_language", 15 => "0015_inbox",
        16 => "0016_failing_mailboxes", 17 => "0017_kept_messages", 18 => "0018_pages",
        19 => "0019_schedules", 20 => "0020_alerts", 21 => "0021_contacts",
        22 => "0022_told", 23 => "0023_push", 24 => "0024_map",
        25 => "0025_majors", 26 => "0026_status", 27 => "0027_subscribers",
        28 => "0028_surges", 29 => "0029_asks", 30 => "0030_rota", 31 => "0031_deliveries",
        32 => "0032_open_alerts", 33 => "0033_problems", 34 => "0034_search",
        35 => "0035_suggestions", 36 => "0036_causes", 37 => "0037_together",
        38 => "0038_team_views", 39 => "0039_reviews", 40 => "0040_reports",
        41 => "0041_recurring", 42 => "0042_expected", 43 => "0043_mailed_reports",
        44 => "0044_once", 45 => "0045_many_open_alerts", 46 => "0046_many_open",
        47 => "0047_screens", 48 => "0048_confirmed",
    ]
);

migrations!(
    /// The steps for PostgreSQL.
    POSTGRES,
    "postgres",
    [
        1 => "0001_first", 2 => "0002_loose_files", 3 => "0003_held", 4 => "0004_calendars",
        5 => "0005_rules", 6 => "0006_recomputations",
        7 => "0007_breaches", 8 => "0008_assignment", 9 => "0009_models",
        10 => "0010_deliveries", 11 => "0011_messages", 12 => "0012_integrations",
        13 => "0013_webhooks", 14 => "0014_language", 15 => "0015_inbox",
        16 => "0016_failing_mailboxes", 17 => "0017_kept_messages", 18 => "0018_pages",
        19 => "0019_schedules", 20 => "0020_alerts", 21 => "0021_contacts",
        22 => "0022_told", 23 => "0023_push", 24 => "0024_map",
        25 => "0025_majors", 26 => "0026_status", 27 => "0027_subscribers",
        28 => "0028_surges", 29 => "0029_asks", 30 => "0030_rota", 31 => "0031_deliveries",
        32 => "0032_open_alerts", 33 => "0033_problems", 34 => "0034_search",
        35 => "0035_suggestions", 36 => "0036_causes", 37 => "0037_together",
        38 => "0038_team_views", 39 => "0039_reviews", 40 => "0040_reports",
        41 => "0041_recurring", 42 => "0042_expected", 43 => "0043_mailed_reports",
        44 => "0044_once", 45 => "0045_many_open_alerts", 46 => "0046_many_open",
        47 => "0047_screens", 48 => "0048_confirmed",
    ]
);

/// Keeps which steps were taken; the same on both engines.
const STEPS_TABLE: &str =
    "create table if not exists schema_migrations (version bigint primary key, name text not null)";

/// How often to try again to switch a new file to its log, each time after having
/// waited for whoever else opens it.
const LOG_TRIES_MAX: u32 = 20;

/// Makes the file if there is none and brings its schema up to date. Gives the connection that did
/// so, which can write.
pub(crate) fn sqlite(path: &Path) -> Result<Lite, Failure> {
    sqlite_to(path, SQLITE)
}

fn sqlite_to(path: &Path, steps: &[Migration]) -> Result<Lite, Failure> {
    disk::create(path).map_err(|error| {
        Failure::Unusable(format!("{} cannot be opened for writing: {error}", path.display()))
    })?;
    let mut writer = Lite::writer(path)?;
    // What is not ours stays as it is.
    writer.snapshot(|sql| version_of_file(sql, path))?;
    use_log(&mut writer)?;
    writer.transaction(|sql| {
        let Some(before) = version_of_file(sql, path)? else {
            sql.execute(STEPS_TABLE, &[])?;
            return take(sql, steps, 0);
        };
        check_known(before, steps, &path.display().to_string())?;
        if before < latest(steps) {
            disk::copy_database(path, &disk::beside(path, &format!(".before-{}", latest(steps))))?;
        }
        take(sql, steps, before)
    })?;
    Ok(writer)
}

/// A connection that writes, where the file is there and nothing of its schema is missing.
pub(crate) fn ready_sqlite(path: &Path) -> Result<Option<Lite>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let mut writer = Lite::writer(path)?.once()?;
    if writer.snapshot(|sql| version_of_file(sql, path))? != Some(latest(SQLITE)) {
        return Ok(None);
    }
    use_log(&mut writer)?;
    Ok(Some(writer))
}

/// The same for a PostgreSQL database.
pub(crate) fn ready_postgres(server: &Server) -> Result<Option<Link>, Failure> {
    let mut link = server.connect(Purpose::Write)?;
    let found = link.transaction(|sql| {
        let ours = "select 1 from pg_tables where schemaname = current_schema() \
            and tablename = 'schema_migrations'";
        match sql.query(ours, &[])?.is_empty() {
            true => Ok(None),
            false => version(sql).map(Some),
        }
    })?;
    Ok((found == Some(latest(POSTGRES))).then_some(link))
}

/// Whoever brings a PostgreSQL database up to date holds this lock: the letters of "evenkeel".
const LOCK: i64 = 0x6576_656e_6b65_656c;

/// Brings the database's schema up to date.
pub(crate) fn postgres(server: &Server) -> Result<(), Failure> {
    postgres_to(server, POSTGRES)
}

fn postgres_to(server: &Server, steps: &[Migration]) -> Result<(), Failure> {
    server.connect(Purpose::Upkeep)?.transaction(|sql| {
        sql.query("select pg_advisory_xact_lock($1)::text", &[LOCK.into()])?;
        check_letters(sql)?;
        let tables = sql.query("select tablename from pg_tables where schemaname = current_schema()", &[])?;
        let before = if tables.contains(&vec![Value::from("schema_migrations")]) {
            version(sql)?
        } else if tables.is_empty() {
            sql.execute(STEPS_TABLE, &[])?;
            0
        } else {
            let words = "the PostgreSQL database holds tables, but not those of Evenkeel; give it one of its own";
            return Err(Failure::Unusable(words.into()));
        };
        check_known(before, steps, "the PostgreSQL database")?;
        take(sql, steps, before)
    })
}

/// Names are compared in lower case, which takes a locale that knows letters.
fn check_letters(sql: &mut dyn Sql) -> Result<(), Failure> {
    let found = sql.query("select current_setting('server_encoding'), lower('Ä')", &[])?;
    let mut found = Columns::of(found.into_iter().next().unwrap_or_default());
    let (encoding, letter) = (found.text()?, found.text()?);
    if encoding != "UTF8" {
        let words = format!(
            "the PostgreSQL database is encoded in {encoding}; make one with `encoding 'UTF8'`"
        );
        return Err(Failure::Unusable(words));
    }
    if letter != "ä" {
        tracing::warn!(
            "the PostgreSQL database's locale knows no letters but A to Z: names that differ in the case of others count as different"
        );
    }
    Ok(())
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

/// Runs the steps after `before`.
fn take(sql: &mut dyn Sql, steps: &[Migration], before: i64) -> Result<(), Failure> {
    for step in steps.iter().filter(|step| step.version > before) {
        for statement in statements(step.sql) {
            sql.execute(statement, &[])?;
        }
        let row = [Value::Int(step.version), Value::from(step.name)];
        sql.execute("insert into schema_migrations (version, name) values ($1, $2)", &row)?;
        if before > 0 {
            tracing::info!(version = step.version, name = step.name, "schema brought up to date");
        }
    }
    if before == 0 {
        tracing::info!(version = latest(steps), "schema made");
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const SECOND: &str = "-- A step; with a semicolon.\n\
        create table later (name text not null default ';'); -- and; another\n\
        insert into later values ('a;b');\n";

    fn two_steps() -> Vec<Migration> {
        let first = Migration { version: 1, name: SQLITE[0].name, sql: SQLITE[0].sql };
        vec![first, Migration { version: 2, name: "0002_later", sql: SECOND }]
    }

    fn first_step() -> &'static [Migration] {
        &SQLITE[..1]
    }

    fn rows(path: &Path, query: &str) -> Vec<Vec<Value>> {
        Lite::reader(path).unwrap().snapshot(|sql| sql.query(query, &[])).unwrap()
    }

    #[test]
    fn a_file_is_copied_before_its_schema_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evenkeel.db");
        let copied = folder.path().join("evenkeel.db.before-2");
        sqlite_to(&path, first_step()).unwrap();
        Lite::writer(&path).unwrap().batch("insert into settings values ('name', '1', 7)").unwrap();
        sqlite_to(&path, first_step()).unwrap();
        assert!(!copied.exists());
        sqlite_to(&path, &two_steps()).unwrap();
        assert_eq!(rows(&path, "select name from later"), [[Value::from("a;b")]]);
        assert_eq!(rows(&path, "select version from settings"), [[Value::Int(7)]]);
        assert_eq!(rows(&path, "select max(version) from schema_migrations"), [[Value::Int(2)]]);
        assert_eq!(rows(&copied, "select version from settings"), [[Value::Int(7)]]);
        assert_eq!(rows(&copied, "select max(version) from schema_migrations"), [[Value::Int(1)]]);
        let refused = sqlite_to(&path, first_step()).map(drop).unwrap_err().to_string();
        assert!(refused.contains("newer version of Evenkeel"), "{refused}");
    }

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evenkeel.db");
        let mut steps = two_steps();
        steps.push(Migration {
            version: 3,
            name: "0003_wrong",
            sql: "create table third (a text); no statement;",
        });
        assert!(matches!(sqlite_to(&path, &steps), Err(Failure::Statement(_))));
        assert_eq!(rows(&path, "select name from sqlite_schema"), [] as [Vec<Value>; 0]);
        sqlite_to(&path, SQLITE).unwrap();
    }

    #[test]
    fn the_database_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("music.db");
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch("create table songs (name text)")
            .unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(sqlite_to(&path, SQLITE), Err(Failure::Unusable(_))));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(rows(&path, "select name from sqlite_schema"), [[Value::from("songs")]]);
    }

    #[test]
    fn problems_that_timelines_name_are_found_by_the_update() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evenkeel.db");
        sqlite_to(&path, &SQLITE[..32]).unwrap();
        let mut before = Lite::writer(&path).unwrap();
        before
            .batch(
                "insert into incidents (number, version, title, state, priority, impact, urgency, \
                 requester_id, channel, major, reported_at, updated_at, breached, reopenings, body) \
                 values (1, 8, 'VPN', 'closed', 3, 3, 3, 'p', 'web', 0, 1, 1, 0, 0, '{}')",
            )
            .unwrap();
        let (third, twelfth) = (
            r#"{"kind":"problem","target":"PRB-3"}"#,
            r#"{"kind":"known_error","target":"PRB-12"}"#,
        );
        let solved = r#"{"code":"fixed","note":"n","known_error":"PRB-3"}"#;
        let events = [
            ("linked", third),
            ("unlinked", third),
            ("linked", third),
            ("linked", twelfth),
            ("unlinked", twelfth),
            ("linked", r#"{"kind":"related","target":"INC-7"}"#),
            ("resolved", solved),
            ("resolved", solved),
        ];
        for (n, (kind, data)) in (1..).zip(events) {
            let statement = format!(
                "insert into events (seq, number, n, kind, version, at, happened_at, actor_kind, \
                 actor_id, actor_name, channel, cause, data, public, hash) values \
                 ({n}, 1, {n}, '{kind}', 1, {n}, {n}, 'system', '', '', 'web', '{{}}', '{data}', 0, x'00')"
            );
            before.batch(&statement).unwrap();
        }
        drop(before);
        sqlite_to(&path, SQLITE).unwrap();
        let found = "select problem, kind, at from incident_problems order by problem, kind";
        let row = |problem: i64, kind: &str, at: i64| {
            vec![Value::Int(problem), Value::from(kind), Value::Int(at)]
        };
        assert_eq!(rows(&path, found), [row(3, "problem", 3), row(3, "resolution", 7)]);
        let next = "select next from record_numbers where prefix = 'PRB'";
        assert_eq!(rows(&path, next), [[Value::Int(4)]], "a new one is not what was named before");
    }

    #[test]
    fn steps_are_counted_without_gaps_on_both_engines() {
        for steps in [SQLITE, POSTGRES] {
            for (step, version) in steps.iter().zip(1..) {
                assert_eq!(step.version, version);
                assert!(step.name.starts_with(&format!("{version:04}_")), "{}", step.name);
            }
        }
        assert_eq!(latest(SQLITE), latest(POSTGRES));
    }

    /// What a folder's statements say, without what must differ: tables with their
    /// lines, indexes with their columns.
    fn described(steps: &[Migration]) -> BTreeMap<String, Vec<String>> {
        let spoken_alike = [
            ("(body::jsonb ->> 'affected')::bigint", "json_extract(body, '$.affected')"),
            ("::jsonb", ""),
            (") strict, without rowid", ")"),
            (") strict", ")"),
            (" collate \"C\"", ""),
            (" deferrable", ""),
            (" generated by default as identity", ""),
            ("bigint", "integer"),
            ("bytea", "blob"),
            ("x''", "''"),
        ];
        let mut described = BTreeMap::new();
        for statement in steps.iter().flat_map(|step| statements(step.sql)) {
            let lines = statement.lines().map(|line| {
                let line = line.split("--").next().unwrap_or_default().trim().to_owned();
                spoken_alike
                    .iter()
                    .fold(line, |line, (special, common)| line.replace(special, common))
            });
            let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
            // The full-text index is each engine's own, and so is how a table made anew goes on counting.
            let own = lines[0].contains(" contents_words") || lines[0].starts_with("select setval");
            if !own {
                described.insert(lines[0].clone(), lines);
            }
        }
        described
    }

    #[test]
    fn both_engines_have_the_same_tables() {
        let (lite, server) = (described(SQLITE), described(POSTGRES));
        assert!(lite.len() > 40, "{}", lite.len());
        for (name, lines) in &lite {
            assert_eq!(Some(lines), server.get(name), "in PostgreSQL");
        }
        for name in server.keys() {
            assert!(lite.contains_key(name), "only PostgreSQL has: {name}");
        }
    }
}
