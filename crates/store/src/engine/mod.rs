//! The two engines behind the door: [`Store`] hands out snapshots to read and
//! [`Writer`]s to write, whichever database there is.

mod checkpoints;
mod filling;
mod once;
mod pool;
mod postgres;
mod sqlite;
mod whole;
mod words;

use crate::incidents::list::Known;
use crate::sql::{Columns, Engine, Row, Sql, Table, Value};
use crate::{Failure, migrate};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

pub use filling::Filling;
pub(crate) use filling::mark_restored;
pub(crate) use once::Work;
pub use once::{Coming, Finding, Found, Once};
use pool::Pool;
pub(crate) use postgres::{Link, Purpose, Server};
pub(crate) use sqlite::{Lite, failure as sqlite_failure};
pub use whole::Whole;
use whole::Within;
pub use words::{words_erase, words_from, words_insert, words_overwrite, words_parameter};

/// Which database to open.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// The file of a SQLite database; it is made if it does not exist.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, `postgres://user:password@host:port/name`.
    Postgres(String),
}

/// A database, open and with the schema this version of the product knows.
/// Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    target: Target,
    driver: Driver,
    known: Arc<Known>,
}

enum Driver {
    Sqlite {
        path: PathBuf,
        readers: Pool<Lite>,
        /// The connection that looked at the schema, for the first who writes. Were it closed as the
        /// only one, all that is in the log would be written back before anything else is done.
        first: Mutex<Option<Lite>>,
    },
    Postgres {
        server: Server,
        readers: Pool<Link>,
    },
    /// All of it is one transaction.
    Within(Arc<Within>),
}

/// The right to write: a connection of its own. One per process is the rule,
/// because whoever writes alone merges what waits and commits it at once; several
/// take turns.
pub struct Writer(Connection);

enum Connection {
    Sqlite(Lite),
    Postgres(Box<Link>),
    Within(Arc<Within>),
}

impl Store {
    /// Opens a database and brings its schema up to date. An existing SQLite file is
    /// copied to `NAME.before-VERSION` before its schema changes. Several processes
    /// may open the same database at once. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unusable`] when the target cannot be opened or was written by a
    /// newer version of the product, [`Failure::Unavailable`] when it does not answer.
    pub fn open(target: &Target) -> Result<Store, Failure> {
        let driver = match target {
            Target::Sqlite(path) => {
                let first = Mutex::new(Some(migrate::sqlite(path)?));
                let readers = Pool::new(sqlite::readers_max());
                Driver::Sqlite { path: path.clone(), readers, first }
            }
            Target::Postgres(url) => {
                let server = Server::of(url)?;
                migrate::postgres(&server)?;
                Driver::Postgres { server, readers: Pool::new(postgres::READERS_MAX) }
            }
        };
        let known = Arc::default();
        Ok(Store(Arc::new(Inner { target: target.clone(), driver, known })))
    }

    /// Runs `f` on a thread that may block, with a connection that sees one
    /// consistent snapshot and cannot write.
    ///
    /// # Errors
    ///
    /// Those of `f`, [`Failure::Broken`] when it panics, and [`Failure::Unavailable`] when
    /// no connection is to be had.
    pub fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure> + Send + 'static,
    ) -> Coming<T> {
        Coming::of(self.finding(Box::new(move |sql| Ok(Box::new(f(sql)?)))))
    }

    fn finding(&self, question: Box<Question>) -> Finding<Failure> {
        let store = self.clone();
        Box::pin(on_a_thread(Box::new(move || store.read_blocking(question))))
    }

    /// As [`Store::read`], on the calling thread, which must be one that may block.
    ///
    /// # Errors
    ///
    /// As [`Store::read`].
    pub fn read_blocking<T>(
        &self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut once = Once::of(f);
        self.read_work(&mut |sql| once.on(sql))?;
        once.value()
    }

    fn read_work(&self, work: Work<'_>) -> Result<(), Failure> {
        let work: Work<'_> = &mut |sql| work(&mut Reader { sql, known: &self.0.known });
        match &self.0.driver {
            Driver::Within(within) => within.nested(work),
            Driver::Sqlite { path, readers, .. } => {
                readers.take(|| Lite::reader(path))?.run(|connection| connection.read(work))
            }
            Driver::Postgres { server, readers } => readers
                .take(|| server.connect(Purpose::Read))?
                .run(|connection| connection.read(work)),
        }
    }

    /// A connection to write with. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database does not answer.
    pub fn writer(&self) -> Result<Writer, Failure> {
        Ok(Writer(match &self.0.driver {
            Driver::Sqlite { path, first, .. } => {
                let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                let writer = first.map_or_else(|| Lite::writer(path), Ok)?;
                Connection::Sqlite(writer.with_checkpoints(path)?)
            }
            Driver::Postgres { server, .. } => {
                Connection::Postgres(Box::new(server.connect(Purpose::Write)?))
            }
            Driver::Within(within) => Connection::Within(within.clone()),
        }))
    }

    /// Whether messages may be taken: on SQLite there must be room on its disk. What becomes of
    /// the disk of a PostgreSQL server is its own matter.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] with how much is free.
    pub fn room_for_messages(&self) -> Result<(), Failure> {
        self.0.target.room_for_messages()
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match self.0.target {
            Target::Sqlite(_) => Engine::Sqlite,
            Target::Postgres(_) => Engine::Postgres,
        }
    }

    /// What was opened.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// How much room the database takes, in bytes. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database does not answer.
    pub fn size_bytes(&self) -> Result<u64, Failure> {
        match &self.0.target {
            Target::Sqlite(path) => sqlite::size_bytes(path),
            Target::Postgres(_) => self.read_blocking(|sql| {
                let found = sql.query("select pg_database_size(current_database())", &[])?;
                let size = Columns::of(found.into_iter().next().unwrap_or_default()).int()?;
                u64::try_from(size).map_err(|_| Failure::damaged("the database's size is negative"))
            }),
        }
    }

    /// Whether the database answers. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when it does not.
    pub fn ping(&self) -> Result<(), Failure> {
        self.read_blocking(|sql| sql.query("select 1", &[]).map(drop))
    }
}

impl Target {
    /// As [`Store::room_for_messages`].
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] with how much is free.
    pub fn room_for_messages(&self) -> Result<(), Failure> {
        match self {
            Target::Sqlite(path) => path.parent().map_or(Ok(()), crate::disk::room_for_messages),
            Target::Postgres(_) => Ok(()),
        }
    }
}

impl Writer {
    /// The right to write alone, for a program that writes once and ends: where the schema is of
    /// this version, as it nearly always is, one connection is all that is opened. Blocks.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open(target: &Target) -> Result<Writer, Failure> {
        let ready = match target {
            Target::Sqlite(path) => migrate::ready_sqlite(path)?.map(Connection::Sqlite),
            Target::Postgres(url) => migrate::ready_postgres(&Server::of(url)?)?
                .map(|link| Connection::Postgres(Box::new(link))),
        };
        ready.map_or_else(|| Store::open(target)?.writer(), |connection| Ok(Writer(connection)))
    }

    /// Runs `f` in a transaction and commits it, durably, if `f` succeeds. When `f`
    /// fails nothing stays, and nothing stays either when a statement failed on the
    /// way and `f` went on: PostgreSQL would have undone everything, so both do.
    ///
    /// # Errors
    ///
    /// Those of `f`; [`Failure::Unavailable`] when the database is busy, full or
    /// lost, with words that say so if it is unknown whether the commit happened.
    pub fn transaction<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut once = Once::of(f);
        self.write_work(&mut |sql| once.on(sql))?;
        once.value()
    }

    fn write_work(&mut self, work: Work<'_>) -> Result<(), Failure> {
        match &mut self.0 {
            Connection::Sqlite(connection) => connection.write(work),
            Connection::Postgres(connection) => connection.write(work),
            Connection::Within(within) => within.nested(work),
        }
    }
}

/// What is read, whatever it comes to.
type Question = dyn FnOnce(&mut dyn Sql) -> Result<Found, Failure> + Send;

/// Finds something on a thread that may block.
async fn on_a_thread(
    work: Box<dyn FnOnce() -> Result<Found, Failure> + Send>,
) -> Result<Found, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(found) => found,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => {
                let failure = Failure::of_panic(panic);
                tracing::error!(%failure, "reading failed");
                Err(failure)
            }
            Err(_) => Err(Failure::Unavailable("the program is ending".into())),
        },
    }
}

/// A connection that only reads, and what was read over others.
struct Reader<'a> {
    sql: &'a mut dyn Sql,
    known: &'a Arc<Known>,
}

impl Sql for Reader<'_> {
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        self.sql.query(sql, parameters)
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Failure> {
        self.sql.execute(sql, parameters)
    }

    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        self.sql.insert(table, rows)
    }

    fn update(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure> {
        self.sql.update(table, rows)
    }

    fn engine(&self) -> Engine {
        self.sql.engine()
    }

    fn known(&self) -> Option<&Arc<Known>> {
        Some(self.known)
    }
}

/// Writes something and takes it back: a full or read-only disk shows only when
/// something is written.
pub fn probe(sql: &mut dyn Sql) -> Result<(), Failure> {
    let row = [Value::from("probe"), Value::from("")];
    sql.execute(
        "insert into import_refs (source, foreign_id, number, rows_done) values ($1, $2, 0, 0)",
        &row,
    )?;
    sql.execute("delete from import_refs where source = $1 and foreign_id = $2", &row)?;
    Ok(())
}

/// Without the password of a URL, so that it can be logged.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Sqlite(path) => write!(f, "{}", path.display()),
            Target::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0.target).finish()
    }
}

/// Words for a transaction that went on after a statement had failed.
fn went_on_after_failure() -> Failure {
    Failure::Statement(
        "a statement failed and the transaction went on; all of it was undone".into(),
    )
}

/// Text both engines can keep.
fn check_parameters<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<(), Failure> {
    for value in values {
        if let Value::Text(text) = value
            && text.as_bytes().contains(&0)
        {
            return Err(Failure::Statement(
                "text holds the character zero, which cannot be stored".into(),
            ));
        }
    }
    Ok(())
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // The form of key=value pairs.
        let pairs = url.split_whitespace().filter(|pair| !pair.starts_with("password="));
        return pairs.collect::<Vec<_>>().join(" ");
    };
    // Passwords may hold any sign, so whatever could belong to one is left out.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((before, rest)) => {
            (before.split([':', '/', '?']).next().map(|user| format!("{user}@")), rest)
        }
        None => (None, rest),
    };
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let options: Vec<_> =
        options.split('&').filter(|pair| !pair.is_empty() && !is_password(pair)).collect();
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{scheme}://{}{place}{mark}{}", user.unwrap_or_default(), options.join("&"))
}

/// Whether an option of a URL is a secret: `password` and `sslpassword`.
fn is_password(pair: &str) -> bool {
    pair.split('=').next().is_some_and(|name| name.to_lowercase().ends_with("password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://evenkeel:secret@db:5432/desk", "postgres://evenkeel@db:5432/desk"),
            (
                "postgres://evenkeel:sec@ret@db/desk?sslmode=require",
                "postgres://evenkeel@db/desk?sslmode=require",
            ),
            ("postgres://db/desk", "postgres://db/desk"),
            ("postgres://db/desk?password=secret", "postgres://db/desk"),
            (
                "postgres://me:s@db/desk?user=me&password=sec%3Fret&sslmode=require",
                "postgres://me@db/desk?user=me&sslmode=require",
            ),
            ("postgres://me:s?c/r@db/desk", "postgres://me@db/desk"),
            ("host=db password=secret user=evenkeel", "host=db user=evenkeel"),
        ] {
            assert_eq!(Target::Postgres(url.into()).to_string(), shown);
            assert_eq!(format!("{:?}", Target::Postgres(url.into())), shown);
        }
    }
}
