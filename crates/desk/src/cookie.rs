//! The cookie that carries a session, the same for every door.
//!
//! Where people come over encrypted connections only, its name begins with `__Host-`:
//! browsers take such a cookie from this very host alone, so that no neighbour of the
//! same domain can give them another session. Sessions from before keep their plain one.

/// The name where connections may be plain.
pub const SESSION: &str = "evenkeel_session";
/// The name where all connections are encrypted.
pub const HOST_SESSION: &str = "__Host-evenkeel_session";
/// Bytes of a secret that are looked at; ours are shorter.
const SECRET_BYTES: usize = 512;

/// The name of the session's cookie.
pub fn session_name(encrypted: bool) -> &'static str {
    if encrypted { HOST_SESSION } else { SESSION }
}

/// The secret of the session among the values of `Cookie` headers.
pub fn session_in<'a>(headers: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (mut own, mut plain) = (None, None);
    for pair in headers.flat_map(|line| line.split(';')) {
        let Some((name, secret)) = pair.trim().split_once('=') else { continue };
        let secret = secret.trim_matches('"');
        let found = match name {
            HOST_SESSION => &mut own,
            SESSION => &mut plain,
            _ => continue,
        };
        if found.is_none() && !secret.is_empty() && secret.len() <= SECRET_BYTES {
            *found = Some(secret);
        }
    }
    own.or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        for (lines, secret) in [
            (&["a=b; evenkeel_session=abc; c=d"][..], Some("abc")),
            (&["a=b", "__Host-evenkeel_session=\"abc\""], Some("abc")),
            (&["evenkeel_session=planted; __Host-evenkeel_session=own"], Some("own")),
            (&["__Host-evenkeel_session=; evenkeel_session=abc"], Some("abc")),
            (&["evenkeel_session="], None),
            (&["not_evenkeel_session=abc"], None),
            (&[], None),
        ] {
            assert_eq!(session_in(lines.iter().copied()), secret, "{lines:?}");
        }
        let long = format!("evenkeel_session={}", "x".repeat(SECRET_BYTES + 1));
        assert_eq!(session_in([long.as_str()].into_iter()), None);
    }
}
