//! Macros in the composer: which there are, their words filled in for this incident, and their
//! commands as boxes that somebody sees before anything is sent.

use super::commands::seen;
use super::view::View;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::settings::{deed_words, macros_address, owner_words};
use crate::shell::{Page, Section};
use crate::url;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use desk::macros::Filled;
use desk::{Done, Idempotency, Trouble};
use incident::macros::{Deed, Macro};
use incident::policy::Policy;
use incident::{Refusal, RefusalKind, Visibility};
use kernel::{Channel, IncidentNumber, Language, MacroId, Timestamp, limits};
use maud::{Markup, html};
use serde::Serialize;
use store::directory::drafts::Mode;
use store::directory::macros;

/// A macro in the list that scripts filter.
#[derive(Serialize)]
struct Listed {
    id: String,
    label: String,
    hint: String,
}

/// A macro as scripts put it into the composer.
#[derive(Serialize)]
struct Taken {
    id: String,
    version: i64,
    name: String,
    mode: &'static str,
    words: String,
    /// Variables without a value here.
    missing: Vec<String>,
    /// What its boxes say, in order.
    commands: Vec<String>,
}

/// `GET /incidents/{number}/macros`: those there are, as a page with a filter, or for scripts.
pub(super) async fn list(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let row = seen(&app, &who, number).await?;
    let all = app.desk.macros(who.viewer()).await?;
    let policy = app.desk.policy();
    if wants_json(&headers) {
        let listed = |one: &Macro| Listed {
            id: one.id.to_string(),
            label: one.name.clone(),
            hint: hint(one, &policy),
        };
        return Ok(Json(all.iter().map(listed).collect::<Vec<_>>()).into_response());
    }
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let wanted = asked.text("q").to_lowercase();
    let found: Vec<&Macro> =
        all.iter().filter(|one| one.name.to_lowercase().contains(&wanted)).collect();
    let main = html! {
        div.page {
            div.page-h { div { h1 { "Macros" } p { "For " (number) ", " (row.title) } } div.btns { a.btn href=(macros_address()) { "Edit macros" } } }
            div.stack-l {
                form.find method="get" action=(url::macros(number)) role="search" {
                    label.vh for="q" { "Filter" }
                    input.inp id="q" type="search" name="q" value=(asked.text("q")) placeholder="Filter by name";
                    button.btn type="submit" { "Filter" }
                }
                @if found.is_empty() { (none(number, all.is_empty(), who.viewer().works())) }
                @else {
                    div.card { ul class="rows card-b" { @for one in &found {
                        li {
                            (icon(if one.visibility == Visibility::Internal { "lock" } else { "reply" }))
                            p { a.who.ck href={ (url::with_macro(number, one.id)) } { (one.name) } }
                            span.meta { (hint(one, &policy)) }
                        }
                    } } }
                }
                div.btns { a.btn href=(url::incident(number)) { "Back" } }
            }
        }
    };
    Ok(Page::new(&who, "Macros")
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(url::incident(number), number.to_string())
        .main_class("main main-canvas")
        .show(main)
        .into_response())
}

/// What can be done where there is no macro at all, or none with the name that was typed.
fn none(number: IncidentNumber, at_all: bool, may: bool) -> Markup {
    let make = format!("{}/new", macros_address());
    match at_all {
        true => empty(
            "No macros yet",
            "Words that come again become a macro: with variables, and with what usually follows them.",
            may.then_some((make.as_str(), "Make a macro")),
        ),
        false => empty(
            "None is called that",
            "Take a letter away, or look at all of them.",
            Some((url::macros(number).as_str(), "Show all macros")),
        ),
    }
}

/// `GET /incidents/{number}/macros/{id}`: one, filled in, for scripts.
pub(super) async fn take(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, id)): Path<(String, String)>,
) -> PageResult<Response> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let id: MacroId = id.parse().map_err(|_| PageError::NotFound)?;
    let Filled { found, words, missing } = filled(&app, &who, number, id).await?;
    let policy = app.desk.policy();
    let taken = Taken {
        id: found.id.to_string(),
        version: found.version,
        mode: mode(&found).as_str(),
        words,
        missing,
        commands: found.commands.iter().map(|deed| deed_words(deed, &policy)).collect(),
        name: found.name,
    };
    Ok(Json(taken).into_response())
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("application/json"))
}

fn hint(one: &Macro, policy: &Policy) -> String {
    let deeds = one.commands.iter().map(|deed| deed.name().to_owned());
    let owner = owner_words(one.owner, policy);
    std::iter::once(owner).chain(deeds).collect::<Vec<_>>().join(", ")
}

/// A macro filled in; instants as the requester reads them, on the clock of whoever writes.
pub(super) async fn filled(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    id: MacroId,
) -> PageResult<Filled> {
    let here = who.here.clone();
    let moment =
        move |at: Timestamp, language: Language| Here { language, ..here.clone() }.full(at);
    Ok(app.desk.filled_macro(who.viewer(), number, id, moment).await?)
}

/// The composer's mode that its words are for.
pub(super) fn mode(one: &Macro) -> Mode {
    if one.visibility == Visibility::Internal { Mode::Note } else { Mode::Reply }
}

/// The boxes of the macro that is in the composer; `sent` is what was sent and refused.
pub(super) fn boxes(view: &View<'_>, filled: Option<&Filled>, sent: Option<&Fields>) -> Markup {
    let ticked = |at: usize| {
        let at = at.to_string();
        sent.is_none_or(|sent| sent.all("do").any(|value| value == at))
    };
    html! {
        div id="c-macro" {
            @if let Some(Filled { found, missing, .. }) = filled {
                input type="hidden" name="macro" value=(found.id);
                input type="hidden" name="macro_version" value=(found.version);
                @if !missing.is_empty() { p.meta role="status" { "Nothing is known for " (missing.join(", ")) ": write it yourself." } }
                @if !found.commands.is_empty() {
                    fieldset.c-aud {
                        legend.vh { "What the macro " (found.name) " does then" }
                        @for (at, deed) in found.commands.iter().enumerate() {
                            label.ck { input type="checkbox" name="do" value=(at) checked[ticked(at)]; (deed_words(deed, &view.case.policy)) }
                        }
                    }
                }
            }
        }
    }
}

/// The button that opens them; without scripts, the way to their page.
pub(super) fn opener(number: IncidentNumber) -> Markup {
    html! {
        a class="btn btn-quiet btn-sm" href=(url::macros(number)) data-macros { "Macros " kbd { "/" } }
    }
}

/// What of a macro is to be done with the words that are sent.
pub(super) struct Chosen {
    id: MacroId,
    deeds: Vec<Deed>,
}

impl Chosen {
    /// Whether the words are those of a resolution.
    pub(super) fn resolves(&self) -> bool {
        self.deeds.iter().any(|deed| matches!(deed, Deed::Resolve { .. }))
    }

    /// Without what changes whether somebody works on it.
    pub(super) fn without_end(mut self) -> Chosen {
        self.deeds.retain(|deed| !matches!(deed, Deed::Resolve { .. } | Deed::Hold { .. }));
        self
    }
}

/// The macro that the composer names, and its ticked commands: those that its boxes showed, or
/// none at all.
pub(super) async fn chosen(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
) -> Result<Option<Chosen>, Trouble> {
    let Some(id) = fields.filled("macro").and_then(|id| id.parse::<MacroId>().ok()) else {
        return Ok(None);
    };
    let me = who.viewer().person;
    let found = app.desk.read(move |sql| macros::seen_by(sql, id, me)).await?;
    let ticked: Vec<usize> = fields.all("do").filter_map(|at| at.parse().ok()).collect();
    let version = fields.text("macro_version");
    let found = found.filter(|one| ticked.is_empty() || one.version.to_string() == version);
    match found {
        None if ticked.is_empty() => Ok(None),
        None => {
            let words = "the macro was changed or removed meanwhile; choose it again";
            Err(Refusal::state("macro_changed", words).into())
        }
        Some(one) => {
            let deeds = one.commands.into_iter().enumerate();
            let deeds = deeds.filter(|(at, _)| ticked.contains(at)).map(|(_, deed)| deed);
            let chosen = Chosen { id, deeds: deeds.collect() };
            if chosen.resolves() && fields.text("mode") != Mode::Reply.as_str() {
                let words = "can only be a reply: the macro resolves with these words";
                return Err(Refusal::invalid("mode", words).into());
            }
            Ok(Some(chosen))
        }
    }
}

/// What came of the commands of a macro.
#[derive(Default)]
pub(super) struct Issued {
    /// The last that was done.
    pub(super) done: Option<Done>,
    /// What was not done, and why.
    pub(super) not_done: Vec<String>,
}

impl Issued {
    /// An error where something was not done.
    pub(super) fn whole(self) -> Result<(), Trouble> {
        if self.not_done.is_empty() {
            return Ok(());
        }
        Err(Refusal::state("macro_refused", self.not_done.join(". ")).into())
    }
}

/// Issues them one by one. What is so already needs no doing; what is refused is told, and the
/// others go on. A resolution that is refused is an error: its words were not sent.
pub(super) async fn issue(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    (chosen, body): (Chosen, &str),
    once: Option<&Idempotency>,
) -> Result<Issued, Trouble> {
    let (mut issued, policy) = (Issued::default(), app.desk.policy());
    for deed in &chosen.deeds {
        let step = once.map(|once| Idempotency {
            key: format!("{}-macro-{}", once.key, deed.name()),
            request_hash: once.request_hash.clone(),
        });
        let mut ask = app.desk.ask(who.viewer(), Channel::Web).on(number).once(step);
        let resolves = matches!(deed, Deed::Resolve { .. });
        let note = match resolves {
            true => Some(ask.words("body", body, limits::BODY_CHARS)?),
            false => None,
        };
        let Some(command) = deed.command(who.viewer().person, app.desk.now(), note) else {
            continue;
        };
        match ask.issue(command).await {
            Ok(done) => issued.done = Some(done),
            Err(trouble) if resolves => return Err(trouble),
            Err(Trouble::Refused(refusal)) if is_so_already(&refusal) => {}
            Err(Trouble::Refused(refusal)) => {
                let what = deed_words(deed, &policy);
                issued.not_done.push(format!("{what}: {}", refusal.message));
            }
            Err(trouble) => return Err(trouble),
        }
    }
    app.desk.macro_used(chosen.id);
    Ok(issued)
}

fn is_so_already(refusal: &Refusal) -> bool {
    refusal.kind == RefusalKind::State && refusal.code == "nothing_to_change"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_of_a_macro_is_told_before_the_words_leave() {
        assert!(Issued::default().whole().is_ok());
        let not_done = vec!["Tag a: is no tag".to_owned(), "Assign to me: is closed".to_owned()];
        let refused = Issued { done: None, not_done }.whole();
        let words = "Tag a: is no tag. Assign to me: is closed";
        assert!(matches!(refused, Err(Trouble::Refused(told)) if told.message == words));
    }
}
