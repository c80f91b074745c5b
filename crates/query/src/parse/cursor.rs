//! The characters of a query, read from left to right.

use super::ParseError;
use crate::fields::Field;
use crate::write::{QUOTES, is_custom_name_char};

/// A position in the characters of a query.
pub(super) struct Cursor {
    chars: Vec<char>,
    at: usize,
}

/// The beginning of a field term: `priority<=`, `field.site:`.
pub(super) struct Head {
    /// Where it begins.
    pub start: usize,
    /// The field as typed.
    pub name: String,
    /// What follows the dot.
    pub custom: Option<String>,
    /// How it compares.
    pub compare: Operator,
}

/// A comparison as typed; `!=` is a negated `:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A value as typed.
pub(super) struct Atom {
    pub text: String,
    pub quoted: bool,
    pub start: usize,
    pub length: usize,
}

impl Cursor {
    pub fn new(text: &str) -> Self {
        Cursor { chars: text.chars().collect(), at: 0 }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub fn advance(&mut self) {
        self.at += 1;
    }

    pub fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether the next bare word is this operator word, in any case.
    pub fn sees_keyword(&self, word: &str) -> bool {
        let end = self.end_of_bare(self.at);
        let found = self.chars[self.at..end].iter();
        found.map(char::to_ascii_lowercase).eq(word.chars())
    }

    pub fn eat_keyword(&mut self, word: &str) -> bool {
        let found = self.sees_keyword(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub fn eat_or(&mut self) -> bool {
        self.eat('|') || self.eat_keyword("or")
    }

    /// `-` or `!` before something, or the word `not`; how long it was.
    pub fn eat_negation(&mut self) -> Option<usize> {
        if self.eat_keyword("not") {
            return Some(3);
        }
        let sign = matches!(self.peek(), Some('-' | '!'));
        let before = self.chars.get(self.at + 1).is_some_and(|c| !c.is_whitespace());
        (sign && before).then(|| {
            self.at += 1;
            1
        })
    }

    pub fn bare_word(&mut self) -> String {
        let end = self.end_of_bare(self.at);
        let word = self.chars[self.at..end].iter().collect();
        self.at = end;
        word
    }

    /// The field and comparison that begin here; nothing if this is no field term.
    pub fn head(&mut self) -> Result<Option<Head>, ParseError> {
        let start = self.at;
        if !self.peek().is_some_and(|c| c.is_ascii_alphabetic()) {
            return Ok(None);
        }
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let mut custom = None;
        if self.eat('.') {
            let quoted = self.peek().is_some_and(|c| QUOTES.contains(&c));
            custom =
                Some(if quoted { self.quoted()? } else { self.take_while(is_custom_name_char) });
        }
        match self.operator() {
            Some(compare) if custom.as_deref() != Some("") => {
                Ok(Some(Head { start, name, custom, compare }))
            }
            _ => {
                self.at = start;
                Ok(None)
            }
        }
    }

    /// The comma-separated values that follow a comparison.
    pub fn values(&mut self, field: &Field) -> Result<Vec<Atom>, ParseError> {
        let mut atoms = Vec::new();
        loop {
            let start = self.at;
            let quoted = self.peek().is_some_and(|c| QUOTES.contains(&c));
            let text = if quoted {
                self.quoted()?
            } else {
                self.take_while(|c| !ends_bare(c) && c != ',')
            };
            if text.trim().is_empty() {
                let message = format!(
                    "A value is missing here. {} goes without a space, such as {}.",
                    field.name, field.example
                );
                return Err(ParseError::new(message, start, self.at - start));
            }
            atoms.push(Atom { text, quoted, start, length: self.at - start });
            if !self.eat(',') {
                break;
            }
        }
        match self.peek() {
            Some(c) if !c.is_whitespace() && !matches!(c, '(' | ')' | '|') => Err(ParseError::new(
                "Put a space or a comma after a value; a value with quotes is quoted as a whole.",
                self.at,
                1,
            )),
            _ => Ok(atoms),
        }
    }

    /// What stands in quotes here; a backslash protects a quote and a backslash.
    pub fn quoted(&mut self) -> Result<String, ParseError> {
        let open = self.at;
        let mut text = String::new();
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            let protected = self.peek().filter(|next| *next == '\\' || QUOTES.contains(next));
            match (c, protected) {
                ('\\', Some(next)) => {
                    self.at += 1;
                    text.push(next);
                }
                (c, _) if QUOTES.contains(&c) => return Ok(text),
                (c, _) => text.push(c),
            }
        }
        Err(ParseError::new("This quote is not closed.", open, 1))
    }

    fn operator(&mut self) -> Option<Operator> {
        let colon = self.eat(':');
        let next = self.chars.get(self.at + 1).copied();
        let (operator, length) = match (self.peek(), next) {
            (Some('<'), Some('=')) => (Operator::Le, 2),
            (Some('>'), Some('=')) => (Operator::Ge, 2),
            (Some('!'), Some('=')) => (Operator::IsNot, 2),
            (Some('<'), _) => (Operator::Lt, 1),
            (Some('>'), _) => (Operator::Gt, 1),
            (Some('='), _) => (Operator::Is, 1),
            _ if colon => (Operator::Is, 0),
            _ => return None,
        };
        self.at += length;
        Some(operator)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn end_of_bare(&self, start: usize) -> usize {
        let length = self.chars[start..].iter().position(|c| ends_bare(*c));
        length.map_or(self.chars.len(), |length| start + length)
    }
}

/// Whether a character ends a word or an unquoted value.
pub(crate) fn ends_bare(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '|') || QUOTES.contains(&c)
}
