//! The cookie that carries a session, the same for every door.
//!
//! Where people come over encrypted connections only, its name begins with `__Host-`:
//! browsers take such a cookie from this very host alone, so that no neighbour of the
//! same domain can give them another session. There, no other is looked at.

/// The name where connections may be plain.
pub const SESSION: &str = "evenkeel_session";
/// The name where all connections are encrypted.
pub const HOST_SESSION: &str = "__Host-evenkeel_session";
/// Bytes of a secret that are looked at; ours are shorter.
const SECRET_BYTES: usize = 512;

/// Whether people come over encrypted connections only: the public address says so.
pub fn is_encrypted(public_url: Option<&str>) -> bool {
    public_url.is_some_and(|url| url.starts_with("https://"))
}

/// The name of the session's cookie.
pub fn session_name(encrypted: bool) -> &'static str {
    if encrypted { HOST_SESSION } else { SESSION }
}

/// The secret of the session among the values of `Cookie` headers.
pub fn session_in<'a>(encrypted: bool, headers: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let pairs = headers.flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == session_name(encrypted))
        .map(|(_, secret)| secret.trim_matches('"'))
        .find(|secret| !secret.is_empty() && secret.len() <= SECRET_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        for (lines, plain, encrypted) in [
            (&["a=b; evenkeel_session=abc; c=d"][..], Some("abc"), None),
            (&["a=b", "__Host-evenkeel_session=\"abc\""], None, Some("abc")),
            (
                &["evenkeel_session=planted; __Host-evenkeel_session=own"],
                Some("planted"),
                Some("own"),
            ),
            (&["evenkeel_session=; evenkeel_session=abc"], Some("abc"), None),
            (&["__Host-evenkeel_session=; evenkeel_session=abc"], Some("abc"), None),
            (&["not_evenkeel_session=abc"], None, None),
            (&[], None, None),
        ] {
            assert_eq!(session_in(false, lines.iter().copied()), plain, "{lines:?}");
            assert_eq!(session_in(true, lines.iter().copied()), encrypted, "{lines:?}");
        }
        let long = format!("evenkeel_session={}", "x".repeat(SECRET_BYTES + 1));
        assert_eq!(session_in(false, [long.as_str()].into_iter()), None);
    }

    #[test]
    fn the_public_address_says_whether_connections_are_encrypted() {
        assert!(is_encrypted(Some("https://desk.example")));
        assert!(!is_encrypted(Some("http://desk.example")) && !is_encrypted(None));
    }
}
