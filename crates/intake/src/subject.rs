//! What a subject says once the prefixes of replies and forwards are taken off.

/// Prefixes of replies, in lower case, in the languages of the mail programs that put them.
const REPLY: [&str; 17] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "res",
    "rif",
    "odp",
    "ynt",
    "vl",
    "bls",
    "atb",
    "ref",
    "ответ",
    "回复",
    "答复",
];
/// Prefixes of forwards (source: mail.md).
const FORWARD: [&str; 24] = [
    "fw",
    "fwd",
    "wg",
    "tr",
    "rv",
    "i",
    "enc",
    "vs",
    "vb",
    "doorst",
    "továbbítás",
    "továbbítva",
    "přep",
    "pd",
    "vl",
    "fs",
    "ilt",
    "yml",
    "r",
    "doorgestuurd",
    "пересл",
    "转发",
    "轉寄",
    "trs",
];
/// Words of a title that is made from a text.
const TITLE_CHARS: usize = 80;

/// Whether a subject begins with a prefix of forwarding.
pub(crate) fn is_forward(subject: &str) -> bool {
    // "VS:" is a reply in Finland and a forward in Denmark; "R:" is a reply in Italy. What is both
    // counts as a forward here, where that means to look more closely.
    prefix(subject).is_some_and(|(prefix, _)| FORWARD.contains(&prefix.as_str()))
}

/// A subject without prefixes of replies and forwards, however many.
pub(crate) fn stem(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((word, after)) = prefix(rest) {
        if !REPLY.contains(&word.as_str()) && !FORWARD.contains(&word.as_str()) {
            break;
        }
        rest = after;
    }
    rest
}

/// The word before the first colon, if it can be a prefix, in lower case, and what follows.
fn prefix(subject: &str) -> Option<(String, &str)> {
    let subject = subject.trim_start();
    let (word, rest) = subject.split_once([':', '：'])?;
    // Some programs count: "Re[2]:", "AW (3):".
    let word = word.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^ ".contains(c));
    let fits =
        !word.is_empty() && word.chars().count() <= 12 && !word.contains(char::is_whitespace);
    fits.then(|| (word.to_lowercase(), rest.trim_start()))
}

/// A title from a subject, or from the first words where there is none.
pub(crate) fn title(subject: &str, text: &str, max_chars: usize) -> Option<String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let subject = one_line(&desk::plain(subject));
    let title = match subject.is_empty() {
        false => subject,
        true => {
            let first = text.lines().map(|line| one_line(&desk::plain(line)));
            let first = first.into_iter().find(|line| !line.is_empty())?;
            shortened(&first, TITLE_CHARS)
        }
    };
    Some(shortened(&title, max_chars))
}

/// So many characters of a text; an ellipsis stands for what was cut.
pub(crate) fn shortened(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_are_taken_off() {
        for (subject, is) in [
            ("Re: AW: Fwd: VPN drops", "VPN drops"),
            ("RE[2]: VPN: still down", "VPN: still down"),
            ("SV : Drucker", "Drucker"),
            ("Továbbítás: nyomtató", "nyomtató"),
            ("回复：打印机", "打印机"),
            ("Server: down", "Server: down"),
            ("http://intranet is down", "http://intranet is down"),
            ("Re:", ""),
            ("", ""),
        ] {
            assert_eq!(stem(subject), is, "{subject}");
        }
    }

    #[test]
    fn forwards_are_seen() {
        for subject in
            ["Fwd: x", "WG: x", "TR : x", "Přep: x", "I: x", "ENC: x", "Doorst: x", "vs: x"]
        {
            assert!(is_forward(subject), "{subject}");
        }
        for subject in ["Re: x", "AW: x", "x", "Server: x", "Re: Fwd: x"] {
            assert!(!is_forward(subject), "{subject}");
        }
    }

    #[test]
    fn a_title_is_found() {
        assert_eq!(title(" a\tb ", "", 250).unwrap(), "a b");
        assert_eq!(title("", "\n \nHello,\nmore", 250).unwrap(), "Hello,");
        assert_eq!(title("", " \n", 250), None);
        assert_eq!(title("abcdef", "", 4).unwrap(), "abc…");
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_ends(subject in "(?s).{0,80}", text in "(?s).{0,80}") {
            let stem = stem(&subject);
            prop_assert!(subject.contains(stem));
            let _ = is_forward(&subject);
            if let Some(title) = title(&subject, &text, 20) {
                prop_assert!((1..=20).contains(&title.chars().count()));
                prop_assert!(!title.contains('\n'));
            }
        }
    }
}
