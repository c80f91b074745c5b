//! Feeds and calendar: what standards ask for, ids that last, times that move with changes.

#![allow(clippy::unwrap_used)]

mod check;
mod sample;

use check::{Document, calendar, xml};
use sample::{at, demo, empty, work};
use status::snapshot::WorkPhase;
use status::{Snapshot, render};
use std::collections::BTreeSet;

fn text(page: &Snapshot, path: &str) -> String {
    String::from_utf8(render(page).files[path].bytes.clone()).unwrap()
}

fn feed(page: &Snapshot, path: &str) -> Document {
    xml(&text(page, path)).unwrap()
}

/// The words of all elements of this name.
fn values(of: &str, name: &str) -> Vec<String> {
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let parts = of.split(&begin).skip(1).filter_map(|rest| rest.split_once('>'));
    let ends = parts.filter_map(|(_, rest)| rest.split_once(&end));
    ends.map(|(value, _)| value.to_owned()).collect()
}

#[test]
fn atom_has_what_rfc_4287_asks_for() {
    let (page, document) = (demo(), feed(&demo(), "history.atom"));
    // 2 words of what goes on, 3 of each of 4 that are over, 3 planned works.
    assert_eq!(document.count("entry"), 17);
    for needed in ["id", "title", "updated"] {
        assert_eq!(document.count(needed), 18, "{needed} of the feed and of each entry");
    }
    assert_eq!(document.count("author"), 1);
    let text = text(&page, "history.atom");
    assert!(text.contains("rel=\"self\" type=\"application/atom+xml\" href=\"https://help.example.org/status/history.atom\""));
    assert!(
        text.contains(
            "<title>Some bookings fail at checkout: Cause found, being worked on</title>"
        )
    );
    assert!(text.contains("&lt;p&gt;Next update: by Mon 23 Nov 2026, 13:30 CET&lt;/p&gt;"));
    let ids = values(&text, "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(ids.iter().all(|id| id.starts_with("urn:uuid:") && id.len() == 45), "{ids:?}");
    let updated = values(&text, "updated");
    assert_eq!(updated[0], "2026-11-23T13:00:00.000+01:00", "the feed's is the newest entry's");
}

#[test]
fn rss_has_what_readers_ask_for() {
    let document = feed(&demo(), "history.rss");
    assert_eq!(document.count("item"), 17);
    assert_eq!(document.count("guid"), 17);
    let text = text(&demo(), "history.rss");
    assert_eq!(values(&text, "pubDate")[0], "Mon, 23 Nov 2026 12:00:00 +0000");
    assert!(text.contains("<guid isPermaLink=\"false\">urn:uuid:"));
    assert!(text.contains("<language>en</language>"));
    assert_eq!(feed(&empty(), "history.rss").count("item"), 0);
}

#[test]
fn both_feeds_name_the_same_things_and_names_last() {
    let ids = |page: &Snapshot| -> BTreeSet<String> {
        values(&text(page, "history.atom"), "id").into_iter().skip(1).collect()
    };
    let guids: BTreeSet<String> =
        values(&text(&demo(), "history.rss"), "guid").into_iter().collect();
    assert_eq!(ids(&demo()), guids);
    // Another address, another name, other words: the same things.
    let mut moved = demo();
    moved.site.url = "https://status.example.org".to_owned();
    moved.site.name = "Northwind".to_owned();
    moved.incidents[0].title = "Bookings".to_owned();
    moved.works[1].updated_at = at("2026-11-23T12:05:00Z");
    assert_eq!(ids(&moved), ids(&demo()));
    assert_eq!(
        values(&text(&moved, "history.atom"), "updated")[0],
        "2026-11-23T13:05:00.000+01:00"
    );
    // Another page: others.
    moved.site.id = "internal".to_owned();
    assert!(ids(&moved).is_disjoint(&ids(&demo())));
}

#[test]
fn a_long_history_is_cut_to_the_newest() {
    let mut page = demo();
    page.works = (0..80)
        .map(|at| work(at, WorkPhase::Scheduled, "2026-12-05T21:00:00Z", "2026-12-05T22:00:00Z"))
        .collect();
    assert_eq!(feed(&page, "history.atom").count("entry"), 50);
    assert!(text(&page, "history.atom").contains("Some bookings fail at checkout"));
}

#[test]
fn the_calendar_tells_changes_and_cancellations() {
    let bytes = render(&demo()).files["maintenance.ics"].bytes.clone();
    let content = calendar(&bytes).unwrap();
    let value = |event: usize, name: &str| {
        content.events[event].lines.iter().find(|line| line.name == name).unwrap().words()
    };
    assert_eq!(content.events.len(), 3);
    assert_eq!(value(1, "DTSTART"), "20261128T210000Z");
    assert_eq!(value(1, "DTEND"), "20261128T223000Z");
    assert_eq!(value(1, "STATUS"), "CONFIRMED");
    assert_eq!(value(2, "STATUS"), "CANCELLED");
    assert!(value(1, "DESCRIPTION").ends_with("Affects Track and trace."));
    let mut changed = demo();
    changed.works[1].updated_at = at("2026-11-20T08:00:00Z");
    changed.site.url = "https://status.example.org".to_owned();
    let bytes = render(&changed).files["maintenance.ics"].bytes.clone();
    let later = calendar(&bytes).unwrap();
    let of = |content: &kernel::ical::Content, name: &str| {
        content.events[1].lines.iter().find(|line| line.name == name).unwrap().words()
    };
    assert_eq!(of(&later, "UID"), of(&content, "UID"));
    let number = |content: &kernel::ical::Content| of(content, "SEQUENCE").parse::<u64>().unwrap();
    assert!(number(&later) > number(&content));
    assert_eq!(of(&later, "DTSTAMP"), "20261120T080000Z");
}
