//! Reviews of incidents that are over: what they say by themselves, what people write, and what
//! follows from them. A review follows its incident: whoever does not see all of that does not
//! know that there is one. How reviews are opened and changed stands in `change`, what has to be
//! done in `actions`, what opens and reminds by itself in `watch`.

mod actions;
mod change;
mod check;
mod document;
mod gather;
mod watch;

use crate::{Desk, Trouble};
use incident::permissions::{may_publish_review, may_read_reviews, may_write_review};
use incident::{Access, Policy, Refusal, Scope, State, Subject, Viewer};
use insight::review::{Facts, named};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{CategoryId, IncidentNumber, PersonId, ReviewNumber, ServiceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::directory::reviews::{self as rows, Listed, Pick, Review, TEMPLATE, Template};
use store::directory::settings::{self, Setting};
use store::incidents::list::{self, IncidentRow};
use store::incidents::timeline::StoredEvent;
use store::{Failure, Sql};

pub use actions::{ActionFilter, Measured, NewAction};
pub use change::Opened;
pub(crate) use watch::start;

/// Words of people in an entry that a review shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// There are none.
    Nothing,
    /// These.
    Words(String),
    /// They were erased.
    Redacted,
}

/// An entry of a timeline as a review shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Which, and what the writer says about it.
    pub pick: Pick,
    /// What happened.
    pub event: StoredEvent,
    /// What people said in it.
    pub said: Said,
}

/// An entry that may be picked.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// It. Its remark is the one it has already.
    pub line: Line,
    /// Whether the review shows it.
    pub picked: bool,
    /// Whether it is proposed.
    pub proposed: bool,
}

/// What a viewer may do with a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct May {
    /// Whether they write it, and its actions.
    pub write: bool,
    /// Whether they publish it, or take it up again.
    pub publish: bool,
}

/// A review as somebody reads it.
#[derive(Debug, Clone)]
pub struct Case {
    /// It.
    pub review: Review,
    /// Its incident.
    pub incident: IncidentRow,
    /// How reviews are written here.
    pub template: Template,
    /// What it says by itself.
    pub facts: Facts,
    /// The entries that it shows and that the viewer sees, in the order in which they happened.
    pub lines: Vec<Line>,
    /// How many of its entries the viewer does not see.
    pub hidden: usize,
    /// What has to be done, with what came of it.
    pub actions: Vec<Measured>,
    /// Factors, by their places from 1, that name people: they should tell of what let it happen.
    pub naming: Vec<(usize, Vec<String>)>,
    /// What its children and parts are, as far as the viewer sees them.
    pub others: Vec<IncidentNumber>,
    /// The incidents that its entries name and that the viewer may see: of others it is said that
    /// there is one.
    pub named: BTreeSet<IncidentNumber>,
    /// The names of services that were out.
    pub services: BTreeMap<ServiceId, String>,
    /// The names of people who own, published or do something.
    pub people: HashMap<PersonId, String>,
    /// What the viewer may do.
    pub may: May,
    /// The day it is, by the clock of the instance.
    pub today: Date,
}

impl Desk {
    /// The reviews of incidents that the viewer sees as a whole, the latest first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when they are not for this viewer.
    pub async fn reviews(&self, viewer: &Viewer) -> Result<Vec<Listed>, Trouble> {
        may_read_reviews(viewer)?;
        let scope = Scope::of(viewer);
        self.read(move |sql| rows::list(sql, &scope)).await
    }

    /// A review as this viewer reads it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none that they may read.
    pub async fn review(&self, viewer: &Viewer, number: ReviewNumber) -> Result<Case, Trouble> {
        may_read_reviews(viewer)?;
        let (viewer, policy, now) = (viewer.clone(), self.policy(), self.now());
        let case = self.read(move |sql| case(sql, &viewer, &policy, number, now)).await?;
        case.ok_or_else(unknown)
    }

    /// The number of the review of an incident, if the viewer may read it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn review_of(
        &self,
        viewer: &Viewer,
        incident: IncidentNumber,
    ) -> Result<Option<ReviewNumber>, Trouble> {
        if may_read_reviews(viewer).is_err() {
            return Ok(None);
        }
        let scope = Scope::of(viewer);
        self.read(move |sql| {
            let Some(review) = rows::of_incident(sql, incident)? else { return Ok(None) };
            let state = seen(sql, &scope, incident)?;
            Ok(state.map(|_| review.number))
        })
        .await
    }

    /// The entries of the incident and of its parts that a review can show, in the order in
    /// which they happened, as far as the viewer sees them.
    ///
    /// # Errors
    ///
    /// As of [`Desk::review`].
    pub async fn review_candidates(
        &self,
        viewer: &Viewer,
        number: ReviewNumber,
    ) -> Result<Vec<Candidate>, Trouble> {
        may_read_reviews(viewer)?;
        let scope = Scope::of(viewer);
        let found = self.read(move |sql| {
            let Some(review) = rows::get(sql, number)? else { return Ok(None) };
            let Some(state) = seen(sql, &scope, review.incident)? else { return Ok(None) };
            gather::candidates(sql, &scope, &review, &state).map(Some)
        });
        found.await?.ok_or_else(unknown)
    }

    /// How reviews are written here, with the version of that.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when that is not for this viewer.
    pub async fn review_template(&self, viewer: &Viewer) -> Result<Setting<Template>, Trouble> {
        may_read_reviews(viewer)?;
        self.read(template).await
    }
}

/// The state of an incident that is seen as a whole within the scope.
fn seen(
    sql: &mut dyn Sql,
    scope: &Scope,
    incident: IncidentNumber,
) -> Result<Option<State>, Failure> {
    let stored = store::incidents::load(sql, incident)?;
    let state = stored.map(|stored| stored.state);
    Ok(state.filter(|state| scope.access(&Subject::from(state)) == Access::Full))
}

fn template(sql: &mut dyn Sql) -> Result<Setting<Template>, Failure> {
    let stored = settings::get(sql, TEMPLATE)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Template::default(), version: 0 }))
}

/// How the review of an incident is written.
fn template_of(sql: &mut dyn Sql, policy: &Policy, state: &State) -> Result<Template, Failure> {
    let categories: Vec<CategoryId> = policy.categories_above(state.category).collect();
    Ok(template(sql)?.value.of(state.major, &categories))
}

fn case(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    policy: &Policy,
    number: ReviewNumber,
    now: Timestamp,
) -> Result<Option<Case>, Failure> {
    let scope = Scope::of(viewer);
    let Some(review) = rows::get(sql, number)? else { return Ok(None) };
    let row = list::get(sql, &scope, review.incident)?.filter(|row| row.access == Access::Full);
    let Some(incident) = row else { return Ok(None) };
    let state = incident.state.clone();
    let (mut facts, events) = gather::facts_of(sql, &state, review.incident, now)?;
    let (lines, hidden) = gather::lines(sql, &scope, &review, &events)?;
    let actions = rows::actions_of(sql, number)?;
    let actions = actions::measured(sql, &scope, actions, now)?;
    let others = gather::others(sql, &scope, &state)?;
    facts.reports = u32::try_from(others.len()).unwrap_or(u32::MAX);
    let named: BTreeSet<IncidentNumber> =
        lines.iter().flat_map(|line| line.event.event.names()).collect();
    let named: Vec<IncidentNumber> = named.into_iter().collect();
    let named = list::seen(sql, &scope, &named)?;
    let people = people_of(sql, &review, &actions)?;
    let may = May {
        write: may_write_review(viewer, &state).is_ok(),
        publish: may_publish_review(viewer, &state, review.owner).is_ok(),
    };
    Ok(Some(Case {
        naming: naming(policy, &review.factors),
        services: gather::service_names(sql, &facts)?,
        template: template_of(sql, policy, &state)?,
        today: today(policy, now),
        review,
        incident,
        facts,
        lines,
        hidden,
        actions,
        others,
        named,
        people,
        may,
    }))
}

fn people_of(
    sql: &mut dyn Sql,
    review: &Review,
    actions: &[Measured],
) -> Result<HashMap<PersonId, String>, Failure> {
    let named = [review.owner, review.published_by, review.created_by, review.updated_by];
    let owners = actions.iter().map(|one| one.action.owner);
    let ids: Vec<PersonId> = named.into_iter().chain(owners).flatten().collect();
    store::directory::people::names(sql, &ids)
}

/// Which factors, by their places from 1, name people of the house.
pub fn naming(policy: &Policy, factors: &[String]) -> Vec<(usize, Vec<String>)> {
    let names = |text: &String| -> Vec<String> {
        let people = policy.staff.values().map(|one| one.name.as_str());
        let mut found: Vec<String> = named(text, people).into_iter().map(str::to_owned).collect();
        found.sort_unstable();
        found
    };
    let all = factors.iter().enumerate().map(|(place, text)| (place + 1, names(text)));
    all.filter(|(_, names)| !names.is_empty()).collect()
}

/// The day it is, by the clock of the instance.
fn today(policy: &Policy, now: Timestamp) -> Date {
    now.to_jiff().to_zoned(zone(policy)).date()
}

fn zone(policy: &Policy) -> TimeZone {
    TimeZone::get(&policy.time_zone).unwrap_or(TimeZone::UTC)
}

fn unknown() -> Trouble {
    Refusal::not_found("there is no such review, or you may not see it").into()
}
