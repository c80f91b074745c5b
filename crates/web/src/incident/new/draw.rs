//! The form of a new incident as markup.

use super::{CHANNELS, Form, alike};
use crate::auth::SignedIn;
use crate::incident::panel::pick;
use crate::models;
use crate::part::away;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::person::avatar;
use crate::part::time::{self, Here};
use crate::part::{chip, pri, state};
use crate::shell::{Page, Section};
use crate::url;
use incident::models::Model;
use kernel::{InOrder, Level, limits};
use maud::{Markup, html};
use store::directory::people::Person;
use store::incidents::list::IncidentRow;

/// What a caller is found by.
const CALLER_HINT: &str = "Name, e-mail address or telephone number";

/// The page.
pub(super) fn page(who: &SignedIn, form: &Form) -> Markup {
    let here = &who.here;
    Page::new(who, "New incident").section(Section::Queue).crumb(url::QUEUE, "Queue").main_class("main main-canvas").script("app-settings.js").show(html! {
        div.page {
            div.page-h { div { h1 { "New incident" } p { "Reported by phone, in person, or noticed by you" } } }
            div.two {
                (draw(form, here, None))
                div.stack {
                    (form.suggested)
                    (caller_card(form.caller.as_ref(), &form.theirs, form.values.text("existing"), here, None))
                    (alike::of_form(form, here))
                    (same_service(&form.same, here, None))
                }
            }
        }
    })
}

/// The form itself.
pub(super) fn draw(form: &Form, here: &Here, patch: Option<&str>) -> Markup {
    html! {
        form class="card form" id="f-new" method="post" action=(url::NEW_INCIDENT) enctype="multipart/form-data" data-live data-preview="/incidents/new/fill" data-alike="/incidents/new/alike" data-patch=[patch] {
            div class="card-b stack" {
                (form.errors.summary())
                (model(form))
                div.stack data-still data-beside="/incidents/new/suggest" {
                    (who_calls(form))
                    (field(form, "channel", "Reported by", None, |id| html! {
                        select.inp id=(id) name="channel" {
                            @for (channel, label) in CHANNELS { option value=(channel.as_str()) selected[form.values.text("channel") == channel.as_str()] { (label) } }
                        }
                    }))
                    (line(form, "title", "Title", Some("What is not working, in one line"), "text"))
                    (Field::new("description", "Description").errors(&form.errors).textarea(5, form.values.get("description").unwrap_or_default()))
                    div.form-2 {
                        (service_field(form))
                        (choices(form, "category", "Category", pick::categories_of(&form.policy).into_iter().map(|(id, path)| (id.to_string(), path)), "Not known"))
                    }
                    div.form-2 {
                        (line(form, "affected", "People affected", Some("Roughly"), "number"))
                        (line(form, "detected_at", "Noticed", Some("If earlier than now"), "datetime-local"))
                    }
                    (priority(form))
                    div.form-2 {
                        (choices(form, "team", "Team", pick::teams_of(&form.policy, None).into_iter().map(|(id, name)| (id.to_string(), name)), "The service's owner"))
                        (assignee(form, here))
                    }
                    (choices(form, "confidential_to", "Confidential to", pick::teams_of(&form.policy, None).into_iter().map(|(id, name)| (id.to_string(), name)), "Nobody in particular"))
                    div.field {
                        span.lbl { "Files" }
                        label class="btn btn-sm" {
                            (icon("clip")) "Attach files"
                            input.vh type="file" name="file" multiple data-files="#files" data-limit=(limits::ATTACHMENT_BYTES);
                        }
                        ul.atts id="files" {}
                    }
                    div.btns {
                        button class="btn btn-primary" type="submit" { "Create incident " kbd { "Ctrl ↵" } }
                        a.btn href=(url::QUEUE) data-back { "Back" }
                    }
                }
            }
        }
    }
}

/// The incident models, and what the chosen one brings besides what it fills in. Chosen, it
/// fills the form at once where scripts run.
fn model(form: &Form) -> Markup {
    let chosen = models::named(&form.values, models::MODEL, &form.policy);
    let options: Vec<(String, &str)> = std::iter::once((String::new(), "None, something else"))
        .chain(form.policy.models.iter().map(|model| (model.id.to_string(), model.name.as_str())))
        .collect();
    let value = chosen.map_or(String::new(), |model| model.id.to_string());
    let about = chosen.map(about_model).filter(|about| !about.is_empty());
    html! {
        @if !form.policy.models.is_empty() {
            (Field { hint: about.as_deref(), ..Field::new(models::MODEL, "Incident model").errors(&form.errors) }.select(&options, &value))
            noscript {
                // Enter presses the first button of a form, and that must be the one that creates.
                button.vh type="submit" tabindex="-1" aria-hidden="true" { "Create incident" }
                button class="btn btn-sm" type="submit" formmethod="get" formaction=(url::NEW_INCIDENT) formnovalidate { "Fill in what it says" }
            }
        }
        input type="hidden" name=(models::FILLED) value=(form.values.text(models::FILLED));
    }
}

/// "One printer. Brings 4 tasks and a runbook."
fn about_model(model: &Model) -> String {
    let tasks = match model.gives.tasks.len() {
        0 => None,
        count => Some(time::counted(count as i64, "task")),
    };
    let runbook = (!model.gives.runbook.is_empty()).then(|| "a runbook".to_owned());
    let brings: Vec<String> = tasks.into_iter().chain(runbook).collect();
    let about = model.about.trim_end_matches('.');
    match (about.is_empty(), brings.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{about}."),
        (true, false) => format!("Brings {}.", brings.join(" and ")),
        (false, false) => format!("{about}. Brings {}.", brings.join(" and ")),
    }
}

fn field(
    form: &Form,
    id: &str,
    label: &str,
    hint: Option<&str>,
    control: impl Fn(&str) -> Markup,
) -> Markup {
    let mut field = Field::new(id, label).errors(&form.errors);
    field.hint = hint;
    field.around(control(id))
}

fn line(form: &Form, id: &str, label: &str, hint: Option<&str>, kind: &str) -> Markup {
    let mut field = Field::new(id, label).errors(&form.errors);
    field.hint = hint;
    field.input(kind, form.values.get(id).unwrap_or_default())
}

fn choices(
    form: &Form,
    id: &str,
    label: &str,
    all: impl Iterator<Item = (String, String)>,
    none: &str,
) -> Markup {
    let options: Vec<(String, String)> =
        std::iter::once((String::new(), none.to_owned())).chain(all).collect();
    Field::new(id, label).errors(&form.errors).select(&options, form.values.text(id))
}

/// The caller: found while typing, chosen among those meant, or new.
fn who_calls(form: &Form) -> Markup {
    let known = form.caller.as_ref();
    let shown = form
        .values
        .get("caller")
        .filter(|text| !text.is_empty())
        .or(known.map(|person| person.name.as_str()))
        .unwrap_or_default();
    let described = Field::new("caller", "Caller").hint(CALLER_HINT).errors(&form.errors);
    html! {
        div.field {
            label for="caller" { "Caller" }
            input.inp id="caller" name="caller" value=(shown) autocomplete="off" role="combobox" aria-expanded="false"
                aria-controls="caller-l" aria-autocomplete="list" data-suggest="/incidents/new/callers" data-min="2"
                data-into="#requester" data-load="/incidents/new/caller" autofocus[form.errors.is_empty()]
                aria-invalid=[described.invalid()] aria-describedby=[described.described_by()];
            input type="hidden" id="requester" name="requester" value=(known.map_or(String::new(), |person| person.id.to_string()));
            div class="pop sug" id="caller-l" role="listbox" aria-label="People" hidden {}
            p.hint id="caller-h" { (CALLER_HINT) }
            @if let Some(error) = described.error { p.err id="caller-e" { (icon("alert")) (error) } }
        }
        @if form.caller.is_none() && !form.meant.is_empty() {
            fieldset.field {
                legend { "Who of these" }
                @for person in &form.meant {
                    label.ck { input type="radio" name="meant" value=(person.id); (person.name) " " span.meta { (about(person)) } }
                }
            }
        }
        details open[!form.values.text("new_name").is_empty()] {
            summary class="btn btn-quiet btn-sm" { (icon("plus")) "Somebody who is not known yet" }
            div class="form-2 mts" {
                (line(form, "new_name", "Their name", None, "text"))
                (line(form, "new_email", "Their e-mail address", None, "email"))
            }
        }
    }
}

fn service_field(form: &Form) -> Markup {
    let described = Field::new("service", "Service").errors(&form.errors);
    html! {
        div.field {
            label for="service" { "Service" }
            input.inp id="service" name="service" value=(form.values.text("service")) autocomplete="off" role="combobox" aria-expanded="false"
                aria-controls="service-l" aria-autocomplete="list" data-suggest="/incidents/new/services"
                data-into="#service_id" data-load="/incidents/new/service"
                aria-invalid=[described.invalid()] aria-describedby=[described.described_by()];
            input type="hidden" id="service_id" name="service_id" value=(form.service.map_or(String::new(), |id| id.to_string()));
            div class="pop sug" id="service-l" role="listbox" aria-label="Services" hidden {}
            @if let Some(error) = described.error { p.err id="service-e" { (icon("alert")) (error) } }
        }
    }
}

/// The matrix: what impact and urgency come to stands in the cell that is chosen.
fn priority(form: &Form) -> Markup {
    let chosen = form.values.text("cell");
    html! {
        fieldset.field id="cell" {
            legend { "Priority" }
            label.ck {
                input type="radio" name="cell" value="" checked[chosen.is_empty()];
                (by_itself(form))
            }
            table.mx {
                caption.vh { "Impact and urgency" }
                thead { tr { td {} @for urgency in Level::ALL { th scope="col" { (urgency.word()) " urgency" } } } }
                tbody {
                    @for impact in Level::ALL {
                        tr {
                            th scope="row" { (impact.word()) " impact" }
                            @for urgency in Level::ALL {
                                @let priority = form.policy.matrix.priority(impact, urgency);
                                @let value = format!("{}-{}", impact.get(), urgency.get());
                                td {
                                    label.ck {
                                        input type="radio" name="cell" value=(value) checked[chosen == value]
                                            aria-label={ (priority) ": " (impact.word().to_lowercase()) " impact, " (urgency.word().to_lowercase()) " urgency" };
                                        (pri::priority(priority))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What impact and urgency come to when no cell is chosen.
fn by_itself(form: &Form) -> String {
    let gives = models::named(&form.values, models::MODEL, &form.policy).map(|model| &model.gives);
    let impact = gives.and_then(|gives| gives.impact).map_or_else(
        || "From the service and the people affected".to_owned(),
        |impact| format!("{} impact", impact.word()),
    );
    let urgency = gives.and_then(|gives| gives.urgency).unwrap_or(Level::MEDIUM);
    format!("{impact}, {} urgency", urgency.word().to_lowercase())
}

fn assignee(form: &Form, here: &Here) -> Markup {
    let mut staff: Vec<(String, String)> = form
        .policy
        .staff
        .iter()
        .filter(|(_, staff)| staff.active && staff.works())
        .map(|(id, staff)| (id.to_string(), away::named(&form.policy, *id, &staff.name, here)))
        .collect();
    staff.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    staff.insert(0, ("me".to_owned(), "Me".to_owned()));
    choices(form, "assignee", "Assignee", staff.into_iter(), "Nobody yet")
}

/// "shift lead, Rotterdam DC, gwen@northwind.example".
pub(super) fn about(person: &Person) -> String {
    let parts = [
        person.job_title.as_str(),
        person.site.as_str(),
        person.phone.as_str(),
        person.email.as_deref().unwrap_or_default(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Who calls and what is open of theirs; one of those can be what they call about.
pub(super) fn caller_card(
    person: Option<&Person>,
    theirs: &[IncidentRow],
    existing: &str,
    here: &Here,
    patch: Option<&str>,
) -> Markup {
    html! {
        section.card id="caller-card" aria-labelledby="caller-card-h" data-patch=[patch] {
            div.card-h { h2 id="caller-card-h" { "Caller" } }
            div class="card-b stack" {
                @match person {
                    None => p.muted { "Who calls and what is open of theirs appears here." },
                    Some(person) => {
                        div.flex {
                            (avatar(person.id, &person.name))
                            div { b { (person.name) } @if person.vip { " " (chip::chip("VIP")) } p.meta { (about(person)) } }
                        }
                        @if theirs.is_empty() { p.meta { "Nothing is open of theirs." } }
                        @else {
                            fieldset.field {
                                legend { "Is it about one of these?" }
                                label.ck { input type="radio" name="existing" value="" form="f-new" checked[existing.is_empty()]; "No, something new" }
                                @for row in theirs {
                                    label.ck {
                                        input type="radio" name="existing" value=(row.number) form="f-new" checked[existing == row.number.to_string()];
                                        span { (row.number) " " (row.title) " " span.meta { (state::look(&row.state).words.to_lowercase()) ", " (time::moment(row.state.reported_at, here)) } }
                                    }
                                }
                                p.hint { "Then what they say is added there as a note, and no new incident is made." }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Open incidents of the service: perhaps somebody reported the same.
pub(super) fn same_service(same: &[IncidentRow], here: &Here, patch: Option<&str>) -> Markup {
    html! {
        section id="same-service" class=[(!same.is_empty()).then_some("card")] aria-label="Open incidents of this service" data-patch=[patch] {
            @if !same.is_empty() {
                div.card-h { h2 { "Open on this service" } }
                div.card-b {
                    ul.rows {
                        @for row in same {
                            li {
                                (icon(state::look(&row.state).icon))
                                p { a href=(url::incident(row.number)) target="_blank" { (row.number) " " (row.title) } }
                                span.meta { (row.requester.name) ", " (time::moment(row.state.reported_at, here)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
