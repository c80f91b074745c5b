//! A decision in the making, which all families of commands share: each event
//! is applied as soon as it is emitted, so later steps see what earlier ones
//! did, and the clocks follow once at the end.

use super::allowed::ends;
use super::{Decision, Facts, Follow, Origin};
use crate::apply::apply;
use crate::clocks::{self, Clock, Spoken, Terms};
use crate::command::{Command, Report};
use crate::event::{Body, Cause, ClockBreached, ClocksChanged, Derived, Event};
use crate::policy::{Agreement, Policy, StaffPolicy};
use crate::refusal::Refusal;
use crate::state::State;
use kernel::{Actor, CalendarId, Channel, IncidentNumber, Timestamp, limits};

/// A decision in the making.
pub(crate) struct Draft<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) now: Timestamp,
    /// When it happened, for everything that counts time.
    pub(crate) at: Timestamp,
    pub(crate) spoken: Spoken,
    /// The calendar whose newest version the clocks go over to.
    pub(crate) renew: Option<CalendarId>,
    command: &'a Command,
    state: Option<State>,
    events: Vec<Event>,
    follow: Vec<Follow>,
    input_recorded: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        state: Option<&State>,
        command: &'a Command,
        facts: &'a Facts<'a>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let last = state.map_or(Timestamp::from_micros(i64::MIN), |state| state.updated_at);
        let wanted = facts.happened_at.unwrap_or(now);
        if wanted > now.max(last) {
            return Err(Refusal::invalid("happened_at", "lies in the future"));
        }
        // A clock that was set back must not turn time round.
        let at = wanted.max(last);
        if state.is_some_and(|state| state.version >= limits::EVENTS_PER_INCIDENT) && !ends(command)
        {
            return Err(Refusal::limit(format!(
                "this incident has {} entries, the most there can be; report a new one and link it",
                limits::EVENTS_PER_INCIDENT
            )));
        }
        Ok(Draft {
            facts,
            now: now.max(at),
            at,
            spoken: Spoken::default(),
            renew: None,
            command,
            state: state.cloned(),
            events: vec![],
            follow: vec![],
            input_recorded: false,
        })
    }

    /// The state as it is after what was emitted so far.
    pub(crate) fn state(&self) -> Result<&State, Refusal> {
        self.state
            .as_ref()
            .ok_or_else(|| Refusal::not_found("there is no such incident, or you may not see it"))
    }

    /// Everything that happened so far, where the facts hold it.
    pub(crate) fn timeline(&self) -> impl Iterator<Item = &Event> {
        self.facts.timeline.iter().chain(&self.events)
    }

    /// What this decision has recorded so far.
    pub(crate) fn recorded(&self) -> &[Event] {
        &self.events
    }

    /// The command that is decided.
    pub(crate) fn command(&self) -> &'a Command {
        self.command
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> &'a Policy {
        self.facts.policy
    }

    /// What the incident was promised.
    pub(crate) fn agreement(&self) -> Result<&'a Agreement, Refusal> {
        Ok(self.policy().agreement_of(self.state()?))
    }

    /// Whether another incident caused this, and nobody asked for it here.
    pub(crate) fn copied(&self) -> bool {
        self.facts.derived.as_ref().is_some_and(|derived| derived.by == "incident")
    }

    /// Whether the requester of this incident is the one who acts.
    pub(crate) fn by_requester(&self) -> bool {
        let person = self.facts.actor.person_id();
        person.is_some() && person == self.state.as_ref().map(|state| state.requester)
    }

    /// Whether a person who works for the provider acts, not as this incident's requester.
    pub(crate) fn by_provider(&self) -> bool {
        self.by_staff() && !self.by_requester()
    }

    /// Whether whoever acts works for the provider and has the incident: then their word is the
    /// provider's, also where they asked for it themselves.
    pub(crate) fn by_holder(&self) -> bool {
        let person = self.facts.actor.person_id();
        let has_it = self.state.as_ref().is_some_and(|state| state.assignee == person);
        person.is_some() && has_it && self.by_staff()
    }

    /// Whether a person acts who neither works for the provider nor asked for this incident. Who
    /// worked for it where the incident is taken over from is not known.
    pub(crate) fn by_follower(&self) -> bool {
        let is_here = self.facts.origin == Origin::Live;
        is_here
            && self.facts.actor.person_id().is_some()
            && !self.by_staff()
            && !self.by_requester()
    }

    fn by_staff(&self) -> bool {
        match (self.facts.viewer, self.facts.actor.person_id()) {
            (Some(viewer), _) => viewer.works(),
            (None, Some(person)) => {
                self.policy().staff.get(&person).is_some_and(StaffPolicy::works)
            }
            (None, None) => false,
        }
    }

    /// Records what the command itself did.
    pub(crate) fn emit(&mut self, body: impl Into<Body>) {
        self.emit_body(body.into());
    }

    fn emit_body(&mut self, body: Body) {
        let cause = match (&self.facts.derived, self.input_recorded) {
            (Some(derived), _) => Cause::Derived(derived.clone()),
            (None, false) => Cause::Input(Box::new(self.command.clone())),
            (None, true) => Cause::Derived(Derived {
                by: "policy".into(),
                name: self.command.name().as_str().into(),
                version: 0,
            }),
        };
        self.input_recorded = true;
        self.push(body, cause, self.facts.actor.clone(), self.facts.channel, self.at);
    }

    /// Records what followed from a policy.
    pub(crate) fn emit_by_policy(&mut self, name: &str, version: i64, body: impl Into<Body>) {
        let cause = Cause::Derived(Derived { by: "policy".into(), name: name.into(), version });
        self.push(body.into(), cause, self.facts.actor.clone(), self.facts.channel, self.at);
    }

    /// Records what the product itself does about it.
    pub(crate) fn emit_for_it(&mut self, name: &str, body: impl Into<Body>) {
        let cause = Cause::Derived(Derived { by: "policy".into(), name: name.into(), version: 0 });
        self.push(body.into(), cause, Actor::system(), self.facts.channel, self.at);
    }

    /// Records what a timer did, at its own instant.
    pub(crate) fn emit_by_timer(&mut self, name: &str, at: Timestamp, body: impl Into<Body>) {
        let cause = Cause::Derived(Derived { by: "timer".into(), name: name.into(), version: 0 });
        self.push(body.into(), cause, Actor::system(), Channel::Timer, at.min(self.now));
    }

    /// Tells another incident, in the same transaction.
    pub(crate) fn tell(&mut self, to: IncidentNumber, command: Command, required: bool) {
        self.follow.push(Follow { to: Some(to), command, required });
    }

    /// Reports another incident, in the same transaction.
    pub(crate) fn report_another(&mut self, report: Report) {
        self.follow.push(Follow {
            to: None,
            command: Command::Report(Box::new(report)),
            required: true,
        });
    }

    fn push(
        &mut self,
        body: Body,
        cause: Cause,
        actor: Actor,
        channel: Channel,
        happened_at: Timestamp,
    ) {
        let n = self.state.as_ref().map_or(0, |state| state.version) + 1;
        let event = Event {
            n,
            at: self.now,
            happened_at,
            actor,
            channel,
            cause,
            batch: self.facts.batch,
            body,
        };
        self.state = apply(self.state.take(), &event);
        self.events.push(event);
    }

    /// Brings the clocks in line with the state as it is now.
    pub(crate) fn follow_clocks(&mut self, at: Timestamp) {
        let Some(state) = self.state.as_ref() else { return };
        let terms = Terms { renew: self.renew, ..Terms::of(self.facts.policy, state) };
        let agreement = terms.agreement;
        let changed = clocks::follow(state, terms, self.spoken, at);
        if changed.is_empty() {
            return;
        }
        let breached: Vec<_> = changed
            .iter()
            .filter(|clock| !clock.left)
            .filter(|clock| {
                !state.clocks.iter().any(|c| c.kind == clock.kind && c.breached_at.is_some())
            })
            .filter_map(|clock| {
                let breached_at = clock.breached_at?;
                Some(ClockBreached { clock: clock.kind, breached_at })
            })
            .collect();
        let cause = Cause::Derived(Derived {
            by: "policy".into(),
            name: agreement.name.clone(),
            version: agreement.reference.version,
        });
        let channel = self.facts.channel;
        self.push(
            ClocksChanged { clocks: changed }.into(),
            cause.clone(),
            Actor::system(),
            channel,
            at,
        );
        for breach in breached {
            // Another target can be passed the moment it applies, and what began before the
            // report before it is known.
            self.push(breach.into(), cause.clone(), Actor::system(), channel, at);
        }
    }

    /// Records clocks that come to something else than was recorded, and the breaches
    /// that were none before.
    pub(crate) fn set_clocks(
        &mut self,
        why: &str,
        clocks: Vec<Clock>,
        breaches: Vec<ClockBreached>,
    ) {
        if clocks.is_empty() {
            return;
        }
        let cause =
            || Cause::Derived(Derived { by: "policy".into(), name: why.into(), version: 0 });
        let (channel, at) = (self.facts.channel, self.at);
        self.push(ClocksChanged { clocks }.into(), cause(), Actor::system(), channel, at);
        for breach in breaches {
            self.push(breach.into(), cause(), Actor::system(), channel, at);
        }
    }

    pub(super) fn finish(mut self) -> Decision {
        self.follow_clocks(self.at);
        super::majors::follow(&mut self);
        super::paging::follow(&mut self);
        Decision { events: self.events, state: self.state, follow: self.follow }
    }
}
