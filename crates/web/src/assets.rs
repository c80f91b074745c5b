//! Styles, icons and scripts, embedded in the program. They are served under a
//! prefix with the digest of all of them, so that browsers may keep them for
//! good; the plain prefix works too and is asked about each time.

use crate::app::App;
use crate::error::PageResult;
use crate::route::get;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

macro_rules! embedded {
    ($($path:literal),+ $(,)?) => { &[$(($path, include_bytes!(concat!("../assets/", $path)) as &[u8])),+] };
}

const FILES: &[(&str, &[u8])] = embedded![
    "app-account.js",
    "app-incident.js",
    "app-major.js",
    "app-page.js",
    "app-queue.js",
    "app-settings.js",
    "app.js",
    "css/tokens.css",
    "defs.svg",
    "favicon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable.png",
    "icon-touch.png",
    "icons.svg",
    "js/alike.js",
    "js/answer.js",
    "js/api-docs.js",
    "js/cards.js",
    "js/combobox.js",
    "js/countdown.js",
    "js/dom.js",
    "js/drafts.js",
    "js/filter.js",
    "js/forms.js",
    "js/keys.js",
    "js/lazy.js",
    "js/listbox.js",
    "js/live.js",
    "js/mention.js",
    "js/morph.js",
    "js/palette.js",
    "js/poll.js",
    "js/popover.js",
    "js/presence.js",
    "js/preview.js",
    "js/queue.js",
    "js/sending.js",
    "js/theme.js",
    "js/time.js",
    "js/timeline.js",
    "js/toast.js",
    "js/upload.js",
    "js/words.js",
    "speculation.json",
    "sw.js",
];

macro_rules! joined {
    ($($path:literal),+ $(,)?) => { concat!($(include_str!(concat!("../assets/css/", $path))),+) };
}

/// The sheet of all pages, in the order in which rules of one layer go before each other: one request
/// instead of ten.
const SHEET: (&str, &str) = (
    "css/app.css",
    joined![
        "base.css",
        "parts.css",
        "queue.css",
        "incident.css",
        "forms.css",
        "states.css",
        "public.css",
        "settings.css",
        "oncall.css",
        "services.css",
        "majors.css",
        "reviews.css",
        "reports.css",
        "util.css",
    ],
);

/// Patterns that drawings refer to; they must stand in the page itself.
pub(crate) const DEFS: &str = include_str!("../assets/defs.svg");

/// The ground of the mark, while an app that was kept on a telephone starts.
const INK: &str = "#0b1217";

/// Characters of the digest in addresses: enough to tell releases apart, short in every row.
const PREFIX_CHARS: usize = 8;

/// What scripts are sent as.
const SCRIPT: &str = "text/javascript; charset=utf-8";

struct File {
    kind: &'static str,
    /// As it stands in the program.
    bytes: &'static [u8],
    /// As it is sent to whoever takes it compressed, once somebody asked: compressing all of them would
    /// make the first page wait.
    gzip: OnceLock<Vec<u8>>,
    etag: HeaderValue,
}

struct Shelf {
    digest: String,
    files: HashMap<&'static str, File>,
    icons: String,
    speculation: HeaderValue,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut all = Sha256::new();
    let served = || FILES.iter().copied().chain([(SHEET.0, SHEET.1.as_bytes())]);
    for (path, bytes) in served() {
        all.update(path.as_bytes());
        all.update(bytes);
    }
    let digest = hex(&all.finalize())[..PREFIX_CHARS].to_owned();
    let files = served().map(|(path, bytes)| (path, File::of(path, bytes))).collect();
    let icons = format!("/assets/{digest}/icons.svg");
    let speculation = HeaderValue::from_str(&format!("\"/assets/{digest}/speculation.json\""))
        .expect("hex is a header value");
    Shelf { digest, files, icons, speculation }
});

/// The address of an asset.
pub(crate) fn path(name: &str) -> String {
    format!("/assets/{}/{name}", SHELF.digest)
}

/// The address of the sprite with all icons.
pub(crate) fn icons() -> &'static str {
    &SHELF.icons
}

/// Where browsers find which links they may fetch while somebody points at them: those to
/// pages whose stream tells what happened since they were drawn.
pub(crate) fn speculation() -> HeaderValue {
    SHELF.speculation.clone()
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{*path}", get(asset))
        .route("/favicon.ico", get(favicon))
        .route("/sw.js", get(worker))
        .route("/manifest.webmanifest", get(manifest))
}

/// The worker that shows news: what lies at the root of the site may act for all of it.
async fn worker(headers: HeaderMap) -> Response {
    serve("sw.js", false, &headers)
}

/// What a telephone needs to know to keep the site as an app, which some want before they show
/// news of it.
async fn manifest(State(app): State<App>) -> PageResult<Response> {
    let icon = |name: &str, size: &str, purpose: &str| json!({ "src": path(name), "sizes": size, "type": "image/png", "purpose": purpose });
    let manifest = json!({
        "id": "/",
        "name": app.instance().await?.setting.name,
        "short_name": "Evenkeel",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": INK,
        "theme_color": INK,
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable.png", "512x512", "maskable"),
        ],
    });
    let kind =
        [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((kind, manifest.to_string()).into_response())
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let versioned =
        path.strip_prefix(SHELF.digest.as_str()).and_then(|rest| rest.strip_prefix('/'));
    serve(versioned.unwrap_or(&path), versioned.is_some(), &headers)
}

async fn favicon(headers: HeaderMap) -> Response {
    serve("favicon.svg", false, &headers)
}

fn serve(name: &str, for_good: bool, headers: &HeaderMap) -> Response {
    let Some(file) = SHELF.files.get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let cache = if for_good { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [
        (header::ETAG, file.etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let etag = file.etag.to_str().unwrap_or_default();
    if known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(file.kind))];
    if takes_gzip(headers) {
        let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        let bytes = file.gzip.get_or_init(|| gzip(&file.sent())).as_slice();
        return (common, kind, encoding, bytes).into_response();
    }
    (common, kind, file.sent()).into_response()
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|part| part == "q=0")
    })
}

impl File {
    fn of(path: &str, bytes: &'static [u8]) -> File {
        let etag = format!("\"{}\"", &hex(&Sha256::digest(bytes))[..16]);
        File {
            kind: kind_of(path),
            bytes,
            gzip: OnceLock::new(),
            etag: HeaderValue::from_str(&etag).expect("hex is a header value"),
        }
    }

    fn sent(&self) -> Cow<'static, [u8]> {
        match std::str::from_utf8(self.bytes) {
            Ok(script) if self.kind == SCRIPT => Cow::Owned(lean(script).into_bytes()),
            _ => Cow::Borrowed(self.bytes),
        }
    }
}

/// A script as it is sent: lines that are comments are empty, and nothing stands before the others.
/// The lines stay, so that what browsers tell of errors leads to the source.
fn lean(script: &str) -> String {
    let mut sent = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines() {
        let line = line.trim_start();
        let opens = line.starts_with("/**");
        if !in_comment && !opens && !line.starts_with("//") {
            sent.push_str(line);
        }
        in_comment = (in_comment || opens) && !line.contains("*/");
        sent.push('\n');
    }
    sent
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => SCRIPT,
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        // The only one there is: which links a browser may fetch before they are pressed.
        Some("json") => "application/speculationrules+json",
        _ => "application/octet-stream",
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    fn with(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    /// Every file of the folder that pages load is embedded, and nothing else.
    #[test]
    fn the_folder_is_embedded() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut found = Vec::new();
        for folder in ["", "css", "js"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
                let name = entry.file_name().into_string().unwrap();
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let text = || std::fs::read_to_string(entry.path()).unwrap();
                if folder == "css" && SHEET.1.contains(&text()) {
                    continue;
                }
                if entry.file_type().unwrap().is_file()
                    && !["README.md", "package.json"].contains(&path.as_str())
                {
                    found.push(path);
                }
            }
        }
        found.sort();
        let mut embedded: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        embedded.sort_unstable();
        assert_eq!(embedded, found);
    }

    #[test]
    fn scripts_are_sent_without_their_comments() {
        let script = "// Why.\nlet a = 1;\n  /** What\n   * it is. */\n  f(`// kept`);\n";
        assert_eq!(lean(script), "\nlet a = 1;\n\n\nf(`// kept`);\n");
        for (path, bytes) in FILES.iter().filter(|(path, _)| kind_of(path) == SCRIPT) {
            for line in std::str::from_utf8(bytes).unwrap().lines() {
                // Words over several lines would be changed, and what follows a comment be gone.
                assert_eq!(line.matches('`').count() % 2, 0, "{path}: {line}");
                let opens = line.trim_start().starts_with("/**");
                assert!(!opens || !line.contains("*/") || line.ends_with("*/"), "{path}: {line}");
            }
        }
    }

    #[tokio::test]
    async fn assets_are_compressed_and_kept() {
        let name = path("app.js").trim_start_matches("/assets/").to_owned();
        let plain = asset(Path(name.clone()), HeaderMap::new()).await;
        assert!(plain.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let etag = plain.headers()[header::ETAG].to_str().unwrap().to_owned();
        let zipped =
            asset(Path(name.clone()), with(&[(header::ACCEPT_ENCODING, "br, gzip;q=0.8")])).await;
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        let (plain, zipped) = (plain.into_body(), zipped.into_body());
        assert!(
            to_bytes(zipped, 1 << 20).await.unwrap().len()
                < to_bytes(plain, 1 << 20).await.unwrap().len()
        );
        let known = asset(Path(name), with(&[(header::IF_NONE_MATCH, &etag)])).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            asset(Path("app.js".into()), HeaderMap::new()).await.headers()[header::CACHE_CONTROL],
            "no-cache"
        );
        assert_eq!(
            asset(Path("../Cargo.toml".into()), HeaderMap::new()).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}
