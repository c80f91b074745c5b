//! What requesters are asked: how it went, and what an incident waits for.

use super::{SECTION, page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::Field;
use crate::settings::actor;
use crate::settings::editing::{self, Problem, saved, stale, version_field};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use incident::policy::Asking;
use maud::{Markup, html};
use store::directory::settings::{self, Setting};
use store::{Failure, Sql};

const SUBJECT: &str = "setting";

/// `POST /settings/notifications/asking`
pub(super) async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let id = settings::ASKING.to_owned();
            let problem = Problem::of(&app, trouble, SUBJECT, id, "survey_share").await?;
            let again = page(&app, &who, html! {}, Some(fields), &problem).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (asking, seen) = (typed(fields)?, editing::version(fields)?);
    asking.check().map_err(|(field, words)| Refusal::invalid(field, words))?;
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql)?;
            if !settings::put(sql, settings::ASKING, &asking, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, settings::ASKING, &before.value, &asking)?)
        })
        .await
}

fn stored(sql: &mut dyn Sql) -> Result<Setting<Asking>, Failure> {
    let stored = settings::get(sql, settings::ASKING)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Asking::default(), version: 0 }))
}

fn typed(fields: &Fields) -> Result<Asking, Refusal> {
    let wrong = |field| Refusal::invalid(field, "Write a whole number");
    let number = |field: &'static str| match fields.filled(field) {
        Some(text) => text.parse::<u8>().map(Some).map_err(|_| wrong(field)),
        None => Ok(None),
    };
    let needed = |field: &'static str| number(field)?.ok_or_else(|| wrong(field));
    Ok(Asking {
        survey_share: needed("survey_share")?,
        survey_delay_days: needed("survey_delay_days")?,
        remind_after_days: number("remind_after_days")?,
        close_after_days: number("close_after_days")?,
    })
}

/// The form, or what it says for whoever only reads.
pub(super) async fn card(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
) -> PageResult<Markup> {
    let Setting { value, version } = app.desk.read(stored).await?;
    let fields = typed.unwrap_or_else(|| shown(&value));
    let field = |name: &'static str, label: &'static str, hint: &'static str| {
        let field = Field::new(name, label).hint(hint).errors(&problem.errors);
        field.input("number", fields.get(name).unwrap_or_default())
    };
    let facts = [
        ("Asked how it went", format!("{}% of closed incidents", value.survey_share)),
        ("Days after closing", value.survey_delay_days.to_string()),
        ("Reminded of a question after", days(value.remind_after_days)),
        ("Closed without an answer after", days(value.close_after_days)),
    ];
    Ok(html! {
        (problem.banner(who, &SECTION.address()))
        section.card aria-labelledby="asking" {
            div.card-h { h2 id="asking" { "What requesters are asked" } }
            div.card-b {
                @if who.viewer().configures() {
                    form.form method="post" action=(SECTION.of("asking")) {
                        (version_field(problem.version(&fields, version)))
                        (field("survey_share", "Asked how it went, in per cent", "Of closed incidents. Nobody is asked twice in 14 days. 0 asks nobody."))
                        (field("survey_delay_days", "Days after closing", "0 is with the letter that it is closed."))
                        (field("remind_after_days", "Reminded of a question after business days", "Once, while an incident waits for its requester. Empty: never."))
                        (field("close_after_days", "Closed without an answer after business days", "Counted from the reminder. Empty: never."))
                        div { button.btn.btn-primary type="submit" { "Save" } }
                    }
                } @else {
                    dl.props { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
                }
            }
        }
    })
}

fn days(days: Option<u8>) -> String {
    days.map_or_else(|| "never".to_owned(), |days| format!("{days} business days"))
}

fn shown(asking: &Asking) -> Fields {
    let optional = |days: Option<u8>| days.map(|days| days.to_string()).unwrap_or_default();
    let pairs = [
        ("survey_share", asking.survey_share.to_string()),
        ("survey_delay_days", asking.survey_delay_days.to_string()),
        ("remind_after_days", optional(asking.remind_after_days)),
        ("close_after_days", optional(asking.close_after_days)),
    ];
    Fields::of(pairs.map(|(field, value)| (field.to_owned(), value)).to_vec())
}
