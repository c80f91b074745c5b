//! A status page as files: ready to be served from memory, or laid into a folder or a bucket. Made
//! anew whenever something changes; the same snapshot gives the same bytes.

use crate::page::{Page, file};
use crate::snapshot::Snapshot;
use crate::view::View;
use crate::{feeds, ics, json};
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;

/// The look of all pages.
const STYLE: &str = include_str!("../assets/status.css");

/// Hexadecimal digits of a hash that tell one version of a file from another.
const ETAG_DIGITS: usize = 32;

const HTML: &str = "text/html; charset=utf-8";

/// A file of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// The same, compressed with gzip; none where that is not smaller.
    pub gzip: Option<Vec<u8>>,
    /// What it is, as `Content-Type` says it.
    pub media_type: &'static str,
    /// Its strong `ETag` with quotes, of `bytes`.
    pub etag: String,
}

/// All files of a page, by their path below the page's address, without a slash at its beginning.
/// Pages stand there once for each language (`index.de.html`, `history.de.html`,
/// `incidents/{id}.de.html`), and in the first language under their lasting address (the empty path,
/// `history`, `incidents/{id}`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// Path and file.
    pub files: BTreeMap<String, File>,
}

/// Writes all files of a page.
///
/// ```
/// # use status::snapshot::{Site, Snapshot};
/// let site = Site {
///     id: "p1".into(), name: "Northwind".into(), url: "https://status.example.org".into(), base: "".into(),
///     time_zone: "Europe/Amsterdam".into(), languages: vec![kernel::Language::En], support: None, logo: None,
///     internal: false, subscriptions: None,
/// };
/// let at = "2026-11-23T12:12:00Z".parse().unwrap();
/// let (groups, components, incidents, works) = Default::default();
/// let bundle = status::render(&Snapshot { at, site, groups, components, incidents, works });
/// let page = String::from_utf8(bundle.files[""].bytes.clone()).unwrap();
/// assert!(page.contains("Everything works"));
/// ```
pub fn render(snapshot: &Snapshot) -> Bundle {
    let view = View::new(snapshot);
    let mut bundle = Bundle::default();
    bundle.pages(&view);
    for (path, bytes) in json::documents(&view) {
        bundle.add(format!("api/v2/{path}"), bytes, "application/json; charset=utf-8");
    }
    bundle.add("history.atom".into(), feeds::atom(&view), "application/atom+xml; charset=utf-8");
    bundle.add("history.rss".into(), feeds::rss(&view), "application/rss+xml; charset=utf-8");
    bundle.add("maintenance.ics".into(), ics::calendar(&view), "text/calendar; charset=utf-8");
    bundle.add("status.css".into(), STYLE.into(), "text/css; charset=utf-8");
    bundle
}

impl Bundle {
    fn pages(&mut self, view: &View) {
        let style = hash(STYLE.as_bytes());
        let mut lasting = true;
        for language in &view.snapshot.site.languages {
            let page = Page::new(view, *language, &style[..8]);
            let mut put = |stem: &str, lasts_at: &[&str], html: String| {
                let made = File::new(html.into_bytes(), HTML);
                for path in lasts_at.iter().filter(|_| lasting) {
                    self.files.insert((*path).to_owned(), made.clone());
                }
                self.files.insert(file(stem, *language), made);
            };
            put("index", &[""], page.front());
            put("history", &["history"], page.history());
            // An id of which nothing is left has no address.
            for incident in view.snapshot.incidents.iter().filter(|of| !of.id.is_empty()) {
                let stem = format!("incidents/{}", incident.id);
                put(&stem, &[&stem], page.incident(incident));
            }
            lasting = false;
        }
    }

    fn add(&mut self, path: String, bytes: Vec<u8>, media_type: &'static str) {
        self.files.insert(path, File::new(bytes, media_type));
    }
}

impl File {
    /// A file with its compressed form and its tag.
    pub fn new(bytes: Vec<u8>, media_type: &'static str) -> File {
        let gzip = compressed(&bytes).filter(|gzip| gzip.len() < bytes.len());
        let etag = format!("\"{}\"", &hash(&bytes)[..ETAG_DIGITS]);
        File { bytes, gzip, media_type, etag }
    }
}

/// As small as gzip can, without the time of day in it.
fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(bytes).ok()?;
    gzip.finish().ok()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
