//! Reading JSON without being surprised: whatever type a field has, its object is still read.
//! Strings are borrowed from the body. The last of fields with one name counts, as with most
//! readers of JSON.

use super::limits::{ALERTS, PAIRS};
use super::{Notes, Unreadable};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The body as JSON text: as [`words`], and what templates break in strings is mended.
pub(super) fn text<'a>(body: &'a [u8], notes: &mut Notes) -> Cow<'a, str> {
    let text = words(body, notes);
    match repaired(&text) {
        Some(repaired) => {
            notes.warn("body", "has line breaks or other control characters in strings");
            Cow::Owned(repaired)
        }
        None => text,
    }
}

/// The body as text: what is no UTF-8 is replaced, a byte order mark left out.
pub(super) fn words<'a>(body: &'a [u8], notes: &mut Notes) -> Cow<'a, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match (utf16(body), std::str::from_utf8(body)) {
        (Some(text), _) => Cow::Owned(text),
        (None, Ok(text)) => Cow::Borrowed(text),
        (None, Err(_)) => {
            notes.warn("body", "is not UTF-8; what is not was replaced");
            String::from_utf8_lossy(body)
        }
    }
}

/// The text of a body that its mark says is UTF-16, as shells of Windows write files.
fn utf16(body: &[u8]) -> Option<String> {
    let (is_little, rest) = match body {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => return None,
    };
    let units = rest.chunks_exact(2).map(|pair| match is_little {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    });
    let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(chars.collect())
}

/// A JSON text whose strings hold control characters as they are, which templates without
/// escaping produce, with these escaped; `None` if there is nothing to repair.
fn repaired(text: &str) -> Option<String> {
    let suspicious = |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    // Block by block without a way out in between, so that the processor takes many at once.
    let any_below = |block: &[u8]| block.iter().fold(false, |found, byte| found | (*byte < b' '));
    let pretty = text.as_bytes().chunks(256).any(any_below);
    if !pretty || (!text.bytes().any(suspicious) && is_json(text)) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let (mut inside, mut escaped, mut found) = (false, false, false);
    for c in text.chars() {
        if inside && c < ' ' {
            found = true;
            // A backslash before it escapes nothing: `\` and a line break are two characters.
            out.push_str(if escaped { "\\" } else { "" });
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
            escaped = false;
            continue;
        }
        if c == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && c == '\\' && !escaped;
        out.push(c);
    }
    found.then_some(out)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// What a JSON text says.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|error| {
        let rule = format!("is not JSON: {error}");
        Unreadable::new("body", rule)
    })
}

/// Any value, as it stands in the body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Raw<'a>(pub(super) Option<&'a RawValue>);

impl<'a> Raw<'a> {
    /// The JSON text, without `null`.
    pub(super) fn get(self) -> Option<&'a str> {
        self.0.map(RawValue::get).filter(|text| *text != "null")
    }

    /// What a person would write for it: strings without quotes, the rest as JSON.
    pub(super) fn words(self) -> Cow<'a, str> {
        match self.get() {
            Some(text) => Text::of(text).unwrap_or(Cow::Borrowed(text)),
            None => Cow::Borrowed(""),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|raw| Raw(Some(raw)))
    }
}

/// A text. Numbers and truth values are taken as written; objects and lists are none.
#[derive(Debug, Clone, Default)]
pub(super) struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> Text<'a> {
    /// The text; empty if there is none.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The text without white space around it, unless nothing is left.
    pub(super) fn get(&self) -> Option<&str> {
        Some(self.as_str().trim()).filter(|text| !text.is_empty())
    }

    /// The text of a JSON value, unless that is `null`, an object or a list.
    fn of(json: &'a str) -> Option<Cow<'a, str>> {
        match json.as_bytes().first()? {
            b'"' => {
                let inner = json.get(1..json.len() - 1).unwrap_or_default();
                Some(if inner.contains('\\') {
                    Cow::Owned(unescaped(inner))
                } else {
                    Cow::Borrowed(inner)
                })
            }
            b'{' | b'[' | b'n' => None,
            _ => Some(Cow::Borrowed(json)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Raw::deserialize(deserializer).map(|raw| Text(raw.get().and_then(Text::of)))
    }
}

/// A JSON string without its escapes. Halves of surrogate pairs are replaced.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let mut chars = rest[at + 1..].chars();
        let escape = chars.next().unwrap_or('\\');
        rest = chars.as_str();
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => out.push(unicode(&mut rest)),
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// The character that four hexadecimal digits stand for, or two such with `\u` between them; they are taken
/// from the text.
fn unicode(rest: &mut &str) -> char {
    let unit = |text: &str| text.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(first) = unit(rest) else {
        return char::REPLACEMENT_CHARACTER;
    };
    *rest = &rest[4..];
    let second = rest.strip_prefix("\\u").and_then(unit);
    match (first, second) {
        (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) => {
            *rest = &rest[6..];
            let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// A whole number, also written as a text; nought if it is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Count(text.as_str().trim().parse().unwrap_or(0)))
    }
}

/// What a visitor makes of values of other types than it wants.
macro_rules! otherwise {
    ($value:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}
pub(super) use otherwise;

/// Takes what a list holds and forgets it.
pub(super) fn pass_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Takes what an object holds and forgets it.
pub(super) fn pass_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// A list, or one thing alone where a list should be.
#[derive(Debug)]
pub(super) struct Many<T> {
    /// What is in it.
    pub(super) items: Vec<T>,
    /// Whether there was a list at all.
    pub(super) is_list: bool,
    /// How many more there were.
    pub(super) more: u64,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many { items: Vec::new(), is_list: false, more: 0 }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = Many<T>;
            otherwise!(Many::default());

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Many<T>, A::Error> {
                let mut many = Many { items: Vec::new(), is_list: true, more: 0 };
                while many.items.len() < ALERTS {
                    match list.next_element()? {
                        Some(item) => many.items.push(item),
                        None => return Ok(many),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    many.more += 1;
                }
                Ok(many)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                pass_object(map).map(|()| Many::default())
            }
        }
        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// Names and values, in their order.
#[derive(Debug)]
pub(super) struct Pairs<'a, T> {
    pairs: Vec<(Text<'a>, T)>,
    /// How many more there were.
    pub(super) more: u64,
}

impl<T> Default for Pairs<'_, T> {
    fn default() -> Self {
        Pairs { pairs: Vec::new(), more: 0 }
    }
}

impl<'a, T> Pairs<'a, T> {
    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<'a> Pairs<'a, Text<'a>> {
    /// The value of this name, unless it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter().rev();
        pairs.find(|(known, _)| known.as_str() == name).and_then(|(_, value)| value.get())
    }

    /// The value of the first of these names that has one.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.value(name))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Pairs<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<'a, T>(PhantomData<(&'a (), T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for Entries<'a, T> {
            type Value = Pairs<'a, T>;
            otherwise!(Pairs::default());

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut out = Pairs::default();
                while out.pairs.len() < PAIRS {
                    match map.next_entry()? {
                        Some(pair) => out.pairs.push(pair),
                        None => return Ok(out),
                    }
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    out.more += 1;
                }
                Ok(out)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                pass_list(list).map(|()| Pairs::default())
            }
        }
        deserializer.deserialize_any(Entries(PhantomData))
    }
}

/// Defines an object by the fields that are looked at. It is read from any value: the rest is
/// passed over, and what is no object has no fields.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident<$a:lifetime> { $($key:literal => $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(in crate::doors) struct $name<$a> {
            $(pub(in crate::doors) $field: $kind,)+
            /// Whether it was an object.
            #[allow(dead_code)]
            pub(in crate::doors) is_object: bool,
        }

        impl<'de: $a, $a> serde::Deserialize<'de> for $name<$a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::doors::loose::{Text, pass_list};
                use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
                use std::fmt;
                struct Fields<$a>(std::marker::PhantomData<&$a ()>);
                impl<'de: $a, $a> Visitor<'de> for Fields<$a> {
                    type Value = $name<$a>;
                    $crate::doors::loose::otherwise!($name::default());

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut out = $name { is_object: true, ..$name::default() };
                        while let Some(key) = map.next_key::<Text<'_>>()? {
                            match key.as_str() {
                                $($key => out.$field = map.next_value()?,)+
                                _ => drop(map.next_value::<IgnoredAny>()?),
                            }
                        }
                        Ok(out)
                    }

                    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                        pass_list(list).map(|()| $name::default())
                    }
                }
                deserializer.deserialize_any(Fields(std::marker::PhantomData))
            }
        }
    };
}
pub(super) use object;

#[cfg(test)]
mod tests {
    use super::*;

    object! { Sample<'a> { "a" => a: Text<'a>, "n" => n: Count, "list" => list: Many<Text<'a>>, "map" => map: Pairs<'a, Text<'a>> } }

    fn sample(json: &str) -> Sample<'_> {
        parse(json).unwrap()
    }

    #[test]
    fn any_type_is_read() {
        assert_eq!(sample(r#"{"a": 1e999, "n": "7", "x": [[1e999]]}"#).a.as_str(), "1e999");
        assert_eq!(sample(r#"{"a": 1, "a": "\ud83d\ude00\ud800\n"}"#).a.as_str(), "😀\u{fffd}\n");
        assert_eq!(sample(r#"{"n": "7"}"#).n.0, 7);
        assert_eq!(sample(r#"{"n": -7, "list": {"a": 1}, "map": [1]}"#).n.0, 0);
        assert!(!sample("[1, {}]").is_object);
        assert_eq!(sample(r#"{"list": [1, null, "x"]}"#).list.items.len(), 3);
        assert_eq!(sample(r#"{"map": {"b": 1, "b": 2}}"#).map.value("b"), Some("2"));
    }

    #[test]
    fn depth_is_no_matter_where_nothing_is_read() {
        let deep = format!("{{\"x\": {}1{}, \"a\": 5}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(sample(&deep).a.as_str(), "5");
    }

    #[test]
    fn what_windows_writes_is_a_text() {
        let notes = &mut Notes::new("2026-11-23T05:00:00Z".parse().unwrap());
        let text = r#"{"a": "ä😀"}"#;
        let little = text.encode_utf16().flat_map(u16::to_le_bytes);
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(little).collect();
        let big = text.encode_utf16().flat_map(u16::to_be_bytes);
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(big).collect();
        for body in
            [&little[..], &big, text.as_bytes(), &[&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()]
        {
            assert_eq!(super::text(body, notes), text);
        }
        assert_eq!(super::text(b"\xff\xfe{", notes), "");
    }

    #[test]
    fn line_breaks_in_strings_are_repaired() {
        let mut notes = Notes::new(kernel::Timestamp::from_micros(0));
        let fixed = text(b"{\n \"a\": \"one\ntwo \\\" \\\\\" }", &mut notes);
        assert_eq!(sample(&fixed).a.as_str(), "one\ntwo \" \\");
        assert_eq!(notes.finish(vec![]).warnings.len(), 1);
    }
}
