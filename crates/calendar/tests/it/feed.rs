//! Holiday feeds: what real ones write, and what hostile ones may try.

use calendar::ical::{Feed, FeedError, Preview, WhyLeftOut};
use calendar::{Calendar, Definition, Holiday, Week};

/// A feed of events, each a few content lines.
fn feed(events: &[&str]) -> String {
    let events: Vec<String> =
        events.iter().map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.concat())
}

fn preview_of(text: &str, from: &str, to: &str) -> Result<Preview, FeedError> {
    let mut definition = Definition::new("UTC", Week::always());
    definition.holidays = vec![Holiday::new("2026-01-01")];
    let calendar = Calendar::new(&definition).expect("a calendar");
    let range = from.parse().expect("a date")..=to.parse().expect("a date");
    Feed::read(text.as_bytes())?.preview(&calendar, range)
}

/// The dates of 2026 to 2028 that one event gives.
fn dates(lines: &str) -> Vec<String> {
    let preview = preview_of(&feed(&[lines]), "2026-01-01", "2028-12-31").expect("a preview");
    assert_eq!(preview.left_out, []);
    preview.new.into_iter().map(|holiday| holiday.date).collect()
}

fn left_out(lines: &str) -> WhyLeftOut {
    let preview = preview_of(&feed(&[lines]), "2026-01-01", "2028-12-31").expect("a preview");
    assert_eq!((preview.new, preview.outside), (vec![], vec![]));
    preview.left_out[0].reason
}

#[test]
fn a_preview_tells_new_dates_known_ones_those_outside_and_the_rest() {
    let text = feed(&[
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260103\nSUMMARY:New Year",
        "DTSTART;VALUE=DATE:20260102\nSUMMARY:St Berchtold\nBEGIN:VALARM\nSUMMARY:Ring\nEND:VALARM",
        "DTSTART;VALUE=DATE:20200501\nSUMMARY:Labour Day 2020",
        "DTSTART:20260701T090000Z\nSUMMARY:Summer party",
    ]);
    let preview = preview_of(&text, "2026-01-01", "2026-12-31").unwrap();
    assert_eq!(preview.new, [Holiday::named("2026-01-02", "New Year, St Berchtold")]);
    assert_eq!(preview.present, [Holiday::named("2026-01-01", "New Year")]);
    assert_eq!(preview.outside, [Holiday::named("2020-05-01", "Labour Day 2020")]);
    let [rest] = &preview.left_out[..] else { panic!("one is left out") };
    assert_eq!((rest.line, rest.reason), (19, WhyLeftOut::TimeOfDay));
    assert_eq!(rest.name.as_deref(), Some("Summer party"));
}

#[test]
fn one_day_several_days_and_midnight_to_midnight() {
    assert_eq!(dates("DTSTART;VALUE=DATE:20261225"), ["2026-12-25"]);
    assert_eq!(dates("DTSTART:20261225\nDTEND:20261225"), ["2026-12-25"]);
    let two = ["2026-12-25", "2026-12-26"];
    assert_eq!(dates("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227"), two);
    assert_eq!(dates("DTSTART;VALUE=DATE:20261225\nDURATION:P2D"), two);
    let midnight = "DTSTART;TZID=W. Europe:20261225T000000\nDTEND;TZID=W. Europe:20261227T000000";
    assert_eq!(dates(midnight), two);
    // What begins before the range still reaches into it.
    assert_eq!(dates("DTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103"), ["2026-01-02"]);
}

#[test]
fn the_same_date_every_year() {
    let rule = |rule: &str| dates(&format!("DTSTART;VALUE=DATE:20200501\nRRULE:{rule}"));
    assert_eq!(rule("FREQ=YEARLY"), ["2026-05-01", "2027-05-01", "2028-05-01"]);
    assert_eq!(rule("FREQ=YEARLY;INTERVAL=2;WKST=SU"), ["2026-05-01", "2028-05-01"]);
    assert_eq!(rule("FREQ=YEARLY;COUNT=8"), ["2026-05-01", "2027-05-01"]);
    assert_eq!(rule("FREQ=YEARLY;UNTIL=20270501T000000Z"), ["2026-05-01", "2027-05-01"]);
    assert_eq!(rule("freq=yearly;bymonth=5;bymonthday=1;until=20260501"), ["2026-05-01"]);
    assert_eq!(
        dates("DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270501"),
        ["2026-05-01", "2028-05-01"]
    );
    assert_eq!(dates("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"), ["2028-02-29"]);
}

#[test]
fn the_nth_weekday_of_a_month() {
    let rule =
        |rule: &str| dates(&format!("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;{rule}"));
    let thanksgiving = ["2026-11-26", "2027-11-25", "2028-11-23"];
    assert_eq!(rule("BYMONTH=11;BYDAY=4TH"), thanksgiving);
    assert_eq!(rule("BYMONTH=5;BYDAY=-1MO"), ["2026-05-25", "2027-05-31", "2028-05-29"]);
    let election = "BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;INTERVAL=2";
    assert_eq!(rule(election), ["2026-11-03", "2028-11-07"]);
    assert_eq!(rule("BYMONTH=1,12;BYMONTHDAY=-1;COUNT=15"), ["2026-01-31", "2026-12-31"]);
}

#[test]
fn a_yearly_event_over_new_year_reaches_into_the_range() {
    let lines = "DTSTART;VALUE=DATE:20001224\nDURATION:P2W\nRRULE:FREQ=YEARLY";
    let preview = preview_of(&feed(&[lines]), "2026-01-05", "2026-01-31").unwrap();
    assert_eq!(preview.new, [Holiday::new("2026-01-05"), Holiday::new("2026-01-06")]);
}

#[test]
fn what_is_not_understood_is_left_out_whole() {
    let rule = |rule: &str| left_out(&format!("DTSTART;VALUE=DATE:20260101\nRRULE:{rule}"));
    for text in [
        "FREQ=MONTHLY",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO;BYMONTHDAY=3",
        "FREQ=YEARLY;BYEASTER=1",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;COUNT=99999999999999999999",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=1;BYDAY=ö",
        "FREQ",
        "",
    ] {
        assert_eq!(rule(text), WhyLeftOut::Rule, "{text}");
    }
    let start = "DTSTART;VALUE=DATE:20260101";
    let twice = format!("{start}\nRRULE:FREQ=YEARLY\nRRULE:FREQ=YEARLY");
    assert_eq!(left_out(&twice), WhyLeftOut::Rule);
    assert_eq!(left_out(&format!("{start}\nRDATE:20260102")), WhyLeftOut::SingleDates);
    assert_eq!(left_out(&format!("{start}\nSTATUS:CANCELLED")), WhyLeftOut::Cancelled);
    assert_eq!(left_out(&format!("{start}\nDURATION:P999D")), WhyLeftOut::TooLong);
    assert_eq!(left_out(&format!("{start}\nDTEND:20260101T120000")), WhyLeftOut::TimeOfDay);
    assert_eq!(left_out(&format!("{start}\nDURATION:PT1H")), WhyLeftOut::TimeOfDay);
    for lines in ["SUMMARY:x", "DTSTART:2026", "DTSTART:20260230", "DTSTART:2026ä101"] {
        assert_eq!(left_out(lines), WhyLeftOut::NoDate, "{lines}");
    }
}

#[test]
fn what_is_no_whole_feed_is_refused() {
    let read = |text: &str| Feed::read(text.as_bytes()).map(|_| ()).unwrap_err();
    assert_eq!(read(""), FeedError::NoCalendar);
    assert_eq!(read("<!doctype html>\n<a href=\"https://example.org\">"), FeedError::NoCalendar);
    assert_eq!(read("BEGIN:VEVENT\nEND:VEVENT"), FeedError::NoCalendar);
    let whole = feed(&["DTSTART:20260101"]);
    for end in 1..whole.len() - 1 {
        let part = &whole[..end];
        if part.ends_with('\n') {
            assert_eq!(read(part), FeedError::CutOff, "{part}");
        }
    }
    assert_eq!(read("BEGIN:VCALENDAR\nEND:VEVENT"), FeedError::Broken { line: 2 });
    assert_eq!(read(&format!("{whole}X:1")), FeedError::Broken { line: 7 });
    let deep = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:X\n".repeat(100_000);
    assert_eq!(read(&deep), FeedError::Broken { line: 9 });
    assert_eq!(read(&" ".repeat(1_048_577)), FeedError::TooLarge);
}

#[test]
fn the_work_of_a_feed_is_bounded() {
    let greedy = "DTSTART:00010101\nRRULE:FREQ=YEARLY;COUNT=4000000000;BYMONTHDAY=1,2,3,4,5,6,7,8";
    let barren = "DTSTART:00010101\nRRULE:FREQ=YEARLY;COUNT=9;BYMONTH=2;BYMONTHDAY=30";
    let long = "DTSTART:00010101\nDURATION:P366D\nRRULE:FREQ=YEARLY;COUNT=9000";
    for lines in [greedy, barren, long] {
        let text = feed(&vec![lines; 1_000]);
        let preview = preview_of(&text, "2026-01-01", "9999-12-31");
        assert_eq!(preview, Err(FeedError::TooManyDates), "{lines}");
    }
}

#[test]
fn names_are_cut_to_what_can_be_shown() {
    let lines = format!("DTSTART:20260501\nSUMMARY:{}", "ä".repeat(500));
    let preview = preview_of(&feed(&[&lines, &lines]), "2026-01-01", "2026-12-31").unwrap();
    assert_eq!(preview.new, [Holiday::named("2026-05-01", "ä".repeat(120))]);
}

#[test]
fn times_of_zones_are_not_times_of_events() {
    let text = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n\
        RRULE:FREQ=YEARLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
        DTSTART;VALUE=DATE:20260501\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let preview = preview_of(text, "2026-01-01", "2026-12-31").unwrap();
    assert_eq!(preview.new, [Holiday::new("2026-05-01")]);
    assert_eq!((preview.left_out, preview.outside), (vec![], vec![]));
}
