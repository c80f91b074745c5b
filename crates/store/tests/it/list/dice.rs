//! Arbitrary incidents, viewers and queries, all from one number, so that a
//! failure can be repeated.

use super::world::{
    CATEGORIES, Incident, NOW, ORGANISATIONS, PEOPLE, SERVICES, TEAMS, category, due_at,
    organisation, person, service, team,
};
use incident::clocks::ClockKind;
use incident::state::{Hold, HoldReason, Lifecycle, Moments};
use incident::{Scope, Visibility};
use kernel::{Channel, IncidentNumber, Level, Priority, Timestamp};
use query::{
    Bound, Choice, Compare, Count, Expr, MomentField, Name, Period, Person, State, StateWord,
    TeamName, Term, Text, When,
};
use std::collections::BTreeSet;

const WORDS: [&str; 9] =
    ["vpn", "Printer", "label-printer", "Düsseldorf", "down", "is", "VPN down", "print", "dussel"];
const TAGS: [&str; 4] = ["recall", "Recall", "winter peak", "WINTER PEAK"];
const FIELDS: [&str; 3] = ["Site", "site", "Asset"];
const VALUES: [&str; 3] = ["Bergen", "bergen", "7"];

/// Incidents there are at most.
pub const INCIDENTS: i64 = 40;

/// A source of arbitrary choices.
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn several<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..=self.below(3)).map(|_| make(self)).collect()
    }

    /// Mostly coarse, so that incidents share moments.
    fn moment(&mut self) -> Timestamp {
        NOW.plus_seconds((self.below(200) as i64 - 100) * 3_600)
    }

    /// Words were said, clocks moved, or anything happened.
    pub fn change(&mut self, incident: &Incident) -> Incident {
        let mut after = incident.clone();
        let state = &mut after.state;
        match self.below(3) {
            0 => state.unanswered_since = self.maybe(50, Dice::moment),
            1 => {
                let breached = self.chance(50);
                state.clocks = vec![due_at(ClockKind::Resolution, self.moment(), breached)];
                state.moments.acknowledged = self.maybe(50, Dice::moment);
                state.moments.responded = self.maybe(50, Dice::moment);
            }
            _ => after.state = self.incident(incident.number.0).state,
        }
        after.state.updated_at = self.moment();
        after.state.version = incident.state.version + 1;
        after
    }

    /// Mostly there.
    pub fn timer(&mut self) -> Option<Timestamp> {
        self.maybe(80, Dice::moment)
    }

    pub fn incident(&mut self, number: i64) -> Incident {
        let title = self.several(|dice| dice.pick(&WORDS)).join(" ");
        let mut incident = Incident::new(number, &title);
        for words in self.some(2, |dice| dice.pick(&WORDS)) {
            let visibility = self.pick(&[Visibility::Public, Visibility::Internal]);
            incident = incident.saying(words, visibility);
        }
        let state = &mut incident.state;
        state.lifecycle = self.pick(Lifecycle::ALL);
        if state.lifecycle == Lifecycle::OnHold {
            let (since, until) = (self.moment(), self.maybe(50, Dice::moment));
            state.hold = Some(Hold { reason: self.pick(HoldReason::ALL), since, until });
        }
        state.priority = self.pick(&Priority::ALL);
        state.impact = self.pick(&Level::ALL);
        state.affected = self.maybe(60, |dice| dice.below(5) as u32);
        state.urgency = self.pick(&Level::ALL);
        state.service = self.maybe(70, |dice| service(dice.below(SERVICES.len())));
        state.category = self.maybe(70, |dice| category(dice.below(CATEGORIES.len())));
        state.team = self.maybe(70, |dice| team(dice.below(TEAMS.len())));
        state.assignee = self.maybe(60, |dice| person(dice.below(PEOPLE.len())));
        state.requester = person(self.below(PEOPLE.len()));
        state.organisation = self.maybe(50, |dice| organisation(dice.below(ORGANISATIONS.len())));
        state.confidential_to = self.maybe(25, |dice| team(dice.below(TEAMS.len())));
        state.channel = self.pick(Channel::ALL);
        state.major = self.chance(20);
        state.reported_at = self.moment();
        state.updated_at = self.moment();
        state.moments = Moments {
            acknowledged: self.maybe(50, Dice::moment),
            responded: self.maybe(50, Dice::moment),
            resolved: self.maybe(50, Dice::moment),
            closed: self.maybe(30, Dice::moment),
            ..Moments::default()
        };
        state.tags = self.some(2, |dice| dice.pick(&TAGS).to_owned()).into_iter().collect();
        let field =
            |dice: &mut Dice| (dice.pick(&FIELDS).to_owned(), dice.pick(&VALUES).to_owned());
        state.fields = self.some(2, field).into_iter().collect();
        state.watchers =
            self.some(2, |dice| person(dice.below(PEOPLE.len()))).into_iter().collect();
        state.parent = self.maybe(20, |dice| IncidentNumber(dice.below(5) as i64 + 1));
        state.merged_into = self.maybe(20, |dice| IncidentNumber(dice.below(5) as i64 + 1));
        state.clocks = self.some(2, |dice| {
            let (kind, breached) = (dice.pick(&ClockKind::ALL), dice.chance(20));
            due_at(kind, dice.moment(), breached)
        });
        incident
    }

    pub fn scope(&mut self) -> Scope {
        let staff = self.chance(50);
        Scope {
            everything: self.chance(10),
            open_to_staff: staff,
            teams: match staff {
                true => self.some(2, |dice| team(dice.below(TEAMS.len()))).into_iter().collect(),
                false => BTreeSet::new(),
            },
            person: person(self.below(PEOPLE.len())),
            organisation: self.maybe(40, |dice| organisation(dice.below(ORGANISATIONS.len()))),
            nothing: self.chance(3),
        }
    }

    /// Any tree at all, simplest form or not.
    pub fn expr(&mut self, depth: usize) -> Expr {
        let below = |dice: &mut Dice| dice.some(3, |dice| dice.expr(depth.saturating_sub(1)));
        match self.below(if depth == 0 { 10 } else { 20 }) {
            0 => Expr::All,
            1..10 => Expr::Term(self.term()),
            10..14 => Expr::And(below(self)),
            14..17 => Expr::Or(below(self)),
            _ => Expr::Not(Box::new(self.expr(depth - 1))),
        }
    }

    fn term(&mut self) -> Term {
        match self.below(27) {
            26 => Term::Breach(self.several(|dice| dice.pick(query::Breach::ALL))),
            0 => Term::State(self.several(Dice::state_word)),
            1 => Term::Hold(self.several(|dice| dice.pick(query::HoldReason::ALL))),
            2 => Term::Priority(self.several(|dice| dice.pick(&Priority::ALL))),
            3 => Term::Impact(self.several(|dice| dice.pick(&Level::ALL))),
            4 => Term::Urgency(self.several(|dice| dice.pick(&Level::ALL))),
            5 => Term::Team(self.several(Dice::team_name)),
            6 => Term::Assignee(self.several(Dice::person_name)),
            7 => Term::Requester(self.several(Dice::person_name)),
            8 => Term::Watcher(self.several(Dice::person_name)),
            9 => Term::Organisation(self.names(&ORGANISATIONS, |n| organisation(n).to_string())),
            10 => Term::Service(self.names(&SERVICES, |n| service(n).to_string())),
            11 => Term::Category(self.names(&CATEGORIES, |n| category(n).to_string())),
            12 => Term::Channel(self.several(|dice| dice.pick(Channel::ALL))),
            13 => Term::Major(self.chance(50)),
            14 if self.chance(50) => Term::Proposed(self.chance(50)),
            14 => Term::Breached(self.chance(50)),
            15 => Term::Confidential(self.chance(50)),
            16 => Term::Merged(self.chance(50)),
            17 => Term::Tag(self.names(&TAGS, |n| format!("unknown {n}"))),
            18 => Term::Number(self.several(Dice::number)),
            19 => Term::Parent(self.several(|dice| match dice.below(4) {
                0 => Choice::None,
                1 => Choice::Any,
                _ => Choice::Is(IncidentNumber(dice.below(6) as i64)),
            })),
            20 => {
                let name = self.pick(&FIELDS).to_owned();
                Term::Field { name, values: self.names(&VALUES, |_| "bERGEN".to_owned()) }
            }
            23 => Term::Vip(self.chance(50)),
            24 => Term::Affected(match self.below(5) {
                0 => Count::None,
                1 => Count::Any,
                2 => Count::Within(0, 3),
                3 => Count::Within(2, u32::MAX),
                _ => Count::Within(1, 4),
            }),
            21 | 22 => Term::Moment(self.pick(MomentField::ALL), self.when()),
            _ => Term::Text(Text { text: self.pick(&WORDS).to_owned(), prefix: self.chance(50) }),
        }
    }

    fn number(&mut self) -> IncidentNumber {
        IncidentNumber(self.below(INCIDENTS as usize + 2) as i64)
    }

    fn state_word(&mut self) -> StateWord {
        match self.below(3) {
            0 => StateWord::Open,
            _ => StateWord::Is(self.pick(State::ALL)),
        }
    }

    fn team_name(&mut self) -> TeamName {
        match self.below(6) {
            0 => TeamName::None,
            1 => TeamName::Any,
            2 => TeamName::Mine,
            3 => TeamName::Named(team(self.below(TEAMS.len())).to_string().to_uppercase()),
            _ => TeamName::Named(self.any_case(&TEAMS)),
        }
    }

    fn person_name(&mut self) -> Person {
        match self.below(7) {
            0 => Person::None,
            1 => Person::Any,
            2 => Person::Me,
            3 => Person::Named(person(self.below(PEOPLE.len())).to_string()),
            4 => Person::Named(self.any_case(&PEOPLE.map(|(_, email)| email.unwrap_or("nobody")))),
            _ => Person::Named(self.any_case(&PEOPLE.map(|(name, _)| name))),
        }
    }

    fn names(&mut self, of: &[&str], id: impl Fn(usize) -> String) -> Vec<Name> {
        self.several(|dice| match dice.below(6) {
            0 => Choice::None,
            1 => Choice::Any,
            2 => Choice::Is(id(dice.below(of.len()))),
            _ => Choice::Is(dice.any_case(of)),
        })
    }

    fn any_case(&mut self, of: &[&str]) -> String {
        let name = self.pick(of);
        match self.below(4) {
            0 => name.to_uppercase(),
            1 => name.to_lowercase(),
            2 => format!("{name}x"),
            _ => name.to_owned(),
        }
    }

    fn when(&mut self) -> When {
        match self.below(6) {
            0 => When::None,
            1 => When::Any,
            2 => When::Between(self.bound(), self.bound()),
            _ => {
                let compare = [Compare::Is, Compare::Lt, Compare::Le, Compare::Gt, Compare::Ge];
                When::Compared(self.pick(&compare), self.bound())
            }
        }
    }

    fn bound(&mut self) -> Bound {
        match self.below(5) {
            0 => Bound::Now,
            1 => Bound::Period(self.pick(Period::ALL)),
            2 => Bound::Instant(self.moment()),
            3 => Bound::Day(self.moment().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date()),
            _ => Bound::Duration((self.below(200) as i64 - 100) * 3_600),
        }
    }
}
