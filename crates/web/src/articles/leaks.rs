//! What looks as if it were not for everybody: names of machines, addresses inside a network,
//! e-mail addresses. A guess that warns; a person decides.

use std::collections::BTreeSet;
use std::net::IpAddr;

/// Findings that are told: whoever sees so many looks through all of it.
const TOLD: usize = 12;
/// Endings of names that are known inside a network alone.
const INSIDE: [&str; 8] =
    ["local", "lan", "internal", "intranet", "intra", "corp", "home", "localdomain"];
/// How names of machines begin, before a number.
const MACHINES: [&str; 10] =
    ["srv", "server", "host", "vm", "db", "dc", "fs", "app", "web", "node"];

/// The words that look internal, each once, in the order of the alphabet.
pub(super) fn found(text: &str) -> Vec<String> {
    let edge = |c: char| !(c.is_alphanumeric() || c == '\\' || c == '/');
    let words = text.split(|c: char| c.is_whitespace() || ",;()[]{}<>\"'“”„«»".contains(c));
    let words = words.map(|word| word.trim_matches(edge)).filter(|word| looks_internal(word));
    let found: BTreeSet<String> = words.map(str::to_owned).collect();
    found.into_iter().take(TOLD).collect()
}

fn looks_internal(word: &str) -> bool {
    if word.starts_with("\\\\") {
        return word.len() > 3;
    }
    if let Some((name, host)) = word.split_once('@') {
        return !name.is_empty() && host.contains('.');
    }
    let after_scheme = word.split_once("://").map_or(word, |(_, rest)| rest);
    let host = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    // A colon alone comes before a port; several are of an address.
    let host = match host.split_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    is_inside_address(host) || is_inside_name(&host.to_lowercase())
}

fn is_inside_address(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => matches!(address.segments()[0], 0xfc00..=0xfdff),
        Err(_) => false,
    }
}

fn is_inside_name(host: &str) -> bool {
    let mut labels = host.split('.');
    let first = labels.next().unwrap_or_default();
    if let Some(last) = labels.next_back() {
        return !first.is_empty() && INSIDE.contains(&last);
    }
    // "srv-print-07", "db01": what begins as machines are called and ends with a number.
    let ends = first.chars().next_back().is_some_and(|c| c.is_ascii_digit());
    let plain = first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let mut begins = MACHINES.iter().filter_map(|name| first.strip_prefix(name));
    ends && plain && begins.any(|rest| rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_inside_are_seen() {
        for word in [
            "print.northwind.local",
            "10.20.0.7",
            "192.168.1.1",
            "https://wiki.corp/page?x=1",
            "http://10.0.0.1:8080/admin",
            "\\\\files\\share",
            "mara@northwind.example",
            "srv-print-07",
            "db01",
            "fd00::1",
        ] {
            assert_eq!(found(&format!("Look at ({word}).")).len(), 1, "{word}");
        }
    }

    #[test]
    fn what_everybody_may_read_is_left_alone() {
        let text = "Open https://help.example.org/vpn, then choose 802.11r or version 8.8.8.8. \
                    Apps, webs and hosts are fine; so is web 2, 3.14 and @home. It takes 10 min.";
        assert_eq!(found(text), Vec::<String>::new());
    }

    #[test]
    fn each_is_told_once_and_not_all_of_a_thousand() {
        assert_eq!(found("db01 and db01"), ["db01"]);
        let many: String = (0..1_000).map(|n| format!("db{n} ")).collect();
        assert_eq!(found(&many).len(), TOLD);
    }
}
