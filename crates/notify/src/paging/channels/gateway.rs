//! Text messages by any gateway that takes an HTTP request: one in the cellar with a SIM card as
//! well as a carrier's. Places in its address and in the body are filled in: `{to}`, `{text}` and
//! `{id}`. A status of 200 to 299 says that it was taken.

use super::{FORM, JSON, Taken, outward};
use crate::paging::words::Message;
use crate::webhooks::client::{Outgoing, Reply};
use hyper::Method;
use kernel::{Invalid, encoded};
use store::pages::send::Wrong;

/// Methods that a gateway may want.
const METHODS: [Method; 3] = [Method::POST, Method::PUT, Method::GET];
/// Characters kept of the id in an answer.
const REFERENCE_CHARS: usize = 200;

/// A gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    url: String,
    method: Method,
    body: String,
    header: Option<(&'static str, String)>,
    id: Option<String>,
}

impl Gateway {
    /// A gateway at this address; `body` is what it is sent, JSON or the fields of a form.
    ///
    /// # Errors
    ///
    /// A method that no gateway has; no place for the number.
    pub fn new(url: &str, method: &str, body: &str) -> Result<Gateway, Invalid> {
        let method = METHODS.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(method));
        let method = method.ok_or_else(|| Invalid::new("must be one of POST, PUT, GET"))?;
        for place in ["{to}", "{text}"] {
            if !url.contains(place) && !body.contains(place) {
                let words = format!("needs the place {place}, here or in the address");
                return Err(Invalid::new(words));
            }
        }
        let gateway =
            Gateway { url: url.to_owned(), method, body: body.to_owned(), header: None, id: None };
        gateway.url_for("+49301234567", "text", "id").parse::<kernel::Outward>()?;
        Ok(gateway)
    }

    /// The same with a header that lets us in, such as `Authorization: Bearer secret`.
    ///
    /// # Errors
    ///
    /// It is no header.
    pub fn with_header(self, line: &str) -> Result<Gateway, Invalid> {
        let wrong = || Invalid::new("is not a header such as Authorization: Bearer secret");
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name = hyper::header::HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
        hyper::header::HeaderValue::try_from(value.trim()).map_err(|_| wrong())?;
        // Once for the life of the program: settings do not change while it runs.
        let name: &'static str = Box::leak(name.as_str().to_owned().into_boxed_str());
        Ok(Gateway { header: Some((name, value.trim().to_owned())), ..self })
    }

    /// The same where the answer holds the gateway's id of the message, in JSON at this pointer,
    /// such as `/messages/0/id`.
    #[must_use]
    pub fn with_id_at(self, pointer: &str) -> Gateway {
        Gateway { id: Some(pointer.to_owned()), ..self }
    }

    /// The request that sends a text message.
    pub(super) fn outgoing(&self, to: &str, message: &Message) -> Result<Outgoing, Wrong> {
        let body = self.body.trim();
        let is_json = body.starts_with(['{', '[']);
        let inner = |text: &str| match is_json {
            true => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            false => encoded(text),
        };
        let body = filled(body, &inner(to), &inner(&message.sms), &inner(&message.id));
        let mut headers = vec![("idempotency-key", message.id.clone())];
        if !body.is_empty() {
            let kind = if is_json { JSON } else { FORM };
            headers.push(("content-type", kind.to_owned()));
        }
        headers.extend(self.header.clone());
        let to = outward(&self.url_for(to, &message.sms, &message.id))?;
        Ok(Outgoing { method: self.method.clone(), to, headers, body: body.into_bytes() })
    }

    fn url_for(&self, to: &str, text: &str, id: &str) -> String {
        filled(&self.url, &encoded(to), &encoded(text), &encoded(id))
    }

    /// The id that the gateway gave it.
    pub(super) fn taken(&self, reply: &Reply) -> Taken {
        let answer: Option<serde_json::Value> = serde_json::from_str(&reply.text).ok();
        let found = answer.zip(self.id.as_deref()).and_then(|(answer, pointer)| {
            let found = answer.pointer(pointer)?;
            Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
        });
        Taken { reference: found.map(|id| id.chars().take(REFERENCE_CHARS).collect()) }
    }
}

/// Fills in places; what stands in one is never read again.
fn filled(template: &str, to: &str, text: &str, id: &str) -> String {
    let mut found = String::with_capacity(template.len() + text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, place) = rest.split_at(at);
        found.push_str(before);
        let known = [("{to}", to), ("{text}", text), ("{id}", id)];
        match known.iter().find(|(name, _)| place.starts_with(name)) {
            Some((name, value)) => {
                found.push_str(value);
                rest = &place[name.len()..];
            }
            None => {
                found.push('{');
                rest = &place[1..];
            }
        }
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sms: &str) -> Message {
        Message { id: "page-1".to_owned(), sms: sms.to_owned(), ..crate::paging::words::empty() }
    }

    #[test]
    fn places_are_filled_so_that_words_stay_words() {
        let json = r#"{"to": "{to}", "message": {"text": "{text}"}, "ref": "{id}"}"#;
        let gateway = Gateway::new("https://sms.example/send", "post", json).unwrap();
        let gateway = gateway.with_header("X-Key: secret").unwrap().with_id_at("/id");
        let outgoing = gateway.outgoing("+491", &message("a \"b\" {to}\n")).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&outgoing.body).unwrap();
        assert_eq!(body["message"]["text"], "a \"b\" {to}\n");
        assert_eq!((&body["to"], &body["ref"]), (&"+491".into(), &"page-1".into()));
        assert!(outgoing.headers.contains(&("x-key", "secret".to_owned())));
        assert!(outgoing.headers.contains(&("idempotency-key", "page-1".to_owned())));
        let form = Gateway::new("https://sms.example/{to}?k=1", "GET", "m={text}").unwrap();
        let outgoing = form.outgoing("+491", &message("a&b=c")).unwrap();
        assert_eq!(outgoing.to.path, "/%2B491?k=1");
        assert_eq!(outgoing.body, b"m=a%26b%3Dc");
    }

    #[test]
    fn what_is_no_gateway_is_refused() {
        for (url, method, body) in [
            ("https://sms.example/", "POST", "text={text}"),
            ("https://sms.example/", "POST", "to={to}"),
            ("https://sms.example/", "DELETE", "{to}{text}"),
            ("ftp://sms.example/", "POST", "{to}{text}"),
        ] {
            assert!(Gateway::new(url, method, body).is_err(), "{url} {method} {body}");
        }
        let gateway = Gateway::new("https://sms.example/", "POST", "{to}{text}").unwrap();
        for line in ["Authorization", "a b: c", ": x", "x: a\nb"] {
            assert!(gateway.clone().with_header(line).is_err(), "{line}");
        }
    }
}
