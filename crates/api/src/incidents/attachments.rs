//! Files: `POST …/attach` and `GET /api/v1/attachments/{id}`. Bytes stream
//! straight into the file store; neither direction holds a file in memory.

mod name;

use super::view::Incident;
use super::{answer, number_of};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::once::Once;
use crate::problem::Problem;
use crate::version::Seen;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::{Kept, Trouble};
use futures_util::stream;
use incident::{Access, Command, Scope, Visibility};
use kernel::{AttachmentId, Channel, IncidentNumber, limits};
use std::io::{self, Read};
use store::files::FileHash;
use store::incidents::{feed, files_named, list, timeline};
use store::{Failure, Sql};
use tokio::sync::{mpsc, oneshot};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// What a form adds to the file itself: boundaries, headers, the other field.
const FORM_BYTES: usize = 64 * 1024;
/// Bytes read from the file store at once.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that wait for the network.
const PIECES_WAITING: usize = 4;

pub(super) fn doors() -> Vec<Door> {
    let binary = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    let form = ObjectBuilder::new().property("file", binary).required("file").property(
        "visibility",
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["public", "internal"])),
    );
    let mut attach_door = Door::post("/api/v1/incidents/{number}/attach", "attach", attach)
        .about("incidents", "Attach a file", "At most 25 MB each, 200 an incident. `visibility` is public when absent. The media type is found by looking, not believed.")
        .other_body("multipart/form-data", utoipa::openapi::Schema::from(form))
        .once()
        .if_match()
        .answers::<Incident>(200, "Attached; the incident as it is now.")
        .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]);
    let limit = DefaultBodyLimit::max(limits::ATTACHMENT_BYTES + FORM_BYTES);
    attach_door.handler = attach_door.handler.layer(limit);
    vec![
        attach_door,
        Door::get("/api/v1/attachments/{id}", "readAttachment", download)
            .about(
                "incidents",
                "Download a file",
                "For whoever may see the incident and, if the file is internal, its internal side.",
            )
            .answers_plainly(200, "application/octet-stream", "Its bytes, as a download.")
            .problems(&[401, 403, 404, 503]),
    ]
}

async fn attach(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    once: Once,
    seen: Seen,
    request: Request,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let viewer = caller.viewer();
    let number = number_of(&number)?;
    must_see(&app, &caller, number).await?;
    let form = Multipart::from_request(request, &app).await.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be a form, multipart/form-data, with the field file",
        )
    })?;
    let given = receive(&app, form).await?;
    let visibility = given.visibility.unwrap_or(Visibility::Public);
    let once = once.of(format!("{} {visibility:?} {}", given.kept.hash, given.name).as_bytes());
    let mut ask =
        app.desk().ask(viewer, Channel::Api).on(number).expecting(seen.must_be).once(once);
    let command = Command::Attach {
        attachment: ask.file(given.kept.hash.to_string()),
        name: ask.words("file", &given.name, name::CHARS_MAX)?,
        size_bytes: given.kept.size_bytes,
        media_type: given.kept.media_type.to_owned(),
        visibility,
    };
    let done = ask.issue(command).await?;
    answer::respond(&app, viewer, done).await
}

/// Nothing is received for an incident that the caller may not see.
async fn must_see(app: &App, caller: &Caller, number: IncidentNumber) -> Result<(), Problem> {
    let scope = Scope::of(caller.viewer());
    let subjects = app.desk().read(move |sql| feed::subjects(sql, &[number])).await?;
    match subjects.get(&number).map(|subject| scope.access(subject)) {
        None | Some(Access::None) => Err(Problem::no_such_incident()),
        Some(_) => Ok(()),
    }
}

/// A received file.
struct Given {
    name: String,
    kept: Kept,
    visibility: Option<Visibility>,
}

async fn receive(app: &App, mut form: Multipart) -> Result<Given, Problem> {
    let mut file = None;
    let mut visibility = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" if file.is_none() => {
                let name = name::plain(field.file_name().unwrap_or_default());
                file = Some((name, keep(app, field).await?));
            }
            "file" => return Err(Problem::invalid("file", "stands twice; attach one at a time")),
            "visibility" => {
                visibility = Some(match field.text().await.map_err(broken)?.trim() {
                    "public" => Visibility::Public,
                    "internal" => Visibility::Internal,
                    _ => {
                        return Err(Problem::invalid(
                            "visibility",
                            "must be one of public, internal",
                        ));
                    }
                });
            }
            other => {
                let other: String = other.chars().take(60).collect();
                return Err(Problem::invalid(
                    other,
                    "is not known here; known are file, visibility",
                ));
            }
        }
    }
    let (name, kept) = file.ok_or_else(|| Problem::invalid("file", "is needed"))?;
    Ok(Given { name, kept, visibility })
}

/// Streams a field into the file store.
async fn keep(app: &App, mut field: Field<'_>) -> Result<Kept, Problem> {
    let mut upload = app.desk().upload();
    let mut size: usize = 0;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        size += chunk.len();
        if size > limits::ATTACHMENT_BYTES {
            return Err(too_large());
        }
        upload.push(&chunk).await?;
    }
    Ok(upload.finish().await?)
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::malformed("the form broke off or is malformed; send it again"),
    }
}

fn too_large() -> Problem {
    let megabytes = limits::ATTACHMENT_BYTES / 1_048_576;
    Problem::too_large(format!("a file may have at most {megabytes} MB"))
}

async fn download(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let missing = || Problem::not_found("there is no such file, or you may not see it");
    let (number, id) = parse_id(&id).ok_or_else(missing)?;
    let scope = Scope::of(caller.viewer());
    let found = app.desk().read(move |sql| find(sql, &scope, number, id)).await?;
    let Some(Found { file, name, hash }) = found else { return Err(missing()) };
    let bytes = streamed(&app, hash).await?.ok_or_else(missing)?;
    let media_type = safe(&file.media_type);
    let disposition = name::disposition(name.as_deref().unwrap_or("file"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_LENGTH, HeaderValue::from(file.size_bytes)),
        (CONTENT_DISPOSITION, HeaderValue::try_from(disposition).map_err(|_| Problem::internal())?),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A file that the viewer may open.
struct Found {
    file: incident::state::Attachment,
    name: Option<String>,
    hash: FileHash,
}

fn find(
    sql: &mut dyn Sql,
    scope: &Scope,
    number: IncidentNumber,
    id: AttachmentId,
) -> Result<Option<Found>, Failure> {
    let Some(row) = list::get(sql, scope, number)? else { return Ok(None) };
    let (full, files) = (row.access == Access::Full, row.state.attachments);
    let file = files.into_iter().find(|file| file.id == id && (full || file.public));
    let Some(file) = file else { return Ok(None) };
    let hash = files_named(sql, file.name)?.pop().and_then(|hash| hash.parse().ok());
    let mut words = timeline::contents_by_id(sql, &[file.name])?;
    let name = words.remove(&file.name).and_then(|content| content.body);
    // An erased file has no hash any more.
    Ok(hash.map(|hash| Found { file, name, hash }))
}

fn parse_id(text: &str) -> Option<(IncidentNumber, AttachmentId)> {
    let (number, id) = text.split_once('.')?;
    Some((number.parse().ok()?, id.parse().ok()?))
}

/// The media type of a download: only what no browser runs.
fn safe(stored: &str) -> &'static str {
    const SAFE: [&str; 7] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "application/pdf",
        "application/zip",
        "application/gzip",
    ];
    match stored {
        "text/plain" => "text/plain; charset=utf-8",
        _ => SAFE.into_iter().find(|known| *known == stored).unwrap_or("application/octet-stream"),
    }
}

/// The bytes of a file, piece by piece: a thread that may block reads ahead of
/// the network by a few pieces. `None` when the bytes are gone.
async fn streamed(app: &App, hash: FileHash) -> Result<Option<Body>, Problem> {
    let permit = app.downloads().try_acquire_owned().map_err(|_| Trouble::Overloaded)?;
    let files = app.desk().files().clone();
    let (opened, is_there) = oneshot::channel();
    let (pieces, waiting) = mpsc::channel(PIECES_WAITING);
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        // Whoever asked may have gone away meanwhile.
        match files.open(&hash) {
            Ok(Some(file)) => {
                drop(opened.send(Ok(true)));
                send(file, &pieces);
            }
            Ok(None) => drop(opened.send(Ok(false))),
            Err(failure) => drop(opened.send(Err(failure))),
        }
    });
    if !is_there.await.map_err(|_| Problem::internal())?? {
        return Ok(None);
    }
    let next = |mut waiting: mpsc::Receiver<io::Result<Bytes>>| async move {
        waiting.recv().await.map(|piece| (piece, waiting))
    };
    Ok(Some(Body::from_stream(stream::unfold(waiting, next))))
}

fn send(mut file: impl Read, pieces: &mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = match file.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => {
                piece.truncate(count);
                Ok(Bytes::from(piece))
            }
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if pieces.blocking_send(read).is_err() || failed {
            return;
        }
    }
}
