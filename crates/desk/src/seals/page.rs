//! Links in pages, and the codes by which a text message answers one. Short, because a text
//! message has 160 characters: they name the page, whose row says all the rest.

use super::{Seals, hex, unhex};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::PageId;
use uuid::Uuid;

/// Bytes of the seal: the id before it is random, too.
const SEAL_BYTES: usize = 8;
/// What such a token begins with: no other of ours does.
const MARK: char = 'p';
/// Codes have four digits. They only tell pages to one number apart; that it is their number
/// shows who answers.
const CODES: u16 = 10_000;

impl Seals {
    /// The token of a page, for `/a/{token}`.
    pub fn page(&self, id: PageId) -> String {
        let seal = self.seal::<SEAL_BYTES>("page", id.0.as_bytes());
        let mut bytes = id.0.as_bytes().to_vec();
        bytes.extend(unhex(&seal).unwrap_or_default());
        format!("{MARK}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The page that a token names; `None` when this instance did not make it.
    pub fn read_page(&self, token: &str) -> Option<PageId> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(MARK)?).ok()?;
        let (id, seal) = bytes.split_first_chunk::<16>()?;
        self.fits::<SEAL_BYTES>("page", id, &hex(seal)).then(|| PageId(Uuid::from_bytes(*id)))
    }

    /// The part before the `@` of the message id of a page by mail: whoever answers that letter
    /// names its page by it. Another seal than the link's, because mail servers write ids down.
    pub fn page_message(&self, id: PageId) -> String {
        let seal = self.seal::<SEAL_BYTES>("page message", id.0.as_bytes());
        format!("page.{}.{seal}", id.0.simple())
    }

    /// The page that a message id names, whatever its domain; `None` when it is not ours.
    pub fn page_of_message(&self, id: &str) -> Option<PageId> {
        let id = id.trim().trim_start_matches('<').trim_end_matches('>');
        let (local, _) = id.split_once('@')?;
        let (page, seal) = local.strip_prefix("page.")?.split_once('.')?;
        let page = Uuid::parse_str(page).ok()?;
        self.fits::<SEAL_BYTES>("page message", page.as_bytes(), seal).then_some(PageId(page))
    }

    /// The digits by which a text message answers a page.
    pub fn page_code(&self, id: PageId) -> String {
        let seal = unhex(&self.seal::<2>("page code", id.0.as_bytes())).unwrap_or_default();
        let number = seal.iter().fold(0u16, |number, byte| number << 8 | u16::from(*byte));
        format!("{:04}", number % CODES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_short_and_names_its_page_only_here() {
        let (seals, id) = (Seals::of([7; 32]), PageId(Uuid::from_u128(42)));
        let token = seals.page(id);
        assert!(token.len() <= 33, "{token}");
        assert_eq!(seals.read_page(&token), Some(id));
        assert_eq!(Seals::of([8; 32]).read_page(&token), None);
        let other = seals.page(PageId(Uuid::from_u128(u128::MAX / 3)));
        let mixed = format!("{}{}", &token[..20], &other[20..]);
        for none in [&token[1..], &token[..token.len() - 1], &mixed, "", "p", "pü"] {
            assert_eq!(seals.read_page(none), None, "{none}");
        }
        let message = format!("<{}@desk.example>", seals.page_message(id));
        assert_eq!(seals.page_of_message(&message), Some(id));
        assert_eq!(Seals::of([8; 32]).page_of_message(&message), None);
        assert!(!message.contains(&token[8..]), "it is not the link");
        let code = seals.page_code(id);
        assert!(code.len() == 4 && code.chars().all(|c| c.is_ascii_digit()), "{code}");
    }
}
