//! The list of calendars.

use super::SECTION;
use crate::auth::SignedIn;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::settings::{Section, section_page};
use incident::policy::{KnownCalendar, Policy};
use kernel::{CalendarId, InOrder, Timestamp};
use maud::{Markup, html};

pub(super) fn page(who: &SignedIn, policy: &Policy, now: Timestamp) -> Markup {
    let calendars = policy.calendars.latest();
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New calendar" } },
    );
    let body = html! {
        @if calendars.is_empty() {
            (empty("No calendars yet", "Without one, clocks count every hour of every day.", None))
        } @else {
            div.card { (table(&calendars, policy, now)) }
        }
    };
    let lead = html! { "When you work. Agreements count time by a calendar, nights and holidays left out." };
    section_page(who, SECTION, lead, action, body)
}

fn table(calendars: &[&KnownCalendar], policy: &Policy, now: Timestamp) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Calendars" { table.dt {
            thead { tr {
                th scope="col" { "Calendar" } th scope="col" { "Open" } th scope="col" { "Time zone" }
                th.num scope="col" { "Holidays" } th scope="col" { "Now" } th scope="col" { "Used by" } th scope="col" { "In use" }
            } }
            tbody { @for known in calendars {
                tr {
                    th scope="row" { a href=(SECTION.of(known.hours.reference.id)) { (known.hours.name) } }
                    td { (known.calendar.week_in_words()) }
                    td { (known.calendar.time_zone()) }
                    td.num { (known.hours.definition.holidays.len()) }
                    td.nowrap { @if known.calendar.is_open(now) { "open" } @else { span.muted { "closed" } } }
                    td { (users(policy, known.hours.reference.id, now)) }
                    td { @if known.hours.retired { span.muted { "no" } } @else { "yes" } }
                }
            } }
        } }
    }
}

/// The agreements and teams that count by a calendar.
pub(super) fn users(policy: &Policy, id: CalendarId, now: Timestamp) -> Markup {
    let agreements = policy.agreements.in_force(now);
    let agreements: Vec<_> =
        agreements.iter().filter(|one| one.calendars().contains(&id)).collect();
    let mut teams: Vec<_> =
        policy.teams.iter().filter(|(_, team)| team.calendar == Some(id)).collect();
    teams.order_by_key(|(_, team)| team.name.to_lowercase());
    html! {
        @if agreements.is_empty() && teams.is_empty() { span.muted { "nobody yet" } }
        @for (at, agreement) in agreements.iter().enumerate() {
            @if at > 0 { ", " }
            a href=(Section::Agreements.of(agreement.reference.id)) { (agreement.name) }
        }
        @for (at, (team, known)) in teams.iter().enumerate() {
            @if at > 0 || !agreements.is_empty() { ", " }
            a href=(Section::Teams.of(team)) { (known.name) }
        }
    }
}
