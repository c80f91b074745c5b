//! Rules: what follows by itself, in the same transaction.

use desk::command_line;
use incident::command::Report;
use incident::rules::{Action, Moment, Rule};
use incident::state::{HoldReason, LinkKind};
use incident::{Body, Cause, Change, Command, Lifecycle, State, Visibility};
use kernel::{Actor, Channel, IncidentNumber, Level, RuleId, limits};
use std::time::Duration;
use store::directory::{people, rules, teams};
use store::incidents::timeline::StoredEvent;
use testkit::{TestDesk, blank};

pub fn rule(name: &str, on: &[Moment], when: &str, actions: Vec<Action>) -> Rule {
    Rule {
        id: RuleId(desk::fresh()),
        name: name.to_owned(),
        place: 1,
        active: true,
        on: on.iter().copied().collect(),
        wait: None,
        when: when.to_owned(),
        actions,
        stop: false,
        version: 1,
    }
}

async fn with_rules(all: Vec<Rule>) -> TestDesk {
    let t = TestDesk::new().await;
    add(&t, all).await;
    t
}

async fn add(t: &TestDesk, all: Vec<Rule>) {
    let stored = t.desk.change(command_line(), move |sql, _| {
        for (place, rule) in (1..).zip(all) {
            rules::insert(sql, &Rule { place, ..rule })?;
        }
        Ok(())
    });
    stored.await.unwrap();
}

pub fn tag(add: &str, remove: &str) -> Action {
    let set = |word: &str| word.split_whitespace().map(str::to_owned).collect();
    Action::Tag { add: set(add), remove: set(remove) }
}

pub fn note(body: &str) -> Action {
    Action::Comment { body: body.to_owned() }
}

pub async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

pub async fn timeline(t: &TestDesk, number: IncidentNumber) -> Vec<StoredEvent> {
    let read =
        move |sql: &mut dyn store::Sql| store::incidents::timeline::timeline(sql, number, 0, 1_000);
    t.desk.read(read).await.unwrap()
}

pub fn ran(events: &[StoredEvent], name: &str) -> usize {
    let is =
        |event: &&StoredEvent| matches!(&event.event.body, Body::RuleRan(run) if run.name == name);
    events.iter().filter(is).count()
}

/// What was refused: the command and why.
fn refused(events: &[StoredEvent]) -> Vec<(String, String)> {
    let of = |event: &StoredEvent| match &event.event.body {
        Body::RuleRefused(data) => Some((data.command.clone(), data.message.clone())),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

async fn holds(t: &TestDesk) {
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn a_report_that_matches_is_sorted_at_once_and_says_by_what_and_why() {
    let t = TestDesk::new().await;
    let actions = vec![
        tag("printer", ""),
        Action::Assign { team: Some(t.workplace), assignee: None },
        Action::AddTask { title: "Look at the tray".to_owned() },
        note("Sorted by a rule"),
    ];
    let when = "service:vpn requester:gwen.tarrant@northwind.example \"paper jam\"";
    add(&t, vec![rule("Printers", &[Moment::Reported], when, actions)]).await;
    let number = t.report("Paper jam on floor 3").await;
    let other = t.report("Something else").await;

    let sorted = state(&t, number).await;
    assert_eq!(sorted.team, Some(t.workplace), "not the owner of the service");
    assert!(sorted.tags.contains("printer"));
    assert_eq!(sorted.tasks.len(), 1);
    let events = timeline(&t, number).await;
    let Some(Body::RuleRan(run)) =
        events.iter().map(|event| &event.event.body).find(|body| matches!(body, Body::RuleRan(_)))
    else {
        panic!("{events:?}")
    };
    let because = run.because;
    let why = t.desk.read(move |sql| store::incidents::words_of(sql, because)).await.unwrap();
    assert_eq!(why, "service is VPN and requester is Gwen Tarrant and text contains \"paper jam\"");
    let by_rule = |kind: &str| {
        let found = events.iter().find(|event| event.event.body.kind() == kind).unwrap();
        matches!(&found.event.cause, Cause::Derived(by) if by.by == "rule" && by.name == "Printers" && by.version == 1)
    };
    assert!(["rule_ran", "tagged", "assigned", "task_added", "commented"].into_iter().all(by_rule));
    let internal = events.iter().filter(|event| event.event.body.kind() == "commented");
    assert!(internal.into_iter().all(|event| !event.public));
    assert_eq!(ran(&timeline(&t, other).await, "Printers"), 0);
    holds(&t).await;
}

#[tokio::test]
async fn a_vip_with_many_affected_raises_the_urgency() {
    let urgent = Action::Prioritise {
        impact: None,
        urgency: Some(Level::HIGH),
        priority: None,
        reason: None,
    };
    let t = with_rules(vec![rule(
        "VIP",
        &[Moment::Reported, Moment::Classified],
        "vip:yes affected>=10",
        vec![urgent],
    )])
    .await;
    let person = t.requester.person;
    t.desk
        .change(command_line(), move |sql, _| {
            let mut row = people::get(sql, person)?.unwrap();
            row.vip = true;
            let version = row.version;
            people::update(sql, &row, version)?;
            Ok(())
        })
        .await
        .unwrap();
    let number = t.report("No mail").await;
    assert_eq!(state(&t, number).await.urgency, Level::MEDIUM, "few are affected");
    let affected = Command::Classify {
        title: None,
        service: Change::Keep,
        category: Change::Keep,
        fields: Default::default(),
        affected: Some(40),
    };
    t.issue(&t.agent, number, affected).await.unwrap();
    assert_eq!(state(&t, number).await.urgency, Level::HIGH);
}

#[tokio::test]
async fn rules_that_set_each_other_off_come_to_an_end() {
    let on = [Moment::Classified, Moment::Reported];
    let t = with_rules(vec![
        rule("There", &on, "-tag:there", vec![tag("there", "back")]),
        rule("Back", &on, "-tag:back", vec![tag("back", "there")]),
        rule("All the same", &[Moment::Changed], "", vec![note("changed")]),
    ])
    .await;
    let number = t.report("Round and round").await;
    let events = timeline(&t, number).await;
    assert_eq!(["There", "Back", "All the same"].map(|name| ran(&events, name)), [1, 1, 1]);
    // The next command sets them off again: each occurrence counts, not the first alone.
    t.say(&t.agent, number, "Hm.", Visibility::Internal).await;
    let events = timeline(&t, number).await;
    assert_eq!(["There", "Back", "All the same"].map(|name| ran(&events, name)), [1, 1, 2]);
    holds(&t).await;
}

#[tokio::test]
async fn what_a_rule_may_not_do_is_noted_and_the_incident_is_recorded() {
    let t = TestDesk::new().await;
    let actions = vec![
        Action::Assign { team: Some(t.workplace), assignee: None },
        Action::Escalate {
            team: Some(t.network),
            manager: None,
            reason: "Nobody looked".to_owned(),
        },
        tag("seen", ""),
    ];
    add(&t, vec![rule("Sort", &[Moment::Reported], "", actions)]).await;
    let mut ask = t.desk.ask(&t.agent, Channel::Web);
    let title = ask.title("Secret").unwrap();
    let report = Report { confidential_to: Some(t.network), ..blank(title, t.requester.person) };
    let number = ask.issue(Command::Report(Box::new(report))).await.unwrap().number;
    let now = state(&t, number).await;
    assert_eq!(now.team, Some(t.network));
    assert!(now.tags.contains("seen"), "the rest of the rule went on");
    assert_eq!(
        refused(&timeline(&t, number).await),
        [
            ("assign".to_owned(), "team may not see this incident, it is confidential".to_owned()),
            ("escalate".to_owned(), "team has it already".to_owned()),
        ]
    );
    holds(&t).await;
}

#[tokio::test]
async fn a_rule_that_changes_nothing_leaves_no_trace() {
    let t = with_rules(vec![rule("Tag", &[Moment::Changed], "", vec![tag("seen", "")])]).await;
    let number = t.report("Slow").await;
    t.say(&t.agent, number, "Looking.", Visibility::Internal).await;
    t.say(&t.agent, number, "Still looking.", Visibility::Internal).await;
    assert_eq!(ran(&timeline(&t, number).await, "Tag"), 1);
}

#[tokio::test]
async fn the_first_match_can_be_the_last_and_rules_out_of_use_stay_silent() {
    let mut first = rule("First", &[Moment::Reported], "", vec![tag("first", "")]);
    first.stop = true;
    let second = rule("Second", &[Moment::Reported], "", vec![tag("second", "")]);
    let mut off = rule("Off", &[Moment::Reported], "", vec![tag("off", "")]);
    off.active = false;
    let t = with_rules(vec![off, first, second]).await;
    let number = t.report("One of them").await;
    assert_eq!(state(&t, number).await.tags.into_iter().collect::<Vec<_>>(), ["first"]);
}

#[tokio::test]
async fn every_reopening_counts_and_a_hold_ends_by_itself() {
    let wait = Action::Hold { reason: HoldReason::Scheduled, seconds: Some(3_600), note: None };
    let t = with_rules(vec![
        rule("Again", &[Moment::Reopened], "", vec![note("It came back")]),
        rule("Later", &[Moment::Reported], "later", vec![wait]),
    ])
    .await;
    let number = t.report("Comes and goes").await;
    for _ in 0..3 {
        t.resolve(&t.agent, number, "Restarted.").await;
        let mut ask = t.desk.ask(&t.requester, Channel::Portal).on(number);
        let note = ask.words("note", "Still broken", limits::BODY_CHARS).unwrap();
        ask.issue(Command::Dispute { note }).await.unwrap();
    }
    assert_eq!(ran(&timeline(&t, number).await, "Again"), 3);
    let later = t.report("Do it later").await;
    let until = state(&t, later).await.hold.unwrap().until.unwrap();
    assert_eq!(until.seconds_since(t.desk.now()), 3_600);
}

#[tokio::test]
async fn a_breach_sets_rules_off() {
    let t = TestDesk::new().await;
    let escalate = Action::Escalate {
        team: None,
        manager: Some(t.manager.person),
        reason: "A target was missed".to_owned(),
    };
    add(&t, vec![rule("Missed", &[Moment::Breached], "breached:yes", vec![escalate])]).await;
    let number = t.report("Nobody looks").await;
    t.clock.advance(30 * 86_400);
    let limit = std::time::Instant::now() + Duration::from_secs(10);
    while ran(&timeline(&t, number).await, "Missed") == 0 {
        assert!(std::time::Instant::now() < limit, "the rule never ran");
        tokio::task::yield_now().await;
    }
    assert!(state(&t, number).await.watchers.contains(&t.manager.person));
    holds(&t).await;
}

#[tokio::test]
async fn a_rule_that_names_what_is_gone_is_left_out_and_says_so() {
    let t = TestDesk::new().await;
    let to = Action::Assign { team: Some(t.workplace), assignee: None };
    add(
        &t,
        vec![
            rule("To them", &[Moment::Reported], "", vec![to, tag("moved", "")]),
            rule("Of them", &[Moment::Reported], "team:Workplace", vec![tag("theirs", "")]),
        ],
    )
    .await;
    let team = t.workplace;
    t.desk
        .change(command_line(), move |sql, _| {
            let mut row = teams::get(sql, team)?.unwrap();
            row.active = false;
            let version = row.version;
            teams::update(sql, &row, version)?;
            Ok(())
        })
        .await
        .unwrap();
    let number = t.report("Goes on").await;
    assert!(state(&t, number).await.tags.is_empty());
    let policy = t.desk.policy();
    let faults: Vec<_> = policy.rules.iter().flat_map(|ready| &ready.faults).collect();
    let told: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("do.0.team", "is no team in use"),
            ("when", "\"Workplace\" is no team in use (at character 6)")
        ]
    );
}

#[tokio::test]
async fn a_past_that_is_replayed_sets_nothing_off() {
    let t = with_rules(vec![rule("Tag", &[Moment::Reported], "", vec![tag("seen", "")])]).await;
    let actor = Actor::person(t.agent.person, "Ines");
    let mut ask = t.desk.ask_unlimited(actor, Channel::Import).imported(testkit::START);
    let title = ask.title("Long ago").unwrap();
    let report = Command::Report(Box::new(blank(title, t.requester.person)));
    let number = ask.issue(report).await.unwrap().number;
    assert!(state(&t, number).await.tags.is_empty());
}

/// A child that its parent's steps reach.
async fn child_of(t: &TestDesk, parent: IncidentNumber) -> IncidentNumber {
    let child = t.report_by(&t.other_requester, "No VPN either").await;
    let (kind, target) = (LinkKind::Parent, parent.to_string());
    t.issue(&t.agent, child, Command::Link { kind, target, cascade: None }).await.unwrap();
    child
}

#[tokio::test]
async fn what_follows_by_rule_ends_at_the_limit_and_says_so_once() {
    let task = |title: &str| Action::AddTask { title: title.to_owned() };
    let actions = vec![task("Tell them"), task("Write it down")];
    let t = TestDesk::new().await;
    let parent = t.report("Line cut").await;
    let room = limits::RULE_COMMANDS_PER_COMMAND / 2;
    let mut family = vec![parent];
    for _ in 0..room + 2 {
        family.push(child_of(&t, parent).await);
    }
    add(&t, vec![rule("Tell", &[Moment::Changed], "", actions)]).await;
    let hold = Command::Hold { reason: HoldReason::Vendor, until: None, note: None };
    t.issue(&t.agent, parent, hold).await.unwrap();
    let (mut runs, mut refusals) = (0, vec![]);
    for number in family {
        assert_eq!(state(&t, number).await.lifecycle, Lifecycle::OnHold);
        let events = timeline(&t, number).await;
        runs += ran(&events, "Tell");
        refusals.extend(refused(&events));
    }
    assert_eq!(runs, room + 1);
    let [(command, why)] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!(command, "add-task");
    assert!(why.contains("more than 100 commands"), "{why}");
    holds(&t).await;
}

#[tokio::test]
async fn what_a_rule_does_to_children_is_done_by_nobody() {
    let wait = Action::Hold { reason: HoldReason::Vendor, seconds: None, note: None };
    let t = with_rules(vec![rule("Wait", &[Moment::Changed], "tag:line", vec![wait])]).await;
    let parent = t.report("Line cut").await;
    let child = child_of(&t, parent).await;
    let grandchild = child_of(&t, child).await;
    let before = timeline(&t, child).await.len();
    let tagged =
        Command::Tag { add: ["line".to_owned()].into_iter().collect(), remove: Default::default() };
    t.issue(&t.other_agent, parent, tagged).await.unwrap();
    for number in [child, grandchild] {
        let now = state(&t, number).await;
        assert_eq!(now.hold.unwrap().reason, HoldReason::Vendor);
        assert_eq!(now.moments.acknowledged, None, "nobody took it");
        let events = timeline(&t, number).await;
        let held = events.iter().find(|event| event.event.body.kind() == "put_on_hold").unwrap();
        assert_eq!(held.event.actor, Actor::system());
    }
    let events = timeline(&t, child).await;
    let actors: Vec<_> = events[before..].iter().map(|event| &event.event.actor).collect();
    assert!(actors.iter().all(|actor| **actor == Actor::system()), "{actors:?}");
    holds(&t).await;
}

#[tokio::test]
async fn a_rule_does_not_say_again_what_people_decided_otherwise() {
    let propose = vec![Action::ProposeMajor { reason: None }];
    let t = with_rules(vec![rule("Major", &[Moment::Changed], "major:no", propose)]).await;
    let number = t.report("VPN down").await;
    let say = || t.say(&t.agent, number, "Hm.", Visibility::Internal);
    say().await;
    assert!(state(&t, number).await.proposal().is_some_and(|proposal| proposal.rule.is_some()));
    t.issue(&t.agent, number, Command::DeclineMajor { reason: None }).await.unwrap();
    say().await;
    assert!(state(&t, number).await.proposal().is_none(), "it was declined");
    t.issue(&t.agent, number, Command::DeclareMajor { reason: None }).await.unwrap();
    t.issue(&t.agent, number, Command::StandDown { reason: None }).await.unwrap();
    say().await;
    assert!(state(&t, number).await.proposal().is_none(), "it was stood down");
    holds(&t).await;
}
