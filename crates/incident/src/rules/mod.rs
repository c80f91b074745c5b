//! Rules: when something happens to an incident and a condition holds, commands
//! follow. Ordered, versioned, evaluated in memory. A rule's commands are decided
//! like everybody's: what they may not do is refused and noted, and the incident
//! goes on without it.

mod action;
mod check;
mod past;
mod record;
mod runs;
mod wait;

pub use action::{Action, Maker};
pub(crate) use check::condition;
pub use check::{Fault, faults, people_named};
pub use past::{Around, Hit, judge};
pub use record::{Known, Seen};
pub use runs::{Rest, RuleRuns};
pub use wait::{Fact, Wait, next_wait};

use wait::hours_named;

use crate::event::{Body, Event};
use crate::policy::Policy;
use kernel::{CalendarId, RuleId, limits, words};
use query::{Context, Expr, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// What sets rules off.
    Moment {
        /// It was reported.
        Reported = "reported",
        /// Title, service, category, fields or tags changed.
        Classified = "classified",
        /// Impact, urgency or priority changed.
        PriorityChanged = "priority_changed",
        /// Team or person changed.
        Assigned = "assigned",
        /// Somebody took it.
        Acknowledged = "acknowledged",
        /// The requester wrote something.
        Message = "message",
        /// Somebody of the provider wrote something, public or internal.
        Commented = "commented",
        /// It waits.
        PutOnHold = "put_on_hold",
        /// It goes on.
        Resumed = "resumed",
        /// A share of a target is used up.
        Warned = "warned",
        /// A target is breached.
        Breached = "breached",
        /// Another team or a manager was brought in.
        Escalated = "escalated",
        /// It was declared major.
        MajorDeclared = "major_declared",
        /// It was resolved.
        Resolved = "resolved",
        /// It is open again.
        Reopened = "reopened",
        /// Anything happened to it after its report.
        Changed = "changed",
        /// It was as it is for as long as the rule waits.
        Waited = "waited",
    }
}

impl Moment {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Moment::Reported => "It is reported",
            Moment::Classified => "It is classified or tagged",
            Moment::PriorityChanged => "Its priority changes",
            Moment::Assigned => "It is assigned",
            Moment::Acknowledged => "Somebody takes it",
            Moment::Message => "The requester writes",
            Moment::Commented => "We write",
            Moment::PutOnHold => "It is put on hold",
            Moment::Resumed => "Work goes on",
            Moment::Warned => "A clock warns",
            Moment::Breached => "A target is breached",
            Moment::Escalated => "It is escalated",
            Moment::MajorDeclared => "It is declared major",
            Moment::Resolved => "It is resolved",
            Moment::Reopened => "It is reopened",
            Moment::Changed => "Anything changes",
            Moment::Waited => "Time passes",
        }
    }

    /// The moments that these events are.
    pub fn of(events: &[Event]) -> BTreeSet<Moment> {
        events.iter().flat_map(|event| Moment::of_one(&event.body)).flatten().collect()
    }

    /// What an event is, and whether it is a change.
    fn of_one(body: &Body) -> [Option<Moment>; 2] {
        let named = match body {
            Body::Reported(_) => return [Some(Moment::Reported), None],
            Body::ClocksChanged(_) | Body::AgreementChanged(_) | Body::UpdateDueChanged(_) => {
                return [None; 2];
            }
            Body::RuleRan(_)
            | Body::RuleRefused(_)
            | Body::RuleRested(_)
            | Body::NobodyThere(_)
            | Body::ExpectationNears(_)
            | Body::AlertsChanged(_) => return [None; 2],
            paging if paging.is_about_paging() => return [None; 2],
            Body::Classified(_) | Body::Tagged(_) => Some(Moment::Classified),
            Body::PriorityChanged(_) => Some(Moment::PriorityChanged),
            Body::Assigned(_) => Some(Moment::Assigned),
            Body::Acknowledged(_) => Some(Moment::Acknowledged),
            Body::Commented(data) if data.by_requester => Some(Moment::Message),
            Body::Commented(data) if data.by_follower => None,
            Body::Commented(_) => Some(Moment::Commented),
            Body::PutOnHold(_) => Some(Moment::PutOnHold),
            Body::Resumed(_) => Some(Moment::Resumed),
            Body::ClockWarned(_) => Some(Moment::Warned),
            Body::ClockBreached(_) => Some(Moment::Breached),
            Body::Escalated(_) => Some(Moment::Escalated),
            Body::MajorDeclared(_) => Some(Moment::MajorDeclared),
            Body::Resolved(_) => Some(Moment::Resolved),
            Body::Reopened(_) => Some(Moment::Reopened),
            _ => None,
        };
        [named, Some(Moment::Changed)]
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it is called in timelines.
    pub name: String,
    /// Rules are tried in rising place.
    pub place: i64,
    /// Whether it is in use.
    pub active: bool,
    /// What sets it off.
    pub on: BTreeSet<Moment>,
    /// For how long it waits, where it is [`Moment::Waited`] that sets it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The condition, in the query language; empty: always.
    pub when: String,
    /// The commands that follow, in their order.
    #[serde(rename = "do")]
    pub actions: Vec<Action>,
    /// Whether no later rule is tried once this one matched.
    pub stop: bool,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// A rule that is in use, with its condition read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyRule {
    /// The rule.
    pub rule: Rule,
    /// Its condition.
    pub when: Expr,
    /// What it names that is not there any more; such a rule is left out.
    pub faults: Vec<Fault>,
    /// The calendars whose hours its condition asks for.
    hours: BTreeSet<CalendarId>,
}

impl ReadyRule {
    /// A rule as it stands under a policy. Requesters are taken to be known.
    pub fn of(rule: Rule, policy: &Policy) -> Self {
        let faults = faults(&rule, policy, &|_| true);
        let when = query::parse_condition(&rule.when)
            .map_or_else(|_| Expr::nothing(), |query| query.filter);
        let hours = hours_named(&when, policy);
        ReadyRule { rule, when, faults, hours }
    }

    /// Whether one of these moments sets it off.
    pub fn hears(&self, moments: &BTreeSet<Moment>) -> bool {
        self.faults.is_empty() && !self.rule.on.is_disjoint(moments)
    }

    /// The facts that make an incident match; `None` if it does not.
    pub fn why(&self, record: &dyn Record, context: &Context) -> Option<String> {
        query::matches(&self.when, record, context).then(|| because(&self.when, record, context))
    }
}

/// "priority is P1 and team is none": the facts that made a condition hold.
fn because(when: &Expr, record: &dyn Record, context: &Context) -> String {
    let reasons = query::explain(when, record, context);
    let mut facts: Vec<String> = Vec::new();
    for reason in reasons {
        if !facts.contains(&reason.because) {
            facts.push(reason.because);
        }
    }
    let text = if facts.is_empty() { "it always applies".to_owned() } else { facts.join(" and ") };
    text.chars().take(limits::REASON_CHARS).collect()
}

/// Whether a condition asks for words, which cost a look into the database.
pub fn asks_for_words(when: &Expr) -> bool {
    any_term(when, &|term| matches!(term, query::Term::Text(_)))
}

/// Whether a condition asks for people by more than their id.
pub fn asks_for_people(when: &Expr) -> bool {
    use query::Term;
    any_term(when, &|term| {
        matches!(term, Term::Requester(_) | Term::Assignee(_) | Term::Watcher(_) | Term::Vip(_))
    })
}

fn any_term(expr: &Expr, is: &dyn Fn(&query::Term) -> bool) -> bool {
    match expr {
        Expr::All => false,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| any_term(part, is)),
        Expr::Not(inner) => any_term(inner, is),
        Expr::Term(term) => is(term),
    }
}
