//! An incident beside the queue: the report, the clocks, and taking it.

use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::part::{chip, clock, person, pri, state, time};
use crate::url;
use axum::extract::{Path, State};
use incident::{Access, Change, Command, Scope};
use insight::Risk;
use kernel::{Channel, IncidentNumber};
use maud::{Markup, html};
use store::directory::people::{self, Person};
use store::incidents::list::{self, IncidentRow};
use store::incidents::timeline;

/// Characters of the report that are quoted.
const QUOTED_CHARS: usize = 600;

/// The inside of the panel.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let scope = Scope::of(who.viewer());
    let found = app
        .desk
        .read(move |sql| {
            let Some(row) = list::get(sql, &scope, number)? else { return Ok(None) };
            let description = match row.state.description {
                Some(id) => timeline::contents_by_id(sql, &[id])?
                    .remove(&id)
                    .and_then(|content| content.body),
                None => None,
            };
            let requester = people::get(sql, row.requester.id)?;
            let main = row.state.merged_into.as_slice();
            let main = list::seen(sql, &scope, main)?.pop_first();
            Ok(Some((row, description, requester, main)))
        })
        .await?;
    let Some((row, description, requester, main)) = found else { return Err(PageError::NotFound) };
    let takes = who.viewer().works() && row.access == Access::Full && row.state.lifecycle.is_open();
    let seen = row.access == Access::Full;
    let risk = insight::risk_of(&row.state, &app.desk.policy(), who.here.now).filter(|_| seen);
    Ok(fragment(
        &row,
        risk.as_ref(),
        description.as_deref(),
        (requester.as_ref(), main),
        takes.then_some(who.viewer().person),
        &who.here,
    ))
}

/// Takes an incident and goes to its composer.
pub(super) async fn take(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    fields: Fields,
) -> PageResult {
    let number: IncidentNumber = fields.text("number").parse().map_err(|_| PageError::NotFound)?;
    let me = Change::Set(who.viewer().person);
    app.desk
        .ask(who.viewer(), Channel::Web)
        .on(number)
        .issue(Command::Assign { team: Change::Keep, assignee: me })
        .await?;
    Ok(Answer::go(format!("{}#m-reply", url::incident(number))).reply(live))
}

fn fragment(
    row: &IncidentRow,
    risk: Option<&Risk>,
    description: Option<&str>,
    (requester, main): (Option<&Person>, Option<IncidentNumber>),
    taker: Option<kernel::PersonId>,
    here: &Here,
) -> Markup {
    let state = &row.state;
    let clocks: Vec<_> = clock::seen(&state.clocks, row.access).collect();
    let mine = taker.is_some() && taker == state.assignee;
    html! {
        div.sec {
            div.sec-h {
                span.meta { (row.number) }
                span.meta { "reported " (through(state.channel)) ", " (time::since(state.reported_at, here)) }
            }
            h2.prev-t { (row.title) }
            div class="chips mts" {
                (pri::priority(state.priority)) " " (state::state(state)) " "
                @if state.major { (chip::major()) " " } @else if super::row::is_proposed(row) { (chip::proposed()) " " }
                @if let Some(team) = &row.confidential_to { (chip::lock(&team.name)) " " }
                @if let Some(service) = &row.service { span.chip { (icon("services")) (service.name) } }
            }
            @if let Some(into) = main {
                p.mts { "Part of " a.link href=(url::incident(into)) { (into) } }
            }
            @if let Some(words) = description { p.mts { "“" (shortened(words)) "”" } }
            p class="meta mts" { (about(row, requester)) }
            div class="btns mts" {
                @if taker.is_some() && !mine {
                    form method="post" action="/queue/take" data-live {
                        input type="hidden" name="number" value=(row.number);
                        button class="btn btn-primary" { "Take and reply" }
                    }
                }
                a.btn href=(url::incident(row.number)) { "Open " kbd { "↵" } }
            }
        }
        div.sec {
            div.sec-h { h3 { "Assigned" } }
            @match (&row.assignee, &row.team) {
                (Some(assignee), _) => (person::person(assignee.id, &assignee.name)),
                (None, Some(team)) => { p { "Nobody in " (team.name) " yet" } }
                (None, None) => (person::nobody()),
            }
        }
        @if !clocks.is_empty() {
            div.sec {
                div.sec-h { h3 { "Clocks" } }
                ul.clk { @for each in clocks { li { span { (clock::name(each.kind)) } (clock::sla_until(each, clock::waits_since(state), here)) } } }
            }
        }
        @if let Some(risk) = risk { (why(risk)) }
        @if row.access == Access::Full { (seen_before(row.number)) }
    }
}

/// What is like it, fetched once the preview is there.
fn seen_before(number: IncidentNumber) -> Markup {
    let address = url::similar(number);
    html! {
        section.sec id="similar" aria-labelledby="similar-h" data-lazy={ (address) "?brief=1" } {
            div.sec-h { h3 id="similar-h" { "Seen before" } }
            p { a.link href=(address) { "Show what is alike" } }
        }
    }
}

/// The risk, part by part.
fn why(risk: &Risk) -> Markup {
    html! {
        div.sec {
            div.sec-h { h3 { "Why it is at " (risk.value) } }
            ul.why {
                @for part in &risk.parts {
                    li {
                        meter min="0" max=(risk.value) value=(part.points) aria-hidden="true" {}
                        b { (part.points) }
                        span { (part.why) }
                    }
                }
            }
            details.how {
                summary.link { "How risk works" }
                p { "It is what half an hour of waiting costs, from 0 to 100. 50 points count once if that certainly breaks something: a due time or a promised instant passes, or a P1 or P2 interruption goes on. That is the waterline." }
                p { "Up to 20 points come from the service: how critical it is, and how many people it hits. Up to 20 come from promises: what is at stake by priority, and how likely it is missed by what is left of its time. Up to 10 come from promised instants, a major incident, and nobody having taken it." }
            }
        }
    }
}

/// Name, job and place of who asked.
fn about(row: &IncidentRow, requester: Option<&Person>) -> String {
    let more = requester
        .iter()
        .flat_map(|person| [person.job_title.as_str(), person.site.as_str()])
        .collect::<Vec<_>>();
    let organisation = row.organisation.as_ref().map(|organisation| organisation.name.as_str());
    let parts = std::iter::once(row.requester.name.as_str()).chain(more).chain(organisation);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn shortened(words: &str) -> String {
    if words.chars().count() <= QUOTED_CHARS {
        return words.to_owned();
    }
    let cut: String = words.chars().take(QUOTED_CHARS).collect();
    format!("{}…", cut.trim_end())
}

/// The door as a person would say it, after "reported".
fn through(channel: Channel) -> &'static str {
    match channel {
        Channel::Portal => "by portal",
        Channel::Web => "by an agent",
        Channel::Phone => "by phone",
        Channel::Email => "by e-mail",
        Channel::Chat => "by chat",
        Channel::Api => "by API",
        Channel::Alert => "by an alert",
        Channel::InPerson => "in person",
        Channel::Import => "by import",
        Channel::Cli => "by command line",
        Channel::Timer => "by a timer",
    }
}
