//! Microsoft Teams, by a workflow that posts a card: an Adaptive Card, in which words of
//! people are runs of text, which know no Markdown.

use super::Said;
use serde_json::{Value, json};

pub(super) fn body(said: &Said) -> Value {
    let block = |run: Value| json!({ "type": "RichTextBlock", "inlines": [run] });
    let run = |text: &str| json!({ "type": "TextRun", "text": text });
    let mut blocks = vec![block(
        json!({ "type": "TextRun", "text": said.name, "weight": "Bolder", "size": "Medium" }),
    )];
    if !said.stands.is_empty() {
        blocks.push(block(json!({ "type": "TextRun", "text": said.stands, "isSubtle": true })));
    }
    let rest = [said.title.as_str(), &said.what, said.note.as_deref().unwrap_or_default()];
    blocks.extend(rest.into_iter().filter(|text| !text.is_empty()).map(|text| block(run(text))));
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": said.line(),
        "body": blocks,
    });
    if let Some(url) = &said.url {
        let open = format!("Open {}", said.name);
        card["actions"] = json!([{ "type": "Action.OpenUrl", "title": open, "url": url }]);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}
