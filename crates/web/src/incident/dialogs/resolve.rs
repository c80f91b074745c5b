//! The form that resolves an incident: how it ended, and what the instance wants to know of it.

use super::fields::{Form, with_none};
use crate::incident::closure;
use crate::incident::panel::pick;
use crate::incident::view::View;
use crate::part::time::counted;
use crate::url;
use incident::state::LinkKind;
use maud::{Markup, html};

pub(super) fn resolve(view: &View<'_>, form: &Form<'_>, requester: &str) -> Markup {
    let codes: Vec<(String, String)> = view
        .case
        .policy
        .resolution_codes
        .iter()
        .map(|code| (code.code.clone(), code.label.clone()))
        .collect();
    let open = |number: &&kernel::IncidentNumber| {
        view.case.relatives.get(number).is_none_or(|row| row.state.lifecycle.is_open())
    };
    let follows = |number: &&kernel::IncidentNumber| {
        view.case.relatives.get(number).is_none_or(|row| row.state.follows_parent)
    };
    let children = view.case.state().children.iter().filter(open).filter(follows).count();
    let parts = view.case.state().parts.iter().filter(open).count();
    html! {
        @if form.values.ticked("from_draft") { input type="hidden" name="from_draft" value="1"; }
        (form.select("code", "How was it resolved", None, &codes, ""))
        (form.words("note", &format!("What was done? {requester} reads this"), Some("One sentence, so that it can be checked.")))
        (required(view, form))
        (form.record("article", "Article that helped", "Its number, such as KB-12, or words of its title. Empty if none did.", "", &format!("{}?only=articles", url::numbers(view.case.number))))
        @if view.case.state().confidential_to.is_none() {
            label.ck {
                input type="checkbox" name="to_article" value="1" checked[form.values.ticked("to_article")];
                "Make an article of this: a draft with these words"
            }
        }
        @if children > 0 {
            label.ck {
                input type="checkbox" name="children" value="1" checked[form.values.ticked("children")];
                "Resolve " (counted(children as i64, "incident")) " below it with the same words"
            }
        }
        @if parts > 0 { p.hint { (counted(parts as i64, "merged incident")) " will be resolved with it." } }
        (closure::check(view, None))
    }
}

/// What the instance may want to know before an incident is resolved, asked where it is resolved.
fn required(view: &View<'_>, form: &Form<'_>) -> Markup {
    let (needs, state) = (view.case.policy.closure, view.case.state());
    let asks_category =
        needs.category && (state.category.is_none() || form.values.get("category").is_some());
    let cause = match needs.cause {
        true => "Needed here, unless the problem behind it is named. Only staff read this.",
        false => "Only staff read this. Leave it empty if it is not known.",
    };
    let known = match needs.knowledge {
        true => {
            "Its number, such as PRB-3, or words of its title. This or an article is needed here."
        }
        false => "Its number, such as PRB-3, or words of its title. Empty if none was.",
    };
    let suggest = format!("{}?only=known_errors", url::numbers(view.case.number));
    let categories: Vec<(String, String)> = pick::categories_of(&view.case.policy)
        .into_iter()
        .map(|(id, path)| (id.to_string(), path))
        .collect();
    let set = state.category.map_or_else(|| "none".to_owned(), |id| id.to_string());
    html! {
        @if asks_category {
            (form.select("category", "Category", Some("Needed here."), &with_none(&categories, "Choose one"), &set))
        }
        (form.line("cause", "Cause", Some(cause), "", "text"))
        (form.record("known_error", "Known error whose workaround was used", known, &shown_error(view), &suggest))
    }
}

/// The known error that it was found to show, and whose workaround may have been applied.
fn shown_error(view: &View<'_>) -> String {
    let links = view.case.state().links.iter();
    let mut shown = links.filter(|link| link.kind == LinkKind::KnownError && !link.reverse);
    shown.next().map_or(String::new(), |link| link.target.clone())
}
