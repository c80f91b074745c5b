//! Files that stand in a text (uuencode), as scripts and programs of old send them.

use super::decode::uuencoded;

/// A file that stood in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Enclosed {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Takes files out of a text. What does not go on to the line that ends it is no file.
pub(super) fn taken_out(text: &str) -> (String, Vec<Enclosed>) {
    let mut kept = String::with_capacity(text.len());
    let mut files = Vec::new();
    let mut rest = text;
    while let Some(at) = begin(rest) {
        let (before, behind) = rest.split_at(at);
        kept.push_str(before);
        let (first, rows) = behind.split_once('\n').unwrap_or((behind, ""));
        match (name(first), length(rows)) {
            (Some(name), Some(length)) => {
                let bytes = uuencoded(&rows.as_bytes()[..length], length);
                files.push(Enclosed { name: name.to_owned(), bytes });
                rest = &rows[length..];
            }
            _ => {
                kept.push_str(first);
                kept.push('\n');
                rest = rows;
            }
        }
    }
    kept.push_str(rest);
    (kept, files)
}

/// Where a line stands that may begin a file.
fn begin(text: &str) -> Option<usize> {
    if text.starts_with("begin ") {
        return Some(0);
    }
    text.find("\nbegin ").map(|at| at + 1)
}

/// `begin 644 log.txt`
fn name(line: &str) -> Option<&str> {
    let (mode, name) = line.strip_prefix("begin ")?.trim_start().split_once(' ')?;
    let is_mode = matches!(mode.len(), 3 | 4) && mode.bytes().all(|c| matches!(c, b'0'..=b'7'));
    let name = name.trim();
    (is_mode && !name.is_empty()).then_some(name)
}

/// How many bytes of this text are rows of a file, with the line that ends it.
fn length(text: &str) -> Option<usize> {
    let mut length = 0;
    for (rows, line) in text.split_inclusive('\n').enumerate() {
        length += line.len();
        let line = line.trim_end_matches('\n');
        if line.trim_end() == "end" {
            return (rows > 0).then_some(length);
        }
        if !is_row(line) {
            return None;
        }
    }
    None
}

/// A character says how many bytes follow, four characters are three of them. Spaces at the
/// end may have been lost on the way, a check sum may follow.
fn is_row(line: &str) -> bool {
    let is_digit = |byte: &u8| (b' '..=b'`').contains(byte);
    let Some((count, digits)) = line.as_bytes().split_first() else { return true };
    let wanted = usize::from(count.wrapping_sub(b' ') & 63).div_ceil(3) * 4;
    is_digit(count)
        && digits.iter().all(is_digit)
        && digits.len() <= wanted + 2
        && digits.len() + 8 >= wanted
}
