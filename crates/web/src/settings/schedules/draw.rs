//! The page of a schedule: its form, and beside it who would be on call.

use super::form::{self, Draft, id};
use super::look::Look;
use super::{SECTION, Which, covers, crew};
use crate::account::zone_field;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::settings::editing::{self, Problem, name_field, version_field};
use crate::settings::form_page;
use incident::escalation::Whom;
use kernel::limits;
use maud::{Markup, html};
use roster::Unit;

/// The id of the form.
const FORM: &str = "schedule";

/// What a page is drawn from.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) which: &'a Which,
    pub(super) fields: &'a Fields,
    pub(super) draft: &'a Draft,
    pub(super) problem: &'a Problem,
    pub(super) look: &'a Look,
    /// Whether it asks before it saves.
    pub(super) ask: bool,
}

impl View<'_> {
    fn errors(&self) -> &Errors {
        &self.problem.errors
    }

    fn edits(&self) -> bool {
        self.who.viewer().configures_paging()
    }

    fn text(&self, layer: usize, field: &str) -> &str {
        self.fields.text(&id(layer, field))
    }
}

pub(super) fn page(view: &View<'_>, saved: Markup) -> Markup {
    let stored = view.which.stored.as_ref();
    let title = stored.map_or("New schedule", |stored| stored.name.as_str());
    let lead = html! {
        @match (stored, &view.which.users[..]) {
            (None, _) => "Who takes turns, in which order, in which hours. Escalation policies page by it afterwards.",
            (_, []) => "Nothing pages by it yet.",
            (_, users) => { "Paged by " (users.join(", ")) "." }
        }
    };
    let body = html! {
        (saved)
        (faults(view))
        @if view.edits() {
            div.btns { a.btn.btn-sm href={ (view.which.address()) "/bring" } { (icon("download")) "Bring in a rota or holidays" } }
        }
        div.sl-g { (form(view, false)) (aside(view, false)) }
        @if let Some(stored) = stored { (covers::cards(view.who, view.which, stored)) }
    };
    form_page(view.who, SECTION, title, lead, body)
}

/// What changes while the form is filled in; while somebody types, only what stands beside it.
pub(super) fn patch(view: &View<'_>, typing: bool) -> Markup {
    html! { (aside(view, true)) @if !typing { (form(view, true)) } }
}

/// What is wrong with what is stored: somebody on the rota who cannot be paged any more.
fn faults(view: &View<'_>) -> Markup {
    let Which { stored, names, crew, .. } = view.which;
    let Some(stored) = stored.as_ref().filter(|stored| stored.active) else { return html! {} };
    let gone = incident::escalation::check::unreachable(&stored.layers, &names.policy);
    html! {
        @if !gone.is_empty() {
            div.banner.banner-crit role="status" {
                (icon("alert"))
                div {
                    b { "On this rota, but not to be paged: " }
                    (gone.iter().map(|id| crew.name(*id)).collect::<Vec<_>>().join(", "))
                    ". Their account is out of use, or they are not of the service desk any more. In their turn the page goes on without them."
                }
            }
        }
    }
}

fn form(view: &View<'_>, patch: bool) -> Markup {
    let address = view.which.address();
    let stored = view.which.stored.as_ref();
    let post = if stored.is_some() { address.clone() } else { SECTION.address() };
    html! {
        form.stack-l id=(FORM) method="post" action=(post) novalidate data-preview={ (address) "/look" } data-patch[patch] {
            @if let Some(stored) = stored { (version_field(view.problem.version(view.fields, stored.version))) }
            @if view.fields.ticked("tried") || !view.errors().is_empty() { input type="hidden" name="tried" value="1"; }
            (view.problem.banner(view.who, &address))
            @if view.ask { (question(view)) }
            fieldset.bare.stack-l disabled[!view.edits()] {
                legend.vh { "Schedule" }
                (general_card(view))
                @for layer in 0..form::count(view.fields) { (layer_card(view, layer)) }
                (force_card(view))
            }
            datalist id="crew" { @for person in view.which.crew.offered() { option value=(crew::line(person)) {} } }
            @if view.edits() { (editing::save_bar(view.errors().len(), if stored.is_some() { address.clone() } else { SECTION.address() })) }
        }
    }
}

/// Nothing is stored before somebody has read on which days another person would be paged.
fn question(view: &View<'_>) -> Markup {
    html! {
        section.card id="sure" tabindex="-1" autofocus data-still aria-labelledby="sure-h" {
            div.card-h { h2 id="sure-h" { "Nothing is saved yet" } }
            div.card-b.stack {
                (view.look.sentence(&view.which.crew, &view.who.here))
                (checkbox("sure", "Yes, page them like this", true))
                p.meta { "Save again to store it." }
            }
        }
    }
}

fn general_card(view: &View<'_>) -> Markup {
    let fixed = view.which.stored.as_ref();
    let fallback = Field::new("fallback", "Who is paged where nobody is on call?")
        .hint("Without one, the escalation policy goes on to its next step at once.")
        .errors(view.errors());
    html! {
        section.card aria-labelledby="general-h" {
            div.card-h { h2 id="general-h" { "Name and time zone" } }
            div.card-b.stack {
                (name_field(view.fields, view.errors()))
                @match fixed {
                    None => { (zone_field(view.fields.text("time_zone"), "Shifts hand over on the clocks of this zone. It stays: another one would move shifts of the past.", view.errors())) }
                    Some(stored) => { p.meta { "Shifts hand over on the clocks of " b { (stored.time_zone) } "." } }
                }
                (view.which.names.select(&fallback, "fallback", (view.draft.schedule.fallback, "Nobody")))
                div.field {
                    (checkbox("approval", "A manager approves swaps", view.fields.ticked("approval")))
                    p.hint { "Otherwise a shift that is offered goes to whoever takes it." }
                }
            }
        }
    }
}

fn layer_card(view: &View<'_>, layer: usize) -> Markup {
    let said = layer + 1 < form::count(view.fields) || !view.text(layer, "people").is_empty();
    let name = view.text(layer, "name");
    let head = format!("layer-{layer}");
    html! {
        section.card aria-labelledby=(head) {
            div.card-h {
                h2 id=(head) {
                    @if said { "Layer " (layer + 1) @if !name.is_empty() { ": " (name) } }
                    @else if layer == 0 { "First layer" } @else { "Another layer" }
                }
                @if said { span.meta { "a later layer wins" } }
                @else if layer > 0 { span.meta { "leave it empty if you need none" } }
            }
            div.card-b.stack { (who_fields(view, layer)) (turn_fields(view, layer, said)) }
        }
    }
}

fn who_fields(view: &View<'_>, layer: usize) -> Markup {
    let (name, people, hours) = (id(layer, "name"), id(layer, "people"), id(layer, "hours"));
    let errors = view.errors();
    html! {
        (Field::new(&name, "What is it called?").hint("First, second, nights …").errors(errors).input("text", view.text(layer, "name")))
        (Field::new(&people, "Who takes turns, in this order?")
            .hint("One a line, by name or e-mail address.").errors(errors)
            .textarea(4, view.fields.get(&people).unwrap_or_default()))
        (Field::new(&hours, "Only in these hours?")
            .hint("One stretch a line: mon-fri 08:00-18:00, or sat, sun 22:00-06:00. Empty: round the clock.").errors(errors)
            .textarea(2, view.fields.get(&hours).unwrap_or_default()))
    }
}

fn turn_fields(view: &View<'_>, layer: usize, said: bool) -> Markup {
    let [every, unit, start, order, gone] =
        ["every", "unit", "start", "order", "gone"].map(|field| id(layer, field));
    let errors = view.errors();
    let or = |field: &str, usual: &str| {
        let text = view.text(layer, field);
        if text.is_empty() { usual.to_owned() } else { text.to_owned() }
    };
    let units = Unit::ALL.iter().map(|unit| (unit.as_str(), units_of(*unit)));
    let units: Vec<(&str, &str)> = units.collect();
    html! {
        div.form-2 {
            (Field::new(&every, "Hand over every").errors(errors).input("number", &or("every", "1")))
            (Field::new(&unit, "Unit").errors(errors).select(&units, &or("unit", "week")))
        }
        div.form-2 {
            (Field::new(&start, "First hand-over").hint("On the clock of the schedule; the first of the list begins.").errors(errors)
                .input("datetime-local", &or("start", &form::usual_start(&view.who.here))))
            (Field::new(&order, "Place").hint("A later place wins.").errors(errors).input("number", &or("order", &(layer + 1).to_string())))
        }
        @if said { (checkbox(&gone, "Remove this layer", view.fields.ticked(&gone))) }
    }
}

const fn units_of(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "hours, exactly",
        Unit::Day => "days, at this time of day",
        Unit::Week => "weeks, on this weekday",
        Unit::Month => "months, on this day",
    }
}

fn force_card(view: &View<'_>) -> Markup {
    let since = Field::new("since", "Other layers are in force from")
        .hint("Empty: as soon as they are saved. Who was on call until then stays as it was.")
        .errors(view.errors());
    html! {
        section.card aria-labelledby="force-h" {
            div.card-h { h2 id="force-h" { "In force" } span.meta { "at most " (limits::SCHEDULE_LAYERS) " layers" } }
            div.card-b.stack {
                (since.input("datetime-local", view.fields.get("since").unwrap_or_default()))
                @if view.which.stored.is_some() {
                    (editing::active_field(view.fields, "Out of use nothing pages by it. What pages by it now needs another one first."))
                }
            }
        }
    }
}

/// What the form means: what it changes, and who is on call in the coming weeks.
fn aside(view: &View<'_>, patch: bool) -> Markup {
    let Which { crew, names, .. } = view.which;
    let here = &view.who.here;
    html! {
        aside.card.sl-p id="look" aria-labelledby="look-h" data-patch[patch] {
            div.card-h { h2 id="look-h" { "The next 4 weeks" } span.meta { (here.zone_words()) } }
            div.card-b.stack {
                (view.look.sentence(crew, here))
                (view.look.table(crew, view.draft, here))
                @if let Some(whom) = view.draft.schedule.fallback.filter(|whom| !matches!(whom, Whom::Webhook(_))) {
                    p.meta { "Where nobody is on call: " (names.words(whom)) "." }
                }
            }
        }
    }
}
