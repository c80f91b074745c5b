//! The name of a file in the file store: the hash of its bytes.

use sha2::{Digest, Sha256};
use std::fmt::{self, Write};
use std::str::FromStr;

/// The SHA-256 of a file's bytes, written as 64 small hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(String);

impl FileHash {
    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash of these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        FileHash::of(Sha256::new().chain_update(bytes))
    }

    pub(super) fn of(digest: Sha256) -> Self {
        FileHash(hex(&digest.finalize()))
    }
}

/// Small hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileHash {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 64 && digits {
            return Ok(FileHash(text.to_owned()));
        }
        Err(kernel::Invalid::new("must be a SHA-256 of 64 small hexadecimal digits"))
    }
}

impl From<&FileHash> for crate::Value {
    fn from(hash: &FileHash) -> Self {
        crate::Value::from(hash.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_no_other_place() {
        let empty = FileHash::of(Sha256::new()).to_string();
        assert_eq!(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for text in
            ["", "../../etc/passwd", &empty.to_uppercase(), &empty[1..], &format!("{empty}/")]
        {
            assert!(text.parse::<FileHash>().is_err(), "{text}");
        }
        assert_eq!(empty.parse::<FileHash>().unwrap().to_string(), empty);
    }
}
