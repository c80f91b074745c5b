//! Documents of office programs: archives whose parts are XML. Parts that hold words are read by
//! their known names; an archive within one is never opened.

use super::{Text, Why, markup};
use kernel::InOrder;
use std::io::{Cursor, Read};
use std::time::Instant;
use zip::ZipArchive;

/// Entries of an archive: large presentations have some hundred.
const ENTRIES_MAX: usize = 2_000;
/// Parts with words that are read.
const PARTS_MAX: usize = 300;
/// Bytes of one part once it is unpacked, and of all of them.
const PART_BYTES: u64 = 8 * 1_048_576;
const PARTS_BYTES: u64 = 24 * 1_048_576;
/// How many times larger than packed a part may become; XML of sheets comes to fifty.
const RATIO_MAX: u64 = 200;
/// Bytes below which the ratio does not matter.
const SMALL_BYTES: u64 = 262_144;
/// What every entry of the list at an archive's end begins with.
const ENTRY: &[u8] = b"PK\x01\x02";

/// Values and formulas of sheets are numbers, and words stand elsewhere.
const OF_SHEETS: [&str; 2] = ["v", "f"];

pub(super) fn read(bytes: &[u8], until: Instant, into: &mut Text) -> Result<(), Why> {
    // Before anything is made of them.
    if bytes.windows(ENTRY.len()).filter(|window| *window == ENTRY).count() > ENTRIES_MAX {
        return Err(Why::Explodes);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Why::Damaged)?;
    let names: Vec<String> = archive
        .file_names_raw()
        .filter_map(|name| std::str::from_utf8(name).ok().map(str::to_owned))
        .collect();
    let parts = parts(&names)?;
    let mut all = 0;
    for name in parts.into_iter().take(PARTS_MAX) {
        if into.is_full() {
            break;
        }
        if Instant::now() >= until {
            return Err(Why::Slow);
        }
        let text = part(&mut archive, &name, &mut all)?;
        let skip: &[&str] = if name.starts_with("xl/worksheets/") { &OF_SHEETS } else { &[] };
        markup::read(&text, skip, into);
        into.push(' ');
    }
    Ok(())
}

/// The parts of a document that hold words, in the order in which they are read.
fn parts(names: &[String]) -> Result<Vec<String>, Why> {
    let has = |name: &str| names.iter().any(|known| known == name);
    let among = |folders: &[&str]| {
        let is_one = |name: &&String| {
            name.ends_with(".xml") && folders.iter().any(|folder| name.starts_with(folder))
        };
        let mut found: Vec<String> = names.iter().filter(is_one).cloned().collect();
        found.order_by_key(|name| (name.len(), name.clone()));
        found
    };
    if has("word/document.xml") {
        let beside =
            ["word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments"];
        let mut parts = vec!["word/document.xml".to_owned()];
        parts.extend(among(&beside));
        return Ok(parts);
    }
    if has("xl/workbook.xml") {
        return Ok(among(&["xl/sharedStrings", "xl/comments", "xl/worksheets/sheet"]));
    }
    if has("ppt/presentation.xml") {
        return Ok(among(&["ppt/slides/slide", "ppt/notesSlides/notesSlide"]));
    }
    if has("mimetype") && has("content.xml") {
        return Ok(vec!["content.xml".to_owned()]);
    }
    Err(if has("EncryptedPackage") { Why::Locked } else { Why::Archive })
}

/// One part, unpacked within its limits whatever the archive says of its size.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, all: &mut u64) -> Result<String, Why> {
    let file = archive.by_name(name).map_err(|_| Why::Damaged)?;
    if file.encrypted() {
        return Err(Why::Locked);
    }
    let most = packed_allows(file.compressed_size()).min(PARTS_BYTES.saturating_sub(*all));
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|_| Why::Damaged)?;
    if bytes.len() as u64 > most {
        return Err(Why::Explodes);
    }
    *all += bytes.len() as u64;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Bytes that a part of so many packed ones may become.
fn packed_allows(packed: u64) -> u64 {
    packed.saturating_mul(RATIO_MAX).clamp(SMALL_BYTES, PART_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::time::Duration;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn said(bytes: &[u8]) -> Result<String, Why> {
        super::super::read(bytes, Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn documents_of_each_kind_are_read() {
        let word = archive(&[("word/document.xml", "<w:p><w:t>Label printer</w:t></w:p>")]);
        assert_eq!(said(&word).unwrap(), "Label printer");
        let sheet = archive(&[
            ("xl/workbook.xml", "<workbook/>"),
            ("xl/sharedStrings.xml", "<sst><si><t>till</t></si><si><t>offline</t></si></sst>"),
            ("xl/worksheets/sheet1.xml", "<row><c><v>0</v></c></row>"),
        ]);
        assert_eq!(said(&sheet).unwrap(), "till offline");
        let slides = archive(&[
            ("ppt/presentation.xml", "<p/>"),
            ("ppt/slides/slide10.xml", "<a:p>last</a:p>"),
            ("ppt/slides/slide2.xml", "<a:p>first</a:p>"),
        ]);
        assert_eq!(said(&slides).unwrap(), "first last");
        let open = archive(&[
            ("mimetype", "application/vnd.oasis"),
            ("content.xml", "<text:p>router</text:p>"),
        ]);
        assert_eq!(said(&open).unwrap(), "router");
    }

    #[test]
    fn archives_are_not_opened() {
        assert_eq!(said(&archive(&[("notes.txt", "words")])), Err(Why::Archive));
        assert_eq!(said(b"PK\x03\x04 and nothing else"), Err(Why::Damaged));
    }

    #[test]
    fn what_explodes_is_not_read() {
        let large = "a".repeat(PART_BYTES as usize + 1);
        assert_eq!(said(&archive(&[("word/document.xml", &large)])), Err(Why::Explodes));
        let many: Vec<String> = (0..ENTRIES_MAX + 1).map(|n| format!("word/{n}.xml")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(said(&archive(&many)), Err(Why::Explodes));
    }

    #[test]
    fn what_takes_too_long_is_left() {
        let word = archive(&[("word/document.xml", "<w:t>late</w:t>")]);
        assert_eq!(super::super::read(&word, Instant::now()), Err(Why::Slow));
    }
}
