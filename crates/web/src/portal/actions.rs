//! What requesters do on their incident's page. Scripts get patches, plain forms
//! the page again.

use super::incident::{self as screen, Attempt, Form};
use super::story;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn};
use crate::error::{PageResult, sentence, status_of};
use crate::form::Fields;
use crate::incident::attachments::{Brought, WithFiles, attach};
use crate::url;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use desk::{Done, Trouble};
use incident::{Command, Scope, Visibility};
use kernel::{Channel, IncidentNumber, limits};

/// `POST /portal/incidents/{number}/comment`
pub(super) async fn comment(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
    request: Request,
) -> PageResult<Response> {
    let WithFiles { fields, files } = WithFiles::read(&app, request).await?;
    let text = fields.text("body").to_owned();
    let done = say(&app, &who, number, &text, files).await;
    let attempt =
        |words| Attempt { reply: text, trouble: Some((Form::Reply, words)), ..Attempt::default() };
    answer(&app, &who, live, number, done, attempt).await
}

/// `POST /portal/incidents/{number}/confirm`
pub(super) async fn confirm(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
) -> PageResult<Response> {
    let done = app.desk.ask(who.viewer(), Channel::Portal).on(number).issue(Command::Confirm).await;
    let attempt = |words| Attempt { trouble: Some((Form::Confirm, words)), ..Attempt::default() };
    answer(&app, &who, live, number, done, attempt).await
}

/// `POST /portal/incidents/{number}/dispute`
pub(super) async fn dispute(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
    fields: Fields,
) -> PageResult<Response> {
    let mut ask = app.desk.ask(who.viewer(), Channel::Portal).on(number);
    let done = match ask.words("note", fields.text("note"), limits::BODY_CHARS) {
        Ok(note) => ask.issue(Command::Dispute { note }).await,
        Err(_) if fields.text("note").is_empty() => {
            Err(incident::Refusal::invalid("note", "write what is still not working").into())
        }
        Err(trouble) => Err(trouble),
    };
    let attempt = |words| Attempt {
        still: fields.text("note").to_owned(),
        trouble: Some((Form::Confirm, words)),
        ..Attempt::default()
    };
    answer(&app, &who, live, number, done, attempt).await
}

/// `POST /portal/incidents/{number}/withdraw`
pub(super) async fn withdraw(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
    fields: Fields,
) -> PageResult<Response> {
    let mut ask = app.desk.ask(who.viewer(), Channel::Portal).on(number);
    let done = match ask.words("reason", fields.text("reason"), limits::REASON_CHARS) {
        Ok(reason) => ask.issue(Command::Cancel { reason }).await,
        Err(_) if fields.text("reason").is_empty() => {
            Err(incident::Refusal::invalid("reason", "write in a few words why").into())
        }
        Err(trouble) => Err(trouble),
    };
    let attempt = |words| Attempt {
        withdrawn: fields.text("reason").to_owned(),
        trouble: Some((Form::Withdraw, words)),
        ..Attempt::default()
    };
    answer(&app, &who, live, number, done, attempt).await
}

/// `POST /portal/incidents/{number}/watch`
pub(super) async fn watch(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
) -> PageResult<Response> {
    let done = app
        .desk
        .ask(who.viewer(), Channel::Portal)
        .on(number)
        .issue(Command::Watch { person: None })
        .await;
    answer(&app, &who, live, number, done, following).await
}

/// `POST /portal/incidents/{number}/unwatch`
pub(super) async fn unwatch(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    Path(number): Path<IncidentNumber>,
) -> PageResult<Response> {
    let done = app
        .desk
        .ask(who.viewer(), Channel::Portal)
        .on(number)
        .issue(Command::Unwatch { person: None })
        .await;
    answer(&app, &who, live, number, done, following).await
}

fn following(words: String) -> Attempt {
    Attempt { trouble: Some((Form::Reply, words)), ..Attempt::default() }
}

/// What came of an action: where it took effect, and after which event of the timeline.
struct Outcome {
    number: IncidentNumber,
    after_n: u32,
}

impl From<Done> for Outcome {
    fn from(done: Done) -> Self {
        Outcome { number: done.number, after_n: done.first_n.saturating_sub(1) }
    }
}

/// A message with its files, or files alone. On a closed incident the words make
/// one that follows it, and the files go there.
async fn say(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    text: &str,
    files: Vec<Brought>,
) -> Result<Outcome, Trouble> {
    let viewer = who.viewer();
    if text.is_empty() && files.is_empty() {
        return Err(incident::Refusal::invalid("body", "write something, or add a file").into());
    }
    let files_on = |number| {
        attach(&app.desk, viewer, Channel::Portal, number, files, Visibility::Public, None)
    };
    if text.is_empty() {
        let before = app.desk.read(move |sql| store::incidents::load(sql, number)).await?;
        files_on(number).await?;
        return Ok(Outcome { number, after_n: before.map_or(0, |stored| stored.state.version) });
    }
    let mut ask = app.desk.ask(viewer, Channel::Portal).on(number);
    let body = ask.words("body", text, limits::BODY_CHARS)?;
    let outcome =
        Outcome::from(ask.issue(Command::Comment { body, visibility: Visibility::Public }).await?);
    files_on(outcome.number).await?;
    Ok(outcome)
}

/// What is shown after an action: the changed parts, the page, or the form with
/// what is wrong.
async fn answer(
    app: &App,
    who: &SignedIn,
    live: Live,
    number: IncidentNumber,
    done: Result<impl Into<Outcome>, Trouble>,
    attempt: impl FnOnce(String) -> Attempt,
) -> PageResult<Response> {
    let (attempt, status, after_n) = match done.map(Into::into) {
        Ok(Outcome { number: other, .. }) if other != number => {
            return Ok(Answer::go(url::portal_incident(other)).reply(live));
        }
        Ok(Outcome { after_n, .. }) => (None, None, after_n),
        Err(Trouble::Refused(refusal)) if refusal.kind != incident::RefusalKind::NotFound => {
            let words = in_plain_words(&refusal);
            let status = status_of(&Trouble::Refused(refusal));
            (Some(attempt(words)), Some(status), u32::MAX)
        }
        Err(trouble) => return Err(trouble.into()),
    };
    let (scope, policy) = (Scope::of(who.viewer()), app.desk.policy());
    let names = policy.clone();
    let story = app.desk.read(move |sql| story::read(sql, &scope, &names, number)).await?;
    // Who stops following may have lost sight of it.
    let Some(story) = story else { return Ok(Answer::go(url::PORTAL).reply(live)) };
    let here = crate::part::time::Here { now: app.desk.now(), zone: who.here.zone.clone() };
    let shown = attempt.clone().unwrap_or_default();
    let patches = screen::patches(&story, who.viewer(), &here, &policy, after_n, &shown);
    match (attempt, status) {
        (Some(attempt), Some(status)) => {
            let page = screen::page(app, who, number, &attempt).await?;
            Ok(Answer::refused(status, patches).else_page(page).reply(live))
        }
        _ => Ok(Answer::patch(patches).else_go(url::portal_incident(number)).reply(live)),
    }
}

/// Refusals of states name commands; requesters read what happened instead.
fn in_plain_words(refusal: &incident::Refusal) -> String {
    match refusal.kind {
        incident::RefusalKind::State => {
            "This changed meanwhile. Look at how it stands now; what you wrote is kept.".to_owned()
        }
        _ => sentence(&refusal.message),
    }
}
