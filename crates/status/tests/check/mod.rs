//! Checkers for what the page writes: stricter than any reader, and small enough to be read.

#![allow(dead_code)]

/// Elements of HTML that have no end.
const VOID: [&str; 5] = ["meta", "link", "img", "br", "input"];

/// Elements before and after which a line ends, also without a style sheet.
const BLOCKS: [&str; 17] = [
    "title", "header", "main", "footer", "nav", "section", "div", "p", "h1", "h2", "h3", "h4",
    "li", "dt", "dd", "details", "summary",
];

/// Elements that a page may have: nothing runs, nothing is styled in place.
const ELEMENTS: [&str; 44] = [
    "html", "head", "meta", "title", "link", "body", "svg", "symbol", "circle", "path", "rect",
    "use", "g", "a", "header", "main", "footer", "nav", "section", "div", "span", "p", "b", "bdi",
    "small", "time", "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "details",
    "summary", "img", "br", "button", "form", "input", "label",
];

/// Attributes that a page may have.
const ATTRIBUTES: [&str; 44] = [
    "lang",
    "charset",
    "name",
    "content",
    "rel",
    "href",
    "type",
    "title",
    "hreflang",
    "width",
    "height",
    "aria-hidden",
    "focusable",
    "id",
    "viewBox",
    "cx",
    "cy",
    "r",
    "d",
    "x",
    "y",
    "rx",
    "fill",
    "class",
    "tabindex",
    "aria-label",
    "aria-labelledby",
    "aria-current",
    "src",
    "alt",
    "datetime",
    "dir",
    "role",
    "preserveAspectRatio",
    "stroke",
    "stroke-dasharray",
    "stroke-width",
    "action",
    "method",
    "value",
    "for",
    "rows",
    "max",
    "min",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

/// A document taken apart: elements in order, and all text.
#[derive(Debug, Default)]
pub struct Document {
    pub elements: Vec<Element>,
    pub text: String,
}

impl Document {
    pub fn count(&self, name: &str) -> usize {
        self.elements.iter().filter(|element| element.name == name).count()
    }
}

/// Reads markup in which every element ends, every value is quoted and every sign is escaped.
pub fn markup(text: &str, is_html: bool) -> Result<Document, String> {
    let (mut document, mut open, mut rest) = (Document::default(), Vec::<String>::new(), text);
    while let Some(at) = rest.find('<') {
        document.text.push_str(&unescaped(&rest[..at])?);
        let (tag, after) = tag_of(&rest[at + 1..])?;
        rest = after;
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if BLOCKS.contains(&name) {
            document.text.push(' ');
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> ends what is not open"));
            }
            continue;
        }
        let element = element(tag.trim_end_matches('/'))?;
        let is_void = is_html && VOID.contains(&element.name.as_str());
        let ends_itself = tag.ends_with('/') || is_void;
        if !ends_itself {
            open.push(element.name.clone());
        }
        document.elements.push(element);
    }
    document.text.push_str(&unescaped(rest)?);
    if open.is_empty() { Ok(document) } else { Err(format!("{open:?} do not end")) }
}

/// The inside of a tag, up to the first `>` outside of quotes.
fn tag_of(text: &str) -> Result<(&str, &str), String> {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    let end = end.ok_or("a tag does not end")?;
    Ok((&text[..end], &text[end + 1..]))
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c));
    if name.is_empty() || !plain(name) {
        return Err(format!("<{tag}> is no element"));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim().is_empty() {
        let (key, after) =
            rest.trim_start().split_once("=\"").ok_or(format!("<{tag}>: no value"))?;
        let (value, after) = after.split_once('"').ok_or(format!("<{tag}>: no end"))?;
        if !plain(key) || value.contains('<') || attributes.iter().any(|(other, _)| other == key) {
            return Err(format!("<{tag}>: {key}"));
        }
        attributes.push((key.to_owned(), unescaped(value)?));
        rest = after;
    }
    Ok(Element { name: name.to_owned(), attributes })
}

fn unescaped(text: &str) -> Result<String, String> {
    if let Some(bad) = text.chars().find(|c| !is_letter(*c)) {
        return Err(format!("{bad:?} stands in it"));
    }
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';').ok_or("a bare &")?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => return Err(format!("&{other}; is not known")),
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// A letter of XML 1.0 that is no control.
fn is_letter(c: char) -> bool {
    c == '\n'
        || (!c.is_control()
            && !('\u{202a}'..='\u{202e}').contains(&c)
            && u32::from(c) & 0xfffe != 0xfffe)
}

/// A page that runs nothing, styles nothing in place and leads nowhere strange.
pub fn html(text: &str) -> Result<Document, String> {
    let text = text.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    let document = markup(text, true)?;
    for element in &document.elements {
        if !ELEMENTS.contains(&element.name.as_str()) {
            return Err(format!("<{}> has no place here", element.name));
        }
        for (key, value) in &element.attributes {
            let leads = matches!(key.as_str(), "href" | "src" | "action");
            let fine = ["/", "#", "https://", "http://", "mailto:", "tel:"];
            let strange = leads && !fine.iter().any(|begin| value.starts_with(begin));
            if strange || !ATTRIBUTES.contains(&key.as_str()) {
                return Err(format!("<{} {key}={value:?}>", element.name));
            }
        }
    }
    let ids = document.elements.iter().flat_map(|element| &element.attributes);
    let mut ids: Vec<&str> =
        ids.filter(|(key, _)| key == "id").map(|(_, value)| value.as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() == all { Ok(document) } else { Err("an id stands twice".to_owned()) }
}

/// A document of XML.
pub fn xml(text: &str) -> Result<Document, String> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    markup(text.strip_prefix(head).ok_or("no declaration")?, false)
}

/// A calendar: whole, its lines ended and folded as they should be.
pub fn calendar(bytes: &[u8]) -> Result<kernel::ical::Content, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let lines = text.strip_suffix("\r\n").ok_or("the last line does not end")?;
    for line in lines.split("\r\n") {
        if line.len() > 75 || line.chars().any(char::is_control) {
            return Err(format!("{line:?}"));
        }
    }
    let wanted = [
        "UID",
        "SEQUENCE",
        "STATUS",
        "SUMMARY",
        "DESCRIPTION",
        "DTSTART",
        "DTEND",
        "DTSTAMP",
        "URL",
    ];
    kernel::ical::read(bytes, &wanted).map_err(|error| error.to_string())
}
