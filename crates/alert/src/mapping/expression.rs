//! What an expression is, and what it gives for a document.

use serde_json::Value;
use std::borrow::Cow;
use std::io::Write;

/// Bytes of text that one evaluation may make.
const TEXT_BYTES: usize = 4 * kernel::limits::BODY_CHARS;
/// Values that a path through lists gives.
const FAN_OUT: usize = 1_000;
/// Steps of work, and bytes made, that the mapping of one request may take: some tenths of a
/// second.
const WORK: usize = 64 * 1_048_576;

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
    /// Into all elements of a list, or all values of an object.
    Each,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Lower,
    Upper,
    Trim,
}

/// An expression; see [`super::Mapping`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Text(String),
    /// From the whole document, or from the element that is read.
    Path {
        whole: bool,
        steps: Vec<Step>,
    },
    First(Vec<Expression>),
    Same {
        left: Box<Expression>,
        right: Box<Expression>,
        is_equal: bool,
    },
    Call(Function, Box<Expression>),
    Match {
        of: Box<Expression>,
        arms: Vec<(Vec<String>, Expression)>,
        otherwise: Option<Box<Expression>>,
    },
    Template(Vec<Expression>),
}

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'v> {
    Nothing,
    Text(Cow<'v, str>),
    Value(&'v Value),
    Values(Vec<&'v Value>),
}

/// What expressions are evaluated on, and how much may still be done.
pub(super) struct Ground<'v> {
    /// The whole document.
    pub(super) whole: &'v Value,
    /// The element of it that is read.
    pub(super) element: &'v Value,
    work_left: usize,
}

impl<'v> Ground<'v> {
    pub(super) fn new(whole: &'v Value) -> Self {
        Ground { whole, element: whole, work_left: WORK }
    }

    /// Whether everything was done that was asked for.
    pub(super) fn is_whole(&self) -> bool {
        self.work_left > 0
    }

    fn spend(&mut self, work: usize) -> bool {
        self.work_left = self.work_left.saturating_sub(work);
        self.work_left > 0
    }

    /// A value as text: strings as they are, the rest as JSON, `null` as nothing.
    pub(super) fn text(&mut self, found: &Found<'v>) -> Option<Cow<'v, str>> {
        match found {
            Found::Nothing => None,
            Found::Text(text) => Some(text.clone()),
            Found::Value(value) => self.value_text(value),
            Found::Values(values) => {
                let mut all = String::new();
                for value in values {
                    let Some(text) = self.value_text(value) else { continue };
                    if !all.is_empty() {
                        all.push_str(", ");
                    }
                    push(&mut all, &text);
                }
                (!all.is_empty()).then_some(Cow::Owned(all))
            }
        }
    }

    fn value_text(&mut self, value: &'v Value) -> Option<Cow<'v, str>> {
        match value {
            Value::Null => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
            Value::Array(_) | Value::Object(_) => {
                let mut out = Bounded(Vec::new());
                // It fails where the text gets too long, and what is there is the beginning.
                drop(serde_json::to_writer(&mut out, value));
                self.spend(out.0.len());
                Some(Cow::Owned(String::from_utf8_lossy(&out.0).into_owned()))
            }
        }
    }
}

/// Bytes up to a limit.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = TEXT_BYTES.saturating_sub(self.0.len()).min(bytes.len());
        self.0.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Adds as much of a text as there is room for.
fn push(all: &mut String, text: &str) {
    let room = TEXT_BYTES.saturating_sub(all.len());
    let end = if text.len() <= room { text.len() } else { text.floor_char_boundary(room) };
    all.push_str(&text[..end]);
}

impl Expression {
    /// What it gives.
    pub(super) fn evaluate<'v>(&'v self, ground: &mut Ground<'v>) -> Found<'v> {
        if !ground.spend(1) {
            return Found::Nothing;
        }
        match self {
            Expression::Text(text) => Found::Text(Cow::Borrowed(text)),
            Expression::Path { whole, steps } => {
                let start = if *whole { ground.whole } else { ground.element };
                follow(ground, start, steps)
            }
            Expression::First(ways) => {
                for way in ways {
                    let found = way.evaluate(ground);
                    if !is_empty(&found) {
                        return found;
                    }
                }
                Found::Nothing
            }
            Expression::Same { left, right, is_equal } => {
                let (left, right) = (left.evaluate(ground), right.evaluate(ground));
                let same = ground.text(&left) == ground.text(&right);
                Found::Text(Cow::Borrowed(if same == *is_equal { "true" } else { "false" }))
            }
            Expression::Call(function, of) => call(*function, of, ground),
            Expression::Match { of, arms, otherwise } => {
                choose(of, arms, otherwise.as_deref(), ground)
            }
            Expression::Template(parts) => {
                let mut all = String::new();
                for part in parts {
                    let found = part.evaluate(ground);
                    if let Some(text) = ground.text(&found) {
                        push(&mut all, &text);
                    }
                }
                ground.spend(all.len());
                Found::Text(Cow::Owned(all))
            }
        }
    }
}

fn call<'v>(function: Function, of: &'v Expression, ground: &mut Ground<'v>) -> Found<'v> {
    let found = of.evaluate(ground);
    let Some(text) = ground.text(&found) else {
        return Found::Nothing;
    };
    ground.spend(text.len());
    Found::Text(match function {
        Function::Lower => Cow::Owned(text.to_lowercase()),
        Function::Upper => Cow::Owned(text.to_uppercase()),
        Function::Trim => Cow::Owned(text.trim().to_owned()),
    })
}

/// The first arm that has the text, without looking at case.
fn choose<'v>(
    of: &'v Expression,
    arms: &'v [(Vec<String>, Expression)],
    otherwise: Option<&'v Expression>,
    ground: &mut Ground<'v>,
) -> Found<'v> {
    let found = of.evaluate(ground);
    let text = ground.text(&found).unwrap_or_default().trim().to_lowercase();
    ground.spend(text.len());
    let arm = arms.iter().find(|(words, _)| words.contains(&text)).map(|(_, then)| then);
    match arm.or(otherwise) {
        Some(then) => then.evaluate(ground),
        None => Found::Nothing,
    }
}

/// Whether this counts as missing, so that the next of several ways is tried.
pub(super) fn is_empty(found: &Found<'_>) -> bool {
    match found {
        Found::Nothing => true,
        Found::Text(text) => text.trim().is_empty(),
        Found::Value(Value::Null) => true,
        Found::Value(Value::String(text)) => text.trim().is_empty(),
        Found::Value(Value::Array(list)) => list.is_empty(),
        Found::Value(Value::Object(map)) => map.is_empty(),
        Found::Value(_) => false,
        Found::Values(values) => values.is_empty(),
    }
}

fn follow<'v>(ground: &mut Ground<'v>, start: &'v Value, steps: &[Step]) -> Found<'v> {
    let mut here = vec![start];
    let mut through_list = false;
    for step in steps {
        let mut next = Vec::new();
        for value in here {
            if !ground.spend(1) || next.len() >= FAN_OUT {
                break;
            }
            match (step, value) {
                (Step::Name(name), Value::Object(map)) => next.extend(map.get(name)),
                (Step::Index(at), Value::Array(list)) => next.extend(list.get(*at)),
                (Step::Each, Value::Array(list)) => next.extend(list.iter().take(FAN_OUT)),
                (Step::Each, Value::Object(map)) => next.extend(map.values().take(FAN_OUT)),
                _ => {}
            }
        }
        next.truncate(FAN_OUT);
        ground.spend(next.len());
        through_list |= *step == Step::Each;
        here = next;
    }
    match (through_list, here.as_slice()) {
        (_, []) => Found::Nothing,
        (false, [one]) => Found::Value(one),
        _ => Found::Values(here),
    }
}

/// All elements that a path gives, however many: what [`super::Field::Each`] means.
pub(super) fn elements<'v>(expression: &Expression, ground: &mut Ground<'v>) -> Vec<&'v Value> {
    let Expression::Path { steps, .. } = expression else {
        return Vec::new();
    };
    let steps = steps.strip_suffix(&[Step::Each]).unwrap_or(steps);
    match follow(ground, ground.whole, steps) {
        Found::Value(Value::Array(list)) => list.iter().collect(),
        Found::Value(Value::Null) => Vec::new(),
        Found::Value(one) => vec![one],
        Found::Values(values) => values,
        Found::Nothing | Found::Text(_) => Vec::new(),
    }
}
