//! From a wish to events, or to a typed refusal that changes nothing.
//!
//! Every family of commands has its file. They share the [`Draft`]: each event
//! is applied as soon as it is emitted, so later steps see what earlier ones
//! did, and the clocks follow once at the end.

mod classification;
mod conversation;
mod lifecycle;
mod people;
mod relations;
mod report;
mod timer;
mod undo;
mod work;

pub use undo::undoable;

use crate::apply::apply;
use crate::clocks::{self, Spoken};
use crate::command::{Command, CommandName, Related, Report};
use crate::event::{Body, Cause, ClockBreached, ClocksChanged, Derived, Event};
use crate::permissions::{self, Viewer};
use crate::policy::{PersonFacts, Policy, StaffPolicy};
use crate::refusal::{Refusal, RefusalKind};
use crate::state::{Lifecycle, State};
use kernel::{Actor, BatchId, Channel, IncidentNumber, PersonId, Timestamp, limits};
use std::collections::HashMap;

/// Whether a command comes from life or from another system's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It happens now.
    Live,
    /// It is replayed at its own time and tells nobody.
    Import,
}

/// Everything a decision depends on besides the state, the command and the instant.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The number, once there is one.
    pub number: Option<IncidentNumber>,
    /// Who acts; `None` for the product itself.
    pub viewer: Option<&'a Viewer>,
    /// How the actor is named in the timeline.
    pub actor: Actor,
    /// Through which door.
    pub channel: Channel,
    /// From life or from the past.
    pub origin: Origin,
    /// When it happened, if earlier than now.
    pub happened_at: Option<Timestamp>,
    /// The bulk edit it belongs to.
    pub batch: Option<BatchId>,
    /// Directory, matrix, agreement.
    pub policy: &'a Policy,
    /// People named in the command who are not staff.
    pub people: &'a HashMap<PersonId, PersonFacts>,
    /// The other incident that the command names, if it exists and may be seen.
    pub other: Option<&'a State>,
    /// Incidents up the chain of parents and merges of `other`, to find circles.
    pub above_other: &'a [IncidentNumber],
    /// The event that an undo names.
    pub undo: Option<&'a Event>,
    /// What it follows from, when another incident or a rule caused it.
    pub derived: Option<Derived>,
}

/// A command that another incident gets in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Follow {
    /// Which incident, or a new one.
    pub to: Option<IncidentNumber>,
    /// What it gets.
    pub command: Command,
    /// Whether its refusal refuses the whole.
    pub required: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The events, in order.
    pub events: Vec<Event>,
    /// The state after them; `None` only when nothing exists and nothing was reported here.
    pub state: Option<State>,
    /// What other incidents are told.
    pub follow: Vec<Follow>,
}

/// Decides one command. `state` is `None` for a report.
pub fn decide(
    state: Option<&State>,
    command: &Command,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if let Some(viewer) = facts.viewer {
        permissions::may(viewer, state, command)?;
    }
    let mut draft = Draft::new(state, command, facts, now)?;
    if state.is_some() {
        timer::ring(&mut draft);
    }
    match run(&mut draft, command) {
        Ok(()) => Ok(draft.finish()),
        Err(refusal) => Err(name_allowed(refusal, state, command, facts, now)),
    }
}

/// What the timers of this state say at `now`, as events of the product itself.
pub fn tick(
    state: &State,
    number: IncidentNumber,
    policy: &Policy,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let nobody = HashMap::new();
    let facts = Facts {
        number: Some(number),
        viewer: None,
        actor: Actor::system(),
        channel: Channel::Timer,
        origin: Origin::Live,
        happened_at: None,
        batch: None,
        policy,
        people: &nobody,
        other: None,
        above_other: &[],
        undo: None,
        derived: None,
    };
    decide(Some(state), &Command::Tick, &facts, now)
}

/// The commands that the state (rights apart) allows now.
pub fn allowed(state: &State) -> impl Iterator<Item = CommandName> + '_ {
    CommandName::ALL.iter().copied().filter(move |name| allowed_in(state, *name))
}

fn allowed_in(state: &State, name: CommandName) -> bool {
    use CommandName as C;
    let life = state.lifecycle;
    let over = matches!(life, Lifecycle::Closed | Lifecycle::Cancelled);
    match name {
        C::Report | C::Tick | C::Note => false,
        // What a closed incident still takes.
        C::Link | C::Unlink | C::Redact | C::Watch | C::Restrict | C::Tag | C::LogWork => true,
        C::Unwatch => !state.watchers.is_empty(),
        C::Comment | C::Attach => life != Lifecycle::Cancelled,
        C::Resume => life == Lifecycle::OnHold,
        C::Confirm | C::Dispute | C::Close | C::Reopen => life == Lifecycle::Resolved,
        C::NotAReopening => life.is_open() && state.before_reopening.is_some(),
        C::Acknowledge => life.is_open() && state.moments.acknowledged.is_none(),
        C::Unmerge => state.merged_into.is_some(),
        C::Merge => state.merged_into.is_none() && !over,
        C::StandDown => state.major && !over,
        C::DeclareMajor => !state.major && life.is_open(),
        C::Hold | C::Resolve | C::Cancel | C::Escalate => life.is_open(),
        C::Mitigate | C::Restore | C::Undo | C::Classify | C::Prioritise | C::Assign => !over,
        C::GiveRole | C::AddTask | C::CompleteTask | C::ReopenTask => !over,
        C::PublishUpdate | C::SetExpectedResolution => !over,
    }
}

/// Names what could be done instead, as the incident stands once its timers have rung.
fn name_allowed(
    mut refusal: Refusal,
    state: Option<&State>,
    command: &Command,
    facts: &Facts,
    now: Timestamp,
) -> Refusal {
    let (RefusalKind::State, Some(_)) = (refusal.kind, state) else { return refusal };
    let Ok(mut rung) = Draft::new(state, command, facts, now) else { return refusal };
    timer::ring(&mut rung);
    let Ok(state) = rung.state() else { return refusal };
    refusal.allowed = match facts.viewer {
        Some(viewer) => {
            let granted = permissions::granted(viewer, state);
            allowed(state).filter(|name| granted(*name)).collect()
        }
        None => allowed(state).collect(),
    };
    refusal
}

/// Whether the command may still be recorded when the timeline is full: what
/// ends an incident, what must be forgotten or hidden, and what its timers say.
fn ends(command: &Command) -> bool {
    matches!(
        command,
        Command::Resolve { .. }
            | Command::Confirm
            | Command::Close
            | Command::Cancel { .. }
            | Command::Redact { .. }
            | Command::Restrict { .. }
            | Command::Unmerge
            | Command::Tick
            | Command::Note(
                Related::ChildRemoved { .. }
                    | Related::MainEnded
                    | Related::MergeWithdrawn { .. }
                    | Related::UnlinkedBack { .. }
            )
    )
}

fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    if let Command::Report(report) = command {
        if draft.state.is_some() {
            return Err(Refusal::state("exists", "this incident is reported already"));
        }
        return report::report(draft, report);
    }
    let name = command.name();
    let state = draft.state()?;
    if !matches!(name, CommandName::Tick | CommandName::Note) && !allowed_in(state, name) {
        return Err(lifecycle::not_now(state, name));
    }
    if lifecycle::keeps_its_own_way(draft, name) {
        return Ok(());
    }
    match command {
        Command::Report(_) | Command::Tick => Ok(()),
        Command::Note(related) => relations::note(draft, related),
        Command::Classify { .. } | Command::Prioritise { .. } | Command::Tag { .. } => {
            classification::run(draft, command)
        }
        Command::Assign { .. }
        | Command::Escalate { .. }
        | Command::Watch { .. }
        | Command::Unwatch { .. } => people::run(draft, command),
        Command::Restrict { .. } | Command::GiveRole { .. } => people::run(draft, command),
        Command::Comment { .. } | Command::Attach { .. } | Command::PublishUpdate { .. } => {
            conversation::run(draft, command)
        }
        Command::SetExpectedResolution { .. } | Command::Redact { .. } => {
            conversation::run(draft, command)
        }
        Command::Link { .. }
        | Command::Unlink { .. }
        | Command::Merge { .. }
        | Command::Unmerge => relations::run(draft, command),
        Command::AddTask { .. }
        | Command::CompleteTask { .. }
        | Command::ReopenTask { .. }
        | Command::LogWork { .. } => work::run(draft, command),
        Command::DeclareMajor { .. } | Command::StandDown { .. } => work::run(draft, command),
        Command::Undo { n } => undo::undo(draft, *n),
        Command::Acknowledge
        | Command::Hold { .. }
        | Command::Resume
        | Command::Mitigate
        | Command::Restore
        | Command::Resolve { .. }
        | Command::Confirm
        | Command::Dispute { .. }
        | Command::Reopen { .. }
        | Command::NotAReopening
        | Command::Close
        | Command::Cancel { .. } => lifecycle::run(draft, command),
    }
}

/// A decision in the making.
pub(crate) struct Draft<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) now: Timestamp,
    /// When it happened, for everything that counts time.
    pub(crate) at: Timestamp,
    pub(crate) spoken: Spoken,
    command: &'a Command,
    state: Option<State>,
    events: Vec<Event>,
    follow: Vec<Follow>,
    input_recorded: bool,
}

impl<'a> Draft<'a> {
    fn new(
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

    /// The policy in force.
    pub(crate) fn policy(&self) -> &'a Policy {
        self.facts.policy
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
        let works = match (self.facts.viewer, self.facts.actor.person_id()) {
            (Some(viewer), _) => viewer.works(),
            (None, Some(person)) => {
                self.policy().staff.get(&person).is_some_and(StaffPolicy::works)
            }
            (None, None) => false,
        };
        works && !self.by_requester()
    }

    /// Records what the command itself did.
    pub(crate) fn emit(&mut self, body: impl Into<Body>) {
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
        self.push(body.into(), cause, self.facts.actor.clone(), self.facts.channel, self.at);
    }

    /// Records what followed from a policy.
    pub(crate) fn emit_by_policy(&mut self, name: &str, version: i64, body: impl Into<Body>) {
        let cause = Cause::Derived(Derived { by: "policy".into(), name: name.into(), version });
        self.push(body.into(), cause, self.facts.actor.clone(), self.facts.channel, self.at);
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
        let agreement = &self.policy().agreement;
        let changed = clocks::follow(state, agreement, self.spoken, at);
        if changed.is_empty() {
            return;
        }
        let breached: Vec<_> = changed
            .iter()
            .filter(|clock| clock.breached_at == Some(at))
            .filter(|clock| {
                !state.clocks.iter().any(|c| c.kind == clock.kind && c.breached_at.is_some())
            })
            .map(|clock| ClockBreached { clock: clock.kind, breached_at: at })
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
            // Another target can be passed the moment it applies.
            self.push(breach.into(), cause.clone(), Actor::system(), channel, at);
        }
    }

    fn finish(mut self) -> Decision {
        self.follow_clocks(self.at);
        Decision { events: self.events, state: self.state, follow: self.follow }
    }
}
