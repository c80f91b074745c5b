//! Sources that are asked which alerts they know: the fields of the form, and how it goes.

use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing;
use desk::Trouble;
use incident::Refusal;
use kernel::limits;
use maud::{Markup, html};
use store::alerts::asks::Asked;
use store::directory::integrations::{ASK_EVERY_MINUTES, Ask, Secrets};

/// Questions in a row without an answer from which on it is more than a hiccup.
const FAILS: i64 = 3;

/// Its fields.
pub(super) fn pairs(ask: Option<&Ask>) -> Vec<(String, String)> {
    let every = ask.map_or(ASK_EVERY_MINUTES, |ask| ask.every_minutes);
    let mut pairs = vec![("ask.every_minutes".to_owned(), every.to_string())];
    if let Some(ask) = ask {
        pairs.push(("ask.url".to_owned(), ask.url.clone()));
        pairs.extend(ask.user.clone().map(|user| ("ask.user".to_owned(), user)));
    }
    pairs
}

/// Where to ask, and what to sign in with; what is left empty of that stays.
pub(super) fn typed(fields: &Fields) -> Result<Option<(Ask, Secrets)>, Trouble> {
    let url = editing::text(fields, "ask.url", limits::WEBHOOK_URL_BYTES)?.trim().to_owned();
    if url.is_empty() {
        return Ok(None);
    }
    let every = fields.filled("ask.every_minutes").map(|text| text.trim().parse::<u32>());
    let every = every.transpose();
    let every = every.map_err(|_| Refusal::invalid("ask.every_minutes", "Write a whole number"))?;
    let user = editing::text(fields, "ask.user", limits::EMAIL_CHARS)?.trim().to_owned();
    let secret = editing::text(fields, "ask.secret", limits::REASON_CHARS)?;
    let ask = Ask {
        url,
        user: Some(user).filter(|user| !user.is_empty()),
        every_minutes: every.unwrap_or(ASK_EVERY_MINUTES),
    };
    let password = Some(secret).filter(|secret| !secret.is_empty());
    Ok(Some((ask, Secrets { password, ..Secrets::default() })))
}

/// The fields as they are drawn.
pub(super) fn inputs(fields: &Fields, errors: &Errors) -> Markup {
    let names = ["ask.url", "ask.user", "ask.secret", "ask.every_minutes"];
    let wrong = names.iter().any(|name| errors.of(name).is_some());
    let asks = !fields.text("ask.url").is_empty();
    html! {
        details.fold open[wrong || asks] {
            summary { (icon("right")) "Ask it which alerts it still knows" }
            div.stack.mts {
                (Field::new("ask.url", "Address of Alertmanager").hint("Like https://alertmanager.company.example. Alerts that it does not know two times in a row are over. Empty: it is not asked.").errors(errors)
                    .input("url", fields.text("ask.url")))
                (Field::new("ask.user", "User").hint("Empty: what stands below is sent as bearer token.").errors(errors)
                    .input("text", fields.text("ask.user")))
                (Field::new("ask.secret", "Password or token").hint("Never shown again. Empty: it stays as it is.").errors(errors)
                    .input("password", ""))
                (Field::new("ask.every_minutes", "Ask every so many minutes").errors(errors)
                    .input("number", fields.text("ask.every_minutes")))
            }
        }
    }
}

/// How asking goes.
pub(super) fn state(who: &SignedIn, asked: Option<&Asked>) -> Markup {
    let Some(asked) = asked else {
        return html! { p.meta { "It was not asked yet which alerts it knows." } };
    };
    let why = asked.error.as_deref().unwrap_or_default();
    match asked.failing_since {
        Some(since) if asked.failures >= FAILS => html! {
            div.banner.banner-warn role="status" { (icon("alert")) div {
                b { "It does not say which alerts it knows" } " since " (time::moment(since, &who.here)) ": " (why)
                ". Nothing is resolved because of that."
            } }
        },
        Some(since) => html! {
            p.meta { "It did not say which alerts it knows " (time::since(since, &who.here)) ": " (why) ". It is asked again soon." }
        },
        None => html! {
            p.meta { @if let Some(at) = asked.answered_at { "It said which alerts it knows " (time::since(at, &who.here)) "." } }
        },
    }
}
