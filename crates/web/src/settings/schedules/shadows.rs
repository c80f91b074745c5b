//! Who learns by a schedule: told besides whoever is on call, never paged alone.

use super::{SECTION, SUBJECT, Which, crew};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::settings::editing::{Problem, saved};
use crate::settings::{ConfiguresPaging, actor, row_page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{Learner, add_shadow, end_shadow};
use incident::Refusal;
use kernel::{ScheduleId, ShadowId};
use maud::{Markup, html};
use store::directory::schedules::Schedule;
use store::directory::shadows::Shadow;

pub(super) fn card(
    who: &SignedIn,
    which: &Which,
    stored: &Schedule,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let edits = who.viewer().arranges_shifts();
    html! {
        section.card id="shadows" aria-labelledby="shadows-h" {
            div.card-h { h2 id="shadows-h" { "Who learns" } span.meta { "told besides whoever is on call, never paged alone" } }
            @if which.shadows.is_empty() {
                div.card-b { p.meta { "Nobody learns by this schedule at present." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Who learns" { table.dt {
                    thead { tr {
                        th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "Until" }
                        @if edits { th scope="col" { span.vh { "Actions" } } }
                    } }
                    tbody { @for one in &which.shadows { (row(who, which, stored, one)) } }
                } }
            }
            @if edits && stored.active { div.card-b { (add_form(who, stored, fields, problem)) } }
        }
    }
}

fn row(who: &SignedIn, which: &Which, stored: &Schedule, one: &Shadow) -> Markup {
    let here = &who.here;
    let name = which.crew.name(one.person);
    html! {
        tr {
            th scope="row" { (name) }
            td.nowrap { @if one.start <= here.now { "now" } @else { (here.exact(one.start)) } }
            td.nowrap { (here.exact(one.end)) }
            @if who.viewer().arranges_shifts() {
                td.num {
                    form method="post" action={ (SECTION.of(stored.id)) "/shadows/" (one.id) "/end" } {
                        button.btn.btn-sm.btn-quiet type="submit" { "End it" span.vh { ": " (name) " learns" } }
                    }
                }
            }
        }
    }
}

fn add_form(who: &SignedIn, stored: &Schedule, fields: &Fields, problem: &Problem) -> Markup {
    let person = Field::new("learner", "Who is to learn?")
        .hint("Name or e-mail address. Pages come to them by their own ways; nothing waits for their answer.")
        .errors(&problem.errors);
    let value = |id: &str| fields.get(id).unwrap_or_default();
    html! {
        form.form method="post" action={ (SECTION.of(stored.id)) "/shadows" } {
            (person.around(html! {
                input.inp id="learner" name="learner" type="text" list="crew" autocomplete="off" required value=(value("learner"))
                    aria-invalid=[person.invalid()] aria-describedby=[person.described_by()];
            }))
            div.form-2 {
                (Field::new("learns_from", "From").hint("Empty: now.").errors(&problem.errors).input("datetime-local", value("learns_from")))
                (Field::new("learns_until", "Until").errors(&problem.errors).input("datetime-local", value("learns_until")))
                (clock_change::choice(fields, "learns_from", "From", &who.here.zone))
                (clock_change::choice(fields, "learns_until", "Until", &who.here.zone))
            }
            div { button.btn type="submit" { (icon("plus")) "Let them learn" } }
        }
    }
}

/// `POST …/shadows`: somebody learns for some time.
pub(super) async fn add(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(id): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let which = Which::of(&app, &id.to_string()).await?;
    let done = match typed(&which, &who, id, &fields) {
        Ok(learner) => {
            let viewer = who.viewer().clone();
            app.desk
                .change(actor(&who), move |sql, audit| add_shadow(sql, audit, &viewer, learner))
                .await
        }
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => refused(&app, &who, &which, &fields, named(trouble)).await,
    }
}

fn typed(
    which: &Which,
    who: &SignedIn,
    schedule: ScheduleId,
    fields: &Fields,
) -> Result<Learner, Trouble> {
    let person = which.crew.find(fields.text("learner"));
    let end = clock_change::said(fields, "learns_until", &who.here.zone)?;
    Ok(Learner {
        schedule,
        person: person.map_err(|words| Refusal::invalid("learner", words))?,
        start: clock_change::said(fields, "learns_from", &who.here.zone)?,
        end: end.ok_or_else(|| Refusal::invalid("learns_until", "is needed"))?,
    })
}

/// A trouble with its fields named as the form has them.
fn named(trouble: Trouble) -> Trouble {
    let Trouble::Faults(mut faults) = trouble else { return trouble };
    for fault in &mut faults {
        let field = match fault.field.as_str() {
            "person" => "learner",
            "start" => "learns_from",
            "end" => "learns_until",
            _ => continue,
        };
        fault.field = field.to_owned();
    }
    Trouble::Faults(faults)
}

/// The form again, with what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let problem = Problem::of(app, trouble, SUBJECT, String::new(), "learner").await?;
    let Some(stored) = &which.stored else { return Err(PageError::NotFound) };
    let body = html! {
        (problem.banner(who, &SECTION.of(stored.id)))
        datalist id="crew" { @for person in which.crew.offered() { option value=(crew::line(person)) {} } }
        (card(who, which, stored, fields, &problem))
    };
    let page = row_page(who, SECTION, &stored.name, html! {}, body);
    Ok((problem.status(), page).into_response())
}

/// `POST …/shadows/{shadow}/end`.
pub(super) async fn end(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path((id, one)): Path<(ScheduleId, ShadowId)>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| end_shadow(sql, audit, &viewer, (id, one)))
        .await?;
    Ok(saved(&SECTION.of(id)))
}
