//! The first steps on a fresh instance, with what is done of them: what everybody needs to work,
//! and what it takes that monitoring wakes whoever is on call.

use super::{Reads, Section, section_page};
use crate::app::{App, InstanceSetting};
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::route::get;
use crate::url;
use axum::Router;
use axum::extract::State;
use incident::Policy;
use maud::{Markup, html};
use store::Sql;
use store::directory::{integrations, people};

const SECTION: Section = Section::FirstSteps;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/first-steps", get(show))
}

/// Whether nobody can work yet: without a team nothing can be assigned, without a
/// service nothing says how much an incident matters.
pub(crate) fn is_missing(policy: &Policy) -> bool {
    policy.teams.is_empty() || policy.services.is_empty()
}

/// Something to be done, where, and whether it is.
struct Step {
    name: &'static str,
    address: String,
    words: &'static str,
    done: bool,
}

impl Step {
    fn of(section: Section, words: &'static str, done: bool) -> Step {
        Step { name: section.name(), address: section.address(), words, done }
    }
}

/// `GET /settings/first-steps`
async fn show(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let policy = app.desk.policy();
    let read = |sql: &mut dyn Sql| {
        let sources = integrations::list(sql)?.into_iter().filter(|one| one.kind.alerts()).count();
        Ok((people::count(sql)?, sources))
    };
    let (people, sources) = app.desk.read(read).await?;
    let lead = html! { "They can be done in any order and changed at any time." };
    let body = html! {
        (card("work", "To work on incidents", &to_work(&app, &who, &policy, people)))
        (card("page", "To be woken by monitoring", &to_page(&who, &policy, sources)))
        p.meta { "Priorities, resolution codes and times to respond and resolve have defaults that work." }
    };
    Ok(section_page(&who, SECTION, lead, None, body))
}

fn to_work(app: &App, who: &SignedIn, policy: &Policy, people: i64) -> Vec<Step> {
    vec![
        Step::of(
            Section::General,
            "Say how the instance is called, where it is, and which telephone helps.",
            who.instance.setting != InstanceSetting::default(),
        ),
        Step::of(Section::Teams, "Incidents are assigned to teams.", !policy.teams.is_empty()),
        Step::of(
            Section::People,
            "Add whoever works on incidents, give them roles, teams and a password.",
            people > 1,
        ),
        Step::of(
            Section::Services,
            "Say what people use, who owns it, how critical it is and what it needs.",
            !policy.services.is_empty(),
        ),
        Step::of(
            Section::Mail,
            "Name a mail server in the configuration, so that people are told by mail.",
            app.options.mail.is_some(),
        ),
        Step::of(
            Section::Categories,
            "Sort incidents by what they are about. This can wait.",
            !policy.categories.is_empty(),
        ),
    ]
}

fn to_page(who: &SignedIn, policy: &Policy, sources: usize) -> Vec<Step> {
    let paging = &policy.paging;
    let ways = paging.reach.get(&who.viewer().person);
    vec![
        Step::of(
            Section::Schedules,
            "Say who is on call when, and who after them.",
            !paging.schedules.is_empty(),
        ),
        Step::of(
            Section::Escalations,
            "Say who is paged first and who if nobody answers. Then choose the policy at a service or a team: \
             without one alerts page every administrator.",
            !paging.of_services.is_empty() || !paging.of_teams.is_empty(),
        ),
        Step::of(
            Section::Integrations,
            "Connect monitoring. Each source gets a key and the lines to copy into its tool.",
            sources > 0,
        ),
        Step {
            name: "How I am reached",
            address: format!("{}#reached", url::ACCOUNT),
            words: "Pages come by mail. Add push, text messages or calls in your account and test them; \
                everybody on call does that once.",
            done: ways.is_some_and(|reach| reach.methods.iter().any(|way| way.verified)),
        },
    ]
}

fn card(id: &str, heading: &str, steps: &[Step]) -> Markup {
    html! {
        section.card aria-labelledby=(id) {
            div.card-h {
                h2 id=(id) { (heading) }
                span.meta { (steps.iter().filter(|step| step.done).count()) " of " (steps.len()) " done" }
            }
            div.card-b { ol.rows { @for step in steps { (row(step)) } } }
        }
    }
}

fn row(step: &Step) -> Markup {
    let (glyph, state) = if step.done { ("s-closed", "done") } else { ("s-new", "to do") };
    html! {
        li {
            (icon(glyph))
            p { a.link href=(step.address) { (step.name) } br; span.muted { (step.words) } }
            span.meta { (state) }
        }
    }
}
