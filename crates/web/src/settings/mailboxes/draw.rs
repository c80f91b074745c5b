//! How mailboxes look.

use super::{All, SECTION};
use crate::app::App;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::duration::{self, WHOLE_DAY};
use crate::part::empty::empty;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{self, Problem, buttons, name_field, version_field};
use crate::settings::{row_page, section_page};
use kernel::Timestamp;
use maud::{Markup, html};
use store::directory::integrations::Integration;

/// What a page of one mailbox shows.
pub(super) struct Shown<'a> {
    stored: Option<&'a Integration>,
    fields: &'a Fields,
    problem: &'a Problem,
    banner: Markup,
}

impl<'a> Shown<'a> {
    /// The form of a new one.
    pub(super) fn fresh(fields: &'a Fields, problem: &'a Problem) -> Self {
        Shown { stored: None, fields, problem, banner: html! {} }
    }

    /// One that is there.
    pub(super) fn stored(
        mailbox: &'a Integration,
        fields: &'a Fields,
        problem: &'a Problem,
        banner: Markup,
    ) -> Self {
        Shown { stored: Some(mailbox), fields, problem, banner }
    }
}

/// The list.
pub(super) fn list(who: &SignedIn, all: &All, banner: Markup) -> Markup {
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New mailbox" } },
    );
    let body = html! {
        (banner)
        @if all.mailboxes.is_empty() {
            (empty("No mailboxes yet", "A mailbox takes the messages that people write to the service desk.", None))
        } @else {
            div.card { (table(who, all)) }
        }
    };
    let lead = html! { "Where messages come in, and whose they become." };
    section_page(who, SECTION, lead, action, body)
}

fn table(who: &SignedIn, all: &All) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Mailboxes" { table.dt {
            thead { tr {
                th scope="col" { "Mailbox" } th scope="col" { "Addresses" } th scope="col" { "Team" }
                th scope="col" { "Last message" } th scope="col" { "In use" }
            } }
            tbody { @for mailbox in &all.mailboxes {
                tr {
                    th scope="row" { a href=(SECTION.of(mailbox.id)) { (mailbox.name) } }
                    td { @if mailbox.addresses.is_empty() { "–" } @else { (mailbox.addresses.join(", ")) } }
                    td { (team_name(all, mailbox)) }
                    td { (last(who, mailbox)) }
                    td { @if mailbox.active { "yes" } @else { span.muted { "no" } } }
                }
            } }
        } }
    }
}

fn last(who: &SignedIn, mailbox: &Integration) -> Markup {
    html! {
        @match mailbox.last_seen_at { Some(at) => (time::moment(at, &who.here)), None => "none yet" }
        @if is_silent(mailbox, who.here.now) { " " span.chip.chip-crit { (icon("alert")) "silent" } }
    }
}

/// Whether nothing came for longer than it should.
fn is_silent(mailbox: &Integration, now: Timestamp) -> bool {
    let silence = mailbox.settings.silence_after_seconds.zip(mailbox.last_seen_at);
    mailbox.active && silence.is_some_and(|(seconds, at)| now.seconds_since(at) >= seconds)
}

fn team_name<'a>(all: &'a All, mailbox: &Integration) -> &'a str {
    let team = all.teams.iter().find(|team| Some(team.id) == mailbox.team);
    team.map_or("–", |team| team.name.as_str())
}

/// The form's fields as a mailbox has them.
pub(super) fn fields(mailbox: &Integration) -> Fields {
    let silence = mailbox.settings.silence_after_seconds;
    let mut pairs = vec![
        ("name".to_owned(), mailbox.name.clone()),
        ("addresses".to_owned(), mailbox.addresses.join("\n")),
    ];
    pairs.extend(mailbox.service.map(|id| ("service".to_owned(), id.to_string())));
    pairs.extend(mailbox.team.map(|id| ("team".to_owned(), id.to_string())));
    pairs.extend(silence.map(|seconds| {
        ("silence_after_seconds".to_owned(), duration::written(seconds, WHOLE_DAY))
    }));
    pairs.extend(mailbox.active.then(|| ("active".to_owned(), "1".to_owned())));
    Fields::of(pairs)
}

/// The page of one mailbox, or of the form of a new one.
pub(super) fn page(who: &SignedIn, app: &App, all: &All, shown: &Shown<'_>) -> Markup {
    let address = shown.stored.map_or_else(|| SECTION.address(), |mailbox| SECTION.of(mailbox.id));
    let title = shown.stored.map_or("New mailbox", |mailbox| mailbox.name.as_str());
    let edits = who.viewer().configures();
    let body = html! {
        (shown.banner)
        (shown.problem.banner(who, &address))
        section.card { div.card-b {
            @if edits {
                form.form method="post" action=(address) {
                    @if let Some(mailbox) = shown.stored { (version_field(shown.problem.version(shown.fields, mailbox.version))) }
                    (inputs(all, shown))
                    (buttons(if shown.stored.is_some() { "Save" } else { "Make the mailbox" }, &SECTION.address()))
                }
            } @else if let Some(mailbox) = shown.stored { (facts(all, mailbox)) }
        } }
        @if let Some(mailbox) = shown.stored {
            (ways_in(who, app, mailbox))
            @if edits { (ending(mailbox)) }
        }
    };
    let lead = html! {
        @if let Some(mailbox) = shown.stored { "Last message: " (last(who, mailbox)) }
    };
    row_page(who, SECTION, title, lead, body)
}

fn inputs(all: &All, shown: &Shown<'_>) -> Markup {
    let (fields, errors) = (shown.fields, &shown.problem.errors);
    let none = |words: &str| std::iter::once((String::new(), words.to_owned()));
    let teams =
        all.teams.iter().filter(|one| one.active || fields.text("team") == one.id.to_string());
    let teams: Vec<(String, String)> = none("The service’s, or nobody yet")
        .chain(teams.map(|one| (one.id.to_string(), one.name.clone())))
        .collect();
    let services = all
        .services
        .iter()
        .filter(|one| one.active || fields.text("service") == one.id.to_string());
    let services: Vec<(String, String)> =
        none("None").chain(services.map(|one| (one.id.to_string(), one.name.clone()))).collect();
    html! {
        (name_field(fields, errors))
        (Field::new("addresses", "To which addresses do people write?")
            .hint("One a line. What follows a + is left out: help+anything@… comes to help@…")
            .errors(errors).textarea(2, fields.text("addresses")))
        (Field::new("team", "Whose are new incidents?").errors(errors).select(&teams, fields.text("team")))
        (Field::new("service", "Which service are they about?").errors(errors).select(&services, fields.text("service")))
        (Field::new("silence_after_seconds", "Raise an incident when nothing came for")
            .hint("Like 4 h or 2 days, in the business hours of the team. Empty: never.")
            .errors(errors).input("text", fields.text("silence_after_seconds")))
        @if shown.stored.is_some() {
            (editing::active_field(fields, "Out of use, it takes nothing: senders are told that there is no such mailbox."))
        }
    }
}

fn facts(all: &All, mailbox: &Integration) -> Markup {
    let service = all.services.iter().find(|one| Some(one.id) == mailbox.service);
    html! {
        dl.props {
            div { dt { "Addresses" } dd { @if mailbox.addresses.is_empty() { "–" } @else { (mailbox.addresses.join(", ")) } } }
            div { dt { "Team" } dd { (team_name(all, mailbox)) } }
            div { dt { "Service" } dd { (service.map_or("–", |one| one.name.as_str())) } }
            div { dt { "Silence" } dd { @match mailbox.settings.silence_after_seconds {
                Some(seconds) => { "told of after " (duration::written(seconds, WHOLE_DAY)) }
                None => "not told of",
            } } }
            div { dt { "In use" } dd { @if mailbox.active { "yes" } @else { "no" } } }
        }
    }
}

/// How messages are handed in; the key only for those who may give it away.
fn ways_in(who: &SignedIn, app: &App, mailbox: &Integration) -> Markup {
    if !who.viewer().configures() {
        return html! {};
    }
    let base = app.options.public_url.as_deref().unwrap_or_default();
    let key = mailbox.key.as_str();
    html! {
        section.card aria-labelledby="ways" {
            div.card-h { h2 id="ways" { "How messages come in" } }
            div.card-b.stack {
                dl.props {
                    div { dt { "Key" } dd { code.secret { (key) } } }
                    div { dt { "HTTP" } dd { code.secret { "POST " (base) "/intake/" (key) "/email" } } }
                    div { dt { "Pipe of a mail server" } dd { code.secret { "evenkeel mail --mailbox " (key) } } }
                }
                p.hint { "Whoever knows the key can hand in messages. SMTP and LMTP need no key: they take what is addressed to this mailbox. The administrator’s guide has examples." }
            }
        }
    }
}

fn ending(mailbox: &Integration) -> Markup {
    let address = SECTION.of(mailbox.id);
    html! {
        section.card { div.card-b.btns {
            details.edit {
                summary.btn.btn-sm { "New key" }
                form method="post" action={ (address) "/new-key" } {
                    p.hint { "The key above ends at once; whatever hands in with it has to be told the new one." }
                    div { button.btn.btn-sm type="submit" { "Draw a new key" } }
                }
            }
            details.edit {
                summary.btn.btn-sm.btn-quiet.danger { "Delete" }
                form method="post" action={ (address) "/delete" } {
                    p.hint { "It takes nothing any more, and for good. What came through it stays." }
                    div { button.btn.btn-sm.btn-danger type="submit" { "Delete “" (mailbox.name) "”" } }
                }
            }
        } }
    }
}
