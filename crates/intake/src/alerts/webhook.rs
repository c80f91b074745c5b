//! `/intake/{key}/{kind}`: the doors whose key stands in their address, and those of the same
//! form that bring it elsewhere.

use super::answer::{later, nothing_here, problem, say};
use super::asked::{Asked, Cut};
use super::keys::Source;
use super::{Doors, alertmanager, failed, most_bytes, sns};
use alert::Reading;
use alert::doors::{Kind, Unreadable, heartbeat};
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use desk::{AlertsTold, Beat, Taken};
use serde_json::json;

/// Whatever is read by a mapping.
pub(super) const JSON: &str = "json";
/// The kind of a sign of life.
const HEARTBEAT: &str = "heartbeat";

/// Takes what came to `/intake/{key}/{kind}/{rest}`.
pub(crate) async fn hand_in(
    doors: Doors,
    key: &str,
    kind: &str,
    rest: &str,
    request: axum::extract::Request,
) -> Response {
    let source = match doors.keys.find(key).await {
        Ok(Some(source)) => source,
        Ok(None) => return nothing_here(),
        Err(trouble) => return failed(&trouble),
    };
    let asked = match whole(&doors, &source, kind, Asked::begin(&doors, request)).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    if kind == "api" {
        return alertmanager::call(
            &doors,
            &source,
            rest.strip_prefix("v2/").unwrap_or(rest),
            &asked,
        )
        .await;
    }
    if kind != HEARTBEAT && !matches!(asked.method.as_str(), "POST" | "PUT") {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "Alerts are handed in with POST.");
    }
    let beside = match kind {
        sns::DOOR => match sns::look(&doors, &source, &asked).await {
            Ok(beside) => beside,
            Err(answer) => return answer,
        },
        _ => None,
    };
    let told = match read(&source, kind, rest, &asked) {
        None => return nothing_here(),
        Some(Ok(mut told)) => {
            told.reading.warnings.extend(beside);
            told
        }
        Some(Err(error)) => {
            let words = error.to_string();
            return match doors.not_understood(&source, kind, &asked, &words).await {
                Ok(()) => problem(StatusCode::BAD_REQUEST, &words),
                Err(refused) => refused,
            };
        }
    };
    match doors.take(&source, told).await {
        Ok(taken) => say(200, &said(&taken)),
        Err(refused) => refused,
    }
}

/// What came, read by its kind; `None` for a kind that there is none of.
pub(super) fn read(
    source: &Source,
    kind: &str,
    rest: &str,
    asked: &Asked,
) -> Option<Result<AlertsTold, Unreadable>> {
    if kind == HEARTBEAT {
        return Some(Ok(beat(source, rest, asked)));
    }
    let mapping = source.mapping.as_ref();
    let reading = asked.with(rest, |request| desk::read_as(kind, request, mapping))?;
    Some(reading.map(|reading| told(reading, kind, asked)))
}

/// What was read, with the body it was read from.
pub(super) fn told(reading: Reading, door: &str, asked: &Asked) -> AlertsTold {
    AlertsTold { reading, beats: vec![], raw: Some(asked.raw(door)) }
}

fn beat(source: &Source, rest: &str, asked: &Asked) -> AlertsTold {
    let beat = asked.with(rest, heartbeat::read);
    // The last part may be a word such as `fail`, or the exit code of a job, and no name.
    let named = rest.split('/').next().filter(|name| !name.is_empty());
    let only_a_word = rest.split('/').count() == 1
        && (beat.failed || named.is_some_and(|name| name.parse::<u8>().is_ok()));
    let name = named.filter(|_| !only_a_word).unwrap_or(&source.integration.name).to_owned();
    let beat = Beat { name, failed: beat.failed, note: beat.note };
    AlertsTold { reading: Reading::default(), beats: vec![beat], raw: None }
}

/// The request of a source with its body, or the refusal of a body that is not whole.
pub(super) async fn whole(
    doors: &Doors,
    source: &Source,
    door: &str,
    (mut asked, body): (Asked, Body),
) -> Result<Asked, Response> {
    match asked.read(&doors.room, body, most_bytes(door)).await {
        Ok(()) => Ok(asked),
        Err(cut) => Err(refuse(doors, Some(source), door, &asked, cut).await),
    }
}

/// The refusal of a body that is not whole; that one was too large is written down.
pub(super) async fn refuse(
    doors: &Doors,
    source: Option<&Source>,
    door: &str,
    asked: &Asked,
    cut: Cut,
) -> Response {
    match cut {
        Cut::TooLarge(begin) => {
            if let Some(source) = source {
                let content_type = asked.raw(door).content_type;
                doors.too_large(source, door, content_type, &begin).await;
            }
            let megabytes = most_bytes(door) / 1_048_576;
            let words = format!("The body is larger than the {megabytes} MB that are taken.");
            problem(StatusCode::PAYLOAD_TOO_LARGE, &words)
        }
        // What did not arrive can come again; after a 400 sources throw it away.
        Cut::Broken | Cut::NoRoom => later(),
    }
}

fn said(taken: &Taken) -> serde_json::Value {
    json!({
        "status": "taken",
        "new": taken.new,
        "repeated": taken.repeated,
        "acknowledged": taken.acknowledged,
        "resolved": taken.resolved,
        "unknown": taken.unknown,
        "incidents": taken.incidents.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// GoAlert's generic API, whose token stands in the query or the header. Who wants JSON is told what
/// became of it.
pub(super) async fn goalert(
    State(doors): State<Doors>,
    request: axum::extract::Request,
) -> Response {
    by_token(doors, Kind::Goalert, request, |asked, taken| {
        if asked.header(ACCEPT.as_str()) != Some("application/json") {
            return StatusCode::NO_CONTENT.into_response();
        }
        let mut body = said(taken);
        body["IsNew"] = (taken.new > 0).into();
        say(200, &body)
    })
    .await
}

/// Alert events of incident.io, whose key is a bearer token.
pub(super) async fn incident_io(
    State(doors): State<Doors>,
    request: axum::extract::Request,
) -> Response {
    by_token(doors, Kind::IncidentIo, request, |_, taken| {
        let mut body = said(taken);
        body["message"] = "Event accepted for processing".into();
        body["status"] = "success".into();
        say(202, &body)
    })
    .await
}

async fn by_token(
    doors: Doors,
    kind: Kind,
    request: axum::extract::Request,
    answer: impl FnOnce(&Asked, &Taken) -> Response,
) -> Response {
    let (asked, body) = Asked::begin(&doors, request);
    let in_query = asked.with("", |request| request.parameter("token"));
    let key = asked.authorization("bearer").map(str::to_owned).or(in_query);
    let source = match doors.keys.find(&key.unwrap_or_default()).await {
        Ok(Some(source)) => source,
        Ok(None) => return problem(StatusCode::UNAUTHORIZED, "The token is nobody's."),
        Err(trouble) => return failed(&trouble),
    };
    let asked = match whole(&doors, &source, kind.as_str(), (asked, body)).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let told = match asked.with("", |request| kind.read(request)) {
        Ok(reading) => told(reading, kind.as_str(), &asked),
        Err(error) => {
            let words = error.to_string();
            return match doors.not_understood(&source, kind.as_str(), &asked, &words).await {
                Ok(()) => problem(StatusCode::BAD_REQUEST, &words),
                Err(refused) => refused,
            };
        }
    };
    match doors.take(&source, told).await {
        Ok(taken) => answer(&asked, &taken),
        Err(refused) => refused,
    }
}
