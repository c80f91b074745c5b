//! One bad thing stays one bad thing.

use crate::together::at_once;
use desk::{Desk, Options, Ticket, Trouble};
use incident::{Command, Visibility};
use kernel::{Channel, IncidentNumber};
use std::time::Duration;
use store::Failure;
use store::files::Files;
use testkit::TestDesk;

/// Changes rows behind the desk's back.
async fn execute(t: &TestDesk, statement: &'static str) {
    t.desk.write(move |sql| Ok(sql.execute(statement, &[]).map(drop)?)).await.unwrap();
}

/// A desk on the same store that has read nothing yet.
fn afresh(t: &TestDesk) -> Desk {
    let options = Options {
        clock: t.clock.clone(),
        files: Files::local(std::env::temp_dir().join("evenkeel-no-files")),
        serve: false,
    };
    Desk::open(t.desk.store().clone(), options).unwrap()
}

async fn note(desk: &Desk, t: &TestDesk, number: IncidentNumber) -> Ticket {
    let mut ask = desk.ask(&t.agent, Channel::Web).on(number);
    let body = ask.words("body", "Looking.", 100).unwrap();
    ask.submit(Command::Comment { body, visibility: Visibility::Internal }).await.unwrap()
}

#[tokio::test]
async fn a_damaged_incident_fails_alone() {
    let t = TestDesk::new().await;
    let (first, damaged, last) = (t.report("A").await, t.report("B").await, t.report("C").await);
    execute(&t, "update incidents set body = '{}' where number = 2").await;
    let desk = afresh(&t);
    let answers = at_once(&desk, async || {
        let mut tickets = Vec::new();
        for number in [first, damaged, last] {
            tickets.push(note(&desk, &t, number).await);
        }
        tickets
    })
    .await;
    assert!(
        matches!(answers.as_slice(), [Ok(_), Err(Trouble::Failed(Failure::Damaged(_))), Ok(_)]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_panic_ends_neither_the_writer_nor_a_reader() {
    let t = TestDesk::new().await;
    let broken = t.desk.write(|_| -> Result<(), Trouble> { panic!("half-way") }).await;
    assert!(matches!(broken, Err(Trouble::Failed(Failure::Broken(_)))), "{broken:?}");
    let broken = t.desk.read(|_| -> Result<(), Failure> { panic!("half-way") }).await;
    assert!(matches!(broken, Err(Trouble::Failed(Failure::Broken(_)))), "{broken:?}");
    assert_eq!(t.report("Still here").await, IncidentNumber(1));
}

#[tokio::test]
async fn a_panic_in_the_middle_keeps_no_other_node_from_writing() {
    let t = TestDesk::new().await;
    let broken = afresh(&t)
        .change(desk::command_line(), |sql, _| -> Result<(), Trouble> {
            sql.execute("delete from views", &[])?;
            panic!("half-way")
        })
        .await;
    assert!(matches!(broken, Err(Trouble::Failed(Failure::Broken(_)))), "{broken:?}");
    let store = t.desk.store().clone();
    let other = tokio::task::spawn_blocking(move || {
        store.writer()?.transaction(|sql| store::incidents::lock_head(sql).map(drop))
    });
    let other = other.await.unwrap();
    assert!(other.is_ok(), "{other:?}");
}

#[tokio::test]
async fn that_nothing_can_be_written_is_found_by_writing() {
    let t = TestDesk::new().await;
    execute(
        &t,
        "create trigger full before insert on import_refs begin select raise(abort, 'full'); end",
    )
    .await;
    assert!(!t.desk.can_write(Duration::from_secs(10)).await);
    let t = TestDesk::new().await;
    assert!(t.desk.can_write(Duration::from_secs(10)).await);
    let left = t.desk.read(|sql| store::directory::import_refs::find(sql, "probe", "")).await;
    assert_eq!(left.unwrap(), None);
}
