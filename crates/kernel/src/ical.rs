//! iCalendar (RFC 5545) as text: content lines, the events they stand in, and lines to
//! write. What the properties mean is for whoever reads them.
//!
//! ```
//! let feed = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Oslo:20260105T090000\r\n\
//!     SUMMARY:Ines\\, late\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let content = kernel::ical::read(feed, &["SUMMARY", "DTSTART"]).unwrap();
//! let [start, summary] = &content.events[0].lines[..] else { panic!() };
//! assert_eq!(start.parameter("TZID"), Some("Europe/Oslo"));
//! assert_eq!(summary.words(), "Ines, late");
//!
//! let mut text = String::new();
//! kernel::ical::write(&mut text, "SUMMARY", &kernel::ical::escaped("Ines, late"));
//! assert_eq!(text, "SUMMARY:Ines\\, late\r\n");
//! ```

/// Components within components; a calendar needs three.
const DEPTH_MAX: usize = 8;

/// Octets of one line of text, without its end (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// Why a feed cannot be read at all. Nothing is taken from such a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It does not begin as a calendar does; often it is a page that asks to sign in.
    #[error("does not begin with BEGIN:VCALENDAR")]
    NoCalendar,
    /// It ends in the middle.
    #[error("ends before END:VCALENDAR")]
    CutOff,
    /// Something stands outside a calendar, ends before it began or lies too deep.
    #[error("is broken at line {line}")]
    Broken {
        /// From 1.
        line: usize,
    },
}

/// One content line, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it begins, from 1.
    pub number: usize,
    /// In capitals.
    pub name: String,
    /// As they stand there: names and values with a `=` between.
    parameters: Vec<String>,
    /// As it stands there.
    pub value: String,
}

/// An event: its own lines, without those of the alarms in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it begins, from 1.
    pub line: usize,
    /// The lines with a wanted name, in their order.
    pub lines: Vec<Line>,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Lines of the calendar itself with a wanted name.
    pub properties: Vec<Line>,
    /// Its events, in their order.
    pub events: Vec<Event>,
}

/// Reads a feed; keeps of it the lines with one of these names, which are in capitals.
///
/// # Errors
/// When it is no feed or not a whole one.
pub fn read(bytes: &[u8], wanted: &[&str]) -> Result<Content, Unreadable> {
    let mut reader = Reader::default();
    for line in lines(bytes) {
        reader.take(line, wanted)?;
    }
    match (reader.calendars, reader.within.is_empty()) {
        (0, true) => Err(Unreadable::NoCalendar),
        (_, false) => Err(Unreadable::CutOff),
        (_, true) => Ok(reader.content),
    }
}

/// Writes one line, folded where it is too long, never within a letter.
pub fn write(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for letter in name.chars().chain([':']).chain(value.chars()) {
        if octets + letter.len_utf8() > LINE_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(letter);
        octets += letter.len_utf8();
    }
    out.push_str("\r\n");
}

/// Words as a value of text: what has a meaning there is escaped, what cannot be seen left out.
pub fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '\\' | ';' | ',' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => text.push(letter),
        }
    }
    text
}

impl Line {
    fn parse(number: usize, text: &str) -> Option<Line> {
        let mut quoted = false;
        let colon = text.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let mut parts = text[..colon].split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
        let parameters = parts.map(str::to_owned).collect();
        Some(Line { number, name, parameters, value: text[colon + 1..].to_owned() })
    }

    /// The value of a parameter, without quotes.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find_map(|parameter| {
            let (known, value) = parameter.split_once('=')?;
            known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    }

    /// The value as words: escapes resolved, white space joined, nothing invisible.
    pub fn words(&self) -> String {
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

/// The content lines of a feed. A line without a colon says nothing and is passed over.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Line> {
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

/// Follows the components of a feed.
#[derive(Default)]
struct Reader {
    /// Names of the components that have begun, outermost first.
    within: Vec<String>,
    calendars: usize,
    event: Option<Event>,
    content: Content,
}

impl Reader {
    fn take(&mut self, line: Line, wanted: &[&str]) -> Result<(), Unreadable> {
        match line.name.as_str() {
            "BEGIN" => self.begin(&line),
            "END" => self.end(&line),
            _ if self.within.is_empty() => Err(self.misplaced(&line)),
            name if wanted.contains(&name) => {
                self.keep(line);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keep(&mut self, line: Line) {
        match (self.within.len(), &mut self.event) {
            (1, _) => self.content.properties.push(line),
            // What stands in an event's alarm is not about the event.
            (2, Some(event)) => event.lines.push(line),
            _ => {}
        }
    }

    fn begin(&mut self, line: &Line) -> Result<(), Unreadable> {
        let component = line.value.trim().to_ascii_uppercase();
        match (self.within.len(), component.as_str()) {
            (0, "VCALENDAR") => self.calendars += 1,
            (0, _) => return Err(self.misplaced(line)),
            (1, "VEVENT") => self.event = Some(Event { line: line.number, lines: vec![] }),
            (DEPTH_MAX.., _) => return Err(Unreadable::Broken { line: line.number }),
            _ => {}
        }
        self.within.push(component);
        Ok(())
    }

    fn end(&mut self, line: &Line) -> Result<(), Unreadable> {
        let component = line.value.trim().to_ascii_uppercase();
        if self.within.pop() != Some(component) {
            return Err(self.misplaced(line));
        }
        if self.within.len() == 1 {
            self.content.events.extend(self.event.take());
        }
        Ok(())
    }

    fn misplaced(&self, line: &Line) -> Unreadable {
        match self.calendars {
            0 => Unreadable::NoCalendar,
            _ => Unreadable::Broken { line: line.number },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let quoted = br#"DTSTART;TZID="a:b;c";VALUE=DATE:20260101"#;
        assert_eq!(read(quoted), [(1, "DTSTART".into(), "20260101".into())]);
        let line = lines(quoted).next().unwrap();
        assert_eq!(line.parameter("tzid"), Some("a:b;c"));
        assert_eq!(line.parameter("VALUE"), Some("DATE"));
        assert_eq!(line.parameter("CN"), None);
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

    proptest! {
        #[test]
        fn what_is_written_is_read_again(words in "[a-zäß→🙂,;\\\\\" ]{0,200}") {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut text = String::new();
            write(&mut text, "SUMMARY", &escaped(&words));
            prop_assert!(text.ends_with("\r\n"));
            for line in text.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS, "{} octets", line.len());
            }
            let found = read(text.as_bytes());
            prop_assert_eq!(found, [(1, "SUMMARY".to_owned(), words)]);
        }
    }
}
