//! Text to expression. Errors name the place.

use super::expression::{Expression, Function, Step};

/// Characters of one expression: more is a program.
const EXPRESSION_CHARS: usize = 4_000;
/// Levels of parentheses, tables and functions in each other.
const DEPTH: usize = 16;
/// Parts of one expression: bounds the work of evaluating it.
const PARTS: usize = 300;

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words} (at character {at})")]
pub struct Fault {
    /// The character at which it is wrong, counted from 1.
    pub at: usize,
    /// What is wrong.
    pub words: String,
}

/// Reads an expression, or a template if there is `{{` in it.
pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    if text.chars().count() > EXPRESSION_CHARS {
        let words = format!("is longer than {EXPRESSION_CHARS} characters");
        return Err(Fault { at: EXPRESSION_CHARS, words });
    }
    let mut reader = Reader { text, at: 0, depth: 0, parts: 0 };
    if text.contains("{{") {
        return reader.template();
    }
    let expression = reader.expression()?;
    reader.end()?;
    Ok(expression)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    parts: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn fault<T>(&self, words: impl Into<String>) -> Result<T, Fault> {
        Err(Fault { at: self.text[..self.at].chars().count() + 1, words: words.into() })
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes this sign, if it comes next.
    fn takes(&mut self, sign: &str) -> bool {
        self.space();
        let there = self.rest().starts_with(sign);
        self.at += if there { sign.len() } else { 0 };
        there
    }

    fn wants(&mut self, sign: &str) -> Result<(), Fault> {
        if self.takes(sign) { Ok(()) } else { self.fault(format!("needs {sign:?} here")) }
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.space();
        match self.rest().chars().next() {
            None => Ok(()),
            Some(c) => self.fault(format!("{c:?} is not expected here")),
        }
    }

    /// Counts a part, one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == DEPTH {
            return self.fault(format!("is nested deeper than {DEPTH} levels"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn template(&mut self) -> Result<Expression, Fault> {
        let mut parts = Vec::new();
        while let Some(begin) = self.rest().find("{{") {
            if begin > 0 {
                parts.push(Expression::Text(self.rest()[..begin].to_owned()));
            }
            self.at += begin + 2;
            parts.push(self.expression()?);
            self.wants("}}")?;
        }
        if !self.rest().is_empty() {
            parts.push(Expression::Text(self.rest().to_owned()));
        }
        Ok(Expression::Template(parts))
    }

    fn expression(&mut self) -> Result<Expression, Fault> {
        let first = self.comparison()?;
        let mut ways = vec![first];
        while self.takes("??") {
            ways.push(self.comparison()?);
        }
        match ways.len() {
            1 => Ok(ways.remove(0)),
            _ => Ok(Expression::First(ways)),
        }
    }

    fn comparison(&mut self) -> Result<Expression, Fault> {
        let left = self.atom()?;
        let is_equal = self.takes("==");
        if !is_equal && !self.takes("!=") {
            return Ok(left);
        }
        let right = self.atom()?;
        Ok(Expression::Same { left: Box::new(left), right: Box::new(right), is_equal })
    }

    fn atom(&mut self) -> Result<Expression, Fault> {
        self.parts += 1;
        if self.parts > PARTS {
            return self.fault(format!("has more than {PARTS} parts"));
        }
        self.space();
        match self.rest().chars().next() {
            None => self.fault("ends where a path or a text should be"),
            Some('(') => {
                self.at += 1;
                let inner = self.deeper(Self::expression)?;
                self.wants(")")?;
                Ok(inner)
            }
            Some('\'' | '"') => self.quoted().map(Expression::Text),
            Some(c) if c.is_ascii_digit() => Ok(Expression::Text(self.number().to_owned())),
            Some('$') => {
                self.at += 1;
                let steps = self.steps()?;
                Ok(Expression::Path { whole: true, steps })
            }
            Some('@') if !self.rest()[1..].starts_with(is_name) => {
                self.at += 1;
                let steps = self.steps()?;
                Ok(Expression::Path { whole: false, steps })
            }
            Some(c) if is_name(c) => self.named(),
            Some(c) => self.fault(format!("{c:?} is not expected here")),
        }
    }

    /// A path, a function or a table: they begin with a name.
    fn named(&mut self) -> Result<Expression, Fault> {
        let name = self.name();
        let begin = self.at - name.len();
        if name == "match" && !self.rest().starts_with(['.', '[']) && !self.rest().is_empty() {
            return self.deeper(Self::table);
        }
        if self.rest().starts_with('(') {
            let function = match name {
                "lower" => Function::Lower,
                "upper" => Function::Upper,
                "trim" => Function::Trim,
                _ => {
                    self.at = begin;
                    return self
                        .fault(format!("{name} is no function; there are lower, upper and trim"));
                }
            };
            self.at += 1;
            let inner = self.deeper(Self::expression)?;
            self.wants(")")?;
            return Ok(Expression::Call(function, Box::new(inner)));
        }
        let mut steps = vec![Step::Name(name.to_owned())];
        steps.extend(self.steps()?);
        Ok(Expression::Path { whole: false, steps })
    }

    /// `match of { 'a' | 'b' => x, _ => y }`
    fn table(&mut self) -> Result<Expression, Fault> {
        let of = Box::new(self.expression()?);
        self.wants("{")?;
        let (mut arms, mut otherwise) = (Vec::new(), None);
        loop {
            if self.takes("}") {
                break;
            }
            if otherwise.is_some() {
                return self.fault("has lines after _, which takes everything");
            }
            if self.takes("_") {
                self.wants("=>")?;
                otherwise = Some(Box::new(self.expression()?));
            } else {
                let mut words = vec![self.word()?];
                while self.takes("|") {
                    words.push(self.word()?);
                }
                self.wants("=>")?;
                arms.push((words, self.expression()?));
            }
            if !self.takes(",") {
                self.wants("}")?;
                break;
            }
        }
        if arms.is_empty() && otherwise.is_none() {
            return self.fault("has a table without lines");
        }
        Ok(Expression::Match { of, arms, otherwise })
    }

    /// A word that a table compares with, in lower case.
    fn word(&mut self) -> Result<String, Fault> {
        self.parts += 1;
        if self.parts > PARTS {
            return self.fault(format!("has more than {PARTS} parts"));
        }
        self.space();
        match self.rest().chars().next() {
            Some('\'' | '"') => Ok(self.quoted()?.trim().to_lowercase()),
            Some(c) if c.is_ascii_digit() => Ok(self.number().to_owned()),
            Some(c) if is_name(c) => Ok(self.name().to_lowercase()),
            _ => self.fault("needs a word in quotation marks here"),
        }
    }

    fn steps(&mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = Vec::new();
        loop {
            self.parts += usize::from(self.rest().starts_with(['.', '[']));
            if self.parts > PARTS {
                return self.fault(format!("has more than {PARTS} parts"));
            }
            if self.rest().starts_with('.') {
                self.at += 1;
                let name = self.name();
                if name.is_empty() {
                    return self.fault("needs a name after the point");
                }
                steps.push(Step::Name(name.to_owned()));
            } else if self.rest().starts_with('[') {
                self.at += 1;
                steps.push(self.bracket()?);
            } else {
                return Ok(steps);
            }
        }
    }

    fn bracket(&mut self) -> Result<Step, Fault> {
        self.space();
        let step = match self.rest().chars().next() {
            Some(']') => Step::Each,
            Some('\'' | '"') => Step::Name(self.quoted()?),
            Some(c) if c.is_ascii_digit() => {
                let Ok(index) = self.number().parse() else {
                    return self.fault("needs a whole number before this");
                };
                Step::Index(index)
            }
            _ => return self.fault("needs a number, a name in quotation marks, or nothing here"),
        };
        self.wants("]")?;
        Ok(step)
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn number(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// A text in single or double quotation marks; a backslash takes the next character as it is.
    fn quoted(&mut self) -> Result<String, Fault> {
        let begin = self.at;
        let mut chars = self.rest().char_indices();
        let mark = chars.next().map_or('"', |(_, mark)| mark);
        let mut out = String::new();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == mark => {
                    self.at = begin + at + c.len_utf8();
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, c)) => out.push(c),
                    None => break,
                },
                c => out.push(c),
            }
        }
        self.fault("has a text without its closing quotation mark")
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '#')
}
