//! What a change of terms does to what is open, whatever comes in between.

use desk::Trouble;
use desk::terms::{Effect, Open, Saved, save_agreement, save_calendar};
use desk::what_if::Unsaved;
use incident::Command;
use incident::clocks::ClockKind;
use incident::policy::{Agreement, BusinessHours};
use incident::state::CalendarRef;
use kernel::{Actor, CalendarId, IncidentNumber};
use std::time::Duration;
use store::directory::recomputations::{self, Progress};
use testkit::TestDesk;

const FOLLOW: Effect = Effect { since: None, open: Open::Follow };

fn standard(t: &TestDesk) -> Agreement {
    t.desk.policy().agreements.default(t.desk.now()).clone()
}

/// Twice as long for everything.
fn relaxed(t: &TestDesk) -> Agreement {
    relaxed_by(t, 2)
}

fn relaxed_by(t: &TestDesk, times: i64) -> Agreement {
    let mut agreement = standard(t);
    let targets = agreement.targets.values_mut().flat_map(|targets| targets.values_mut());
    targets.for_each(|seconds| *seconds *= times);
    agreement
}

async fn save(
    t: &TestDesk,
    agreement: Agreement,
    effect: Effect,
) -> Result<Saved<Agreement>, Trouble> {
    t.desk
        .change(Actor::system(), move |sql, audit| save_agreement(sql, audit, agreement, effect))
        .await
}

async fn targets(t: &TestDesk, number: IncidentNumber) -> Vec<i64> {
    let state = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    state.unwrap().state.clocks.iter().map(|clock| clock.target_seconds).collect()
}

#[tokio::test]
async fn a_job_that_was_broken_off_goes_on_where_it_was() {
    let t = TestDesk::idle().await;
    let (first, second) = (t.report("First").await, t.report("Second").await);
    let before = targets(&t, first).await;
    let saved = save(&t, relaxed(&t), FOLLOW).await.unwrap();
    let id = saved.recomputation.unwrap();
    // A node took it, looked at the first incident, and was gone.
    let now = t.desk.now();
    t.desk
        .write(move |sql| {
            let until = now.plus_seconds(30);
            let job = recomputations::claim(sql, now, until)?.unwrap();
            let progress = Progress { total: 2, position: first.0, looked: 1, ..job.progress };
            assert!(recomputations::progress(sql, id, progress, (until, until))?);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(t.desk.recompute_due().await.unwrap(), 0, "somebody has it");
    t.clock.advance(31);
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    assert_eq!(targets(&t, first).await, before, "it was looked at before");
    let doubled: Vec<i64> = before.iter().map(|seconds| seconds * 2).collect();
    assert_eq!(targets(&t, second).await, doubled);
    let job = t.desk.read(move |sql| recomputations::get(sql, id)).await.unwrap().unwrap();
    assert!(job.finished_at.is_some());
    let expected = Progress { total: 2, position: second.0, looked: 2, changed: 1, failed: 0 };
    assert_eq!(job.progress, expected);
    assert_eq!(t.desk.recompute_due().await.unwrap(), 0, "it is done once");
}

#[tokio::test]
async fn what_cannot_follow_keeps_no_other_from_following() {
    let t = TestDesk::idle().await;
    let (first, second) = (t.report("First").await, t.report("Second").await);
    let before = targets(&t, second).await;
    t.desk
        .write(move |sql| {
            // Its next entry cannot be recorded.
            let damage = "update events set n = n + 1 \
                where number = $1 and n = (select max(n) from events where number = $1)";
            Ok(sql.execute(damage, &[first.into()])?)
        })
        .await
        .unwrap();
    save(&t, relaxed(&t), FOLLOW).await.unwrap();
    t.desk.recompute_due().await.unwrap();
    let doubled: Vec<i64> = before.iter().map(|seconds| seconds * 2).collect();
    assert_eq!(targets(&t, second).await, doubled);
    let job = t.desk.read(|sql| recomputations::list(sql, 1)).await.unwrap().remove(0);
    assert_eq!((job.progress.changed, job.progress.failed), (1, 1));
}

#[tokio::test]
async fn what_cannot_be_read_is_counted_and_the_others_follow() {
    let t = TestDesk::idle().await;
    let (first, second) = (t.report("First").await, t.report("Second").await);
    let before = targets(&t, second).await;
    t.desk
        .write(move |sql| {
            let damage = "update incidents set body = '{}' where number = $1";
            Ok(sql.execute(damage, &[first.into()])?)
        })
        .await
        .unwrap();
    let unsaved = Unsaved { agreement: Some(relaxed(&t)), calendar: None };
    let impact = t.desk.impact(&t.agent, unsaved, None).await.unwrap();
    assert_eq!((impact.open, impact.damaged, impact.incidents), (2, 1, 1));
    let id = save(&t, relaxed(&t), FOLLOW).await.unwrap().recomputation.unwrap();
    assert_eq!(t.desk.recompute_due().await.unwrap(), 1);
    let doubled: Vec<i64> = before.iter().map(|seconds| seconds * 2).collect();
    assert_eq!(targets(&t, second).await, doubled);
    let job = t.desk.read(move |sql| recomputations::get(sql, id)).await.unwrap().unwrap();
    assert!(job.finished_at.is_some());
    let expected = Progress { total: 2, position: second.0, looked: 2, changed: 1, failed: 1 };
    assert_eq!(job.progress, expected);
}

#[tokio::test]
async fn only_the_newest_version_is_changed() {
    let t = TestDesk::idle().await;
    let seen = standard(&t);
    save(&t, relaxed(&t), Effect::default()).await.unwrap();
    let stale = save(&t, seen, Effect::default()).await;
    assert!(matches!(stale, Err(Trouble::Stale { seen: 1, current: 2 })), "{stale:?}");
}

#[tokio::test]
async fn what_was_stored_before_there_was_a_choice_is_the_default() {
    let t = TestDesk::idle().await;
    t.desk
        .write(|sql| {
            let unmarked = "update agreements set body = replace(body, '\"is_default\":true', '\"is_default\":false')";
            Ok(sql.execute(unmarked, &[])?)
        })
        .await
        .unwrap();
    t.desk.change(Actor::system(), |_, _| Ok(())).await.unwrap();
    assert!(standard(&t).is_default);
    save(&t, relaxed(&t), Effect::default()).await.unwrap();
    assert!(standard(&t).is_default);
}

#[tokio::test]
async fn few_are_computed_at_once_and_the_others_told_to_come_back() {
    let t = TestDesk::idle().await;
    t.report("Something").await;
    let ask = || {
        let unsaved = Unsaved { agreement: Some(relaxed(&t)), calendar: None };
        let time = (t.desk.now().plus_seconds(-60), t.desk.now().plus_seconds(60));
        t.desk.backtest(&t.agent, unsaved, time)
    };
    // The first may be done before the second begins; then they did not meet.
    let mut met = false;
    for _ in 0..1_000 {
        let (first, second) = tokio::join!(ask(), ask());
        assert_eq!(first.unwrap().incidents, 1);
        met = match second {
            Ok(_) => continue,
            Err(trouble) => matches!(trouble, Trouble::Throttled { .. }),
        };
        break;
    }
    assert!(met, "the second is told to come back");
    assert!(ask().await.is_ok(), "there is room again");
    // The question before saving waits for its turn.
    let before_saving = || {
        let unsaved = Unsaved { agreement: Some(relaxed(&t)), calendar: None };
        t.desk.impact(&t.agent, unsaved, None)
    };
    let (first, second, third) = tokio::join!(ask(), before_saving(), before_saving());
    assert!(first.is_ok());
    assert_eq!((second.unwrap().open, third.unwrap().open), (1, 1));
}

#[tokio::test]
async fn a_team_needs_its_calendar() {
    let t = TestDesk::idle().await;
    let reference = CalendarRef { id: CalendarId(desk::fresh()), version: 0 };
    let definition = calendar::Definition::new("UTC", calendar::Week::always());
    let hours = BusinessHours { reference, name: "Always".to_owned(), definition, retired: false };
    let keep = Effect::default();
    let change = |hours: BusinessHours| {
        t.desk.change(Actor::system(), move |sql, audit| {
            let team = store::directory::teams::list(sql)?.remove(0);
            let saved = save_calendar(sql, audit, hours, keep)?;
            let team = store::directory::Team { calendar: Some(reference.id), ..team };
            store::directory::teams::update(sql, &team, team.version)?;
            Ok(saved.value)
        })
    };
    let saved = change(hours).await.unwrap();
    let retired = change(BusinessHours { retired: true, ..saved }).await;
    assert!(retired.unwrap_err().to_string().contains("counts by this calendar"));
}

#[tokio::test]
async fn commands_go_on_while_incidents_follow() {
    let t = TestDesk::new().await;
    for _ in 0..200 {
        t.report("Open").await;
    }
    let saved = save(&t, relaxed(&t), FOLLOW).await.unwrap();
    let id = saved.recomputation.unwrap();
    let done = async {
        loop {
            let job = t.desk.read(move |sql| recomputations::get(sql, id)).await.unwrap().unwrap();
            if job.finished_at.is_some() {
                return job;
            }
            // Somebody reports meanwhile, and is answered.
            t.report("Meanwhile").await;
        }
    };
    let job = tokio::time::timeout(Duration::from_secs(60), done).await.unwrap();
    assert!(job.progress.changed >= 200, "{job:?}");
    assert_eq!(job.progress.failed, 0);
}

#[tokio::test]
async fn what_comes_in_force_later_moves_clocks_as_they_stand_then() {
    let t = TestDesk::idle().await;
    t.report("Something").await;
    let resolution = |agreement: &mut Agreement, seconds: i64| {
        for targets in agreement.targets.values_mut() {
            *targets = std::collections::BTreeMap::from([(ClockKind::Resolution, seconds)]);
        }
    };
    let mut stricter = standard(&t);
    resolution(&mut stricter, 7_200);
    let ask = |since: Option<i64>| {
        let unsaved = Unsaved { agreement: Some(stricter.clone()), calendar: None };
        let since = since.map(|seconds| t.desk.now().plus_seconds(seconds));
        t.desk.impact(&t.agent, unsaved, since)
    };
    assert_eq!(ask(None).await.unwrap().breaches, 0, "two hours are left now");
    assert_eq!(ask(Some(7_000)).await.unwrap().breaches, 0);
    let later = ask(Some(7_300)).await.unwrap();
    assert_eq!((later.incidents, later.breaches), (1, 1), "they are used up by then");
    let past = ask(Some(-1)).await.unwrap_err();
    assert!(matches!(&past, Trouble::Faults(faults) if faults[0].field == "since"), "{past:?}");
}

#[tokio::test]
async fn figures_count_what_is_hidden_and_lists_do_not_show_it() {
    let t = TestDesk::idle().await;
    let (open, hidden) = (t.report("Open").await, t.report("Hidden").await);
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, hidden, restrict).await.unwrap();
    // Reported long enough ago for a promise to have been broken.
    t.clock.advance(30 * 86_400);
    for number in [open, hidden] {
        t.issue(&t.agent, number, Command::Acknowledge).await.unwrap();
    }
    let unsaved = || Unsaved { agreement: Some(relaxed_by(&t, 100)), calendar: None };
    let time = (t.desk.now().plus_seconds(-60 * 86_400), t.desk.now());
    for (viewer, shown) in [(&t.agent, vec![open, hidden]), (&t.manager, vec![open])] {
        let impact = t.desk.impact(viewer, unsaved(), None).await.unwrap();
        assert_eq!((impact.open, impact.incidents), (2, 2));
        let rows: Vec<_> = impact.rows.iter().map(|row| row.number).collect();
        assert_eq!(rows, shown, "impact");
        let past = t.desk.backtest(viewer, unsaved(), time).await.unwrap();
        assert_eq!(past.incidents, 2);
        let mut rows: Vec<_> = past.rows.iter().map(|row| row.number).collect();
        rows.dedup();
        assert_eq!(rows, shown, "back-test");
    }
}
