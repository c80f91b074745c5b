//! The page of one report: what its figures mean, its drawing, its table, and the downloads.

use super::asked::Asked;
use super::table::{Shown, downloads};
use super::words::{meaning, title};
use super::{cards, frame};
use crate::app::App;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::url;
use desk::Trouble;
use desk::reports::{Report, sees_people};
use insight::report::{By, Name};
use maud::{Markup, html};
use std::sync::Arc;

/// What is read of one report.
pub(super) struct Read {
    report: Arc<Report>,
    before: Option<Arc<Report>>,
    names: std::collections::HashMap<String, String>,
}

/// What its lines are: as asked for, where it has such lines, else the usual.
pub(super) fn lines_of(name: Name, asked: &Asked) -> By {
    let usual = name.by().first().copied().unwrap_or(By::All);
    asked.by.filter(|by| name.by().contains(by)).unwrap_or(usual)
}

impl Read {
    /// Reads it, of what somebody sees all of.
    pub(super) async fn read(
        app: &App,
        who: &SignedIn,
        asked: &Asked,
        name: Name,
    ) -> Result<Read, Trouble> {
        let (viewer, by) = (who.viewer(), lines_of(name, asked));
        let report = app.desk.report(viewer, &asked.of(name, by, &asked.period)).await?;
        let before = match asked.before().filter(|_| asked.compares && is_compared(name, by)) {
            Some(before) => Some(app.desk.report(viewer, &asked.of(name, by, &before)).await?),
            None => None,
        };
        let names = app.desk.report_names(&report).await?;
        Ok(Read { report, before, names })
    }
}

/// Whether lines of the days before are the same lines.
fn is_compared(name: Name, by: By) -> bool {
    !matches!(by, By::Week | By::Month) && !matches!(name, Name::Backlog | Name::Arrivals)
}

/// The page.
pub(super) fn page(who: &SignedIn, asked: &Asked, name: Name, read: &Read) -> Markup {
    let report = &*read.report;
    let shown = Shown { asked, report, names: &read.names };
    let before = read.before.as_ref().map(|before| &before.tables);
    let links = [
        ("CSV", asked.api(name, report.by, "csv")),
        ("NDJSON", asked.api(name, report.by, "ndjson")),
        ("Parquet", asked.api(name, report.by, "parquet")),
        ("XES", asked.events()),
    ];
    let lead = html! { (frame::days(asked)) ". Every number opens what is behind it." };
    let only_own = report.by == By::Person && !sees_people(who.viewer());
    let main = html! {
        (frame::head(title(name), lead, html! {
            (downloads(&links))
            @if let Some(address) = super::mailed::address_for(who, asked, name) {
                a.btn href=(address) { (icon("reply")) "Mail this report" }
            }
        }))
        div.stack-l {
            (frame::form(who, asked, &url::report(name), Some((name.by(), report.by))))
            (cards::drawing(asked, report))
            @for (place, table) in report.tables.iter().enumerate() {
                section.card aria-label={ "Table " (place + 1) " of " (title(name)) } {
                    (shown.table(table, before.and_then(|before| before.get(place))))
                }
            }
            @if only_own { p.meta { "Figures of single persons are for managers; this is your own line." } }
            (about(name))
        }
    };
    frame::page(who, asked, Some(name), main)
}

/// What its figures mean.
pub(super) fn about(name: Name) -> Markup {
    html! {
        section.card aria-labelledby="about-h" {
            div.card-h { h2 id="about-h" { "What this counts" } }
            div.card-b.stack {
                p { (meaning(name)) }
                p.meta { "Incidents merged into another are counted with that one. Incidents that you do not see in full are not counted." }
            }
        }
    }
}
