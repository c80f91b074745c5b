//! Who is told what, and what requesters are asked: the table of notification rules, the form of
//! each, and the instance's settings about asking.

mod asking;

use super::editing::{
    self, Problem, active_field, boxes, name_field, saved, saved_banner, version_field,
};
use super::{Reads, Section, actor, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::notices::{Notice, NoticeRole, Occasion, Recipient};
use incident::policy::Fault as Wrong;
use incident::rules::Fault;
use incident::telling::Channels;
use incident::{Policy, Refusal};
use kernel::{InOrder, limits};
use maud::{Markup, html};

const SECTION: Section = Section::Notifications;
const SUBJECT: &str = "notification_rule";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/notifications", get(list).merge(post(create)))
        .route("/settings/notifications/new", get(new))
        .route("/settings/notifications/asking", post(asking::change))
        .route("/settings/notifications/{id}", get(show).merge(post(change)))
        .route("/settings/notifications/{id}/remove", post(remove))
}

/// `GET /settings/notifications`
async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let banner = saved_banner(query.as_deref());
    page(&app, &who, banner, None, &Problem::default()).await
}

/// The whole page; `typed` are fields of the form about asking that were not taken.
async fn page(
    app: &App,
    who: &SignedIn,
    banner: Markup,
    typed: Option<Fields>,
    problem: &Problem,
) -> PageResult<Markup> {
    let policy = app.desk.policy();
    let known = policy.clone();
    let rows = app.desk.read(move |sql| {
        let rows = desk::notices::table(sql)?;
        let faults = desk::notices::check(sql, &rows, &known)?;
        Ok(rows.into_iter().zip(faults).collect::<Vec<_>>())
    });
    let (added, standard): (Vec<_>, Vec<_>) =
        rows.await?.into_iter().partition(|(row, _)| !row.is_standard());
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "Tell somebody more" } },
    );
    let body = html! {
        (banner)
        (asking::card(app, who, typed, problem).await?)
        @if !added.is_empty() {
            section.card aria-labelledby="added" {
                div.card-h { h2 id="added" { "Added" } }
                (table(&added, &policy, "Rules that were added"))
            }
        }
        section.card aria-labelledby="standard" {
            div.card-h { h2 id="standard" { "Standard" } }
            (table(&standard, &policy, "Standard rules"))
        }
    };
    let lead = html! { "Who is told what, by mail, in the inbox and by push. What somebody chose in their account applies afterwards, unless a rule is told always." };
    Ok(section_page(who, SECTION, lead, action, body))
}

fn table(rows: &[(Notice, Vec<Fault>)], policy: &Policy, label: &str) -> Markup {
    let yes = |is: bool| html! { @if is { "yes" } @else { span.muted { "no" } } };
    html! {
        div.scroll-x tabindex="0" role="region" aria-label=(label) { table.dt {
            thead { tr {
                th scope="col" { "When" } th scope="col" { "If" } th scope="col" { "Is told" } th scope="col" { "Mail" } th scope="col" { "Inbox" } th scope="col" { "Push" } th scope="col" { "Always" } th scope="col" { "In use" }
            } }
            tbody { @for (row, faults) in rows {
                tr {
                    th scope="row" {
                        a href=(SECTION.of(&row.id)) { @if row.is_standard() { (occasions(row)) } @else { (row.name) } }
                        @if !row.is_standard() { br; span.muted { (occasions(row)) } }
                    }
                    td { @if row.when.is_empty() { "always" } @else { code { (row.when) } } }
                    td { (told(&row.to, policy)) }
                    td { (yes(row.channels.mail)) }
                    td { (yes(row.channels.inbox)) }
                    td { (yes(row.channels.push)) }
                    td { (yes(row.always)) }
                    td {
                        @match (row.active, faults.is_empty()) {
                            (true, false) => span.chip { (icon("alert")) "broken" },
                            (active, _) => (yes(active)),
                        }
                    }
                }
            } }
        } }
    }
}

/// What is told, as one reads it.
fn occasions(row: &Notice) -> String {
    row.on.iter().map(|occasion| occasion.label()).collect::<Vec<_>>().join("; ")
}

/// To whom, as one reads it.
fn told(to: &Recipient, policy: &Policy) -> String {
    let team = to.team.map(|id| policy.teams.get(&id).map_or("a team out of use", |it| &it.name));
    let person = to.person.map(|id| policy.staff.get(&id).map_or("nobody", |it| &it.name));
    match team.or(person) {
        Some(name) => format!("{} {name}", to.role.label()),
        None => to.role.label().to_owned(),
    }
}

/// `GET /settings/notifications/new`
async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let pairs = [
        ("on", "reported"),
        ("role", "team"),
        ("mail", "1"),
        ("inbox", "1"),
        ("push", "1"),
        ("active", "1"),
    ];
    let fields =
        Fields::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
    Ok(form_page(&app, &who, None, &fields, &Problem::default(), html! {}))
}

/// `POST /settings/notifications`
async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = desk::fresh().to_string();
    match insert(&app, &who, id.clone(), &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id, "name").await?;
            let again = form_page(&app, &who, None, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn insert(app: &App, who: &SignedIn, id: String, fields: &Fields) -> Result<(), Trouble> {
    let row = checked(app, typed(id, fields, 1)?).await?;
    app.desk
        .change(actor(who), move |sql, audit| desk::notices::add(sql, audit, &row).map(drop))
        .await
}

/// A row without fault, its condition in canonical form.
async fn checked(app: &App, mut row: Notice) -> Result<Notice, Trouble> {
    let (asked, policy) = (vec![row.clone()], app.desk.policy());
    let found = app.desk.read(move |sql| desk::notices::check(sql, &asked, &policy)).await?;
    let faults: Vec<Wrong> = found
        .into_iter()
        .flatten()
        .map(|fault| Wrong { field: field_of(&fault.field).to_owned(), message: fault.message })
        .collect();
    if !faults.is_empty() {
        return Err(Trouble::Faults(faults));
    }
    if let Ok(query) = query::parse_condition(&row.when) {
        row.when = query.to_string();
    }
    Ok(row)
}

/// The field of the form for one of a row.
fn field_of(field: &str) -> &str {
    match field {
        "to.team" => "team",
        "to.person" => "person",
        other => other,
    }
}

/// The row that the fields of a form say.
fn typed(id: String, fields: &Fields, version: i64) -> Result<Notice, Trouble> {
    let role = fields.text("role").parse::<NoticeRole>();
    let role = role.map_err(|_| Refusal::invalid("role", "Choose one of the list"))?;
    let on = editing::ids::<Occasion>(fields, "on")?;
    let team = editing::id(fields, "team")?.filter(|_| role == NoticeRole::Team);
    let person = editing::id(fields, "person")?.filter(|_| role == NoticeRole::Person);
    Ok(Notice {
        id,
        name: editing::name(fields)?,
        on,
        when: editing::text(fields, "when", limits::QUERY_CHARS)?,
        to: Recipient { role, team, person },
        channels: channels(fields),
        always: fields.ticked("always"),
        active: fields.ticked("active"),
        version,
    })
}

fn channels(fields: &Fields) -> Channels {
    Channels {
        mail: fields.ticked("mail"),
        inbox: fields.ticked("inbox"),
        push: fields.ticked("push"),
    }
}

fn shown(row: &Notice) -> Fields {
    let mut pairs: Vec<(String, String)> =
        row.on.iter().map(|occasion| ("on".to_owned(), occasion.to_string())).collect();
    let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
    add("name", row.name.clone());
    add("when", row.when.clone());
    add("role", row.to.role.to_string());
    row.to.team.iter().for_each(|team| add("team", team.to_string()));
    row.to.person.iter().for_each(|person| add("person", person.to_string()));
    let flags =
        [("mail", row.channels.mail), ("inbox", row.channels.inbox), ("push", row.channels.push)];
    let flags = flags.into_iter().chain([("always", row.always), ("active", row.active)]);
    flags.filter(|(_, is)| *is).for_each(|(name, _)| add(name, "1".to_owned()));
    Fields::of(pairs)
}

async fn stored(app: &App, id: String) -> PageResult<Notice> {
    let found = app.desk.read(move |sql| desk::notices::find(sql, &id)).await?;
    found.ok_or(PageError::NotFound)
}

/// `GET /settings/notifications/{id}`
async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let row = stored(&app, id).await?;
    let banner = saved_banner(query.as_deref());
    Ok(form_page(&app, &who, Some(&row), &shown(&row), &Problem::default(), banner))
}

/// `POST /settings/notifications/{id}`
async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let before = stored(&app, id).await?;
    match update(&app, &who, &before, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(&before.id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, before.id.clone(), "name").await?;
            let again = form_page(&app, &who, Some(&before), &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    before: &Notice,
    fields: &Fields,
) -> Result<(), Trouble> {
    let version = editing::version(fields)?;
    let (always, active) = (fields.ticked("always"), fields.ticked("active"));
    let row = match before.is_standard() {
        true => Notice { channels: channels(fields), always, active, version, ..before.clone() },
        false => typed(before.id.clone(), fields, version)?,
    };
    // One that is out of date can be taken out of use as it is.
    let row = if row.active { checked(app, row).await? } else { row };
    app.desk
        .change(actor(who), move |sql, audit| desk::notices::change(sql, audit, &row).map(drop))
        .await
}

/// `POST /settings/notifications/{id}/remove`
async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let seen = editing::version(&fields)?;
    app.desk
        .change(actor(&who), move |sql, audit| desk::notices::remove(sql, audit, &id, seen))
        .await?;
    Ok(saved(&SECTION.address()))
}

fn form_page(
    app: &App,
    who: &SignedIn,
    stored: Option<&Notice>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let policy = app.desk.policy();
    let standard = stored.filter(|row| row.is_standard());
    let address = stored.map_or_else(|| SECTION.address(), |row| SECTION.of(&row.id));
    let title = match (standard, stored) {
        (Some(row), _) => occasions(row),
        (None, Some(row)) => row.name.clone(),
        (None, None) => "Tell somebody more".to_owned(),
    };
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        @if who.viewer().configures() {
            section.card { div.card-b {
                form.form method="post" action=(address) {
                    @if let Some(row) = stored { (version_field(problem.version(fields, row.version))) }
                    @match standard {
                        Some(row) => p { b { (told(&row.to, &policy)) } " " code { (row.id) } },
                        None => (wanted(&policy, fields, problem)),
                    }
                    (checkbox("mail", "By mail", fields.ticked("mail")))
                    (checkbox("inbox", "In the inbox", fields.ticked("inbox")))
                    (checkbox("push", "By push, to whoever allows it", fields.ticked("push")))
                    div.field {
                        (checkbox("always", "Always", fields.ticked("always")))
                        p.hint { "At once, and whatever they chose in their account." }
                    }
                    (active_field(fields, "Out of use, nobody is told by it."))
                    (editing::buttons("Save", &SECTION.address()))
                }
            } }
            @if let Some(row) = stored.filter(|row| row.version > 0) { (removal(row)) }
        } @else if let Some(row) = stored {
            (table(&[(row.clone(), vec![])], &policy, "The rule"))
        }
    };
    let lead = match standard {
        Some(_) => {
            html! { "It came with Evenkeel: you can switch it off, narrow it, and add others." }
        }
        None => html! { "Letters say which rule they were sent by." },
    };
    row_page(who, SECTION, &title, lead, body)
}

/// What a row that is added tells, when, and to whom.
fn wanted(policy: &Policy, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let can_be_told =
        |occasion: &&Occasion| NoticeRole::ALL.iter().any(|role| occasion.can_be_told_to(*role));
    let all = Occasion::ALL.iter().filter(can_be_told);
    let on: Vec<_> = all.map(|it| (it.to_string(), it.label().to_owned())).collect();
    let roles: Vec<_> = NoticeRole::ALL.iter().map(|role| (role.as_str(), role.label())).collect();
    let nothing = || (String::new(), "–".to_owned());
    let mut teams: Vec<_> =
        policy.teams.iter().map(|(id, team)| (id.to_string(), team.name.clone())).collect();
    teams.order_by(|a, b| a.1.cmp(&b.1));
    teams.insert(0, nothing());
    let staff = policy.staff.iter().filter(|(_, one)| one.active);
    let mut people: Vec<_> = staff.map(|(id, one)| (id.to_string(), one.name.clone())).collect();
    people.order_by(|a, b| a.1.cmp(&b.1));
    people.insert(0, nothing());
    let when = Field::new("when", "If")
        .errors(errors)
        .hint("In the language of the queue, such as priority:P1. Empty: always.");
    html! {
        (name_field(fields, errors))
        (boxes(&Field::new("on", "When").errors(errors), &on, fields))
        (when.input("text", fields.get("when").unwrap_or_default()))
        (Field::new("role", "Tell").errors(errors).select(&roles, fields.text("role")))
        (Field::new("team", "Which team").hint("For the role Team; none is the one that has it.").errors(errors).select(&teams, fields.text("team")))
        (Field::new("person", "Which person").hint("For the role Person.").errors(errors).select(&people, fields.text("person")))
        @if let Some(error) = errors.of("mail") { p.err { (icon("alert")) (error) } }
    }
}

fn removal(row: &Notice) -> Markup {
    let label = if row.is_standard() { "Make it as it came" } else { "Remove the rule" };
    html! {
        form method="post" action={ (SECTION.of(&row.id)) "/remove" } {
            (version_field(row.version))
            button.btn.btn-quiet type="submit" { (label) }
        }
    }
}
