//! What a check found, in the form editors understand: `path:line: words`.

use std::fmt;

/// One breach of a house rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the workspace root, with forward slashes.
    pub path: String,
    /// Line from 1, or 0 when the whole file is meant.
    pub line: usize,
    /// The rule's name, as the allow list in `tidy.toml` uses it.
    pub rule: &'static str,
    /// What is wrong and what to do instead.
    pub words: String,
}

impl Finding {
    /// A finding at a line of a file.
    pub fn at(path: &str, line: usize, rule: &'static str, words: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, words: words.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {} [{}]", self.path, self.words, self.rule),
            line => write!(f, "{}:{line}: {} [{}]", self.path, self.words, self.rule),
        }
    }
}
