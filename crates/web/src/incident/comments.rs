//! What the composer sends: a reply, a note or an update, with files, and the
//! state to set with it.

use super::attachments::{WithFiles, attach};
use super::case::Case;
use super::commands::{once, seen};
use super::composer::{NOT_DONE, Start, banner};
use super::refused::words_of;
use super::view::View;
use super::{macros, page, parse, patches};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::url;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use desk::{Done, Idempotency, Trouble};
use incident::state::HoldReason;
use incident::{Command, CommandName as C, Lifecycle, RefusalKind, Visibility};
use kernel::{Channel, IncidentNumber, limits};
use maud::html;
use store::directory::drafts::{self, Draft, Mode};
use store::incidents::list::IncidentRow;

/// The composer's form.
pub(super) async fn post(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    request: Request,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let row = seen(&app, &who, number).await?;
    let headers = request.headers().clone();
    let sent = match WithFiles::read(&app, request).await {
        Err(PageError::Trouble(trouble)) => {
            return refused(&app, &who, live, number, Fields::default(), trouble).await;
        }
        other => other?,
    };
    let fields = sent.fields.clone();
    if fields.get("then") == Some("resolve")
        && fields.filled("body").is_some()
        && sent.files.is_empty()
    {
        return to_resolve(&app, &who, live, (number, &headers), fields).await;
    }
    let once = once(&headers, &format!("{number}/comments"), &format!("{fields:?}"));
    match send(&app, &who, number, &row, sent, once).await {
        Ok(sent) => answer(&app, &who, live, (number, row.version), &fields, sent).await,
        Err(trouble) => refused(&app, &who, live, number, fields, trouble).await,
    }
}

fn mode_of(fields: &Fields) -> Mode {
    fields.text("mode").parse().unwrap_or(Mode::Reply)
}

/// The words become the resolution's: they are kept as the draft until it is sent.
async fn to_resolve(
    app: &App,
    who: &SignedIn,
    live: Live,
    (number, headers): (IncidentNumber, &HeaderMap),
    fields: Fields,
) -> PageResult {
    // Resolving asks for more than words: what else the macro brings is done before.
    let once = once(headers, &format!("{number}/comments"), &format!("{fields:?}"));
    let before = match macros::chosen(app, who, &fields).await {
        Ok(None) => Ok(()),
        Ok(Some(chosen)) => {
            let (chosen, once) = ((chosen.without_end(), ""), once.as_ref());
            // Nothing was sent yet: whoever unticks what was refused sends it again.
            macros::issue(app, who, number, chosen, once).await.and_then(macros::Issued::whole)
        }
        Err(trouble) => Err(trouble),
    };
    if let Err(trouble) = before {
        return refused(app, who, live, number, fields, trouble).await;
    }
    let body = fields.text("body").to_owned();
    let draft = Draft {
        person: who.person().id,
        number,
        mode: Mode::Reply,
        body,
        updated_at: who.here.now,
    };
    app.desk.write(move |sql| Ok(drafts::put(sql, &draft)?)).await?;
    Ok(Answer::go(format!("{}?from_draft=1", url::incident_command(number, "resolve"))).reply(live))
}

/// What was sent.
#[derive(Default)]
struct Sent {
    done: Option<Done>,
    /// What of the macro was refused.
    not_done: Vec<String>,
}

/// The key of a step of what is sent once.
fn step(once: Option<&Idempotency>, name: &str) -> Option<Idempotency> {
    once.map(|once| Idempotency {
        key: format!("{}-{name}", once.key),
        request_hash: once.request_hash.clone(),
    })
}

/// Words first, then files, then what the macro brings, then the state; the first that is refused
/// ends it. Words of a resolution are sent by the macro.
async fn send(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    row: &IncidentRow,
    sent: WithFiles,
    once: Option<Idempotency>,
) -> Result<Sent, Trouble> {
    if let Some(refusal) = sent.refused {
        return Err(refusal.into());
    }
    let (fields, mode, viewer) = (&sent.fields, mode_of(&sent.fields), who.viewer());
    let once = once.as_ref();
    let visibility = if mode == Mode::Note { Visibility::Internal } else { Visibility::Public };
    let chosen = macros::chosen(app, who, fields).await?;
    let resolves = chosen.as_ref().is_some_and(macros::Chosen::resolves);
    let mut all = Sent::default();
    if !resolves && (fields.filled("body").is_some() || sent.files.is_empty()) {
        all.done = Some(words(app, who, (number, row), fields, step(once, "words")).await?);
    }
    let on = all.done.as_ref().map_or(number, |done| done.number);
    let files = step(once, "files");
    attach(&app.desk, viewer, Channel::Web, on, sent.files, visibility, files.as_ref()).await?;
    if let Some(chosen) = chosen {
        let body = fields.text("body");
        let issued = macros::issue(app, who, on, (chosen, body), once).await?;
        all.done = issued.done.or(all.done);
        all.not_done = issued.not_done;
    }
    let me = viewer.person;
    app.desk.write(move |sql| Ok(drafts::delete(sql, me, number, mode).map(drop)?)).await?;
    let now = all.done.as_ref().map_or(row.state.lifecycle, |done| done.state.lifecycle);
    if let Some(command) = then(fields, now).filter(|_| !resolves) {
        let ask = app.desk.ask(viewer, Channel::Web).on(on).once(step(once, "then"));
        match ask.issue(command).await {
            // The words may have set it already, or it waits for that already.
            Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::State => {}
            other => all.done = Some(other?),
        }
    }
    Ok(all)
}

/// The words themselves.
async fn words(
    app: &App,
    who: &SignedIn,
    (number, row): (IncidentNumber, &IncidentRow),
    fields: &Fields,
    once: Option<Idempotency>,
) -> Result<Done, Trouble> {
    let mut ask = app.desk.ask(who.viewer(), Channel::Web).on(number).once(once);
    let command = match mode_of(fields) {
        Mode::Update => {
            let context = parse::Context {
                state: &row.state,
                title: &row.title,
                here: &who.here,
                me: who.viewer().person,
                named: None,
            };
            parse::command(C::PublishUpdate, fields, &mut ask, &context)?
        }
        mode => {
            let body = ask.words("body", fields.text("body"), limits::BODY_CHARS)?;
            let visibility =
                if mode == Mode::Note { Visibility::Internal } else { Visibility::Public };
            Command::Comment { body, visibility }
        }
    };
    ask.issue(command).await
}

/// The state to set after the words.
fn then(fields: &Fields, now: Lifecycle) -> Option<Command> {
    match fields.text("then") {
        "in_progress" if now == Lifecycle::OnHold => Some(Command::Resume),
        "in_progress" if now == Lifecycle::New => Some(Command::Acknowledge),
        "waiting" => Some(Command::Hold { reason: HoldReason::Requester, until: None, note: None }),
        _ => None,
    }
}

async fn answer(
    app: &App,
    who: &SignedIn,
    live: Live,
    (number, version_before): (IncidentNumber, u32),
    fields: &Fields,
    sent: Sent,
) -> PageResult {
    if let Some(done) = sent.done.filter(|done| done.number != number) {
        // A word on a closed incident of one's own made a new one.
        return Ok(Answer::go(url::incident(done.number)).reply(live));
    }
    let back = format!("{}#end", url::incident(number));
    let not_done = (!sent.not_done.is_empty()).then(|| sent.not_done.join(". "));
    if fields.get("then") == Some("resolve") && not_done.is_none() {
        return Ok(Answer::go(url::incident_command(number, "resolve")).reply(live));
    }
    if !live.0 && not_done.is_some() {
        return page::again(app, who, number, Start { not_done, ..Start::default() }).await;
    }
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    let view = View::of(&case, who.viewer());
    let patch = html! {
        (patches::own(&view, version_before))
        div id="c-warn" data-patch="morph" { @if let Some(words) = &not_done { (banner(NOT_DONE, words)) } }
        div id="c-macro" data-patch="morph" {}
    };
    Ok(Answer::patch(patch).else_go(back).reply(live))
}

/// Why it was not sent, in the composer; nothing that was written is lost.
async fn refused(
    app: &App,
    who: &SignedIn,
    live: Live,
    number: IncidentNumber,
    fields: Fields,
    trouble: Trouble,
) -> PageResult {
    let status = status_of(&trouble);
    let words = match &trouble {
        Trouble::Refused(refusal)
            if status != StatusCode::NOT_FOUND && status != StatusCode::FORBIDDEN =>
        {
            words_of(refusal)
        }
        _ => return Err(trouble.into()),
    };
    let patch =
        html! { div id="c-warn" data-patch="morph" { (banner("This was not sent.", &words)) } };
    let answer = Answer::refused(status, patch);
    if live.0 {
        return Ok(answer.reply(live));
    }
    let start = Start { sent: Some(fields), refused: Some(words), ..Start::default() };
    let mut response = page::again(app, who, number, start).await?;
    *response.status_mut() = status;
    Ok(response)
}
