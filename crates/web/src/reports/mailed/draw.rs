//! The list of reports that are sent by mail, and the form of one.

use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::reports::words::{by_word, title};
use crate::settings::editing::{Problem, boxes, version_field};
use crate::shell::{Page, Section};
use crate::url;
use desk::reports::mailed::{may_arrange, next_due};
use insight::report::{By, Name, Pace, Past, Turn};
use kernel::{PersonId, limits};
use maud::{Markup, html};
use std::collections::HashMap;
use store::directory::people::Person;
use store::reports::mailed::Mailing;

const TITLE: &str = "Mailed reports";
const WEEK: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A page: the list, or the form of a new one or of one that is there.
pub(super) fn page(who: &SignedIn, stored: Option<bool>, body: Markup) -> Markup {
    let heading = match stored {
        None => TITLE,
        Some(false) => "Mail this report",
        Some(true) => "Change a mailed report",
    };
    let page = Page::new(who, heading)
        .section(Section::Reports)
        .main_class("main main-canvas")
        .crumb(url::REPORTS, "Reports");
    let page = match stored {
        None => page,
        Some(_) => page.crumb(url::MAILED_REPORTS, TITLE),
    };
    page.stream(url::LIVE_INBOX.to_owned()).show(html! {
        div.page {
            div.page-h { div {
                h1 { (heading) }
                p { "Sent with the figures that each reader may see, in their language, and with all lines as a file." }
            } }
            div.stack-l { (body) }
        }
    })
}

/// What was arranged.
pub(super) fn list(who: &SignedIn, all: &[Mailing], names: &HashMap<PersonId, String>) -> Markup {
    if all.is_empty() {
        let words =
            "Open a report and choose “Mail this report”: it comes each day, week or month.";
        return empty("No mailed reports", words, Some((url::REPORTS, "Open the reports")));
    }
    let name = |person: &PersonId| names.get(person).map_or("Somebody who left", String::as_str);
    let edits = may_arrange(who.viewer());
    html! {
        div.card { div.scroll-x tabindex="0" role="region" aria-label=(TITLE) { table.dt {
            thead { tr {
                th scope="col" { "Report" } th scope="col" { "Of" } th scope="col" { "Sent" }
                th scope="col" { "Next" } th scope="col" { "To" } th scope="col" { "Arranged by" }
                @if edits { th scope="col" { span.vh { "Stop" } } }
            } }
            tbody { @for one in all {
                tr {
                    th scope="row" {
                        @if edits { a href=(url::mailed_report(one.id)) { (title(one.report)) } }
                        @else { (title(one.report)) }
                        @if !one.query.is_empty() { br; span.meta { (one.query) } }
                    }
                    td { (past_words(one.past)) }
                    td { (turn_words(one.turn)) br; span.meta { (one.zone) } }
                    td { @if let Some(next) = next_due(one, who.here.now) { (who.here.full(next)) } }
                    td { (one.people.iter().map(name).collect::<Vec<_>>().join(", ")) }
                    td { (name(&one.owner)) }
                    @if edits { td.num {
                        form method="post" action={ (url::mailed_report(one.id)) "/stop" } {
                            button.btn.btn-sm type="submit" aria-label={ "Stop mailing " (title(one.report)) ", " (turn_words(one.turn)) } { "Stop" }
                        }
                    } }
                }
            } }
        } } }
    }
}

/// "Weekly on Monday at 07:00".
fn turn_words(turn: Turn) -> String {
    let hour = format!("{:02}:00", turn.hour);
    match turn.pace {
        Pace::Daily => format!("Daily at {hour}"),
        Pace::Weekly => {
            let day = usize::from(turn.day).checked_sub(1).and_then(|day| WEEK.get(day));
            format!("Weekly on {} at {hour}", day.copied().unwrap_or_default())
        }
        Pace::Monthly if turn.day > 28 => {
            format!("Monthly on day {}, or the last, at {hour}", turn.day)
        }
        Pace::Monthly => format!("Monthly on day {} at {hour}", turn.day),
    }
}

const fn past_words(past: Past) -> &'static str {
    match past {
        Past::Yesterday => "Yesterday",
        Past::LastWeek => "Last week, Monday to Sunday",
        Past::LastMonth => "Last month",
        Past::LastQuarter => "Last quarter",
        Past::LastYear => "Last year",
    }
}

const fn pace_words(pace: Pace) -> &'static str {
    match pace {
        Pace::Daily => "Each day",
        Pace::Weekly => "Each week",
        Pace::Monthly => "Each month",
    }
}

/// The form.
pub(super) fn form(
    who: &SignedIn,
    one: Option<&Mailing>,
    fields: &Fields,
    problem: &Problem,
    offered: &[Person],
) -> Markup {
    let action = one.map_or(url::MAILED_REPORTS.to_owned(), |one| url::mailed_report(one.id));
    html! {
        (problem.banner(who, &action))
        form.card method="post" action=(action) {
            @if let Some(one) = one { (version_field(problem.version(fields, one.version))) }
            div.card-b.stack {
                (what(fields, problem))
                (when(who, fields, problem))
                (readers(fields, problem, offered))
                div.btns {
                    button.btn.btn-primary type="submit" { (icon("check")) "Save" }
                    a.btn.btn-quiet href=(url::MAILED_REPORTS) { "Cancel" }
                }
            }
        }
    }
}

/// Which report, of which days, of which incidents.
fn what(fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let report = fields.text("report").parse::<Name>().ok();
    let lines = report.map_or(By::ALL, |report| report.by());
    let lines: Vec<_> = lines.iter().map(|by| (by.as_str(), by_word(*by))).collect();
    let past: Vec<_> = Past::ALL.iter().map(|past| (past.as_str(), past_words(*past))).collect();
    let which = Field::new("q", "Which incidents")
        .hint("Leave it empty for all that the reader may see, or give a filter, such as service:VPN.")
        .errors(errors);
    html! {
        input type="hidden" name="report" value=(fields.text("report"));
        @if let Some(report) = report { p { "Report: " strong { (title(report)) } } }
        div.form-2 {
            (Field::new("past", "Which days").errors(errors).select(&past, fields.text("past")))
            (Field::new("by", "Lines").errors(errors).select(&lines, fields.text("by")))
            (which.around(html! {
                input.inp id="q" name="q" type="text" value=(fields.text("q")) maxlength=(limits::QUERY_CHARS)
                    autocomplete="off" aria-invalid=[which.invalid()] aria-describedby=[which.described_by()];
            }))
        }
    }
}

/// How often, on which day, at which hour of which zone.
fn when(who: &SignedIn, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let paces: Vec<_> = Pace::ALL.iter().map(|pace| (pace.as_str(), pace_words(*pace))).collect();
    let week: Vec<(String, &str)> =
        WEEK.iter().zip(1..).map(|(day, at): (_, u8)| (at.to_string(), *day)).collect();
    let days: Vec<(String, String)> =
        (1..=31).map(|day: u8| (day.to_string(), day.to_string())).collect();
    let hours: Vec<(String, String)> =
        (0..24).map(|hour: u8| (hour.to_string(), format!("{hour:02}:00"))).collect();
    let instance = who.instance.zone.iana_name().unwrap_or("UTC");
    let mut zones: Vec<&str> = vec![];
    for name in [fields.text("zone"), who.zone_name.as_str(), instance, "UTC"] {
        if !name.is_empty() && !zones.contains(&name) {
            zones.push(name);
        }
    }
    let zones: Vec<(&str, &str)> = zones.into_iter().map(|name| (name, name)).collect();
    html! {
        div.form-2.rp-pace {
            (Field::new("pace", "How often").errors(errors).select(&paces, fields.text("pace")))
            (Field::new("weekday", "Day of the week").hint("For a report that is sent each week.").errors(errors).select(&week, fields.text("weekday")))
            (Field::new("month_day", "Day of the month").hint("For a report that is sent each month. In a shorter month it is sent on the last day.").errors(errors).select(&days, fields.text("month_day")))
            (Field::new("hour", "Hour").errors(errors).select(&hours, fields.text("hour")))
            (Field::new("zone", "Time zone").hint("For the hour, and for where days begin and end.").errors(errors).select(&zones, fields.text("zone")))
        }
        @if let Some(wrong) = errors.of("day") { p.err id="day" { (icon("alert")) (wrong) } }
    }
}

/// Who gets it.
fn readers(fields: &Fields, problem: &Problem, offered: &[Person]) -> Markup {
    let options: Vec<(String, String)> =
        offered.iter().map(|person| (person.id.to_string(), person.name.clone())).collect();
    let people = Field::new("people", "Who gets it")
        .hint("Each person gets figures of what they may see.")
        .errors(&problem.errors);
    html! { div.rp-who { (boxes(&people, &options, fields)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_told_as_people_say_them() {
        for (pace, day, hour, told) in [
            (Pace::Daily, 1, 7, "Daily at 07:00"),
            (Pace::Weekly, 7, 18, "Weekly on Sunday at 18:00"),
            (Pace::Monthly, 1, 0, "Monthly on day 1 at 00:00"),
            (Pace::Monthly, 31, 6, "Monthly on day 31, or the last, at 06:00"),
        ] {
            assert_eq!(turn_words(Turn { pace, day, hour }), told);
        }
    }
}
