//! Lists of stakeholders: whom an update can be for besides those who have to do with its
//! incident, and what of all that happens they want to hear.

use super::editing::{
    self, Problem, buttons, choices, name_field, saved, saved_banner, version_field,
};
use super::many::{self, Names};
use super::subscribers::not_sent;
use super::{Reads, Section, actor, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::time;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use incident::conduct::Degree;
use incident::state::UpdatePhase;
use kernel::{ListId, PersonId, ServiceId};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::Sql;
use store::directory::lists::{self, List, MEMBERS_MAX, Wants};
use store::directory::{people, services};
use store::outside;

const SECTION: Section = Section::Lists;
/// The fields of the services that a list is about.
const SERVICES: Names = Names { boxes: "services", more: "services_more" };

/// How bad something was at least, as it is called here.
const DEGREES: [(&str, &str); 4] = [
    ("", "However bad it is"),
    ("degraded", "At least degraded"),
    ("partial", "At least a partial outage"),
    ("full", "Only a full outage"),
];

/// Where it stands, as it is called here.
const PHASES: [(&str, &str); 4] = [
    ("investigating", "Investigating"),
    ("identified", "Identified"),
    ("monitoring", "Monitoring"),
    ("resolved", "Resolved"),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/stakeholder-lists", get(list).merge(post(create)))
        .route("/settings/stakeholder-lists/new", get(new))
        .route("/settings/stakeholder-lists/{id}", get(show).merge(post(change)))
        .route("/settings/stakeholder-lists/{id}/remove", post(remove))
}

/// What there is to choose from.
struct Choice {
    /// Services in use, and those that are chosen.
    services: Vec<(String, String)>,
}

impl Choice {
    async fn read(app: &App, chosen: Option<&List>) -> PageResult<Choice> {
        let all = app.desk.read(services::list).await?;
        let is_chosen =
            |id: ServiceId| chosen.is_some_and(|list| list.wants.services.contains(&id));
        let offered = all.into_iter().filter(|service| service.active || is_chosen(service.id));
        Ok(Choice { services: offered.map(|one| (one.id.to_string(), one.name)).collect() })
    }
}

async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let now = app.desk.now();
    let (all, unsent) =
        app.desk.read(move |sql| Ok((lists::list(sql)?, outside::unsent(sql, now)?.1))).await?;
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New list" } },
    );
    let body = html! {
        (saved_banner(query.as_deref()))
        (not_sent(&unsent))
        @if all.is_empty() {
            (empty("No lists", "Put on a list whoever has to know of bad incidents without working on them: the board, a customer's manager, another provider.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Stakeholder lists" { table.dt {
                thead { tr { th scope="col" { "List" } th.num scope="col" { "Members" } th scope="col" { "Hears" } } }
                tbody { @for one in &all {
                    tr {
                        th scope="row" { a href=(SECTION.of(one.id)) { (one.name) } }
                        td.num { (one.members()) }
                        td { (in_words(&one.wants)) }
                    }
                } }
            } } }
        }
    };
    let lead = html! { "Whoever hears of an update that is for their list, by letter." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

/// "all updates", "first and last word, at least a partial outage, 2 services".
fn in_words(wants: &Wants) -> String {
    let mut words = Vec::new();
    words.push(match wants.first_and_last_only {
        true => "first and last word".to_owned(),
        false => "all updates".to_owned(),
    });
    if let Some(least) = wants.least_degree {
        let found = DEGREES.iter().find(|(value, _)| *value == least.as_str());
        words.extend(found.map(|(_, label)| label.to_lowercase()));
    }
    if !wants.phases.is_empty() {
        let phases: Vec<&str> = wants.phases.iter().map(|phase| phase.as_str()).collect();
        words.push(phases.join(" or "));
    }
    if !wants.services.is_empty() {
        words.push(time::counted(wants.services.len() as i64, "service"));
    }
    words.join(", ")
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let choice = Choice::read(&app, None).await?;
    Ok(page(&who, None, &choice, &Fields::default(), &Problem::default(), html! {}))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = ListId(desk::fresh());
    let typed_in = fields.clone();
    let usual = app.instance().await?.setting.language;
    let made = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let list = typed(sql, id, &typed_in, (1, usual))?;
            desk::lists::make(sql, audit, &list)
        })
        .await;
    match made {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, List::WHAT, id.to_string(), "name").await?;
            let choice = Choice::read(&app, None).await?;
            let again = page(&who, None, &choice, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

/// A list as a form says it.
fn typed(
    sql: &mut dyn Sql,
    id: ListId,
    fields: &Fields,
    (version, usual): (i64, kernel::Language),
) -> Result<List, Trouble> {
    let lines = fields.text("people").split('\n').map(str::trim).filter(|line| !line.is_empty());
    let mut members: BTreeSet<PersonId> = BTreeSet::new();
    for line in lines.take(MEMBERS_MAX + 1) {
        members.insert(found(sql, line)?);
    }
    let known = match fields.filled(SERVICES.more) {
        Some(_) => services::list(sql)?,
        None => vec![],
    };
    let fields = &many::ticked(&SERVICES, fields, &known)?;
    let least: Option<Degree> = editing::id(fields, "least_degree")?;
    let phases: BTreeSet<UpdatePhase> = editing::ids(fields, "phases")?;
    Ok(List {
        id,
        name: editing::name(fields)?,
        people: members,
        addresses: desk::lists::addresses(fields.text("addresses"), usual),
        wants: Wants {
            services: editing::ids(fields, SERVICES.boxes)?,
            least_degree: least,
            phases,
            first_and_last_only: fields.ticked("first_and_last_only"),
        },
        version,
    })
}

/// The person of a line: by address, or by a name that only one has.
fn found(sql: &mut dyn Sql, line: &str) -> Result<PersonId, Trouble> {
    if let Some(person) = people::by_email(sql, line)? {
        return Ok(person.id);
    }
    let mut named = people::by_name(sql, line)?;
    match (named.pop(), named.is_empty()) {
        (Some(person), true) => Ok(person.id),
        (Some(_), false) => {
            let words = format!("Several people are called “{line}”; write the e-mail address");
            Err(Refusal::invalid("people", words).into())
        }
        (None, _) => Err(Refusal::invalid("people", format!("Nobody is known as “{line}”")).into()),
    }
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<ListId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let (list, fields) = stored(&app, id).await?;
    let choice = Choice::read(&app, Some(&list)).await?;
    let banner = saved_banner(query.as_deref());
    Ok(page(&who, Some(&list), &choice, &fields, &Problem::default(), banner))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ListId>,
    fields: Fields,
) -> PageResult<Response> {
    let typed_in = fields.clone();
    let usual = app.instance().await?.setting.language;
    let changed = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let seen = editing::version(&typed_in)?;
            let list = typed(sql, id, &typed_in, (seen, usual))?;
            desk::lists::change(sql, audit, &list)
        })
        .await;
    match changed {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, List::WHAT, id.to_string(), "name").await?;
            let (list, _) = stored(&app, id).await?;
            let choice = Choice::read(&app, Some(&list)).await?;
            let again = page(&who, Some(&list), &choice, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ListId>,
) -> PageResult<Response> {
    let remove =
        move |sql: &mut dyn Sql, audit: &desk::Audit| desk::lists::remove(sql, audit, id, None);
    app.desk.change(actor(&who), remove).await?;
    Ok(saved(&SECTION.address()))
}

/// A list, and as its form shows it.
async fn stored(app: &App, id: ListId) -> PageResult<(List, Fields)> {
    let read = move |sql: &mut dyn Sql| {
        let Some(list) = lists::get(sql, id)? else { return Ok(None) };
        let ids: Vec<PersonId> = list.people.iter().copied().collect();
        let people = people::get_many(sql, &ids)?;
        Ok(Some((list, people)))
    };
    let (list, people) = app.desk.read(read).await?.ok_or(PageError::NotFound)?;
    let mut people: Vec<String> =
        people.into_iter().map(|person| person.email.unwrap_or(person.name)).collect();
    people.sort();
    let addresses: Vec<String> =
        list.addresses.iter().map(|one| format!("{} {}", one.email, one.language)).collect();
    let mut pairs = vec![
        ("name".to_owned(), list.name.clone()),
        ("people".to_owned(), people.join("\n")),
        ("addresses".to_owned(), addresses.join("\n")),
    ];
    let wants = &list.wants;
    let least = wants.least_degree.map(|degree| degree.to_string()).unwrap_or_default();
    pairs.push(("least_degree".to_owned(), least));
    pairs.extend(wants.services.iter().map(|id| ("services".to_owned(), id.to_string())));
    pairs.extend(wants.phases.iter().map(|phase| ("phases".to_owned(), phase.to_string())));
    if wants.first_and_last_only {
        pairs.push(("first_and_last_only".to_owned(), "1".to_owned()));
    }
    Ok((list, Fields::of(pairs)))
}

fn page(
    who: &SignedIn,
    stored: Option<&List>,
    choice: &Choice,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |list| SECTION.of(list.id));
    let title = stored.map_or("New list", |list| list.name.as_str());
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some(list) = stored { (version_field(problem.version(fields, list.version))) }
                    (inputs(choice, fields, &problem.errors))
                    (buttons(if stored.is_some() { "Save" } else { "Make the list" }, &SECTION.address()))
                }
            } @else if let Some(list) = stored {
                p { "Hears " (in_words(&list.wants)) "." }
                p { (time::counted(list.members() as i64, "member")) "." }
            }
        } }
        @if let Some(list) = stored.filter(|_| who.viewer().configures()) {
            section.card aria-labelledby="gone" {
                div.card-h { h2 id="gone" { "Remove the list" } }
                div.card-b {
                    p { "Updates can no longer be for it. What waits to be sent to it is not sent." }
                    form method="post" action={ (SECTION.of(list.id)) "/remove" } {
                        button.btn.btn-danger type="submit" { (icon("trash")) "Remove" }
                    }
                }
            }
        }
    };
    row_page(who, SECTION, title, html! {}, body)
}

fn inputs(choice: &Choice, fields: &Fields, errors: &Errors) -> Markup {
    let people = Field::new("people", "People")
        .hint("One a line, by e-mail address or by name. They read the language of their account.")
        .errors(errors);
    let addresses = Field::new("addresses", "Other e-mail addresses")
        .hint("One a line, with the language behind it where it is another one: board@company.example de")
        .errors(errors);
    let least = Field::new("least_degree", "How bad").errors(errors);
    let phases: Vec<(String, String)> =
        PHASES.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
    html! {
        (name_field(fields, errors))
        (people.textarea(6, fields.get("people").unwrap_or_default()))
        (addresses.textarea(4, fields.get("addresses").unwrap_or_default()))
        (least.select(&DEGREES, fields.text("least_degree")))
        (many::inputs(&SERVICES, "About these services", Some("all of them"), choice.services.clone(), fields, errors))
        (choices("phases", "Where it stands", Some("None ticked is wherever."), &phases, fields))
        div.field { (checkbox("first_and_last_only", "Only the first word about an incident, and that it is over", fields.ticked("first_and_last_only"))) }
    }
}
