//! Backup and restore, while serving, and from one engine to the other.
//!
//! A backup is one SQLite file with the tables of the database and, in the table
//! `backup_files`, the bytes of the attachments. From SQLite it is a copy of pages,
//! from PostgreSQL a copy of rows, both of one moment. Either can be restored into
//! either engine.

mod rows;

use crate::engine::{self, Lite, Purpose, Server, Store, Target};
use crate::files::{FileHash, Files, Found};
use crate::migrate::{self, SQLITE};
use crate::sql::{Columns, Sql, Table, Type, Value};
use crate::{Failure, disk};
use std::path::{Path, PathBuf};

/// What was backed up or restored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Incidents.
    pub incidents: u64,
    /// Attachments' files.
    pub files: u64,
    /// Files that attachments refer to and that are not there, or not what they were.
    pub missing: Vec<FileHash>,
}

const FILES_TABLE: &str = "create table backup_files (
    hash text not null, part integer not null, bytes blob not null, primary key (hash, part)
) strict";

const FILES: Table = Table {
    name: "backup_files",
    columns: &[("hash", Type::Text), ("part", Type::Int), ("bytes", Type::Bytes)],
    suffix: "",
};

/// Writes a backup of one moment into a new file, while the store is in use. Blocks.
///
/// # Errors
///
/// [`Failure::Unusable`] when the file exists already, [`Failure::Unavailable`] when
/// reading or writing fails; no file stays then.
pub fn backup(store: &Store, files: &Files, into: &Path) -> Result<Summary, Failure> {
    // Who comes second finds a whole one and is refused.
    let _alone = disk::alone_beside(into);
    if into.exists() {
        let words = format!("{} exists already; choose another name or remove it", into.display());
        return Err(Failure::Unusable(words));
    }
    let partial = disk::beside(into, ".partial");
    disk::remove_if_there(&partial)?;
    let result = fill(store, files, &partial).and_then(|summary| {
        disk::rename(&partial, into)?;
        Ok(summary)
    });
    if result.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    result
}

/// Puts what a backup holds into a database and its files among `files`. With
/// `overwrite`, what the database holds is lost. Nobody else may have a SQLite
/// database open while it is replaced: `alone` is called once everything is prepared,
/// sees to that, and what it gives is kept until all is done. Whoever calls sees to it
/// that only one restore at a time prepares beside a SQLite file. Blocks.
///
/// # Errors
///
/// [`Failure::Unusable`] when the file is no backup, was made by a newer version, or
/// the database holds data and `overwrite` was not said; [`Failure::Damaged`] when the
/// backup does not read as it should; those of `alone`. The database is as before then.
pub fn restore<T>(
    from: &Path,
    target: &Target,
    files: &Files,
    overwrite: bool,
    alone: impl FnOnce() -> Result<T, Failure>,
) -> Result<Summary, Failure> {
    let version = check(from)?;
    match target {
        Target::Sqlite(path) => {
            let refuse = || match path.metadata() {
                Ok(data) if data.len() > 0 && !overwrite => Err(holds_data(target)),
                _ => Ok(()),
            };
            refuse()?;
            let summary = restore_files(from, files)?;
            let staged = staged(from, path)?;
            let put = alone().and_then(|alone| {
                // Somebody may have been quicker.
                refuse()?;
                replace(&staged, path)?;
                Ok(alone)
            });
            if put.is_err() {
                disk::remove_if_there(&staged)?;
            }
            put.map(|_| summary)
        }
        Target::Postgres(url) => {
            Store::open(target)?;
            let mut link = Server::of(url)?.connect(Purpose::Upkeep)?;
            if !overwrite && link.transaction(rows::any)? {
                return Err(holds_data(target));
            }
            let summary = restore_files(from, files)?;
            let staging = Staging::of(from, version)?;
            let _alone = alone()?;
            let read = Lite::reader(&staging.path)?.snapshot(|source| {
                link.transaction(|target| {
                    if !overwrite && rows::any(target)? {
                        return Err(Failure::Unavailable(
                            "somebody else is writing into the database".into(),
                        ));
                    }
                    rows::copy(source, target)?;
                    engine::mark_restored(target)
                })
            });
            read.map(|()| summary)
        }
    }
}

fn holds_data(target: &Target) -> Failure {
    Failure::Unusable(format!(
        "{target} holds data already; say --overwrite to replace it, or name another place"
    ))
}

fn fill(store: &Store, files: &Files, into: &Path) -> Result<Summary, Failure> {
    match store.target() {
        Target::Sqlite(path) => disk::copy_database(path, into)?,
        Target::Postgres(_) => {
            migrate::sqlite(into)?;
            let mut target = Lite::writer(into)?;
            target.batch("pragma foreign_keys = off")?;
            store
                .read_blocking(|source| target.transaction(|target| rows::copy(source, target)))?;
        }
    }
    let mut backup = Lite::writer(into)?;
    let summary = backup.transaction(|sql| {
        // What waits to be attached or removed where the backup comes from.
        sql.execute("delete from loose_files", &[])?;
        // What waits to be told is told there; whoever restores this tells it to nobody again.
        crate::deliveries::forget_waiting(sql)?;
        crate::webhooks::forget_waiting(sql)?;
        crate::outside::forget_waiting(sql)?;
        crate::pages::send::forget_waiting(sql)?;
        crate::reports::mailed::forget_waiting(sql)?;
        add_files(sql, files)
    })?;
    backup.batch("pragma journal_mode = delete")?;
    Ok(summary)
}

fn add_files(sql: &mut dyn Sql, files: &Files) -> Result<Summary, Failure> {
    sql.execute(FILES_TABLE, &[])?;
    let mut summary = Summary { incidents: count(sql, "incidents")?, ..Summary::default() };
    for row in sql.query("select distinct hash from attachments order by hash", &[])? {
        let hash: FileHash = Columns::of(row).parsed()?;
        if add_file(sql, &hash, files)? {
            summary.files += 1;
        } else {
            summary.missing.push(hash);
        }
    }
    Ok(summary)
}

/// Adds a file, unless it is missing or not what it was.
fn add_file(sql: &mut dyn Sql, hash: &FileHash, files: &Files) -> Result<bool, Failure> {
    let mut part = 0i64;
    let found = files.copy(hash, &mut |bytes| {
        sql.insert(&FILES, vec![vec![hash.into(), part.into(), bytes.into()]])?;
        part += 1;
        Ok(())
    })?;
    if found != Found::Whole {
        sql.execute("delete from backup_files where hash = $1", &[hash.into()])?;
    }
    Ok(found == Found::Whole)
}

/// Whether the file is a backup we can read; the version of its schema.
fn check(from: &Path) -> Result<i64, Failure> {
    let no_backup = || Failure::Unusable(format!("{} is no backup of Evenkeel", from.display()));
    let reader = Lite::reader(from).map_err(|error| match error {
        Failure::Damaged(_) => no_backup(),
        other => other,
    });
    reader?.snapshot(|sql| {
        let wanted = "select count(*) from sqlite_schema where name in ('schema_migrations', 'backup_files')";
        let tables = sql.query(wanted, &[]).map_err(|_| no_backup())?;
        if tables != [[Value::Int(2)]] {
            return Err(no_backup());
        }
        let version = migrate::version(sql)?;
        migrate::check_known(version, SQLITE, &from.display().to_string())?;
        match sql.query("pragma quick_check(1)", &[])?.as_slice() {
            [row] if *row == [Value::from("ok")] => Ok(version),
            found => Err(Failure::Damaged(format!("{}: {found:?}", from.display()))),
        }
    })
}

fn restore_files(from: &Path, files: &Files) -> Result<Summary, Failure> {
    Lite::reader(from)?.snapshot(|sql| {
        let mut summary = Summary { incidents: count(sql, "incidents")?, ..Summary::default() };
        for row in sql.query("select hash, max(part) from backup_files group by hash", &[])? {
            let mut row = Columns::of(row);
            let (hash, last) = (row.parsed::<FileHash>()?, row.int()?);
            let mut arriving = files.begin()?;
            for part in 0..=last {
                arriving.write(&part_of(sql, &hash, part)?)?;
            }
            let arrived = arriving.arrived();
            if *arrived.hash() == hash {
                files.keep(arrived)?;
                summary.files += 1;
            } else {
                summary.missing.push(hash);
            }
        }
        Ok(summary)
    })
}

/// The backup as a database, beside the one that it is to replace.
fn staged(from: &Path, path: &Path) -> Result<PathBuf, Failure> {
    let staged = disk::beside(path, ".restored");
    disk::copy_database(from, &staged)?;
    Lite::writer(&staged)?.batch("drop table backup_files; vacuum")?;
    Ok(staged)
}

/// Puts it in the place of a SQLite file, as a whole.
fn replace(staged: &Path, path: &Path) -> Result<(), Failure> {
    if path.exists() {
        // Fails while somebody has it open, and takes its log away. That it does not
        // even read as a database may be why it is replaced.
        let alone =
            Lite::writer(path).and_then(|mut old| old.batch("pragma journal_mode = delete"));
        if let Err(Failure::Unavailable(words)) = alone {
            let words = format!(
                "{} is in use ({words}); end the program that uses it first",
                path.display()
            );
            return Err(Failure::Unavailable(words));
        }
    }
    for suffix in ["-wal", "-shm"] {
        disk::remove_if_there(&disk::beside(path, suffix))?;
    }
    disk::rename(staged, path)
}

fn count(sql: &mut dyn Sql, table: &str) -> Result<u64, Failure> {
    let found = sql.query(&format!("select count(*) from {table}"), &[])?;
    let count = Columns::of(found.into_iter().next().unwrap_or_default()).int()?;
    u64::try_from(count).map_err(|_| Failure::damaged("a count is negative"))
}

/// A backup with the schema of this version, gone with it where it is a copy.
struct Staging {
    path: PathBuf,
    _folder: Option<Folder>,
}

struct Folder(PathBuf);

impl Staging {
    fn of(from: &Path, version: i64) -> Result<Self, Failure> {
        if version == migrate::latest(SQLITE) {
            return Ok(Staging { path: from.to_owned(), _folder: None });
        }
        let folder = std::env::temp_dir().join(format!("evenkeel-restore-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| disk::io("making", &folder, error))?;
        let path = folder.join("backup");
        let staging = Staging { path, _folder: Some(Folder(folder)) };
        disk::copy_database(from, &staging.path)?;
        migrate::sqlite(&staging.path)?;
        Ok(staging)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is in the system's folder for what may go.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One of the parts that a file is kept in.
fn part_of(sql: &mut dyn Sql, hash: &FileHash, part: i64) -> Result<Vec<u8>, Failure> {
    let select = "select bytes from backup_files where hash = $1 and part = $2";
    let found = sql.query(select, &[hash.into(), part.into()])?;
    Columns::of(found.into_iter().next().unwrap_or_default()).bytes()
}
