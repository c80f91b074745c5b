//! Forms, and the part of an address behind its question mark.

use super::limits::FORM_PAIRS;

/// Names and values of `application/x-www-form-urlencoded`, in their order. What is not encoded
/// as it should be is taken literally.
///
/// ```
/// let pairs = alert::doors::form_pairs(b"title=Disk+full&message=99%25");
/// assert_eq!(pairs[1], ("message".into(), "99%".into()));
/// ```
pub fn decode(form: &[u8]) -> Vec<(String, String)> {
    let pairs = form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .take(FORM_PAIRS)
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match at {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            (percent(name, true), percent(value, true))
        })
        .collect()
}

/// A piece of a path or form without its `%41`s; in forms, `+` is a space.
pub(super) fn percent(text: &[u8], plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let hex = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 2;
            }
            (b'+', ..) if plus_is_space => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_badly_encoded_is_taken_literally() {
        assert_eq!(percent(b"99%", true), "99%");
        assert_eq!(percent(b"%zz%4", true), "%zz%4");
        assert_eq!(percent(b"a+b%2B", false), "a+b+");
        assert_eq!(percent(b"%C3%BC", true), "ü");
        assert_eq!(decode(b"&a&b=&=c").len(), 3);
    }
}
