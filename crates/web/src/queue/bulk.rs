//! One change of many incidents: a command each, all of one batch, each decided
//! on its own. What was refused is said beside what was done.

use super::row::{self, RowStyle};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, sentence};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::url;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use desk::{Done, Trouble};
use futures_util::future::join_all;
use incident::state::{HoldReason, Lifecycle};
use incident::{Change, Command, Policy, Scope};
use kernel::{BatchId, Channel, IncidentNumber, Level, limits};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::incidents::list::{self, IncidentRow};

/// What is to be done with each of the selected incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Assign(Change<kernel::TeamId>, Change<kernel::PersonId>),
    InProgress,
    Hold(HoldReason),
    Close,
    Prioritise(Level, Level),
    Merge(IncidentNumber),
    Tag(String),
}

impl Wish {
    /// The command for an incident as it stands.
    fn command(&self, state: Lifecycle) -> Command {
        match self {
            Wish::Assign(team, assignee) => Command::Assign { team: *team, assignee: *assignee },
            Wish::InProgress if state == Lifecycle::OnHold => Command::Resume,
            Wish::InProgress => Command::Acknowledge,
            Wish::Hold(reason) => Command::Hold { reason: *reason, until: None, note: None },
            Wish::Close => Command::Close,
            Wish::Prioritise(impact, urgency) => Command::Prioritise {
                impact: Some(*impact),
                urgency: Some(*urgency),
                priority: None,
                reason: None,
            },
            Wish::Merge(into) => Command::Merge { into: *into },
            Wish::Tag(tag) => {
                Command::Tag { add: BTreeSet::from([tag.clone()]), remove: BTreeSet::new() }
            }
        }
    }

    /// What was done, after "3 incidents".
    fn words(&self, who: &SignedIn, policy: &Policy) -> String {
        let person = |id: &kernel::PersonId| {
            policy.staff.get(id).map_or("somebody", |staff| staff.name.as_str())
        };
        match self {
            Wish::Assign(_, Change::Set(id)) if *id == who.viewer().person => {
                "assigned to you".to_owned()
            }
            Wish::Assign(_, Change::Set(id)) => format!("assigned to {}", person(id)),
            Wish::Assign(Change::Set(id), _) => {
                format!(
                    "given to {}",
                    policy.teams.get(id).map_or("a team", |team| team.name.as_str())
                )
            }
            Wish::Assign(..) => "assigned to nobody".to_owned(),
            Wish::InProgress => "in progress".to_owned(),
            Wish::Hold(_) => "on hold".to_owned(),
            Wish::Close => "closed".to_owned(),
            Wish::Prioritise(impact, urgency) => {
                format!("now {}", policy.matrix.priority(*impact, *urgency))
            }
            Wish::Merge(into) => format!("merged into {into}"),
            Wish::Tag(tag) => format!("tagged {tag}"),
        }
    }

    fn can_be_undone(&self) -> bool {
        !matches!(self, Wish::Close)
    }
}

/// Does something with all selected incidents.
pub(super) async fn apply(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    fields: Fields,
) -> PageResult {
    let back = back(&fields);
    let numbers = match selected(&fields) {
        Ok(numbers) => numbers,
        Err(words) => return Ok(said(&words).else_go(back).reply(live)),
    };
    let policy = app.desk.policy();
    let wish = match wish(&fields, &who) {
        Ok(wish) => wish,
        Err(words) => return Ok(said(&words).else_go(back).reply(live)),
    };
    let scope = Scope::of(who.viewer());
    let wanted = numbers.clone();
    let rows = app.desk.read(move |sql| list::get_many(sql, &scope, &wanted)).await?;
    let batch = BatchId(desk::fresh());
    let issued = rows.iter().filter(|row| wish != Wish::Merge(row.number)).map(|row| {
        let ask = app.desk.ask(who.viewer(), Channel::Web).on(row.number).in_batch(batch);
        let command = wish.command(row.state.lifecycle);
        async move { (row.number, ask.issue(command).await) }
    });
    let outcomes = join_all(issued).await;
    let words = wish.words(&who, &policy);
    let undo = wish.can_be_undone().then(|| undo_path(&outcomes)).flatten();
    finish(&app, &who, live, outcomes, &words, undo, back).await
}

/// Takes back what a bulk change did, incident by incident.
pub(super) async fn undo(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    RawQuery(raw): RawQuery,
) -> PageResult {
    let fields = Fields::parse(raw.as_deref().unwrap_or_default());
    let entries: Vec<(IncidentNumber, u32)> = fields
        .text("e")
        .split(',')
        .take(limits::COMMANDS_PER_REQUEST)
        .filter_map(|entry| {
            let (number, n) = entry.split_once('.')?;
            Some((number.parse().ok()?, n.parse().ok()?))
        })
        .collect();
    let batch = BatchId(desk::fresh());
    let issued = entries.into_iter().map(|(number, n)| {
        let ask = app.desk.ask(who.viewer(), Channel::Web).on(number).in_batch(batch);
        async move { (number, ask.issue(Command::Undo { n }).await) }
    });
    let outcomes = join_all(issued).await;
    finish(&app, &who, live, outcomes, "as before", None, url::QUEUE.to_owned()).await
}

type Outcome = (IncidentNumber, Result<Done, Trouble>);

async fn finish(
    app: &App,
    who: &SignedIn,
    live: Live,
    outcomes: Vec<Outcome>,
    words: &str,
    undo: Option<String>,
    back: String,
) -> PageResult<Response> {
    let done: Vec<IncidentNumber> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(number, _)| *number).collect();
    let mut refused = Vec::new();
    for (number, outcome) in outcomes {
        match outcome {
            Ok(_) => {}
            Err(Trouble::Refused(refusal)) => refused.push((number, refusal.message)),
            // Trouble of ours stops it: what was done before is told by the stream.
            Err(trouble) => return Err(PageError::Trouble(trouble)),
        }
    }
    let scope = Scope::of(who.viewer());
    let wanted = done.clone();
    let rows = app.desk.read(move |sql| list::get_many(sql, &scope, &wanted)).await?;
    let suffix = back.strip_prefix(url::QUEUE).unwrap_or_default();
    let answer = Answer::patch(patches(app, &rows, &refused, who, suffix)).else_go(back.clone());
    let answer = match done.as_slice() {
        [] => answer,
        [number] => answer.toast(format!("{number} {words}")).undo(undo),
        many => {
            answer.toast(format!("{} {words}", counted(many.len() as i64, "incident"))).undo(undo)
        }
    };
    Ok(answer.reply(live))
}

fn patches(
    app: &App,
    rows: &[IncidentRow],
    refused: &[(IncidentNumber, String)],
    who: &SignedIn,
    suffix: &str,
) -> Markup {
    let (policy, late) = (app.desk.policy(), app.desk.likely_late());
    let style = RowStyle::now(&who.here, suffix, who.viewer().works(), &policy, late);
    html! {
        @for incident in rows { (row::patch(incident, &style)) }
        (banner(refused))
    }
}

/// What was refused and why; patched to nothing when all was done.
fn banner(refused: &[(IncidentNumber, String)]) -> Markup {
    html! {
        div id="bulk-said" data-patch {
            @if !refused.is_empty() {
                div class="banner banner-warn" role="status" {
                    (icon("alert"))
                    div {
                        b { (counted(refused.len() as i64, "incident")) @if refused.len() == 1 { " was" } @else { " were" } " not changed." }
                        @for (number, words) in refused { br; a.link href=(url::incident(*number)) { (number) } ": " (sentence(words)) }
                    }
                }
            }
        }
    }
}

/// Words instead of a change.
fn said(words: &str) -> Answer {
    Answer::patch(html! {
        div id="bulk-said" data-patch {
            div class="banner banner-warn" role="status" { (icon("alert")) div { (sentence(words)) } }
        }
    })
}

fn selected(fields: &Fields) -> Result<Vec<IncidentNumber>, String> {
    let numbers: BTreeSet<IncidentNumber> = fields
        .all("number")
        .flat_map(|list| list.split(','))
        .filter_map(|number| number.parse().ok())
        .collect();
    match numbers.len() {
        0 => Err("select the incidents first".to_owned()),
        many if many > limits::COMMANDS_PER_REQUEST => {
            Err(format!("select at most {} incidents at once", limits::COMMANDS_PER_REQUEST))
        }
        _ => Ok(numbers.into_iter().collect()),
    }
}

/// What is to be done: what the pressed button says, else what was chosen or written.
fn wish(fields: &Fields, who: &SignedIn) -> Result<Wish, String> {
    if fields.filled("do").is_none() && fields.filled("into").and(fields.filled("tag")).is_some() {
        return Err("press Merge or Tag: both were written".to_owned());
    }
    let said = [
        ("to", "assign"),
        ("state", "state"),
        ("level", "priority"),
        ("into", "merge"),
        ("tag", "tag"),
    ];
    let wanted = fields.filled("do").or_else(|| {
        said.into_iter().find(|(field, _)| fields.filled(field).is_some()).map(|(_, wish)| wish)
    });
    match wanted.unwrap_or_default() {
        "me" => Ok(Wish::Assign(Change::Keep, Change::Set(who.viewer().person))),
        "assign" => assignment(fields.text("to"))
            .ok_or_else(|| "choose a person or a team from the list".to_owned()),
        "state" => match fields.text("state") {
            "in_progress" => Ok(Wish::InProgress),
            "closed" => Ok(Wish::Close),
            reason => reason.parse().map(Wish::Hold).map_err(|error| format!("the state {error}")),
        },
        "priority" => {
            let levels = fields
                .text("level")
                .split_once('/')
                .map(|(impact, urgency)| (level(impact), level(urgency)));
            match levels {
                Some((Some(impact), Some(urgency))) => Ok(Wish::Prioritise(impact, urgency)),
                _ => Err("choose a priority".to_owned()),
            }
        }
        "merge" => fields
            .text("into")
            .parse()
            .map(Wish::Merge)
            .map_err(|error| format!("what to merge into {error}")),
        "tag" => fields
            .filled("tag")
            .map(|tag| Wish::Tag(tag.to_owned()))
            .ok_or_else(|| "write a tag".to_owned()),
        _ => Err("choose what to do".to_owned()),
    }
}

/// `person:…`, `team:…` or `nobody`. Another team takes the person off it who is none of theirs.
fn assignment(to: &str) -> Option<Wish> {
    let set = match to.split_once(':') {
        Some(("person", id)) => Wish::Assign(Change::Keep, Change::Set(id.parse().ok()?)),
        Some(("team", id)) => Wish::Assign(Change::Set(id.parse().ok()?), Change::Keep),
        _ if to == "nobody" => Wish::Assign(Change::Keep, Change::Clear),
        _ => return None,
    };
    Some(set)
}

fn level(text: &str) -> Option<Level> {
    text.parse().ok().and_then(|value| Level::new(value).ok())
}

fn undo_path(outcomes: &[Outcome]) -> Option<String> {
    let entries: Vec<String> = outcomes
        .iter()
        .filter_map(|(number, outcome)| outcome.as_ref().ok().map(|done| (number, done.first_n)))
        .filter(|(_, n)| *n > 0)
        .map(|(number, n)| format!("{number}.{n}"))
        .collect();
    (!entries.is_empty()).then(|| format!("/queue/undo?e={}", entries.join(",")))
}

/// The address of the list that the form stood on.
fn back(fields: &Fields) -> String {
    let back = fields.text("back");
    if back.starts_with(url::QUEUE) && url::is_own_path(back) {
        back.to_owned()
    } else {
        url::QUEUE.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read() {
        let id = "00000000-0000-0000-0000-000000000001";
        assert_eq!(
            assignment(&format!("team:{id}")),
            Some(Wish::Assign(Change::Set(id.parse().unwrap()), Change::Keep))
        );
        assert_eq!(
            assignment(&format!("person:{id}")),
            Some(Wish::Assign(Change::Keep, Change::Set(id.parse().unwrap())))
        );
        assert_eq!(assignment("nobody"), Some(Wish::Assign(Change::Keep, Change::Clear)));
        assert_eq!(assignment("person:x"), None);
        assert_eq!(assignment(""), None);
    }

    #[test]
    fn the_way_back_stays_in_the_queue() {
        for (given, back_to) in [
            ("/queue?view=my-work", "/queue?view=my-work"),
            ("//evil.example", "/queue"),
            ("/settings", "/queue"),
            ("", "/queue"),
        ] {
            assert_eq!(back(&Fields::of(vec![("back".into(), given.into())])), back_to);
        }
    }
}
