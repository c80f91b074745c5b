//! The webhook of Alertmanager, version 4.
//!
//! What counts is the status of each alert. That of the group is not read: where the group was
//! cut by `max_alerts`, it says "resolved" while alerts of it still fire.

use super::{Told, signal};
use crate::Reading;
use crate::doors::loose::{self, Count, Many, Text, object};
use crate::doors::{Notes, Request, Unreadable, key};

object! {
    Body<'a> {
        "groupKey" => group_key: Text<'a>,
        "truncatedAlerts" => truncated_alerts: Count,
        "alerts" => alerts: Many<Told<'a>>,
    }
}

/// Reads a notification. A bare list of alerts is taken, too.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    if text.trim_start().starts_with('[') {
        return super::api::read(request);
    }
    let body: Body<'_> = loose::parse(&text)?;
    if !body.alerts.is_list {
        return Err(Unreadable::new("alerts", "must be a list of alerts"));
    }
    let group = body.group_key.get().map(key);
    let left_out = body.truncated_alerts.0.saturating_add(body.alerts.more);
    Ok(reading(notes, &body.alerts.items, group, left_out))
}

/// What these alerts of a group say.
pub(in crate::doors) fn reading(
    mut notes: Notes,
    alerts: &[Told<'_>],
    group: Option<String>,
    mut left_out: u64,
) -> Reading {
    let mut signals = Vec::with_capacity(alerts.len());
    for told in alerts {
        match signal(&mut notes, told) {
            Some(mut signal) => {
                signal.group.clone_from(&group);
                signals.push(signal);
            }
            // Nobody knows which it was, nor whether it is over.
            None => left_out = left_out.saturating_add(1),
        }
    }
    if left_out > 0 {
        notes
            .warn("truncatedAlerts", format_args!("{left_out} alerts of the group are not listed"));
    }
    Reading { group, left_out, ..notes.finish(signals) }
}
