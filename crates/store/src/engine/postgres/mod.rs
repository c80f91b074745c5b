//! PostgreSQL: a server that is reached over a connection, synchronously.
//!
//! Each connection brings the small runtime that drives it, on the thread that waits
//! for its answer: no other thread has to be woken, which would cost more than most
//! queries.

mod tls;
mod value;

use super::pool::Usable;
use super::{check_parameters, went_on_after_failure};
use crate::Failure;
use crate::sql::{Engine, Row, Sql, Table, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tls::Protection;
use tokio::runtime::Runtime;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Connections for readers at most.
pub(crate) const READERS_MAX: usize = 16;

/// How long to wait for a server that does not answer, unless the URL says otherwise.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// How long sent data may stay unconfirmed before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Prepared statements kept per connection; the product has fewer.
const STATEMENTS_MAX: usize = 500;

/// What every session begins with. Locks are waited for as long as SQLite waits;
/// compiling a query costs more than our queries do; what is committed is on a disk
/// even where the server's owner has chosen otherwise.
const SESSION: &str = "set lock_timeout = '10s'; set jit = off; set client_min_messages = warning; \
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

const BEGIN: &str = "begin";
const BEGIN_SNAPSHOT: &str = "begin isolation level repeatable read, read only";

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
        config.tcp_user_timeout(SILENCE_MAX);
        Ok(Server(Arc::new(Address { config, tls: protection.connector()? })))
    }

    /// A new connection.
    pub(crate) fn connect(&self) -> Result<Link, Failure> {
        Ok(Link {
            server: self.clone(),
            session: self.session()?,
            stage: Stage::Idle,
            failed: false,
            reads: false,
            lost: false,
        })
    }

    fn session(&self) -> Result<Session, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Failure::Unavailable(format!("no thread to be had: {error}")))?;
        let client = runtime.block_on(async {
            let (client, connection) = self.0.config.connect(self.0.tls.clone()).await?;
            tokio::spawn(connection);
            client.batch_execute(SESSION).await?;
            Ok(client)
        });
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
    /// Runs `f` on one snapshot.
    pub(crate) fn snapshot<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> (Result<T, Failure>, Usable) {
        self.start(BEGIN_SNAPSHOT);
        let result = f(self);
        let usable =
            if self.end("rollback").is_ok() && !self.lost { Usable::Yes } else { Usable::No };
        (result, usable)
    }

    /// Runs `f` in a transaction and commits it.
    pub(crate) fn transaction<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.lost || self.stage != Stage::Idle {
            // A new session ends what a loss or a panic left behind.
            self.reconnect()?;
        }
        self.start(BEGIN);
        let result = match f(self) {
            // An aborted transaction would answer a commit with a silent rollback.
            Ok(_) if self.failed => Err(went_on_after_failure()),
            Ok(value) => return self.commit().map(|()| value),
            Err(error) => Err(error),
        };
        // If even that fails, the server undoes it when the connection goes.
        self.lost |= self.end("rollback").is_err();
        result
    }

    fn start(&mut self, begin: &'static str) {
        self.stage = Stage::Wanted(begin);
        self.reads = begin == BEGIN_SNAPSHOT;
        self.failed = false;
    }

    fn commit(&mut self) -> Result<(), Failure> {
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
            Stage::Open => self
                .attempt(async |client, _| client.batch_execute(how).await)
                .map_err(|error| failure(&error)),
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
    ) -> Result<T, tokio_postgres::Error> {
        let begin = match self.stage {
            Stage::Wanted(begin) => {
                self.stage = Stage::Open;
                Some(begin)
            }
            Stage::Idle | Stage::Open => None,
        };
        let Session { runtime, client, statements } = &mut self.session;
        let runtime = runtime.as_ref().expect("a session keeps its runtime until it is dropped");
        let result = runtime.block_on(async {
            match begin {
                None => work(client, statements).await,
                // Both are on their way before the first answer is here.
                Some(begin) => {
                    let (begun, result) =
                        tokio::join!(biased; client.batch_execute(begin), work(client, statements));
                    begun.and(result)
                }
            }
        });
        if let Err(error) = &result {
            self.lost |= is_lost(error);
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

    fn reconnect(&mut self) -> Result<(), Failure> {
        self.session = self.server.session()?;
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

    /// One statement, with an array parameter per column.
    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        if rows.is_empty() {
            return Ok(0);
        }
        let result = arrays(table, rows).and_then(|arrays| {
            let sql = insert_statement(table);
            self.run(async |client, statements| {
                let statement = prepared(client, statements, &sql).await?;
                let arrays = arrays.iter().map(|array| &**array as &(dyn ToSql + Sync));
                client.execute_raw(&statement, arrays).await
            })
        });
        self.told(result)
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
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let arrays = columns
        .iter()
        .zip(1..)
        .map(|((_, kind), at)| format!("${at}::{}", value::array_name(*kind)));
    let arrays: Vec<_> = arrays.collect();
    format!(
        "insert into {name} ({}) select * from unnest({}) {suffix}",
        names.join(", "),
        arrays.join(", ")
    )
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

/// Whether the connection is of no more use.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(told) => {
            let code = told.code();
            let gone = [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                // It has become a standby.
                SqlState::READ_ONLY_SQL_TRANSACTION,
            ];
            gone.contains(code) || code.code().starts_with("08")
        }
        None => {
            let io = std::error::Error::source(error)
                .is_some_and(|source| source.is::<std::io::Error>());
            error.is_closed() || io
        }
    }
}

/// What PostgreSQL's error means to us.
fn failure(error: &tokio_postgres::Error) -> Failure {
    let Some(told) = error.as_db_error() else {
        let words = with_causes(error);
        return if is_lost(error) {
            Failure::Unavailable(words)
        } else {
            Failure::Statement(words)
        };
    };
    let words = told.message().to_owned();
    match told.code() {
        &SqlState::UNIQUE_VIOLATION => {
            Failure::Exists(told.constraint().or(told.table()).unwrap_or(&words).to_owned())
        }
        &SqlState::FOREIGN_KEY_VIOLATION => Failure::Reference(words),
        // Whoever tries again finds the others done.
        &SqlState::LOCK_NOT_AVAILABLE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::QUERY_CANCELED => Failure::Unavailable(words),
        code if ["53", "58"].iter().any(|class| code.code().starts_with(class)) => {
            Failure::Unavailable(words)
        }
        code if code.code().starts_with("XX") => Failure::Damaged(words),
        _ if is_lost(error) => Failure::Unavailable(words),
        _ => Failure::Statement(statement_words(told)),
    }
}

/// The client's words leave out why.
fn with_causes(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

fn statement_words(told: &DbError) -> String {
    let hint = told.hint().or(told.detail()).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}{hint}", told.message())
}
