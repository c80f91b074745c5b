//! What a door is given.

use super::form;
use kernel::Timestamp;

/// A request, as far as reading it needs it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'a str,
    /// The path behind the door's own address, without query: `v2/alerts/node1/close`. Doors with
    /// one address only do not look at it.
    pub path: &'a str,
    /// What stands behind the question mark, as sent.
    pub query: &'a str,
    /// Names and values of headers; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body, whose size has been limited.
    pub body: &'a [u8],
    /// Now: sources' clocks are judged by it.
    pub now: Timestamp,
    /// A random word, by which an alert is known that its source gave no key.
    pub fresh: &'a str,
}

impl<'a> Request<'a> {
    /// A JSON body that was posted.
    pub fn post(body: &'a [u8], now: Timestamp, fresh: &'a str) -> Self {
        let headers = &[("content-type", "application/json")];
        Request { method: "POST", path: "", query: "", headers, body, now, fresh }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|pair| pair.1)
    }

    /// The media type of the body in lower case, without parameters.
    pub fn content_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The first value of a parameter of the address that is not empty.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form::decode(self.query.as_bytes()).into_iter();
        pairs.find(|(known, value)| known == name && !value.is_empty()).map(|pair| pair.1)
    }

    /// Whether the body is a form.
    pub fn is_form(&self) -> bool {
        self.content_type() == "application/x-www-form-urlencoded"
    }
}

/// What cannot be understood at all. Everything else becomes a [`Reading`](crate::Reading),
/// perhaps with warnings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct Unreadable {
    /// Where: `alerts`, `payload.summary`, `body`.
    pub field: String,
    /// What should be there.
    pub rule: String,
}

impl Unreadable {
    /// That this field does not keep this rule.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Unreadable { field: field.into(), rule: rule.into() }
    }
}
