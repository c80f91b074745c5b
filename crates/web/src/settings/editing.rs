//! What the forms of the settings have in common: what may be wrong with them,
//! who was faster, and that it is stored.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageResult, status_of};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use futures_util::future::BoxFuture;
use incident::Refusal;
use kernel::{Timestamp, limits};
use maud::{Markup, html};
use store::Failure;

/// Audit entries looked through for who was faster.
const RECENT_CHANGES: usize = 100;

/// Why a form was not stored.
#[derive(Default)]
pub(crate) struct Problem {
    /// What is wrong with the fields.
    pub(crate) errors: Errors,
    /// Somebody was faster.
    pub(crate) stale: Option<Stale>,
    status: Option<StatusCode>,
}

/// Somebody changed it after the form was opened.
pub(crate) struct Stale {
    /// Its version now.
    pub(crate) current: i64,
    by: Option<(String, Timestamp)>,
}

impl Problem {
    /// Errors that a form found by itself.
    pub(crate) fn invalid(errors: Errors) -> Problem {
        let status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
        Problem { errors, stale: None, status }
    }

    /// What a form is told about a trouble; what no form can help with is an error page.
    /// `subject` and `id` name what was changed in the audit trail, `unique` the
    /// field of which there can be only one.
    pub(crate) fn of<'a>(
        app: &'a App,
        trouble: Trouble,
        subject: &'static str,
        id: String,
        unique: &'a str,
    ) -> BoxFuture<'a, PageResult<Problem>> {
        Box::pin(async move {
            let status = Some(status_of(&trouble));
            let mut errors = Errors::default();
            match trouble {
                Trouble::Refused(refusal) => {
                    errors.add(refusal.field.unwrap_or_default(), &refusal.message)
                }
                Trouble::Faults(faults) => {
                    faults.iter().for_each(|fault| errors.add(&fault.field, &fault.message));
                }
                Trouble::Failed(Failure::Exists(_)) => {
                    let what = if unique == "email" { "This e-mail address" } else { "This name" };
                    errors.add(unique, format!("{what} is taken already; choose another"))
                }
                Trouble::Failed(Failure::Reference(words)) => errors.add("", words),
                Trouble::Throttled { .. } => {
                    let words = "Another look ahead is being computed; save again in a few seconds";
                    errors.add("", words)
                }
                Trouble::Stale { current, .. } => {
                    let by = app.desk.read(move |sql| last_change(sql, subject, &id)).await?;
                    return Ok(Problem { errors, stale: Some(Stale { current, by }), status });
                }
                other => return Err(other.into()),
            }
            Ok(Problem { errors, stale: None, status })
        })
    }

    /// The status the form is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        self.status.unwrap_or(StatusCode::OK)
    }

    /// What stands before the form.
    pub(crate) fn banner(&self, who: &SignedIn, stored: &str) -> Markup {
        html! {
            (self.errors.summary())
            @if let Some(stale) = &self.stale {
                div.banner.banner-warn role="alert" tabindex="-1" {
                    (icon("user"))
                    div {
                        b {
                            @match &stale.by {
                                Some((name, at)) => { (name) " changed this " (time::since(*at, &who.here)) ", after you opened it." }
                                None => "Somebody changed this after you opened it.",
                            }
                        }
                        " What you entered is kept. Saving it now replaces their change. "
                        a.link href=(stored) { "See what is stored" }
                    }
                }
            }
        }
    }

    /// The version a form goes on with: the one it was opened with until its reader was told of
    /// another. Taking the `stored` one would replace a change that nobody saw.
    pub(crate) fn version(&self, fields: &Fields, stored: i64) -> i64 {
        let opened = fields.text("version").parse().unwrap_or(stored);
        self.stale.as_ref().map_or(opened, |stale| stale.current)
    }
}

fn last_change(
    sql: &mut dyn store::Sql,
    subject: &str,
    id: &str,
) -> Result<Option<(String, Timestamp)>, Failure> {
    let entries = store::directory::audit::list(sql, Some(subject), RECENT_CHANGES, None)?;
    let last = entries.into_iter().map(|(_, entry)| entry).find(|entry| entry.subject_id == id);
    Ok(last.map(|entry| (entry.actor_name, entry.at)))
}

/// The version a form was opened with.
pub(crate) fn version(fields: &Fields) -> Result<i64, Trouble> {
    fields.text("version").parse().map_err(|_| {
        Refusal::invalid("version", "the form does not say which version it changes; open it again")
            .into()
    })
}

/// The version a form was opened with, unless somebody was faster: told before what a change
/// would do is asked about.
pub(crate) fn version_on(fields: &Fields, stored: i64) -> Result<i64, Trouble> {
    match version(fields)? {
        seen if seen < stored => stale(seen, Some(stored)),
        seen => Ok(seen),
    }
}

/// Says that somebody was faster.
pub(crate) fn stale<T>(seen: i64, current: Option<i64>) -> Result<T, Trouble> {
    Err(Trouble::Stale { seen, current: current.unwrap_or_default() })
}

/// A name that is there and not too long.
pub(crate) fn name(fields: &Fields) -> Result<String, Trouble> {
    let name = one_line(fields.text("name"));
    match name.chars().count() {
        0 => Err(Refusal::invalid("name", "A name is needed").into()),
        1..=limits::NAME_CHARS => Ok(name),
        _ => Err(Refusal::invalid(
            "name",
            format!("The name is longer than {} characters", limits::NAME_CHARS),
        )
        .into()),
    }
}

/// A text that may be empty and is not too long.
pub(crate) fn text(
    fields: &Fields,
    field: &'static str,
    max_chars: usize,
) -> Result<String, Trouble> {
    let text = fields.text(field);
    if text.chars().count() > max_chars {
        return Err(
            Refusal::invalid(field, format!("This is longer than {max_chars} characters")).into()
        );
    }
    Ok(text.to_owned())
}

/// An id that may be missing.
pub(crate) fn id<Id: std::str::FromStr>(
    fields: &Fields,
    field: &'static str,
) -> Result<Option<Id>, Trouble> {
    let parse =
        |text: &str| text.parse().map_err(|_| Refusal::invalid(field, "Choose one of the list"));
    Ok(fields.filled(field).map(parse).transpose()?)
}

/// Every id of a field that comes more than once.
pub(crate) fn ids<Id: std::str::FromStr + Ord>(
    fields: &Fields,
    field: &'static str,
) -> Result<std::collections::BTreeSet<Id>, Trouble> {
    let parse = |text: &str| {
        text.parse().map_err(|_| Trouble::from(Refusal::invalid(field, "Choose from the list")))
    };
    fields.all(field).map(parse).collect()
}

/// Words without control characters and with single spaces between them.
pub(crate) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where one lands after storing: the page again, which says so.
pub(crate) fn saved(address: &str) -> Response {
    Redirect::to(&format!("{address}?done=saved")).into_response()
}

/// "Saved", where the address says so.
pub(crate) fn saved_banner(query: Option<&str>) -> Markup {
    let fields = Fields::parse(query.unwrap_or_default());
    html! {
        @if fields.get("done") == Some("saved") { p.banner.banner-good role="status" { (icon("check")) span { "Saved." } } }
    }
}

/// The hidden field that says which version a form changes.
pub(crate) fn version_field(version: i64) -> Markup {
    html! { input type="hidden" name="version" value=(version); }
}

/// The buttons at the end of a form.
pub(crate) fn buttons(label: &str, back: &str) -> Markup {
    html! { div.btns { button.btn.btn-primary type="submit" { (label) } a.btn.btn-quiet href=(back) { "Cancel" } } }
}

/// The bar that stays in sight: how much is to fix, and the two ways out.
pub(crate) fn save_bar(errors: usize, discard: String) -> Markup {
    html! {
        div.savebar {
            @if errors > 0 {
                span.err { (icon("alert")) (time::counted(errors as i64, "thing")) " to fix" }
            }
            span.end.btns {
                a.btn href=(discard) { "Discard" }
                button.btn.btn-primary type="submit" { "Save" }
            }
        }
    }
}

/// The field of a name.
pub(crate) fn name_field(fields: &Fields, errors: &Errors) -> Markup {
    let field = Field::new("name", "Name").errors(errors);
    field.around(html! {
        input.inp id="name" name="name" type="text" autocomplete="off" required maxlength=(limits::NAME_CHARS) value=(fields.get("name").unwrap_or_default())
            aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
    })
}

/// The switch that takes something out of use.
pub(crate) fn active_field(fields: &Fields, hint: &str) -> Markup {
    html! {
        div.field {
            (crate::part::form::checkbox("active", "In use", fields.ticked("active")))
            p.hint { (hint) }
        }
    }
}

/// A group of checkboxes of which any can be ticked.
pub(crate) fn choices(
    field: &str,
    legend: &str,
    hint: Option<&str>,
    options: &[(String, String)],
    fields: &Fields,
) -> Markup {
    html! {
        fieldset.field {
            legend { (legend) }
            @if let Some(hint) = hint { p.hint { (hint) } }
            (ticks(field, options, fields, None))
        }
    }
}

/// The same where it may be wrong: what is wrong is told with the group and marked at its boxes, and
/// the summary of a form leads to the group.
pub(crate) fn boxes(field: &Field<'_>, options: &[(String, String)], fields: &Fields) -> Markup {
    html! {
        fieldset.field id=(field.id) tabindex="-1" aria-describedby=[field.described_by()] {
            legend { (field.label) }
            @if let Some(hint) = field.hint { p.hint id={ (field.id) "-h" } { (hint) } }
            (ticks(field.id, options, fields, field.invalid()))
            @if let Some(error) = field.error { p.err id={ (field.id) "-e" } { (icon("alert")) (error) } }
        }
    }
}

fn ticks(
    field: &str,
    options: &[(String, String)],
    fields: &Fields,
    invalid: Option<&str>,
) -> Markup {
    html! {
        @if options.is_empty() { p.hint { "There is nothing to choose from yet." } }
        div.form-2 {
            @for (value, label) in options {
                label.ck {
                    input type="checkbox" name=(field) value=(value) checked[fields.all(field).any(|found| found == value)] aria-invalid=[invalid];
                    (label)
                }
            }
        }
    }
}
