//! A miniature log of the same form with invented values, told to a store of its own.

use super::problems::Rule;
use super::*;
use desk::Options;
use desk::SetClock;
use incident::state::{HoldReason, Lifecycle, LinkKind, State};
use kernel::{Priority, Role, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;
use store::directory::{import_refs, people, teams};
use store::{Store, Target};

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
const HEADER: &str = "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at";

/// One row; the rest of its columns are the same everywhere.
struct Row {
    number: &'static str,
    state: &'static str,
    at: &'static str,
    reopened: u32,
    priority: &'static str,
    team: &'static str,
    assignee: &'static str,
    problem: &'static str,
}

const fn row(number: &'static str, state: &'static str, at: &'static str) -> Row {
    Row {
        number,
        state,
        at,
        reopened: 0,
        priority: "3 - Moderate",
        team: "Group 7",
        assignee: "?",
        problem: "?",
    }
}

impl Row {
    fn line(&self) -> String {
        let Row { number, state, at, reopened, priority, team, assignee, problem } = self;
        format!(
            "{number},{state},true,0,{reopened},0,true,Caller 11,Opened by  3,1/3/2016 08:05,Created by 2,1/3/2016 08:10,Updated by 5,{at},Phone,Location 4,Category 2,Subcategory 9,Symptom 1,?,2 - Medium,2 - Medium,{priority},{team},{assignee},true,false,Do Not Notify,{problem},CHG0000042,?,?,code 6,Resolved by 8,3/3/2016 09:30,8/3/2016 10:00"
        )
    }
}

/// Two incidents, their rows mixed: one with a reopening, one on hold.
fn rows() -> Vec<Row> {
    vec![
        row("INC0000901", "New", "1/3/2016 08:10"),
        row("INC0000902", "New", "1/3/2016 08:10"),
        Row { assignee: "Resolver 31", ..row("INC0000901", "Active", "1/3/2016 09:00") },
        Row {
            assignee: "Resolver 31",
            ..row("INC0000901", "Awaiting User Info", "1/3/2016 10:00")
        },
        Row {
            priority: "1 - Critical",
            problem: "Problem ID  12",
            ..row("INC0000902", "Awaiting Problem", "2/3/2016 10:00")
        },
        Row { assignee: "Resolver 31", ..row("INC0000901", "Resolved", "2/3/2016 12:00") },
        Row {
            assignee: "Resolver 77",
            team: "Group 9",
            reopened: 1,
            ..row("INC0000901", "Active", "2/3/2016 13:00")
        },
        Row {
            assignee: "Resolver 77",
            team: "Group 9",
            reopened: 1,
            ..row("INC0000901", "Resolved", "3/3/2016 09:31")
        },
        Row {
            assignee: "Resolver 77",
            team: "Group 9",
            reopened: 1,
            ..row("INC0000901", "Closed", "8/3/2016 10:00")
        },
    ]
}

struct Bench {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).unwrap();
        let clock = Arc::new(SetClock::at(NOW));
        let files = store::files::Files::local(folder.path().join("files"));
        let desk = Desk::open(store, Options { clock, files, serve: false }).unwrap();
        Bench { desk, folder }
    }

    fn write(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("log.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn import(&self, lines: &[String], limit: u64) -> Told {
        let text = format!("{HEADER}\n{}\n", lines.join("\n"));
        self.import_file(&self.write(text.as_bytes()), limit).await
    }

    async fn import_file(&self, path: &std::path::Path, limit: u64) -> Told {
        let mapping = Mapping::read(None).unwrap();
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let rows = Rows::open(path, mapping.clone(), zone, NOW).unwrap();
        tell(self.desk.clone(), mapping, rows, limit, &ProgressBar::hidden()).await.unwrap()
    }

    fn state(&self, foreign: &str) -> State {
        self.desk
            .store()
            .read_blocking(|sql| {
                let known = import_refs::find(sql, replay::SOURCE, foreign)?.unwrap();
                Ok(store::incidents::load(sql, known.number)?.unwrap().state)
            })
            .unwrap()
    }

    fn position(&self) -> i64 {
        self.desk.store().read_blocking(store::incidents::feed::position).unwrap()
    }
}

fn lines(rows: &[Row]) -> Vec<String> {
    rows.iter().map(Row::line).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn final_states_and_times_are_those_of_the_file() {
    let bench = Bench::new();
    let told = bench.import(&lines(&rows()), u64::MAX).await;
    assert_eq!((told.read, told.counts.rows_told, told.counts.reported), (9, 9, 2));
    assert_eq!(told.counts.rows_known, 0);

    let one = bench.state("INC0000901");
    assert_eq!(one.lifecycle, Lifecycle::Closed);
    assert_eq!(one.reopenings, 1);
    assert!(one.quiet);
    assert_eq!(one.reported_at, at("2016-03-01T08:05:00+01:00"));
    assert_eq!(one.moments.resolved, Some(at("2016-03-03T09:30:00+01:00")));
    assert_eq!(one.moments.closed, Some(at("2016-03-08T10:00:00+01:00")));
    assert_eq!(one.resolution.as_ref().unwrap().code, "code 6");
    assert_eq!(one.fields["servicenow_number"], "INC0000901");
    assert_eq!(one.fields["location"], "Location 4");
    assert!(one.links.iter().any(|link| link.kind == LinkKind::Change && link.target == "CHG-42"));

    let two = bench.state("INC0000902");
    assert_eq!(two.lifecycle, Lifecycle::OnHold);
    assert_eq!(two.hold.as_ref().unwrap().reason, HoldReason::Problem);
    assert_eq!(two.hold.as_ref().unwrap().since, at("2016-03-02T10:00:00+01:00"));
    assert_eq!(two.priority, Priority::new(1).unwrap());
    assert_eq!(two.priority_override.as_ref().unwrap().computed, Priority::new(3).unwrap());
    assert!(two.links.iter().any(|link| link.target == "PRB-12"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_teams_come_from_the_file_without_logins() {
    let bench = Bench::new();
    bench.import(&lines(&rows()), u64::MAX).await;
    let one = bench.state("INC0000901");
    bench
        .desk
        .store()
        .read_blocking(|sql| {
            let caller = people::by_name(sql, "Caller 11")?.pop().unwrap();
            assert!(caller.roles.is_empty() && !caller.has_password && caller.email.is_none());
            assert_eq!(one.requester, caller.id);
            let worker = people::by_name(sql, "Resolver 77")?.pop().unwrap();
            assert!(worker.roles.contains(&Role::Agent) && !worker.has_password);
            assert_eq!(one.assignee, Some(worker.id));
            let team = teams::by_name(sql, "group 9")?.unwrap();
            assert_eq!(one.team, Some(team.id));
            assert!(teams::members(sql, team.id)?.contains(&worker.id));
            // Two spaces are one.
            assert_eq!(people::by_name(sql, "Opened by 3")?.len(), 1);
            let resolver = people::by_name(sql, "Resolved by 8")?.pop().unwrap();
            assert_eq!(one.resolution.as_ref().unwrap().by, Some(resolver.id));
            let findings = store::incidents::verify(sql, &mut |_, _| {})?;
            assert!(findings.is_empty(), "{findings:?}");
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_where_it_was_and_changes_nothing_twice() {
    let whole = Bench::new();
    whole.import(&lines(&rows()), u64::MAX).await;
    for limit in 1..=8 {
        let bench = Bench::new();
        bench.import(&lines(&rows()), limit).await;
        let rest = bench.import(&lines(&rows()), u64::MAX).await;
        assert_eq!(rest.counts.rows_told + rest.counts.rows_known, 9);
        for number in ["INC0000901", "INC0000902"] {
            let (one, other) = (bench.state(number), whole.state(number));
            assert_eq!(one.version, other.version, "{number} after {limit} rows");
            assert_eq!(one.moments, other.moments);
            assert_eq!((one.lifecycle, one.reopenings), (other.lifecycle, other.reopenings));
        }
    }
    let before = whole.position();
    let again = whole.import(&lines(&rows()), u64::MAX).await;
    assert_eq!((again.counts.reported, again.counts.steps), (0, 0));
    assert_eq!(whole.position(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_worked_on_here_is_left_alone() {
    let bench = Bench::new();
    bench.import(&lines(&rows()), 2).await;
    let known = bench
        .desk
        .store()
        .read_blocking(|sql| import_refs::find(sql, replay::SOURCE, "INC0000902"))
        .unwrap()
        .unwrap();
    let system = kernel::Actor::system();
    let ask = bench.desk.ask_unlimited(system, kernel::Channel::Web).on(known.number);
    ask.issue(incident::Command::Acknowledge).await.unwrap();
    let version = bench.state("INC0000902").version;
    let told = bench.import(&lines(&rows()), u64::MAX).await;
    assert_eq!(told.problems.count(Rule::TouchedHere), 1);
    assert_eq!(bench.state("INC0000902").version, version);
    assert_eq!(bench.state("INC0000901").lifecycle, Lifecycle::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_rows_are_skipped_or_mended_and_counted() {
    let bench = Bench::new();
    let good = row("INC0000905", "Active", "2/3/2016 10:00");
    let mut lines = lines(&[
        row("INC0000905", "New", "1/3/2016 08:10"),
        row("INC0000905", "-100", "1/3/2016 09:10"),
        row("INC0000905", "Active", "31/31/2016 10:00"),
        good,
        row("INC0000905", "Resolved", "1/3/2016 23:00"),
        row("INC0000905", "Closed", "8/3/2016 10:00"),
        row("INC0000905", "Active", "9/3/2016 10:00"),
        row("?", "Active", "9/3/2016 10:00"),
        row("INC0000906", "Resolved", "9/3/2116 10:00"),
    ]);
    lines.push("INC0000907,New,true".to_owned());
    lines.push(format!("{},more", row("INC0000908", "New", "1/3/2016 08:10").line()));
    lines.push(row("INC0000909", "New", "1/3/2016 08:10").line().replace("2 - Medium", "9 - Odd"));
    let mut bytes = format!("\u{feff}{HEADER}\n{}\n", lines.join("\n")).into_bytes();
    let latin = row("INC0000910", "New", "1/3/2016 08:10").line().replace("Location 4", "Z#rich");
    bytes.extend(latin.bytes().map(|byte| if byte == b'#' { 0xfc } else { byte }));
    let told = bench.import_file(&bench.write(&bytes), u64::MAX).await;
    for (rule, count) in [
        (Rule::UnknownState, 1),
        (Rule::NoInstant, 1),
        (Rule::BackInTime, 1),
        (Rule::AfterTheEnd, 1),
        (Rule::NoNumber, 1),
        (Rule::Future, 1),
        (Rule::TooFewColumns, 1),
        (Rule::TooManyColumns, 1),
        (Rule::OddValue, 2),
        (Rule::Encoding, 1),
        (Rule::Refused, 0),
    ] {
        assert_eq!(told.problems.count(rule), count, "{rule:?}: {:?}", told.problems);
    }
    let state = bench.state("INC0000905");
    assert_eq!(state.lifecycle, Lifecycle::Closed);
    assert_eq!(
        state.moments.resolved,
        Some(at("2016-03-02T10:00:00+01:00")),
        "not before the row before"
    );
    assert_eq!(bench.state("INC0000910").fields["location"], "Zürich");
    assert!(told.print(Duration::from_secs(1), false).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_resolved_or_closed_once_more_keeps_its_first_time_and_is_named() {
    let bench = Bench::new();
    // The file says of every row that it was resolved on the 3rd and closed on the 8th.
    let told = bench
        .import(
            &lines(&[
                row("INC0000911", "Resolved", "2/3/2016 12:00"),
                row("INC0000911", "Resolved", "2/3/2016 13:00"),
                row("INC0000911", "Resolved", "3/3/2016 09:30"),
                row("INC0000911", "Closed", "7/3/2016 10:00"),
                row("INC0000911", "Closed", "8/3/2016 10:00"),
                row("INC0000912", "Resolved", "3/3/2016 09:30"),
                row("INC0000912", "Closed", "8/3/2016 10:00"),
            ]),
            u64::MAX,
        )
        .await;
    assert_eq!(told.problems.count(Rule::Again), 2, "{:?}", told.problems);
    let state = bench.state("INC0000911");
    assert_eq!(state.moments.resolved, Some(at("2016-03-02T12:00:00+01:00")));
    assert_eq!(state.moments.closed, Some(at("2016-03-07T10:00:00+01:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_those_of_the_zone_also_when_clocks_change() {
    let bench = Bench::new();
    let told = bench
        .import(
            &lines(&[
                row("INC0000913", "Active", "27/3/2016 01:59"),
                // This time is not there in Berlin.
                row("INC0000913", "Awaiting Vendor", "27/3/2016 02:30"),
                row("INC0000914", "Active", "30/10/2016 01:30"),
                // This one is there twice.
                row("INC0000914", "Awaiting Vendor", "30/10/2016 02:30"),
            ]),
            u64::MAX,
        )
        .await;
    assert_eq!(told.problems.count(Rule::Gap), 1, "{:?}", told.problems);
    assert_eq!(told.problems.count(Rule::BackInTime), 0, "{:?}", told.problems);
    let held = |number| bench.state(number).hold.unwrap().since;
    assert_eq!(held("INC0000913"), at("2016-03-27T01:30:00Z"));
    assert_eq!(held("INC0000914"), at("2016-10-30T00:30:00Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_form_says_what_is_missing() {
    let bench = Bench::new();
    let mapping = Mapping::read(None).unwrap();
    let path = bench.write(b"id,status\n1,New\n");
    let error = Rows::open(&path, mapping, jiff::tz::TimeZone::UTC, NOW).err().unwrap().to_string();
    assert!(error.contains("number, incident_state, sys_updated_at"), "{error}");
    let told = bench.import(&["x".to_owned()], u64::MAX).await;
    let error = told.print(Duration::from_secs(1), false).unwrap_err().to_string();
    assert!(error.contains("nothing could be read"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gzipped_file_and_one_that_breaks_off() {
    use std::io::Write;
    let bench = Bench::new();
    let text = format!("{HEADER}\n{}\n", lines(&rows()).join("\n"));
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    let told = bench.import_file(&bench.write(&bytes), u64::MAX).await;
    assert_eq!(told.counts.rows_told, 9);
    let told = bench.import_file(&bench.write(&bytes[..bytes.len() - 12]), u64::MAX).await;
    let error = told.print(Duration::from_secs(1), false).unwrap_err().to_string();
    assert!(error.contains("breaks off"), "{error}");
}
