//! What is around the incident: tasks, relations, people, time spent, moments.

use crate::form::Fields;
use crate::incident::case::RESTRICTED;
use crate::incident::commands::BACK;
use crate::incident::dialogs;
use crate::incident::head::{opener, post};
use crate::incident::runbook::{in_runbooks, ticked};
use crate::incident::spent::{gathered, own};
use crate::incident::timeline::{channel_word, link_word, role_word};
use crate::incident::view::View;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time::{self, counted, duration};
use crate::part::{chip, state};
use crate::url;
use incident::CommandName as C;
use incident::state::{LinkKind, Task};
use kernel::{IncidentNumber, PersonId, ProblemNumber, Timestamp};
use maud::{Markup, html};

/// People of a list that are named; the others are counted.
const NAMED: usize = 12;

/// The checklist; `on` are values that say on which screen it stands.
pub(in crate::incident) fn tasks(view: &View<'_>, on: &Fields, patch: Option<&str>) -> Markup {
    // What stands in a runbook is ticked there.
    let elsewhere = in_runbooks(view.case);
    let tasks = view.case.state().tasks.iter();
    let tasks: Vec<&Task> = tasks.filter(|task| !elsewhere.contains(&task.title)).collect();
    let done = tasks.iter().filter(|task| task.done_at.is_some()).count();
    html! {
        section.sec id="tasks" aria-labelledby="tasks-h" data-patch=[patch] {
            div.sec-h {
                h2 id="tasks-h" { "Tasks" }
                @if !tasks.is_empty() { span.meta { (done) " of " (tasks.len()) } }
            }
            @if !tasks.is_empty() {
                progress max=(tasks.len()) value=(done) aria-label={ (done) " of " (tasks.len()) " tasks done" } { (done) " of " (tasks.len()) }
                ul class="todo mts" { @for task in &tasks { (task_row(view, task, on)) } }
            }
            @if view.can(C::AddTask) { (add_task(view, on)) }
        }
    }
}

fn task_row(view: &View<'_>, task: &Task, on: &Fields) -> Markup {
    let (case, done) = (view.case, task.done_at.is_some());
    let command = if done { "reopen-task" } else { "complete-task" };
    let id = format!("t-{}", task.id);
    html! {
        li id={ "task-" (task.id) } {
            @if view.can(C::CompleteTask) {
                form id={ "tf-" (task.id) } method="post" action=(url::incident_command(case.number, command)) data-live data-auto {
                    (dialogs::screen_field(on))
                    input type="hidden" name="task" value=(task.id);
                    input type="checkbox" id=(id) name="done" value="1" checked[done];
                    noscript { button class="btn btn-sm" type="submit" { "Save" } }
                }
            } @else { input type="checkbox" id=(id) checked[done] disabled; }
            label for=(id) { (case.text(task.title)) }
            span.meta {
                @match (task.done_at, task.assignee) {
                    (Some(_), _) => (ticked(view, task)),
                    (None, Some(person)) => (case.person(person)),
                    (None, None) => {},
                }
            }
        }
    }
}

fn add_task(view: &View<'_>, on: &Fields) -> Markup {
    html! {
        details id="add-task" {
            summary class="btn btn-quiet btn-sm" { (icon("plus")) "Add a task" }
            div.mts { (dialogs::form(view, C::AddTask, on, &Errors::default(), None)) }
        }
    }
}

/// Everything it relates to.
pub(super) fn links(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let none = state.parent.is_none()
        && state.children.is_empty()
        && state.parts.is_empty()
        && state.links.is_empty();
    html! {
        section.sec id="links" aria-labelledby="links-h" data-patch=[patch] {
            div.sec-h {
                h2 id="links-h" { "Linked" }
                @if view.can(C::Link) {
                    a class="btn btn-quiet btn-sm btn-icon" href=(url::incident_command(case.number, "link")) data-dialog="#d-link"
                        data-key="l" aria-label="Link something" { (icon("plus")) }
                }
            }
            @if none { p.meta { "Nothing is linked." } }
            ul.rows {
                @if let Some(parent) = state.parent { (link_row(view, "parent", &parent.to_string(), LinkKind::Parent)) }
                @for child in &state.children { (child_row(view, *child)) }
                @for part in &state.parts { (incident_row(view, *part, "merged into it")) }
                @for link in &state.links { (link_row(view, link_word(link.kind, link.reverse), &link.target, link.kind)) }
            }
            (super::known::ways(view))
        }
    }
}

fn link_row(view: &View<'_>, word: &str, target: &str, kind: LinkKind) -> Markup {
    let number: Option<IncidentNumber> = target.parse().ok();
    let symbol = match kind {
        LinkKind::Change => "wrench",
        LinkKind::Problem | LinkKind::KnownError => "flag",
        LinkKind::Alert => "alert",
        _ => "link",
    };
    html! {
        li {
            @match number.and_then(|number| view.case.relatives.get(&number)) {
                Some(row) => (icon(state::look(&row.state).icon)),
                None => (icon(symbol)),
            }
            p {
                @match (number, target.parse::<ProblemNumber>()) {
                    (Some(number), _) => (row_link(view, number)),
                    (None, Ok(problem)) => a class="who ck" href=(url::problem(problem)) { (target) },
                    (None, Err(_)) => (target),
                }
            }
            @if view.can(C::Unlink) && number.is_none_or(|number| view.case.relatives.contains_key(&number)) {
                form method="post" action=(url::incident_command(view.case.number, "unlink")) data-live {
                    input type="hidden" name="kind" value=(kind.as_str());
                    input type="hidden" name="target" value=(target);
                    button class="btn btn-quiet btn-sm btn-icon" type="submit" aria-label={ "Unlink " (target) } { (icon("unlink")) }
                }
            }
            span.meta { (word) }
        }
    }
}

/// The number and title of a related incident, high enough for a finger; of one that the
/// reader may not see, that there is one.
fn row_link(view: &View<'_>, number: IncidentNumber) -> Markup {
    html! {
        @match view.case.relatives.get(&number) {
            Some(row) => a class="who ck" href=(url::incident(number)) { span { (number) " " (row.title) } },
            None => span.who.ck.muted { (RESTRICTED) },
        }
    }
}

/// A child, and whether it follows: what has another cause goes its own way.
fn child_row(view: &View<'_>, number: IncidentNumber) -> Markup {
    let row = view.case.relatives.get(&number);
    let follows = row.is_some_and(|row| row.state.follows_parent);
    let offered = row.filter(|row| row.state.lifecycle.is_open() && view.can(C::Link));
    html! {
        li {
            (icon(row.map_or("link", |row| state::look(&row.state).icon)))
            p { (row_link(view, number)) }
            @if offered.is_some() {
                form method="post" action=(url::incident_command(number, "link")) {
                    input type="hidden" name="kind" value=(LinkKind::Parent.as_str());
                    input type="hidden" name="target" value=(view.case.number);
                    input type="hidden" name=(BACK) value=(view.case.number);
                    @if follows { input type="hidden" name="own_way" value="1"; }
                    button class="btn btn-quiet btn-sm" type="submit" {
                        @if follows { "Let go" span.vh { ": " (number) " goes its own way" } }
                        @else { "Follow" span.vh { ": " (number) " follows this one" } }
                    }
                }
                form method="post" action=(url::incident_command(number, "unlink")) {
                    input type="hidden" name="kind" value=(LinkKind::Parent.as_str());
                    input type="hidden" name="target" value=(view.case.number);
                    input type="hidden" name=(BACK) value=(view.case.number);
                    button class="btn btn-quiet btn-sm btn-icon" type="submit" aria-label={ "Unlink " (number) } { (icon("unlink")) }
                }
            }
            span.meta {
                "child"
                @if let Some(row) = row {
                    ", " (state::look(&row.state).words.to_lowercase())
                    @if !follows { ", goes its own way" }
                }
            }
        }
    }
}

fn incident_row(view: &View<'_>, number: IncidentNumber, word: &str) -> Markup {
    let row = view.case.relatives.get(&number);
    html! {
        li {
            (icon(row.map_or("link", |row| state::look(&row.state).icon)))
            p { (row_link(view, number)) }
            span.meta { (word) @if let Some(row) = row { ", " (state::look(&row.state).words.to_lowercase()) } }
        }
    }
}

/// The requester, those with a role, and those who follow.
pub(super) fn people(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let watchers: Vec<PersonId> = state.watchers.iter().copied().collect();
    html! {
        section.sec id="people" aria-labelledby="people-h" data-patch=[patch] {
            div.sec-h {
                h2 id="people-h" { "People" }
                // The reader's own switch: shared patches leave it alone.
                span.end id="own" data-keep { (watch(view, None)) }
            }
            ul.rows {
                (requester(view))
                @for (role, person) in &state.roles {
                    li { (small_avatar(*person, case.person(*person))) p { (case.person(*person)) } span.meta { (role_word(*role)) } }
                }
                @for person in watchers.iter().take(NAMED) { (watcher(view, *person)) }
                @if watchers.len() > NAMED { li { (icon("eye")) p { "and " (watchers.len() - NAMED) " more" } span.meta { "watching" } } }
            }
            div.btns {
                @if view.can(C::Watch) { (opener(case.number, "watch", "btn btn-quiet btn-sm", None, html! { (icon("plus")) "Add a watcher" })) }
                @if view.can(C::GiveRole) { (opener(case.number, "give-role", "btn btn-quiet btn-sm", None, html! { (icon("user")) "Give a role" })) }
            }
        }
    }
}

fn requester(view: &View<'_>) -> Markup {
    let case = view.case;
    let id = case.state().requester;
    let person = case.who(id);
    let contact: Vec<&str> = person
        .map(|person| {
            [
                person.job_title.as_str(),
                person.site.as_str(),
                person.phone.as_str(),
                person.email.as_deref().unwrap_or_default(),
            ]
        })
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let query = format!(
        "requester:{}",
        query::value_text(
            person.and_then(|person| person.email.as_deref()).unwrap_or(case.person(id))
        )
    );
    html! {
        li {
            (small_avatar(id, case.person(id)))
            p { (case.person(id)) @if person.is_some_and(|person| person.vip) { " " (chip::chip("VIP")) } }
            span.meta { "requester" }
            @if !contact.is_empty() { span.meta { (contact.join(", ")) } }
            @if case.others_of_requester > 0 {
                span.meta { a.link href=(url::queue_of(&query)) { (counted(case.others_of_requester, "other incident")) } }
            }
        }
    }
}

fn watcher(view: &View<'_>, person: PersonId) -> Markup {
    let name = view.case.person(person);
    html! {
        li {
            (small_avatar(person, name))
            p { (name) }
            @if view.can(C::Unwatch) {
                form method="post" action=(url::incident_command(view.case.number, "unwatch")) data-live {
                    input type="hidden" name="person" value=(person);
                    button class="btn btn-quiet btn-sm btn-icon" type="submit" aria-label={ "Remove the watcher " (name) } { (icon("x")) }
                }
            }
            span.meta { "watching" }
        }
    }
}

/// The reader's own switch for following.
pub(in crate::incident) fn watch(view: &View<'_>, patch: Option<&str>) -> Markup {
    let watches = view.me.is_some_and(|me| view.case.state().watchers.contains(&me));
    let may = view.me.is_some() && view.can(if watches { C::Unwatch } else { C::Watch });
    html! {
        span id="watch" data-patch=[patch] {
            @if may {
                form method="post" action=(url::incident_command(view.case.number, if watches { "unwatch" } else { "watch" })) data-live {
                    button class="btn btn-quiet btn-sm" type="submit" data-key="w" aria-pressed=(if watches { "true" } else { "false" }) {
                        (icon("eye")) @if watches { "Watching" } @else { "Watch" }
                    }
                }
            }
        }
    }
}

/// Time spent, by person, and the form to log more.
pub(super) fn work(view: &View<'_>, patch: Option<&str>) -> Markup {
    let spent = &view.case.state().work_seconds;
    let total: u64 = spent.values().sum();
    let name = |id: &str| id.parse::<PersonId>().map_or("a program", |id| view.case.person(id));
    html! {
        section.sec id="work" aria-labelledby="work-h" data-patch=[patch] {
            div.sec-h {
                h2 id="work-h" { "Time spent" }
                @if total > 0 { span.meta { (duration(total as i64)) " by " (people_word(spent.len())) } }
            }
            @if total > 0 {
                dl.props { @for (id, seconds) in spent { div { dt { (name(id)) } dd { (duration(*seconds as i64)) } } } }
            }
            (gathered(view))
            div id="own-work" data-keep { (own(view, None)) }
            @if view.can(C::LogWork) {
                details id="log-work" {
                    summary class="btn btn-quiet btn-sm" { (icon("work")) "Log work" }
                    div.mts { (dialogs::form(view, C::LogWork, &Fields::default(), &Errors::default(), None)) }
                }
            }
        }
    }
}

fn people_word(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// The moments of record.
pub(super) fn moments(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let moments = &state.moments;
    let row = |name: &str, at: Option<Timestamp>, button: Markup| {
        html! {
            div {
                dt { (name) }
                dd { @match at { Some(at) => (time::moment(at, &case.here)), None => { @if button.0.is_empty() { "–" } @else { (button) } } } }
            }
        }
    };
    let none = || html! {};
    let mark = |command: C, label: &str| {
        html! { @if view.can(command) { (post(case.number, command.as_str(), "btn btn-sm", html! { (label) })) } }
    };
    html! {
        section.sec id="details" aria-labelledby="details-h" data-patch=[patch] {
            div.sec-h { h2 id="details-h" { "Details" } }
            dl.props {
                (row("Detected", moments.detected, none()))
                (row("Reported", Some(state.reported_at), none()))
                (row("Acknowledged", moments.acknowledged, none()))
                (row("Responded", moments.responded, none()))
                (row("Mitigated", moments.mitigated, mark(C::Mitigate, "Impact is over")))
                (row("Restored", moments.restored, mark(C::Restore, "Service is back")))
                (row("Resolved", moments.resolved, none()))
                (row("Closed", moments.closed, none()))
                @if let Some(resolution) = &state.resolution { div { dt { "Resolution" } dd { (case.resolution(&resolution.code)) } } }
                div { dt { "Channel" } dd { (channel_word(state.channel).unwrap_or("on screen")) } }
                div { dt { "Reopened" } dd { @if state.reopenings == 0 { "never" } @else { (counted(i64::from(state.reopenings), "time")) } } }
            }
        }
    }
}
