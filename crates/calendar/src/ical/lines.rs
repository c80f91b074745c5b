//! Content lines: `NAME;PARAMETER=value:value`, folded over several lines of text.

/// One content line, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins, from 1.
    pub number: usize,
    /// In capitals.
    pub name: String,
    /// As it stands there.
    pub value: String,
}

/// The content lines of a feed. A line without a colon says nothing and is passed over.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut texts = bytes.split(|byte| *byte == b'\n').zip(1..).peekable();
    std::iter::from_fn(move || {
        let (first, number) = texts.next()?;
        // A fold may part the bytes of one letter: join first, decode after.
        let mut whole = without_return(first).to_vec();
        while let Some((more, _)) = texts.next_if(|(text, _)| matches!(text, [b' ' | b'\t', ..])) {
            whole.extend_from_slice(&without_return(more)[1..]);
        }
        Some(Line::parse(number, &String::from_utf8_lossy(&whole)))
    })
    .flatten()
}

fn without_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

impl Line {
    fn parse(number: usize, text: &str) -> Option<Line> {
        let mut quoted = false;
        let colon = text.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let name = text[..colon].split(';').next().unwrap_or_default().trim();
        let value = text[colon + 1..].to_owned();
        Some(Line { number, name: name.to_ascii_uppercase(), value })
    }

    /// The value as words: escapes resolved, white space joined, nothing invisible.
    pub(super) fn words(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push(' '),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                letter => text.push(letter),
            }
        }
        let visible = text.split_whitespace().collect::<Vec<_>>().join(" ");
        visible.chars().filter(|letter| !letter.is_control()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(usize, String, String)> {
        lines(bytes).map(|line| (line.number, line.name.clone(), line.words())).collect()
    }

    #[test]
    fn folds_are_joined_even_within_a_letter() {
        let folded = b"summary:Mari\xC3\r\n \xA4 Himmel\r\n\tfahrt\r\nX:1\r\n";
        assert_eq!(
            read(folded),
            [(1, "SUMMARY".into(), "Mariä Himmelfahrt".into()), (4, "X".into(), "1".into())]
        );
    }

    #[test]
    fn a_colon_in_quotes_is_no_colon() {
        let quoted = br#"DTSTART;TZID="a:b";VALUE=DATE:20260101"#;
        assert_eq!(read(quoted), [(1, "DTSTART".into(), "20260101".into())]);
    }

    #[test]
    fn escapes_and_invisible_letters_are_resolved() {
        assert_eq!(
            read(b"SUMMARY:Peter\\, Paul\\nand\\\\or\x07 others\\"),
            [(1, "SUMMARY".into(), "Peter, Paul and\\or others".into())]
        );
    }

    #[test]
    fn a_fold_before_anything_and_lines_without_colon_are_borne() {
        assert_eq!(read(b" X\n\nNAME\n:\n"), [(4, String::new(), String::new())]);
    }
}
