//! The words of XML and HTML. Nothing is declared, included or expanded but the five entities
//! that every XML knows, the space of HTML, and numbers. Each character is looked at a bounded
//! number of times, whatever is nested in what.

use super::Text;

/// Letters of an entity's name: longer ones are none.
const ENTITY_CHARS: usize = 10;

/// Elements whose content is no word of a person: programs, field codes, what was deleted.
const SILENT: [&str; 4] = ["script", "style", "instrText", "delText"];

/// Elements after which another word begins. Others, such as runs of letters in bold, stand
/// within words.
const BREAKS: [&str; 31] = [
    "p",
    "br",
    "tab",
    "cr",
    "h",
    "s",
    "si",
    "c",
    "row",
    "tr",
    "td",
    "th",
    "li",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table-cell",
    "table-row",
    "line-break",
    "title",
    "option",
    "dt",
    "dd",
    "pre",
    "section",
    "article",
    "text",
];

/// Adds the words of `source`; without those in elements named in `skip`.
pub(super) fn read(source: &str, skip: &[&str], into: &mut Text) {
    let mut rest = source;
    while !rest.is_empty() && !into.is_full() {
        let Some(at) = rest.find(['<', '&']) else {
            push(rest, into);
            return;
        };
        let (before, from) = rest.split_at(at);
        push(before, into);
        rest = match from.starts_with('<') {
            true => tag(from, skip, into),
            false => entity(from, into),
        };
    }
}

fn push(text: &str, into: &mut Text) {
    text.chars().take_while(|c| into.push(*c)).for_each(drop);
}

/// What follows the tag, comment or declaration at the beginning of `from`.
fn tag<'a>(from: &'a str, skip: &[&str], into: &mut Text) -> &'a str {
    if let Some(comment) = from.strip_prefix("<!--") {
        return after(comment, "-->");
    }
    if let Some(said) = from.strip_prefix("<![CDATA[") {
        let end = said.find("]]>").unwrap_or(said.len());
        push(&said[..end], into);
        return said.get(end + 3..).unwrap_or_default();
    }
    if from.starts_with("<?") {
        return after(from, "?>");
    }
    if let Some(declared) = from.strip_prefix("<!") {
        let end = declared.find(['>', '[']).unwrap_or(declared.len());
        return match declared[end..].starts_with('[') {
            true => after(&declared[end..], "]>"),
            false => declared.get(end + 1..).unwrap_or_default(),
        };
    }
    let inside = &from[1..];
    let closes = inside.starts_with('/');
    let named = inside.trim_start_matches('/');
    let end =
        named.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(named.len());
    let name = named[..end].rsplit(':').next().unwrap_or_default();
    // "a < b": no tag at all.
    if !name.starts_with(|c: char| c.is_alphabetic()) {
        into.push(' ');
        return inside;
    }
    let (attributes, rest) = to_end(&named[end..]);
    if is_one_of(name, &BREAKS) {
        into.push(' ');
    }
    let opens = !closes && !attributes.ends_with('/');
    match opens && (is_one_of(name, &SILENT) || skip.contains(&name)) {
        true => after_closing(rest, &named[..end]),
        false => rest,
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A tag's attributes and what follows it. Values in quotes may hold its end.
fn to_end(tag: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return (&tag[..at], &tag[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    (tag, "")
}

/// What follows the closing tag of this name; nothing where there is none.
fn after_closing<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = rest;
    while let Some(at) = from.find("</") {
        let closing = &from[at + 2..];
        if closing.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)) {
            return to_end(&closing[name.len()..]).1;
        }
        from = closing;
    }
    ""
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// What follows the `&` at the beginning of `from`, and the character that it stands for.
fn entity<'a>(from: &'a str, into: &mut Text) -> &'a str {
    let inside = &from[1..];
    let end = inside.char_indices().take(ENTITY_CHARS).find(|(_, c)| *c == ';');
    let character = end.and_then(|(end, _)| Some((meant(&inside[..end])?, &inside[end + 1..])));
    match character {
        Some((c, rest)) => {
            into.push(c);
            rest
        }
        None => {
            into.push('&');
            inside
        }
    }
}

fn meant(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str, skip: &[&str]) -> String {
        let mut into = Text::default();
        read(source, skip, &mut into);
        into.text
    }

    #[test]
    fn runs_of_letters_are_one_word_and_paragraphs_are_not() {
        let document = "<w:p><w:r><w:t>rou</w:t></w:r><w:r><w:t>ter</w:t></w:r></w:p><w:p><w:t>down</w:t></w:p>";
        assert_eq!(words(document, &[]), "router down");
        assert_eq!(words("<w:p>a<w:delText>gone</w:delText><w:tab/>b</w:p>", &[]), "a b");
        assert_eq!(words("<row><c><v>7</v></c><c><is><t>till</t></is></c></row>", &["v"]), "till");
    }

    #[test]
    fn nothing_is_expanded_but_what_every_xml_knows() {
        let bomb =
            r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b; &lt;&#65;&#x42;</x>"#;
        assert_eq!(words(bomb, &[]), "&b; <AB");
        assert_eq!(words("<a title='x > y'>in</a><!-- out --><![CDATA[<raw>]]>", &[]), "in<raw>");
    }

    #[test]
    fn broken_markup_ends() {
        for source in [
            "<",
            "<a",
            "<a b='",
            "<!--",
            "<![CDATA[x",
            "<!DOCTYPE [",
            "&",
            "&#xffffffff;",
            "</",
            "<script>x",
        ] {
            let _ = words(source, &[]);
        }
        assert_eq!(words("1 < 2 & 3", &[]), "1 2 & 3");
    }
}
