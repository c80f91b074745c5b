//! The review of an incident that is over: where it stands, or the way to open one.

use crate::incident::view::View;
use crate::part::icon::icon;
use crate::reviews::in_short;
use crate::url;
use maud::{Markup, html};

/// Where its review stands; nothing while the incident goes on and has none.
pub(in crate::incident) fn review(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let is_over = state.moments.resolved.is_some()
        && !state.lifecycle.is_open()
        && state.merged_into.is_none();
    html! {
        div id="review" data-patch=[patch] {
            @match &case.review {
                Some(review) => section.sec {
                    p { (icon("review")) " " a.link href=(url::review(review.number)) { "Review " (review.number) } ": " (in_short(review, &case.here)) }
                },
                None if is_over && view.rights.works => div.sec {
                    form method="post" action=(url::REVIEWS) {
                        input type="hidden" name="incident" value=(case.number);
                        button class="btn btn-quiet btn-sm" type="submit" { (icon("review")) "Open a review" }
                    }
                },
                None => {},
            }
        }
    }
}
