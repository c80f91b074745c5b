//! Agreements: what is promised to whom, and by which business time it is counted.

use crate::clocks::ClockKind;
use crate::state::{AgreementRef, HoldReason};
use kernel::{
    AgreementId, CalendarId, CategoryId, OrganisationId, PersonId, Priority, ServiceId, TeamId,
    words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Targets of one priority, in business seconds by clock; absent clocks do not run.
pub type Targets = BTreeMap<ClockKind, i64>;

/// An agreement: the promises and the rules of its clocks. The stored form of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Id and version.
    #[serde(flatten)]
    pub reference: AgreementRef,
    /// Name.
    pub name: String,
    /// Targets by priority.
    pub targets: BTreeMap<Priority, Targets>,
    /// Hold reasons in which the clocks pause, all but those of acknowledging and of vendors.
    pub pause_reasons: BTreeSet<HoldReason>,
    /// Whether acknowledging counts as responding.
    pub acknowledgement_responds: bool,
    /// Shares of a target, in per cent, at which a warning is recorded; rising.
    pub warn_shares: Vec<u8>,
    /// Business days of silence after which a resolved incident closes.
    pub close_after_days: i64,
    /// Days after closing in which a reply makes a follow-up.
    pub follow_up_days: i64,
    /// The business time that its clocks count; none counts round the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// What counts at these priorities instead; null is round the clock.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendar_by_priority: BTreeMap<Priority, Option<CalendarId>>,
    /// From which moment its clocks count.
    #[serde(default = "StartMoment::reported")]
    pub starts_at: StartMoment,
    /// What it applies to.
    #[serde(default)]
    pub applies_to: Selection,
    /// Agreements are tried in rising order of this; the first that matches applies.
    #[serde(default)]
    pub place: i64,
    /// Whether it applies where no other does; one of them does.
    #[serde(default)]
    pub is_default: bool,
    /// What teams promise each other (OLA): the first entry that names the team, or any, counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team_targets: Vec<TeamTargets>,
    /// What suppliers promise (underpinning contract).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_targets: Option<VendorTargets>,
    /// What is promised of major incidents beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub majors: Option<MajorTargets>,
    /// Whether it is out of use: nothing new is promised by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

words! {
    /// From which moment clocks count.
    StartMoment {
        /// When it was reported.
        Reported = "reported",
        /// When it was first noticed, if that is known.
        Detected = "detected",
    }
}

impl StartMoment {
    const fn reported() -> Self {
        StartMoment::Reported
    }
}

/// What an agreement applies to: every list that is not empty has to hold the incident's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// Services.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// Companies of requesters.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub organisations: BTreeSet<OrganisationId>,
    /// Categories, with what lies below them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<CategoryId>,
    /// Requesters.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub requesters: BTreeSet<PersonId>,
}

/// What agreements are chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selectors {
    /// The service.
    pub service: Option<ServiceId>,
    /// The requester's company.
    pub organisation: Option<OrganisationId>,
    /// The category and those above it.
    pub categories: Vec<CategoryId>,
    /// The requester.
    pub requester: PersonId,
}

impl Selection {
    /// Whether it applies to everything.
    pub fn is_empty(&self) -> bool {
        *self == Selection::default()
    }

    /// Whether it applies to this.
    pub fn matches(&self, of: &Selectors) -> bool {
        fn holds<T: Ord>(wanted: &BTreeSet<T>, found: &[T]) -> bool {
            wanted.is_empty() || found.iter().any(|one| wanted.contains(one))
        }
        holds(&self.services, of.service.as_slice())
            && holds(&self.organisations, of.organisation.as_slice())
            && holds(&self.categories, &of.categories)
            && holds(&self.requesters, std::slice::from_ref(&of.requester))
    }
}

/// What a team promises the others while it has an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamTargets {
    /// Which team; none is every team that has no entry of its own before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The team's business time.
    #[serde(default)]
    pub calendar: CalendarChoice,
    /// Business seconds by priority.
    pub targets: BTreeMap<Priority, i64>,
}

/// What a supplier promises while an incident waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorTargets {
    /// The supplier's business time.
    #[serde(default)]
    pub calendar: CalendarChoice,
    /// Business seconds by priority.
    pub targets: BTreeMap<Priority, i64>,
}

/// What is promised of major incidents: when the next word comes, round the clock.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MajorTargets {
    /// Elapsed seconds from when it is declared to the first word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_notice_seconds: Option<u32>,
    /// Elapsed seconds from one word to the next by priority, where no word promised another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cadence_seconds: BTreeMap<Priority, u32>,
    /// Whether what goes to the status page needs the approval of somebody who did not write it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approval: bool,
}

/// Whose business time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarChoice {
    /// That of the agreement at the priority.
    #[default]
    OfAgreement,
    /// Round the clock.
    RoundTheClock,
    /// A calendar of its own.
    Own(CalendarId),
}

impl Agreement {
    /// The target of a clock at a priority, in seconds. `team` is who has the incident.
    pub fn target(
        &self,
        priority: Priority,
        clock: ClockKind,
        team: Option<TeamId>,
    ) -> Option<i64> {
        match clock {
            ClockKind::Team => self.team_targets(team?)?.targets.get(&priority).copied(),
            ClockKind::Vendor => self.vendor_targets.as_ref()?.targets.get(&priority).copied(),
            _ => self.targets.get(&priority)?.get(&clock).copied(),
        }
    }

    /// The calendar that a clock counts through at a priority; none is round the clock.
    pub fn calendar(
        &self,
        priority: Priority,
        clock: ClockKind,
        team: Option<TeamId>,
    ) -> Option<CalendarId> {
        let choice = match clock {
            ClockKind::Team => team.and_then(|team| self.team_targets(team)).map(|t| t.calendar),
            ClockKind::Vendor => self.vendor_targets.as_ref().map(|vendor| vendor.calendar),
            _ => None,
        };
        match choice.unwrap_or_default() {
            CalendarChoice::OfAgreement => {
                self.calendar_by_priority.get(&priority).copied().unwrap_or(self.calendar)
            }
            CalendarChoice::RoundTheClock => None,
            CalendarChoice::Own(id) => Some(id),
        }
    }

    /// What this team promises.
    pub fn team_targets(&self, team: TeamId) -> Option<&TeamTargets> {
        self.team_targets.iter().find(|targets| targets.team.is_none_or(|named| named == team))
    }

    /// Every calendar that it names.
    pub fn calendars(&self) -> BTreeSet<CalendarId> {
        let own = |choice: CalendarChoice| match choice {
            CalendarChoice::Own(id) => Some(id),
            CalendarChoice::OfAgreement | CalendarChoice::RoundTheClock => None,
        };
        let teams = self.team_targets.iter().filter_map(|team| own(team.calendar));
        let vendor = self.vendor_targets.iter().filter_map(|vendor| own(vendor.calendar));
        let by_priority = self.calendar_by_priority.values().copied().flatten();
        self.calendar.into_iter().chain(by_priority).chain(teams).chain(vendor).collect()
    }

    /// The agreement a fresh instance starts with: round the clock, P1 answered
    /// in 15 minutes and over in 4 hours, down to P5 in 10 days.
    pub fn standard(id: AgreementId) -> Self {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 3_600;
        const DAY: i64 = 86_400;
        let row = |acknowledge, response, update: Option<i64>, resolution| {
            let mut targets = Targets::from([
                (ClockKind::Acknowledge, acknowledge),
                (ClockKind::Response, response),
                (ClockKind::Resolution, resolution),
            ]);
            targets.extend(update.map(|seconds| (ClockKind::Update, seconds)));
            targets
        };
        let [p1, p2, p3, p4, p5] = Priority::ALL;
        Agreement {
            reference: AgreementRef { id, version: 1 },
            name: "Standard, round the clock".to_owned(),
            targets: BTreeMap::from([
                (p1, row(5 * MINUTE, 15 * MINUTE, Some(30 * MINUTE), 4 * HOUR)),
                (p2, row(15 * MINUTE, 30 * MINUTE, Some(HOUR), 8 * HOUR)),
                (p3, row(HOUR, 2 * HOUR, Some(8 * HOUR), 2 * DAY)),
                (p4, row(4 * HOUR, 8 * HOUR, None, 5 * DAY)),
                (p5, row(DAY, 2 * DAY, None, 10 * DAY)),
            ]),
            pause_reasons: BTreeSet::from([HoldReason::Requester, HoldReason::Scheduled]),
            acknowledgement_responds: false,
            warn_shares: vec![50, 75, 90],
            close_after_days: 5,
            follow_up_days: 30,
            calendar: None,
            calendar_by_priority: BTreeMap::new(),
            starts_at: StartMoment::Reported,
            applies_to: Selection::default(),
            place: 0,
            is_default: true,
            team_targets: vec![],
            vendor_targets: None,
            majors: None,
            retired: false,
        }
    }
}
