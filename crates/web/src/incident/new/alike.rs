//! What is like that which is being taken down: known errors, open incidents that it may belong
//! to, how others ended, articles. Asked for while somebody types.

use super::{Form, service_in, works};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::incident::similar::why;
use crate::part::icon::icon;
use crate::part::marked::marked;
use crate::part::state;
use crate::part::time::{self, Here, counted, duration};
use crate::url;
use axum::extract::State;
use axum::response::IntoResponse;
use desk::search::{FoundArticle, FoundProblem, Like, Similar, SimilarIncident};
use incident::Access;
use kernel::limits;
use maud::{Markup, html};

/// Letters of a title before anything is like it.
const LEAST_CHARS: usize = 3;
/// Of each kind that are shown.
const SHOWN: usize = 4;

/// The card, as a patch.
pub(in crate::incident) async fn alike(
    State(app): State<App>,
    Staff(who): Staff,
    sent: Fields,
) -> PageResult {
    works(&who)?;
    let found = read(&app, &who, &sent).await;
    Ok(card(&found, sent.text("parent"), &who.here, Some("morph")).into_response())
}

/// What is like the words of the form; nothing before there are some. That nothing can be compared
/// must not stand in the way of a report.
pub(super) async fn read(app: &App, who: &SignedIn, values: &Fields) -> Similar {
    let cut = |name: &str, most: usize| values.text(name).chars().take(most).collect::<String>();
    let title = cut("title", limits::TITLE_CHARS);
    if title.chars().count() < LEAST_CHARS {
        return Similar::default();
    }
    let like = Like::Typed {
        title,
        text: cut("description", limits::BODY_CHARS),
        service: service_in(values, &app.desk.policy()),
    };
    app.desk.similar(who.viewer(), like).await.unwrap_or_else(|trouble| {
        tracing::warn!(%trouble, "what is alike cannot be told");
        Similar::default()
    })
}

/// The card of the page.
pub(super) fn of_form(form: &Form, here: &Here) -> Markup {
    html! {
        (card(&form.alike, form.values.text("parent"), here, None))
        // The form does not hold this button, so that Enter still creates the incident.
        noscript {
            button class="btn btn-sm" type="submit" form="f-new" formmethod="get" formaction=(url::NEW_INCIDENT) formnovalidate { "Look for what is alike" }
        }
    }
}

/// The card again, after something was filled in.
pub(super) fn again(form: &Form, here: &Here) -> Markup {
    card(&form.alike, form.values.text("parent"), here, Some("morph"))
}

/// The card; `parent` is what was chosen in it.
fn card(found: &Similar, parent: &str, here: &Here, patch: Option<&str>) -> Markup {
    let (open, over): (Vec<_>, Vec<_>) = found
        .incidents
        .iter()
        .filter(|one| one.row.access == Access::Full)
        .partition(|one| one.is_open());
    let many = found.known_errors.len().min(SHOWN)
        + open.len().min(SHOWN)
        + over.len().min(SHOWN)
        + found.articles.len().min(SHOWN);
    html! {
        section id="alike" class=[(many > 0).then_some("card")] aria-label="What is alike" data-patch=[patch]
            data-said=[(many > 0).then(|| format!("{} found", counted(many as i64, "similar record")))] {
            @if many > 0 {
                div.card-h { h2 { "Alike" } }
                div class="card-b stack" {
                    @if !found.known_errors.is_empty() {
                        ul class="rows hits" aria-label="Known errors" { @for error in found.known_errors.iter().take(SHOWN) { (known_error(error)) } }
                    }
                    @if !open.is_empty() { (to_join(&open, parent, here)) }
                    @if !over.is_empty() {
                        ul class="rows hits" aria-label="How others ended" { @for one in over.iter().take(SHOWN) { (ended(one)) } }
                    }
                    @if !found.articles.is_empty() {
                        ul class="rows hits" aria-label="Articles" { @for hit in found.articles.iter().take(SHOWN) { (article(hit)) } }
                    }
                }
            }
        }
    }
}

/// Open incidents of which this may be one more report.
fn to_join(open: &[&SimilarIncident], parent: &str, here: &Here) -> Markup {
    html! {
        fieldset.field id="parent" {
            legend { "Is it one of these, for somebody else?" }
            label.ck { input type="radio" name="parent" value="" form="f-new" checked[parent.is_empty()]; "No, something of its own" }
            @for one in open.iter().take(SHOWN) {
                @let row = &one.row;
                label.ck {
                    input type="radio" name="parent" value=(row.number) form="f-new" checked[parent == row.number.to_string()];
                    span {
                        (row.number) " " (row.title) " "
                        span.meta {
                            (state::look(&row.state).words.to_lowercase()) ", " (row.requester.name) ", " (time::moment(row.state.reported_at, here))
                            @if let Some(why) = why(&one.why) { ". " (why) }
                        }
                    }
                }
            }
            p.hint { "Then they have this too: the new incident becomes its child and is resolved with it." }
        }
    }
}

fn known_error(error: &FoundProblem) -> Markup {
    html! {
        li {
            (icon("flag"))
            p { a href=(url::problem(error.number)) target="_blank" { (error.number) " " (marked(&error.title)) } }
            span.chip { "Known error" }
            @if let Some(workaround) = &error.workaround { span.meta { (workaround) } }
        }
    }
}

fn ended(one: &SimilarIncident) -> Markup {
    let row = &one.row;
    html! {
        li {
            (icon(state::look(&row.state).icon))
            p { a href=(url::incident(row.number)) target="_blank" { (row.number) " " (row.title) } }
            span.muted.nowrap { @if let Some(seconds) = one.took_seconds { (duration(seconds)) } }
            @if let Some(words) = one.ended.as_ref().and_then(|ended| ended.words.as_deref()) { span.meta { (words) } }
        }
    }
}

fn article(hit: &FoundArticle) -> Markup {
    html! {
        li {
            (icon("book"))
            p { a href=(url::article(hit.number)) target="_blank" { (marked(&hit.title)) } }
            span {}
            @if let Some(snippet) = &hit.snippet { span.meta { (marked(snippet)) } }
        }
    }
}
