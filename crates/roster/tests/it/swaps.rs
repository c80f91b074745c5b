//! Giving shifts away, taking them over, learning beside somebody, and finding cover.

use crate::{at, roster, schedule};
use kernel::Timestamp;
use roster::{Offer, OfferState, Override, Roster, Shadow, Span, SwapRefusal};
use serde_json::{Value, json};

/// Ines and Yuki, a day each from nine to nine; Ines begins on Monday.
fn written() -> Value {
    json!({ "time_zone": "UTC", "layers": [{ "rotation": {
        "unit": "day", "every": 1, "start_local": "2026-11-23T09:00:00", "people": ["ines", "yuki"],
    } }] })
}

fn hour(day: u8, hour: u8) -> Timestamp {
    at(&format!("2026-11-{day:02}T{hour:02}:00:00Z"))
}

fn ines() -> String {
    "ines".to_owned()
}

#[test]
fn only_what_is_theirs_is_given() {
    let roster = roster(written());
    let now = hour(23, 12);
    // Her night, all of Yuki's day, and her next morning.
    let asked = Span::new(hour(24, 6), hour(25, 12));
    let offer = Offer::new(&roster, ines(), None, asked, now).unwrap();
    let (offer, given) = offer.taken("emil".into(), now).unwrap().approved(&roster, now).unwrap();
    let spans: Vec<_> = given.iter().map(|given| (given.start, given.end)).collect();
    assert_eq!(spans, [(hour(24, 6), hour(24, 9)), (hour(25, 9), hour(25, 12))]);
    assert!(given.iter().all(|given| given.person == "emil"));
    assert_eq!(offer.state, OfferState::Approved("emil".to_owned()));
}

#[test]
fn what_changed_meanwhile_is_not_given() {
    let now = hour(23, 12);
    let before = roster(written());
    let asked = Span::new(hour(23, 9), hour(24, 9));
    let offer = Offer::new(&before, ines(), None, asked, now).unwrap();
    assert_eq!(offer.span.start, now, "what is over is not offered");
    let taken = offer.taken("emil".into(), now).unwrap();
    let mut changed = schedule(written());
    let early = Override { person: "yuki".into(), start: hour(23, 12), end: hour(24, 7) };
    changed.overrides.push(early.clone());
    let after = Roster::new(&changed).unwrap();
    let (_, given) = taken.approved(&after, hour(23, 20)).unwrap();
    assert_eq!(given, [Override { person: "emil".into(), start: hour(24, 7), end: hour(24, 9) }]);
    changed.overrides.push(Override { end: hour(24, 9), ..early });
    let after = Roster::new(&changed).unwrap();
    assert_eq!(taken.approved(&after, now).unwrap_err(), SwapRefusal::NotTheirs);
    assert_eq!(taken.approved(&before, hour(24, 9)).unwrap_err(), SwapRefusal::Over);
}

#[test]
fn a_gap_is_given_to_whoever_covers_it() {
    let mut written = written();
    written["layers"][0]["restrictions"] =
        json!([{ "days": ["mon", "tue"], "from": "09:00", "to": "18:00" }]);
    let mut changed = schedule(written);
    let before = Roster::new(&changed).unwrap();
    // From the evening of Ines through the day of Yuki: two nights.
    let (now, asked) = (hour(23, 12), Span::new(hour(23, 18), hour(25, 9)));
    let offer = Offer::new(&before, "emil".to_owned(), None, asked, now).unwrap();
    let taken = offer.taken("milan".into(), now).unwrap();
    let (_, given) = taken.approved(&before, now).unwrap();
    let spans: Vec<_> = given.iter().map(|given| (given.start, given.end)).collect();
    assert_eq!(spans, [(hour(23, 18), hour(24, 9)), (hour(24, 18), hour(25, 9))]);
    // Who has a shift in that time gives that away, and no gap with it.
    let offer = Offer::new(&before, "yuki".to_owned(), None, asked, now).unwrap();
    let (_, hers) = offer.taken("milan".into(), now).unwrap().approved(&before, now).unwrap();
    assert_eq!(hers, [Override { person: "milan".into(), start: hour(24, 9), end: hour(24, 18) }]);
    changed.overrides.extend(given);
    let after = Roster::new(&changed).unwrap();
    assert_eq!(taken.approved(&after, now).unwrap_err(), SwapRefusal::NotTheirs, "it is covered");
}

#[test]
fn an_offer_goes_its_way_once() {
    let roster = roster(written());
    let (now, asked) = (hour(23, 12), Span::new(hour(23, 20), hour(24, 9)));
    let offer = |to: Option<&str>| Offer::new(&roster, ines(), to.map(str::to_owned), asked, now);
    let open = offer(None).unwrap();
    assert_eq!(open.approved(&roster, now).unwrap_err(), SwapRefusal::NotTaken);
    assert_eq!(open.taken(ines(), now).unwrap_err(), SwapRefusal::Themselves);
    assert_eq!(open.taken("emil".into(), hour(24, 9)).unwrap_err(), SwapRefusal::Over);
    let taken = open.taken("emil".into(), now).unwrap();
    assert_eq!(taken.taken("yuki".into(), now).unwrap_err(), SwapRefusal::Taken);
    let (approved, _) = taken.approved(&roster, now).unwrap();
    let withdrawn = taken.withdrawn().unwrap();
    for settled in [&approved, &withdrawn] {
        assert_eq!(settled.taken("yuki".into(), now).unwrap_err(), SwapRefusal::Settled);
        assert_eq!(settled.approved(&roster, now).unwrap_err(), SwapRefusal::Settled);
        assert_eq!(settled.withdrawn().unwrap_err(), SwapRefusal::Settled);
    }
    let yukis = offer(Some("yuki")).unwrap();
    assert_eq!(yukis.taken("emil".into(), now).unwrap_err(), SwapRefusal::ForSomebodyElse);
    assert!(yukis.taken("yuki".into(), now).is_ok());
    assert_eq!(offer(Some("ines")).unwrap_err(), SwapRefusal::Themselves);
    let past = Span::new(hour(23, 9), now);
    assert_eq!(Offer::new(&roster, ines(), None, past, now).unwrap_err(), SwapRefusal::Over);
    let others = Span::new(hour(24, 9), hour(25, 9));
    assert_eq!(Offer::new(&roster, ines(), None, others, now).unwrap_err(), SwapRefusal::NotTheirs);
    let text = serde_json::to_string(&taken).unwrap();
    assert_eq!(serde_json::from_str::<Offer<String>>(&text).unwrap(), taken);
}

#[test]
fn taking_over_lasts_until_the_next_hand_over() {
    let mut written = written();
    written["layers"][0]["restrictions"] =
        json!([{ "days": ["mon", "fri"], "from": "09:00", "to": "18:00" }]);
    let roster = roster(written);
    let taken = roster.take_now("emil".into(), hour(23, 12)).unwrap();
    assert_eq!((taken.start, taken.end), (hour(23, 12), hour(23, 18)));
    let in_gap = roster.take_now("emil".into(), hour(23, 19)).unwrap();
    assert_eq!(in_gap.end, hour(27, 9), "until somebody is on call again");
    let nobody = schedule(json!({ "time_zone": "UTC", "layers": [] }));
    let for_ever = Roster::new(&nobody).unwrap().take_now("emil".into(), hour(1, 0)).unwrap();
    assert_eq!(for_ever.end, hour(8, 0), "a week at most");
}

#[test]
fn shadows_are_told_besides_and_never_alone() {
    let roster = roster(written());
    let shadow = |person: &str, from: u8, to: u8| Shadow {
        person: person.to_owned(),
        start: hour(23, from),
        end: hour(23, to),
    };
    let shadows = [
        shadow("milan", 10, 12),
        shadow("ines", 9, 18),
        shadow("milan", 11, 13),
        shadow("dana", 12, 18),
    ];
    let besides = |at: Timestamp| roster.told(at, &shadows).besides;
    assert_eq!(besides(hour(23, 11)), ["milan"], "once, and not who is on call");
    assert_eq!(besides(hour(23, 12)), ["milan", "dana"]);
    assert_eq!(besides(hour(23, 18)), [""; 0]);
    let before = [Shadow { start: hour(1, 0), ..shadow("milan", 9, 18) }];
    assert!(roster.told(hour(22, 0), &before).besides.is_empty(), "nobody is on call");
    let told: Vec<(String, Timestamp, Timestamp)> = roster
        .besides(hour(23, 0), hour(24, 0), &shadows)
        .into_iter()
        .map(|told| (told.person, told.start, told.end))
        .collect();
    let milan = ("milan".to_owned(), hour(23, 10), hour(23, 13));
    assert!(told.contains(&milan), "two that overlap are one: {told:?}");
    assert!(told.iter().all(|(person, start, end)| {
        (start.micros()..end.micros()).contains(&start.micros())
            && roster.told(*start, &shadows).besides.contains(person)
    }));
}

#[test]
fn cover_is_proposed_by_fairness() {
    let roster = roster(json!({ "time_zone": "Europe/Berlin", "layers": [{ "rotation": {
        "unit": "hour", "every": 8, "start_local": "2026-11-02T06:00:00",
        "people": ["day", "late", "night", "day", "night"],
    } }] }));
    let window = Span::new(at("2026-11-02T05:00:00Z"), at("2026-11-16T05:00:00Z"));
    let gap = Span::new(at("2026-11-16T05:00:00Z"), at("2026-11-16T13:00:00Z"));
    let on_call = roster.on_call(gap.start).unwrap().person;
    let people = ["day", "late", "night", "new", "away"].map(str::to_owned);
    let found = roster.cover(gap, window, &people, |person| person == "away");
    let names: Vec<_> = found.iter().map(|load| load.person.as_str()).collect();
    assert!(!names.contains(&on_call.as_str()) && !names.contains(&"away"));
    assert_eq!(names[0], "new");
    assert!(found.is_sorted_by_key(|load| load.total_seconds));
    assert_eq!(found.len(), 3);
}
