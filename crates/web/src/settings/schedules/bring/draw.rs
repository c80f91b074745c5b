//! The page on which shifts from elsewhere are looked at.

use super::super::{SECTION, Which, crew};
use super::{Found, NAMES, NAMES_READ, line};
use crate::account::zone_field;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time::{Here, counted};
use crate::settings::calendars;
use desk::rota::{Rota, Unmatched};
use kernel::limits;
use maud::{Markup, html};

/// Rows of a list that only informs.
const ROWS: usize = 20;

/// What was found, to be taken or left.
pub(super) fn result(
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    found: &Found,
    address: &str,
) -> Markup {
    if found.rota.is_none() && found.shifts.is_empty() {
        return html! {};
    }
    html! {
        section.card id="found" tabindex="-1" autofocus aria-labelledby="found-h" {
            div.card-h { h2 id="found-h" { "What they come to" } span.meta { "nothing is saved yet" } }
            div.card-b.stack {
                @if let Some(what_if) = &found.what_if { p id="what-if" { "This " b { (what_if.in_words()) } "." } }
                @if let Some(rota) = &found.rota { (unmatched(fields, rota, address)) (left_out(rota)) }
                @if let Some(editor) = &found.editor { (open_editor(editor, address)) }
                @if which.stored.is_some() { (shifts(&who.here, which, found, address)) }
                @else if found.editor.is_none() {
                    p.meta { "No rotation comes again in it that could be a schedule. Make the schedule first; then bring the shifts to it." }
                }
            }
        }
    }
}

/// Names of whom nobody is known: whoever they are can be said, and the feed is looked at again.
fn unmatched(fields: &Fields, rota: &Rota, address: &str) -> Markup {
    html! {
        @if !rota.unmatched.is_empty() {
            div.banner.banner-warn role="status" {
                (icon("alert"))
                div { b { (counted(rota.unmatched.len() as i64, "name")) " without a person of the service desk." } " In their shifts nobody would be paged by these; say who they are, or leave them out." }
            }
            form.form method="post" action={ (address) "/bring" } {
                (carried(fields, rota))
                @for (at, one) in rota.unmatched.iter().take(NAMES).enumerate() { (name_row(fields, at, one)) }
                @if rota.unmatched.len() > NAMES { p.meta { "and " (rota.unmatched.len() - NAMES) " more" } }
                div { button.btn type="submit" { (icon("eye")) "Look again" } }
            }
        }
    }
}

fn name_row(fields: &Fields, at: usize, one: &Unmatched) -> Markup {
    let (name, person) = (format!("name{at}"), format!("person{at}"));
    let shown = if one.summary.is_empty() { "(no name)" } else { one.summary.as_str() };
    html! {
        div.field {
            input type="hidden" name=(name) value=(one.summary);
            label.lbl for=(person) { "Who is “" (shown) "”, " (counted(one.shifts as i64, "shift")) "?" }
            input.inp id=(person) name=(person) type="text" list="crew" autocomplete="off"
                value=(fields.filled(&name).filter(|known| *known == one.summary).and(fields.get(&person)).unwrap_or_default());
        }
    }
}

/// The feed, and what was said about its names before.
fn carried(fields: &Fields, rota: &Rota) -> Markup {
    let asked = |name: &str| rota.unmatched.iter().any(|one| one.summary == name);
    let known = (0..NAMES_READ).filter_map(|at| {
        let name = fields.filled(&format!("name{at}"))?;
        Some((name, fields.filled(&format!("person{at}"))?))
    });
    let known = known.filter(|(name, _)| !asked(name));
    let first = rota.unmatched.len().min(NAMES);
    html! {
        textarea name="ical" hidden aria-hidden="true" { (fields.text("ical")) }
        input type="hidden" name="time_zone" value=(fields.text("time_zone"));
        @for (at, (name, person)) in known.enumerate() {
            input type="hidden" name={ "name" (first + at) } value=(name);
            input type="hidden" name={ "person" (first + at) } value=(person);
        }
    }
}

fn left_out(rota: &Rota) -> Markup {
    html! {
        @if !rota.left_out.is_empty() {
            details {
                summary { (icon("right")) (counted(rota.left_out.len() as i64, "event")) " left out" }
                ul.list { @for left in rota.left_out.iter().take(ROWS) {
                    li { b { (left.summary.as_deref().unwrap_or("An event")) } " at line " (left.line) " " (left.reason.to_string()) }
                } }
            }
        }
    }
}

/// All shifts are those of one rotation: it can be opened as a layer, which is saved there.
fn open_editor(editor: &Fields, address: &str) -> Markup {
    html! {
        form method="post" action={ (address) "/look" } {
            @for (name, value) in editor.pairs() { input type="hidden" name=(name) value=(value); }
            p { "These are turns of one rotation. As a layer they go on by themselves." }
            div.btns { button.btn.btn-primary type="submit" { (icon("pencil")) "Open it as a layer" } }
        }
    }
}

fn shifts(here: &Here, which: &Which, found: &Found, address: &str) -> Markup {
    html! {
        @if found.shifts.is_empty() {
            p.meta { "No shift of anybody who is known lies in the next year." }
        } @else {
            form.form method="post" action={ (address) "/bring/take" } {
                ul.cal-t { @for shift in found.shifts.iter().take(limits::OVERRIDES_AHEAD) {
                    li { label.ck {
                        input type="checkbox" name="take" value=(line(shift)) checked;
                        span { b { (which.crew.name(shift.person)) } " " (here.exact(shift.start)) " to " (here.exact(shift.end)) }
                    } }
                } }
                @if found.shifts.len() > limits::OVERRIDES_AHEAD { p.meta { "Only the first " (limits::OVERRIDES_AHEAD) " are shown; bring the rest later." } }
                (Field::new("reason", "Why?").input("text", ""))
                div.btns { button.btn type="submit" { (icon("plus")) "Put them on call as ticked" } }
            }
        }
    }
}

/// The form for a feed.
pub(super) fn feed_card(
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    errors: &Errors,
    address: &str,
) -> Markup {
    let value = |id: &str| fields.get(id).unwrap_or_default();
    let usual = who.instance.setting.time_zone.as_str();
    html! {
        section.card id="feed" aria-labelledby="feed-h" {
            div.card-h { h2 id="feed-h" { "A rota in iCalendar" } span.meta { "the next year of it" } }
            div.card-b {
                form.form method="post" action={ (address) "/bring" } enctype="multipart/form-data" {
                    div.field {
                        label.lbl for="file" { "A file" }
                        input.inp id="file" type="file" name="file" accept=".ics,text/calendar";
                    }
                    (Field::new("address", "Or an https address").hint("Read once, now. It is not kept, and nobody is followed elsewhere.").errors(errors).input("url", value("address")))
                    (Field::new("ical", "Or its text").hint("People are found by the e-mail address of who takes part, and by name in the title.").errors(errors).textarea(4, value("ical")))
                    @if which.stored.is_none() {
                        (zone_field(fields.filled("time_zone").unwrap_or(usual), "Times without a zone are on the clocks of this one.", errors))
                    }
                    div.btns { button.btn type="submit" { (icon("eye")) "Preview it" } a.btn.btn-quiet href=(back(which)) { "Cancel" } }
                }
            }
        }
    }
}

fn back(which: &Which) -> String {
    which.stored.as_ref().map_or_else(|| SECTION.address(), |stored| SECTION.of(stored.id))
}

/// The form for holidays.
pub(super) fn holidays_card(
    which: &Which,
    fields: &Fields,
    errors: &Errors,
    address: &str,
) -> Markup {
    let value = |id: &str| fields.get(id).unwrap_or_default();
    let chosen = fields.text("calendar");
    let options = calendars::options(&which.names.policy.calendars, &[("", "None")], chosen);
    html! {
        section.card id="holidays" aria-labelledby="holidays-h" {
            div.card-h { h2 id="holidays-h" { "Holidays" } span.meta { "days on which others are on call than usual" } }
            div.card-b {
                form.form method="post" action={ (address) "/bring" } {
                    input type="hidden" name="holidays" value="1";
                    (Field::new("calendar", "The holidays of which calendar?").errors(errors).select(&options, chosen))
                    (Field::new("dates", "And these dates").hint("Such as 2026-12-24, between spaces or lines.").errors(errors).textarea(2, value("dates")))
                    (Field::new("people", "Who has them, in turn?").hint("One a line, by name or e-mail address: the first has the first day, the second the next one.").errors(errors).textarea(3, value("people")))
                    (Field::new("from", "From which time of day to the same of the next?").errors(errors).input("time", fields.filled("from").unwrap_or("00:00")))
                    p.meta { "On the clocks of the schedule. Offered to choose from: " (which.crew.offered().take(ROWS).map(crew::line).collect::<Vec<_>>().join(", ")) }
                    div.btns { button.btn type="submit" { (icon("eye")) "Preview them" } }
                }
            }
        }
    }
}
