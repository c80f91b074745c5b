//! Events as sentences.

use super::around::{answered, related};
use super::given;
use super::net::Net;
use super::paged;
use super::promised::{promised, why};
use super::{Entry, Sort};
use crate::incident::case::Case;
use crate::incident::clocks::Step;
use crate::part::state::lifecycle;
use crate::part::time::{self, duration};
use crate::part::{clock, state};
use incident::clocks::ClockKind;
use incident::ledger::Turn;
use incident::state::HoldReason;
use incident::{Body, Lifecycle};
use kernel::{ActorKind, Timestamp};
use maud::{Markup, html};
use store::incidents::timeline::StoredEvent;

/// The icon of an entry on one line.
pub(super) fn icon_of(entry: &Entry<'_>) -> &'static str {
    match &entry.event().body {
        Body::PutOnHold(_) => "pause",
        Body::Resumed(_) | Body::WorkStarted(_) => "play",
        Body::Assigned(_) | Body::Watched(_) | Body::Unwatched(_) | Body::RoleGiven(_) => "user",
        Body::Acknowledged(_) | Body::TaskCompleted(_) | Body::Confirmed(_) => "check",
        Body::TaskAdded(_) | Body::TaskReopened(_) => "task",
        Body::ModelApplied(_) => "book",
        Body::PriorityChanged(_) => "flag",
        Body::Tagged(_) => "tag",
        Body::Classified(_) => "pencil",
        Body::Attached(_) => "clip",
        Body::Linked(_) | Body::ChildAdded(_) => "link",
        Body::Unlinked(_) | Body::ChildRemoved(_) => "unlink",
        Body::Merged(_) | Body::Unmerged(_) | Body::MergeReceived(_) | Body::MergeWithdrawn(_) => {
            "merge"
        }
        Body::MajorDeclared(_)
        | Body::MajorStoodDown(_)
        | Body::MajorProposed(_)
        | Body::MajorDeclined(_) => "major",
        Body::RoleOffered(_) | Body::RoleDeclined(_) => "user",
        Body::RespondersCalled(_) | Body::CallAnswered(_) => "bell",
        Body::OutageRecorded(_) | Body::OutageChanged(_) | Body::OutageRemoved(_) => "h-down",
        Body::UpdateDrafted(_) | Body::UpdateRejected(_) => "mega",
        Body::UpdateDueChanged(_) => "clock",
        Body::UpdateOverdue(_) => "alert",
        Body::WorkLogged(_) => "work",
        Body::Restricted(data) if data.team.is_some() => "lock",
        Body::Restricted(_) => "unlock",
        Body::Redacted(_) => "trash",
        Body::ClockWarned(_) | Body::ExpectationNears(_) => "clock",
        Body::ClockBreached(_) => "alert",
        Body::Closed(_) => "s-closed",
        Body::Rated(_) => "flag",
        Body::Reminded(_) => "clock",
        Body::Promised(_) | Body::PromiseChanged(_) => "clock",
        Body::PromiseBroken(_) => "alert",
        Body::PagingExhausted(_) | Body::PageFailed(_) => "alert",
        paging if paging.is_about_paging() => "bell",
        Body::BreachExplained(_) | Body::PauseCorrected(_) => "pencil",
        Body::ExpectationSet(_) | Body::Mitigated(_) | Body::Restored(_) => "s-progress",
        _ => "bolt",
    }
}

/// An entry on one line: who did what, in the end, and when.
pub(in crate::incident) fn headline(case: &Case, entry: &Entry<'_>) -> Markup {
    let says_when = entry.sort == Sort::Hold || warned(entry).is_some();
    html! { (told(case, entry)) @if !says_when { ", " (when(case, entry.happened_at())) } }
}

/// The same where the instant stands beside it.
pub(in crate::incident) fn told(case: &Case, entry: &Entry<'_>) -> Markup {
    match entry.sort {
        Sort::Edit => {
            html! { (actor(entry.main)) " " (edits(case, entry)) (given::why(entry.main)) }
        }
        Sort::Step if entry.events.len() > 1 => html! { (actor(entry.main)) " " (steps(entry)) },
        Sort::Hold => held(case, entry),
        Sort::Automatic => match warned(entry) {
            Some((kind, share)) => {
                html! { b { (clock::name(kind)) " clock" } " passed " (share) "% of its target" }
            }
            None => capital(did(case, entry.main)),
        },
        _ => html! { (actor(entry.main)) " " (did(case, entry.main)) },
    }
}

/// What else is known of an entry, one line for each thing.
pub(super) fn details(case: &Case, entry: &Entry<'_>) -> Vec<Markup> {
    let quiet = entry.events.iter().all(|stored| {
        is_told(stored, entry)
            || matches!(stored.event.body, Body::ClocksChanged(_) | Body::Responded(_))
    });
    if quiet && entry.sort.is_words() && entry.sort != Sort::Report {
        // The clocks tell their own story; beside words it would be noise.
        return vec![];
    }
    let edits = entry.events.iter().filter(|stored| is_edit(stored)).count();
    let mut found = Vec::new();
    for stored in &entry.events {
        let told = is_told(stored, entry);
        match &stored.event.body {
            Body::ClocksChanged(_) => found.extend(turns(case, stored.seq)),
            _ if is_edit(stored) && entry.sort == Sort::Edit => {
                if edits > 1 {
                    let one = Net::of(&[stored]);
                    found.push(html! { (when(case, stored.event.happened_at)) " " (net_words(case, &one, stored)) });
                }
            }
            Body::ClockWarned(_) | Body::ClockBreached(_) if entry.sort == Sort::Automatic => {
                found
                    .push(html! { (when(case, stored.event.happened_at)) " " (did(case, stored)) });
            }
            _ if entry.sort == Sort::Step && entry.events.len() > 1 => {
                found
                    .push(html! { (when(case, stored.event.happened_at)) " " (did(case, stored)) });
            }
            Body::AlertsChanged(data) => {
                if !told {
                    found.push(html! { (capital(did(case, stored))) });
                }
                found.extend(case.alerts.links(&data.samples));
            }
            _ if told => {}
            _ => found.push(html! { (capital(did(case, stored))) }),
        }
    }
    // A single line that repeats the headline says nothing.
    if entry.sort == Sort::Automatic && found.len() == 1 { vec![] } else { found }
}

/// "added 6 tasks, ticked 3 tasks".
fn steps(entry: &Entry<'_>) -> String {
    let count = |is: fn(&Body) -> bool, verb: &str, what: &str| {
        let count = entry.events.iter().filter(|stored| is(&stored.event.body)).count();
        (count > 0).then(|| format!("{verb} {}", time::counted(count as i64, what)))
    };
    [
        count(|body| matches!(body, Body::TaskAdded(_)), "added", "task"),
        count(|body| matches!(body, Body::TaskCompleted(_)), "ticked", "task"),
        count(|body| matches!(body, Body::TaskReopened(_)), "unticked", "task"),
        count(|body| matches!(body, Body::Watched(_)), "added", "watcher"),
        count(|body| matches!(body, Body::Unwatched(_)), "removed", "watcher"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// Whether the headline or the words say it already.
fn is_told(stored: &StoredEvent, entry: &Entry<'_>) -> bool {
    let same =
        |other: &StoredEvent| (stored.number, stored.event.n) == (other.number, other.event.n);
    same(entry.main) || entry.ended.is_some_and(same)
}

/// What the clocks did with an event.
fn turns(case: &Case, seq: i64) -> impl Iterator<Item = Markup> {
    let told = move |step: &&Step| {
        let own_entry = matches!(step.turn, Turn::Breached | Turn::Warned { .. });
        step.seq == Some(seq) && !own_entry
    };
    let steps = case.clocks.steps.iter().filter(told);
    steps.map(|step| html! { (turn_words(step)) })
}

/// "Response clock met after 4 m of 30 m".
fn turn_words(step: &Step) -> String {
    let name = clock::name(step.kind);
    let (used, target) = (duration(step.used), duration(step.target));
    match step.turn {
        Turn::Started => format!("{name} clock started, target {target}"),
        Turn::Paused => format!("{name} clock paused with {used} of {target} used"),
        Turn::Resumed => format!("{name} clock runs again with {used} of {target} used"),
        Turn::Restarted => format!("{name} clock began anew, target {target}"),
        Turn::Met => format!("{name} clock met after {used} of {target}"),
        Turn::Missed => format!("{name} clock stopped after {used}, target was {target}"),
        Turn::Cancelled => format!("{name} clock ended with the incident"),
        Turn::Retargeted { from_seconds } => {
            format!("{name} target {} to {target}, {used} used", duration(from_seconds))
        }
        Turn::Recalendared => format!("{name} clock counts through another calendar, {used} used"),
        Turn::Corrected => format!("{name} clock corrected, {used} of {target} used"),
        Turn::TakenBack => format!("{name} clock stands as before, {used} of {target} used"),
        Turn::Warned { share } => format!("{name} clock passed {share}% of {target}"),
        Turn::Counting => format!("{name} clock runs, {used} of {target} used"),
        Turn::Breached => format!("{name} clock passed its target of {target}"),
    }
}

fn is_edit(stored: &StoredEvent) -> bool {
    matches!(
        stored.event.body,
        Body::Assigned(_) | Body::Classified(_) | Body::PriorityChanged(_) | Body::Tagged(_)
    )
}

fn actor(stored: &StoredEvent) -> Markup {
    let actor = &stored.event.actor;
    html! { b { @if actor.kind == ActorKind::System { "Evenkeel" } @else { (actor.name) } } }
}

fn when(case: &Case, at: Timestamp) -> Markup {
    time::moment(at, &case.here)
}

/// The same with a capital, also where it begins with a tag.
fn capital(words: Markup) -> Markup {
    let text = words.into_string();
    let start = if text.starts_with('<') { text.find('>').map_or(0, |at| at + 1) } else { 0 };
    let (tag, rest) = text.split_at(start);
    let mut chars = rest.chars();
    let first: String =
        chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    maud::PreEscaped(format!("{tag}{first}{}", chars.as_str()))
}

fn edits(case: &Case, entry: &Entry<'_>) -> Markup {
    net_words(case, &Net::of(&entry.events), entry.main)
}

fn net_words(case: &Case, net: &Net, main: &StoredEvent) -> Markup {
    if net.is_nothing() {
        return html! { "changed something and took it back" };
    }
    let mut parts: Vec<Markup> = Vec::new();
    parts.extend(assignment(case, net, main));
    parts.extend(priority(case, net));
    if let Some((_, now)) = net.title {
        parts.push(html! { "renamed it to " b { (case.text(now)) } });
    }
    if let Some((before, now)) = net.service {
        parts.push(changed(
            "service",
            before.map(|id| case.service(id)),
            now.map(|id| case.service(id)),
        ));
    }
    if let Some((before, now)) = net.category {
        parts.push(changed(
            "category",
            before.map(|id| case.category(id)),
            now.map(|id| case.category(id)),
        ));
    }
    if let Some((before, now)) = net.affected {
        let words = |count: Option<u32>| count.map(|count| count.to_string());
        parts.push(changed("people affected", words(before).as_deref(), words(now).as_deref()));
    }
    for (name, (before, now)) in &net.fields {
        parts.push(changed(name, before.as_deref(), now.as_deref()));
    }
    let list = |tags: &std::collections::BTreeSet<String>| {
        tags.iter().cloned().collect::<Vec<_>>().join(", ")
    };
    if !net.tags_added.is_empty() {
        parts.push(html! { "tagged it " b { (list(&net.tags_added)) } });
    }
    if !net.tags_removed.is_empty() {
        parts.push(html! { "removed the tag " b { (list(&net.tags_removed)) } });
    }
    html! {
        @for (at, part) in parts.iter().enumerate() {
            @if at > 0 { @if at + 1 == parts.len() { " and " } @else { ", " } }
            (part)
        }
    }
}

fn changed(what: &str, before: Option<&str>, now: Option<&str>) -> Markup {
    match (before, now) {
        (None, Some(now)) => html! { "set " (what) " to " b { (now) } },
        (Some(before), None) => html! { "cleared " (what) ", was " (before) },
        (before, now) => {
            html! { "changed " (what) " from " (before.unwrap_or("none")) " to " b { (now.unwrap_or("none")) } }
        }
    }
}

fn assignment(case: &Case, net: &Net, main: &StoredEvent) -> Option<Markup> {
    let team = net.team.map(|(_, now)| now.map(|id| case.team(id)));
    let by = main.event.actor.person_id();
    Some(match (net.assignee, team) {
        (None, None) => return None,
        (Some((_, Some(now))), None) if Some(now) == by => html! { b { "took it" } },
        (Some((_, Some(now))), None) => html! { "assigned it to " b { (case.person(now)) } },
        (Some((_, Some(now))), Some(Some(team))) if Some(now) == by => {
            html! { b { "took it" } " in " b { (team) } }
        }
        (Some((_, Some(now))), Some(team)) => {
            html! { "assigned it to " b { (case.person(now)) } @if let Some(team) = team { " in " b { (team) } } }
        }
        (Some((Some(before), None)), None) => html! { "took it off " b { (case.person(before)) } },
        (_, Some(Some(team))) => html! { "gave it to " b { (team) } },
        (_, Some(None)) => html! { "took it off its team" },
        (Some((None, None)), None) => return None,
    })
}

fn priority(case: &Case, net: &Net) -> Option<Markup> {
    let why = net.reason.map(|reason| case.text(reason));
    match (net.priority, net.levels) {
        (None, None) => None,
        (Some((before, now)), _) => Some(html! {
            "changed priority from " (before) " to " b { (now) }
            @if let Some(why) = why { ": " (why) }
        }),
        (None, Some((_, (impact, urgency)))) => Some(html! {
            "set impact " b { (impact.word().to_lowercase()) } " and urgency " b { (urgency.word().to_lowercase()) }
        }),
    }
}

/// A hold with its end, on one line.
fn held(case: &Case, entry: &Entry<'_>) -> Markup {
    let Body::PutOnHold(hold) = &entry.event().body else { return did(case, entry.main) };
    let words = state::waiting(Some(hold.reason)).words;
    let from = entry.happened_at();
    let paused = case.policy.agreement_of(case.state()).pause_reasons.contains(&hold.reason);
    html! {
        b { (words) }
        @match entry.ended {
            Some(ended) => {
                " from " (when(case, from)) " to " (when(case, ended.event.happened_at)) ". "
                @let lasted = duration(ended.event.happened_at.seconds_since(from));
                @if paused { "Clocks paused for " (lasted) } @else { "Clocks went on for " (lasted) }
            }
            None => {
                " since " (when(case, from)) " by " (entry.event().actor.name)
                @if let Some(until) = hold.until { ", until " (when(case, until)) }
            }
        }
    }
}

/// Which clock was warned of more than once and of nothing else, and its last share.
fn warned(entry: &Entry<'_>) -> Option<(ClockKind, u8)> {
    let warned = |stored: &&StoredEvent| match &stored.event.body {
        Body::ClockWarned(data) => Some((data.clock, data.share)),
        _ => None,
    };
    let warnings: Vec<_> = entry.events.iter().filter_map(warned).collect();
    let only_warnings = entry
        .events
        .iter()
        .all(|stored| matches!(stored.event.body, Body::ClockWarned(_) | Body::ClocksChanged(_)));
    match warnings.as_slice() {
        [(kind, _), .., last]
            if entry.sort == Sort::Automatic
                && only_warnings
                && warnings.iter().all(|(other, _)| other == kind) =>
        {
            Some(*last)
        }
        _ => None,
    }
}

/// What an event did, to follow its actor's name.
pub(in crate::incident) fn did(case: &Case, stored: &StoredEvent) -> Markup {
    match &stored.event.body {
        Body::WorkStarted(_) => became(Lifecycle::InProgress),
        Body::WorkReturned(_) => became(Lifecycle::New),
        Body::Acknowledged(_) => html! { "acknowledged it" },
        Body::CallAnswered(data) => answered(case, data, stored.event.actor.person_id()),
        Body::Responded(_) => html! { "gave the first response" },
        Body::AgreementChanged(data) => match case.policy.agreements.get(data.agreement) {
            Some(now) => html! { "agreement now " b { (now.name) } },
            None => html! { "another agreement applies" },
        },
        Body::Resumed(data) => {
            let waited = duration(stored.event.happened_at.seconds_since(data.since));
            html! { b { "resumed work" } " after " (waited) " on hold" }
        }
        Body::PutOnHold(data) => {
            html! { b { "put it on hold" } ", " (state::waiting(Some(data.reason)).words.to_lowercase()) }
        }
        Body::Attached(data) => html! { "attached " b { (case.text(data.name)) } },
        Body::Mitigated(_) => html! { "marked the impact as " b { "over" } },
        Body::Restored(_) => html! { "verified that service is " b { "back" } },
        Body::Confirmed(_) => html! { b { "confirmed" } " that it works again" },
        Body::Closed(data) => closed(&data.how),
        Body::Rated(data) => html! { "rated it " b { (data.score) " of 5" } },
        Body::Reminded(_) => {
            html! { "the requester was " b { "reminded" } " that it waits for them" }
        }
        Body::Reopened(data) if data.by_reply => html! { b { "reopened it" } " with a reply" },
        Body::Reopened(_) => html! { b { "reopened it" } },
        Body::ReopeningWithdrawn(_) => html! { "said that the reply was " b { "no reopening" } },
        Body::Assigned(_) | Body::Classified(_) | Body::PriorityChanged(_) | Body::Tagged(_) => {
            net_words(case, &Net::of(&[stored]), stored)
        }
        Body::ClockWarned(data) => {
            html! { b { (clock::name(data.clock)) " clock" } " passed " (data.share) "% of its target" }
        }
        Body::ClockBreached(data) => {
            let late = stored.event.happened_at != data.breached_at;
            html! {
                b { (clock::name(data.clock)) " clock passed its target" }
                @if late { " at " (when(case, data.breached_at)) }
            }
        }
        Body::ExpectationSet(data) => match data.at {
            Some(at) => {
                html! { "expects service back by " b { (when(case, at)) } (why(case, data.reason)) }
            }
            None => html! { "withdrew the expected time" (why(case, data.reason)) },
        },
        Body::ExpectationNears(data) => html! {
            b { "the time that was told comes near" } ": " (when(case, data.at))
        },
        Body::Promised(_)
        | Body::PromiseChanged(_)
        | Body::PromiseBroken(_)
        | Body::BreachExplained(_)
        | Body::PauseCorrected(_) => promised(case, &stored.event.body),
        paging if paging.is_about_paging() => paged::paging(case, paging),
        other => related(case, other),
    }
}

fn became(state: Lifecycle) -> Markup {
    html! { "state is now " b { (lifecycle(state).words) } }
}

fn closed(how: &str) -> Markup {
    match how {
        "silence" => html! { b { "closed" } " because nobody objected in time" },
        "no_answer" => html! { b { "closed" } " because nobody answered the question" },
        "confirmed" => html! { b { "closed it" } ", as confirmed" },
        _ => html! { b { "closed it" } },
    }
}

/// What an incident on hold waits for, as a choice.
pub(in crate::incident) fn hold_word(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Requester => "Requester: an answer",
        HoldReason::Vendor => "Vendor: a supplier",
        HoldReason::Change => "Change: a planned change",
        HoldReason::Problem => "Problem: its solution",
        HoldReason::Scheduled => "Scheduled: an agreed time",
    }
}
