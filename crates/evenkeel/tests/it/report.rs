//! Figures of service quality, printed.

use crate::harness::Home;

#[test]
fn a_report_is_printed_as_table_csv_and_json() {
    let home = Home::new();
    home.run(&["report", "times"]).refused(1, "");
    home.init();
    let table = home.run(&["report", "hops", "--by", "team"]).done().stdout;
    assert!(table.starts_with("Line"), "{table}");
    assert!(table.contains("\nAll "), "{table}");
    let csv = home.run(&["report", "hops", "--csv"]).done().stdout;
    assert!(csv.starts_with("Line,Name,Incidents,"), "{csv}");
    let json = home.run(&["report", "backlog", "--json"]).done().stdout;
    for line in json.lines() {
        let figure: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!(figure["value"], 0.0, "{line}");
    }
    for (format, printed) in [("csv", csv), ("json", json), ("table", table)] {
        let name = if format == "json" { "backlog" } else { "hops" };
        let by: &[&str] = if format == "table" { &["--by", "team"] } else { &[] };
        let asked = [&["report", name, "--format", format][..], by].concat();
        assert_eq!(home.run(&asked).done().stdout, printed, "{format}");
    }
    let ran = home.command(&["report", "times", "--format", "parquet"]).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    assert!(ran.stdout.starts_with(b"PAR1") && ran.stdout.ends_with(b"PAR1"), "{ran:?}");
    home.run(&["report", "times", "--csv", "--format", "json"]).refused(2, "--csv");
    home.run(&["report", "times", "--by", "person"]).refused(1, "by");
}
