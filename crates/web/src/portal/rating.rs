//! How content the requester is, on the page of what is closed.

use super::actions::Action;
use super::incident::{Attempt, Form};
use super::reader::Reader;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::rating;
use axum::response::Response;
use incident::rating::Score;
use incident::{Command, Refusal, State};
use kernel::limits;
use maud::{Markup, html};

/// The question, while it can be answered, else what was answered; hidden from everybody but
/// the requester.
pub(super) fn section(
    state: &State,
    asked: bool,
    reader: &Reader,
    (action, patch): (&str, Option<&str>),
) -> Markup {
    let language = reader.here.language;
    let open = asked && state.takes_rating(reader.here.now);
    let rated = state.rating.as_ref().filter(|_| asked);
    html! {
        div id="p-rating" hidden[!open && rated.is_none()] data-patch=[patch] {
            @match (open, rated) {
                (true, rated) => {
                    @let given = rated.map(|rating| (rating, reader.here.full(rating.changes_until())));
                    (rating::question(language, action, None, given, None))
                },
                (false, Some(rated)) => (rating::given(language, rated)),
                (false, None) => {},
            }
        }
    }
}

/// `POST /portal/incidents/{number}/rate`
pub(super) async fn rate(action: Action, fields: Fields) -> PageResult<Response> {
    let done = match fields.text("score").parse::<Score>() {
        Ok(score) => {
            let words = fields.filled("words");
            action
                .issue_with_any(("words", words, limits::BODY_CHARS), |note| Command::Rate {
                    score,
                    note,
                })
                .await
        }
        Err(error) => Err(Refusal::invalid("score", error.0).into()),
    };
    action.answer(done, Attempt::of(Form::Confirm, "")).await
}
