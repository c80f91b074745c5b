//! A mailbox to which nobody writes for too long is a mailbox that is broken, more often than
//! not, and one that cannot be fetched is: its team is told by an incident, once for each time.

use crate::work::{administrator, blank};
use desk::integrations::silent_for;
use desk::{Desk, MESSAGE_DONE, Trouble};
use incident::Command;
use incident::command::Report;
use incident::effects::AUTOMATIC_TAG;
use kernel::{Actor, Channel, TeamId, Timestamp, limits};
use std::time::Duration;
use store::directory::fetches::{self, Fetching};
use store::directory::{Integration, integrations};
use store::messages::{Alarm, alarm_raised};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// For how long fetching must fail before somebody is told: servers are mended at night, too.
const FAILING_SECONDS: i64 = 4 * 3_600;

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
    let task = desk::beside(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pace.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            let desk = desk.clone();
            crate::turn("mailboxes that are silent", async move {
                if let Err(trouble) = look_for_silence(&desk).await {
                    tracing::warn!(%trouble, "whether mailboxes are silent is looked at again later");
                }
            })
            .await;
        }
    });
    Watching { stop, task }
}

/// Tells of each mailbox that is silent for too long, or cannot be fetched for too long, once
/// for each time. Several nodes may look at the same time.
///
/// # Errors
///
/// [`Trouble`] when something could not be read or told.
pub async fn look_for_silence(desk: &Desk) -> Result<(), Trouble> {
    let (policy, now) = (desk.policy(), desk.now());
    let (mailboxes, fetches) =
        desk.read(|sql| Ok((integrations::mailboxes(sql)?, fetches::all(sql)?))).await?;
    for mailbox in mailboxes {
        let fetching = fetches.get(&mailbox.id).filter(|_| mailbox.settings.imap.is_some());
        if let Some((since, error)) = fetching.and_then(failing) {
            if now.seconds_since(since) >= FAILING_SECONDS {
                tell(desk, &mailbox, &broken(&mailbox, since, error)).await?;
            }
            // That nothing comes from there is no news.
            continue;
        }
        let since = watched_since(desk, &mailbox, now).await?;
        if let Some((since, seconds)) = silent_for(&policy, &mailbox, since, now) {
            tell(desk, &mailbox, &silent(&mailbox, since, seconds)).await?;
        }
    }
    Ok(())
}

/// Since when a mailbox is listened to in vain: since its last message, or since it was first
/// looked at, if it is to tell of silence and nobody ever wrote.
async fn watched_since(
    desk: &Desk,
    mailbox: &Integration,
    now: Timestamp,
) -> Result<Option<Timestamp>, Trouble> {
    if mailbox.settings.silence_after_seconds.is_none() || mailbox.last_seen_at.is_some() {
        return Ok(mailbox.last_seen_at);
    }
    let id = mailbox.id;
    let known = desk.read(move |sql| integrations::watched_since(sql, id)).await?;
    match known {
        Some(since) => Ok(Some(since)),
        None => {
            desk.write(move |sql| Ok(integrations::watch(sql, id, now)?)).await.map(|()| Some(now))
        }
    }
}

fn failing(fetching: &Fetching) -> Option<(Timestamp, &str)> {
    fetching.failing_since.zip(fetching.error.as_deref())
}

/// What is told of a mailbox, once since then.
struct News {
    about: String,
    since: Timestamp,
    title: String,
    words: String,
}

fn silent(mailbox: &Integration, since: Timestamp, seconds: i64) -> News {
    let (name, hours) = (&mailbox.name, seconds / 3_600);
    let last = match mailbox.last_seen_at {
        Some(_) => format!("The last message to the mailbox “{name}” came on {} UTC.", day(since)),
        None => format!(
            "No message ever came to the mailbox “{name}”, which is watched since {} UTC.",
            day(since)
        ),
    };
    News {
        about: format!("silence of {}", mailbox.id),
        since,
        title: format!("No mail came to {name} for {hours} hours"),
        words: format!(
            "{last} Perhaps nobody wrote; perhaps mail does not reach it any more. \
             Send it a test message under Settings → Mailboxes, and look at the mail server that should hand it over."
        ),
    }
}

fn broken(mailbox: &Integration, since: Timestamp, error: &str) -> News {
    let name = &mailbox.name;
    News {
        about: format!("fetching of {}", mailbox.id),
        since,
        title: format!("Mail for {name} cannot be fetched"),
        words: format!(
            "Messages for the mailbox “{name}” cannot be fetched from its IMAP server since {} UTC: {error}. \
             They stay there, and are fetched once it works again. What is set up is under Settings → Mailboxes.",
            day(since)
        ),
    }
}

fn day(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d %H:%M").to_string()
}

async fn tell(desk: &Desk, mailbox: &Integration, news: &News) -> Result<(), Trouble> {
    let alarm = Alarm { about: news.about.clone(), unless_since: news.since };
    let told = alarm.clone();
    if desk.read(move |sql| alarm_raised(sql, &told)).await? {
        return Ok(());
    }
    let policy = desk.policy();
    let Some(requester) = administrator(&policy) else { return Ok(()) };
    let mut ask = desk.ask_unlimited(Actor::system(), Channel::Email).for_alarm(alarm);
    let title = ask.title(&news.title)?;
    let description = Some(ask.words("description", &news.words, limits::BODY_CHARS)?);
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
            tracing::warn!(mailbox = %mailbox.name, number = %done.number, about = %news.about, "a mailbox needs somebody");
            Ok(())
        }
        // Another node was faster.
        Err(Trouble::Refused(refusal)) if refusal.code == MESSAGE_DONE => Ok(()),
        Err(trouble) => Err(trouble),
    }
}
