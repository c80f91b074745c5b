//! A page as text: lines that know whether their sender wrote or quoted them.

use super::elements::{Opened, image_words, is_block, is_empty, is_hidden, link, style_of};
use super::tokens::{Tag, Token, Tokens};
use crate::letter::fold::{Line, Mark};
use crate::letter::limits::{QUOTE_DEPTH, TEXT_LINES};
use crate::letter::plain::{is_unprintable, one_line};

/// Characters of a link's address that are shown: longer ones serve to follow readers.
const LINK_CHARS: usize = 400;
/// Spaces by which a list in a list is moved in.
const INDENT: &str = "  ";

/// The lines of a page.
pub(in crate::letter) fn lines(page: &str) -> Vec<Line> {
    let mut writer = Writer::default();
    let mut opened = Opened::new();
    for token in Tokens::of(page) {
        if writer.lines.len() >= TEXT_LINES {
            break;
        }
        match token {
            Token::Words(words) => writer.words(&words),
            Token::Close(name) => {
                for (name, note) in opened.close(&name) {
                    writer.end(&name, note);
                }
            }
            Token::Open(tag) => {
                for (name, note) in opened.close_before(&tag.name) {
                    writer.end(&name, note);
                }
                if is_empty(&tag.name) {
                    writer.empty(&tag);
                } else if opened.has_room() {
                    let note = writer.begin(&tag);
                    opened.open(&tag.name, note);
                }
            }
        }
    }
    for (name, note) in opened.close_all() {
        writer.end(&name, note);
    }
    writer.line();
    writer.lines
}

/// What is noted of an open element.
#[derive(Default)]
struct Note {
    hidden: bool,
    quote: bool,
    head: bool,
    signature: bool,
    list: bool,
    pre: bool,
    link: Option<(String, usize, usize)>,
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    current: String,
    /// What stands before the next words of this line: a bullet.
    bullet: String,
    /// That a cell ended, and what comes next is another.
    cell: bool,
    hidden: usize,
    quotes: usize,
    heads: usize,
    signatures: usize,
    pres: usize,
    lists: Vec<Option<u32>>,
    /// That everything from here on is what was answered.
    cut: bool,
}

impl Writer {
    fn words(&mut self, words: &str) {
        if self.hidden > 0 {
            return;
        }
        for c in words.chars() {
            if self.pres > 0 && (c == '\n' || c == ' ' || c == '\t') {
                match c {
                    '\n' => self.line_break(),
                    c => self.current.push(c),
                }
            } else if c.is_whitespace() || c == '\u{200c}' || c == '\u{200b}' {
                if !self.current.is_empty() && !self.current.ends_with(' ') {
                    self.current.push(' ');
                }
            } else if !is_unprintable(c) {
                self.visible();
                self.current.push(c);
            }
        }
    }

    /// Something visible comes: what waited for it is put before.
    fn visible(&mut self) {
        if !self.bullet.is_empty() {
            let bullet = std::mem::take(&mut self.bullet);
            self.current.insert_str(0, &bullet);
        }
        if std::mem::take(&mut self.cell) && !self.current.trim().is_empty() {
            self.current.truncate(self.current.trim_end().len());
            self.current.push_str(" | ");
        }
    }

    fn mark(&self) -> Mark {
        if self.cut {
            Mark::Cut
        } else if self.quotes > 0 {
            Mark::Quote
        } else if self.heads > 0 {
            Mark::Head
        } else if self.signatures > 0 {
            Mark::Signature
        } else {
            Mark::Own
        }
    }

    fn push(&mut self, text: &str) {
        let quote = "> ".repeat(self.quotes.min(QUOTE_DEPTH));
        let text = format!("{quote}{text}").trim_end().to_owned();
        self.lines.push(Line { text, mark: self.mark() });
    }

    /// Ends the line, if there is something on it.
    fn line(&mut self) {
        self.cell = false;
        let current = std::mem::take(&mut self.current);
        let words = if self.pres > 0 { current.trim_end() } else { current.trim_end_matches(' ') };
        if !words.trim().is_empty() {
            self.push(words);
        }
    }

    /// Ends the line, if there is something on it, and leaves an empty one.
    fn gap(&mut self) {
        self.line();
        if self.lines.last().is_some_and(|last| !last.is_blank()) {
            self.push("");
        }
    }

    fn line_break(&mut self) {
        if self.current.trim().is_empty() {
            let blank = self.lines.iter().rev().take_while(|line| line.is_blank()).count();
            if blank < 2 && !self.lines.is_empty() {
                self.push("");
            }
            self.current.clear();
        } else {
            self.line();
        }
    }

    fn empty(&mut self, tag: &Tag) {
        if self.hidden > 0 {
            return;
        }
        match tag.name.as_str() {
            "br" => self.line_break(),
            "hr" => {
                self.line();
                self.push("----------");
            }
            "img" => {
                if let Some(words) = image_words(tag) {
                    self.visible();
                    self.current.push_str(&one_line(&words));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag) -> Note {
        let name = tag.name.as_str();
        let mut note = Note { hidden: is_hidden(tag), ..Note::default() };
        if self.hidden == 0 && !note.hidden {
            self.layout(name);
            let role = role_of(tag);
            match role {
                Some(Role::Quote) => note.quote = true,
                Some(Role::Head) => note.head = true,
                Some(Role::Signature) => note.signature = true,
                Some(Role::Rest) => {
                    self.line();
                    self.cut = true;
                }
                None => {}
            }
            if role.is_some() {
                self.line();
            }
            note.pre = name == "pre";
            note.list = matches!(name, "ul" | "ol");
            if name == "a" {
                note.link =
                    link(tag).map(|address| (address, self.lines.len(), self.current.len()));
            }
        }
        self.hidden += usize::from(note.hidden);
        self.quotes += usize::from(note.quote);
        self.heads += usize::from(note.head);
        self.signatures += usize::from(note.signature);
        self.pres += usize::from(note.pre);
        note
    }

    fn layout(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "blockquote" => self.gap(),
            "ul" | "ol" => {
                self.line();
                self.lists.push((name == "ol").then_some(0));
            }
            "li" => {
                self.line();
                let indent = INDENT.repeat(self.lists.len().saturating_sub(1).min(QUOTE_DEPTH));
                self.bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{indent}{number}. ")
                    }
                    _ => format!("{indent}- "),
                };
            }
            "tr" => self.line(),
            // What stands in a cell stays on the line of its row, as far as it can.
            name if is_block(name) && !self.cell => self.line(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, note: Note) {
        if self.hidden == 0 {
            match name {
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" => self.gap(),
                "td" | "th" => self.cell = true,
                "tr" => self.line(),
                "li" => {
                    self.line();
                    self.bullet.clear();
                }
                name if is_block(name) => self.line(),
                _ => {}
            }
            if note.list {
                self.lists.pop();
            }
            if let Some((address, line, at)) = note.link {
                self.link(&address, line, at);
            }
            if note.quote || note.head || note.signature {
                self.line();
            }
        }
        self.hidden -= usize::from(note.hidden);
        self.quotes -= usize::from(note.quote);
        self.heads -= usize::from(note.head);
        self.signatures -= usize::from(note.signature);
        self.pres -= usize::from(note.pre);
        if note.quote {
            while self
                .lines
                .last()
                .is_some_and(|last| last.is_blank() && last.text.starts_with('>'))
            {
                self.lines.pop();
            }
            self.gap();
        }
    }

    /// Behind a link's words comes its address, where they are not the same.
    fn link(&mut self, address: &str, line: usize, at: usize) {
        let from = if line == self.lines.len() { at } else { 0 };
        let words = self.current.get(from..).unwrap_or_default().trim();
        if words.is_empty() || bare(words).ends_with(&bare(address)) || address.len() > LINK_CHARS {
            return;
        }
        self.current.truncate(self.current.trim_end().len());
        self.current.push_str(&format!(" <{address}>"));
    }
}

/// An address without what people leave out when they write it.
fn bare(address: &str) -> String {
    let lower = address.to_lowercase();
    let schemes = ["mailto:", "tel:", "http://", "https://"];
    let bare = schemes.iter().find_map(|scheme| lower.strip_prefix(scheme)).unwrap_or(&lower);
    bare.trim_start_matches("www.").trim_end_matches('/').to_owned()
}

/// What an element is in an answer.
#[derive(Clone, Copy)]
enum Role {
    /// Words of somebody else.
    Quote,
    /// The line that says whose.
    Head,
    /// A signature.
    Signature,
    /// From here on everything is what was answered.
    Rest,
}

/// Mail programs mark what they put into an answer, each in its own way.
fn role_of(tag: &Tag) -> Option<Role> {
    if tag.name == "blockquote" {
        let style = style_of(tag);
        // Gmail moves a paragraph in this way.
        let is_indent = style.contains("40px") && style.contains("border:none");
        return (!is_indent).then_some(Role::Quote);
    }
    let marks = [tag.attribute("class"), tag.attribute("id")];
    for mark in marks.into_iter().flatten().flat_map(str::split_whitespace).take(20) {
        match mark.trim_start_matches("x_") {
            "gmail_attr" | "moz-cite-prefix" | "reply-intro" => return Some(Role::Head),
            "gmail_signature"
            | "gmail_signature_prefix"
            | "moz-signature"
            | "Signature"
            | "AppleMailSignature"
            | "ms-outlook-mobile-signature"
            | "protonmail_signature_block"
            | "signature_old" => {
                return Some(Role::Signature);
            }
            "divRplyFwdMsg"
            | "appendonsend"
            | "OutlookMessageHeader"
            | "OLK_SRC_BODY_SECTION"
            | "yahoo_quoted"
            | "mail-editor-reference-message-container"
            | "ms-outlook-mobile-reference-message" => {
                return Some(Role::Rest);
            }
            _ => {}
        }
    }
    // Outlook for Windows draws a line above the headers of what is answered.
    let style = style_of(tag);
    let is_line = tag.name == "div"
        && style.contains("border-top:solid#")
        && style.contains("padding:3.0pt0");
    is_line.then_some(Role::Rest)
}
