//! Organisations: customer companies, known by the domains of their addresses.

use super::editing::{
    self, Problem, buttons, name_field, saved, saved_banner, stale, version_field,
};
use super::{Reads, Section, actor, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use kernel::OrganisationId;
use maud::{Markup, html};
use store::directory::organisations::{self, Organisation};

const SECTION: Section = Section::Organisations;
const SUBJECT: &str = "organisation";
/// Domains one organisation can have.
const DOMAINS_MAX: usize = 50;
/// Characters of a domain name.
const DOMAIN_CHARS: usize = 253;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/organisations", get(list).merge(post(create)))
        .route("/settings/organisations/new", get(new))
        .route("/settings/organisations/{id}", get(show).merge(post(change)))
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let all = app.desk.read(organisations::list).await?;
    let action = who.viewer().configures().then(|| html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New organisation" } });
    let body = html! {
        @if all.is_empty() {
            (empty("No organisations", "They are needed only where you serve several companies.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Organisations" { table.dt {
                thead { tr { th scope="col" { "Organisation" } th scope="col" { "E-mail domains" } } }
                tbody { @for organisation in &all {
                    tr { th scope="row" { a href=(SECTION.of(organisation.id)) { (organisation.name) } } td { (organisation.email_domains.join(", ")) } }
                } }
            } } }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "The companies your requesters belong to." },
        action,
        body,
    ))
}

async fn new(Administrator(who): Administrator) -> Markup {
    page(&who, None, &Fields::default(), &Problem::default(), html! {})
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = OrganisationId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            Ok((problem.status(), page(&who, None, &fields, &problem, html! {})).into_response())
        }
    }
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: OrganisationId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let organisation = typed(id, fields)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            organisations::insert(sql, &organisation)?;
            Ok(audit.created(sql, SUBJECT, id, &organisation)?)
        })
        .await
}

fn typed(id: OrganisationId, fields: &Fields) -> Result<Organisation, Trouble> {
    let name = editing::name(fields)?;
    let words = fields.text("email_domains").split([',', ';', ' ', '\n', '\r', '\t']);
    let mut email_domains: Vec<String> = words
        .map(|word| word.trim().trim_start_matches('@').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    email_domains.dedup();
    let odd = |domain: &&String| {
        domain.chars().count() > DOMAIN_CHARS
            || !domain.contains('.')
            || domain.contains(['@', '/', ':'])
    };
    if let Some(odd) = email_domains.iter().find(odd) {
        return Err(Refusal::invalid(
            "email_domains",
            format!("“{odd}” is no domain such as example.org"),
        )
        .into());
    }
    if email_domains.len() > DOMAINS_MAX {
        return Err(Refusal::invalid(
            "email_domains",
            format!("These are more than {DOMAINS_MAX} domains"),
        )
        .into());
    }
    Ok(Organisation { id, name, email_domains, version: 1 })
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<OrganisationId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let organisation = stored(&app, id).await?;
    Ok(page(
        &who,
        Some(&organisation),
        &shown(&organisation),
        &Problem::default(),
        saved_banner(query.as_deref()),
    ))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<OrganisationId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let organisation = stored(&app, id).await?;
            Ok((problem.status(), page(&who, Some(&organisation), &fields, &problem, html! {}))
                .into_response())
        }
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: OrganisationId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (organisation, seen) = (typed(id, fields)?, editing::version(fields)?);
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = organisations::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, organisations::get(sql, id)?.map(|now| now.version));
            };
            organisations::update(sql, &organisation, seen)?;
            Ok(audit.changed(
                sql,
                SUBJECT,
                id,
                &before,
                &Organisation { version: seen + 1, ..organisation },
            )?)
        })
        .await
}

async fn stored(app: &App, id: OrganisationId) -> PageResult<Organisation> {
    app.desk.read(move |sql| organisations::get(sql, id)).await?.ok_or(PageError::NotFound)
}

fn shown(organisation: &Organisation) -> Fields {
    Fields::of(vec![
        ("name".to_owned(), organisation.name.clone()),
        ("email_domains".to_owned(), organisation.email_domains.join(", ")),
    ])
}

fn page(
    who: &SignedIn,
    stored: Option<&Organisation>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address =
        stored.map_or_else(|| SECTION.address(), |organisation| SECTION.of(organisation.id));
    let title = stored.map_or("New organisation", |organisation| organisation.name.as_str());
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some(organisation) = stored { (version_field(problem.version(fields, organisation.version))) }
                    (inputs(fields, &problem.errors))
                    (buttons(if stored.is_some() { "Save" } else { "Make the organisation" }, &SECTION.address()))
                }
            } @else { p { "E-mail domains: " (fields.text("email_domains")) } }
        } }
    };
    row_page(who, SECTION, title, html! {}, body)
}

fn inputs(fields: &Fields, errors: &Errors) -> Markup {
    let domains = Field::new("email_domains", "E-mail domains")
        .hint("With commas between them. New people with such addresses belong to it.");
    html! {
        (name_field(fields, errors))
        (domains.errors(errors).input("text", fields.get("email_domains").unwrap_or_default()))
    }
}
