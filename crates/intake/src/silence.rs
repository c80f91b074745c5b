//! A mailbox to which nobody writes for too long is a mailbox that is broken, more often than
//! not: its team is told by an incident, once for each silence.

use crate::work::{administrator, blank};
use desk::integrations::silent_for;
use desk::{Desk, MESSAGE_DONE, Trouble};
use incident::Command;
use incident::command::Report;
use incident::effects::AUTOMATIC_TAG;
use kernel::{Actor, Channel, TeamId, Timestamp, limits};
use std::time::Duration;
use store::directory::{Integration, integrations};
use store::messages::{Alarm, alarm_raised};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The loop that looks.
pub struct Watching {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Watching {
    /// Looks no more.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "looking for silent mailboxes ended badly");
        }
    }
}

/// Begins to look for mailboxes that are silent for too long.
pub fn watch_for_silence(desk: Desk) -> Watching {
    let (stop, mut stopped) = watch::channel(false);
    let task = tokio::spawn(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pace.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            if let Err(trouble) = look_for_silence(&desk).await {
                tracing::warn!(%trouble, "whether mailboxes are silent is looked at again later");
            }
        }
    });
    Watching { stop, task }
}

/// Tells of each mailbox that is silent for too long, once for each silence. Several nodes may
/// look at the same time.
///
/// # Errors
///
/// [`Trouble`] when something could not be read or told.
pub async fn look_for_silence(desk: &Desk) -> Result<(), Trouble> {
    let (policy, now) = (desk.policy(), desk.now());
    for mailbox in desk.read(integrations::mailboxes).await? {
        if let Some((since, seconds)) = silent_for(&policy, &mailbox, now) {
            tell(desk, &mailbox, since, seconds).await?;
        }
    }
    Ok(())
}

async fn tell(
    desk: &Desk,
    mailbox: &Integration,
    since: Timestamp,
    seconds: i64,
) -> Result<(), Trouble> {
    let alarm = Alarm { about: format!("silence of {}", mailbox.id), unless_since: since };
    let told = alarm.clone();
    if desk.read(move |sql| alarm_raised(sql, &told)).await? {
        return Ok(());
    }
    let policy = desk.policy();
    let Some(requester) = administrator(&policy) else { return Ok(()) };
    let mut ask = desk.ask_unlimited(Actor::system(), Channel::Email).for_alarm(alarm);
    let hours = seconds / 3_600;
    let title = ask.title(&format!("No mail came to {} for {hours} hours", mailbox.name))?;
    let last = since.to_jiff().strftime("%Y-%m-%d %H:%M");
    let words = format!(
        "The last message to the mailbox “{}” came on {last} UTC. Perhaps nobody wrote; perhaps mail does not reach it any more. \
         Send it a test message under Settings → Mailboxes, and look at the mail server that should hand it over.",
        mailbox.name
    );
    let description = Some(ask.words("description", &words, limits::BODY_CHARS)?);
    let known = |team: &TeamId| policy.teams.contains_key(team);
    let report = Report {
        description,
        team: mailbox.team.filter(known),
        service: mailbox.service.filter(|service| policy.services.contains_key(service)),
        tags: [AUTOMATIC_TAG.to_owned()].into(),
        ..blank(title, requester)
    };
    match ask.issue(Command::Report(Box::new(report))).await {
        Ok(done) => {
            tracing::warn!(mailbox = %mailbox.name, number = %done.number, "a mailbox is silent");
            Ok(())
        }
        // Another node was faster.
        Err(Trouble::Refused(refusal)) if refusal.code == MESSAGE_DONE => Ok(()),
        Err(trouble) => Err(trouble),
    }
}
