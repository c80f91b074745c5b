//! Macros: words and commands that come again. Whoever works on incidents keeps their own and
//! those of their teams; managers and administrators keep everybody's.

use super::editing::{self, Problem, buttons, name_field, saved, saved_banner, version_field};
use super::rules::form::tags;
use super::{Section, actor, row_page, section_page};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::{duration, time};
use crate::route::{get, post};
use crate::shell::{self, Page};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::macros::{may_keep, readable};
use incident::macros::{Deed, Macro, Owner, VARIABLES};
use incident::policy::Policy;
use incident::state::HoldReason;
use incident::{Refusal, Viewer, Visibility};
use kernel::{InOrder, Language, MacroId, PersonId, Role};
use maud::{Markup, html};
use std::collections::BTreeMap;

const SECTION: Section = Section::Macros;
/// How the owner fields call oneself and everybody.
const MINE: &str = "mine";
const ALL: &str = "everybody";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/macros", get(list).merge(post(create)))
        .route("/settings/macros/new", get(new))
        .route("/settings/macros/{id}", get(show).merge(post(change)))
        .route("/settings/macros/{id}/remove", post(remove))
}

/// Where they are kept.
pub(crate) fn address() -> String {
    SECTION.address()
}

/// "your own", "Network", "everybody's".
pub(crate) fn owner_words(owner: Owner, policy: &Policy) -> String {
    match owner {
        Owner::Person(_) => "your own".to_owned(),
        Owner::Team(team) => {
            policy.teams.get(&team).map_or("a former team's".to_owned(), |team| team.name.clone())
        }
        Owner::Everybody => "everybody's".to_owned(),
    }
}

/// What a command of a macro does, as a box says it.
pub(crate) fn deed_words(deed: &Deed, policy: &Policy) -> String {
    match deed {
        Deed::Classify { service, category } => {
            let service = service.and_then(|id| policy.services.get(&id));
            let category = category.and_then(|id| policy.categories.get(&id));
            let named = service.map(|service| service.name.as_str());
            let named = named.into_iter().chain(category.map(|one| one.path.as_str()));
            format!("Classify as {}", named.collect::<Vec<_>>().join(", "))
        }
        Deed::Tag { add } => {
            format!("Tag {}", add.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Deed::Assign { team, to_me } => {
            let team = team.and_then(|id| policy.teams.get(&id)).map(|team| team.name.as_str());
            let me = to_me.then_some("me");
            format!("Assign to {}", team.into_iter().chain(me).collect::<Vec<_>>().join(" and "))
        }
        Deed::Hold { reason, seconds } => {
            let until = seconds.map(|seconds| format!(" for {}", time::duration(seconds)));
            format!("Put on hold, {}{}", waits(*reason), until.unwrap_or_default())
        }
        Deed::Resolve { code } => {
            let known = policy.resolution_codes.iter().find(|known| known.code == *code);
            format!("Resolve with these words: {}", known.map_or(code, |known| &known.label))
        }
    }
}

const fn waits(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Requester => "waiting for the requester",
        HoldReason::Vendor => "waiting for a vendor",
        HoldReason::Change => "waiting for a change",
        HoldReason::Problem => "waiting for a problem",
        HoldReason::Scheduled => "until the time comes",
    }
}

/// The page: with the settings beside it for whoever reads those.
fn framed(
    who: &SignedIn,
    title: Option<&str>,
    lead: Markup,
    action: Option<Markup>,
    body: Markup,
) -> Markup {
    let reads = who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    match (reads, title) {
        (true, None) => section_page(who, SECTION, lead, action, body),
        (true, Some(title)) => row_page(who, SECTION, title, lead, body),
        (false, _) => {
            let heading = title.unwrap_or(SECTION.name());
            let page = Page::new(who, heading).section(shell::Section::Other);
            let page = match title {
                Some(_) => page.crumb(SECTION.address(), SECTION.name()),
                None => page,
            };
            page.main_class("main main-canvas").show(html! {
                div.page {
                    div.page-h { div { h1 { (heading) } p { (lead) } } @if let Some(action) = action { div.btns { (action) } } }
                    div.stack-l { (body) }
                }
            })
        }
    }
}

async fn list(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let (viewer, policy) = (who.viewer().clone(), app.desk.policy());
    let all = app.desk.read(move |sql| readable(sql, &viewer)).await?;
    let action = who.viewer().works().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New macro" } },
    );
    let body = html! {
        (saved_banner(query.as_deref()))
        @if all.is_empty() {
            (empty("No macros", "Words that come again: with variables such as {requester.first_name}, and with what usually follows them.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Macros" { table.dt {
                thead { tr { th scope="col" { "Macro" } th scope="col" { "Whose" } th scope="col" { "Read by" } th scope="col" { "Does then" } th.num scope="col" { "Sent" } } }
                tbody { @for one in &all {
                    tr {
                        th scope="row" { a href=(SECTION.of(one.id)) { (one.name) } }
                        td { (owner_words(one.owner, &policy)) }
                        td { (readers(one.visibility)) }
                        td { (one.commands.iter().map(Deed::name).collect::<Vec<_>>().join(", ")) }
                        td.num { (one.uses) }
                    }
                } }
            } } }
        }
    };
    let lead = html! { "In the composer / at the beginning of a line finds them. Their words are put there to be edited; nothing is sent by that." };
    Ok(framed(&who, None, lead, action, body))
}

const fn readers(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "the requester",
        Visibility::Internal => "the service desk",
    }
}

async fn new(State(app): State<App>, Staff(who): Staff) -> PageResult<Markup> {
    if !may_keep(who.viewer(), Owner::Person(who.viewer().person)) {
        return Err(PageError::forbidden("whoever works on incidents makes macros"));
    }
    let fields = Fields::default().with("owner", MINE);
    Ok(page(&app, &who, None, &fields, &Problem::default(), html! {}))
}

async fn create(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    let (id, viewer, typed_in) = (MacroId(desk::fresh()), who.viewer().clone(), fields.clone());
    let made = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let one = typed(id, viewer.person, &typed_in, 1)?;
            desk::macros::make(sql, audit, &viewer, one)
        })
        .await;
    match made {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, Macro::WHAT, id.to_string(), "name").await?;
            let again = page(&app, &who, None, &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn stored(app: &App, who: &SignedIn, id: MacroId) -> PageResult<Macro> {
    let viewer = who.viewer().clone();
    let found = app.desk.read(move |sql| Ok(desk::macros::get(sql, &viewer, id))).await?;
    Ok(found?)
}

async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MacroId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let one = stored(&app, &who, id).await?;
    let banner = saved_banner(query.as_deref());
    Ok(page(&app, &who, Some(&one), &shown(&one), &Problem::default(), banner))
}

async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MacroId>,
    fields: Fields,
) -> PageResult<Response> {
    let (viewer, typed_in) = (who.viewer().clone(), fields.clone());
    let changed = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let one = typed(id, viewer.person, &typed_in, editing::version(&typed_in)?)?;
            desk::macros::change(sql, audit, &viewer, one)
        })
        .await;
    match changed {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, Macro::WHAT, id.to_string(), "name").await?;
            let one = stored(&app, &who, id).await?;
            let again = page(&app, &who, Some(&one), &fields, &problem, html! {});
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn remove(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MacroId>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| {
            desk::macros::remove(sql, audit, &viewer, (id, None))
        })
        .await?;
    Ok(saved(&SECTION.address()))
}

/// The name of the field for words in a language.
fn words_field(language: Language) -> String {
    format!("words_{language}")
}

/// A macro as a form says it.
fn typed(id: MacroId, me: PersonId, fields: &Fields, version: i64) -> Result<Macro, Trouble> {
    let wrong = |field| Trouble::from(Refusal::invalid(field, "Choose one of the list"));
    let owner = match fields.text("owner") {
        MINE => Owner::Person(me),
        ALL => Owner::Everybody,
        team => Owner::Team(team.parse().map_err(|_| wrong("owner"))?),
    };
    let visibility = match fields.text("visibility") {
        "internal" => Visibility::Internal,
        _ => Visibility::Public,
    };
    let mut by_language = BTreeMap::new();
    for language in Language::ALL {
        if let Some(words) = fields.filled(&words_field(*language)) {
            by_language.insert(*language, words.replace("\r\n", "\n"));
        }
    }
    Ok(Macro {
        id,
        name: editing::name(fields)?,
        owner,
        visibility,
        words: fields.text("words").replace("\r\n", "\n"),
        by_language,
        commands: deeds(fields)?,
        uses: 0,
        version,
    })
}

fn deeds(fields: &Fields) -> Result<Vec<Deed>, Trouble> {
    let mut found = Vec::new();
    let (service, category) = (editing::id(fields, "service")?, editing::id(fields, "category")?);
    if service.is_some() || category.is_some() {
        found.push(Deed::Classify { service, category });
    }
    let add = tags(fields, "tags");
    if !add.is_empty() {
        found.push(Deed::Tag { add });
    }
    let (team, to_me) = (editing::id(fields, "team")?, fields.ticked("to_me"));
    if team.is_some() || to_me {
        found.push(Deed::Assign { team, to_me });
    }
    if let Some(reason) = editing::id::<HoldReason>(fields, "hold")? {
        let seconds = match fields.filled("hold_for") {
            None => None,
            Some(text) => Some(duration::read(text, duration::WHOLE_DAY).ok_or_else(|| {
                Refusal::invalid("hold_for", "Write how long, such as 4 h or 2 days")
            })?),
        };
        found.push(Deed::Hold { reason, seconds });
    }
    if let Some(code) = fields.filled("resolve") {
        found.push(Deed::Resolve { code: code.to_owned() });
    }
    Ok(found)
}

/// A stored macro as its form shows it.
fn shown(one: &Macro) -> Fields {
    let owner = match one.owner {
        Owner::Person(_) => MINE.to_owned(),
        Owner::Team(team) => team.to_string(),
        Owner::Everybody => ALL.to_owned(),
    };
    let mut pairs = Vec::new();
    let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
    add("name", one.name.clone());
    add("owner", owner);
    let internal = one.visibility == Visibility::Internal;
    add("visibility", if internal { "internal" } else { "public" }.to_owned());
    add("words", one.words.clone());
    for (language, words) in &one.by_language {
        add(&words_field(*language), words.clone());
    }
    let text = |id: Option<String>| id.unwrap_or_default();
    for deed in &one.commands {
        match deed {
            Deed::Classify { service, category } => {
                add("service", text(service.map(|id| id.to_string())));
                add("category", text(category.map(|id| id.to_string())));
            }
            Deed::Tag { add: tags } => {
                add("tags", tags.iter().cloned().collect::<Vec<_>>().join(", "));
            }
            Deed::Assign { team, to_me } => {
                add("team", text(team.map(|id| id.to_string())));
                if *to_me {
                    add("to_me", "1".to_owned());
                }
            }
            Deed::Hold { reason, seconds } => {
                add("hold", reason.to_string());
                let written =
                    seconds.map(|seconds| duration::written(seconds, duration::WHOLE_DAY));
                add("hold_for", text(written));
            }
            Deed::Resolve { code } => add("resolve", code.clone()),
        }
    }
    Fields::of(pairs)
}

fn page(
    app: &App,
    who: &SignedIn,
    stored: Option<&Macro>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let policy = app.desk.policy();
    let address = stored.map_or_else(|| SECTION.address(), |one| SECTION.of(one.id));
    let keeps = stored.is_none_or(|one| may_keep(who.viewer(), one.owner));
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        @if keeps {
            form.form method="post" action=(address) {
                @if let Some(one) = stored { (version_field(problem.version(fields, one.version))) }
                (inputs(who.viewer(), &policy, fields, &problem.errors))
                (buttons(if stored.is_some() { "Save" } else { "Make the macro" }, &SECTION.address()))
            }
        } @else if let Some(one) = stored {
            section.card { div.card-b.msg-b { (crate::incident::prose(&one.words)) } }
            @for deed in &one.commands { p { (deed_words(deed, &policy)) } }
        }
        @if let Some(one) = stored.filter(|_| keeps) {
            section.card aria-labelledby="gone" {
                div.card-h { h2 id="gone" { "Remove the macro" } span.meta { "Sent " (time::counted(one.uses, "time")) } }
                div.card-b {
                    form method="post" action={ (SECTION.of(one.id)) "/remove" } {
                        button.btn.btn-danger type="submit" { (icon("trash")) "Remove" }
                    }
                }
            }
        }
    };
    framed(who, Some(stored.map_or("New macro", |one| one.name.as_str())), html! {}, None, body)
}

type Options = Vec<(String, String)>;

/// Nothing, then these by name.
fn named(all: impl Iterator<Item = (String, String)>) -> Options {
    let mut all: Options = all.collect();
    all.order_by_key(|(_, name)| name.to_lowercase());
    all.insert(0, (String::new(), "–".to_owned()));
    all
}

/// For whom somebody may keep macros.
fn owners(viewer: &Viewer, policy: &Policy) -> Options {
    let mut teams: Options = policy
        .teams
        .iter()
        .filter(|(id, _)| may_keep(viewer, Owner::Team(**id)))
        .map(|(id, team)| (id.to_string(), team.name.clone()))
        .collect();
    teams.order_by_key(|(_, name)| name.to_lowercase());
    teams.insert(0, (MINE.to_owned(), "Mine alone".to_owned()));
    if may_keep(viewer, Owner::Everybody) {
        teams.push((ALL.to_owned(), "Everybody's".to_owned()));
    }
    teams
}

fn inputs(viewer: &Viewer, policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let words = Field::new("words", "Words").hint("Variables in braces are filled in when it is taken; what has no value stays, so that you see it.").errors(errors);
    let owner = Field::new("owner", "Whose").errors(errors);
    let visibility = Field::new("visibility", "Read by").errors(errors);
    let readers = [("public", "The requester"), ("internal", "The service desk")];
    html! {
        section.card { div.card-b.stack {
            (name_field(fields, errors))
            (owner.select(&owners(viewer, policy), fields.text("owner")))
            (visibility.select(&readers, fields.text("visibility")))
            (words.textarea(8, fields.get("words").unwrap_or_default()))
            details.fold { summary { (icon("right")) "Variables" } dl.props { @for (name, about) in VARIABLES { div { dt { code { "{" (name) "}" } } dd { (about) } } } } }
            details.fold open[Language::ALL.iter().any(|one| fields.filled(&words_field(*one)).is_some())] {
                summary { (icon("right")) "In other languages" }
                p.hint { "Whoever reads one of these gets its words; everybody else those above." }
                @for language in Language::ALL {
                    @let id = words_field(*language);
                    (Field::new(&id, language.name()).errors(errors).textarea(5, fields.get(&id).unwrap_or_default()))
                }
            }
        } }
        section.card aria-labelledby="then" {
            div.card-h { h2 id="then" { "What follows" } }
            div.card-b.stack {
                p.hint { "Boxes in the composer, ticked. They are done after the words, in this order, by whoever sends them." }
                (follows(policy, fields, errors))
            }
        }
    }
}

fn follows(policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let services = policy.services.iter().map(|(id, one)| (id.to_string(), one.name.clone()));
    let categories = policy.categories.iter().map(|(id, one)| (id.to_string(), one.path.clone()));
    let teams = policy.teams.iter().map(|(id, one)| (id.to_string(), one.name.clone()));
    let codes = policy.resolution_codes.iter();
    let codes = codes.map(|one| (one.code.clone(), one.label.clone()));
    let holds = HoldReason::ALL.iter();
    let holds = holds.map(|reason| (reason.to_string(), waits(*reason).to_owned()));
    html! {
        (Field::new("service", "Service").errors(errors).select(&named(services), fields.text("service")))
        (Field::new("category", "Category").errors(errors).select(&named(categories), fields.text("category")))
        (Field::new("tags", "Tags").hint("Separated by commas.").errors(errors).input("text", fields.text("tags")))
        (Field::new("team", "Give it to the team").errors(errors).select(&named(teams), fields.text("team")))
        div.field { (checkbox("to_me", "Whoever sends it takes it", fields.ticked("to_me"))) }
        (Field::new("hold", "Put on hold").errors(errors).select(&named(holds), fields.text("hold")))
        (Field::new("hold_for", "For how long").hint("Such as 4 h or 2 days; empty until somebody goes on.").errors(errors).input("text", fields.text("hold_for")))
        (Field::new("resolve", "Resolve as").hint("The words become those of the resolution.").errors(errors).select(&named(codes), fields.text("resolve")))
    }
}
