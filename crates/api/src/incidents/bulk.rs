//! `POST /api/v1/commands`: many commands in one request, each answered on its own.

use super::{number_of, report, wishes};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Answered, Once};
use crate::problem::{Problem, ProblemJson};
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Done, Idempotency, Trouble};
use futures_util::future::BoxFuture;
use incident::CommandName;
use kernel::{BatchId, IncidentNumber, limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Commands to issue one after the other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Commands {
    /// At most 500. Each is an object with `command`, the `number` of its
    /// incident (none for `report`), `if_version` if it must still have one, and
    /// the command's own fields.
    #[schema(value_type = Vec<Object>)]
    commands: Vec<Map<String, Value>>,
}

/// What became of the commands.
#[derive(Debug, Serialize, ToSchema)]
struct Answers {
    /// The bulk edit as timelines name it.
    #[schema(value_type = String)]
    batch: BatchId,
    /// One answer for each command, in their order.
    items: Vec<Answer>,
}

/// What became of one command.
#[derive(Debug, Serialize, ToSchema)]
struct Answer {
    /// The HTTP status it would have had alone.
    status: u16,
    /// Its incident.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// The incident's version now.
    version: Option<u32>,
    /// Why it was not done.
    #[schema(value_type = Option<ProblemJson>)]
    problem: Option<Problem>,
}

/// A command on its way.
type Ticket = BoxFuture<'static, Result<Done, Trouble>>;

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/commands", "issueCommands", issue)
            .about("commands", "Issue many commands", "One after the other, each answered on its own: one that is refused does not stop the rest. Files are attached at their own address.")
            .body::<Commands>(serde_json::json!({
                "commands": [
                    { "number": "INC-1", "command": "assign", "team": "Network" },
                    { "number": "INC-2", "command": "comment", "body": "Same cause.", "visibility": "internal", "if_version": 4 },
                ]
            }))
            .once()
            .answers::<Answers>(200, "What became of each.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]
}

async fn issue(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Commands>,
) -> Result<Response, Problem> {
    let commands = body.value.commands;
    if commands.len() > limits::COMMANDS_PER_REQUEST {
        let words = format!("has more than {} entries", limits::COMMANDS_PER_REQUEST);
        return Err(Problem::invalid("commands", words).coded("limit"));
    }
    let once = once.of(&body.bytes);
    let batch = claim(&app, &caller, once.clone()).await?;
    let references = References::of(&app, caller.viewer()).await?;
    let may = caller.must_write();
    let mut tickets = Vec::with_capacity(commands.len());
    for (at, fields) in commands.into_iter().enumerate() {
        tickets.push(submit(&references, &may, batch, (at, once.as_ref()), fields).await);
    }
    let mut items = Vec::with_capacity(tickets.len());
    for (number, ticket) in tickets {
        let done = match ticket {
            Ok(ticket) => ticket.await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        items.push(Answer::of(number, done));
    }
    Ok(json::answer(StatusCode::OK, &Answers { batch, items }))
}

/// Takes the key for this body as a whole and gives the batch, that of before for a
/// repetition; each command has a key derived from it.
async fn claim(app: &App, caller: &Caller, once: Option<Idempotency>) -> Result<BatchId, Problem> {
    let batch = BatchId(desk::fresh());
    let Some(once) = once else { return Ok(batch) };
    let (person, now) = (caller.viewer().person, app.desk().now());
    let claimed = app.desk().write(move |sql| {
        if let Some(before) = once::before(sql, person, Some(&once))? {
            return Ok(before.body.parse().unwrap_or(batch));
        }
        let answered = Answered { status: StatusCode::OK.as_u16(), body: batch.to_string() };
        once::keep(sql, person, Some(&once), &answered, now)?;
        Ok(batch)
    });
    Ok(claimed.await?)
}

/// Hands one command in. What is wrong with it becomes its answer.
async fn submit(
    references: &References<'_>,
    may: &Result<(), Problem>,
    batch: BatchId,
    (at, once): (usize, Option<&Idempotency>),
    mut fields: Map<String, Value>,
) -> (Option<IncidentNumber>, Result<Ticket, Problem>) {
    let number = match fields.remove("number").map(|number| read_number(&number)) {
        Some(Err(problem)) => return (None, Err(problem)),
        Some(Ok(number)) => Some(number),
        None => None,
    };
    let once = once.map(|once| Idempotency {
        key: format!("{} command {at}", once.key),
        request_hash: once.request_hash.clone(),
    });
    (number, prepare(references, may, batch, once, number, fields).await)
}

async fn prepare(
    references: &References<'_>,
    may: &Result<(), Problem>,
    batch: BatchId,
    once: Option<Idempotency>,
    number: Option<IncidentNumber>,
    mut fields: Map<String, Value>,
) -> Result<Ticket, Problem> {
    let name = match fields.remove("command") {
        Some(Value::String(name)) => name
            .parse::<CommandName>()
            .map_err(|_| Problem::invalid("command", "is not a command"))?,
        Some(_) => return Err(Problem::invalid("command", "must be text")),
        None => return Err(Problem::invalid("command", "is needed")),
    };
    let expected = match fields.remove("if_version") {
        None | Some(Value::Null) => None,
        Some(version) => Some(
            version
                .as_i64()
                .ok_or_else(|| Problem::invalid("if_version", "must be a whole number"))?,
        ),
    };
    let fields = Value::Object(fields);
    let (desk, viewer) = (references.app().desk(), references.viewer());
    match (name, number) {
        (CommandName::Report, None) if expected.is_some() => {
            Err(Problem::invalid("if_version", "is for incidents that exist; leave it out"))
        }
        (CommandName::Report, None) => {
            let new: report::NewIncident = json::read_value(&fields)?;
            let channel = report::channel(new.channel())?;
            let mut ask = desk.ask(viewer, channel).once(once).in_batch(batch);
            let command = report::command(references, &mut ask, new).await?;
            Ok(Box::pin(ask.submit(command).await?.done()))
        }
        (CommandName::Report, Some(_)) => {
            Err(Problem::invalid("number", "is given by the report; leave it out"))
        }
        (_, None) => Err(Problem::invalid("number", "is needed")),
        (name, Some(number)) => {
            may.clone()?;
            let ask = desk.ask(viewer, kernel::Channel::Api);
            let ask = ask.on(number).expecting(expected).once(once).in_batch(batch);
            let mut on = wishes::On { ask, references, number };
            let command = on.command(wishes::by_name(name, &fields)?).await?;
            Ok(Box::pin(on.ask.submit(command).await?.done()))
        }
    }
}

fn read_number(value: &Value) -> Result<IncidentNumber, Problem> {
    match value {
        Value::String(text) => number_of(text),
        _ => Err(Problem::invalid("number", "must be text such as INC-7")),
    }
}

impl Answer {
    fn of(number: Option<IncidentNumber>, done: Result<Done, Problem>) -> Self {
        match done {
            Ok(done) => Answer {
                status: if done.created { 201 } else { 200 },
                number: Some(done.number),
                version: Some(done.state.version),
                problem: None,
            },
            Err(problem) => {
                Answer { status: problem.status, number, version: None, problem: Some(problem) }
            }
        }
    }
}
