//! Teams that give what comes to them to one of their people, in the same transaction.

use crate::together::at_once;
use desk::{Ask, Desk, Options, command_line};
use incident::assignment::{ASSIGNMENT, Away, Skills, Way};
use incident::rules::{Action, Moment, Rule};
use incident::state::HoldReason;
use incident::{Body, Cause, Change, Command, Lifecycle, State};
use kernel::{Channel, IncidentNumber, PersonId, RuleId, TeamId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::{people, rules, teams};
use store::files::Files;
use store::incidents::timeline::StoredEvent;
use store::{Store, Target};
use testkit::{TestDesk, blank};

/// Network assigns this way, to Ines and Mara.
async fn network(way: Way) -> TestDesk {
    let t = TestDesk::new().await;
    assigns(&t, t.network, way, false, &[t.agent.person, t.manager.person]).await;
    t
}

async fn assigns(t: &TestDesk, team: TeamId, way: Way, by_skill: bool, members: &[PersonId]) {
    let members: BTreeSet<PersonId> = members.iter().copied().collect();
    let done = t.desk.change(command_line(), move |sql, _| {
        let mut row = teams::get(sql, team)?.unwrap();
        (row.assignment, row.by_skill) = (way, by_skill);
        let version = row.version;
        assert!(teams::update(sql, &row, version)?);
        teams::set_members(sql, team, &members)?;
        Ok(())
    });
    done.await.unwrap();
}

async fn is(
    t: &TestDesk,
    person: PersonId,
    change: impl FnOnce(&mut people::Person) + Send + 'static,
) {
    let done = t.desk.change(command_line(), move |sql, _| {
        let mut row = people::get(sql, person)?.unwrap();
        change(&mut row);
        let version = row.version;
        assert!(people::update(sql, &row, version)?);
        Ok(())
    });
    done.await.unwrap();
}

async fn away(t: &TestDesk, person: PersonId, from: Timestamp, until: Option<Timestamp>) {
    is(t, person, move |row| row.away = Some(Away { from, until })).await;
}

async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

async fn assignee(t: &TestDesk, number: IncidentNumber) -> Option<PersonId> {
    state(t, number).await.assignee
}

async fn timeline(t: &TestDesk, number: IncidentNumber) -> Vec<StoredEvent> {
    let read =
        move |sql: &mut dyn store::Sql| store::incidents::timeline::timeline(sql, number, 0, 1_000);
    t.desk.read(read).await.unwrap()
}

/// What the timeline says of teams that kept it: how many were away.
fn kept(events: &[StoredEvent]) -> Vec<u32> {
    let of = |event: &StoredEvent| match &event.event.body {
        Body::NobodyThere(data) => Some(data.away),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// Why its team chose whom, each time.
fn reasons(events: &[StoredEvent]) -> Vec<String> {
    let of = |event: &StoredEvent| match &event.event.cause {
        Cause::Derived(by)
            if by.by == ASSIGNMENT && matches!(event.event.body, Body::Assigned(_)) =>
        {
            assert_eq!(event.event.actor.person_id(), None, "nobody did it");
            Some(by.name.clone())
        }
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

async fn holds(t: &TestDesk) {
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

fn to_team(team: TeamId) -> Command {
    Command::Assign { team: Change::Set(team), assignee: Change::Keep }
}

fn to_person(person: PersonId) -> Command {
    Command::Assign { team: Change::Keep, assignee: Change::Set(person) }
}

fn report<'a>(t: &'a TestDesk, team: Option<TeamId>) -> (Ask<'a>, Command) {
    let mut ask = t.desk.ask(&t.administrator, Channel::Phone);
    let title = ask.title("Something broke").unwrap();
    let report = incident::command::Report { team, ..blank(title, t.requester.person) };
    (ask, Command::Report(Box::new(report)))
}

async fn reported(t: &TestDesk, team: Option<TeamId>) -> IncidentNumber {
    let (ask, command) = report(t, team);
    ask.issue(command).await.unwrap().number
}

#[tokio::test]
async fn a_report_goes_to_whoever_has_the_least() {
    let t = network(Way::LeastLoaded).await;
    let first = reported(&t, None).await;
    t.issue(&t.agent, first, to_person(t.agent.person)).await.unwrap();
    let number = t.report("VPN down").await;
    let now = state(&t, number).await;
    assert_eq!((now.team, now.assignee), (Some(t.network), Some(t.manager.person)));
    assert_eq!(now.lifecycle, Lifecycle::InProgress);
    assert_eq!(now.moments.acknowledged, None, "being given it is no acknowledgement");
    let events = timeline(&t, number).await;
    assert_eq!(reasons(&events), ["least loaded: nothing open"]);
    assert!(events.iter().all(|event| event.event.at == events[0].event.at));
    let told = "select audience from outbox where number = $1 and word = 'assigned'";
    let row = move |sql: &mut dyn store::Sql| sql.query(told, &[number.into()]);
    let told = format!("{:?}", t.desk.read(row).await.unwrap());
    assert!(told.contains(&t.manager.person.to_string()), "{told}");
    holds(&t).await;
}

#[tokio::test]
async fn a_team_that_assigns_by_hand_waits() {
    let t = network(Way::ByHand).await;
    let number = t.report("VPN down").await;
    let now = state(&t, number).await;
    assert_eq!((now.assignee, now.lifecycle), (None, Lifecycle::New));
    assert_eq!(kept(&timeline(&t, number).await), Vec::<u32>::new());
}

/// Many commands in one transaction: each choice sees the ones before it.
async fn a_batch(way: Way) -> BTreeMap<Option<PersonId>, usize> {
    let t = network(way).await;
    assigns(&t, t.network, way, false, &[t.agent.person, t.manager.person, t.other_agent.person])
        .await;
    let answers = at_once(&t.desk, async || {
        let mut tickets = Vec::new();
        for _ in 0..31 {
            let (ask, command) = report(&t, Some(t.network));
            tickets.push(ask.submit(command).await.unwrap());
        }
        tickets
    })
    .await;
    let mut had = BTreeMap::new();
    for answer in answers {
        *had.entry(answer.unwrap().state.assignee).or_default() += 1;
    }
    holds(&t).await;
    had
}

#[tokio::test(flavor = "current_thread")]
async fn the_least_loaded_is_found_within_one_transaction() {
    let had = a_batch(Way::LeastLoaded).await;
    assert_eq!(had.len(), 3, "{had:?}");
    assert!(had.values().all(|count| (10..=11).contains(count)), "{had:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn turns_go_on_within_one_transaction() {
    let had = a_batch(Way::RoundRobin).await;
    assert_eq!(had.len(), 3, "{had:?}");
    assert!(had.values().all(|count| (10..=11).contains(count)), "{had:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_over_in_the_same_transaction_counts_no_more() {
    let t = network(Way::LeastLoaded).await;
    let mine = reported(&t, None).await;
    t.issue(&t.agent, mine, to_person(t.agent.person)).await.unwrap();
    let theirs = reported(&t, None).await;
    t.issue(&t.agent, theirs, to_person(t.manager.person)).await.unwrap();
    let answers = at_once(&t.desk, async || {
        let mut ask = t.desk.ask(&t.agent, Channel::Web).on(mine);
        let reason = ask.words("reason", "In error", 100).unwrap();
        let over = ask.submit(Command::Cancel { reason }).await.unwrap();
        let (ask, command) = report(&t, Some(t.network));
        vec![over, ask.submit(command).await.unwrap()]
    })
    .await;
    let last = answers.into_iter().next_back().unwrap().unwrap();
    assert_eq!(last.state.assignee, Some(t.agent.person));
    assert_eq!(reasons(&timeline(&t, last.number).await), ["least loaded: nothing open"]);
}

#[tokio::test]
async fn turns_outlast_the_process_and_go_to_each() {
    let t = network(Way::RoundRobin).await;
    let mut had = Vec::new();
    for _ in 0..4 {
        let number = reported(&t, Some(t.network)).await;
        had.push((assignee(&t, number).await.unwrap(), reasons(&timeline(&t, number).await)));
    }
    let people: Vec<PersonId> = had.iter().map(|(person, _)| *person).collect();
    assert_eq!(people, [t.agent.person, t.manager.person, t.agent.person, t.manager.person]);
    assert_eq!(had[0].1, ["next in turn"]);
    assert_eq!(had[1].1, ["next in turn after Ines Carvalhal"]);
    let team = t.network;
    let stored = t.desk.read(move |sql| teams::standings(sql, team)).await.unwrap();
    assert_eq!((stored[&t.agent.person].turn, stored[&t.manager.person].turn), (3, 4));
    assert_eq!((stored[&t.agent.person].open, stored[&t.manager.person].open), (2, 2));
}

/// Several programs on one database take turns together.
#[tokio::test]
async fn turns_are_those_of_all_nodes() {
    let t = network(Way::RoundRobin).await;
    let store = Store::open(&Target::Sqlite(t.folder().join("evenkeel.db"))).unwrap();
    let files = Files::local(t.folder().join("files"));
    let options = Options { clock: t.clock.clone(), files, serve: false };
    let other = Desk::open(store, options).unwrap();
    let mut had = Vec::new();
    for desk in [&t.desk, &other, &other, &t.desk] {
        let mut ask = desk.ask(&t.administrator, Channel::Phone);
        let title = ask.title("Something broke").unwrap();
        let team = Some(t.network);
        let report = incident::command::Report { team, ..blank(title, t.requester.person) };
        let done = ask.issue(Command::Report(Box::new(report))).await.unwrap();
        had.push(done.state.assignee.unwrap());
    }
    let (ines, mara) = (t.agent.person, t.manager.person);
    assert_eq!(had, [ines, mara, ines, mara]);
}

#[tokio::test]
async fn another_team_gives_it_to_one_of_theirs() {
    let t = network(Way::LeastLoaded).await;
    assigns(&t, t.workplace, Way::RoundRobin, false, &[t.other_agent.person]).await;
    let number = t.report("VPN down").await;
    t.issue(&t.agent, number, to_team(t.workplace)).await.unwrap();
    assert_eq!(assignee(&t, number).await, Some(t.other_agent.person));
    let mut ask = t.desk.ask(&t.other_agent, Channel::Web).on(number);
    let reason = ask.words("reason", "Wires", 100).unwrap();
    let team = Some(t.network);
    ask.issue(Command::Escalate { team, manager: None, reason }).await.unwrap();
    let now = state(&t, number).await;
    assert_eq!(now.team, Some(t.network));
    assert!([t.agent.person, t.manager.person].map(Some).contains(&now.assignee));
    assert_eq!(reasons(&timeline(&t, number).await).len(), 3);
    holds(&t).await;
}

#[tokio::test]
async fn whoever_is_theirs_keeps_it() {
    let t = network(Way::LeastLoaded).await;
    assigns(&t, t.workplace, Way::LeastLoaded, false, &[t.other_agent.person, t.manager.person])
        .await;
    let number = reported(&t, None).await;
    t.issue(&t.agent, number, to_person(t.manager.person)).await.unwrap();
    t.issue(&t.agent, number, to_team(t.workplace)).await.unwrap();
    assert_eq!(assignee(&t, number).await, Some(t.manager.person));
    assert_eq!(reasons(&timeline(&t, number).await), Vec::<String>::new());
}

#[tokio::test]
async fn by_hand_wins() {
    let t = network(Way::LeastLoaded).await;
    let number = reported(&t, None).await;
    let left = Command::Assign { team: Change::Set(t.network), assignee: Change::Clear };
    t.issue(&t.agent, number, left).await.unwrap();
    assert_eq!(assignee(&t, number).await, None, "said so with the team");
    let number = t.report("VPN down").await;
    assert!(assignee(&t, number).await.is_some());
    let nobody = Command::Assign { team: Change::Keep, assignee: Change::Clear };
    t.issue(&t.agent, number, nobody).await.unwrap();
    assert_eq!(assignee(&t, number).await, None, "taken off by hand");
    let (mut ask, command) = report(&t, Some(t.network));
    let Command::Report(mut asked) = command else { unreachable!() };
    asked.assignee = Some(t.other_agent.person);
    asked.title = ask.title("For Bram").unwrap();
    let number = ask.issue(Command::Report(asked)).await.unwrap().number;
    assert_eq!(assignee(&t, number).await, Some(t.other_agent.person), "named in the report");
}

#[tokio::test]
async fn an_absence_counts_from_its_first_to_its_last_instant() {
    let t = network(Way::LeastLoaded).await;
    assigns(&t, t.network, Way::LeastLoaded, false, &[t.agent.person]).await;
    let now = t.desk.now();
    away(&t, t.agent.person, now.plus_seconds(60), Some(now.plus_seconds(120))).await;
    let before = reported(&t, Some(t.network)).await;
    assert_eq!(assignee(&t, before).await, Some(t.agent.person));
    t.clock.advance(60);
    let first = reported(&t, Some(t.network)).await;
    assert_eq!(assignee(&t, first).await, None);
    assert_eq!(kept(&timeline(&t, first).await), [1]);
    assert_eq!(state(&t, first).await.lifecycle, Lifecycle::New);
    t.clock.advance(59);
    let last = reported(&t, Some(t.network)).await;
    assert_eq!(assignee(&t, last).await, None);
    t.clock.advance(1);
    let back = reported(&t, Some(t.network)).await;
    assert_eq!(assignee(&t, back).await, Some(t.agent.person));
    // Somebody who is away can be given it by hand.
    away(&t, t.manager.person, now, None).await;
    t.issue(&t.agent, first, to_person(t.manager.person)).await.unwrap();
    assert_eq!(assignee(&t, first).await, Some(t.manager.person));
}

#[tokio::test]
async fn that_nobody_is_there_is_said_once_and_tried_again_when_work_goes_on() {
    let t = network(Way::LeastLoaded).await;
    let now = t.desk.now();
    away(&t, t.agent.person, now, Some(now.plus_seconds(3_600))).await;
    is(&t, t.manager.person, |row| row.active = false).await;
    let number = t.report("VPN down").await;
    let events = timeline(&t, number).await;
    assert_eq!(kept(&events), [1]);
    let by = events.iter().find(|event| event.event.body.kind() == "nobody_there").unwrap();
    assert!(!by.public, "who is there is no business of the requester");
    let Cause::Derived(why) = &by.event.cause else { panic!("{by:?}") };
    assert_eq!((why.by.as_str(), why.name.as_str()), (ASSIGNMENT, "nobody of Network is there"));
    t.say(&t.other_agent, number, "Looking", incident::Visibility::Internal).await;
    assert_eq!(kept(&timeline(&t, number).await), [1], "once");
    let hold = Command::Hold { reason: HoldReason::Vendor, until: None, note: None };
    t.issue(&t.other_agent, number, hold).await.unwrap();
    t.clock.advance(3_600);
    t.issue(&t.other_agent, number, Command::Resume).await.unwrap();
    assert_eq!(assignee(&t, number).await, Some(t.agent.person));
    assert_eq!(reasons(&timeline(&t, number).await), ["the only one there"]);
    holds(&t).await;
}

#[tokio::test]
async fn nobody_out_of_use_or_without_a_role_for_it_is_chosen() {
    let t = network(Way::LeastLoaded).await;
    let everybody = [t.agent.person, t.auditor.person, t.requester.person, t.manager.person];
    assigns(&t, t.network, Way::LeastLoaded, false, &everybody).await;
    is(&t, t.agent.person, |row| row.active = false).await;
    for _ in 0..3 {
        let number = reported(&t, Some(t.network)).await;
        assert_eq!(assignee(&t, number).await, Some(t.manager.person));
    }
}

#[tokio::test]
async fn a_restricted_incident_goes_to_the_team_it_is_confidential_to() {
    let t = network(Way::RoundRobin).await;
    assigns(&t, t.workplace, Way::RoundRobin, false, &[t.other_agent.person]).await;
    let number = t.report("VPN down").await;
    t.issue(&t.manager, number, Command::Restrict { team: Some(t.workplace) }).await.unwrap();
    let now = state(&t, number).await;
    assert_eq!((now.team, now.assignee), (Some(t.workplace), Some(t.other_agent.person)));
}

#[tokio::test]
async fn whoever_knows_the_service_comes_first() {
    let t = network(Way::LeastLoaded).await;
    assigns(&t, t.network, Way::LeastLoaded, true, &[t.agent.person, t.manager.person]).await;
    let vpn = t.vpn;
    is(&t, t.manager.person, move |row| {
        row.skills = Skills { services: [vpn].into(), categories: BTreeSet::new() };
    })
    .await;
    for _ in 0..2 {
        let number = t.report("VPN down").await;
        assert_eq!(assignee(&t, number).await, Some(t.manager.person));
        assert_eq!(reasons(&timeline(&t, number).await), ["the only one there who knows VPN"]);
    }
    let other = reported(&t, Some(t.network)).await;
    assert_eq!(
        assignee(&t, other).await,
        Some(t.agent.person),
        "of what nobody knows, the least loaded"
    );
}

#[tokio::test]
async fn taking_back_a_team_takes_back_whom_it_chose() {
    let t = network(Way::LeastLoaded).await;
    let number = reported(&t, None).await;
    let done = t.issue(&t.other_agent, number, to_team(t.network)).await.unwrap();
    assert!(assignee(&t, number).await.is_some());
    t.issue(&t.other_agent, number, Command::Undo { n: done.first_n }).await.unwrap();
    let now = state(&t, number).await;
    assert_eq!((now.team, now.assignee, now.lifecycle), (None, None, Lifecycle::New));
    // Going back to a team that assigns by itself is going back, not coming to it.
    let number = reported(&t, None).await;
    let left = Command::Assign { team: Change::Set(t.network), assignee: Change::Clear };
    t.issue(&t.other_agent, number, left).await.unwrap();
    let done = t.issue(&t.other_agent, number, to_team(t.workplace)).await.unwrap();
    t.issue(&t.other_agent, number, Command::Undo { n: done.first_n }).await.unwrap();
    let now = state(&t, number).await;
    assert_eq!((now.team, now.assignee), (Some(t.network), None));
}

#[tokio::test]
async fn what_a_rule_gives_to_a_team_is_given_on_and_rules_hear_of_it() {
    let t = network(Way::LeastLoaded).await;
    assigns(&t, t.workplace, Way::LeastLoaded, false, &[t.other_agent.person]).await;
    let rule = |name: &str, on: Moment, when: &str, action: Action| Rule {
        id: RuleId(desk::fresh()),
        name: name.to_owned(),
        place: 1,
        active: true,
        on: [on].into(),
        when: when.to_owned(),
        wait: None,
        actions: vec![action],
        stop: false,
        version: 1,
    };
    let to_workplace = Action::Assign { team: Some(t.workplace), assignee: None };
    let tag = Action::Tag { add: ["given".to_owned()].into(), remove: BTreeSet::new() };
    let all = [
        rule("Move", Moment::Reported, "", to_workplace),
        rule("Tag", Moment::Assigned, "assignee:bram.visser@northwind.example", tag),
    ];
    let stored = t.desk.change(command_line(), move |sql, _| {
        for (place, rule) in (1..).zip(all) {
            rules::insert(sql, &Rule { place, ..rule })?;
        }
        Ok(())
    });
    stored.await.unwrap();
    let number = t.report("VPN down").await;
    let now = state(&t, number).await;
    assert_eq!((now.team, now.assignee), (Some(t.workplace), Some(t.other_agent.person)));
    let events = timeline(&t, number).await;
    assert_eq!(reasons(&events).len(), 1, "Network had it only until the rule ran");
    assert!(now.tags.contains("given"), "the rule heard of it");
    holds(&t).await;
}

#[tokio::test]
async fn the_past_is_not_given_to_anybody() {
    let t = network(Way::LeastLoaded).await;
    let at = t.desk.now().plus_seconds(-86_400);
    let mut ask = t
        .desk
        .ask_unlimited(kernel::Actor::person(t.requester.person, "Gwen"), Channel::Import)
        .imported(at);
    let title = ask.title("Long ago").unwrap();
    let report =
        incident::command::Report { team: Some(t.network), ..blank(title, t.requester.person) };
    let number = ask.issue(Command::Report(Box::new(report))).await.unwrap().number;
    assert_eq!(assignee(&t, number).await, None);
}

#[tokio::test]
async fn what_is_reopened_without_an_owner_is_given_to_somebody() {
    let t = network(Way::ByHand).await;
    let number = t.report("VPN down").await;
    t.resolve(&t.agent, number, "Restarted").await;
    assigns(&t, t.network, Way::LeastLoaded, false, &[t.agent.person]).await;
    let nobody = assignee(&t, number).await;
    let mut ask = t.desk.ask(&t.requester, Channel::Portal).on(number);
    let note = ask.words("note", "Still broken", 100).unwrap();
    ask.issue(Command::Dispute { note }).await.unwrap();
    assert_eq!((nobody, assignee(&t, number).await), (None, Some(t.agent.person)));
}
