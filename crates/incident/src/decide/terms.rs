//! Which promises hold: the agreement of an incident, and going over to newer terms.

use super::Draft;
use crate::event::AgreementChanged;
use crate::impact::Subject;
use crate::policy::Agreement;
use crate::refusal::Refusal;

/// What is classified anew may fall under another agreement. A newer version of the
/// same one changes nothing: the incident keeps what it was promised.
pub(super) fn choose_again(draft: &mut Draft) -> Result<(), Refusal> {
    let state = draft.state()?;
    if !state.lifecycle.is_open() {
        return Ok(());
    }
    let chosen = in_force(draft)?;
    if chosen.reference.id != state.agreement.id {
        go_over(draft, chosen)?;
    }
    Ok(())
}

/// A change of the agreement is taken back: the very version from before holds again. What
/// came to another agreement since falls under whatever applies now.
pub(super) fn go_back(draft: &mut Draft, changed: &AgreementChanged) -> Result<(), Refusal> {
    let before = draft.policy().agreements.get(changed.before);
    match before.filter(|_| draft.state().is_ok_and(|s| s.agreement.id == changed.agreement.id)) {
        Some(before) => go_over(draft, before),
        None => choose_again(draft),
    }
}

/// Open incidents go over to what changed: an agreement, where it applies or applied, or
/// the newest version of a calendar. What is used up stays used up, and what else changed
/// meanwhile stays as it was promised.
pub(super) fn recompute(draft: &mut Draft, subject: Subject) -> Result<(), Refusal> {
    let state = draft.state()?;
    if !state.lifecycle.is_open() {
        return Ok(());
    }
    match subject {
        Subject::Agreement(id) => {
            let chosen = in_force(draft)?;
            let concerned = chosen.reference.id == id || state.agreement.id == id;
            if concerned && chosen.reference != state.agreement {
                go_over(draft, chosen)?;
            }
        }
        Subject::Calendar(id) => draft.renew = Some(id),
        // Its rules are tried, as always when something happens.
        Subject::Rule(_) => {}
    }
    Ok(())
}

fn in_force<'a>(draft: &Draft<'a>) -> Result<&'a Agreement, Refusal> {
    let state = draft.state()?;
    let (service, organisation) = (state.service, state.organisation);
    let (category, requester) = (state.category, state.requester);
    Ok(draft.policy().choose_agreement(service, organisation, category, requester, draft.now))
}

fn go_over(draft: &mut Draft, to: &Agreement) -> Result<(), Refusal> {
    let before = draft.state()?.agreement;
    let body = AgreementChanged { agreement: to.reference, before };
    draft.emit_by_policy(&to.name, to.reference.version, body);
    Ok(())
}
