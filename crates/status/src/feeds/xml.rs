//! XML by hand: elements in lines, everything that is not ours escaped.

use std::fmt::Write;

/// Words as text or as the value of an attribute. Controls were left out of the snapshot before.
pub(super) fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A document in the making.
pub(super) struct Xml {
    out: String,
}

impl Xml {
    pub(super) fn new() -> Xml {
        Xml { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned() }
    }

    /// What is ours, as it stands.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
        self.out.push('\n');
    }

    /// An element with words in it.
    pub(super) fn element(&mut self, name: &str, words: &str) {
        self.with(name, "", words);
    }

    /// An element with attributes, which are ours, and words in it.
    pub(super) fn with(&mut self, name: &str, attributes: &str, words: &str) {
        // Writing to a string never fails.
        let _ = writeln!(self.out, "<{name}{attributes}>{}</{name}>", escaped(words));
    }

    /// An element that leads somewhere: its other attributes are ours.
    pub(super) fn link(&mut self, name: &str, attributes: &str, href: &str) {
        let _ = writeln!(self.out, "<{name}{attributes} href=\"{}\"/>", escaped(href));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
