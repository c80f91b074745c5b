//! What a browser shows: a title, some words, where a press on it leads.

use super::encrypt::WORDS_BYTES;
use kernel::words;
use serde_json::json;

/// Characters of a title; devices cut it at about 50.
const TITLE_CHARS: usize = 120;
/// Characters of the words; devices cut them at about 200.
const BODY_CHARS: usize = 400;
/// Bytes of a path; our own are shorter.
const PATH_BYTES: usize = 500;
/// Bytes of what takes the place of the one before it.
const TAG_BYTES: usize = 100;

words! {
    /// How hurried it is: whether a device that saves power is woken for it (RFC 8030).
    Urgency {
        /// It can wait until the device is looked at.
        Low = "low",
        /// As chat.
        Normal = "normal",
        /// It wakes the device.
        High = "high",
    }
}

/// What a browser shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The title.
    pub title: String,
    /// The words below it; may be empty.
    pub body: String,
    /// The path of the page of ours that a press on it opens.
    pub path: String,
    /// What it is about: a later one about the same takes its place.
    pub about: String,
    /// How hurried it is. What is `High` stays on the screen until somebody touches it.
    pub urgency: Urgency,
    /// Seconds for which it is worth showing.
    pub for_seconds: i64,
}

impl Note {
    /// As our worker in the browser reads it, no longer than one message.
    pub(super) fn json(&self) -> Vec<u8> {
        let path = if self.path.len() > PATH_BYTES { "/" } else { &self.path };
        let mut body = cut(&self.body, BODY_CHARS);
        loop {
            let json = json!({
                "title": cut(&self.title, TITLE_CHARS),
                "body": body,
                "path": path,
                "about": &self.about[..self.about.floor_char_boundary(TAG_BYTES)],
                "urgent": self.urgency == Urgency::High,
            });
            let bytes = json.to_string().into_bytes();
            // Signs that JSON writes in six bytes can make it longer than a message.
            if bytes.len() <= WORDS_BYTES || body.is_empty() {
                return bytes;
            }
            body = cut(&body, body.chars().count() / 2);
        }
    }
}

/// So many characters at most, with a sign where some are left out.
fn cut(words: &str, chars: usize) -> String {
    match words.char_indices().nth(chars) {
        None => words.to_owned(),
        Some(_) => words.chars().take(chars.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_words_are_cut() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
    }

    proptest! {
        #[test]
        fn whatever_people_write_fits_into_one_message(
            title in "(?s).{0,300}", body in "(?s).{0,2000}", about in ".{0,200}"
        ) {
            let (path, urgency) = ("/incidents/INC-7".to_owned(), Urgency::High);
            let note = Note { title, body, path, about, urgency, for_seconds: 60 };
            let bytes = note.json();
            prop_assert!(bytes.len() <= WORDS_BYTES);
            let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&json["path"], "/incidents/INC-7");
            prop_assert_eq!(&json["urgent"], true);
        }

        #[test]
        fn signs_that_take_much_room_are_left_out(count in 0usize..2_000) {
            let body = "\u{1}".repeat(count);
            let note = Note {
                title: body.clone(), body, path: "/".to_owned(), about: String::new(),
                urgency: Urgency::Low, for_seconds: 60,
            };
            prop_assert!(note.json().len() <= WORDS_BYTES);
        }
    }
}
