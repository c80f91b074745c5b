//! The settings: who and what there is, and how priorities and closing work.
//! Administrators change them, managers and auditors read them; who is on call and who is
//! paged managers change, too.

mod agreements;
mod audit;
mod calendars;
mod categories;
mod codes;
pub(crate) mod editing;
pub(crate) mod escalations;
mod general;
mod integrations;
mod letters;
mod lists;
mod macros;
mod mail;
mod mailboxes;
pub(crate) mod maintenance;
mod many;
mod matrix;
mod models;
mod moves;
mod notices;
mod organisations;
mod people;
mod reviews;
mod rules;
mod schedules;
mod services;
mod setup;
mod status;
mod subscribers;
mod teams;
mod tokens;
mod webhooks;
mod week_hours;
pub(crate) mod whom;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::part::icon::icon;
use crate::route::get;
use crate::shell::{self, Page};
use crate::url;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Actor, Role};
use maud::{Markup, html};

pub(crate) use macros::{address as macros_address, deed_words, owner_words};
pub(crate) use setup::is_missing as setup_is_missing;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::SETTINGS, get(first))
        .merge(setup::routes())
        .merge(agreements::routes())
        .merge(calendars::routes())
        .merge(matrix::routes())
        .merge(categories::routes())
        .merge(services::routes())
        .merge(codes::routes())
        .merge(reviews::routes())
        .merge(rules::routes())
        .merge(models::routes())
        .merge(macros::routes())
        .merge(schedules::routes())
        .merge(escalations::routes())
        .merge(teams::routes())
        .merge(people::routes())
        .merge(organisations::routes())
        .merge(lists::routes())
        .merge(subscribers::routes())
        .merge(general::routes())
        .merge(mail::routes())
        .merge(mailboxes::routes())
        .merge(integrations::routes())
        .merge(maintenance::routes())
        .merge(status::routes())
        .merge(letters::routes())
        .merge(notices::routes())
        .merge(tokens::routes())
        .merge(webhooks::routes())
        .merge(audit::routes())
}

/// `GET /settings`: what is to be set up before anybody can work, else the teams.
async fn first(State(app): State<App>, Reads(who): Reads) -> Response {
    let is_fresh = who.viewer().configures() && setup_is_missing(&app.desk.policy());
    let section = if is_fresh { Section::FirstSteps } else { Section::Teams };
    Redirect::to(&section.address()).into_response()
}

/// Somebody who may read the settings.
pub(super) struct Reads(pub(super) SignedIn);

impl FromRequestParts<App> for Reads {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        if who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
            return Ok(Reads(who));
        }
        Err(PageError::forbidden(
            "administrators, managers and auditors read the settings; ask an administrator",
        )
        .into_response())
    }
}

/// Somebody who may change who is on call and who is paged.
pub(super) struct ConfiguresPaging(pub(super) SignedIn);

impl FromRequestParts<App> for ConfiguresPaging {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        if who.viewer().configures_paging() {
            return Ok(ConfiguresPaging(who));
        }
        let words = "administrators and managers change this; ask one of them";
        Err(PageError::forbidden(words).into_response())
    }
}

/// The pages of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Agreements,
    Calendars,
    Matrix,
    Categories,
    Services,
    Codes,
    Reviews,
    Rules,
    Models,
    Macros,
    Schedules,
    Escalations,
    Teams,
    People,
    Organisations,
    Lists,
    Subscribers,
    General,
    Mail,
    Mailboxes,
    Integrations,
    Maintenance,
    StatusPage,
    Components,
    Letters,
    Notifications,
    Tokens,
    Webhooks,
    Audit,
    FirstSteps,
}

impl Section {
    /// The pages as they are grouped beside them.
    const GROUPS: [(&str, &[Section]); 5] = [
        (
            "Process",
            &[
                Section::Agreements,
                Section::Calendars,
                Section::Matrix,
                Section::Categories,
                Section::Services,
                Section::Rules,
                Section::Models,
                Section::Macros,
                Section::Codes,
                Section::Reviews,
            ],
        ),
        ("On call", &[Section::Schedules, Section::Escalations, Section::Maintenance]),
        ("Status page", &[Section::StatusPage, Section::Components]),
        (
            "People",
            &[
                Section::Teams,
                Section::People,
                Section::Organisations,
                Section::Lists,
                Section::Subscribers,
            ],
        ),
        (
            "Instance",
            &[
                Section::FirstSteps,
                Section::General,
                Section::Mail,
                Section::Mailboxes,
                Section::Integrations,
                Section::Letters,
                Section::Notifications,
                Section::Tokens,
                Section::Webhooks,
                Section::Audit,
            ],
        ),
    ];

    /// The last part of the address, the name and the icon.
    const fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Section::Agreements => ("agreements", "Agreements", "clock"),
            Section::Calendars => ("calendars", "Calendars", "cal"),
            Section::Matrix => ("priority-matrix", "Priority matrix", "flag"),
            Section::Categories => ("categories", "Categories", "tag"),
            Section::Services => ("services", "Services", "services"),
            Section::Codes => ("resolution-codes", "Resolution codes", "check"),
            Section::Reviews => ("reviews", "Reviews", "review"),
            Section::Rules => ("rules", "Rules", "bolt"),
            Section::Models => ("models", "Incident models", "book"),
            Section::Macros => ("macros", "Macros", "pencil"),
            Section::Schedules => ("schedules", "Schedules", "oncall"),
            Section::Escalations => ("escalation-policies", "Escalation policies", "escal"),
            Section::Teams => ("teams", "Teams", "team"),
            Section::People => ("people", "People", "users"),
            Section::Organisations => ("organisations", "Organisations", "truck"),
            Section::Lists => ("stakeholder-lists", "Stakeholder lists", "mega"),
            Section::Subscribers => ("subscribers", "Subscribers", "bell"),
            Section::General => ("general", "General", "settings"),
            Section::Mail => ("mail", "Mail", "mail"),
            Section::Mailboxes => ("mailboxes", "Mailboxes", "download"),
            Section::Integrations => ("integrations", "Integrations", "alert"),
            Section::Maintenance => ("maintenance", "Maintenance windows", "wrench"),
            Section::StatusPage => ("status-page", "Status page", "wifi"),
            Section::Components => ("components", "Components", "grid"),
            Section::Letters => ("letters", "Letters", "reply"),
            Section::Notifications => ("notifications", "Notifications", "bell"),
            Section::Tokens => ("tokens", "API tokens", "key"),
            Section::Webhooks => ("webhooks", "Webhooks", "globe"),
            Section::Audit => ("audit", "Audit log", "history"),
            Section::FirstSteps => ("first-steps", "First steps", "task"),
        }
    }

    fn name(self) -> &'static str {
        self.facts().1
    }

    fn address(self) -> String {
        url::settings(self.facts().0)
    }

    /// The address of one of its rows, or of the form of a new one.
    fn of(self, row: impl std::fmt::Display) -> String {
        format!("{}/{row}", self.address())
    }
}

/// Every page of the settings: its name, its address and its icon.
pub(crate) fn places() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let all = Section::GROUPS.into_iter().flat_map(|(_, sections)| sections.iter().copied());
    all.map(|section| (section.name(), section.address(), section.facts().2))
}

/// The page of a section.
fn section_page(
    who: &SignedIn,
    section: Section,
    lead: Markup,
    action: Option<Markup>,
    body: Markup,
) -> Markup {
    let page = Page::new(who, section.name())
        .section(shell::Section::Settings)
        .crumb(url::SETTINGS, "Settings");
    around(page, section, section.name(), lead, action, body)
}

/// The page of a row of a section.
fn row_page(who: &SignedIn, section: Section, title: &str, lead: Markup, body: Markup) -> Markup {
    let page = Page::new(who, title)
        .section(shell::Section::Settings)
        .crumb(url::SETTINGS, "Settings")
        .crumb(section.address(), section.name());
    around(page, section, title, lead, None, body)
}

/// The page of a form that shows what it would do while it is filled in.
fn form_page(who: &SignedIn, section: Section, title: &str, lead: Markup, body: Markup) -> Markup {
    let page = Page::new(who, title)
        .section(shell::Section::Settings)
        .script("app-settings.js")
        .crumb(url::SETTINGS, "Settings")
        .crumb(section.address(), section.name());
    around(page, section, title, lead, None, body)
}

fn around(
    page: Page<'_>,
    section: Section,
    title: &str,
    lead: Markup,
    action: Option<Markup>,
    body: Markup,
) -> Markup {
    let main = html! {
        div.page {
            div.page-h {
                div {
                    h1 { (title) " " button.btn.btn-quiet.btn-sm.views-m type="button" popovertarget="views" { "Settings " (icon("down")) } }
                    p { (lead) }
                }
                @if let Some(action) = action { div.btns { (action) } }
            }
            div.stack-l { (body) }
        }
        nav.pop.pop-a.menu id="views" popover aria-label="Settings pages" {
            @for (group, sections) in Section::GROUPS {
                p.pop-h { (group) }
                @for other in sections {
                    a.opt href=(other.address()) aria-current=[(*other == section).then_some("page")] { (icon(other.facts().2)) (other.name()) }
                }
            }
        }
    };
    page.main_class("main main-canvas").side(side(section)).show(main)
}

fn side(current: Section) -> Markup {
    html! {
        nav.side aria-label="Settings" {
            @for (group, sections) in Section::GROUPS {
                h2 { (group) }
                ul {
                    @for section in sections {
                        li {
                            a href=(section.address()) aria-current=[(*section == current).then_some("page")] {
                                (icon(section.facts().2)) span { (section.name()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who changes something, for the record.
pub(crate) fn actor(who: &SignedIn) -> Actor {
    Actor::person(who.viewer().person, who.viewer().name.clone())
}
