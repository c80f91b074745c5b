//! The holds of an incident as its timeline tells them, with what was corrected since.

use super::Span;
use crate::event::{Body, Event};
use crate::state::{Hold, HoldReason};

/// A hold that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// The place in the timeline of what ended it: its name.
    pub n: u32,
    /// What was waited for.
    pub reason: HoldReason,
    /// From when to when it lasted, as it was recorded.
    pub recorded: Span,
    /// What counts: as recorded, or as corrected; nothing where it was found to be none.
    pub counted: Option<Span>,
}

/// The holds that are over, in order.
pub fn pauses<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<Pause> {
    let mut open: Option<Hold> = None;
    let mut found: Vec<Pause> = Vec::new();
    for event in events {
        let at = event.happened_at;
        match &event.body {
            Body::PutOnHold(data) => {
                let goes_on = open.as_ref().filter(|hold| hold.reason == data.reason);
                let since = goes_on.map_or(at, |hold| hold.since);
                if goes_on.is_none() {
                    found.extend(open.take().and_then(|hold| ended(&hold, event)));
                }
                open = Some(Hold { reason: data.reason, since, until: data.until });
            }
            Body::Resumed(_) | Body::Resolved(_) | Body::Cancelled(_) => {
                found.extend(open.take().and_then(|hold| ended(&hold, event)));
            }
            Body::ReopeningWithdrawn(_) => open = None,
            Body::PauseCorrected(data) => {
                let pause = found.iter_mut().find(|pause| pause.n == data.pause);
                if let Some(pause) = pause {
                    pause.counted = data.counted;
                }
            }
            _ => {}
        }
    }
    found
}

fn ended(hold: &Hold, by: &Event) -> Option<Pause> {
    let recorded = Span { from: hold.since, to: by.happened_at };
    let lasted = recorded.from < recorded.to;
    lasted.then_some(Pause { n: by.n, reason: hold.reason, recorded, counted: Some(recorded) })
}
