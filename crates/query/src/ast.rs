//! A query as a tree of typed terms.

use crate::fields::FieldName;
use crate::fold::words;
use crate::moment::When;
use crate::parse::parse;
use crate::vocabulary::{Breach, HoldReason, MomentField, SortKey, State};
use kernel::{Channel, IncidentNumber, Level, Priority};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// What to find, and in which order. In JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Which incidents.
    pub filter: Expr,
    /// In which order; `None` leaves it to the list.
    pub sort: Option<Sort>,
}

/// A condition. Made by [`parse`](crate::parse()) and the functions here it is
/// always in its simplest form, and then equal conditions have equal text. In
/// JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Expr {
    /// Everything.
    #[default]
    All,
    /// All of these.
    And(Vec<Expr>),
    /// At least one of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// One term.
    Term(Term),
}

/// One condition on one field. A list of values means any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// `state:`
    State(Vec<StateWord>),
    /// `hold:`, only true while on hold.
    Hold(Vec<HoldReason>),
    /// `priority:`
    Priority(Vec<Priority>),
    /// `impact:`
    Impact(Vec<Level>),
    /// `urgency:`
    Urgency(Vec<Level>),
    /// `team:`
    Team(Vec<TeamName>),
    /// `assignee:`
    Assignee(Vec<Person>),
    /// `requester:`
    Requester(Vec<Person>),
    /// `watcher:`
    Watcher(Vec<Person>),
    /// `organisation:`
    Organisation(Vec<Name>),
    /// `service:`
    Service(Vec<Name>),
    /// `category:`
    Category(Vec<Name>),
    /// `channel:`
    Channel(Vec<Channel>),
    /// `major:`
    Major(bool),
    /// `proposed:`, to be declared a major incident.
    Proposed(bool),
    /// `breached:`, any of its clocks.
    Breached(bool),
    /// `breach:`, only true where a clock passed its target.
    Breach(Vec<Breach>),
    /// `confidential:`, restricted to a team.
    Confidential(bool),
    /// `merged:`, part of another incident.
    Merged(bool),
    /// `vip:`, of the requester.
    Vip(bool),
    /// `affected>=10`
    Affected(Count),
    /// `tag:`
    Tag(Vec<Name>),
    /// `number:` or a bare `INC-7`.
    Number(Vec<IncidentNumber>),
    /// `parent:`
    Parent(Vec<Choice<IncidentNumber>>),
    /// `field.site:`, a custom field. Its name is compared like a name.
    Field {
        /// The field's name.
        name: String,
        /// Any of these.
        values: Vec<Name>,
    },
    /// `hours:`, of the instant of asking; in conditions of rules only.
    Hours(Vec<Name>),
    /// `due<2h`, `reported:today` and so on.
    Moment(MomentField, When),
    /// Free words.
    Text(Text),
}

/// A state, or all of the open ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateWord {
    /// Exactly this state.
    Is(State),
    /// New, in progress or on hold.
    Open,
}

/// One wanted value of a field that may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Choice<T> {
    /// This value.
    Is(T),
    /// The field is empty.
    None,
    /// The field is not empty.
    Any,
}

/// A name or an id in text form; compared with [`same_name`](crate::same_name).
pub type Name = Choice<String>;

/// A wanted number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// None is known.
    None,
    /// One is known.
    Any,
    /// From the first to the second, both included.
    Within(u32, u32),
}

impl Count {
    /// Whether a number is wanted.
    pub fn includes(self, number: Option<u32>) -> bool {
        match (self, number) {
            (Count::None, number) => number.is_none(),
            (Count::Any, number) => number.is_some(),
            (Count::Within(low, high), Some(number)) => (low..=high).contains(&number),
            (Count::Within(..), None) => false,
        }
    }
}

/// A wanted team.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TeamName {
    /// By name or id.
    Named(String),
    /// No team.
    None,
    /// Some team.
    Any,
    /// One of the asking person's teams.
    Mine,
}

/// A wanted person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Person {
    /// The asking person.
    Me,
    /// By e-mail address, display name or id.
    Named(String),
    /// Nobody.
    None,
    /// Somebody.
    Any,
}

/// Free words that must follow each other somewhere in an incident's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// As typed; [`Text::words`] are what is compared.
    pub text: String,
    /// The last word may be the beginning of a longer one: so for bare words, and
    /// for `"quoted words"*`; not for `"quoted words"`.
    pub prefix: bool,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Against its natural direction.
    pub reversed: bool,
}

impl Query {
    /// This query and a further condition.
    #[must_use]
    pub fn and(self, condition: Expr) -> Self {
        Query { filter: Expr::all_of([self.filter, condition.simplified()]), ..self }
    }

    /// This query in another order.
    #[must_use]
    pub fn with_sort(self, sort: Sort) -> Self {
        Query { sort: Some(sort), ..self }
    }
}

impl Expr {
    /// Holds when every one of these holds; of none it is everything.
    pub fn all_of(parts: impl IntoIterator<Item = Expr>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::All => {}
                Expr::And(inner) => flat.extend(inner),
                nothing if nothing.is_nothing() => return nothing,
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Expr::All,
            1 => flat.remove(0),
            _ => Expr::And(flat),
        }
    }

    /// Holds when one of these holds; of none it is nothing.
    pub fn any_of(parts: impl IntoIterator<Item = Expr>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::All => return Expr::All,
                Expr::Or(inner) => flat.extend(inner),
                nothing if nothing.is_nothing() => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Expr::nothing(),
            1 => flat.remove(0),
            _ => Expr::Or(flat),
        }
    }

    /// Holds when this does not.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Expr::Not(inner) => *inner,
            other => Expr::Not(Box::new(other)),
        }
    }

    /// No incident at all.
    pub fn nothing() -> Self {
        Expr::Not(Box::new(Expr::All))
    }

    /// The same condition in its simplest form: nothing nested that need not be.
    #[must_use]
    pub fn simplified(self) -> Self {
        match self {
            Expr::All | Expr::Term(_) => self,
            Expr::And(parts) => Expr::all_of(parts.into_iter().map(Expr::simplified)),
            Expr::Or(parts) => Expr::any_of(parts.into_iter().map(Expr::simplified)),
            Expr::Not(inner) => inner.simplified().negated(),
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Expr::Not(inner) if **inner == Expr::All)
    }
}

impl From<Term> for Expr {
    fn from(term: Term) -> Self {
        Expr::Term(term)
    }
}

impl Term {
    /// The field it asks about; `None` for free words.
    pub fn field(&self) -> Option<FieldName> {
        Some(match self {
            Term::State(_) => FieldName::State,
            Term::Hold(_) => FieldName::Hold,
            Term::Priority(_) => FieldName::Priority,
            Term::Impact(_) => FieldName::Impact,
            Term::Urgency(_) => FieldName::Urgency,
            Term::Team(_) => FieldName::Team,
            Term::Assignee(_) => FieldName::Assignee,
            Term::Requester(_) => FieldName::Requester,
            Term::Watcher(_) => FieldName::Watcher,
            Term::Organisation(_) => FieldName::Organisation,
            Term::Service(_) => FieldName::Service,
            Term::Category(_) => FieldName::Category,
            Term::Channel(_) => FieldName::Channel,
            Term::Hours(_) => FieldName::Hours,
            Term::Major(_) => FieldName::Major,
            Term::Proposed(_) => FieldName::Proposed,
            Term::Breached(_) => FieldName::Breached,
            Term::Breach(_) => FieldName::Breach,
            Term::Confidential(_) => FieldName::Confidential,
            Term::Merged(_) => FieldName::Merged,
            Term::Vip(_) => FieldName::Vip,
            Term::Affected(_) => FieldName::Affected,
            Term::Tag(_) => FieldName::Tag,
            Term::Number(_) => FieldName::Number,
            Term::Parent(_) => FieldName::Parent,
            Term::Field { .. } => FieldName::Custom,
            Term::Moment(field, _) => FieldName::Moment(*field),
            Term::Text(_) => return None,
        })
    }

    /// How many values it compares; what the limit on a query's size counts.
    pub fn size(&self) -> usize {
        match self {
            Term::State(values) => values.len(),
            Term::Hold(values) => values.len(),
            Term::Breach(values) => values.len(),
            Term::Priority(values) => values.len(),
            Term::Impact(values) | Term::Urgency(values) => values.len(),
            Term::Team(values) => values.len(),
            Term::Assignee(values) | Term::Requester(values) | Term::Watcher(values) => {
                values.len()
            }
            Term::Organisation(values)
            | Term::Service(values)
            | Term::Category(values)
            | Term::Tag(values)
            | Term::Hours(values) => values.len(),
            Term::Channel(values) => values.len(),
            Term::Number(values) => values.len(),
            Term::Parent(values) => values.len(),
            Term::Field { values, .. } => values.len(),
            Term::Major(_) | Term::Breached(_) | Term::Confidential(_) | Term::Merged(_) => 1,
            Term::Proposed(_) | Term::Vip(_) | Term::Affected(_) => 1,
            Term::Moment(..) | Term::Text(_) => 1,
        }
    }
}

impl StateWord {
    /// The states it covers.
    pub fn states(self) -> &'static [State] {
        match self {
            StateWord::Open => &[State::New, State::InProgress, State::OnHold],
            StateWord::Is(state) => {
                let at = State::ALL.iter().position(|s| *s == state).unwrap_or_default();
                &State::ALL[at..=at]
            }
        }
    }
}

impl Text {
    /// The folded words that must follow each other.
    pub fn words(&self) -> Vec<String> {
        words(&self.text)
    }

    /// Whether the words occur in this text, one after the other.
    ///
    /// ```
    /// let text = query::Text { text: "label prin".into(), prefix: true };
    /// assert!(text.occurs_in("The Label-Printer is down"));
    /// assert!(!text.occurs_in("Printer of labels"));
    /// ```
    pub fn occurs_in(&self, text: &str) -> bool {
        self.occurs_among(&words(text))
    }

    /// The same of a text whose folded [`words`] are at hand: folding is what it costs.
    pub fn occurs_among(&self, folded: &[String]) -> bool {
        let wanted = self.words();
        let Some((last, before)) = wanted.split_last() else { return false };
        folded.windows(wanted.len()).any(|found| {
            let end = &found[before.len()];
            found[..before.len()] == *before
                && (end == last || self.prefix && end.starts_with(last.as_str()))
        })
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Expr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let query = Query::deserialize(deserializer)?;
        match query.sort {
            None => Ok(query.filter),
            Some(_) => Err(serde::de::Error::custom("a condition has no order: leave out sort:")),
        }
    }
}
