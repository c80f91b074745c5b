//! Commands that need words or a choice: one form each, in a dialog where
//! scripts run and on a page of its own where they do not.

mod fields;
mod major;
mod resolve;

use super::view::View;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::person::first_name;
use crate::shell::{Page, Section};
use crate::url;
use incident::CommandName as C;
use maud::{Markup, html};

/// Commands whose dialogs stand ready on the incident's page.
const READY: &[C] = &[
    C::Resolve,
    C::Hold,
    C::Escalate,
    C::Page,
    C::Merge,
    C::Link,
    C::Cancel,
    C::Restrict,
    C::ProposeMajor,
    C::DeclareMajor,
    C::DeclineMajor,
    C::StandDown,
    C::RecordOutage,
    C::Reopen,
    C::Dispute,
    C::Rate,
    C::Classify,
    C::Prioritise,
    C::SetExpectedResolution,
    C::Promise,
    C::ExplainBreach,
    C::Watch,
    C::GiveRole,
    C::ApplyModel,
];

/// Services up to which the forms that choose one stand ready: with more, their names would be most
/// of every page, and the forms have pages of their own.
const SERVICES_MAX: usize = 200;

/// Commands that have a form.
const WITH_FORM: &[C] = &[
    C::Assign,
    C::Tag,
    C::LogWork,
    C::AddTask,
    C::Redact,
    C::CorrectPause,
    C::HandOver,
    C::CallResponders,
    C::AnswerCall,
    C::SetRoom,
    C::StateImpact,
    C::ChangeOutage,
    C::RemoveOutage,
    C::RejectUpdate,
];

/// Commands whose dialogs stand ready in the room of a major incident.
const IN_ROOM: &[C] = &[
    C::Resolve,
    C::DeclareMajor,
    C::DeclineMajor,
    C::StandDown,
    C::CallResponders,
    C::StateImpact,
    C::RecordOutage,
    C::GiveRole,
];

/// The field that says on which screen a form stands, where that is not the incident's page.
const SCREEN: &str = "screen";
/// The room of a major incident.
const ROOM: &str = "major";

/// The field that says that a form stands on a page of its own.
pub(super) const ALONE: &str = "alone";
/// The place of what somebody else changed meanwhile among a form's errors.
pub(super) const MEANWHILE: &str = "meanwhile";

/// Whether a command has a form of its own.
pub(super) fn has_form(command: C) -> bool {
    READY.contains(&command) || WITH_FORM.contains(&command)
}

/// Whether a form stands in the room of a major incident, and leads back there.
pub(super) fn is_in_room(values: &Fields) -> bool {
    values.get(SCREEN) == Some(ROOM)
}

/// The values of a form in the room that nobody has touched.
pub(super) fn in_room() -> Fields {
    Fields::default().with(SCREEN, ROOM)
}

/// What a form without a dialog says of where it stands.
pub(super) fn screen_field(values: &Fields) -> Markup {
    html! { @if is_in_room(values) { input type="hidden" name=(SCREEN) value=(ROOM); } }
}

/// Where whoever is done goes.
pub(super) fn back(number: kernel::IncidentNumber, values: &Fields) -> String {
    if is_in_room(values) { url::major(number) } else { url::incident(number) }
}

/// Every dialog of the incident's page.
pub(super) fn dialogs(view: &View<'_>) -> Markup {
    ready(view, READY, &Fields::default())
}

/// Every dialog of the room.
pub(super) fn room_dialogs(view: &View<'_>) -> Markup {
    ready(view, IN_ROOM, &in_room())
}

fn ready(view: &View<'_>, commands: &[C], values: &Fields) -> Markup {
    html! {
        @if view.rights.works {
            @for command in commands.iter().filter(|command| is_small(view, **command)) {
                dialog id={ "d-" (command) } aria-labelledby={ "d-" (command) "-h" } {
                    div.dlg-h {
                        h2 id={ "d-" (command) "-h" } { (title(view, *command)) }
                        kbd { "Esc" }
                    }
                    (form(view, *command, values, &Errors::default(), None))
                }
            }
        }
    }
}

/// Whether a form is small enough to stand on every page.
fn is_small(view: &View<'_>, command: C) -> bool {
    let chooses_service = matches!(command, C::Classify | C::RecordOutage);
    !chooses_service || view.case.policy.services.len() <= SERVICES_MAX
}

/// A command's form. `values` fill it, `errors` say what was wrong with them.
pub(super) fn form(
    view: &View<'_>,
    command: C,
    values: &Fields,
    errors: &Errors,
    patch: Option<&str>,
) -> Markup {
    let name = command.as_str();
    html! {
        form id={ "f-" (name) } method="post" action=(url::incident_command(view.case.number, name)) data-live data-reset data-patch=[patch] {
            input type="hidden" name="form" value=(name);
            @if guarded(command) { input type="hidden" name="version" value=(view.case.state().version); }
            @if values.ticked(ALONE) { input type="hidden" name=(ALONE) value="1"; }
            (screen_field(values))
            (trouble(errors))
            div.dlg-b { (fields::fields(view, command, values, errors)) }
            div.dlg-f {
                a.btn href=(back(view.case.number, values)) data-close { "Back" }
                @if is_ready(view, command, values) { (submit(view, command)) }
            }
        }
    }
}

/// Whether the form says what it is about, so that it can be sent.
fn is_ready(view: &View<'_>, command: C, values: &Fields) -> bool {
    match command {
        C::CorrectPause => fields::hold_to_correct(view, values).is_some(),
        C::ChangeOutage | C::RemoveOutage => major::outage(view, values).is_some(),
        C::RejectUpdate => major::draft(view, values).is_some(),
        C::SetRoom => major::room_kind(values).is_some(),
        _ => true,
    }
}

/// What is wrong: what to fix, or what somebody else changed meanwhile.
pub(super) fn trouble(errors: &Errors) -> Markup {
    match errors.of(MEANWHILE) {
        None => errors.summary(),
        Some(words) => html! {
            div class="banner banner-warn" role="alert" tabindex="-1" {
                (icon("user"))
                div { b { (words) "." } " Send it again to change it anyway." }
            }
        },
    }
}

/// Commands that check whether somebody else changed the same thing meanwhile.
pub(super) fn guarded(command: C) -> bool {
    matches!(
        command,
        C::Assign
            | C::Prioritise
            | C::Classify
            | C::Hold
            | C::Resolve
            | C::Cancel
            | C::Reopen
            | C::Restrict
            | C::Escalate
            | C::StateImpact
            | C::ChangeOutage
    )
}

/// The same form as a page. `values` hold [`ALONE`], so that the answer leads back.
pub(super) fn page(
    who: &SignedIn,
    view: &View<'_>,
    command: C,
    values: &Fields,
    errors: &Errors,
) -> Markup {
    let case = view.case;
    let heading = title(view, command);
    Page::new(who, &heading)
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(back(case.number, values), case.number.to_string())
        .show(html! {
            div.page {
                div.page-h { div { h1 { (heading) } p { (case.title()) } } }
                div.card { (form(view, command, values, errors, None)) }
            }
        })
}

/// What a command is called above its form.
pub(super) fn title(view: &View<'_>, command: C) -> String {
    let number = view.case.number;
    let requester = first_name(view.case.person(view.case.state().requester));
    match command {
        C::Resolve => format!("Resolve {number}"),
        C::Hold => format!("Put {number} on hold"),
        C::Escalate => format!("Escalate {number}"),
        C::Page => format!("Page somebody about {number}"),
        C::Merge => format!("Merge {number} into another"),
        C::Link => format!("Link {number}"),
        C::Cancel => format!("Cancel {number}"),
        C::Restrict => format!("Restrict {number}"),
        C::ProposeMajor => format!("Propose {number} as a major incident"),
        C::DeclareMajor => format!("Declare {number} a major incident"),
        C::DeclineMajor => format!("{number} is no major incident"),
        C::StandDown => format!("Stand down {number}"),
        C::Reopen => format!("Reopen {number}"),
        C::Dispute => format!("{number} is still broken"),
        C::Rate => format!("How {requester} rates {number}"),
        C::Classify => format!("Edit {number}"),
        C::Prioritise => format!("Priority of {number}"),
        C::SetExpectedResolution => format!("When {number} is expected back"),
        C::Promise => format!("Promise when {number} is over"),
        C::ExplainBreach => format!("Why {number} took longer"),
        C::CorrectPause => format!("Correct a pause of {number}"),
        C::Watch => format!("Add a watcher to {number}"),
        C::GiveRole => format!("Give a role in {number}"),
        C::ApplyModel => format!("Apply an incident model to {number}"),
        C::Assign => format!("Assign {number}"),
        C::Tag => format!("Tags of {number}"),
        C::LogWork => format!("Log work on {number}"),
        C::AddTask => format!("Add a task to {number}"),
        C::Redact => format!("Erase words of {number}"),
        C::HandOver => format!("Hand over a role in {number}"),
        C::CallResponders => format!("Call people to {number}"),
        C::AnswerCall => format!("Answer the call to {number}"),
        C::SetRoom => format!("Where people meet about {number}"),
        C::StateImpact => format!("What {number} means for the business"),
        C::RecordOutage => format!("Record an outage of {number}"),
        C::ChangeOutage => format!("Change an outage of {number}"),
        C::RemoveOutage => format!("Remove an outage of {number}"),
        C::RejectUpdate => format!("Reject an update of {number}"),
        other => format!("{number}: {other}"),
    }
}

fn submit(view: &View<'_>, command: C) -> Markup {
    let requester = first_name(view.case.person(view.case.state().requester));
    let (label, class) = match command {
        C::Resolve => (format!("Resolve and ask {requester}"), "btn btn-primary"),
        C::Hold => ("Put on hold".to_owned(), "btn btn-primary"),
        C::Escalate => ("Escalate".to_owned(), "btn btn-primary"),
        C::Page => ("Page".to_owned(), "btn btn-primary"),
        C::Merge => ("Merge".to_owned(), "btn btn-primary"),
        C::Link => ("Link".to_owned(), "btn btn-primary"),
        C::Cancel => ("Cancel this incident".to_owned(), "btn btn-danger"),
        C::Redact => ("Erase for good".to_owned(), "btn btn-danger"),
        C::DeclareMajor => ("Declare major".to_owned(), "btn btn-danger"),
        C::ProposeMajor => ("Propose".to_owned(), "btn btn-primary"),
        C::DeclineMajor => ("Decline".to_owned(), "btn btn-primary"),
        C::HandOver => ("Hand over".to_owned(), "btn btn-primary"),
        C::CallResponders => ("Call them".to_owned(), "btn btn-primary"),
        C::AnswerCall => ("Answer".to_owned(), "btn btn-primary"),
        C::RecordOutage => ("Record".to_owned(), "btn btn-primary"),
        C::RemoveOutage => ("Remove".to_owned(), "btn btn-danger"),
        C::RejectUpdate => ("Reject".to_owned(), "btn btn-danger"),
        C::StandDown => ("Stand down".to_owned(), "btn btn-primary"),
        C::Reopen | C::Dispute => ("Reopen".to_owned(), "btn btn-primary"),
        C::Promise => ("Promise".to_owned(), "btn btn-primary"),
        C::ApplyModel => ("Apply".to_owned(), "btn btn-primary"),
        C::LogWork => ("Log".to_owned(), "btn btn-sm"),
        C::AddTask | C::Watch => ("Add".to_owned(), "btn btn-primary"),
        _ => ("Save".to_owned(), "btn btn-primary"),
    };
    html! { button class=(class) type="submit" { (label) " " kbd { "Ctrl ↵" } } }
}
