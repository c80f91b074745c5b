//! A report that is sent by itself: its main figures in the letter, all of them in the file that
//! goes with it, and the way to the report with these very days.

use crate::letter::{File, Letter, Piece, one_line};
use crate::material::Here;
use desk::reports::Report;
use desk::reports::mailed::Mailed;
use insight::report::{By, Cell, Column, Line, Name, Table, Unit};
use jiff::civil::Date;
use kernel::{Language, encoded};
use locale::Reports;

/// Lines of the letter at most: a letter is read at a glance.
const LINES_MAX: usize = 12;
/// What stands where nothing was there to count.
const NO_FIGURE: &str = "–";

/// The letter; `from` is who arranged it, `stop` where its reader ends such letters.
pub(crate) fn letter(
    mailed: &Mailed,
    from: &str,
    public_url: &str,
    stop: &str,
    here: &Here,
) -> Letter {
    let (report, mailing) = (&*mailed.report, &mailed.mailing);
    let say = locale::reports(here.language);
    let title = say.mailed_report(report.name.as_str());
    let day = |date: Date| told_day(date, here.language);
    let (first, last) = (day(report.period.from()), day(report.period.to()));
    let mut pieces = vec![Piece::Text(say.mailed_days(&first, &last, one_line(&mailing.zone)))];
    if !mailing.query.trim().is_empty() {
        pieces.push(Piece::Text(say.mailed_filter(one_line(&mailing.query))));
    }
    pieces.extend(figures(mailed, say));
    pieces.push(Piece::Text(say.mailed_own().to_owned()));
    pieces.push(Piece::Links(vec![(say.mailed_open(), address(mailed, public_url))]));
    pieces.push(Piece::File(file(mailed)));
    pieces.push(Piece::Links(vec![(say.mailed_stop(), stop.to_owned())]));
    Letter {
        language: here.language,
        subject: one_line(&say.mailed_subject(&title, &first, &last)),
        pieces,
        why: say.mailed_why(one_line(from)),
    }
}

/// The report with these very days, lines and incidents.
fn address(mailed: &Mailed, public_url: &str) -> String {
    let (report, mailing) = (&mailed.report, &mailed.mailing);
    let (from, to) = (report.period.from(), report.period.to());
    let name = report.name;
    let mut address = format!(
        "{public_url}/reports/{name}?period=own&from={from}&to={to}&by={}&zone={}",
        report.by,
        encoded(&mailing.zone)
    );
    if !mailing.query.is_empty() {
        address.push_str(&format!("&q={}", encoded(&mailing.query)));
    }
    address
}

fn file(mailed: &Mailed) -> File {
    let report = &*mailed.report;
    let (from, to) = (report.period.from(), report.period.to());
    File {
        name: format!("{}-{from}-{to}.csv", report.name),
        media_type: "text/csv; charset=utf-8",
        text: desk::reports::csv(report, |key| report.label(&mailed.names, key)),
    }
}

/// The main figures as a table, and that there are more.
fn figures(mailed: &Mailed, say: Reports) -> Vec<Piece> {
    let report = &*mailed.report;
    let table = report.tables.first().filter(|table| !table.lines.is_empty());
    let Some(table) = table else { return vec![Piece::Text(say.mailed_nothing().to_owned())] };
    // Of days the last ones are the news, of everything else the first ones.
    let skipped = match report.name {
        Name::Backlog => table.lines.len().saturating_sub(LINES_MAX),
        _ => 0,
    };
    let shown = table.lines.iter().skip(skipped).take(LINES_MAX);
    let places = places(report.name, table);
    let mut head = vec![say.mailed_line().to_owned()];
    let cells: Vec<Vec<String>> = match report.name {
        // Of 24 hours the sum of the day.
        Name::Arrivals => {
            head.push(say.mailed_column("incidents", ""));
            shown.map(|line| vec![named(mailed, line, say), whole_day(line, say)]).collect()
        }
        _ => {
            let columns = places.iter().filter_map(|place| table.columns.get(*place));
            head.extend(columns.map(|column| above(report.name, column, say)));
            shown.map(|line| cells_of(mailed, table, line, &places, say)).collect()
        }
    };
    let mut pieces = vec![Piece::Table(head, cells)];
    if table.lines.len() > LINES_MAX {
        pieces.push(Piece::Text(say.mailed_more().to_owned()));
    }
    pieces
}

/// The columns that matter most, by their keys.
const fn main_columns(name: Name) -> &'static [&'static str] {
    match name {
        Name::Compliance => {
            &["incidents", "response_share", "resolution_share", "resolution_breached"]
        }
        Name::Times => &["incidents", "acknowledge_median", "respond_median", "resolve_median"],
        Name::Backlog => &["open", "in", "out"],
        Name::Arrivals => &[],
        Name::Reopenings => &["incidents", "reopened", "share"],
        Name::Hops => &["incidents", "moved", "share", "mean"],
        Name::FirstContact => &["decided", "solved", "share"],
        Name::Workload => &["incidents", "open", "resolved", "work"],
        Name::OnCall => &["pages", "night", "answered", "median"],
        Name::Communication => &["incidents", "kept", "missed", "share"],
        Name::Downtime => &["outages", "out", "available"],
        Name::Satisfaction => &["over", "rated", "mean", "low"],
    }
}

/// Where they stand in a table.
fn places(name: Name, table: &Table) -> Vec<usize> {
    let place = |key: &&str| table.columns.iter().position(|column| column.key == **key);
    main_columns(name).iter().filter_map(place).collect()
}

/// What stands above a column. What went out of the backlog is not what was out of service.
fn above(name: Name, column: &Column, say: Reports) -> String {
    let key = match (name, column.key.as_str()) {
        (Name::Backlog, "out") => "went",
        (_, key) => key,
    };
    say.mailed_column(key, &column.title)
}

fn cells_of(
    mailed: &Mailed,
    table: &Table,
    line: &Line,
    places: &[usize],
    say: Reports,
) -> Vec<String> {
    let figure = |place: &usize| match (table.columns.get(*place), line.cells.get(*place)) {
        (Some(column), Some(cell)) => told(cell, column.unit, say.language()),
        _ => NO_FIGURE.to_owned(),
    };
    std::iter::once(named(mailed, line, say)).chain(places.iter().map(figure)).collect()
}

fn whole_day(line: &Line, say: Reports) -> String {
    let sum: f64 = line.cells.iter().filter_map(|cell| cell.value).sum();
    locale::number(say.language(), sum as i64)
}

/// What a line is called.
fn named(mailed: &Mailed, line: &Line, say: Reports) -> String {
    let report: &Report = &mailed.report;
    let names = locale::date_names(say.language());
    const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let weekday =
        WEEK.iter().position(|day| *day == line.key).and_then(|at| names.weekdays.get(at));
    match (line.key.as_str(), weekday) {
        ("all", _) => say.mailed_all().to_owned(),
        ("none", _) => say.mailed_none().to_owned(),
        (_, Some(day)) => (*day).to_owned(),
        (key, None) => match (report.by, key.parse::<Date>()) {
            (By::Month, Ok(date)) => format!("{:02}/{}", date.month(), date.year()),
            (_, Ok(date)) => told_day(date, say.language()),
            (_, Err(_)) => one_line(&report.label(&mailed.names, key)),
        },
    }
}

fn told_day(date: Date, language: Language) -> String {
    let noon = date.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    noon.map_or(date.to_string(), |at| locale::date(language, &at, true))
}

/// A figure as its reader writes numbers; signs of units are the same in every language.
fn told(cell: &Cell, unit: Unit, language: Language) -> String {
    let Some(value) = cell.value else { return NO_FIGURE.to_owned() };
    match unit {
        Unit::Count | Unit::Amount => locale::number(language, value.round() as i64),
        Unit::Share => format!("{}\u{a0}%", tenths(value * 100.0, language)),
        Unit::Number => tenths(value, language),
        Unit::Seconds => length(value.round() as i64),
    }
}

fn tenths(value: f64, language: Language) -> String {
    let text = format!("{value:.1}");
    match language {
        Language::En => text,
        _ => text.replace('.', ","),
    }
}

/// "2 d 4 h", "3 h 5 min", "12 min", "40 s".
fn length(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        86_400.. => format!("{days} d {} h", hours % 24),
        3_600.. => format!("{hours} h {} min", minutes % 60),
        60.. => format!("{minutes} min"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_their_reader_writes_them() {
        let cell = |value| Cell { value, counted: 1 };
        for (value, unit, language, told_as) in [
            (Some(0.976), Unit::Share, Language::En, "97.6\u{a0}%"),
            (Some(0.976), Unit::Share, Language::De, "97,6\u{a0}%"),
            (Some(12_345.0), Unit::Count, Language::De, "12.345"),
            (Some(2.25), Unit::Number, Language::Fr, "2,2"),
            (Some(11_100.0), Unit::Seconds, Language::Pl, "3 h 5 min"),
            (Some(187_200.0), Unit::Seconds, Language::En, "2 d 4 h"),
            (None, Unit::Seconds, Language::En, NO_FIGURE),
        ] {
            assert_eq!(told(&cell(value), unit, language), told_as);
        }
    }

    #[test]
    fn every_report_shows_columns_that_it_has_in_words_of_each_language() {
        for name in Name::ALL.iter().copied() {
            let known = insight::report::columns(name);
            for key in main_columns(name) {
                let has = known.iter().any(|column| column.key == *key);
                assert!(has || name == Name::Backlog, "{name} has no {key}");
                for language in Language::ALL {
                    let words = locale::reports(*language).mailed_column(key, "(untold)");
                    assert_ne!(words, "(untold)", "{key} in {language}");
                }
            }
        }
    }
}
