//! Names of files that came with a message.

use super::limits::FILE_NAME_CHARS;
use super::mime::Part;
use super::plain::{first_chars, one_line};
use super::words;

/// Endings for types of files whose sender gave no name.
const ENDINGS: [(&str, &str); 30] = [
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/vcard", "vcf"),
    ("text/x-vcard", "vcf"),
    ("text/xml", "xml"),
    ("application/xml", "xml"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/gzip", "gz"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/pgp-signature", "asc"),
    ("application/pgp-encrypted", "pgp"),
    ("application/pgp-keys", "asc"),
    ("application/pkcs7-signature", "p7s"),
    ("application/x-pkcs7-signature", "p7s"),
    ("application/pkcs7-mime", "p7m"),
    ("application/x-pkcs7-mime", "p7m"),
    ("application/ms-tnef", "dat"),
    ("message/rfc822", "eml"),
    ("image/jpeg", "jpg"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif"),
    ("audio/mpeg", "mp3"),
    ("video/quicktime", "mov"),
];

/// The name that a part gives itself.
pub(super) fn said(part: &Part<'_>) -> Option<String> {
    let disposition = part.headers.structured("content-disposition");
    let of_disposition = disposition.as_ref().and_then(|said| said.parameter("filename"));
    [of_disposition, part.parameter("name")]
        .into_iter()
        .flatten()
        .map(|name| safe(&words::decoded(&percent_decoded(name))))
        .find(|name| !name.is_empty())
}

/// A name for a part that has none: a word for what it is, and the ending of its type.
pub(super) fn made_up(media_type: &str, number: usize) -> String {
    let kind = media_type.split('/').next().unwrap_or_default();
    let word = match (kind, media_type) {
        (_, "text/calendar") => "invitation",
        (_, "application/ms-tnef") => return "winmail.dat".to_owned(),
        (_, kind) if kind.ends_with("signature") => "signature",
        ("image" | "audio" | "video" | "message", _) => kind,
        _ => "file",
    };
    let subtype = media_type.rsplit('/').next().unwrap_or_default();
    let known = ENDINGS.iter().find(|(of, _)| *of == media_type).map(|(_, ending)| *ending);
    let is_short = subtype.len() <= 5 && subtype.chars().all(|c| c.is_ascii_alphanumeric());
    let ending = known.unwrap_or(if is_short && kind != "text" { subtype } else { "bin" });
    format!("{word}-{number}.{ending}")
}

/// A name without folders, without what cannot be seen, and not too long: the ending stays.
pub(super) fn safe(name: &str) -> String {
    let line = one_line(name);
    let last = line.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let plain: String =
        last.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    // A dot in front hides a file, one behind is lost on Windows.
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.chars().count() <= FILE_NAME_CHARS {
        return plain.to_owned();
    }
    match plain.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 && !stem.is_empty() => {
            let room = FILE_NAME_CHARS - ending.chars().count() - 1;
            format!("{}.{ending}", first_chars(stem, room).trim_end())
        }
        _ => first_chars(plain, FILE_NAME_CHARS).trim_end().to_owned(),
    }
}

/// Some programs write `utf-8''na%C3%AFve.txt` where it must not stand.
fn percent_decoded(name: &str) -> String {
    let Some((charset, rest)) = name.split_once("''") else { return name.to_owned() };
    let is_charset = !charset.is_empty()
        && charset.len() < 20
        && charset.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !is_charset || !rest.contains('%') {
        return name.to_owned();
    }
    super::decode::in_charset(&super::decode::percent(rest), charset)
}
