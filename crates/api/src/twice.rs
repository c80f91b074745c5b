//! Keys that stand twice in an object. Whoever reads it keeps the last one and drops the others
//! without a word.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// The path of the first key in JSON text that stands twice in its object.
pub(crate) fn key_twice(bytes: &[u8]) -> Option<String> {
    let mut found = None;
    let part = Part { path: &mut Vec::new(), found: &mut found };
    // What cannot be read is told by whoever reads it for what it says.
    drop(part.deserialize(&mut serde_json::Deserializer::from_slice(bytes)));
    found
}

/// A value of the document, and where it stands.
struct Part<'a> {
    path: &'a mut Vec<String>,
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Part { path, found } = self;
        for at in 0_usize.. {
            path.push(at.to_string());
            let part = Part { path: &mut *path, found: &mut *found };
            if seq.next_element_seed(part)?.is_none() {
                break;
            }
            path.pop();
        }
        path.pop();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Part { path, found } = self;
        let mut known = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            path.push(key.clone());
            if !known.insert(key) {
                *found = Some(path.join("."));
                return Err(A::Error::custom("a key stands twice"));
            }
            map.next_value_seed(Part { path: &mut *path, found: &mut *found })?;
            path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::key_twice;

    #[test]
    fn the_first_key_that_stands_twice_is_named_by_its_path() {
        for (text, path) in [
            (r#"{}"#, None),
            (r#"{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}"#, None),
            (r#"{"a": 1, "a": 1}"#, Some("a")),
            (r#"{"a": 1, "\u0061": null}"#, Some("a")),
            (r#"{"b": [1, {"x": {}, "y": -1.5, "x": true}]}"#, Some("b.1.x")),
            (r#"{"c": [[], {"d": 1}], "e": {"f": "", "f": ""}}"#, Some("e.f")),
            (r#"{"a": "#, None),
        ] {
            assert_eq!(key_twice(text.as_bytes()).as_deref(), path, "{text}");
        }
    }
}
