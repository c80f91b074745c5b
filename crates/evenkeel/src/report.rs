//! `evenkeel report`: figures of service quality without the browser. Whoever has the data sees
//! all of it.

use crate::cli::{ReportArgs, ReportForm};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::output;
use desk::reports::{Asked, Report, csv, ndjson};
use incident::{TokenScope, Viewer};
use insight::report::{Cell, Column, Unit};
use kernel::{PersonId, Role};
use std::collections::{BTreeSet, HashMap};

/// Prints a report.
pub(crate) async fn run(args: &ReportArgs, settings: &Settings) -> Result<(), Failed> {
    let desk = instance::open(settings, Missing::Refuse).await?;
    // Where no server has measured what there is, it is measured now.
    while desk.follow_reports().await? {}
    let asked = Asked { by: args.by, from: args.from, to: args.to, ..Asked::usual(args.name) };
    if args.form() == ReportForm::Parquet {
        return output::bytes(&desk.report_rows(&everything(), &asked).await?.parquet);
    }
    let report = desk.report(&everything(), &asked).await?;
    let names = desk.report_names(&report).await?;
    let label = |key: &str| report.label(&names, key);
    match args.form() {
        ReportForm::Csv => output::line(csv(&report, label).trim_end()),
        ReportForm::Json => output::line(ndjson(&report, label).trim_end()),
        ReportForm::Table | ReportForm::Parquet => tables(&report, &names),
    }
}

fn everything() -> Viewer {
    Viewer {
        person: PersonId(Default::default()),
        name: desk::command_line().name,
        roles: BTreeSet::from([Role::Auditor]),
        teams: BTreeSet::new(),
        organisation: None,
        scope: TokenScope::Read,
    }
}

fn tables(report: &Report, names: &HashMap<String, String>) -> Result<(), Failed> {
    for (place, table) in report.tables.iter().enumerate() {
        if place > 0 {
            output::line("")?;
        }
        let titles = table.columns.iter().map(|column| column.title.as_str());
        let headings: Vec<&str> = std::iter::once("Line").chain(titles).collect();
        let rows: Vec<Vec<String>> = table
            .lines
            .iter()
            .map(|line| {
                let figures = table.columns.iter().zip(&line.cells);
                let figures = figures.map(|(column, cell)| figure(column, cell));
                std::iter::once(report.label(names, &line.key)).chain(figures).collect()
            })
            .collect();
        output::table(&headings, &rows)?;
    }
    Ok(())
}

fn figure(column: &Column, cell: &Cell) -> String {
    let Some(value) = cell.value else { return "-".to_owned() };
    match column.unit {
        Unit::Count => format!("{value}"),
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::Seconds => format!("{value:.0} s"),
        Unit::Number => format!("{value:.2}"),
        Unit::Amount => format!("{value:.0}"),
    }
}
