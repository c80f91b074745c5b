//! Whom a team gives what comes to it: never somebody who is not there, and fairly.

use crate::case::{Case, Who, category, inc, network, plain_report, policy, vpn, wiki};
use crate::sample::{assign, assign_team};
use incident::assignment::{
    ASSIGNMENT, Away, Choice, Nobody, Skills, Standing, Wanted, Way, assigning_team, choose,
};
use incident::command::{Related, Report};
use incident::event::Derived;
use incident::policy::StaffPolicy;
use incident::{Body, Change, Command, Facts, Lifecycle, Policy, decide};
use kernel::{Actor, CategoryId, PersonId, Role, TeamId, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

type Standings = HashMap<PersonId, Standing>;

fn now() -> Timestamp {
    crate::case::start()
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x900 + n))
}

fn agent(n: u128) -> StaffPolicy {
    StaffPolicy {
        name: format!("Person {n}"),
        roles: [Role::Agent].into(),
        active: true,
        skills: Skills::default(),
        away: None,
    }
}

/// Network gives what comes to it to `people`, this way.
fn team_of(way: Way, people: Vec<StaffPolicy>) -> Policy {
    let mut policy = policy();
    let ids: Vec<PersonId> = (0..people.len() as u128).map(person).collect();
    let team = policy.teams.get_mut(&network()).unwrap();
    (team.assignment, team.members) = (way, ids.iter().copied().collect());
    policy.staff.extend(ids.into_iter().zip(people));
    policy
}

fn chosen(policy: &Policy, wanted: &Wanted, standings: &Standings) -> Result<Choice, Nobody> {
    choose(policy, &policy.teams[&network()], wanted, standings, now())
}

fn knows_vpn() -> Skills {
    Skills { services: [vpn()].into(), categories: BTreeSet::new() }
}

fn standing(open: i64, turn: i64) -> Standing {
    Standing { open, turn }
}

fn staff() -> impl Strategy<Value = StaffPolicy> {
    let away = prop_oneof![
        4 => Just(None),
        1 => (-50i64..50, proptest::option::of(-50i64..50)).prop_map(|(from, until)| Some(Away {
            from: now().plus_seconds(from),
            until: until.map(|until| now().plus_seconds(until)),
        })),
    ];
    let roles = prop_oneof![
        4 => Just(Role::Agent),
        1 => Just(Role::Auditor),
    ];
    let flag = |often: f64| proptest::bool::weighted(often);
    (away, roles, flag(0.8), flag(0.3), flag(0.2), 0u128..3).prop_map(
        |(away, role, active, service, above, name)| StaffPolicy {
            name: format!("Person {name}"),
            roles: [role].into(),
            active,
            skills: Skills {
                services: service.then(vpn).into_iter().collect(),
                categories: above.then(category).into_iter().collect(),
            },
            away,
        },
    )
}

fn people() -> impl Strategy<Value = Vec<(StaffPolicy, Standing)>> {
    let standings = (0i64..5, 0i64..5).prop_map(|(open, turn)| standing(open, turn));
    proptest::collection::vec((staff(), standings), 0..7)
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let service = prop_oneof![Just(None), Just(Some(vpn())), Just(Some(wiki()))];
    let category = prop_oneof![Just(None), Just(Some(category()))];
    (service, category).prop_map(|(service, category)| Wanted {
        service,
        category,
        confidential_to: None,
    })
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::RoundRobin), Just(Way::LeastLoaded)]
}

fn there(staff: &StaffPolicy) -> bool {
    let away = staff
        .away
        .is_some_and(|away| away.from <= now() && away.until.is_none_or(|until| now() < until));
    staff.active && staff.roles.contains(&Role::Agent) && !away
}

fn knows(staff: &StaffPolicy, wanted: &Wanted) -> bool {
    wanted.service.is_some_and(|id| staff.skills.services.contains(&id))
        || wanted.category.is_some_and(|id| staff.skills.categories.contains(&id))
}

proptest! {
    #[test]
    fn whoever_is_chosen_is_there_and_whoever_is_not_never_is(
        people in people(), wanted in wanted(), way in way(), by_skill: bool,
    ) {
        let (staff, standings): (Vec<_>, Vec<_>) = people.into_iter().unzip();
        let mut policy = team_of(way, staff.clone());
        policy.teams.get_mut(&network()).unwrap().by_skill = by_skill;
        let standings: Standings = (0..).map(person).zip(standings).collect();
        // Somebody of another team is never chosen, however little they have.
        policy.staff.insert(person(99), agent(99));
        let can: Vec<usize> = (0..staff.len()).filter(|at| there(&staff[*at])).collect();
        let skilled: Vec<usize> =
            can.iter().copied().filter(|at| by_skill && knows(&staff[*at], &wanted)).collect();
        let from = if skilled.is_empty() { &can } else { &skilled };
        match chosen(&policy, &wanted, &standings) {
            Err(nobody) => {
                prop_assert!(can.is_empty());
                let works = |one: &&StaffPolicy| one.active && one.roles.contains(&Role::Agent);
                prop_assert_eq!(nobody.away as usize, staff.iter().filter(works).count());
            }
            Ok(choice) => {
                let at = (0..staff.len()).find(|at| person(*at as u128) == choice.person).unwrap();
                prop_assert!(from.contains(&at));
                let of = |at: &usize| standings[&person(*at as u128)];
                let least = match way {
                    Way::LeastLoaded => from.iter().map(|at| of(at).open).min() == Some(of(&at).open),
                    _ => from.iter().map(|at| of(at).turn).min() == Some(of(&at).turn),
                };
                prop_assert!(least, "{:?}", choice);
                prop_assert_eq!(choice.reason.contains("knows "), skilled.contains(&at));
                // The same again, and in whatever order people are known.
                prop_assert_eq!(chosen(&policy, &wanted, &standings), Ok(choice));
            }
        }
    }

    #[test]
    fn turns_are_fair_over_any_number_of_them(people in 1usize..6, turns in 0usize..40) {
        let policy = team_of(Way::RoundRobin, (0..people as u128).map(agent).collect());
        let mut standings = Standings::new();
        let mut had: HashMap<PersonId, usize> = HashMap::new();
        for turn in 1..=turns {
            let choice = chosen(&policy, &Wanted::default(), &standings).unwrap();
            standings.entry(choice.person).or_default().turn = turn as i64;
            *had.entry(choice.person).or_default() += 1;
            let counts = (0..people as u128).map(|n| had.get(&person(n)).copied().unwrap_or(0));
            let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
            prop_assert!(most - least <= 1, "{:?}", had);
        }
    }

    #[test]
    fn whoever_was_away_is_not_flooded_on_return(away_for in 1usize..30) {
        let mut policy = team_of(Way::RoundRobin, (0..3).map(agent).collect());
        let mut standings = Standings::new();
        policy.staff.get_mut(&person(0)).unwrap().away = Some(Away { from: now(), until: None });
        let mut last = None;
        for turn in 1..=away_for + 6 {
            if turn > away_for {
                policy.staff.get_mut(&person(0)).unwrap().away = None;
            }
            let choice = chosen(&policy, &Wanted::default(), &standings).unwrap();
            prop_assert_ne!(last, Some(choice.person), "twice in a row");
            standings.entry(choice.person).or_default().turn = turn as i64;
            last = Some(choice.person);
        }
    }
}

#[test]
fn the_reason_is_told_in_words() {
    let reason = |policy: &Policy, wanted: &Wanted, standings: &Standings| {
        let choice = chosen(policy, wanted, standings).unwrap();
        (choice.person, choice.reason)
    };
    let any = Wanted::default();
    let standings: Standings =
        [(person(0), standing(4, 2)), (person(1), standing(2, 1)), (person(2), standing(2, 3))]
            .into();
    let three = || (0..3).map(agent).collect::<Vec<_>>();
    let least = team_of(Way::LeastLoaded, three());
    assert_eq!(reason(&least, &any, &standings), (person(1), "least loaded: 2 open".into()));
    assert_eq!(reason(&least, &any, &Standings::new()).1, "least loaded: nothing open");
    let mut turns = team_of(Way::RoundRobin, three());
    assert_eq!(reason(&turns, &any, &standings), (person(1), "next in turn after Person 2".into()));
    assert_eq!(reason(&turns, &any, &Standings::new()), (person(0), "next in turn".into()));

    turns.teams.get_mut(&network()).unwrap().by_skill = true;
    for n in [0, 2] {
        turns.staff.get_mut(&person(n)).unwrap().skills = knows_vpn();
    }
    let of_vpn = Wanted { service: Some(vpn()), ..any };
    let skilled = "knows VPN, next in turn after Person 2";
    assert_eq!(reason(&turns, &of_vpn, &standings), (person(0), skilled.into()));
    turns.staff.get_mut(&person(0)).unwrap().away = Some(Away { from: now(), until: None });
    assert_eq!(
        reason(&turns, &of_vpn, &standings),
        (person(2), "the only one there who knows VPN".into())
    );
    turns.staff.get_mut(&person(2)).unwrap().active = false;
    assert_eq!(reason(&turns, &of_vpn, &standings), (person(1), "the only one there".into()));
}

#[test]
fn whoever_knows_a_category_knows_what_is_below_it() {
    let mut policy = team_of(Way::LeastLoaded, (0..2).map(agent).collect());
    policy.teams.get_mut(&network()).unwrap().by_skill = true;
    let below = CategoryId(Uuid::from_u128(0x510));
    let mut entry = policy.categories[&category()].clone();
    (entry.path, entry.parent) = ("Network › Remote access › Tokens".into(), Some(category()));
    policy.categories.insert(below, entry);
    policy.staff.get_mut(&person(1)).unwrap().skills.categories = [category()].into();
    let wanted = Wanted { category: Some(below), ..Wanted::default() };
    let busy: Standings = [(person(1), standing(9, 9))].into();
    let choice = chosen(&policy, &wanted, &busy).unwrap();
    assert_eq!(choice.person, person(1));
    assert_eq!(choice.reason, "the only one there who knows Remote access");
}

#[test]
fn an_absence_begins_at_its_first_instant_and_is_over_at_its_last() {
    let away = Away { from: now(), until: Some(now().plus_seconds(60)) };
    let at = |micros| now().plus_micros(micros);
    assert!(!away.covers(at(-1)) && away.covers(at(0)));
    assert!(away.covers(at(59_999_999)) && !away.covers(at(60_000_000)));
    assert!(!away.is_over(at(59_999_999)) && away.is_over(at(60_000_000)));
    let open = Away { until: None, ..away };
    assert!(open.covers(at(i64::from(i32::MAX) * 1_000_000)) && !open.is_over(at(1)));
}

#[test]
fn only_the_team_it_is_confidential_to_is_chosen_from() {
    let mut policy = team_of(Way::LeastLoaded, (0..2).map(agent).collect());
    let only = TeamId(Uuid::from_u128(0x210));
    let mut closed = policy.teams[&network()].clone();
    closed.members = [person(1)].into();
    policy.teams.insert(only, closed);
    let wanted = Wanted { confidential_to: Some(only), ..Wanted::default() };
    let busy: Standings = [(person(1), standing(9, 9))].into();
    assert_eq!(chosen(&policy, &wanted, &busy).unwrap().person, person(1));
    policy.teams.get_mut(&only).unwrap().members.clear();
    assert_eq!(chosen(&policy, &wanted, &busy), Err(Nobody { away: 0 }));
}

/// Network assigns by itself in this case.
fn automatic() -> Case {
    let mut case = Case::with(Report { team: Some(network()), ..plain_report() });
    case.policy.teams.get_mut(&network()).unwrap().assignment = Way::LeastLoaded;
    case
}

#[test]
fn a_team_is_asked_for_what_is_open_and_nobodys() {
    let asked = |case: &Case| assigning_team(&case.policy, case.state()).map(|(id, _)| id);
    let mut case = automatic();
    assert_eq!(asked(&case), Some(network()));
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(asked(&case), None, "it is somebody's");
    let mut case = automatic();
    case.report(Who::Requester, plain_report());
    case.does(Who::Agent, Command::Merge { into: inc(2) });
    assert_eq!(asked(&case), None, "it is part of another");
    let mut case = automatic();
    case.does(Who::Agent, crate::sample::resolve());
    assert_eq!(asked(&case), None, "it is resolved");
    let mut case = automatic();
    case.policy.teams.get_mut(&network()).unwrap().assignment = Way::ByHand;
    assert_eq!(asked(&case), None, "it assigns by hand");
}

/// Does what the desk does when a team chose, with the timeline so far.
fn by_the_team(case: &mut Case, command: &Command) {
    let nobody = HashMap::new();
    let facts = Facts {
        number: Some(inc(1)),
        viewer: None,
        actor: Actor::system(),
        channel: case.channel,
        origin: case.origin,
        happened_at: None,
        batch: None,
        policy: &case.policy,
        people: &nobody,
        other: None,
        above_other: &[],
        undo: &[],
        timeline: &[],
        turns: &Default::default(),
        article: false,
        follow_up: None,
        derived: Some(Derived {
            by: ASSIGNMENT.into(),
            name: "least loaded: nothing open".into(),
            version: 0,
        }),
    };
    let decision = decide(Some(case.state()), command, &facts, case.now).unwrap();
    let record = case.records.get_mut(&inc(1)).unwrap();
    record.events.extend(decision.events);
    record.state = decision.state.unwrap();
}

fn give(person: PersonId) -> Command {
    Command::Assign { team: Change::Keep, assignee: Change::Set(person) }
}

#[test]
fn being_given_it_is_no_acknowledgement() {
    let mut case = automatic();
    by_the_team(&mut case, &give(Who::Responder.id()));
    let state = case.state();
    assert_eq!(
        (state.lifecycle, state.assignee),
        (Lifecycle::InProgress, Some(Who::Responder.id()))
    );
    assert_eq!(state.moments.acknowledged, None);
    let assigned =
        case.records[&inc(1)].events.iter().find(|e| e.body.kind() == "assigned").unwrap();
    let incident::Cause::Derived(by) = &assigned.cause else { panic!("{assigned:?}") };
    assert_eq!((by.by.as_str(), by.name.as_str()), (ASSIGNMENT, "least loaded: nothing open"));
}

#[test]
fn that_nobody_is_there_is_said_and_changes_nothing() {
    let mut case = automatic();
    let before = case.state().clone();
    let note = Related::NobodyThere { team: network(), away: 2 };
    by_the_team(&mut case, &Command::Note(note));
    let record = &case.records[&inc(1)];
    let Some(Body::NobodyThere(data)) = record.events.last().map(|event| &event.body) else {
        panic!("{:?}", record.events)
    };
    assert_eq!((data.team, data.away), (network(), 2));
    assert_eq!(record.state.lifecycle, before.lifecycle);
    assert_eq!(record.state.clocks, before.clocks);
}

#[test]
fn taking_a_team_back_takes_back_whom_it_chose() {
    let mut case = Case::with(Report { service: Some(wiki()), ..plain_report() });
    let before = case.state().clone();
    case.does(Who::Agent, assign_team());
    let undo = case.undo_of("assigned");
    let theirs = *case.policy.teams[&case.state().team.unwrap()].members.first().unwrap();
    by_the_team(&mut case, &give(theirs));
    assert_eq!(case.state().assignee, Some(theirs));
    case.does(Who::Agent, undo);
    let state = case.state();
    assert_eq!((state.team, state.assignee), (before.team, None));
    assert_eq!(state.lifecycle, Lifecycle::New);
}

#[test]
fn what_somebody_took_since_is_not_taken_back() {
    let mut case = Case::with(Report { service: Some(wiki()), ..plain_report() });
    case.does(Who::Agent, assign_team());
    let undo = case.undo_of("assigned");
    by_the_team(&mut case, &give(Who::Responder.id()));
    case.wait(60).does(Who::Responder, Command::Acknowledge);
    assert_eq!(case.refuses(Who::Agent, undo.clone()).code, "changed_since");
    let mut case = Case::with(Report { service: Some(wiki()), ..plain_report() });
    case.does(Who::Agent, assign_team());
    by_the_team(&mut case, &give(Who::Responder.id()));
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(case.refuses(Who::Agent, undo).code, "changed_since");
}
