//! What a review says by itself: its parts sum up, its words stay words, its claims are careful.

use crate::sample::{NOW, service};
use incident::alerts::AlertsWhy;
use incident::conduct::{Degree, Figures, Outage};
use incident::event::{Acknowledged, AlertsChanged, Commented, Derived, Mitigated, Resolved};
use incident::state::Moments;
use incident::{Body, Cause, Event, Visibility};
use insight::review::{
    Document, Effect, Facts, Mark, PROPOSED_MAX, Part, Phases, Seen, Story, Told, downtime, effect,
    escaped, impact, lasted, markdown, named, phases, picks,
};
use kernel::{Actor, Channel, IncidentNumber, Timestamp};
use proptest::prelude::*;

fn at(minutes: i64) -> Timestamp {
    NOW.plus_seconds(minutes * 60)
}

/// An id of any kind.
fn numbered<T: std::str::FromStr<Err = kernel::Invalid>>(number: u128) -> T {
    format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
}

fn seen(moments: Moments) -> Seen {
    Seen { first_out: None, first_alert: None, reported_at: NOW, moments }
}

fn spans(found: &Phases) -> Vec<(Mark, Mark, i64)> {
    found.spans.iter().map(|span| (span.from, span.to, span.seconds / 60)).collect()
}

#[test]
fn phases_begin_with_the_first_that_is_known() {
    let moments = Moments {
        acknowledged: Some(at(4)),
        mitigated: Some(at(72)),
        resolved: Some(at(117)),
        ..Moments::default()
    };
    let found = phases(&Seen { first_out: Some(at(-7)), ..seen(moments) });
    let wanted = [
        (Mark::Started, Mark::Detected, 7),
        (Mark::Detected, Mark::Acknowledged, 4),
        (Mark::Acknowledged, Mark::Mitigated, 68),
        (Mark::Mitigated, Mark::Resolved, 45),
    ];
    assert_eq!(spans(&found), wanted);
    assert_eq!(found.seconds(), 124 * 60);
    assert_eq!(found.missing().collect::<Vec<_>>(), [Mark::Restored], "it says what is missing");
    let alerted = phases(&Seen { first_alert: Some(at(-30)), ..seen(moments) });
    assert_eq!(alerted.at(Mark::Started), Some(at(-30)));
    assert_eq!(alerted.until(Mark::Detected), Some(30 * 60));
}

#[test]
fn what_came_in_another_order_is_told_in_that_order() {
    let moments = Moments {
        mitigated: Some(at(5)),
        acknowledged: Some(at(9)),
        resolved: Some(at(20)),
        ..Moments::default()
    };
    let order: Vec<Mark> = phases(&seen(moments)).spans.iter().map(|span| span.to).collect();
    assert_eq!(order, [Mark::Detected, Mark::Mitigated, Mark::Acknowledged, Mark::Resolved]);
}

fn instant() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((-9_000_000_000_i64..9_000_000_000).prop_map(|us| NOW.plus_micros(us)))
}

proptest! {
    #[test]
    fn spans_are_ordered_and_sum_up(
        [first_out, first_alert, detected] in [instant(), instant(), instant()],
        [acknowledged, mitigated, restored] in [instant(), instant(), instant()],
        resolved in instant(),
    ) {
        let moments = Moments {
            detected, acknowledged, mitigated, restored, resolved, ..Moments::default()
        };
        let found = phases(&Seen { first_out, first_alert, ..seen(moments) });
        let known = found.marks.iter().filter(|reached| reached.at.is_some()).count();
        prop_assert_eq!(found.spans.len() + 1, known);
        prop_assert_eq!(known + found.missing().count(), Mark::ALL.len());
        for two in found.spans.windows(2) {
            prop_assert_eq!(two[0].ended, two[1].began);
            prop_assert_eq!(two[0].to, two[1].from);
        }
        for span in &found.spans {
            prop_assert!(span.began <= span.ended && span.seconds >= 0);
        }
        let started = found.at(Mark::Started).unwrap();
        let last = found.marks.iter().filter_map(|reached| reached.at).max().unwrap();
        prop_assert_eq!(found.seconds(), last.seconds_since(started));
        prop_assert!(found.marks.iter().filter_map(|reached| reached.at).all(|at| at >= started));
    }

    #[test]
    fn words_stay_words(text in "\\PC{0,60}") {
        let line = escaped(&text);
        prop_assert!(!line.contains('\n') && !line.contains('<'));
        // Nothing that may be markup stands without a sign before it that takes it back.
        let mut is_taken_back = false;
        for c in line.chars() {
            let is_markup = "`*_{}[]()#>|~!$".contains(c);
            prop_assert!(!is_markup || is_taken_back, "{line}");
            is_taken_back = c == '\\' && !is_taken_back;
        }
        prop_assert!(!is_taken_back, "{}", line);
    }

    #[test]
    fn an_effect_is_said_with_care(
        before in proptest::collection::vec(1_i64..170, 0..40),
        after in proptest::collection::vec(0_i64..60, 0..40),
        days in 0_i64..90,
    ) {
        let now = NOW.plus_days(days);
        let mut reported: Vec<Timestamp> = before.iter().map(|day| NOW.plus_days(-day)).collect();
        reported.extend(after.iter().map(|day| NOW.plus_days(*day)));
        let found = effect(&reported, NOW.plus_days(-400), NOW, now);
        prop_assert!((0.0..=1.0).contains(&found.chance));
        prop_assert_eq!(found.before as usize, before.len());
        prop_assert!(found.after as usize <= after.len());
        let rate = |count: u32, days: i64| f64::from(count) / days.max(1) as f64;
        let (was, is) = (rate(found.before, 180), rate(found.after, days));
        match found.told {
            Told::Fewer => prop_assert!(is < was, "{found:?}"),
            Told::More => prop_assert!(is > was, "{found:?}"),
            Told::TooEarly => prop_assert!(days < 14),
            Told::TooFew | Told::NoDifference => prop_assert!(days >= 14),
        }
    }
}

fn shown(reported: &[i64], days: i64) -> Effect {
    let reported: Vec<Timestamp> = reported.iter().map(|day| NOW.plus_days(*day)).collect();
    effect(&reported, NOW.plus_days(-180), NOW, NOW.plus_days(days))
}

#[test]
fn the_words_of_an_effect_are_honest() {
    let weekly: Vec<i64> = (1..=25).map(|week| -7 * week).collect();
    assert_eq!(shown(&weekly, 10).told, Told::TooEarly);
    assert_eq!(shown(&[-3, -40], 60).told, Told::TooFew);
    let gone = shown(&weekly, 60);
    assert_eq!((gone.told, gone.before, gone.after), (Told::Fewer, 25, 0));
    assert!(gone.words().starts_with("25 in the 180 days before, 0 in the 60 days since: fewer"));
    let same: Vec<i64> = weekly.iter().copied().chain([3, 10, 17, 24, 31, 38, 45]).collect();
    assert_eq!(shown(&same, 50).told, Told::NoDifference);
    let worse: Vec<i64> = weekly.iter().copied().chain(1..=30).collect();
    assert_eq!(shown(&worse, 30).told, Told::More);
}

#[test]
fn downtime_is_summed_by_service() {
    let outage = |id: u128, of: u8, degree, (from, to): (i64, Option<i64>)| Outage {
        id: numbered(id),
        service: service(of),
        degree,
        started_at: at(from),
        ended_at: to.map(at),
    };
    let outages = [
        outage(1, 1, Degree::Degraded, (0, Some(10))),
        outage(2, 1, Degree::Full, (20, Some(35))),
        outage(3, 2, Degree::Partial, (0, None)),
        outage(4, 2, Degree::Full, (30, Some(45))),
    ];
    let found = downtime(&outages, at(60));
    assert_eq!((found[0].service, found[0].seconds, found[0].lasts), (service(2), 3_600, true));
    assert_eq!((found[0].spans, found[0].degree), (2, Degree::Full), "shared time counts once");
    assert_eq!((found[1].seconds, found[1].spans), (25 * 60, 2));
    assert_eq!(found[1].degree, Degree::Full, "the worst of it");
    assert_eq!(lasted(4_740), "1 h 19 min");
    assert_eq!(lasted(100_800), "1 d 4 h");
}

#[test]
fn large_figures_of_an_impact_are_easy_to_read() {
    let facts = Facts {
        phases: phases(&seen(Moments::default())),
        outcomes: vec![],
        downtime: vec![],
        figures: Figures { cost: Some(1_234_567), ..Figures::default() },
        updates: 0,
        affected: Some(12_400),
        reports: 0,
        alerted: false,
    };
    let story = Story {
        incident: IncidentNumber(1),
        title: "Checkout",
        service: None,
        names: &Default::default(),
        facts: &facts,
        resolution: None,
        cause: None,
        zone: &jiff::tz::TimeZone::UTC,
    };
    let said = impact(&story);
    assert!(said.contains("About 12,400 people were affected."), "{said}");
    assert!(said.contains("the outages cost about 1,234,567."), "{said}");
}

fn event(n: u32, actor: Actor, body: Body) -> Event {
    let cause = Derived { by: "policy".to_owned(), name: "test".to_owned(), version: 0 };
    Event {
        n,
        at: NOW,
        happened_at: NOW,
        actor,
        channel: Channel::Web,
        cause: Cause::Derived(cause),
        batch: None,
        body,
    }
}

fn note(n: u32) -> Event {
    let somebody = Actor::person(numbered(1), "Ines");
    let body = numbered(u128::from(n));
    let said = Commented {
        body,
        visibility: Visibility::Internal,
        by_requester: false,
        by_follower: false,
    };
    event(n, somebody, said.into())
}

fn alerts(n: u32) -> Event {
    let news = AlertsChanged {
        why: AlertsWhy::Told,
        fired: 1,
        resolved: 0,
        samples: vec![],
        firing: 1,
        total: 1,
        worst: None,
        worse: false,
        again: false,
        muted: None,
        flapping: false,
        source_unclear: false,
    };
    event(n, Actor::system(), news.into())
}

#[test]
fn the_course_and_the_first_idea_are_proposed() {
    let resolved = Resolved {
        code: "fixed".to_owned(),
        note: numbered(9),
        cause: None,
        known_error: None,
        close_at: None,
    };
    let mut events =
        vec![event(1, Actor::system(), Acknowledged { was_new: true }.into()), note(2), note(3)];
    events.extend((4..60).map(alerts));
    events.push(event(60, Actor::system(), Mitigated {}.into()));
    events.push(event(61, Actor::system(), resolved.into()));
    let found = picks(&events);
    assert!(found.len() <= PROPOSED_MAX && found.is_sorted());
    assert!([1, 2, 60, 61].iter().all(|n| found.contains(n)), "{found:?}");
    assert!(!found.contains(&3), "the first note alone");
    assert!(found.iter().filter(|n| (4..60).contains(*n)).count() < 10, "alerts come in crowds");
}

#[test]
fn a_factor_names_a_person_by_family_name_or_whole_name() {
    let people = ["Yuki Tanabe", "Ada", "Bo Li"];
    assert_eq!(named("Tanabe's phone was off", people), ["Yuki Tanabe"]);
    assert_eq!(named("yuki tanabe was on leave", people), ["Yuki Tanabe"]);
    assert_eq!(named("asked Bo Li twice", people), ["Bo Li"]);
    assert!(named("Tanabex and the library, in Adana", people).is_empty());
}

#[test]
fn a_review_is_written_as_markdown() {
    let document = Document {
        title: "PIR-1: VPN *down*".to_owned(),
        about: vec!["Review of INC-7".to_owned()],
        parts: vec![
            ("Summary".to_owned(), Part::Words("First\nline\n\n# second".to_owned())),
            ("Empty".to_owned(), Part::Words(" \n ".to_owned())),
            ("Factors".to_owned(), Part::Numbered(vec!["No alert".to_owned()])),
            (
                "Actions".to_owned(),
                Part::Table(
                    vec!["Action".to_owned(), "Due".to_owned()],
                    vec![vec!["A | B".to_owned(), "soon".to_owned()]],
                ),
            ),
        ],
    };
    let wanted = "# PIR-1: VPN \\*down\\*\n\nReview of INC-7\n\n## Summary\n\nFirst\\\nline\n\n\
        \\# second\n\n## Factors\n\n1. No alert\n\n## Actions\n\n| Action | Due |\n| --- | --- |\n\
        | A \\| B | soon |\n";
    assert_eq!(markdown(&document), wanted);
}
