//! What recurring incidents show, as far as their reader sees them, and what people make of them:
//! a problem, or nothing.

use super::DAYS;
use crate::problems::{Made, actor, make, unknown as no_problem};
use crate::{Audit, Desk, Trouble};
use incident::permissions::{may_read_problems, may_write_problems};
use incident::{Access, Refusal, Scope, Viewer};
use insight::recurring::{Trend, trend, weeks};
use insight::review::Effect;
use kernel::{Channel, ClusterId, InOrder, IncidentNumber, ProblemNumber, Timestamp};
use std::collections::BTreeSet;
use store::Sql;
use store::directory::problems::{self, Problem};
use store::incidents::list::{self, IncidentRow};
use store::recurring::{self as rows, Member, Recurring, RecurringState};
use store::surges::first_report;

/// Incidents that are linked to a problem at once, the latest.
pub const LINKED_MAX: usize = crate::problems::FROM_INCIDENTS_MAX;
/// Incidents that the page of a cluster lists, the latest.
const SHOWN_MAX: usize = 200;

/// A cluster in a list, with what its reader sees of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// It.
    pub cluster: Recurring,
    /// How many incidents it has.
    pub incidents: usize,
    /// How many of them are open.
    pub open: usize,
    /// How long they lasted together. In seconds.
    pub seconds: i64,
    /// When the latest was reported.
    pub latest: Timestamp,
    /// How many came in each of the last weeks, the oldest first.
    pub weeks: Vec<u32>,
    /// Where it goes.
    pub trend: Trend,
    /// What the trend rests on.
    pub compared: Effect,
}

/// A cluster with its incidents.
#[derive(Debug, Clone)]
pub struct Case {
    /// It.
    pub listed: Listed,
    /// Its latest incidents.
    pub incidents: Vec<IncidentRow>,
    /// When each of its incidents was reported, the latest first.
    pub reported: Vec<Timestamp>,
    /// From when on the record is complete.
    pub known_since: Timestamp,
    /// The problem behind it.
    pub problem: Option<Problem>,
    /// Its incidents that do not name that problem yet; all of them while there is none.
    pub unlinked: Vec<IncidentNumber>,
}

impl Desk {
    /// What comes again and again, what costs most first. Nobody is told of a cluster of which
    /// they see fewer than three incidents.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when problems are not for this viewer.
    pub async fn recurring(&self, viewer: &Viewer) -> Result<Vec<Listed>, Trouble> {
        may_read_problems(viewer)?;
        let (scope, now) = (Scope::of(viewer), self.now());
        self.read(move |sql| {
            let known_since = known_since(sql, now)?;
            let mut seen = rows::seen_by(sql, &scope, None, now)?;
            let all = rows::list(sql)?.into_iter();
            let mut listed: Vec<Listed> = all
                .filter_map(|one| {
                    let members = seen.remove(&one.id)?;
                    listed(one, &members, known_since, now)
                })
                .collect();
            listed.order_by_key(|one| (std::cmp::Reverse(one.seconds), one.cluster.id));
            Ok(listed)
        })
        .await
    }

    /// A cluster with its incidents that the viewer sees.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none for this viewer.
    pub async fn recurring_one(&self, viewer: &Viewer, id: ClusterId) -> Result<Case, Trouble> {
        may_read_problems(viewer)?;
        let (scope, now) = (Scope::of(viewer), self.now());
        self.read(move |sql| {
            let Some(cluster) = rows::get(sql, id)? else { return Ok(None) };
            let Some(members) = rows::seen_by(sql, &scope, Some(id), now)?.remove(&id) else {
                return Ok(None);
            };
            let known_since = known_since(sql, now)?;
            let problem = match cluster.problem {
                Some(number) => problems::get(sql, number)?,
                None => None,
            };
            let tied: BTreeSet<IncidentNumber> = match &problem {
                Some(problem) => rows::tied(sql, id, problem.number)?,
                None => BTreeSet::new(),
            };
            let numbers: Vec<IncidentNumber> =
                members.iter().take(SHOWN_MAX).map(|member| member.number).collect();
            let mut incidents = list::get_many(sql, &scope, &numbers)?;
            incidents.retain(|row| row.access == Access::Full);
            incidents.order_by_key(|row| std::cmp::Reverse(row.state.reported_at));
            let reported = members.iter().map(|member| member.reported_at).collect();
            let unlinked = members.iter().map(|member| member.number);
            let unlinked = unlinked.filter(|number| !tied.contains(number)).collect();
            let Some(listed) = listed(cluster, &members, known_since, now) else {
                return Ok(None);
            };
            Ok(Some(Case { listed, incidents, reported, known_since, problem, unlinked }))
        })
        .await?
        .ok_or_else(unknown)
    }

    /// Makes a problem of a cluster and links the latest incidents to it, those that the viewer
    /// sees; [`LINKED_MAX`] at most. The others can be linked afterwards.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such cluster, a problem lies behind it already, or
    /// the viewer makes none.
    pub async fn recurring_problem(
        &self,
        viewer: &Viewer,
        channel: Channel,
        id: ClusterId,
        title: &str,
    ) -> Result<Made, Trouble> {
        may_write_problems(viewer)?;
        let case = self.recurring_one(viewer, id).await?;
        let service = case.listed.cluster.service;
        let service = service.filter(|id| self.policy().services.contains_key(id));
        let wanted = Problem {
            service,
            owner: Some(viewer.person),
            ..Problem::titled(ProblemNumber(0), title.trim(), self.now())
        };
        let maker = viewer.clone();
        // Problem and decision in one, so that of two who press at once one makes a problem.
        let problem = self
            .change(actor(viewer), move |sql, audit| {
                let before = rows::get(sql, id)?.ok_or_else(unknown)?;
                if before.state == RecurringState::Problem {
                    return Err(taken(&before));
                }
                let problem = make(sql, audit, &maker, wanted)?;
                behind(sql, audit, &before, problem.number)?;
                Ok(problem)
            })
            .await?;
        let numbers = &case.unlinked[..case.unlinked.len().min(LINKED_MAX)];
        let (linked, refused) = self.link_problem(viewer, channel, problem.number, numbers).await?;
        Ok(Made { problem, linked, refused })
    }

    /// Says which problem lies behind a cluster and links the latest incidents to it that do not
    /// name it yet; which were and which refused.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such cluster or problem, or the viewer links none.
    pub async fn link_recurring(
        &self,
        viewer: &Viewer,
        channel: Channel,
        id: ClusterId,
        problem: ProblemNumber,
    ) -> Result<(Vec<IncidentNumber>, Vec<IncidentNumber>), Trouble> {
        may_write_problems(viewer)?;
        self.recurring_one(viewer, id).await?;
        self.change(actor(viewer), move |sql, audit| {
            if !problems::exists(sql, problem)? {
                return Err(no_problem());
            }
            let before = rows::get(sql, id)?.ok_or_else(unknown)?;
            match before.problem == Some(problem) {
                true => Ok(()),
                false => behind(sql, audit, &before, problem),
            }
        })
        .await?;
        let case = self.recurring_one(viewer, id).await?;
        let numbers = &case.unlinked[..case.unlinked.len().min(LINKED_MAX)];
        self.link_problem(viewer, channel, problem, numbers).await
    }

    /// Says that a cluster is nothing: it stays silent until it has twice as many incidents.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such cluster, a problem lies behind it, or the viewer
    /// decides nothing here.
    pub async fn dismiss_recurring(&self, viewer: &Viewer, id: ClusterId) -> Result<(), Trouble> {
        may_write_problems(viewer)?;
        self.recurring_one(viewer, id).await?;
        self.change(actor(viewer), move |sql, audit| {
            let before = rows::get(sql, id)?.ok_or_else(unknown)?;
            match before.state {
                RecurringState::Dismissed => return Ok(()),
                RecurringState::Problem => return Err(taken(&before)),
                RecurringState::Proposed => {}
            }
            let silent_below = rows::count(sql, id)?.saturating_mul(2);
            let state = RecurringState::Dismissed;
            decided(sql, audit, &before, Recurring { state, silent_below, ..before.clone() })
        })
        .await
    }
}

fn behind(
    sql: &mut dyn Sql,
    audit: &Audit,
    before: &Recurring,
    problem: ProblemNumber,
) -> Result<(), Trouble> {
    let (state, problem) = (RecurringState::Problem, Some(problem));
    decided(sql, audit, before, Recurring { state, problem, silent_below: 0, ..before.clone() })
}

fn decided(
    sql: &mut dyn Sql,
    audit: &Audit,
    before: &Recurring,
    after: Recurring,
) -> Result<(), Trouble> {
    let after = Recurring { decided_at: Some(audit.now()), decided_by: audit.by(), ..after };
    rows::decide(sql, &after)?;
    Ok(audit.changed(sql, Recurring::WHAT, after.id, before, &after)?)
}

/// From when on all incidents of a cluster are known: before, they are not compared.
fn known_since(sql: &mut dyn Sql, now: Timestamp) -> Result<Timestamp, store::Failure> {
    Ok(first_report(sql)?.unwrap_or(now).max(now.plus_days(-DAYS)))
}

fn listed(
    cluster: Recurring,
    members: &[Member],
    known_since: Timestamp,
    now: Timestamp,
) -> Option<Listed> {
    let reported: Vec<Timestamp> = members.iter().map(|member| member.reported_at).collect();
    let compared = trend(&reported, known_since, now);
    Some(Listed {
        cluster,
        incidents: members.len(),
        open: members.iter().filter(|member| member.is_open).count(),
        seconds: members.iter().map(|member| member.seconds).sum(),
        latest: reported.iter().max().copied()?,
        weeks: weeks(&reported, now),
        trend: Trend::of(&compared),
        compared,
    })
}

fn unknown() -> Trouble {
    Refusal::not_found("there are no such recurring incidents").into()
}

fn taken(cluster: &Recurring) -> Trouble {
    let words = match cluster.problem {
        Some(problem) => format!("{problem} lies behind these incidents already"),
        None => "a problem lies behind these incidents already".to_owned(),
    };
    Refusal::state("decided", words).into()
}
