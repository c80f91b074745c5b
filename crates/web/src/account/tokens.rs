//! One's own API tokens: programs act with them on one's behalf.

use super::{Shown, actor, done, page};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::{Refusal, TokenScope};
use kernel::{TokenId, limits};
use maud::{Markup, html};
use store::directory::{Token, tokens};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// How long a token can last: days, and the words. 0 is for ever.
const LIVES: [(&str, &str); 4] =
    [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("0", "Until it is revoked")];

/// `POST /me/tokens`
pub(super) async fn create(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    match store(&app, &who, &fields).await {
        Ok(secret) => Ok(page(&app, &who, Shown { secret: Some(secret), ..Shown::default() })
            .await?
            .into_response()),
        Err(Trouble::Refused(refusal)) => {
            let mut errors = Errors::default();
            errors.add(refusal.field.map(place_of).unwrap_or_default(), &refusal.message);
            let again =
                page(&app, &who, Shown { errors, typed: fields, ..Shown::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// `POST /me/tokens/{id}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<TokenId>,
) -> PageResult<Response> {
    let person = who.viewer().person;
    let revoked = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let Some(token) = tokens::get(sql, id)?.filter(|token| token.person == person) else {
                return Ok(false);
            };
            tokens::delete(sql, id)?;
            audit.deleted(sql, "token", id, &token)?;
            Ok(true)
        })
        .await?;
    if revoked { Ok(done("revoked")) } else { Err(PageError::NotFound) }
}

async fn store(app: &App, who: &SignedIn, fields: &Fields) -> Result<String, Trouble> {
    let name = fields.text("name").to_owned();
    if name.is_empty() || name.chars().count() > limits::NAME_CHARS {
        return Err(Refusal::invalid(
            "name",
            format!("Say in 1 to {} characters what the token is for", limits::NAME_CHARS),
        )
        .into());
    }
    let scope: TokenScope = fields
        .text("scope")
        .parse()
        .map_err(|_| Refusal::invalid("scope", "Choose what the token may do"))?;
    let life = LIVES
        .iter()
        .find(|(days, _)| *days == fields.text("life"))
        .and_then(|(days, _)| days.parse::<i64>().ok());
    let Some(days) = life else {
        return Err(Refusal::invalid("life", "Choose how long the token lasts").into());
    };
    let now = app.desk.now();
    let token = Token {
        id: TokenId(desk::fresh()),
        person: who.viewer().person,
        name,
        scope,
        created_at: now,
        expires_at: (days > 0).then(|| now.plus_seconds(days * DAY)),
        used_at: None,
    };
    let secret = desk::token_secret();
    let hash = desk::secret_hash(&secret);
    app.desk
        .change(actor(who), move |sql, audit| {
            tokens::insert(sql, &token, &hash)?;
            audit.created(sql, "token", token.id, &token)?;
            Ok(())
        })
        .await?;
    Ok(secret)
}

fn place_of(field: &'static str) -> &'static str {
    match field {
        "name" => "token_name",
        other => other,
    }
}

/// What a scope allows, in words.
pub(crate) fn scope_words(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Intake => "Report incidents, nothing else",
        TokenScope::Read => "Read",
        TokenScope::Write => "Read and work on incidents",
        TokenScope::Admin => "Everything its person may do",
    }
}

pub(super) fn card(who: &SignedIn, tokens: &[Token], shown: &Shown) -> Markup {
    html! {
        // Whoever writes programs reads English.
        section.card aria-labelledby="tok" lang="en" {
            div.card-h { h2 id="tok" { "API tokens" } a.link href="/api/docs" { "API reference" } }
            @if let Some(secret) = &shown.secret { (new_secret(secret)) }
            @if !tokens.is_empty() { (table(who, tokens)) }
            div.card-b {
                // Few requesters write programs: the others need not read on.
                @if who.viewer().is_staff() || !tokens.is_empty() || !shown.errors.is_empty() {
                    (form(shown))
                } @else {
                    details.stack-s { summary.link { "Programs can act for you" } (form(shown)) }
                }
            }
        }
    }
}

fn new_secret(secret: &str) -> Markup {
    html! {
        div.card-b {
            div.banner.banner-good role="status" {
                (icon("key"))
                div {
                    b { "The token is made. " } "Copy it now, it is not shown again. Whoever has it acts as you."
                    output.secret.mts aria-label="Secret of the new token" { (secret) }
                }
            }
        }
    }
}

fn table(who: &SignedIn, tokens: &[Token]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Your API tokens" {
            table.dt {
                thead {
                    tr {
                        th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "Last used" } th scope="col" { "Ends" }
                        th scope="col" { span.vh { "Actions" } }
                    }
                }
                tbody {
                    @for token in tokens {
                        tr {
                            th scope="row" { (token.name) }
                            td { (scope_words(token.scope)) }
                            td { @match token.used_at { Some(at) => (time::moment(at, &who.here)), None => "never" } }
                            td { (ends(who, token)) }
                            td.num {
                                (revoking(token, &format!("/me/tokens/{}/revoke", token.id)))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Asks before a token ends: whatever uses it stops at once.
pub(crate) fn revoking(token: &Token, action: &str) -> Markup {
    html! {
        details.edit {
            summary.btn.btn-sm.btn-quiet.danger aria-label={ "Revoke " (token.name) } { "Revoke" }
            form method="post" action=(action) {
                p.hint { "What uses it stops at once, and for good." }
                div { button.btn.btn-sm.btn-danger type="submit" { "Revoke “" (token.name) "”" } }
            }
        }
    }
}

/// When a token ends, or that it has.
pub(crate) fn ends(who: &SignedIn, token: &Token) -> Markup {
    html! {
        @match token.expires_at {
            None => "never",
            Some(at) if at <= who.here.now => { "ended " (time::moment(at, &who.here)) }
            Some(at) => (time::moment(at, &who.here)),
        }
    }
}

fn form(shown: &Shown) -> Markup {
    let (errors, typed) = (&shown.errors, &shown.typed);
    let wrong = ["token_name", "scope", "life"].iter().any(|field| errors.of(field).is_some());
    let scopes = [TokenScope::Read, TokenScope::Write, TokenScope::Admin, TokenScope::Intake]
        .map(|scope| (scope.as_str(), scope_words(scope)));
    let name = Field::new("token_name", "What is it for?").errors(errors);
    html! {
        form.form method="post" action="/me/tokens" {
            @if wrong { (errors.summary()) }
            (name.around(html! {
                input.inp id="token_name" name="name" type="text" autocomplete="off" required maxlength=(limits::NAME_CHARS)
                    value=(if wrong { typed.text("name") } else { "" }) aria-invalid=[name.invalid()] aria-describedby=[name.described_by()];
            }))
            div.form-2 {
                (Field::new("scope", "What may it do?").errors(errors).select(&scopes, typed.filled("scope").unwrap_or("read")))
                (Field::new("life", "How long does it last?").errors(errors).select(&LIVES, typed.filled("life").unwrap_or("90")))
            }
            div { button.btn type="submit" { "Make a token" } }
        }
    }
}
