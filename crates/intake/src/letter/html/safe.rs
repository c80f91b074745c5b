//! A page that shows what was sent and can do nothing: no scripts, styles, forms, images
//! or frames, nothing loaded from anywhere. Only the elements named here are written, only
//! their attributes named here, everything else is words.

use super::elements::{Opened, image_words, is_empty, is_hidden, link};
use super::tokens::{Tag, Token, Tokens};
use crate::letter::plain::is_unprintable;

/// Elements that are written.
const SHOWN: [&str; 37] = [
    "p",
    "div",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "ins",
    "sub",
    "sup",
    "small",
    "code",
    "pre",
    "kbd",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];
/// Cells that one cell may take the place of.
const SPAN_MAX: u32 = 100;

/// What is noted of an open element.
struct Note {
    shown: bool,
    hidden: bool,
}

/// The page, written anew.
pub(in crate::letter) fn safe(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut opened = Opened::new();
    let mut hidden = 0usize;
    for token in Tokens::of(page) {
        match token {
            Token::Words(words) if hidden == 0 => escape(&mut out, &words),
            Token::Words(_) => {}
            Token::Close(name) => end(&mut out, &mut hidden, opened.close(&name)),
            Token::Open(tag) => {
                end(&mut out, &mut hidden, opened.close_before(&tag.name));
                begin(&mut out, &mut hidden, &mut opened, &tag);
            }
        }
    }
    end(&mut out, &mut hidden, opened.close_all());
    out
}

fn begin(out: &mut String, hidden: &mut usize, opened: &mut Opened<Note>, tag: &Tag) {
    if is_empty(&tag.name) {
        if *hidden == 0 {
            match tag.name.as_str() {
                "br" => out.push_str("<br>"),
                "hr" => out.push_str("<hr>"),
                "img" => escape(out, &image_words(tag).unwrap_or_default()),
                _ => {}
            }
        }
        return;
    }
    let hides = is_hidden(tag);
    let shown = *hidden == 0 && !hides && opened.has_room() && start(out, tag);
    if opened.open(&tag.name, Note { shown, hidden: hides }) && hides {
        *hidden += 1;
    }
}

/// Writes the start of an element, if it is one that is written.
fn start(out: &mut String, tag: &Tag) -> bool {
    let name = tag.name.as_str();
    if name == "a" {
        let Some(address) = link(tag) else { return false };
        out.push_str("<a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"");
        escape(out, &address);
        out.push_str("\">");
        return true;
    }
    if !SHOWN.contains(&name) {
        return false;
    }
    out.push('<');
    out.push_str(name);
    if matches!(name, "td" | "th") {
        for span in ["colspan", "rowspan"] {
            let cells = tag.attribute(span).and_then(|cells| cells.trim().parse::<u32>().ok());
            if let Some(cells) = cells.filter(|cells| (2..=SPAN_MAX).contains(cells)) {
                out.push_str(&format!(" {span}=\"{cells}\""));
            }
        }
    }
    out.push('>');
    true
}

fn end(out: &mut String, hidden: &mut usize, closed: Vec<(String, Note)>) {
    for (name, note) in closed {
        if note.hidden {
            *hidden -= 1;
        }
        if note.shown {
            out.push_str("</");
            out.push_str(&name);
            out.push('>');
        }
    }
}

fn escape(out: &mut String, words: &str) {
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_unprintable(c) && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
}
