//! Resolution codes: the ways in which incidents are over.

mod closure;

use super::editing::{self, Problem, saved, saved_banner, stale, version_field};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::policy::ResolutionCode;
use incident::{Policy, Refusal};
use kernel::limits;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::settings::{self, Setting};
use store::{Failure, Sql};

const SECTION: Section = Section::Codes;
const SUBJECT: &str = "setting";
/// Codes there can be: more than a list one can choose from.
const CODES_MAX: usize = 50;
/// Empty rows for new codes.
const NEW_ROWS: usize = 2;
/// Characters of a code.
const CODE_CHARS: usize = 40;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/resolution-codes", get(show).merge(post(change)))
        .route("/settings/resolution-codes/closure", post(closure::change))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let closure = closure::card(&app, &who, None, &Problem::default()).await?;
    page(&app, &who, None, &Problem::default(), saved_banner(query.as_deref()), closure).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let problem =
                Problem::of(&app, trouble, SUBJECT, settings::RESOLUTION_CODES.to_owned(), "")
                    .await?;
            let closure = closure::card(&app, &who, None, &Problem::default()).await?;
            let again = page(&app, &who, Some(fields), &problem, html! {}, closure).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (codes, seen) = (checked(rows(fields))?, editing::version(fields)?);
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql)?;
            if !settings::put(sql, settings::RESOLUTION_CODES, &codes, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, settings::RESOLUTION_CODES, &before.value, &codes)?)
        })
        .await
}

fn stored(sql: &mut dyn Sql) -> Result<Setting<Vec<ResolutionCode>>, Failure> {
    let stored = settings::get(sql, settings::RESOLUTION_CODES)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Policy::standard_codes(), version: 0 }))
}

/// The rows as typed, without those that are wholly empty.
fn rows(fields: &Fields) -> Vec<ResolutionCode> {
    let pairs = fields.all("code").zip(fields.all("label"));
    let rows = pairs.map(|(code, label)| ResolutionCode {
        code: code.trim().to_owned(),
        label: editing::one_line(label),
    });
    rows.filter(|row| !row.code.is_empty() || !row.label.is_empty()).collect()
}

fn checked(codes: Vec<ResolutionCode>) -> Result<Vec<ResolutionCode>, Trouble> {
    let refuse = |words: String| Err(Refusal::invalid("codes", words).into());
    let plain =
        |code: &str| code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let mut seen = BTreeSet::new();
    for ResolutionCode { code, label } in &codes {
        if code.is_empty() || label.is_empty() {
            return refuse(format!(
                "“{code}{label}” needs both a code and a label; empty both to remove it"
            ));
        }
        if !plain(code) || code.len() > CODE_CHARS {
            return refuse(format!(
                "The code “{code}” may have small letters, digits and _, and up to {CODE_CHARS} of them"
            ));
        }
        if label.chars().count() > limits::NAME_CHARS {
            return refuse(format!(
                "The label of “{code}” is longer than {} characters",
                limits::NAME_CHARS
            ));
        }
        if !seen.insert(code.as_str()) {
            return refuse(format!("The code “{code}” is there twice"));
        }
    }
    match codes.len() {
        0 => refuse("Keep at least one code, or nothing can be resolved".to_owned()),
        1..=CODES_MAX => Ok(codes),
        _ => refuse(format!("These are more than {CODES_MAX} codes")),
    }
}

/// The whole page; `closure` is the card about what must be known.
async fn page(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
    banner: Markup,
    closure: Markup,
) -> PageResult<Markup> {
    let setting = app.desk.read(stored).await?;
    let codes = typed.as_ref().map_or(setting.value, rows);
    let fields = typed.unwrap_or_default();
    let edits = who.viewer().configures();
    let new = if edits { NEW_ROWS } else { 0 };
    let empty = (0..new).map(|_| ResolutionCode { code: String::new(), label: String::new() });
    let rows: Vec<ResolutionCode> = codes.into_iter().chain(empty).collect();
    let body = html! {
        (banner)
        (problem.banner(who, &SECTION.address()))
        form.stack-l id="codes" method="post" action=(SECTION.address()) {
            (version_field(problem.version(&fields, setting.version)))
            section.card {
                div.scroll-x tabindex="0" role="region" aria-label="Resolution codes" {
                    table.dt {
                        thead { tr { th scope="col" { "Label on screen" } th scope="col" { "Code in the API and in reports" } } }
                        tbody { @for (at, row) in rows.iter().enumerate() { (code_row(at + 1, row, edits)) } }
                    }
                }
            }
            @if edits {
                p.meta { "They are offered in this order. Empty both fields to remove one; incidents that have it keep it." }
                div.savebar { span.end { button.btn.btn-primary type="submit" { "Save the codes" } } }
            }
        }
        (closure)
    };
    Ok(section_page(
        who,
        SECTION,
        html! { "How an incident was resolved; whoever resolves one chooses." },
        None,
        body,
    ))
}

fn code_row(place: usize, row: &ResolutionCode, edits: bool) -> Markup {
    html! {
        tr {
            @if edits {
                td { input.inp name="label" aria-label={ "Label " (place) } maxlength=(limits::NAME_CHARS) value=(row.label); }
                td { input.inp name="code" aria-label={ "Code " (place) } maxlength=(CODE_CHARS) autocomplete="off" spellcheck="false" value=(row.code); }
            } @else {
                th scope="row" { (row.label) }
                td { code { (row.code) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str) -> Result<Vec<ResolutionCode>, String> {
        checked(rows(&Fields::parse(form))).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn codes_are_read_in_their_order_without_empty_rows() {
        let codes =
            check("label=Permanent++fix&code=fixed&label=&code=&label=Workaround&code=workaround")
                .unwrap();
        assert_eq!(
            codes.iter().map(|code| code.label.as_str()).collect::<Vec<_>>(),
            ["Permanent fix", "Workaround"]
        );
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for (form, words) in [
            ("label=&code=", "at least one"),
            ("label=Fix&code=", "needs both"),
            ("label=Fix&code=Fix+it", "small letters"),
            ("label=Fix&code=fix&label=Other&code=fix", "twice"),
        ] {
            assert!(check(form).unwrap_err().contains(words), "{form}");
        }
    }
}
