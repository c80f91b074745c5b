//! Names of files: what is kept of a name, and how it travels in a header.

/// Characters of a name: what file systems take.
pub(super) const CHARS_MAX: usize = 255;

/// The last part of what may be a path, without control characters.
pub(super) fn plain(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect();
    match name.trim() {
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

/// `Content-Disposition` of a download, with the name in ASCII for old readers
/// and in full as RFC 8187 writes it.
pub(super) fn disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' })
        .map(|c| if matches!(c, '"' | '\\' | '%' | ';') { '_' } else { c })
        .collect();
    let mut full = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                full.push(char::from(byte));
            }
            _ => full.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for (given, kept) in [
            ("screenshot.png", "screenshot.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\m\\log.txt", "log.txt"),
            ("..", "file"),
            ("", "file"),
            ("a\r\nb", "ab"),
        ] {
            assert_eq!(plain(given), kept, "{given:?}");
        }
        assert_eq!(plain(&"x".repeat(999)).len(), CHARS_MAX);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let header = disposition("Über \"x\"; y\\.txt");
        assert_eq!(
            header,
            "attachment; filename=\"_ber _x__ y_.txt\"; filename*=UTF-8''%C3%9Cber%20%22x%22%3B%20y%5C.txt"
        );
        assert!(header.is_ascii());
    }
}
