//! Suggestions from past incidents, and how good they are.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::number_of;
use crate::json::{self, Body, Given, Nothing};
use crate::kept;
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::suggest::{Became, Offer, Quality, suggestion_settings};
use kernel::{Channel, IncidentNumber, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::suggestions::{FieldSettings, Settings, Suggested};
use utoipa::ToSchema;

/// A suggestion for an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
struct Shown {
    /// `service`, `category`, `team` or `priority`.
    #[schema(value_type = String)]
    field: Suggested,
    /// The value: an id, or a priority.
    value: String,
    /// How it is called.
    label: String,
    /// How certain it is, 0 to 1.
    probability: f64,
    /// The words that decided, the weightiest first.
    because: Vec<String>,
    /// The version of what was learned.
    model: i64,
}

/// How a suggestion is accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct AcceptSuggestion {
    /// Only if this is what is suggested still; absent: whatever is.
    value: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct DecidedSuggestion {
    #[schema(value_type = String)]
    number: IncidentNumber,
    #[schema(value_type = String)]
    field: Suggested,
    /// `accepted` or `dismissed`.
    outcome: &'static str,
    /// What is suggested of the incident still.
    suggestions: Vec<Shown>,
}

/// How good the suggestions of a field are.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionQuality {
    /// `service`, `category`, `team` or `priority`.
    #[schema(value_type = String)]
    field: Suggested,
    /// Whether it is suggested.
    on: bool,
    /// Per cent of what is shown that should be right.
    precision: u8,
    /// From which certainty, in per cent, it is carried out by itself; null: never.
    by_itself: Option<u8>,
    /// The version of what was learned; null while too little is known.
    model: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    learned_at: Option<Timestamp>,
    /// Incidents that it was learned from.
    learned_from: u32,
    /// When the earliest of them was reported.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The newest of them, on which it was measured when it knew the older ones only.
    held_out: u32,
    /// The share of first guesses that were right, 0 to 1; null when none was held out.
    accuracy: Option<f64>,
    /// The same of the most frequent value of the service.
    simple_accuracy: Option<f64>,
    /// By how much the certainty differs from what was right, on average.
    calibration_error: Option<f64>,
    /// From which certainty it is shown; null: it is silent.
    threshold: Option<f64>,
    /// The share on which it would have been silent.
    silent: Option<f64>,
    /// What became of what was shown.
    outcomes: SuggestionOutcomes,
    /// Each value.
    values: Vec<SuggestionValue>,
}

/// How suggestions are made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestionSettings {
    /// Each field; one that is not named is as by default.
    fields: Vec<SuggestedField>,
}

/// How a field is suggested.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestedField {
    /// `service`, `category`, `team` or `priority`.
    #[schema(value_type = String)]
    field: Suggested,
    /// Whether it is.
    on: bool,
    /// Per cent of what is shown that should be right, 50 to 99.
    precision: u8,
    /// From which certainty, in per cent, it is carried out by itself on what comes in; null: never.
    by_itself: Option<u8>,
}

/// What became of suggestions that were shown.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionOutcomes {
    shown: i64,
    accepted: i64,
    corrected: i64,
    dismissed: i64,
    /// The incident was over before anybody decided.
    ignored: i64,
}

/// How good the suggestions of a value are.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionValue {
    /// An id, or a priority.
    value: String,
    label: String,
    /// Incidents that it was learned from.
    learned_from: u32,
    /// Incidents of it that were held out.
    held_out: u32,
    /// How often it was guessed of these.
    guessed: u32,
    /// How often that was right.
    right: u32,
    outcomes: SuggestionOutcomes,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents/{number}/suggestions", "listSuggestions", list)
            .about("incidents", "What is suggested of an incident", "Of fields that nobody has said anything of, from past incidents; what is not certain enough is left out.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/incidents/{number}/suggestions/{field}/accept", "acceptSuggestion", accept)
            .about("incidents", "Accept a suggestion", "As if you had set the value; the timeline says that it was suggested.")
            .body::<AcceptSuggestion>(json!({}))
            .once()
            .answers::<DecidedSuggestion>(200, "What came of it.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/incidents/{number}/suggestions/{field}/dismiss", "dismissSuggestion", dismiss)
            .about("incidents", "Dismiss a suggestion", "Nothing of that field is suggested of this incident any more.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<DecidedSuggestion>(200, "What came of it.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/suggestions", "readSuggestionQuality", quality)
            .about("incidents", "How good suggestions are", "Measured on past incidents, and what became of what was shown. Confidential incidents are left out.")
            .query::<PageParams>()
            .answers::<Page<SuggestionQuality>>(200, "A page of the fields.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/settings/suggestions", "readSuggestionSettings", read_settings)
            .about("configuration", "Read how suggestions are made", "")
            .answers::<SuggestionSettings>(200, "What is in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/suggestions", "setSuggestionSettings", put_settings)
            .about("configuration", "Set how suggestions are made", "For administrators.")
            .body::<SuggestionSettings>(json!({ "fields": [{ "field": "team", "on": true, "precision": 90, "by_itself": null }] }))
            .if_match()
            .answers::<SuggestionSettings>(200, "What is in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let items = offers(&app, &caller, number_of(&number)?).await?;
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |one| one.field)?))
}

async fn accept(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((number, field)): Path<(String, String)>,
    body: Given<AcceptSuggestion>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let of = (number_of(&number)?, field_of(&field)?);
    let value = body.value.value;
    let doing = async {
        let value = value.as_deref();
        app.desk().accept_suggestion(caller.viewer(), Channel::Api, of, value).await?;
        decided(&app, &caller, of, "accepted").await
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((number, field)): Path<(String, String)>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, field) = (number_of(&number)?, field_of(&field)?);
    let doing = async {
        app.desk().dismiss_suggestion(caller.viewer(), number, field).await?;
        decided(&app, &caller, (number, field), "dismissed").await
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn decided(
    app: &App,
    caller: &Caller,
    (number, field): (IncidentNumber, Suggested),
    outcome: &'static str,
) -> Result<Answered, Problem> {
    let suggestions = offers(app, caller, number).await?;
    Ok(Answered::good(&DecidedSuggestion { number, field, outcome, suggestions })?)
}

async fn quality(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().suggestion_quality(caller.viewer()).await?;
    let items: Vec<SuggestionQuality> = all.into_iter().map(of_field).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |one| one.field)?))
}

async fn read_settings(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    in_force(&app).await
}

async fn put_settings(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<SuggestionSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let mut wanted = Settings::default();
    for SuggestedField { field, on, precision, by_itself } in body.value.fields {
        wanted.fields.insert(field, FieldSettings { on, precision, by_itself });
    }
    app.desk().set_suggestions(caller.actor(), wanted, seen.must_be).await?;
    in_force(&app).await
}

async fn in_force(app: &App) -> Result<Response, Problem> {
    let stored = app.desk().read(suggestion_settings).await?;
    let of = |field: &Suggested| {
        let FieldSettings { on, precision, by_itself } = stored.value.of(*field);
        SuggestedField { field: *field, on, precision, by_itself }
    };
    let fields = Suggested::ALL.iter().map(of).collect();
    Ok(kept::answer(&SuggestionSettings { fields }, stored.version))
}

async fn offers(app: &App, caller: &Caller, number: IncidentNumber) -> Result<Vec<Shown>, Problem> {
    let offers = app.desk().offers(caller.viewer(), number).await?;
    if caller.viewer().works() {
        app.desk().note_shown(number, &offers);
    }
    Ok(offers.into_iter().map(shown).collect())
}

fn field_of(text: &str) -> Result<Suggested, Problem> {
    text.parse().map_err(|_| kept::missing("field").into())
}

fn shown(offer: Offer) -> Shown {
    Shown {
        field: offer.field,
        value: offer.value,
        label: offer.label,
        probability: f64::from(offer.probability) / 1_000.0,
        because: offer.because,
        model: offer.model,
    }
}

fn of_field(one: Quality) -> SuggestionQuality {
    let measured = one.measured.as_ref();
    let tried = measured.filter(|measured| measured.held_out > 0);
    let silent = tried.map(|measured| {
        let (shown, _) = measured.shown_at(one.threshold);
        1.0 - f64::from(shown) / f64::from(measured.held_out)
    });
    SuggestionQuality {
        field: one.field,
        on: one.settings.on,
        precision: one.settings.precision,
        by_itself: one.settings.by_itself,
        model: one.trained.map(|(version, _)| version),
        learned_at: one.trained.map(|(_, at)| at),
        learned_from: measured.map_or(0, |measured| measured.learned),
        since: measured.map(|measured| measured.since),
        held_out: measured.map_or(0, |measured| measured.held_out),
        accuracy: tried.map(|measured| measured.accuracy()),
        simple_accuracy: tried.map(|measured| measured.simple_accuracy()),
        calibration_error: tried.map(|measured| measured.calibration_error()),
        threshold: one.threshold.map(|threshold| f64::from(threshold) / 1_000.0),
        silent,
        outcomes: outcomes(one.became),
        values: one
            .classes
            .into_iter()
            .map(|(label, class, became)| SuggestionValue {
                value: class.value,
                label,
                learned_from: class.learned,
                held_out: class.held_out,
                guessed: class.guessed,
                right: class.right,
                outcomes: outcomes(became),
            })
            .collect(),
    }
}

fn outcomes(became: Became) -> SuggestionOutcomes {
    let Became { shown, accepted, corrected, dismissed, ignored } = became;
    SuggestionOutcomes { shown, accepted, corrected, dismissed, ignored }
}
