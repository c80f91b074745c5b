//! Which elements are open, and what elements mean.

use super::tokens::Tag;
use crate::letter::limits::HTML_DEPTH;

/// The open elements, outermost first, each with what is noted about it.
pub(super) struct Opened<T> {
    elements: Vec<(String, T)>,
}

impl<T> Opened<T> {
    /// None yet.
    pub(super) fn new() -> Self {
        Opened { elements: Vec::new() }
    }

    /// Opens one, unless too many are open: then it is part of the last.
    pub(super) fn open(&mut self, name: &str, note: T) -> bool {
        let fits = self.elements.len() < HTML_DEPTH;
        if fits {
            self.elements.push((name.to_owned(), note));
        }
        fits
    }

    /// Whether one more can be opened.
    pub(super) fn has_room(&self) -> bool {
        self.elements.len() < HTML_DEPTH
    }

    /// Closes what ends because this one begins, innermost first.
    pub(super) fn close_before(&mut self, name: &str) -> Vec<(String, T)> {
        // What is shown ends a head that nobody ended.
        let mut closed = match is_block(name) {
            true => self.close_first(&["head"], &["body", "div", "p", "table", "td", "li", "ul"]),
            false => Vec::new(),
        };
        let (ends, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &["table"]),
            "option" => (&["option"], &["select"]),
            "body" => (&["head"], &[]),
            name if is_block(name) => (&["p"], &["td", "th", "li", "div", "blockquote", "table"]),
            _ => return closed,
        };
        closed.extend(self.close_first(ends, within));
        closed
    }

    /// Closes the innermost open one of this name with all in it, innermost first.
    pub(super) fn close(&mut self, name: &str) -> Vec<(String, T)> {
        let of_table = ["table", "tbody", "thead", "tfoot", "tr", "td", "th", "body", "html"];
        let within: &[&str] = if of_table.contains(&name) { &[] } else { &["td", "th", "table"] };
        let within: &[&str] = match name {
            "td" | "th" | "tr" => &["table"],
            _ => within,
        };
        self.close_first(&[name], within)
    }

    /// Closes all.
    pub(super) fn close_all(&mut self) -> Vec<(String, T)> {
        self.elements.drain(..).rev().collect()
    }

    fn close_first(&mut self, ends: &[&str], within: &[&str]) -> Vec<(String, T)> {
        for at in (0..self.elements.len()).rev() {
            let name = self.elements[at].0.as_str();
            if ends.contains(&name) {
                return self.elements.drain(at..).rev().collect();
            }
            if within.contains(&name) {
                break;
            }
        }
        Vec::new()
    }
}

/// Elements that never have content.
pub(super) fn is_empty(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "meta"
            | "link"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "pre"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "center"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "form"
            | "fieldset"
            | "address"
            | "caption"
            | "figure"
    )
}

/// Elements whose content is not for readers, and those that are hidden by style: what a
/// sender does not show must not be read as what they said.
pub(super) fn is_hidden(tag: &Tag) -> bool {
    if matches!(
        tag.name.as_str(),
        "head"
            | "script"
            | "style"
            | "title"
            | "textarea"
            | "template"
            | "svg"
            | "math"
            | "object"
            | "select"
            | "iframe"
            | "noembed"
            | "noframes"
            | "xmp"
            | "plaintext"
            | "audio"
            | "video"
            | "canvas"
            | "applet"
            | "datalist"
    ) || tag.attribute("hidden").is_some()
    {
        return true;
    }
    let style = style_of(tag);
    [
        "display:none",
        "visibility:hidden",
        "mso-hide:all",
        "font-size:0;",
        "font-size:0px",
        "max-height:0;",
        "max-height:0px",
        "opacity:0;",
    ]
    .iter()
    .any(|hides| style.contains(hides))
}

/// Its style, in lower case and without spaces, each declaration with a semicolon.
pub(super) fn style_of(tag: &Tag) -> String {
    let style = tag.attribute("style").unwrap_or_default();
    let mut style: String =
        style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if !style.is_empty() {
        style.push(';');
    }
    style
}

/// What stands for an image in text: the words its sender gave it.
pub(super) fn image_words(tag: &Tag) -> Option<String> {
    let is_pixel = ["width", "height"].iter().any(|side| {
        let side = tag.attribute(side).unwrap_or_default();
        side.trim_end_matches("px").trim().parse::<u32>().is_ok_and(|size| size <= 2)
    });
    let words = tag.attribute("alt").unwrap_or_default().trim();
    if is_pixel {
        None
    } else if !words.is_empty() {
        Some(format!("[{words}]"))
    } else {
        let source = tag.attribute("src").unwrap_or_default().trim();
        source
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("cid:"))
            .then(|| "[image]".to_owned())
    }
}

/// Where a link leads, when it is a place one can be sent to.
pub(super) fn link(tag: &Tag) -> Option<String> {
    let address: String =
        tag.attribute("href")?.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let lower = address.get(..8).unwrap_or(&address).to_ascii_lowercase();
    let is_fine = ["http://", "https://", "mailto:", "tel:", "ftp://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme));
    is_fine.then_some(address)
}
