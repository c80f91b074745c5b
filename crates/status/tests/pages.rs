//! What the pages say, in each language, and what they weigh.

#![allow(clippy::unwrap_used)]

mod check;
mod sample;

use check::html;
use kernel::Language;
use sample::{at, component, demo, empty, going_on, span};
use status::snapshot::{Condition, Phase};
use status::{Snapshot, render};

/// What the first page may weigh compressed, in bytes.
const WEIGHT_MAX: usize = 15_000;

fn page(snapshot: &Snapshot, path: &str) -> String {
    String::from_utf8(render(snapshot).files[path].bytes.clone()).unwrap()
}

/// All that can be read on a page, in one line.
fn read(snapshot: &Snapshot, path: &str) -> String {
    let words = html(&page(snapshot, path)).unwrap().text;
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_first_page_tells_the_story() {
    let text = read(&demo(), "");
    for said in [
        "Booking and checkout is partly not working",
        "Others are affected, too",
        "As of 13:12 CET. Load again",
        "Some bookings fail at checkout",
        "Affects Booking and checkout, Customer portal. Began 12:24.",
        "Being looked into 12:46",
        "Cause found, being worked on 13:00",
        "Works again by 13:50 CET",
        "Expected back by 13:50 CET",
        "Next update by 13:30 CET",
        "About 1 in 3 bookings",
        "90 days ago 99.97% available today",
        "Thu 12 Nov: slower or limited for 48 min",
        "Wed 7 Oct: not working for 31 min",
        "100% available in 14 days",
        "Before Tue 10 Nov there is no data.",
        "Sat 28 Nov, 22:00 to 23:30 CET.",
        "Does not take place.",
        "Fri 13 Nov to Mon 23 Nov",
        "Booking slow for partners Slower or limited for 48 min, 09:10 to 09:58 It works again.",
        "By e-mail",
        "Times are in Europe/Amsterdam. Made with Evenkeel",
        "Need help? +31 20 555 0100",
    ] {
        assert!(text.contains(said), "{said:?} is not in {text}");
    }
}

#[test]
fn every_language_has_every_page_and_names_itself() {
    let bundle = render(&demo());
    for language in Language::ALL {
        for stem in ["index", "history", "incidents/b7k2m9", "incidents/k3"] {
            let file = &bundle.files[&format!("{stem}.{language}.html")];
            let text = String::from_utf8(file.bytes.clone()).unwrap();
            assert!(text.contains(&format!("<html lang=\"{language}\">")), "{stem} {language}");
            html(&text).unwrap_or_else(|wrong| panic!("{stem} {language}: {wrong}"));
            // A reader stays in the language: what leads to a page leads to one in it.
            let begin = "href=\"/status/history.";
            assert!(text.contains(&format!("{begin}{language}.html")), "{stem} {language}");
        }
    }
    for (lasting, first) in [
        ("", "index.en.html"),
        ("history", "history.en.html"),
        ("incidents/k3", "incidents/k3.en.html"),
    ] {
        assert_eq!(bundle.files[lasting], bundle.files[first]);
    }
}

#[test]
fn every_address_on_a_page_is_served() {
    let bundle = render(&demo());
    let elsewhere = ["/status/subscribe"];
    for (path, file) in &bundle.files {
        if !file.media_type.starts_with("text/html") {
            continue;
        }
        let document = html(std::str::from_utf8(&file.bytes).unwrap()).unwrap();
        let attributes = document.elements.iter().flat_map(|element| &element.attributes);
        for (_, to) in attributes.filter(|(key, _)| key == "href" || key == "src") {
            let plain = to.split(['#', '?']).next().unwrap();
            let plain = plain.strip_prefix("https://help.example.org").unwrap_or(plain);
            let Some(target) = plain.strip_prefix("/status/") else { continue };
            assert!(
                bundle.files.contains_key(target) || elsewhere.contains(&plain),
                "{path}: {to}"
            );
        }
    }
}

#[test]
fn the_first_page_is_light() {
    assert_eq!(demo().components.len(), 40);
    let bundle = render(&demo());
    for language in Language::ALL {
        let file = &bundle.files[&format!("index.{language}.html")];
        let weight = file.gzip.as_ref().unwrap().len();
        assert!(weight <= WEIGHT_MAX, "{language}: {weight} bytes");
    }
    assert!(bundle.files["status.css"].gzip.as_ref().unwrap().len() <= 4_000);
}

#[test]
fn bars_have_a_line_for_a_run_and_words_for_each_bad_day() {
    let mut snapshot = empty();
    let mut mail = component(1, "Mail", Condition::Operational);
    mail.created_at = at("2026-09-24T22:00:00Z");
    mail.spans.push(span(Condition::Major, "2026-11-20T09:00:00Z", Some("2026-11-21T09:00:00Z")));
    snapshot.components.push(mail);
    let text = page(&snapshot, "");
    for line in [
        "<path class=\"d-none\" stroke-width=\"2\" d=\"M0 23H30\"></path>",
        "<path class=\"d-ok\" stroke-width=\"12\" d=\"M30 18H86\"></path>",
        "<path class=\"d-down\" stroke-width=\"24\" d=\"M86 12H87\"><title>Fri 20 Nov: not working for 14 h</title></path>",
        "<path class=\"d-down\" stroke-width=\"24\" d=\"M87 12H88\"><title>Sat 21 Nov: not working for 10 h</title></path>",
        "<path class=\"d-ok\" stroke-width=\"12\" d=\"M88 18H90\"></path>",
        "aria-label=\"Mail, last 90 days: trouble on 2 days\"",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(read(&snapshot, "").contains("Before Fri 25 Sep there is no data."));
}

#[test]
fn the_sentence_fits_how_things_are() {
    use Condition::{Degraded, Maintenance, Major, Operational};
    for (conditions, sentence) in [
        (&[][..], "Everything works As of"),
        (&[Operational, Operational], "Everything works As of"),
        (&[Operational, Maintenance], "Planned work is going on As of"),
        (&[Operational, Major], "C1 is not working Everything else works. As of"),
        (&[Major], "C0 is not working As of"),
        (
            &[Degraded, Degraded, Operational],
            "Several services are slower or limited Everything else",
        ),
        (&[Major, Degraded, Operational], "C0 is not working Others are affected, too"),
    ] {
        let mut snapshot = empty();
        let made = conditions.iter().zip(0..);
        snapshot.components =
            made.map(|(condition, at)| component(at, &format!("C{at}"), *condition)).collect();
        let text = read(&snapshot, "");
        assert!(text.contains(sentence), "{conditions:?}: {text}");
    }
}

#[test]
fn what_is_looked_into_while_everything_works_leads_the_page() {
    let mut snapshot = empty();
    snapshot.components.push(component(0, "Mail", Condition::Operational));
    snapshot.incidents.push(going_on());
    assert!(page(&snapshot, "").contains("<bdi>Some bookings fail at checkout</bdi></h1>"));
    snapshot.incidents[0].phase = Phase::Monitoring;
    assert!(page(&snapshot, "").contains("<bdi>Everything works</bdi></h1>"));
}

#[test]
fn a_time_that_has_passed_says_so() {
    let mut snapshot = demo();
    snapshot.at = at("2026-11-23T13:05:00Z");
    let text = read(&snapshot, "");
    assert!(text.contains("by 13:50 CET It takes longer than we said."), "{text}");
    assert!(!text.contains("Works again by"), "{text}");
}

#[test]
fn the_history_goes_by_months() {
    let text = read(&demo(), "history");
    let places = ["Nov 2026", "Oct 2026", "Sep 2026"].map(|month| text.find(month).unwrap());
    assert!(places.is_sorted(), "{text}");
    assert!(text.contains("Booking unavailable Not working for 31 min, 12:02 to 12:33"));
    assert!(text.contains("Invoices late Slower or limited for 9 h, 22:00 to Sat 19 Sep, 07:00"));
    assert!(text.contains("Track and trace database upgrade"));
}

#[test]
fn an_incident_that_is_over_keeps_its_page() {
    let text = read(&demo(), "incidents/k3");
    for said in [
        "Booking unavailable · Northwind Logistics status",
        "Fixed, being watched Wed 7 Oct, 12:23",
        "Works again Wed 7 Oct, 12:33",
        "It works again. We keep an eye on it for a day.",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Expected back"));
}

#[test]
fn a_page_on_a_domain_of_its_own_begins_at_its_root() {
    let mut snapshot = demo();
    snapshot.site.base = String::new();
    snapshot.site.url = "https://status.example.org/".to_owned();
    let text = page(&snapshot, "");
    assert!(text.contains("href=\"/history.en.html\"") && text.contains("href=\"/status.css?v="));
    assert!(text.contains("href=\"https://status.example.org/index.de.html\""));
    assert!(!text.contains("noindex"));
    snapshot.site.internal = true;
    assert!(page(&snapshot, "").contains("noindex"));
}

#[test]
fn a_tag_is_of_the_words_and_gzip_holds_the_same() {
    let (one, mut changed) = (render(&demo()), demo());
    changed.components[5].condition = Condition::Major;
    let other = render(&changed);
    let tag = |bundle: &status::Bundle, path: &str| bundle.files[path].etag.clone();
    assert_ne!(tag(&one, ""), tag(&other, ""));
    assert_eq!(tag(&one, "status.css"), tag(&other, "status.css"));
    assert!(tag(&one, "").starts_with('"') && tag(&one, "").len() == 34);
    for (path, file) in &one.files {
        let Some(gzip) = &file.gzip else { continue };
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut read)
            .unwrap();
        assert_eq!(read, file.bytes, "{path}");
        assert_eq!(gzip[4..8], [0; 4], "no time of day in {path}");
    }
}

#[test]
fn words_of_the_house_stay_inside() {
    for language in Language::ALL {
        let text = read(&demo(), &format!("index.{language}.html")).to_lowercase();
        for word in [" sla", "ticket", " p1", "resolver", "!"] {
            assert!(!text.contains(word), "{language}: {word}");
        }
    }
}
