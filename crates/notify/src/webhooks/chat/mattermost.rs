//! Mattermost: Markdown, in which words of people are escaped character by character. An `@`
//! is followed by a space of no width, so that it calls nobody.

use super::Said;
use serde_json::{Value, json};

/// What means something in Markdown, or in what Mattermost takes over from Slack.
const SPECIAL: &str = "\\`*_{}[]()#+-.!|<>~&:";

pub(super) fn body(said: &Said) -> Value {
    let name = escaped(&said.name).replace("\\-", "-");
    let mut text = match &said.url {
        Some(url) => format!("**[{name}]({url})**"),
        None => format!("**{name}**"),
    };
    if !said.stands.is_empty() {
        text.push_str(&format!(" · {}", escaped(&said.stands)));
    }
    let rest = [said.title.as_str(), &said.what, said.note.as_deref().unwrap_or_default()];
    for line in rest.into_iter().filter(|line| !line.is_empty()) {
        text.push_str(&format!("\n{}", escaped(line)));
    }
    json!({ "text": text })
}

fn escaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        if SPECIAL.contains(c) {
            found.push('\\');
        }
        found.push(c);
        if c == '@' || c == '<' {
            found.push('\u{200b}');
        }
    }
    found
}
