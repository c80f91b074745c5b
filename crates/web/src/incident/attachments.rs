//! Files: how they come in with a form, and how they go out.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use desk::{Desk, Idempotency, Kept, Trouble};
use incident::{Access, Command, Refusal, Scope, Subject, Viewer, Visibility};
use kernel::{AttachmentId, Channel, IncidentNumber, limits};
use std::io::Read;
use store::files::FileHash;

/// Characters of a file's name that are kept.
const NAME_CHARS: usize = 200;
/// Bytes of one ordinary field of a form with files.
const FIELD_BYTES: usize = 4 * limits::BODY_CHARS;
/// Files that one form may bring.
const FILES: usize = 8;
/// Bytes read and sent at once.
const PIECE_BYTES: usize = 64 * 1024;
/// Kinds of files that browsers only draw; everything else is bytes to them.
const HARMLESS: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A file that came with a form and is in the file store.
pub(crate) struct Brought {
    /// Its name.
    pub(crate) name: String,
    /// Where it is and what it is.
    pub(crate) kept: Kept,
}

/// A form that may bring files: its fields, and the files as they were kept.
pub(crate) struct WithFiles {
    /// The ordinary fields.
    pub(crate) fields: Fields,
    /// The files, in their order.
    pub(crate) files: Vec<Brought>,
    /// Why a file was not taken. Whoever sent it gets the form again, as it was filled in.
    pub(crate) refused: Option<Refusal>,
}

impl WithFiles {
    /// Reads a form, with files or without.
    pub(crate) async fn read(app: &App, request: Request) -> PageResult<WithFiles> {
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
                    let name = file_name(&name);
                    match keep(&app.desk, part).await {
                        Ok(kept) => files.push(Brought { name, kept }),
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
    }
}

/// Attaches files to an incident, one after the other.
pub(crate) async fn attach(
    desk: &Desk,
    viewer: &Viewer,
    channel: Channel,
    number: IncidentNumber,
    files: Vec<Brought>,
    visibility: Visibility,
    once: Option<&Idempotency>,
) -> Result<(), Trouble> {
    for (at, file) in files.into_iter().enumerate() {
        let own = once.map(|once| Idempotency {
            key: format!("{}-{at}", once.key),
            request_hash: once.request_hash.clone(),
        });
        let mut ask = desk.ask(viewer, channel).on(number).once(own);
        let name = ask.words("file", &file.name, NAME_CHARS)?;
        let attachment = ask.file(file.kept.hash.to_string());
        let command = Command::Attach {
            attachment,
            name,
            size_bytes: file.kept.size_bytes,
            media_type: file.kept.media_type.to_owned(),
            visibility,
        };
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

/// The address of a file. Its incident is named with it: there its right to be
/// seen is looked up.
pub(crate) fn address(number: IncidentNumber, id: AttachmentId) -> String {
    format!("/attachments/{id}?on={number}")
}

/// A file, for whoever may see it.
pub(super) async fn download(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let id: AttachmentId = id.parse().map_err(|_| PageError::NotFound)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let number: IncidentNumber =
        asked.get("on").and_then(|on| on.parse().ok()).ok_or(PageError::NotFound)?;
    let scope = Scope::of(who.viewer());
    let found = app
        .desk
        .read(move |sql| {
            let Some(stored) = store::incidents::load(sql, number)? else { return Ok(None) };
            let access = scope.access(&Subject::from(&stored.state));
            let file = stored.state.attachments.iter().find(|file| file.id == id);
            let Some(file) = file
                .filter(|file| access == Access::Full || (access == Access::Public && file.public))
            else {
                return Ok(None);
            };
            let names = store::incidents::timeline::contents_by_id(sql, &[file.name])?;
            let name = names.get(&file.name).and_then(|content| content.body.clone());
            let hash = store::incidents::files_named(sql, file.name)?.pop();
            Ok(name
                .zip(hash)
                .map(|(name, hash)| (name, hash, file.media_type.clone(), file.size_bytes)))
        })
        .await?;
    let (name, hash, media_type, size) = found.ok_or(PageError::NotFound)?;
    let hash: FileHash = hash.parse().map_err(|_| PageError::NotFound)?;
    let body = stream(&app, hash).await?.ok_or(PageError::NotFound)?;
    Ok((headers(&name, &media_type, size), body).into_response())
}

/// Nothing in a file runs: it is saved, never shown as a page of ours.
fn headers(name: &str, media_type: &str, size: u64) -> HeaderMap {
    let kind = HARMLESS
        .iter()
        .find(|kind| **kind == media_type)
        .copied()
        .unwrap_or("application/octet-stream");
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') { c } else { '_' })
        .collect();
    let disposition =
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", crate::url::encode(name));
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers
}

/// The bytes piece by piece, so that a large file takes little memory.
async fn stream(app: &App, hash: FileHash) -> PageResult<Option<Body>> {
    let files = app.desk.files().clone();
    let (found, is_there) = tokio::sync::oneshot::channel();
    let (pieces, waiting) = tokio::sync::mpsc::channel::<std::io::Result<Vec<u8>>>(4);
    tokio::task::spawn_blocking(move || match files.open(&hash) {
        // Whoever asked may have gone away meanwhile.
        Ok(None) => drop(found.send(Ok(false))),
        Err(failure) => drop(found.send(Err(failure))),
        Ok(Some(file)) => {
            drop(found.send(Ok(true)));
            send(file, &pieces);
        }
    });
    if !is_there.await.map_err(|_| PageError::NotFound)?? {
        return Ok(None);
    }
    let next = |mut waiting: tokio::sync::mpsc::Receiver<std::io::Result<Vec<u8>>>| async move {
        waiting.recv().await.map(|piece| (piece, waiting))
    };
    Ok(Some(Body::from_stream(futures_util::stream::unfold(waiting, next))))
}

/// Reads until the end, an error, or until nobody listens any more.
fn send(mut file: impl Read, pieces: &tokio::sync::mpsc::Sender<std::io::Result<Vec<u8>>>) {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = file.read(&mut piece).map(|count| {
            piece.truncate(count);
            piece
        });
        let over = read.as_ref().map_or(true, Vec::is_empty);
        if matches!(&read, Ok(piece) if piece.is_empty())
            || pieces.blocking_send(read).is_err()
            || over
        {
            return;
        }
    }
}

async fn keep(desk: &Desk, mut part: Field<'_>) -> PageResult<Kept> {
    let mut upload = desk.upload();
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

/// The last part of a path, without what no file name holds.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name.trim().to_owned() }
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

    #[test]
    fn names_of_files_lead_nowhere() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\scan.png", "scan.png"),
            ("", "file"),
            ("a\u{0}b\n.txt", "ab.txt"),
        ] {
            assert_eq!(file_name(sent), kept);
        }
    }

    #[test]
    fn what_could_run_is_only_saved() {
        let headers = headers("a\"b;.html", "text/html", 5);
        assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
        assert_eq!(
            headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"a_b_.html\"; filename*=UTF-8''a%22b%3B.html"
        );
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
