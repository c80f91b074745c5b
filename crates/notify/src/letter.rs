//! A letter: what it says, piece by piece, as text and as HTML.

use kernel::Language;
use maud::{DOCTYPE, html};

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
    fn a_line_has_no_end_within() {
        assert_eq!(one_line(" a\r\nBcc: x@y\u{0}\u{2028}b\tc "), "a Bcc: x@y b c");
    }
}
