//! The question how content somebody is with how an incident went: five choices, words if they
//! like, one press. On the page behind a letter's link and in the portal.

use crate::part::icon::icon;
use incident::rating::{Rating, Score};
use kernel::{Language, limits};
use locale::Letters;
use maud::{Markup, html};

/// What a score is called.
pub(crate) fn score_words(say: Letters, score: Score) -> &'static str {
    match score.get() {
        1 => say.score_one(),
        2 => say.score_two(),
        3 => say.score_three(),
        4 => say.score_four(),
        _ => say.score_five(),
    }
}

/// The question as a form that is posted to `action`, with a choice made before if there is one.
pub(crate) fn question(
    language: Language,
    action: &str,
    chosen: Option<Score>,
    given: Option<(&Rating, String)>,
    wrong: Option<&str>,
) -> Markup {
    let (say, letters) = (locale::answer(language), locale::letters(language));
    let chosen = chosen.or(given.as_ref().map(|(rating, _)| rating.score));
    html! {
        section.card.confirm aria-labelledby="rate" {
            h2 id="rate" { (say.rate_question()) }
            @if let Some((rating, until)) = &given {
                p role="status" { (say.you_rated(rating.score)) " " (say.change_until(until)) }
            }
            form.stack-s method="post" action=(action) {
                input type="hidden" name="say" value="rate";
                fieldset.stack-s aria-labelledby="rate" {
                    @for score in Score::ALL {
                        label.ck { input type="radio" name="score" value=(score) required checked[chosen == Some(score)]; (score_words(letters, score)) }
                    }
                }
                label.lbl for="rate-note" { (say.words_if_you_like()) }
                textarea.inp id="rate-note" name="words" rows="3" maxlength=(limits::BODY_CHARS)
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "rate-e")] {}
                @if let Some(wrong) = wrong { p.err id="rate-e" { (icon("alert")) (wrong) } }
                div { button.btn.btn-lg.btn-primary type="submit" { (icon("check")) (say.send_rating()) } }
            }
        }
    }
}

/// What somebody said, once it cannot be changed any more.
pub(crate) fn given(language: Language, rating: &Rating) -> Markup {
    html! { p.meta { (locale::answer(language).you_rated(rating.score)) } }
}
