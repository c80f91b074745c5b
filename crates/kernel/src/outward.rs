//! Addresses of programs elsewhere that this one sends to, and which machines it may reach:
//! whoever writes an address must not reach by it what only this machine can reach.

use crate::{Invalid, Network, limits};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Ports of services that speak something else than HTTP and that a request could confuse.
const PORTS_REFUSED: [u16; 24] = [
    7, 9, 13, 19, 21, 22, 23, 25, 53, 69, 110, 119, 143, 389, 465, 514, 587, 636, 993, 995, 3_306,
    5_432, 6_379, 11_211,
];

/// An address such as `https://hooks.company.example/in?key=1`, taken apart.
///
/// ```
/// let to: kernel::Outward = "https://Hooks.example/in?key=1".parse().unwrap();
/// assert_eq!((to.host.as_str(), to.port, to.path.as_str()), ("hooks.example", 443, "/in?key=1"));
/// assert!("https://user:secret@hooks.example/".parse::<kernel::Outward>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outward {
    /// Whether the connection is encrypted.
    pub encrypted: bool,
    /// Name or address of the machine, in lower case; an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query, from the first slash on.
    pub path: String,
}

impl Outward {
    /// Host and port as the `Host` header names them.
    pub fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        let usual = if self.encrypted { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }

    /// The address without what may be secret in it.
    pub fn origin(&self) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// Whether it may be connected to at this address, where these networks are allowed
    /// besides the internet by the setting of this name. Unencrypted only within these networks.
    ///
    /// # Errors
    ///
    /// In words, what stands against it.
    pub fn may_reach(
        &self,
        address: IpAddr,
        allowed: &[Network],
        setting: &str,
    ) -> Result<(), Invalid> {
        if allowed.iter().any(|network| network.contains(address)) {
            return Ok(());
        }
        if !is_internet(address) {
            return Err(Invalid::new(format!(
                "leads to {address}, which is no address of the internet; allow its network with {setting}"
            )));
        }
        if !self.encrypted {
            return Err(Invalid::new(format!(
                "must begin with https://; http:// is for networks named by {setting}"
            )));
        }
        Ok(())
    }
}

impl FromStr for Outward {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() > limits::WEBHOOK_URL_BYTES {
            let most = limits::WEBHOOK_URL_BYTES;
            return Err(Invalid::new(format!("is longer than {most} bytes")));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid::new("may have only visible ASCII characters; encode the others"));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let encrypted = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(Invalid::new("must begin with https://")),
        };
        if rest.contains(['#', '\\', '<', '>', '"']) {
            return Err(Invalid::new("has a character that no address has"));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(Invalid::new("must not hold a name and password"));
        }
        let (host, port) = taken_apart(authority)?;
        let port = match port {
            Some(digits) => digits.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?,
            None if encrypted => 443,
            None => 80,
        };
        if PORTS_REFUSED.contains(&port) {
            return Err(Invalid::new(format!("port {port} is not allowed here")));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Outward { encrypted, host, port, path: format!("{slash}{path}") })
    }
}

impl fmt::Display for Outward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

fn wrong() -> Invalid {
    Invalid::new("is not an address such as https://hooks.company.example/in")
}

fn taken_apart(authority: &str) -> Result<(String, Option<&str>), Invalid> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or_else(wrong)?;
        let host: Ipv6Addr = host.parse().map_err(|_| wrong())?;
        let port = match after {
            "" => None,
            after => Some(after.strip_prefix(':').ok_or_else(wrong)?),
        };
        return Ok((host.to_string(), port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if host.is_empty() || host.len() > 253 || !host.bytes().all(plain) {
        return Err(wrong());
    }
    Ok((host.to_ascii_lowercase(), port))
}

/// Whether an address belongs to a machine in the internet: not to this machine, its
/// neighbours, a private network, or something with a special meaning.
pub fn is_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internet_v4(address),
        IpAddr::V6(address) => is_internet_v6(address),
    }
}

/// Networks of IPv4 that are no place in the internet (IANA's registry of special
/// addresses), with the bits that count.
const SPECIAL_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // carriers' own
    ([127, 0, 0, 0], 8),      // this machine
    ([169, 254, 0, 0], 16),   // link-local, where clouds tell secrets
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocols
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([168, 63, 129, 16], 32), // a cloud's own metadata
    ([224, 0, 0, 0], 3),      // multicast, reserved, broadcast
];

fn is_internet_v4(address: Ipv4Addr) -> bool {
    let within = |(first, bits): &([u8; 4], u32)| {
        (u32::from_be_bytes(*first) ^ address.to_bits()).leading_zeros() >= *bits
    };
    !SPECIAL_V4.iter().any(within)
}

fn is_internet_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = carried(address) {
        return is_internet_v4(inner);
    }
    let segments = address.segments();
    // What is given out to the internet is 2000::/3; a few parts of it are not.
    let given_out = segments[0] & 0xe000 == 0x2000;
    let documentation = (segments[0] == 0x2001 && segments[1] == 0x0db8)
        || (segments[0] == 0x3fff && segments[1] & 0xf000 == 0);
    let protocols = segments[0] == 0x2001 && segments[1] & 0xfe00 == 0;
    given_out && !documentation && !protocols
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated, 6to4.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(of(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_place_in_the_internet_is_known() {
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "168.63.129.16",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "fd00:ec2::254",
            "::ffff:0:127.0.0.1",
            "4000::1",
            "64:ff9b:1::1",
        ] {
            assert!(!is_internet(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "8.8.8.8",
            "1.1.1.1",
            "172.32.0.1",
            "172.15.0.1",
            "100.128.0.1",
            "9.9.9.9",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_internet(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn addresses_are_taken_apart_or_refused() {
        for (text, host, port, path) in [
            ("https://hooks.example", "hooks.example", 443, "/"),
            ("HTTPS://Hooks.Example:8443/a?b=c", "hooks.example", 8443, "/a?b=c"),
            ("http://127.0.0.1:9000/in", "127.0.0.1", 9000, "/in"),
            ("https://[2001:DB8::1]:444?x", "2001:db8::1", 444, "/?x"),
            ("http://a_b.local", "a_b.local", 80, "/"),
        ] {
            let to: Outward = text.parse().unwrap();
            assert_eq!((to.host.as_str(), to.port, to.path.as_str()), (host, port, path), "{text}");
            assert_eq!(to.to_string().parse::<Outward>().unwrap(), to);
        }
        for bad in [
            "",
            "hooks.example",
            "ftp://hooks.example",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user@hooks.example",
            "https://user:pw@hooks.example/",
            "https://hooks.example:25/",
            "https://hooks.example:0/",
            "https://hooks.example:99999/",
            "https://hooks.example:/",
            "https://hooks example/",
            "https://hooks.example/ü",
            "https://[::1/",
            "https://[zz]/",
            "https://[::1]x/",
            "https://hooks.example/#part",
            "https://a\\@b/",
            "https://a/\r\nHost: b",
            "https://h\u{0}st/",
            "gopher://x:70/",
        ] {
            assert!(bad.parse::<Outward>().is_err(), "{bad}");
        }
        assert!(format!("https://a/{}", "x".repeat(5_000)).parse::<Outward>().is_err());
    }

    #[test]
    fn networks_that_are_allowed_may_be_reached_and_nothing_else_inside() {
        let allowed: Vec<Network> = vec!["127.0.0.0/8".parse().unwrap()];
        let plain: Outward = "http://hooks.example/".parse().unwrap();
        let encrypted: Outward = "https://hooks.example/".parse().unwrap();
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(plain.may_reach(at("127.0.0.1"), &allowed, "webhook_allow").is_ok());
        assert!(plain.may_reach(at("127.0.0.1"), &[], "webhook_allow").is_err());
        assert!(encrypted.may_reach(at("10.0.0.1"), &allowed, "webhook_allow").is_err());
        assert!(encrypted.may_reach(at("8.8.8.8"), &[], "webhook_allow").is_ok());
        assert!(plain.may_reach(at("8.8.8.8"), &allowed, "webhook_allow").is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_reading_an_address_panic(text in "\\PC{0,60}") {
            let _ = text.parse::<Outward>();
        }

        #[test]
        fn what_is_read_has_one_line_and_no_sign_in(text in "https?://[a-z0-9.:@/?#\\[\\]\\\\ %-]{0,40}") {
            if let Ok(to) = text.parse::<Outward>() {
                let written = to.to_string();
                prop_assert!(!to.authority().contains('@') && !written.contains(['\r', '\n', ' ']));
                prop_assert_eq!(written.parse::<Outward>().unwrap(), to);
            }
        }

        #[test]
        fn an_address_in_other_clothes_is_judged_as_itself(bits in any::<u32>()) {
            let inner = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = inner.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            for clothes in [
                inner.to_ipv6_mapped(),
                inner.to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert_eq!(is_internet(clothes.into()), is_internet(inner.into()));
            }
        }

        #[test]
        fn the_guard_agrees_with_what_the_language_knows(bits in any::<u128>(), short in any::<u32>()) {
            let six = Ipv6Addr::from_bits(bits);
            if six.is_loopback() || six.is_multicast() || six.is_unspecified()
                || six.is_unique_local() || six.is_unicast_link_local() {
                prop_assert!(!is_internet(six.into()));
            }
            let four = Ipv4Addr::from_bits(short);
            if four.is_private() || four.is_loopback() || four.is_link_local() || four.is_multicast()
                || four.is_broadcast() || four.is_unspecified() || four.is_documentation() {
                prop_assert!(!is_internet(four.into()));
            }
        }
    }
}
