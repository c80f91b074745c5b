//! What the screens of reviews have in common: states, days, owners.

use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time::Here;
use crate::problems::words::named_staff;
use crate::url;
use incident::Policy;
use jiff::civil::Date;
use kernel::{PersonId, Timestamp};
use maud::{Markup, html};
use store::directory::reviews::{Review, ReviewState};
use store::directory::{Action, ActionState};

/// The way between reviews and actions.
pub(super) fn both(reviews: bool) -> Markup {
    html! {
        nav.seg aria-label="Reviews and actions" {
            a href=(url::REVIEWS) aria-current=[reviews.then_some("page")] { "Reviews" }
            a href=(url::REVIEW_ACTIONS) aria-current=[(!reviews).then_some("page")] { "Actions" }
        }
    }
}

/// Where a review stands, as a chip.
pub(super) fn state(review: &Review, here: &Here) -> Markup {
    match (review.state, review.published_at) {
        (ReviewState::Published, Some(at)) => html! {
            span.chip.chip-good { (icon("check")) "Published " (day_words(here.local(at).date(), here)) }
        },
        (ReviewState::Published, None) => {
            html! { span.chip.chip-good { (icon("check")) "Published" } }
        }
        (ReviewState::InReview, _) => html! { span.chip.chip-accent { "In review" } },
        (ReviewState::Draft, _) => html! { span.chip { "Draft" } },
    }
}

/// By when it is to be published; nothing once it is.
pub(super) fn due(review: &Review, here: &Here) -> Markup {
    html! {
        @if review.state == ReviewState::Published { span.muted { "–" } }
        @else if review.is_overdue(here.now) { span.crit-t { (moment_day(review.due_at, here)) ", overdue" } }
        @else { (moment_day(review.due_at, here)) }
    }
}

/// The day of a moment: "Thu 3 Dec".
pub(super) fn moment_day(at: Timestamp, here: &Here) -> Markup {
    html! { time datetime=(at) title=(here.full(at)) { (day_words(here.local(at).date(), here)) } }
}

/// "Thu 3 Dec", of another year "3 Dec 2027".
pub(super) fn day_words(day: Date, here: &Here) -> String {
    let same = day.year() == here.local(here.now).year();
    day.strftime(if same { "%a %-d %b" } else { "%-d %b %Y" }).to_string()
}

/// By when an action is to be done, and how late it is.
pub(super) fn action_due(action: &Action, today: Date, here: &Here) -> Markup {
    html! {
        @match action.due_on {
            None => span.muted { "no day" },
            Some(day) if action.is_overdue(today) => span.crit-t {
                time datetime=(day) { (day_words(day, here)) } ", " (late(day, today)) " d late"
            },
            Some(day) => time datetime=(day) { (day_words(day, here)) },
        }
    }
}

/// Whole days from one to the other.
fn late(day: Date, today: Date) -> i32 {
    day.until(today).map_or(0, |span| span.get_days())
}

/// Where an action stands: glyph and word.
pub(super) fn action_state(action: &Action) -> Markup {
    let (class, symbol, words) = match action.state {
        ActionState::Open => ("state state-assigned", "s-assigned", "Open"),
        ActionState::Done => ("state state-closed", "s-closed", "Done"),
        ActionState::Dropped => ("state state-cancelled", "s-cancelled", "Dropped"),
    };
    html! { span class=(class) { (icon(symbol)) (words) } }
}

/// Whose it is.
pub(super) fn owner(policy: &Policy, owner: Option<PersonId>) -> Markup {
    html! {
        @match owner {
            Some(id) => span.who { (small_avatar(id, named_staff(policy, id))) span { (named_staff(policy, id)) } },
            None => span.muted { "nobody" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_late_are_counted_across_months() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(late(day("2026-11-20"), day("2026-11-23")), 3);
        assert_eq!(late(day("2026-10-30"), day("2026-12-02")), 33);
    }

    #[test]
    fn days_name_their_year_where_it_is_another() {
        let here = Here {
            now: "2026-11-23T12:12:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        };
        assert_eq!(day_words("2026-12-03".parse().unwrap(), &here), "Thu 3 Dec");
        assert_eq!(day_words("2027-12-03".parse().unwrap(), &here), "3 Dec 2027");
    }
}
