//! What probably caused an incident, for somebody who sees all of it, and what people say of it.
//!
//! What was changed, what alerted and what was out around its beginning is found
//! within the rights of whoever asks; [`insight::cause`] ranks it. Nothing is linked by itself: what was
//! the cause is offered as a link, which is a command like any other.

mod gather;

use self::gather::{Found, gather};
use crate::{Desk, Trouble};
use incident::state::{Link, LinkKind};
use incident::{Command, CommandName, Refusal, Scope, Viewer, permissions};
use insight::cause::{Cause, Evidence, Kind, What, rank};
use kernel::{Channel, InOrder, IncidentNumber, ServiceId, Timestamp};
use store::Sql;
use store::causes::{self as rows, Verdict};

/// Seconds before the beginning in which changes are named beside the timeline: a day.
const AROUND_SECONDS: i64 = 86_400;
/// Changes that are named there: more are on the pages of the services.
const AROUND_MAX: usize = 10;

/// What is known of a cause, to show it and to lead to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What it is, in one line.
    pub title: String,
    /// At which service.
    pub service: Option<ServiceId>,
    /// Since when.
    pub at: Option<Timestamp>,
    /// Who or what says so; may be empty.
    pub source: String,
    /// Where to read on, elsewhere.
    pub link: Option<String>,
    /// The incident that tells of it.
    pub number: Option<IncidentNumber>,
    /// As what it can be linked.
    pub target: Option<(LinkKind, String)>,
}

/// A cause that is proposed, or was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    /// What.
    pub what: What,
    /// Of which kind.
    pub kind: Kind,
    /// How probable, from 0 to 1; none where it was judged and would not be named by itself.
    pub score: Option<f64>,
    /// Why, what speaks most for it first.
    pub evidence: Vec<Evidence>,
    /// What is known of it.
    pub known: Known,
    /// What somebody said: whether it was the cause.
    pub said: Option<bool>,
    /// Whether the incident is linked to it.
    pub linked: bool,
}

/// The probable causes of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Causes {
    /// Of which.
    pub number: IncidentNumber,
    /// The first that is known of it.
    pub began: Timestamp,
    /// The services that are hit: its own, those of its outages and of its children.
    pub affected: Vec<ServiceId>,
    /// Those of them that need the service where the cause is suspected, directly or not.
    pub reached: Vec<ServiceId>,
    /// What somebody says it was, then the most probable first.
    pub probable: Vec<Proposed>,
    /// What somebody says it was not.
    pub refused: Vec<Proposed>,
    /// What was changed around its beginning at what is hit or needed, the latest first.
    pub changes: Vec<Known>,
    /// Whether the viewer may say what it was.
    pub may_judge: bool,
}

impl Causes {
    /// The one with this id, whatever was said of it.
    pub fn get(&self, what: &What) -> Option<&Proposed> {
        self.probable.iter().chain(&self.refused).find(|one| one.what == *what)
    }

    /// The one that is suspected: the first, if it is more probable than not or
    /// somebody says that it was the cause.
    pub fn suspect(&self) -> Option<&Proposed> {
        let first = self.probable.first()?;
        let likely = first.score.is_some_and(|score| score >= 0.5);
        (first.said == Some(true) || likely).then_some(first)
    }
}

impl Desk {
    /// What probably caused an incident.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such incident, or the viewer does not see all of it.
    pub async fn causes(&self, viewer: &Viewer, number: IncidentNumber) -> Result<Causes, Trouble> {
        let (scope, now, sight) = (Scope::of(viewer), self.now(), self.service_map().await?);
        let graph = sight.graph.clone();
        let read = move |sql: &mut dyn Sql| gather(sql, &scope, &sight, number, now);
        let found = self.read(read).await?.ok_or_else(unknown)?;
        let may_judge = permissions::granted(viewer, &found.state)(CommandName::Link);
        let mut causes = weighed(number, found, may_judge);
        let suspected = causes.suspect().and_then(|one| one.known.service);
        let needs = |id: &&ServiceId| suspected.is_some_and(|at| graph.above(id).contains(&at));
        causes.reached = causes.affected.iter().filter(needs).copied().collect();
        Ok(causes)
    }

    /// Says of a cause that it was it, or that it was not; nothing takes back what was said.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such incident or cause, or the viewer does not work
    /// on the incident.
    pub async fn judge_cause(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        what: What,
        was_it: Option<bool>,
    ) -> Result<Causes, Trouble> {
        let causes = self.causes(viewer, number).await?;
        if !causes.may_judge {
            let words = "whoever works on the incident says what its cause was";
            return Err(Refusal::forbidden(words).into());
        }
        let one = causes.get(&what).ok_or_else(no_cause)?;
        let (by, at) = (viewer.person, self.now());
        match was_it {
            Some(was_it) => {
                let said = Verdict { number, kind: one.kind, what, was_it, by, at };
                self.write(move |sql| Ok(rows::say(sql, &said)?)).await?;
            }
            None => {
                self.write(move |sql| Ok(rows::unsay(sql, number, &what)?)).await?;
            }
        }
        self.causes(viewer, number).await
    }

    /// Links an incident to a cause, by the command that anybody else would give. That it is
    /// linked already is fine.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such incident or cause, it has no number, or the
    /// viewer does not work on the incident.
    pub async fn link_cause(
        &self,
        viewer: &Viewer,
        channel: Channel,
        number: IncidentNumber,
        what: &What,
    ) -> Result<Causes, Trouble> {
        let causes = self.causes(viewer, number).await?;
        let target = causes.get(what).ok_or_else(no_cause)?.known.target.clone();
        let Some((kind, target)) = target else {
            let words = "it has no number to link it by; say it in a note or when you resolve";
            return Err(Refusal::state("no_number", words).into());
        };
        let link = Command::Link { kind, target, cascade: None };
        match self.ask(viewer, channel).on(number).issue(link).await {
            Ok(_) => {}
            Err(Trouble::Refused(refusal)) if refusal.code == "nothing_to_change" => {}
            Err(trouble) => return Err(trouble),
        }
        self.causes(viewer, number).await
    }
}

/// What was found, ranked, and apart from it what was refused.
fn weighed(number: IncidentNumber, mut found: Found, may_judge: bool) -> Causes {
    let said =
        |what: &What| found.verdicts.iter().find(|one| one.what == *what).map(|one| one.was_it);
    let refused: Vec<What> =
        found.verdicts.iter().filter(|one| !one.was_it).map(|one| one.what.clone()).collect();
    let confirmed: Vec<(What, Kind)> = found
        .verdicts
        .iter()
        .filter(|one| one.was_it)
        .map(|one| (one.what.clone(), one.kind))
        .collect();
    let scene = &mut found.scene;
    scene.signs.retain(|sign| !refused.contains(&sign.what()));
    let ranked = rank(scene);
    let links = &found.state.links;
    let shown = |what: What, kind: Kind, cause: Option<Cause>| {
        let known = found.known.get(&what).cloned().unwrap_or_else(|| gone(kind));
        let linked = known.target.as_ref().is_some_and(|(kind, target)| {
            links.contains(&Link { kind: *kind, target: target.clone(), reverse: false })
        });
        let (score, evidence) =
            cause.map_or((None, vec![]), |cause| (Some(cause.score), cause.evidence));
        Proposed { said: said(&what), what, kind, score, evidence, known, linked }
    };
    let left: Vec<(What, Kind)> = confirmed
        .into_iter()
        .filter(|(what, _)| ranked.iter().all(|cause| cause.what != *what))
        .collect();
    let mut probable: Vec<Proposed> =
        left.into_iter().map(|(what, kind)| shown(what, kind, None)).collect();
    probable.extend(ranked.into_iter().map(|cause| {
        let (what, kind) = (cause.what.clone(), cause.kind);
        shown(what, kind, Some(cause))
    }));
    // What somebody says stands before what is computed.
    probable.order_by_key(|one| one.said != Some(true));
    let kinds = found.verdicts.iter().filter(|one| !one.was_it);
    let refused = kinds.map(|one| shown(one.what.clone(), one.kind, None)).collect();
    Causes {
        number,
        began: found.scene.began,
        affected: found.affected.clone(),
        reached: vec![],
        changes: changes(&found),
        probable,
        refused,
        may_judge,
    }
}

/// The changes of the last day before it began, the latest first.
fn changes(found: &Found) -> Vec<Known> {
    let since = found.scene.began.plus_seconds(-AROUND_SECONDS);
    let all = found.known.iter().filter(|(what, _)| matches!(what, What::Change(_)));
    let mut changes: Vec<Known> =
        all.map(|(_, known)| known.clone()).filter(|known| known.at >= Some(since)).collect();
    changes.order_by(|a, b| b.at.cmp(&a.at).then_with(|| a.title.cmp(&b.title)));
    changes.truncate(AROUND_MAX);
    changes
}

/// What was judged and is kept no more, or not shown to this viewer.
fn gone(kind: Kind) -> Known {
    Known { title: format!("{}, of which nothing more is known", kind.words()), ..Known::default() }
}

fn unknown() -> Trouble {
    Refusal::not_found("there is no such incident, or you may not see it").into()
}

fn no_cause() -> Trouble {
    Refusal::not_found("there is no such cause; look again at what is proposed").into()
}
