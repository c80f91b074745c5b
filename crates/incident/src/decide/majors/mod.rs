//! Major incidents: proposed, declared and conducted. Roles, calls, outages and updates have
//! their files; what follows by itself is in `clock`.

mod call;
mod clock;
mod outages;
mod roles;
mod updates;

pub(super) use clock::{follow, overdue};
pub(super) use outages::{go_on_in, take_back as take_back_outage};

use super::Draft;
use crate::command::Command;
use crate::conduct;
use crate::event::{
    ImpactStated, MajorDeclared, MajorDeclined, MajorProposed, MajorStoodDown, RoomSet,
};
use crate::refusal::Refusal;
use kernel::{ContentId, RuleId};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::ProposeMajor { reason } => {
            let rule = rule_that_acts(draft);
            check_is_undecided(draft, rule)?;
            draft.emit(MajorProposed { reason: *reason, rule });
            Ok(())
        }
        Command::DeclineMajor { reason } => {
            draft.emit(MajorDeclined { reason: *reason });
            Ok(())
        }
        Command::DeclareMajor { reason } => {
            check_is_undecided(draft, rule_that_acts(draft))?;
            declare(draft, *reason)
        }
        Command::StandDown { reason } => {
            draft.emit(MajorStoodDown { reason: *reason });
            Ok(())
        }
        Command::HandOver { .. } | Command::AcceptRole { .. } | Command::DeclineRole { .. } => {
            roles::run(draft, command)
        }
        Command::CallResponders { .. } | Command::AnswerCall { .. } => call::run(draft, command),
        Command::RecordOutage { .. }
        | Command::ChangeOutage { .. }
        | Command::RemoveOutage { .. } => outages::run(draft, command),
        Command::PublishUpdate { .. }
        | Command::DraftUpdate { .. }
        | Command::ApproveUpdate { .. }
        | Command::RejectUpdate { .. } => updates::run(draft, command),
        Command::SetRoom { .. } | Command::StateImpact { .. } => say(draft, command),
        _ => Ok(()),
    }
}

/// The rule whose command this is, if it is one's.
fn rule_that_acts(draft: &Draft) -> Option<RuleId> {
    let derived = draft.facts.derived.as_ref().filter(|derived| derived.by == "rule")?;
    let mut rules = draft.policy().rules.iter().map(|ready| &ready.rule);
    let acts = rules.find(|rule| rule.name == derived.name && rule.version == derived.version);
    acts.map(|rule| rule.id)
}

/// A rule does not say again what people decided otherwise: it would at each change.
fn check_is_undecided(draft: &Draft, rule: Option<RuleId>) -> Result<(), Refusal> {
    let Some((conduct, rule)) = draft.state()?.conduct.as_deref().zip(rule) else { return Ok(()) };
    if conduct.stood_down_at.is_none() && !conduct.declined_rules.contains(&rule) {
        return Ok(());
    }
    Err(Refusal::state("nothing_to_change", "people decided that it is no major incident"))
}

fn declare(draft: &mut Draft, reason: Option<ContentId>) -> Result<(), Refusal> {
    let (state, at) = (draft.state()?, draft.at);
    let promised = conduct::promised(state, at);
    let first = conduct::first_due(draft.agreement()?, at);
    let clocked = state.merged_into.is_none();
    let update_due = promised.or(first).filter(|_| clocked);
    draft.emit(MajorDeclared { reason, conducted: true, update_due });
    outages::begin(draft);
    Ok(())
}

fn say(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    let conduct = draft.state()?.conduct.as_deref();
    let same = |what: &str| {
        Refusal::state("nothing_to_change", format!("there is no {what} to take back"))
    };
    match command {
        Command::SetRoom { kind, address } => {
            let before = conduct.and_then(|conduct| conduct.rooms.get(kind)).copied();
            if before.is_none() && address.is_none() {
                return Err(same("address"));
            }
            draft.emit(RoomSet { kind: *kind, address: *address, before });
        }
        Command::StateImpact { statement } => {
            let before = conduct.and_then(|conduct| conduct.impact);
            if before.is_none() && statement.is_none() {
                return Err(same("statement"));
            }
            draft.emit(ImpactStated { statement: *statement, before });
        }
        _ => {}
    }
    Ok(())
}
