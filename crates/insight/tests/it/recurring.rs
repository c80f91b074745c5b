//! What comes again and again: what belongs together, where it goes, whether it helped.

use insight::recurring::{
    CLUSTER_MIN, Cluster, Seen, Trend, WEEKS, clusters, trend, verdict, weeks,
};
use insight::review::Told;
use kernel::{IncidentNumber, ServiceId, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NOW: Timestamp = Timestamp::from_micros(1_795_435_200_000_000);

fn service(number: u128) -> Option<ServiceId> {
    format!("00000000-0000-4000-8000-{number:012}").parse().ok()
}

fn seen(number: i64, title: &str) -> Seen {
    let (number, title) = (IncidentNumber(number), title.to_owned());
    Seen { number, title, service: service(1), category: None, group: None, problem: None }
}

/// Some that have nothing in common, so that words have a rarity.
fn others() -> Vec<Seen> {
    [
        "Payslip of October is missing",
        "Monitor flickers after lunch",
        "New laptop for a colleague",
        "Door badge is not accepted",
        "Shared mailbox cannot be opened",
        "Route planner shows yesterday",
    ]
    .iter()
    .zip(900..)
    .map(|(title, number)| seen(number, title))
    .collect()
}

fn of(found: &[Cluster], number: i64) -> &Cluster {
    let number = IncidentNumber(number);
    found.iter().find(|one| one.members.contains(&number)).unwrap()
}

fn numbers(all: &[i64]) -> BTreeSet<IncidentNumber> {
    all.iter().copied().map(IncidentNumber).collect()
}

#[test]
fn what_says_nearly_the_same_of_one_service_belongs_together() {
    let mut all = others();
    all.extend([
        seen(1, "Label printer on line 4 prints blank labels"),
        seen(2, "Label printer on line 17 prints blank labels"),
        seen(3, "label printer, line 9: prints BLANK labels"),
        seen(4, "VPN drops every few minutes"),
        Seen { service: service(2), ..seen(5, "Label printer on line 4 prints blank labels") },
    ]);
    let found = clusters(&all, &[]);
    assert_eq!(of(&found, 1).members, numbers(&[1, 2, 3]));
    assert_eq!(of(&found, 4).members, numbers(&[4]));
    assert_eq!(of(&found, 5).members, numbers(&[5]), "it is of another service");
    let name = &of(&found, 1).name;
    assert!(name.contains("blank") && name.contains("printer"), "{name}");
    assert!(!name.chars().any(char::is_numeric), "{name}");
}

#[test]
fn a_common_alert_brings_incidents_nearer() {
    let grouped = |number: i64, title: &str, group: &str| Seen {
        group: Some(group.to_owned()),
        ..seen(number, title)
    };
    let titles = ["Disk of db-1 is nearly full", "Disk usage of archive above limit"];
    let mut apart = others();
    apart.extend([grouped(1, titles[0], "a"), grouped(2, titles[1], "b")]);
    assert_eq!(of(&clusters(&apart, &[]), 1).members, numbers(&[1]));
    let mut together = others();
    let by_problem = |one: Seen| Seen { problem: Some(7), ..one };
    together
        .extend([by_problem(grouped(1, titles[0], "a")), by_problem(grouped(2, titles[1], "a"))]);
    assert_eq!(of(&clusters(&together, &[]), 1).members, numbers(&[1, 2]));
    // No word of theirs is common: none of them names all.
    let mut nameless = others();
    for (number, title) in (1..).zip(["Feed stalled", "Queue grows", "Certificate expired"]) {
        nameless.push(by_problem(grouped(number, title, "a")));
    }
    let found = clusters(&nameless, &[]);
    let cluster = of(&found, 1);
    assert_eq!(cluster.members, numbers(&[1, 2, 3]));
    assert_eq!(cluster.name, "different words");
}

#[test]
fn a_cluster_that_was_known_stays_the_same_one() {
    let mut all = others();
    all.extend([
        seen(11, "Scanner loses its connection"),
        seen(12, "Scanner loses its connection"),
        seen(13, "Scanner loses its connection"),
    ]);
    // Its first incident is not there any more, and one that is new has a lower number.
    let known = [numbers(&[901]), numbers(&[8, 12])];
    let found = clusters(&all, &known);
    let cluster = of(&found, 11);
    assert_eq!((cluster.known, cluster.centre), (Some(1), IncidentNumber(12)));
    assert_eq!(cluster.members, numbers(&[11, 12, 13]));
    // The first goes to another service: the others stay what they were.
    let last = all.len() - 3;
    all[last].service = service(2);
    let moved = clusters(&all, &[numbers(&[11, 12, 13])]);
    assert_eq!((of(&moved, 12).known, of(&moved, 11).known), (Some(0), None));
    // One of which nothing is left gives no cluster.
    let gone = clusters(&all, &[numbers(&[8])]);
    assert!(gone.iter().all(|one| one.known.is_none()));
}

#[test]
fn what_says_nothing_belongs_nowhere() {
    let all = [seen(1, "???"), seen(2, "???"), seen(3, "404"), seen(4, "404"), seen(5, "404")];
    let found = clusters(&all, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].members, found[0].name.as_str()), (&numbers(&[3, 4, 5]), "404"));
    assert!(found[0].members.len() >= CLUSTER_MIN);
}

fn days_ago(days: i64) -> Timestamp {
    NOW.plus_days(-days)
}

#[test]
fn a_trend_is_told_only_where_counts_say_so() {
    let since = days_ago(365);
    let rising: Vec<Timestamp> = (1..=20).map(days_ago).chain([days_ago(100)]).collect();
    let steady: Vec<Timestamp> = (0..40).map(|place| days_ago(place * 6 + 1)).collect();
    let falling: Vec<Timestamp> = (0..40).map(|place| days_ago(60 + place * 3)).collect();
    for (reported, wanted) in [
        (rising, Trend::Rising),
        (steady, Trend::Steady),
        (falling, Trend::Falling),
        (vec![days_ago(70), days_ago(3)], Trend::Unclear),
        (vec![], Trend::Unclear),
    ] {
        let compared = trend(&reported, since, NOW);
        assert_eq!(Trend::of(&compared), wanted, "{compared:?}");
    }
    let compared = trend(&[days_ago(3)], since, NOW);
    let words = Trend::of(&compared).words(&compared);
    assert_eq!(words, "Too few to tell: 1 in the last 56 days, 0 in the 180 before");
}

#[test]
fn weeks_are_counted_backwards_from_now() {
    let counts = weeks(&[days_ago(0), days_ago(6), days_ago(8), days_ago(999)], NOW);
    assert_eq!(counts.len(), WEEKS);
    assert_eq!(counts[WEEKS - 2..], [1, 2]);
    assert_eq!(counts.iter().sum::<u32>(), 3);
}

#[test]
fn that_it_helped_is_said_only_where_counts_say_so() {
    let since = days_ago(365);
    let many: Vec<Timestamp> = (0..60).map(|place| days_ago(60 + place * 2)).collect();
    let with = |more: &[i64]| {
        let mut all = many.clone();
        all.extend(more.iter().copied().map(days_ago));
        all
    };
    let helped = verdict(&with(&[20, 40]), since, days_ago(60), NOW);
    assert_eq!(helped.effect.told, Told::Fewer);
    assert!(helped.words().starts_with("It helped"), "{}", helped.words());
    let ratio = helped.ratio.unwrap();
    assert!(ratio.low < ratio.rate && ratio.rate < ratio.high && ratio.high < 1.0, "{ratio:?}");
    let none = verdict(&many, since, days_ago(59), NOW);
    assert_eq!((none.effect.told, none.ratio), (Told::Fewer, None), "no interval of nothing");
    let early = verdict(&with(&[2]), since, days_ago(3), NOW);
    assert_eq!(early.effect.told, Told::TooEarly);
    assert!(!early.words().contains("helped"), "{}", early.words());
}

prop_compose! {
    fn titles()(drawn in proptest::collection::vec(
        (
            proptest::sample::subsequence(
                vec!["label", "printer", "blank", "vpn", "slow", "login", "7", "the", "error"], 0..5,
            ),
            0_u128..3,
            proptest::option::of(0_i64..3),
            proptest::option::of("[ab]"),
        ), 0..32,
    )) -> Vec<Seen> {
        let one = |(number, (words, of, problem, group)): (i64, (Vec<&str>, u128, _, _))| Seen {
            service: service(of).filter(|_| of > 0),
            problem,
            group,
            ..seen(number, &words.join(" "))
        };
        (1..).zip(drawn).map(one).collect()
    }
}

proptest! {
    #[test]
    fn identical_titles_of_one_service_end_together(all in titles(), split in 0_usize..32) {
        let known: Vec<BTreeSet<IncidentNumber>> =
            clusters(&all[..split.min(all.len())], &[]).into_iter().map(|one| one.members).collect();
        let found = clusters(&all, &known);
        let mut went: BTreeMap<(Option<ServiceId>, &str), usize> = BTreeMap::new();
        for one in &all {
            let place = found.iter().position(|cluster| cluster.members.contains(&one.number));
            if let Some(place) = place {
                prop_assert_eq!(found[place].service, one.service);
                let before = *went.entry((one.service, one.title.as_str())).or_insert(place);
                prop_assert_eq!(before, place);
            }
        }
    }

    #[test]
    fn each_incident_is_in_one_cluster_at_most_whatever_the_order(all in titles()) {
        let found = clusters(&all, &[]);
        let together: usize = found.iter().map(|one| one.members.len()).sum();
        let each: BTreeSet<_> = found.iter().flat_map(|one| &one.members).collect();
        prop_assert_eq!(together, each.len());
        let said = all.iter().filter(|one| !one.title.is_empty()).count();
        prop_assert_eq!(together, said);
        for one in &found {
            prop_assert!(one.members.contains(&one.centre));
        }
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(found, clusters(&turned, &[]));
    }

    #[test]
    fn what_was_found_is_found_again(all in titles()) {
        let first = clusters(&all, &[]);
        let known: Vec<BTreeSet<IncidentNumber>> =
            first.iter().map(|one| one.members.clone()).collect();
        let again = clusters(&all, &known);
        prop_assert_eq!(again.len(), first.len());
        for (place, one) in again.iter().enumerate() {
            prop_assert_eq!(one.known, Some(place));
            prop_assert_eq!(one.centre, first[place].centre);
        }
    }
}
