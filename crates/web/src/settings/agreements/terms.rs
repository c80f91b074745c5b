//! The fields of an agreement's form: from and to its stored form. A duration counts the days
//! of the calendar it is counted through.

use super::all::{ALWAYS, All};
use crate::form::Fields;
use crate::part::duration;
use crate::part::form::Errors;
use crate::part::time::Here;
use crate::settings::editing;
use calendar::TEN_YEARS_SECONDS;
use incident::clocks::ClockKind;
use incident::policy::{
    Agreement, CalendarChoice, MajorTargets, Selection, StartMoment, Targets, TeamTargets,
    VendorTargets,
};
use incident::state::{AgreementRef, HoldReason};
use kernel::{CalendarId, InOrder, PersonId, Priority, TeamId, Timestamp, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// The clocks that an incident has by its priority, in the order of the table: the word of the
/// field and the head of the column.
pub(super) const COLUMNS: [(ClockKind, &str); 4] = [
    (ClockKind::Acknowledge, "Take in"),
    (ClockKind::Response, "Respond in"),
    (ClockKind::Update, "Update every"),
    (ClockKind::Resolution, "Resolve in"),
];
/// What stands for no target.
const NONE: [&str; 5] = ["", "-", "–", "none", "on change"];
/// Rows for the targets of teams that a form can have.
pub(super) const TEAM_ROWS: usize = limits::AGREEMENT_TEAMS;
/// Shares that are warned of at most.
const SHARES_MAX: usize = 10;
/// Days that something may wait at most.
const DAYS_MAX: i64 = 3_650;

/// An agreement as a form has it: what could be read of it.
pub(super) struct Draft {
    /// As it would be stored.
    pub(super) agreement: Agreement,
    /// From when on it is in force; at once if nothing is said.
    pub(super) since: Option<Timestamp>,
}

/// The field of a target.
pub(super) fn target_field(priority: Priority, kind: ClockKind) -> String {
    format!("p{}_{}", priority.get(), kind.as_str())
}

/// The field of a target of a row of teams, or of the supplier.
pub(super) fn row_field(row: &str, priority: Priority) -> String {
    format!("{row}_p{}", priority.get())
}

/// The calendar that counts at a priority, as the form has it.
pub(super) fn calendar_at(fields: &Fields, priority: Priority) -> Option<CalendarId> {
    let field = |name: &str| format!("p{}_{name}", priority.get());
    if fields.ticked(&field("always")) {
        return None;
    }
    calendar_of(fields.text(&field("calendar"))).or_else(|| calendar_of(fields.text("calendar")))
}

fn calendar_of(text: &str) -> Option<CalendarId> {
    text.parse().ok()
}

/// The calendar of a row of teams, or of the supplier, at a priority.
pub(super) fn row_calendar(fields: &Fields, row: &str, priority: Priority) -> Option<CalendarId> {
    match choice(fields.text(&format!("{row}_calendar"))) {
        CalendarChoice::OfAgreement => calendar_at(fields, priority),
        CalendarChoice::RoundTheClock => None,
        CalendarChoice::Own(id) => Some(id),
    }
}

fn choice(text: &str) -> CalendarChoice {
    match (text, calendar_of(text)) {
        (ALWAYS, _) => CalendarChoice::RoundTheClock,
        (_, Some(id)) => CalendarChoice::Own(id),
        (_, None) => CalendarChoice::OfAgreement,
    }
}

/// Reads a form. `requesters` are the people it names; what is wrong is told all at once.
pub(super) fn read(
    fields: &Fields,
    all: &All,
    stored: Option<&Agreement>,
    reference: AgreementRef,
    requesters: Result<BTreeSet<PersonId>, String>,
    here: &Here,
) -> (Draft, Errors) {
    let mut errors = Errors::default();
    let name = name(fields, &mut errors);
    let is_default = fields.ticked("is_default") || stored.is_some_and(|stored| stored.is_default);
    let requesters = requesters.unwrap_or_else(|words| {
        errors.add("requesters", words);
        BTreeSet::new()
    });
    let applies_to = match is_default {
        true => Selection::default(),
        false => selection(fields, requesters),
    };
    if !is_default && applies_to.is_empty() {
        errors.add("services", "Say what it applies to; the default applies to everything else");
    }
    let targets = targets(fields, all, stored, &mut errors);
    let calendar = calendar_of(fields.text("calendar"));
    let calendar_by_priority = Priority::ALL
        .into_iter()
        .map(|priority| (priority, calendar_at(fields, priority)))
        .filter(|(_, chosen)| *chosen != calendar)
        .collect();
    let agreement = Agreement {
        reference,
        name,
        targets,
        pause_reasons: fields
            .all("pause")
            .filter_map(|word| HoldReason::from_str(word).ok())
            .collect(),
        acknowledgement_responds: fields.ticked("acknowledgement_responds"),
        warn_shares: warn_shares(fields, &mut errors),
        close_after_days: days(fields, "close_after_days", 1, &mut errors),
        follow_up_days: days(fields, "follow_up_days", 0, &mut errors),
        calendar,
        calendar_by_priority,
        starts_at: match fields.text("starts_at") {
            "detected" => StartMoment::Detected,
            _ => StartMoment::Reported,
        },
        applies_to,
        place: stored.map_or_else(|| next_place(all), |stored| stored.place),
        is_default,
        team_targets: team_targets(fields, all, &mut errors),
        vendor_targets: vendor_targets(fields, all, &mut errors),
        majors: majors(fields, &mut errors),
        retired: stored.is_some() && !is_default && !fields.ticked("active"),
    };
    let since = fields.instant("since", here).unwrap_or_else(|refusal| {
        errors.add("since", format!("This {}", refusal.message));
        None
    });
    (Draft { agreement, since }, errors)
}

/// After all that are tried now.
fn next_place(all: &All) -> i64 {
    let places = all.agreements.iter().filter(|version| !version.agreement.is_default);
    places.map(|version| version.agreement.place).max().map_or(1, |place| place + 1)
}

fn name(fields: &Fields, errors: &mut Errors) -> String {
    let name = editing::one_line(fields.text("name"));
    match name.chars().count() {
        0 => errors.add("name", "A name is needed"),
        1..=limits::NAME_CHARS => {}
        _ => {
            errors.add("name", format!("The name is longer than {} characters", limits::NAME_CHARS))
        }
    }
    name
}

fn selection(fields: &Fields, requesters: BTreeSet<PersonId>) -> Selection {
    fn ids<Id: FromStr + Ord>(fields: &Fields, name: &str) -> BTreeSet<Id> {
        fields.all(name).filter_map(|text| text.parse().ok()).collect()
    }
    Selection {
        services: ids(fields, "services"),
        organisations: ids(fields, "organisations"),
        categories: ids(fields, "categories"),
        requesters,
    }
}

/// One target; what is wrong with it is told at its field.
fn target(fields: &Fields, field: &str, label: &str, day: i64, errors: &mut Errors) -> Option<i64> {
    let text = fields.text(field);
    if NONE.contains(&text.to_lowercase().as_str()) {
        return None;
    }
    match duration::read(text, day) {
        Some(seconds @ 1..=TEN_YEARS_SECONDS) => Some(seconds),
        Some(0) => {
            errors.add(field, format!("{label} is no time at all; leave it empty for no target"));
            None
        }
        Some(_) => {
            errors.add(field, format!("{label} is longer than ten years"));
            None
        }
        None => {
            let words = format!("{label} “{text}” is no duration; write 90m, 1.5 h or 2 days");
            errors.add(field, words);
            None
        }
    }
}

fn targets(
    fields: &Fields,
    all: &All,
    stored: Option<&Agreement>,
    errors: &mut Errors,
) -> BTreeMap<Priority, Targets> {
    let mut found = BTreeMap::new();
    for priority in Priority::ALL {
        let day = all.day(calendar_at(fields, priority));
        let mut row = Targets::new();
        for (kind, head) in COLUMNS {
            let label = format!("{priority} {}", head.to_lowercase());
            let field = target_field(priority, kind);
            row.extend(target(fields, &field, &label, day, errors).map(|seconds| (kind, seconds)));
        }
        too_short(priority, &row, day, stored, errors);
        if !row.is_empty() {
            found.insert(priority, row);
        }
    }
    if found.is_empty() && errors.is_empty() {
        let field = target_field(Priority::ALL[0], ClockKind::Response);
        errors.add(field, "Give at least one target, or nothing is promised");
    }
    found
}

/// Nobody can resolve before somebody took it and responded.
fn too_short(
    priority: Priority,
    row: &Targets,
    day: i64,
    stored: Option<&Agreement>,
    errors: &mut Errors,
) {
    let Some(resolution) = row.get(&ClockKind::Resolution) else { return };
    let earlier = [(ClockKind::Response, "respond"), (ClockKind::Acknowledge, "take")];
    let longer = earlier
        .into_iter()
        .filter_map(|(kind, word)| Some((word, *row.get(&kind)?)))
        .find(|(_, seconds)| seconds > resolution);
    let Some((word, seconds)) = longer else { return };
    let before =
        stored.and_then(|stored| stored.targets.get(&priority)?.get(&ClockKind::Resolution));
    let before = before
        .filter(|before| *before != resolution)
        .map(|seconds| format!(". {priority} was {} before", duration::written(*seconds, day)));
    let words = format!(
        "Resolve must not be shorter than {word} ({}){}",
        duration::written(seconds, day),
        before.unwrap_or_default()
    );
    errors.add(target_field(priority, ClockKind::Resolution), words);
}

fn row_targets(
    fields: &Fields,
    row: &str,
    label: &str,
    all: &All,
    errors: &mut Errors,
) -> BTreeMap<Priority, i64> {
    let one = |priority: Priority| {
        let day = all.day(row_calendar(fields, row, priority));
        let label = format!("{label} {priority}");
        let seconds = target(fields, &row_field(row, priority), &label, day, errors)?;
        Some((priority, seconds))
    };
    Priority::ALL.into_iter().filter_map(one).collect()
}

fn team_targets(fields: &Fields, all: &All, errors: &mut Errors) -> Vec<TeamTargets> {
    let mut found: Vec<TeamTargets> = Vec::new();
    for row in team_rows(fields) {
        let team: Option<TeamId> = fields.text(&format!("{row}_team")).parse().ok();
        let targets = row_targets(fields, &row, "Team target", all, errors);
        if targets.is_empty() {
            continue;
        }
        if found.iter().any(|other| other.team == team) {
            let words = "There are targets of this team already; put them into one row";
            errors.add(format!("{row}_team"), words);
        }
        let calendar = choice(fields.text(&format!("{row}_calendar")));
        found.push(TeamTargets { team, calendar, targets });
    }
    // Those of any team count for teams that are not named.
    found.order_by_key(|targets| targets.team.is_none());
    found
}

/// The rows for targets of teams that a form has, by the beginning of their fields.
pub(super) fn team_rows(fields: &Fields) -> Vec<String> {
    let rows = (0..TEAM_ROWS).map(|row| format!("t{row}"));
    rows.filter(|row| fields.ticked(&format!("{row}_team"))).collect()
}

fn vendor_targets(fields: &Fields, all: &All, errors: &mut Errors) -> Option<VendorTargets> {
    let targets = row_targets(fields, "v", "Supplier target", all, errors);
    let calendar = choice(fields.text("v_calendar"));
    (!targets.is_empty()).then_some(VendorTargets { calendar, targets })
}

/// The field of how often there is a word about a major incident of a priority.
pub(super) fn cadence_field(priority: Priority) -> String {
    format!("major_p{}", priority.get())
}

/// When people hear of a major incident; elapsed time, so a day is a whole one.
fn majors(fields: &Fields, errors: &mut Errors) -> Option<MajorTargets> {
    let mut seconds = |field: &str, label: &str| -> Option<u32> {
        let found = target(fields, field, label, duration::WHOLE_DAY, errors)?;
        u32::try_from(found).ok()
    };
    let first_notice_seconds = seconds("major_first", "The first word");
    let cadence_seconds = Priority::ALL
        .into_iter()
        .filter_map(|priority| {
            let label = format!("{priority} next word");
            Some((priority, seconds(&cadence_field(priority), &label)?))
        })
        .collect();
    let approval = fields.ticked("major_approval");
    let targets = MajorTargets { first_notice_seconds, cadence_seconds, approval };
    (targets != MajorTargets::default()).then_some(targets)
}

fn warn_shares(fields: &Fields, errors: &mut Errors) -> Vec<u8> {
    let parts = fields.text("warn_shares").split([',', ' ', ';', '%']);
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let shares: Result<BTreeSet<u8>, _> = parts.map(str::parse::<u8>).collect();
    match shares {
        Ok(shares) if shares.len() > SHARES_MAX => {
            errors.add("warn_shares", format!("Warn at most {SHARES_MAX} times"));
            vec![]
        }
        Ok(shares) if shares.iter().all(|share| (1..=100).contains(share)) => {
            shares.into_iter().collect()
        }
        _ => {
            errors.add("warn_shares", "Write per cents from 1 to 100, such as 50, 75, 90");
            vec![]
        }
    }
}

fn days(fields: &Fields, field: &str, least: i64, errors: &mut Errors) -> i64 {
    let found = fields.text(field).parse().ok().filter(|days| (least..=DAYS_MAX).contains(days));
    found.unwrap_or_else(|| {
        errors.add(field, format!("Write a number of days from {least} to {DAYS_MAX}"));
        least
    })
}

/// The fields of an agreement as it is stored.
pub(super) fn shown(agreement: &Agreement, all: &All) -> Fields {
    let mut pairs = general(agreement, all);
    let mut put = |name: String, value: String| pairs.push((name, value));
    for priority in Priority::ALL {
        let calendar = agreement.calendar_by_priority.get(&priority).copied();
        match calendar {
            Some(None) => put(format!("p{}_always", priority.get()), "1".to_owned()),
            Some(Some(id)) => put(format!("p{}_calendar", priority.get()), id.to_string()),
            None => {}
        }
        let day = all.day(calendar.unwrap_or(agreement.calendar));
        for (kind, seconds) in agreement.targets.get(&priority).into_iter().flatten() {
            put(target_field(priority, *kind), duration::written(*seconds, day));
        }
    }
    let mut row = |row: &str, calendar: CalendarChoice, targets: &BTreeMap<Priority, i64>| {
        let chosen = match calendar {
            CalendarChoice::OfAgreement => String::new(),
            CalendarChoice::RoundTheClock => ALWAYS.to_owned(),
            CalendarChoice::Own(id) => id.to_string(),
        };
        put(format!("{row}_calendar"), chosen);
        for (priority, seconds) in targets {
            let of_agreement =
                agreement.calendar_by_priority.get(priority).copied().unwrap_or(agreement.calendar);
            let day = all.day(match calendar {
                CalendarChoice::OfAgreement => of_agreement,
                CalendarChoice::RoundTheClock => None,
                CalendarChoice::Own(id) => Some(id),
            });
            put(row_field(row, *priority), duration::written(*seconds, day));
        }
    };
    for (at, team) in agreement.team_targets.iter().enumerate() {
        row(&format!("t{at}"), team.calendar, &team.targets);
    }
    if let Some(vendor) = &agreement.vendor_targets {
        row("v", vendor.calendar, &vendor.targets);
    }
    let written = |seconds: u32| duration::written(i64::from(seconds), duration::WHOLE_DAY);
    if let Some(majors) = &agreement.majors {
        if let Some(seconds) = majors.first_notice_seconds {
            put("major_first".to_owned(), written(seconds));
        }
        for (priority, seconds) in &majors.cadence_seconds {
            put(cadence_field(*priority), written(*seconds));
        }
        if majors.approval {
            put("major_approval".to_owned(), "1".to_owned());
        }
    }
    for (at, team) in agreement.team_targets.iter().enumerate() {
        let id = team.team.map(|id| id.to_string()).unwrap_or_default();
        put(format!("t{at}_team"), id);
    }
    Fields::of(pairs)
}

fn general(agreement: &Agreement, all: &All) -> Vec<(String, String)> {
    let shares: Vec<String> = agreement.warn_shares.iter().map(u8::to_string).collect();
    let chosen = &agreement.applies_to;
    let people: Vec<&str> =
        chosen.requesters.iter().filter_map(|id| all.people.get(id)).map(String::as_str).collect();
    let mut pairs = vec![
        ("name", agreement.name.clone()),
        ("calendar", agreement.calendar.map_or(ALWAYS.to_owned(), |id| id.to_string())),
        ("starts_at", agreement.starts_at.as_str().to_owned()),
        ("warn_shares", shares.join(", ")),
        ("close_after_days", agreement.close_after_days.to_string()),
        ("follow_up_days", agreement.follow_up_days.to_string()),
        ("requesters", people.join("\n")),
    ];
    let flags = [
        ("acknowledgement_responds", agreement.acknowledgement_responds),
        ("active", !agreement.retired),
    ];
    let on = flags.into_iter().filter(|(_, on)| *on);
    pairs.extend(on.map(|(flag, _)| (flag, "1".to_owned())));
    pairs
        .extend(agreement.pause_reasons.iter().map(|reason| ("pause", reason.as_str().to_owned())));
    pairs.extend(chosen.services.iter().map(|id| ("services", id.to_string())));
    pairs.extend(chosen.organisations.iter().map(|id| ("organisations", id.to_string())));
    pairs.extend(chosen.categories.iter().map(|id| ("categories", id.to_string())));
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
