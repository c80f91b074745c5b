//! Who carries how much of the chosen schedule: hours that were and that are to come, and pages.

use super::sight::{DAYS, Sight};
use crate::auth::SignedIn;
use crate::reports::{behind_of, figure_at};
use desk::reports::{Asked, sees_people};
use insight::report::{By, Name};
use jiff::ToSpan;
use kernel::{InOrder, PersonId};
use maud::{Markup, html};
use roster::Load;

/// Seconds of an hour.
const HOUR: i64 = 3_600;
/// What is told of pages: the column of the report, and its head.
const PAGES: [(&str, &str); 3] = [("pages", "All"), ("night", "Night"), ("median", "Answered in")];

/// "316 h": minutes tell nothing about who carries how much.
pub(super) fn hours(seconds: i64) -> String {
    format!("{} h", (seconds + HOUR / 2) / HOUR)
}

/// The report of pages in the last four weeks, on the reader's clock, by person.
pub(super) fn wanted(who: &SignedIn) -> Asked {
    let to = who.here.local(who.here.now).date();
    Asked {
        by: Some(By::Person),
        from: to.checked_sub((DAYS - 1).days()).ok(),
        to: Some(to),
        zone: Some(who.here.zone.clone()),
        ..Asked::usual(Name::OnCall)
    }
}

/// A figure of somebody's pages, which opens what is behind it; nothing where none was sent.
fn pages(who: &SignedIn, sight: &Sight, person: PersonId, column: &str) -> Option<Markup> {
    let (figure, words) = figure_at(&sight.pages, &person.to_string(), column)?;
    Some(html! { a.link href=(behind_of(&sight.pages, &who.zone_name, &figure)) { (words) } })
}

/// "Pages: 11, at night: 1": the reader's own.
pub(super) fn own(who: &SignedIn, sight: &Sight) -> Markup {
    let of = |column: &str| pages(who, sight, who.viewer().person, column);
    html! {
        @match of("pages") {
            None => "no page",
            Some(all) => { "Pages: " (all) ", at night: " @if let Some(night) = of("night") { (night) } @else { "none" } }
        }
    }
}

pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    let Some(chosen) = &sight.chosen else { return html! {} };
    let now = who.here.now;
    let was = chosen.roster.load(now.plus_days(-DAYS), now);
    let will = chosen.roster.load(now, now.plus_days(DAYS));
    let coming = |person: PersonId| {
        will.iter().find(|load| load.person == person).map_or(0, |load| load.total_seconds)
    };
    let none = |load: &Load| Load {
        person: load.person,
        total_seconds: 0,
        night_seconds: 0,
        weekend_seconds: 0,
    };
    let tells_pages = sees_people(who.viewer());
    let fresh = will.iter().filter(|load| was.iter().all(|known| known.person != load.person));
    let mut rows: Vec<Load> = was.iter().cloned().chain(fresh.map(none)).collect();
    rows.order_by_key(|load| std::cmp::Reverse((load.total_seconds, coming(load.person))));
    html! {
        section.card aria-labelledby="lo" {
            div.card-h { h2 id="lo" { "Load, last 4 weeks" } @if tells_pages { span.meta { "pages of any schedule" } } }
            @if rows.is_empty() {
                div.card-b { p.meta { "Nobody was on call, and nobody will be." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Load" { table.dt.oc-h {
                    thead {
                        tr {
                            th scope="col" rowspan="2" { "Person" } th.oc-c scope="colgroup" colspan="4" { "Hours on call" }
                            @if tells_pages { th.oc-c scope="colgroup" colspan=(PAGES.len()) { "Pages" } }
                        }
                        tr {
                            @for head in ["All", "Night", "Weekend", "Next 4 weeks"] { th.num scope="col" { (head) } }
                            @if tells_pages { @for (_, head) in PAGES { th.num scope="col" { (head) } } }
                        }
                    }
                    tbody { @for load in &rows {
                        tr {
                            th scope="row" { (sight.name(load.person)) }
                            td.num { (hours(load.total_seconds)) } td.num { (hours(load.night_seconds)) } td.num { (hours(load.weekend_seconds)) }
                            td.num { (hours(coming(load.person))) }
                            @if tells_pages {
                                @for (column, _) in PAGES { td.num { @if let Some(told) = pages(who, sight, load.person, column) { (told) } @else { span.muted { "–" } } } }
                            }
                        }
                    } }
                } }
            }
        }
    }
}
