//! Several entries in one letter: each as its own letter would tell it, in their order.

use crate::letter::{Letter, Piece};
use kernel::InOrder;

/// An entry of a letter with several.
pub(crate) struct Told {
    /// The letter that it would be by itself.
    pub(crate) letter: Letter,
    /// When it happened, in words.
    pub(crate) at: String,
    /// Its incident, by number and title.
    pub(crate) about: String,
    /// Whether it goes on where the one before ends, as if both were one.
    pub(crate) joins: bool,
}

/// Why entries are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Together {
    /// They are about one incident.
    Incident,
    /// Their reader wants news on what they follow in one letter.
    Digest,
    /// So many letters left to their reader lately.
    Crowd,
}

/// The letter that tells all of them. Of `told` there is at least one.
pub(crate) fn letter(mut told: Vec<Told>, together: Together) -> Option<Letter> {
    let count = told.len();
    if count < 2 && together == Together::Incident {
        return told.pop().map(|told| told.letter);
    }
    if count == 2 && together == Together::Incident && told.last().is_some_and(|told| told.joins) {
        return joined(told);
    }
    let first = told.first()?;
    let language = first.letter.language;
    let (say, counted) = (locale::letters(language), count as i64);
    let (subject, opening) = match together {
        Together::Incident => (first.letter.subject.clone(), say.things_happened(counted)),
        Together::Digest => (say.digest_subject(counted), say.digest_opening().to_owned()),
        Together::Crowd => (say.crowd_subject(counted), say.crowd_opening().to_owned()),
    };
    let several = together != Together::Incident;
    if several {
        by_incident(&mut told);
    }
    let mut pieces = vec![Piece::Text(opening)];
    let (mut about, mut whys) = (String::new(), Vec::<String>::new());
    let mut rest = told.into_iter().enumerate().peekable();
    while let Some((at, entry)) = rest.next() {
        if several && entry.about != about {
            pieces.push(Piece::Text(entry.about.clone()));
        }
        about.clone_from(&entry.about);
        pieces.push(Piece::Text(format!("{}. {}", at + 1, entry.at)));
        // What the next one of the incident says again is said once, after the last.
        let next = rest.peek().map(|(_, next)| next).filter(|next| next.about == about);
        let repeated = |piece: &Piece| {
            matches!(piece, Piece::Facts(_) | Piece::Links(_))
                && next.is_some_and(|next| next.letter.pieces.contains(piece))
        };
        pieces.extend(entry.letter.pieces.into_iter().filter(|piece| !repeated(piece)));
        if !whys.contains(&entry.letter.why) {
            whys.push(entry.letter.why);
        }
    }
    let why = match together {
        Together::Incident => whys.join(" "),
        Together::Digest => say.digest_why().to_owned(),
        Together::Crowd => say.crowd_why().to_owned(),
    };
    Some(Letter { language, subject, pieces, why })
}

/// Two entries as one letter: what both say stands once, at the end.
fn joined(told: Vec<Told>) -> Option<Letter> {
    let mut letters = told.into_iter().map(|told| told.letter);
    let (mut first, second) = (letters.next()?, letters.next()?);
    first.pieces.retain(|piece| !second.pieces.contains(piece));
    first.pieces.extend(second.pieces);
    first.why = format!("{} {}", first.why, second.why);
    Some(first)
}

/// What is about one incident stands together, where the first of it stood.
fn by_incident(told: &mut [Told]) {
    let mut places: Vec<String> = vec![];
    for entry in told.iter() {
        if !places.contains(&entry.about) {
            places.push(entry.about.clone());
        }
    }
    told.order_by_key(|entry| places.iter().position(|about| *about == entry.about));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(words: &str, about: &str) -> Told {
        let pieces = vec![
            Piece::Text("Mara wrote:".to_owned()),
            Piece::Quote(words.to_owned()),
            Piece::Links(vec![("Open the incident", format!("https://desk.example/{about}"))]),
        ];
        let letter = Letter {
            language: Default::default(),
            subject: format!("[{about}] VPN"),
            pieces,
            why: "You reported it.".to_owned(),
        };
        let at = "Mon 23 Nov 2026, 13:12 CET".to_owned();
        Told { letter, at, about: about.to_owned(), joins: false }
    }

    #[test]
    fn one_entry_is_a_letter_as_ever() {
        let alone = letter(vec![told("a", "INC-1")], Together::Incident).unwrap();
        assert_eq!(alone, told("a", "INC-1").letter);
        assert_eq!(letter(vec![], Together::Digest), None);
    }

    #[test]
    fn what_joins_is_told_as_if_it_were_one() {
        let second = Told { joins: true, ..told("b", "INC-1") };
        let one = letter(vec![told("a", "INC-1"), second], Together::Incident).unwrap().text();
        assert!(!one.contains("happened") && !one.contains("1. "), "{one}");
        assert_eq!((one.matches("Mara wrote:").count(), one.matches("Open the").count()), (1, 1));
        assert!(one.find("> a").unwrap() < one.find("> b").unwrap(), "{one}");
    }

    proptest! {
        /// Everything is told, once and in the order of its incident, with one way to each.
        #[test]
        fn nothing_is_lost(numbers in prop::collection::vec(0u8..3, 1..30), digest: bool) {
            let together = if digest { Together::Digest } else { Together::Incident };
            let about = |number: &u8| format!("INC-{}", if digest { *number } else { 0 });
            let all: Vec<Told> = numbers
                .iter()
                .enumerate()
                .map(|(at, number)| told(&format!("words {at}."), &about(number)))
                .collect();
            let text = letter(all, together).unwrap().text();
            let mut places: std::collections::BTreeMap<String, Vec<usize>> = Default::default();
            for (at, number) in numbers.iter().enumerate() {
                let words = format!("> words {at}.");
                prop_assert_eq!(text.matches(&words).count(), 1);
                places.entry(about(number)).or_default().push(text.find(&words).unwrap());
            }
            prop_assert!(places.values().all(|places| places.is_sorted()), "{}", text);
            prop_assert_eq!(text.matches("Open the incident").count(), places.len());
        }
    }
}
