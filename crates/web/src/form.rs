//! The fields of a posted form, in their order; a name may come more than once.

use crate::error::PageError;
use crate::part::time::Here;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use futures_util::future::BoxFuture;
use incident::Refusal;
use kernel::Timestamp;
use std::borrow::Cow;

/// Fields of an `application/x-www-form-urlencoded` body or query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=b&c=d`.
    pub(crate) fn parse(text: &str) -> Fields {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Fields(pairs.collect())
    }

    /// From pairs that were read elsewhere, such as a multipart body.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Fields {
        Fields(pairs)
    }

    /// The first value of a field, as sent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a field without space around it; `None` if it is empty or missing.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The first value of a field without space around it; empty if it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// All names with their values, in the order in which they were sent.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A local date and time, as a field for both sends it, on the reader's clock.
    pub(crate) fn instant(
        &self,
        name: &'static str,
        here: &Here,
    ) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.filled(name) else { return Ok(None) };
        let local: jiff::civil::DateTime = text.parse().map_err(|_| {
            Refusal::invalid(name, "is not a date and time, such as 2026-11-23T14:20")
        })?;
        let at = local
            .to_zoned(here.zone.clone())
            .map_err(|_| Refusal::invalid(name, "is not a date and time that can be"))?;
        Ok(Some(Timestamp::from_jiff(at.timestamp())))
    }

    /// The same fields with this one set to a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Fields {
        self.0.retain(|(found, _)| found != name);
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The same fields with one more value of this one.
    #[must_use]
    pub(crate) fn and(mut self, name: &str, value: impl Into<String>) -> Fields {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Whether a checkbox was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &S) -> Result<Self, PageError> {
        Fields::sent(request).await
    }
}

impl Fields {
    /// Boxed, so that not every part of the program with forms has its own copy.
    fn sent(request: Request) -> BoxFuture<'static, Result<Fields, PageError>> {
        Box::pin(async move {
            let body = Bytes::from_request(request, &())
                .await
                .map_err(|error| PageError::Status(error.status(), error.body_text()))?;
            let text = std::str::from_utf8(&body)
                .map_err(|_| PageError::invalid("the form is not UTF-8 text"))?;
            Ok(Fields::parse(text))
        })
    }
}

/// Undoes `%20` and `+`; what is no UTF-8 becomes the replacement character.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return text.to_owned();
    }
    let mut found = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                found.push(byte);
                at += 2;
            }
            (b'+', _) => found.push(b' '),
            (byte, _) => found.push(byte),
        }
        at += 1;
    }
    match String::from_utf8_lossy(&found) {
        Cow::Borrowed(_) => String::from_utf8(found).unwrap_or_default(),
        Cow::Owned(mended) => mended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_any_form() {
        let fields =
            Fields::parse("number=INC-1&number=INC-2&q=a+b%3C2h&empty=&odd=%zz%C3%A9&=x&flag");
        assert_eq!(fields.all("number").collect::<Vec<_>>(), ["INC-1", "INC-2"]);
        assert_eq!(fields.get("q"), Some("a b<2h"));
        assert_eq!(fields.filled("empty"), None);
        assert_eq!(fields.get("odd"), Some("%zzé"));
        assert!(fields.ticked("flag") && !fields.ticked("other"));
    }

    #[test]
    fn dates_are_local() {
        let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
        let language = Default::default();
        let here =
            Here { now: Timestamp::from_micros(0), zone, language, calendars: Default::default() };
        let read = |text: &str| Fields::parse(&format!("at={text}")).instant("at", &here);
        assert_eq!(read("2026-11-23T14:20").unwrap().unwrap().to_string(), "2026-11-23T13:20:00Z");
        assert_eq!(read("").unwrap(), None);
        assert!(read("tomorrow").is_err());
    }

    #[test]
    fn what_was_encoded_is_decoded_again() {
        for text in ["", "a b", "state:open due<2h \"Label Printing\" %+&=?#", "Gdańsk"] {
            let fields = Fields::parse(&format!("q={}", crate::url::encode(text)));
            assert_eq!(fields.get("q"), Some(text));
        }
    }
}
