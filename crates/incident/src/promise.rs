//! Promises to people, explanations of breaches, and when it was told that it takes
//! longer than was said.

use crate::clocks::ClockKind;
use crate::event::{Body, Event};
use crate::state::{Lifecycle, State};
use kernel::{ContentId, InOrder, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// A fixed instant that was given to somebody. Nothing moves it but another word to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// To whom it was given.
    pub to: PersonId,
    /// What was promised: it is over by then.
    pub at: Timestamp,
    /// When it was given.
    pub given_at: Timestamp,
    /// It passed while the incident was open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
    /// It passed while the incident was resolved; taking it up again breaks nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

impl Promise {
    /// Whether it lies ahead, as far as is recorded.
    pub fn is_pending(&self) -> bool {
        !self.broken && !self.kept
    }
}

/// Why a clock passed its target, and who sees to it that it does not happen again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Why, internal.
    pub reason: ContentId,
    /// Who owns it.
    pub owner: PersonId,
    /// The breach that it explains, with all that the clock had before.
    pub breached_at: Timestamp,
    /// When it was given.
    pub at: Timestamp,
}

/// A breach that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach<'a> {
    /// Which clock passed its target.
    pub clock: ClockKind,
    /// When.
    pub at: Timestamp,
    /// Why, and who owns it, once somebody has said so.
    pub explanation: Option<&'a Explanation>,
}

/// Whether breaches are explained; nothing where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Explained {
    /// All of them.
    All,
    /// One asks for its reason at least.
    Missing,
}

impl From<Explained> for query::Breach {
    fn from(explained: Explained) -> Self {
        match explained {
            Explained::All => query::Breach::Explained,
            Explained::Missing => query::Breach::Unexplained,
        }
    }
}

impl State {
    /// The last breach of each clock that has one. What came by import and was never
    /// touched here asks nobody anything.
    pub fn breaches(&self) -> impl Iterator<Item = Breach<'_>> {
        let clocks = self.clocks.iter().filter(|_| !self.quiet);
        clocks.filter_map(|clock| {
            let at = clock.breached_at.or(clock.first_breached_at)?;
            let explanation = self.explanations.get(&clock.kind);
            let explanation = explanation.filter(|given| given.breached_at >= at);
            Some(Breach { clock: clock.kind, at, explanation })
        })
    }

    /// Whether its breaches are explained.
    pub fn explained(&self) -> Option<Explained> {
        let each = self.breaches().map(|breach| match breach.explanation {
            Some(_) => Explained::All,
            None => Explained::Missing,
        });
        each.max()
    }

    /// The promise that somebody was given, kept or not.
    pub fn promise_to(&self, person: PersonId) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.to == person)
    }

    /// Promises that lie ahead and are not met yet, soonest first.
    pub fn pending_promises(&self) -> impl Iterator<Item = &Promise> {
        let open = self.lifecycle.is_open();
        self.promises.iter().filter(move |promise| open && promise.is_pending())
    }

    /// Promises that were broken, while it is open.
    pub fn broken_promises(&self) -> impl Iterator<Item = &Promise> {
        let open = self.lifecycle.is_open();
        self.promises.iter().filter(move |promise| open && promise.broken)
    }

    /// Whether the requester waits for longer than they were told.
    pub fn is_later_than_said(&self) -> bool {
        self.lifecycle.is_open() && self.deviated_at.is_some()
    }

    pub(crate) fn set_promise(&mut self, promise: Promise) {
        self.promises.retain(|other| other.to != promise.to);
        self.promises.push(promise);
        self.promises.order_by_key(|promise| (promise.at, promise.to));
    }

    /// What passed while it was resolved was kept, whatever comes after.
    pub(crate) fn keep_passed_promises(&mut self, now: Timestamp) {
        if self.lifecycle != Lifecycle::Resolved {
            return;
        }
        let passed = |promise: &&mut Promise| promise.is_pending() && promise.at <= now;
        self.promises.iter_mut().filter(passed).for_each(|promise| promise.kept = true);
    }
}

/// What an event about promises makes of an incident.
pub(crate) fn apply(state: &mut State, event: &Event) {
    let at = event.happened_at;
    let pending = |to, promised_for| Promise {
        to,
        at: promised_for,
        given_at: at,
        broken: false,
        kept: false,
    };
    match &event.body {
        Body::Promised(data) => {
            state.set_promise(pending(data.to, data.at));
            if data.to_requester {
                state.deviated_at = None;
            }
        }
        Body::PromiseChanged(data) => {
            match data.at {
                Some(promised_for) => state.set_promise(pending(data.to, promised_for)),
                None => state.promises.retain(|promise| promise.to != data.to),
            }
            if data.to_requester && data.at.is_some() {
                state.deviated_at = None;
            }
        }
        Body::PromiseBroken(data) => {
            if let Some(promise) = state.promises.iter_mut().find(|promise| promise.to == data.to) {
                promise.broken = true;
            }
            if data.to_requester {
                state.deviated_at.get_or_insert(at);
            }
        }
        Body::BreachExplained(data) => {
            let explanation = Explanation {
                reason: data.reason,
                owner: data.owner,
                breached_at: data.breached_at,
                at,
            };
            state.explanations.insert(data.clock, explanation);
        }
        // The clocks as they stood before a reopening are not true any more.
        Body::PauseCorrected(_) => state.before_reopening = None,
        _ => {}
    }
}
