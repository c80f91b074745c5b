//! Which columns of the queue somebody wants to see. All of them are drawn, and the style sheet
//! leaves out what they hide: a row that changed is drawn once for everybody.

use super::Loaded;
use crate::account::change_own;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::url;
use axum::extract::State;
use maud::{Markup, html};
use store::directory::people::QUEUE_COLUMNS;

/// What this person does not want to see, as the table says it.
pub(super) fn hidden(who: &SignedIn) -> Option<&str> {
    Some(who.person().hidden_columns.as_str()).filter(|hidden| !hidden.is_empty())
}

/// The menu over the list. On a telephone there is hardly room for it, but what somebody left out
/// is left out there, too, and can be had again.
pub(super) fn menu(who: &SignedIn, loaded: &Loaded) -> Markup {
    let narrow = if hidden(who).is_some() { "" } else { " hide-s" };
    html! {
        button class={ "btn btn-quiet btn-sm" (narrow) } type="button" popovertarget="columns" data-name="Choose columns" { (icon("grid")) "Columns" }
        div id="columns" popover class="pop pop-a menu" role="group" aria-label="Columns" {
            form method="post" action="/queue/columns" data-live {
                input type="hidden" name="back" value=(loaded.address());
                @for column in &QUEUE_COLUMNS {
                    label.opt { input type="checkbox" name="show" value=(column.key) checked[!who.person().hides(column)]; (column.label) }
                }
                button class="btn btn-sm mts" type="submit" { "Show these" }
            }
        }
    }
}

/// `POST /queue/columns`: what somebody wants to see from now on, in every view.
pub(super) async fn choose(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    fields: Fields,
) -> PageResult {
    let shown: Vec<&str> = fields.all("show").collect();
    if !shown.iter().all(|key| QUEUE_COLUMNS.iter().any(|column| column.key == *key)) {
        return Err(PageError::invalid("the queue has no such column"));
    }
    let left_out = QUEUE_COLUMNS.iter().map(|column| column.key).filter(|key| !shown.contains(key));
    let left_out = left_out.collect::<Vec<_>>().join(" ");
    change_own(&app, &who, move |person| person.hidden_columns = left_out).await?;
    let back = Some(fields.text("back")).filter(|path| url::is_own_path(path));
    Ok(Answer::go(back.unwrap_or(url::QUEUE)).reply(live))
}
