//! Fresh PostgreSQL databases, where there is a server for tests.

/// Names a server, `postgres://user@127.0.0.1:5432/postgres`, whose user may create databases.
const SERVER: &str = "EVENKEEL_TEST_POSTGRES";

/// A database of its own, gone with it.
pub struct Database {
    server: String,
    name: String,
    pub url: String,
}

impl Database {
    /// `None` when there is no server for tests.
    pub fn create(test: &str) -> Option<Database> {
        let server = std::env::var(SERVER).ok().filter(|url| !url.is_empty())?;
        let name = format!("evenkeel_test_program_{test}_{}", std::process::id());
        admin(&server, &format!("create database {name}"));
        let (address, _) = server.rsplit_once('/').expect("the URL names a database");
        let url = format!("{address}/{name}");
        Some(Database { server, name, url })
    }

    /// Changes it behind the program's back.
    pub fn execute(&self, statement: &str) {
        admin(&self.url, statement);
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
        drop(connection.await);
    });
}
