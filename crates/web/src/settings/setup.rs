//! The first steps on a fresh instance, with what is done of them.

use super::{Section, around};
use crate::app::{App, InstanceSetting};
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::shell::{self, Page};
use incident::Policy;
use maud::{Markup, html};

/// Whether nobody can work yet: without a team nothing can be assigned, without a
/// service nothing says how much an incident matters.
pub(crate) fn is_missing(policy: &Policy) -> bool {
    policy.teams.is_empty() || policy.services.is_empty()
}

/// The page of the first steps, while they are to be done by this person.
pub(super) async fn page(app: &App, who: &SignedIn) -> PageResult<Option<Markup>> {
    let policy = app.desk.policy();
    if !who.viewer().configures() || !is_missing(&policy) {
        return Ok(None);
    }
    let people = app.desk.read(store::directory::people::count).await?;
    let steps = [
        (
            Section::General,
            "Say how the instance is called, where it is, and which telephone helps.",
            who.instance.setting != InstanceSetting::default(),
        ),
        (Section::Teams, "Incidents are assigned to teams.", !policy.teams.is_empty()),
        (
            Section::People,
            "Add whoever works on incidents, give them roles, teams and a password.",
            people > 1,
        ),
        (
            Section::Services,
            "Say what people use, who owns it, how critical it is and what it needs.",
            !policy.services.is_empty(),
        ),
        (
            Section::Categories,
            "Sort incidents by what they are about. This can wait.",
            !policy.categories.is_empty(),
        ),
    ];
    let body = html! {
        section.card { div.card-b { ol.rows { @for (section, words, done) in steps { (step(section, words, done)) } } } }
        p.meta { "Priorities, resolution codes and times to respond and resolve have defaults that work." }
    };
    let page = Page::new(who, "Settings").section(shell::Section::Settings);
    let lead = html! { "First steps. They can be done in any order and changed at any time." };
    Ok(Some(around(page, None, "Set up", lead, None, body)))
}

fn step(section: Section, words: &str, done: bool) -> Markup {
    let (glyph, state) = if done { ("s-closed", "done") } else { ("s-new", "to do") };
    html! {
        li {
            (icon(glyph))
            p { a.link href=(section.address()) { (section.name()) } br; span.muted { (words) } }
            span.meta { (state) }
        }
    }
}
