//! Texts of which some words are marked: emphasised, a link, a moment. Whoever draws them knows
//! how; words of people that stand in them can mark nothing.

use std::fmt::{self, Display, Write};

/// How words are marked: `b`, `a` or `time`, as in the file.
pub type Mark = &'static str;

/// A text in pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rich {
    pieces: Vec<(Option<Mark>, String)>,
    open: Option<Mark>,
}

impl Rich {
    /// Its pieces in order, marked or not.
    pub fn pieces(&self) -> impl Iterator<Item = (Option<Mark>, &str)> {
        self.pieces.iter().map(|(mark, text)| (*mark, text.as_str()))
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        let _ = self.write_str(text);
    }

    pub(crate) fn begin(&mut self, mark: Mark) {
        self.open = Some(mark);
        // Even an empty one is a piece: what is drawn there may be the caller's.
        self.pieces.push((self.open, String::new()));
    }

    pub(crate) fn end(&mut self) {
        self.open = None;
    }
}

impl Write for Rich {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.pieces.last_mut() {
            Some((mark, words)) if *mark == self.open => words.push_str(text),
            _ => self.pieces.push((self.open, text.to_owned())),
        }
        Ok(())
    }
}

/// The plain words.
impl Display for Rich {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|(_, text)| f.write_str(text))
    }
}

/// What arguments are put into.
pub(crate) trait Put {
    fn put(&mut self, shown: &dyn Display);
}

impl<W: Write> Put for W {
    fn put(&mut self, shown: &dyn Display) {
        // Neither a string nor a text ever refuses.
        let _ = write!(self, "{shown}");
    }
}
