//! The priority matrix: what impact and urgency make of an incident.

use super::editing::{self, Problem, saved, saved_banner, stale, version_field};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::pri::priority;
use crate::part::time::counted;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use kernel::{Level, Matrix, Priority};
use maud::{Markup, html};
use query::{Expr, StateWord, Term};
use store::directory::settings::{self, Setting};
use store::{Failure, Sql};

const SECTION: Section = Section::Matrix;
const SUBJECT: &str = "setting";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/priority-matrix", get(show).merge(post(change)))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    page(&app, &who, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let problem =
                Problem::of(&app, trouble, SUBJECT, settings::MATRIX.to_owned(), "").await?;
            let again = page(&app, &who, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (matrix, seen) = (typed(fields)?, editing::version(fields)?);
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql)?;
            if !settings::put(sql, settings::MATRIX, &matrix, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, settings::MATRIX, &before.value, &matrix)?)
        })
        .await
}

fn stored(sql: &mut dyn Sql) -> Result<Setting<Matrix>, Failure> {
    let stored = settings::get(sql, settings::MATRIX)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Matrix::default(), version: 0 }))
}

fn typed(fields: &Fields) -> Result<Matrix, Trouble> {
    let mut matrix = Matrix::default();
    for impact in Level::ALL {
        for urgency in Level::ALL {
            let parsed = fields.text(&cell(impact, urgency)).parse::<Priority>();
            let wrong =
                |_| Refusal::invalid("matrix", "Choose a priority from P1 to P5 in every cell");
            matrix.0[at(impact)][at(urgency)] = parsed.map_err(wrong)?;
        }
    }
    Ok(matrix)
}

fn at(level: Level) -> usize {
    usize::from(level.get() - 1)
}

fn cell(impact: Level, urgency: Level) -> String {
    format!("p{}{}", impact.get(), urgency.get())
}

async fn page(
    app: &App,
    who: &SignedIn,
    sent: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let look = who.look();
    let open = Expr::from(Term::State(vec![StateWord::Open]));
    let query = open.to_string();
    let read = move |sql: &mut dyn Sql| {
        let count =
            store::incidents::list::count(sql, &look, &open, store::incidents::list::COUNTED)?;
        Ok((stored(sql)?, count))
    };
    let (setting, open) = app.desk.read(read).await?;
    let fields = sent.unwrap_or_default();
    let matrix = typed(&fields).unwrap_or_else(|_| setting.value.clone());
    let edits = who.viewer().configures();
    let body = html! {
        (banner)
        (problem.banner(who, &SECTION.address()))
        form.stack-l method="post" action=(SECTION.address()) {
            (version_field(problem.version(&fields, setting.version)))
            section.card {
                div.card-b { (table(&matrix, edits)) }
            }
            p.meta {
                "It holds for incidents from now on. " a.link href=(url::queue_of(&query)) { (counted(open, "open incident")) }
                " keep their priority until somebody changes impact or urgency."
            }
            @if edits { div.savebar { span.end { button.btn.btn-primary type="submit" { "Save the matrix" } } } }
        }
    };
    Ok(section_page(
        who,
        SECTION,
        html! { "Priority = impact × urgency. Both go from 1, high, to 3, low." },
        None,
        body,
    ))
}

fn table(matrix: &Matrix, edits: bool) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Priority by impact and urgency" {
            table.dt {
                thead { tr {
                    th scope="col" { "Impact" }
                    @for urgency in Level::ALL { th scope="col" { "Urgency " (urgency.get()) ", " (urgency.word().to_lowercase()) } }
                } }
                tbody { @for impact in Level::ALL {
                    tr {
                        th scope="row" { (impact.get()) ", " (impact.word().to_lowercase()) }
                        @for urgency in Level::ALL { td { (choice(matrix, impact, urgency, edits)) } }
                    }
                } }
            }
        }
    }
}

fn choice(matrix: &Matrix, impact: Level, urgency: Level, edits: bool) -> Markup {
    let chosen = matrix.priority(impact, urgency);
    let name = cell(impact, urgency);
    let label = format!("Priority at impact {} and urgency {}", impact.get(), urgency.get());
    html! {
        @if edits {
            select.inp id=(name) name=(name) aria-label=(label) {
                @for priority in Priority::ALL {
                    option value=(priority) selected[priority == chosen] { (priority) ", " (priority.word()) }
                }
            }
        } @else { (priority(chosen)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_must_say_something() {
        let all = "p11=P1&p12=P1&p13=P2&p21=P2&p22=P3&p23=P4&p31=P3&p32=P4&p33=P5";
        let matrix = typed(&Fields::parse(all)).unwrap();
        assert_eq!(matrix.priority(Level::HIGH, Level::MEDIUM).get(), 1);
        assert!(typed(&Fields::parse(&all.replace("p33=P5", "p33=P6"))).is_err());
        assert!(typed(&Fields::parse(&all.replace("&p33=P5", ""))).is_err());
    }
}
