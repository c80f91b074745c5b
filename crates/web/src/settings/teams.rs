//! Teams: what they are for, who belongs to them, and who of them gets what comes.

mod assignment;

use super::editing::{
    self, Problem, buttons, name_field, saved, saved_banner, stale, version_field,
};
use super::{Reads, Section, actor, calendars, escalations, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::away;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::person::person;
use crate::part::time::counted;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::assignment::Standing;
use incident::escalation::Whom;
use incident::{Policy, Refusal};
use kernel::{PersonId, TeamId, limits};
use maud::{Markup, html};
use query::{Expr, StateWord, TeamName, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Sql;
use store::directory::people::{self, Person};
use store::directory::teams::{self, Team};

const SECTION: Section = Section::Teams;
const SUBJECT: &str = "team";
/// How it is where a team has no escalation policy.
const NOBODY: &str = "Nobody by itself";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/teams", get(list).merge(post(create)))
        .route("/settings/teams/new", get(new))
        .route("/settings/teams/{id}", get(show).merge(post(change)))
        .route("/settings/teams/{id}/members", post(add_member))
        .route("/settings/teams/{id}/members/{person}/remove", post(remove_member))
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let (teams, members) =
        app.desk.read(|sql| Ok((teams::list(sql)?, teams::all_members(sql)?))).await?;
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New team" } },
    );
    let body = html! {
        @if teams.is_empty() {
            (empty("No teams yet", "Incidents are assigned to teams, and people are in them.", None))
        } @else {
            div.card { (table(&teams, &members)) }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "Incidents are assigned to teams. Whoever is in one sees it under “My teams”." },
        action,
        body,
    ))
}

fn table(teams: &[Team], members: &BTreeMap<TeamId, BTreeSet<PersonId>>) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Teams" {
            table.dt {
                thead { tr { th scope="col" { "Team" } th scope="col" { "What for" } th.num scope="col" { "People" } th scope="col" { "In use" } } }
                tbody {
                    @for team in teams {
                        tr {
                            th scope="row" { a href=(SECTION.of(team.id)) { (team.name) } }
                            td { (team.description) }
                            td.num { (members.get(&team.id).map_or(0, BTreeSet::len)) }
                            td { @if team.active { "yes" } @else { span.muted { "no" } } }
                        }
                    }
                }
            }
        }
    }
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> Markup {
    new_page(&who, &app.desk.policy(), &Fields::default(), &Problem::default())
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = TeamId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            Ok((problem.status(), new_page(&who, &app.desk.policy(), &fields, &problem))
                .into_response())
        }
    }
}

async fn insert(app: &App, who: &SignedIn, id: TeamId, fields: &Fields) -> Result<(), Trouble> {
    let team = typed(id, fields, true)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            teams::insert(sql, &team)?;
            Ok(audit.created(sql, SUBJECT, id, &team)?)
        })
        .await
}

fn typed(id: TeamId, fields: &Fields, active: bool) -> Result<Team, Trouble> {
    let description = editing::text(fields, "description", limits::REASON_CHARS)?;
    let name = editing::name(fields)?;
    let calendar = editing::id(fields, "calendar")?;
    let (assignment, by_skill) = (assignment::typed(fields)?, fields.ticked("by_skill"));
    let escalation = editing::id(fields, "escalation")?;
    Ok(Team {
        id,
        name,
        description,
        active,
        calendar,
        assignment,
        by_skill,
        escalation,
        version: 1,
    })
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<TeamId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    page(&app, &who, id, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<TeamId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let again = page(&app, &who, id, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, id: TeamId, fields: &Fields) -> Result<(), Trouble> {
    let (team, seen) = (typed(id, fields, fields.ticked("active"))?, editing::version(fields)?);
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = teams::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, teams::get(sql, id)?.map(|team| team.version));
            };
            if before.active && !team.active {
                desk::rota::check_unused(sql, Whom::Team(id), "this team")?;
            }
            teams::update(sql, &team, seen)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &Team { version: seen + 1, ..team })?)
        })
        .await
}

async fn add_member(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<TeamId>,
    fields: Fields,
) -> PageResult<Response> {
    let typed = fields.text("person").to_owned();
    let added = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let person = found(sql, &typed)?;
            let team =
                teams::get(sql, id)?.ok_or_else(|| Refusal::not_found("there is no such team"))?;
            if teams::add_member(sql, id, person.id)? {
                let member = serde_json::json!({ "name": team.name, "member": person.name });
                audit.changed(
                    sql,
                    SUBJECT,
                    id,
                    &serde_json::json!({ "name": team.name }),
                    &member,
                )?;
            }
            Ok(())
        })
        .await;
    match added {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "person").await?;
            let again = page(&app, &who, id, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

/// The person somebody typed: by address, or by a name that only one has.
fn found(sql: &mut dyn Sql, typed: &str) -> Result<Person, Trouble> {
    if let Some(person) = people::by_email(sql, typed)? {
        return Ok(person);
    }
    let mut named = people::by_name(sql, typed)?;
    match (named.pop(), named.is_empty()) {
        (Some(person), true) => Ok(person),
        (Some(_), false) => Err(Refusal::invalid(
            "person",
            "Several people have this name; write the e-mail address",
        )
        .into()),
        (None, _) => {
            Err(Refusal::invalid("person", "Nobody is known by this name or address").into())
        }
    }
}

async fn remove_member(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path((id, member)): Path<(TeamId, PersonId)>,
) -> PageResult<Response> {
    app.desk
        .change(actor(&who), move |sql, audit| {
            let team =
                teams::get(sql, id)?.ok_or_else(|| Refusal::not_found("there is no such team"))?;
            if teams::remove_member(sql, id, member)? {
                let name = people::get(sql, member)?.map(|person| person.name);
                let before = serde_json::json!({ "name": team.name, "member": name });
                audit.changed(
                    sql,
                    SUBJECT,
                    id,
                    &before,
                    &serde_json::json!({ "name": team.name }),
                )?;
            }
            Ok(())
        })
        .await?;
    Ok(saved(&SECTION.of(id)))
}

fn new_page(who: &SignedIn, policy: &Policy, fields: &Fields, problem: &Problem) -> Markup {
    let body = html! {
        section.card { div.card-b {
            form.form method="post" action=(SECTION.address()) {
                (problem.banner(who, &SECTION.address()))
                (inputs(who, policy, fields, &problem.errors))
                (buttons("Make the team", &SECTION.address()))
            }
        } }
    };
    row_page(who, SECTION, "New team", html! { "People are added afterwards." }, body)
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: TeamId,
    typed: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let look = who.look();
    let read = move |sql: &mut dyn Sql| {
        let Some(team) = teams::get(sql, id)? else { return Ok(None) };
        let ids: Vec<PersonId> = teams::members(sql, id)?.into_iter().collect();
        let of_team = Term::Team(vec![TeamName::Named(team.name.clone())]);
        let open = Expr::all_of([of_team.into(), Term::State(vec![StateWord::Open]).into()]);
        let count =
            store::incidents::list::count(sql, &look, &open, store::incidents::list::COUNTED)?;
        let standings = teams::standings(sql, id)?;
        Ok(Some((people::get_many(sql, &ids)?, standings, count, open.to_string(), team)))
    };
    let (members, standings, count, query, team) =
        app.desk.read(read).await?.ok_or(PageError::NotFound)?;
    let (edits, policy) = (who.viewer().configures(), app.desk.policy());
    let stored = || {
        let mut pairs = vec![
            ("name".to_owned(), team.name.clone()),
            ("description".to_owned(), team.description.clone()),
        ];
        pairs.extend(team.calendar.map(|calendar| ("calendar".to_owned(), calendar.to_string())));
        pairs.push(("assignment".to_owned(), team.assignment.to_string()));
        pairs.extend(team.by_skill.then(|| ("by_skill".to_owned(), "1".to_owned())));
        pairs.extend(team.escalation.map(|id| ("escalation".to_owned(), id.to_string())));
        pairs.extend(team.active.then(|| ("active".to_owned(), "1".to_owned())));
        Fields::of(pairs)
    };
    // The form for members sends no name: what is shown then is what is stored.
    let fields =
        typed.as_ref().filter(|typed| typed.get("name").is_some()).cloned().unwrap_or_else(stored);
    let body = html! {
        (banner)
        (problem.banner(who, &SECTION.of(id)))
        @if edits {
            section.card { div.card-b {
                form.form method="post" action=(SECTION.of(id)) {
                    (version_field(problem.version(&fields, team.version)))
                    (inputs(who, &policy, &fields, &problem.errors))
                    (editing::active_field(&fields, "A team out of use keeps its incidents; nothing new can be assigned to it."))
                    (buttons("Save", &SECTION.address()))
                }
            } }
        } @else {
            @if !team.description.is_empty() { p { (team.description) } }
            p.meta { "Works " (calendars::name(&who.here.calendars, team.calendar)) ". " (team.assignment.explained()) }
            p.meta { "Escalation policy: " (escalations::name(&policy, team.escalation, NOBODY)) "." }
        }
        (assignment::next(who, &policy, id, &standings))
        (members_card(who, id, (&members, &standings), typed.as_ref(), &problem.errors))
    };
    let lead = html! { a.link href=(url::queue_of(&query)) { (counted(count, "open incident")) } " assigned to it" };
    Ok(row_page(who, SECTION, &team.name, lead, body))
}

fn inputs(who: &SignedIn, policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let chosen = fields.text("calendar");
    let calendars = calendars::options(&who.here.calendars, &[("", "Round the clock")], chosen);
    let hours = Field::new("calendar", "When does it work?")
        .hint("What can wait, such as a warning, reaches it in these hours.")
        .errors(errors);
    html! {
        (name_field(fields, errors))
        (Field::new("description", "What is it for?").errors(errors).textarea(2, fields.get("description").unwrap_or_default()))
        (hours.select(&calendars, chosen))
        (assignment::inputs(fields))
        (Field::new("escalation", "Who is paged?").hint("By which escalation policy, where the service has none of its own.").errors(errors)
            .select(&escalations::options(policy, NOBODY), fields.text("escalation")))
    }
}

fn members_card(
    who: &SignedIn,
    id: TeamId,
    (members, standings): (&[Person], &HashMap<PersonId, Standing>),
    typed: Option<&Fields>,
    errors: &Errors,
) -> Markup {
    let edits = who.viewer().configures();
    let open = |person: &Person| standings.get(&person.id).map_or(0, |standing| standing.open);
    html! {
        section.card aria-labelledby="members" {
            div.card-h { h2 id="members" { "People" } span.meta { (members.len()) } }
            @if !members.is_empty() {
                div.scroll-x tabindex="0" role="region" aria-label="People of the team" {
                    table.dt {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th.num scope="col" { "Open incidents" } @if edits { th scope="col" { span.vh { "Actions" } } } } }
                        tbody { @for member in members { (member_row(who, id, member, open(member))) } }
                    }
                }
            }
            @if edits { div.card-b { (add_form(id, typed, errors)) } }
        }
    }
}

fn member_row(who: &SignedIn, team: TeamId, member: &Person, open: i64) -> Markup {
    let edits = who.viewer().configures();
    html! {
        tr {
            th scope="row" { a href=(Section::People.of(member.id)) { (person(member.id, &member.name)) } @if !member.active { " " span.chip { "out of use" } } @if let Some(away) = away::words(member.away, &who.here) { " " span.chip { (away) } } }
            td { (member.email.as_deref().unwrap_or("–")) }
            td.num { (open) }
            @if edits {
                td.num {
                    form method="post" action={ (SECTION.of(team)) "/members/" (member.id) "/remove" } {
                        button.btn.btn-sm.btn-quiet type="submit" aria-label={ "Remove " (member.name) } { "Remove" }
                    }
                }
            }
        }
    }
}

fn add_form(id: TeamId, typed: Option<&Fields>, errors: &Errors) -> Markup {
    let field = Field::new("person", "Add somebody").hint("Name or e-mail address").errors(errors);
    html! {
        form.form method="post" action={ (SECTION.of(id)) "/members" } {
            (field.around(html! {
                span.sug-w {
                    input.inp id="person" name="person" type="text" autocomplete="off" required role="combobox" aria-expanded="false"
                        aria-controls="person-l" aria-autocomplete="list" data-suggest="/settings/people/suggest" data-min="2"
                        value=(typed.map(|typed| typed.text("person")).unwrap_or_default())
                        aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
                    div.pop.sug id="person-l" role="listbox" aria-label="People" hidden {}
                }
            }))
            div { button.btn type="submit" { "Add" } }
        }
    }
}
