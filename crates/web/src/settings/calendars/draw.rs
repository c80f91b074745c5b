//! The form of a calendar, card by card, and beside it what the form means.

use super::form::{DAYS, Draft};
use super::{Extra, SECTION, Which, feed, hours, list};
use crate::account::zone_field;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::part::{time, week};
use crate::settings::editing::{self, Problem, name_field, version_field};
use crate::settings::form_page;
use calendar::Calendar;
use incident::policy::BusinessHours;
use jiff::civil::Date;
use kernel::Timestamp;
use maud::{Markup, html};

/// The id of the form.
const FORM: &str = "calendar";
/// Coming dates that are named.
const COMING: usize = 6;
/// Versions that are listed.
const VERSIONS: usize = 5;

/// A version as it is stored, in force from an instant.
pub(super) type Version = (BusinessHours, Timestamp);

/// What a page is drawn from.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) which: &'a Which,
    pub(super) fields: &'a Fields,
    pub(super) draft: &'a Draft,
    pub(super) problem: &'a Problem,
    pub(super) address: &'a str,
    pub(super) versions: &'a [Version],
    pub(super) extra: &'a Extra,
}

impl View<'_> {
    fn errors(&self) -> &Errors {
        &self.problem.errors
    }

    fn edits(&self) -> bool {
        self.who.viewer().configures()
    }
}

pub(super) fn page(view: &View<'_>) -> Markup {
    let stored = view.which.stored();
    let title = stored.map_or("New calendar", |known| known.hours.name.as_str());
    let lead = html! {
        @match stored {
            Some(known) => { "Used by " (list::users(&view.which.policy, known.hours.reference.id, view.who.here.now)) }
            None => "Agreements and teams choose it afterwards.",
        }
    };
    let body = html! {
        @if let Some(underway) = &view.extra.underway { (underway) }
        div.sl-g { (form(view, false)) (aside(view, false)) }
    };
    form_page(view.who, SECTION, title, lead, body)
}

/// What changes while the form is filled in; while somebody types, only what stands beside it.
pub(super) fn patch(view: &View<'_>, typing: bool) -> Markup {
    html! { (aside(view, true)) @if !typing { (form(view, true)) } }
}

fn form(view: &View<'_>, patch: bool) -> Markup {
    let post = if view.which.id.is_some() { view.address.to_owned() } else { SECTION.address() };
    html! {
        form.stack-l id=(FORM) method="post" enctype="multipart/form-data" action=(post) novalidate
            data-preview={ (view.address) "/look" } data-patch[patch] {
            @if let Some(known) = view.which.stored() { (version_field(view.problem.version(view.fields, known.hours.reference.version))) }
            @if view.fields.ticked("tried") || !view.errors().is_empty() { input type="hidden" name="tried" value="1"; }
            @if let Some(banner) = &view.extra.banner { (banner) }
            (view.problem.banner(view.who, view.address))
            @if let Some(moves) = &view.extra.moves { (moves) }
            fieldset.bare.stack-l disabled[!view.edits()] {
                legend.vh { "Calendar" }
                (general_card(view))
                (week_card(view))
                (holidays_card(view))
                (special_card(view))
                (force_card(view))
            }
            @if view.edits() { (editing::save_bar(view.errors().len(), if view.which.id.is_some() { view.address.to_owned() } else { SECTION.address() })) }
        }
    }
}

fn general_card(view: &View<'_>) -> Markup {
    html! {
        section.card aria-labelledby="general-h" {
            div.card-h { h2 id="general-h" { "Name and time zone" } }
            div.card-b.stack {
                (name_field(view.fields, view.errors()))
                (zone_field(view.fields.text("time_zone"), "Opening hours are times on the clocks of this zone, through every clock change.", view.errors()))
            }
        }
    }
}

fn week_card(view: &View<'_>) -> Markup {
    html! {
        section.card aria-labelledby="week-h" {
            div.card-h { h2 id="week-h" { "Weekly hours" } }
            div.card-b.stack {
                (checkbox("always", "Round the clock: every hour of every day", view.fields.ticked("always")))
                p.hint { "Write 09:00-17:00; several with a comma: 08:00-12:00, 13:00-17:30. A night runs on into the next day: 22:00-06:00. Empty is closed." }
                div.cal-w { @for (field, name) in DAYS { (day_field(view, field, name)) } }
            }
        }
    }
}

fn day_field(view: &View<'_>, id: &str, name: &str) -> Markup {
    let field = Field::new(id, name).errors(view.errors());
    let text = view.fields.get(id).unwrap_or_default();
    let read = hours::day(text).map(|hours| hours::written(&hours)).unwrap_or_default();
    let echo = Some(read).filter(|read| !read.is_empty() && read != text.trim());
    html! {
        (field.around(html! {
            input.inp id=(id) name=(id) type="text" autocomplete="off" spellcheck="false" placeholder="closed" value=(text)
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
            @if let Some(echo) = echo { p.hint { "= " (echo) } }
        }))
    }
}

fn holidays_card(view: &View<'_>) -> Markup {
    let field = Field::new("holidays", "Holidays")
        .hint("One a line, the date first: 2026-12-25 Christmas Day. Nothing is open on them.")
        .errors(view.errors());
    html! {
        section.card aria-labelledby="holidays-h" {
            div.card-h { h2 id="holidays-h" { "Holidays" } span.meta { (counted(view.draft.definition.holidays.len() as i64, "date")) } }
            div.card-b.stack {
                // While the form is filled in, what was found in a file stays.
                div id="found" data-keep data-still { @if let Some(feed) = &view.extra.feed { (feed) } }
                (field.textarea(8, view.fields.get("holidays").unwrap_or_default()))
                @if view.edits() { (feed::chooser(view.address, view.fields, view.errors(), &view.who.here)) }
            }
        }
    }
}

/// What was taken out of a file.
pub(super) fn taken(count: usize) -> Markup {
    html! { p.banner.banner-info role="status" { (icon("cal")) span { (counted(count as i64, "holiday")) " added to the list below. Nothing is stored until you save the calendar." } } }
}

fn special_card(view: &View<'_>) -> Markup {
    let field = Field::new("special", "Special openings")
        .hint("One a line: 2026-12-24 08:00-12:00 Christmas Eve. These hours replace those of the weekday, also on a holiday.")
        .errors(view.errors());
    html! {
        section.card aria-labelledby="special-h" {
            div.card-h { h2 id="special-h" { "Days with hours of their own" } }
            div.card-b { (field.textarea(3, view.fields.get("special").unwrap_or_default())) }
        }
    }
}

fn force_card(view: &View<'_>) -> Markup {
    let since = Field::new("since", "In force from")
        .hint("Empty: as soon as it is saved. What was counted before stays counted.")
        .errors(view.errors());
    html! {
        section.card aria-labelledby="force-h" {
            div.card-h { h2 id="force-h" { "In force" } }
            div.card-b.stack {
                (since.input("datetime-local", view.fields.get("since").unwrap_or_default()))
                @if view.which.id.is_some() {
                    (editing::active_field(view.fields, "Out of use it is not offered any more. Agreements and teams that count by it need another one first."))
                }
            }
        }
    }
}

/// What the form means: the week, what is open now, what comes.
fn aside(view: &View<'_>, patch: bool) -> Markup {
    let week = &view.draft.definition.week;
    let words =
        view.draft.calendar.as_ref().map_or("at no time that can be read", Calendar::week_in_words);
    html! {
        aside.card.sl-p id="look" aria-labelledby="look-h" data-patch[patch] {
            div.card-h { h2 id="look-h" { "The week" } }
            div.card-b.stack {
                (week::picture(week, words))
                p { (capital(words)) }
                @if let Some(calendar) = &view.draft.calendar { (today(view, calendar)) (coming(view)) }
                (versions(view))
            }
        }
    }
}

fn today(view: &View<'_>, calendar: &Calendar) -> Markup {
    let here = &view.who.here;
    let now = here.now;
    let closes = calendar.open_spans(now, now.plus_days(366)).next().map(|span| span.end);
    html! {
        p.meta {
            @match calendar.next_open(now) {
                Some(at) if at > now => { "Closed now, opens " (time::moment(at, here)) "." }
                Some(_) => {
                    "Open now"
                    @if let Some(closes) = closes.filter(|closes| *closes < now.plus_days(366)) { ", closes " (time::moment(closes, here)) }
                    "."
                }
                None => "Not open within ten years.",
            }
        }
    }
}

/// The next holidays and special openings.
fn coming(view: &View<'_>) -> Markup {
    let definition = &view.draft.definition;
    let today = view.who.here.local(view.who.here.now).date();
    let from_today = |date: &str| date.parse::<Date>().is_ok_and(|date| date >= today);
    let holidays = definition
        .holidays
        .iter()
        .map(|one| (one.date.as_str(), one.name.as_deref().unwrap_or("holiday").to_owned()));
    let special = definition.special_openings.iter().map(|one| {
        let name = one.name.as_deref().unwrap_or("special opening");
        (one.date.as_str(), format!("{name}, {}", hours::written(&one.hours)))
    });
    let mut coming: Vec<(&str, String)> =
        holidays.chain(special).filter(|(date, _)| from_today(date)).collect();
    coming.sort();
    html! {
        @if coming.is_empty() {
            p.meta { "No holiday is to come." }
        } @else {
            h3 { "To come" }
            ul.cal-l { @for (date, words) in coming.iter().take(COMING) { li { span.muted { (feed::date_words(date)) } " " (words) } } }
            @if coming.len() > COMING { p.meta { "and " (coming.len() - COMING) " more" } }
        }
    }
}

fn versions(view: &View<'_>) -> Markup {
    let here = &view.who.here;
    html! {
        @if view.versions.len() > 1 {
            hr;
            h3 { "Versions" }
            ul.cal-l { @for (hours, since) in view.versions.iter().take(VERSIONS) {
                li {
                    b { (hours.reference.version) } " "
                    span.muted { @if *since > here.now { "from " } @else { "since " } (time::moment(*since, here)) }
                    " " (Calendar::new(&hours.definition).map(|calendar| calendar.week_in_words().to_owned()).unwrap_or_default())
                }
            } }
        }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first: String =
        chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}
