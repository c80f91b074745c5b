//! One round: take some, read them, and settle each; those that belong together one after
//! the other, the others at the same time.

use super::known::Asked;
use super::{Next, Worker};
use crate::Letter;
use crate::letter::{Authentication, Automatic, Verdict};
use crate::thread::{Signs, signs};
use crate::work::verdict::{Counting, lock};
use desk::seals::Seals;
use desk::{Desk, Trouble};
use kernel::{InOrder, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::Failure;
use store::directory::{Integration, integrations};
use store::files::FileHash;
use store::messages::{self, Message, Read};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Messages taken at once.
const TAKEN_ROWS: i64 = 64;
/// Bytes of messages taken at once, more only if one alone has more: bounds memory.
const TAKEN_BYTES: u64 = 48 * 1_048_576;
/// How long they are taken for, unless they are kept for longer: so long nobody deals with them
/// after the program was killed.
const TAKEN_SECONDS: i64 = 60;
/// How often they are kept for longer while they are dealt with.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// Messages read at the same time.
const READ_AT_ONCE: usize = 4;
/// Seconds until a message is looked at again that nobody could do anything about.
const AGAIN_SECONDS: i64 = 3;
/// How long the bytes of messages are kept that became something or were for nobody.
const BYTES_KEPT_SECONDS: i64 = 90 * 86_400;
/// Messages whose bytes are deleted at once.
const TIDIED_ROWS: usize = 100;
/// How often it is looked for bytes that are not kept any longer.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How often figures are taken.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// What all messages of a round share.
pub(super) struct Round {
    pub(super) desk: Desk,
    pub(super) seals: Seals,
    pub(super) mailboxes: Vec<Integration>,
    /// Addresses of our own, in lower case.
    pub(super) own_addresses: Vec<String>,
    pub(super) counting: Counting,
    pub(super) worker: Arc<Worker>,
}

/// A message, read.
pub(super) struct Task {
    pub(super) message: Message,
    pub(super) letter: Letter,
    pub(super) signs: Signs,
    pub(super) read: Read,
}

/// What an attempt at a message came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is dealt with, and that is written down.
    Settled,
    /// It failed, and may succeed later.
    Failed(String),
    /// Nobody's fault: the database does not answer, too much waits.
    NotNow(String),
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        match &trouble {
            Trouble::Overloaded
            | Trouble::Throttled { .. }
            | Trouble::Failed(Failure::Unavailable(_) | Failure::Files(_)) => {
                Outcome::NotNow(trouble.to_string())
            }
            Trouble::Refused(refusal) if refusal.code == desk::MESSAGE_DONE => Outcome::Settled,
            _ => Outcome::Failed(trouble.to_string()),
        }
    }
}

/// Messages that were taken and read, and are kept for this process until it is dropped.
pub(super) struct InHand {
    round: Arc<Round>,
    tasks: Vec<Task>,
    ended: Vec<(i64, Outcome)>,
    keeping: JoinSet<()>,
}

impl Worker {
    /// Settles some of what waits.
    pub async fn round(self: &Arc<Self>) -> Next {
        match self.take().await {
            Ok(Some(in_hand)) => self.settle(in_hand).await,
            Ok(None) => Next::Idle,
            Err(trouble) => down(&trouble),
        }
    }

    /// Takes some of what waits, and reads it; nothing when nothing is due.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Option<InHand>, Trouble> {
        let now = self.desk.now();
        let count = is_time(&self.counted, COUNT_EVERY);
        self.tidy(now).await?;
        let looked = self.desk.read(move |sql| {
            let counts = count.then(|| messages::counts(sql)).transpose()?;
            if !messages::is_due(sql, now)? {
                return Ok((counts, None));
            }
            Ok((counts, Some(integrations::list(sql)?)))
        });
        let (counts, mailboxes) = looked.await?;
        if let Some(counts) = counts {
            self.figures.set(counts, now);
        }
        let Some(mailboxes) = mailboxes else { return Ok(None) };
        // All that can fail comes first: what was taken would wait for nobody.
        let seals = self.desk.seals().await?;
        let desk = self.desk.clone();
        let claim = move |sql: &mut dyn store::Sql| -> Result<_, Failure> {
            // It may have waited for its turn to write.
            let now = desk.now();
            let until = now.plus_seconds(TAKEN_SECONDS);
            Ok((messages::claim(sql, now, until, TAKEN_ROWS, TAKEN_BYTES)?, until))
        };
        let (taken, until) = self.desk.write_together(claim).await?;
        let Some(counting) = Counting::of(&taken) else { return Ok(None) };
        let mut own_addresses = self.options.own_addresses.clone();
        own_addresses.extend(mailboxes.iter().flat_map(|mailbox| mailbox.addresses.clone()));
        let round = Arc::new(Round {
            desk: self.desk.clone(),
            seals,
            mailboxes,
            own_addresses,
            counting,
            worker: self.clone(),
        });
        let keeping = self.keep(taken.iter().map(|message| message.id).collect(), until);
        let (tasks, ended) = round.read_all(taken).await;
        Ok(Some(InHand { round, tasks, ended, keeping }))
    }

    /// Settles what was taken.
    pub(super) async fn settle(self: &Arc<Self>, in_hand: InHand) -> Next {
        let InHand { round, tasks, mut ended, keeping } = in_hand;
        ended.extend(round.settle_all(tasks).await);
        drop(keeping);
        self.write_down(ended).await.unwrap_or_else(|trouble| down(&trouble))
    }

    /// Keeps messages for longer, until what is returned is dropped.
    fn keep(&self, ids: Vec<i64>, mut held: Timestamp) -> JoinSet<()> {
        let desk = self.desk.clone();
        let mut keeping = JoinSet::new();
        keeping.spawn(desk::boxed(async move {
            loop {
                tokio::time::sleep(RENEW_EVERY).await;
                let (ids, until) = (ids.clone(), desk.now().plus_seconds(TAKEN_SECONDS));
                let renew = move |sql: &mut dyn store::Sql| messages::renew(sql, &ids, held, until);
                match desk.write_together(renew).await {
                    Ok(()) => held = until,
                    Err(trouble) => {
                        tracing::warn!(%trouble, "messages may be dealt with elsewhere")
                    }
                }
            }
        }));
        keeping
    }

    /// Deletes bytes that are not kept any longer, some at a time.
    async fn tidy(&self, now: Timestamp) -> Result<(), Trouble> {
        if !is_time(&self.tidied, TIDY_EVERY) {
            return Ok(());
        }
        let before = now.plus_seconds(-BYTES_KEPT_SECONDS);
        let forget =
            move |sql: &mut dyn store::Sql| messages::forget_bytes(sql, before, TIDIED_ROWS);
        if self.desk.write_together(forget).await? == TIDIED_ROWS {
            // There may be more.
            *lock(&self.tidied) = None;
        }
        Ok(())
    }

    /// Records what was not settled.
    async fn write_down(&self, ended: Vec<(i64, Outcome)>) -> Result<Next, Trouble> {
        let now = self.desk.now();
        let (mut failed, mut let_go) = (vec![], vec![]);
        for (id, outcome) in ended {
            match outcome {
                Outcome::Settled => {
                    self.figures.settled.inc();
                }
                Outcome::Failed(why) => {
                    self.figures.failed.inc();
                    tracing::warn!(message = id, %why, "a message could not be dealt with");
                    failed.push((id, why));
                }
                Outcome::NotNow(why) => {
                    tracing::warn!(message = id, %why, "a message waits");
                    let_go.push(id);
                }
            }
        }
        let down = !let_go.is_empty();
        if down || !failed.is_empty() {
            let write = move |sql: &mut dyn store::Sql| {
                for (id, why) in &failed {
                    if messages::failed(sql, *id, why, now)? {
                        tracing::error!(message = id, %why, "a message was kept aside");
                    }
                }
                messages::let_go(sql, &let_go, now.plus_seconds(AGAIN_SECONDS))
            };
            self.desk.write_together(write).await?;
        }
        Ok(if down { Next::Down } else { Next::More })
    }
}

/// Nobody's fault; it is tried again.
pub(super) fn down(trouble: &Trouble) -> Next {
    tracing::warn!(%trouble, "incoming mail waits for the database");
    Next::Down
}

/// Whether it was so long ago; it is from now on.
fn is_time(last: &Mutex<Option<Instant>>, every: Duration) -> bool {
    let mut last = lock(last);
    let due = last.is_none_or(|at| at.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}

impl Round {
    /// Reads messages, some at once; what one does to its reader harms no other.
    async fn read_all(self: &Arc<Self>, taken: Vec<Message>) -> (Vec<Task>, Vec<(i64, Outcome)>) {
        let room = Arc::new(Semaphore::new(READ_AT_ONCE));
        let mut reading = JoinSet::new();
        for message in taken {
            let (round, room) = (self.clone(), room.clone());
            reading.spawn(desk::boxed(async move {
                let _place = room.acquire_owned().await;
                let id = message.id;
                let task = desk::beside(async move { round.read(message).await }).await;
                let panicked = |_| Err(Outcome::Failed("reading it failed".to_owned()));
                (id, task.unwrap_or_else(panicked))
            }));
        }
        let (mut tasks, mut ended) = (vec![], vec![]);
        while let Some(done) = reading.join_next().await {
            match done {
                Ok((_, Ok(task))) => tasks.push(task),
                Ok((id, Err(outcome))) => ended.push((id, outcome)),
                Err(error) => tracing::error!(%error, "reading a message failed"),
            }
        }
        tasks.order_by_key(|task| task.message.id);
        (tasks, ended)
    }

    async fn read(&self, message: Message) -> Result<Task, Outcome> {
        let (id, desk) = (message.id, self.desk.clone());
        let (reader, seals) = (self.worker.options.read, self.seals.clone());
        let auth_server = self.worker.options.auth_server.clone();
        // Fetched and read in one go: it need not be handed from thread to thread.
        let read = desk::on_a_thread(move || -> Result<Option<_>, Failure> {
            let raw = desk.store().read_blocking(|sql| messages::raw(sql, id))?;
            let Some(raw) = raw else { return Ok(None) };
            let mut letter = reader(&raw);
            let body_hash = fingerprint(&letter, body(&raw));
            letter.authentication = believed(&letter.authentication, auth_server.as_deref());
            let signs = signs(&letter, &seals);
            Ok(Some((letter, signs, body_hash)))
        });
        let read = read.await.map_err(|error| {
            let why = match error.try_into_panic() {
                Ok(panic) => Failure::of_panic(panic).to_string(),
                Err(_) => return Outcome::NotNow("the program is ending".to_owned()),
            };
            Outcome::Failed(format!("it could not be read: {why}"))
        })?;
        let Some((letter, signs, body_hash)) = read.map_err(Trouble::from)? else {
            return Err(Outcome::Failed("its bytes are missing".to_owned()));
        };
        let from = letter.from.as_ref().map(|from| from.email.clone());
        let from = from
            .filter(|from| from.contains('@'))
            .or_else(|| Some(message.sender.to_lowercase()).filter(|sender| sender.contains('@')));
        let read = Read {
            message_id: letter.message_id.clone(),
            body_hash: Some(body_hash),
            from,
            subject: desk::plain(&letter.subject),
            automatic: letter.automatic.is_some(),
        };
        Ok(Task { message, letter, signs, read })
    }

    /// Settles messages: those that may belong together in their order.
    async fn settle_all(self: Arc<Self>, tasks: Vec<Task>) -> Vec<(i64, Outcome)> {
        let mut working = JoinSet::new();
        let groups = together(tasks);
        // What is known of those that come first is looked up at once, and of the others when those
        // before them are settled. Where that fails, each is looked up alone.
        let firsts = groups.iter().filter_map(|group| group.first()).map(Asked::of).collect();
        let known = self.look_for_all(firsts).await.unwrap_or_default();
        let mut known = known.into_iter();
        for group in groups {
            let (round, mut known) = (self.clone(), known.next());
            working.spawn(desk::boxed(async move {
                let mut ended = Vec::with_capacity(group.len());
                for task in group {
                    let (id, round, known) = (task.message.id, round.clone(), known.take());
                    // What one does to the program must not keep the others.
                    let settled = desk::beside(async move { round.settle(task, known).await });
                    let outcome = settled.await;
                    let panicked = |error: tokio::task::JoinError| {
                        let why = match error.try_into_panic() {
                            Ok(panic) => Failure::of_panic(panic).to_string(),
                            Err(error) => error.to_string(),
                        };
                        Outcome::Failed(why)
                    };
                    ended.push((id, outcome.unwrap_or_else(panicked)));
                }
                ended
            }));
        }
        let mut ended = vec![];
        while let Some(done) = working.join_next().await {
            match done {
                Ok(group) => ended.extend(group),
                Err(error) => tracing::error!(%error, "settling messages failed"),
            }
        }
        ended
    }
}

/// What is believed of what stands there about the sender: that they are not who they say
/// harms nobody else; that they are is believed of our own mail server alone.
fn believed(found: &Authentication, by: Option<&str>) -> Authentication {
    let ours = by.is_some_and(|by| by == found.by);
    let mut found = found.clone();
    for verdict in [&mut found.spf, &mut found.dkim, &mut found.dmarc] {
        if *verdict == Verdict::Pass && !ours {
            *verdict = Verdict::None;
        }
    }
    found
}

/// By what a message is known, whatever it met on its way: who says what about what, and when.
fn fingerprint(letter: &Letter, body: &[u8]) -> String {
    let from = letter.from.as_ref().map(|from| from.email.as_str()).unwrap_or_default();
    let at = letter.sent_at.map(|at| at.micros());
    let body = FileHash::of_bytes(body);
    let all = format!("{from}\n{}\n{at:?}\n{body}", letter.subject);
    FileHash::of_bytes(all.as_bytes()).to_string()
}

/// What follows the header.
fn body(raw: &[u8]) -> &[u8] {
    let crlf = raw.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4);
    let end = crlf.unwrap_or(raw.len());
    // Not looked for behind the one that was found.
    let lf = raw[..end].windows(2).position(|bytes| bytes == b"\n\n").map(|at| at + 2);
    &raw[lf.unwrap_or(end)..]
}

/// Groups of messages that name the same: an answer is settled after what it answers.
fn together(tasks: Vec<Task>) -> Vec<Vec<Task>> {
    let mut group_of: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<Task>> = Vec::new();
    for task in tasks {
        let keys = keys(&task);
        let mut named: Vec<usize> =
            keys.iter().filter_map(|key| group_of.get(key).copied()).collect();
        named.sort_unstable();
        named.dedup();
        let at = match named.split_first() {
            None => {
                groups.push(vec![]);
                groups.len() - 1
            }
            Some((first, others)) => {
                for other in others {
                    let moved = std::mem::take(&mut groups[*other]);
                    groups[*first].extend(moved);
                    group_of.values_mut().filter(|at| *at == other).for_each(|at| *at = *first);
                }
                groups[*first].order_by_key(|task| task.message.id);
                *first
            }
        };
        group_of.extend(keys.into_iter().map(|key| (key, at)));
        groups[at].push(task);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn keys(task: &Task) -> Vec<String> {
    let signs = &task.signs;
    let numbers = signs.own.iter().chain(&signs.marks).chain(&signs.numbers);
    let mut keys: Vec<String> = numbers.map(ToString::to_string).collect();
    keys.extend(task.read.message_id.iter().map(|id| format!("id {id}")));
    keys.extend(signs.answers.iter().map(|id| format!("id {id}")));
    keys.extend(signs.references.iter().map(|reference| format!("ref {reference}")));
    if let (Some(Automatic::Report), Some(report)) = (&task.letter.automatic, &task.letter.report) {
        keys.extend(report.about.iter().map(|id| format!("id {id}")));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn a_body_follows_the_header() {
        assert_eq!(body(b"A: b\r\n\r\nx\n\ny"), b"x\n\ny");
        assert_eq!(body(b"A: b\n\nx\r\n\r\ny"), b"x\r\n\r\ny");
        assert_eq!(body(b"A: b"), b"");
    }
}
