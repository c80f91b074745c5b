//! What is said of an agreement by somebody who makes, changes or tries one.

use crate::calendars::{Known, OpenIncidents, effect};
use crate::kept::given;
use crate::problem::Problem;
use crate::reference::References;
use desk::terms::Effect;
use incident::clocks::ClockKind;
use incident::policy::{
    Agreement, CalendarChoice, MajorTargets, Selection, StartMoment, Targets, TeamTargets,
    VendorTargets,
};
use incident::state::HoldReason;
use kernel::{CalendarId, Priority, Timestamp, limits};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Fields of an agreement; what is absent stays as it is, or is as in the standard one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementFields {
    /// Unique among those in use, whatever the case.
    pub(crate) name: Option<String>,
    /// Seconds by priority (`P1` to `P5`) and clock (`acknowledge`, `response`, `update`,
    /// `resolution`); absent clocks do not run. These and only these.
    pub(crate) targets: Option<BTreeMap<String, BTreeMap<String, i64>>>,
    /// Name or id of the calendar whose hours count; null counts round the clock.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    calendar: Option<Option<String>>,
    /// Calendars that count at these priorities instead; null counts round the clock.
    calendar_by_priority: Option<BTreeMap<String, Option<String>>>,
    /// From when the clocks count: `reported` or `detected`.
    #[schema(value_type = Option<String>)]
    starts_at: Option<StartMoment>,
    /// What it applies to; every list that is not empty has to hold the incident's.
    applies_to: Option<SelectionFields>,
    /// Agreements are tried in rising order of this; the first that matches applies.
    place: Option<i64>,
    /// True makes it the one that applies wherever no other does; the one that was so goes
    /// out of use.
    is_default: Option<bool>,
    /// Hold reasons in which the clocks pause, all but those of acknowledging and of vendors.
    #[schema(value_type = Option<Vec<String>>)]
    pause_reasons: Option<BTreeSet<HoldReason>>,
    /// Whether acknowledging counts as responding.
    acknowledgement_responds: Option<bool>,
    /// Shares of a target, in per cent and rising, at which a warning is recorded.
    warn_shares: Option<Vec<u8>>,
    /// Business days of silence after which a resolved incident closes.
    close_after_days: Option<i64>,
    /// Days after closing in which a reply makes a follow-up.
    follow_up_days: Option<i64>,
    /// What teams promise each other; the first entry that names the team, or any, counts.
    team_targets: Option<Vec<TeamFields>>,
    /// What suppliers promise while an incident waits for them; null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<VendorFields>)]
    vendor_targets: Option<Option<VendorFields>>,
    /// What is promised of major incidents beside; null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<MajorFields>)]
    majors: Option<Option<MajorFields>>,
    /// False takes it out of use.
    active: Option<bool>,
    /// In force from; from now on when absent. May lie ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) since: Option<Timestamp>,
    /// What becomes of open incidents; `keep` when absent.
    pub(crate) open: Option<OpenIncidents>,
}

/// What an agreement applies to, by names or ids; categories with what lies below them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AgreementSelectionFields)]
pub(crate) struct SelectionFields {
    services: Vec<String>,
    organisations: Vec<String>,
    categories: Vec<String>,
    /// By e-mail address or id.
    requesters: Vec<String>,
}

/// What a team promises the others while it has an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementTeamFields)]
pub(crate) struct TeamFields {
    /// Null or absent: every team without an entry before it.
    team: Option<String>,
    /// Absent: that of the agreement; null: round the clock.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    calendar: Option<Option<String>>,
    /// Seconds by priority.
    targets: BTreeMap<String, i64>,
}

/// What suppliers promise while an incident waits for them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementVendorFields)]
pub(crate) struct VendorFields {
    /// Absent: that of the agreement; null: round the clock.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    calendar: Option<Option<String>>,
    /// Seconds by priority.
    targets: BTreeMap<String, i64>,
}

/// When the next word about a major incident comes, round the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementMajorFields)]
pub(crate) struct MajorFields {
    /// Seconds from when it is declared to the first word.
    first_notice_seconds: Option<u32>,
    /// Seconds from one word to the next by priority (`P1` to `P5`), where no word promised
    /// another.
    #[serde(default)]
    cadence_seconds: BTreeMap<String, u32>,
    /// Whether what goes to the status page needs the approval of somebody who did not write it.
    #[serde(default)]
    approval: bool,
}

impl MajorFields {
    fn resolve(self, at: &str) -> Result<MajorTargets, Problem> {
        let one = |(name, seconds): (String, u32)| {
            let field = format!("{at}.cadence_seconds.{name}");
            Ok::<_, Problem>((priority(&name, &field)?, seconds))
        };
        Ok(MajorTargets {
            first_notice_seconds: self.first_notice_seconds,
            cadence_seconds: self.cadence_seconds.into_iter().map(one).collect::<Result<_, _>>()?,
            approval: self.approval,
        })
    }
}

/// Fields with what they refer to.
#[derive(Debug, Default)]
pub(crate) struct AgreementChange {
    name: Option<String>,
    targets: Option<BTreeMap<Priority, Targets>>,
    calendar: Option<Option<CalendarId>>,
    calendar_by_priority: Option<BTreeMap<Priority, Option<CalendarId>>>,
    starts_at: Option<StartMoment>,
    applies_to: Option<Selection>,
    place: Option<i64>,
    is_default: Option<bool>,
    pause_reasons: Option<BTreeSet<HoldReason>>,
    acknowledgement_responds: Option<bool>,
    warn_shares: Option<Vec<u8>>,
    close_after_days: Option<i64>,
    follow_up_days: Option<i64>,
    team_targets: Option<Vec<TeamTargets>>,
    vendor_targets: Option<Option<VendorTargets>>,
    majors: Option<Option<MajorTargets>>,
    active: Option<bool>,
}

impl AgreementFields {
    /// When it comes in force, and for whom.
    pub(crate) fn effect(&self) -> Effect {
        effect(self.since, self.open)
    }

    /// Finds what it refers to; `place` is where it stands in the body, with a dot at the end.
    pub(crate) async fn resolve(
        self,
        place: &str,
        references: &References<'_>,
        calendars: &Known,
    ) -> Result<AgreementChange, Problem> {
        let at = |field: &str| format!("{place}{field}");
        let one = |field: &str, text: &str| calendars.find(at(field), text);
        let calendar =
            |field: &str, text: Option<String>| text.map(|text| one(field, &text)).transpose();
        let calendar_by_priority = self.calendar_by_priority.map(|written| {
            let by_priority = written.into_iter().map(|(name, text)| {
                let field = format!("calendar_by_priority.{name}");
                Ok::<_, Problem>((priority(&name, &at(&field))?, calendar(&field, text)?))
            });
            by_priority.collect::<Result<_, Problem>>()
        });
        let targets = self.targets.map(|written| {
            let rows = written.into_iter().map(|(name, clocks)| {
                let field = at(&format!("targets.{name}"));
                Ok::<_, Problem>((priority(&name, &field)?, clocks_of(&field, clocks)?))
            });
            rows.collect::<Result<_, Problem>>()
        });
        let choice = |field: &str, given: Option<Option<String>>| match given {
            None => Ok::<_, Problem>(CalendarChoice::OfAgreement),
            Some(None) => Ok(CalendarChoice::RoundTheClock),
            Some(Some(text)) => Ok(CalendarChoice::Own(one(field, &text)?)),
        };
        let team = |(place, fields): (usize, TeamFields)| {
            let field = |name: &str| format!("team_targets.{place}.{name}");
            let named = fields.team.map(|text| references.team(&at(&field("team")), &text));
            Ok::<_, Problem>(TeamTargets {
                team: named.transpose()?,
                calendar: choice(&field("calendar"), fields.calendar)?,
                targets: seconds_of(&at(&field("targets")), fields.targets)?,
            })
        };
        let vendor = |fields: VendorFields| {
            Ok::<_, Problem>(VendorTargets {
                calendar: choice("vendor_targets.calendar", fields.calendar)?,
                targets: seconds_of(&at("vendor_targets.targets"), fields.targets)?,
            })
        };
        let teams = self
            .team_targets
            .map(|teams| teams.into_iter().enumerate().map(team).collect::<Result<_, Problem>>());
        Ok(AgreementChange {
            name: self.name.map(|name| name.trim().to_owned()),
            targets: targets.transpose()?,
            calendar: self.calendar.map(|text| calendar("calendar", text)).transpose()?,
            calendar_by_priority: calendar_by_priority.transpose()?,
            starts_at: self.starts_at,
            place: self.place,
            is_default: self.is_default,
            pause_reasons: self.pause_reasons,
            acknowledgement_responds: self.acknowledgement_responds,
            warn_shares: self.warn_shares,
            close_after_days: self.close_after_days,
            follow_up_days: self.follow_up_days,
            team_targets: teams.transpose()?,
            vendor_targets: self.vendor_targets.map(|v| v.map(vendor).transpose()).transpose()?,
            majors: self
                .majors
                .map(|given| given.map(|fields| fields.resolve(&at("majors"))).transpose())
                .transpose()?,
            active: self.active,
            applies_to: match self.applies_to {
                Some(selection) => Some(selection.resolve(&at("applies_to"), references).await?),
                None => None,
            },
        })
    }
}

impl SelectionFields {
    async fn resolve(self, at: &str, references: &References<'_>) -> Result<Selection, Problem> {
        let mut requesters = BTreeSet::new();
        bounded(&format!("{at}.requesters"), &self.requesters)?;
        for (place, text) in self.requesters.iter().enumerate() {
            requesters.insert(references.person(&format!("{at}.requesters.{place}"), text).await?);
        }
        Ok(Selection {
            services: all(&format!("{at}.services"), &self.services, |field, text| {
                references.service(field, text)
            })?,
            organisations: all(
                &format!("{at}.organisations"),
                &self.organisations,
                |field, text| references.organisation(field, text),
            )?,
            categories: all(&format!("{at}.categories"), &self.categories, |field, text| {
                references.category(field, text)
            })?,
            requesters,
        })
    }
}

impl AgreementChange {
    /// The agreement with what was said of it.
    pub(crate) fn over(self, before: Agreement) -> Agreement {
        let retired = self.active.map_or(before.retired, |active| !active);
        Agreement {
            reference: before.reference,
            name: self.name.unwrap_or(before.name),
            targets: self.targets.unwrap_or(before.targets),
            calendar: self.calendar.unwrap_or(before.calendar),
            calendar_by_priority: self.calendar_by_priority.unwrap_or(before.calendar_by_priority),
            starts_at: self.starts_at.unwrap_or(before.starts_at),
            applies_to: self.applies_to.unwrap_or(before.applies_to),
            place: self.place.unwrap_or(before.place),
            is_default: self.is_default.unwrap_or(before.is_default),
            pause_reasons: self.pause_reasons.unwrap_or(before.pause_reasons),
            acknowledgement_responds: self
                .acknowledgement_responds
                .unwrap_or(before.acknowledgement_responds),
            warn_shares: self.warn_shares.unwrap_or(before.warn_shares),
            close_after_days: self.close_after_days.unwrap_or(before.close_after_days),
            follow_up_days: self.follow_up_days.unwrap_or(before.follow_up_days),
            team_targets: self.team_targets.unwrap_or(before.team_targets),
            vendor_targets: self.vendor_targets.unwrap_or(before.vendor_targets),
            majors: self.majors.unwrap_or(before.majors),
            retired,
        }
    }
}

fn all<Id: Ord>(
    at: &str,
    texts: &[String],
    find: impl Fn(&str, &str) -> Result<Id, Problem>,
) -> Result<BTreeSet<Id>, Problem> {
    bounded(at, texts)?;
    let found = texts.iter().enumerate().map(|(place, text)| find(&format!("{at}.{place}"), text));
    found.collect()
}

fn bounded(at: &str, texts: &[String]) -> Result<(), Problem> {
    if texts.len() > limits::AGREEMENT_SELECTORS {
        let words = format!("has more than {} entries", limits::AGREEMENT_SELECTORS);
        return Err(Problem::invalid(at, words).coded("limit"));
    }
    Ok(())
}

fn clocks_of(at: &str, written: BTreeMap<String, i64>) -> Result<Targets, Problem> {
    let known = ClockKind::ALL.into_iter().filter(|kind| kind.is_promised_to_requester());
    let known: Vec<ClockKind> = known.collect();
    let one = |(name, seconds): (String, i64)| {
        let found = known.iter().find(|kind| kind.as_str() == name);
        let clock = found.copied().ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|kind| kind.as_str()).collect();
            let words = format!("is no clock; name {}", names.join(", "));
            Problem::invalid(format!("{at}.{name}"), words)
        })?;
        Ok::<_, Problem>((clock, seconds))
    };
    written.into_iter().map(one).collect()
}

fn seconds_of(
    at: &str,
    written: BTreeMap<String, i64>,
) -> Result<BTreeMap<Priority, i64>, Problem> {
    let one = |(name, seconds): (String, i64)| {
        Ok::<_, Problem>((priority(&name, &format!("{at}.{name}"))?, seconds))
    };
    written.into_iter().map(one).collect()
}

/// A priority by its name.
pub(crate) fn priority(name: &str, place: &str) -> Result<Priority, Problem> {
    name.parse().map_err(|error: kernel::Invalid| Problem::invalid(place, error.to_string()))
}
