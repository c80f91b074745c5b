//! Taking over a catalogue of services: first what it would do, then, if somebody says so, just
//! that. The text goes along in the page, so that it needs no scripts and nothing is kept.

use super::SECTION;
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::route::{get, post};
use crate::settings::calendars::feed::Filled;
use crate::settings::editing::Problem;
use crate::settings::{actor, row_page};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::map::{NotImported, Plan};
use map::catalogue::{self, Fault, Form, TEXT_BYTES};
use maud::{Markup, html};

/// Bytes of the form: a catalogue in which every sign is written as three.
const BODY_BYTES: usize = 3 * TEXT_BYTES + 65_536;
/// Services and notes that are listed; the rest is counted.
const ROWS: usize = 200;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/services/import", get(show).merge(post(look)))
        .route("/settings/services/import/take", post(take))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// What a form brought: the file where one was chosen, else what was pasted.
fn text_of(filled: &Filled) -> Result<String, Vec<Fault>> {
    let fault = |words: &str| vec![Fault::new(0, "", words)];
    let text = match &filled.file {
        Some(bytes) => {
            String::from_utf8(bytes.clone()).map_err(|_| fault("The file is not UTF-8 text"))?
        }
        None => filled.fields.text("catalogue").to_owned(),
    };
    match text.trim().is_empty() {
        true => Err(fault("Choose a file, or paste a catalogue")),
        false => Ok(text),
    }
}

async fn show(Administrator(who): Administrator) -> Markup {
    page(&who, &Fields::default(), &[], None)
}

/// What the catalogue would do; nothing is changed.
async fn look(
    State(app): State<App>,
    Administrator(who): Administrator,
    filled: Filled,
) -> PageResult<Response> {
    answer(&app, &who, &filled, true).await
}

/// Takes it over.
async fn take(
    State(app): State<App>,
    Administrator(who): Administrator,
    filled: Filled,
) -> PageResult<Response> {
    answer(&app, &who, &filled, false).await
}

async fn answer(app: &App, who: &SignedIn, filled: &Filled, dry_run: bool) -> PageResult<Response> {
    let text = match text_of(filled) {
        Ok(text) => text,
        Err(faults) => return Ok(refused(who, filled.fields.text("catalogue"), &faults)),
    };
    // Long catalogues take time to read, which the others do not wait for.
    let (text, found) = app
        .desk
        .read(move |_| {
            let found = catalogue::read(&text);
            Ok((text, found))
        })
        .await?;
    let catalogue = match found {
        Ok(catalogue) => catalogue,
        Err(faults) => return Ok(refused(who, &text, &faults)),
    };
    match app.desk.import_services(actor(who), catalogue, dry_run).await {
        Ok(plan) if dry_run => {
            let fields = Fields::default().with("catalogue", text);
            Ok(page(who, &fields, &[], Some(&plan)).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("{}?done=saved", SECTION.address())).into_response()),
        Err(NotImported::Faults(faults)) => Ok(refused(who, &text, &faults)),
        Err(NotImported::Trouble(Trouble::Stale { .. })) => {
            let words = "Somebody changed a service meanwhile; look at it once more";
            Ok(refused(who, &text, &[Fault::new(0, "", words)]))
        }
        Err(NotImported::Trouble(trouble)) => Err(trouble.into()),
    }
}

fn refused(who: &SignedIn, text: &str, faults: &[Fault]) -> Response {
    let fields = Fields::default().with("catalogue", text);
    (StatusCode::UNPROCESSABLE_ENTITY, page(who, &fields, faults, None)).into_response()
}

fn page(who: &SignedIn, fields: &Fields, faults: &[Fault], plan: Option<&Plan>) -> Markup {
    let address = SECTION.of("import");
    let mut problem = Problem::default();
    for fault in faults {
        problem.errors.add("catalogue", fault.to_string());
    }
    let body = html! {
        (problem.banner(who, &address))
        @if let Some(plan) = plan { (preview(fields, plan, &address)) }
        section.card { div.card-b {
            form.form method="post" action=(address) enctype="multipart/form-data" {
                (chooser())
                (Field::new("catalogue", "Or paste it").errors(&problem.errors)
                    .textarea(12, fields.get("catalogue").unwrap_or_default()))
                div.btns {
                    button.btn.btn-primary type="submit" { (icon("eye")) "See what it would do" }
                    a.btn.btn-quiet href=(SECTION.address()) { "Cancel" }
                }
            }
        } }
    };
    let lead = html! { "Services and what they need, from our YAML, from Backstage entities or from a list with depends_on. You see what would change before anything is saved." };
    row_page(who, SECTION, "Import a catalogue", lead, body)
}

fn chooser() -> Markup {
    let field = Field::new("file", "Catalogue file").hint("YAML or JSON, as UTF-8 text.");
    field.around(html! {
        input.inp id="file" type="file" name="file" accept=".yaml,.yml,.json,application/yaml,application/json"
            aria-describedby=[field.described_by()];
    })
}

/// What taking it over does, and the button that does it.
fn preview(fields: &Fields, plan: &Plan, address: &str) -> Markup {
    let made = plan.services.iter().filter(|step| step.is_new).count();
    let changed = plan.services.len() - made;
    html! {
        section.card aria-labelledby="plan" {
            div.card-h { h2 id="plan" tabindex="-1" autofocus { "What it would do" } span.meta { (form_words(plan.form)) } }
            div.card-b.stack {
                p {
                    @if plan.is_empty() { "Nothing: everything is as the catalogue says. " }
                    @else { (counted(made as i64, "service")) " made, " (changed) " changed, " }
                    (plan.unchanged) " as they are."
                }
                @if !plan.teams.is_empty() { p { (counted(plan.teams.len() as i64, "team")) " made: " (plan.teams.join(", ")) } }
                (steps(plan))
                (notes(plan))
                @if !plan.is_empty() {
                    form method="post" action={ (address) "/take" } {
                        input type="hidden" name="catalogue" value=(fields.get("catalogue").unwrap_or_default());
                        div.btns { button.btn.btn-primary type="submit" { (icon("check")) "Take it over" } }
                    }
                }
            }
        }
    }
}

fn steps(plan: &Plan) -> Markup {
    html! {
        @if !plan.services.is_empty() {
            div.scroll-x tabindex="0" role="region" aria-label="Services that change" { table.dt {
                thead { tr { th scope="col" { "Service" } th scope="col" { "What" } th scope="col" { "Fields" } } }
                tbody { @for step in plan.services.iter().take(ROWS) {
                    tr {
                        th scope="row" { (step.name) }
                        td { @if step.is_new { "made" } @else { "changed" } }
                        td { @if step.fields.is_empty() { "–" } @else { (step.fields.join(", ").replace('_', " ")) } }
                    }
                } }
            } }
            @if plan.services.len() > ROWS { p.meta { "and " (plan.services.len() - ROWS) " more" } }
        }
    }
}

fn notes(plan: &Plan) -> Markup {
    html! {
        @if !plan.notes.is_empty() {
            details {
                summary { (icon("right")) (counted(plan.notes.len() as i64, "thing")) " passed over" }
                ul.list {
                    @for note in plan.notes.iter().take(ROWS) {
                        li { @if note.line > 0 { "Line " (note.line) ": " } (note.message) }
                    }
                    @if plan.notes.len() > ROWS { li { "and " (plan.notes.len() - ROWS) " more" } }
                }
            }
        }
    }
}

fn form_words(form: Form) -> &'static str {
    match form {
        Form::Evenkeel => "read as our own YAML",
        Form::Backstage => "read as Backstage entities",
        Form::Compose => "read as services with depends_on",
    }
}
