//! What a source sees of its own alerts, and does with them beside telling of them.

use super::{Act, What};
use crate::{Desk, Taken, Trouble, fresh};
use alert::maintenance::{LABELS_MAX, LabelMatch, Maintenance, Matcher};
use incident::{Body, Command, Refusal, Visibility};
use kernel::{
    Actor, ActorKind, AlertId, Channel, ContentId, IncidentNumber, IntegrationId, MaintenanceId,
    ServiceId, Timestamp, limits,
};
use std::collections::BTreeSet;
use store::alerts::found::{self, Found};
use store::alerts::maintenances;
use store::directory::Integration;
use store::incidents::timeline;

/// Open alerts that a source is shown at most: it has them itself.
const SHOWN_MAX: usize = 10_000;
/// Incidents of a service that are told of one change at most.
const CHANGED_MAX: usize = 20;
/// Notes of a source in one incident that it is shown at most, the latest.
const NOTES_MAX: i64 = 100;
/// Windows that are shown at most.
const WINDOWS_MAX: i64 = 1_000;

/// A silence as a source asks for it.
#[derive(Debug, Clone)]
pub struct Silenced {
    /// The one to change.
    pub id: Option<MaintenanceId>,
    /// Why.
    pub name: String,
    /// Who says so.
    pub created_by: String,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// For which of its alerts.
    pub labels: Vec<LabelMatch>,
}

impl Desk {
    /// The alert of a source with this key: the open one, else the last that was over.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alert_by_key(
        &self,
        integration: IntegrationId,
        key: String,
    ) -> Result<Option<Found>, Trouble> {
        self.read(move |sql| found::by_key(sql, integration, &key)).await
    }

    /// The alert of a source with this id.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alert_by_id(
        &self,
        integration: IntegrationId,
        id: AlertId,
    ) -> Result<Option<Found>, Trouble> {
        let found = self.read(move |sql| found::by_id(sql, id)).await?;
        Ok(found.filter(|found| found.alert.integration == integration))
    }

    /// The open alerts of a source.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn alerts_of(&self, integration: IntegrationId) -> Result<Vec<Found>, Trouble> {
        self.read(move |sql| found::of_integration(sql, integration, SHOWN_MAX)).await
    }

    /// Does something with an alert for its source.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the alert is over.
    pub async fn act_as_source(
        &self,
        source: &Integration,
        id: AlertId,
        act: Act,
    ) -> Result<Taken, Trouble> {
        self.0.writer.signals(What::Act(actor(source), id, act)).await
    }

    /// Notes something in an incident for a source, for the service desk.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the incident takes no words any more.
    pub async fn note_as_source(
        &self,
        source: &Integration,
        number: IncidentNumber,
        text: &str,
    ) -> Result<(), Trouble> {
        let mut ask = self.ask_unlimited(actor(source), Channel::Alert).on(number);
        let text: String = text.chars().take(limits::BODY_CHARS).collect();
        let body = ask.words("note", &text, limits::BODY_CHARS)?;
        ask.issue(Command::Comment { body, visibility: Visibility::Internal }).await.map(drop)
    }

    /// What a source noted in an incident, the latest first, each with when. What was removed
    /// meanwhile is left out.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn notes_of_source(
        &self,
        source: IntegrationId,
        number: IncidentNumber,
    ) -> Result<Vec<(Timestamp, String)>, Trouble> {
        let read = move |sql: &mut dyn store::Sql| {
            let said = timeline::said_by(sql, number, &source.to_string(), NOTES_MAX)?;
            let said: Vec<(Timestamp, ContentId)> = said
                .into_iter()
                .filter_map(|stored| match stored.event.body {
                    Body::Commented(data) => Some((stored.event.happened_at, data.body)),
                    _ => None,
                })
                .collect();
            let ids: Vec<ContentId> = said.iter().map(|(_, id)| *id).collect();
            let mut words = timeline::contents_by_id(sql, &ids)?;
            let with_words =
                |(at, id): (Timestamp, ContentId)| Some((at, words.remove(&id)?.body?));
            Ok(said.into_iter().filter_map(with_words).collect())
        };
        self.read(read).await
    }

    /// Notes a change, such as a deployment, for a source in the open incidents of a service.
    /// Nobody is paged about it. How many noted it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn note_change(
        &self,
        source: &Integration,
        service: ServiceId,
        text: &str,
    ) -> Result<usize, Trouble> {
        let open = move |sql: &mut dyn store::Sql| {
            store::alerts::open_incidents_of(sql, service, CHANGED_MAX)
        };
        let mut noted = 0;
        for number in self.read(open).await? {
            match self.note_as_source(source, number, text).await {
                Ok(()) => noted += 1,
                Err(Trouble::Refused(refusal)) => {
                    tracing::debug!(%refusal, %number, "a change was not noted");
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(noted)
    }

    /// The windows that are for a source alone, those that are over too.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn silences(&self, source: IntegrationId) -> Result<Vec<Maintenance>, Trouble> {
        let mut all = self.read(|sql| maintenances::list(sql, WINDOWS_MAX)).await?;
        all.retain(|one| one.matcher.integrations == BTreeSet::from([source]));
        Ok(all)
    }

    /// Silences some of a source's alerts for a while, or changes a silence.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when it breaks a rule, or there is no such silence.
    pub async fn silence(
        &self,
        source: &Integration,
        wanted: Silenced,
    ) -> Result<MaintenanceId, Trouble> {
        if wanted.labels.len() > LABELS_MAX {
            let words = format!("are more than {LABELS_MAX}");
            return Err(Refusal::invalid("matchers", words).into());
        }
        for label in &wanted.labels {
            label.pattern().map_err(|words| Refusal::invalid("matchers", words))?;
        }
        let before = match wanted.id {
            None => None,
            Some(id) => {
                let all = self.silences(source.id).await?;
                let found = all.into_iter().find(|one| one.id == id);
                let missing = || Refusal::not_found("there is no such silence");
                Some(found.ok_or_else(missing)?)
            }
        };
        let text = |text: &str| super::plain(text, limits::NAME_CHARS);
        let new = Maintenance {
            id: before.as_ref().map_or_else(|| MaintenanceId(fresh()), |before| before.id),
            name: text(&wanted.name),
            starts_at: wanted.starts_at,
            ends_at: Some(wanted.ends_at),
            recurrence: None,
            matcher: Matcher {
                services: BTreeSet::new(),
                integrations: BTreeSet::from([source.id]),
                labels: wanted.labels,
            },
            created_by: text(&wanted.created_by),
            cancelled: false,
            version: before.as_ref().map_or(1, |before| before.version),
        };
        let id = new.id;
        self.change(actor(source), move |sql, audit| {
            match &before {
                Some(before) => {
                    if !maintenances::update(sql, &new, before.version)? {
                        let words = "somebody changed this silence meanwhile";
                        return Err(Refusal::state("stale", words).into());
                    }
                    audit.changed(sql, "maintenance", new.id, before, &new)?;
                }
                None => {
                    maintenances::insert(sql, &new)?;
                    audit.created(sql, "maintenance", new.id, &new)?;
                }
            }
            Ok(())
        })
        .await?;
        Ok(id)
    }

    /// Ends a silence of a source.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none.
    pub async fn end_silence(
        &self,
        source: &Integration,
        id: MaintenanceId,
    ) -> Result<(), Trouble> {
        let all = self.silences(source.id).await?;
        let found = all.into_iter().find(|one| one.id == id && !one.cancelled);
        let before = found.ok_or_else(|| Refusal::not_found("there is no such silence"))?;
        self.change(actor(source), move |sql, audit| {
            let after = Maintenance { cancelled: true, ..before.clone() };
            if !maintenances::update(sql, &after, before.version)? {
                return Err(Refusal::state("stale", "somebody changed it meanwhile").into());
            }
            audit.changed(sql, "maintenance", after.id, &before, &after)?;
            Ok(())
        })
        .await
    }
}

fn actor(source: &Integration) -> Actor {
    Actor { kind: ActorKind::Integration, id: source.id.to_string(), name: source.name.clone() }
}
