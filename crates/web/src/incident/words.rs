//! Words of people as markup: always text, never HTML. Lines stay lines, blocks
//! of code stay blocks, addresses become links.

use maud::{Markup, html};

/// Characters of a link's address at most; what is longer stays text.
const LINK_CHARS: usize = 2_000;

/// Paragraphs, fenced blocks and links of what somebody wrote.
pub(crate) fn prose(text: &str) -> Markup {
    html! {
        @for block in blocks(text) {
            @match block {
                Block::Code(code) => pre tabindex="0" { (code) },
                Block::Paragraph(words) => p { (with_links(&words)) },
            }
        }
    }
}

/// One line of words, cut with an ellipsis after `chars`.
pub(crate) fn short(text: &str, chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(chars) {
        None => line,
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
    }
}

/// The words of markup without its tags, for places that take text alone.
pub(super) fn plain(markup: &Markup) -> String {
    let mut text = String::with_capacity(markup.0.len());
    let mut in_tag = false;
    for c in markup.0.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[derive(Debug, PartialEq, Eq)]
enum Block {
    Paragraph(String),
    Code(String),
}

/// An empty line ends a paragraph; three backticks begin and end code.
fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim_end();
        let fence = line.trim_start().starts_with("```");
        if fence || (line.is_empty() && !in_code) {
            close(&mut open, in_code, &mut found);
            in_code ^= fence;
        } else {
            open.push(line);
        }
    }
    close(&mut open, in_code, &mut found);
    found
}

fn close(open: &mut Vec<&str>, in_code: bool, found: &mut Vec<Block>) {
    if !open.is_empty() {
        let text = std::mem::take(open).join("\n");
        found.push(if in_code { Block::Code(text) } else { Block::Paragraph(text) });
    }
}

fn with_links(text: &str) -> Markup {
    html! {
        @for (piece, is_link) in pieces(text) {
            @if is_link { a.link href=(piece) rel="noopener noreferrer nofollow" target="_blank" { (piece) } }
            @else { (piece) }
        }
    }
}

/// Cuts a text into what is an address of the web and what is not.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = start_of_link(rest) {
        let (before, link) = rest.split_at(at);
        let link = &link[..end_of_link(link)];
        if !before.is_empty() {
            found.push((before, false));
        }
        found.push((link, true));
        rest = &rest[at + link.len()..];
    }
    if !rest.is_empty() {
        found.push((rest, false));
    }
    found
}

fn start_of_link(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|at| at + from) {
        let link = &text[at..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| link.starts_with(scheme));
        let begins_word = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let long_enough = scheme
            .is_some_and(|scheme| (scheme.len() + 1..=LINK_CHARS).contains(&end_of_link(link)));
        if begins_word && long_enough {
            return Some(at);
        }
        from = at + "http".len();
    }
    None
}

/// A link ends at a space or a sign that addresses do not hold; the full stop or
/// bracket after it belongs to the sentence.
fn end_of_link(text: &str) -> usize {
    let stop = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`');
    let link = &text[..text.find(stop).unwrap_or(text.len())];
    let mut end =
        link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '”', '’']).len();
    if link[..end].ends_with(')') && !link[..end].contains('(') {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_people_stays_text() {
        let shown = prose("<script>alert(1)</script> & \"quotes\" <img src=x onerror=alert(1)>")
            .into_string();
        assert!(!shown.contains("<script") && !shown.contains("<img"), "{shown}");
        assert!(
            shown.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;"),
            "{shown}"
        );
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for (text, link) in [
            ("see https://wiki.example/a?b=1&c=2.", Some("https://wiki.example/a?b=1&c=2")),
            ("(http://a.example/x_(y))", Some("http://a.example/x_(y))")),
            ("(see http://a.example/x)", Some("http://a.example/x")),
            ("javascript:alert(1) data:text/html,x xhttp://a", None),
            ("https://", None),
            ("\"https://a.example/\"onmouseover=alert(1)", Some("https://a.example/")),
        ] {
            let found: Vec<_> = pieces(text)
                .into_iter()
                .filter(|(_, is_link)| *is_link)
                .map(|(piece, _)| piece)
                .collect();
            assert_eq!(found, link.into_iter().collect::<Vec<_>>(), "{text}");
            assert_eq!(pieces(text).into_iter().map(|(piece, _)| piece).collect::<String>(), text);
        }
        assert!(prose("https://a.example").into_string().contains("rel=\"noopener"));
    }

    #[test]
    fn lines_and_code_stay_as_they_were_written() {
        let found = blocks("one\ntwo\n\n\nthree\n```\n a\n\n b\n```\nfour");
        let paragraph = |text: &str| Block::Paragraph(text.to_owned());
        assert_eq!(
            found,
            [
                paragraph("one\ntwo"),
                paragraph("three"),
                Block::Code(" a\n\n b".into()),
                paragraph("four")
            ]
        );
    }

    #[test]
    fn plain_words_are_those_that_were_written() {
        assert_eq!(plain(&html! { b { "a < b" } " & \"c\"" }), "a < b & \"c\"");
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        assert_eq!(short("Gdańsk  is\nfar", 5), "Gdańs…");
        assert_eq!(short("short", 5), "short");
    }
}
