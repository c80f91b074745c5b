//! Which page a message answers.

use super::{ANSWERS_MAX, ends_of};
use crate::Letter;
use desk::seals::Seals;
use kernel::PageId;

/// What the address of a page looks like, before its token.
const LINK: &str = "/a/";

/// The page that a message answers: by the id of the letter, else by the link that it quotes, where
/// a mail server gave the letter another id.
pub(super) fn page(letter: &Letter, seals: &Seals) -> Option<PageId> {
    let mut answers = letter.answers.iter().take(ANSWERS_MAX);
    answers.find_map(|id| seals.page_of_message(id)).or_else(|| {
        let (first, last) = ends_of(&letter.text);
        let links = first.split(LINK).skip(1).chain(last.split(LINK).skip(1));
        links.map(token).find_map(|token| seals.read_page(token))
    })
}

/// What stands there until something comes that no token has.
fn token(text: &str) -> &str {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    &text[..text.find(ends).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_the_letter_or_by_its_link() {
        let (seals, id) = (Seals::of([7; 32]), PageId(desk::fresh()));
        let by_id = Letter {
            answers: vec!["x@y".to_owned(), format!("{}@z", seals.page_message(id))],
            ..Letter::default()
        };
        assert_eq!(page(&by_id, &seals), Some(id));
        assert_eq!(page(&by_id, &Seals::of([8; 32])), None);
        let text =
            format!("ack\n> see https://x.example/a/b, https://x.example/a/{}.", seals.page(id));
        let by_link = Letter { text, ..Letter::default() };
        assert_eq!(page(&by_link, &seals), Some(id));
        assert_eq!(page(&by_link, &Seals::of([8; 32])), None);
    }
}
