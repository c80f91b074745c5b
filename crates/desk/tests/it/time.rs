use desk::{Committed, Desk, Doing, Options};
use incident::Lifecycle;
use incident::clocks::ClockKind;
use std::time::Duration;
use store::files::Files;
use store::incidents::feed::{self, FeedEvent};
use store::{Store, Target};
use testkit::TestDesk;
use tokio::sync::broadcast::Receiver;

/// Waits until something holds, looking again and again, for at most 10 seconds.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let limit = std::time::Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(std::time::Instant::now() < limit, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn load(t: &TestDesk, number: kernel::IncidentNumber) -> incident::State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn clocks_breach_by_themselves_at_their_due_instant() {
    let t = TestDesk::new().await;
    let number = t.report("Nobody looks").await;
    t.clock.advance(30 * 86_400);
    until("the breach is recorded", || async {
        load(&t, number).await.clocks.iter().all(|clock| clock.breached_at.is_some())
    })
    .await;
    let state = load(&t, number).await;
    for clock in &state.clocks {
        assert_eq!(clock.breached_at, clock.due_at, "{:?}", clock.kind);
    }
    let acknowledge =
        state.clocks.iter().find(|clock| clock.kind == ClockKind::Acknowledge).unwrap();
    assert_eq!(
        acknowledge.breached_at.unwrap().seconds_since(state.reported_at),
        acknowledge.target_seconds
    );
}

#[tokio::test]
async fn silence_closes_what_was_resolved() {
    let t = TestDesk::new().await;
    let number = t.report("Slow Wi-Fi").await;
    t.resolve(&t.agent, number, "Channel changed.").await;
    t.clock.advance(5 * 86_400 + 1);
    until("it is closed", || async { load(&t, number).await.lifecycle == Lifecycle::Closed }).await;
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

/// What the feed tells up to a position.
async fn heard(feed: &mut Receiver<Committed>, last: i64) -> Vec<FeedEvent> {
    let mut seen: Vec<FeedEvent> = Vec::new();
    while seen.last().map(|event| event.seq) != Some(last) {
        let batch = tokio::time::timeout(Duration::from_secs(10), feed.recv())
            .await
            .expect("the feed goes on")
            .unwrap();
        seen.extend(batch.iter().cloned());
    }
    seen
}

#[tokio::test]
async fn the_feed_tells_everything_once_and_in_order() {
    let t = TestDesk::new().await;
    let mut feed = t.desk.feed().listen();
    let from = t.desk.feed().position();
    let mut last = 0;
    for i in 0..20 {
        let number = t.report(&format!("Report {i}")).await;
        last = t.resolve(&t.agent, number, "Done.").await.position;
    }
    let seen = heard(&mut feed, last).await;
    assert!(seen.iter().map(|event| event.seq).eq(from + 1..=last));
    // What was handed out as it was recorded is what the log has.
    let log = t.desk.read(move |sql| feed::feed(sql, from, 1_000)).await;
    assert_eq!(seen, log.unwrap());
}

#[tokio::test]
async fn whoever_listens_after_others_left_hears_all_that_follows() {
    let t = TestDesk::new().await;
    for round in 0..20 {
        let mut heard = t.desk.feed().listen();
        let from = t.desk.read(feed::position).await.unwrap();
        let number = t.report(&format!("Report {round}")).await;
        let last = t.resolve(&t.agent, number, "Done.").await.position;
        let mut seen: Vec<i64> = Vec::new();
        while seen.last() != Some(&last) {
            let batch = tokio::time::timeout(Duration::from_secs(10), heard.recv())
                .await
                .expect("the feed goes on")
                .unwrap();
            seen.extend(batch.iter().map(|event| event.seq).filter(|seq| *seq > from));
        }
        assert!(seen.into_iter().eq(from + 1..=last));
    }
}

#[tokio::test]
async fn the_feed_tells_what_another_process_recorded_before_what_this_one_did() {
    let t = TestDesk::new().await;
    let mut feed = t.desk.feed().listen();
    let from = t.desk.feed().position();
    let store = Store::open(&Target::Sqlite(t.folder().join("evenkeel.db"))).unwrap();
    let files = Files::local(t.folder().join("files"));
    let options = Options { clock: t.clock.clone(), files, serve: false };
    let other = Desk::open(store, options).unwrap();
    let mut last = 0;
    for desk in [&t.desk, &other, &t.desk, &other, &other, &t.desk] {
        let mut ask = desk.ask(&t.requester, kernel::Channel::Portal);
        let report = testkit::blank(ask.title("Slow Wi-Fi").unwrap(), t.requester.person);
        last = ask.issue(incident::Command::Report(Box::new(report))).await.unwrap().position;
    }
    let seen = heard(&mut feed, last).await;
    assert!(seen.iter().map(|event| event.seq).eq(from + 1..=last));
}

#[tokio::test]
async fn a_timer_that_rings_for_nothing_is_set_anew() {
    let t = TestDesk::new().await;
    let number = t.report("Nothing is due yet").await;
    let wake_at = || {
        let read = |sql: &mut dyn store::Sql| {
            let rows = sql.query("select wake_at from incidents", &[])?;
            store::Columns::of(rows.into_iter().next().unwrap_or_default()).at()
        };
        t.desk.read(read)
    };
    let right = wake_at().await.unwrap();
    t.desk
        .write(move |sql| {
            Ok(store::incidents::rearm(sql, number, Some(testkit::START.plus_seconds(-5)))?)
        })
        .await
        .unwrap();
    until("it rings at the right time again", || async { wake_at().await.unwrap() == right }).await;
}

/// The number that a statement finds.
async fn number(t: &TestDesk, statement: &'static str) -> i64 {
    let read = move |sql: &mut dyn store::Sql| {
        let rows = sql.query(statement, &[])?;
        store::Columns::of(rows.into_iter().next().unwrap_or_default()).int()
    };
    t.desk.read(read).await.unwrap()
}

#[tokio::test]
async fn however_many_are_damaged_the_others_ring() {
    let t = TestDesk::new().await;
    let mut tickets = Vec::new();
    for _ in 0..600 {
        let mut ask = t.desk.ask(&t.requester, kernel::Channel::Portal);
        let report = testkit::blank(ask.title("Damaged").unwrap(), t.requester.person);
        let command = incident::Command::Report(Box::new(report));
        tickets.push(ask.submit(command).await.unwrap());
    }
    for ticket in tickets {
        ticket.done().await.unwrap();
    }
    let sound = t.report("Sound").await;
    let wake_at = || number(&t, "select wake_at from incidents where number = 601");
    let right = wake_at().await;
    t.desk
        .write(move |sql| {
            let (long_ago, just_now) = (testkit::START.plus_seconds(-9), testkit::START);
            let damage = "update incidents set body = '{}', wake_at = $1 where number < $2";
            sql.execute(damage, &[long_ago.into(), sound.into()])?;
            Ok(store::incidents::rearm(sql, sound, Some(just_now))?)
        })
        .await
        .unwrap();
    until("the sound one rings", || async { wake_at().await == right }).await;
}

#[tokio::test]
async fn stale_words_go_however_many_there_are() {
    let t = TestDesk::new().await;
    let stale = || number(&t, "select count(*) from outbox where not_before = 5");
    t.desk
        .write(|sql| {
            let many = "with recursive many (n) as (select 1 union all select n + 1 from many \
                where n < 2500) insert into outbox (number, n, word, audience, not_before, created_at) \
                select 1, n, 'told', '[]', 5, 5 from many";
            Ok(sql.execute(many, &[])?)
        })
        .await
        .unwrap();
    t.clock.advance(3_600);
    until("they are gone", || async { stale().await == 0 }).await;
}

#[tokio::test]
async fn whoever_goes_without_a_word_is_gone_for_those_who_watch() {
    let t = TestDesk::new().await;
    let number = t.report("Watched").await;
    t.desk.is_present(number, t.agent.person, "Ines", Doing::Viewing);
    let mut changes = t.desk.presence_changes();
    t.clock.advance(60);
    let told = tokio::time::timeout(Duration::from_secs(10), changes.recv()).await;
    assert_eq!(told.expect("it is told").unwrap(), number);
    assert_eq!(t.desk.present(number), vec![]);
}
