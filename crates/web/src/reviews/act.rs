//! What is done on the page of a review: its state, its actions, the ways out of it.

use super::one::View;
use super::{number, page};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageResult, status_of};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::problems::{day, words as names};
use crate::settings::editing;
use crate::url;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::reviews::{Case, NewAction};
use incident::{Policy, Refusal};
use kernel::{Invalid, ReviewNumber, limits};
use maud::{Markup, html};
use store::directory::reviews::{Review, ReviewState};
use store::directory::{Action, ActionState};

/// What can be done with it next, and the ways out.
pub(super) fn states(view: &View<'_>) -> Markup {
    let (review, may) = (&view.case.review, view.case.may);
    let button = |state: ReviewState, class: &str, label: &str| {
        html! { button class=(class) type="submit" name="state" value=(state) { (label) } }
    };
    html! {
        div.edit-l.stack {
            div.btns {
                @if may.write && review.state != ReviewState::Published {
                    form id="state" method="post" action=(url::review_of(review.number, "state")) {
                        (editing::version_field(review.version))
                        @if review.state == ReviewState::Draft { (button(ReviewState::InReview, "btn", "Send to review")) }
                        @else { (button(ReviewState::Draft, "btn", "Back to draft")) }
                        @if may.publish { " " (button(ReviewState::Published, "btn btn-primary", "Publish")) }
                    }
                    a.btn href=(url::review_of(review.number, "edit/plan")) { (icon("pencil")) "Owner and due date" }
                }
                a.btn href=(url::review_of(review.number, "paper")) { (icon("print")) "For paper" }
                a.btn href=(url::review_of(review.number, "markdown")) { (icon("download")) "Markdown" }
            }
            @if may.write && !may.publish && review.state != ReviewState::Published {
                p.hint { "Its owner, a manager or an administrator publishes it." }
            }
            @if may.publish && review.state == ReviewState::Published {
                details.fold open[view.errors.of("reason").is_some()] {
                    summary { (icon("right")) "Take it up again" }
                    form.form.mts method="post" action=(url::review_of(review.number, "state")) {
                        (editing::version_field(review.version))
                        (Field::new("reason", "Why").hint("Everybody who reads it reads this.").errors(view.errors).input("text", view.fields.text("reason")))
                        div.btns { (button(ReviewState::Draft, "btn", "Reopen the review")) }
                    }
                }
            }
        }
    }
}

/// The form of a further action.
pub(super) fn new_action(view: &View<'_>) -> Markup {
    let review = &view.case.review;
    let sent = view.fields.get("words").is_some();
    html! {
        details.fold.edit-l.mts open[sent] {
            summary { (icon("plus")) "Add an action" }
            form.form.mts method="post" action=(url::review_of(review.number, "actions")) {
                (fields(view.policy, view.case, view.fields, view.errors))
                div.btns { button.btn type="submit" { "Add the action" } }
            }
        }
    }
}

/// The fields of an action.
pub(super) fn fields(policy: &Policy, case: &Case, fields: &Fields, errors: &Errors) -> Markup {
    let factors = case.review.factors.iter().enumerate();
    let mut of: Vec<(String, String)> = vec![(String::new(), "No single one".to_owned())];
    of.extend(factors.map(|(at, words)| {
        let short: String = words.chars().take(limits::NAME_CHARS).collect();
        ((at + 1).to_string(), format!("{}: {short}", at + 1))
    }));
    html! {
        (Field::new("words", "What is to be done").errors(errors).input("text", fields.get("words").unwrap_or_default()))
        div.form-2 {
            (Field::new("factor", "Which factor it takes away").errors(errors).select(&of, fields.text("factor")))
            (Field::new("problem", "Problem that it should end").hint("Its number, such as PRB-3: then it is told whether the action helped.").errors(errors).input("text", fields.text("problem")))
        }
        div.form-2 {
            (Field::new("owner", "Who does it").errors(errors).select(&names::owners(policy), fields.text("owner")))
            (Field::new("due_on", "By when").errors(errors).input("date", fields.text("due_on")))
        }
    }
}

/// An action as its fields say it.
pub(super) fn typed(fields: &Fields) -> Result<NewAction, Trouble> {
    let factor = fields
        .filled("factor")
        .map(|text| text.parse().map_err(|_| Refusal::invalid("factor", "choose one of the list")));
    let problem = fields.filled("problem").map(|text| {
        let wrong = "write the number of a problem, such as PRB-3";
        text.parse().map_err(|_| Refusal::invalid("problem", wrong))
    });
    Ok(NewAction {
        words: editing::one_line(fields.text("words")),
        factor: factor.transpose()?,
        owner: editing::id(fields, "owner")?,
        due_on: day(fields, "due_on")?,
        problem: problem.transpose()?,
        cluster: None,
    })
}

/// What can be done with an action at once.
pub(super) fn action_buttons(action: &Action, back: Option<&str>) -> Markup {
    let (state, label) = match action.state {
        ActionState::Open => (ActionState::Done, "Done"),
        ActionState::Done | ActionState::Dropped => (ActionState::Open, "Open again"),
    };
    html! {
        form.flex method="post" action=(url::review_action(action.id, "state")) {
            (editing::version_field(action.version))
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            button.btn.btn-sm type="submit" name="state" value=(state) aria-label={ (label) ": " (action.words) } { (label) }
            a.btn.btn-sm.btn-quiet.btn-icon href={ (url::REVIEW_ACTIONS) "/" (action.id) } aria-label={ "Edit: " (action.words) } { (icon("pencil")) }
        }
    }
}

/// `POST /reviews/{number}/state`
pub(super) async fn state(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    match turn(&app, &who, number, &fields).await {
        Ok(()) => Ok(editing::saved(&url::review(number))),
        Err(trouble) => refused(&app, &who, number, &fields, trouble).await,
    }
}

async fn turn(
    app: &App,
    who: &SignedIn,
    number: ReviewNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    let wanted: ReviewState = fields
        .text("state")
        .parse()
        .map_err(|error: Invalid| Refusal::invalid("state", error.0))?;
    let version = editing::version(fields)?;
    let (viewer, desk) = (who.viewer(), &app.desk);
    let before = desk.review(viewer, number).await?.review;
    let turned = match (before.state, wanted) {
        (_, ReviewState::Published) => desk.publish_review(viewer, number, Some(version)).await,
        (ReviewState::Published, _) => {
            let reason = editing::one_line(fields.text("reason"));
            desk.reopen_review(viewer, number, Some(version), reason).await
        }
        (_, state) => desk.change_review(viewer, Review { state, version, ..before }).await,
    };
    turned.map(drop)
}

/// `POST /reviews/{number}/actions`
pub(super) async fn add(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    let added = async {
        let new = typed(&fields)?;
        app.desk.add_review_action(who.viewer(), number, new).await
    };
    match added.await {
        Ok(_) => {
            let address = format!("{}?done=saved#act", url::review(number));
            Ok(Redirect::to(&address).into_response())
        }
        Err(trouble) => refused(&app, &who, number, &fields, trouble).await,
    }
}

/// The page again with what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    number: ReviewNumber,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let status = status_of(&trouble);
    let mut errors = Errors::default();
    match trouble {
        Trouble::Refused(refusal) if status != StatusCode::NOT_FOUND => {
            errors.add(refusal.field.unwrap_or_default(), &refusal.message);
        }
        Trouble::Faults(faults) => {
            for fault in faults {
                errors.add(at(&fault.field), said(&fault.field, &fault.message));
            }
        }
        Trouble::Stale { .. } => {
            errors.add("", "somebody else changed it meanwhile: this is how it stands now");
        }
        trouble => return Err(trouble.into()),
    }
    Ok((status, page(app, who, number, fields, &errors, html! {}).await?).into_response())
}

/// Where a fault is put right: the summary on the page, the others at their fields.
fn at(field: &str) -> &str {
    if field == "summary" { "sum" } else { field }
}

/// What is said of a field begins with its name.
pub(super) fn said(field: &str, message: &str) -> String {
    let name = match field {
        "words" => "what is to be done",
        "reason" => "the reason",
        "due_on" => "the day",
        other => return format!("the {} {message}", other.replace('_', " ")),
    };
    format!("{name} {message}")
}
