//! Places elsewhere, such as the graph that an alert came from, and telephones.

use crate::part::icon::icon;
use maud::{Markup, html};

/// A button that leads to a web address in a new tab and says whose it is; what is no web address
/// is text, nobody follows it by a press.
pub(crate) fn button(href: &str, text: &str) -> Markup {
    let href = href.trim();
    html! {
        @match host(href) {
            Some(host) => {
                a.btn.btn-sm href=(href) rel="noopener noreferrer" target="_blank" {
                    (icon("ext")) (text) " " span.muted { (host) } span.vh { " (opens in a new tab)" }
                }
            },
            None => { (text) ": " (href) },
        }
    }
}

/// The host of a web address: what stands between `//` and the path, without a name and a
/// password, which could pretend to be another host.
pub(crate) fn host(href: &str) -> Option<&str> {
    let starts = |scheme: &str| {
        let (start, rest) = href.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let rest = starts("https://").or_else(|| starts("http://"))?;
    // Browsers read a backslash as a slash.
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let plain = !href.contains(|c: char| c.is_whitespace() || c.is_control());
    (!host.is_empty() && plain).then_some(host)
}

/// What a telephone dials: digits and a leading plus.
pub(crate) fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dialled_is_digits_however_they_are_written() {
        assert_eq!(dialled("+47 (22) 00-11 22"), "+4722001122");
    }

    #[test]
    fn the_host_is_that_which_a_browser_goes_to() {
        assert_eq!(host("https://grafana.example/d/1?x=2"), Some("grafana.example"));
        assert_eq!(host("HTTP://prometheus:9090"), Some("prometheus:9090"));
        assert_eq!(host("https://bank.example@evil.example/"), Some("evil.example"));
        assert_eq!(host("https://evil.example\\@bank.example/"), Some("evil.example"));
        for bad in ["javascript:alert(1)", "https://", "//x", "ftp://x/", "https://a b/", "ä"] {
            assert_eq!(host(bad), None, "{bad}");
        }
    }
}
