//! What a mail server writes on top of a message that it takes: from whom, by which way, when.

use super::session::Envelope;
use jiff::fmt::rfc2822;
use kernel::Timestamp;

/// Characters of a name that somebody gave themselves.
const NAME_CHARS: usize = 255;

/// By which way a message came.
pub(super) struct Way<'a> {
    /// How the sender's program called itself.
    pub(super) helo: &'a str,
    /// Its address, unless it is a program on this machine behind a socket.
    pub(super) peer: Option<std::net::IpAddr>,
    /// This instance.
    pub(super) host: &'a str,
    /// The word for the protocol, such as `ESMTPS`.
    pub(super) protocol: &'a str,
}

/// The lines, each with its end.
pub(super) fn lines(way: &Way<'_>, envelope: &Envelope, id: &str, at: Timestamp) -> String {
    let sender = safe(&envelope.sender);
    let peer = match way.peer {
        Some(ip) if ip.is_ipv6() => format!("[IPv6:{ip}]"),
        Some(ip) => format!("[{ip}]"),
        None => "[local]".to_owned(),
    };
    let to = match envelope.recipients.as_slice() {
        // Several are not told of each other.
        [one] => format!("\r\n\tfor <{}>", safe(&one.address)),
        _ => String::new(),
    };
    let (helo, host, protocol) = (safe(way.helo), way.host, way.protocol);
    // The format of the standard, of instants that it can write.
    let date = rfc2822::to_string(&at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC));
    let date = date.unwrap_or_default();
    format!(
        "Return-Path: <{sender}>\r\nReceived: from {helo} ({peer})\r\n\tby {host} (Evenkeel) with {protocol} id {id}{to}; {date}\r\n"
    )
}

/// Words of others on one line of a header.
fn safe(words: &str) -> String {
    let plain = |c: char| match c {
        '\0'..=' ' | '\u{7f}' | '(' | ')' | '<' | '>' | ';' => '_',
        other => other,
    };
    words.chars().take(NAME_CHARS).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::super::session::Recipient;
    use super::*;

    #[test]
    fn nobody_writes_lines_of_their_own() {
        let recipient = |address: &str| Recipient { address: address.to_owned(), mailbox: None };
        let mut envelope = Envelope {
            sender: "a>\r\nX: y@b".into(),
            recipients: vec![recipient("help@x.example")],
        };
        let way = Way {
            helo: "me\r\n\r\nbody (by evil",
            peer: Some([192, 0, 2, 1].into()),
            host: "desk.example",
            protocol: "ESMTP",
        };
        let at = Timestamp::from_micros(1_795_435_920_000_000);
        assert_eq!(
            lines(&way, &envelope, "7", at),
            "Return-Path: <a___X:_y@b>\r\nReceived: from me____body__by_evil ([192.0.2.1])\r\n\tby desk.example (Evenkeel) with ESMTP id 7\r\n\tfor <help@x.example>; Mon, 23 Nov 2026 12:12:00 +0000\r\n"
        );
        envelope.recipients.push(recipient("other@x.example"));
        assert!(!lines(&way, &envelope, "7", at).contains("other"));
    }
}
