//! An incident's clocks with the ledger that explains each.

use super::clock::{ShownClock, clock_at};
use super::number_of;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use calendar::{Reason, SkippedDay};
use incident::ledger::{self, CountedBy, Entry, Ledger, Pause, Span};
use incident::promise::Explanation;
use incident::{Access, Event, Policy, Scope, State};
use kernel::{CalendarId, ContentId, PersonId, TeamId, Timestamp, limits};
use serde::Serialize;
use std::collections::HashMap;
use store::incidents::list;
use store::incidents::timeline::{self, StoredContent};
use utoipa::ToSchema;

/// The clocks of an incident.
#[derive(Debug, Serialize, ToSchema)]
struct Clocks<'a> {
    /// Every clock by kind; a team's in the order of its assignments.
    items: Vec<ExplainedClock<'a>>,
    /// The holds that are over, for `correct-pause`.
    pauses: Vec<ShownPause>,
}

/// A clock with its ledger.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainedClock<'a> {
    #[serde(flatten)]
    clock: ShownClock,
    /// The team whose clock it is.
    team: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    team_id: Option<TeamId>,
    /// Whether the incident has it now; a team's gives way to the next team's.
    current: bool,
    /// The business time that it counts; null is round the clock.
    calendar: Option<ShownCalendar<'a>>,
    /// Why it passed its target, once somebody has said so.
    explanation: Option<ShownExplanation<'a>>,
    /// What it did, oldest first. The last total is `elapsed_seconds`.
    ledger: Vec<Line<'a>>,
}

/// A version of a business calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockCalendar)]
struct ShownCalendar<'a> {
    #[schema(value_type = String)]
    id: CalendarId,
    version: i64,
    name: &'a str,
}

/// Why a clock passed its target.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BreachExplanation)]
struct ShownExplanation<'a> {
    /// Null when it was erased.
    reason: Option<&'a str>,
    /// The name of whoever owns it.
    owner: &'a str,
    #[schema(value_type = String)]
    owner_id: PersonId,
    /// The breach it explains, with all before it.
    #[schema(value_type = String, format = DateTime)]
    breached_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A line of a ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerLine)]
struct Line<'a> {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `started`, `paused`, `resumed`, `restarted`, `retargeted`, `calendar_changed`, `corrected`,
    /// `taken_back`, `warned`, `breached`, `met`, `missed`, `cancelled`, or `counting` for now.
    turn: &'static str,
    /// The place in the timeline of what caused it; null for now.
    n: Option<u32>,
    /// What caused it.
    words: &'a str,
    /// Seconds of business time since the line before.
    added_seconds: i64,
    /// Seconds given back (negative) or added by hand.
    adjusted_seconds: i64,
    /// Seconds used by then: those of the line before with both.
    total_seconds: i64,
    /// The target from then on.
    target_seconds: i64,
    /// How the clock stands from then on.
    status: &'static str,
    /// What counted since the line before; null is round the clock.
    calendar: Option<ShownCalendar<'a>>,
    /// Local days since the line before that made it wait.
    skipped: Vec<Skipped<'a>>,
}

/// A day on which less is open than its weekday says, or nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SkippedDay)]
struct Skipped<'a> {
    #[schema(value_type = String, format = Date)]
    date: String,
    /// `closed_weekday`, `holiday` or `special_opening`.
    reason: &'static str,
    /// The name of the holiday or special opening.
    name: Option<&'a str>,
}

/// A hold that is over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pause)]
struct ShownPause {
    /// The place in the timeline of what ended it: its name in `correct-pause`.
    n: u32,
    /// What was waited for.
    reason: &'static str,
    /// As it was recorded.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// What counts; null where it was found to be none.
    counted: Option<ShownSpan>,
}

/// A span of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Span)]
struct ShownSpan {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents/{number}/clocks", "readClocks", read)
            .about(
                "incidents",
                "Read its clocks with what explains them",
                "Every start, pause, resume, re-target, correction and stop, with the seconds of business \
                 time that each added and the days that were skipped. For staff.",
            )
            .answers::<Clocks<'_>>(200, "The clocks at the instant of this answer.")
            .problems(&[401, 403, 404, 503]),
    ]
}

async fn read(
    AxumState(app): AxumState<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let number = number_of(&number)?;
    let scope = Scope::of(caller.viewer());
    let found = app
        .desk()
        .read(move |sql| {
            let Some(row) = list::get(sql, &scope, number)? else { return Ok(None) };
            if row.access != Access::Full {
                return Ok(Some((row, vec![], HashMap::new(), HashMap::new())));
            }
            // A full timeline still takes what ends an incident.
            let most = 2 * limits::EVENTS_PER_INCIDENT as usize;
            let events = timeline::timeline(sql, number, 0, most)?;
            let given = || row.state.explanations.values();
            let reasons: Vec<ContentId> = given().map(|explained| explained.reason).collect();
            let owners: Vec<PersonId> = given().map(|explained| explained.owner).collect();
            let words = timeline::contents_by_id(sql, &reasons)?;
            let names = store::directory::people::names(sql, &owners)?;
            Ok(Some((row, events, words, names)))
        })
        .await?;
    let Some((row, stored, words, names)) = found else { return Err(Problem::no_such_incident()) };
    if row.access != Access::Full {
        return Err(Problem::forbidden("the service desk reads how clocks were counted"));
    }
    let events: Vec<&Event> = stored.iter().map(|stored| &stored.event).collect();
    let policy = app.desk().policy();
    let now = app.desk().now().max(row.state.updated_at);
    let ledgers = ledger::ledgers(events.iter().copied(), &policy, now);
    let read = Read { state: &row.state, policy: &policy, words: &words, names: &names, now };
    let clocks = Clocks {
        items: ledgers.iter().map(|ledger| read.clock(ledger)).collect(),
        pauses: ledger::pauses(events).iter().map(ShownPause::of).collect(),
    };
    Ok(json::answer(StatusCode::OK, &clocks))
}

/// What clocks are shown from.
struct Read<'a> {
    state: &'a State,
    policy: &'a Policy,
    words: &'a HashMap<ContentId, StoredContent>,
    names: &'a HashMap<PersonId, String>,
    now: Timestamp,
}

impl<'a> Read<'a> {
    fn clock(&self, ledger: &'a Ledger<'a>) -> ExplainedClock<'a> {
        let clock = &ledger.clock;
        let known = clock.calendar.and_then(|reference| self.policy.calendars.known(reference));
        let team = clock.team.and_then(|team| self.policy.teams.get(&team));
        let given = self.state.explanations.get(&clock.kind).filter(|_| ledger.is_current);
        ExplainedClock {
            clock: clock_at(clock, self.policy.calendar_of(clock), self.now),
            team: team.map(|team| team.name.as_str()),
            team_id: clock.team,
            current: ledger.is_current,
            calendar: known.map(|known| ShownCalendar {
                id: known.hours.reference.id,
                version: known.hours.reference.version,
                name: &known.hours.name,
            }),
            explanation: given.map(|given| self.explanation(given)),
            ledger: ledger.entries.iter().map(Line::of).collect(),
        }
    }

    fn explanation(&self, given: &Explanation) -> ShownExplanation<'a> {
        let reason = self.words.get(&given.reason).and_then(|content| content.body.as_deref());
        ShownExplanation {
            reason,
            owner: self.names.get(&given.owner).map_or("", String::as_str),
            owner_id: given.owner,
            breached_at: given.breached_at,
            at: given.at,
        }
    }
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry<'a>) -> Self {
        Line {
            at: entry.at,
            turn: entry.turn.as_str(),
            n: entry.cause,
            words: &entry.words,
            added_seconds: entry.added_seconds,
            adjusted_seconds: entry.adjusted_seconds,
            total_seconds: entry.total_seconds,
            target_seconds: entry.target_seconds,
            status: entry.status.as_str(),
            calendar: entry.calendar.map(|CountedBy { reference, name }| ShownCalendar {
                id: reference.id,
                version: reference.version,
                name,
            }),
            skipped: entry.skipped.iter().map(Skipped::of).collect(),
        }
    }
}

impl<'a> Skipped<'a> {
    fn of(day: &SkippedDay<'a>) -> Self {
        let (reason, name) = match day.reason {
            Reason::ClosedWeekday => ("closed_weekday", None),
            Reason::Holiday(name) => ("holiday", name),
            Reason::SpecialOpening(name) => ("special_opening", name),
        };
        Skipped { date: day.date.to_string(), reason, name }
    }
}

impl ShownPause {
    fn of(pause: &Pause) -> Self {
        let Span { from, to } = pause.recorded;
        let counted = pause.counted.map(|Span { from, to }| ShownSpan { from, to });
        ShownPause { n: pause.n, reason: pause.reason.as_str(), from, to, counted }
    }
}
