//! Why a command of the command line was not done, in words for the terminal.

use std::fmt;
use std::path::Path;

/// Done and wrong usage end with their own codes; everything else is this one.
const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;

/// Why it was not done.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It was tried and did not work.
    Words(String),
    /// It was asked for wrongly.
    Usage(String),
    /// The desk refused or failed.
    Trouble(desk::Trouble),
}

impl Failed {
    /// It did not work, in words: what happened, what to do.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Failed::Words(words.into())
    }

    /// It was asked for wrongly, in words: what to say instead.
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Failed::Usage(words.into())
    }

    /// The file system said no.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Failed::Words(format!("{doing} {}: {error}", path.display()))
    }

    /// What the program ends with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failed::Usage(_) => WRONG_USAGE,
            Failed::Words(_) | Failed::Trouble(_) => FAILED,
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Words(words) | Failed::Usage(words) => f.write_str(words),
            Failed::Trouble(desk::Trouble::Refused(refusal)) => match refusal.field {
                Some(field) => write!(f, "{} {}", field.replace('_', " "), refusal.message),
                None => f.write_str(&refusal.message),
            },
            Failed::Trouble(desk::Trouble::Failed(store::Failure::Damaged(words))) => write!(
                f,
                "stored data does not read as it should: {words}; `evenkeel verify` says more, \
                 `evenkeel restore FILE --overwrite` brings a backup back"
            ),
            Failed::Trouble(trouble) => trouble.fmt(f),
        }
    }
}

impl std::error::Error for Failed {}

impl From<desk::Trouble> for Failed {
    fn from(trouble: desk::Trouble) -> Self {
        Failed::Trouble(trouble)
    }
}

impl From<store::Failure> for Failed {
    fn from(failure: store::Failure) -> Self {
        Failed::Trouble(failure.into())
    }
}
