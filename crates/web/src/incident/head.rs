//! The upper part of the page: title with the main actions, what it is, the keel line.

use super::case::{Case, RESTRICTED};
use super::timeline::channel_word;
use super::view::View;
use super::{major, paging};
use crate::part::clock;
use crate::part::icon::icon;
use crate::part::keel::{Keel, keel};
use crate::part::time::{self, Here};
use crate::part::{chip, pri, state};
use crate::url;
use desk::expected::Outlook;
use desk::{Desk, Doing, Present};
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::ledger::Turn;
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
            (entry(C::Page, "bell", "Page somebody"))
            (entry(C::Hold, "pause", "Put on hold"))
            (entry(C::Promise, "clock", "Promise a time"))
            @if !view.case.policy.models.is_empty() { (entry(C::ApplyModel, "book", "Apply an incident model")) }
            (entry(C::ProposeMajor, "major", "Propose as major incident"))
            (entry(C::DeclareMajor, "major", "Declare major incident"))
            (entry(C::StandDown, "major", "Stand down"))
            (entry(C::RecordOutage, "h-down", "Record an outage"))
            (entry(C::Merge, "merge", "Merge into another"))
            (at_once(C::Unmerge, "merge", "Unmerge"))
            (entry(C::Link, "link", "Link something"))
            (entry(C::Dispute, "refresh", "Still broken, says the requester"))
            (entry(C::Rate, "flag", "How the requester rates it"))
            (at_once(C::NotAReopening, "undo", "The reply was no reopening"))
            (at_once(C::Close, "s-closed", "Close without confirmation"))
            (entry(C::Restrict, "lock", if view.case.state().confidential_to.is_some() { "Change or lift the restriction" } else { "Restrict to a team" }))
            (entry(C::Cancel, "x", "Cancel, recorded in error"))
            button.opt type="button" data-print { (icon("print")) span { "Print" } }
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
                @if major::has_room(state) {
                    a class={ "chip " (if state.major { "chip-crit" } else { "" }) } href=(url::major(case.number)) {
                        (icon("major")) @if state.major { "Major: the room" } @else { "The room" }
                    }
                }
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
    let logger = by.and_then(|stored| case.logger(&stored.event, state.requester));
    html! {
        (case.person(state.requester)) " reported it"
        @if let Some(word) = channel_word(state.channel) { " " (word) }
        ", " (time::moment(state.reported_at, &case.here))
        @if let Some(name) = logger { ", logged by " (name) }
        @if let Some(affected) = state.affected { ", " (kernel::grouped(i64::from(affected))) @if affected == 1 { " person affected" } @else { " people affected" } }
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
        (paging::line(view))
        (proposal(view))
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
        @for breach in state.breaches().filter(|breach| breach.explanation.is_none()) {
            div class="banner banner-warn" {
                (icon("alert"))
                div { b { (clock::name(breach.clock)) " was not in time." } " It was due " (time::moment(breach.at, &case.here)) ". Say why, and who sees to it that it does not happen again." }
                @if view.can(C::ExplainBreach) { (opener(case.number, "explain-breach", "btn btn-sm", None, html! { "Explain" })) }
            }
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

/// That it be declared major, while nobody has decided.
fn proposal(view: &View<'_>) -> Markup {
    let (case, number) = (view.case, view.case.number);
    let proposal = case.state().conduct.as_deref().and_then(|conduct| conduct.proposal.as_ref());
    html! {
        @if let Some(proposal) = proposal {
            div class="banner banner-warn" {
                (icon("major"))
                div {
                    b { @match proposal.by { Some(person) => (case.person(person)), None => "A rule" } " proposes to declare it a major incident." }
                    @if let Some(reason) = proposal.reason { " " (case.text(reason)) }
                }
                @if view.can(C::DeclareMajor) { (opener(number, "declare-major", "btn btn-sm btn-danger", None, html! { "Accept" })) }
                @if view.can(C::DeclineMajor) { (opener(number, "decline-major", "btn btn-sm", None, html! { "Decline" })) }
            }
        }
    }
}

/// The number and title of a related incident, where the reader may see it.
pub(super) fn link_to(case: &Case, number: IncidentNumber) -> Markup {
    html! {
        @match case.relatives.get(&number) {
            Some(row) => a.link href=(url::incident(number)) { (number) " " (row.title) },
            None => (RESTRICTED),
        }
    }
}

/// The keel line.
pub(super) fn line(case: &Case, patch: Option<&str>) -> Markup {
    let state = case.state();
    let clock = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
    let response = case.clocks.of_clock(ClockKind::Response).find(|step| step.turn == Turn::Met);
    let drawn = Keel {
        reported: state.reported_at,
        response_met: response.map(|step| step.at),
        pauses: case.clocks.waits_of(ClockKind::Resolution).collect(),
        ended: state
            .moments
            .resolved
            .or(clock.and_then(|clock| clock.stopped_at))
            .filter(|_| !state.lifecycle.is_open()),
        due: clock.and_then(|clock| due(clock, &case.here)),
        likely: match &case.outlook {
            Some(Outlook::Likely(likely)) => Some(likely.rounded(&case.here.zone)),
            _ => None,
        },
        hours: clock
            .filter(|clock| clock.calendar.is_some())
            .map(|clock| case.here.calendar(clock)),
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
