//! Writes that share a transaction.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use store::directory::settings;
use store::{Failure, Sql};
use testkit::TestDesk;

#[tokio::test]
async fn one_that_fails_or_panics_fails_alone() {
    let t = TestDesk::idle().await;
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let desk = t.desk.clone();
    let held = tokio::spawn(async move {
        let wait = std::time::Duration::from_secs(10);
        desk.write(move |_| Ok(gone.recv_timeout(wait).is_ok())).await
    });
    tokio::task::yield_now().await;
    let mut writing = tokio::task::JoinSet::new();
    for n in 0..30i64 {
        let desk = t.desk.clone();
        writing.spawn(async move {
            let write = move |sql: &mut dyn Sql| {
                settings::put(sql, &format!("key {n}"), &n, 0)?;
                match n {
                    7 => Err(Failure::damaged("seven")),
                    9 => panic!("nine"),
                    _ => Ok(n),
                }
            };
            (n, desk.write_together(write).await)
        });
    }
    tokio::task::yield_now().await;
    go.send(()).unwrap();
    assert!(held.await.unwrap().unwrap());
    for (n, done) in writing.join_all().await {
        assert_eq!(done.is_ok(), n != 7 && n != 9, "{n}: {done:?}");
        let found = t.desk.read(move |sql| settings::get::<i64>(sql, &format!("key {n}"))).await;
        assert_eq!(found.unwrap().is_some(), n != 7 && n != 9, "{n}");
    }
}
