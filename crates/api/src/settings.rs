//! Settings of the instance: how it calls itself, the priority matrix, the resolution codes.

mod closure;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Body;
use crate::kept::{self, line, name};
use crate::people::time_zone;
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use incident::Policy;
use incident::policy::{Asking, ResolutionCode};
use kernel::{Language, Matrix, limits};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::settings::{self, Instance};
use utoipa::ToSchema;

/// Characters of a telephone number with its spaces.
const PHONE_CHARS: usize = 40;
/// Resolution codes at most.
const CODES_MAX: usize = 100;

/// The priority matrix.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriorityMatrix {
    /// Rows are impact 1 to 3, columns urgency 1 to 3.
    #[schema(value_type = Vec<Vec<String>>)]
    matrix: Matrix,
}

/// How the instance calls itself, and what holds for people who chose nothing else.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InstanceSettings {
    /// The name requesters know it by.
    name: String,
    /// The zone of people who chose none: an IANA name such as Europe/Amsterdam.
    time_zone: String,
    /// The telephone of the service desk; empty if there is none.
    phone: String,
    /// The language of people who chose none: `en`, `de`, `fr`, `es`, `pt`, `pl`.
    #[schema(value_type = String)]
    language: Language,
    /// Whether it is gathered how long people are at work on an incident; what was gathered is
    /// forgotten when it is switched off. Absent, it stays as it is.
    #[serde(default)]
    gathers_time: Option<bool>,
}

/// What requesters are asked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskingSettings {
    /// Of how many closed incidents, in per cent, the requester is asked how content they are;
    /// one person once in 14 days. 0 is of none.
    survey_share: u8,
    /// Days after closing at which they are asked, 0 to 14.
    survey_delay_days: u8,
    /// Business days after which a question that an incident waits for is brought to mind,
    /// once; null is never.
    remind_after_days: Option<u8>,
    /// Business days after that at which it closes if nobody answered; null is never.
    close_after_days: Option<u8>,
}

/// The ways an incident can be resolved.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResolutionCodes {
    /// In the order shown.
    codes: Vec<Code>,
}

/// A way an incident can be resolved.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// The word in JSON: small letters, digits and _.
    code: String,
    /// The label on screens.
    label: String,
}

pub(crate) fn doors() -> Vec<Door> {
    let matrix = json!({ "matrix": [["P1", "P2", "P3"], ["P2", "P3", "P4"], ["P3", "P4", "P5"]] });
    let codes = json!({ "codes": [{ "code": "fixed", "label": "Permanent fix" }] });
    let asking = json!({
        "survey_share": 100, "survey_delay_days": 0, "remind_after_days": 2, "close_after_days": null
    });
    let instance = json!({
        "name": "Northwind IT help", "time_zone": "Europe/Amsterdam", "phone": "", "language": "de"
    });
    let mut doors = vec![
        Door::get("/api/v1/settings/instance", "readInstance", read_instance)
            .about("configuration", "Read name, time zone, telephone and language", "")
            .answers::<InstanceSettings>(200, "What is in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/instance", "setInstance", put_instance)
            .about(
                "configuration",
                "Set name, time zone, telephone and language",
                "For administrators. Time zone and language are those of people who chose none.",
            )
            .body::<InstanceSettings>(instance)
            .if_match()
            .answers::<InstanceSettings>(200, "What is in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
        Door::get("/api/v1/settings/priority-matrix", "readPriorityMatrix", read_matrix)
            .about("configuration", "Read the priority matrix", "")
            .answers::<PriorityMatrix>(200, "The matrix in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/priority-matrix", "setPriorityMatrix", put_matrix)
            .about(
                "configuration",
                "Set the priority matrix",
                "For administrators. Incidents keep their priority until impact or urgency change.",
            )
            .body::<PriorityMatrix>(matrix)
            .if_match()
            .answers::<PriorityMatrix>(200, "The matrix in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
        Door::get("/api/v1/settings/asking", "readAsking", read_asking)
            .about("configuration", "Read what requesters are asked", "")
            .answers::<AskingSettings>(200, "What is in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/asking", "setAsking", put_asking)
            .about(
                "configuration",
                "Set what requesters are asked",
                "For administrators: of how many closed incidents they are asked how it went, when a question is brought to mind, and whether an incident closes without an answer.",
            )
            .body::<AskingSettings>(asking)
            .if_match()
            .answers::<AskingSettings>(200, "What is in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
        Door::get("/api/v1/settings/resolution-codes", "readResolutionCodes", read_codes)
            .about("configuration", "Read the resolution codes", "")
            .answers::<ResolutionCodes>(200, "The codes in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/resolution-codes", "setResolutionCodes", put_codes)
            .about(
                "configuration",
                "Set the resolution codes",
                "For administrators. Resolved incidents keep theirs.",
            )
            .body::<ResolutionCodes>(codes)
            .if_match()
            .answers::<ResolutionCodes>(200, "The codes in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ];
    doors.extend(closure::doors());
    doors
}

async fn read_instance(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (instance, version) = read(&app, settings::INSTANCE, Instance::default()).await?;
    Ok(kept::answer(&InstanceSettings::of(instance), version))
}

async fn put_instance(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<InstanceSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let InstanceSettings { name: called, time_zone: zone, phone, language, gathers_time } =
        body.value;
    let zone = time_zone(&zone)?;
    if zone.is_empty() {
        return Err(Problem::invalid("time_zone", "is needed, such as Europe/Amsterdam"));
    }
    let phone = line("phone", &phone, PHONE_CHARS)?;
    let called = name("name", &called)?;
    let gathers_time = match gathers_time {
        Some(gathers) => gathers,
        None => read(&app, settings::INSTANCE, Instance::default()).await?.0.gathers_time,
    };
    let instance = Instance { name: called, time_zone: zone, phone, language, gathers_time };
    let answer =
        put(&app, &caller, seen, settings::INSTANCE, instance, InstanceSettings::of).await?;
    if !gathers_time {
        app.desk().write(|sql| Ok(store::attention::forget_all(sql)?)).await?;
    }
    Ok(answer)
}

impl InstanceSettings {
    fn of(instance: Instance) -> Self {
        let Instance { name, time_zone, phone, language, gathers_time } = instance;
        let gathers_time = Some(gathers_time);
        InstanceSettings { name, time_zone, phone, language, gathers_time }
    }
}

async fn read_asking(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (asking, version) = read(&app, settings::ASKING, Asking::default()).await?;
    Ok(kept::answer(&AskingSettings::of(asking), version))
}

async fn put_asking(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<AskingSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let given = body.value;
    let asking = Asking {
        survey_share: given.survey_share,
        survey_delay_days: given.survey_delay_days,
        remind_after_days: given.remind_after_days,
        close_after_days: given.close_after_days,
    };
    asking.check().map_err(|(field, words)| Problem::invalid(field, words))?;
    put(&app, &caller, seen, settings::ASKING, asking, AskingSettings::of).await
}

impl AskingSettings {
    fn of(asking: Asking) -> Self {
        AskingSettings {
            survey_share: asking.survey_share,
            survey_delay_days: asking.survey_delay_days,
            remind_after_days: asking.remind_after_days,
            close_after_days: asking.close_after_days,
        }
    }
}

async fn read_matrix(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (matrix, version) = read(&app, settings::MATRIX, Matrix::default()).await?;
    Ok(kept::answer(&PriorityMatrix { matrix }, version))
}

async fn put_matrix(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<PriorityMatrix>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    put(&app, &caller, seen, settings::MATRIX, body.value.matrix, |matrix| PriorityMatrix {
        matrix,
    })
    .await
}

async fn read_codes(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (codes, version) = read(&app, settings::RESOLUTION_CODES, Policy::standard_codes()).await?;
    Ok(kept::answer(&shown(codes), version))
}

async fn put_codes(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<ResolutionCodes>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let codes = check(body.value)?;
    put(&app, &caller, seen, settings::RESOLUTION_CODES, codes, shown).await
}

async fn read<T>(app: &App, key: &'static str, standard: T) -> Result<(T, i64), Problem>
where
    T: DeserializeOwned + Send + 'static,
{
    let found = app.desk().read(move |sql| settings::get::<T>(sql, key)).await?;
    Ok(found.map_or((standard, 0), |setting| (setting.value, setting.version)))
}

async fn put<T, S>(
    app: &App,
    caller: &Caller,
    seen: Seen,
    key: &'static str,
    value: T,
    shown: impl FnOnce(T) -> S + Send + 'static,
) -> Result<Response, Problem>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    S: Serialize + Send + 'static,
{
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = settings::get::<T>(sql, key)?;
        let version = before.as_ref().map_or(0, |setting| setting.version);
        kept::check_seen(seen.must_be, version)?;
        kept::unless_stale(settings::put(sql, key, &value, version)?, version)?;
        audit.changed(sql, "setting", key, &before.map(|setting| setting.value), &value)?;
        Ok((shown(value), version + 1))
    });
    let (shown, version) = changed.await?;
    Ok(kept::answer(&shown, version))
}

fn shown(codes: Vec<ResolutionCode>) -> ResolutionCodes {
    let code = |ResolutionCode { code, label }| Code { code, label };
    ResolutionCodes { codes: codes.into_iter().map(code).collect() }
}

fn check(given: ResolutionCodes) -> Result<Vec<ResolutionCode>, Problem> {
    if given.codes.is_empty() || given.codes.len() > CODES_MAX {
        return Err(Problem::invalid("codes", format!("must have 1 to {CODES_MAX} entries")));
    }
    let mut seen = BTreeSet::new();
    let mut codes = Vec::with_capacity(given.codes.len());
    for (at, Code { code, label }) in given.codes.into_iter().enumerate() {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if code.is_empty() || code.len() > limits::TAG_CHARS || !code.chars().all(plain) {
            let words = format!("must be 1 to {} small letters, digits and _", limits::TAG_CHARS);
            return Err(Problem::invalid(format!("codes.{at}.code"), words));
        }
        if !seen.insert(code.clone()) {
            return Err(Problem::invalid(format!("codes.{at}.code"), "stands twice"));
        }
        let label = name(&format!("codes.{at}.label"), &label)?;
        codes.push(ResolutionCode { code, label });
    }
    Ok(codes)
}
