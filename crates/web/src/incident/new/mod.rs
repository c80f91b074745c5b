//! A new incident for an agent, also taken down on the phone: who calls, what is
//! open of theirs already, what is not working.

mod alike;
mod caller;
mod draw;
mod post;

pub(super) use alike::alike;
pub(super) use caller::{caller, callers, service, services};
pub(super) use post::post;

use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::suggested;
use crate::models::{self, Slot};
use crate::part::form::Errors;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use desk::search::Similar;
use incident::{Policy, Scope};
use kernel::{Channel, PersonId, ServiceId};
use maud::{Markup, html};
use std::sync::Arc;
use store::Sql;
use store::directory::people::{self, Person};
use store::incidents::list::{self, IncidentRow, Look};

/// Open incidents that are shown of a caller and of a service.
const SHOWN: usize = 8;
/// Characters of a name or address that tell who is meant if they fit one person alone.
const SURE_CHARS: usize = 4;
/// Doors that an agent takes reports through.
const CHANNELS: &[(Channel, &str)] = &[
    (Channel::Phone, "Phone"),
    (Channel::InPerson, "In person"),
    (Channel::Email, "E-mail"),
    (Channel::Chat, "Chat"),
    (Channel::Web, "Noticed by us"),
];

/// The empty form; `requester` in the address names the caller.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    if !who.viewer().works() {
        return Err(PageError::forbidden("auditors read everything and change nothing"));
    }
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let form = Form::load(&app, &who, asked, Errors::default()).await?;
    Ok(draw::page(&who, &form).into_response())
}

/// Everything the form shows.
struct Form {
    values: Fields,
    errors: Errors,
    policy: Arc<Policy>,
    /// The caller, once known.
    caller: Option<Person>,
    /// People who could be meant, when the name fits several or is too short to tell.
    meant: Vec<Person>,
    /// The caller's open incidents.
    theirs: Vec<IncidentRow>,
    /// The service, once known.
    service: Option<ServiceId>,
    /// Open incidents of that service.
    same: Vec<IncidentRow>,
    /// What is like its words.
    alike: Similar,
    /// What is suggested of what is empty.
    suggested: Markup,
}

/// What a model fills in. One level alone is no cell of the matrix: it is set with the rest.
const SLOTS: &[Slot] = &[
    ("title", models::title),
    ("description", models::description),
    ("service", |model, policy| {
        let service = model.gives.service.and_then(|id| policy.services.get(&id));
        service.map(|service| service.name.clone()).unwrap_or_default()
    }),
    ("service_id", models::service_id),
    ("category", |model, policy| {
        let category = model.gives.category.filter(|id| policy.categories.contains_key(id));
        category.map(|id| id.to_string()).unwrap_or_default()
    }),
    ("cell", |model, _| {
        let both = model.gives.impact.zip(model.gives.urgency);
        both.map(|(impact, urgency)| {
            format!("{}-{}", models::digit(impact), models::digit(urgency))
        })
        .unwrap_or_default()
    }),
    ("team", |model, policy| {
        let team = model.gives.team.filter(|id| policy.teams.contains_key(id));
        team.map(|id| id.to_string()).unwrap_or_default()
    }),
];

/// The form with what its model fills in, while somebody chooses one, or with a suggestion that
/// was accepted.
pub(super) async fn fill(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    RawQuery(query): RawQuery,
    sent: Fields,
) -> PageResult {
    works(&who)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let sent = suggested::taken(sent, &asked, &app.desk.policy());
    let form = Form::load(&app, &who, sent, Errors::default()).await?;
    let parts = html! {
        (draw::draw(&form, &who.here, Some("morph")))
        (draw::same_service(&form.same, &who.here, Some("morph")))
        (alike::again(&form, &who.here))
        (suggested::beside(&app, &who, &form.values, Some("morph")))
    };
    Ok(Answer::patch(parts).else_page(draw::page(&who, &form)).reply(live))
}

impl Form {
    async fn load(app: &App, who: &SignedIn, values: Fields, errors: Errors) -> PageResult<Form> {
        let policy = app.desk.policy();
        let values = models::fill(values, &policy, SLOTS);
        let service = service_in(&values, &policy);
        let requester: Option<PersonId> = values.filled("requester").and_then(|id| id.parse().ok());
        let (text, look) = (values.text("caller").to_owned(), who.look());
        let (caller, meant, theirs, same) = app
            .desk
            .read(move |sql| {
                let chosen = requester.map(|id| people::get(sql, id)).transpose()?.flatten();
                let chosen = chosen.filter(|person| text.is_empty() || person.name == text);
                let meant =
                    if chosen.is_none() && !text.is_empty() { meant(sql, &text)? } else { vec![] };
                let caller = chosen.or_else(|| only(&text, &meant).cloned());
                let theirs = match &caller {
                    Some(person) => list::open_of_requester(sql, &look.scope, person.id, SHOWN)?,
                    None => vec![],
                };
                let same = service
                    .map(|service| of_service(sql, &look, service))
                    .transpose()?
                    .unwrap_or_default();
                Ok((caller, meant, theirs, same))
            })
            .await?;
        let alike = alike::read(app, who, &values).await;
        let suggested = suggested::beside(app, who, &values, None);
        Ok(Form { values, errors, policy, caller, meant, theirs, service, same, alike, suggested })
    }
}

/// People that a text names: by e-mail address, else by full name, else by
/// beginnings of words.
fn meant(sql: &mut dyn Sql, text: &str) -> Result<Vec<Person>, store::Failure> {
    if let Some(person) = people::by_email(sql, text)? {
        return Ok(vec![person]);
    }
    let named: Vec<Person> =
        people::by_name(sql, text)?.into_iter().filter(|person| person.active).collect();
    if named.is_empty() { people::find(sql, text, SHOWN) } else { Ok(named) }
}

/// Whom a text means without a doubt: few letters may begin the name of somebody else than who is
/// thought of, and who is not known yet.
fn only<'a>(text: &str, meant: &'a [Person]) -> Option<&'a Person> {
    let [one] = meant else { return None };
    let sure = text.chars().count() >= SURE_CHARS || text.to_lowercase() == one.name.to_lowercase();
    sure.then_some(one)
}

/// The service that the form names, by the id behind the field or by what was typed.
fn service_in(values: &Fields, policy: &Policy) -> Option<ServiceId> {
    let text = values.text("service").to_lowercase();
    let chosen = values.filled("service_id").and_then(|id| id.parse().ok());
    let fits = |id: &ServiceId| {
        policy.services.get(id).is_some_and(|service| service.name.to_lowercase() == text)
    };
    chosen.filter(fits).or_else(|| policy.services.keys().copied().find(fits))
}

/// The open incidents of a service, the newest first.
fn of_service(
    sql: &mut dyn Sql,
    look: &Look,
    service: ServiceId,
) -> Result<Vec<IncidentRow>, store::Failure> {
    let named = query::Term::Service(vec![query::Choice::Is(service.to_string())]);
    let open = query::Term::State(vec![query::StateWord::Open]);
    let sort = query::Sort { key: query::SortKey::Reported, reversed: false };
    let query =
        query::Query { filter: query::Expr::all_of([named.into(), open.into()]), sort: Some(sort) };
    Ok(list::list(sql, look, &query, SHOWN, None)?.rows)
}

/// Whether somebody may see incidents of others: a caller's list is for those who work on incidents.
fn works(who: &SignedIn) -> PageResult<Scope> {
    if who.viewer().works() { Ok(Scope::of(who.viewer())) } else { Err(PageError::NotFound) }
}
