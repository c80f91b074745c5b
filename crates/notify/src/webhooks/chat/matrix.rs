//! Matrix: a notice in a room, sent under a transaction id, so that the server takes each
//! once. It mentions nobody, and says so.

use super::Said;
use kernel::encoded;
use serde_json::{Value, json};

/// The path of a message in a room; `base` is that of the server.
pub(super) fn path(base: &str, room: &str, message_id: &str) -> String {
    let base = base.split('?').next().unwrap_or_default().trim_end_matches('/');
    let room = encoded(room);
    format!("{base}/_matrix/client/v3/rooms/{room}/send/m.room.message/{}", encoded(message_id))
}

pub(super) fn body(said: &Said) -> Value {
    let name = escaped(&said.name);
    let mut html = match &said.url {
        Some(url) => format!("<a href=\"{}\"><b>{name}</b></a>", escaped(url)),
        None => format!("<b>{name}</b>"),
    };
    if !said.stands.is_empty() {
        html.push_str(&format!(" · {}", escaped(&said.stands)));
    }
    html.push_str(&format!("<br>{}<br>{}", escaped(&said.title), escaped(&said.what)));
    let mut text = said.line();
    if let Some(note) = &said.note {
        html.push_str(&format!("<blockquote>{}</blockquote>", escaped(note)));
        text.push_str(&format!("\n{note}"));
    }
    if let Some(url) = &said.url {
        text.push_str(&format!("\n{url}"));
    }
    json!({
        "msgtype": "m.notice",
        "body": text,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": {},
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn rooms_stand_in_paths_without_becoming_part_of_them() {
        let at = |base: &str| path(base, "!a/b:matrix.example", "msg_1");
        let sent = "/_matrix/client/v3/rooms/%21a%2Fb%3Amatrix.example/send/m.room.message/msg_1";
        assert_eq!(at("/"), sent);
        assert_eq!(at("/base/?x"), format!("/base{sent}"));
    }
}
