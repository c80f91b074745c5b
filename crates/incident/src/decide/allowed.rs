//! Which commands a state takes, and what to say of those it does not.

use crate::alerts::AlertNews;
use crate::command::{Command, CommandName, Related};
use crate::refusal::Refusal;
use crate::state::{Lifecycle, State};

/// The commands that the state (rights apart) allows now.
pub fn allowed(state: &State) -> impl Iterator<Item = CommandName> + '_ {
    CommandName::ALL.iter().copied().filter(move |name| allowed_in(state, *name))
}

pub(super) fn allowed_in(state: &State, name: CommandName) -> bool {
    use CommandName as C;
    let life = state.lifecycle;
    let over = matches!(life, Lifecycle::Closed | Lifecycle::Cancelled);
    match name {
        C::Report | C::Tick | C::Note | C::Recompute | C::TakeAlerts => false,
        // What a closed incident still takes.
        C::Link | C::Unlink | C::Redact | C::Watch | C::Restrict | C::Tag | C::LogWork => true,
        C::Unwatch => !state.watchers.is_empty(),
        C::Comment | C::Attach => life != Lifecycle::Cancelled,
        C::Resume => life == Lifecycle::OnHold,
        C::Confirm | C::Dispute | C::Close | C::Reopen => life == Lifecycle::Resolved,
        C::Rate => life == Lifecycle::Closed,
        C::NotAReopening => life.is_open() && state.before_reopening.is_some(),
        C::Acknowledge => {
            life.is_open() && (state.moments.acknowledged.is_none() || state.is_paging())
        }
        C::DeclinePage | C::EscalatePage => state.is_paging(),
        C::Unmerge => state.merged_into.is_some(),
        C::Merge => state.merged_into.is_none() && !over,
        C::StandDown => state.major && !over,
        C::DeclareMajor => !state.major && life.is_open(),
        C::ProposeMajor => !state.major && life.is_open() && state.proposal().is_none(),
        C::DeclineMajor => !over && state.proposal().is_some(),
        C::AcceptRole | C::DeclineRole => {
            !over && state.conduct.as_ref().is_some_and(|conduct| !conduct.offers.is_empty())
        }
        C::AnswerCall => {
            !over && state.conduct.as_ref().is_some_and(|conduct| !conduct.responders.is_empty())
        }
        C::ApproveUpdate | C::RejectUpdate => {
            !over && state.conduct.as_ref().is_some_and(|conduct| !conduct.drafts.is_empty())
        }
        C::HandOver | C::SetRoom | C::StateImpact | C::DraftUpdate => !over,
        // What was out is known better afterwards.
        C::RecordOutage => life != Lifecycle::Cancelled,
        C::ChangeOutage | C::RemoveOutage => {
            life != Lifecycle::Cancelled && !state.outages.is_empty()
        }
        C::Hold | C::Resolve | C::Cancel | C::Escalate => life.is_open(),
        C::Promise | C::ApplyModel | C::Page | C::CallResponders => life.is_open(),
        C::ExplainBreach => state.breaches().next().is_some(),
        C::CorrectPause => !over,
        C::Mitigate | C::Restore | C::Undo | C::Classify | C::Prioritise | C::Assign => !over,
        // A low rating makes a task when it is closed.
        C::CompleteTask | C::ReopenTask => !over || state.follow_up().is_some(),
        C::GiveRole | C::AddTask => !over,
        C::PublishUpdate | C::SetExpectedResolution => !over,
    }
}

/// The refusal of a command that this state does not allow, in plain words.
pub(super) fn not_now(state: &State, name: CommandName) -> Refusal {
    let where_it_is = match state.lifecycle {
        Lifecycle::New => "is new",
        Lifecycle::InProgress => "is in progress",
        Lifecycle::OnHold => "is on hold",
        Lifecycle::Resolved => "is resolved and waits for confirmation",
        Lifecycle::Closed => "is closed, which is final; report a follow-up instead",
        Lifecycle::Cancelled => "is cancelled, which is final; report a new one instead",
    };
    if name == CommandName::ProposeMajor && state.lifecycle.is_open() {
        // A rule that says it again says nothing.
        let already = if state.major { "major" } else { "proposed" };
        let words = format!("this incident is already {already}");
        return Refusal::state("nothing_to_change", words);
    }
    let message = match name {
        CommandName::Acknowledge
            if state.moments.acknowledged.is_some() && state.lifecycle.is_open() =>
        {
            "this incident is already acknowledged".to_owned()
        }
        CommandName::DeclareMajor if state.major => "this incident is already major".to_owned(),
        CommandName::DeclineMajor if state.proposal().is_none() => {
            "nobody proposes to declare this incident major".to_owned()
        }
        CommandName::AcceptRole | CommandName::DeclineRole => {
            "no role of this incident is offered to anybody now".to_owned()
        }
        CommandName::AnswerCall => "nobody was asked to come to this incident".to_owned(),
        CommandName::ApproveUpdate | CommandName::RejectUpdate => {
            "no update of this incident waits for approval".to_owned()
        }
        CommandName::ChangeOutage | CommandName::RemoveOutage if state.outages.is_empty() => {
            "no outage is recorded with this incident".to_owned()
        }
        CommandName::StandDown if !state.major => "this incident is not major".to_owned(),
        CommandName::Unmerge => "this incident is not merged into another".to_owned(),
        CommandName::Merge if state.merged_into.is_some() => {
            "this incident is already merged; unmerge it first".to_owned()
        }
        CommandName::ExplainBreach => "no clock of this incident has passed its target".to_owned(),
        CommandName::DeclinePage | CommandName::EscalatePage => {
            "nobody is paged about this incident now".to_owned()
        }
        CommandName::Rate => "an incident is rated once it is closed".to_owned(),
        CommandName::NotAReopening => "this incident was not reopened by a reply".to_owned(),
        _ => format!("{name} is not possible now: the incident {where_it_is}"),
    };
    Refusal::state("not_in_this_state", message)
}

/// Whether the command may still be recorded when the timeline is full: what
/// ends an incident, what must be forgotten or hidden, and what its timers say.
pub(super) fn ends(command: &Command) -> bool {
    let over = |news: &AlertNews| news.firing == 0;
    matches!(command, Command::TakeAlerts(news) if over(news))
        || matches!(
            command,
            Command::Resolve { .. }
                | Command::Confirm
                | Command::Close
                | Command::Rate { .. }
                | Command::Cancel { .. }
                | Command::Redact { .. }
                | Command::Restrict { .. }
                | Command::Unmerge
                | Command::Tick
                | Command::Recompute { .. }
                | Command::Note(
                    Related::ChildRemoved { .. }
                        | Related::MainEnded
                        | Related::MergeWithdrawn { .. }
                        | Related::UnlinkedBack { .. }
                        | Related::PageFailed { .. }
                )
                | Command::Acknowledge
        )
}
