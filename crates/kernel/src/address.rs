//! Text as a part of an address.

/// Text as a step of a path or a value of a query: all but the signs that RFC 3986 reserves for
/// nothing stand as bytes, so that none of it becomes a part of the address.
pub fn encoded(text: &str) -> String {
    let mut found = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            found.push(char::from(byte));
        } else {
            found.push_str(&format!("%{byte:02X}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn what_an_address_holds_is_encoded() {
        assert_eq!(encoded("Europe/Berlin"), "Europe%2FBerlin");
        assert_eq!(encoded("team:\"Netz ü\"&x"), "team%3A%22Netz%20%C3%BC%22%26x");
        assert_eq!(encoded("o'neil+x@a.b?c#d%~_-"), "o%27neil%2Bx%40a.b%3Fc%23d%25~_-");
    }
}
