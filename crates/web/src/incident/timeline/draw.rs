//! Entries as markup.

use super::{Entry, Sort, say};
use crate::incident::case::{Case, Words};
use crate::incident::words::prose;
use crate::part::icon::{icon, small_icon};
use crate::part::person::{avatar, first_name};
use crate::part::time;
use crate::url;
use incident::clocks::ClockKind;
use incident::conduct::Audiences;
use incident::ledger::Turn;
use incident::state::UpdatePhase;
use incident::{Body, Lifecycle};
use kernel::{Channel, ContentId};
use maud::{Markup, html};
use store::incidents::timeline::StoredEvent;

/// Seconds in which an entry offers to be undone.
pub(in crate::incident) const UNDO_SECONDS: i64 = 600;

/// What the reader may do with entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::incident) struct Rights {
    /// Works on this incident: may undo.
    pub(in crate::incident) works: bool,
    /// May erase words.
    pub(in crate::incident) erases: bool,
}

/// How an entry reaches the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::incident) enum As {
    /// As part of the whole timeline.
    Part,
    /// As a patch: changed where it is, or added at the end.
    Patch,
}

/// One entry.
pub(in crate::incident) fn entry(
    case: &Case,
    entry: &Entry<'_>,
    rights: Rights,
    how: As,
) -> Markup {
    let patch = (how == As::Patch).then_some("append");
    let to = patch.map(|_| "#tl");
    let class = (!entry.sort.is_words()).then_some("tl-ev");
    html! {
        li class=[class] id=(entry.id(case.number)) data-kind=(entry.sort.kind()) data-what=(entry.sort.what())
            data-patch=[patch] data-to=[to] {
            @if entry.sort.is_words() { (message(case, entry, rights)) } @else { (line(case, entry, rights)) }
        }
    }
}

fn line(case: &Case, entry: &Entry<'_>, rights: Rights) -> Markup {
    let details = say::details(case, entry);
    let head = html! { (say::headline(case, entry)) (part_of(case, entry)) (gone(case, entry)) };
    html! {
        span.tl-ic { (icon(say::icon_of(entry))) }
        @if details.is_empty() {
            div { (head) (undo(case, entry, rights)) }
        } @else {
            div {
                details {
                    summary { (icon("right")) span { (head) } }
                    ul { @for detail in details { li { (detail) } } }
                }
                (undo(case, entry, rights))
            }
        }
        @if let Body::Attached(_) = &entry.event().body {
            div.atts { (file(case, entry.main)) }
        }
    }
}

/// The number of the merged incident that an entry comes from.
fn part_of(case: &Case, entry: &Entry<'_>) -> Markup {
    let number = entry.main.number;
    html! { @if number != case.number { " " a.chip href=(url::incident(number)) { (number) } } }
}

fn gone(case: &Case, entry: &Entry<'_>) -> Markup {
    let Body::Attached(data) = &entry.event().body else { return html! {} };
    html! { @if let Words::Erased(_) = case.words(data.name) { " (removed)" } }
}

fn message(case: &Case, entry: &Entry<'_>, rights: Rights) -> Markup {
    let (author, name) = author(case, entry);
    let class = match entry.sort {
        Sort::Note => "msg msg-note",
        Sort::Update => "msg msg-upd",
        _ => "msg",
    };
    let label =
        format!("{} by {name}, {}", word(entry.sort), case.here.moment(entry.happened_at()));
    html! {
        @match (entry.sort, author) {
            (Sort::Update, _) => span.tl-ic { (icon("mega")) },
            (_, Some(id)) => (avatar(id, &name)),
            (_, None) => span.tl-ic { (icon("bolt")) },
        }
        article class=(class) aria-label=(label) {
            div.msg-h {
                b { @if entry.sort == Sort::Update { "Status update" } @else { (name) } }
                span.meta { (about_author(case, entry, &name)) }
                (part_of(case, entry))
                (chips(case, entry))
                (time::moment(entry.happened_at(), &case.here))
            }
            div.msg-b { (body(case, entry, rights)) }
        }
    }
}

fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Report => "Report",
        Sort::Note => "Internal note",
        Sort::Update => "Status update",
        _ => "Reply",
    }
}

/// Whose words they are: a report taken down by an agent is the requester's.
fn author(case: &Case, entry: &Entry<'_>) -> (Option<kernel::PersonId>, String) {
    match &entry.event().body {
        Body::Reported(data) => (Some(data.requester), case.person(data.requester).to_owned()),
        _ => (entry.person(), entry.event().actor.name.clone()),
    }
}

fn about_author(case: &Case, entry: &Entry<'_>, name: &str) -> String {
    let event = entry.event();
    if let Body::UpdatePublished(data) = &event.body {
        return format!("by {name}, sent to {}", audience(case, data.audiences.as_ref()));
    }
    let id = author(case, entry).0;
    let mut parts: Vec<String> = Vec::new();
    let teams = id.map(|id| case.policy.teams_of(id)).unwrap_or_default();
    match id.and_then(|id| case.who(id)) {
        Some(person) if person.roles.is_empty() => {
            parts.extend(
                [&person.job_title, &person.site]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .cloned(),
            );
        }
        _ => parts.extend(teams.first().map(|team| case.team(*team).to_owned())),
    }
    if let Body::Reported(data) = &event.body
        && let Some(name) = case.logger(event, data.requester)
    {
        parts.push(format!("logged by {name}"));
    }
    if let incident::Cause::Derived(by) = &event.cause
        && by.by == "rule"
    {
        parts.push(format!("rule {}", by.name));
        return parts.join(", ");
    }
    parts.extend(channel_word(event.channel).map(str::to_owned));
    parts.join(", ")
}

/// Who reads a status update: its requester and watchers, unless it says more.
fn audience(case: &Case, chosen: Option<&Audiences>) -> String {
    let watchers = case.state().watchers.iter().filter(|id| **id != case.state().requester).count();
    let requester = case.person(case.state().requester);
    let own = match watchers {
        0 => requester.to_owned(),
        count => format!("{requester} and {}", time::counted(count as i64, "watcher")),
    };
    let Some(chosen) = chosen else { return own };
    let mut parts: Vec<String> = Vec::new();
    if chosen.requesters {
        parts.push(own);
    }
    if !chosen.lists.is_empty() {
        parts.push(time::counted(chosen.lists.len() as i64, "list"));
    }
    if chosen.status_page {
        parts.push("the status page".to_owned());
    }
    // They are usual, and there may be none.
    if chosen.chat && parts.is_empty() {
        parts.push("chat rooms".to_owned());
    }
    parts.join(", ")
}

/// "by portal"; the agents' own screens need no word.
pub(in crate::incident) fn channel_word(channel: Channel) -> Option<&'static str> {
    Some(match channel {
        Channel::Web => return None,
        Channel::Portal => "by portal",
        Channel::Phone => "by phone",
        Channel::Email => "by e-mail",
        Channel::Chat => "by chat",
        Channel::Api => "by API",
        Channel::Alert => "by an alert",
        Channel::InPerson => "in person",
        Channel::Import => "imported",
        Channel::Cli => "by command line",
        Channel::Timer => "by itself",
    })
}

/// What came of it, as chips beside the name.
fn chips(case: &Case, entry: &Entry<'_>) -> Markup {
    let requester = case.person(case.state().requester);
    let responded =
        entry.events.iter().any(|stored| matches!(stored.event.body, Body::Responded(_)));
    let reopened = entry.events.iter().any(|stored| matches!(stored.event.body, Body::Reopened(_)));
    let resumed = entry.events.iter().any(|stored| matches!(stored.event.body, Body::Resumed(_)));
    let response = entry.events.iter().find_map(|stored| {
        let step = case
            .clocks
            .steps
            .iter()
            .find(|step| step.seq == Some(stored.seq) && step.kind == ClockKind::Response)?;
        matches!(step.turn, Turn::Met | Turn::Missed).then_some(step.turn)
    });
    html! {
        @match &entry.event().body {
            Body::Resolved(data) => span class="chip chip-good" { (icon("check")) "Resolved: " (case.resolution(&data.code)) },
            Body::Cancelled(_) => span.chip { "Cancelled" },
            Body::Disputed(_) => span class="chip chip-warn" { "Still broken" },
            Body::Rated(data) => span class={ "chip chip-" (if data.score.is_low() { "warn" } else { "good" }) } { "Rated " (data.score) " of 5" },
            Body::Escalated(_) => span class="chip chip-note" { (icon("escal")) (say::did(case, entry.main)) },
            Body::MajorDeclared(_) => span class="chip chip-crit" { "Declared major" },
            Body::MajorStoodDown(_) => span.chip { "Stood down" },
            Body::MajorProposed(_) => span class="chip chip-warn" { "Proposed as major" },
            Body::MajorDeclined(_) => span.chip { "No major incident" },
            Body::UpdateRejected(_) => span.chip { "Update rejected" },
            Body::RespondersCalled(_) => span.chip { (icon("bell")) (say::did(case, entry.main)) },
            Body::OutageRemoved(_) => span.chip { "Outage removed" },
            Body::PutOnHold(data) => span.chip { (icon("pause")) (crate::part::state::waiting(Some(data.reason)).words) },
            Body::WorkLogged(data) => span.chip { (icon("work")) (time::duration(i64::from(data.seconds))) },
            Body::UpdatePublished(data) => span class="chip chip-accent" { (phase_word(data.phase)) },
            _ => {},
        }
        @if entry.sort == Sort::Note { span class="chip chip-note" { (icon("lock")) "Internal" } }
        @if entry.sort == Sort::Reply { span class="chip chip-accent" { (icon("reply")) "to " (first_name(requester)) } }
        @match (responded, response) {
            (_, Some(Turn::Met)) => span class="chip chip-good" { (icon("check")) "Response met" },
            (_, Some(_)) => span class="chip chip-crit" { (icon("alert")) "Response late" },
            (true, None) => span class="chip chip-good" { (icon("check")) "First response" },
            (false, None) => {},
        }
        @if reopened && !matches!(entry.event().body, Body::Disputed(_)) { span class="chip chip-warn" { "Reopened" } }
        @if resumed { span.chip { (icon("play")) "Work resumed" } }
    }
}

/// The name of where an update says it stands.
pub(in crate::incident) fn phase_word(phase: UpdatePhase) -> &'static str {
    match phase {
        UpdatePhase::Investigating => "Investigating",
        UpdatePhase::Identified => "Identified",
        UpdatePhase::Monitoring => "Monitoring",
        UpdatePhase::Resolved => "Resolved",
    }
}

fn body(case: &Case, entry: &Entry<'_>, rights: Rights) -> Markup {
    let said = |id: ContentId| said(case, id, rights);
    html! {
        @match &entry.event().body {
            Body::Reported(data) => (report(case, entry, data, rights)),
            Body::Commented(data) => (said(data.body)),
            Body::UpdatePublished(data) => {
                @if let Some(title) = data.title { p.strong { (case.text(title)) } }
                (said(data.body))
                @if data.expected.is_some() || data.next_update.is_some() {
                    div.dl-in {
                        @if let Some(at) = data.expected { span { "Expected back " b { (time::moment(at, &case.here)) } } }
                        @if let Some(at) = data.next_update { span { "Next update " b { (time::moment(at, &case.here)) } } }
                    }
                }
            },
            Body::Resolved(data) => {
                (said(data.note))
                @if let Some(cause) = data.cause {
                    div.dl-in { span { (small_icon("lock")) " Cause, internal:" } }
                    (said(cause))
                }
            },
            Body::Disputed(data) => (said(data.note)),
            Body::Rated(data) => { @if let Some(note) = data.note { (said(note)) } },
            Body::Cancelled(data) => (said(data.reason)),
            Body::Reopened(data) => { @if let Some(note) = data.note { (said(note)) } },
            Body::PutOnHold(data) => { @if let Some(note) = data.note { (said(note)) } },
            Body::Escalated(data) => (said(data.reason)),
            Body::MajorDeclared(data) => { @if let Some(reason) = data.reason { (said(reason)) } },
            Body::MajorStoodDown(data) => { @if let Some(reason) = data.reason { (said(reason)) } },
            Body::MajorProposed(data) => { @if let Some(reason) = data.reason { (said(reason)) } },
            Body::MajorDeclined(data) => { @if let Some(reason) = data.reason { (said(reason)) } },
            Body::UpdateRejected(data) => (said(data.reason)),
            Body::RespondersCalled(data) => { @if let Some(note) = data.note { (said(note)) } },
            Body::OutageRemoved(data) => { @if let Some(reason) = data.reason { (said(reason)) } },
            Body::WorkLogged(data) => { @if let Some(note) = data.note { (said(note)) } },
            _ => {},
        }
        (files_of(case, &entry.files))
        (original(case, entry))
        @if !matches!(entry.event().body, Body::Reported(_)) { (followed(case, entry)) }
        (undo(case, entry, rights))
    }
}

/// The way to the message that an entry came from, as it was sent.
fn original(case: &Case, entry: &Entry<'_>) -> Markup {
    let by_mail = entry.events.iter().find(|one| case.mail.contains(&(one.number, one.event.n)));
    html! {
        @if let Some(stored) = by_mail {
            (crate::mail::link(&crate::mail::address_for_staff(stored.number, stored.event.n)))
        }
    }
}

/// The report's words, and how it was sorted.
fn report(
    case: &Case,
    entry: &Entry<'_>,
    data: &incident::event::Reported,
    rights: Rights,
) -> Markup {
    html! {
        @if entry.main.number != case.number { (said(case, data.title, rights)) }
        @match data.description {
            Some(description) => (said(case, description, rights)),
            None => p.muted { "No description was given." },
        }
        @if data.affected.is_some() || data.detected_at.is_some() || !data.fields.is_empty() {
            div.dl-in {
                @if let Some(affected) = data.affected { span { "People affected " b { (affected) } } }
                @if let Some(at) = data.detected_at { span { "Noticed " b { (time::moment(at, &case.here)) } } }
                @for (name, value) in &data.fields { span { (name.replace('_', " ")) " " b { (value) } } }
            }
        }
        div.tl-ev {
            details {
                summary {
                    (icon("right"))
                    span { b { "Sorted" } ": " (data.priority) @if let Some(team) = data.team { ", " (case.team(team)) } }
                }
                ul {
                    li {
                        "Priority " b { (data.priority) } " from impact " (data.impact.word().to_lowercase())
                        " and urgency " (data.urgency.word().to_lowercase())
                    }
                    @if let Some(team) = data.team { li { "Given to " b { (case.team(team)) } } }
                    @if let Some(service) = data.service { li { "Service " b { (case.service(service)) } } }
                    @for line in say::details(case, entry) { li { (line) } }
                }
            }
        }
    }
}

/// What followed from the words, folded.
fn followed(case: &Case, entry: &Entry<'_>) -> Markup {
    let lines = say::details(case, entry);
    html! {
        @if !lines.is_empty() {
            div.tl-ev {
                details {
                    summary { (icon("right")) span { "What followed" } }
                    ul { @for line in lines { li { (line) } } }
                }
            }
        }
    }
}

/// Words of people, or who erased them.
fn said(case: &Case, id: ContentId, rights: Rights) -> Markup {
    match case.words(id) {
        Words::Said(text) => html! {
            @if rights.erases { (erase_link(case, id, "Erase these words")) }
            (prose(text))
        },
        Words::Erased(Some(erased)) => html! {
            p.redacted { "Removed by " (erased.by) " on " (case.here.full(erased.at)) }
        },
        Words::Erased(None) => html! { p.redacted { "Removed" } },
    }
}

fn erase_link(case: &Case, id: ContentId, label: &str) -> Markup {
    html! {
        a class="btn btn-quiet btn-sm btn-icon erase" href={ (url::incident_command(case.number, "redact")) "?content=" (id) }
            aria-label=(label) title=(label) { (icon("trash")) }
    }
}

/// Files, those that everybody may open and those that only staff may.
pub(in crate::incident) fn files_of(case: &Case, files: &[&StoredEvent]) -> Markup {
    html! { @if !files.is_empty() { div.atts { @for stored in files { (file(case, stored)) } } } }
}

fn file(case: &Case, stored: &StoredEvent) -> Markup {
    let Body::Attached(data) = &stored.event.body else { return html! {} };
    let symbol = if data.media_type.starts_with("image/") { "photo" } else { "clip" };
    html! {
        @match case.words(data.name) {
            Words::Said(name) => a.att href=(crate::incident::attachments::address(data.attachment)) download {
                (icon(symbol)) (name) " " span.muted { (crate::incident::attachments::size_words(data.size_bytes)) }
            },
            Words::Erased(Some(erased)) => span.redacted { "File removed by " (erased.by) " on " (case.here.full(erased.at)) },
            Words::Erased(None) => span.redacted { "File removed" },
        }
    }
}

/// The undo button, while the entry can be undone and nothing of its kind came after it.
fn undo(case: &Case, entry: &Entry<'_>, rights: Rights) -> Markup {
    let last = entry.events.iter().rev().find(|stored| incident::undoable(&stored.event));
    let Some(stored) = last.filter(|stored| rights.works && stored.number == case.number) else {
        return html! {};
    };
    let event = &stored.event;
    let state = case.state().lifecycle;
    let stands = (state.is_open()
        || (matches!(event.body, Body::Merged(_)) && state != Lifecycle::Cancelled))
        && case.here.now.seconds_since(event.at) <= UNDO_SECONDS
        && !case.events().iter().any(|later| {
            later.number == case.number
                && later.event.n > event.n
                && overtakes(&later.event.body, &event.body)
        });
    html! {
        @if stands {
            form.undo method="post" action=(url::incident_command(case.number, "undo")) data-live {
                input type="hidden" name="n" value=(event.n);
                button class="btn btn-quiet btn-sm" data-undo { "Undo" }
            }
        }
    }
}

/// Whether a later event leaves nothing to undo of an earlier one.
fn overtakes(later: &Body, earlier: &Body) -> bool {
    match earlier {
        Body::Acknowledged(_) => matches!(
            later,
            Body::Assigned(_) | Body::Responded(_) | Body::PutOnHold(_) | Body::WorkReturned(_)
        ),
        Body::PutOnHold(_) | Body::Resumed(_) => {
            matches!(
                later,
                Body::PutOnHold(_) | Body::Resumed(_) | Body::Resolved(_) | Body::Cancelled(_)
            )
        }
        Body::Merged(_) => matches!(later, Body::Merged(_) | Body::Unmerged(_)),
        other => later.kind() == other.kind(),
    }
}
