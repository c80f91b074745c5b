//! Words that an administrator writes for letters: paragraphs with places such as `{number}` in
//! which something of the incident stands. Nothing that stands there is read as anything but
//! words, and a paragraph of which something is not known is left out.

/// The places there are, and what stands in them.
pub const PLACES: [(&str, &str); 9] = [
    ("number", "the number of the incident"),
    ("title", "its title"),
    ("service", "its service"),
    ("team", "the team that has it"),
    ("reader", "the name of whoever reads the letter"),
    ("who", "the name of whoever wrote or did what is told"),
    ("expected", "when it is expected to be over"),
    ("priority", "its priority"),
    ("due", "when the next of its times ends"),
];

/// Those of them in which something stands for people of the service desk alone.
pub const OF_STAFF: [&str; 2] = ["priority", "due"];

/// Words with places in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    paragraphs: Vec<Vec<Part>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(&'static str),
}

/// What is wrong with a template, and in which line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub words: String,
}

impl Template {
    /// Reads a template.
    ///
    /// ```
    /// # use locale::template::Template;
    /// let template = Template::read("Hello {reader},\n\nit is {number}.").unwrap();
    /// let value = |name: &str| (name == "number").then(|| "INC-7".to_owned());
    /// assert_eq!(template.fill(value), ["it is INC-7."]);
    /// ```
    ///
    /// # Errors
    /// Says where a place does not end, or which one there is not.
    pub fn read(text: &str) -> Result<Template, Fault> {
        let text = text.replace("\r\n", "\n");
        let mut paragraphs: Vec<Vec<Part>> = Vec::new();
        let mut paragraph = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                paragraphs.extend((!paragraph.is_empty()).then(|| std::mem::take(&mut paragraph)));
                continue;
            }
            if !paragraph.is_empty() {
                paragraph.push(Part::Text("\n".to_owned()));
            }
            read_line(line.trim_end(), &mut paragraph)
                .map_err(|words| Fault { line: at + 1, words })?;
        }
        paragraphs.extend((!paragraph.is_empty()).then_some(paragraph));
        Ok(Template { paragraphs })
    }

    /// The first place in which nothing stands for those who do not work here, if there is one.
    pub fn of_staff(&self) -> Option<&'static str> {
        self.paragraphs.iter().flatten().find_map(|part| match part {
            Part::Place(name) => OF_STAFF.contains(name).then_some(*name),
            Part::Text(_) => None,
        })
    }

    /// Its paragraphs with what stands in their places.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let fill = |parts: &Vec<Part>| {
            let words = parts.iter().map(|part| match part {
                Part::Text(text) => Some(text.clone()),
                Part::Place(name) => value(name),
            });
            words.collect::<Option<String>>()
        };
        self.paragraphs.iter().filter_map(fill).collect()
    }
}

fn read_line(line: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let mut rest = line;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, place) = rest.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let inner = place.strip_prefix('{').ok_or("} ends a place that does not begin")?;
        let (name, after) = inner.split_once('}').ok_or("{ begins a place that does not end")?;
        let known = PLACES.iter().find(|(known, _)| *known == name.trim());
        let (known, _) = known.ok_or_else(|| unknown(name.trim()))?;
        parts.push(Part::Place(known));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(())
}

fn unknown(name: &str) -> String {
    let all: Vec<String> = PLACES.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    let name: String = name.chars().take(40).collect();
    format!("there is no {{{name}}}; there is {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faults_name_their_line() {
        for (text, line, words) in [
            ("Hello\n\n{numbr}", 3, "there is no {numbr}; there is {number}, "),
            ("{number", 1, "does not end"),
            ("a\nb } c", 2, "does not begin"),
            ("{}", 1, "there is no {}"),
        ] {
            let fault = Template::read(text).unwrap_err();
            assert_eq!(fault.line, line, "{text}");
            assert!(fault.words.contains(words), "{fault:?}");
        }
    }

    #[test]
    fn what_stands_in_a_place_is_words_and_nothing_else() {
        let template = Template::read("A { title } B\r\nsecond\n\n\nC").unwrap();
        let filled = template.fill(|_| Some("{number} <b>".to_owned()));
        assert_eq!(filled, ["A {number} <b> B\nsecond", "C"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_by_line(text in "(?s)[{}a-z \n]{0,60}") {
            if let Err(fault) = Template::read(&text) {
                prop_assert!(fault.line >= 1 && fault.line <= text.lines().count());
            }
        }
    }
}
