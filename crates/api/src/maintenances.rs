//! Windows in which alerts are recorded and page nobody.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, given, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use alert::maintenance::{LabelMatch, Maintenance, Matcher, Recurrence};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{IntegrationId, MaintenanceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::alerts::maintenances;
use store::directory::integrations::{self, Integration};
use store::status::works::{self, Words};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// Windows that a list shows: those to come, those that hold and the last of those before.
const SHOWN_MAX: i64 = 500;

/// A maintenance window.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Maintenance)]
struct Shown {
    #[schema(value_type = String)]
    id: MaintenanceId,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// `{time_zone, days, from, until}`: on these days (1 for Monday to 7; none is every day),
    /// between these local times.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// `{services, integrations, labels: [{name, test, value}]}`, all of which hold; `test` is
    /// `is`, `is_not`, `matches` or `matches_not`.
    #[schema(value_type = Object)]
    matcher: Matcher,
    created_by: String,
    /// Whether it was called off.
    cancelled: bool,
    /// Whether it holds now.
    active: bool,
    /// What the status page tells of it; null is nothing.
    public: Option<Outside>,
    version: i64,
}

/// What the status page tells of a window.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = MaintenanceOutside)]
#[serde(deny_unknown_fields)]
struct Outside {
    /// What it is called there.
    title: String,
    /// What it means for people.
    #[serde(default)]
    body: String,
    /// The components it concerns: ids; requests may name them.
    #[serde(default)]
    components: Vec<String>,
    /// Minutes before it begins at which subscribers are reminded; null is not at all.
    remind_minutes: Option<u32>,
}

/// Which alerts a window is for, as a request says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Matching {
    /// By name or id.
    services: Vec<String>,
    /// By name or id.
    integrations: BTreeSet<String>,
    labels: Vec<LabelMatch>,
}

/// A new window.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMaintenance {
    /// What is done in it.
    name: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    /// Needed unless it recurs.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When it comes again between these instants.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// For which alerts.
    #[schema(value_type = Option<Object>)]
    matcher: Option<Matching>,
    /// What the status page tells of it; nothing when absent.
    public: Option<Outside>,
    /// It is for every alert there is; needed where no matcher names any.
    everything: Option<bool>,
}

/// What to change of a window; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MaintenanceChange {
    name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Option<Timestamp>>,
    /// Null for never again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Option<Recurrence>>,
    #[schema(value_type = Option<Object>)]
    matcher: Option<Matching>,
    /// Null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    public: Option<Option<Outside>>,
    /// It is for every alert there is; needed where the matcher names none.
    everything: Option<bool>,
}

/// A window with what the outside is told of it.
#[derive(Clone, Serialize)]
struct Window {
    #[serde(flatten)]
    row: Maintenance,
    public: Option<Words>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/maintenances", "listMaintenances", list)
            .about("alerts", "List maintenance windows", "The latest first.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/maintenances", "createMaintenance", create)
            .about("alerts", "Plan a maintenance window", "Alerts that it is for are recorded and page nobody; what is firing still at its end pages then.")
            .body::<NewMaintenance>(json!({ "name": "Router firmware", "starts_at": "2026-11-28T20:00:00Z", "ends_at": "2026-11-28T22:00:00Z", "matcher": { "labels": [{ "name": "site", "test": "is", "value": "north" }] } }))
            .once()
            .answers::<Shown>(201, "The window.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/maintenances/{id}", "readMaintenance", read)
            .about("alerts", "Read a maintenance window", "")
            .answers::<Shown>(200, "The window.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/maintenances/{id}", "changeMaintenance", change)
            .about("alerts", "Change a maintenance window", "")
            .body::<MaintenanceChange>(json!({ "ends_at": "2026-11-28T23:00:00Z" }))
            .if_match()
            .answers::<Shown>(200, "The window as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/maintenances/{id}", "cancelMaintenance", cancel)
            .about("alerts", "Call a maintenance window off", "What it kept silent is looked at again at once, and pages if it is firing still.")
            .if_match()
            .answers_plainly(204, "", "It mutes nothing any more.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let read = |sql: &mut dyn Sql| -> Result<Vec<Window>, Failure> {
        let told = works::list(sql)?.into_iter();
        let mut told: BTreeMap<_, _> = told.map(|words| (words.maintenance, words)).collect();
        let all = maintenances::list(sql, SHOWN_MAX)?.into_iter();
        Ok(all.map(|row| Window { public: told.remove(&row.id), row }).collect())
    };
    let all = app.desk().read(read).await?;
    let (found, next) = page_of(all, &params, |window| window.row.id, |window| &window.row.name)?;
    let now = app.desk().now();
    let items = found.into_iter().map(|window| shown(window, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewMaintenance>,
) -> Result<Response, Problem> {
    must_plan(&caller)?;
    let (new, now) = (body.value, app.desk().now());
    let matcher = matched(&app, &caller, new.matcher.unwrap_or_default()).await?;
    let row = Maintenance {
        id: MaintenanceId(desk::fresh()),
        name: name("name", &new.name)?,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        recurrence: new.recurrence,
        matcher: named(matcher, new.everything)?,
        created_by: caller.viewer().name.clone(),
        cancelled: false,
        version: 1,
    };
    let public = match new.public {
        Some(public) => Some(public.words(&app, &caller, row.id).await?),
        None => None,
    };
    let window = Window { row, public };
    window.rules()?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        maintenances::insert(sql, &window.row)?;
        window.tell(sql)?;
        audit.created(sql, Window::WHAT, window.row.id, &window)?;
        Ok(shown(window, now))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let window: Window = kept::read(&app, find(&id)?).await?;
    let version = window.row.version;
    Ok(kept::answer(&shown(window, app.desk().now()), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<MaintenanceChange>,
) -> Result<Response, Problem> {
    must_plan(&caller)?;
    let (change, now) = (body.value, app.desk().now());
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let matcher = match change.matcher {
        Some(given) => Some(matched(&app, &caller, given).await?),
        None => None,
    };
    let matcher = match (matcher, change.everything) {
        (None, Some(true)) => Some(Matcher::default()),
        (given, everything) => given.map(|given| named(given, everything)).transpose()?,
    };
    let id = find(&id)?;
    let public = match change.public {
        Some(Some(public)) => Some(Some(public.words(&app, &caller, id).await?)),
        Some(None) => Some(None),
        None => None,
    };
    let window = kept::change(&app, &caller, id, seen, move |before: &Window| {
        let was = &before.row;
        let row = Maintenance {
            name: new_name.unwrap_or_else(|| was.name.clone()),
            starts_at: change.starts_at.unwrap_or(was.starts_at),
            ends_at: change.ends_at.unwrap_or(was.ends_at),
            recurrence: change.recurrence.clone().unwrap_or_else(|| was.recurrence.clone()),
            matcher: matcher.unwrap_or_else(|| was.matcher.clone()),
            ..was.clone()
        };
        let announced = before.public.as_ref().map_or(now, |words| words.created_at);
        // When a window was called off stays what its words say.
        let off = before.public.as_ref().filter(|_| was.cancelled);
        let updated_at = off.map_or(now, |words| words.updated_at);
        let public = match public {
            Some(public) => {
                public.map(|words| Words { created_at: announced, updated_at, ..words })
            }
            None => before.public.clone().map(|words| Words { updated_at, ..words }),
        };
        Ok(Window { row, public })
    })
    .await?;
    let version = window.row.version;
    Ok(kept::answer(&shown(window, app.desk().now()), version))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    must_plan(&caller)?;
    let now = app.desk().now();
    kept::retire(&app, &caller, find(&id)?, seen, move |window: &mut Window| {
        let before = std::mem::replace(&mut window.row.cancelled, true);
        // The status page reads from it when that was first.
        if let Some(words) = window.public.as_mut().filter(|_| !before) {
            words.updated_at = now;
        }
    })
    .await
}

impl Outside {
    /// The same as it is kept, told from now on.
    async fn words(
        self,
        app: &App,
        caller: &Caller,
        maintenance: MaintenanceId,
    ) -> Result<Words, Problem> {
        let references = References::of(app, caller.viewer()).await?;
        let now = app.desk().now();
        Ok(Words {
            maintenance,
            title: self.title.trim().to_owned(),
            body: self.body.trim().to_owned(),
            components: references.components("public.components", &self.components).await?,
            remind_minutes: self.remind_minutes,
            created_at: now,
            updated_at: now,
        })
    }
}

impl Window {
    fn rules(&self) -> Result<(), Trouble> {
        desk::maintenance::check(&self.row)?;
        self.public.as_ref().map_or(Ok(()), desk::status::check_words)
    }

    fn tell(&self, sql: &mut dyn Sql) -> Result<(), Failure> {
        match &self.public {
            Some(words) => works::put(sql, words),
            None => works::remove(sql, self.row.id),
        }
    }
}

impl Row for Window {
    type Id = MaintenanceId;
    const WHAT: &'static str = "maintenance";

    fn get(sql: &mut dyn Sql, id: MaintenanceId) -> Result<Option<Self>, Failure> {
        let Some(row) = maintenances::get(sql, id)? else { return Ok(None) };
        Ok(Some(Window { public: works::get(sql, id)?, row }))
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        let updated = maintenances::update(sql, &self.row, self.row.version)?;
        if updated {
            self.tell(sql)?;
        }
        Ok(updated)
    }

    fn version(&self) -> i64 {
        self.row.version
    }

    fn check(&self, _: &mut dyn Sql, _: &Self, _: Timestamp) -> Result<(), Trouble> {
        self.rules()
    }
}

/// Whoever works here plans; reading alone is no planning.
fn must_plan(caller: &Caller) -> Result<(), Problem> {
    caller.must_edit()?;
    match desk::maintenance::may_plan(caller.viewer()) {
        true => Ok(()),
        false => Err(Problem::forbidden("maintenance is planned by whoever works on incidents")),
    }
}

/// A matcher that names something, or every alert where that is said: a matcher that was forgotten
/// would keep everybody from being paged.
fn named(matcher: Matcher, everything: Option<bool>) -> Result<Matcher, Problem> {
    let names = matcher != Matcher::default();
    match (names, everything.unwrap_or(false)) {
        (false, false) => {
            let words = "names no alert; say \"everything\": true if every alert is meant";
            Err(Problem::invalid("matcher", words))
        }
        (true, true) => {
            Err(Problem::invalid("everything", "and a matcher that names some exclude each other"))
        }
        _ => Ok(matcher),
    }
}

/// What a request says of alerts, with the ids of what it names.
async fn matched(app: &App, caller: &Caller, said: Matching) -> Result<Matcher, Problem> {
    let references = References::of(app, caller.viewer()).await?;
    let services = references.services("matcher.services", &said.services)?;
    let integrations = match said.integrations.is_empty() {
        true => BTreeSet::new(),
        false => {
            let known = app.desk().read(integrations::list).await?;
            let one = |(at, text): (usize, &String)| {
                let id = text.trim().parse::<IntegrationId>().ok();
                let name = text.trim().to_lowercase();
                let named =
                    |row: &&Integration| Some(row.id) == id || row.name.to_lowercase() == name;
                let found = known.iter().find(named).map(|row| row.id);
                let field = || format!("matcher.integrations.{at}");
                found.ok_or_else(|| Problem::invalid(field(), "is not a known integration"))
            };
            said.integrations.iter().enumerate().map(one).collect::<Result<_, _>>()?
        }
    };
    Ok(Matcher { services, integrations, labels: said.labels })
}

fn find(text: &str) -> Result<MaintenanceId, Problem> {
    text.parse().map_err(|_| kept::missing(Window::WHAT).into())
}

fn shown(window: Window, now: Timestamp) -> Shown {
    let Window { row, public } = window;
    let public = public.map(|words| Outside {
        title: words.title,
        body: words.body,
        components: words.components.iter().map(ToString::to_string).collect(),
        remind_minutes: words.remind_minutes,
    });
    Shown {
        active: row.holds_until(now).is_some(),
        id: row.id,
        name: row.name,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        recurrence: row.recurrence,
        matcher: row.matcher,
        created_by: row.created_by,
        cancelled: row.cancelled,
        public,
        version: row.version,
    }
}
