//! Which incidents a query finds, when, and why.
#![allow(clippy::unwrap_used)] // A failed helper of a test is a failed test.

mod support;

use jiff::tz::TimeZone;
use query::{Bound, Compare, MomentField, Period, Record, State, explain, matches, parse};
use support::{Sample, at, context};

#[track_caller]
fn found(text: &str, record: &dyn Record) -> bool {
    matches(&parse(text).unwrap().filter, record, &context())
}

#[test]
fn each_field_finds_its_value_and_nothing_else() {
    let record = Sample::default();
    for text in [
        "",
        "state:open",
        "state:new,on_hold",
        "hold:vendor",
        "priority:P2",
        "priority<P3",
        "impact:1 urgency:2",
        "team:mine",
        "team:NETWORK",
        "team:00000000-0000-0000-0000-000000000001",
        "service:\"label printing\"",
        "category:none",
        "organisation:ÜBERLANDWERK",
        "assignee:me",
        "assignee:Mara@Northwind.example",
        "requester:\"Gwen Tarrant\"",
        "watcher:any",
        "channel:phone,web",
        "major:yes breached:no confidential:no merged:no",
        "tag:\"Winter Peak\"",
        "INC-42",
        "parent:INC-7",
        "parent:any",
        "vip:yes",
        "affected>=12",
        "affected:10..12",
        "affected<13 affected>11 affected!=11",
        "affected:any",
        "affected:..20",
        "field.SITE:rotterdam",
        "field.\"asset count\":7",
        "field.floor:none",
        "vpn dusseldorf",
        "print",
        "\"label printer\"",
        "label-prin",
        "-state:closed",
        "state:closed or priority:P2",
    ] {
        assert!(found(text, &record), "{text}");
    }
    for text in [
        "state:closed",
        "hold:requester",
        "priority:P1,P3",
        "impact:2",
        "team:none",
        "team:Net",
        "team:\"mine\"",
        "service:none",
        "category:any",
        "organisation:Uberlandwerk",
        "assignee:none",
        "assignee:Mara",
        "requester:me",
        "watcher:none",
        "channel:web",
        "major:no",
        "tag:winter",
        "tag:none",
        "INC-43",
        "parent:none",
        "vip:no",
        "affected>12",
        "affected<12",
        "affected:none",
        "affected:13..",
        "field.site:none",
        "field.floor:any",
        "inter",
        "\"label print\"",
        "\"printer label\"",
        "-()",
        "-(state:open priority:P2)",
    ] {
        assert!(!found(text, &record), "{text}");
    }
}

#[test]
fn nobody_and_no_team_are_found_as_such() {
    let record = Sample { team: false, watched: false, hold_reason: None, ..Sample::default() };
    for text in ["team:none", "-team:any", "-team:mine", "watcher:none", "-hold:vendor"] {
        assert!(found(text, &record), "{text}");
    }
    let nobody = query::Context { me: None, my_teams: Vec::new(), ..context() };
    assert!(!matches(&parse("assignee:me").unwrap().filter, &Sample::default(), &nobody));
}

#[test]
fn durations_count_ahead_for_due_and_back_for_everything_else() {
    // Now is 2026-11-23 12:00 in Berlin; due in 1.5 h, updated 2 days ago, held for 4 days.
    let record = Sample::default();
    for text in [
        "due<2h",
        "due<=90m",
        "due>1h",
        "due>=90m",
        "due:1h..2h",
        "updated<3d",
        "updated<=2d",
        "updated>=2d",
        "updated>1d",
        "updated:1d..3d",
        "held>3d",
        "resumes:none",
    ] {
        assert!(found(text, &record), "{text}");
    }
    for text in [
        "due<90m",
        "due<0",
        "due>2h",
        "updated<2d",
        "updated>2d",
        "held<3d",
        "resumes<1d",
        "resumes:any",
    ] {
        assert!(!found(text, &record), "{text}");
    }
    let mut overdue = Sample::default();
    overdue.moments.insert(MomentField::Due, at("2026-11-23T10:00:00Z"));
    assert!(found("due<2h", &overdue) && found("due<0", &overdue) && found("due<now", &overdue));
    assert!(found("due<-30m", &overdue) && !found("due<-1h", &overdue));
}

#[test]
fn days_are_local() {
    // Reported 2026-11-22T23:30Z, which is 00:30 on Monday the 23rd in Berlin.
    let record = Sample::default();
    for text in [
        "reported:today",
        "reported:2026-11-23",
        "reported>=2026-11-23",
        "reported<=2026-11-23",
        "reported>2026-11-22",
        "reported:this_week",
        "reported:this_month",
        "reported:2026-11-01..2026-11-23",
        "reported:2026-11-22T23:30:00Z",
        "reported<2026-11-22T23:30:00.000001Z",
        "reported<today or -reported:yesterday",
    ] {
        assert!(found(text, &record), "{text}");
    }
    for text in [
        "reported:yesterday",
        "reported<2026-11-23",
        "reported>today",
        "reported:last_week",
        "reported<=last_month",
    ] {
        assert!(!found(text, &record), "{text}");
    }
}

#[test]
fn a_day_has_the_hours_that_the_zone_gives_it() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |text: &str| {
        let bound = Bound::Day(text.parse().unwrap());
        let (from, until) =
            bound.interval(MomentField::Reported, Compare::Is, at("2026-01-01T00:00:00Z"), &zone);
        until.unwrap().seconds_since(from.unwrap()) / 3600
    };
    assert_eq!([day("2026-03-29"), day("2026-10-25"), day("2026-11-01")], [23, 25, 24]);
    // A zone whose clocks jump at midnight: the day begins with its first instant.
    let beirut = TimeZone::get("Asia/Beirut").unwrap();
    let bound = Bound::Day("2026-03-29".parse().unwrap());
    let (from, _) =
        bound.interval(MomentField::Reported, Compare::Is, at("2026-01-01T00:00:00Z"), &beirut);
    assert_eq!(from, Some(at("2026-03-28T22:00:00Z")));
}

#[test]
fn periods_are_whole_local_days() {
    let now = at("2026-03-01T03:00:00Z");
    let utc = TimeZone::UTC;
    let days = |period| {
        let (from, until) =
            Bound::Period(period).interval(MomentField::Reported, Compare::Is, now, &utc);
        format!("{}..{}", &from.unwrap().to_string()[..10], &until.unwrap().to_string()[..10])
    };
    assert_eq!(days(Period::Today), "2026-03-01..2026-03-02");
    assert_eq!(days(Period::Yesterday), "2026-02-28..2026-03-01");
    assert_eq!(days(Period::Tomorrow), "2026-03-02..2026-03-03");
    assert_eq!(days(Period::ThisWeek), "2026-02-23..2026-03-02");
    assert_eq!(days(Period::LastWeek), "2026-02-16..2026-02-23");
    assert_eq!(days(Period::NextWeek), "2026-03-02..2026-03-09");
    assert_eq!(days(Period::ThisMonth), "2026-03-01..2026-04-01");
    assert_eq!(days(Period::LastMonth), "2026-02-01..2026-03-01");
}

#[test]
fn an_answer_is_explained_by_the_facts_that_decided() {
    let record = Sample::default();
    let facts = |text: &str| {
        let reasons = explain(&parse(text).unwrap().filter, &record, &context());
        reasons.into_iter().map(|r| (r.term, r.holds, r.because)).collect::<Vec<_>>()
    };
    let fact = |term: &str, holds, because: &str| (term.to_owned(), holds, because.to_owned());
    assert_eq!(
        facts("priority:P1,P2 (state:closed or team:mine) -assignee:none"),
        [
            fact("priority:P1,P2", true, "priority is P2"),
            fact("team:mine", true, "team is Network"),
            fact("assignee:none", false, "assignee is Mara Lindqvist"),
        ],
    );
    assert_eq!(
        facts("state:closed priority:P2 category:Hardware"),
        [
            fact("state:closed", false, "state is on hold"),
            fact("category:Hardware", false, "category is none")
        ],
    );
    assert_eq!(facts("due<2h"), [fact("due<2h", true, "due is 2026-11-23 13:30 CET")]);
    assert_eq!(facts("printer"), [fact("printer", true, "text contains printer")]);
    assert!(facts("").is_empty());
    assert_eq!(State::OnHold, record.state);
}
