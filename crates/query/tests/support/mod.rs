//! An incident to evaluate, and arbitrary queries in their simplest form.
#![allow(dead_code)] // Each test file uses its part.

use jiff::civil::date;
use jiff::tz::TimeZone;
use kernel::{
    CategoryId, Channel, IncidentNumber, Level, OrganisationId, PersonId, Priority, ServiceId,
    TeamId, Timestamp,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use query::{
    Bound, Choice, Compare, Context, Count, Expr, HoldReason, MomentField, Name, Named, Period,
    Person, PersonRef, Query, Record, Sort, SortKey, State, StateWord, TeamName, Term, Text, When,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

pub const NETWORK: TeamId = TeamId(Uuid::from_u128(1));
pub const MARA: PersonId = PersonId(Uuid::from_u128(2));
pub const GWEN: PersonId = PersonId(Uuid::from_u128(3));

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Mara, of the team Network, on Monday 2026-11-23 at 12:00 in Berlin.
pub fn context() -> Context {
    Context {
        me: Some(MARA),
        my_teams: vec![NETWORK],
        now: at("2026-11-23T11:00:00Z"),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
    }
}

/// An incident with values of its own where tests want to vary them.
#[derive(Debug, Clone)]
pub struct Sample {
    pub state: State,
    pub hold_reason: Option<HoldReason>,
    pub team: bool,
    pub watched: bool,
    pub moments: BTreeMap<MomentField, Timestamp>,
    pub title: &'static str,
}

impl Default for Sample {
    fn default() -> Self {
        let moments = [
            (MomentField::Due, at("2026-11-23T12:30:00Z")),
            (MomentField::Reported, at("2026-11-22T23:30:00Z")),
            (MomentField::Updated, at("2026-11-21T11:00:00Z")),
            (MomentField::Held, at("2026-11-19T11:00:00Z")),
        ];
        Sample {
            state: State::OnHold,
            hold_reason: Some(HoldReason::Vendor),
            team: true,
            watched: true,
            moments: moments.into(),
            title: "VPN to Düsseldorf drops: label-printer offline",
        }
    }
}

impl Record for Sample {
    fn number(&self) -> IncidentNumber {
        IncidentNumber(42)
    }
    fn state(&self) -> State {
        self.state
    }
    fn hold_reason(&self) -> Option<HoldReason> {
        self.hold_reason
    }
    fn priority(&self) -> Priority {
        Priority::new(2).unwrap()
    }
    fn impact(&self) -> Level {
        Level::HIGH
    }
    fn urgency(&self) -> Level {
        Level::MEDIUM
    }
    fn team(&self) -> Option<Named<'_, TeamId>> {
        self.team.then_some(Named { id: NETWORK, name: "Network" })
    }
    fn service(&self) -> Option<Named<'_, ServiceId>> {
        Some(Named { id: ServiceId(Uuid::from_u128(9)), name: "Label Printing" })
    }
    fn category(&self) -> Option<Named<'_, CategoryId>> {
        None
    }
    fn organisation(&self) -> Option<Named<'_, OrganisationId>> {
        Some(Named { id: OrganisationId(Uuid::from_u128(8)), name: "Überlandwerk" })
    }
    fn assignee(&self) -> Option<PersonRef<'_>> {
        Some(PersonRef { id: MARA, name: "Mara Lindqvist", email: Some("mara@northwind.example") })
    }
    fn requester(&self) -> Option<PersonRef<'_>> {
        Some(PersonRef { id: GWEN, name: "Gwen Tarrant", email: None })
    }
    fn watchers(&self) -> Vec<PersonRef<'_>> {
        if self.watched {
            vec![PersonRef { id: GWEN, name: "Gwen Tarrant", email: None }]
        } else {
            Vec::new()
        }
    }
    fn channel(&self) -> Channel {
        Channel::Phone
    }
    fn major(&self) -> bool {
        true
    }
    fn proposed(&self) -> bool {
        false
    }
    fn breached(&self) -> bool {
        false
    }
    fn breach(&self) -> Option<query::Breach> {
        None
    }
    fn confidential(&self) -> bool {
        false
    }
    fn merged(&self) -> bool {
        false
    }
    fn tags(&self) -> Vec<&str> {
        vec!["Recall", "winter peak"]
    }
    fn fields(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        vec![("site".into(), "Rotterdam".into()), ("Asset count".into(), 7.to_string().into())]
    }
    fn vip(&self) -> bool {
        true
    }
    fn affected(&self) -> Option<u32> {
        Some(12)
    }
    fn parent(&self) -> Option<IncidentNumber> {
        Some(IncidentNumber(7))
    }
    fn moment(&self, field: MomentField) -> Option<Timestamp> {
        self.moments.get(&field).copied()
    }
    fn text_has(&self, text: &Text) -> bool {
        text.occurs_in(self.title)
    }
}

/// Any number of distinct values from a choice of them, at least one.
fn some_of<T: Clone + std::fmt::Debug + PartialEq + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    vec(value, 1..4).prop_map(|values| {
        values.into_iter().fold(Vec::new(), |mut distinct, value| {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
            distinct
        })
    })
}

fn one<T: Copy + std::fmt::Debug>(values: &'static [T]) -> impl Strategy<Value = T> {
    select(values)
}

/// Names with everything that could confuse a parser.
fn name_text() -> impl Strategy<Value = String> {
    let awkward = [
        "none",
        "any",
        "me",
        "mine",
        "or",
        "a,b",
        "\"",
        "\\",
        "x\\\"y",
        "“q”",
        "-a",
        "(",
        "state:open",
        "a..b",
    ];
    prop_oneof![
        "[a-zA-Z0-9 äÉß.@_-]{0,12}x".prop_map(|s: String| s),
        select(awkward.to_vec()).prop_map(str::to_owned),
        any::<String>()
            .prop_filter("a name has a visible character", |s| !s.trim().is_empty())
            .prop_map(|s| s.chars().take(12).collect::<String>())
            .prop_filter("still", |s| !s.trim().is_empty()),
    ]
}

fn choice<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Choice<T>> {
    prop_oneof![4 => value.prop_map(Choice::Is), 1 => Just(Choice::None), 1 => Just(Choice::Any)]
}

fn names() -> impl Strategy<Value = Vec<Name>> {
    some_of(choice(name_text()))
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    let fixed = [Person::Me, Person::None, Person::Any];
    some_of(prop_oneof![
        name_text().prop_map(Person::Named),
        proptest::sample::select(fixed.to_vec())
    ])
}

fn teams() -> impl Strategy<Value = Vec<TeamName>> {
    let fixed = [TeamName::Mine, TeamName::None, TeamName::Any];
    some_of(prop_oneof![
        name_text().prop_map(TeamName::Named),
        proptest::sample::select(fixed.to_vec())
    ])
}

fn states() -> impl Strategy<Value = Vec<StateWord>> {
    some_of(prop_oneof![one(State::ALL).prop_map(StateWord::Is), Just(StateWord::Open)])
}

fn number() -> impl Strategy<Value = IncidentNumber> {
    (1..i64::MAX).prop_map(IncidentNumber)
}

fn bound() -> impl Strategy<Value = Bound> {
    let day = (1i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Bound::Day(date(y, m, d)));
    let instant = -62_000_000_000_000_000i64..250_000_000_000_000_000;
    prop_oneof![
        (-1_000_000i64..3_000_000_000).prop_map(Bound::Duration),
        Just(Bound::Now),
        one(Period::ALL).prop_map(Bound::Period),
        day,
        instant.prop_map(|micros| Bound::Instant(Timestamp::from_micros(micros))),
    ]
}

fn when() -> impl Strategy<Value = When> {
    let compare = one(&[Compare::Is, Compare::Lt, Compare::Le, Compare::Gt, Compare::Ge]);
    let compared = (compare, bound()).prop_map(|(compare, bound)| match (compare, bound) {
        (Compare::Is, Bound::Duration(_)) => When::Compared(Compare::Lt, bound),
        (compare, bound) => When::Compared(compare, bound),
    });
    let between = (bound(), bound()).prop_map(|pair| match pair {
        (Bound::Duration(a), Bound::Duration(b)) => {
            When::Between(Bound::Duration(a.min(b)), Bound::Duration(a.max(b)))
        }
        (Bound::Day(a), Bound::Day(b)) => When::Between(Bound::Day(a.min(b)), Bound::Day(a.max(b))),
        (Bound::Instant(a), Bound::Instant(b)) => {
            When::Between(Bound::Instant(a.min(b)), Bound::Instant(a.max(b)))
        }
        (a, b) => When::Between(a, b),
    });
    prop_oneof![Just(When::None), Just(When::Any), compared, between]
}

fn text() -> impl Strategy<Value = Text> {
    let words = prop_oneof![
        "[a-z]{1,8}",
        name_text(),
        "INC-[1-9]",
        "[0-9.:-]{1,6}1",
        Just("NOT".to_owned())
    ];
    (words, any::<bool>())
        .prop_map(|(text, prefix)| Text { text, prefix })
        .prop_filter("free text has a word", |text| !text.words().is_empty())
}

fn count() -> impl Strategy<Value = Count> {
    let within = (0..200u32, prop_oneof![0..300u32, Just(u32::MAX)])
        .prop_map(|(low, high)| Count::Within(low.min(high), high.max(low)));
    prop_oneof![4 => within, 1 => Just(Count::None), 1 => Just(Count::Any)]
}

pub fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        states().prop_map(Term::State),
        some_of(one(HoldReason::ALL)).prop_map(Term::Hold),
        some_of(one(query::Breach::ALL)).prop_map(Term::Breach),
        some_of(one(&Priority::ALL)).prop_map(Term::Priority),
        some_of(one(&Level::ALL)).prop_map(Term::Impact),
        some_of(one(&Level::ALL)).prop_map(Term::Urgency),
        teams().prop_map(Term::Team),
        people().prop_map(Term::Assignee),
        people().prop_map(Term::Requester),
        people().prop_map(Term::Watcher),
        prop_oneof![
            names().prop_map(Term::Organisation),
            names().prop_map(Term::Service),
            names().prop_map(Term::Category),
            names().prop_map(Term::Tag),
        ],
        some_of(one(Channel::ALL)).prop_map(Term::Channel),
        prop_oneof![
            any::<bool>().prop_map(Term::Major),
            any::<bool>().prop_map(Term::Proposed),
            any::<bool>().prop_map(Term::Breached),
            any::<bool>().prop_map(Term::Confidential),
            any::<bool>().prop_map(Term::Merged),
            any::<bool>().prop_map(Term::Vip),
            count().prop_map(Term::Affected),
        ],
        some_of(number()).prop_map(Term::Number),
        some_of(choice(number())).prop_map(Term::Parent),
        (name_text(), names()).prop_map(|(name, values)| Term::Field { name, values }),
        (one(MomentField::ALL), when()).prop_map(|(field, when)| Term::Moment(field, when)),
        text().prop_map(Term::Text),
    ]
}

/// Any tree at all, simplest form or not.
pub fn any_expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![8 => term().prop_map(Expr::Term), 1 => Just(Expr::All)];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Expr::And),
            vec(inner.clone(), 0..4).prop_map(Expr::Or),
            inner.prop_map(|e| Expr::Not(Box::new(e))),
        ]
    })
}

pub fn any_query() -> impl Strategy<Value = Query> {
    let sort =
        (one(SortKey::ALL), any::<bool>()).prop_map(|(key, reversed)| Sort { key, reversed });
    (any_expr(), proptest::option::of(sort))
        .prop_map(|(filter, sort)| Query { filter: filter.simplified(), sort })
        .prop_filter("within the limits", |query| {
            query.to_string().chars().count() <= kernel::limits::QUERY_CHARS
        })
}

pub fn sample() -> impl Strategy<Value = Sample> {
    let moment = (one(MomentField::ALL), -3_000_000i64..3_000_000);
    (
        one(State::ALL),
        proptest::option::of(one(HoldReason::ALL)),
        any::<bool>(),
        any::<bool>(),
        vec(moment, 0..9),
    )
        .prop_map(|(state, hold_reason, team, watched, moments)| Sample {
            state,
            hold_reason,
            team,
            watched,
            moments: moments.into_iter().map(|(f, s)| (f, context().now.plus_seconds(s))).collect(),
            title: "VPN drops",
        })
}
