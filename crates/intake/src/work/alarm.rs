//! A human is told that mail gets out of hand: an incident, once a day about the same.

use super::round::Round;
use super::verdict::{Full, lock};
use crate::caps;
use desk::Trouble;
use incident::command::Report;
use incident::effects::AUTOMATIC_TAG;
use incident::{Command, Policy};
use kernel::{Actor, Channel, Level, PersonId, Role, limits};
use store::directory::Integration;
use store::messages::Alarm;

impl Round {
    /// Raises an alarm, unless it was raised lately.
    pub(super) async fn alarm(
        &self,
        full: &Full,
        mailbox: Option<&Integration>,
    ) -> Result<(), Trouble> {
        if self.is_known(full) {
            return Ok(());
        }
        let policy = self.desk.policy();
        let Some(requester) = administrator(&policy) else {
            tracing::error!(about = %full.about, why = %full.words, "mail gets out of hand");
            return Ok(());
        };
        let unless_since = self.desk.now().plus_seconds(-caps::ALARM_REST_SECONDS + 1);
        let mut ask = self
            .desk
            .ask_unlimited(Actor::system(), Channel::Email)
            .for_alarm(Alarm { about: full.about.clone(), unless_since });
        let title = ask.title(&crate::title::shortened(
            &format!("Mail gets out of hand: {}", full.about),
            limits::TITLE_CHARS,
        ))?;
        let words = format!(
            "Mail gets out of hand: {}.\n\nTwo machines may be answering each other. What follows \
             is kept aside or not answered, and nothing is lost: stop the other side, then let in \
             what is wanted. Reports of mail servers on letters that are not known here are dropped. \
             You are told once a day about the same.",
            full.words
        );
        let description = ask.words("description", &words, limits::BODY_CHARS)?;
        let team = mailbox.and_then(|mailbox| mailbox.team);
        let report = Report {
            description: Some(description),
            team: team.filter(|team| policy.teams.contains_key(team)),
            urgency: Some(Level::HIGH),
            tags: [AUTOMATIC_TAG.to_owned()].into(),
            ..super::act::blank(title, requester)
        };
        let known = || lock(&self.worker.alarmed).insert(full.about.clone(), self.desk.now());
        match ask.issue(Command::Report(Box::new(report))).await {
            Ok(done) => {
                known();
                self.worker.figures.alarms.inc();
                tracing::warn!(incident = %done.number, why = %full.words, "mail gets out of hand");
                Ok(())
            }
            Err(Trouble::Refused(refusal)) if refusal.code == desk::MESSAGE_DONE => {
                known();
                Ok(())
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether this node knows that the alarm is raised: what is held in thousands asks once.
    fn is_known(&self, full: &Full) -> bool {
        let now = self.desk.now();
        let mut alarmed = lock(&self.worker.alarmed);
        alarmed.retain(|_, at| now.seconds_since(*at).abs() < caps::ALARM_KNOWN_SECONDS);
        alarmed.contains_key(&full.about)
    }
}

/// For whom an alarm is reported: whoever configures mail, else whoever works here.
pub(crate) fn administrator(policy: &Policy) -> Option<PersonId> {
    let active = || policy.staff.iter().filter(|(_, person)| person.active);
    let administrators = active().filter(|(_, person)| person.roles.contains(&Role::Administrator));
    let any = || active().filter(|(_, person)| person.works()).map(|(id, _)| *id).min();
    administrators.map(|(id, _)| *id).min().or_else(any)
}
