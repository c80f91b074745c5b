//! More reports than usual: proposed once, decided by people, over by itself.

use desk::Trouble;
use desk::surges::{Accept, SURGE_TAG};
use incident::permissions::KNOWN_OUTAGE_TAG;
use incident::{Command, State, Viewer};
use kernel::{Channel, IncidentNumber, SurgeId};
use std::collections::BTreeSet;
use store::directory::drafts::{self, Mode};
use store::surges::{Surge, SurgeState};
use testkit::TestDesk;

/// A desk that has been watched for some days.
async fn watched() -> TestDesk {
    let t = TestDesk::idle().await;
    t.report("VPN slow").await;
    t.clock.advance(5 * 86_400);
    t.desk.watch_surges().await.unwrap();
    t
}

/// Six people report the same, one a minute.
async fn storm(t: &TestDesk) -> Vec<IncidentNumber> {
    let people =
        [&t.requester, &t.other_requester, &t.agent, &t.other_agent, &t.manager, &t.administrator];
    let mut numbers = Vec::new();
    for viewer in people {
        numbers.push(t.report_by(viewer, "No VPN").await);
        t.clock.advance(60);
    }
    numbers
}

async fn proposed(t: &TestDesk) -> Surge {
    t.desk.watch_surges().await.unwrap();
    let open = t.desk.surges();
    assert_eq!(open.len(), 1, "{open:?}");
    open[0].clone()
}

async fn stored(t: &TestDesk, id: SurgeId) -> Surge {
    t.desk.read(move |sql| store::surges::get(sql, id)).await.unwrap().unwrap()
}

async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

async fn accept(
    t: &TestDesk,
    viewer: &Viewer,
    id: SurgeId,
    accept: Accept,
) -> Result<desk::surges::Accepted, Trouble> {
    t.desk.accept_surge(viewer, Channel::Web, id, accept).await
}

fn wish(reports: Option<BTreeSet<IncidentNumber>>) -> Accept {
    Accept {
        into: None,
        title: "VPN is down".to_owned(),
        reports,
        known: true,
        draft: "We look into it.".to_owned(),
    }
}

#[tokio::test]
async fn what_is_confidential_counts_for_nobody() {
    let t = watched().await;
    let numbers = storm(&t).await;
    for number in &numbers[1..] {
        let restrict = Command::Restrict { team: Some(t.network) };
        t.issue(&t.agent, *number, restrict).await.unwrap();
    }
    t.desk.watch_surges().await.unwrap();
    assert_eq!(*t.desk.surges(), [], "one that others see is no surge");
}

#[tokio::test]
async fn a_surge_is_proposed_once_and_nothing_is_linked_by_itself() {
    let t = watched().await;
    let numbers = storm(&t).await;
    let surge = proposed(&t).await;
    assert_eq!((surge.state, surge.service, surge.slow), (SurgeState::Proposed, t.vpn, false));
    assert!(surge.counted >= 5 && surge.expected_milli < 1_000, "{surge:?}");
    assert_eq!(proposed(&t).await.id, surge.id, "it is the same one a moment later");
    for number in numbers {
        assert_eq!(state(&t, number).await.parent, None);
    }
}

#[tokio::test]
async fn accepting_links_what_is_ticked_to_a_parent_that_carries_it_on() {
    let t = watched().await;
    let numbers = storm(&t).await;
    let surge = proposed(&t).await;
    let chosen: BTreeSet<IncidentNumber> = numbers[..5].iter().copied().collect();
    let done = accept(&t, &t.agent, surge.id, wish(Some(chosen.clone()))).await.unwrap();
    assert_eq!(done.linked.iter().copied().collect::<BTreeSet<_>>(), chosen);
    assert_eq!(done.refused, []);
    let parent = state(&t, done.parent).await;
    assert_eq!(parent.children, chosen);
    assert_eq!(parent.service, Some(t.vpn));
    assert_eq!(parent.affected, Some(surge.counted));
    assert!(parent.tags.contains(SURGE_TAG) && parent.tags.contains(KNOWN_OUTAGE_TAG));
    let child = state(&t, numbers[0]).await;
    assert!(child.follows_parent && child.tags.contains(SURGE_TAG));
    assert_eq!(state(&t, numbers[5]).await.parent, None, "it was not ticked");
    let (me, number) = (t.agent.person, done.parent);
    let kept = t.desk.read(move |sql| drafts::of_incident(sql, me, number)).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|draft| (draft.mode, draft.body.as_str())).collect();
    assert_eq!(kept, [(Mode::Update, "We look into it.")]);
    let after = stored(&t, surge.id).await;
    assert_eq!((after.state, after.parent), (SurgeState::Accepted, Some(done.parent)));
    let again = accept(&t, &t.other_agent, surge.id, wish(None)).await;
    assert!(matches!(again, Err(Trouble::Refused(refusal)) if refusal.code == "decided"));

    let left = BTreeSet::from([numbers[5]]);
    let join = |viewer: Viewer, reports: BTreeSet<IncidentNumber>| {
        let (desk, id) = (t.desk.clone(), surge.id);
        async move { desk.join_surge(&viewer, Channel::Web, id, Some(reports)).await }
    };
    let refused = join(t.requester.clone(), left.clone()).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    let joined = join(t.other_agent.clone(), left).await.unwrap();
    assert_eq!((joined.parent, joined.linked), (done.parent, vec![numbers[5]]));
    assert_eq!(state(&t, numbers[5]).await.parent, Some(done.parent));
}

#[tokio::test]
async fn an_incident_that_is_there_can_be_the_parent_and_one_that_is_not_keeps_it_open() {
    let t = watched().await;
    let numbers = storm(&t).await;
    let surge = proposed(&t).await;
    let nothing = Accept { into: Some(IncidentNumber(9_999)), ..wish(None) };
    let refused = accept(&t, &t.agent, surge.id, nothing).await;
    assert!(matches!(refused, Err(Trouble::Refused(refusal)) if refusal.field == Some("into")));
    let untitled = Accept { title: String::new(), ..wish(None) };
    let refused = accept(&t, &t.agent, surge.id, untitled).await;
    assert!(matches!(refused, Err(Trouble::Refused(refusal)) if refusal.field == Some("title")));
    assert_eq!(stored(&t, surge.id).await.state, SurgeState::Proposed, "somebody can try again");
    let into = numbers[2];
    let done = accept(&t, &t.agent, surge.id, Accept { into: Some(into), ..wish(None) }).await;
    let done = done.unwrap();
    assert_eq!((done.parent, done.linked.len()), (into, 5));
}

async fn execute(t: &TestDesk, statement: &'static str) {
    t.desk.write(move |sql| Ok(sql.execute(statement, &[]).map(drop)?)).await.unwrap();
}

#[tokio::test]
async fn what_stops_while_a_surge_is_accepted_leaves_no_parent_or_one_that_is_known() {
    let t = watched().await;
    let numbers = storm(&t).await;
    let surge = proposed(&t).await;
    let stop = "create trigger stops before update of parent on surges \
        begin select raise(abort, 'stopped'); end";
    execute(&t, stop).await;
    assert!(accept(&t, &t.agent, surge.id, wish(None)).await.is_err());
    let last = t.desk.read(store::surges::last_number).await.unwrap();
    assert_eq!(Some(IncidentNumber(last)), numbers.last().copied(), "no parent was made");
    assert_eq!(stored(&t, surge.id).await.state, SurgeState::Proposed);
    execute(&t, "drop trigger stops").await;

    let stop = "create trigger stops before update on incidents when new.parent is not null \
        begin select raise(abort, 'stopped'); end";
    execute(&t, stop).await;
    assert!(accept(&t, &t.agent, surge.id, wish(None)).await.is_err());
    let half = stored(&t, surge.id).await;
    assert_eq!((half.state, half.parent), (SurgeState::Accepted, Some(IncidentNumber(last + 1))));
    let offered = t.desk.surges().iter().any(|one| one.is_undecided());
    assert!(!offered, "what is decided is offered to nobody");
    let (me, parent) = (t.agent.person, half.parent.unwrap());
    let begun = t.desk.read(move |sql| drafts::of_incident(sql, me, parent)).await.unwrap();
    assert_eq!(begun.len(), 1, "the first update is there with the parent");
    execute(&t, "drop trigger stops").await;
    let again = accept(&t, &t.other_agent, surge.id, wish(None)).await;
    assert!(matches!(again, Err(Trouble::Refused(refusal)) if refusal.code == "decided"));
    let done = t.desk.join_surge(&t.agent, Channel::Web, surge.id, None).await.unwrap();
    assert_eq!((Some(done.parent), done.linked), (half.parent, numbers));
}

#[tokio::test]
async fn one_of_two_who_accept_at_once_makes_a_parent() {
    let t = watched().await;
    storm(&t).await;
    let surge = proposed(&t).await;
    let (one, other) = tokio::join!(
        accept(&t, &t.agent, surge.id, wish(None)),
        accept(&t, &t.other_agent, surge.id, wish(None)),
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let parent = stored(&t, surge.id).await.parent.unwrap();
    assert_eq!(state(&t, parent).await.children.len(), 6);
    let last = t.desk.read(store::surges::last_number).await.unwrap();
    assert_eq!(IncidentNumber(last), parent, "there is no second");
}

#[tokio::test]
async fn an_incident_that_is_tagged_already_can_be_the_parent() {
    let t = watched().await;
    let numbers = storm(&t).await;
    let surge = proposed(&t).await;
    let add = BTreeSet::from([SURGE_TAG.to_owned(), KNOWN_OUTAGE_TAG.to_owned()]);
    let tag = Command::Tag { add, remove: BTreeSet::new() };
    t.issue(&t.agent, numbers[0], tag).await.unwrap();
    let into = Accept { into: Some(numbers[0]), ..wish(None) };
    let done = accept(&t, &t.agent, surge.id, into).await.unwrap();
    assert_eq!((done.parent, done.linked.len()), (numbers[0], 5));
    let (me, number) = (t.agent.person, numbers[0]);
    let begun = t.desk.read(move |sql| drafts::of_incident(sql, me, number)).await.unwrap();
    assert_eq!(begun[0].body, "We look into it.");
    assert_eq!(stored(&t, surge.id).await.parent, Some(numbers[0]));
}

#[tokio::test]
async fn what_is_dismissed_stays_silent_until_it_is_over() {
    let t = watched().await;
    storm(&t).await;
    let surge = proposed(&t).await;
    t.desk.dismiss_surge(&t.agent, surge.id).await.unwrap();
    storm(&t).await;
    t.desk.watch_surges().await.unwrap();
    let open = t.desk.surges();
    assert_eq!((open.len(), open[0].state), (1, SurgeState::Dismissed));
    t.clock.advance(2 * 3_600);
    t.desk.watch_surges().await.unwrap();
    assert!(t.desk.surges().is_empty());
    let after = stored(&t, surge.id).await;
    assert_eq!(after.state, SurgeState::Dismissed);
    assert!(after.ended_at.is_some());
}

#[tokio::test]
async fn a_surge_that_nobody_decides_ends_by_itself() {
    let t = watched().await;
    storm(&t).await;
    let surge = proposed(&t).await;
    t.clock.advance(2 * 3_600);
    t.desk.watch_surges().await.unwrap();
    assert!(t.desk.surges().is_empty());
    assert_eq!(stored(&t, surge.id).await.state, SurgeState::Over);
}

#[tokio::test]
async fn one_who_reports_often_is_no_surge() {
    let t = watched().await;
    for _ in 0..12 {
        t.report("No VPN").await;
        t.clock.advance(60);
    }
    t.desk.watch_surges().await.unwrap();
    assert!(t.desk.surges().is_empty());
}

#[tokio::test]
async fn requesters_and_auditors_decide_nothing() {
    let t = watched().await;
    storm(&t).await;
    let surge = proposed(&t).await;
    assert!(t.desk.surge(&t.requester, surge.id).await.is_err());
    let case = t.desk.surge(&t.auditor, surge.id).await.unwrap();
    assert_eq!(case.reports.len(), 6);
    assert!(accept(&t, &t.auditor, surge.id, wish(None)).await.is_err());
    assert!(t.desk.dismiss_surge(&t.auditor, surge.id).await.is_err());
    assert_eq!(stored(&t, surge.id).await.state, SurgeState::Proposed);
}
