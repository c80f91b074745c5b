//! An event log: a line for each thing that happened to a case.

use super::table::{Table, cell};
use crate::cli::RemainingArgs;
use crate::failed::Failed;
use insight::expected::{Case, Step};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Names that columns have, the likeliest first.
const CASES: [&str; 12] = [
    "case id",
    "case:concept:name",
    "case",
    "case number",
    "trace id",
    "sr number",
    "incident id",
    "ticket id",
    "number",
    "incident",
    "ticket",
    "id",
];
const ACTIVITIES: [&str; 9] = [
    "activity",
    "activity id",
    "activity name",
    "concept:name",
    "event",
    "incident state",
    "state",
    "status",
    "task",
];
const TIMES: [&str; 13] = [
    "complete timestamp",
    "time:timestamp",
    "timestamp",
    "end timestamp",
    "completed at",
    "event time",
    "time",
    "sys updated at",
    "changed at",
    "change date+time",
    "at",
    "date",
    "start timestamp",
];
/// Facts that are known while a case runs. Others are looked at only if they are named, as they
/// may be known at its end alone, such as how it ended.
const PRIORITIES: [&str; 6] =
    ["priority", "impact", "severity", "seriousness", "seriousness_2", "urgency"];
const SERVICES: [&str; 6] =
    ["service", "product", "cmdb ci", "configuration item", "category", "service type"];
const TEAMS: [&str; 16] = [
    "team",
    "assignment group",
    "support group",
    "workgroup",
    "org:group",
    "group",
    "support section",
    "responsible section",
    "involved st",
    "resource",
    "org:resource",
    "assigned to",
    "org:role",
    "organization involved",
    "resource country",
    "organization country",
];
const OTHERS: [&str; 7] = [
    "service level",
    "subcategory",
    "u_symptom",
    "customer",
    "location",
    "contact type",
    "lifecycle:transition",
];
/// How times are written, if not as in ISO 8601. A day comes before its month, except where
/// there is no such month.
const FORMATS: [&str; 8] = [
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M:%S%.f",
    "%d/%m/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M:%S%.f",
];
/// Files write it for "not known".
const UNKNOWN: [&str; 5] = ["?", "-", "null", "none", "nan"];

/// What a file tells.
pub(super) struct Log {
    /// Cases with two events or more: the last one is their end.
    pub(super) cases: Vec<Case>,
    /// What the facts of steps are called.
    pub(super) facts: Vec<String>,
    /// The fact by which groups are told apart.
    pub(super) group: Option<usize>,
    pub(super) events: usize,
    /// Cases with one event, of which nothing remains to be expected.
    pub(super) single: usize,
    /// Lines without a case or a time that can be read.
    pub(super) skipped: usize,
}

impl Log {
    pub(super) fn of(table: &Table, args: &RemainingArgs) -> Result<Log, Failed> {
        let column = |named: &Option<String>, names: &[&str], what: &str| match named {
            Some(name) => table.named(name),
            None => table.any_of(names).ok_or_else(|| table.lacks(what)),
        };
        let case = column(&args.case, &CASES, "column of the case: name it with --case")?;
        let activity =
            column(&args.activity, &ACTIVITIES, "column of the activity: name it with --activity")?;
        let time = column(&args.time, &TIMES, "column of the time: name it with --time")?;
        let taken = [case, activity, time];
        let facts = facts(table, args, &taken)?;
        let group = group(table, args, &facts)?;
        let mut found: BTreeMap<&str, Vec<Step>> = BTreeMap::new();
        let (mut events, mut skipped) = (0, 0);
        for row in table.rows() {
            let (Some(at), called) = (instant(cell(row, time)), cell(row, case)) else {
                skipped += 1;
                continue;
            };
            if called.is_empty() {
                skipped += 1;
                continue;
            }
            events += 1;
            let facts = facts.iter().map(|column| known(cell(row, *column)).to_owned()).collect();
            let activity = cell(row, activity).to_owned();
            found.entry(called).or_default().push(Step { at, activity, facts });
        }
        let (mut cases, mut single) = (Vec::new(), 0);
        for (_, mut steps) in found {
            // Stable: what happened at the same instant stays in the order of the file.
            steps.sort_by_key(|step| step.at);
            match steps.pop() {
                Some(last) if !steps.is_empty() => cases.push(Case { steps, ended: last.at }),
                _ => single += 1,
            }
        }
        let group = group.and_then(|column| facts.iter().position(|fact| *fact == column));
        let facts = facts.iter().map(|column| table.columns()[*column].clone()).collect();
        Ok(Log { cases, facts, group, events, single, skipped })
    }
}

/// The columns of facts: those that are named, else those that are known and tell cases apart.
fn facts(table: &Table, args: &RemainingArgs, taken: &[usize]) -> Result<Vec<usize>, Failed> {
    let mut found: Vec<usize> = Vec::new();
    let mut add = |column: usize| {
        if !taken.contains(&column) && !found.contains(&column) {
            found.push(column);
        }
    };
    for name in args.facts.iter().chain(&args.group) {
        add(table.named(name)?);
    }
    if args.facts.is_empty() {
        let names = SERVICES.iter().take(2).chain(&PRIORITIES).chain(SERVICES.iter().skip(2));
        let names = names.chain(&TEAMS).chain(&OTHERS);
        let columns = names.filter_map(|name| table.any_of(&[*name]));
        columns.filter(|column| differs(table, *column)).for_each(add);
    }
    Ok(found)
}

/// The column by which intervals are to hold for each value.
fn group(table: &Table, args: &RemainingArgs, facts: &[usize]) -> Result<Option<usize>, Failed> {
    if let Some(name) = &args.group {
        return table.named(name).map(Some);
    }
    let mut columns = PRIORITIES.iter().filter_map(|name| table.any_of(&[*name]));
    Ok(columns.find(|column| facts.contains(column)))
}

fn differs(table: &Table, column: usize) -> bool {
    let values: BTreeSet<&str> = table.rows().iter().map(|row| cell(row, column)).collect();
    values.len() > 1
}

fn known(value: &str) -> &str {
    if UNKNOWN.iter().any(|unknown| value.eq_ignore_ascii_case(unknown)) { "" } else { value }
}

/// A time as such files write it; one without a zone is taken for UTC.
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_jiff(at));
    }
    let civil: DateTime = text
        .parse()
        .ok()
        .or_else(|| FORMATS.iter().find_map(|format| DateTime::strptime(format, text).ok()))?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_jiff(zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_files_write_them() {
        let want = "2016-02-29T01:23:00Z".parse::<Timestamp>().unwrap();
        for text in [
            "2016-02-29 01:23:00",
            "2016-02-29T01:23:00Z",
            "2016-02-29 03:23:00+02:00",
            "2016/02/29 01:23:00.000",
            "29/2/2016 01:23",
            "29-02-2016 01:23:00",
            "29.02.2016 01:23",
            "02/29/2016 01:23:00",
        ] {
            assert_eq!(instant(text), Some(want), "{text}");
        }
        assert_eq!(["", "yesterday", "2016-02-30 10:00:00"].map(instant), [None; 3]);
    }
}
