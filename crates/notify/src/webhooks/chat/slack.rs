//! Slack: blocks, in which words of people are `plain_text`, which knows no markup; the line
//! for notifications has its three special characters escaped.

use super::Said;
use serde_json::{Value, json};

pub(super) fn body(said: &Said) -> Value {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
    let head = match &said.url {
        Some(url) => format!("*<{}|{}>*", escaped(url), escaped(&said.name)),
        None => format!("*{}*", escaped(&said.name)),
    };
    let mut blocks = vec![json!({ "type": "section", "text": { "type": "mrkdwn", "text": head } })];
    let mut say = |text: &str| {
        if !text.is_empty() {
            blocks.push(json!({ "type": "section", "text": plain(text) }));
        }
    };
    say(&said.title);
    say(&said.what);
    say(said.note.as_deref().unwrap_or_default());
    if !said.stands.is_empty() {
        blocks.push(json!({ "type": "context", "elements": [plain(&said.stands)] }));
    }
    json!({ "text": escaped(&said.line()), "blocks": blocks })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
