//! What is learned and ranked, measured on made-up files.

use crate::harness::Home;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// 120 tickets of three groups that are easily told apart, one of them without a group.
fn tickets() -> String {
    let said = [
        ("Hardware", ["printer is jammed", "monitor flickers", "keyboard is broken"]),
        ("Network", ["vpn drops", "wifi is slow", "proxy refuses"]),
        ("Payroll", ["payslip is wrong", "bonus is missing", "overtime is unpaid"]),
    ];
    let mut text = "number,Document,Topic_group\n".to_owned();
    for n in 0..120 {
        let (group, words) = said[n % 3];
        let group = if n == 60 { "" } else { group };
        text.push_str(&format!("{n},\"{} again, please help\",{group}\n", words[n / 3 % 3]));
    }
    text
}

fn gzipped(home: &Home, name: &str, text: &str) {
    let file = std::fs::File::create(home.path(name)).expect("a file");
    let mut packed = GzEncoder::new(file, Compression::default());
    packed.write_all(text.as_bytes()).and_then(|()| packed.finish().map(drop)).expect("written");
}

#[test]
fn routing_is_measured_beside_the_simple_methods() {
    let home = Home::new();
    home.write("tickets.csv", &tickets());
    let ran = home.run(&["evaluate", "routing", "tickets.csv", "--folds", "2"]).done();
    assert!(ran.stdout.starts_with("119 texts with 3 labels"), "{ran:?}");
    assert!(ran.stdout.contains("1 line has no label"), "{ran:?}");
    for row in ["Evenkeel ", "words, complement naive Bayes ", "most common label ", "Payroll "] {
        assert!(ran.stdout.lines().any(|line| line.starts_with(row)), "{row}: {ran:?}");
    }
    let again = home.run(&["evaluate", "routing", "tickets.csv", "--folds", "2"]).done();
    assert_eq!(again.stdout, ran.stdout);
    assert!(!home.path("evenkeel-data").exists(), "it needs no database");
}

#[test]
fn a_packed_file_gives_the_same_figures_and_json_has_them_all() {
    let home = Home::new();
    home.write("tickets.csv", &tickets());
    gzipped(&home, "tickets.csv.gz", &tickets());
    let plain = home.run(&["evaluate", "routing", "tickets.csv", "--json"]).done();
    let packed = home.run(&["evaluate", "routing", "tickets.csv.gz", "--json"]).done();
    assert_eq!(packed.stdout, plain.stdout);
    let told: serde_json::Value = serde_json::from_str(&plain.stdout).unwrap();
    assert_eq!((told["examples"].as_u64(), told["skipped"].as_u64()), (Some(119), Some(1)));
    assert_eq!(told["ours"]["accuracy"], 1.0);
    assert!(told["most_common"]["accuracy"].as_f64().unwrap() < 0.5);
    assert!(told["ours"]["calibration_error"].as_f64().unwrap() < 0.2, "{told}");
    assert_eq!(told["folds"][0]["ours"]["labels"].as_array().unwrap().len(), 3);
}

#[test]
fn columns_are_named_and_what_lacks_is_said() {
    let home = Home::new();
    let text = tickets().replacen("number,Document,Topic_group", "n,what was said,who", 1);
    home.write("odd.csv", &text);
    home.run(&["evaluate", "routing", "odd.csv"]).refused(1, "--label");
    let named = ["evaluate", "routing", "odd.csv", "--label", "Who"];
    assert!(home.run(&named).done().stdout.starts_with("119 texts"));
    home.run(&[&named[..], &["--text", "said"]].concat()).refused(1, "what was said, who");
    home.run(&["evaluate", "routing", "gone.csv"]).refused(1, "gone.csv");
    home.write("empty.csv", "text,label\n");
    home.run(&["evaluate", "routing", "empty.csv"]).refused(1, "no line");
    home.write("one.csv", &format!("text,label\n{}", "printer jams,Hardware\n".repeat(20)));
    home.run(&["evaluate", "routing", "one.csv"]).refused(1, "only one label");
    home.run(&["evaluate", "routing", "one.csv", "--folds", "0"]).refused(2, "--folds");
}

/// Reports of which some are about the same, told in other words.
const REPORTS: &str = "\
Summary,Issue id,Created,Description
Printer in room 4 jams,1,2020-01-02 17:14:21+00:00,\"It says \"\"paper jam\"\", every morning\"
VPN client drops the tunnel,2,2020-01-03 08:00:00+00:00,Since the update
Canteen menu is missing,3,2020-01-03 09:00:00+00:00,
Paper jams in the printer of room 4,4,2020-01-04 10:00:00+00:00,Again this morning
Tunnel of the vpn drops,5,2020-01-05 11:00:00+00:00,After the update of the client
Badge does not open the door,6,2020-01-05 12:00:00+00:00,Side entrance
Door of the lift stays open,7,,Third floor
";

#[test]
fn duplicates_are_ranked_beside_the_cosine() {
    let home = Home::new();
    gzipped(&home, "reports.csv.gz", REPORTS);
    home.write("links.csv", "Issue id,Duplicate id\n1,\"4, 99\"\n4,1\n5,2\n6,98\n97,1\n");
    let asked = ["evaluate", "duplicates", "reports.csv.gz", "links.csv"];
    let ran = home.run(&asked).done();
    assert!(ran.stdout.starts_with("7 reports; 3 of them have a duplicate"), "{ran:?}");
    assert!(ran.stdout.contains("recall@5") && ran.stdout.contains("TF-IDF cosine"), "{ran:?}");
    let told = home.run(&[&asked[..], &["--json"]].concat()).done();
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((told["reports"].as_u64(), told["asked"].as_u64()), (Some(7), Some(3)));
    assert_eq!(told["ours"]["recall_at_5"], 1.0);
    assert_eq!(told["ours"]["mean_reciprocal_rank"], 1.0);
    assert_eq!(told["plain"]["recall_at_10"], 1.0);
}

#[test]
fn links_that_lead_nowhere_are_said() {
    let home = Home::new();
    home.write("reports.csv", REPORTS);
    home.write("links.csv", "Issue id,Duplicate id\n1,99\n98,2\n3,3\n");
    home.run(&["evaluate", "duplicates", "reports.csv", "links.csv"]).refused(1, "same numbers");
    home.write("narrow.csv", "id\n1\n");
    home.run(&["evaluate", "duplicates", "reports.csv", "narrow.csv"])
        .refused(1, "its columns are");
    home.write("nameless.csv", "a,b\n1,2\n");
    home.run(&["evaluate", "duplicates", "nameless.csv", "links.csv"]).refused(1, "id or number");
}

/// 300 cases: urgent ones take 4 hours from their report, others 40, an hour of it until
/// somebody looks. One has one event, and lines are in no order.
fn events() -> String {
    let mut lines = Vec::new();
    for n in 0..300_u32 {
        let (priority, hours) = if n % 3 == 0 { ("P1", 4) } else { ("P3", 40) };
        let at = |hours: u32| {
            let minutes = hours * 60 + n % 50;
            let (day, hour) = (1 + n % 20 + minutes / 1_440, minutes / 60 % 24);
            format!("2026/03/{day:02} {hour:02}:{:02}:00.000", minutes % 60)
        };
        lines.push(format!("Case {n},New,{},Value {priority},gone", at(0)));
        lines.push(format!("Case {n},In progress,{},Value {priority},gone", at(1)));
        lines.push(format!("Case {n},Closed,{},Value {priority},\"here, or there\"", at(hours)));
    }
    lines.push("Case 999,New,2026/03/01 00:00:00.000,Value P1,gone".to_owned());
    lines.push("Case 998,New,some day,Value P1,gone".to_owned());
    lines.reverse();
    format!("Case ID,Activity,Complete Timestamp,Priority,Variant\n{}\n", lines.join("\n"))
}

#[test]
fn expected_times_are_measured_beside_the_simple_methods() {
    let home = Home::new();
    home.write("events.csv", &events());
    let ran = home.run(&["evaluate", "remaining", "events.csv"]).done();
    assert!(ran.stdout.starts_with("300 cases with 901 events; asked 600 times"), "{ran:?}");
    assert!(ran.stdout.contains("Cases with one event, left out: 1."), "{ran:?}");
    assert!(ran.stdout.contains("Lines without a case or a time, left out: 1."), "{ran:?}");
    assert!(ran.stdout.contains("Looked at beside activities and times: Priority."), "{ran:?}");
    for row in [
        "Evenkeel ",
        "mean per number of events ",
        "median per last activity ",
        "By time: learned from the ",
        "New ",
        "1 hour ",
    ] {
        assert!(ran.stdout.lines().any(|line| line.starts_with(row)), "{row}: {ran:?}");
    }
    assert_eq!(home.run(&["evaluate", "remaining", "events.csv"]).done().stdout, ran.stdout);
    assert!(!home.path("evenkeel-data").exists(), "it needs no database");
}

#[test]
fn json_has_the_errors_and_how_often_intervals_held() {
    let home = Home::new();
    gzipped(&home, "events.csv.gz", &events());
    let asked = ["evaluate", "remaining", "events.csv.gz", "--folds", "3", "--json"];
    let told: serde_json::Value = serde_json::from_str(&home.run(&asked).done().stdout).unwrap();
    let number = |name: &str| told[name].as_f64().unwrap();
    assert!(number("ours_error") < 0.05, "{told}");
    assert!(number("mean_per_length_error") > 0.4, "{told}");
    assert!(number("median_per_activity_error") > 0.4, "{told}");
    assert_eq!(
        (told["grouped_by"].as_str(), told["skipped_lines"].as_u64()),
        (Some("Priority"), Some(1))
    );
    assert_eq!(told["ours"]["silent"], 0.0);
    assert!(told["ours"]["coverage"].as_f64().unwrap() > 0.7, "{told}");
    let names: Vec<&str> =
        told["groups"].as_array().unwrap().iter().filter_map(|g| g["name"].as_str()).collect();
    // Of the other group there are fewer than 200 cases.
    assert_eq!(names, ["Value P3"]);
    assert_eq!(told["activities"].as_array().unwrap().len(), 2);
    // All cases wait longer than an hour, those of P3 longer than a day.
    let waited: Vec<&str> =
        told["waiting"].as_array().unwrap().iter().filter_map(|g| g["name"].as_str()).collect();
    assert_eq!(waited, ["1 hour", "4 hours", "12 hours", "1 day"]);
    let later = &told["by_time"];
    let count = |name: &str| later[name].as_u64().unwrap();
    assert_eq!(count("learned_cases") + count("asked_cases") + count("left_out_cases"), 300);
    assert!(count("asked_cases") >= 60 && count("left_out_cases") > 0, "{told}");
    assert!(later["ours_error"].as_f64().unwrap() < 0.2, "{told}");
    assert!(later["mean_per_length_error"].as_f64().unwrap() > 0.4, "{told}");
}

#[test]
fn columns_of_an_event_log_are_named_and_what_lacks_is_said() {
    let home = Home::new();
    let odd =
        events().replacen("Case ID,Activity,Complete Timestamp,Priority", "who,what,when,how", 1);
    home.write("odd.csv", &odd);
    home.run(&["evaluate", "remaining", "odd.csv"]).refused(1, "--case");
    let named = [
        "evaluate",
        "remaining",
        "odd.csv",
        "--case",
        "who",
        "--activity",
        "what",
        "--time",
        "when",
    ];
    assert!(home.run(&named).done().stdout.starts_with("300 cases"));
    let grouped = home.run(&[&named[..], &["--group", "how"]].concat()).done();
    assert!(grouped.stdout.contains("Value P3 "), "{grouped:?}");
    home.run(&[&named[..], &["--fact", "why"]].concat()).refused(1, "\"why\"");
    home.run(&["evaluate", "remaining", "gone.csv"]).refused(1, "gone.csv");
    home.run(&["evaluate", "remaining", "odd.csv", "--folds", "1"]).refused(2, "--folds");
    home.write("few.csv", "case,activity,time\n1,New,2026-03-01 10:00\n1,Done,2026-03-01 11:00\n");
    home.run(&["evaluate", "remaining", "few.csv"]).refused(1, "too few");
}
