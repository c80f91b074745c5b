//! Every command as a form: its page, its answer, its refusal.

use super::case::Case;
use super::dialogs::{self, ALONE, MEANWHILE};
use super::panel::PICKERS;
use super::refused::{Wrong, again, refused};
use super::timeline::did;
use super::view::View;
use super::words::plain;
use super::{major, parse, patches, workaround};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use desk::{Done, Idempotency, Trouble};
use incident::{Access, Body, CommandName as C, Refusal, Scope};
use kernel::{Channel, IncidentNumber, PersonId};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use store::directory::drafts::{self, Mode};
use store::incidents::list::IncidentRow;

/// Tries when others write at the same moment.
const TRIES: usize = 5;
/// The field that says on which incident's page a form about another one stands.
pub(super) const BACK: &str = "back";
/// Characters of an idempotency key.
const KEY_CHARS: usize = 200;
/// Entries that are looked at for what others changed meanwhile.
const MEANWHILE_EVENTS: usize = 200;

/// A command's form as a page; for the dialog that is on the page already, as it stands now.
pub(super) async fn page(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path((number, command)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let (number, command) = named(&number, &command)?;
    if !dialogs::has_form(command) {
        return Err(PageError::NotFound);
    }
    let case = Case::load(&app, who.viewer(), &who.here, number).await?;
    if live.0 {
        let view = View::of(&case, who.viewer());
        let asked = Fields::parse(query.as_deref().unwrap_or_default());
        let values =
            if dialogs::is_in_room(&asked) { dialogs::in_room() } else { Fields::default() };
        let errors = Errors::default();
        return Ok(dialogs::form(&view, command, &values, &errors, Some("morph")).into_response());
    }
    let mut values = format!("{ALONE}=1&{}", query.unwrap_or_default());
    if command == C::Resolve && Fields::parse(&values).ticked("from_draft") {
        let draft = reply_draft(&app, &who, number).await?.unwrap_or_default();
        values.push_str(&format!("&note={}", url::encode(&draft)));
    }
    let view = View::of(&case, who.viewer());
    Ok(dialogs::page(&who, &view, command, &Fields::parse(&values), &Errors::default())
        .into_response())
}

async fn reply_draft(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
) -> PageResult<Option<String>> {
    let me = who.person().id;
    let kept = app.desk.read(move |sql| drafts::of_incident(sql, me, number)).await?;
    Ok(kept.into_iter().find(|draft| draft.mode == Mode::Reply).map(|draft| draft.body))
}

/// A command that was sent.
pub(super) async fn post(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path((number, command)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> PageResult {
    let (number, command) = named(&number, &command)?;
    // Where an undo is offered, its place stands in the address.
    let sent = format!("{body}&{}", query.unwrap_or_default());
    let fields = Fields::parse(&sent);
    let before = seen(&app, &who, number).await?;
    match carry_out(
        &app,
        &who,
        number,
        command,
        &fields,
        once(&headers, &format!("{number}/{command}"), &sent),
    )
    .await
    {
        Ok(done) => answer(&app, &who, live, command, &fields, before.version, done).await,
        Err(Stopped::Trouble(Trouble::Refused(refusal))) if is_idle(&refusal, &fields) => {
            let words = (fields.get("assignee") == Some("me")).then_some("It is yours already");
            refreshed(&app, &who, live, &fields, (number, before.version), words).await
        }
        Err(Stopped::Trouble(trouble)) => {
            refused(&app, &who, live, number, command, &sent, trouble).await
        }
        Err(Stopped::Meanwhile(words)) => {
            let wrong = Wrong::at(StatusCode::PRECONDITION_FAILED, MEANWHILE, words);
            again(&app, &who, live, number, command, &sent, wrong).await
        }
        Err(Stopped::Page(error)) => Err(error),
    }
}

/// Why a command was not carried out.
pub(super) enum Stopped {
    /// It was refused, or it failed.
    Trouble(Trouble),
    /// Somebody else changed the same thing since the form was shown.
    Meanwhile(String),
    /// The page cannot answer.
    Page(PageError),
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        Stopped::Trouble(trouble)
    }
}

impl From<PageError> for Stopped {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Trouble(trouble) => Stopped::Trouble(trouble),
            other => Stopped::Page(other),
        }
    }
}

fn named(number: &str, command: &str) -> PageResult<(IncidentNumber, C)> {
    let number = number.parse().map_err(|_| PageError::NotFound)?;
    let command = command.parse().map_err(|_| PageError::NotFound)?;
    match command {
        // Words and files come through the composer, reports through their own form.
        C::Report | C::Attach | C::Comment => Err(PageError::NotFound),
        other => Ok((number, other)),
    }
}

/// The incident, for somebody who sees all of it.
pub(super) async fn seen(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
) -> PageResult<IncidentRow> {
    let scope = Scope::of(who.viewer());
    let row = app.desk.read(move |sql| store::incidents::list::get(sql, &scope, number)).await?;
    row.filter(|row| row.access == Access::Full).ok_or(PageError::NotFound)
}

/// What makes a form that is sent twice the same form.
pub(crate) fn once(headers: &HeaderMap, what: &str, sent: &str) -> Option<Idempotency> {
    let key = headers
        .get("idempotency-key")?
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_CHARS).contains(&key.len()))?;
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update([0]);
    hash.update(sent);
    Some(Idempotency { key: key.to_owned(), request_hash: hash.finalize().to_vec() })
}

async fn carry_out(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    name: C,
    fields: &Fields,
    once: Option<Idempotency>,
) -> Result<Done, Stopped> {
    let named = if name == C::Watch { person_named(app, fields).await? } else { None };
    if name == C::Resolve {
        workaround::article_there(app, who, fields).await?;
        let category = seen(app, who, number).await?.state.category;
        workaround::before(app, who, number, category, fields).await?;
    }
    for _ in 0..TRIES {
        let row = seen(app, who, number).await?;
        let shown = fields
            .filled("version")
            .and_then(|version| version.parse().ok())
            .filter(|_| checks(name));
        if let Some(words) = meanwhile(app, who, number, name, shown).await? {
            return Err(Stopped::Meanwhile(words));
        }
        let expected = shown.map(|_| i64::from(row.version));
        let mut ask = app
            .desk
            .ask(who.viewer(), Channel::Web)
            .on(number)
            .once(once.clone())
            .expecting(expected);
        let context = parse::Context {
            state: &row.state,
            title: &row.title,
            here: &who.here,
            me: who.person().id,
            named,
        };
        let command = parse::command(name, fields, &mut ask, &context)?;
        match ask.issue(command).await {
            Err(Trouble::Stale { .. }) => {}
            other => return Ok(other?),
        }
    }
    Err(Trouble::Overloaded.into())
}

/// A person by e-mail address or full name.
async fn person_named(app: &App, fields: &Fields) -> Result<Option<PersonId>, Stopped> {
    let Some(text) = fields.filled("person").map(str::to_owned) else { return Ok(None) };
    let wanted = text.clone();
    let found = app
        .desk
        .read(move |sql| {
            if let Some(person) = store::directory::people::by_email(sql, &wanted)? {
                return Ok(vec![person]);
            }
            store::directory::people::by_name(sql, &wanted)
        })
        .await?;
    match found.as_slice() {
        [one] => Ok(Some(one.id)),
        [] => Err(Trouble::from(Refusal::invalid(
            "person",
            format!("nobody is known here as {text}"),
        ))
        .into()),
        _ => Err(Trouble::from(Refusal::invalid(
            "person",
            format!("there are several people named {text}; give the e-mail address"),
        ))
        .into()),
    }
}

/// Commands whose form says which version it was made from.
fn checks(name: C) -> bool {
    dialogs::guarded(name) || matches!(name, C::Acknowledge | C::Resume | C::Confirm | C::Close)
}

/// What others changed of the same thing since the form was shown.
async fn meanwhile(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    name: C,
    shown: Option<u32>,
) -> Result<Option<String>, Stopped> {
    let Some(shown) = shown else { return Ok(None) };
    let later = app
        .desk
        .read(move |sql| store::incidents::timeline::timeline(sql, number, shown, MEANWHILE_EVENTS))
        .await?;
    let me = Some(who.person().id);
    let Some(other) = later
        .iter()
        .rev()
        .find(|stored| stored.event.actor.person_id() != me && touches(name, &stored.event.body))
    else {
        return Ok(None);
    };
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    Ok(Some(format!(
        "{} {} while this was open",
        other.event.actor.name,
        plain(&did(&case, other))
    )))
}

/// Whether an event changed what a command is about.
fn touches(name: C, body: &Body) -> bool {
    match name {
        C::Assign | C::Escalate => matches!(body, Body::Assigned(_)),
        C::Prioritise => matches!(body, Body::PriorityChanged(_)),
        C::Classify => matches!(body, Body::Classified(_)),
        C::Restrict => matches!(body, Body::Restricted(_)),
        C::StateImpact => matches!(body, Body::ImpactStated(_)),
        C::ChangeOutage => matches!(body, Body::OutageChanged(_) | Body::OutageRemoved(_)),
        _ => matches!(
            body,
            Body::PutOnHold(_)
                | Body::Resumed(_)
                | Body::Resolved(_)
                | Body::Reopened(_)
                | Body::ReopeningWithdrawn(_)
                | Body::Closed(_)
                | Body::Cancelled(_)
        ),
    }
}

/// Choosing what is chosen already needs no answer but the present state.
fn is_idle(refusal: &Refusal, fields: &Fields) -> bool {
    let form = fields.get("form");
    refusal.code == "nothing_to_change" && form.is_none_or(|form| PICKERS.contains(&form))
}

async fn answer(
    app: &App,
    who: &SignedIn,
    live: Live,
    command: C,
    fields: &Fields,
    version_before: u32,
    done: Done,
) -> PageResult {
    if let Some(back) = fields.filled(BACK).and_then(|text| text.parse::<IncidentNumber>().ok()) {
        return Ok(Answer::go(url::incident(back)).reply(live));
    }
    let number = done.number;
    let article = match command {
        C::Resolve => workaround::after(app, who, number, fields).await?,
        _ => None,
    };
    if command == C::Resolve && fields.ticked("from_draft") {
        let me = who.person().id;
        app.desk
            .write(move |sql| Ok(drafts::delete(sql, me, number, Mode::Reply).map(drop)?))
            .await?;
    }
    if matches!(command, C::PublishUpdate | C::DraftUpdate) {
        let me = who.person().id;
        app.desk
            .write(move |sql| Ok(drafts::delete(sql, me, number, Mode::Update).map(drop)?))
            .await?;
    }
    if let Some(article) = article {
        return Ok(Answer::go(url::article_of(article, "edit")).reply(live));
    }
    let back = dialogs::back(number, fields);
    let case = match Case::load(app, who.viewer(), &who.here, number).await {
        // It was restricted to a team that the reader is not in.
        Err(PageError::NotFound) => return Ok(Answer::go(url::QUEUE).reply(live)),
        other => other?,
    };
    if fields.ticked(ALONE) {
        return Ok(Answer::go(back).reply(live));
    }
    let view = View::of(&case, who.viewer());
    let undo = undo_of(&case, done.first_n);
    let mut patch = drawn(app, &view, fields, version_before).await?;
    if command == C::StateImpact && dialogs::is_in_room(fields) {
        // Its dialog holds the words that are stated: the next edit begins with these.
        let (values, errors) = (dialogs::in_room(), Errors::default());
        let form = dialogs::form(&view, command, &values, &errors, Some("morph"));
        patch = html! { (patch) (form) };
    }
    let mut answer = Answer::patch(patch).else_go(back);
    if let Some(words) = told(command, undo.is_some()) {
        answer = answer.toast(words).undo(undo);
    }
    Ok(answer.reply(live))
}

/// What changed, on the screen that the form stands on.
async fn drawn(app: &App, view: &View<'_>, fields: &Fields, after_n: u32) -> PageResult<Markup> {
    match dialogs::is_in_room(fields) {
        true => major::own(app, view).await,
        false => Ok(patches::own(view, after_n)),
    }
}

/// Where it is taken back, if it can be.
pub(super) fn undo_of(case: &Case, n: u32) -> Option<String> {
    can_undo(case, n).then(|| format!("{}?n={n}", url::incident_command(case.number, "undo")))
}

fn can_undo(case: &Case, n: u32) -> bool {
    let own =
        case.events().iter().find(|stored| stored.number == case.number && stored.event.n == n);
    own.is_some_and(|stored| incident::undoable(&stored.event))
}

/// What is told where the result is elsewhere, or can be taken back.
fn told(command: C, undo: bool) -> Option<&'static str> {
    Some(match command {
        C::Assign => "Assignment changed",
        C::Prioritise => "Priority changed",
        C::Classify => "Changed",
        C::Tag => "Tags changed",
        C::Merge => "Merged",
        C::Hold => "On hold",
        C::Resume => "Work resumed",
        C::Acknowledge => "In progress",
        C::Undo => return Some("Taken back"),
        _ => return None,
    })
    .filter(|_| undo)
}

async fn refreshed(
    app: &App,
    who: &SignedIn,
    live: Live,
    fields: &Fields,
    (number, version): (IncidentNumber, u32),
    words: Option<&str>,
) -> PageResult {
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    let view = View::of(&case, who.viewer());
    let patch = drawn(app, &view, fields, version).await?;
    let mut answer = Answer::patch(patch).else_go(dialogs::back(number, fields));
    if let Some(words) = words {
        answer = answer.toast(words);
    }
    Ok(answer.reply(live))
}
