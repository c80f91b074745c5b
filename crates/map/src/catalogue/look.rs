//! Looking at parts of a catalogue, and noting what is wrong with them.

use super::tree::{Key, Node, Value};
use super::{FAULTS, Fault, Named};
use std::str::FromStr;

/// Looks, and remembers the faults.
#[derive(Default)]
pub(super) struct Look {
    pub(super) faults: Vec<Fault>,
}

impl Look {
    /// Something is wrong.
    pub(super) fn fault(&mut self, line: usize, field: &str, message: impl Into<String>) {
        if self.faults.len() < FAULTS {
            self.faults.push(Fault::new(line, field, message));
        }
    }

    /// Fields, of which only these are known.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        field: &str,
        known: &[&str],
    ) -> &'n [(Key, Node)] {
        let Value::Map(entries) = &node.value else {
            self.fault(node.line, field, format!("must have fields: {}", known.join(", ")));
            return &[];
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let words = format!("is not known here; known are {}", known.join(", "));
            self.fault(key.line, &within(field, &key.name), words);
        }
        entries
    }

    /// A list.
    pub(super) fn list<'n>(&mut self, node: &'n Node, field: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Nothing => &[],
            Value::Word(_) | Value::Map(_) => {
                self.fault(node.line, field, "must be a list");
                &[]
            }
        }
    }

    /// A word or text with something in it.
    pub(super) fn word(&mut self, node: &Node, field: &str) -> Option<String> {
        let word = node.word().map(str::to_owned);
        if word.is_none() {
            self.fault(node.line, field, "must be a word");
        }
        word
    }

    /// A field that is a word, if it is there.
    pub(super) fn word_of(&mut self, node: &Node, field: &str, name: &str) -> Option<String> {
        let found = node.get(name)?;
        self.word(found, &within(field, name))
    }

    /// A field that names something, if it is there.
    pub(super) fn named_of(&mut self, node: &Node, field: &str, name: &str) -> Option<Named> {
        let found = node.get(name)?;
        self.named(found, &within(field, name))
    }

    /// A word that names something.
    pub(super) fn named(&mut self, node: &Node, field: &str) -> Option<Named> {
        let name = self.word(node, field)?;
        Some(Named { name, line: node.line, field: field.to_owned() })
    }

    /// A field that is a whole number, if it is there.
    pub(super) fn number_of<T: FromStr>(
        &mut self,
        node: &Node,
        field: &str,
        name: &str,
        rule: &str,
    ) -> Option<T> {
        let found = node.get(name)?;
        let number = found.word().and_then(|word| word.parse().ok());
        if number.is_none() {
            self.fault(found.line, &within(field, name), rule);
        }
        number
    }
}

/// The path of a field within another.
pub(super) fn within(field: &str, name: &str) -> String {
    if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") }
}
