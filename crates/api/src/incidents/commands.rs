//! `POST /api/v1/incidents/{number}/{command}`: one command.

use super::view::Incident;
use super::wishes::{self, On, Read, Wish};
use super::{answer, number_of};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Raw;
use crate::nearest::nearest;
use crate::once::Once;
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use incident::CommandName;
use kernel::Channel;

pub(super) fn doors() -> Vec<Door> {
    wishes::doors()
}

/// A command's own address.
pub(super) fn door<W: Wish>() -> Door {
    served(W::NAME, wishes::read::<W>).about("commands", W::ABOUT, W::MORE).body::<W>(W::example())
}

fn served(name: CommandName, read: Read) -> Door {
    let handler =
        move |app: State<App>,
              caller: Caller,
              number: Path<String>,
              once: Once,
              seen: Seen,
              body: Raw| command(app, caller, number, once, seen, body, read);
    let door = Door::post(format!("/api/v1/incidents/{{number}}/{name}"), name.as_str(), handler)
        .once()
        .if_match()
        .answers::<Incident>(200, "Done; the incident as it is now.")
        .answers_plainly(204, "", "Done; the caller cannot see the incident any more.")
        .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]);
    match name {
        CommandName::Comment => door.answers::<Incident>(201, "The incident that follows: the words were its requester's, and it was closed or cancelled."),
        _ => door,
    }
}

async fn command(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    once: Once,
    seen: Seen,
    body: Raw,
    read: Read,
) -> Result<Response, Problem> {
    let wish = body.read_by(read)?;
    // Before any name is looked up: what is known here is told to nobody who may not ask.
    caller.must_write()?;
    let viewer = caller.viewer();
    let number = number_of(&number)?;
    let references = References::of(&app, viewer).await?;
    let ask = app.desk().ask(viewer, Channel::Api).on(number);
    let ask = ask.expecting(seen.must_be).once(once.of(&body.0));
    let mut on = On { ask, references: &references, number };
    let command = on.command(wish).await?;
    let done = on.ask.issue(command).await?;
    answer::respond(&app, viewer, done).await
}

/// The answer to a command that is none.
pub(crate) async fn unknown_command(
    _: Caller,
    Path((_, command)): Path<(String, String)>,
) -> Problem {
    let names = || wishes::names().map(CommandName::as_str).chain(["attach"]);
    let command: String = command.chars().take(60).collect();
    let meant = nearest(&command, names()).map(|name| format!("; did you mean {name}?"));
    let all: Vec<&str> = names().collect();
    Problem::not_found(format!(
        "{command:?} is not a command{} Commands are {}",
        meant.unwrap_or_else(|| ".".to_owned()),
        all.join(", ")
    ))
}
