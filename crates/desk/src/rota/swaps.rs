//! Shifts that are offered and taken. Nobody is rid of a shift before somebody else has it.

use super::overrides::{check_span, keep};
use super::{check_begin, in_use, refuse, roster_of, stored};
use crate::{Audit, Trouble, fresh};
use incident::permissions::{may_arrange, may_decide_swap, may_take_shift};
use incident::policy::Fault;
use incident::{Refusal, Viewer};
use kernel::{OverrideId, PersonId, ScheduleId, SwapId, Timestamp, limits};
use roster::{OfferState, Span, SwapRefusal};
use store::Sql;
use store::directory::schedules::{Override, Schedule};
use store::directory::swaps::{self, Swap, SwapState};

const SUBJECT: &str = "swap";

/// A shift that somebody wants to give away, or a gap for which they ask somebody.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Whose it is, or who asks.
    pub person: PersonId,
    /// Who is asked; anybody when nobody is.
    pub asked: Option<PersonId>,
    /// From when on; now when nothing is said.
    pub start: Option<Timestamp>,
    /// Until when.
    pub end: Timestamp,
    /// Why.
    pub reason: String,
}

/// What is said to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// "I take it."
    Take,
    /// A manager agrees.
    Approve,
    /// A manager does not.
    Decline,
    /// "I keep it after all."
    Withdraw,
}

/// Offers a shift, or a part of one; where nobody is on call, asks for cover. Inside
/// [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not, or what is wrong with it: a time at which others are on call.
pub fn offer_swap(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    offer: Offer,
) -> Result<Swap, Trouble> {
    may_arrange(viewer, offer.person)?;
    let schedule = in_use(sql, offer.schedule)?;
    let now = audit.now();
    let mut faults = vec![];
    let start = check_begin("start", offer.start.unwrap_or(now), now, &mut faults);
    check_span((start, offer.end), &mut faults);
    refuse(faults)?;
    let roster = roster_of(sql, &schedule, now)?;
    let span = Span::new(start, offer.end);
    let offered = roster::Offer::new(&roster, offer.person, offer.asked, span, now);
    if let Err(refusal) = offered {
        let field = if refusal == SwapRefusal::Themselves { "asked" } else { "start" };
        return Err(Fault::new(field, refusal.to_string()).into());
    }
    let waiting = swaps::of_schedule(sql, schedule.id, now)?;
    if waiting.iter().filter(|swap| !swap.state.is_over()).count() >= limits::SWAPS {
        let words = format!("{} offers wait already, the most there can be", limits::SWAPS);
        return Err(Refusal::limit(words).into());
    }
    let swap = Swap {
        id: SwapId(fresh()),
        schedule: schedule.id,
        offered_by: offer.person,
        asked: offer.asked,
        start,
        end: offer.end,
        reason: offer.reason,
        state: SwapState::Offered,
        taken_by: None,
        decided_by: None,
        made_at: now,
        changed_at: now,
    };
    swaps::insert(sql, &swap)?;
    audit.created(sql, SUBJECT, swap.id, &swap)?;
    Ok(swap)
}

/// Takes, approves, declines or withdraws an offer. Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not, or what is not possible any more.
pub fn answer_swap(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, id, answer): (ScheduleId, SwapId, Answer),
) -> Result<Swap, Trouble> {
    let found = swaps::get(sql, id)?.filter(|found| found.schedule == schedule);
    let before = found.ok_or_else(|| Refusal::not_found("there is no such swap"))?;
    let schedule = stored(sql, schedule)?;
    let swap = Swap { changed_at: audit.now(), ..before.clone() };
    let after = match answer {
        Answer::Take => take(sql, audit, viewer, &schedule, swap)?,
        Answer::Approve => {
            may_decide_swap(viewer)?;
            let swap = Swap { decided_by: Some(viewer.person), ..swap };
            hand_over(sql, audit, &schedule, swap)?
        }
        Answer::Decline => {
            may_decide_swap(viewer)?;
            if swap.state != SwapState::Taken {
                return Err(refused(SwapRefusal::NotTaken));
            }
            Swap { state: SwapState::Declined, decided_by: Some(viewer.person), ..swap }
        }
        Answer::Withdraw => {
            may_arrange(viewer, swap.offered_by)?;
            plain(&swap).withdrawn().map_err(refused)?;
            Swap { state: SwapState::Withdrawn, ..swap }
        }
    };
    if !swaps::update(sql, &after, before.state)? {
        return Err(Refusal::state("conflict", "somebody else was faster; look again").into());
    }
    audit.changed(sql, SUBJECT, id, &before, &after)?;
    Ok(after)
}

/// Somebody takes it: at once, or as soon as a manager agrees where one has to.
fn take(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    schedule: &Schedule,
    swap: Swap,
) -> Result<Swap, Trouble> {
    may_take_shift(viewer)?;
    plain(&swap).taken(viewer.person, audit.now()).map_err(refused)?;
    let swap = Swap { state: SwapState::Taken, taken_by: Some(viewer.person), ..swap };
    match schedule.approval && !viewer.arranges_shifts() {
        true => Ok(swap),
        false => hand_over(sql, audit, schedule, swap),
    }
}

/// From now on the taker has what is left of the shift and still that of whoever offered it.
fn hand_over(
    sql: &mut dyn Sql,
    audit: &Audit,
    schedule: &Schedule,
    swap: Swap,
) -> Result<Swap, Trouble> {
    if !schedule.active {
        return Err(Refusal::state("conflict", "this schedule is out of use").into());
    }
    let now = audit.now();
    let roster = roster_of(sql, schedule, now)?;
    let (_, given) = plain(&swap).approved(&roster, now).map_err(refused)?;
    for roster::Override { person, start, end } in given {
        let made = Override {
            id: OverrideId(fresh()),
            schedule: schedule.id,
            person,
            start,
            end,
            reason: swap.reason.clone(),
            made_by: audit.by(),
            made_at: now,
            swap: Some(swap.id),
        };
        keep(sql, audit, made)?;
    }
    Ok(Swap { state: SwapState::Approved, ..swap })
}

/// As the roster knows it.
fn plain(swap: &Swap) -> roster::Offer {
    let state = match (swap.state, swap.taken_by) {
        (SwapState::Offered, _) => OfferState::Open,
        (SwapState::Taken, Some(by)) => OfferState::Taken(by),
        (SwapState::Approved, Some(by)) => OfferState::Approved(by),
        _ => OfferState::Withdrawn,
    };
    let span = Span::new(swap.start, swap.end);
    roster::Offer { from: swap.offered_by, to: swap.asked, span, state }
}

fn refused(refusal: SwapRefusal) -> Trouble {
    match refusal {
        SwapRefusal::ForSomebodyElse => {
            Refusal::forbidden("somebody else was asked to take it").into()
        }
        SwapRefusal::Themselves => {
            Refusal::state("conflict", "it is your own; withdraw it to keep it").into()
        }
        SwapRefusal::NotTheirs => {
            let words = "the schedule has changed: there is nothing to take over any more";
            Refusal::state("conflict", words).into()
        }
        other => Refusal::state("conflict", format!("this swap {other}")).into(),
    }
}
