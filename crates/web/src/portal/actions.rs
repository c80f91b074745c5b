//! What requesters do on their incident's page. Scripts get patches, plain forms
//! the page again.

use super::incident::{self as screen, Attempt, Form};
use super::{On, story, trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Reader, SignedIn};
use crate::error::{PageResult, status_of};
use crate::form::Fields;
use crate::incident::attachments::{WithFiles, attach};
use crate::incident::once;
use crate::part::time::Here;
use crate::url;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use desk::{Done, Idempotency, Trouble};
use incident::{Command, Refusal, RefusalKind, Scope, Visibility};
use kernel::{Channel, ContentId, IncidentNumber, limits};

/// `POST /portal/incidents/{number}/comment`
pub(super) async fn comment(action: Action, request: Request) -> PageResult<Response> {
    let headers = request.headers().clone();
    let sent = WithFiles::read(&action.app, request).await?;
    let text = sent.fields.text("body").to_owned();
    let once = once(&headers, &format!("{}/comment", action.number), &text);
    let done = action.say(sent, once).await;
    action.answer(done, Attempt::of(Form::Reply, text)).await
}

/// `POST /portal/incidents/{number}/confirm`
pub(super) async fn confirm(action: Action) -> PageResult<Response> {
    let done = action.issue(Command::Confirm).await;
    action.answer(done, Attempt::of(Form::Confirm, "")).await
}

/// `POST /portal/incidents/{number}/dispute`
pub(super) async fn dispute(action: Action, fields: Fields) -> PageResult<Response> {
    let asked = Asked {
        field: "note",
        max_chars: limits::BODY_CHARS,
        when_empty: "write what is still not working",
    };
    let done = action.issue_with(&asked, &fields, |note| Command::Dispute { note }).await;
    action.answer(done, Attempt::of(Form::Confirm, fields.text(asked.field))).await
}

/// `POST /portal/incidents/{number}/withdraw`
pub(super) async fn withdraw(action: Action, fields: Fields) -> PageResult<Response> {
    let asked = Asked {
        field: "reason",
        max_chars: limits::REASON_CHARS,
        when_empty: "write in a few words why",
    };
    let done = action.issue_with(&asked, &fields, |reason| Command::Cancel { reason }).await;
    action.answer(done, Attempt::of(Form::Withdraw, fields.text(asked.field))).await
}

/// `POST /portal/incidents/{number}/watch`
pub(super) async fn watch(action: Action) -> PageResult<Response> {
    let done = action.issue(Command::Watch { person: None }).await;
    action.answer(done, Attempt::of(Form::Reply, "")).await
}

/// `POST /portal/incidents/{number}/unwatch`
pub(super) async fn unwatch(action: Action) -> PageResult<Response> {
    let done = action.issue(Command::Unwatch { person: None }).await;
    action.answer(done, Attempt::of(Form::Reply, "")).await
}

/// Somebody who does something on an incident's page.
pub(super) struct Action {
    app: App,
    who: SignedIn,
    live: Live,
    number: IncidentNumber,
}

impl FromRequestParts<App> for Action {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Reader(who) = Reader::from_request_parts(parts, app).await?;
        let On(number) =
            On::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let live = Live::of(&parts.headers);
        Ok(Action { app: app.clone(), who, live, number })
    }
}

/// Words that a command takes along: their field, their limit, and what is said when there are none.
struct Asked {
    field: &'static str,
    max_chars: usize,
    when_empty: &'static str,
}

/// What came of an action: where it took effect, and after which event of the timeline.
pub(super) struct Outcome {
    number: IncidentNumber,
    after_n: u32,
}

impl From<Done> for Outcome {
    fn from(done: Done) -> Self {
        Outcome { number: done.number, after_n: done.first_n.saturating_sub(1) }
    }
}

impl Action {
    fn ask(&self) -> desk::Ask<'_> {
        self.app.desk.ask(self.who.viewer(), Channel::Portal).on(self.number)
    }

    async fn issue(&self, command: Command) -> Result<Outcome, Trouble> {
        self.ask().issue(command).await.map(Outcome::from)
    }

    /// With words, if there are any: their field, themselves, and their limit.
    pub(super) async fn issue_with_any(
        &self,
        (field, text, max_chars): (&'static str, Option<&str>, usize),
        command: impl FnOnce(Option<ContentId>) -> Command,
    ) -> Result<Outcome, Trouble> {
        let mut ask = self.ask();
        let words = ask.opt_words(field, text, max_chars)?;
        ask.issue(command(words)).await.map(Outcome::from)
    }

    async fn issue_with(
        &self,
        asked: &Asked,
        fields: &Fields,
        command: impl FnOnce(ContentId) -> Command,
    ) -> Result<Outcome, Trouble> {
        let text = fields.text(asked.field);
        if text.is_empty() {
            return Err(Refusal::invalid(asked.field, asked.when_empty).into());
        }
        let mut ask = self.ask();
        let words = ask.words(asked.field, text, asked.max_chars)?;
        ask.issue(command(words)).await.map(Outcome::from)
    }

    /// A message with its files, or files alone. On a closed incident the words make
    /// one that follows it, and the files go there.
    async fn say(&self, sent: WithFiles, once: Option<Idempotency>) -> Result<Outcome, Trouble> {
        let text = sent.fields.text("body");
        if let Some(refusal) = sent.refused {
            return Err(refusal.into());
        }
        if text.is_empty() && sent.files.is_empty() {
            return Err(Refusal::invalid("body", "write something, or add a file").into());
        }
        let outcome = if text.is_empty() {
            self.before().await?
        } else {
            let mut ask = self.ask().once(once.clone());
            let body = ask.words("body", text, limits::BODY_CHARS)?;
            let command = Command::Comment { body, visibility: Visibility::Public };
            Outcome::from(ask.issue(command).await?)
        };
        let (desk, viewer) = (&self.app.desk, self.who.viewer());
        let (number, files) = (outcome.number, sent.files);
        attach(desk, viewer, Channel::Portal, number, files, Visibility::Public, once.as_ref())
            .await?;
        Ok(outcome)
    }

    /// Where the timeline ends now.
    async fn before(&self) -> Result<Outcome, Trouble> {
        let number = self.number;
        let stored = self.app.desk.read(move |sql| store::incidents::load(sql, number)).await?;
        Ok(Outcome { number, after_n: stored.map_or(0, |stored| stored.state.version) })
    }

    /// What is shown after an action: the changed parts, the page, or the form with
    /// what was typed and what is wrong.
    pub(super) async fn answer(
        self,
        done: Result<Outcome, Trouble>,
        attempt: Attempt,
    ) -> PageResult<Response> {
        let (attempt, status, after_n) = match done {
            Ok(outcome) if outcome.number != self.number => {
                return Ok(Answer::go(url::portal_incident(outcome.number)).reply(self.live));
            }
            Ok(outcome) => (Attempt::default(), None, outcome.after_n),
            Err(Trouble::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => {
                let attempt = attempt.refused(trouble::of_page(&refusal, self.who.here.language));
                (attempt, Some(status_of(&Trouble::Refused(refusal))), u32::MAX)
            }
            Err(trouble) => return Err(trouble.into()),
        };
        let Action { app, who, live, number } = self;
        let (scope, policy) = (Scope::of(who.viewer()), app.desk.policy());
        let here = Here { now: app.desk.now(), ..who.here.clone() };
        let (names, forecaster, now) = (policy.clone(), app.desk.forecaster(), here.now);
        let read = move |sql: &mut dyn store::Sql| {
            story::read(sql, &scope, (&*names, &*forecaster), number, now)
        };
        let story = app.desk.read(read).await?;
        // Who stops following may have lost sight of it.
        let Some(story) = story else { return Ok(Answer::go(url::PORTAL).reply(live)) };
        let patches = screen::patches(&story, who.viewer(), &here, &policy, after_n, &attempt);
        let Some(status) = status else {
            return Ok(Answer::patch(patches).else_go(url::portal_incident(number)).reply(live));
        };
        let page = screen::page(&app, &who, number, &attempt).await?;
        Ok(Answer::refused(status, patches).else_page(page).reply(live))
    }
}
