//! Trying a rule on the past.

use super::wait::RuleWait;
use crate::app::App;
use crate::auth::Caller;
use crate::calendars::Known;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::rules::{Action, Moment, Rule};
use kernel::{IncidentNumber, RuleId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Days looked back when nothing is said: a quarter.
const DAYS: i64 = 91;

/// A rule to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RulePreview)]
struct Asked {
    /// What would set it off; `reported`, when absent.
    #[schema(value_type = Option<Vec<String>>)]
    on: Option<BTreeSet<Moment>>,
    /// For how long it would wait, and for what, where `on` names `waited`.
    wait: Option<RuleWait>,
    /// The condition, in the query language; always, when absent.
    when: Option<String>,
    /// Incidents reported since; a quarter ago, when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// And until; now, when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// What it would have done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulePreviewAnswer)]
struct Answer {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Incidents that were looked at: those the caller sees.
    judged: usize,
    /// How many of them it would have run on.
    matched: usize,
    /// Whether all of that time was looked at; if not, the newest of it.
    complete: bool,
    /// At which instant incidents are judged: `report`, each as it was when it was
    /// reported; or `every_command`, each after every command it got.
    judged_at: &'static str,
    /// The newest that matched, at most 200.
    items: Vec<Match>,
}

/// An incident that would have matched.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulePreviewMatch)]
struct Match {
    #[schema(value_type = String)]
    number: IncidentNumber,
    title: String,
    /// When it would first have run.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What would have set it off.
    #[schema(value_type = Vec<String>)]
    on: BTreeSet<Moment>,
    /// The facts that matched.
    because: String,
    /// How often it would have run.
    times: u32,
}

pub(super) fn door() -> Door {
    Door::post("/api/v1/rules/preview", "previewRule", preview)
        .about("rules", "Try a rule on the past", "For administrators. On which incidents would it have run? Nothing is saved or changed. Names and marks of people are those of now; words that were erased match nothing.")
        .body::<Asked>(json!({ "when": "service:\"Label Printing\" channel:email", "on": ["reported"] }))
        .once()
        .answers::<Answer>(200, "What it would have done.")
        .problems(&[400, 401, 403, 413, 415, 422, 503])
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let asked = body.value;
    let until = asked.to.unwrap_or_else(|| app.desk().now());
    let from = asked.from.unwrap_or_else(|| until.plus_seconds(-DAYS * 86_400));
    if from > until {
        return Err(Problem::invalid("from", "lies after to"));
    }
    let mut rule = Rule {
        id: RuleId(desk::fresh()),
        name: String::new(),
        place: 1,
        active: true,
        on: asked.on.unwrap_or_else(|| BTreeSet::from([Moment::Reported])),
        wait: asked.wait.map(|wait| wait.read(&Known::of(&app))).transpose()?,
        when: asked.when.unwrap_or_default(),
        // What it would do does not matter here.
        actions: vec![Action::Comment { body: "tried".to_owned() }],
        stop: false,
        version: 1,
    };
    super::check(&app, &mut rule).await?;
    let reports = rule.on.iter().all(|moment| *moment == Moment::Reported);
    let trial = app.desk().try_rule(caller.viewer(), rule, from, until).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    let items = trial.found.into_iter().map(|(row, hit)| Match {
        number: row.number,
        title: row.title,
        at: hit.at,
        on: hit.moments,
        because: hit.because,
        times: hit.times,
    });
    let answer = Answer {
        from,
        to: until,
        judged: trial.judged,
        matched: trial.matched,
        complete: trial.complete,
        judged_at: if reports { "report" } else { "every_command" },
        items: items.collect(),
    };
    Ok(json::answer(StatusCode::OK, &answer))
}
