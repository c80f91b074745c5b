//! Agreements: what is promised to whom. Every change is a new version; open incidents keep
//! what they were promised, unless whoever saves says otherwise.

mod all;
mod aside;
mod draw;
mod history;
mod list;
mod reach;
mod terms;
mod tryout;

use self::all::All;
use self::draw::View;
use self::terms::Draft;
use super::editing::{self, Problem, saved, saved_banner};
use super::many::{self, Names};
use super::moves::{self, Moves};
use super::{Reads, Section, actor, form_page};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Administrator, Live, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::terms::{Effect, blank_agreement, save_agreement};
use incident::impact::Subject;
use incident::policy::Agreement;
use incident::state::AgreementRef;
use kernel::{AgreementId, PersonId};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::people;
use store::{Failure, Sql};

const SECTION: Section = Section::Agreements;
const SUBJECT: &str = "agreement";
/// The last part of the address of the form for a new one.
const NEW: &str = "new";
/// The fields of the services that an agreement applies to.
const SERVICES: Names = Names { boxes: "services", more: "services_more" };

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/agreements", get(list::show).merge(post(create)))
        .route("/settings/agreements/{which}", get(show).merge(post(change)))
        .route("/settings/agreements/{which}/underway", get(underway))
        .route("/settings/agreements/{which}/look", post(look))
        .route("/settings/agreements/{which}/history", post(look_back))
        .route("/settings/agreements/{which}/earlier", post(list::earlier))
        .route("/settings/agreements/{which}/later", post(list::later))
}

/// The agreement that an address names, with everything to choose from.
struct Which {
    all: All,
    stored: Option<all::Version>,
}

impl Which {
    async fn of(app: &App, text: &str) -> PageResult<Which> {
        let all = All::read(app).await?;
        if text == NEW {
            return Ok(Which { all, stored: None });
        }
        let id: AgreementId = text.parse().map_err(|_| PageError::NotFound)?;
        let found = all.agreements.iter().find(|one| one.agreement.reference.id == id).cloned();
        Ok(Which { stored: Some(found.ok_or(PageError::NotFound)?), all })
    }

    fn agreement(&self) -> Option<&Agreement> {
        self.stored.as_ref().map(|stored| &stored.agreement)
    }

    fn address(&self) -> String {
        self.agreement().map_or_else(|| SECTION.of(NEW), |stored| SECTION.of(stored.reference.id))
    }

    /// The fields of a form that nobody has touched.
    fn fields(&self, who: &SignedIn) -> Fields {
        let Some(stored) = &self.stored else {
            return terms::shown(&self.like_the_default(who), &self.all);
        };
        let fields = terms::shown(&stored.agreement, &self.all);
        match stored.since > who.here.now {
            true => fields.with("since", who.here.field(stored.since)),
            false => fields,
        }
    }

    /// What a new one begins with: what the default promises, to nobody yet.
    fn like_the_default(&self, who: &SignedIn) -> Agreement {
        let blank = blank_agreement();
        Agreement {
            reference: blank.reference,
            name: blank.name,
            applies_to: blank.applies_to,
            is_default: blank.is_default,
            retired: blank.retired,
            ..self.all.policy.agreements.default(who.here.now).clone()
        }
    }

    /// The form as it was sent. Whoever may not change it sends only what they try.
    fn sent(&self, who: &SignedIn, fields: Fields) -> Fields {
        if fields.ticked("name") {
            return fields;
        }
        let tried = ["try_priority", "try_day", "try_time"];
        tried.iter().fold(self.fields(who), |all, field| all.with(field, fields.text(field)))
    }
}

/// What a page shows besides the form.
#[derive(Default)]
struct Extra {
    banner: Option<Markup>,
    underway: Option<Markup>,
    moves: Option<Markup>,
    history: Option<Markup>,
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(which): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which).await?;
    if which.stored.is_none() && !who.viewer().configures() {
        return Err(PageError::forbidden("only administrators change this; ask one of them"));
    }
    let fields = which.fields(&who);
    let draft = draft(&app, &who, &which, &fields).await?.0;
    let underway = underway_of(&app, &who, &which, false).await?;
    let banner = saved_banner(query.as_deref());
    let extra = Extra { banner: Some(banner), underway: Some(underway), ..Extra::default() };
    Ok(page(&who, &which, &fields, &draft, &Problem::default(), extra))
}

/// `GET …/underway`: how far open incidents are on their way to its newest version.
async fn underway(
    State(app): State<App>,
    Reads(who): Reads,
    Path(which): Path<String>,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which).await?;
    underway_of(&app, &who, &which, true).await
}

async fn underway_of(app: &App, who: &SignedIn, which: &Which, patch: bool) -> PageResult<Markup> {
    let Some(stored) = which.agreement() else { return Ok(html! {}) };
    let subject = Subject::Agreement(stored.reference.id);
    moves::underway(app, who, subject, &which.address(), patch).await
}

/// What the fields say, and what is wrong with them.
async fn draft(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
) -> PageResult<(Draft, Errors)> {
    let lines = fields.text("requesters").to_owned();
    let requesters = app.desk.read(move |sql| requesters(sql, &lines)).await?;
    let stored = which.agreement();
    let reference = match stored {
        Some(stored) => stored.reference,
        None => blank_agreement().reference,
    };
    let (ticked, wrong) = match many::ticked(&SERVICES, fields, &which.all.services) {
        Ok(ticked) => (ticked, None),
        Err(refusal) => (fields.clone(), Some(refusal.message)),
    };
    let (draft, mut errors) =
        terms::read(&ticked, &which.all, stored, reference, requesters, &who.here);
    if let Some(words) = wrong {
        errors.add(SERVICES.more, words);
    }
    Ok((draft, errors))
}

/// The people of a list, one a line: by e-mail address, or by a name that only one has.
fn requesters(
    sql: &mut dyn Sql,
    lines: &str,
) -> Result<Result<BTreeSet<PersonId>, String>, Failure> {
    let mut found = BTreeSet::new();
    for (at, line) in lines.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty())
    {
        let person = match people::by_email(sql, line)? {
            Some(person) => Some(person),
            None => {
                let mut named = people::by_name(sql, line)?;
                named.pop().filter(|_| named.is_empty())
            }
        };
        let Some(person) = person else {
            let words = format!(
                "Line {}: nobody, or several, are known as “{line}”; write the e-mail address",
                at + 1
            );
            return Ok(Err(words));
        };
        found.insert(person.id);
    }
    Ok(Ok(found))
}

fn page(
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    draft: &Draft,
    problem: &Problem,
    extra: Extra,
) -> Markup {
    let (stored, address) = (which.agreement(), which.address());
    let history = extra.history;
    let view = View {
        who,
        all: &which.all,
        stored,
        fields,
        problem,
        address: &address,
        moves: extra.moves,
        banner: extra.banner,
    };
    let title = stored.map_or("New agreement", |stored| stored.name.as_str());
    let lead = html! {
        @match &which.stored {
            Some(version) => {
                (reach::words(&version.agreement, &which.all)) ". "
                @if version.since > who.here.now { "In force from " (crate::part::time::moment(version.since, &who.here)) ". " }
                "A change holds for what is raised after it is saved; you are asked about what is open."
            }
            None => "What you promise, to whom, and by which hours it is counted. It begins with the figures of the default; change what differs.",
        }
    };
    let body = html! {
        @if let Some(underway) = extra.underway { (underway) }
        div.sl-g {
            (draw::form(&view, false))
            (aside::card(&view, &draft.agreement, history.as_ref(), false))
        }
    };
    form_page(who, SECTION, title, lead, body)
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, NEW).await?, fields).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(which): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, &which).await?, fields).await
}

/// Stores the form as another version. Where open clocks would move, it asks first.
async fn save(app: &App, who: &SignedIn, which: Which, fields: Fields) -> PageResult<Response> {
    let (mut draft, errors) = draft(app, who, &which, &fields).await?;
    if !errors.is_empty() {
        return Ok(refused(who, &which, &fields, &draft, Problem::invalid(errors)));
    }
    let stored = which.agreement().map(|stored| stored.reference.version);
    let seen = stored.map_or(Ok(0), |version| editing::version_on(&fields, version));
    match seen {
        Ok(version) => draft.agreement.reference.version = version,
        Err(trouble) => return in_trouble(app, who, &which, &fields, &draft, trouble).await,
    }
    let chosen = moves::chosen(&fields);
    if chosen.is_none() {
        let found = match Moves::of_agreement(app, who, &draft.agreement, draft.since).await {
            Ok(found) => found,
            Err(trouble) => return in_trouble(app, who, &which, &fields, &draft, trouble).await,
        };
        if !found.is_empty() {
            let extra = Extra { moves: Some(found.card(who)), ..Extra::default() };
            let again = page(who, &which, &fields, &draft, &Problem::default(), extra);
            return Ok(again.into_response());
        }
    }
    let AgreementRef { id, .. } = draft.agreement.reference;
    let effect = Effect { since: draft.since, open: chosen.unwrap_or_default() };
    let agreement = draft.agreement.clone();
    let stored = app
        .desk
        .change(actor(who), move |sql, audit| save_agreement(sql, audit, agreement, effect))
        .await;
    match stored {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => in_trouble(app, who, &which, &fields, &draft, trouble).await,
    }
}

async fn in_trouble(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    draft: &Draft,
    trouble: Trouble,
) -> PageResult<Response> {
    let id = draft.agreement.reference.id.to_string();
    let problem = Problem::of(app, trouble, SUBJECT, id, "name").await?;
    Ok(refused(who, which, fields, draft, problem))
}

fn refused(
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    draft: &Draft,
    problem: Problem,
) -> Response {
    let again = page(who, which, fields, draft, &problem, Extra::default());
    (problem.status(), again).into_response()
}

/// `POST …/look`: the form as it stands, tried; nothing is stored.
async fn look(
    State(app): State<App>,
    Reads(who): Reads,
    live: Live,
    Path(which): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let typing = fields.ticked("typing");
    seen(&app, &who, live, &which, fields, typing, false).await
}

/// `POST …/history`: what the terms of the form would have made of the last days.
async fn look_back(
    State(app): State<App>,
    Reads(who): Reads,
    live: Live,
    Path(which): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    seen(&app, &who, live, &which, fields, false, true).await
}

async fn seen(
    app: &App,
    who: &SignedIn,
    live: Live,
    which: &str,
    fields: Fields,
    typing: bool,
    back: bool,
) -> PageResult<Response> {
    let which = Which::of(app, which).await?;
    let fields = which.sent(who, fields);
    let (draft, errors) = draft(app, who, &which, &fields).await?;
    let shown = fields.ticked("tried") || (back && !errors.is_empty());
    let history = match back {
        true if errors.is_empty() => Some(history::card(app, who, &draft.agreement).await?),
        true => Some(html! { p.err { "Mend what is marked first." } }),
        false => None,
    };
    let problem = Problem::invalid(if shown { errors } else { Errors::default() });
    if !live.0 {
        let extra = Extra { history, ..Extra::default() };
        return Ok(page(who, &which, &fields, &draft, &problem, extra).into_response());
    }
    let address = which.address();
    let view = View {
        who,
        all: &which.all,
        stored: which.agreement(),
        fields: &fields,
        problem: &problem,
        address: &address,
        moves: None,
        banner: None,
    };
    let patch = html! {
        (aside::card(&view, &draft.agreement, history.as_ref(), true))
        @if !typing { (draw::form(&view, true)) }
    };
    Ok(Answer::patch(patch).reply(live))
}
