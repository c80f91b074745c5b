//! Files: how they come in with a form, and how they go out.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use desk::{Desk, Idempotency, Kept, Trouble};
use futures_util::future::BoxFuture;
use futures_util::stream;
use incident::{Refusal, Viewer, Visibility};
use kernel::{AttachmentId, Channel, IncidentNumber, limits};

/// Bytes of one ordinary field of a form with files.
const FIELD_BYTES: usize = 4 * limits::BODY_CHARS;
/// Files that one form may bring.
pub(crate) const FILES: usize = 8;

/// A form that may bring files: its fields, and the files as they were kept.
pub(crate) struct WithFiles {
    /// The ordinary fields.
    pub(crate) fields: Fields,
    /// The files, in their order.
    pub(crate) files: Vec<Kept>,
    /// Why a file was not taken. Whoever sent it gets the form again, as it was filled in.
    pub(crate) refused: Option<Refusal>,
}

impl WithFiles {
    /// Reads a form, with files or without.
    pub(crate) fn read(app: &App, request: Request) -> BoxFuture<'_, PageResult<WithFiles>> {
        Box::pin(async move {
            let kind = request
                .headers()
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            if !kind.starts_with("multipart/form-data") {
                return Ok(WithFiles {
                    fields: Fields::from_request(request, app).await?,
                    files: vec![],
                    refused: None,
                });
            }
            let mut parts = Multipart::from_request(request, app)
                .await
                .map_err(|error| PageError::Status(error.status(), error.body_text()))?;
            let (mut pairs, mut files, mut refused) = (Vec::new(), Vec::new(), None);
            while let Some(part) = parts.next_field().await.map_err(torn)? {
                match part.file_name().map(str::to_owned) {
                    // Browsers send an empty part where no file was chosen.
                    Some(name) if name.is_empty() => {}
                    Some(_) if files.len() == FILES => {
                        let words =
                            format!("these are more than {FILES} files; send the rest after these");
                        refused = Some(Refusal::invalid("file", words));
                    }
                    Some(name) => {
                        let name = desk::file_name(&name);
                        match keep(&app.desk, part).await {
                            Ok(file) => files.push(file),
                            Err(PageError::Trouble(Trouble::Refused(refusal))) => {
                                let words = format!("“{name}” {}", refusal.message);
                                refused = Some(Refusal::invalid("file", words));
                            }
                            Err(error) => return Err(error),
                        }
                    }
                    None => pairs.push(text(part).await?),
                }
            }
            Ok(WithFiles { fields: Fields::of(pairs), files, refused })
        })
    }
}

/// Attaches files to an incident, one after the other.
pub(crate) async fn attach(
    desk: &Desk,
    viewer: &Viewer,
    channel: Channel,
    number: IncidentNumber,
    files: Vec<Kept>,
    visibility: Visibility,
    once: Option<&Idempotency>,
) -> Result<(), Trouble> {
    for (at, file) in files.into_iter().enumerate() {
        let own = once.map(|once| Idempotency {
            key: format!("{}-{at}", once.key),
            request_hash: once.request_hash.clone(),
        });
        let mut ask = desk.ask(viewer, channel).on(number).once(own);
        let command = ask.attach(file, visibility)?;
        ask.issue(command).await?;
    }
    Ok(())
}

/// "214 kB", "3.4 MB".
pub(crate) fn size_words(bytes: u64) -> String {
    const KILO: f64 = 1_024.0;
    let kilo = bytes as f64 / KILO;
    match bytes {
        ..1_024 => format!("{bytes} B"),
        _ if kilo < KILO - 0.5 => format!("{kilo:.0} kB"),
        _ if kilo / KILO < 10.0 => {
            format!("{} MB", format!("{:.1}", kilo / KILO).trim_end_matches(".0"))
        }
        _ => format!("{:.0} MB", kilo / KILO),
    }
}

/// The address of a file.
pub(crate) fn address(id: AttachmentId) -> String {
    format!("/attachments/{id}")
}

/// A file, for whoever may see it.
pub(super) async fn download(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> PageResult {
    let id: AttachmentId = id.parse().map_err(|_| PageError::NotFound)?;
    let file = app.desk.download(who.viewer(), id).await?.ok_or(PageError::NotFound)?;
    let mut headers = HeaderMap::new();
    for (name, value) in file.headers() {
        // Names of files are encoded, so that every header is one.
        headers.extend(
            HeaderValue::try_from(value).map(|value| (HeaderName::from_static(name), value)),
        );
    }
    let pieces = stream::unfold(file, |mut file| async {
        let piece = file.next().await?;
        Some((piece, file))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

async fn keep(desk: &Desk, mut part: Field<'_>) -> PageResult<Kept> {
    let mut upload = desk.upload(part.file_name().unwrap_or_default()).await?;
    while let Some(piece) = part.chunk().await.map_err(torn)? {
        upload.push(&piece).await?;
    }
    Ok(upload.finish().await?)
}

async fn text(mut part: Field<'_>) -> PageResult<(String, String)> {
    let name = part.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(torn)? {
        if bytes.len() + piece.len() > FIELD_BYTES {
            return Err(Refusal::limit(format!("{name} is longer than this form takes")).into());
        }
        bytes.extend_from_slice(&piece);
    }
    let value =
        String::from_utf8(bytes).map_err(|_| PageError::invalid("the form is not UTF-8 text"))?;
    // Forms end lines with both signs.
    Ok((name, value.replace("\r\n", "\n")))
}

fn torn(error: axum::extract::multipart::MultipartError) -> PageError {
    PageError::Status(error.status(), error.body_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_the_scripts_say_them() {
        for (bytes, words) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 kB"),
            (219_136, "214 kB"),
            (3_565_158, "3.4 MB"),
            (26_214_400, "25 MB"),
        ] {
            assert_eq!(size_words(bytes), words);
        }
    }
}
