//! Everything that the pages of agreements choose from.

use crate::app::App;
use crate::error::PageResult;
use crate::part::duration::WHOLE_DAY;
use crate::part::week;
use crate::settings::calendars;
use calendar::Calendar;
use incident::policy::{Agreement, KnownCalendar, Policy};
use jiff::tz::TimeZone;
use kernel::{CalendarId, CategoryId, InOrder, OrganisationId, PersonId, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::directory::agreements;
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::directory::{categories, organisations, people};
use store::{Failure, Sql};

/// A version of an agreement, and from when on it is in force.
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// As stored.
    pub(super) agreement: Agreement,
    /// In force from.
    pub(super) since: Timestamp,
}

/// What the pages choose from.
pub(super) struct All {
    pub(super) policy: Arc<Policy>,
    /// The newest version of every agreement, in the order in which they are tried; those out
    /// of use after the default.
    pub(super) agreements: Vec<Version>,
    pub(super) services: Vec<Service>,
    pub(super) organisations: Vec<(OrganisationId, String)>,
    /// With the names of those above.
    pub(super) categories: Vec<(CategoryId, String)>,
    pub(super) teams: Vec<Team>,
    /// The people whom agreements name: their e-mail address, else their name.
    pub(super) people: BTreeMap<PersonId, String>,
}

impl All {
    /// Reads it all.
    pub(super) async fn read(app: &App) -> PageResult<All> {
        let policy = app.desk.policy();
        Ok(app.desk.read(move |sql| gather(sql, policy)).await?)
    }

    /// The newest version of a calendar.
    pub(super) fn known(&self, id: Option<CalendarId>) -> Option<&KnownCalendar> {
        self.policy.calendars.last(id?)
    }

    /// The business time of a calendar; none is round the clock.
    pub(super) fn calendar(&self, id: Option<CalendarId>) -> &Calendar {
        self.known(id).map_or_else(|| self.policy.calendars.get(None), |known| &known.calendar)
    }

    /// The zone in which a calendar's moments are told; `reader` where it is round the clock.
    pub(super) fn zone(&self, id: Option<CalendarId>, reader: &TimeZone) -> TimeZone {
        let named =
            self.known(id).and_then(|known| crate::app::zone_named(known.calendar.time_zone()));
        named.unwrap_or_else(|| reader.clone())
    }

    /// How long a day of a calendar is, in seconds.
    pub(super) fn day(&self, id: Option<CalendarId>) -> i64 {
        self.known(id).map_or(WHOLE_DAY, |known| week::day_seconds(&known.hours.definition.week))
    }

    /// The values and names that a calendar is chosen by: `first`, round the clock, those in
    /// use, and the one that is chosen.
    pub(super) fn calendar_options(
        &self,
        first: Option<(&str, &str)>,
        chosen: &str,
    ) -> Vec<(String, String)> {
        let fixed: Vec<_> = first.into_iter().chain([(ALWAYS, "Round the clock")]).collect();
        calendars::options(&self.policy.calendars, &fixed, chosen)
    }

    /// How a calendar is called.
    pub(super) fn calendar_name(&self, id: Option<CalendarId>) -> &str {
        self.known(id).map_or("Round the clock", |known| known.hours.name.as_str())
    }
}

/// The value of a choice for round the clock.
pub(super) const ALWAYS: &str = "always";

fn gather(sql: &mut dyn Sql, policy: Arc<Policy>) -> Result<All, Failure> {
    let mut newest: BTreeMap<_, Version> = BTreeMap::new();
    for (agreement, since) in agreements::all(sql)? {
        let version = Version { agreement, since };
        let kept = newest.entry(version.agreement.reference.id).or_insert_with(|| version.clone());
        if kept.agreement.reference.version < version.agreement.reference.version {
            *kept = version;
        }
    }
    let mut agreements: Vec<Version> = newest.into_values().collect();
    agreements.order_by_key(|version| {
        let agreement = &version.agreement;
        (agreement.retired, agreement.is_default, agreement.place, agreement.reference)
    });
    let categories = categories::list(sql)?;
    let mut paths: Vec<(CategoryId, String)> = categories::paths(&categories).into_iter().collect();
    paths.order_by_key(|(_, path)| path.to_lowercase());
    let mut people = BTreeMap::new();
    for id in agreements.iter().flat_map(|version| &version.agreement.applies_to.requesters) {
        if let Some(person) = people::get(sql, *id)? {
            people.insert(*id, person.email.unwrap_or(person.name));
        }
    }
    Ok(All {
        policy,
        agreements,
        services: services::list(sql)?,
        organisations: organisations::list(sql)?
            .into_iter()
            .map(|one| (one.id, one.name))
            .collect(),
        categories: paths,
        teams: teams::list(sql)?,
        people,
    })
}
