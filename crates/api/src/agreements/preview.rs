//! What would the clocks say: a timeline under an agreement that is not saved.

use crate::app::App;
use crate::auth::Caller;
use crate::calendars::{aside, faults};
use crate::door::Door;
use crate::incidents::clock::{ShownClock, clock_at};
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use calendar::{Calendar, Definition};
use incident::clocks::Clock;
use incident::preview::{Entry, Fault, Happening, Promised, Terms, preview};
use kernel::{Priority, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The calendar that counts where no other is named.
const DEFAULT: &str = "default";

/// An agreement and a timeline.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementPreview)]
struct Asked {
    /// By name, `default` among them; each as in the preview of calendars.
    #[schema(value_type = BTreeMap<String, Object>)]
    calendars: BTreeMap<String, Definition>,
    policy: Policy,
    /// In the order of time, beginning with `create`; those at one instant happen in the
    /// order of the list.
    events: Vec<Event>,
    /// The instant to look at; what happens later changes nothing.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// What is promised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementPreviewPolicy)]
struct Policy {
    /// By priority, `P1` to `P5`.
    targets: BTreeMap<String, Targets>,
    /// Whether a hold pauses the response clock too.
    #[serde(default)]
    pause_response: bool,
    /// Names of calendars, by the priorities at which they count instead of `default`.
    #[serde(default)]
    calendar_by_priority: BTreeMap<String, String>,
}

/// The targets of one priority.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementPreviewTargets)]
struct Targets {
    response_seconds: i64,
    resolution_seconds: i64,
}

/// Something that happens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementPreviewEvent)]
struct Event {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(rename = "type")]
    kind: Kind,
    /// With `create` and `set_priority`.
    #[schema(value_type = Option<String>)]
    priority: Option<Priority>,
    /// Any text; it changes nothing.
    #[serde(rename = "reason")]
    _reason: Option<String>,
    /// Any text; it changes nothing.
    #[serde(rename = "group")]
    _group: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AgreementPreviewEventType)]
enum Kind {
    Create,
    SetPriority,
    Respond,
    Hold,
    Resume,
    Assign,
    Resolve,
    Reopen,
    Close,
    Cancel,
}

/// What the clocks say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementOutlook)]
struct Outlook {
    state: &'static str,
    #[schema(value_type = String)]
    priority: Priority,
    response: ShownClock,
    resolution: ShownClock,
}

pub(super) fn door() -> Door {
    Door::post("/api/v1/agreements/preview", "previewAgreement", run)
        .about("configuration", "Try an agreement", "What would the clocks say: a timeline played under targets and calendars that are not saved. `due_at` is null while a clock does not run and once it is breached.")
        .body::<Asked>(serde_json::json!({
            "calendars": {
                "default": { "time_zone": "Europe/Amsterdam", "week": { "mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]] } },
                "always": { "time_zone": "UTC", "week": "always" },
            },
            "policy": {
                "targets": {
                    "P1": { "response_seconds": 900, "resolution_seconds": 14_400 },
                    "P3": { "response_seconds": 7_200, "resolution_seconds": 57_600 },
                },
                "pause_response": false,
                "calendar_by_priority": { "P1": "always" },
            },
            "events": [
                { "at": "2026-11-23T08:30:00Z", "type": "create", "priority": "P3" },
                { "at": "2026-11-23T09:00:00Z", "type": "respond" },
                { "at": "2026-11-23T10:00:00Z", "type": "set_priority", "priority": "P1" },
            ],
            "as_of": "2026-11-23T12:00:00Z",
        }))
        .once()
        .answers::<Outlook>(200, "The clocks at that instant.")
        .problems(&[400, 401, 403, 413, 415, 422, 503])
}

async fn run(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let outlook = aside(move || look(body.value)).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &outlook))
}

fn look(asked: Asked) -> Result<Outlook, Problem> {
    for (field, length, most) in [
        ("calendars", asked.calendars.len(), limits::PREVIEW_CALENDARS),
        ("events", asked.events.len(), limits::EVENTS_PER_INCIDENT as usize),
    ] {
        if length > most {
            let words = format!("has more than {most} entries");
            return Err(Problem::invalid(field, words).coded("limit"));
        }
    }
    let calendars = calendars(&asked.calendars)?;
    let default = calendars.get(DEFAULT);
    let calendar = default.ok_or_else(|| Problem::invalid("calendars.default", "is needed"))?;
    let terms = Terms {
        targets: targets(&asked.policy.targets)?,
        pause_response: asked.policy.pause_response,
        calendar,
        calendar_by_priority: by_priority(&asked.policy.calendar_by_priority, &calendars)?,
    };
    let entries =
        asked.events.iter().enumerate().map(entry).collect::<Result<Vec<_>, Problem>>()?;
    let seen = preview(&terms, &entries, asked.as_of)
        .map_err(|Fault { field, message }| Problem::invalid(field, message))?;
    let calendar = terms.calendar(seen.priority);
    let shown = |clock: &Clock| {
        let mut shown = clock_at(clock, calendar, asked.as_of);
        if shown.breached {
            shown.due_at = None;
        }
        shown
    };
    Ok(Outlook {
        state: seen.lifecycle.as_str(),
        priority: seen.priority,
        response: shown(&seen.response),
        resolution: shown(&seen.resolution),
    })
}

fn calendars(written: &BTreeMap<String, Definition>) -> Result<BTreeMap<&str, Calendar>, Problem> {
    written
        .iter()
        .map(|(name, definition)| match Calendar::new(definition) {
            Ok(calendar) => Ok((name.as_str(), calendar)),
            Err(error) => Err(faults(&format!("calendars.{name}"), error)),
        })
        .collect()
}

fn targets(written: &BTreeMap<String, Targets>) -> Result<BTreeMap<Priority, Promised>, Problem> {
    let mut targets = BTreeMap::new();
    for (name, given) in written {
        let place = format!("policy.targets.{name}");
        for (field, seconds) in [
            ("response_seconds", given.response_seconds),
            ("resolution_seconds", given.resolution_seconds),
        ] {
            if seconds < 1 {
                let words = "must be at least 1 second";
                return Err(Problem::invalid(format!("{place}.{field}"), words));
            }
        }
        let promised = Promised {
            response_seconds: given.response_seconds,
            resolution_seconds: given.resolution_seconds,
        };
        targets.insert(priority(name, &place)?, promised);
    }
    Ok(targets)
}

fn by_priority<'a>(
    written: &BTreeMap<String, String>,
    calendars: &'a BTreeMap<&str, Calendar>,
) -> Result<BTreeMap<Priority, &'a Calendar>, Problem> {
    written
        .iter()
        .map(|(name, wanted)| {
            let place = format!("policy.calendar_by_priority.{name}");
            let priority = priority(name, &place)?;
            let calendar = calendars.get(wanted.as_str());
            let calendar = calendar.ok_or_else(|| {
                let known: Vec<&str> = calendars.keys().copied().collect();
                Problem::invalid(place, format!("must be one of {}", known.join(", ")))
            })?;
            Ok((priority, calendar))
        })
        .collect()
}

fn priority(name: &str, place: &str) -> Result<Priority, Problem> {
    name.parse().map_err(|error: kernel::Invalid| Problem::invalid(place, error.to_string()))
}

fn entry((place, event): (usize, &Event)) -> Result<Entry, Problem> {
    let priority = || {
        let missing = || Problem::invalid(format!("events.{place}.priority"), "is needed");
        event.priority.ok_or_else(missing)
    };
    let what = match event.kind {
        Kind::Create => Happening::Create(priority()?),
        Kind::SetPriority => Happening::SetPriority(priority()?),
        Kind::Respond => Happening::Respond,
        Kind::Hold => Happening::Hold,
        Kind::Resume => Happening::Resume,
        Kind::Assign => Happening::Assign,
        Kind::Resolve => Happening::Resolve,
        Kind::Reopen => Happening::Reopen,
        Kind::Close => Happening::Close,
        Kind::Cancel => Happening::Cancel,
    };
    Ok(Entry { at: event.at, what })
}
