//! How reviews are opened, written, published, taken up again and discarded.

use super::{actions, check, gather, seen, template, template_of, unknown, zone};
use crate::problems::actor;
use crate::{Audit, Desk, Trouble, check_seen};
use incident::clocks::ClockKind;
use incident::permissions::{may_publish_review, may_write_review};
use incident::policy::Fault;
use incident::state::IncidentRole;
use incident::{Policy, Refusal, Scope, State, Viewer};
use kernel::{IncidentNumber, PersonId, ReviewNumber, Role, Timestamp};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use store::directory::reviews::{
    self as rows, Pick, Reminder, Review, ReviewState, SINCE, TEMPLATE, Template, ToRemind,
};
use store::directory::settings;
use store::incidents::timeline;
use store::{Failure, Sql};

/// A review that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// It.
    pub review: Review,
    /// Whether it is new; otherwise there was one already.
    pub fresh: bool,
}

impl Desk {
    /// Opens the review of an incident that is over, with a draft from its facts; or finds the
    /// one that there is.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the incident is not over, or the viewer writes no review of it.
    pub async fn open_review(
        &self,
        viewer: &Viewer,
        incident: IncidentNumber,
    ) -> Result<Opened, Trouble> {
        let (by, policy) = (viewer.clone(), self.policy());
        self.change(actor(viewer), move |sql, audit| {
            let state = seen(sql, &Scope::of(&by), incident)?.ok_or_else(no_incident)?;
            may_write_review(&by, &state)?;
            can_be_reviewed(&state)?;
            open(sql, audit, &policy, incident, &state)
        })
        .await
    }

    /// Changes a review that is at the version it was seen at: its words, its entries, its owner,
    /// its due date, and whether others read it. Entries that the viewer does not see stay.
    ///
    /// # Errors
    ///
    /// A rule it breaks; somebody was faster; it is published; the viewer may not.
    pub async fn change_review(&self, viewer: &Viewer, wanted: Review) -> Result<Review, Trouble> {
        let (by, policy) = (viewer.clone(), self.policy());
        self.change(actor(viewer), move |sql, audit| {
            let (before, state) = writable(sql, &by, wanted.number, Some(wanted.version))?;
            if before.state == ReviewState::Published {
                let words = "it is published; take it up again to change it";
                return Err(Refusal::state("published", words).into());
            }
            if wanted.state == ReviewState::Published {
                let words = "publishing is a step of its own";
                return Err(Refusal::invalid("state", words).into());
            }
            check::review(&policy, &state, &template_of(sql, &policy, &state)?, &before, &wanted)?;
            let picks = picks(sql, &by, &state, &before, wanted.picks)?;
            let after = Review {
                state: wanted.state,
                owner: wanted.owner,
                due_at: wanted.due_at,
                summary: wanted.summary,
                impact: wanted.impact,
                factors: wanted.factors,
                helped: wanted.helped,
                hard: wanted.hard,
                lessons: wanted.lessons,
                answers: wanted.answers,
                picks,
                ..before.clone()
            };
            actions::follow(sql, audit, &state, &before.factors, &after)?;
            save(sql, audit, &state, &before, after)
        })
        .await
    }

    /// Publishes a review: whoever sees its incident reads it as it is.
    ///
    /// # Errors
    ///
    /// It says nothing yet, or the viewer does not publish it.
    pub async fn publish_review(
        &self,
        viewer: &Viewer,
        number: ReviewNumber,
        seen: Option<i64>,
    ) -> Result<Review, Trouble> {
        let by = viewer.clone();
        self.change(actor(viewer), move |sql, audit| {
            let (before, state) = writable(sql, &by, number, seen)?;
            may_publish_review(&by, &state, before.owner)?;
            if before.state == ReviewState::Published {
                return Err(Refusal::state("published", "it is published already").into());
            }
            if before.summary.trim().is_empty() {
                return Err(Fault::new("summary", "is needed before it is published").into());
            }
            let after = Review {
                state: ReviewState::Published,
                published_by: Some(by.person),
                published_at: Some(audit.now()),
                ..before.clone()
            };
            save(sql, audit, &state, &before, after)
        })
        .await
    }

    /// Takes a published review up again: it is a draft until it is published anew.
    ///
    /// # Errors
    ///
    /// There is no reason, it is not published, or the viewer does not publish it.
    pub async fn reopen_review(
        &self,
        viewer: &Viewer,
        number: ReviewNumber,
        seen: Option<i64>,
        reason: String,
    ) -> Result<Review, Trouble> {
        let by = viewer.clone();
        let reason = reason.trim().to_owned();
        self.change(actor(viewer), move |sql, audit| {
            let (before, state) = writable(sql, &by, number, seen)?;
            may_publish_review(&by, &state, before.owner)?;
            if before.state != ReviewState::Published {
                return Err(Refusal::state("not_published", "it is not published").into());
            }
            check::reason(&reason)?;
            let after =
                Review { state: ReviewState::Draft, reopened_because: reason, ..before.clone() };
            save(sql, audit, &state, &before, after)
        })
        .await
    }

    /// Discards a review that came to nothing: it was never published, nobody has to do anything
    /// after it, and it would not be opened again by itself. Its number is not given again.
    ///
    /// # Errors
    ///
    /// It came to something; somebody was faster; the viewer does not publish it.
    pub async fn discard_review(
        &self,
        viewer: &Viewer,
        number: ReviewNumber,
        seen: Option<i64>,
    ) -> Result<(), Trouble> {
        let by = viewer.clone();
        self.change(actor(viewer), move |sql, audit| {
            let (before, state) = writable(sql, &by, number, seen)?;
            may_publish_review(&by, &state, before.owner)?;
            can_be_discarded(sql, &before, &state)?;
            let version = before.version;
            if !rows::remove(sql, number, version)? {
                return Err(Trouble::Stale { seen: version, current: version + 1 });
            }
            Ok(audit.deleted(sql, Review::WHAT, number, &kept(&before, &state))?)
        })
        .await
    }

    /// Changes how reviews are written here.
    ///
    /// # Errors
    ///
    /// A rule it breaks; somebody was faster; the viewer is no administrator.
    pub async fn set_review_template(
        &self,
        viewer: &Viewer,
        wanted: Template,
        seen: Option<i64>,
    ) -> Result<(), Trouble> {
        if !viewer.configures() {
            return Err(Refusal::forbidden("administrators change how reviews are written").into());
        }
        check::template(&wanted)?;
        self.change(actor(viewer), move |sql, audit| {
            let before = template(sql)?;
            check_seen(seen, before.version)?;
            if !settings::put(sql, TEMPLATE, &wanted, before.version)? {
                let (seen, current) = (before.version, before.version + 1);
                return Err(Trouble::Stale { seen, current });
            }
            if wanted.for_majors && !before.value.for_majors {
                // Those that were resolved while it was off are not reviewed now.
                let since = settings::get::<Timestamp>(sql, SINCE)?;
                let version = since.map_or(0, |since| since.version);
                settings::put(sql, SINCE, &audit.now(), version)?;
            }
            Ok(audit.changed(sql, "setting", TEMPLATE, &before.value, &wanted)?)
        })
        .await
    }
}

/// Opens the review of an incident, or finds it.
pub(super) fn open(
    sql: &mut dyn Sql,
    audit: &Audit,
    policy: &Policy,
    incident: IncidentNumber,
    state: &State,
) -> Result<Opened, Trouble> {
    if let Some(review) = rows::of_incident(sql, incident)? {
        return Ok(Opened { review, fresh: false });
    }
    let now = audit.now();
    let mut review = Review {
        owner: owner(policy, state),
        due_at: due(policy, state, now, i64::from(template(sql)?.value.due_days)),
        created_by: audit.by(),
        updated_by: audit.by(),
        ..Review::of(rows::next_number(sql)?, incident, now)
    };
    gather::draft(sql, &mut review, state, &zone(policy), now)?;
    if !rows::insert(sql, &review)? {
        return Err(Failure::damaged(format!("{incident} got a review meanwhile")).into());
    }
    audit.created(sql, Review::WHAT, review.number, &kept(&review, state))?;
    tell_owner(sql, audit, &review)?;
    Ok(Opened { review, fresh: true })
}

fn can_be_reviewed(state: &State) -> Result<(), Trouble> {
    if let Some(into) = state.merged_into {
        let words = format!("it is part of {into}; review that");
        return Err(Refusal::state("merged", words).into());
    }
    match state.moments.resolved.is_some() && !state.lifecycle.is_open() {
        true => Ok(()),
        false => Err(Refusal::state("not_over", "it is reviewed once it is resolved").into()),
    }
}

/// What others read or rely on stays.
fn can_be_discarded(sql: &mut dyn Sql, review: &Review, state: &State) -> Result<(), Trouble> {
    if review.published_at.is_some() {
        let words = "it was published, so it stays; take it up again to change it";
        return Err(Refusal::state("published", words).into());
    }
    if !rows::actions_of(sql, review.number)?.is_empty() {
        let words = "it has actions, so it stays; drop those that nobody has to do";
        return Err(Refusal::state("has_actions", words).into());
    }
    if state.major && template(sql)?.value.for_majors {
        let words = "majors are reviewed: it would be opened again by itself";
        return Err(Refusal::state("for_majors", words).into());
    }
    Ok(())
}

/// The review, at the version it was seen at if one was, with the state of its incident.
fn writable(
    sql: &mut dyn Sql,
    by: &Viewer,
    number: ReviewNumber,
    seen: Option<i64>,
) -> Result<(Review, State), Trouble> {
    let before = rows::get(sql, number)?.ok_or_else(unknown)?;
    let state = super::seen(sql, &Scope::of(by), before.incident)?.ok_or_else(unknown)?;
    may_write_review(by, &state)?;
    check_seen(seen, before.version)?;
    Ok((before, state))
}

fn save(
    sql: &mut dyn Sql,
    audit: &Audit,
    state: &State,
    before: &Review,
    after: Review,
) -> Result<Review, Trouble> {
    let seen = before.version;
    let after = Review { updated_by: audit.by(), updated_at: audit.now(), ..after };
    if !rows::update(sql, &after, seen)? {
        return Err(Trouble::Stale { seen, current: seen + 1 });
    }
    let after = Review { version: seen + 1, ..after };
    audit.changed(sql, Review::WHAT, after.number, &kept(before, state), &kept(&after, state))?;
    if after.owner != before.owner {
        tell_owner(sql, audit, &after)?;
    }
    Ok(after)
}

/// What the audit keeps of a review. Administrators read the audit, so of one whose incident is
/// confidential it keeps that it changed, and none of its words. It never keeps the summary, whose
/// draft quotes words that may be erased in the incident, nor entries of parts and children, which
/// may be confidential by themselves.
fn kept(review: &Review, state: &State) -> serde_json::Value {
    match state.confidential_to {
        None => {
            let mut review = Review { summary: String::new(), ..review.clone() };
            let incident = review.incident;
            review.picks.retain(|pick| pick.incident == incident);
            json!(review)
        }
        Some(_) => json!({
            "number": review.number, "state": review.state, "version": review.version,
        }),
    }
}

/// Tells whoever owns it that it is theirs, unless they made it so themselves.
fn tell_owner(sql: &mut dyn Sql, audit: &Audit, review: &Review) -> Result<(), Failure> {
    let Some(person) = review.owner.filter(|person| audit.by() != Some(*person)) else {
        return Ok(());
    };
    let told = ToRemind {
        subject: review.number.to_string(),
        incident: review.incident,
        word: Reminder::ReviewOpened,
        due: review.due_at.micros().to_string(),
        person,
    };
    rows::remind(sql, &told, audit.now()).map(drop)
}

/// Who writes it: whoever led, else whoever worked on it, else a manager of the team.
fn owner(policy: &Policy, state: &State) -> Option<PersonId> {
    let led = state.roles.get(&IncidentRole::Commander).copied();
    let managers = state.team.and_then(|team| policy.teams.get(&team)).map(|team| {
        let manages = |person: &&PersonId| {
            policy.staff.get(*person).is_some_and(|one| one.roles.contains(&Role::Manager))
        };
        team.members.iter().filter(manages).copied().collect::<Vec<_>>()
    });
    led.into_iter()
        .chain(state.assignee)
        .chain(managers.unwrap_or_default())
        .find(|person| check::can_own(policy, state, *person))
}

/// So many business days later, by the calendar that its resolution was promised in.
fn due(policy: &Policy, state: &State, from: Timestamp, days: i64) -> Timestamp {
    let clock = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
    let counted = clock.and_then(|clock| policy.calendar_of(clock).after_days(from, days));
    counted.unwrap_or_else(|| from.plus_days(days))
}

/// The entries that it shows: those that are wanted, each once, and those that the viewer does
/// not see and cannot leave out.
fn picks(
    sql: &mut dyn Sql,
    by: &Viewer,
    state: &State,
    before: &Review,
    wanted: Vec<Pick>,
) -> Result<Vec<Pick>, Trouble> {
    if wanted == before.picks {
        // Nothing of it changes: those that the viewer does not see come along.
        return Ok(wanted);
    }
    let numbers: BTreeSet<IncidentNumber> =
        wanted.iter().chain(&before.picks).map(|pick| pick.incident).collect();
    let numbers: Vec<IncidentNumber> = numbers.into_iter().collect();
    let visible = gather::whole(sql, &Scope::of(by), &numbers)?;
    let known: HashSet<(IncidentNumber, u32)> =
        before.picks.iter().map(|pick| (pick.incident, pick.n)).collect();
    let mut taken = HashSet::new();
    let mut found = Vec::new();
    for (place, mut pick) in wanted.into_iter().enumerate() {
        let belongs = pick.incident == before.incident
            || state.parts.contains(&pick.incident)
            || state.children.contains(&pick.incident);
        let is_there = visible.contains(&pick.incident)
            && (known.contains(&(pick.incident, pick.n))
                || (belongs && timeline::event(sql, pick.incident, pick.n)?.is_some()));
        if !is_there {
            let words = "is no entry of the incident, its parts or its children that you see";
            return Err(Fault::new(format!("picks.{place}"), words).into());
        }
        if taken.insert((pick.incident, pick.n)) {
            pick.remark = pick.remark.trim().to_owned();
            found.push(pick);
        }
    }
    let unseen = before.picks.iter().filter(|pick| !visible.contains(&pick.incident));
    found.extend(unseen.cloned());
    Ok(found)
}

fn no_incident() -> Trouble {
    Refusal::not_found("there is no such incident, or you may not see it").into()
}
