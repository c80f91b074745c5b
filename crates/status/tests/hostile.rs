//! Whatever words people and programs choose, no format breaks, and the same snapshot gives the
//! same bytes.

#![allow(clippy::unwrap_used)]

mod check;
mod sample;

use check::{calendar, html, xml};
use kernel::Language;
use proptest::prelude::*;
use sample::{at, demo};
use status::snapshot::{Condition, Phase, Span, WorkPhase};
use status::{Snapshot, render};

/// Words that break what is not careful.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "]]></title><x>",
    "&amp;&#0;&bogus;&",
    "\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}\u{85}",
    "\u{202e}moc.elpmaxe\u{2066}",
    "\u{fffe}\u{ffff}\u{fdd0}",
    "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x",
    "BEGIN:VALARM;,\\n\\;",
    "../../../etc/passwd",
    "{ $name } ${x} %s %n",
    "Łódź – 東京 – مرحبا 🙂🏽\u{2028}",
    "javascript:alert(1)",
];

/// The demo's page with these words wherever words may stand.
fn spoilt(words: &[String]) -> Snapshot {
    let mut words = words.iter().cycle().cloned();
    let mut next = || words.next().unwrap();
    let mut page = demo();
    page.components.truncate(6);
    page.incidents.truncate(2);
    page.site.languages = vec![Language::Fr];
    page.site.name = next();
    page.site.id = next();
    page.site.support = Some(next());
    page.site.time_zone = next();
    for group in &mut page.groups {
        group.name = next();
        group.description = Some(next());
    }
    for component in &mut page.components {
        component.name = next();
        component.description = Some(next());
    }
    for incident in &mut page.incidents {
        incident.id = format!("{}{}", incident.id, next());
        incident.title = next();
        for update in &mut incident.updates {
            update.body = next();
            update.id = next();
        }
    }
    for work in &mut page.works {
        work.title = next();
        work.body = next();
    }
    page
}

fn check(page: &Snapshot) {
    let bundle = render(page);
    for (path, file) in &bundle.files {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        assert!(!path.contains("..") && !path.contains("//") && !path.starts_with('/'), "{path}");
        let kind = file.media_type.split(';').next().unwrap();
        let checked = match kind {
            "text/html" => html(&text).map(|_| ()),
            "application/atom+xml" | "application/rss+xml" => xml(&text).map(|_| ()),
            "application/json" => serde_json::from_str::<serde_json::Value>(&text)
                .map(|_| ())
                .map_err(|e| e.to_string()),
            "text/calendar" => calendar(&file.bytes).map(|found| {
                assert_eq!(
                    found.events.len(),
                    page.works.len(),
                    "no event more than there is work"
                );
            }),
            "text/css" => Ok(()),
            other => panic!("{path}: {other}"),
        };
        checked.unwrap_or_else(|wrong| panic!("{path}: {wrong}"));
    }
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    assert_eq!(render(&demo()), render(&demo()));
}

#[test]
fn known_tricks_break_nothing() {
    let words: Vec<String> = HOSTILE.iter().map(|words| (*words).to_owned()).collect();
    for turn in 0..words.len() {
        let mut turned = words.clone();
        turned.rotate_left(turn);
        check(&spoilt(&turned));
    }
}

#[test]
fn a_checker_finds_what_it_is_for() {
    let page = |inner: &str| format!("<!DOCTYPE html><html><body>{inner}</body></html>");
    assert!(html(&page("<p class=\"a\">x &amp; y</p>")).is_ok());
    for bad in [
        "<script>x</script>",
        "<p style=\"x\">x</p>",
        "<p onclick=\"x\">x</p>",
        "<a href=\"javascript:x\">x</a>",
        "<p>x",
        "<p>x</b></p>",
        "<p>&bogus;</p>",
        "<p>a & b</p>",
        "<p>\u{1}</p>",
        "<p class=x>y</p>",
        "<b id=\"a\"></b><b id=\"a\"></b>",
    ] {
        assert!(html(&page(bad)).is_err(), "{bad}");
    }
    assert!(calendar(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n").is_err());
}

fn any_words() -> impl Strategy<Value = String> {
    let known = prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned);
    let any = proptest::collection::vec(any::<char>(), 0..24);
    let any = any.prop_map(|letters| letters.into_iter().collect::<String>());
    let pair = (known.clone(), any.clone()).prop_map(|(known, any)| known + &any);
    prop_oneof![known, any, pair]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn no_words_break_a_format(words in proptest::collection::vec(any_words(), 1..12)) {
        check(&spoilt(&words));
    }

    #[test]
    fn no_times_break_a_format(
        micros in proptest::collection::vec(-62_000_000_000_000_000i64..250_000_000_000_000_000, 8),
        phase in 0..4_usize,
        worst in 0..5_usize,
    ) {
        let mut page = demo();
        page.components.truncate(3);
        page.incidents.truncate(1);
        page.site.languages = vec![Language::Pl];
        let when = |at: usize| kernel::Timestamp::from_micros(micros[at]);
        page.at = when(0);
        page.components[0].created_at = when(1);
        page.components[0].spans =
            vec![Span { condition: Condition::ALL[worst], started_at: when(2), ended_at: Some(when(3)) }];
        page.incidents[0].phase = Phase::ALL[phase];
        page.incidents[0].started_at = when(4);
        page.incidents[0].resolved_at = (phase == 3).then(|| when(5));
        page.incidents[0].updates[0].expected = Some(when(6));
        page.works[0].phase = WorkPhase::ALL[phase];
        page.works[0].starts_at = when(6);
        page.works[0].ends_at = when(7);
        check(&page);
    }
}

#[test]
fn a_page_with_nothing_on_it_is_whole() {
    let mut page = sample::empty();
    check(&page);
    page.site.languages.clear();
    page.at = at("2026-01-01T00:00:00Z");
    check(&page);
}
