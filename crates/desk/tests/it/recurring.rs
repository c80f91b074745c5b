//! What comes again and again: found off the hot path, decided by people, seen as far as
//! incidents are.

use desk::Trouble;
use desk::recurring::Listed;
use incident::{Command, RefusalKind, Viewer};
use kernel::{Channel, ClusterId, IncidentNumber, ProblemNumber};
use store::recurring::RecurringState;
use testkit::TestDesk;

const WEB: Channel = Channel::Web;

async fn reported(t: &TestDesk, times: usize) -> Vec<IncidentNumber> {
    let mut numbers = vec![];
    for turn in 0..times {
        t.clock.advance(3_600);
        numbers.push(t.report(&format!("VPN drops every {turn} minutes")).await);
    }
    t.desk.find_recurring().await.unwrap();
    numbers
}

async fn seen(t: &TestDesk, viewer: &Viewer) -> Vec<Listed> {
    t.desk.recurring(viewer).await.unwrap()
}

async fn only(t: &TestDesk) -> Listed {
    let mut all = seen(t, &t.agent).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn kind<T: std::fmt::Debug>(done: Result<T, Trouble>) -> RefusalKind {
    match done {
        Err(Trouble::Refused(refusal)) => refusal.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn three_of_a_kind_are_a_cluster_that_keeps_its_name() {
    let t = TestDesk::idle().await;
    t.report("New chair").await;
    reported(&t, 2).await;
    assert_eq!(seen(&t, &t.agent).await, []);
    reported(&t, 1).await;
    let first = only(&t).await;
    assert_eq!((first.incidents, first.open), (3, 3));
    assert_eq!(first.cluster.name, "VPN drops every minutes");
    assert_eq!(first.cluster.service, Some(t.vpn));
    assert_eq!(first.weeks.iter().sum::<u32>(), 3);
    reported(&t, 2).await;
    let later = only(&t).await;
    assert_eq!((later.cluster.id, later.incidents), (first.cluster.id, 5));
    assert_eq!(later.cluster.name, first.cluster.name);
    assert!(later.seconds > first.seconds, "they are open, so they cost more by the hour");
}

#[tokio::test]
async fn a_cluster_becomes_a_problem_once_and_takes_what_came_since() {
    let t = TestDesk::idle().await;
    let numbers = reported(&t, 3).await;
    let id = only(&t).await.cluster.id;
    let refused = t.desk.recurring_problem(&t.agent, WEB, id, " ").await;
    assert!(matches!(refused, Err(Trouble::Faults(_))), "{refused:?}");
    assert_eq!(only(&t).await.cluster.state, RecurringState::Proposed);
    let made = t.desk.recurring_problem(&t.agent, WEB, id, "VPN drops").await.unwrap();
    assert_eq!((&made.linked, made.refused.len()), (&numbers, 0));
    assert_eq!((made.problem.service, made.problem.owner), (Some(t.vpn), Some(t.agent.person)));
    let again = t.desk.recurring_problem(&t.other_agent, WEB, id, "VPN drops, too").await;
    assert_eq!(kind(again), RefusalKind::State);
    assert_eq!(t.desk.problems(&t.agent).await.unwrap().len(), 1, "no second one is left behind");
    assert_eq!(kind(t.desk.dismiss_recurring(&t.agent, id).await), RefusalKind::State);
    let more = reported(&t, 1).await;
    let case = t.desk.recurring_one(&t.agent, id).await.unwrap();
    assert_eq!(case.unlinked, more);
    assert_eq!(case.problem.map(|problem| problem.number), Some(made.problem.number));
    assert_eq!(case.incidents.len(), 4);
    let (linked, refused) =
        t.desk.link_recurring(&t.agent, WEB, id, made.problem.number).await.unwrap();
    assert_eq!((linked, refused), (more, vec![]));
}

#[tokio::test]
async fn a_cluster_is_linked_to_a_problem_that_is_there() {
    let t = TestDesk::idle().await;
    let numbers = reported(&t, 3).await;
    let id = only(&t).await.cluster.id;
    let refused = t.desk.link_recurring(&t.agent, WEB, id, ProblemNumber(99)).await;
    assert_eq!(kind(refused), RefusalKind::NotFound);
    let problem = store::directory::Problem::titled(ProblemNumber(0), "VPN", t.desk.now());
    let made = t.desk.make_problem(&t.agent, WEB, problem, &numbers[..1]).await.unwrap();
    let (linked, _) = t.desk.link_recurring(&t.agent, WEB, id, made.problem.number).await.unwrap();
    assert_eq!(linked.len(), 2, "one named it already");
    assert_eq!(only(&t).await.cluster.problem, Some(made.problem.number));
}

#[tokio::test]
async fn what_is_dismissed_stays_silent_until_it_doubles() {
    let t = TestDesk::idle().await;
    reported(&t, 3).await;
    let id = only(&t).await.cluster.id;
    t.desk.dismiss_recurring(&t.agent, id).await.unwrap();
    reported(&t, 2).await;
    assert_eq!(only(&t).await.cluster.state, RecurringState::Dismissed);
    reported(&t, 1).await;
    let again = only(&t).await.cluster;
    assert_eq!((again.id, again.state), (id, RecurringState::Proposed));
}

#[tokio::test]
async fn what_is_confidential_counts_for_nobody() {
    let t = TestDesk::idle().await;
    let numbers = reported(&t, 4).await;
    let id = only(&t).await.cluster.id;
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, numbers[0], restrict.clone()).await.unwrap();
    // At once, before they are compared again, and afterwards.
    for _ in 0..2 {
        for viewer in [&t.agent, &t.other_agent, &t.manager, &t.auditor] {
            assert_eq!(seen(&t, viewer).await[0].incidents, 3);
            let case = t.desk.recurring_one(viewer, id).await.unwrap();
            assert!(case.incidents.iter().all(|row| row.number != numbers[0]));
            assert!(!case.unlinked.contains(&numbers[0]));
        }
        t.clock.advance(60);
        t.desk.find_recurring().await.unwrap();
    }
    t.issue(&t.agent, numbers[1], restrict).await.unwrap();
    assert_eq!(seen(&t, &t.other_agent).await, [], "two are chance");
    assert_eq!(kind(t.desk.recurring_one(&t.other_agent, id).await), RefusalKind::NotFound);
    let refused = t.desk.recurring_problem(&t.other_agent, WEB, id, "VPN").await;
    assert_eq!(kind(refused), RefusalKind::NotFound);
}

#[tokio::test]
async fn each_role_does_its_own() {
    let t = TestDesk::idle().await;
    reported(&t, 3).await;
    let id = only(&t).await.cluster.id;
    assert_eq!(kind(t.desk.recurring(&t.requester).await), RefusalKind::Forbidden);
    assert_eq!(kind(t.desk.recurring_one(&t.requester, id).await), RefusalKind::Forbidden);
    for viewer in [&t.requester, &t.auditor] {
        let made = t.desk.recurring_problem(viewer, WEB, id, "VPN").await;
        assert_eq!(kind(made), RefusalKind::Forbidden);
        let linked = t.desk.link_recurring(viewer, WEB, id, ProblemNumber(1)).await;
        assert_eq!(kind(linked), RefusalKind::Forbidden);
        assert_eq!(kind(t.desk.dismiss_recurring(viewer, id).await), RefusalKind::Forbidden);
    }
    assert_eq!(seen(&t, &t.auditor).await.len(), 1, "auditors read");
    let nothing = t.desk.recurring_one(&t.agent, ClusterId(desk::fresh())).await;
    assert_eq!(kind(nothing), RefusalKind::NotFound);
}

#[tokio::test]
async fn what_is_compared_begins_where_incidents_of_a_cluster_are_known() {
    let t = TestDesk::idle().await;
    t.report("New chair").await;
    t.clock.advance(800 * 86_400);
    reported(&t, 3).await;
    let id = only(&t).await.cluster.id;
    let case = t.desk.recurring_one(&t.agent, id).await.unwrap();
    assert_eq!(case.known_since, t.desk.now().plus_days(-365), "a year, not since the chair");
}
