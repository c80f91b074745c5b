//! Messages as they came, for whoever may read the entry they became, and alarms about mail.

use crate::{Desk, Trouble};
use incident::{Access, Refusal, Scope, Viewer};
use kernel::IncidentNumber;
use store::incidents::{feed::subjects, timeline};
use store::messages::{self, Message, Raised};

/// Seconds for which an alarm is shown.
const ALARM_SECONDS: i64 = 86_400;
/// Alarms that are shown.
const ALARMS_MAX: usize = 5;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// What is known of it.
    pub message: Message,
    /// Its bytes.
    pub raw: Vec<u8>,
}

impl Desk {
    /// The message that became this entry of an incident. Whoever may see all of the incident
    /// may see it, others only what they sent themselves; `None` when there is none for them,
    /// or it was erased with its entry.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn original(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        n: u32,
    ) -> Result<Option<Original>, Trouble> {
        let (scope, person) = (Scope::of(viewer), viewer.person);
        self.read(move |sql| {
            let subjects = subjects(sql, &[number])?;
            let access = subjects.get(&number).map(|subject| scope.access(subject));
            let Some(entry) = timeline::event(sql, number, n)? else { return Ok(None) };
            let own = entry.public && entry.event.actor.person_id() == Some(person);
            let seen = match access.unwrap_or(Access::None) {
                Access::None => false,
                Access::Public => own,
                Access::Full => true,
            };
            let message = if seen { messages::of_entry(sql, number, n)? } else { None };
            let Some(message) = message else { return Ok(None) };
            let raw = messages::raw(sql, message.id)?;
            Ok(raw.map(|raw| Original { message, raw }))
        })
        .await
    }

    /// That mail got out of hand lately, as far as the viewer may know it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] for whoever is not of the service desk.
    pub async fn mail_alarms(&self, viewer: &Viewer) -> Result<Vec<Raised>, Trouble> {
        if !viewer.reads_configuration() {
            return Err(Refusal::forbidden("only the service desk reads incoming mail").into());
        }
        let (scope, since) = (Scope::of(viewer), self.now().plus_seconds(-ALARM_SECONDS));
        self.read(move |sql| {
            let mut raised = messages::alarms(sql, since, ALARMS_MAX)?;
            let numbers: Vec<IncidentNumber> = raised.iter().map(|alarm| alarm.number).collect();
            let subjects = subjects(sql, &numbers)?;
            raised.retain(|alarm| {
                let subject = subjects.get(&alarm.number);
                subject.is_some_and(|subject| scope.access(subject) == Access::Full)
            });
            Ok(raised)
        })
        .await
    }
}
