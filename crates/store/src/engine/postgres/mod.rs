//! PostgreSQL: a server that is reached over a connection, synchronously.
//!
//! Each connection brings the small runtime that drives it, on the thread that waits
//! for its answer: no other thread has to be woken, which would cost more than most
//! queries.

mod tls;
mod value;
mod wrong;

use super::pool::Usable;
use super::whole::ended;
use super::{Once, Work, check_parameters, went_on_after_failure};
use crate::Failure;
use crate::sql::{Engine, Row, Sql, Table, Type, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tls::Protection;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;
use wrong::{Wrong, answered, failure, with_causes};

/// Connections for readers at most.
pub(crate) const READERS_MAX: usize = 16;

/// How long to wait for a server that does not answer, unless the URL says otherwise.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// How long sent data may stay unconfirmed before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Prepared statements kept per connection; the product has fewer.
const STATEMENTS_MAX: usize = 500;

/// How soon a silent connection is asked whether anybody is there, how often, and how
/// many silences count as lost: by us, and by the server, which frees what we hold.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;

/// What every session begins with. Locks are waited for as long as SQLite waits;
/// compiling a query costs more than our queries do, and so does weighing in which order
/// a row's seven names are joined, which are written in the best one; what is committed is
/// on a disk even where the server's owner has chosen otherwise.
const SESSION: &str = "set lock_timeout = '10s'; set jit = off; set join_collapse_limit = 1; set client_min_messages = warning; \
    set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; \
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

const BEGIN: &str = "begin";
const BEGIN_SNAPSHOT: &str = "begin isolation level repeatable read, read only";

/// What a connection is for, which says how long anything may take. Whoever vanishes
/// within a transaction must not keep the others from writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Screens and lists.
    Read,
    /// Short transactions of the one writer.
    Write,
    /// Changing the schema and restoring, which take as long as they take.
    Upkeep,
}

impl Purpose {
    const fn settings(self) -> &'static str {
        match self {
            Purpose::Read => {
                "set idle_in_transaction_session_timeout = '60s'; set statement_timeout = '120s'"
            }
            Purpose::Write => "set idle_in_transaction_session_timeout = '10s'",
            Purpose::Upkeep => "",
        }
    }

    /// How long an answer may take before the server counts as lost.
    const fn patience(self) -> Duration {
        match self {
            Purpose::Read => Duration::from_secs(150),
            Purpose::Write => Duration::from_secs(60),
            Purpose::Upkeep => Duration::from_secs(86_400),
        }
    }
}

/// How to reach a server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Address>);

struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

/// A connection to a PostgreSQL database.
pub(crate) struct Link {
    server: Server,
    purpose: Purpose,
    patience: Duration,
    session: Session,
    stage: Stage,
    /// A statement of the transaction under way has failed.
    failed: bool,
    /// The transaction under way is a reader's.
    reads: bool,
    lost: bool,
}

/// How far a transaction is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is none.
    Idle,
    /// This will be sent along with the first statement.
    Wanted(&'static str),
    /// It has begun.
    Open,
}

/// What is new after a connection was lost.
struct Session {
    runtime: Option<Runtime>,
    client: Client,
    statements: Statements,
}

type Statements = HashMap<String, Statement>;

impl Server {
    /// Reads a URL.
    pub(crate) fn of(url: &str) -> Result<Self, Failure> {
        let protection = Protection::of(url)?;
        let unusable = |error: tokio_postgres::Error| {
            Failure::Unusable(format!(
                "the URL of the PostgreSQL database does not read: {}",
                with_causes(&error)
            ))
        };
        let mut config: Config = protection.url.parse().map_err(unusable)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_MAX);
        }
        if config.get_application_name().is_none() {
            config.application_name("evenkeel");
        }
        config
            .tcp_user_timeout(SILENCE_MAX)
            .keepalives_idle(KEEPALIVE_IDLE)
            .keepalives_interval(KEEPALIVE_INTERVAL)
            .keepalives_retries(KEEPALIVE_RETRIES);
        Ok(Server(Arc::new(Address { config, tls: protection.connector()? })))
    }

    /// A new connection.
    pub(crate) fn connect(&self, purpose: Purpose) -> Result<Link, Failure> {
        Ok(Link {
            server: self.clone(),
            purpose,
            patience: purpose.patience(),
            session: self.session(purpose)?,
            stage: Stage::Idle,
            failed: false,
            reads: false,
            lost: false,
        })
    }

    fn session(&self, purpose: Purpose) -> Result<Session, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Failure::Unavailable(format!("no thread to be had: {error}")))?;
        let within = self.0.config.get_connect_timeout().map_or(CONNECT_MAX, |most| *most);
        let client = runtime.block_on(answered(within + SILENCE_MAX, async {
            let (client, connection) = self.0.config.connect(self.0.tls.clone()).await?;
            tokio::spawn(connection);
            client.batch_execute(SESSION).await?;
            client.batch_execute(purpose.settings()).await?;
            Ok(client)
        }));
        let client = client.map_err(|error| match failure(&error) {
            // Such as a wrong password: waiting does not help.
            Failure::Statement(words) => {
                Failure::Unusable(format!("the PostgreSQL database cannot be opened: {words}"))
            }
            other => other,
        })?;
        Ok(Session { runtime: Some(runtime), client, statements: HashMap::new() })
    }
}

impl Link {
    /// Does `work` on one snapshot.
    pub(crate) fn read(&mut self, work: Work<'_>) -> (Result<(), Failure>, Usable) {
        self.start(BEGIN_SNAPSHOT);
        let result = work(self);
        let usable =
            if self.end("rollback").is_ok() && !self.lost { Usable::Yes } else { Usable::No };
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
        if self.lost || self.stage != Stage::Idle {
            // A new session ends what a loss or a panic left behind.
            self.reconnect()?;
        }
        self.start(BEGIN);
        let result = match work(self) {
            // An aborted transaction would answer a commit with a silent rollback.
            Ok(()) if self.failed => Err(went_on_after_failure()),
            Ok(()) => return self.commit(),
            Err(error) => Err(error),
        };
        // If even that fails, the server undoes it when the connection goes.
        self.lost |= self.end("rollback").is_err();
        result
    }

    /// Begins a transaction that [`Link::nested`] works within.
    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        self.start(BEGIN);
        Ok(())
    }

    /// Does `work` within the transaction under way; when it fails, nothing of it stays.
    pub(crate) fn nested(&mut self, work: Work<'_>) -> Result<(), Failure> {
        if self.lost || self.stage == Stage::Idle {
            return Err(ended());
        }
        self.failed = false;
        self.step("savepoint nested")?;
        let result = match work(self) {
            Ok(()) if self.failed => Err(went_on_after_failure()),
            Ok(()) => return self.step("release savepoint nested"),
            Err(error) => Err(error),
        };
        // If even that fails, nothing of the whole transaction can be kept.
        let undone = self.step("rollback to savepoint nested; release savepoint nested");
        self.lost |= undone.is_err();
        result
    }

    fn step(&mut self, sql: &'static str) -> Result<(), Failure> {
        self.attempt(async |client, _| client.batch_execute(sql).await)
            .map_err(|error| failure(&error))
    }

    fn start(&mut self, begin: &'static str) {
        self.stage = Stage::Wanted(begin);
        self.reads = begin == BEGIN_SNAPSHOT;
        self.failed = false;
    }

    /// Commits the transaction under way.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        if self.lost {
            return Err(ended());
        }
        self.end("commit").map_err(|error| match error {
            Failure::Unavailable(words) if self.lost => Failure::Unavailable(format!(
                "the connection was lost while committing ({words}); \
                 it is unknown whether the change was recorded, so look before trying again"
            )),
            other => other,
        })
    }

    /// Ends a transaction, if it has begun.
    fn end(&mut self, how: &'static str) -> Result<(), Failure> {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Open => self.step(how),
            Stage::Idle | Stage::Wanted(_) => Ok(()),
        }
    }

    fn told<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        self.failed |= result.is_err();
        result
    }

    /// Runs `work`. When the connection is found lost with the first statement of a
    /// transaction nothing has been done yet, so a new one takes its place.
    fn run<T>(
        &mut self,
        work: impl AsyncFn(&Client, &mut Statements) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Failure> {
        let stage = self.stage;
        let result = match self.attempt(&work) {
            Err(_) if self.lost && stage != Stage::Open => {
                self.reconnect()?;
                self.stage = stage;
                self.attempt(&work)
            }
            other => other,
        };
        result.map_err(|error| match error.code() {
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) if self.reads => {
                Failure::Statement("a reader cannot write".into())
            }
            _ => failure(&error),
        })
    }

    fn attempt<T>(
        &mut self,
        work: impl AsyncFn(&Client, &mut Statements) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Wrong> {
        let begin = match self.stage {
            Stage::Wanted(begin) => {
                self.stage = Stage::Open;
                Some(begin)
            }
            Stage::Idle | Stage::Open => None,
        };
        let Session { runtime, client, statements } = &mut self.session;
        let runtime = runtime.as_ref().expect("a session keeps its runtime until it is dropped");
        let result = runtime.block_on(answered(self.patience, async {
            match begin {
                None => work(client, statements).await,
                // Both are on their way before the first answer is here.
                Some(begin) => {
                    let (begun, result) =
                        tokio::join!(biased; client.batch_execute(begin), work(client, statements));
                    begun.and(result)
                }
            }
        }));
        if let Err(error) = &result {
            self.lost |= error.is_loss();
            // After a change of the schema they would fail again.
            if matches!(
                error.code(),
                Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME)
            ) {
                self.session.statements.clear();
            }
        }
        result
    }

    /// One statement, with an array parameter per column.
    fn all_at_once(&mut self, sql: &str, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        if rows.is_empty() {
            return Ok(0);
        }
        let result = arrays(table, rows).and_then(|arrays| {
            self.run(async |client, statements| {
                let statement = prepared(client, statements, sql).await?;
                let arrays = arrays.iter().map(|array| &**array as &(dyn ToSql + Sync));
                client.execute_raw(&statement, arrays).await
            })
        });
        self.told(result)
    }

    fn reconnect(&mut self) -> Result<(), Failure> {
        self.session = self.server.session(self.purpose)?;
        self.lost = false;
        self.stage = Stage::Idle;
        tracing::info!("connected to PostgreSQL again");
        Ok(())
    }
}

impl Sql for Link {
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        let result = check_parameters(parameters).and_then(|()| {
            self.run(async |client, statements| {
                let statement = prepared(client, statements, sql).await?;
                let parameters =
                    parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect::<Vec<_>>();
                client.query(&statement, &parameters).await?.iter().map(row).collect()
            })
        });
        self.told(result)
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Failure> {
        let result = check_parameters(parameters).and_then(|()| {
            self.run(async |client, statements| {
                let statement = prepared(client, statements, sql).await?;
                client.execute_raw(&statement, parameters).await
            })
        });
        self.told(result)
    }

    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        self.all_at_once(&insert_statement(table), table, rows)
    }

    fn update(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        match update_statement(table) {
            Some(sql) => self.all_at_once(&sql, table, rows),
            None => Ok(0),
        }
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A store may be dropped where nobody may wait, and a runtime that is merely
        // dropped would wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn prepared(
    client: &Client,
    statements: &mut Statements,
    sql: &str,
) -> Result<Statement, tokio_postgres::Error> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql).await?;
    if statements.len() >= STATEMENTS_MAX {
        statements.clear();
    }
    statements.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}

fn insert_statement(table: &Table) -> String {
    let Table { name, columns, suffix } = table;
    format!(
        "insert into {name} ({}) select * from unnest({}) {suffix}",
        names(columns).join(", "),
        array_parameters(columns)
    )
}

/// None for a table without columns.
fn update_statement(table: &Table) -> Option<String> {
    let Table { name, columns, .. } = table;
    let (key, changed) = columns.split_first().map(|((key, _), changed)| (key, changed))?;
    let changes: Vec<_> =
        names(changed).into_iter().map(|name| format!("{name} = given.{name}")).collect();
    Some(format!(
        "update {name} as kept set {} from unnest({}) as given ({}) where kept.{key} = given.{key}",
        changes.join(", "),
        array_parameters(columns),
        names(columns).join(", ")
    ))
}

fn names<'a>(columns: &[(&'a str, Type)]) -> Vec<&'a str> {
    columns.iter().map(|(name, _)| *name).collect()
}

fn array_parameters(columns: &[(&str, Type)]) -> String {
    let arrays = columns.iter().zip(1..);
    let arrays: Vec<_> =
        arrays.map(|((_, kind), at)| format!("${at}::{}", value::array_name(*kind))).collect();
    arrays.join(", ")
}

type Arrays = Vec<Box<dyn ToSql + Sync + Send>>;

fn arrays(table: &Table, mut rows: Vec<Row>) -> Result<Arrays, Failure> {
    let Table { name, columns, .. } = table;
    for row in &rows {
        if row.len() != columns.len() {
            let words =
                format!("a row for {name} has {} values, it needs {}", row.len(), columns.len());
            return Err(Failure::Statement(words));
        }
        check_parameters(row)?;
    }
    let arrays = columns.iter().zip(0..).map(|((column, kind), at)| {
        value::array(*kind, at, &mut rows)
            .map_err(|error| Failure::Statement(format!("{name}.{column}: {error}")))
    });
    arrays.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_falls_silent_is_given_up_and_found_again() {
        let Some(url) = std::env::var("EVENKEEL_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
        else {
            return;
        };
        let mut link = Server::of(&url).unwrap().connect(Purpose::Write).unwrap();
        link.patience = Duration::from_millis(50);
        let silent = link.transaction(|sql| sql.query("select 1 from pg_sleep(600)", &[]));
        assert!(matches!(silent, Err(Failure::Unavailable(_))), "{silent:?}");
        link.patience = Purpose::Write.patience();
        let one = link.transaction(|sql| sql.query("select 1::bigint", &[])).unwrap();
        assert_eq!(one, [[Value::Int(1)]]);
    }
}
