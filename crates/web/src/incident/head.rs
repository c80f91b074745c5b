//! The upper part of the page: title with the main actions, what it is, the
//! keel line, and the clocks, each with its own explanation.

use super::case::Case;
use super::clocks::{self, Step, Turn};
use super::timeline::{channel_word, turn_words};
use super::view::View;
use crate::part::clock::{self, Standing};
use crate::part::icon::icon;
use crate::part::keel::{Keel, keel};
use crate::part::time::{self, Here, duration};
use crate::part::{chip, pri, state};
use crate::url;
use desk::{Desk, Doing, Present};
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::{CommandName as C, Lifecycle};
use kernel::{IncidentNumber, PersonId};
use maud::{Markup, html};

/// The sticky bar: title, the compact clock, the actions.
pub(super) fn bar(view: &View<'_>, patch: Option<&str>) -> Markup {
    let case = view.case;
    html! {
        div.inc-t id="inc-bar" data-patch=[patch] {
            div.inc-tr {
                h1 { (case.title()) }
                div.inc-sla aria-hidden="true" {
                    @if let Some(clock) = clock::next(case.state()).filter(|_| case.state().lifecycle.is_open()) { (clock::sla(clock, clock::waits_since(case.state()), &case.here)) }
                }
                div.btns { (actions(view)) }
                @if view.rights.works { (more(view)) }
            }
        }
    }
}

fn actions(view: &View<'_>) -> Markup {
    let (case, number) = (view.case, view.case.number);
    html! {
        @if view.can(C::Resolve) { (opener(number, "resolve", "btn btn-primary", Some("e"), html! { "Resolve " kbd { "E" } })) }
        @if view.can(C::Confirm) { (post(number, "confirm", "btn btn-primary", html! { "Confirm" })) }
        @if view.can(C::Reopen) { (opener(number, "reopen", "btn", None, html! { "Reopen" })) }
        @if view.can(C::Assign) {
            form method="post" action=(url::incident_command(number, "assign")) data-live {
                input type="hidden" name="assignee" value="me";
                @if case.state().assignee.is_none() {
                    button.btn type="submit" data-key="i" data-name="Assign to me" { "Take " kbd { "I" } }
                } @else {
                    button.vh type="submit" tabindex="-1" data-key="i" { "Assign to me" }
                }
            }
        }
        @if view.can(C::Escalate) { (opener(number, "escalate", "btn hide-m", None, html! { "Escalate" })) }
        @if view.rights.works {
            button class="btn btn-icon" type="button" popovertarget="more" aria-label="More actions" { (icon("dots")) }
        }
    }
}

/// A link to a command's page that opens its dialog where scripts run.
pub(super) fn opener(
    number: IncidentNumber,
    command: &str,
    class: &str,
    key: Option<&str>,
    label: Markup,
) -> Markup {
    html! {
        a class=(class) href=(url::incident_command(number, command)) data-dialog={ "#d-" (command) } data-key=[key] { (label) }
    }
}

/// A button that issues a command without further words.
pub(super) fn post(number: IncidentNumber, command: &str, class: &str, label: Markup) -> Markup {
    html! {
        form method="post" action=(url::incident_command(number, command)) data-live {
            button class=(class) type="submit" { (label) }
        }
    }
}

fn more(view: &View<'_>) -> Markup {
    let number = view.case.number;
    let entry = |command: C, symbol: &'static str, label: &str| {
        let label = html! { (icon(symbol)) span { (label) } };
        html! { @if view.can(command) { (opener(number, command.as_str(), "opt", None, label)) } }
    };
    let at_once = |command: C, symbol: &'static str, label: &str| {
        let label = html! { (icon(symbol)) span { (label) } };
        html! { @if view.can(command) { (post(number, command.as_str(), "opt", label)) } }
    };
    html! {
        div class="pop pop-a menu" id="more" popover {
            (entry(C::Escalate, "escal", "Escalate"))
            (entry(C::Hold, "pause", "Put on hold"))
            (entry(C::DeclareMajor, "major", "Declare major incident"))
            (entry(C::StandDown, "major", "Stand down"))
            (entry(C::Merge, "merge", "Merge into another"))
            (at_once(C::Unmerge, "merge", "Unmerge"))
            (entry(C::Link, "link", "Link something"))
            (entry(C::Dispute, "refresh", "Still broken, says the requester"))
            (at_once(C::NotAReopening, "undo", "The reply was no reopening"))
            (at_once(C::Close, "s-closed", "Close without confirmation"))
            (entry(C::Restrict, "lock", if view.case.state().confidential_to.is_some() { "Change or lift the restriction" } else { "Restrict to a team" }))
            (entry(C::Cancel, "x", "Cancel, recorded in error"))
        }
    }
}

/// What it is: priority, state, service, where it came from; and lasting conditions.
pub(super) fn facts(view: &View<'_>, presence: Markup, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    html! {
        div id="inc-head" data-version=(state.version) data-patch=[patch] {
            div.inc-m {
                (pri::priority(state.priority)) " " (state::state(state))
                @if state.major { (chip::major()) }
                @if let Some(service) = state.service {
                    a.chip href=(url::queue_of(&format!("state:open service:{}", query::value_text(case.service(service))))) {
                        (icon("services")) (case.service(service))
                    }
                }
                @if let Some(team) = state.confidential_to { (chip::lock(case.team(team))) }
                span.meta { (origin(case)) }
                // Others come and go with events of their own.
                span.end id="here" data-keep { (presence) }
            }
            (conditions(view))
        }
    }
}

/// "Gwen Tarrant reported it by portal, 11:47, 68 people affected".
fn origin(case: &Case) -> Markup {
    let state = case.state();
    let by =
        case.events().iter().find(|stored| stored.number == case.number && stored.event.n == 1);
    let logger = by
        .filter(|stored| stored.event.actor.person_id() != Some(state.requester))
        .map(|stored| &stored.event.actor.name);
    html! {
        (case.person(state.requester)) " reported it"
        @if let Some(word) = channel_word(state.channel) { " " (word) }
        ", " (time::moment(state.reported_at, &case.here))
        @if let Some(name) = logger { ", logged by " (name) }
        @if let Some(affected) = state.affected { ", " (affected) @if affected == 1 { " person affected" } @else { " people affected" } }
    }
}

/// What it belongs to and what waits: merged, parent, children, closing by silence.
fn conditions(view: &View<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    html! {
        @if let Some(into) = state.merged_into {
            div class="banner banner-info" {
                (icon("merge"))
                div { b { "This is part of " (link_to(case, into)) "." } " Work goes on there; replies to either reach the same people." }
                @if view.can(C::Unmerge) { (post(case.number, "unmerge", "btn btn-sm", html! { "Unmerge" })) }
            }
        }
        @if let Some(parent) = state.parent {
            p.meta {
                "Child of " (link_to(case, parent))
                @if state.follows_parent { ", follows its progress" } @else { ", keeps its own progress" }
            }
        }
        @if !state.children.is_empty() || !state.parts.is_empty() {
            p.meta {
                @if !state.children.is_empty() { (time::counted(state.children.len() as i64, "incident")) " below it" }
                @if !state.children.is_empty() && !state.parts.is_empty() { ", " }
                @if !state.parts.is_empty() { (time::counted(state.parts.len() as i64, "incident")) " merged into it" }
            }
        }
        @if let (Lifecycle::Resolved, Some(at)) = (state.lifecycle, state.close_at) {
            p.meta { "Waits for confirmation by " (case.person(state.requester)) ". Closes by itself " (time::moment(at, &case.here)) }
        }
        @if state.before_reopening.is_some() && view.can(C::NotAReopening) {
            div class="banner banner-info" {
                (icon("reply"))
                div { b { "A reply reopened it." } " If it was only a thank-you, the resolution can stand." }
                (post(case.number, "not-a-reopening", "btn btn-sm", html! { "Not a reopening" }))
            }
        }
    }
}

/// The number and title of a related incident, or the number alone.
pub(super) fn link_to(case: &Case, number: IncidentNumber) -> Markup {
    html! {
        a.link href=(url::incident(number)) { (number) @if let Some(row) = case.relatives.get(&number) { " " (row.title) } }
    }
}

/// The keel line.
pub(super) fn line(case: &Case, patch: Option<&str>) -> Markup {
    let state = case.state();
    let clock = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
    let response =
        case.steps.iter().find(|step| step.kind == ClockKind::Response && step.turn == Turn::Met);
    let drawn = Keel {
        reported: state.reported_at,
        response_met: response.map(|step| step.at),
        pauses: clocks::pauses(&case.steps, ClockKind::Resolution),
        ended: state
            .moments
            .resolved
            .or(clock.and_then(|clock| clock.stopped_at))
            .filter(|_| !state.lifecycle.is_open()),
        due: clock.and_then(|clock| due(clock, &case.here)),
    };
    html! { div id="inc-keel" data-patch=[patch] { (keel(&drawn, &case.here)) } }
}

/// When a clock is or was due; for one that waits, if it went on now.
fn due(clock: &Clock, here: &Here) -> Option<kernel::Timestamp> {
    let from = match clock.status {
        ClockStatus::Running => return clock.due_at,
        ClockStatus::Paused => here.now,
        ClockStatus::Stopped | ClockStatus::Cancelled => clock.stopped_at?,
    };
    clock.due_from(here.calendar(clock), from)
}

/// Every clock with how it stands and how it came to that.
pub(super) fn clocks(case: &Case, patch: Option<&str>) -> Markup {
    let state = case.state();
    let known = |kind: &ClockKind| state.clocks.iter().find(|clock| clock.kind == *kind);
    html! {
        dl.clocks id="clocks" data-patch=[patch] {
            @for clock in ClockKind::ALL.iter().filter_map(known) { (one(case, clock)) }
            @if let Some(expected) = state.expected {
                div.clock {
                    dt { (icon("s-progress")) "Expected back" }
                    dd { b { (time::moment(expected.at, &case.here)) } }
                    @if let (Some(low), Some(high)) = (expected.low, expected.high) {
                        dd { "between " (time::moment(low, &case.here)) " and " (time::moment(high, &case.here)) }
                    }
                }
            }
        }
    }
}

fn one(case: &Case, clock: &Clock) -> Markup {
    let standing = Standing::of(clock, &case.here);
    let class = match standing {
        Standing::Met => "clock clock-met",
        Standing::Warn => "clock clock-warn",
        Standing::Breach | Standing::Missed => "clock clock-crit",
        _ => "clock",
    };
    html! {
        div class=(class) {
            dt { (icon(standing.icon())) (clock::name(clock.kind)) }
            dd { b { (value(clock, standing, &case.here)) } }
            dd { (story(case, clock, beside(case, clock, standing))) }
        }
    }
}

fn value(clock: &Clock, standing: Standing, here: &Here) -> Markup {
    let over = || duration(-clock.remaining_seconds(here.calendar(clock), here.now));
    html! {
        @match (standing, clock.due_at) {
            (Standing::Met, _) => { "Met in " (duration(clock.elapsed_seconds(here.calendar(clock), here.now))) }
            (Standing::Missed, _) => { "Late by " (over()) }
            (Standing::Cancelled, _) => { "Ended" }
            (Standing::Paused, _) => { "Paused, " (duration(clock.remaining_seconds(here.calendar(clock), here.now))) " left" }
            (Standing::Breach, None) => { "Paused, " (over()) " over" }
            (_, Some(due)) => { (time::left(due, here)) }
            (_, None) => { (duration(clock.remaining_seconds(here.calendar(clock), here.now))) " left" }
        }
    }
}

fn beside(case: &Case, clock: &Clock, standing: Standing) -> Markup {
    let here = &case.here;
    let waited: i64 = clocks::pauses(&case.steps, clock.kind)
        .iter()
        .map(|(from, until)| until.unwrap_or(here.now).seconds_since(*from))
        .sum();
    html! {
        @match (standing, clock.due_at) {
            (Standing::Met | Standing::Missed | Standing::Cancelled, _) => { "target was " (duration(clock.target_seconds)) }
            (Standing::Breach, Some(due)) => { "was due " (time::moment(due, here)) }
            // Then the value says already when it is due.
            (_, Some(due)) if due.seconds_since(here.now) >= time::COUNTED_SECONDS => { "target " (duration(clock.target_seconds)) }
            (_, Some(due)) => { "due " (time::moment(due, here)) }
            (_, None) => { "target " (duration(clock.target_seconds)) }
        }
        @if waited > 0 && standing != Standing::Cancelled { ", waited " (duration(waited)) }
        @if clock.first_breached_at.is_some() && clock.breached_at.is_none() { ", passed an earlier target" }
    }
}

/// What stands beside the value; it opens to every start, pause, resume and re-target with the seconds each added.
fn story(case: &Case, clock: &Clock, beside: Markup) -> Markup {
    let steps: Vec<&Step> = case.steps.iter().filter(|step| step.kind == clock.kind).collect();
    html! {
        details id={ "story-" (clock.kind.as_str()) } {
            summary title="How it was counted" { span { (beside) } (icon("right")) }
            ol.gap-s {
                @for step in &steps {
                    li.meta {
                        (time::moment(step.at, &case.here)) " " (turn_words(step))
                        @if step.added > 0 { ", +" (duration(step.added)) }
                    }
                }
                li.meta {
                    (duration(clock.elapsed_seconds(case.here.calendar(clock), case.here.now))) " of " (duration(clock.target_seconds)) " used now, by "
                    (case.policy.agreement_of(case.state()).name)
                }
            }
        }
    }
}

/// Who else is here and who of them writes to the requester, as patches.
pub(crate) fn presence_patches(desk: &Desk, number: IncidentNumber, except: PersonId) -> Markup {
    html! { (presence(desk, number, Some(except), Some(""))) (also_writing(desk, number, Some(except), Some(""))) }
}

/// Tells whoever is about to reply that somebody else does.
pub(super) fn also_writing(
    desk: &Desk,
    number: IncidentNumber,
    except: Option<PersonId>,
    patch: Option<&str>,
) -> Markup {
    let others: Vec<String> = desk
        .present(number)
        .into_iter()
        .filter(|present| Some(present.person) != except && present.doing == Doing::Reply)
        .map(|present| crate::part::person::first_name(&present.name).to_owned())
        .collect();
    html! {
        span id="c-others" data-patch=[patch] {
            @match others.as_slice() {
                [] => {},
                [one] => { (icon("reply")) (one) " is writing a reply" },
                many => { (icon("reply")) (many.join(", ")) " are writing replies" },
            }
        }
    }
}

/// Who else is here. `except` is the reader, who knows that they are.
pub(super) fn presence(
    desk: &Desk,
    number: IncidentNumber,
    except: Option<PersonId>,
    patch: Option<&str>,
) -> Markup {
    let there: Vec<Present> =
        desk.present(number).into_iter().filter(|present| Some(present.person) != except).collect();
    html! {
        span.presence id="presence" data-patch=[patch] {
            @if !there.is_empty() {
                span.avs { @for present in there.iter().take(5) { (crate::part::person::small_avatar(present.person, &present.name)) } }
                span {
                    @for (at, present) in there.iter().take(5).enumerate() {
                        @if at > 0 { ", " }
                        @let name = crate::part::person::first_name(&present.name);
                        @match present.doing {
                            Doing::Reply => span class="typing typing-pub" { (name) " is writing a reply" },
                            Doing::Note => span.typing { (name) " is writing a note" },
                            Doing::Update => span class="typing typing-pub" { (name) " is writing an update" },
                            Doing::Viewing | Doing::Left => { (name) " is viewing" }
                        }
                    }
                    @if there.len() > 5 { " and " (there.len() - 5) " more" }
                }
            }
        }
    }
}
