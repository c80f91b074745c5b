//! Numbers of incidents, problems and articles by words of their titles, for forms that ask for one.

use crate::app::App;
use crate::auth::Staff;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::state;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use desk::search::{Found, Wish};
use incident::Access;
use kernel::{ArticleNumber, IncidentNumber, ProblemNumber, limits};
use serde::Serialize;

/// Records of each kind that are offered.
const SHOWN: usize = 6;
/// Records that are looked at for those of one sort.
const LOOKED_AT: usize = 50;

/// A record: its number is filled in, its title says which it is.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    label: String,
    hint: String,
    icon: &'static str,
    value: String,
}

impl Record {
    fn of(number: String, hint: &str, icon: &'static str) -> Self {
        Record { label: number.clone(), hint: hint.to_owned(), icon, value: number }
    }
}

/// `GET /incidents/{number}/numbers?q=`: other incidents with these words, with `problems` problems as well;
/// with `only=known_errors` or `only=articles` these alone.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Json<Vec<Record>>> {
    let here: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let text: String = asked.text("q").chars().take(limits::QUERY_CHARS).collect();
    // Whoever knows the number needs no list in the way.
    let is_number = text.parse::<IncidentNumber>().is_ok()
        || text.parse::<ProblemNumber>().is_ok()
        || text.parse::<ArticleNumber>().is_ok();
    if is_number {
        return Ok(Json(vec![]));
    }
    // What is left out is found all the same.
    let most = if asked.text("only").is_empty() { SHOWN + 1 } else { LOOKED_AT };
    let wish = Wish::typed(crate::search::looked_for(&text), most);
    let found = app.desk.find(who.viewer(), wish).await?;
    Ok(Json(match asked.text("only") {
        "known_errors" => problems(&found, true),
        "articles" => articles(&found),
        _ => {
            let mut records = incidents(&found, here);
            if asked.ticked("problems") {
                records.extend(problems(&found, false));
            }
            records
        }
    }))
}

fn incidents(found: &Found, here: IncidentNumber) -> Vec<Record> {
    let others = found.incidents.iter().filter(|hit| hit.row.number != here);
    let records = others.filter(|hit| hit.row.access == Access::Full).map(|hit| {
        let icon = state::look(&hit.row.state).icon;
        Record::of(hit.row.number.to_string(), &hit.title.text, icon)
    });
    records.take(SHOWN).collect()
}

fn problems(found: &Found, known_errors: bool) -> Vec<Record> {
    let fit = found.problems.iter().filter(|hit| hit.known_error || !known_errors);
    let records = fit.map(|hit| Record::of(hit.number.to_string(), &hit.title.text, "flag"));
    records.take(SHOWN).collect()
}

fn articles(found: &Found) -> Vec<Record> {
    let all = found.articles.iter();
    let records = all.map(|hit| Record::of(hit.number.to_string(), &hit.title.text, "book"));
    records.take(SHOWN).collect()
}
