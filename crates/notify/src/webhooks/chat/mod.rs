//! What people in a chat room read: which incident, how it stands, what happened, and the
//! words that came with it. Words of people never become markup, mentions or links.

mod matrix;
mod mattermost;
mod slack;
mod teams;

use super::client::Outgoing;
use desk::webhooks::payload::Data;
use desk::webhooks::{Payload, Summary};
use hyper::Method;
use jiff::tz::TimeZone;
use kernel::{Outward, Timestamp};
use serde_json::Value;
use status::words::{self, UpdateFacts};
use store::directory::webhooks::{Secrets, Webhook, WebhookKind};

/// Characters of words that come with an event.
const NOTE_CHARS: usize = 500;
/// Characters of the words of an update: when the next word comes is not what is cut.
const UPDATE_CHARS: usize = 360;
/// Characters of a title.
const TITLE_CHARS: usize = 250;
const JSON: (&str, &str) = ("content-type", "application/json");

/// A message before it has a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// The incident's number; of a trial, whom it is from.
    pub(crate) name: String,
    /// Its page, where the instance knows its own address.
    pub(crate) url: Option<String>,
    /// How it stands: `P2 · in progress`.
    pub(crate) stands: String,
    /// What is not working; somebody's words.
    pub(crate) title: String,
    /// What happened, and who did it; names in it are somebody's words.
    pub(crate) what: String,
    /// Words that came with it.
    pub(crate) note: Option<String>,
}

impl Said {
    /// In one line, for where there is no room for more.
    fn line(&self) -> String {
        let parts = [&self.name, &self.stands, &self.title, &self.what];
        let parts = parts.iter().filter(|part| !part.is_empty());
        parts.map(|part| part.as_str()).collect::<Vec<_>>().join(" · ")
    }
}

/// The request that tells a chat room.
pub(super) fn outgoing(
    webhook: &Webhook,
    secrets: &Secrets,
    to: Outward,
    message_id: &str,
    payload: &Payload,
) -> Result<Outgoing, String> {
    let said = said(payload);
    let (method, to, body, token): (_, _, Value, _) = match webhook.kind {
        WebhookKind::Slack => (Method::POST, to, slack::body(&said), None),
        WebhookKind::Mattermost => (Method::POST, to, mattermost::body(&said), None),
        WebhookKind::Teams => (Method::POST, to, teams::body(&said), None),
        WebhookKind::Matrix => {
            let room = webhook.told.room.as_deref().unwrap_or_default();
            let to = Outward { path: matrix::path(&to.path, room, message_id), ..to };
            (Method::PUT, to, matrix::body(&said), Some(&secrets.current))
        }
        WebhookKind::Standard => return Err("is no chat room".to_owned()),
    };
    let mut headers = vec![(JSON.0, JSON.1.to_owned()), ("webhook-id", message_id.to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    let body = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
    Ok(Outgoing { method, to, headers, body })
}

/// What a room of this kind is sent whose address alone lets one write into it.
pub(crate) fn room_body(kind: WebhookKind, said: &Said) -> Option<Value> {
    match kind {
        WebhookKind::Slack => Some(slack::body(said)),
        WebhookKind::Mattermost => Some(mattermost::body(said)),
        WebhookKind::Teams => Some(teams::body(said)),
        WebhookKind::Matrix | WebhookKind::Standard => None,
    }
}

fn said(payload: &Payload) -> Said {
    match &payload.data {
        Data::Trial { name, message, .. } => Said {
            name: "Evenkeel".to_owned(),
            url: None,
            stands: String::new(),
            title: one_line(name, TITLE_CHARS),
            what: (*message).to_owned(),
            note: None,
        },
        Data::Event(happened) => {
            let (event, incident) = (&happened.event, &happened.incident);
            let what = what(&event.kind, &event.data, incident);
            let by = one_line(&event.actor.name, TITLE_CHARS);
            Said {
                name: incident.number.to_string(),
                url: incident.url.starts_with("http").then(|| incident.url.clone()),
                stands: stands(incident),
                title: one_line(&incident.title, TITLE_CHARS),
                what: format!("{what} by {by}"),
                note: match event.kind.as_str() {
                    "update_published" => update(&event.data),
                    _ => note(&event.data),
                },
            }
        }
    }
}

fn stands(incident: &Summary) -> String {
    let mut parts = vec![incident.priority.to_string(), incident.state.replace('_', " ")];
    parts.extend(incident.major.then(|| "major incident".to_owned()));
    let who = [incident.team.as_deref(), incident.assignee_name.as_deref()];
    let who: Vec<String> =
        who.into_iter().flatten().map(|name| one_line(name, TITLE_CHARS)).collect();
    parts.extend((!who.is_empty()).then(|| who.join(", ")));
    parts.join(" · ")
}

/// What happened, in words that go before "by …".
fn what(kind: &str, data: &Value, incident: &Summary) -> String {
    let text = |field: &str| data.get(field).and_then(Value::as_str).unwrap_or_default();
    match kind {
        "priority_changed" if !text("priority").is_empty() => {
            format!("Priority set to {}", text("priority"))
        }
        "assigned" => match (&incident.assignee_name, &incident.team) {
            (Some(person), _) => format!("Assigned to {}", one_line(person, TITLE_CHARS)),
            (None, Some(team)) => format!("Assigned to {}", one_line(team, TITLE_CHARS)),
            (None, None) => "Assignment changed".to_owned(),
        },
        "major_declared" => "Declared a major incident".to_owned(),
        "major_stood_down" => "No major incident any more, said".to_owned(),
        "clock_warned" => format!("{} is due soon, noticed", clock(text("clock"))),
        "clock_breached" => format!("{} is overdue, noticed", clock(text("clock"))),
        "commented" => "Comment".to_owned(),
        "update_published" => "Update published".to_owned(),
        "put_on_hold" => "Put on hold".to_owned(),
        "disputed" => "Said to be still broken".to_owned(),
        "confirmed" => "Said to work again".to_owned(),
        kind => sentence(kind),
    }
}

fn clock(kind: &str) -> String {
    if kind.is_empty() { "A target".to_owned() } else { sentence(kind) }
}

/// `work_started` as words.
fn sentence(word: &str) -> String {
    let words = word.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The words that came with an event, where they may be told.
fn note(data: &Value) -> Option<String> {
    let found = ["body", "note", "reason"].iter().find_map(|field| data.get(*field)?.as_str());
    let found = found.map(|text| one_line(text, NOTE_CHARS));
    found.filter(|text| !text.is_empty())
}

/// What an update says: where it stands, its words, and what is expected when.
fn update(data: &Value) -> Option<String> {
    let text = |field: &str| data.get(field).and_then(Value::as_str);
    let at = |field: &str| text(field)?.parse::<Timestamp>().ok();
    let facts = UpdateFacts {
        site: String::new(),
        title: text("title").unwrap_or_default().to_owned(),
        phase: text("phase")?.parse().ok()?,
        body: one_line(text("body")?, UPDATE_CHARS),
        components: vec![],
        expected: at("expected"),
        next_update: at("next_update"),
        url: None,
        zone: TimeZone::UTC,
    };
    Some(one_line(&words::chat(&facts), NOTE_CHARS))
}

/// Words on one line, cut where they are too long, without what cannot be seen or turns the
/// direction of what follows.
fn one_line(text: &str, chars: usize) -> String {
    let hidden = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let plain: String = text
        .chars()
        .filter(|c| !hidden(c))
        .map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c })
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars {
        return line;
    }
    let cut: String = line.chars().take(chars - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hostile(words: &str) -> Said {
        Said {
            name: "INC-7".to_owned(),
            url: Some("https://desk.example/incidents/INC-7".to_owned()),
            stands: "P2 · in progress".to_owned(),
            title: one_line(words, TITLE_CHARS),
            what: format!("Resolved by {}", one_line(words, TITLE_CHARS)),
            note: Some(one_line(words, NOTE_CHARS)).filter(|note| !note.is_empty()),
        }
    }

    const EVIL: &str = "<!channel> <@U123> <https://evil.example|click> @all @channel [x](https://evil.example) **bold** `code` <script>alert(1)</script> &amp; \"quoted\"\n# head\n> quote";

    #[test]
    fn nobody_is_called_and_nothing_becomes_markup_in_slack() {
        let body = slack::body(&hostile(EVIL));
        let fallback = body["text"].as_str().unwrap();
        assert!(!fallback.contains('<') && !fallback.contains('>'), "{fallback}");
        for block in body["blocks"].as_array().unwrap() {
            let texts = [&block["text"]]
                .into_iter()
                .chain(block["elements"].as_array().into_iter().flatten());
            for text in texts.filter(|text| text["type"] == "mrkdwn") {
                let words = text["text"].as_str().unwrap();
                assert!(!words.contains("channel") && !words.contains("evil"), "{words}");
            }
        }
    }

    #[test]
    fn nobody_is_called_and_nothing_becomes_markup_in_mattermost() {
        let body = mattermost::body(&hostile(EVIL));
        let text = body["text"].as_str().unwrap();
        for live in ["@all", "@channel", "<!", "<@", "[x](", "**bold", "`code`", "\n# head"] {
            let escaped = text.replace(&format!("\\{live}"), "");
            assert!(!escaped.contains(live), "{live} in {text}");
        }
    }

    #[test]
    fn nothing_becomes_markup_in_matrix_and_nobody_is_called() {
        let body = matrix::body(&hostile(EVIL));
        let html = body["formatted_body"].as_str().unwrap();
        assert!(!html.contains("<script") && html.contains("&lt;script&gt;"), "{html}");
        assert_eq!(body["m.mentions"], serde_json::json!({}));
    }

    #[test]
    fn words_are_plain_runs_in_teams() {
        let body = teams::body(&hostile(EVIL));
        let card = &body["attachments"][0]["content"];
        assert_eq!(card["type"], "AdaptiveCard");
        for block in card["body"].as_array().unwrap() {
            assert_eq!(block["type"], "RichTextBlock", "text blocks read markdown");
        }
        assert_eq!(card["actions"][0]["url"], "https://desk.example/incidents/INC-7");
    }

    #[test]
    fn when_the_next_word_comes_is_said_however_long_an_update_is() {
        let note = update(&serde_json::json!({
            "phase": "identified",
            "body": "A switch failed. ".repeat(100),
            "expected": "2026-11-23T14:00:00Z",
            "next_update": "2026-11-23T13:00:00Z",
        }));
        let note = note.unwrap();
        assert!(note.chars().count() <= NOTE_CHARS, "{note}");
        assert!(note.contains("Expected back by") && note.contains("Next update by"), "{note}");
        assert!(!note.ends_with('…'), "{note}");
    }

    #[test]
    fn words_that_turn_the_line_around_are_left_out() {
        assert_eq!(one_line("a\u{202e}b\u{200b}c\r\n\u{2028}d", 10), "abc d");
        assert_eq!(one_line("abcdef", 4), "abc…");
    }

    proptest! {
        #[test]
        fn whatever_is_said_stays_words(words in "[<>@!&|*_~`\\[\\]()#\\\\a-z \\n\u{200b}\u{202e}-]{0,60}") {
            let said = hostile(&words);
            let slack = slack::body(&said);
            let fallback = slack["text"].as_str().unwrap();
            prop_assert!(!fallback.contains(['<', '>']));
            let mattermost = mattermost::body(&said);
            let text = mattermost["text"].as_str().unwrap();
            let ours = format!("**[INC-7]({})**", said.url.as_deref().unwrap());
            let rest = text.strip_prefix(&ours).unwrap();
            let mut before = ' ';
            for (at, c) in rest.char_indices() {
                if matches!(c, '<' | '*' | '_' | '`' | '[' | ']' | '(' | ')' | '#' | '|' | '~') && before != '\\' {
                    prop_assert!(false, "{c} at {at} in {rest}");
                }
                if c == '@' {
                    let quiet = rest[at + 1..].starts_with('\u{200b}');
                    prop_assert!(quiet, "{} calls somebody", rest);
                }
                before = if before == '\\' { ' ' } else { c };
            }
            let html = matrix::body(&said);
            let html = html["formatted_body"].as_str().unwrap();
            let tags = html.matches('<').count();
            prop_assert_eq!(tags, matrix::body(&hostile("x"))["formatted_body"].as_str().unwrap().matches('<').count()
                - if said.note.is_none() { 2 } else { 0 });
        }
    }
}
