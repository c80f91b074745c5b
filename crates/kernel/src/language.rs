//! The languages that people read.

use crate::words;

words! {
    /// A language of the letters, of the portal and of whatever else a requester meets, by its
    /// code (ISO 639-1).
    #[derive(Default)]
    Language {
        /// English.
        #[default]
        En = "en",
        /// German.
        De = "de",
        /// French.
        Fr = "fr",
        /// Spanish.
        Es = "es",
        /// Portuguese.
        Pt = "pt",
        /// Polish.
        Pl = "pl",
    }
}

impl Language {
    /// Its name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::De => "Deutsch",
            Language::Fr => "Français",
            Language::Es => "Español",
            Language::Pt => "Português",
            Language::Pl => "Polski",
        }
    }

    /// The language of a tag such as `pt-BR` (RFC 5646), if we have it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Language::ALL
            .iter()
            .copied()
            .find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }

    /// The language that an `Accept-Language` header (RFC 9110) wants most among ours.
    pub fn accepted(header: &str) -> Option<Self> {
        Language::accepted_among(header, Language::ALL)
    }

    /// The language that an `Accept-Language` header (RFC 9110) wants most among these.
    pub fn accepted_among(header: &str, among: &[Language]) -> Option<Self> {
        let wanted = header.split(',').take(ACCEPTED).filter_map(|part| {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok());
            let weight: f32 = weight.filter(|weight| *weight > 0.0)?;
            Some((Language::of_tag(tag).filter(|found| among.contains(found))?, weight))
        });
        let mut best: Option<(Language, f32)> = None;
        for (language, weight) in wanted {
            if best.is_none_or(|(_, before)| weight > before) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// Entries of an `Accept-Language` header that are looked at.
const ACCEPTED: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_wanted_most_is_taken() {
        for (header, language) in [
            ("de", Some(Language::De)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::De)),
            ("nl, en;q=0.5, PL;q=0.7", Some(Language::Pl)),
            ("pt-BR;q=1.0", Some(Language::Pt)),
            ("fr;q=0, es;q=0.1", Some(Language::Es)),
            ("*", None),
            ("nl", None),
            ("", None),
            (";;;,,q=,de;q=x", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
        let among = [Language::De, Language::En];
        assert_eq!(Language::accepted_among("fr, en;q=0.5", &among), Some(Language::En));
        assert_eq!(Language::accepted_among("fr", &among), None);
    }
}
