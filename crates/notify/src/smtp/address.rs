//! Where a mail server is, and how it is spoken to, in one line.

use lettre::transport::smtp::authentication::Credentials;
use std::net::IpAddr;

/// The address of a mail server.
pub(super) struct Address {
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
    pub(super) host: String,
    pub(super) port: u16,
}

/// From when on others on the way cannot read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Never.
    None,
    /// After the first words, or nothing is said.
    StartTls,
    /// From the beginning.
    Tls,
}

impl Address {
    /// `None` when it is no address.
    pub(super) fn of(url: &str) -> Option<Address> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (encryption, usual_port) = match scheme {
            "smtp" => (Encryption::None, 25),
            "smtp+starttls" => (Encryption::StartTls, 587),
            "smtps" => (Encryption::Tls, 465),
            _ => return None,
        };
        let (user, server) = match rest.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, rest),
        };
        // Whoever writes these into a password means something else by them.
        if rest.contains(['/', '?', '#', ' ']) {
            return None;
        }
        let credentials = match user.map(|user| user.split_once(':')) {
            None => None,
            // A name without a password would not be used.
            Some(None) => return None,
            Some(Some((name, password))) => {
                Some(Credentials::new(decoded(name)?, decoded(password)?))
            }
        };
        let (host, port) = match server.strip_prefix('[') {
            Some(ip) => {
                let (ip, port) = ip.split_once(']')?;
                (ip.parse::<IpAddr>().ok()?.to_string(), port.strip_prefix(':'))
            }
            None => match server.split_once(':') {
                Some((host, port)) => (host.to_owned(), Some(port)),
                None => (server.to_owned(), None),
            },
        };
        if host.is_empty() {
            return None;
        }
        let port = port.map_or(Some(usual_port), |port| port.parse().ok())?;
        Some(Address { encryption, credentials, host, port })
    }

    /// Whether a password would be sent to another machine for everybody on the way to read.
    pub(super) fn tells_password(&self) -> bool {
        let ip = self.host.parse::<IpAddr>();
        let is_here = self.host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        self.encryption == Encryption::None && self.credentials.is_some() && !is_here
    }
}

/// A name or password with `%40` for signs that would end it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let hex = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn servers_are_named_by_addresses() {
        use Encryption::{None, StartTls, Tls};
        for (url, encryption, host, port) in [
            ("smtp://mail.example:2525", None, "mail.example", 2525),
            ("smtp://mail.example/", None, "mail.example", 25),
            ("smtp+starttls://me:p%40ss@mail.example", StartTls, "mail.example", 587),
            ("smtps://me:pass@mail.example", Tls, "mail.example", 465),
            ("smtps://me:p@ss@mail.example:10465", Tls, "mail.example", 10_465),
            ("smtp://[2001:db8::1]:26", None, "2001:db8::1", 26),
            ("smtp://[::1]", None, "::1", 25),
        ] {
            let read = Address::of(url).unwrap();
            assert_eq!((read.encryption, &*read.host, read.port), (encryption, host, port));
            let credentials = read.credentials.map(|found| format!("{found:?}"));
            assert_eq!(credentials.is_some(), url.contains('@'), "{url}");
        }
        for url in [
            "smtps://me@mail.example",
            "smtps://me:pa/ss@mail.example",
            "smtps://me:50%@mail.example",
            "smtps://me:%ff@mail.example",
            "smtp://mail.example?tls=none",
            "smtp://mail.example:25:25",
            "smtp://mail.example:x",
            "smtp://mail.example:",
            "smtp://mail .example",
            "http://mail.example",
            "smtp://",
            "smtp://:25",
            "smtp://[]:25",
            "smtp://[::1:25",
            "mail.example",
        ] {
            assert!(Address::of(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_password_is_told_where_nothing_encrypts_it_on_its_way() {
        for (url, told) in [
            ("smtp://me:pass@mail.example:25", true),
            ("smtp://me:pass@127.0.0.1.mail.example", true),
            ("smtp://me:pass@localhost.example", true),
            ("smtp://me:pass@[2001:db8::1]", true),
            ("smtp://mail.example:25", false),
            ("smtp://me:pass@127.0.0.2:25", false),
            ("smtp://me:p%40@localhost", false),
            ("smtp://me:pass@[::1]:25", false),
            ("smtp+starttls://me:pass@mail.example", false),
            ("smtps://me:pass@mail.example", false),
        ] {
            assert_eq!(Address::of(url).unwrap().tells_password(), told, "{url}");
        }
    }

    proptest! {
        #[test]
        fn every_password_can_be_written(password in "(?s).{0,20}", junk in "(?s).{0,40}") {
            let written: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(decoded(&written), Some(password));
            // Whatever is said instead, it is read or refused.
            let _ = Address::of(&junk);
            let _ = Address::of(&("smtp://".to_owned() + &junk));
        }
    }
}
