//! A letter: what it says, piece by piece, as text and as HTML.

use kernel::Language;
use maud::{DOCTYPE, Markup, html};

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words of the product.
    Text(String),
    /// Words of people, as they wrote them.
    Quote(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// Where to go: what one does there, and the address.
    Links(Vec<(&'static str, String)>),
    /// Figures: what stands above the columns, and the lines; the first of each names it.
    Table(Vec<String>, Vec<Vec<String>>),
    /// A file that goes with it.
    File(File),
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Its name.
    pub(crate) name: String,
    /// What it is, such as `text/csv; charset=utf-8`.
    pub(crate) media_type: &'static str,
    /// What it holds.
    pub(crate) text: String,
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// What it is written in.
    pub(crate) language: Language,
    /// The subject, one line.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) pieces: Vec<Piece>,
    /// Why they get it.
    pub(crate) why: String,
}

impl Letter {
    /// As plain text.
    pub(crate) fn text(&self) -> String {
        let mut parts: Vec<String> =
            self.pieces.iter().map(|piece| text_of(piece, locale::colon(self.language))).collect();
        parts.push(format!("-- \n{}", self.why));
        parts.join("\n\n") + "\n"
    }

    /// As HTML, in which nobody's words can be anything but words.
    pub(crate) fn html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang=(self.language) {
                head { meta charset="utf-8"; title { (self.subject) } }
                body {
                    @for piece in &self.pieces {
                        @match piece {
                            Piece::Text(words) => p { (words) },
                            Piece::Quote(words) => blockquote {
                                @for (at, line) in words.lines().enumerate() {
                                    @if at > 0 { br; }
                                    (line)
                                }
                            },
                            Piece::Facts(facts) => table {
                                @for (name, value) in facts {
                                    tr { th align="left" { (name) } td { (value) } }
                                }
                            },
                            Piece::Links(links) => @for (does, address) in links {
                                p { a href=(address) { (does) } }
                            },
                            Piece::Table(head, lines) => (table(head, lines)),
                            Piece::File(file) => p { (file.name) },
                        }
                    }
                    hr;
                    p { small { (self.why) } }
                }
            }
        }
        .into_string()
    }
}

/// A table as mail programs show it: they know no style sheets.
fn table(head: &[String], lines: &[Vec<String>]) -> Markup {
    html! {
        table border="1" cellpadding="6" cellspacing="0" {
            tr { @for title in head { th scope="col" align="left" { (title) } } }
            @for line in lines {
                tr { @for (place, cell) in line.iter().enumerate() {
                    @if place == 0 { th scope="row" align="left" { (cell) } }
                    @else { td align="right" { (cell) } }
                } }
            }
        }
    }
}

/// A table as lines of text, a figure with its title: columns do not stay below each other in the
/// letters of every mail program.
fn table_lines(head: &[String], lines: &[Vec<String>], colon: &str) -> Vec<String> {
    let line = |line: &Vec<String>| {
        let (name, figures) = line.split_first()?;
        let figures = head.iter().skip(1).zip(figures);
        let told: Vec<String> =
            figures.map(|(title, figure)| format!("{title}{colon} {figure}")).collect();
        Some(format!("{name}\n    {}", told.join("\n    ")))
    };
    lines.iter().filter_map(line).collect()
}

fn text_of(piece: &Piece, colon: &str) -> String {
    let lines: Vec<String> = match piece {
        Piece::Text(words) => return words.clone(),
        Piece::Quote(words) => words.lines().map(|line| format!("> {line}")).collect(),
        Piece::Facts(facts) => {
            facts.iter().map(|(name, value)| format!("{name}{colon} {value}")).collect()
        }
        Piece::Links(links) => {
            links.iter().map(|(does, address)| format!("{does}{colon} {address}")).collect()
        }
        Piece::Table(head, lines) => table_lines(head, lines, colon),
        Piece::File(file) => return file.name.clone(),
    };
    lines.join("\n")
}

/// Words as one line: what could end a header is gone.
pub(crate) fn one_line(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_stay_words() {
        let letter = Letter {
            language: Language::En,
            subject: "A <b>".to_owned(),
            pieces: vec![
                Piece::Text("Somebody wrote:".to_owned()),
                Piece::Quote("<script>alert(1)</script>\nsecond & last".to_owned()),
                Piece::Facts(vec![("Service", "\"VPN\" <i>".to_owned())]),
                Piece::Links(vec![("Open it", "https://desk.example/?a=1&b=\"2\"".to_owned())]),
            ],
            why: "You reported it.".to_owned(),
        };
        let html = letter.html();
        assert!(!html.contains("<script>") && !html.contains("<i>") && !html.contains("<b>"));
        assert!(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;<br>second &amp; last"),
            "{html}"
        );
        assert!(html.contains("href=\"https://desk.example/?a=1&amp;b=&quot;2&quot;\""), "{html}");
        let text = letter.text();
        assert!(
            text.contains("> <script>alert(1)</script>\n> second & last\n\nService: "),
            "{text}"
        );
        assert!(text.ends_with("-- \nYou reported it.\n"), "{text}");
    }

    #[test]
    fn figures_are_a_table_and_lines_of_text() {
        let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let (head, line): (Vec<String>, Vec<String>) =
            (cells(&["Team", "Open"]), cells(&["A <b>", "7"]));
        let pieces = vec![Piece::Table(head, vec![line])];
        let (subject, why) = (String::new(), "Because.".to_owned());
        let letter = Letter { language: Language::En, subject, pieces, why };
        assert_eq!(letter.text(), "A <b>\n    Open: 7\n\n-- \nBecause.\n");
        let html = letter.html();
        assert!(
            html.contains("align=\"left\">A &lt;b&gt;</th><td align=\"right\">7</td>"),
            "{html}"
        );
    }

    #[test]
    fn a_line_has_no_end_within() {
        assert_eq!(one_line(" a\r\nBcc: x@y\u{0}\u{2028}b\tc "), "a Bcc: x@y b c");
    }
}
