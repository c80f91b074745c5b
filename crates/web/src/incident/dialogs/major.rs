//! The fields of what is done in a major incident, and of outages.

use super::fields::{Form, roles, staff, teams};
use crate::form::Fields;
use crate::incident::major::{degree_word, room_address, room_word};
use crate::incident::panel::pick;
use crate::incident::view::View;
use crate::part::person::first_name;
use crate::url;
use incident::CommandName as C;
use incident::conduct::{Degree, Outage, RoomKind, UpdateDraft};
use maud::{Markup, html};

/// Entries of a list of several that are seen at once.
const LIST_ROWS: usize = 8;
/// Characters of words that are quoted.
const QUOTED_CHARS: usize = 300;

/// The fields of a command.
pub(super) fn fields(view: &View<'_>, command: C, form: &Form<'_>) -> Markup {
    let only_staff = Some("Only staff read this.");
    match command {
        C::ProposeMajor => html! {
            p { "Whoever may declare it is asked to decide. Nothing else changes until then." }
            (form.words("reason", "Why", only_staff))
        },
        C::DeclineMajor => form.words("reason", "Why not", only_staff),
        C::HandOver => html! {
            (form.select("role", "Role", None, &roles(), "commander"))
            (form.select("to", "To", Some("They are asked, and have it once they accept."), &staff(view), ""))
        },
        C::CallResponders => html! {
            (whom(view, form))
            (form.line("note", "Words to them", only_staff, "", "text"))
        },
        C::AnswerCall => html! {
            (form.select("coming", "You", None, &[("yes".to_owned(), "are coming"), ("no".to_owned(), "cannot come")], "yes"))
            (form.line("note", "Words to the others", only_staff, "", "text"))
        },
        C::SetRoom => set_room(view, form),
        C::StateImpact => {
            let stored = view.case.state().conduct.as_deref().and_then(|conduct| conduct.impact);
            let stored = stored.map_or("", |id| view.case.text(id));
            let hint = Some("Who cannot do what, since when, how many. Only staff read this.");
            form.stored_words("statement", "Impact", hint, stored)
        }
        C::RecordOutage => record(view, form),
        C::ChangeOutage => change(view, form),
        C::RemoveOutage => remove(view, form),
        C::RejectUpdate => reject(view, form),
        _ => html! {},
    }
}

/// People and teams, several at once.
fn whom(view: &View<'_>, form: &Form<'_>) -> Markup {
    let entry = |kind: &str, (id, name): (String, String)| (format!("{kind}:{id}"), name);
    let teams: Vec<_> = teams(view).into_iter().map(|one| entry("team", one)).collect();
    let people: Vec<_> = staff(view).into_iter().map(|one| entry("person", one)).collect();
    let chosen: Vec<&str> = form.values.all("whom").collect();
    let hint = Some("Several with Ctrl, or ⌘. Of a team whoever is on call is called, else all.");
    form.field("whom", "Whom", hint, |id, field| {
        html! {
            select.inp id=(id) name="whom" multiple size=(LIST_ROWS) aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] {
                optgroup label="Teams" { @for (key, name) in &teams { option value=(key) selected[chosen.contains(&key.as_str())] { (name) } } }
                optgroup label="People" { @for (key, name) in &people { option value=(key) selected[chosen.contains(&key.as_str())] { (name) } } }
            }
        }
    })
}

/// The kind of room that a form is about.
pub(super) fn room_kind(values: &Fields) -> Option<RoomKind> {
    values.text("kind").parse().ok()
}

/// Where people meet, beginning with what is set; which of their rooms, where none is named.
fn set_room(view: &View<'_>, form: &Form<'_>) -> Markup {
    let Some(kind) = room_kind(form.values) else { return which_room(view, form) };
    let hint = Some("It begins with https:, tel: or sip:. Empty takes it away.");
    let stored = room_address(view, kind).unwrap_or_default();
    html! {
        input type="hidden" name="kind" value=(kind.as_str());
        (form.line("address", room_word(kind), hint, stored, "text"))
    }
}

fn which_room(view: &View<'_>, form: &Form<'_>) -> Markup {
    let address = url::incident_command(view.case.number, C::SetRoom);
    let room = if super::is_in_room(form.values) { "&screen=major" } else { "" };
    html! {
        p { "Which room?" }
        ul.stack-s { @for kind in RoomKind::ALL {
            li { a.link href={ (address) "?kind=" (kind.as_str()) (room) } { (room_word(*kind)) } }
        } }
    }
}

fn degrees() -> Vec<(String, &'static str)> {
    Degree::ALL.iter().map(|degree| (degree.as_str().to_owned(), degree_word(*degree))).collect()
}

fn record(view: &View<'_>, form: &Form<'_>) -> Markup {
    let state = view.case.state();
    let services: Vec<(String, String)> = pick::services_of(&view.case.policy)
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let service = state.service.map_or(String::new(), |id| id.to_string());
    let since = state.moments.detected.unwrap_or(state.reported_at);
    html! {
        (form.select("service", "Service", None, &services, &service))
        (form.select("degree", "How bad", None, &degrees(), Degree::Full.as_str()))
        div.form-2 {
            (form.moment("started_at", "From", &second(view, since)))
            (form.moment("ended_at", "Until, empty while it lasts", ""))
        }
    }
}

/// The outage that a form is about: the one that was named, or the only one.
pub(super) fn outage<'a>(view: &'a View<'_>, values: &Fields) -> Option<&'a Outage> {
    let all = &view.case.state().outages;
    let named = values.text("outage");
    let only = all.first().filter(|_| all.len() == 1 && named.is_empty());
    all.iter().find(|outage| outage.id.to_string() == named).or(only)
}

/// Which outage, where none is named.
fn which(view: &View<'_>, form: &Form<'_>, command: C) -> Markup {
    let address = url::incident_command(view.case.number, command);
    let room = if super::is_in_room(form.values) { "&screen=major" } else { "" };
    let outages = &view.case.state().outages;
    html! {
        @if outages.is_empty() { p { "No outage of this incident is recorded." } } @else {
            p { "Which outage?" }
            ul.stack-s { @for outage in outages {
                li { a.link href={ (address) "?outage=" (outage.id) (room) } { (words(view, outage)) } }
            } }
        }
    }
}

/// "Checkout API, all of it, 12:24 to 13:50".
fn words(view: &View<'_>, outage: &Outage) -> String {
    let here = &view.case.here;
    let until = outage.ended_at.map_or("now".to_owned(), |at| here.exact(at));
    format!(
        "{}, {}, {} to {until}",
        view.case.service(outage.service),
        degree_word(outage.degree).to_lowercase(),
        here.exact(outage.started_at)
    )
}

fn change(view: &View<'_>, form: &Form<'_>) -> Markup {
    let Some(outage) = outage(view, form.values) else {
        return which(view, form, C::ChangeOutage);
    };
    let ended = outage.ended_at.map_or(String::new(), |at| second(view, at));
    html! {
        p { "The outage: " b { (words(view, outage)) } ". Figures and the status page follow what is recorded." }
        input type="hidden" name="outage" value=(outage.id);
        (form.select("degree", "How bad", None, &degrees(), outage.degree.as_str()))
        div.form-2 {
            (form.moment("started_at", "From", &second(view, outage.started_at)))
            (form.moment("ended_at", "Until, empty while it lasts", &ended))
        }
    }
}

fn remove(view: &View<'_>, form: &Form<'_>) -> Markup {
    let Some(outage) = outage(view, form.values) else {
        return which(view, form, C::RemoveOutage);
    };
    html! {
        p { "The outage: " b { (words(view, outage)) } ". The timeline keeps that it was recorded." }
        input type="hidden" name="outage" value=(outage.id);
        (form.words("reason", "Why was it no outage", Some("Only staff read this.")))
    }
}

/// The draft that a form is about.
pub(super) fn draft<'a>(view: &'a View<'_>, values: &Fields) -> Option<&'a UpdateDraft> {
    let drafts = &view.case.state().conduct.as_deref()?.drafts;
    let named = values.text("update");
    let only = drafts.first().filter(|_| drafts.len() == 1 && named.is_empty());
    drafts.iter().find(|draft| draft.id.to_string() == named).or(only)
}

fn reject(view: &View<'_>, form: &Form<'_>) -> Markup {
    let Some(draft) = draft(view, form.values) else {
        return html! { p { "This update waits for nobody any more." } };
    };
    let label = match draft.by {
        Some(person) if view.me == Some(person) => "Why do you withdraw it".to_owned(),
        Some(person) => {
            format!("What should {} change", first_name(view.case.person(person)))
        }
        None => "What should its writer change".to_owned(),
    };
    html! {
        blockquote.msg-b { p { (crate::incident::words::short(view.case.text(draft.body), QUOTED_CHARS)) } }
        input type="hidden" name="update" value=(draft.id);
        (form.words("reason", &label, Some("Only staff read this.")))
    }
}

/// An instant to the second, as a field holds it.
fn second(view: &View<'_>, at: kernel::Timestamp) -> String {
    view.case.here.local(at).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
