//! What is like an incident: known errors first, then incidents with how they ended. Asked for
//! after the page is there, so that the page does not wait for it.

use super::case::by_role_and_teams;
use super::commands::seen;
use super::known::JUDGED;
use super::view::View;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::marked::marked;
use crate::part::telling::tells;
use crate::part::time::duration;
use crate::part::{chip, state};
use crate::problems::words::success;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use desk::search::{
    Alike as Other, Ended, Feedback, FoundProblem, Like, Similar, SimilarIncident, Why,
};
use incident::{Access, Policy, Scope};
use kernel::IncidentNumber;
use maud::{Markup, html};
use std::collections::BTreeMap;
use store::Sql;
use store::incidents::list::IncidentRow;
use store::knowledge::{self, Record, Success};

/// Incidents beside the timeline; the page of its own shows all.
const BESIDE: usize = 5;
/// Incidents in the preview beside the queue.
const BRIEF: usize = 3;
/// Known errors beside the timeline.
const ERRORS: usize = 3;
/// Words that are named as a reason.
const WORDS: usize = 5;
/// Characters of what a requester was told that are shown of it.
const TOLD_CHARS: usize = 160;

/// What stands on the page of an incident until it is known; without scripts a link to it.
pub(super) fn awaited(view: &View<'_>) -> Markup {
    let address = url::similar(view.case.number);
    html! {
        // Live patches and reloads of the page leave what was fetched as it is.
        div data-keep {
            section.sec id="similar" aria-labelledby="similar-h" data-lazy=(address) {
                div.sec-h { h2 id="similar-h" { "Similar incidents" } }
                p { a class="link ck" href=(address) { "Show what is alike" } }
            }
        }
    }
}

/// `GET /incidents/{number}/similar`: the section for scripts, with `brief=1` that of the preview; a page for others.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let row = seen(&app, &who, number).await?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let alike = read(&app, &who, &row).await?;
    let drawn = Drawn::of(&app, &who, &row);
    if live.0 && asked.ticked("brief") {
        return Ok(drawn.brief(&alike).into_response());
    }
    if live.0 {
        return Ok(drawn.section(&alike, Some("morph")).into_response());
    }
    let told = Told::of(&asked);
    Ok(drawn.page(&who, &alike, told).into_response())
}

/// `POST /incidents/{number}/similar`: somebody says whether it helped.
pub(super) async fn say(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let row = seen(&app, &who, number).await?;
    if !who.viewer().works() {
        return Err(PageError::forbidden("auditors read everything and change nothing"));
    }
    // Where an undo is offered, what it takes back stands in the address.
    let fields = Fields::parse(&format!("{body}&{}", query.unwrap_or_default()));
    let other: Other = fields.text("other").parse().map_err(|_| PageError::NotFound)?;
    let said = match fields.text("say") {
        "helped" => Some(Feedback::Helped),
        "not_alike" => Some(Feedback::NotAlike),
        "" => None,
        _ => return Err(PageError::invalid("this cannot be said of an incident")),
    };
    // Nobody says something of what they may not see, nor learns by this whether it is there.
    if let Other::Incident(other) = other {
        seen(&app, &who, other).await?;
    }
    app.desk.say_of_similar(who.viewer(), number, other, said).await?;
    let alike = read(&app, &who, &row).await?;
    let address = url::similar(number);
    let patch = Drawn::of(&app, &who, &row).section(&alike, Some("morph"));
    let undo = said.map(|_| format!("{address}?other={other}&say="));
    let back = match said {
        Some(Feedback::Helped) => format!("{address}?helped={other}"),
        Some(Feedback::NotAlike) => format!("{address}?dropped={other}"),
        None => address,
    };
    let answer = Answer::patch(patch).else_go(back);
    let answer = match said {
        Some(Feedback::Helped) => answer.toast(format!("Counted: {other} helped")),
        Some(Feedback::NotAlike) => answer.toast(format!("{other} is not shown here any more")),
        None => answer.toast("Taken back"),
    };
    Ok(answer.undo(undo).reply(live))
}

/// What is like an incident, and how the workarounds of its known errors did.
struct Alike {
    found: Similar,
    did: BTreeMap<Record, Success>,
}

/// What is like it, but for the known errors that it names already: these have their own card. What
/// shares nothing that can be named is left out: nobody could say why it is there.
async fn read(app: &App, who: &SignedIn, row: &IncidentRow) -> PageResult<Alike> {
    let mut found = app.desk.similar(who.viewer(), Like::Incident(row.number)).await?;
    let named = |number: String| row.state.links.iter().any(|link| link.target == number);
    found.known_errors.retain(|error| !named(error.number.to_string()));
    found.incidents.retain(|one| why(&one.why).is_some());
    let shown = found.known_errors.iter().take(ERRORS);
    let records: Vec<Record> = shown.map(|error| Record::Problem(error.number)).collect();
    let did = match records.is_empty() {
        true => BTreeMap::new(),
        false => {
            // As the card of one that it names counts it.
            let scope = by_role_and_teams(&Scope::of(who.viewer()));
            let latest = move |sql: &mut dyn Sql| {
                knowledge::success_of_latest(sql, &scope, &records, JUDGED)
            };
            app.desk.read(latest).await?
        }
    };
    Ok(Alike { found, did })
}

/// What somebody without scripts just said.
struct Told {
    other: Other,
    helped: bool,
}

impl Told {
    fn of(asked: &Fields) -> Option<Told> {
        let told = |name: &str, helped: bool| {
            Some(Told { other: asked.filled(name)?.parse().ok()?, helped })
        };
        told("helped", true).or_else(|| told("dropped", false))
    }
}

/// What is needed to draw it.
struct Drawn {
    number: IncidentNumber,
    title: String,
    works: bool,
    policy: std::sync::Arc<Policy>,
}

impl Drawn {
    fn of(app: &App, who: &SignedIn, row: &IncidentRow) -> Drawn {
        let (number, title) = (row.number, row.title.clone());
        Drawn { number, title, works: who.viewer().works(), policy: app.desk.policy() }
    }

    fn page(&self, who: &SignedIn, alike: &Alike, told: Option<Told>) -> Markup {
        Page::new(who, "Similar incidents")
            .section(Section::Queue)
            .crumb(url::QUEUE, "Queue")
            .crumb(url::incident(self.number), self.number.to_string())
            .main_class("main main-canvas")
            .on(self.number)
            .show(html! {
                div.page {
                    div.page-h { div { h1 { "Similar incidents" } p { "Like " (self.number) " " (self.title) } } }
                    div.stack-l {
                        @if let Some(told) = told.filter(|_| self.works) { (self.told(&told)) }
                        div.card { div.card-b { (self.lists(alike, usize::MAX)) } }
                    }
                }
            })
    }

    /// What was just said, and how to take it back.
    fn told(&self, told: &Told) -> Markup {
        html! {
            form class="banner banner-info" method="post" action=(url::similar(self.number)) {
                (icon("check"))
                div { @if told.helped { "Counted: " (told.other) " helped." } @else { (told.other) " is not shown here any more." } }
                input type="hidden" name="other" value=(told.other);
                button class="btn btn-sm" type="submit" name="say" value="" { "Undo" }
            }
        }
    }

    /// The section beside the timeline.
    fn section(&self, alike: &Alike, patch: Option<&str>) -> Markup {
        html! {
            section.sec id="similar" aria-labelledby="similar-h" data-patch=[patch] {
                div.sec-h {
                    h2 id="similar-h" { "Similar incidents" }
                    @if alike.found.incidents.len() > BESIDE { a.link.meta href=(url::similar(self.number)) { "Show all" } }
                }
                (self.lists(alike, BESIDE))
            }
        }
    }

    /// The first of them in the preview: to be read, with nothing to say of them.
    fn brief(self, alike: &Alike) -> Markup {
        let drawn = Drawn { works: false, ..self };
        html! {
            section.sec id="similar" aria-labelledby="similar-h" data-patch="morph" {
                div.sec-h { h3 id="similar-h" { "Seen before" } }
                (drawn.lists(alike, BRIEF))
            }
        }
    }

    fn lists(&self, alike: &Alike, most: usize) -> Markup {
        let Similar { known_errors, incidents, building, .. } = &alike.found;
        html! {
            @if !known_errors.is_empty() {
                ul class="rows hits" aria-label="Known errors" {
                    @for error in known_errors.iter().take(most.min(ERRORS)) {
                        (self.known_error(error, alike.did.get(&Record::Problem(error.number)).copied()))
                    }
                }
            }
            @if !incidents.is_empty() {
                ul class="rows hits" aria-label="Incidents" {
                    @for one in incidents.iter().take(most) { (self.incident(one)) }
                }
            }
            @if known_errors.is_empty() && incidents.is_empty() {
                p.meta {
                    "Nothing like it is known. "
                    a.link href={ (url::SEARCH) "?q=" (url::encode(&query::words(&self.title).join(" "))) } { "Look for it in other words" }
                }
            }
            @if let Some(share) = *building {
                p.meta role="status" { "The index is being built: " (crate::search::percent(share)) " % of the incidents were compared." }
            }
        }
    }

    fn known_error(&self, error: &FoundProblem, did: Option<Success>) -> Markup {
        let did = did.filter(|did| did.judged > 0);
        html! {
            li id={ "like-" (error.number) } {
                (icon("flag"))
                p { a href=(url::problem(error.number)) { (error.number) " " (marked(&error.title)) } }
                (chip::chip("Known error"))
                @if let Some(workaround) = &error.workaround { span.meta { (workaround) @if let Some(did) = did { ". It " (success(did)) "." } } }
                @if self.works {
                    form.btns method="post" action=(url::similar(self.number)) data-live {
                        input type="hidden" name="other" value=(error.number);
                        @if error.workaround.is_some() {
                            a class="btn btn-sm" href=(url::apply_workaround(self.number, error.number)) data-name={ "Apply the workaround of " (error.number) } { (icon("wrench")) "Apply workaround" }
                        }
                        button class="btn btn-quiet btn-sm" type="submit" name="say" value="not_alike" aria-label={ "Not this: " (error.number) } { (icon("x")) "Not this" }
                    }
                }
            }
        }
    }

    fn incident(&self, one: &SimilarIncident) -> Markup {
        let row = &one.row;
        let full = row.access == Access::Full;
        let look = state::look(&row.state);
        let address =
            if full { url::incident(row.number) } else { url::portal_incident(row.number) };
        html! {
            li id={ "like-" (row.number) } {
                (icon(look.icon))
                p { a href=(address) { (row.number) " " (row.title) } }
                span.muted.nowrap { @if let Some(seconds) = one.took_seconds { (duration(seconds)) } @else { (look.words) } }
                @if let Some(ended) = &one.ended { span.meta { (self.ended(ended)) } }
                @if let Some(why) = why(&one.why) { span.meta { (why) } }
                @if self.works && full { (self.said(one)) }
            }
        }
    }

    /// "Fixed: Restarted the controller", by the code's name.
    fn ended(&self, ended: &Ended) -> String {
        let known = self.policy.resolution_codes.iter().find(|known| known.code == ended.code);
        let code = known.map_or(ended.code.as_str(), |known| known.label.as_str());
        let by = ended.known_error.as_ref().map(|error| format!(" by the workaround of {error}"));
        let told = ended.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let told = told.map(|words| format!(": {}", shortened(words)));
        format!("{code}{}{}", by.unwrap_or_default(), told.unwrap_or_default())
    }

    /// Whether it helped or is not alike; what one said is taken back where it is told.
    fn said(&self, one: &SimilarIncident) -> Markup {
        let number = one.row.number;
        html! {
            form.btns method="post" action=(url::similar(self.number)) data-live {
                input type="hidden" name="other" value=(number);
                button class="btn btn-quiet btn-sm" type="submit" name="say" value="helped" aria-label={ "Helped: " (number) } { (icon("check")) "Helped" }
                button class="btn btn-quiet btn-sm" type="submit" name="say" value="not_alike" aria-label={ "Not alike: " (number) } { (icon("x")) "Not alike" }
            }
        }
    }
}

/// Why something is alike: "Same service. Both say roaming, scanner."
pub(super) fn why(why: &Why) -> Option<String> {
    let mut words: Vec<&str> = vec![];
    for word in why.words.iter().filter(|word| tells(word)) {
        if words.len() < WORDS && !words.contains(&word.as_str()) {
            words.push(word);
        }
    }
    let parts = [
        why.same_service.then(|| "Same service.".to_owned()),
        (!words.is_empty()).then(|| format!("Both say {}.", words.join(", "))),
        (!why.labels.is_empty()).then(|| {
            let labels: Vec<&str> = why.labels.iter().take(WORDS).map(String::as_str).collect();
            format!("Alerts of both have {}.", labels.join(", "))
        }),
        why.helped.then(|| "It helped before.".to_owned()),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The beginning of what somebody was told, on one line.
fn shortened(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(TOLD_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_are_said_in_words() {
        assert_eq!(why(&Why::default()), None);
        let all = Why {
            words: ["fi", "roaming", "20", "scanner", "roaming"].map(str::to_owned).into(),
            same_service: true,
            labels: vec!["host=ap7".into()],
            helped: true,
        };
        assert_eq!(
            why(&all).as_deref(),
            Some(
                "Same service. Both say roaming, scanner. Alerts of both have host=ap7. It helped before."
            )
        );
    }

    #[test]
    fn long_words_are_cut_at_a_letter() {
        assert_eq!(shortened("Cable\n  replaced"), "Cable replaced");
        let long = shortened(&"ż".repeat(TOLD_CHARS + 1));
        assert_eq!(long.chars().count(), TOLD_CHARS + 1);
        assert!(long.ends_with('…'));
    }
}
