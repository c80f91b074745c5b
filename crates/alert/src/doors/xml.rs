//! Notifications in XML, as far as a mapping needs them: the texts of their elements.

use super::limits::PAIRS;
use serde_json::{Map, Value};

/// The texts of the elements that hold nothing else, by their names in lower case and without
/// prefix; of several with one name the first. What is no XML has none.
pub(super) fn texts(document: &str) -> Map<String, Value> {
    let mut found = Map::new();
    let mut rest = document;
    while let Some((_, inner)) = rest.split_once('<')
        && let Some((tag, after)) = inner.split_once('>')
        && let Some((words, next)) = after.split_once('<')
        && found.len() < PAIRS
    {
        rest = after;
        let name = tag.split_whitespace().next().unwrap_or_default();
        let closed = next.strip_prefix('/').and_then(|next| next.split_once('>'));
        let is_text = closed.is_some_and(|(closed, _)| closed.trim_end() == name);
        let words = words.trim();
        if is_text && !words.is_empty() {
            let name = name.rsplit(':').next().unwrap_or(name).to_lowercase();
            found.entry(name).or_insert_with(|| Value::String(unescaped(words)));
        }
    }
    found
}

/// The signs that stand for themselves nowhere else. `&amp;` comes last, since it makes others.
fn unescaped(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    signs.into_iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign))
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
}
