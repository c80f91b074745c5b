//! From a wish to events, or to a typed refusal that changes nothing.
//!
//! Every family of commands has its file; they share the [`Draft`].

mod alerts;
mod allowed;
mod classification;
mod conversation;
mod draft;
mod lifecycle;
mod majors;
mod models;
mod paging;
mod people;
mod promises;
mod relations;
mod report;
mod terms;
mod timer;
mod undo;
mod work;

pub use allowed::allowed;
pub use undo::{UNDO_EVENTS, undoable};

pub(crate) use classification::{check_fields, check_tags};

pub(crate) use draft::Draft;

use crate::command::{Command, CommandName};
use crate::escalation::Turns;
use crate::event::{Derived, Event};
use crate::permissions::{self, Viewer};
use crate::policy::{PersonFacts, Policy};
use crate::refusal::{Refusal, RefusalKind};
use crate::state::State;
use allowed::{allowed_in, not_now};
use kernel::{Actor, BatchId, Channel, ContentId, IncidentNumber, PersonId, Timestamp};
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
    /// When it happened, if earlier than now. What happened at or before a due instant wins over
    /// it, also where the breach was noticed; but a timeline never runs back, so that what is said
    /// to have happened before the last entry counts as of that entry.
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
    /// The event that an undo names, and what came right after it.
    pub undo: &'a [Event],
    /// The whole timeline, where a command goes by it: the correction of a pause does, taking
    /// back an assignment, and an alert that was given back at its source.
    pub timeline: &'a [Event],
    /// Whose turn it was last in steps of paging that take turns.
    pub turns: &'a Turns,
    /// Whether an article was used on it; asked only where a resolution needs to know.
    pub article: bool,
    /// What the task is called that a low rating makes; asked only where one is given.
    pub follow_up: Option<ContentId>,
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
    by_the_product(state, number, &Command::Tick, policy, now)
}

/// What the product itself wishes, as its timers do.
pub(crate) fn by_the_product(
    state: &State,
    number: IncidentNumber,
    command: &Command,
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
        undo: &[],
        timeline: &[],
        turns: &Turns::new(),
        article: false,
        follow_up: None,
        derived: None,
    };
    decide(Some(state), command, &facts, now)
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
            let heard = |name| name == CommandName::Comment && viewer.person == state.requester;
            let takes = |name| allowed_in(state, name) || heard(name);
            let all = CommandName::ALL.iter().copied();
            all.filter(|name| takes(*name) && granted(*name)).collect()
        }
        None => allowed(state).collect(),
    };
    refusal
}

fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    if let Command::Report(report) = command {
        if draft.state().is_ok() {
            return Err(Refusal::state("exists", "this incident is reported already"));
        }
        return report::report(draft, report);
    }
    let name = command.name();
    let state = draft.state()?;
    let anytime = name.is_of_the_product() || conversation::is_heard(draft, command);
    if !anytime && !allowed_in(state, name) {
        return Err(not_now(state, name));
    }
    if lifecycle::keeps_its_own_way(draft, name) {
        return Ok(());
    }
    match command {
        Command::Report(_) | Command::Tick => Ok(()),
        Command::Recompute { subject } => terms::recompute(draft, *subject),
        Command::Note(related) => relations::note(draft, related),
        Command::TakeAlerts(news) => alerts::take(draft, news),
        Command::Classify { .. } | Command::Prioritise { .. } | Command::Tag { .. } => {
            classification::run(draft, command)
        }
        Command::Assign { .. }
        | Command::Escalate { .. }
        | Command::Watch { .. }
        | Command::Unwatch { .. } => people::run(draft, command),
        Command::Restrict { .. } | Command::GiveRole { .. } => people::run(draft, command),
        Command::Comment { .. }
        | Command::Attach { .. }
        | Command::SetExpectedResolution { .. }
        | Command::Redact { .. } => conversation::run(draft, command),
        Command::Link { .. }
        | Command::Unlink { .. }
        | Command::Merge { .. }
        | Command::Unmerge => relations::run(draft, command),
        Command::AddTask { .. }
        | Command::CompleteTask { .. }
        | Command::ReopenTask { .. }
        | Command::LogWork { .. } => work::run(draft, command),
        Command::ProposeMajor { .. }
        | Command::DeclineMajor { .. }
        | Command::DeclareMajor { .. }
        | Command::StandDown { .. }
        | Command::HandOver { .. }
        | Command::AcceptRole { .. }
        | Command::DeclineRole { .. }
        | Command::CallResponders { .. }
        | Command::AnswerCall { .. }
        | Command::SetRoom { .. }
        | Command::StateImpact { .. }
        | Command::RecordOutage { .. }
        | Command::ChangeOutage { .. }
        | Command::RemoveOutage { .. }
        | Command::PublishUpdate { .. }
        | Command::DraftUpdate { .. }
        | Command::ApproveUpdate { .. }
        | Command::RejectUpdate { .. } => majors::run(draft, command),
        Command::Promise { .. } | Command::ExplainBreach { .. } | Command::CorrectPause { .. } => {
            promises::run(draft, command)
        }
        Command::Page { .. } | Command::DeclinePage { .. } | Command::EscalatePage => {
            paging::run(draft, command)
        }
        Command::ApplyModel(wanted) => models::apply(draft, wanted),
        Command::Undo { n } => undo::undo(draft, *n),
        Command::Acknowledge
        | Command::Hold { .. }
        | Command::Resume
        | Command::Mitigate { .. }
        | Command::Restore { .. }
        | Command::Resolve { .. }
        | Command::Confirm
        | Command::Dispute { .. }
        | Command::Rate { .. }
        | Command::Reopen { .. }
        | Command::NotAReopening
        | Command::Close
        | Command::Cancel { .. } => lifecycle::run(draft, command),
    }
}
