//! Conditions in SQL, and how they are joined.

use crate::Value;

/// What is always true.
pub(super) const YES: &str = "1 = 1";
/// What never is.
pub(super) const NO: &str = "1 = 0";

/// A condition whose parameters are still to be numbered.
#[derive(PartialEq)]
pub(super) struct Part {
    /// The text, with [`SLOT`] for each parameter.
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

/// Stands for a parameter; nothing that people write gets into the text.
pub(super) const SLOT: &str = "$0";

impl From<&str> for Part {
    fn from(sql: &str) -> Self {
        Part { sql: sql.to_owned(), values: vec![] }
    }
}

impl Part {
    pub(super) fn new(sql: impl Into<String>, values: Vec<Value>) -> Self {
        Part { sql: sql.into(), values }
    }

    pub(super) fn numbered(self, first: usize) -> (String, Vec<Value>) {
        let mut pieces = self.sql.split(SLOT);
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        for (at, piece) in pieces.enumerate() {
            sql.push_str(&format!("${}{piece}", first + at));
        }
        (sql, self.values)
    }

    pub(super) fn is(&self, sql: &str) -> bool {
        self.sql == sql
    }
}

pub(super) fn any_of<T>(wanted: &[T], part: impl Fn(&T) -> Part) -> Part {
    any(wanted.iter().map(part).collect())
}

pub(super) fn all(parts: Vec<Part>) -> Part {
    match parts.iter().any(|part| part.is(NO)) {
        true => NO.into(),
        false => joined(parts, YES, " and "),
    }
}

pub(super) fn any(parts: Vec<Part>) -> Part {
    match parts.iter().any(|part| part.is(YES)) {
        true => YES.into(),
        false => joined(parts, NO, " or "),
    }
}

/// The parts, without those that change nothing.
fn joined(mut parts: Vec<Part>, neutral: &str, between: &str) -> Part {
    parts.retain(|part| !part.is(neutral));
    match parts.len() {
        0 => neutral.into(),
        1 => parts.remove(0),
        _ => {
            let texts: Vec<&str> = parts.iter().map(|part| part.sql.as_str()).collect();
            let sql = format!("({})", texts.join(between));
            Part::new(sql, parts.into_iter().flat_map(|part| part.values).collect())
        }
    }
}

pub(super) fn not(part: Part) -> Part {
    match part {
        part if part.is(YES) => NO.into(),
        part if part.is(NO) => YES.into(),
        part => Part::new(format!("not ({})", part.sql), part.values),
    }
}
