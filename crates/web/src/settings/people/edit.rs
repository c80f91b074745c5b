//! One person: who they are, what they may do, where they belong.

use super::{SECTION, SUBJECT, skills};
use crate::account::{language_options, language_typed, zone_field};
use crate::app::{App, zone_named};
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::away;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::part::time::{self, Here};
use crate::settings::editing::{
    self, Problem, buttons, choices, name_field, saved, saved_banner, stale, version_field,
};
use crate::settings::{Reads, actor, many, row_page};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use incident::escalation::Whom;
use kernel::{InOrder, Language, PersonId, Role, TeamId, limits};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::organisations::{self, Organisation};
use store::directory::people::{self, Person, Recorded};
use store::directory::teams::{self, Team};
use store::directory::{categories, services, sessions};
use store::{Failure, Sql};

/// Hexadecimal digits of a password that is given out once: 80 bits.
const GIVEN_PASSWORD_DIGITS: usize = 20;
/// Digits in a group of it, so that it can be read out.
const GROUP_DIGITS: usize = 5;

/// The roles with what they mean.
const ROLES: [(Role, &str); 5] = [
    (Role::Agent, "Agent, works on incidents"),
    (Role::Responder, "Responder, is on call"),
    (Role::Manager, "Manager, leads and erases"),
    (Role::Administrator, "Administrator, configures"),
    (Role::Auditor, "Auditor, reads everything"),
];

/// What the form chooses from.
pub(super) struct Around {
    teams: Vec<Team>,
    organisations: Vec<Organisation>,
    /// Ids and names of services, and whether they are in use.
    pub(super) services: Vec<(String, String, bool)>,
    /// Categories likewise, with the names above them.
    pub(super) categories: Vec<(String, String, bool)>,
}

impl Around {
    /// `in_teams` are offered even when they are out of use: saving must not take them away.
    fn read(sql: &mut dyn Sql, in_teams: &[Team]) -> Result<Around, Failure> {
        let offered = |team: &Team| team.active || in_teams.contains(team);
        let teams = teams::list(sql)?.into_iter().filter(offered).collect();
        let services = services::list(sql)?.into_iter();
        let services = services.map(|row| (row.id.to_string(), row.name, row.active)).collect();
        let categories = categories::list(sql)?;
        let mut paths = categories::paths(&categories);
        let categories = categories
            .into_iter()
            .map(|row| (row.id.to_string(), paths.remove(&row.id).unwrap_or(row.name), row.active));
        let mut categories: Vec<_> = categories.collect();
        categories.order_by_key(|(_, path, _)| path.to_lowercase());
        Ok(Around { teams, organisations: organisations::list(sql)?, services, categories })
    }
}

/// "Agent, Manager"; "Requester" of somebody without a role.
pub(super) fn roles_words(person: &Person) -> String {
    let names: Vec<String> = person.roles.iter().map(|role| capital(role.as_str())).collect();
    if names.is_empty() { "Requester".to_owned() } else { names.join(", ") }
}

fn capital(word: &str) -> String {
    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect()
}

pub(super) async fn new(
    State(app): State<App>,
    Administrator(who): Administrator,
) -> PageResult<Markup> {
    let around = app.desk.read(|sql| Around::read(sql, &[])).await?;
    Ok(page(&who, &around, None, &Fields::default(), &Problem::default(), html! {}))
}

pub(super) async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = PersonId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "email").await?;
            let around = app.desk.read(|sql| Around::read(sql, &[])).await?;
            Ok((problem.status(), page(&who, &around, None, &fields, &problem, html! {}))
                .into_response())
        }
    }
}

async fn insert(app: &App, who: &SignedIn, id: PersonId, fields: &Fields) -> Result<(), Trouble> {
    let fields = &many::found(app, &skills::SERVICES, fields).await?;
    let fresh = Person::new(id, String::new(), None, app.desk.now());
    let (person, in_teams) =
        (typed(fresh, fields, &who.here)?, editing::ids::<TeamId>(fields, "teams")?);
    app.desk
        .change(actor(who), move |sql, audit| {
            people::insert(sql, &person, None)?;
            teams::set_teams(sql, id, &in_teams)?;
            let after = Recorded::of(sql, &person)?;
            Ok(audit.created(sql, SUBJECT, id, &after)?)
        })
        .await
}

/// A person as the form says; what it does not say stays.
fn typed(person: Person, fields: &Fields, here: &Here) -> Result<Person, Trouble> {
    let roles: Result<BTreeSet<Role>, _> = fields.all("roles").map(str::parse).collect();
    let time_zone = fields.text("time_zone").to_owned();
    if !time_zone.is_empty() && zone_named(&time_zone).is_none() {
        return Err(Refusal::invalid(
            "time_zone",
            "There is no such time zone; choose one such as Europe/Amsterdam",
        )
        .into());
    }
    let organisation = editing::id(fields, "organisation")?;
    Ok(Person {
        name: editing::name(fields)?,
        email: email(fields)?,
        job_title: editing::text(fields, "job_title", limits::NAME_CHARS)?,
        phone: editing::text(fields, "phone", limits::NAME_CHARS)?,
        site: editing::text(fields, "site", limits::NAME_CHARS)?,
        roles: roles.map_err(|error| Refusal::invalid("roles", format!("A role {error}")))?,
        organisation,
        sees_organisation: organisation.is_some() && fields.ticked("sees_organisation"),
        vip: fields.ticked("vip"),
        time_zone,
        language: language_typed(fields)?,
        skills: skills::typed(fields)?,
        away: away::typed(fields, person.away, here)?,
        ..person
    })
}

fn email(fields: &Fields) -> Result<Option<String>, Trouble> {
    let Some(email) = fields.filled("email") else { return Ok(None) };
    let parts =
        email.rsplit_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
    let plain = !email
        .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','));
    if parts.is_none() || !plain || email.chars().count() > limits::EMAIL_CHARS {
        return Err(Refusal::invalid(
            "email",
            "This is no e-mail address such as gwen@example.org",
        )
        .into());
    }
    Ok(Some(email.to_lowercase()))
}

pub(super) async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<PersonId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    show_stored(&app, &who, id, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn show_stored(
    app: &App,
    who: &SignedIn,
    id: PersonId,
    fields: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let read = move |sql: &mut dyn Sql| {
        let Some(person) = people::get(sql, id)? else { return Ok(None) };
        let in_teams = teams::of_person(sql, id)?;
        let around = Around::read(sql, &in_teams)?;
        Ok(Some((person, in_teams, around)))
    };
    let (person, in_teams, around) = app.desk.read(read).await?.ok_or(PageError::NotFound)?;
    let fields = fields.unwrap_or_else(|| shown(who, &person, &in_teams));
    Ok(page(who, &around, Some((&person, &in_teams)), &fields, problem, banner))
}

pub(super) async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<PersonId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "email").await?;
            let again = show_stored(&app, &who, id, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, id: PersonId, fields: &Fields) -> Result<(), Trouble> {
    let fields = &many::found(app, &skills::SERVICES, fields).await?;
    let (seen, in_teams) = (editing::version(fields)?, editing::ids::<TeamId>(fields, "teams")?);
    let (fields, me, here) = (fields.clone(), who.viewer().person, who.here.clone());
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = people::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, people::get(sql, id)?.map(|person| person.version));
            };
            let after = Person {
                active: fields.ticked("active"),
                version: seen + 1,
                ..typed(before.clone(), &fields, &here)?
            };
            keep_own_rights(me, &after)?;
            if before.active && !after.active {
                desk::rota::check_unused(sql, Whom::Person(id), "this person")?;
            }
            let before = Recorded::of(sql, &before)?;
            people::update(sql, &after, seen)?;
            teams::set_teams(sql, id, &in_teams)?;
            if !after.active {
                sessions::delete_of_person(sql, id, None)?;
            }
            let after = Recorded::of(sql, &after)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}

/// Nobody locks themselves out: then there is always an administrator.
fn keep_own_rights(me: PersonId, after: &Person) -> Result<(), Trouble> {
    if me != after.id {
        return Ok(());
    }
    if !after.roles.contains(&Role::Administrator) {
        return Err(Refusal::invalid(
            "roles",
            "You cannot take the administrator role from yourself; another administrator can",
        )
        .into());
    }
    if !after.active {
        return Err(Refusal::invalid(
            "active",
            "You cannot take your own account out of use; another administrator can",
        )
        .into());
    }
    Ok(())
}

/// `POST /settings/people/{id}/password`: a new one, shown this once.
pub(super) async fn give_password(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<PersonId>,
) -> PageResult<Markup> {
    let digits: String = desk::secret("").chars().take(GIVEN_PASSWORD_DIGITS).collect();
    let groups: Vec<String> = digits
        .as_bytes()
        .chunks(GROUP_DIGITS)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    let password = groups.join("-");
    let hash = desk::accounts::hash_password(&password).await?;
    let keep = who.sign_in.session.clone().filter(|_| id == who.viewer().person);
    let set = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let set = people::set_password_hash(sql, id, Some(&hash))?;
            if set {
                sessions::delete_of_person(sql, id, keep.as_deref())?;
                audit.changed(sql, "password", id, &(), &())?;
            }
            Ok(set)
        })
        .await?;
    if !set {
        return Err(PageError::NotFound);
    }
    let banner = html! {
        div.banner.banner-good role="status" {
            (icon("key"))
            div {
                b { "The password is set. " } "Hand it over now, it is not shown again. They change it under “Your account”."
                output.secret.mts aria-label="The new password" { (password) }
            }
        }
    };
    show_stored(&app, &who, id, None, &Problem::default(), banner).await
}

fn shown(who: &SignedIn, person: &Person, in_teams: &[Team]) -> Fields {
    let texts = [
        ("name", person.name.clone()),
        ("email", person.email.clone().unwrap_or_default()),
        ("job_title", person.job_title.clone()),
        ("phone", person.phone.clone()),
        ("site", person.site.clone()),
        ("time_zone", person.time_zone.clone()),
        ("language", person.language.map_or("", Language::as_str).to_owned()),
        ("organisation", person.organisation.map(|id| id.to_string()).unwrap_or_default()),
    ];
    let mut pairs: Vec<(String, String)> =
        texts.map(|(field, value)| (field.to_owned(), value)).to_vec();
    pairs.extend(person.roles.iter().map(|role| ("roles".to_owned(), role.to_string())));
    pairs.extend(in_teams.iter().map(|team| ("teams".to_owned(), team.id.to_string())));
    for (field, ticked) in [
        ("sees_organisation", person.sees_organisation),
        ("vip", person.vip),
        ("active", person.active),
    ] {
        pairs.extend(ticked.then(|| (field.to_owned(), "1".to_owned())));
    }
    pairs.extend(skills::shown(person, who));
    Fields::of(pairs)
}

fn page(
    who: &SignedIn,
    around: &Around,
    stored: Option<(&Person, &[Team])>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |(person, _)| SECTION.of(person.id));
    let title = stored.map_or("New person", |(person, _)| person.name.as_str());
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some((person, _)) = stored { (version_field(problem.version(fields, person.version))) }
                    (inputs(around, stored.is_some(), fields, problem))
                    (buttons(if stored.is_some() { "Save" } else { "Add the person" }, &SECTION.address()))
                }
            } @else if let Some((person, in_teams)) = stored { (facts(who, around, person, in_teams)) }
        } }
        @if let Some((person, _)) = stored { @if who.viewer().configures() { (password_card(person)) } }
    };
    let lead = html! { @if let Some((person, _)) = stored { (roles_words(person)) ", known since " (time::moment(person.created_at, &who.here)) } };
    row_page(who, SECTION, title, lead, body)
}

fn inputs(around: &Around, exists: bool, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let text = |field: &'static str| fields.get(field).unwrap_or_default();
    let none = std::iter::once((String::new(), "None".to_owned()));
    let organisations: Vec<(String, String)> = none
        .chain(
            around
                .organisations
                .iter()
                .map(|organisation| (organisation.id.to_string(), organisation.name.clone())),
        )
        .collect();
    let none = std::iter::once(("", "As the instance".to_owned()));
    let languages: Vec<(&str, String)> = none.chain(language_options()).collect();
    let roles: Vec<(String, String)> =
        ROLES.map(|(role, words)| (role.to_string(), words.to_owned())).to_vec();
    let teams: Vec<(String, String)> =
        around.teams.iter().map(|team| (team.id.to_string(), team.name.clone())).collect();
    html! {
        div.form-2.form-w {
            (name_field(fields, errors))
            (Field::new("email", "E-mail, to sign in with").errors(errors).input("email", text("email")))
            (Field::new("job_title", "Job title").errors(errors).input("text", text("job_title")))
            (Field::new("phone", "Telephone").errors(errors).input("tel", text("phone")))
            (Field::new("site", "Site").errors(errors).input("text", text("site")))
        }
        (zone_field(text("time_zone"), "Empty: as the instance.", errors))
        (Field::new("language", "Language").errors(errors).select(&languages, text("language")))
        div id="roles" { (choices("roles", "Roles", Some("Everybody can report and follow their own incidents. Roles add to that."), &roles, fields)) }
        (choices("teams", "Teams", None, &teams, fields))
        (Field::new("organisation", "Organisation").errors(errors).select(&organisations, fields.text("organisation")))
        div.stack-s {
            (checkbox("sees_organisation", "Sees the incidents of the whole organisation", fields.ticked("sees_organisation")))
            (checkbox("vip", "VIP", fields.ticked("vip")))
        }
        (skills::inputs(around, fields, errors))
        @if exists { div id="active" { (editing::active_field(fields, "Out of use, they cannot sign in. What they wrote stays.")) } }
    }
}

fn facts(who: &SignedIn, around: &Around, person: &Person, in_teams: &[Team]) -> Markup {
    let teams: Vec<&str> = in_teams.iter().map(|team| team.name.as_str()).collect();
    let row = |label: &str, value: &str| html! { @if !value.is_empty() { div { dt { (label) } dd { (value) } } } };
    html! {
        dl.props {
            (row("E-mail", person.email.as_deref().unwrap_or_default()))
            (row("Roles", &roles_words(person)))
            (row("Teams", &teams.join(", ")))
            (row("Job title", &person.job_title))
            (row("Telephone", &person.phone))
            (row("Site", &person.site))
            (row("Knows", &skills::names(person, around)))
            (row("Absence", &away::words(person.away, &who.here).unwrap_or_default()))
            (row("Account", if person.active { "in use" } else { "out of use" }))
        }
    }
}

fn password_card(person: &Person) -> Markup {
    html! {
        section.card aria-labelledby="pw" {
            div.card-h { h2 id="pw" { "Password" } }
            div.card-b {
                @if person.email.is_none() {
                    p.muted { "Without an e-mail address nobody can sign in." }
                } @else {
                    @let give = |label: &str| html! {
                        form.mts method="post" action={ (SECTION.of(person.id)) "/password" } { button.btn type="submit" { (icon("key")) (label) } }
                    };
                    @if person.has_password {
                        details {
                            summary.link { "They have a password. Give a new one" }
                            p.mts { "The old password and all their sessions end at once." }
                            (give("Replace the password"))
                        }
                    } @else {
                        p { "They have no password and cannot sign in." }
                        (give("Give a password"))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_none_are_refused() {
        let read = |text: &str| email(&Fields::of(vec![("email".to_owned(), text.to_owned())]));
        assert_eq!(
            read(" Gwen.Tarrant@Northwind.example ").unwrap().as_deref(),
            Some("gwen.tarrant@northwind.example")
        );
        assert_eq!(read("").unwrap(), None);
        for odd in [
            "gwen",
            "@northwind.example",
            "gwen@",
            "Gwen <gwen@northwind.example>",
            "a b@c.example",
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }
}
