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

/// The first part of this name of a `multipart/form-data` body.
pub(super) fn part<'b>(content_type: &str, body: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let boundary = content_type.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    let usable = content_type.trim_start().starts_with("multipart/") && !boundary.is_empty();
    let head = find(body, format!("name=\"{name}\"").as_bytes()).filter(|_| usable)?;
    let begin = head + find(&body[head..], b"\r\n\r\n")? + 4;
    let end = find(&body[begin..], format!("\r\n--{boundary}").as_bytes())?;
    Some(&body[begin..begin + end])
}

fn find(within: &[u8], wanted: &[u8]) -> Option<usize> {
    within.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_form_is_found() {
        let body =
            b"--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{\"a\": 1}\r\n--x--\r\n";
        let part = |kind: &str| part(kind, body, "data");
        assert_eq!(part("multipart/form-data; boundary=x"), Some(&b"{\"a\": 1}"[..]));
        assert_eq!(part("multipart/form-data; boundary=\"y\""), None);
        assert_eq!(part("application/json"), None);
    }

    #[test]
    fn what_is_badly_encoded_is_taken_literally() {
        assert_eq!(percent(b"99%", true), "99%");
        assert_eq!(percent(b"%zz%4", true), "%zz%4");
        assert_eq!(percent(b"a+b%2B", false), "a+b+");
        assert_eq!(percent(b"%C3%BC", true), "ü");
        assert_eq!(decode(b"&a&b=&=c").len(), 3);
    }
}
