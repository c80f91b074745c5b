//! A review as a text file in Markdown. Words of people stay words: nothing in them is taken for
//! markup, a link or an image.

/// A review as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Lines below the title: number, state, who, when.
    pub about: Vec<String>,
    /// What follows, each under its heading.
    pub parts: Vec<(String, Part)>,
}

/// A part of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Paragraphs.
    Words(String),
    /// Points in an order that matters.
    Numbered(Vec<String>),
    /// Points.
    Points(Vec<String>),
    /// A table: the names of its columns, and its rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Part::Words(words) => words.trim().is_empty(),
            Part::Numbered(points) | Part::Points(points) => points.is_empty(),
            Part::Table(_, rows) => rows.is_empty(),
        }
    }
}

/// A review as Markdown; parts without words are left out.
pub fn markdown(document: &Document) -> String {
    let mut out = format!("# {}\n", escaped(&document.title));
    for line in &document.about {
        out.push_str(&format!("\n{}\n", escaped(line)));
    }
    for (heading, part) in document.parts.iter().filter(|(_, part)| !part.is_empty()) {
        out.push_str(&format!("\n## {}\n\n", escaped(heading)));
        match part {
            Part::Words(words) => out.push_str(&paragraphs(words)),
            Part::Numbered(points) => {
                for (place, point) in points.iter().enumerate() {
                    out.push_str(&format!("{}. {}\n", place + 1, escaped(point)));
                }
            }
            Part::Points(points) => {
                for point in points {
                    out.push_str(&format!("- {}\n", escaped(point)));
                }
            }
            Part::Table(columns, rows) => {
                out.push_str(&row(columns));
                out.push_str(&format!("|{}\n", " --- |".repeat(columns.len())));
                rows.iter().for_each(|cells| out.push_str(&row(cells)));
            }
        }
    }
    out
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Paragraphs stay apart, and lines within one stay lines.
fn paragraphs(words: &str) -> String {
    let words = words.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::new();
    let mut is_open = false;
    for line in words.lines() {
        let line = escaped(line);
        if line.is_empty() {
            if is_open {
                out.push_str("\n\n");
            }
            is_open = false;
            continue;
        }
        if is_open {
            out.push_str("\\\n");
        }
        out.push_str(&line);
        is_open = true;
    }
    if is_open {
        out.push('\n');
    }
    out
}

/// Words on one line, in which nothing is markup any more: every sign that may be, is escaped,
/// and `&` and `<` are written as entities, so that no reader takes them for HTML.
///
/// ```
/// use insight::review::escaped;
///
/// assert_eq!(escaped("*not* [a](link)"), r"\*not\* \[a\]\(link\)");
/// assert_eq!(escaped("1. no list\n# no heading"), r"1\. no list \# no heading");
/// assert_eq!(escaped("<b> & |"), r"&lt;b\> &amp; \|");
/// ```
pub fn escaped(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    // A full stop or a bracket behind a number at the beginning makes a list.
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in line.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '>' | '|' | '~'
            | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '-' | '+' | '=' if at == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' if digits > 0 && at == digits => out.push_str("\\."),
            // What begins like an address would become a link.
            ':' if line[at..].starts_with("://") => out.push_str("\\:"),
            '.' if line[..at].ends_with("www") => out.push_str("\\."),
            '@' => out.push_str("\\@"),
            c => out.push(c),
        }
    }
    out
}
