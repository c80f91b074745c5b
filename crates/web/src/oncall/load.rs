//! Who carries how much of the chosen schedule: what was, and what is to come.

use super::sight::{DAYS, Sight};
use crate::auth::SignedIn;
use kernel::PersonId;
use maud::{Markup, html};
use roster::Load;

/// Seconds of an hour.
const HOUR: i64 = 3_600;

/// "316 h": minutes tell nothing about who carries how much.
pub(super) fn hours(seconds: i64) -> String {
    format!("{} h", (seconds + HOUR / 2) / HOUR)
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
    let fresh = will.iter().filter(|load| was.iter().all(|known| known.person != load.person));
    let mut rows: Vec<Load> = was.iter().cloned().chain(fresh.map(none)).collect();
    rows.sort_by_key(|load| std::cmp::Reverse((load.total_seconds, coming(load.person))));
    html! {
        section.card aria-labelledby="lo" {
            div.card-h { h2 id="lo" { "Load, last 4 weeks" } span.meta { "hours on call" } }
            @if rows.is_empty() {
                div.card-b { p.meta { "Nobody was on call, and nobody will be." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Load" { table.dt.oc-h {
                    thead { tr {
                        th scope="col" { "Person" } th.num scope="col" { "Hours" } th.num scope="col" { "Night" } th.num scope="col" { "Weekend" }
                        th.num scope="col" { "Next 4 weeks" }
                    } }
                    tbody { @for load in &rows {
                        tr {
                            th scope="row" { (sight.name(load.person)) }
                            td.num { (hours(load.total_seconds)) } td.num { (hours(load.night_seconds)) } td.num { (hours(load.weekend_seconds)) }
                            td.num { (hours(coming(load.person))) }
                        }
                    } }
                } }
            }
        }
    }
}
