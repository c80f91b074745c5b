//! What belongs together becomes one entry:
//! a hold and its end; edits by one person within 2 minutes, their small steps
//! within 5; files sent with words; what the product did by itself within 5 minutes. Words of people are
//! never folded.

use super::{Entry, Sort};
use incident::{Body, Visibility};
use kernel::{InOrder, PersonId};
use store::incidents::timeline::StoredEvent;

/// Seconds within which one person's edits count as one.
const EDITS_SECONDS: i64 = 120;
/// Seconds within which one person's small steps are told together.
const STEPS_SECONDS: i64 = 300;
/// Seconds within which automatic entries of one cause are folded.
const AUTOMATIC_SECONDS: i64 = 300;
/// Seconds after words in which a file of the same person belongs to them.
const FILES_SECONDS: i64 = 120;

/// Folds a timeline's entries.
pub(super) fn fold(entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let mut folded: Vec<Entry<'_>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(entry) = end_hold(&mut folded, entry) else { continue };
        let kept = match entry.sort {
            Sort::Edit => join(&mut folded, entry, is_same_edit),
            Sort::Step => join(&mut folded, entry, is_same_row_of_steps),
            Sort::Automatic => join(&mut folded, entry, is_same_cause),
            Sort::Fact if matches!(entry.main.event.body, Body::Attached(_)) => {
                attach(&mut folded, entry)
            }
            _ => Some(entry),
        };
        folded.extend(kept);
    }
    folded
}

/// The entry of the hold that this ends gets its end. A resume says no more than
/// that and goes into it; whatever else ended the hold stays an entry of its own.
fn end_hold<'a>(folded: &mut [Entry<'a>], entry: Entry<'a>) -> Option<Entry<'a>> {
    let number = entry.main.number;
    let Some(end) = entry.events.iter().copied().find(|stored| ends_hold(stored)) else {
        return Some(entry);
    };
    let is_hold = |before: &&mut Entry<'_>| {
        before.main.number == number && matches!(before.main.event.body, Body::PutOnHold(_))
    };
    match folded.iter_mut().rev().find(is_hold) {
        Some(hold) if hold.sort == Sort::Hold && hold.ended.is_none() => {
            hold.ended = Some(end);
            if entry.sort == Sort::Resume {
                hold.events.extend(entry.events);
                return None;
            }
            Some(entry)
        }
        _ => Some(entry),
    }
}

fn ends_hold(stored: &StoredEvent) -> bool {
    match &stored.event.body {
        Body::Resumed(_) | Body::Resolved(_) | Body::Cancelled(_) => true,
        Body::PutOnHold(data) => data.before.is_some(),
        _ => false,
    }
}

/// Joins an entry to the last one if they belong together.
fn join<'a>(
    folded: &mut [Entry<'a>],
    entry: Entry<'a>,
    belongs: impl Fn(&Entry<'a>, &Entry<'a>) -> bool,
) -> Option<Entry<'a>> {
    match folded.last_mut() {
        Some(last) if last.main.number == entry.main.number && belongs(last, &entry) => {
            last.events.extend(entry.events);
            None
        }
        _ => Some(entry),
    }
}

fn is_same_edit(last: &Entry<'_>, next: &Entry<'_>) -> bool {
    last.sort == Sort::Edit && same_person(last, next) && within(last, next, EDITS_SECONDS)
}

fn is_same_row_of_steps(last: &Entry<'_>, next: &Entry<'_>) -> bool {
    last.sort == Sort::Step && same_person(last, next) && within(last, next, STEPS_SECONDS)
}

/// Warnings of one clock are one story however far apart they are.
fn is_same_cause(last: &Entry<'_>, next: &Entry<'_>) -> bool {
    let warned = |entry: &Entry<'_>| match &entry.main.event.body {
        Body::ClockWarned(data) => Some(data.clock),
        _ => None,
    };
    let same_warning = warned(next).is_some() && warned(last) == warned(next);
    let rule = |entry: &Entry<'_>| {
        let body = &entry.main.event.body;
        matches!(
            body,
            Body::RuleRan(_) | Body::RuleRefused(_) | Body::RuleRested(_) | Body::NobodyThere(_)
        )
    };
    let same = same_warning || within(last, next, AUTOMATIC_SECONDS);
    // That a word did not come is news of its own, whatever came shortly before.
    let silent = matches!(next.main.event.body, Body::UpdateOverdue(_));
    last.sort == Sort::Automatic && same && !silent && !rule(last) && !rule(next)
}

fn attach<'a>(folded: &mut [Entry<'a>], entry: Entry<'a>) -> Option<Entry<'a>> {
    let number = entry.main.number;
    let Some(words) = folded.iter_mut().rev().find(|before| before.main.number == number) else {
        return Some(entry);
    };
    let Body::Attached(file) = &entry.main.event.body else { return Some(entry) };
    let public = match words.sort {
        Sort::Report | Sort::Reply | Sort::Message | Sort::Update => true,
        Sort::Note => false,
        _ => return Some(entry),
    };
    let as_public = public == (file.visibility == Visibility::Public);
    if as_public && same_person(words, &entry) && within(words, &entry, FILES_SECONDS) {
        words.files.push(entry.main);
        words.files.order_by_key(|stored| stored.seq);
        return None;
    }
    Some(entry)
}

fn same_person(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let person: Option<PersonId> = one.person();
    person.is_some() && person == other.person()
}

/// Counted from the first, so that a long row of edits is not one entry.
fn within(first: &Entry<'_>, next: &Entry<'_>, seconds: i64) -> bool {
    next.happened_at().seconds_since(first.events[0].event.happened_at) <= seconds
}
