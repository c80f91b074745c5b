//! What an edit of a schedule changes: who is on call instead of whom, and on which days.

use crate::roster::Roster;
use crate::shift::Span;
use crate::stretches::Stretch;
use jiff::civil::Date;
use kernel::{PersonId, Timestamp};
use std::collections::BTreeSet;

/// A stretch of time on which somebody else is on call, or nobody any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<P = PersonId> {
    /// From when until when.
    pub span: Span,
    /// Who was.
    pub before: Option<P>,
    /// Who is.
    pub after: Option<P>,
}

/// Where two schedules differ in who is on call within a range, in order.
///
/// ```
/// use roster::{Roster, Schedule, changed_days, changes};
///
/// let of = |people: &str| -> Roster<String> {
///     let text = r#"{"time_zone": "Europe/Berlin", "layers": [{"rotation":
///         {"unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": [PEOPLE]}}]}"#;
///     let schedule: Schedule<String> = serde_json::from_str(&text.replace("PEOPLE", people)).unwrap();
///     Roster::new(&schedule).unwrap()
/// };
/// let (before, after) = (of(r#""ines", "yuki""#), of(r#""ines", "emil""#));
/// let (from, to) = ("2026-11-02T12:00:00Z".parse().unwrap(), "2026-11-05T07:00:00Z".parse().unwrap());
/// let found = changes(&before, &after, from, to);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].after.as_deref(), Some("emil"));
/// let days: Vec<String> = changed_days(&before, &after, from, to).iter().map(|d| d.to_string()).collect();
/// assert_eq!(days, ["2026-11-03", "2026-11-04"]);
/// ```
pub fn changes<P: Clone + Eq>(
    before: &Roster<P>,
    after: &Roster<P>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Change<P>> {
    let mut found: Vec<Change<P>> = Vec::new();
    let (mut olds, mut news) = (before.stretches(from, to), after.stretches(from, to));
    let (mut old, mut new) = (olds.next(), news.next());
    while let (Some(was), Some(is)) = (&old, &new) {
        let both = was.span.overlap(is.span);
        if let (Some(span), true) = (both, person(was) != person(is)) {
            let change = Change { span, before: person(was).cloned(), after: person(is).cloned() };
            join(&mut found, change);
        }
        let (was_end, is_end) = (was.span.end, is.span.end);
        if was_end <= is_end {
            old = olds.next();
        }
        if is_end <= was_end {
            new = news.next();
        }
    }
    found
}

/// The days, by the clock of the schedule after its change, on which two schedules differ in who
/// is on call at some instant of a range.
pub fn changed_days<P: Clone + Eq>(
    before: &Roster<P>,
    after: &Roster<P>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Date> {
    let mut days = BTreeSet::new();
    for Change { span, .. } in changes(before, after, from, to) {
        let last = after.zone.local(span.end.plus_micros(-1)).date();
        let first = after.zone.local(span.start).date();
        let all = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
        days.extend(all.filter(|day| after.zone.has(*day)));
    }
    days.into_iter().collect()
}

fn person<P>(stretch: &Stretch<P>) -> Option<&P> {
    stretch.shift.as_ref().map(|shift| &shift.person)
}

/// Two that touch and say the same are one.
fn join<P: Eq>(found: &mut Vec<Change<P>>, change: Change<P>) {
    match found.last_mut() {
        Some(last)
            if last.span.end == change.span.start
                && last.before == change.before
                && last.after == change.after =>
        {
            last.span.end = change.span.end;
        }
        _ => found.push(change),
    }
}
