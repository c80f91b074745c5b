//! Fresh databases to test on.

use std::sync::atomic::{AtomicU32, Ordering};
use store::{Engine, Store, Target, Writer};

/// Names a PostgreSQL server, `postgres://user@127.0.0.1:5432/postgres`, whose user may
/// create databases.
const POSTGRES: &str = "EVENKEEL_TEST_POSTGRES";

/// Runs a test on a fresh SQLite file, then on a fresh PostgreSQL database if there is
/// a server for tests. `name` says in which test a database was left behind.
pub fn each_engine(name: &str, test: impl Fn(&Store)) {
    each_target(name, |target| test(&Store::open(target).expect("a fresh database opens")));
}

/// As [`each_engine`], with a database that is not opened yet.
pub fn each_target(name: &str, test: impl Fn(&Target)) {
    on(Engine::Sqlite, name, &test);
    on(Engine::Postgres, name, &test);
}

/// Runs a test on every pair of engines: from one fresh database into another.
pub fn each_pair(name: &str, test: impl Fn(&Target, &Target)) {
    let engines = [Engine::Sqlite, Engine::Postgres];
    for (from, into) in engines.iter().flat_map(|from| engines.map(|into| (*from, into))) {
        on(from, &format!("{name}_from"), |from| {
            on(into, &format!("{name}_into"), |into| test(from, into))
        });
    }
}

/// Runs a test on one engine, if there is a server for it.
fn on(engine: Engine, name: &str, test: impl Fn(&Target)) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            test(&Target::Sqlite(folder.path().join("evenkeel.db")));
        }
        Engine::Postgres => {
            if let Some(database) = Database::create(name) {
                test(&Target::Postgres(database.url.clone()));
            }
        }
    }
}

/// A transaction of a writer made for it.
pub fn write<T>(
    store: &Store,
    f: impl FnOnce(&mut dyn store::Sql) -> Result<T, store::Failure>,
) -> T {
    writer(store).transaction(f).expect("the transaction commits")
}

/// A writer.
pub fn writer(store: &Store) -> Writer {
    store.writer().expect("a writer")
}

/// A PostgreSQL database of its own, gone with it.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    fn create(test: &str) -> Option<Database> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("evenkeel_test_{test}_{}_{count}", std::process::id());
        admin(&server, &format!("create database {name}"));
        let (before, query) =
            server.split_once('?').map_or((server.as_str(), ""), |(url, query)| (url, query));
        let (address, _) = before.rsplit_once('/').expect("the URL names a database");
        let url = format!("{address}/{name}?{query}");
        Some(Database { server, name, url })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        admin(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

fn admin(server: &str, statement: &str) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
            .await
            .expect("the PostgreSQL for tests answers");
        let connection = tokio::spawn(connection);
        client
            .batch_execute(statement)
            .await
            .expect("the database for the test is made and dropped");
        drop(client);
        let _ = connection.await;
    });
}
