//! Everybody's API tokens, to see what has access and to end it.

use super::editing::{saved, saved_banner};
use super::{Reads, Section, actor, section_page};
use crate::account::{revoking, scope_words, token_ends};
use crate::app::App;
use crate::auth::Administrator;
use crate::error::{PageError, PageResult};
use crate::part::empty::empty;
use crate::part::time;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use kernel::{PersonId, TokenId};
use maud::{Markup, html};
use store::Sql;
use store::directory::{people, tokens};

const SECTION: Section = Section::Tokens;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/tokens", get(show))
        .route("/settings/tokens/{id}/revoke", post(revoke))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let read = |sql: &mut dyn Sql| {
        let all = tokens::list(sql)?;
        let ids: Vec<PersonId> = all.iter().map(|token| token.person).collect();
        Ok((people::names(sql, &ids)?, all))
    };
    let (names, all) = app.desk.read(read).await?;
    let edits = who.viewer().configures();
    let body = html! {
        (saved_banner(query.as_deref()))
        @if all.is_empty() {
            (empty("No tokens", "Programs need one to use the API.", Some((url::ACCOUNT, "Make one for yourself"))))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="API tokens" { table.dt {
                thead { tr {
                    th scope="col" { "Token" } th scope="col" { "Acts for" } th scope="col" { "May" } th scope="col" { "Made" }
                    th scope="col" { "Last used" } th scope="col" { "Ends" } @if edits { th scope="col" { span.vh { "Actions" } } }
                } }
                tbody { @for token in &all {
                    tr {
                        th scope="row" { (token.name) }
                        td { a href=(Section::People.of(token.person)) { (names.get(&token.person).map_or("–", String::as_str)) } }
                        td { (scope_words(token.scope)) }
                        td { (time::moment(token.created_at, &who.here)) }
                        td { @match token.used_at { Some(at) => (time::moment(at, &who.here)), None => "never" } }
                        td { (token_ends(&who, token)) }
                        @if edits { td.num {
                            (revoking(token, &format!("{}/revoke", SECTION.of(token.id))))
                        } }
                    }
                } }
            } } }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "Programs act with them for a person. Everybody makes their own under “Your account”." },
        None,
        body,
    ))
}

async fn revoke(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<TokenId>,
) -> PageResult<Response> {
    let revoked = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let Some(token) = tokens::get(sql, id)? else { return Ok(false) };
            tokens::delete(sql, id)?;
            audit.deleted(sql, "token", id, &token)?;
            Ok(true)
        })
        .await?;
    if revoked { Ok(saved(&SECTION.address())) } else { Err(PageError::NotFound) }
}
