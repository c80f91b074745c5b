//! Text without what cannot be seen.

/// At most so many bytes of a text, never half a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}

/// At most so many characters of a text.
pub(super) fn first_chars(text: &str, most: usize) -> &str {
    // No text has more characters than bytes.
    if text.len() <= most {
        return text;
    }
    match text.char_indices().nth(most) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

/// On one line, with single spaces, without what cannot be seen.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_hidden(*c)) {
        if c.is_whitespace() || c.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Lines that end with a line feed, without other control characters.
pub(super) fn clean(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            ' '..='~' => lines.push(c),
            '\n' if before == '\r' => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{c}' => lines.push('\n'),
            '\t' => lines.push('\t'),
            c if is_unprintable(c) => {}
            c => lines.push(c),
        }
        before = c;
    }
    lines
}

/// What changes the order of characters or has no width: in a name it only deceives.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
        || is_noncharacter(c)
}

/// Control characters, and what will never be a character.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control() || is_noncharacter(c) || c == '\u{feff}'
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a text says anything at all.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
