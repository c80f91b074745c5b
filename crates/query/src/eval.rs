//! Does this incident match? The same answer that the database gives.

use crate::ast::{Choice, Expr, Name, Person, TeamName, Term, Text};
use crate::fold::same_name;
use crate::vocabulary::{Breach, HoldReason, MomentField, State};
use jiff::tz::TimeZone;
use kernel::{
    CalendarId, CategoryId, Channel, IncidentNumber, Level, OrganisationId, PersonId, Priority,
    ServiceId, TeamId, Timestamp,
};
use std::borrow::Cow;
use std::str::FromStr;

/// Who asks, when and where.
#[derive(Debug, Clone)]
pub struct Context {
    /// The asking person, if a person asks.
    pub me: Option<PersonId>,
    /// Their teams.
    pub my_teams: Vec<TeamId>,
    /// The instant of asking.
    pub now: Timestamp,
    /// The zone of local days.
    pub zone: TimeZone,
}

impl Context {
    /// Nobody asks: a rule does. A zone that is not known is UTC.
    pub fn of_a_rule(now: Timestamp, zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Context { me: None, my_teams: vec![], now, zone }
    }
}

/// Something with an id and a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a, Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: &'a str,
}

/// A person of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonRef<'a> {
    /// Their id.
    pub id: PersonId,
    /// Their display name.
    pub name: &'a str,
    /// Their e-mail address.
    pub email: Option<&'a str>,
}

/// The values of an incident that a query can ask for.
pub trait Record {
    /// Its number.
    fn number(&self) -> IncidentNumber;
    /// Its state.
    fn state(&self) -> State;
    /// What it waits for, while on hold.
    fn hold_reason(&self) -> Option<HoldReason>;
    /// Its priority.
    fn priority(&self) -> Priority;
    /// Its impact.
    fn impact(&self) -> Level;
    /// Its urgency.
    fn urgency(&self) -> Level;
    /// The team it is assigned to.
    fn team(&self) -> Option<Named<'_, TeamId>>;
    /// Its service.
    fn service(&self) -> Option<Named<'_, ServiceId>>;
    /// Its category.
    fn category(&self) -> Option<Named<'_, CategoryId>>;
    /// The requester's organisation.
    fn organisation(&self) -> Option<Named<'_, OrganisationId>>;
    /// The person it is assigned to.
    fn assignee(&self) -> Option<PersonRef<'_>>;
    /// The person who asked.
    fn requester(&self) -> Option<PersonRef<'_>>;
    /// The people who watch it.
    fn watchers(&self) -> Vec<PersonRef<'_>>;
    /// The door it was reported through.
    fn channel(&self) -> Channel;
    /// Declared a major incident.
    fn major(&self) -> bool;
    /// Proposed to be declared a major incident, as far as the asker may know.
    fn proposed(&self) -> bool;
    /// Any of its clocks is breached.
    fn breached(&self) -> bool;
    /// Whether its breaches are explained, where it has any and the asker may know.
    fn breach(&self) -> Option<Breach>;
    /// Restricted to a team.
    fn confidential(&self) -> bool;
    /// Part of another incident.
    fn merged(&self) -> bool;
    /// Its requester is marked VIP, as far as the asker may know.
    fn vip(&self) -> bool;
    /// How many people are affected.
    fn affected(&self) -> Option<u32>;
    /// Its tags.
    fn tags(&self) -> Vec<&str>;
    /// Its custom fields: name and value as text.
    fn fields(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)>;
    /// The incident it is a child of.
    fn parent(&self) -> Option<IncidentNumber>;
    /// One of its moments.
    fn moment(&self, field: MomentField) -> Option<Timestamp>;
    /// The calendars whose business hours it is at an instant; none where nobody asks for
    /// a rule.
    fn hours(&self, _: Timestamp) -> Vec<Named<'_, CalendarId>> {
        vec![]
    }
    /// Whether the words occur in one of its texts that the asker may read
    /// ([`Text::occurs_in`]).
    fn text_has(&self, text: &Text) -> bool;
}

/// Whether a record meets a condition. Always ends, never fails.
pub fn matches(expr: &Expr, record: &dyn Record, context: &Context) -> bool {
    match expr {
        Expr::All => true,
        Expr::And(parts) => parts.iter().all(|part| matches(part, record, context)),
        Expr::Or(parts) => parts.iter().any(|part| matches(part, record, context)),
        Expr::Not(inner) => !matches(inner, record, context),
        Expr::Term(term) => term_matches(term, record, context),
    }
}

pub(crate) fn term_matches(term: &Term, record: &dyn Record, context: &Context) -> bool {
    match term {
        Term::State(wanted) => wanted.iter().any(|word| word.states().contains(&record.state())),
        Term::Hold(wanted) => record.hold_reason().is_some_and(|reason| wanted.contains(&reason)),
        Term::Priority(wanted) => wanted.contains(&record.priority()),
        Term::Impact(wanted) => wanted.contains(&record.impact()),
        Term::Urgency(wanted) => wanted.contains(&record.urgency()),
        Term::Team(wanted) => wanted.iter().any(|w| is_team(w, record.team(), context)),
        Term::Assignee(wanted) => any_person(wanted, record.assignee().as_slice(), context),
        Term::Requester(wanted) => any_person(wanted, record.requester().as_slice(), context),
        Term::Watcher(wanted) => any_person(wanted, &record.watchers(), context),
        Term::Organisation(wanted) => any_named(wanted, record.organisation()),
        Term::Service(wanted) => any_named(wanted, record.service()),
        Term::Category(wanted) => any_named(wanted, record.category()),
        Term::Channel(wanted) => wanted.contains(&record.channel()),
        Term::Major(yes) => record.major() == *yes,
        Term::Proposed(yes) => record.proposed() == *yes,
        Term::Breached(yes) => record.breached() == *yes,
        Term::Breach(wanted) => record.breach().is_some_and(|breach| wanted.contains(&breach)),
        Term::Confidential(yes) => record.confidential() == *yes,
        Term::Merged(yes) => record.merged() == *yes,
        Term::Vip(yes) => record.vip() == *yes,
        Term::Affected(count) => count.includes(record.affected()),
        Term::Tag(wanted) => any_text(wanted, &record.tags()),
        Term::Hours(wanted) => {
            let open = record.hours(context.now);
            wanted.iter().any(|w| chosen(w, &open, |name, value| is_called(name, value)))
        }
        Term::Number(wanted) => wanted.contains(&record.number()),
        Term::Parent(wanted) => {
            wanted.iter().any(|w| chosen(w, record.parent().as_slice(), |a, b| a == b))
        }
        Term::Field { name, values } => {
            let fields = record.fields();
            let values_there: Vec<&str> = fields
                .iter()
                .filter(|(key, _)| same_name(key, name))
                .map(|(_, value)| value.as_ref())
                .collect();
            any_text(values, &values_there)
        }
        Term::Moment(field, when) => {
            when.reach(*field, context.now, &context.zone).includes(record.moment(*field))
        }
        Term::Text(text) => record.text_has(text),
    }
}

fn chosen<W, V>(wanted: &Choice<W>, values: &[V], same: impl Fn(&W, &V) -> bool) -> bool {
    match wanted {
        Choice::None => values.is_empty(),
        Choice::Any => !values.is_empty(),
        Choice::Is(wanted) => values.iter().any(|value| same(wanted, value)),
    }
}

fn any_text(wanted: &[Name], values: &[&str]) -> bool {
    wanted.iter().any(|w| chosen(w, values, |name, value| same_name(name, value)))
}

fn any_named<Id: FromStr + PartialEq>(wanted: &[Name], value: Option<Named<'_, Id>>) -> bool {
    wanted.iter().any(|w| chosen(w, value.as_slice(), |name, value| is_called(name, value)))
}

fn is_called<Id: FromStr + PartialEq>(name: &str, value: &Named<'_, Id>) -> bool {
    same_name(name, value.name) || name.parse().is_ok_and(|id: Id| id == value.id)
}

fn is_team(wanted: &TeamName, team: Option<Named<'_, TeamId>>, context: &Context) -> bool {
    match wanted {
        TeamName::None => team.is_none(),
        TeamName::Any => team.is_some(),
        TeamName::Mine => team.is_some_and(|team| context.my_teams.contains(&team.id)),
        TeamName::Named(name) => team.is_some_and(|team| is_called(name, &team)),
    }
}

fn any_person(wanted: &[Person], people: &[PersonRef<'_>], context: &Context) -> bool {
    wanted.iter().any(|wanted| match wanted {
        Person::None => people.is_empty(),
        Person::Any => !people.is_empty(),
        Person::Me => people.iter().any(|person| Some(person.id) == context.me),
        Person::Named(name) => people.iter().any(|person| {
            same_name(name, person.name)
                || person.email.is_some_and(|email| same_name(name, email))
                || name.parse().is_ok_and(|id: PersonId| id == person.id)
        }),
    })
}
