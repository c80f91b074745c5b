//! What a provider of telephones says: which key somebody pressed, what became of a message or a
//! call, and text messages that answer a page. It signs all of it with the secret of the account
//! (`X-Twilio-Signature`); what is not signed so is nobody's.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::paging::{Answer, Paged};
use desk::{Desk, Trouble};
use ring::hmac;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Bytes of what a provider says; far more than it ever is.
const BODY_BYTES: usize = 16 * 1_024;
/// The header that the signature comes in.
const SIGNATURE: &str = "x-twilio-signature";
/// What each key of the telephone says.
const KEYS: [(&str, Answer); 3] =
    [("1", Answer::Acknowledge), ("2", Answer::Escalate), ("3", Answer::Decline)];
/// What is said about the keys.
const MENU: &str =
    "Press 1 to acknowledge. Press 2 to page the next person as well. Press 3 if you cannot.";
/// Words that say in a text message what a key says in a call.
const WORDS: [(&str, Answer); 8] = [
    ("1", Answer::Acknowledge),
    ("ack", Answer::Acknowledge),
    ("yes", Answer::Acknowledge),
    ("2", Answer::Escalate),
    ("escalate", Answer::Escalate),
    ("3", Answer::Decline),
    ("no", Answer::Decline),
    ("decline", Answer::Decline),
];
/// Statuses of messages that say that they arrived. None of a call does: a mailbox takes calls, too,
/// so only a pressed key shows that somebody heard it.
const ARRIVED: [&str; 2] = ["delivered", "read"];
/// Statuses that say that they did not, and will not.
const LOST: [&str; 6] = ["undelivered", "failed", "busy", "no-answer", "canceled", "cancelled"];

/// The account that signs.
#[derive(Clone)]
pub struct Telephone {
    /// Its secret.
    pub token: String,
    /// Where the provider reaches this instance, without a slash at the end: it signs the address.
    pub public_url: String,
}

#[derive(Clone)]
struct App {
    desk: Desk,
    telephone: Telephone,
}

type Fields = BTreeMap<String, String>;

/// Everything under `/paging`. It has no fallback of its own, so that it can be merged.
pub fn telephone(desk: Desk, telephone: Telephone) -> Router {
    Router::new()
        .route("/paging/voice/{token}", post(voice))
        .route("/paging/status/{token}", post(status))
        .route("/paging/sms", post(sms))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(App { desk, telephone })
}

/// `POST /paging/voice/{token}`: what is said in a call, and which key was pressed.
async fn voice(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("/paging/voice/{token}");
    let Some(fields) = app.telephone.signed(&path, &headers, &body) else { return forbidden() };
    let paged = match app.paged(&token).await {
        Ok(Some(paged)) => paged,
        Ok(None) => return script(&say("There is nothing to answer here. Goodbye.")),
        Err(trouble) => return failed(&trouble),
    };
    let pressed = fields.get("Digits").map(String::as_str).unwrap_or_default();
    if !pressed.is_empty()
        && let Err(trouble) = app.desk.page_receipt(paged.page.id, Ok(())).await
    {
        return failed(&trouble);
    }
    if let Some(over) = paged.is_over() {
        return script(&say(&format!("This page is over, because {over}. Goodbye.")));
    }
    let Some((_, answer)) = KEYS.iter().find(|(key, _)| *key == pressed) else {
        let action = format!("{}{path}", app.telephone.public_url);
        return script(&menu(&paged.spoken(&app.desk.policy()), &action));
    };
    match app.desk.answer_page(&paged, *answer).await {
        Ok(()) => script(&say(&format!("{} Goodbye.", done(&paged, *answer)))),
        Err(Trouble::Refused(refusal)) => {
            script(&say(&format!("That is not possible now: {}. Goodbye.", refusal.message)))
        }
        Err(trouble) => failed(&trouble),
    }
}

/// `POST /paging/status/{token}`: what became of a message or a call.
async fn status(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("/paging/status/{token}");
    let Some(fields) = app.telephone.signed(&path, &headers, &body) else { return forbidden() };
    let said = fields.get("MessageStatus").or_else(|| fields.get("CallStatus"));
    let said = said.map(String::as_str).unwrap_or_default();
    let came = match said {
        said if ARRIVED.contains(&said) => Ok(()),
        said if LOST.contains(&said) => {
            let code = fields.get("ErrorCode").map_or(String::new(), |code| format!(" ({code})"));
            Err(format!("the provider says: {said}{code}"))
        }
        // It is on its way.
        _ => return StatusCode::NO_CONTENT.into_response(),
    };
    let receipt = async {
        let seals = app.desk.seals().await?;
        match seals.read_page(&token) {
            Some(id) => app.desk.page_receipt(id, came).await,
            None => Ok(()),
        }
    };
    match receipt.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(trouble) => failed(&trouble),
    }
}

/// `POST /paging/sms`: a text message to our number.
async fn sms(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(fields) = app.telephone.signed("/paging/sms", &headers, &body) else {
        return forbidden();
    };
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let Some((answer, code)) = read(field("Body")) else {
        return script(&message(
            "Answer 1 to acknowledge, 2 to escalate, 3 if you cannot, and the code of the page.",
        ));
    };
    match app.answer(field("From"), answer, code).await {
        Ok(words) => script(&message(&words)),
        Err(trouble) => failed(&trouble),
    }
}

impl App {
    async fn paged(&self, token: &str) -> Result<Option<Paged>, Trouble> {
        match self.desk.seals().await?.read_page(token) {
            Some(id) => self.desk.paged(id).await,
            None => Ok(None),
        }
    }

    async fn answer(
        &self,
        from: &str,
        answer: Answer,
        code: Option<&str>,
    ) -> Result<String, Trouble> {
        let paged = match self.desk.page_by_code(from, code).await? {
            Some(id) => self.desk.paged(id).await?,
            None => None,
        };
        let Some(paged) = paged else {
            return Ok("No page to this number waits for that. Say the code that stands in the page, such as 1 1234.".to_owned());
        };
        let number = paged.page.number;
        Ok(match self.desk.answer_page(&paged, answer).await {
            Ok(()) => format!("{number}: {}", done(&paged, answer)),
            Err(Trouble::Refused(refusal)) => format!("{number}: {}", refusal.message),
            Err(trouble) => return Err(trouble),
        })
    }
}

impl Telephone {
    /// The fields of what was posted there, if the provider signed them.
    fn signed(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Option<Fields> {
        let signature = headers.get(SIGNATURE)?.to_str().ok()?;
        let signature = STANDARD.decode(signature).ok()?;
        let fields = fields(std::str::from_utf8(body).ok()?);
        let mut said = format!("{}{path}", self.public_url);
        for (name, value) in &fields {
            said.push_str(name);
            said.push_str(value);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.token.as_bytes());
        hmac::verify(&key, said.as_bytes(), &signature).ok()?;
        Some(fields)
    }
}

/// What a text message says: the answer, and the code of the page.
fn read(text: &str) -> Option<(Answer, Option<&str>)> {
    let mut words = text.split_whitespace();
    let first = words.next()?.to_lowercase();
    let first = first.trim_end_matches(['.', ',', '!']);
    let (_, answer) = WORDS.iter().find(|(word, _)| *word == first)?;
    Some((*answer, words.next()))
}

fn done(paged: &Paged, answer: Answer) -> &'static str {
    match answer {
        Answer::Decline if paged.page.learns => "No more of this page is sent to you.",
        Answer::Acknowledge => "Acknowledged. It is yours.",
        Answer::Escalate => "The next person is paged.",
        Answer::Decline => "The next person is paged instead of you.",
        Answer::Coming => "The others know that you are coming.",
        Answer::CannotCome => "The others know that you cannot come.",
    }
}

/// Fields of a form, by name; a name that comes twice counts once.
fn fields(text: &str) -> Fields {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let (bytes, mut found, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
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
    String::from_utf8_lossy(&found).into_owned()
}

/// What is said in a call, twice, while a key is waited for.
fn menu(words: &str, action: &str) -> String {
    let said = format!("{words} {MENU}");
    let mut script = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        script,
        "<Gather numDigits=\"1\" timeout=\"8\" method=\"POST\" action=\"{}\"><Say loop=\"2\">{}</Say></Gather>{}",
        escaped(action),
        escaped(&said),
        say("No key was pressed. Goodbye."),
    );
    script
}

fn say(words: &str) -> String {
    format!("<Say>{}</Say>", escaped(words))
}

fn message(words: &str) -> String {
    format!("<Message>{}</Message>", escaped(words))
}

fn escaped(text: &str) -> String {
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    plain.replace('"', "&quot;").replace(char::is_control, " ")
}

/// A script for the provider.
fn script(inner: &str) -> Response {
    let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{inner}</Response>");
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], xml).into_response()
}

fn forbidden() -> Response {
    (StatusCode::FORBIDDEN, "This is not signed by the account of this instance.\n").into_response()
}

/// The provider asks again.
fn failed(trouble: &Trouble) -> Response {
    tracing::warn!(%trouble, "a provider of telephones was not answered");
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn account() -> Telephone {
        let public_url = "https://desk.company.example".to_owned();
        Telephone { token: "12345".to_owned(), public_url }
    }

    fn signature(path: &str, fields: &[(&str, &str)]) -> HeaderValue {
        let mut said = format!("https://desk.company.example{path}");
        let mut sorted = fields.to_vec();
        sorted.sort();
        sorted.iter().for_each(|(name, value)| said.push_str(&format!("{name}{value}")));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
        STANDARD.encode(hmac::sign(&key, said.as_bytes())).parse().unwrap()
    }

    #[test]
    fn only_what_the_account_signed_is_read() {
        let fields = [("From", "+491"), ("Body", "1 1234"), ("To", "+492")];
        let body = b"Body=1+1234&From=%2B491&To=%2B492";
        let headers =
            HeaderMap::from_iter([(SIGNATURE.parse().unwrap(), signature("/paging/sms", &fields))]);
        let read = account().signed("/paging/sms", &headers, body).unwrap();
        assert_eq!((read["From"].as_str(), read["Body"].as_str()), ("+491", "1 1234"));
        assert!(account().signed("/paging/voice/x", &headers, body).is_none(), "elsewhere");
        let changed = b"Body=1+1235&From=%2B491&To=%2B492";
        assert!(account().signed("/paging/sms", &headers, changed).is_none(), "changed");
        let other = Telephone { token: "12346".to_owned(), ..account() };
        assert!(other.signed("/paging/sms", &headers, body).is_none(), "another account");
        assert!(account().signed("/paging/sms", &HeaderMap::new(), body).is_none(), "unsigned");
    }

    #[test]
    fn the_signature_is_that_of_the_documented_example() {
        // As Twilio describes its signatures: the account "12345", this address and this form.
        let account =
            Telephone { token: "12345".to_owned(), public_url: "https://mycompany.com".to_owned() };
        let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212";
        let headers = HeaderMap::from_iter([(
            SIGNATURE.parse().unwrap(),
            HeaderValue::from_static("GvWf1cFY/Q7PnoempGyD5oXAezc="),
        )]);
        assert!(account.signed("/myapp.php?foo=1&bar=2", &headers, body).is_some());
    }

    #[test]
    fn a_text_message_says_what_a_key_says() {
        assert_eq!(read("1 1234"), Some((Answer::Acknowledge, Some("1234"))));
        assert_eq!(read(" ACK, 0007 "), Some((Answer::Acknowledge, Some("0007"))));
        assert_eq!(read("3"), Some((Answer::Decline, None)));
        for none in ["", "what is this?", "11 1234"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn words_in_a_script_stay_words() {
        let script = menu("<Dial>+1900</Dial> & \"more\"", "https://x/?a=1&b=2");
        assert!(!script.contains("<Dial>") && script.contains("&lt;Dial&gt;"), "{script}");
        assert!(script.contains("action=\"https://x/?a=1&amp;b=2\""), "{script}");
    }
}
