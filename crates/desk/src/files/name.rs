//! Names of files: what is kept of a name, and how it travels in a header.

/// Characters of a name.
pub(super) const CHARS_MAX: usize = 200;
/// Characters of its end that are kept when it is cut: `.tar.gz` says what it is.
const END_CHARS: usize = 12;

/// The last part of what may be a path, without what no name needs: control characters,
/// and those that turn the direction of writing or cannot be seen.
pub fn plain(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let chars: Vec<char> = last.chars().filter(|c| !c.is_control() && !is_trick(*c)).collect();
    let name: String = if chars.len() > CHARS_MAX {
        let (start, end) = (CHARS_MAX - END_CHARS, chars.len() - END_CHARS);
        chars[..start].iter().chain(&chars[end..]).collect()
    } else {
        chars.into_iter().collect()
    };
    match name.trim() {
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

fn is_trick(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `Content-Disposition` of a download, with the name in ASCII for old readers
/// and in full as RFC 8187 writes it.
pub(super) fn disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' })
        .map(|c| if matches!(c, '"' | '\\' | '%' | ';') { '_' } else { c })
        .collect();
    let full = kernel::encoded(name);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path_and_no_trick() {
        for (given, kept) in [
            ("screenshot.png", "screenshot.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\m\\log.txt", "log.txt"),
            ("..", "file"),
            ("", "file"),
            ("\u{200b} ", "file"),
            ("a\r\n\0b", "ab"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ] {
            assert_eq!(plain(given), kept, "{given:?}");
        }
        let long = plain(&format!("{}.tar.gz", "ü".repeat(999)));
        assert_eq!(long.chars().count(), CHARS_MAX);
        assert!(long.ends_with("ü.tar.gz"), "{long}");
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
