//! What an agreement must keep to before it is saved. Everything that is wrong is told
//! at once, each with its field, so that a form can mark it.

use super::{Agreement, BusinessHours, CalendarChoice, Calendars, Selection, TeamTargets};
use crate::clocks::ClockKind;
use calendar::{Calendar, TEN_YEARS_SECONDS};
use kernel::{CalendarId, Priority, limits};
use std::collections::{BTreeMap, BTreeSet};

/// Days of silence and of follow-ups at most: ten years.
const DAYS_MAX: i64 = 3_653;
/// Seconds between two words about a major incident at least: nobody writes faster.
const WORD_SECONDS_MIN: u32 = 60;
/// Seconds between two words about a major incident at most: a week.
const WORD_SECONDS_MAX: u32 = 7 * 86_400;
/// Places are whole numbers up to here, and down to its negative.
const PLACE_MAX: i64 = 1_000_000;

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {message}")]
pub struct Fault {
    /// The field, as a path in the written form: `targets.P1.resolution`.
    pub field: String,
    /// The rule that it breaks; goes on after the field's name.
    pub message: String,
}

impl Fault {
    /// A field and the rule that it breaks.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { field: field.into(), message: message.into() }
    }
}

impl Agreement {
    /// Everything that is wrong with it; calendars are looked up among these. What it
    /// applies to is taken as known.
    pub fn faults(&self, calendars: &Calendars) -> Vec<Fault> {
        let mut faults = vec![];
        check_name(&self.name, &mut faults);
        self.check_targets(&mut faults);
        self.check_days(&mut faults);
        self.check_selection(&mut faults);
        self.check_teams(&mut faults);
        if let Some(vendor) = &self.vendor_targets {
            check_seconds("vendor_targets.targets", &vendor.targets, &mut faults);
        }
        self.check_majors(&mut faults);
        self.check_calendars(calendars, &mut faults);
        faults
    }

    fn check_majors(&self, faults: &mut Vec<Fault>) {
        let Some(majors) = &self.majors else { return };
        let mut check = |field: String, seconds: u32| {
            if !(WORD_SECONDS_MIN..=WORD_SECONDS_MAX).contains(&seconds) {
                faults.push(Fault::new(field, "must be from 1 minute to 7 days"));
            }
        };
        if let Some(seconds) = majors.first_notice_seconds {
            check("majors.first_notice_seconds".to_owned(), seconds);
        }
        for (priority, seconds) in &majors.cadence_seconds {
            check(format!("majors.cadence_seconds.{priority}"), *seconds);
        }
    }

    fn check_targets(&self, faults: &mut Vec<Fault>) {
        for (priority, targets) in &self.targets {
            for (clock, seconds) in targets {
                let field = format!("targets.{priority}.{}", clock.as_str());
                if !clock.is_promised_to_requester() {
                    let words = format!("stands in {}_targets", clock.as_str());
                    faults.push(Fault::new(field, words));
                } else {
                    check_duration(field, *seconds, faults);
                }
            }
            let target = |clock| targets.get(&clock).copied();
            let resolution = target(ClockKind::Resolution);
            for clock in [ClockKind::Acknowledge, ClockKind::Response] {
                if target(clock).zip(resolution).is_some_and(|(first, last)| first > last) {
                    let field = format!("targets.{priority}.resolution");
                    let words = format!("must not be shorter than {}", clock.as_str());
                    faults.push(Fault::new(field, words));
                }
            }
        }
        let mut last = 0;
        for (place, share) in self.warn_shares.iter().enumerate() {
            if !(1..=100).contains(share) {
                faults
                    .push(Fault::new(format!("warn_shares.{place}"), "must be 1 to 100 per cent"));
            } else if *share <= last {
                let words = "must be more than the one before it";
                faults.push(Fault::new(format!("warn_shares.{place}"), words));
            }
            last = last.max(*share);
        }
    }

    fn check_days(&self, faults: &mut Vec<Fault>) {
        for (field, days) in
            [("close_after_days", self.close_after_days), ("follow_up_days", self.follow_up_days)]
        {
            if !(0..=DAYS_MAX).contains(&days) {
                faults.push(Fault::new(field, format!("must be 0 to {DAYS_MAX} days")));
            }
        }
        if !(-PLACE_MAX..=PLACE_MAX).contains(&self.place) {
            let words = format!("must be from -{PLACE_MAX} to {PLACE_MAX}");
            faults.push(Fault::new("place", words));
        }
    }

    fn check_selection(&self, faults: &mut Vec<Fault>) {
        let Selection { services, organisations, categories, requesters } = &self.applies_to;
        for (field, length) in [
            ("services", services.len()),
            ("organisations", organisations.len()),
            ("categories", categories.len()),
            ("requesters", requesters.len()),
        ] {
            if length > limits::AGREEMENT_SELECTORS {
                let words = format!("has more than {} entries", limits::AGREEMENT_SELECTORS);
                faults.push(Fault::new(format!("applies_to.{field}"), words));
            }
        }
        if self.is_default && !self.applies_to.is_empty() {
            let words = "must be empty: the default applies wherever no other agreement does";
            faults.push(Fault::new("applies_to", words));
        }
        if !self.is_default && self.applies_to.is_empty() {
            let words = "is needed: name a service, organisation, category or requester, or make it the default";
            faults.push(Fault::new("applies_to", words));
        }
        if self.is_default && self.retired {
            let words = "is the default; make another agreement the default first";
            faults.push(Fault::new("retired", words));
        }
    }

    fn check_teams(&self, faults: &mut Vec<Fault>) {
        if self.team_targets.len() > limits::AGREEMENT_TEAMS {
            let words = format!("has more than {} entries", limits::AGREEMENT_TEAMS);
            faults.push(Fault::new("team_targets", words));
        }
        let mut named = BTreeSet::new();
        for (place, TeamTargets { team, targets, .. }) in self.team_targets.iter().enumerate() {
            check_seconds(&format!("team_targets.{place}.targets"), targets, faults);
            if named.contains(&None) {
                let words = "never counts: an entry for any team stands before it";
                faults.push(Fault::new(format!("team_targets.{place}.team"), words));
            } else if !named.insert(*team) {
                let words = "has an entry already";
                faults.push(Fault::new(format!("team_targets.{place}.team"), words));
            }
        }
    }

    fn check_calendars(&self, calendars: &Calendars, faults: &mut Vec<Fault>) {
        let mut check = |field: String, id: Option<CalendarId>| {
            let usable = |id| calendars.last(id).is_some_and(|known| !known.hours.retired);
            if id.is_some_and(|id| !usable(id)) {
                faults.push(Fault::new(field, "is not a calendar in use"));
            }
        };
        let own = |choice: CalendarChoice| match choice {
            CalendarChoice::Own(id) => Some(id),
            CalendarChoice::OfAgreement | CalendarChoice::RoundTheClock => None,
        };
        check("calendar".to_owned(), self.calendar);
        for (priority, id) in &self.calendar_by_priority {
            check(format!("calendar_by_priority.{priority}"), *id);
        }
        for (place, team) in self.team_targets.iter().enumerate() {
            check(format!("team_targets.{place}.calendar"), own(team.calendar));
        }
        let vendor = self.vendor_targets.as_ref();
        check("vendor_targets.calendar".to_owned(), vendor.and_then(|v| own(v.calendar)));
    }
}

impl BusinessHours {
    /// Everything that is wrong with it.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![];
        check_name(&self.name, &mut faults);
        if let Err(error) = Calendar::new(&self.definition) {
            let problems = error.problems.into_iter();
            faults.extend(
                problems.map(|problem| Fault::new(problem.field, problem.rule.to_string())),
            );
        }
        faults
    }
}

pub(crate) fn check_name(name: &str, faults: &mut Vec<Fault>) {
    let length = name.trim().chars().count();
    if !(1..=limits::NAME_CHARS).contains(&length) || name.contains(char::is_control) {
        let words = format!("must have 1 to {} characters on one line", limits::NAME_CHARS);
        faults.push(Fault::new("name", words));
    }
}

fn check_seconds(field: &str, targets: &BTreeMap<Priority, i64>, faults: &mut Vec<Fault>) {
    if targets.is_empty() {
        faults.push(Fault::new(field, "is empty; leave the entry out, or name a priority"));
    }
    for (priority, seconds) in targets {
        check_duration(format!("{field}.{priority}"), *seconds, faults);
    }
}

fn check_duration(field: String, seconds: i64, faults: &mut Vec<Fault>) {
    if !(1..=TEN_YEARS_SECONDS).contains(&seconds) {
        faults.push(Fault::new(field, "must be from 1 second to ten years"));
    }
}
