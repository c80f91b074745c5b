//! Keys of integrations: what a program that brings something in knows itself by.

use crate::Invalid;
use std::fmt;
use std::str::FromStr;

/// Hex digits of a key.
const DIGITS: usize = 32;

/// The key of an integration: 32 hex digits in lower case. Whoever knows it may hand in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IntegrationKey(String);

impl IntegrationKey {
    /// The key with these bytes, which must be random.
    pub fn of(bytes: [u8; DIGITS / 2]) -> Self {
        IntegrationKey(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes 32 hex digits of either case, also with the hyphens of a UUID.
impl FromStr for IntegrationKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hyphens = [8, 13, 18, 23];
        let digits = match text.len() {
            DIGITS => text.to_owned(),
            36 if hyphens.iter().all(|at| text.as_bytes()[*at] == b'-') => text.replace('-', ""),
            _ => String::new(),
        };
        let hex = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = hex.then(|| IntegrationKey(digits.to_ascii_lowercase()));
        key.ok_or_else(|| Invalid::new("is not a key of 32 hex digits"))
    }
}

/// A secret is not written into logs.
impl fmt::Debug for IntegrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntegrationKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_with_and_without_hyphens() {
        let key = IntegrationKey::of([0xab; 16]);
        assert_eq!(key.as_str(), "ab".repeat(16));
        for text in
            ["ab".repeat(16), "AB".repeat(16), "abababab-abab-abab-ABAB-abababababab".into()]
        {
            assert_eq!(text.parse(), Ok(key.clone()), "{text}");
        }
        let far = format!("{}-", "a".repeat(35));
        let odd =
            ["", "ab", &"g".repeat(32), &"é".repeat(16), &"é".repeat(18), &far, &"a".repeat(33)];
        for text in odd {
            assert!(text.parse::<IntegrationKey>().is_err(), "{text}");
        }
        assert!(!format!("{key:?}").contains("abab"));
    }
}
