//! Message ids and marks of the mails that this instance sends, by which replies find
//! their incident.

use super::Seals;
use kernel::{IncidentNumber, Timestamp};

/// Bytes of the seal in a message id.
const ID_BYTES: usize = 8;
/// Bytes of the seal in a mark, which people see.
const MARK_BYTES: usize = 5;

/// What a message id of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnMessage {
    /// The incident it is about.
    pub number: IncidentNumber,
    /// The delivery it was.
    pub delivery: i64,
    /// When that was asked for: deliveries of before a restore may have had its id, too.
    pub asked_at: Timestamp,
}

/// An incident named in a text, with a seal that is or is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The incident.
    pub number: IncidentNumber,
    /// Whether this instance made it.
    pub sealed: Seen,
}

/// What is known of something that claims to be ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// A seal of this instance.
    Ours,
    /// A number alone.
    Bare,
    /// A seal, but not of this instance.
    Forged,
}

impl Seals {
    /// The message id of a delivery, without angle brackets: the same at each attempt.
    pub fn message_id(&self, of: OwnMessage, domain: &str) -> String {
        let local = format!("{}.{}.{}", of.number.0, of.delivery, of.asked_at.micros());
        format!("ek.{local}.{}@{domain}", self.seal::<ID_BYTES>("message", local.as_bytes()))
    }

    /// What a message id says, whatever its domain: that may have changed since. `None` when
    /// it is not ours or was tampered with.
    pub fn own_message(&self, id: &str) -> Option<OwnMessage> {
        let id = id.trim().trim_start_matches('<').trim_end_matches('>');
        let (local, _) = id.split_once('@')?;
        let (data, seal) = local.strip_prefix("ek.")?.rsplit_once('.')?;
        if !self.fits::<ID_BYTES>("message", data.as_bytes(), seal) {
            return None;
        }
        let (number, rest) = data.split_once('.')?;
        let (delivery, asked_at) = rest.split_once('.')?;
        Some(OwnMessage {
            number: IncidentNumber(number.parse().ok()?),
            delivery: delivery.parse().ok()?,
            asked_at: Timestamp::from_micros(asked_at.parse().ok()?),
        })
    }

    /// The mark of an incident in a subject: `[INC-7 4f9c2a71b0]`.
    pub fn mark(&self, number: IncidentNumber) -> String {
        let seal = self.seal::<MARK_BYTES>("mark", number.to_string().as_bytes());
        format!("[{number} {seal}]")
    }

    /// The incidents that a text names, with or without a seal, in its order.
    pub fn marks(&self, text: &str) -> Vec<Mark> {
        let mut found: Vec<Mark> = Vec::new();
        let mut rest = text;
        while let Some(at) = find(rest) {
            let inside_a_word = rest[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            rest = &rest[at + PREFIX.len()..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let Ok(number) = rest[..digits].parse::<i64>() else { continue };
            if inside_a_word || number < 1 {
                continue;
            }
            rest = &rest[digits..];
            let number = IncidentNumber(number);
            let mark = Mark { number, sealed: self.sealed(number, rest) };
            if !found.contains(&mark) {
                found.push(mark);
            }
        }
        found
    }

    /// What follows a number.
    fn sealed(&self, number: IncidentNumber, rest: &str) -> Seen {
        let word: String = rest
            .strip_prefix(' ')
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .collect();
        if word.len() != 2 * MARK_BYTES {
            return Seen::Bare;
        }
        let word = word.to_lowercase();
        match self.fits::<MARK_BYTES>("mark", number.to_string().as_bytes(), &word) {
            true => Seen::Ours,
            false => Seen::Forged,
        }
    }
}

/// It ends with a dash, which texts have few of.
const PREFIX: &str = "INC-";

/// Where the next number begins, whatever the case of its prefix.
fn find(text: &str) -> Option<usize> {
    text.match_indices('-').find_map(|(dash, _)| {
        let at = (dash + 1).checked_sub(PREFIX.len())?;
        text.as_bytes()[at..=dash].eq_ignore_ascii_case(PREFIX.as_bytes()).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Seals {
        Seals::of([7; 32])
    }

    #[test]
    fn a_message_id_comes_back_and_nobody_else_can_make_it() {
        let asked_at = Timestamp::from_micros(1_795_435_920_000_000);
        let message = OwnMessage { number: IncidentNumber(7), delivery: 12, asked_at };
        let id = ours().message_id(message, "desk.example");
        for same in [id.clone(), format!("<{id}>"), id.replace("desk.example", "moved.example")] {
            assert_eq!(ours().own_message(&same), Some(message), "{same}");
        }
        assert_eq!(Seals::of([8; 32]).own_message(&id), None);
        for other in [
            id.replacen("7.12", "8.12", 1),
            id.replacen("7.12", "7.13", 1),
            "CAF=x@mail.example".to_owned(),
            String::new(),
            id.replacen("1795435920", "1795435921", 1),
            "ek.7.12.@desk.example".to_owned(),
            "ek.7.12.zz@desk.example".to_owned(),
            "ek.ü.€@x".to_owned(),
        ] {
            assert_eq!(ours().own_message(&other), None, "{other}");
        }
    }

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        let (seven, mark) = (IncidentNumber(7), ours().mark(IncidentNumber(7)));
        let sealed = |text: &str| {
            ours().marks(text).iter().map(|mark| (mark.number.0, mark.sealed)).collect::<Vec<_>>()
        };
        assert_eq!(sealed(&format!("Re: {mark} Printer")), [(7, Seen::Ours)]);
        assert_eq!(sealed(&format!("AW: {}", mark.to_uppercase())), [(7, Seen::Ours)]);
        assert_eq!(sealed("about inc-12 and INC-9."), [(12, Seen::Bare), (9, Seen::Bare)]);
        assert_eq!(sealed("[INC-7 0123456789]"), [(7, Seen::Forged)]);
        assert_eq!(sealed("[INC-7 0123]"), [(7, Seen::Bare)]);
        for none in ["PRINC-7", "INC-", "INC-0", "INC-99999999999999999999", "Zinc-7", "€INC-"] {
            assert_eq!(sealed(none), [], "{none}");
        }
        assert_ne!(mark, Seals::of([8; 32]).mark(seven));
    }
}
