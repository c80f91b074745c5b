//! From text to a query.
//!
//! ```text
//! query    = sequence { ("or" | "|") sequence }
//! sequence = { operand ["and"] }
//! operand  = { "-" | "!" | "not" } ( "(" query ")" | term )
//! term     = field compare value { "," value } | word ["*"] | quoted ["*"] | number
//! compare  = ":" | "=" | "!=" | "<" | "<=" | ">" | ">="
//! ```

pub(crate) mod cursor;
mod moments;
mod values;

use crate::ast::{Expr, Query, Sort, Term, Text};
use crate::fields::{FIELDS, Field, FieldName, plain};
use crate::nearest::nearest;
use crate::write::QUOTES;
use cursor::{Cursor, Head};
use kernel::limits::{QUERY_CHARS, QUERY_TERMS};
use values::Meaning;

/// Levels of parentheses.
pub const MAX_DEPTH: usize = 16;

/// Why a text is no query, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong and what would be right.
    pub message: String,
    /// Where the wrong piece begins, in characters from 0.
    pub position: usize,
    /// How many characters it has.
    pub length: usize,
    /// What may have been meant: replaces the wrong piece.
    pub suggestion: Option<String>,
}

impl ParseError {
    fn new(message: impl Into<String>, position: usize, length: usize) -> Self {
        ParseError { message: message.into(), position, length, suggestion: None }
    }

    fn suggesting(self, suggestion: Option<impl Into<String>>) -> Self {
        ParseError { suggestion: suggestion.map(Into::into), ..self }
    }
}

/// Reads a query. An empty text finds everything.
///
/// ```
/// let query = query::parse("(team:none or -assignee:any) reported>=2026-11-01 \"out of paper\"").unwrap();
/// assert_eq!(query.sort, None);
/// assert!(query::parse("priority:P9").unwrap_err().message.contains("P1, P2, P3, P4, P5"));
/// ```
///
/// # Errors
/// Says what is wrong, where, and what may have been meant. Limits are
/// [`QUERY_CHARS`], [`QUERY_TERMS`] (each listed value counts) and [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Query, ParseError> {
    read(text, false)
}

/// Reads the condition of a rule, which can ask for the hours of a calendar too.
///
/// # Errors
/// As for [`parse`].
pub fn parse_condition(text: &str) -> Result<Query, ParseError> {
    read(text, true)
}

fn read(text: &str, of_a_rule: bool) -> Result<Query, ParseError> {
    let chars = text.chars().count();
    if chars > QUERY_CHARS {
        let message = format!("The query has {chars} characters; {QUERY_CHARS} are allowed.");
        return Err(ParseError::new(message, QUERY_CHARS, chars - QUERY_CHARS));
    }
    let mut parser = Parser { at: Cursor::new(text), sort: None, size: 0, of_a_rule };
    let filter = parser.alternatives(0)?;
    if parser.at.peek().is_some() {
        return Err(ParseError::new("This parenthesis closes nothing.", parser.at.position(), 1));
    }
    let query = Query { filter, sort: parser.sort };
    // Short forms grow when they are written out; what is stored must be readable again.
    let written = query.to_string().chars().count();
    if written > QUERY_CHARS {
        let message =
            format!("Written out the query has {written} characters; {QUERY_CHARS} are allowed.");
        return Err(ParseError::new(message, 0, chars));
    }
    Ok(query)
}

struct Parser {
    at: Cursor,
    sort: Option<Sort>,
    size: usize,
    of_a_rule: bool,
}

impl Parser {
    fn alternatives(&mut self, depth: usize) -> Result<Expr, ParseError> {
        let mut parts = Vec::new();
        let mut before = None;
        loop {
            let (part, empty) = self.sequence(depth)?;
            let start = self.at.position();
            let after = self.at.eat_or().then(|| (start, self.at.position() - start));
            if let Some((position, length)) = after.or(before)
                && empty
            {
                let message = "\"or\" needs a term on both sides; in quotes it is a word.";
                return Err(ParseError::new(message, position, length));
            }
            parts.push(part);
            if after.is_none() {
                return Ok(Expr::any_of(parts));
            }
            before = after;
        }
    }

    /// The terms up to `or`, a closing parenthesis or the end, and whether there were none.
    fn sequence(&mut self, depth: usize) -> Result<(Expr, bool), ParseError> {
        let mut parts = Vec::new();
        loop {
            self.at.skip_space();
            let position = self.at.position();
            let joined = self.at.eat_keyword("and");
            self.at.skip_space();
            let ends =
                matches!(self.at.peek(), None | Some(')' | '|')) || self.at.sees_keyword("or");
            if joined && (ends || parts.is_empty()) {
                return Err(ParseError::new(
                    "\"and\" needs a term on both sides; in quotes it is a word.",
                    position,
                    3,
                ));
            }
            if ends {
                let empty = parts.is_empty();
                return Ok((Expr::all_of(parts), empty));
            }
            if let Some(part) = self.operand(depth)? {
                parts.push(part);
            }
        }
    }

    /// One term or group with its negations; nothing for the sort.
    fn operand(&mut self, depth: usize) -> Result<Option<Expr>, ParseError> {
        let mut negated = false;
        let start = self.at.position();
        while let Some(length) = self.at.eat_negation() {
            negated = !negated;
            self.at.skip_space();
            if matches!(self.at.peek(), None | Some(')' | '|')) || self.at.sees_keyword("or") {
                return Err(ParseError::new("There is nothing to negate here.", start, length));
            }
        }
        let sortable = depth == 0 && self.at.position() == start;
        let inner = match self.at.peek() {
            Some('(') => Some(self.group(depth + 1)?),
            _ => self.term(sortable)?,
        };
        Ok(inner.map(|expr| if negated { expr.negated() } else { expr }))
    }

    fn group(&mut self, depth: usize) -> Result<Expr, ParseError> {
        let open = self.at.position();
        if depth > MAX_DEPTH {
            return Err(ParseError::new(
                format!("Parentheses go {MAX_DEPTH} deep at most."),
                open,
                1,
            ));
        }
        self.at.advance();
        let inner = self.alternatives(depth)?;
        if self.at.peek() != Some(')') {
            return Err(ParseError::new("This parenthesis is not closed.", open, 1));
        }
        self.at.advance();
        Ok(inner)
    }

    fn term(&mut self, sortable: bool) -> Result<Option<Expr>, ParseError> {
        let start = self.at.position();
        let expr = match self.at.head()? {
            None => self.text()?,
            Some(head) => {
                let field = known_field(&head)?;
                if field.id.is_for_rules() && !self.of_a_rule {
                    let message = format!(
                        "{} asks what time it is, which only the condition of a rule can.",
                        field.name
                    );
                    let length = head.name.chars().count();
                    return Err(ParseError::new(message, head.start, length));
                }
                let values = self.at.values(field)?;
                match values::meaning(field, &head, &values)? {
                    Meaning::Condition(expr) => expr,
                    Meaning::Order(sort) => {
                        return self.order(sort, sortable, start).map(|()| None);
                    }
                }
            }
        };
        self.size += leaf_size(&expr);
        if self.size > QUERY_TERMS {
            let message =
                format!("A query has {QUERY_TERMS} terms at most, each listed value counted.");
            return Err(ParseError::new(message, start, self.at.position() - start));
        }
        Ok(Some(expr))
    }

    fn order(&mut self, sort: Sort, sortable: bool, start: usize) -> Result<(), ParseError> {
        let fault = |message: &str| Err(ParseError::new(message, start, "sort".len()));
        match (sortable, self.sort) {
            (false, _) => fault("sort: stands outside of parentheses and is never negated."),
            (true, Some(_)) => fault("A query has one sort: only."),
            (true, None) => {
                self.sort = Some(sort);
                Ok(())
            }
        }
    }

    /// A bare word, a quoted phrase or an incident number.
    fn text(&mut self) -> Result<Expr, ParseError> {
        let start = self.at.position();
        let quoted = self.at.peek().is_some_and(|c| QUOTES.contains(&c));
        let (text, prefix) = if quoted {
            let text = self.at.quoted()?;
            (text, self.at.eat('*'))
        } else {
            let word = self.at.bare_word();
            if let Ok(number) = word.parse() {
                return Ok(Term::Number(vec![number]).into());
            }
            (word.trim_end_matches('*').to_owned(), true)
        };
        let text = Text { text, prefix };
        if text.words().is_empty() {
            let message = "There is no letter or digit to search for here.";
            return Err(ParseError::new(message, start, self.at.position() - start));
        }
        Ok(Term::Text(text).into())
    }
}

fn leaf_size(expr: &Expr) -> usize {
    match expr {
        Expr::Term(term) => term.size(),
        Expr::Not(inner) => leaf_size(inner),
        Expr::All | Expr::And(_) | Expr::Or(_) => 1,
    }
}

fn known_field(head: &Head) -> Result<&'static Field, ParseError> {
    let fault = |message: String| ParseError::new(message, head.start, head.name.chars().count());
    let field = Field::named(&head.name).ok_or_else(|| {
        let name = &head.name;
        match nearest(&plain(name), FIELDS.iter().flat_map(Field::names)) {
            Some(near) => fault(format!("There is no field \"{name}\". Did you mean \"{near}\"?"))
                .suggesting(Some(near)),
            None => fault(format!(
                "There is no field \"{name}\". To search for these words, put them in quotes."
            )),
        }
    })?;
    match (field.id == FieldName::Custom, &head.custom) {
        (true, None) => Err(fault(
            "Name the custom field after a dot, such as field.site:Rotterdam.".to_owned(),
        )),
        (false, Some(_)) => {
            Err(fault(format!("\"{}\" has no parts; a dot follows \"field\" only.", field.name)))
        }
        _ => Ok(field),
    }
}
