//! A command that was refused: its form again, with what is wrong where it is wrong.

use super::case::Case;
use super::composer::banner;
use super::dialogs::{self, ALONE};
use super::panel::{PICKERS, picker};
use super::view::View;
use super::{major, patches};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn};
use crate::error::{PageResult, sentence, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use incident::policy::needed;
use incident::{CommandName as C, Refusal, RefusalKind};
use kernel::IncidentNumber;
use maud::html;

/// The form again with what is wrong, or the words at the top of the page.
pub(super) async fn refused(
    app: &App,
    who: &SignedIn,
    live: Live,
    number: IncidentNumber,
    command: C,
    sent: &str,
    trouble: Trouble,
) -> PageResult {
    let status = status_of(&trouble);
    let Trouble::Refused(refusal) = trouble else { return Err(trouble.into()) };
    if !matches!(refusal.kind, RefusalKind::State | RefusalKind::Invalid | RefusalKind::Limit) {
        return Err(refusal.into());
    }
    let wrong = Wrong::of(status, &refusal, &Fields::parse(sent));
    again(app, who, live, number, command, sent, wrong).await
}

/// What is wrong with a form that was sent.
pub(super) struct Wrong {
    status: StatusCode,
    /// At each field.
    errors: Errors,
    /// All of it in a sentence.
    words: String,
}

impl Wrong {
    /// One thing that is wrong; `place` is the id of its field, empty for the form as a whole.
    pub(super) fn at(status: StatusCode, place: impl Into<String>, words: String) -> Self {
        let mut errors = Errors::default();
        errors.add(place, &words);
        Wrong { status, errors, words }
    }

    /// What a refusal says; each field that lacks something says what it lacks.
    fn of(status: StatusCode, refusal: &Refusal, fields: &Fields) -> Self {
        let words = words_of(refusal);
        if refusal.missing.is_empty() {
            return Wrong::at(status, place(refusal.field, fields), words);
        }
        let mut errors = Errors::default();
        for &field in &refusal.missing {
            errors.add(place(Some(field), fields), needed(field));
        }
        Wrong { status, errors, words }
    }
}

/// The id of the field at fault, as the form calls it.
fn place(field: Option<&str>, fields: &Fields) -> String {
    match (field, fields.get("form")) {
        (Some(field), Some(form)) if form.parse::<C>().is_ok() => {
            let field = match field {
                "seconds" => "duration",
                // One list holds both.
                "people" | "teams" if form == C::CallResponders.as_str() => "whom",
                field => field,
            };
            format!("{form}-{field}")
        }
        _ => String::new(),
    }
}

/// A refusal as a sentence: what is said of a field begins with its name.
pub(super) fn words_of(refusal: &Refusal) -> String {
    let Some(field) = refusal.field else { return sentence(&refusal.message) };
    let follows = ["is ", "must ", "has ", "lies ", "would ", "may ", "are "];
    if !follows.iter().any(|start| refusal.message.starts_with(start)) {
        return sentence(&refusal.message);
    }
    let name = match field {
        "note" | "body" => "the text",
        "code" => "the resolution code",
        "into" | "target" => "the number",
        "until" | "at" | "expected" => "the time",
        "next_update" => "the time of the next update",
        "started_at" => "the beginning",
        "ended_at" => "the end",
        "people" | "teams" | "whom" => "whoever is called",
        "seconds" | "duration" => "the duration",
        "size_bytes" => "the file",
        "tags" => "the list of tags",
        "fields" => "the list of fields",
        "new_field" => "a name",
        "new_value" => "a value",
        other => return sentence(&format!("the {} {}", other.replace('_', " "), refusal.message)),
    };
    sentence(&format!("{name} {}", refusal.message))
}

/// The same form with what was sent and what is wrong with it.
pub(super) async fn again(
    app: &App,
    who: &SignedIn,
    live: Live,
    number: IncidentNumber,
    command: C,
    sent: &str,
    wrong: Wrong,
) -> PageResult<Response> {
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    let view = View::of(&case, who.viewer());
    let fields = Fields::parse(sent);
    let errors = wrong.errors;
    let morph = Some("morph");
    let form = fields.get("form").unwrap_or_default();
    if matches!(command, C::PublishUpdate | C::DraftUpdate) {
        // What was written stays where it is; the composer says why it was not sent.
        let patch = html! {
            div id="c-warn" data-patch="morph" { (banner("This was not sent.", &wrong.words)) }
        };
        let page = major::again(app, who, number, fields, wrong.words).await?;
        return Ok(Answer::refused(wrong.status, patch).else_page(page).reply(live));
    }
    let patch = if PICKERS.contains(&form) {
        picker(&view, form, &errors, morph)
    } else if dialogs::has_form(command) && form == command.as_str() {
        dialogs::form(&view, command, &fields, &errors, morph)
    } else {
        patches::refusal(Some(&wrong.words))
    };
    let page = if dialogs::has_form(command) {
        dialogs::page(who, &view, command, &Fields::parse(&format!("{sent}&{ALONE}=1")), &errors)
    } else {
        crate::shell::error_page(kernel::Language::En, "This was not done", &wrong.words)
    };
    Ok(Answer::refused(wrong.status, patch).else_page(page).reply(live))
}
