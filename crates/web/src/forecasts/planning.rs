//! How the page of planning looks.

use super::Form;
use super::draw::share;
use crate::app::App;
use crate::auth::SignedIn;
use crate::part::duration;
use crate::part::form::Field;
use crate::part::time::{self, counted};
use crate::shell::{Page, Section};
use crate::url;
use desk::planning::{Handling, Hour, Plan, Staffed};
use insight::line::{Rehearsed, Went};
use kernel::{InOrder, Timestamp};
use maud::{Markup, html};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS: usize = 24;
/// Shades of a map of the week.
const SHADES: f64 = 5.0;
/// Waiting times from which the shades of the what-if begin, in seconds.
const WAITS: [f64; 5] = [1.0, 60.0, 300.0, 900.0, 3_600.0];

/// The page; without a plan the form says what is wrong.
pub(super) fn page(app: &App, who: &SignedIn, form: &Form, plan: Option<&Plan>) -> Markup {
    let main = html! {
        div.page.page-w {
            div.page-h {
                div {
                    h1 { "Planning" }
                    p { "What comes at each hour of the week, how many people it takes to answer in time, and how long people wait with those that there are." }
                }
            }
            (form.errors.summary())
            div.stack-l {
                (inputs(app, form))
                @if let Some(plan) = plan { (results(who, form, plan)) }
                (others())
            }
        }
    };
    Page::new(who, "Planning")
        .section(Section::Reports)
        .crumb(url::REPORTS, "Reports")
        .main_class("main main-canvas")
        .show(main)
}

fn inputs(app: &App, form: &Form) -> Markup {
    let policy = app.desk.policy();
    let mut teams: Vec<(String, String)> =
        policy.teams.iter().map(|(id, team)| (id.to_string(), team.name.clone())).collect();
    teams.order_by(|one, other| one.1.cmp(&other.1));
    teams.insert(0, (String::new(), "All teams".to_owned()));
    let (asked, text) = (&form.asked, |name: &str| form.fields.text(name).to_owned());
    let or = |name: &str, usual: String| match form.fields.get(name) {
        Some(sent) => sent.to_owned(),
        None => usual,
    };
    let field = |id, label| Field::new(id, label).errors(&form.errors);
    let within = duration::exact(asked.within_seconds);
    html! {
        form.card method="get" action=(url::PLANNING) aria-label="What to plan with" {
            div.card-b.stack {
                div.form-2 {
                    (field("team", "Team").select(&teams, &text("team")))
                    (field("handling", "Time that one takes").hint("Such as 20 min. Empty: as was logged").input("text", &text("handling")))
                    (field("per_cent", "Answered in time, per cent").input("number", &or("per_cent", asked.per_cent.to_string())))
                    (field("within", "In time is within").hint("Such as 15 min").input("text", &or("within", within)))
                    (field("patience", "People give up after").hint("On average. Empty: never").input("text", &text("patience")))
                    (field("lost", "May give up, per cent").input("number", &or("lost", asked.lost_per_cent.to_string())))
                    (field("weekday", "People from Mon to Fri").hint("By hour, such as 8-18 6, 18-22 2. Empty: no what-if").input("text", &text("weekday")))
                    (field("weekend", "People on Sat and Sun").hint("In the same way").input("text", &text("weekend")))
                    (field("calendar", "Working hours in the what-if").hint("For the test with past reports").select(&calendars(app), &text("calendar")))
                    (field("weeks", "Past weeks to test with").input("number", &or("weeks", asked.weeks.to_string())))
                }
                div.btns { button.btn.btn-primary type="submit" { "Compute" } }
            }
        }
    }
}

fn results(who: &SignedIn, form: &Form, plan: &Plan) -> Markup {
    let here = &who.here;
    html! {
        @if plan.hours.is_empty() {
            section.card { div.card-b {
                p.muted { "Too little is known: each hour of the week must have been seen " (plan.weeks_min) " times. Reports are known since " (time::moment(plan.since, here)) "." }
            } }
        } @else {
            section.card aria-labelledby="demand" {
                div.card-h { h2 id="demand" { "What comes" } }
                div.card-b.stack {
                    p { (counted(plan.counted as i64, "report")) " since " (time::moment(plan.since, here)) ", by the clock of this instance. Confidential incidents are not counted. Each number is the mean of that hour." }
                    (map("Reports by weekday and hour of day", &demand(plan)))
                }
            }
            section.card aria-labelledby="agents" {
                div.card-h { h2 id="agents" { "People it takes" } }
                div.card-b.stack {
                    p { (handling(plan)) " So many people answer " (form.asked.per_cent) "% within " (duration::exact(form.asked.within_seconds)) " if all wait (Erlang C)." }
                    (map("People by weekday and hour of day", &agents(plan)))
                }
            }
            @if form.asked.staff.is_some() {
                section.card aria-labelledby="what-if" {
                    div.card-h { h2 id="what-if" { "What if these are there" } }
                    div.card-b.stack {
                        p {
                            "How long people wait on average with the people that you named"
                            @if form.asked.patience_seconds.is_some() { ", when they give up (Erlang A)" } @else { ", when all wait (Erlang C)" }
                            ". \"never\" is a line that grows without end."
                        }
                        (map("Waiting time by weekday and hour of day", &waits(plan)))
                    }
                }
            }
            @if let Some((since, went)) = &plan.rehearsed { (rehearsed(who, form, *since, went)) }
            (table(form, plan))
        }
    }
}

/// The calendars by which people can be there.
fn calendars(app: &App) -> Vec<(String, String)> {
    let policy = app.desk.policy();
    let latest = policy.calendars.latest().into_iter().filter(|known| !known.hours.retired);
    let named =
        latest.map(|known| (known.hours.reference.id.to_string(), known.hours.name.clone()));
    std::iter::once((String::new(), "Only the hours above".to_owned())).chain(named).collect()
}

/// What really came, run with the people that were named.
fn rehearsed(who: &SignedIn, form: &Form, since: Timestamp, went: &Rehearsed) -> Markup {
    let whole = &went.whole;
    html! {
        section.card aria-labelledby="rehearsed" {
            div.card-h { h2 id="rehearsed" { "What came, with these people" } }
            div.card-b.stack {
                p {
                    (counted(i64::from(whole.came), "report")) " since " (time::moment(since, &who.here))
                    ", answered in turn by the people you named. How long each one takes varies by chance around the average, the same way every time. Nobody gives up, and people finish what they have begun before they go home."
                }
                @if let (Some(mean), Some(in_time)) = (whole.mean_seconds, whole.in_time) {
                    dl.props {
                        div { dt { "Waiting on average" } dd { (waited(mean)) } }
                        div { dt { "Within " (duration::exact(form.asked.within_seconds)) } dd { (share(in_time)) } }
                        div { dt { "Waiting at a time" } dd { (number(whole.queue)) } }
                        div { dt { "Longest" } dd { (waited(went.longest_seconds)) } }
                        @if went.untaken > 0 { div { dt { "Never taken" } dd { (went.untaken) } } }
                    }
                }
                (map("Waiting time of what came, by weekday and hour of day", &went.hours.iter().map(cell_of).collect::<Vec<_>>()))
            }
        }
    }
}

fn cell_of(hour: &Went) -> Cell {
    let words = hour.mean_seconds.map_or("–".to_owned(), roughly);
    let wait = hour.mean_seconds.map_or(String::new(), |mean| format!(", {} each", waited(mean)));
    let seconds = hour.mean_seconds.unwrap_or_default();
    let came = counted(i64::from(hour.came), "report");
    let in_time = hour.in_time.map_or(String::new(), |part| format!(", {} in time", share(part)));
    Cell {
        shade: WAITS.iter().filter(|from| seconds >= **from).count(),
        full: format!("{came}{wait}{in_time}, {} waiting", number(hour.queue)),
        words,
    }
}

fn handling(plan: &Plan) -> String {
    let takes = duration::exact(plan.handling.0);
    match plan.handling.1 {
        Handling::Given => format!("One takes {takes}, as you said."),
        Handling::Measured(of) => {
            format!("One takes {takes}, the mean of the work that was logged on {of} incidents.")
        }
        Handling::Assumed => {
            format!("One is assumed to take {takes}: too little work was logged to measure it.")
        }
    }
}

/// A cell of a map of the week: its words and shade, and what it says in full.
struct Cell {
    words: String,
    shade: usize,
    full: String,
}

fn demand(plan: &Plan) -> Vec<Cell> {
    let most = plan.hours.iter().map(|hour| hour.demand.mean).fold(0.0, f64::max);
    let cell = |hour: &Hour| Cell {
        words: number(hour.demand.mean),
        shade: shade(hour.demand.mean, most),
        full: span(hour),
    };
    plan.hours.iter().map(cell).collect()
}

fn agents(plan: &Plan) -> Vec<Cell> {
    let most = plan.hours.iter().map(|hour| f64::from(hour.agents.0)).fold(0.0, f64::max);
    let cell = |hour: &Hour| Cell {
        words: hour.agents.0.to_string(),
        shade: shade(f64::from(hour.agents.0), most),
        full: format!("{} in a busy week", hour.agents_high),
    };
    plan.hours.iter().map(cell).collect()
}

fn waits(plan: &Plan) -> Vec<Cell> {
    let cell = |hour: &Hour| {
        let staffed = hour.staffed.as_ref();
        let seconds = staffed.and_then(|staffed| staffed.goes).map(|goes| goes.mean_seconds);
        Cell {
            words: seconds.map_or("never".to_owned(), roughly),
            shade: match seconds {
                Some(seconds) => WAITS.iter().filter(|from| seconds >= **from).count(),
                None => WAITS.len(),
            },
            full: staffed.map(in_full).unwrap_or_default(),
        }
    };
    plan.hours.iter().map(cell).collect()
}

/// A week as seven lines of hours; the numbers are in it.
fn map(name: &str, cells: &[Cell]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label=(name) {
            table.heat {
                caption.vh { (name) }
                thead { tr { td {} @for hour in 0..HOURS { th scope="col" { (hour) } } } }
                tbody {
                    @for (day, cells) in DAYS.iter().zip(cells.chunks(HOURS)) {
                        tr {
                            th scope="row" { (day) }
                            @for (hour, cell) in cells.iter().enumerate() {
                                td class={ "h" (cell.shade) } title={ (day) " " (hour) ":00, " (cell.full) } { (cell.words) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every hour with its interval.
fn table(form: &Form, plan: &Plan) -> Markup {
    let (patient, staffed) = (form.asked.patience_seconds.is_some(), form.asked.staff.is_some());
    let name = "Each hour of the week";
    html! {
        details {
            summary class="btn btn-quiet btn-sm" { "Each hour as a table" }
            div.scroll-x.mts tabindex="0" role="region" aria-label=(name) {
                table.dt {
                    caption.vh { (name) }
                    thead { tr {
                        th scope="col" { "Hour" } th.num scope="col" { "Reports" } th.num scope="col" { "In eight of ten weeks" }
                        th.num scope="col" { "People" } th.num scope="col" { "In time with them" } th.num scope="col" { "People in a busy week" }
                        @if patient { th.num scope="col" { "People so that few give up" } }
                        @if staffed { th.num scope="col" { "What if" } }
                    } }
                    tbody {
                        @for (place, hour) in plan.hours.iter().enumerate() { (line(place, hour, patient)) }
                    }
                }
            }
        }
    }
}

fn line(place: usize, hour: &Hour, patient: bool) -> Markup {
    let day = DAYS.get(place / HOURS).copied().unwrap_or_default();
    html! {
        tr {
            th scope="row" { (day) " " (place % HOURS) ":00" }
            td.num { (number(hour.demand.mean)) }
            td.num { (hour.demand.low) " to " (hour.demand.high) }
            td.num { (hour.agents.0) } td.num { (share(hour.agents.1)) } td.num { (hour.agents_high) }
            @if patient { td.num { @if let Some(agents) = hour.agents_patient { (agents) } @else { "none" } } }
            @if let Some(staffed) = &hour.staffed { td.num { (in_full(staffed)) } }
        }
    }
}

/// "6 people: 2 min, 91% in time".
fn in_full(staffed: &Staffed) -> String {
    let people = match staffed.agents {
        1 => "1 person".to_owned(),
        agents => format!("{agents} people"),
    };
    let Some(goes) = staffed.goes else { return format!("{people}: the line grows without end") };
    let wait = waited(goes.mean_seconds);
    match goes.in_time {
        Some(in_time) => format!("{people}: {wait}, {} in time", share(in_time)),
        None => format!("{people}: {wait}, {} give up", share(goes.abandons)),
    }
}

fn span(hour: &Hour) -> String {
    format!("{} to {} in eight of ten weeks", hour.demand.low, hour.demand.high)
}

/// What was tried before it is saved: calendars and agreements have their own what-if.
fn others() -> Markup {
    html! {
        section.card aria-labelledby="others" {
            div.card-h { h2 id="others" { "Other hours, other promises" } }
            div.card-b.stack {
                p { "What another calendar or agreement would have done to the incidents of the past is tried where it is changed, before it is saved." }
                p {
                    a.link href=(url::settings("agreements")) { "Agreements" } ", "
                    a.link href=(url::settings("calendars")) { "Calendars" }
                }
            }
        }
    }
}

/// "0.3", "4.2", "17".
fn number(mean: f64) -> String {
    if mean >= 9.95 { format!("{mean:.0}") } else { format!("{mean:.1}") }
}

/// "0 s", "45 s", "12 m".
fn waited(seconds: f64) -> String {
    time::duration(seconds.round() as i64)
}

/// As short as a cell of a map is: "45 s", "12 m", "8 h".
fn roughly(seconds: f64) -> String {
    const HOUR: f64 = 3_600.0;
    let hours = (seconds / HOUR).round();
    if seconds < HOUR { waited(seconds) } else { format!("{hours:.0} h") }
}

/// 0 for nothing, else 1 to 5.
fn shade(value: f64, most: f64) -> usize {
    if value <= 0.0 || most <= 0.0 { 0 } else { (value / most * SHADES).ceil() as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_tell_much_from_little_and_numbers_are_short() {
        assert_eq!([0.0, 0.1, 5.0, 10.0].map(|value| shade(value, 10.0)), [0, 1, 3, 5]);
        assert_eq!(
            (number(0.26), number(9.94), number(17.3)),
            ("0.3".into(), "9.9".into(), "17".into())
        );
        assert_eq!(
            (roughly(45.0), roughly(720.0), roughly(28_020.0)),
            ("45 s".into(), "12 m".into(), "8 h".into())
        );
        let staffed = Staffed { agents: 1, goes: None };
        assert_eq!(in_full(&staffed), "1 person: the line grows without end");
    }
}
