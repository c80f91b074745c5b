//! The page of an escalation policy: its form, or its steps as people read them.

use super::form::{self, HOW, id};
use super::{All, SECTION, look};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::duration;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::settings::editing::{self, Problem, buttons, name_field, version_field};
use crate::settings::whom::{Names, typed};
use crate::settings::{form_page, week_hours};
use incident::escalation::{EscalationPolicy, EscalationStep, Whom};
use maud::{Markup, html};
use store::directory::escalations::Escalation;

/// The id of the form, for what stands beside it.
pub(super) const FORM: &str = "escalation-f";

/// The page of a policy, stored or not.
pub(super) fn page(
    who: &SignedIn,
    all: &All,
    fields: &Fields,
    problem: &Problem,
    above: Markup,
) -> Markup {
    let stored = all.stored.as_ref();
    let address = stored.map_or_else(|| SECTION.address(), |one| SECTION.of(one.policy.id));
    let title = stored.map_or("New escalation policy", |one| one.policy.name.as_str());
    let body = html! {
        (above)
        (problem.banner(who, &address))
        @if let Some(stored) = stored { (faults(stored, &all.names)) (reads(stored, &all.names)) }
        @if who.viewer().configures_paging() {
            div.sl-g {
                form.stack-l id=(FORM) method="post" action=(address) data-preview=(looked_at(all)) {
                    @if let Some(stored) = stored { (version_field(problem.version(fields, stored.policy.version))) }
                    (about(stored.is_some(), fields, &problem.errors))
                    @for step in 0..form::count(fields) { (step_card(all, step, fields, &problem.errors)) }
                    (end_card(all, fields, &problem.errors))
                    (buttons(if stored.is_some() { "Save" } else { "Make the policy" }, &SECTION.address()))
                }
                (beside(who, all, fields, false))
            }
        } @else { (beside(who, all, fields, false)) }
    };
    let lead = html! {
        @match (stored, &all.users[..]) {
            (None, _) => "Services and teams choose it afterwards.",
            (_, []) => "No service and no team is paged by it yet.",
            (_, users) => { "For " (users.join(", ")) "." }
        }
    };
    form_page(who, SECTION, title, lead, body)
}

/// Where a form is asked whom it would page.
fn looked_at(all: &All) -> String {
    let of = all.stored.as_ref().map_or("new".to_owned(), |one| one.policy.id.to_string());
    format!("{}/look", SECTION.of(of))
}

/// Whom the form would page, or whom what is stored does for those who may only read it.
pub(super) fn beside(who: &SignedIn, all: &All, fields: &Fields, patch: bool) -> Markup {
    let (draft, _) = all.draft(fields);
    let address = who.viewer().configures_paging().then(|| looked_at(all));
    let policy = &draft.escalation.policy;
    look::aside(all, policy, &who.here, (address.as_deref(), patch))
}

/// What it names that is not there any more.
fn faults(stored: &Escalation, names: &Names) -> Markup {
    let faults = stored.policy.gone(&names.policy, &names.webhooks);
    html! {
        @if stored.active && !faults.is_empty() {
            div.banner.banner-crit role="status" {
                (icon("alert"))
                div {
                    b { "It pages somebody who cannot be paged any more." }
                    @for fault in &faults { br; (place(&fault.field)) " " (fault.message) "." }
                }
            }
        }
    }
}

/// "Step 2" of `steps.1.whom.0`.
fn place(field: &str) -> String {
    let step = field.strip_prefix("steps.").and_then(|rest| rest.split('.').next());
    match step.and_then(|step| step.parse::<usize>().ok()) {
        Some(step) => format!("Step {}: one of them", step + 1),
        None => "At the end: one of them".to_owned(),
    }
}

/// The policy in words, step by step.
fn reads(stored: &Escalation, names: &Names) -> Markup {
    html! {
        section.card aria-labelledby="reads-h" {
            div.card-h { h2 id="reads-h" { "If nobody acknowledges" } @if !stored.active { span.chip { "out of use" } } }
            div.card-b { (in_words(&stored.policy, names, true)) }
        }
    }
}

/// The steps on a line, and what comes after them; with links for who reads the settings.
pub(crate) fn in_words(policy: &EscalationPolicy, names: &Names, linked: bool) -> Markup {
    html! {
        ol.steps.esc { @for (at, step) in policy.steps.iter().enumerate() {
            li { b { (since_begin(policy, at)) } small { (whom_words(step, names)) } }
        } }
        p.meta.mts { (end_words(policy, names, linked)) }
    }
}

/// When a step comes: "At once", "8 min".
pub(crate) fn since_begin(policy: &EscalationPolicy, at: usize) -> String {
    let seconds = policy.steps.iter().take(at + 1).map(|step| step.after_seconds).sum::<i64>();
    match seconds {
        0 => "At once".to_owned(),
        seconds => duration::written(seconds, duration::WHOLE_DAY),
    }
}

/// Whom a step pages, how, and in which hours.
pub(crate) fn whom_words(step: &EscalationStep, names: &Names) -> String {
    let all: Vec<String> = step.whom.iter().map(|whom| names.words(*whom)).collect();
    let how = match (step.round_robin, step.everyone) {
        (true, _) if all.len() > 1 => "one of ",
        _ => "",
    };
    let until = if step.everyone { ", until each has acknowledged" } else { "" };
    let hours = step
        .hours
        .as_ref()
        .map(|hours| format!(", only {} ({})", week_hours::words(&hours.within), hours.time_zone));
    format!("{how}{}{until}{}", all.join(" and "), hours.unwrap_or_default())
}

fn end_words(policy: &EscalationPolicy, names: &Names, linked: bool) -> Markup {
    html! {
        @match policy.repeats {
            0 => "Then ",
            1 => "All of it is gone through once more. Then ",
            times => { "All of it is gone through " (times) " times more. Then " }
        }
        @if policy.fallback.is_empty() { "every administrator is told." } @else {
            @for (at, whom) in policy.fallback.iter().enumerate() {
                @if at > 0 { " and " }
                @if linked { (names.link(*whom)) } @else { (names.words(*whom)) }
            }
            " is told."
        }
        " It begins by itself for " (policy.pages_from) @if policy.pages_from.get() > 1 { " and more urgent" } "."
        @if let Some(seconds) = policy.acknowledgement_seconds {
            " An acknowledgement is good for " (duration::written(seconds, duration::WHOLE_DAY)) "; if it is still open then, paging begins again."
        }
    }
}

fn about(stored: bool, fields: &Fields, errors: &Errors) -> Markup {
    html! {
        section.card { div.card-b { div.form {
            (name_field(fields, errors))
            (Field::new("pages_from", "When does it begin by itself?")
                .hint("What is less urgent pages nobody; people can escalate by hand. An alert whose source says error, or nothing, is P3.").errors(errors)
                .select(&form::priorities(), fields.filled("pages_from").unwrap_or("P3")))
            @if stored { (editing::active_field(fields, "Out of use nobody is paged by it. Services and teams that name it need another one first.")) }
        } } }
    }
}

fn step_card(all: &All, step: usize, fields: &Fields, errors: &Errors) -> Markup {
    let [after, whom, how, hours, zone, gone] =
        ["after", "whom", "how", "hours", "zone", "gone"].map(|field| id(step, field));
    let chosen = typed(fields, &whom).unwrap_or_default();
    let said = !chosen.is_empty();
    let head = format!("step-{step}");
    html! {
        section.card aria-labelledby=(head) {
            div.card-h {
                h2 id=(head) { @if said { "Step " (step + 1) } @else { "Another step" } }
                @if !said { span.meta { "leave it empty if you need none" } }
            }
            div.card-b { div.form {
                (Field::new(&after, if step == 0 { "How long after it began?" } else { "How long after the step before?" })
                    .hint("8 min, 1 h; empty: at once").errors(errors).input("text", fields.text(&after)))
                (selects(all, (&whom, "Whom does it page?"), &chosen, errors))
                (Field::new(&how, "Of these").errors(errors).select(&HOW, fields.filled(&how).unwrap_or("all")))
                div.form-2 {
                    (Field::new(&hours, "Only in these hours?").hint("mon-fri 08:00-18:00; empty: always. Outside of them the next step comes at once.").errors(errors)
                        .textarea(1, fields.get(&hours).unwrap_or_default()))
                    (Field::new(&zone, "Time zone of these hours").errors(errors).input("text", fields.filled(&zone).unwrap_or(&all.zone)))
                }
                @if said { (checkbox(&gone, "Remove this step", fields.ticked(&gone))) }
            } }
        }
    }
}

/// A choice for each that is chosen, and one more.
fn selects(all: &All, (name, label): (&str, &str), chosen: &[Whom], errors: &Errors) -> Markup {
    html! {
        @for at in 0..=chosen.len() {
            @let field_id = if at == 0 { name.to_owned() } else { format!("{name}-{at}") };
            @let words = if at == 0 { label } else { "And" };
            (all.names.select(&Field::new(&field_id, words).errors(errors), name, (chosen.get(at).copied(), "–")))
        }
    }
}

fn end_card(all: &All, fields: &Fields, errors: &Errors) -> Markup {
    let chosen = typed(fields, "fallback").unwrap_or_default();
    html! {
        section.card aria-labelledby="end-h" {
            div.card-h { h2 id="end-h" { "And if nobody takes it" } span.meta { "it never ends in silence" } }
            div.card-b { div.form {
                (Field::new("repeats", "How often are the steps gone through again?").hint("0 to 10. Each time begins after the longest wait of a step, or after 5 min where none waits.").errors(errors)
                    .input("number", fields.filled("repeats").unwrap_or("1")))
                (selects(all, ("fallback", "Who is told at the end?"), &chosen, errors))
                p.hint { "With nobody chosen, every administrator is told." }
                (Field::new("acknowledgement_seconds", "How long is an acknowledgement good for?")
                    .hint("Empty: for ever. 2 h: if it is still open then, paging begins again.").errors(errors)
                    .input("text", fields.text("acknowledgement_seconds")))
            } }
        }
    }
}
