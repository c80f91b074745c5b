//! A rendered bundle as a site, with what did not change taken over.

use super::{File, Site};
use kernel::Language;
use status::{Bundle, Snapshot};
use std::sync::Arc;
use store::status::page::Logo;

/// Digits of a hash that tell one version of a file from another.
const HASH_DIGITS: usize = 16;

/// The name of a logo among the files.
pub(super) fn logo_name(logo: &Logo) -> String {
    let ending = match logo.media_type.as_str() {
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => "png",
    };
    let digits = logo.hash.get(..HASH_DIGITS).unwrap_or(&logo.hash);
    format!("logo-{digits}.{ending}")
}

/// Renders a snapshot. Files that `before` has in the same form are taken over from it.
pub(super) fn site(snapshot: &Snapshot, logo: Option<&Logo>, before: Option<&Site>) -> Site {
    let bundle = status::render(snapshot);
    let mut site = of_bundle(bundle, snapshot.site.languages.clone(), before);
    if let Some(logo) = logo {
        let file = File {
            bytes: logo.bytes.clone(),
            gzip: None,
            media_type: logo.media_type.clone(),
            etag: logo.hash.clone(),
        };
        site.files.insert(logo_name(logo), Arc::new(file));
    }
    site
}

fn of_bundle(bundle: Bundle, languages: Vec<Language>, before: Option<&Site>) -> Site {
    let made = bundle.files.into_iter().map(|(name, file)| {
        let same = |known: &&Arc<File>| known.bytes == file.bytes;
        if let Some(known) = before.and_then(|site| site.files.get(&name)).filter(same) {
            return (name, known.clone());
        }
        let etag = file.etag.trim_matches('"').to_owned();
        let media_type = file.media_type.to_owned();
        (name, Arc::new(File { bytes: file.bytes, gzip: file.gzip, media_type, etag }))
    });
    Site { languages, files: made.collect() }
}
