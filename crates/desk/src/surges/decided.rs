//! What people make of a surge: a parent with its reports as children, or nothing.

use crate::{Desk, Trouble};
use incident::command::Report;
use incident::permissions::KNOWN_OUTAGE_TAG;
use incident::state::LinkKind;
use incident::{Access, Command, Refusal, Scope, TokenScope, Viewer};
use kernel::{BatchId, Channel, IncidentNumber, PersonId, SurgeId, Timestamp, limits};
use std::collections::BTreeSet;
use store::directory::drafts::{self, Draft, Mode};
use store::incidents::list::{self, IncidentRow};
use store::surges::{self as rows, Surge, SurgeState};
use store::{Failure, Sql};

/// Marks the parent of a surge and what was linked to it.
pub const SURGE_TAG: &str = "surge";
/// Reports that one surge offers to link: more are read by nobody, and rules can link them.
pub const REPORTS_MAX: usize = 200;
/// Major incidents that are offered as the parent.
const MAJORS_MAX: i64 = 5;

/// A surge as somebody decides about it.
#[derive(Debug, Clone)]
pub struct Case {
    /// It.
    pub surge: Surge,
    /// Its open reports that stand alone, those that the viewer sees, the earliest first.
    pub reports: Vec<IncidentRow>,
    /// Open major incidents of the service, which may be the parent.
    pub majors: Vec<IncidentRow>,
}

/// How a surge is accepted.
#[derive(Debug, Clone, Default)]
pub struct Accept {
    /// The incident that becomes the parent; a new one when absent.
    pub into: Option<IncidentNumber>,
    /// The title of a new one.
    pub title: String,
    /// Which of its reports become children; all of them when absent.
    pub reports: Option<BTreeSet<IncidentNumber>>,
    /// Whether the portal says that it is known.
    pub known: bool,
    /// A first update, kept as a draft of whoever accepts; nothing is published.
    pub draft: String,
}

/// What is written with the command whose incident becomes the parent.
#[derive(Debug, Clone)]
pub(crate) struct Accepting {
    /// The surge.
    pub(crate) surge: SurgeId,
    /// The first update, kept as a draft of whoever accepts; empty for none.
    draft: String,
}

impl Accepting {
    /// Writes the decision, and the draft unless they wrote one already; `false` when somebody
    /// decided before.
    pub(crate) fn write(
        &self,
        sql: &mut dyn Sql,
        parent: IncidentNumber,
        (by, at): (PersonId, Timestamp),
    ) -> Result<bool, Failure> {
        if !rows::accept(sql, self.surge, parent, (by, at))? {
            return Ok(false);
        }
        let known = drafts::of_incident(sql, by, parent)?;
        let (mode, body) = (Mode::Update, self.draft.clone());
        if !body.is_empty() && !known.iter().any(|known| known.mode == mode) {
            let draft = Draft { person: by, number: parent, mode, body, updated_at: at };
            drafts::put(sql, &draft)?;
        }
        Ok(true)
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The parent.
    pub parent: IncidentNumber,
    /// The reports that are its children now.
    pub linked: Vec<IncidentNumber>,
    /// Those that could not be linked.
    pub refused: Vec<IncidentNumber>,
}

/// Whether somebody decides about surges: whoever works here does; reading alone is no deciding.
pub fn may_decide(viewer: &Viewer) -> bool {
    viewer.scope >= TokenScope::Write && viewer.works()
}

impl Desk {
    /// A surge with its reports.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none, or the viewer is not of the service desk.
    pub async fn surge(&self, viewer: &Viewer, id: SurgeId) -> Result<Case, Trouble> {
        if !viewer.is_staff() {
            return Err(Refusal::forbidden("surges are for the service desk").into());
        }
        let scope = Scope::of(viewer);
        let read = move |sql: &mut dyn Sql| {
            let Some(surge) = rows::get(sql, id)? else { return Ok(None) };
            let alone = rows::alone(sql, surge.service, surge.began, REPORTS_MAX as i64)?;
            let majors = rows::majors(sql, surge.service, MAJORS_MAX)?;
            let mut reports = list::get_many(sql, &scope, &alone)?;
            reports.retain(|row| row.access == Access::Full);
            let mut majors = list::get_many(sql, &scope, &majors)?;
            majors.retain(|row| row.access == Access::Full);
            Ok(Some(Case { surge, reports, majors }))
        };
        self.read(read).await?.ok_or_else(unknown)
    }

    /// Makes a parent, or takes one that is there, which is one transaction with the decision and
    /// the draft, and links the reports to it as children that follow it. What ends in between
    /// leaves reports that [`Desk::join_surge`] links.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when somebody decided already, the parent cannot be one, or the
    /// viewer decides nothing here.
    pub async fn accept_surge(
        &self,
        viewer: &Viewer,
        channel: Channel,
        id: SurgeId,
        accept: Accept,
    ) -> Result<Accepted, Trouble> {
        let Case { surge, reports, .. } = self.decidable(viewer, id).await?;
        if let Some(into) = accept.into {
            self.can_be_parent(viewer, into).await?;
        }
        let parent = self.parent_of(viewer, channel, &surge, &accept).await?;
        // It is decided, whatever comes of its reports.
        self.show_surges().await?;
        self.adopt_all(viewer, channel, &reports, parent, accept.reports).await
    }

    /// Links reports that came since to the parent that was made, all of them when absent.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no parent, or the viewer decides nothing here.
    pub async fn join_surge(
        &self,
        viewer: &Viewer,
        channel: Channel,
        id: SurgeId,
        reports: Option<BTreeSet<IncidentNumber>>,
    ) -> Result<Accepted, Trouble> {
        if !may_decide(viewer) {
            let words = "whoever works on incidents decides about surges";
            return Err(Refusal::forbidden(words).into());
        }
        let case = self.surge(viewer, id).await?;
        let Some(parent) = case.surge.parent else { return Err(was_decided(case.surge.state)) };
        self.can_be_parent(viewer, parent).await?;
        self.adopt_all(viewer, channel, &case.reports, parent, reports).await
    }

    /// Says that it is nothing: it stays silent until arrivals are as usual again.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when somebody decided already, or the viewer decides nothing here.
    pub async fn dismiss_surge(&self, viewer: &Viewer, id: SurgeId) -> Result<(), Trouble> {
        self.decidable(viewer, id).await?;
        let (by, now) = (viewer.person, self.now());
        if !self.write(move |sql| Ok(rows::dismiss(sql, id, (by, now))?)).await? {
            return Err(was_decided(SurgeState::Dismissed));
        }
        self.show_surges().await
    }

    async fn decidable(&self, viewer: &Viewer, id: SurgeId) -> Result<Case, Trouble> {
        if !may_decide(viewer) {
            let words = "whoever works on incidents decides about surges";
            return Err(Refusal::forbidden(words).into());
        }
        let case = self.surge(viewer, id).await?;
        match case.surge.is_undecided() {
            true => Ok(case),
            false => Err(was_decided(case.surge.state)),
        }
    }

    async fn can_be_parent(&self, viewer: &Viewer, number: IncidentNumber) -> Result<(), Trouble> {
        let scope = Scope::of(viewer);
        let row = self.read(move |sql| list::get(sql, &scope, number)).await?;
        let is_one = row.is_some_and(|row| {
            row.access == Access::Full
                && row.state.lifecycle.is_open()
                && row.state.merged_into.is_none()
        });
        if is_one {
            return Ok(());
        }
        Err(Refusal::invalid("into", "is not an open incident that you see").into())
    }

    /// The parent, with the decision that it is one.
    async fn parent_of(
        &self,
        viewer: &Viewer,
        channel: Channel,
        surge: &Surge,
        accept: &Accept,
    ) -> Result<IncidentNumber, Trouble> {
        let mut tags = BTreeSet::from([SURGE_TAG.to_owned()]);
        if accept.known {
            tags.insert(KNOWN_OUTAGE_TAG.to_owned());
        }
        let draft = accept.draft.trim().chars().take(limits::BODY_CHARS).collect();
        let accepting = Accepting { surge: surge.id, draft };
        if let Some(into) = accept.into {
            return self.takes_over(viewer, channel, accepting, (into, tags)).await;
        }
        let mut ask = self.ask(viewer, channel).accepting(accepting);
        let title = ask.title(&accept.title)?;
        let report = Report {
            title,
            description: None,
            requester: viewer.person,
            // One that went out of use meanwhile must not keep anybody from making a parent.
            service: Some(surge.service).filter(|id| self.policy().services.contains_key(id)),
            category: None,
            impact: None,
            urgency: None,
            affected: Some(surge.counted.max(1)),
            team: None,
            assignee: None,
            detected_at: Some(surge.began),
            fields: Default::default(),
            tags,
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        Ok(ask.issue(Command::Report(Box::new(report))).await?.number)
    }

    /// Makes an incident that is there the parent, and tags it; that it has the tags already is
    /// fine.
    async fn takes_over(
        &self,
        viewer: &Viewer,
        channel: Channel,
        accepting: Accepting,
        (into, add): (IncidentNumber, BTreeSet<String>),
    ) -> Result<IncidentNumber, Trouble> {
        let tag = Command::Tag { add, remove: BTreeSet::new() };
        match self.ask(viewer, channel).on(into).accepting(accepting.clone()).issue(tag).await {
            Ok(_) => return Ok(into),
            Err(Trouble::Refused(refusal)) if refusal.code == "nothing_to_change" => {}
            Err(trouble) => return Err(trouble),
        }
        let (by, now) = (viewer.person, self.now());
        match self.write(move |sql| Ok(accepting.write(sql, into, (by, now))?)).await? {
            true => Ok(into),
            false => Err(was_decided(SurgeState::Accepted)),
        }
    }

    /// Links those of these reports that are wanted, all of them when nobody says which.
    async fn adopt_all(
        &self,
        viewer: &Viewer,
        channel: Channel,
        reports: &[IncidentRow],
        parent: IncidentNumber,
        wanted: Option<BTreeSet<IncidentNumber>>,
    ) -> Result<Accepted, Trouble> {
        let is_wanted = |number: &IncidentNumber| {
            *number != parent && wanted.as_ref().is_none_or(|some| some.contains(number))
        };
        let numbers: Vec<IncidentNumber> =
            reports.iter().map(|row| row.number).filter(is_wanted).collect();
        let mut done = Accepted { parent, linked: vec![], refused: vec![] };
        let batch = BatchId(crate::fresh());
        for number in numbers {
            match self.adopt(viewer, channel, batch, number, parent).await {
                Ok(()) => done.linked.push(number),
                Err(Trouble::Refused(_)) => done.refused.push(number),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(done)
    }

    async fn adopt(
        &self,
        viewer: &Viewer,
        channel: Channel,
        batch: BatchId,
        child: IncidentNumber,
        parent: IncidentNumber,
    ) -> Result<(), Trouble> {
        let link =
            Command::Link { kind: LinkKind::Parent, target: parent.to_string(), cascade: None };
        self.ask(viewer, channel).on(child).in_batch(batch).issue(link).await?;
        let tags = BTreeSet::from([SURGE_TAG.to_owned()]);
        let tag = Command::Tag { add: tags, remove: BTreeSet::new() };
        match self.ask(viewer, channel).on(child).in_batch(batch).issue(tag).await {
            Ok(_) => Ok(()),
            Err(Trouble::Refused(refusal)) if refusal.code == "nothing_to_change" => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }
}

fn unknown() -> Trouble {
    Refusal::not_found("there is no such surge").into()
}

/// That it is too late to decide.
pub(crate) fn was_decided(state: SurgeState) -> Trouble {
    let words = match state {
        SurgeState::Over => "this surge is over; arrivals are as usual again",
        _ => "somebody decided about this surge already",
    };
    Refusal::state("decided", words).into()
}
