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

/// What can be left out, by what follows `c-` in the class of its cells, and how it is called.
/// Priority and title stay: without them a row says nothing.
const COLUMNS: [(&str, &str); 8] = [
    ("risk", "Risk"),
    ("num", "Number"),
    ("req", "Requester"),
    ("svc", "Service"),
    ("state", "State"),
    ("asg", "Assignee"),
    ("sla", "Next SLA clock"),
    ("upd", "Updated"),
];

/// What this person does not want to see, as the table says it.
pub(super) fn hidden(who: &SignedIn) -> Option<&str> {
    Some(who.person().hidden_columns.as_str()).filter(|hidden| !hidden.is_empty())
}

/// The menu over the list. On a telephone there is hardly room for it, but what somebody left out
/// is left out there, too, and can be had again.
pub(super) fn menu(who: &SignedIn, loaded: &Loaded) -> Markup {
    let hides = |key: &str| hidden(who).is_some_and(|all| all.split(' ').any(|one| one == key));
    let narrow = if hidden(who).is_some() { "" } else { " hide-s" };
    html! {
        button class={ "btn btn-quiet btn-sm" (narrow) } type="button" popovertarget="columns" data-name="Choose columns" { (icon("grid")) "Columns" }
        div id="columns" popover class="pop pop-a menu" role="group" aria-label="Columns" {
            form method="post" action="/queue/columns" data-live {
                input type="hidden" name="back" value=(loaded.address());
                @for (key, name) in COLUMNS {
                    label.opt { input type="checkbox" name="show" value=(key) checked[!hides(key)]; (name) }
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
    if !shown.iter().all(|key| COLUMNS.iter().any(|(known, _)| known == key)) {
        return Err(PageError::invalid("the queue has no such column"));
    }
    let left_out = COLUMNS.iter().map(|(key, _)| *key).filter(|key| !shown.contains(key));
    let left_out = left_out.collect::<Vec<_>>().join(" ");
    change_own(&app, &who, move |person| person.hidden_columns = left_out).await?;
    let back = Some(fields.text("back")).filter(|path| url::is_own_path(path));
    Ok(Answer::go(back.unwrap_or(url::QUEUE)).reply(live))
}
