//! The agreements that are kept: every version, and what applies to whom.

use super::fields::{AgreementChange, AgreementFields};
use crate::app::App;
use crate::auth::Caller;
use crate::calendars::Known;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{ListParams, Page, PageParams, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::{Seen, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::terms::{Effect, Saved, blank_agreement, save_agreement};
use incident::policy::{self, CalendarChoice, Selection};
use kernel::{AgreementId, CalendarId, InOrder, PersonId, Priority, RecomputationId, Timestamp};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One version of an agreement.
#[derive(Debug, Serialize, ToSchema)]
struct Agreement {
    #[schema(value_type = String)]
    id: AgreementId,
    version: i64,
    name: String,
    /// In force from.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Seconds by priority (`P1` to `P5`) and clock (`acknowledge`, `response`,
    /// `update`, `resolution`); absent clocks do not run.
    targets: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// The calendar whose hours count; null counts round the clock.
    calendar: Option<String>,
    #[schema(value_type = Option<String>)]
    calendar_id: Option<CalendarId>,
    /// Calendars that count at these priorities instead; null counts round the clock.
    calendar_by_priority: BTreeMap<String, Option<String>>,
    /// From when the clocks count: `reported` or `detected`.
    starts_at: &'static str,
    applies_to: AppliesTo,
    /// Agreements are tried in rising order of this; the first that matches applies.
    place: i64,
    /// Whether it applies wherever no other does.
    is_default: bool,
    /// Hold reasons in which the clocks pause, all but those of acknowledging and of vendors.
    pause_reasons: Vec<&'static str>,
    /// Whether acknowledging counts as responding.
    acknowledgement_responds: bool,
    /// Shares of a target, in per cent, at which a warning is recorded.
    warn_shares: Vec<u8>,
    /// Business days of silence after which a resolved incident closes.
    close_after_days: i64,
    /// Days after closing in which a reply makes a follow-up.
    follow_up_days: i64,
    /// What teams promise each other; the first entry that names the team, or any, counts.
    team_targets: Vec<TeamTargets>,
    /// What suppliers promise while an incident waits for them.
    vendor_targets: Option<VendorTargets>,
    /// What is promised of major incidents beside, round the clock.
    majors: Option<MajorTargets>,
    /// Whether something new can be promised by it.
    active: bool,
    /// The job that brings open incidents over to this version, when it was just saved so.
    #[schema(value_type = Option<String>)]
    recomputation: Option<RecomputationId>,
}

/// What an agreement applies to: every list that is not empty has to hold the incident's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementSelection)]
struct AppliesTo {
    services: Vec<String>,
    organisations: Vec<String>,
    /// With what lies below them.
    categories: Vec<String>,
    /// By e-mail address, or id where somebody has none.
    requesters: Vec<String>,
}

/// What a team promises the others while it has an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementTeamTargets)]
struct TeamTargets {
    /// Null: every team without an entry before it.
    team: Option<String>,
    /// Absent: that of the agreement; null: round the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    calendar: Option<Option<String>>,
    /// Seconds by priority.
    targets: BTreeMap<String, i64>,
}

/// When the next word about a major incident comes, round the clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementMajorTargets)]
struct MajorTargets {
    /// Seconds from when it is declared to the first word.
    first_notice_seconds: Option<u32>,
    /// Seconds from one word to the next by priority, where no word promised another.
    cadence_seconds: BTreeMap<String, u32>,
    /// Whether what goes to the status page needs the approval of somebody who did not write it.
    approval: bool,
}

impl From<policy::MajorTargets> for MajorTargets {
    fn from(majors: policy::MajorTargets) -> Self {
        let cadence = majors.cadence_seconds.into_iter();
        MajorTargets {
            first_notice_seconds: majors.first_notice_seconds,
            cadence_seconds: cadence.map(|(priority, s)| (priority.to_string(), s)).collect(),
            approval: majors.approval,
        }
    }
}

/// What suppliers promise while an incident waits for them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementVendorTargets)]
struct VendorTargets {
    /// Absent: that of the agreement; null: round the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    calendar: Option<Option<String>>,
    /// Seconds by priority.
    targets: BTreeMap<String, i64>,
}

pub(super) fn doors() -> Vec<Door> {
    let example = json!({
        "name": "Gold",
        "applies_to": { "services": ["VPN"], "organisations": ["Harbour Foods"] },
        "place": 10,
        "calendar_by_priority": { "P1": null },
        "targets": {
            "P1": { "acknowledge": 300, "response": 900, "update": 1_800, "resolution": 14_400 },
            "P2": { "response": 1_800, "resolution": 28_800 },
        },
        "pause_reasons": ["requester", "scheduled"],
        "warn_shares": [50, 75, 90],
        "team_targets": [{ "team": "Network", "targets": { "P1": 3_600 } }],
        "majors": { "first_notice_seconds": 900, "cadence_seconds": { "P1": 1_800 }, "approval": true },
    });
    vec![
        Door::get("/api/v1/agreements", "listAgreements", list)
            .about("configuration", "List agreements", "The newest version of each, those out of use too, in the order in which they are tried; the default last.")
            .query::<ListParams>()
            .answers::<Page<Agreement>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/agreements", "createAgreement", create)
            .about("configuration", "Create an agreement", "For administrators.")
            .body::<AgreementFields>(example)
            .once()
            .answers::<Agreement>(201, "The agreement.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/agreements/{id}", "readAgreement", read)
            .about("configuration", "Read an agreement", "Every version, the newest first.")
            .query::<PageParams>()
            .answers::<Page<Agreement>>(200, "A page of its versions.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::patch("/api/v1/agreements/{id}", "changeAgreement", change)
            .about("configuration", "Change an agreement", "For administrators. Saves another version, in force from `since`; earlier ones stay. Open incidents keep what they were promised unless `open` is `follow`.")
            .body::<AgreementFields>(json!({ "targets": { "P1": { "response": 600 } }, "since": "2027-01-01T00:00:00Z", "open": "keep" }))
            .if_match()
            .answers::<Agreement>(200, "The new version.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/agreements/{id}", "removeAgreement", remove)
            .about("configuration", "Take an agreement out of use", "For administrators. Refused for the default. Incidents keep what they were promised.")
            .if_match()
            .answers_plainly(204, "", "It is out of use.")
            .problems(&[401, 403, 404, 409, 412, 422, 503]),
    ]
}

/// The agreement with this id or name.
pub(super) fn find(app: &App, text: &str) -> Result<AgreementId, Problem> {
    let policy = app.desk().policy();
    let (id, lower) = (text.parse::<AgreementId>().ok(), text.trim().to_lowercase());
    let mut latest = policy.agreements.latest();
    // Those in use come before others of the same name.
    latest.order_by_key(|agreement| agreement.retired);
    let called = |agreement: &&policy::Agreement| {
        Some(agreement.reference.id) == id || agreement.name.to_lowercase() == lower
    };
    let found = latest.into_iter().find(called);
    found.map(|agreement| agreement.reference.id).ok_or_else(missing)
}

pub(super) fn missing() -> Problem {
    Problem::not_found("there is no such agreement")
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let policy = app.desk().policy();
    let since: BTreeMap<_, _> = policy
        .agreements
        .versions()
        .map(|(since, agreement)| (agreement.reference, since))
        .collect();
    let latest = policy.agreements.latest().into_iter();
    let all = latest.map(|agreement| {
        (agreement.clone(), since.get(&agreement.reference).copied().unwrap_or_default())
    });
    let (found, next) =
        page_of(all.collect(), &params, |(a, _)| a.reference.id, |(agreement, _)| &agreement.name)?;
    let names = Names::of(&app, found.iter().map(|(agreement, _)| agreement)).await?;
    let items = found.into_iter().map(|(agreement, since)| names.shown(agreement, since, None));
    Ok(json::answer(StatusCode::OK, &Page { items: items.collect(), next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<AgreementFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    for (field, given) in
        [("name", body.value.name.is_some()), ("targets", body.value.targets.is_some())]
    {
        if !given {
            return Err(Problem::invalid(field, "is needed"));
        }
    }
    let effect = body.value.effect();
    let agreement = resolved(&app, &caller, body.value).await?.over(blank_agreement());
    let names = Names::of(&app, [&agreement].into_iter()).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        let saved = save_agreement(sql, audit, agreement, effect)?;
        Ok(names.shown(saved.value, saved.since, saved.recomputation))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = find(&app, &id)?;
    let policy = app.desk().policy();
    let versions = policy.agreements.versions();
    let mut versions: Vec<_> = versions
        .filter(|(_, agreement)| agreement.reference.id == id)
        .map(|(since, agreement)| (agreement.clone(), since))
        .collect();
    versions.order_by_key(|(agreement, _)| std::cmp::Reverse(agreement.reference.version));
    let version = versions.first().map_or(0, |(agreement, _)| agreement.reference.version);
    let names = Names::of(&app, versions.iter().map(|(agreement, _)| agreement)).await?;
    let items = versions.into_iter().map(|(agreement, since)| names.shown(agreement, since, None));
    let page = Page::of(items.collect(), &params, |one: &Agreement| one.version)?;
    Ok(tagged(json::answer(StatusCode::OK, &page), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<AgreementFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id)?;
    let effect = body.value.effect();
    let change = resolved(&app, &caller, body.value).await?;
    let saved = save(&app, &caller, id, seen, effect, move |before| change.over(before)).await?;
    let names = Names::of(&app, [&saved.value].into_iter()).await?;
    let version = saved.value.reference.version;
    Ok(kept::answer(&names.shown(saved.value, saved.since, saved.recomputation), version))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id)?;
    let retired = |before| policy::Agreement { retired: true, ..before };
    save(&app, &caller, id, seen, Effect::default(), retired).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn resolved(
    app: &App,
    caller: &Caller,
    fields: AgreementFields,
) -> Result<AgreementChange, Problem> {
    let references = References::of(app, caller.viewer()).await?;
    fields.resolve("", &references, &Known::of(app)).await
}

/// Saves what `make` makes of the newest version, if that is the version seen.
async fn save(
    app: &App,
    caller: &Caller,
    id: AgreementId,
    seen: Seen,
    effect: Effect,
    make: impl FnOnce(policy::Agreement) -> policy::Agreement + Send + 'static,
) -> Result<Saved<policy::Agreement>, Problem> {
    let saved = app.desk().change(caller.actor(), move |sql, audit| {
        let kept = desk::terms::newest_agreement(sql, audit, id)?;
        let before = kept.ok_or_else(|| kept::missing("agreement"))?;
        kept::check_seen(seen.must_be, before.reference.version)?;
        save_agreement(sql, audit, make(before), effect)
    });
    Ok(saved.await?)
}

/// The names of what agreements refer to.
struct Names {
    directory: std::sync::Arc<Directory>,
    people: Cards,
    calendars: Known,
}

impl Names {
    async fn of(
        app: &App,
        agreements: impl Iterator<Item = &policy::Agreement>,
    ) -> Result<Self, Problem> {
        let directory = app.directory().await?;
        let people: Vec<PersonId> =
            agreements.flat_map(|agreement| agreement.applies_to.requesters.clone()).collect();
        let people = directory.people(app.desk(), people).await?;
        Ok(Names { directory, people, calendars: Known::of(app) })
    }

    fn shown(
        &self,
        agreement: policy::Agreement,
        since: Timestamp,
        recomputation: Option<RecomputationId>,
    ) -> Agreement {
        let targets = agreement.targets.iter().map(|(priority, targets)| {
            let targets = targets.iter().map(|(clock, seconds)| (clock.as_str(), *seconds));
            (priority.to_string(), targets.collect())
        });
        let by_priority = agreement.calendar_by_priority.iter();
        let team = |team: policy::TeamTargets| TeamTargets {
            team: team.team.map(|id| named(self.directory.teams.name(id), id)),
            calendar: self.choice(team.calendar),
            targets: seconds(&team.targets),
        };
        let vendor = |vendor: policy::VendorTargets| VendorTargets {
            calendar: self.choice(vendor.calendar),
            targets: seconds(&vendor.targets),
        };
        Agreement {
            id: agreement.reference.id,
            version: agreement.reference.version,
            since,
            targets: targets.collect(),
            calendar: agreement.calendar.map(|id| self.calendar(id)),
            calendar_id: agreement.calendar,
            calendar_by_priority: by_priority
                .map(|(priority, id)| (priority.to_string(), id.map(|id| self.calendar(id))))
                .collect(),
            starts_at: agreement.starts_at.as_str(),
            applies_to: self.selection(&agreement.applies_to),
            place: agreement.place,
            is_default: agreement.is_default,
            pause_reasons: agreement.pause_reasons.iter().map(|reason| reason.as_str()).collect(),
            acknowledgement_responds: agreement.acknowledgement_responds,
            warn_shares: agreement.warn_shares,
            close_after_days: agreement.close_after_days,
            follow_up_days: agreement.follow_up_days,
            team_targets: agreement.team_targets.into_iter().map(team).collect(),
            vendor_targets: agreement.vendor_targets.map(vendor),
            majors: agreement.majors.map(MajorTargets::from),
            active: !agreement.retired,
            name: agreement.name,
            recomputation,
        }
    }

    fn selection(&self, selection: &Selection) -> AppliesTo {
        let Selection { services, organisations, categories, requesters } = selection;
        let directory = &self.directory;
        let person =
            |id: &PersonId| named(self.people.get(id).and_then(|card| card.email.as_deref()), *id);
        AppliesTo {
            services: services.iter().map(|id| named(directory.services.name(*id), *id)).collect(),
            organisations: organisations
                .iter()
                .map(|id| named(directory.organisations.name(*id), *id))
                .collect(),
            categories: categories
                .iter()
                .map(|id| named(directory.category_paths.name(*id), *id))
                .collect(),
            requesters: requesters.iter().map(person).collect(),
        }
    }

    fn calendar(&self, id: CalendarId) -> String {
        named(self.calendars.name(id), id)
    }

    fn choice(&self, choice: CalendarChoice) -> Option<Option<String>> {
        match choice {
            CalendarChoice::OfAgreement => None,
            CalendarChoice::RoundTheClock => Some(None),
            CalendarChoice::Own(id) => Some(Some(self.calendar(id))),
        }
    }
}

fn named(name: Option<&str>, id: impl ToString) -> String {
    name.map_or_else(|| id.to_string(), str::to_owned)
}

fn seconds(targets: &BTreeMap<Priority, i64>) -> BTreeMap<String, i64> {
    targets.iter().map(|(priority, seconds)| (priority.to_string(), *seconds)).collect()
}
