//! Who is on call by the form, and what it would change.

use super::crew::Crew;
use super::form::Draft;
use crate::app::App;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::part::time::Here;
use desk::rota::{WhatIf, compare, planned, ready};
use maud::{Markup, html};
use roster::{Shadow, Source, Stretch};
use store::Sql;
use store::directory::schedules::{self, Schedule};
use store::directory::shadows;

/// Days that are shown.
const DAYS: i64 = 28;
/// Shifts and gaps that are shown at most.
const ROWS: usize = 40;

/// What a form means.
#[derive(Default)]
pub(super) struct Look {
    /// Who would be on call in the coming weeks; nothing where there is no such zone.
    coming: Vec<Stretch>,
    /// Who learns in these weeks, and when.
    learning: Vec<Shadow>,
    /// What would change; nothing for a new schedule.
    what_if: Option<WhatIf>,
}

impl Look {
    /// Computes it where nobody waits.
    pub(super) async fn at(
        app: &App,
        stored: Option<&Schedule>,
        draft: &Draft,
    ) -> PageResult<Look> {
        let (before, after, now) = (stored.cloned(), draft.schedule.clone(), app.desk.now());
        let since = draft.since.unwrap_or(now).max(now);
        let look = move |sql: &mut dyn Sql| {
            let same = before.as_ref().is_some_and(|before| before.layers == after.layers);
            let will = match same {
                true => schedules::roster(sql, &after, now)?,
                false => planned(sql, &after, (since, now))?,
            };
            let Ok(roster) = ready(&will) else { return Ok(Look::default()) };
            let until = now.plus_days(DAYS);
            let coming = roster.stretches(now, until).take(ROWS).collect();
            let shadows = match &before {
                Some(before) => shadows::of_schedule(sql, before.id, now)?,
                None => vec![],
            };
            let shadows: Vec<Shadow> = shadows.iter().map(shadows::Shadow::plain).collect();
            let mut learning = roster.besides(now, until, &shadows);
            learning.truncate(ROWS);
            let what_if = match before {
                None => None,
                Some(before) => {
                    let was = schedules::roster(sql, &before, now)?;
                    let differs = before.fallback != after.fallback;
                    Some(compare(Some(&was), &will, differs, now)?)
                }
            };
            Ok(Look { coming, learning, what_if })
        };
        Ok(app.desk.read(look).await?)
    }

    /// Whether another person would be paged on some day.
    pub(super) fn changes_something(&self) -> bool {
        self.what_if.as_ref().is_some_and(|found| !found.days.is_empty())
    }

    /// "changes who is paged on 3 of the next 90 days", and when first.
    pub(super) fn sentence(&self, crew: &Crew, here: &Here) -> Markup {
        let Some(found) = &self.what_if else { return html! {} };
        let name = |id: Option<kernel::PersonId>| id.map_or("nobody", |id| crew.name(id));
        html! {
            p id="what-if" { "This " b { (found.in_words()) } "." }
            @if let Some(first) = found.changes.first() {
                p.meta {
                    "First " (here.exact(first.span.start)) " until " (here.exact(first.span.end)) ": "
                    (name(first.after)) " instead of " (name(first.before)) "."
                }
            }
        }
    }

    /// Who is on call in the coming weeks, in a table.
    pub(super) fn table(&self, crew: &Crew, draft: &Draft, here: &Here) -> Markup {
        html! {
            @if self.coming.is_empty() {
                p.meta { "Nothing can be shown before time zone and layers are given." }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Who is on call in the next 4 weeks" {
                    table.dt {
                        thead { tr { th scope="col" { "From" } th scope="col" { "On call" } th scope="col" { "By" } } }
                        tbody { @for stretch in &self.coming { (row(stretch, crew, draft, here)) } }
                    }
                }
                @if self.coming.len() >= ROWS { p.meta { "Only the first " (ROWS) " are shown." } }
                @if !self.learning.is_empty() {
                    p.meta { "Told besides, who learn:" }
                    ul { @for told in &self.learning { li { (learner(told, crew, here)) } } }
                }
            }
        }
    }
}

fn learner(told: &Shadow, crew: &Crew, here: &Here) -> Markup {
    // What is looked at begins a moment after the page does.
    let from = match told.start.seconds_since(here.now) < 60 {
        true => "now".to_owned(),
        false => here.exact(told.start),
    };
    html! { (crew.name(told.person)) ", " (from) " until " (here.exact(told.end)) }
}

fn row(stretch: &Stretch, crew: &Crew, draft: &Draft, here: &Here) -> Markup {
    let from = if stretch.span.start <= here.now {
        "now".to_owned()
    } else {
        here.exact(stretch.span.start)
    };
    html! {
        tr {
            th.nowrap scope="row" { (from) }
            @match &stretch.shift {
                Some(shift) => {
                    td { (crew.name(shift.person)) }
                    td { (by(shift.source, draft)) }
                }
                None => {
                    td colspan="2" {
                        span.err { (icon("alert")) "nobody" }
                        " until " (here.exact(stretch.span.end))
                    }
                }
            }
        }
    }
}

fn by(source: Source, draft: &Draft) -> Markup {
    html! {
        @match source {
            Source::Override(_) => { span.chip { "override" } }
            Source::Layer(place) => {
                @match draft.schedule.layers.get(place).filter(|layer| !layer.name.is_empty()) {
                    Some(layer) => { (layer.name) }
                    None => { "layer " (place + 1) }
                }
            }
        }
    }
}
