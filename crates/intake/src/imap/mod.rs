//! Mailboxes on IMAP servers: what comes there is fetched, kept, and only then marked as seen or
//! moved there. Nothing is taken twice: how far a folder is taken is kept by uid, and the very
//! same bytes in the same mailbox are one message. One node at a time fetches a mailbox.

mod ask;
mod bounded;
mod connect;
mod take;
mod token;

use crate::room::Room;
use desk::{Desk, Trouble};
use kernel::{IntegrationId, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;
use store::directory::fetches::Failing;
use store::directory::integrations::Secrets;
use store::directory::{Integration, fetches, integrations};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether there are other mailboxes to fetch.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// For how long a node has a mailbox; one that was killed keeps others from it no longer.
const HELD_SECONDS: i64 = 60;
/// How often it says so again.
const HELD_AGAIN: Duration = Duration::from_secs(20);
/// Characters of what went wrong: an answer that cannot be read is as long as a message.
const FAILED_CHARS: usize = 300;
/// Seconds until it is tried again, by how often it failed in a row.
const REST_SECONDS: [i64; 6] = [5, 30, 60, 120, 300, 900];

/// Why fetching failed, in words for an administrator.
#[derive(Debug)]
struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<async_imap::error::Error> for Failed {
    fn from(error: async_imap::error::Error) -> Self {
        Failed::to_understand(&error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Failed::to_understand(&error)
    }
}

impl Failed {
    /// What cannot be read is quoted as a whole by whoever reads it; letters are not for logs.
    fn to_understand(error: &dyn fmt::Display) -> Failed {
        let words = error.to_string();
        match words.split_once(" during parsing of ") {
            Some(_) => Failed("the server's answer cannot be read".to_owned()),
            None => Failed(words.chars().take(FAILED_CHARS).collect()),
        }
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Failed(trouble.to_string())
    }
}

/// Does something that must not take longer.
async fn within<T, E: Into<Failed>>(
    most: Duration,
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(most, work).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(Failed(format!("{what} took longer than {} seconds", most.as_secs()))),
    }
}

/// The loop that fetches.
pub struct Fetching {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Fetching {
    /// Finishes the messages that are under way, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "fetching mail ended badly");
        }
    }
}

/// Begins to fetch the mailboxes that are to be fetched.
pub fn fetch(desk: Desk) -> Fetching {
    let (stop, stopped) = watch::channel(false);
    Fetching { stop, task: desk::beside(supervise(desk, stopped)) }
}

/// A mailbox that is being fetched, as it was when that began.
struct Worker {
    mailbox: Integration,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

async fn supervise(desk: Desk, mut stop: watch::Receiver<bool>) {
    let node = desk::fresh().to_string();
    let room = Room::default();
    let mut workers: HashMap<IntegrationId, Worker> = HashMap::new();
    let mut pace = tokio::time::interval(LOOK_EVERY);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = pace.tick() => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
        match desk.read(integrations::mailboxes).await {
            Ok(all) => {
                let wanted = all.into_iter().filter(|one| one.settings.imap.is_some());
                let wanted = wanted.map(|one| (one.id, one)).collect();
                follow(&desk, (&node, &room), &mut workers, wanted);
            }
            Err(trouble) => tracing::warn!(%trouble, "mailboxes to fetch could not be read"),
        }
    }
    let ending: Vec<Worker> = workers.into_values().collect();
    for worker in &ending {
        worker.stop.send_replace(true);
    }
    for worker in ending {
        // What it took is kept, and what it did not comes again.
        let _ended = worker.task.await;
    }
}

/// Lets a worker go on for each mailbox that is wanted as it is, ends the others, starts new ones.
fn follow(
    desk: &Desk,
    (node, room): (&str, &Room),
    workers: &mut HashMap<IntegrationId, Worker>,
    wanted: HashMap<IntegrationId, Integration>,
) {
    workers.retain(|id, worker| {
        let same = wanted.get(id).is_some_and(|now| now.version == worker.mailbox.version);
        if !same {
            // Another one begins once this one has ended.
            worker.stop.send_replace(true);
        }
        !worker.task.is_finished()
    });
    for (id, mailbox) in wanted {
        workers.entry(id).or_insert_with(|| {
            let (stop, stopped) = watch::channel(false);
            let work =
                work(desk.clone(), (node.to_owned(), room.clone()), mailbox.clone(), stopped);
            Worker { mailbox, stop, task: desk::beside(work) }
        });
    }
}

/// Fetches a mailbox once it may, until it fails or must end.
async fn work(
    desk: Desk,
    (node, room): (String, Room),
    mailbox: Integration,
    stop: watch::Receiver<bool>,
) {
    let Some(imap) = mailbox.settings.imap.clone() else { return };
    let (id, name, now) = (mailbox.id, node.clone(), desk.now());
    let place = imap.place();
    let claimed = desk.write(move |sql| {
        let claimed = fetches::claim(sql, id, &place, &name, (now, held_until(now)))?;
        Ok(match claimed {
            Some(place) => Some((place, integrations::secrets(sql, id)?)),
            None => None,
        })
    });
    let (place, secrets): (fetches::Place, Secrets) = match claimed.await {
        Ok(Some(claimed)) => claimed,
        // Another node has it, or it rests.
        Ok(None) => return,
        Err(trouble) => return tracing::warn!(%trouble, "a mailbox could not be taken"),
    };
    let mut turn = take::Turn {
        desk: desk.clone(),
        node: node.clone(),
        mailbox: id,
        imap,
        place,
        room,
        stop,
        at_uid: None,
        over: false,
    };
    let run = async {
        let sign = connect::sign(&desk, id, &turn.imap, secrets).await?;
        turn.run(sign).await
    };
    let done = tokio::select! {
        done = run => done,
        lost = hold(&desk, id, &node) => Err(lost),
    };
    let written = match done {
        Ok(()) => desk.write(move |sql| Ok(fetches::let_go(sql, id, &node)?)).await,
        Err(failed) => {
            tracing::warn!(mailbox = %mailbox.name, %failed, "a mailbox could not be fetched");
            let now = desk.now();
            let failing = Failing { error: failed.to_string(), at_uid: turn.at_uid, now };
            let rest = move |failures: i64| {
                let at = usize::try_from(failures).unwrap_or_default().min(REST_SECONDS.len() - 1);
                now.plus_seconds(REST_SECONDS[at])
            };
            desk.write(move |sql| Ok(fetches::failed(sql, id, &node, &failing, rest)?)).await
        }
    };
    if let Err(trouble) = written {
        tracing::warn!(%trouble, "how a mailbox was fetched was not written down");
    }
}

/// Says again and again that this node has a mailbox; returns once it has it no more.
async fn hold(desk: &Desk, id: IntegrationId, node: &str) -> Failed {
    loop {
        tokio::time::sleep(HELD_AGAIN).await;
        let (node, until) = (node.to_owned(), held_until(desk.now()));
        match desk.write(move |sql| Ok(fetches::renew(sql, id, &node, until)?)).await {
            Ok(true) => {}
            Ok(false) => return Failed("another server fetches this mailbox".to_owned()),
            // Whoever cannot write cannot keep a message either.
            Err(trouble) => tracing::warn!(%trouble, "a mailbox could not be held"),
        }
    }
}

fn held_until(now: Timestamp) -> Timestamp {
    now.plus_seconds(HELD_SECONDS)
}
