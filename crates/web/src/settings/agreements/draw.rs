//! The form of an agreement, card by card.

use super::SERVICES;
use super::all::{ALWAYS, All};
use super::terms::{self, COLUMNS, row_field, target_field};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::duration;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::pri::priority;
use crate::part::week;
use crate::settings::editing::{self, Problem, choices, name_field, version_field};
use crate::settings::{Section, many};
use incident::policy::Agreement;
use incident::state::HoldReason;
use kernel::{CalendarId, Priority};
use maud::{Markup, html};

/// The id of the form; what lies outside belongs to it by this.
pub(super) const FORM: &str = "agreement";

/// What a form is drawn from.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) all: &'a All,
    /// As stored; `None` for a new one.
    pub(super) stored: Option<&'a Agreement>,
    pub(super) fields: &'a Fields,
    pub(super) problem: &'a Problem,
    /// Where it is shown.
    pub(super) address: &'a str,
    /// What stands before the bar: which open clocks would move.
    pub(super) moves: Option<Markup>,
    /// What the page says first.
    pub(super) banner: Option<Markup>,
}

impl View<'_> {
    fn errors(&self) -> &Errors {
        &self.problem.errors
    }

    fn edits(&self) -> bool {
        self.who.viewer().configures()
    }

    fn is_default(&self) -> bool {
        self.stored.is_some_and(|stored| stored.is_default)
    }

    /// How the agreement is called that applies to everything else.
    fn default_name(&self) -> &str {
        self.all.policy.agreements.default(self.who.here.now).name.as_str()
    }

    fn calendar(&self) -> Option<CalendarId> {
        self.fields.text("calendar").parse().ok()
    }
}

/// The whole form. Whoever may not change it sees it without a way to.
pub(super) fn form(view: &View<'_>, patch: bool) -> Markup {
    let post =
        view.stored.map_or_else(|| Section::Agreements.address(), |_| view.address.to_owned());
    html! {
        form.stack-l id=(FORM) method="post" action=(post) novalidate data-preview={ (view.address) "/look" } data-patch[patch] {
            @if let Some(stored) = view.stored { (version_field(view.problem.version(view.fields, stored.reference.version))) }
            @if fields_tried(view) { input type="hidden" name="tried" value="1"; }
            @if let Some(banner) = &view.banner { (banner) }
            (view.problem.banner(view.who, view.address))
            @if let Some(moves) = &view.moves { (moves) }
            fieldset.bare.stack-l disabled[!view.edits()] {
                legend.vh { "Agreement" }
                (applies_card(view))
                (targets_card(view))
                (calendar_card(view))
                (clocks_card(view))
                (teams_card(view))
                (vendor_card(view))
                (majors_card(view))
                (force_card(view))
            }
            @if view.edits() { (save_bar(view)) }
        }
    }
}

/// Whether it was sent before: from then on errors are told as soon as a field is left.
fn fields_tried(view: &View<'_>) -> bool {
    view.fields.ticked("tried") || !view.errors().is_empty()
}

fn applies_card(view: &View<'_>) -> Markup {
    let (fields, errors) = (view.fields, view.errors());
    let people = Field::new("requesters", "Requesters")
        .hint("E-mail addresses or names, one a line.")
        .errors(errors);
    let services = view.all.services.iter().filter(|service| {
        service.active || fields.all("services").any(|id| id == service.id.to_string())
    });
    html! {
        section.card aria-labelledby="applies-h" {
            div.card-h { h2 id="applies-h" { "Name and what it applies to" } }
            div.card-b.stack {
                (name_field(fields, errors))
                @if view.is_default() {
                    p.meta { "This is the default: it applies to everything that no other agreement applies to." }
                } @else {
                    @if view.stored.is_some_and(|stored| !stored.retired) {
                        (checkbox("is_default", &format!("Make it the default, which applies to everything else. “{}” then goes out of use", view.default_name()), fields.ticked("is_default")))
                    }
                    p.meta id="services" tabindex="-1" { "What is left open holds for all. Where more than one list is filled, an incident has to be in each of them." }
                    @if let Some(error) = errors.of("services") { p.err { (icon("alert")) (error) } }
                    (some_of("Services", fields.all(SERVICES.boxes).count() + fields.text(SERVICES.more).lines().count(),
                        many::inputs(&SERVICES, "Services", None,
                            services.map(|one| (one.id.to_string(), one.name.clone())).collect(), fields, errors)))
                    (some_of("Organisations", fields.all("organisations").count(), choices("organisations", "Organisations of requesters", None,
                        &view.all.organisations.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>(), fields)))
                    (some_of("Categories", fields.all("categories").count(), choices("categories", "Categories, with what lies below them", None,
                        &view.all.categories.iter().map(|(id, path)| (id.to_string(), path.clone())).collect::<Vec<_>>(), fields)))
                    (some_of("Requesters", fields.text("requesters").lines().count(), people.textarea(3, fields.get("requesters").unwrap_or_default())))
                }
            }
        }
    }
}

/// A list to choose from, folded while nothing is chosen.
fn some_of(title: &str, chosen: usize, content: Markup) -> Markup {
    html! {
        details.fold id={ "fold-" (title.to_lowercase()) } open[chosen > 0] {
            summary { (icon("right")) (title) ": " @if chosen == 0 { "all" } @else { (chosen) } }
            (content)
        }
    }
}

fn targets_card(view: &View<'_>) -> Markup {
    let meta = match view.calendar() {
        Some(_) => "business time unless marked",
        None => "round the clock",
    };
    html! {
        section.card aria-labelledby="targets-h" {
            div.card-h { h2 id="targets-h" { "Targets" } span.meta { (meta) } }
            div.scroll-x tabindex="0" role="region" aria-label="Targets by priority" {
                table.dt.sl-t {
                    thead { tr {
                        th scope="col" { "Priority" }
                        @for (_, head) in COLUMNS { th scope="col" { (head) } }
                        th scope="col" { "Around the clock" }
                    } }
                    tbody { @for priority in Priority::ALL { (target_row(view, priority)) } }
                }
            }
            div.card-b { p.meta { "Write 90m, 1.5 h or 2 days; empty promises nothing. A day is a day of the calendar." } }
        }
    }
}

fn target_row(view: &View<'_>, at: Priority) -> Markup {
    let calendar = terms::calendar_at(view.fields, at);
    let day = view.all.day(calendar);
    let errors = COLUMNS.map(|(kind, _)| {
        let field = target_field(at, kind);
        view.errors().of(&field).map(|words| (field.clone(), words))
    });
    let always = format!("p{}_always", at.get());
    let own = format!("p{}_calendar", at.get());
    html! {
        tr {
            th scope="row" { (priority(at)) }
            @for (kind, head) in COLUMNS {
                td { (duration_input(view, &target_field(at, kind), &format!("{at} {}", head.to_lowercase()), day)) }
            }
            td {
                input.switch type="checkbox" role="switch" name=(always) value="1" aria-label={ (at) " around the clock" } checked[view.fields.ticked(&always)];
                @if let Some(id) = view.fields.filled(&own) {
                    input type="hidden" name=(own) value=(id);
                    p.hint { "else " (view.all.calendar_name(id.parse().ok())) }
                }
            }
        }
        @if errors.iter().flatten().next().is_some() {
            tr.er { td {} td colspan="5" {
                @for (field, words) in errors.into_iter().flatten() { p.err id={ (field) "-e" } { (icon("alert")) (words) } }
            } }
        }
    }
}

/// A duration, and how it was read.
fn duration_input(view: &View<'_>, field: &str, label: &str, day: i64) -> Markup {
    let text = view.fields.get(field).unwrap_or_default();
    let echo = duration::echo(text, day);
    let error = view.errors().of(field);
    let described =
        [error.map(|_| format!("{field}-e")), echo.as_ref().map(|_| format!("{field}-h"))];
    let described: Vec<String> = described.into_iter().flatten().collect();
    html! {
        input.inp id=(field) name=(field) type="text" autocomplete="off" aria-label=(label) value=(text) placeholder="none"
            aria-invalid=[error.map(|_| "true")] aria-describedby=[(!described.is_empty()).then(|| described.join(" "))];
        @if let Some(echo) = echo { p.hint id={ (field) "-h" } { (echo) } }
    }
}

fn calendar_card(view: &View<'_>) -> Markup {
    let chosen = view.fields.filled("calendar").unwrap_or(ALWAYS);
    let options = view.all.calendar_options(None, chosen);
    html! {
        section.card aria-labelledby="calendar-h" {
            div.card-h { h2 id="calendar-h" { "Calendar" } a.link href=(Section::Calendars.address()) { "All calendars" } }
            div.card-b.stack {
                (Field::new("calendar", "Business hours").errors(view.errors()).select(&options, chosen))
                @if let Some(known) = view.all.known(view.calendar()) {
                    (week::picture(&known.hours.definition.week, known.calendar.week_in_words()))
                    p.meta {
                        "Clocks count while it is open, in " (known.calendar.time_zone()) ". "
                        a.link href=(Section::Calendars.of(known.hours.reference.id)) { (crate::part::time::counted(known.hours.definition.holidays.len() as i64, "holiday")) }
                    }
                } @else { p.meta { "Clocks count every hour of every day." } }
            }
        }
    }
}

/// What waiting for a reason is called, and what speaks against pausing for it.
const PAUSES: [(HoldReason, &str, &str); 5] = [
    (HoldReason::Requester, "waiting on the requester", ""),
    (HoldReason::Scheduled, "waiting for an agreed time", ""),
    (
        HoldReason::Vendor,
        "waiting on a supplier",
        "better: agree a supplier target and keep counting",
    ),
    (HoldReason::Change, "waiting for a change", ""),
    (HoldReason::Problem, "waiting for a problem’s solution", ""),
];

fn clocks_card(view: &View<'_>) -> Markup {
    let (fields, errors) = (view.fields, view.errors());
    let starts = fields.filled("starts_at").unwrap_or("reported");
    let radio = |value: &str, label: &str| {
        html! { label.ck { input type="radio" name="starts_at" value=(value) checked[value == starts]; (label) } }
    };
    html! {
        section.card aria-labelledby="pauses-h" {
            div.card-h { h2 id="pauses-h" { "Clocks pause while" } span.meta { "the clock of taking it never does" } }
            div.card-b.stack-s {
                @for (reason, words, better) in PAUSES {
                    label.ck {
                        input type="checkbox" name="pause" value=(reason.as_str()) checked[fields.all("pause").any(|word| word == reason.as_str())];
                        (words) @if !better.is_empty() { " " span.hint { (better) } }
                    }
                }
            }
        }
        section.card aria-labelledby="clocks-h" {
            div.card-h { h2 id="clocks-h" { "Start, warnings and closing" } }
            div.card-b.stack {
                fieldset.field {
                    legend { "Clocks start when the incident was" }
                    (radio("reported", "reported"))
                    (radio("detected", "detected, if that is known and earlier"))
                }
                (checkbox("acknowledgement_responds", "Acknowledging counts as responding", fields.ticked("acknowledgement_responds")))
                (Field::new("warn_shares", "Warn when this much of a target is used, in per cent").hint("Rising, such as 50, 75, 90. Empty warns of nothing.").errors(errors)
                    .input("text", fields.get("warn_shares").unwrap_or_default()))
                div.form-2 {
                    (Field::new("close_after_days", "Close after days of silence").hint("Business days after it was resolved.").errors(errors)
                        .input("number", fields.get("close_after_days").unwrap_or_default()))
                    (Field::new("follow_up_days", "Follow-up within days").hint("After that a reply to a closed incident makes a new one without a link.").errors(errors)
                        .input("number", fields.get("follow_up_days").unwrap_or_default()))
                }
            }
        }
    }
}

fn teams_card(view: &View<'_>) -> Markup {
    let mut rows = terms::team_rows(view.fields);
    let filled = |row: &String| {
        Priority::ALL.iter().any(|at| view.fields.filled(&row_field(row, *at)).is_some())
    };
    if view.edits() && rows.last().is_none_or(filled) && rows.len() < terms::TEAM_ROWS {
        let free = (0..).map(|at| format!("t{at}")).find(|row| !rows.contains(row));
        rows.extend(free);
    }
    html! {
        section.card aria-labelledby="teams-h" {
            div.card-h { h2 id="teams-h" { "What teams promise each other" } span.meta { "from each assignment on" } }
            @if rows.is_empty() { div.card-b { p.meta { "Nothing." } } } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Targets of teams" {
                    table.dt.sl-t {
                        thead { tr {
                            th scope="col" { "Team" }
                            @for at in Priority::ALL { th scope="col" { (at) } }
                            th scope="col" { "Counted by" }
                        } }
                        tbody { @for row in &rows { (team_row(view, row)) } }
                    }
                }
                div.card-b { p.meta { "How long a team may have an incident before it passes it on or is done. Any team counts where no row names the team." } }
            }
        }
    }
}

fn team_row(view: &View<'_>, row: &str) -> Markup {
    let field = format!("{row}_team");
    let chosen = view.fields.text(&field);
    let error = view.errors().of(&field);
    html! {
        tr {
            td {
                select.inp id=(field) name=(field) aria-label="Team" aria-invalid=[error.map(|_| "true")] {
                    option value="" { "Any team" }
                    @for team in &view.all.teams {
                        @let is_chosen = team.id.to_string() == chosen;
                        @if team.active || is_chosen {
                            option value=(team.id) selected[is_chosen] { (team.name) @if !team.active { ", out of use" } }
                        }
                    }
                }
            }
            (row_cells(view, row, "team target"))
        }
        (row_errors(view, row))
    }
}

fn vendor_card(view: &View<'_>) -> Markup {
    html! {
        section.card aria-labelledby="vendor-h" {
            div.card-h { h2 id="vendor-h" { "What suppliers promise" } span.meta { "while an incident waits on one" } }
            div.scroll-x tabindex="0" role="region" aria-label="Targets of suppliers" {
                table.dt.sl-t {
                    thead { tr {
                        th scope="col" { "Whom" }
                        @for at in Priority::ALL { th scope="col" { (at) } }
                        th scope="col" { "Counted by" }
                    } }
                    tbody {
                        tr { th scope="row" { "Suppliers" } (row_cells(view, "v", "supplier target")) }
                        (row_errors(view, "v"))
                    }
                }
            }
        }
    }
}

/// When people hear of a major incident, and who reads it before.
fn majors_card(view: &View<'_>) -> Markup {
    let fields = std::iter::once("major_first".to_owned());
    let fields = fields.chain(Priority::ALL.into_iter().map(terms::cadence_field));
    let wrong: Vec<(String, &str)> = fields
        .filter_map(|field| view.errors().of(&field).map(|words| (field.clone(), words)))
        .collect();
    let input = |field: &str, label: &str| duration_input(view, field, label, duration::WHOLE_DAY);
    html! {
        section.card aria-labelledby="majors-h" {
            div.card-h { h2 id="majors-h" { "Words about major incidents" } span.meta { "round the clock" } }
            div.scroll-x tabindex="0" role="region" aria-label="Words about major incidents" {
                table.dt.sl-t {
                    thead { tr {
                        th scope="col" { "First word within" }
                        @for at in Priority::ALL { th scope="col" { (at) " then every" } }
                    } }
                    tbody {
                        tr {
                            td { (input("major_first", "First word about a major incident within")) }
                            @for at in Priority::ALL { td { (input(&terms::cadence_field(at), &format!("{at} next word about a major incident every"))) } }
                        }
                        @if !wrong.is_empty() {
                            tr.er { td colspan="6" { @for (field, words) in &wrong { p.err id={ (field) "-e" } { (icon("alert")) (words) } } } }
                        }
                    }
                }
            }
            div.card-b.stack-s {
                p.meta { "Counted from when it is declared, and from each word that promises no time of its own. Whoever speaks is paged when a word is overdue." }
                (checkbox("major_approval", "What goes to the status page needs the approval of somebody who did not write it", view.fields.ticked("major_approval")))
            }
        }
    }
}

fn row_cells(view: &View<'_>, row: &str, label: &str) -> Markup {
    let field = format!("{row}_calendar");
    let chosen = view.fields.text(&field);
    html! {
        @for at in Priority::ALL {
            td { (duration_input(view, &row_field(row, at), &format!("{at} {label}"), view.all.day(terms::row_calendar(view.fields, row, at)))) }
        }
        td {
            select.inp name=(field) aria-label={ "Calendar of the " (label) } {
                @for (value, label) in view.all.calendar_options(Some(("", "As above")), chosen) {
                    option value=(value) selected[value == chosen] { (label) }
                }
            }
        }
    }
}

fn row_errors(view: &View<'_>, row: &str) -> Markup {
    let fields = Priority::ALL.into_iter().map(|at| row_field(row, at));
    let fields = std::iter::once(format!("{row}_team")).chain(fields);
    let found: Vec<(String, &str)> = fields
        .filter_map(|field| view.errors().of(&field).map(|words| (field.clone(), words)))
        .collect();
    html! {
        @if !found.is_empty() {
            tr.er { td {} td colspan="6" { @for (field, words) in found { p.err id={ (field) "-e" } { (icon("alert")) (words) } } } }
        }
    }
}

fn force_card(view: &View<'_>) -> Markup {
    let since = Field::new("since", "In force from")
        .hint(
            "Empty: as soon as it is saved. Incidents raised before keep what they were promised.",
        )
        .errors(view.errors());
    html! {
        section.card aria-labelledby="force-h" {
            div.card-h { h2 id="force-h" { "In force" } }
            div.card-b.stack {
                (since.input("datetime-local", view.fields.get("since").unwrap_or_default()))
                @if view.stored.is_some() && !view.is_default() {
                    (editing::active_field(view.fields, "Out of use, nothing new is promised by it; open incidents keep it."))
                }
            }
        }
    }
}

fn save_bar(view: &View<'_>) -> Markup {
    let discard = match view.stored {
        Some(_) => view.address.to_owned(),
        None => Section::Agreements.address(),
    };
    editing::save_bar(view.errors().len(), discard)
}
