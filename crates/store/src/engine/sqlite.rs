//! SQLite: one file, many readers, one writer at a time.

use super::checkpoints::Checkpoints;
use super::pool::Usable;
use super::whole::ended;
use super::{Once, Work, check_parameters, went_on_after_failure};
use crate::sql::{Engine, Row, Sql, Table, Value};
use crate::{Failure, disk};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another process's transaction.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// Prepared statements kept per connection; the product has fewer.
const STATEMENTS_MAX: usize = 300;

/// Page cache of the writer and of each reader, in KiB.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
const READER_CACHE_KIB: i64 = 2 * 1024;

/// The log is cut back to this after a checkpoint, in bytes.
const LOG_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// Pages in the log at which it is written back to the file by the commit that reaches them, where no
/// thread does it.
const CHECKPOINT_PAGES: i64 = 1_000;

/// The same where somebody writes once and ends: a server that runs is faster to do it, and whoever
/// closes the file as the last one does it too.
const CHECKPOINT_PAGES_ONCE: i64 = 4 * CHECKPOINT_PAGES;

/// A connection to a SQLite file.
pub(crate) struct Lite {
    connection: Connection,
    writes: bool,
    /// A statement of the transaction under way has failed.
    failed: bool,
    /// After the connection, so that it ends first.
    checkpoints: Option<Checkpoints>,
}

/// More readers than cores gain nothing; a few more bridge waits for the disk.
pub(crate) fn readers_max() -> usize {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    (cores * 2).clamp(4, 16)
}

/// The room that the file and its log take.
pub(crate) fn size_bytes(path: &Path) -> Result<u64, Failure> {
    let log = disk::beside(path, "-wal").metadata().map_or(0, |data| data.len());
    match path.metadata() {
        Ok(data) => Ok(data.len() + log),
        Err(error) => Err(Failure::Unavailable(format!("{}: {error}", path.display()))),
    }
}

impl Lite {
    /// Opens a file to read; it must exist.
    pub(crate) fn reader(path: &Path) -> Result<Self, Failure> {
        // Opened for writing too, because a log can be read only by who may repair it.
        let lite =
            Lite { connection: connect(path)?, writes: false, failed: false, checkpoints: None };
        lite.pragmas(&[("cache_size", -READER_CACHE_KIB), ("query_only", 1)])?;
        Ok(lite)
    }

    /// Opens a file to write; it must exist. What is committed is on the disk.
    pub(crate) fn writer(path: &Path) -> Result<Self, Failure> {
        let lite =
            Lite { connection: connect(path)?, writes: true, failed: false, checkpoints: None };
        lite.pragmas(&[
            ("cache_size", -WRITER_CACHE_KIB),
            ("journal_size_limit", LOG_BYTES_MAX),
            ("wal_autocheckpoint", CHECKPOINT_PAGES),
        ])?;
        lite.connection.pragma_update(None, "synchronous", "full").map_err(failure)?;
        // What is freed inside a page that is written anyway is emptied. Emptying whole freed
        // pages, too, would write those of the full-text index once more for nothing.
        lite.connection.pragma_update(None, "secure_delete", "fast").map_err(failure)?;
        Ok(lite)
    }

    /// The same, to write once.
    pub(crate) fn once(self) -> Result<Self, Failure> {
        self.connection
            .pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES_ONCE)
            .map_err(failure)?;
        Ok(self)
    }

    /// The same, with a thread that writes its log back while it goes on.
    pub(crate) fn with_checkpoints(mut self, path: &Path) -> Result<Self, Failure> {
        self.checkpoints = Some(Checkpoints::beside(&mut self.connection, path)?);
        Ok(self)
    }

    /// A database of one's own, such as one in memory.
    pub(crate) fn over(connection: Connection) -> Result<Self, Failure> {
        know_letters(&connection).map_err(failure)?;
        Ok(Lite { connection, writes: true, failed: false, checkpoints: None })
    }

    /// Several statements at once, without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.connection.execute_batch(sql).map_err(failure)
    }

    /// The connection itself, for what only SQLite can do.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Runs `f` on one snapshot.
    pub(crate) fn snapshot<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut once = Once::of(f);
        self.read(&mut |sql| once.on(sql)).0?;
        once.value()
    }

    /// Does `work` on one snapshot.
    pub(crate) fn read(&mut self, work: Work<'_>) -> (Result<(), Failure>, Usable) {
        if let Err(error) = self.step("begin") {
            return (Err(error), Usable::No);
        }
        let result = work(self);
        let usable = if self.step("rollback").is_ok() { Usable::Yes } else { Usable::No };
        (result, usable)
    }

    /// Runs `f` in a transaction and commits it.
    pub(crate) fn transaction<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut once = Once::of(f);
        self.write(&mut |sql| once.on(sql))?;
        once.value()
    }

    /// Does `work` in a transaction and commits it.
    pub(crate) fn write(&mut self, work: Work<'_>) -> Result<(), Failure> {
        if !self.connection.is_autocommit() {
            // An earlier closure panicked.
            self.step("rollback")?;
        }
        self.failed = false;
        self.step("begin immediate")?;
        let result = match work(self) {
            Ok(()) if self.failed => Err(went_on_after_failure()),
            Ok(()) => self.step("commit"),
            Err(error) => Err(error),
        };
        // A full disk may have ended the transaction already.
        if result.is_err() && !self.connection.is_autocommit() {
            self.step("rollback")?;
        }
        result
    }

    /// Begins a transaction that [`Lite::nested`] works within.
    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        self.step("begin immediate")
    }

    /// Does `work` within the transaction under way; when it fails, nothing of it stays.
    pub(crate) fn nested(&mut self, work: Work<'_>) -> Result<(), Failure> {
        if self.connection.is_autocommit() {
            // A full disk may have ended the transaction.
            return Err(ended());
        }
        self.failed = false;
        self.step("savepoint nested")?;
        let result = match work(self) {
            Ok(()) if self.failed => Err(went_on_after_failure()),
            Ok(()) => return self.step("release nested"),
            Err(error) => Err(error),
        };
        if !self.connection.is_autocommit() {
            self.step("rollback to nested")?;
            self.step("release nested")?;
        }
        result
    }

    /// Commits the transaction under way.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        if self.connection.is_autocommit() {
            return Err(ended());
        }
        self.step("commit")
    }

    fn pragmas(&self, pragmas: &[(&str, i64)]) -> Result<(), Failure> {
        // Nothing is mapped: each connection's map would count as memory of its own, and
        // gains no processor time that can be measured.
        let common = [("foreign_keys", 1), ("mmap_size", 0)];
        for (name, value) in common.iter().chain(pragmas) {
            self.connection.pragma_update(None, name, value).map_err(failure)?;
        }
        self.connection.pragma_update(None, "temp_store", "memory").map_err(failure)
    }

    fn step(&mut self, sql: &str) -> Result<(), Failure> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute())
            .map(drop)
            .map_err(failure)
    }

    fn told<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        self.failed |= result.is_err();
        match result {
            Err(Failure::Unavailable(words)) if !self.writes && words.contains("readonly") => {
                Err(Failure::Statement("a reader cannot write".into()))
            }
            other => other,
        }
    }
}

impl Sql for Lite {
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        let result = query(&self.connection, sql, parameters);
        self.told(result)
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Failure> {
        let result = execute(&self.connection, sql, parameters);
        self.told(result)
    }

    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        let result = insert(&self.connection, table, rows);
        self.told(result)
    }

    fn update(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        let result = update(&self.connection, table, rows);
        self.told(result)
    }

    fn engine(&self) -> Engine {
        Engine::Sqlite
    }
}

pub(super) fn connect(path: &Path) -> Result<Connection, Failure> {
    // Used by one thread at a time, so SQLite needs no locks of its own.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let unusable =
        |error| Failure::Unusable(format!("{} cannot be opened: {error}", path.display()));
    let connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
    connection.busy_timeout(BUSY_MAX).map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // A plan is made once per statement. Otherwise SQLite looks at parameters while planning and,
    // where it did, plans anew each time another is bound: a sixth of an incident's page.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failure)?;
    know_letters(&connection).map_err(failure)?;
    Ok(connection)
}

/// SQLite's own `lower` knows A to Z alone; names are compared in all letters.
fn know_letters(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("lower", 1, flags, |context| {
        Ok(context.get_raw(0).as_str_or_null()?.map(str::to_lowercase))
    })
}

fn query(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
    let mut statement = prepared(connection, sql, parameters)?;
    let width = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failure)? {
        let values = (0..width).map(|column| value(row.get_ref(column).map_err(failure)?));
        found.push(values.collect::<Result<Row, Failure>>()?);
    }
    Ok(found)
}

fn execute(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<u64, Failure> {
    let touched = prepared(connection, sql, parameters)?.raw_execute().map_err(failure)?;
    Ok(touched as u64)
}

fn insert(connection: &Connection, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
    let Table { name, columns, suffix } = table;
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let sql = format!("insert into {name} ({names}) values ({places}) {suffix}");
    each_row(connection, &sql, table, rows)
}

/// A statement per row, because it finds its row by the key: one of many values would first put
/// them into a table of its own.
fn update(connection: &Connection, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
    let Some(((key, _), columns)) = table.columns.split_first() else { return Ok(0) };
    let changes: Vec<_> =
        columns.iter().zip(2..).map(|((name, _), place)| format!("{name} = ?{place}")).collect();
    let sql = format!("update {} set {} where {key} = ?1", table.name, changes.join(", "));
    each_row(connection, &sql, table, rows)
}

/// Runs a statement for each row, with the row's values as its parameters.
fn each_row(
    connection: &Connection,
    sql: &str,
    Table { name, columns, .. }: &Table,
    rows: Vec<Row>,
) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut touched = 0;
    for row in rows {
        if row.len() != columns.len() {
            let words =
                format!("a row for {name} has {} values, it needs {}", row.len(), columns.len());
            return Err(Failure::Statement(words));
        }
        check_parameters(&row)?;
        for (index, value) in row.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value).map_err(failure)?;
        }
        touched += statement.raw_execute().map_err(failure)? as u64;
    }
    Ok(touched)
}

/// A statement with its parameters. To SQLite `$2` is a name, numbered in order of
/// appearance, so each is bound by what its name says.
fn prepared<'c>(
    connection: &'c Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<CachedStatement<'c>, Failure> {
    check_parameters(parameters)?;
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let count = statement.parameter_count();
    if count != parameters.len() {
        let words =
            format!("a statement has {count} parameters and was given {}: {sql}", parameters.len());
        return Err(Failure::Statement(words));
    }
    for index in 1..=count {
        let name = statement.parameter_name(index);
        let number = name
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|number| number.parse::<usize>().ok());
        let Some(value) = number.and_then(|number| parameters.get(number.wrapping_sub(1))) else {
            let words =
                format!("parameters are called $1 to ${count}, not {}: {sql}", name.unwrap_or("?"));
            return Err(Failure::Statement(words));
        };
        statement.raw_bind_parameter(index, value).map_err(failure)?;
    }
    Ok(statement)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn value(value: ValueRef<'_>) -> Result<Value, Failure> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
        ValueRef::Text(value) => match std::str::from_utf8(value) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => return Err(Failure::damaged("a text is not UTF-8")),
        },
    })
}

/// What SQLite's error means to us.
pub(crate) fn failure(error: rusqlite::Error) -> Failure {
    let Some(code) = error.sqlite_error() else {
        return Failure::Statement(error.to_string());
    };
    let words = error.to_string();
    match (code.code, code.extended_code) {
        (ErrorCode::ConstraintViolation, rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => {
            Failure::Reference(words)
        }
        (
            ErrorCode::ConstraintViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
            | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
        ) => Failure::Exists(constraint(&words)),
        (ErrorCode::DiskFull, _) => {
            Failure::Unavailable("the disk is full; make room and try again".into())
        }
        (
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => Failure::Unavailable(words),
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Failure::Damaged(words),
        _ => Failure::Statement(words),
    }
}

/// `UNIQUE constraint failed: people.email` and `… failed: index 'people_name'` both
/// say what matters last; it begins with the table's name, as PostgreSQL's does.
fn constraint(words: &str) -> String {
    let last = words.rsplit("failed: ").next().unwrap_or(words);
    last.trim_start_matches("index ").trim_matches('\'').to_owned()
}
