//! Files: `POST …/attach` and `GET /api/v1/attachments/{id}`. Bytes stream
//! straight into the file store; neither direction holds a file in memory.

use super::view::Incident;
use super::{answer, must_see, number_of};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::once::Once;
use crate::path::Path;
use crate::problem::Problem;
use crate::version::Seen;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::Kept;
use futures_util::stream;
use incident::Visibility;
use kernel::{AttachmentId, Channel, limits};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// What a form adds to the file itself: boundaries, headers, the other field.
const FORM_BYTES: usize = 64 * 1024;
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
    // Nothing is received for an incident that the caller may not see.
    must_see(&app, viewer, number).await?;
    let form = Multipart::from_request(request, &app).await.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be a form, multipart/form-data, with the field file",
        )
    })?;
    let given = receive(&app, form).await?;
    let visibility = given.visibility.unwrap_or(Visibility::Public);
    let (digest, name) = (given.kept.digest(), given.kept.name().to_owned());
    let once = once.of(format!("{digest} {visibility:?} {name}").as_bytes());
    let mut ask =
        app.desk().ask(viewer, Channel::Api).on(number).expecting(seen.must_be).once(once);
    let command = ask.attach(given.kept, visibility)?;
    let done = ask.issue(command).await?;
    answer::respond(&app, viewer, done).await
}

/// A received file.
struct Given {
    kept: Kept,
    visibility: Option<Visibility>,
}

async fn receive(app: &App, mut form: Multipart) -> Result<Given, Problem> {
    let mut file = None;
    let mut visibility = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" if file.is_none() => file = Some(keep(app, field).await?),
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
    let kept = file.ok_or_else(|| Problem::invalid("file", "is needed"))?;
    Ok(Given { kept, visibility })
}

/// Streams a field into the file store.
async fn keep(app: &App, mut field: Field<'_>) -> Result<Kept, Problem> {
    let mut upload = app.desk().upload(field.file_name().unwrap_or_default()).await?;
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
    let id: AttachmentId = id.parse().map_err(|_| missing())?;
    let file = app.desk().download(caller.viewer(), id).await?.ok_or_else(missing)?;
    let mut headers = HeaderMap::new();
    for (name, value) in file.headers() {
        let value = HeaderValue::try_from(value).map_err(|_| Problem::internal())?;
        headers.insert(HeaderName::from_static(name), value);
    }
    let pieces = stream::unfold(file, |mut file| async {
        let piece = file.next().await?;
        Some((piece, file))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}
