//! Who is told what: the standard rows are what is told, and rows can be switched off and added.

use crate::case::{Case, Who, desktop, inc, network};
use crate::sample::{assign_team, comment, note, resolve, urgent};
use incident::notices::{
    Notice, NoticeRole, Notices, Occasion, Recipient, STANDARD, faults, standard,
};
use incident::rules::Seen;
use incident::telling::Channels;
use incident::{Audience, Command, Effect, effects};
use query::Context;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

fn added(on: &[Occasion], to: Recipient, when: &str) -> Notice {
    Notice {
        id: "n1".to_owned(),
        name: "To management".to_owned(),
        on: on.iter().copied().collect(),
        when: when.to_owned(),
        to,
        channels: Channels { mail: true, inbox: false, push: false },
        always: true,
        active: true,
        version: 1,
    }
}

fn with(case: &mut Case, rows: Vec<Notice>) {
    case.policy.notices = Arc::new(Notices::of(rows, &case.policy));
}

/// What the standard rows, and what the added ones tell of the last command on INC-1.
fn told(case: &mut Case, who: Who, command: Command) -> (Vec<Effect>, Vec<Effect>) {
    let before = case.records[&inc(1)].clone();
    case.does(who, command);
    let after = &case.records[&inc(1)];
    let events = &after.events[before.events.len()..];
    let found = effects(Some(&before.state), &after.state, events, &case.policy);
    let people = HashMap::new();
    let seen = Seen {
        number: inc(1),
        state: &after.state,
        policy: &case.policy,
        people: &people,
        texts: &[],
    };
    let context = Context::of_a_rule(case.now, "UTC");
    let rows = case.policy.notices.added().iter().filter(|row| row.holds(&seen, &context));
    let more = rows.flat_map(|row| row.effects(&after.state, events, &case.policy)).collect();
    (found, more)
}

#[test]
fn standard_rows_are_named_once_each() {
    let ids: BTreeSet<String> = standard().into_iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), STANDARD.len());
    assert!(ids.contains("resolved-requester") && ids.contains("reported-team"));
}

#[test]
fn a_row_that_is_switched_off_tells_nobody_and_the_others_go_on() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    let mut row = standard().into_iter().find(|row| row.id == "resolved-watchers").unwrap();
    row.active = false;
    with(&mut case, vec![row]);
    let (found, _) = told(&mut case, Who::Agent, resolve());
    let told: Vec<_> = found.iter().map(|effect| effect.terms.rule.as_str()).collect();
    assert_eq!(told, ["resolved-requester"]);
}

#[test]
fn whether_letters_tell_something_is_what_its_row_says() {
    let mut case = Case::new();
    let mails = |case: &Case| case.policy.notices.mails(Occasion::Commented, NoticeRole::Requester);
    assert!(mails(&case));
    let mut row = standard().into_iter().find(|row| row.id == "commented-requester").unwrap();
    row.channels.mail = false;
    with(&mut case, vec![row.clone()]);
    assert!(!mails(&case));
    row.channels.mail = true;
    row.active = false;
    with(&mut case, vec![row.clone()]);
    assert!(!mails(&case));
    let insists =
        |case: &Case| case.policy.notices.insists(Occasion::Commented, NoticeRole::Requester);
    assert!(!insists(&case));
    row.always = true;
    with(&mut case, vec![row]);
    assert!(insists(&case));
}

#[test]
fn a_row_that_is_narrowed_says_how() {
    let mut case = Case::new();
    let mut row = standard().into_iter().find(|row| row.id == "resolved-requester").unwrap();
    (row.channels.inbox, row.always) = (false, true);
    with(&mut case, vec![row]);
    let (found, _) = told(&mut case, Who::Agent, resolve());
    let terms = &found[0].terms;
    assert!(terms.channels.mail && !terms.channels.inbox && terms.always && !terms.added);
}

#[test]
fn a_row_that_is_added_tells_what_its_condition_holds_for() {
    let mut case = Case::new();
    let team = Recipient { team: Some(desktop()), ..Recipient::of(NoticeRole::Team) };
    let on = [Occasion::PriorityChanged, Occasion::Resolved];
    with(&mut case, vec![added(&on, team, "priority:P1")]);
    assert_eq!(told(&mut case, Who::Agent, assign_team()).1, vec![]);
    let (_, more) = told(&mut case, Who::Agent, urgent());
    assert_eq!(more.len(), 1);
    assert_eq!(
        (more[0].word.as_str(), &more[0].audience),
        ("priority_changed", &Audience::Team(desktop()))
    );
    assert_eq!((more[0].terms.rule.as_str(), more[0].terms.added), ("To management", true));
    let (_, more) = told(&mut case, Who::Agent, resolve());
    assert_eq!(more.iter().map(|effect| effect.delay_seconds).collect::<Vec<_>>(), [10]);
}

#[test]
fn managers_are_told_but_not_of_what_they_did_and_customers_of_nothing_inside() {
    let mut case = Case::new();
    let managers = added(&[Occasion::Commented], Recipient::of(NoticeRole::Manager), "");
    let requester = added(&[Occasion::Commented], Recipient::of(NoticeRole::Requester), "");
    with(&mut case, vec![managers, Notice { id: "n2".to_owned(), ..requester }]);
    let audiences = |found: Vec<Effect>| found.into_iter().map(|e| e.audience).collect::<Vec<_>>();
    let manager = Audience::Person(Who::Manager.id());
    assert_eq!(audiences(told(&mut case, Who::Agent, note()).1), std::slice::from_ref(&manager));
    let both = [manager, Audience::Requester(Who::Requester.id())];
    assert_eq!(audiences(told(&mut case, Who::Agent, comment()).1), both);
    let (_, more) = told(&mut case, Who::Manager, comment());
    assert_eq!(audiences(more), [Audience::Requester(Who::Requester.id())]);
}

#[test]
fn what_is_wrong_with_a_row_is_named() {
    let case = Case::new();
    let fields = |notice: &Notice| {
        let found = faults(notice, &case.policy, &|_| false);
        found.into_iter().map(|fault| fault.field).collect::<Vec<_>>()
    };
    let team = |team| Recipient { team: Some(team), ..Recipient::of(NoticeRole::Team) };
    let good = added(&[Occasion::Reported], team(network()), "priority:P1");
    assert_eq!(fields(&good), Vec::<String>::new());
    assert_eq!(fields(&Notice { on: BTreeSet::new(), ..good.clone() }), ["on"]);
    assert_eq!(fields(&Notice { when: "priority:".to_owned(), ..good.clone() }), ["when"]);
    assert_eq!(fields(&Notice { when: "team:Nowhere".to_owned(), ..good.clone() }), ["when"]);
    let silent = Channels { mail: false, inbox: false, push: false };
    assert_eq!(fields(&Notice { channels: silent, ..good.clone() }), ["mail"]);
    let nobody = Recipient::of(NoticeRole::Person);
    assert_eq!(fields(&Notice { to: nobody, ..good.clone() }), ["to.person"]);
    let gone = team(kernel::TeamId(uuid::Uuid::from_u128(9)));
    assert_eq!(fields(&Notice { to: gone, ..good.clone() }), ["to.team"]);
    let watchers = Recipient::of(NoticeRole::Watchers);
    assert_eq!(fields(&Notice { to: watchers, ..good }), ["on"], "there are no words for it");
}
