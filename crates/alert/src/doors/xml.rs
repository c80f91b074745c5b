//! Notifications in XML, as far as a mapping needs them: the texts of their elements.

use super::limits::PAIRS;
use serde_json::{Map, Value};

/// Bytes of the name of a sign at most, `#x10FFFF`.
const SIGN_BYTES: usize = 10;

/// The texts of the elements that hold nothing else, by their names in lower case and without
/// prefix; of several with one name the first. What is no XML has none.
pub(super) fn texts(document: &str) -> Map<String, Value> {
    let mut found = Map::new();
    let Some((_, mut rest)) = words(document) else { return found };
    while found.len() < PAIRS
        && let Some((tag, after)) = rest.split_once('>')
        && let Some((said, next)) = words(after)
    {
        let name = tag.trim_start_matches('<').split_whitespace().next().unwrap_or_default();
        let closed = next.strip_prefix("</").and_then(|next| next.split_once('>'));
        let is_text = closed.is_some_and(|(closed, _)| closed.trim_end() == name);
        let said = said.trim();
        if is_text && !said.is_empty() {
            let name = name.rsplit(':').next().unwrap_or(name).to_lowercase();
            found.entry(name).or_insert_with(|| Value::String(said.to_owned()));
        }
        rest = next;
    }
    found
}

/// What is said before the next tag, and the rest from that on. Of sections in which signs stand for
/// themselves all is said, of comments nothing.
fn words(text: &str) -> Option<(String, &str)> {
    let (mut said, mut rest) = (String::new(), text);
    loop {
        let (before, tag) = rest.split_at(rest.find('<')?);
        unescape(before, &mut said);
        if let Some(inner) = tag.strip_prefix("<![CDATA[") {
            let (plain, after) = inner.split_once("]]>")?;
            said.push_str(plain);
            rest = after;
        } else if let Some(inner) = tag.strip_prefix("<!--") {
            rest = inner.split_once("-->")?.1;
        } else {
            return Some((said, tag));
        }
    }
}

/// Adds a text in which signs may stand by their names.
fn unescape(text: &str, said: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        said.push_str(before);
        let end = after.bytes().take(SIGN_BYTES).position(|byte| byte == b';');
        let named = end
            .map(|end| after.split_at(end))
            .and_then(|(name, next)| Some((sign(name)?, next.strip_prefix(';')?)));
        let (sign, next) = named.unwrap_or(('&', after));
        said.push(sign);
        rest = next;
    }
    said.push_str(rest);
}

/// The sign with a name, or with a number.
fn sign(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            let sign = char::from_u32(number.ok()?)?;
            (!sign.is_control() || matches!(sign, '\t' | '\n' | '\r')).then_some(sign)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_known_by_their_elements() {
        let found = texts(
            "<?xml version='1.0'?><s:Body>\n<n:Subject lang=\"en\">Disk &lt;full&gt; &amp;lt;</n:Subject>\
             <Empty/><Subject>second</Subject><Message >99 %</Message ><a><b></b></a></s:Body>",
        );
        let found: Vec<_> = found.iter().map(|(name, value)| (&**name, value.as_str())).collect();
        assert_eq!(found, [("message", Some("99 %")), ("subject", Some("Disk <full> &lt;"))]);
        for odd in ["", "<", "<a", "<a>", "<a>x", "<a>x<", "<a>x</", "<a>x</b>", "a > b < c > d"] {
            assert!(texts(odd).is_empty(), "{odd}");
        }
    }

    #[test]
    fn sections_and_numbers_of_signs_are_read() {
        let text = |document: &str| {
            let found = texts(document);
            found.get("subject").and_then(Value::as_str).map(str::to_owned)
        };
        for (inner, said) in [
            ("<![CDATA[Disk <full> & hot]]>", "Disk <full> & hot"),
            ("\n<![CDATA[<b>Disk</b>]]> is<!-- <i>not</i> --> full ", "<b>Disk</b> is full"),
            ("<![CDATA[a]]]]><![CDATA[>b &lt;]]>", "a]]>b &lt;"),
            ("50 &#8364;&#x20;&#X41;&#10;x", "50 \u{20ac} A\nx"),
            ("&#0;&#xD800;&#x110000;&#;&;& &nbsp;", "&#0;&#xD800;&#x110000;&#;&;& &nbsp;"),
            ("&amp;#65;", "&#65;"),
        ] {
            let document = format!("<a><Subject>{inner}</Subject></a>");
            assert_eq!(text(&document).as_deref(), Some(said), "{inner}");
        }
        let hidden = "<!-- <Subject>no</Subject> --><a><![CDATA[<Subject>no</Subject>]]><Subject>yes</Subject></a>";
        assert_eq!(text(hidden).as_deref(), Some("yes"));
        for odd in ["<Subject><![CDATA[x</Subject>", "<Subject><!-- x</Subject>"] {
            assert_eq!(text(odd), None, "{odd}");
        }
        // Signs that never end cost no more than others.
        assert_eq!(
            text(&format!("<Subject>{}</Subject>", "&".repeat(200_000))).map(|it| it.len()),
            Some(200_000)
        );
    }
}
