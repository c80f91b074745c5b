//! How integrations look.

use super::tools::{Place, TOOLS, Tool};
use super::{All, SECTION, Trouble, asked, payloads};
use crate::app::App;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{self, Problem, buttons, name_field, version_field};
use crate::settings::{Section, form_page, row_page, section_page};
use crate::url;
use incident::Policy;
use maud::{Markup, html};
use store::alerts::asks::{self, Asked};
use store::alerts::payloads::{Kept, PayloadOutcome};
use store::directory::IntegrationKind;
use store::directory::integrations::Integration;

/// What the page of one shows.
pub(super) struct Shown<'a> {
    pub(super) banner: Markup,
    /// How which tool is connected.
    pub(super) tool: &'static Tool,
    source: &'a Integration,
    fields: &'a Fields,
    problem: &'a Problem,
    base: String,
    kept: Vec<Kept>,
    /// How asking it goes.
    asked: Option<Asked>,
}

impl<'a> Shown<'a> {
    /// One that is there, with what it sent.
    pub(super) async fn of(
        app: &App,
        source: &'a Integration,
        fields: &'a Fields,
        problem: &'a Problem,
        base: String,
    ) -> Result<Self, Trouble> {
        let kept = app.desk.payloads(source.id).await?;
        let asked = app.desk.read(asks::all).await?.remove(&source.id);
        let tool = Tool::of(kept.first().map(|kept| kept.door.as_str()), source.kind);
        Ok(Shown { banner: html! {}, tool, source, fields, problem, base, kept, asked })
    }
}

/// The list.
pub(super) fn list(who: &SignedIn, all: &All, banner: Markup) -> Markup {
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New integration" } },
    );
    let body = html! {
        (banner)
        @if all.sources.is_empty() {
            (empty("Nothing tells of alerts yet", "Connect your monitoring: choose a tool, copy what to enter there, and see the first alert arrive.", None))
        } @else {
            div.card { (table(who, all)) }
        }
        p.meta {
            @if all.mailboxes > 0 { (all.mailboxes) @if all.mailboxes == 1 { " mailbox is" } @else { " mailboxes are" } } @else { "Mailboxes are" }
            " on a page of their own: " a.link href=(Section::Mailboxes.address()) { "Mailboxes" } "."
        }
    };
    let lead = html! { "Monitoring and other programs that tell of alerts. " a.link href=(url::ALERTS) { "The alerts" } };
    section_page(who, SECTION, lead, action, body)
}

fn table(who: &SignedIn, all: &All) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Integrations" { table.dt.mail-t {
            thead { tr {
                th scope="col" { "Integration" } th scope="col" { "Kind" } th scope="col" { "Service" } th scope="col" { "Team" }
                th scope="col" { "Last event" } th scope="col" { "Last trouble" } th scope="col" { "In use" }
            } }
            tbody { @for source in &all.sources {
                tr {
                    th scope="row" { a href=(SECTION.of(source.id)) { (source.name) } }
                    td { (source.kind.as_str()) }
                    td { (service_name(all, source)) }
                    td { (team_name(all, source)) }
                    td.nowrap { @match source.last_seen_at { Some(at) => (time::since(at, &who.here)), None => span.muted { "none yet" } } }
                    td.mail-y { @match all.wrong.get(&source.id) { Some(kept) => { (payloads::outcome(kept.outcome)) " " (time::moment(kept.received_at, &who.here)) " " @if who.viewer().configures() { span.meta { (kept.note) } } }, None => "–" } }
                    td { @if source.active { "yes" } @else { span.muted { "no" } } }
                }
            } }
        } }
    }
}

fn service_name<'a>(all: &'a All, source: &Integration) -> &'a str {
    let service = all.services.iter().find(|one| Some(one.id) == source.service);
    service.map_or("–", |one| one.name.as_str())
}

fn team_name<'a>(all: &'a All, source: &Integration) -> &'a str {
    let team = all.teams.iter().find(|one| Some(one.id) == source.team);
    team.map_or("–", |one| one.name.as_str())
}

/// Which tool is connected.
pub(super) fn choose(who: &SignedIn) -> Markup {
    let body = html! {
        section.card { div.card-b {
            ul.cal-w { @for tool in &TOOLS {
                li { a.btn.btn-block href={ (SECTION.of("new")) "?tool=" (tool.key) } { (tool.name) } }
            } }
        } }
        p.meta { "What is not here and speaks to one of these works as well. Mail becomes incidents by way of a " a.link href=(Section::Mailboxes.address()) { "mailbox" } "." }
    };
    let lead = html! { "Which tool tells of alerts?" };
    row_page(who, SECTION, "New integration", lead, body)
}

/// The form of a new one.
pub(super) fn new_page(
    who: &SignedIn,
    all: &All,
    tool: &Tool,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let body = html! {
        (problem.banner(who, &SECTION.of("new")))
        section.card { div.card-b {
            form.form method="post" action=(SECTION.address()) {
                input type="hidden" name="tool" value=(tool.key);
                (inputs(all, tool.kind, fields, problem, false))
                (buttons("Make it and show what to enter there", &SECTION.address()))
            }
        } }
    };
    let lead = html! { (tool.name) ". " a.link href=(SECTION.of("new")) { "Another tool" } };
    row_page(who, SECTION, "New integration", lead, body)
}

/// The page of one.
pub(super) fn page(who: &SignedIn, app: &App, all: &All, shown: &Shown<'_>) -> Markup {
    let Shown { source, problem, fields, .. } = shown;
    let address = SECTION.of(source.id);
    let edits = who.viewer().configures();
    let body = html! {
        (shown.banner)
        (problem.banner(who, &address))
        (heard(who, source, false))
        @if source.takes() { (paged(&app.desk.policy(), source)) }
        @if source.settings.ask.is_some() { (asked::state(who, shown.asked.as_ref())) }
        @if let Some(confirmed) = shown.kept.iter().find(|kept| kept.outcome == PayloadOutcome::Confirmed) {
            p.meta { "Confirmed " (time::moment(confirmed.received_at, &who.here)) @if edits { ": " (confirmed.note) } "." }
        }
        @if edits { (connect(app, shown)) }
        section.card aria-labelledby="how" {
            div.card-h { h2 id="how" { "How its alerts become incidents" } }
            div.card-b {
                @if edits {
                    form.form method="post" action=(address) {
                        (version_field(problem.version(fields, source.version)))
                        (inputs(all, source.kind, fields, problem, true))
                        (buttons("Save", &SECTION.address()))
                    }
                } @else { (facts(all, source)) }
            }
        }
        @if edits && source.kind == IntegrationKind::Json { (mapping_card(source)) }
        @if edits { (payloads::card(who, source.id, &shown.kept)) (ending(source)) }
    };
    let lead = html! { (source.kind.as_str()) ". " a.link href={ (url::ALERTS) "?source=" (source.id) } { "Its alerts" } };
    form_page(who, SECTION, &source.name, lead, body)
}

/// Whether it was heard of. While it was not, this is asked for again.
pub(super) fn heard(who: &SignedIn, source: &Integration, patch: bool) -> Markup {
    let address = SECTION.of(source.id);
    let waits = source.last_seen_at.is_none() && source.takes();
    let class = if waits { "banner banner-info" } else { "banner banner-good" };
    html! {
        @if source.takes() {
            div class=(class) id="heard" role="status" data-patch[patch] data-poll=[waits.then(|| format!("{address}/heard"))] {
                (icon(if waits { "clock" } else { "check" }))
                div {
                    @match source.last_seen_at {
                        None => { b { "Waiting for your first event …" } " It is told here as soon as it came. " noscript { a.link href=(address) { "Look again" } } }
                        Some(at) => { b { "Received" } " " (time::moment(at, &who.here)) ". " a.link href={ (url::ALERTS) "?source=" (source.id) } { "See its alerts" } }
                    }
                }
            }
        } @else {
            div.banner.banner-warn id="heard" role="status" data-patch[patch] { (icon("pause")) div { b { "Out of use." } " What it sends is refused." } }
        }
    }
}

/// That every administrator would be paged, which is found out at night else. What a source names by
/// itself may have a policy all the same.
fn paged(policy: &Policy, source: &Integration) -> Markup {
    let service = source.service.and_then(|id| policy.services.get(&id));
    let team = source.team.or(service.and_then(|service| service.team));
    let words = match (policy.paging.policy_of(source.service, team), service, team) {
        (Some(_), ..) => return html! {},
        (None, None, None) => {
            "It has no service and no team: an alert that names no service of yours pages every administrator."
        }
        (None, Some(_), None) => {
            "Its alerts page every administrator: its service has no escalation policy, and no team owns it."
        }
        (None, None, Some(_)) => {
            "Its alerts page every administrator unless they name a service with an escalation policy: its team has none."
        }
        (None, Some(_), Some(_)) => {
            "Its alerts page every administrator: neither its service nor its team has an escalation policy."
        }
    };
    html! {
        div.banner.banner-warn {
            (icon("alert"))
            div { (words) " " a.link href=(Section::Escalations.address()) { "Escalation policies" } }
        }
    }
}

/// What to enter where, for a tool.
fn connect(app: &App, shown: &Shown<'_>) -> Markup {
    let Shown { source, base, tool, .. } = shown;
    let place = Place { base, key: source.key.as_str() };
    html! {
        section.card aria-labelledby="connect" {
            div.card-h { h2 id="connect" { "What to enter in " (tool.name) } }
            div.card-b.stack {
                @for step in (tool.steps)(&place) {
                    div.stack-s {
                        p { (step.words) }
                        @if !step.code.is_empty() { pre.secret tabindex="0" role="region" aria-label=(step.words) { (step.code) } }
                    }
                }
                p.hint {
                    "The key is " code { (source.key.as_str()) } ". Whoever knows it can hand in alerts."
                    @if app.options.public_url.is_none() { " Set public_url, so that the address here is the one that others reach." }
                }
                form.filters method="get" action={ (SECTION.of(source.id)) "#connect" } {
                    div.field {
                        label.lbl for="tool" { "For another tool" }
                        select.inp id="tool" name="tool" { @for other in &TOOLS { option value=(other.key) selected[other.key == tool.key] { (other.name) } } }
                    }
                    button.btn type="submit" { "Show" }
                }
            }
        }
    }
}

fn inputs(
    all: &All,
    kind: IntegrationKind,
    fields: &Fields,
    problem: &Problem,
    stored: bool,
) -> Markup {
    let errors = &problem.errors;
    let none = |words: &str| std::iter::once((String::new(), words.to_owned()));
    let services = all
        .services
        .iter()
        .filter(|one| one.active || fields.text("service") == one.id.to_string());
    let services: Vec<(String, String)> = none("The one its source names, else none")
        .chain(services.map(|one| (one.id.to_string(), one.name.clone())))
        .collect();
    let teams =
        all.teams.iter().filter(|one| one.active || fields.text("team") == one.id.to_string());
    let teams: Vec<(String, String)> = none("The service’s, or nobody yet")
        .chain(teams.map(|one| (one.id.to_string(), one.name.clone())))
        .collect();
    html! {
        (name_field(fields, errors))
        (Field::new("service", "Which service are its alerts about?").hint("Where its source names one that is known, that one.").errors(errors)
            .select(&services, fields.text("service")))
        (Field::new("team", "Whose are its incidents?").errors(errors).select(&teams, fields.text("team")))
        (times(kind, fields, problem))
        @if kind == IntegrationKind::Alertmanager { (asked::inputs(fields, errors)) }
        @if stored {
            (editing::active_field(fields, "Out of use, it takes nothing: what is sent is refused."))
        }
    }
}

fn times(kind: IntegrationKind, fields: &Fields, problem: &Problem) -> Markup {
    let line = |id: &'static str, label: &'static str, hint: &'static str| {
        let field = Field::new(id, label).hint(hint).errors(&problem.errors);
        field.input("text", fields.text(id))
    };
    let open = ["storm_groups", "flap_changes", "flap_seconds", "unclear_seconds"];
    let open = open.iter().any(|name| problem.errors.of(&format!("alerts.{name}")).is_some());
    html! {
        @if kind == IntegrationKind::Heartbeat {
            (line("alerts.heartbeat_seconds", "Raise an alert without a sign of life for", "Like 5 min, 26 h or 2 days."))
        }
        (line("alerts.window_seconds", "Group what comes again within", "So long after its last alert an open incident takes more of its group. Like 1 h or 2 days."))
        (checkbox("alerts.auto_resolve", "Resolve an incident that nobody took when all its alerts are over", fields.ticked("alerts.auto_resolve")))
        details.fold open[open] {
            summary { (icon("right")) "Storms, flapping and unclear sources" }
            div.stack.mts {
                (line("alerts.storm_groups", "New groups within a minute, beyond which further ones share one incident", "Nobody reads more."))
                (line("alerts.flap_changes", "Changes that make an alert come and go", "It pages nobody anew then, and is not resolved before it was calm."))
                (line("alerts.flap_seconds", "Within", "Like 15 min."))
                (line("alerts.unclear_seconds", "Page again when its source was unclear for", "It said that all is over while alerts may be firing."))
            }
        }
    }
}

fn facts(all: &All, source: &Integration) -> Markup {
    html! {
        dl.props {
            div { dt { "Service" } dd { (service_name(all, source)) } }
            div { dt { "Team" } dd { (team_name(all, source)) } }
            div { dt { "In use" } dd { @if source.active { "yes" } @else { "no" } } }
        }
    }
}

fn mapping_card(source: &Integration) -> Markup {
    let count = source.settings.alerts.mapping.len();
    html! {
        section.card aria-labelledby="mapping" {
            div.card-h { h2 id="mapping" { "Mapping" } }
            div.card-b.stack-s {
                p { @if count == 0 { "Bodies are read by the usual names of fields." } @else { (time::counted(count as i64, "expression")) " say where in a body is what." } }
                div { a.btn href={ (SECTION.of(source.id)) "/mapping" } { (icon("pencil")) "Edit the mapping and try it" } }
            }
        }
    }
}

fn ending(source: &Integration) -> Markup {
    let address = SECTION.of(source.id);
    html! {
        section.card { div.card-b.btns {
            details.edit {
                summary.btn.btn-sm { (icon("key")) "New key" }
                form method="post" action={ (address) "/new-key" } {
                    p.hint { "The key above ends at once; whatever sends with it has to be told the new one." }
                    div { button.btn.btn-sm type="submit" { "Draw a new key" } }
                }
            }
            details.edit {
                summary.btn.btn-sm.btn-quiet.danger { (icon("trash")) "Delete" }
                form method="post" action={ (address) "/delete" } {
                    p.hint { "It takes nothing any more, and for good. Its alerts and incidents stay." }
                    div { button.btn.btn-sm.btn-danger type="submit" { "Delete “" (source.name) "”" } }
                }
            }
        } }
    }
}
