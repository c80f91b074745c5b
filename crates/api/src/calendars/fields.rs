//! What is said of a calendar by somebody who makes, changes or tries one, and how
//! calendars are referred to.

use crate::app::App;
use crate::nearest::nearest;
use crate::problem::Problem;
use calendar::{Definition, Holiday, SpecialOpening, Week};
use desk::terms::{Effect, Open, new_calendar};
use incident::policy::BusinessHours;
use kernel::{CalendarId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

/// Fields of a calendar; what is absent stays as it is. A new one needs `name`,
/// `time_zone` and `week`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarFields {
    /// Unique among those in use, whatever the case.
    name: Option<String>,
    /// A name of the IANA time zone database.
    time_zone: Option<String>,
    /// `mon` to `sun`, each a list of `["09:00", "17:00"]`; closing before opening runs past
    /// midnight; or `"always"`.
    #[schema(value_type = Option<Value>)]
    week: Option<Week>,
    /// Local dates, or objects with `date` and `name`. These and only these.
    #[schema(value_type = Option<Vec<Value>>)]
    holidays: Option<Vec<Holiday>>,
    /// Objects with `date`, `name` and `hours`. These and only these.
    #[schema(value_type = Option<Vec<Object>>)]
    special_openings: Option<Vec<SpecialOpening>>,
    /// False takes it out of use.
    active: Option<bool>,
    /// In force from; from now on when absent. May lie ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) since: Option<Timestamp>,
    /// What becomes of open incidents; `keep` when absent.
    open: Option<OpenIncidents>,
}

/// What becomes of open incidents when terms change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OpenIncidents {
    /// They keep what they were promised.
    Keep,
    /// They go over to what is in force then.
    Follow,
}

/// When something comes in force, and for whom.
pub(crate) fn effect(since: Option<Timestamp>, open: Option<OpenIncidents>) -> Effect {
    let open = match open {
        Some(OpenIncidents::Follow) => Open::Follow,
        Some(OpenIncidents::Keep) | None => Open::Keep,
    };
    Effect { since, open }
}

impl CalendarFields {
    /// When it comes in force, and for whom.
    pub(crate) fn effect(&self) -> Effect {
        effect(self.since, self.open)
    }

    /// A new calendar.
    pub(crate) fn new_one(self, place: &str) -> Result<BusinessHours, Problem> {
        for (field, given) in [
            ("name", self.name.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("week", self.week.is_some()),
        ] {
            if !given {
                return Err(Problem::invalid(format!("{place}{field}"), "is needed"));
            }
        }
        Ok(self.over(BusinessHours {
            reference: new_calendar(),
            name: String::new(),
            definition: Definition::new("UTC", Week::default()),
            retired: false,
        }))
    }

    /// The calendar with what was said of it.
    pub(crate) fn over(self, before: BusinessHours) -> BusinessHours {
        let definition = before.definition;
        BusinessHours {
            reference: before.reference,
            name: self.name.map_or(before.name, |name| name.trim().to_owned()),
            definition: Definition {
                time_zone: self.time_zone.unwrap_or(definition.time_zone),
                week: self.week.unwrap_or(definition.week),
                holidays: self.holidays.unwrap_or(definition.holidays),
                special_openings: self.special_openings.unwrap_or(definition.special_openings),
            },
            retired: self.active.map_or(before.retired, |active| !active),
        }
    }
}

/// The calendars that there are, by name.
#[derive(Debug)]
pub(crate) struct Known {
    all: Vec<(CalendarId, String, bool)>,
}

impl Known {
    /// Those that are kept.
    pub(crate) fn of(app: &App) -> Self {
        let policy = app.desk().policy();
        let latest = policy.calendars.latest().into_iter().map(|known| &known.hours);
        let all = latest.map(|hours| (hours.reference.id, hours.name.clone(), !hours.retired));
        Known { all: all.collect() }
    }

    /// And one that is not, which comes before one of the same name.
    pub(crate) fn and(mut self, hours: &BusinessHours) -> Self {
        self.all.insert(0, (hours.reference.id, hours.name.clone(), !hours.retired));
        self
    }

    /// The one in use with this id or name.
    pub(crate) fn find(&self, field: String, text: &str) -> Result<CalendarId, Problem> {
        let in_use = || self.all.iter().filter(|(_, _, active)| *active);
        if let Some(id) = position(in_use(), text) {
            return Ok(id);
        }
        let meant = nearest(text.trim(), in_use().map(|(_, name, _)| name.as_str()));
        let hint = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        Err(Problem::invalid(field, format!("is not a known calendar{hint}")))
    }

    /// The one with this id or name, in use or not.
    pub(crate) fn any(&self, text: &str) -> Result<CalendarId, Problem> {
        let in_use = self.all.iter().filter(|(_, _, active)| *active);
        position(in_use, text)
            .or_else(|| position(self.all.iter(), text))
            .ok_or_else(|| Problem::not_found("there is no such calendar"))
    }

    /// The name of one.
    pub(crate) fn name(&self, id: CalendarId) -> Option<&str> {
        let found = self.all.iter().find(|(known, _, _)| *known == id);
        found.map(|(_, name, _)| name.as_str())
    }
}

fn position<'a>(
    mut all: impl Iterator<Item = &'a (CalendarId, String, bool)>,
    text: &str,
) -> Option<CalendarId> {
    let text = text.trim();
    let id: Option<CalendarId> = text.parse().ok();
    let lower = text.to_lowercase();
    let found = all.find(|(known, name, _)| Some(*known) == id || name.to_lowercase() == lower);
    found.map(|(id, _, _)| *id)
}
