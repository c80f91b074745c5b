//! How any JSON is read: expressions, and what they make of the last bodies.

use super::{SECTION, SUBJECT, alter};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Administrator, Live, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field as Input};
use crate::part::icon::icon;
use crate::part::time;
use crate::route::{get, post};
use crate::settings::editing::{self, Problem, saved, saved_banner, version_field};
use crate::settings::form_page;
use ::alert::mapping::{Field, Mapping, Outcome};
use ::alert::{Signal, SignalStatus};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::{MappingTried, Trouble};
use kernel::{IntegrationId, limits};
use maud::{Markup, html};
use std::collections::BTreeMap;
use store::directory::integrations::{self, Integration};

/// Signals of one body that are shown.
const SIGNALS: usize = 5;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/integrations/{id}/mapping", get(show).merge(post(change)))
        .route("/settings/integrations/{id}/mapping/try", post(attempt))
}

async fn stored(app: &App, id: IntegrationId) -> PageResult<Integration> {
    let found = app.desk.read(move |sql| integrations::get(sql, id)).await?;
    found.filter(|one| !one.archived && one.kind.alerts()).ok_or(PageError::NotFound)
}

fn name_of(field: Field) -> String {
    format!("alerts.mapping.{field}")
}

/// The expressions of a form.
fn texts(fields: &Fields) -> BTreeMap<String, String> {
    let said = Field::ALL.iter().filter_map(|field| {
        let text = fields.get(&name_of(*field))?.trim();
        (!text.is_empty()).then(|| (field.as_str().to_owned(), text.to_owned()))
    });
    said.collect()
}

fn shown(source: &Integration) -> Fields {
    let mapping = source.settings.alerts.mapping.iter();
    Fields::of(
        mapping.map(|(name, text)| (format!("alerts.mapping.{name}"), text.clone())).collect(),
    )
}

async fn show(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let source = stored(&app, id).await?;
    let (fields, problem) = (shown(&source), Problem::default());
    let tried = app.desk.try_mapping(id, &texts(&fields)).await.unwrap_or_default();
    Ok(page(&who, &source, &fields, &problem, &tried, saved_banner(query.as_deref())))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
    fields: Fields,
) -> PageResult<Response> {
    let mapping = texts(&fields);
    let stored_one = stored(&app, id).await?;
    let made = match editing::version(&fields) {
        Ok(seen) => {
            let make = move |mut before: Integration| {
                before.settings.alerts.mapping = mapping;
                Ok(before)
            };
            alter(&app, &who, id, Some(seen), make).await
        }
        Err(trouble) => Err(trouble),
    };
    match made {
        Ok(()) => Ok(saved(&format!("{}/mapping", SECTION.of(id)))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let page = page(&who, &stored_one, &fields, &problem, &[], html! {});
            Ok((problem.status(), page).into_response())
        }
    }
}

/// `POST …/mapping/try`: what it would make of the last bodies. Nothing is stored.
async fn attempt(
    State(app): State<App>,
    Administrator(who): Administrator,
    live: Live,
    Path(id): Path<IntegrationId>,
    fields: Fields,
) -> PageResult<Response> {
    let source = stored(&app, id).await?;
    let (tried, problem) = match app.desk.try_mapping(id, &texts(&fields)).await {
        Ok(tried) => (tried, Problem::default()),
        Err(Trouble::Faults(faults)) => {
            let mut errors = Errors::default();
            faults.iter().for_each(|fault| errors.add(&fault.field, &fault.message));
            (vec![], Problem::invalid(errors))
        }
        Err(trouble) => return Err(trouble.into()),
    };
    let patch = outcome_card(&who, &problem.errors, &tried, true);
    let page = page(&who, &source, &fields, &problem, &tried, html! {});
    Ok(Answer::patch(patch).else_page(page).reply(live))
}

fn page(
    who: &SignedIn,
    source: &Integration,
    fields: &Fields,
    problem: &Problem,
    tried: &[MappingTried],
    banner: Markup,
) -> Markup {
    let address = format!("{}/mapping", SECTION.of(source.id));
    let attempt = format!("{address}/try");
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        div.sl-g {
            section.card aria-labelledby="fields" {
                div.card-h { h2 id="fields" { "Where in a body is what" } }
                div.card-b {
                    form.form method="post" action=(address) data-preview=(attempt) {
                        (version_field(problem.version(fields, source.version)))
                        p.hint { "An expression each, and none for what is not there: paths (alert.labels.host), texts ('critical'), the first that is not empty (summary ?? title), templates ({{ host }} is {{ state }}), tables (match state { 'up' => 'resolved', _ => 'firing' })." }
                        @for field in Field::ALL { (input(*field, fields, &problem.errors)) }
                        div.btns {
                            button.btn.btn-primary type="submit" { "Save" }
                            button.btn type="submit" formaction=(attempt) data-look { (icon("play")) "Try it on the last bodies" }
                            a.btn.btn-quiet href=(SECTION.of(source.id)) { "Cancel" }
                        }
                    }
                }
            }
            (outcome_card(who, &problem.errors, tried, false))
        }
    };
    let lead = html! { a.link href=(SECTION.of(source.id)) { (source.name) } };
    form_page(who, SECTION, "Mapping", lead, body)
}

fn input(field: Field, fields: &Fields, errors: &Errors) -> Markup {
    let name = name_of(field);
    let usual = Mapping::usual().texts().find(|(known, _)| *known == field);
    let input = Input::new(&name, label(field)).errors(errors);
    input.around(html! {
        input.inp id=(name) name=(name) type="text" autocomplete="off" spellcheck="false" maxlength=(limits::REASON_CHARS)
            value=(fields.get(&name).unwrap_or_default()) placeholder=[usual.map(|(_, text)| text)]
            aria-invalid=[input.invalid()] aria-describedby=[input.described_by()];
    })
}

fn label(field: Field) -> &'static str {
    match field {
        Field::Each => "Each: the list whose elements are alerts",
        Field::Key => "Key: by which the alert is known again",
        Field::Status => "Status: firing, acknowledged or resolved",
        Field::Severity => "Severity",
        Field::Title => "Title",
        Field::Body => "Body: what else is said",
        Field::Labels => "Labels",
        Field::Links => "Links",
        Field::Service => "Service",
        Field::Group => "Group: what belongs together",
        Field::Priority => "Priority, P1 to P5",
        Field::Responders => "Responders: who is told",
        Field::StartedAt => "Since when",
        Field::EndsAt => "Until when, unless it is told of again",
        Field::Note => "Note",
        Field::Once => "Once: by which a telling is known that is sent twice",
    }
}

/// What became of the last bodies.
fn outcome_card(who: &SignedIn, errors: &Errors, tried: &[MappingTried], patch: bool) -> Markup {
    html! {
        aside.card.sl-p id="tried" aria-labelledby="tried-h" data-patch[patch] {
            div.card-h { h2 id="tried-h" { "What it makes of the last bodies" } }
            div.card-b.stack {
                @if !errors.is_empty() { (errors.summary()) }
                @else if tried.is_empty() { p.muted { "Nothing came through the JSON door yet. Send something, then try it." } }
                @for one in tried { (of_body(who, one)) }
            }
        }
    }
}

fn of_body(who: &SignedIn, tried: &MappingTried) -> Markup {
    html! {
        div.stack-s {
            p.ink { "The body of " (time::moment(tried.received_at, &who.here)) }
            @for outcomes in &tried.elements { (table(outcomes)) }
            @match &tried.reading {
                Err(error) => { p.err { (icon("alert")) (error.to_string()) } }
                Ok(reading) => {
                    @if reading.signals.is_empty() { p.muted { "It tells of no alert." } }
                    @for signal in reading.signals.iter().take(SIGNALS) { (signal_line(signal)) }
                    @for warning in &reading.warnings { p.hint { (warning) } }
                }
            }
        }
    }
}

fn table(outcomes: &[Outcome]) -> Markup {
    html! {
        dl.props { @for outcome in outcomes {
            div {
                dt { (outcome.field.as_str()) }
                dd { @match &outcome.value { Some(value) => (value), None => span.muted { "nothing" } } }
            }
        } }
    }
}

fn signal_line(signal: &Signal) -> Markup {
    let over = signal.status == SignalStatus::Resolved;
    html! {
        p {
            (icon(if over { "check" } else { "alert" })) " "
            b { (if signal.title.is_empty() { signal.key.as_str() } else { signal.title.as_str() }) }
            span.meta { ": " (signal.status.as_str()) ", " (signal.severity.as_str()) ", key " (signal.key) }
        }
    }
}
