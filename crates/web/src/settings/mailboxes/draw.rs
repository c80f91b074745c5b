//! How mailboxes look.

use super::{All, SECTION, imap};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::duration::{self, WHOLE_DAY};
use crate::part::empty::empty;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{self, Problem, buttons, name_field, version_field};
use crate::settings::{row_page, section_page};
use desk::integrations::silent_for;
use incident::Policy;
use kernel::IntegrationId;
use maud::{Markup, html};
use store::Sql;
use store::deliveries::DeliveryState;
use store::directory::integrations::{self, Integration, RoundTrip};

/// What a page of one mailbox shows.
pub(super) struct Shown<'a> {
    stored: Option<&'a Integration>,
    fields: &'a Fields,
    problem: &'a Problem,
    banner: Markup,
    tested: Option<RoundTrip>,
    /// What was typed about fetching, and is wrong.
    fetch: Option<(&'a Fields, &'a Problem)>,
}

impl<'a> Shown<'a> {
    /// The form of a new one.
    pub(super) fn fresh(fields: &'a Fields, problem: &'a Problem) -> Self {
        Shown { stored: None, fields, problem, banner: html! {}, tested: None, fetch: None }
    }

    /// One that is there.
    pub(super) fn stored(
        mailbox: &'a Integration,
        fields: &'a Fields,
        problem: &'a Problem,
        banner: Markup,
    ) -> Self {
        Shown { stored: Some(mailbox), fields, problem, banner, tested: None, fetch: None }
    }
}

/// The page of a mailbox, with what is wrong about fetching it.
pub(super) async fn of(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    fetch: Option<(&Fields, &Problem)>,
) -> PageResult<Markup> {
    of_with(app, who, id, html! {}, fetch).await
}

/// The page of a mailbox as it is stored.
pub(super) async fn of_with(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    banner: Markup,
    fetch: Option<(&Fields, &Problem)>,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let mailbox = all.get(id).ok_or(PageError::NotFound)?;
    let tested = match mailbox.addresses.first().cloned() {
        Some(address) => {
            let read = move |sql: &mut dyn Sql| integrations::last_round_trip(sql, &address);
            app.desk.read(read).await?
        }
        None => None,
    };
    let (fields, none) = (fields(mailbox), Problem::default());
    let banner = html! {
        (banner)
        @if let Some((_, problem)) = fetch { (problem.banner(who, &SECTION.of(id))) }
    };
    let shown = Shown { tested, fetch, ..Shown::stored(mailbox, &fields, &none, banner) };
    Ok(page(who, app, &all, &shown))
}

/// The list.
pub(super) fn list(who: &SignedIn, policy: &Policy, all: &All, banner: Markup) -> Markup {
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New mailbox" } },
    );
    let body = html! {
        (banner)
        @if all.mailboxes.is_empty() {
            (empty("No mailboxes yet", "A mailbox takes the messages that people write to the service desk.", None))
        } @else {
            div.card { (table(who, policy, all)) }
        }
    };
    let lead = html! { "Where messages come in, and whose they become." };
    section_page(who, SECTION, lead, action, body)
}

fn table(who: &SignedIn, policy: &Policy, all: &All) -> Markup {
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
                    td { (last(who, policy, mailbox)) }
                    td { @if mailbox.active { "yes" } @else { span.muted { "no" } } }
                }
            } }
        } }
    }
}

fn last(who: &SignedIn, policy: &Policy, mailbox: &Integration) -> Markup {
    html! {
        @match mailbox.last_seen_at { Some(at) => (time::moment(at, &who.here)), None => "none yet" }
        @if silent_for(policy, mailbox, mailbox.last_seen_at, who.here.now).is_some() { " " span.chip.chip-crit { (icon("alert")) "silent" } }
    }
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
    let policy = &*app.desk.policy();
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
            (imap::card(who, mailbox, all.fetches.get(&mailbox.id), shown.fetch))
            (ways_in(who, app, mailbox))
            (round_trip(who, app, mailbox, shown.tested.as_ref()))
            @if edits { (ending(mailbox)) }
        }
    };
    let lead = html! {
        @if let Some(mailbox) = shown.stored { "Last message: " (last(who, policy, mailbox)) }
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
                    div { dt { "Pipe of a mail server" } dd { code.secret { "evenkeel mail --mailbox " (quoted(&mailbox.name)) } } }
                }
                p.hint { "Whoever knows the key can hand in messages. SMTP and LMTP need no key: they take what is addressed to this mailbox. The administrator’s guide has examples." }
            }
        }
    }
}

/// A word as a shell takes it. The key is none: others on the machine see what is called how.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// That a test message is on its way, where the address says so.
pub(super) fn sent_banner(query: Option<&str>) -> Markup {
    let sent = Fields::parse(query.unwrap_or_default()).get("done") == Some("sent");
    html! {
        @if sent { p.banner.banner-good role="status" { (icon("check")) span { "On its way. When it came back, it is said below." } } }
    }
}

/// A message to the mailbox, sent by the mail server that letters leave by: what became of
/// the last one, and the button for the next.
fn round_trip(
    who: &SignedIn,
    app: &App,
    mailbox: &Integration,
    last: Option<&RoundTrip>,
) -> Markup {
    let sends = app.options.mail.is_some();
    if !sends && last.is_none() {
        return html! {};
    }
    html! {
        section.card aria-labelledby="trip" {
            div.card-h { h2 id="trip" { "Does mail arrive?" } }
            div.card-b.stack {
                p { @match last {
                    None => "A test message goes out by the mail server and must come back in here.",
                    Some(trip) => (trip_words(who, trip)),
                } }
                @if who.viewer().configures() && sends && mailbox.takes() && !mailbox.addresses.is_empty() {
                    form method="post" action={ (SECTION.of(mailbox.id)) "/test" } {
                        button.btn type="submit" { (icon("mail")) "Send a test message" }
                    }
                }
            }
        }
    }
}

fn trip_words(who: &SignedIn, trip: &RoundTrip) -> Markup {
    let asked = time::moment(trip.asked_at, &who.here);
    let error = trip.error.as_deref().unwrap_or_default();
    html! {
        @match (trip.back_at, trip.state) {
            (Some(back), _) => {
                (icon("check")) " The test message of " (asked) " came back "
                (time::duration(back.seconds_since(trip.asked_at).max(0))) " later."
            }
            (None, DeliveryState::Sent) => { "The test message of " (asked) " left and did not come back yet." }
            (None, DeliveryState::Waiting) if error.is_empty() => { "The test message of " (asked) " waits to be sent." }
            (None, _) => { (icon("alert")) " The test message of " (asked) " could not be sent: " (error) }
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
