//! YAML, and with it JSON, as a tree that knows its lines. Bounded: in bytes, in depth, and in
//! what aliases may come to.

use super::{Fault, TEXT_BYTES};
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::{BTreeSet, HashMap};

/// Lists and fields within each other: no catalogue has half as many.
const DEPTH: usize = 64;
/// Words, lists and fields, those counted that aliases repeat: about 50 MB.
const NODES: usize = 500_000;

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its line, from 1.
    pub line: usize,
    /// What it is.
    pub value: Value,
    /// Whether it is a word without quotation marks: only such a one can stand for a number.
    pub plain: bool,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing: the field stands there without a value.
    Nothing,
    /// A word, a number, a text.
    Word(String),
    /// A list.
    List(Vec<Node>),
    /// Fields, each name once.
    Map(Vec<(Key, Node)>),
}

/// The name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its line, from 1.
    pub line: usize,
    /// The name.
    pub name: String,
}

impl Node {
    /// Whether nothing stands here.
    pub fn is_nothing(&self) -> bool {
        self.value == Value::Nothing
    }

    /// Whether it has fields.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// A field that has a value.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        let found = entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node);
        found.filter(|node| !node.is_nothing())
    }

    /// The word that stands here, if it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Word(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// How many nodes it is made of, and how deep it goes.
    fn measure(&self) -> (usize, usize) {
        let within: Vec<(usize, usize)> = match &self.value {
            Value::Nothing | Value::Word(_) => vec![],
            Value::List(items) => items.iter().map(Node::measure).collect(),
            Value::Map(entries) => entries.iter().map(|(_, node)| node.measure()).collect(),
        };
        let nodes = within.iter().map(|(nodes, _)| nodes).sum::<usize>();
        (nodes + 1, within.iter().map(|(_, depth)| *depth).max().unwrap_or(0) + 1)
    }
}

/// Reads the documents of a text.
///
/// # Errors
///
/// Why the text is no YAML, or too much of it.
pub fn parse(text: &str) -> Result<Vec<Node>, Fault> {
    if text.len() > TEXT_BYTES {
        let words = format!("the text is larger than {} MB", TEXT_BYTES / 1_048_576);
        return Err(Fault::new(0, "", words));
    }
    let mut parser = Parser::new_from_str(text.trim_start_matches('\u{feff}'));
    let mut builder = Builder::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| {
            let words = format!("the text is not YAML: {}", error.info());
            Fault::new(error.marker().line(), "", words)
        })?;
        builder.take(event, span.start.line())?;
    }
    Ok(builder.documents)
}

/// The tree as it grows.
#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
}

/// A list or fields that are not at their end.
struct Frame {
    line: usize,
    anchor: usize,
    value: Value,
    key: Option<Key>,
    names: BTreeSet<String>,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let nothing = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = match nothing {
                    true => Value::Nothing,
                    false => Value::Word(text.into_owned()),
                };
                self.done(Node { line, value, plain }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.begin(line, anchor, Value::List(vec![])),
            Event::MappingStart(anchor, _) => self.begin(line, anchor, Value::Map(vec![])),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Frame { line, anchor, value, .. }) => {
                    self.done(Node { line, value, plain: false }, anchor)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => self.alias(anchor, line),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, anchor: usize, value: Value) -> Result<(), Fault> {
        self.check_depth(line, 1)?;
        self.open.push(Frame { line, anchor, value, key: None, names: BTreeSet::new() });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, line: usize) -> Result<(), Fault> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(Fault::new(line, "", "an alias stands for what contains it"));
        };
        let (nodes, depth) = (known.nodes, known.depth);
        self.check_depth(line, depth)?;
        self.spend(line, nodes)?;
        let node = self.anchors.get(&anchor).map(|known| known.node.clone());
        node.map_or(Ok(()), |node| self.done(node, 0))
    }

    fn done(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.spend(node.line, 1)?;
        if anchor > 0 {
            let (nodes, depth) = node.measure();
            self.spend(node.line, nodes)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        match self.open.last_mut() {
            Some(frame) => frame.put(node),
            None => {
                self.documents.push(node);
                Ok(())
            }
        }
    }

    fn spend(&mut self, line: usize, nodes: usize) -> Result<(), Fault> {
        self.nodes = self.nodes.saturating_add(nodes);
        match self.nodes > NODES {
            true => Err(Fault::new(line, "", "the text comes to too much up to here")),
            false => Ok(()),
        }
    }

    fn check_depth(&self, line: usize, more: usize) -> Result<(), Fault> {
        match self.open.len() + more > DEPTH {
            true => Err(Fault::new(line, "", format!("this lies deeper than {DEPTH} levels"))),
            false => Ok(()),
        }
    }
}

impl Frame {
    fn put(&mut self, node: Node) -> Result<(), Fault> {
        match (&mut self.value, self.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(_), None) => {
                let line = node.line;
                let Value::Word(name) = node.value else {
                    return Err(Fault::new(line, "", "the name of a field must be a word"));
                };
                if !self.names.insert(name.clone()) {
                    return Err(Fault::new(line, name, "stands here a second time"));
                }
                self.key = Some(Key { line, name });
            }
            // Only lists and fields are begun.
            (Value::Nothing | Value::Word(_), _) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn lines_are_those_of_the_text() {
        let documents = parse("a: 1\nb:\n  - x\n  - c: y\n---\nd: ~\n").unwrap();
        let b = documents[0].get("b").unwrap();
        let Value::List(items) = &b.value else { panic!("{b:?}") };
        assert_eq!((items[0].line, items[0].word()), (3, Some("x")));
        assert_eq!(items[1].get("c").map(|node| node.line), Some(4));
        assert_eq!(documents[1].get("d"), None, "nothing stands there");
    }

    #[test]
    fn json_is_read_too() {
        let documents = parse("{\n \"a\": [\"x\", 2],\n \"b\": null\n}").unwrap();
        let a = documents[0].get("a").unwrap();
        assert_eq!(a.line, 2);
    }

    #[test]
    fn aliases_are_counted() {
        let documents = parse("a: &x [1, 2]\nb: *x\n").unwrap();
        assert_eq!(documents[0].get("a").unwrap().value, documents[0].get("b").unwrap().value);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
        }
        assert!(fault(&bomb).contains("too much"), "{}", fault(&bomb));
        assert!(parse("a: &x [*x]\n").is_err(), "what contains itself");
    }

    #[test]
    fn what_is_too_deep_or_stands_twice_is_refused() {
        let deep = format!("a: {}{}", "[".repeat(80), "]".repeat(80));
        assert!(fault(&deep).contains("deeper"), "{}", fault(&deep));
        let mut blocks = String::new();
        for level in 0..200 {
            blocks.push_str(&format!("{}a:\n", " ".repeat(level)));
        }
        assert!(fault(&blocks).contains("deeper"), "{}", fault(&blocks));
        assert_eq!(fault("a: 1\na: 2\n"), "line 2: a stands here a second time");
        assert!(fault("[a, b]: c\n").contains("must be a word"));
        assert!(fault("a: [1\nb: 2\n").contains("not YAML"));
        assert!(fault(&"x".repeat(TEXT_BYTES + 1)).contains("larger than 8 MB"));
    }
}
