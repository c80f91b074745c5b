//! What is done on the page of a problem: its state, its incidents.

use super::{back_to, form, in_sentences, page, stored};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageResult, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::settings::editing;
use crate::url;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use incident::permissions::may_write_problems;
use incident::state::LinkKind;
use incident::{Command, Refusal};
use kernel::{Channel, IncidentNumber, ProblemNumber, limits};
use maud::html;
use store::Tie;
use store::directory::{Problem, ProblemState};

/// `POST /problems/{number}/state`
pub(super) async fn state(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = super::number(&number)?;
    match turn(&app, &who, number, &fields).await {
        Ok(goal) => Ok(Redirect::to(&goal).into_response()),
        Err(trouble) => refused(&app, &who, number, &fields, trouble).await,
    }
}

/// Brings a problem to another state; where its cause is gone, open incidents are told if that is
/// wished.
async fn turn(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
) -> Result<String, Trouble> {
    let state: ProblemState = fields
        .text("state")
        .parse()
        .map_err(|error: kernel::Invalid| Refusal::invalid("state", error.0))?;
    let tells = state == ProblemState::Resolved && fields.ticked("tell");
    let words = form::text(fields, "note");
    // Looked at before it is resolved: after that the form of the note is gone.
    if tells && words.chars().count() > limits::BODY_CHARS {
        let most = limits::BODY_CHARS;
        return Err(
            Refusal::invalid("note", format!("the note is longer than {most} characters")).into()
        );
    }
    let before = stored(app, who, number).await?;
    let version = editing::version(fields)?;
    app.desk.change_problem(who.viewer(), Problem { state, version, ..before }).await?;
    if !tells {
        return Ok(back_to(number, 0));
    }
    let told = app.desk.note_resolved(who.viewer(), Channel::Web, number, &words).await?;
    let refused = match told.refused.len() {
        0 => String::new(),
        count => format!("&refused={count}"),
    };
    Ok(format!("{}?noted={}{refused}", url::problem(number), told.noted.len()))
}

/// The page again with what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let status = status_of(&trouble);
    let mut errors = Errors::default();
    match in_sentences(trouble) {
        Trouble::Refused(refusal) if status != StatusCode::NOT_FOUND => {
            errors.add(refusal.field.unwrap_or_default(), &refusal.message);
        }
        // The fields are on the form, not here.
        Trouble::Faults(faults) => faults.iter().for_each(|fault| errors.add("", &fault.message)),
        Trouble::Stale { .. } => {
            errors.add("", "somebody else changed it meanwhile: this is how it stands now");
        }
        trouble => return Err(trouble.into()),
    }
    Ok((status, page(app, who, number, fields, &errors, html! {}).await?).into_response())
}

/// `POST /problems/{number}/link`
pub(super) async fn link(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = super::number(&number)?;
    match tie(&app, &who, number, &fields).await {
        Ok(()) => Ok(Redirect::to(&back_to(number, 0)).into_response()),
        Err(trouble) => refused(&app, &who, number, &fields, trouble).await,
    }
}

fn incident_of(fields: &Fields) -> Result<IncidentNumber, Trouble> {
    let number = fields.text("incident").parse();
    Ok(number.map_err(|_| {
        Refusal::invalid("incident", "write the number of an incident, such as INC-42")
    })?)
}

async fn tie(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    may_write_problems(who.viewer())?;
    // There is such a problem.
    stored(app, who, number).await?;
    let incident = incident_of(fields)?;
    let (_, refused) =
        app.desk.link_problem(who.viewer(), Channel::Web, number, &[incident]).await?;
    match refused.is_empty() {
        true => Ok(()),
        false => {
            let words = format!(
                "{incident} could not be linked: there is none, it is merged into another, or you do not work on it"
            );
            Err(Refusal::invalid("incident", words).into())
        }
    }
}

/// `POST /problems/{number}/unlink`
pub(super) async fn unlink(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let number = super::number(&number)?;
    match untie(&app, &who, number, &fields).await {
        Ok(()) => Ok(Redirect::to(&back_to(number, 0)).into_response()),
        Err(trouble) => refused(&app, &who, number, &fields, trouble).await,
    }
}

/// Takes back each way in which an incident names the problem, but that it was resolved by it.
async fn untie(
    app: &App,
    who: &SignedIn,
    number: ProblemNumber,
    fields: &Fields,
) -> Result<(), Trouble> {
    may_write_problems(who.viewer())?;
    let incident = incident_of(fields)?;
    let case = app.desk.problem(who.viewer(), number).await?;
    let found = case.incidents.into_iter().find(|(row, _)| row.number == incident);
    let (_, ties) = found.ok_or_else(|| Refusal::invalid("incident", "is not linked to it"))?;
    for kind in ties.into_iter().filter_map(kind_of) {
        let unlink = Command::Unlink { kind, target: number.to_string() };
        app.desk.ask(who.viewer(), Channel::Web).on(incident).issue(unlink).await?;
    }
    Ok(())
}

/// The link that a tie follows from.
const fn kind_of(tie: Tie) -> Option<LinkKind> {
    match tie {
        Tie::Problem => Some(LinkKind::Problem),
        Tie::KnownError => Some(LinkKind::KnownError),
        Tie::CausedBy => Some(LinkKind::CausedBy),
        Tie::Resolution => None,
    }
}
