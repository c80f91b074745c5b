//! A rendered bundle as a site: compressed where that helps, with what did not change taken over.

use super::{File, Site};
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::Language;
use sha2::{Digest, Sha256};
use status::{Bundle, Snapshot};
use std::io::Write;
use std::sync::Arc;
use store::status::page::Logo;

/// Smaller files gain nothing from compression.
const COMPRESSED_FROM_BYTES: usize = 512;
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
        let gzip = file.gzip.or_else(|| compressed(&file.bytes, file.media_type));
        let etag = hash(&file.bytes);
        let media_type = file.media_type.to_owned();
        (name, Arc::new(File { bytes: file.bytes, gzip, media_type, etag }))
    });
    Site { languages, files: made.collect() }
}

/// The first digits of the SHA-256 of some bytes.
fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(HASH_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
}

fn compressed(bytes: &[u8], media_type: &str) -> Option<Vec<u8>> {
    let pictures = media_type.starts_with("image/") && !media_type.contains("svg");
    if bytes.len() < COMPRESSED_FROM_BYTES || pictures {
        return None;
    }
    // Made once and sent often: as small as it gets.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|gzip| gzip.len() < bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_compressed_and_pictures_are_not() {
        let text = b"<p>All is well</p>".repeat(100);
        assert!(compressed(&text, "text/html; charset=utf-8").is_some_and(|gzip| gzip.len() < 200));
        assert_eq!(compressed(&text, "image/png"), None);
        assert_eq!(compressed(b"short", "text/html"), None);
        assert_eq!(hash(b"a").len(), HASH_DIGITS);
        assert_ne!(hash(b"a"), hash(b"b"));
    }
}
