//! Message ids: a message's own, and those it answers.

use super::headers::Headers;
use super::limits::{MESSAGE_ID_BYTES, REFERENCES};

/// Its own id.
pub(super) fn own(headers: &Headers) -> Option<String> {
    headers.all("message-id").find_map(|value| ids(value).into_iter().next())
}

/// What it answers, nearest first, each once.
pub(super) fn answered(headers: &Headers) -> Vec<String> {
    let nearest = headers.all("in-reply-to").flat_map(ids);
    let further = headers.all("references").flat_map(|value| ids(value).into_iter().rev());
    let mut found: Vec<String> = Vec::new();
    for id in nearest.chain(further) {
        if found.len() >= REFERENCES {
            break;
        }
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// The ids in a header field: what stands in brackets, or else words with an `@`.
pub(super) fn ids(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((_, behind)) = rest.split_once('<') {
        let Some((inner, after)) = behind.split_once('>') else {
            found.extend(id(behind));
            break;
        };
        // A bracket within: what stands before was never closed.
        let inner = inner.rsplit('<').next().unwrap_or(inner);
        found.extend(id(inner));
        rest = after;
    }
    if found.is_empty() {
        found.extend(value.split_whitespace().filter(|word| word.contains('@')).filter_map(id));
    }
    found
}

fn id(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let bare = bare.trim_matches(['<', '>']);
    (!bare.is_empty() && bare.len() <= MESSAGE_ID_BYTES).then(|| bare.to_owned())
}
