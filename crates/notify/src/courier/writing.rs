//! Deliveries become messages, written as they leave: what their reader may not know any more
//! is left out, and what leaves together is told in one letter.

use super::{Courier, Options};
use crate::folded::{self, Together};
use crate::letter::{Letter, Piece};
use crate::material::{self, Here, Known, Material, Read};
use crate::message::{Envelope, message};
use crate::sight::{self, Sight, Silence};
use crate::words;
use desk::seals::{Seals, Uncollect, Unfollow, Unmail};
use desk::{Desk, Trouble};
use incident::TokenScope;
use incident::rating::SURVEY;
use kernel::{IncidentNumber, PersonId, ReportId, Timestamp};
use lettre::Message;
use std::panic::{AssertUnwindSafe, catch_unwind};
use store::deliveries::{self, Delivery, Held, Outcome, ToldAs};
use store::directory::integrations;
use store::{Failure, Sql};

/// What could not be attempted for so long is given up: whether it still helps, a person decides.
const STALE_SECONDS: i64 = 2 * 86_400;
/// How long a link that ends following can be used: letters are kept, and so are programs that
/// press it.
const UNFOLLOW_DAYS: i64 = 365;

/// What a delivery is made of, why there is nothing to tell, or why it cannot be read.
pub(super) type Found = Result<Result<Read, Silence>, Failure>;

/// Whether somebody may know something, or why not, or why it cannot be read.
pub(super) type Seen = Result<Result<(), Silence>, Failure>;

/// A letter ready to leave.
pub(super) struct Ready {
    pub(super) ids: Vec<i64>,
    pub(super) number: Option<IncidentNumber>,
    pub(super) message: Message,
}

/// A delivery as a letter of its own, and what a message needs to know besides.
struct Written {
    letter: Letter,
    name: String,
    thread: Option<String>,
    at: String,
    about: String,
    unsubscribe: Option<String>,
}

/// What became of the entries of a letter.
#[derive(Default)]
struct Entries {
    /// Those that it tells.
    told: Vec<(Delivery, Written)>,
    /// Those that it does not.
    ended: Vec<(i64, Outcome)>,
    /// Those of them that leave under another name, if they leave at all.
    renamed: Vec<i64>,
}

/// Who writes letters, and for whom.
struct Writing<'a> {
    options: &'a Options,
    seals: &'a Seals,
    /// Whether answers to letters are read.
    answers: bool,
    now: Timestamp,
}

impl Writing<'_> {
    /// Where its reader gets no more letters with collected news.
    fn uncollect(&self, person: PersonId) -> String {
        let until = self.now.plus_days(UNFOLLOW_DAYS);
        let token = self.seals.uncollect(&Uncollect { person, until });
        format!("{}/u/{token}", self.options.public_url)
    }

    /// Where its reader gets a report no more by mail.
    fn unmail(&self, person: PersonId, report: ReportId) -> String {
        let until = self.now.plus_days(UNFOLLOW_DAYS);
        let token = self.seals.unmail(&Unmail { person, report, until });
        format!("{}/u/{token}", self.options.public_url)
    }
}

impl Courier {
    /// How much of what a delivery tells its reader may know.
    fn sight_of(&self, delivery: &Delivery, read: &Read) -> Result<Sight, Silence> {
        let Read::Incident(material) = read else { return Ok(Sight::Full) };
        let viewer = self.desk.viewer(&material.person, TokenScope::Admin);
        let Material { person, state, told, .. } = &**material;
        sight::of(person, &viewer, delivery.told_as, state, told, &delivery.word)
    }

    /// Reads what deliveries are made of.
    async fn read_all(&self, taken: Vec<Delivery>) -> Result<Vec<(Delivery, Found)>, Trouble> {
        self.desk
            .read(move |sql| {
                let mut found = Vec::with_capacity(taken.len());
                for delivery in taken {
                    // What is damaged in one must not keep the others.
                    let read = || material::read(sql, &delivery);
                    let read = match catch_unwind(AssertUnwindSafe(read)) {
                        Ok(Err(failure @ Failure::Unavailable(_))) => return Err(failure),
                        Ok(read) => read,
                        Err(panic) => Err(Failure::of_panic(panic)),
                    };
                    found.push((delivery, read));
                }
                Ok(found)
            })
            .await
    }

    /// Writes the letters; what must not be told is withdrawn.
    pub(super) async fn write_letters(
        &self,
        options: &Options,
        letters: Vec<Vec<Delivery>>,
        now: Timestamp,
    ) -> Result<Vec<Ready>, Trouble> {
        let sizes: Vec<usize> = letters.iter().map(Vec::len).collect();
        let mut read = self.read_all(letters.into_iter().flatten().collect()).await?;
        self.count_reports(&mut read).await?;
        let mut read = read.into_iter();
        let seals = self.desk.seals().await?;
        let answers = self.answers_are_read(options).await?;
        let writing = Writing { options, seals: &seals, answers, now };
        let (mut ready, mut ended, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
        for size in sizes {
            let entries = self.write_entries(&writing, read.by_ref().take(size).collect());
            ended.extend(entries.ended);
            renamed.extend(entries.renamed);
            let ids: Vec<i64> = entries.told.iter().map(|(delivery, _)| delivery.id).collect();
            match post(&writing, entries.told) {
                Some(Ok((number, message))) => ready.push(Ready { ids, number, message }),
                Some(Err(wrong)) => {
                    ended.extend(ids.into_iter().map(|id| (id, Outcome::Refused(wrong.clone()))));
                }
                None => {}
            }
        }
        if !renamed.is_empty() {
            self.desk.write(move |sql| Ok(deliveries::leave_out(sql, &renamed)?)).await?;
        }
        if !ended.is_empty() {
            self.settle(ended).await?;
        }
        Ok(ready)
    }

    /// Writes the entries of one letter.
    fn write_entries(&self, writing: &Writing, letter: Vec<(Delivery, Found)>) -> Entries {
        let mut entries = Entries::default();
        let waited =
            |delivery: &Delivery| writing.now.seconds_since(delivery.next_at) > STALE_SECONDS;
        if letter.iter().all(|(delivery, _)| waited(delivery)) {
            let why = "it waited for two days and was not sent by itself any more";
            let refused =
                |(delivery, _): (Delivery, Found)| (delivery.id, Outcome::Refused(why.to_owned()));
            entries.ended.extend(letter.into_iter().map(refused));
            return entries;
        }
        let (mut left_out, mut first_fails) = (Vec::new(), None);
        for (at, (delivery, read)) in letter.into_iter().enumerate() {
            let write = || self.write(writing, &delivery, read);
            // What is damaged in one must not keep the others.
            let written = catch_unwind(AssertUnwindSafe(write));
            let failed = |_| Err(Outcome::Failed("the letter could not be written".to_owned()));
            match written.unwrap_or_else(failed) {
                Ok(written) => entries.told.push((delivery, written)),
                Err(outcome) => {
                    if at == 0 && matches!(outcome, Outcome::Failed(_)) {
                        first_fails = Some(outcome.clone());
                    }
                    left_out.push(delivery.id);
                    entries.ended.push((delivery.id, outcome));
                }
            }
        }
        if let Some(failed) = first_fails {
            // The letter is named after its first entry, which keeps the name for later: the
            // others leave under another one, unless they may have arrived under this one.
            for (delivery, _) in std::mem::take(&mut entries.told) {
                let first_attempt = delivery.attempts == 0;
                let outcome = if first_attempt { Outcome::NotTried(None) } else { failed.clone() };
                entries.renamed.extend(first_attempt.then_some(delivery.id));
                entries.ended.push((delivery.id, outcome));
            }
        } else if !entries.told.is_empty() {
            entries.renamed = left_out;
        }
        entries
    }

    /// Letters offer to answer only where a mailbox takes what is sent to their sender.
    async fn answers_are_read(&self, options: &Options) -> Result<bool, Trouble> {
        let from = options.smtp.from().email.to_string();
        let read = move |sql: &mut dyn Sql| {
            let mailboxes = integrations::mailboxes(sql)?;
            Ok(integrations::addressed(&mailboxes, &from).is_some())
        };
        self.desk.read(read).await
    }

    /// A delivery as a letter of its own.
    fn write(
        &self,
        writing: &Writing,
        delivery: &Delivery,
        read: Found,
    ) -> Result<Written, Outcome> {
        let &Writing { options, seals, answers, now } = writing;
        let withdrawn = |why: Silence| Outcome::Withdrawn(why.to_owned());
        let read = read.map_err(|failure| Outcome::Failed(failure.to_string()))?;
        let read = read.map_err(withdrawn)?;
        let sight = self.sight_of(delivery, &read).map_err(withdrawn)?;
        let policy = self.desk.policy();
        let public_url = &options.public_url;
        match read {
            Read::Trial(person) => {
                let here = Here::of(&person, &policy, now);
                let at = here.moment(now);
                let letter = words::trial(&person, public_url, &here);
                let (thread, unsubscribe, about) = (None, None, String::new());
                Ok(Written { letter, name: person.name, thread, at, about, unsubscribe })
            }
            Read::WebhooksOff(person, off) => {
                let at = Here::of(&person, &policy, now).moment(now);
                let letter = words::webhooks::off(&person, public_url, &off);
                let (thread, unsubscribe, about) = (None, None, String::new());
                Ok(Written { letter, name: person.name, thread, at, about, unsubscribe })
            }
            Read::Report(person, counted) => {
                let Some(counted) = counted else { return Err(Outcome::NotTried(None)) };
                let here = Here::of(&person, &policy, now);
                let at = here.moment(now);
                let (mailed, from) = *counted;
                let stop = writing.unmail(person.id, mailed.mailing.id);
                let letter = words::report::letter(&mailed, &from, public_url, &stop, &here);
                let (thread, unsubscribe, about) = (None, Some(stop), letter.subject.clone());
                Ok(Written { letter, name: person.name, thread, at, about, unsubscribe })
            }
            Read::Incident(material) => {
                let here = &Here::of(&material.person, &policy, now);
                let material = &*material;
                let about =
                    words::About { delivery, material, sight, here, seals, public_url, answers };
                let mut letter = words::letter(&about).map_err(withdrawn)?;
                let unsubscribe = (delivery.told_as == ToldAs::Watcher).then(|| {
                    let until = now.plus_days(UNFOLLOW_DAYS);
                    let (number, person) = (material.number, material.person.id);
                    format!(
                        "{public_url}/u/{}",
                        seals.unfollow(&Unfollow { number, person, until })
                    )
                });
                let stop =
                    unsubscribe.iter().map(|url| (about.say().stop_following(), url.clone()));
                let stop: Vec<_> = stop.collect();
                if !stop.is_empty() {
                    letter.pieces.push(Piece::Links(stop));
                }
                Ok(Written {
                    // Without the mark: an answer to a letter about several belongs to none of them.
                    about: about.heading(),
                    letter,
                    name: material.person.name.clone(),
                    thread: material.thread.clone(),
                    at: here.moment(material.told.event.at),
                    unsubscribe,
                })
            }
        }
    }
}

/// Whether its reader may know what an entry of an inbox tells.
pub(super) fn seen(
    sql: &mut dyn Sql,
    desk: &Desk,
    delivery: &Delivery,
    known: &mut Known,
) -> Result<Seen, Failure> {
    // What is damaged in one must not keep the others.
    let look = || -> Seen {
        Ok(material::look(sql, delivery, known)?.and_then(|seen| {
            let Some((person, state, told)) = seen else { return Ok(()) };
            let viewer = desk.viewer(person, TokenScope::Admin);
            let (why, word) = (delivery.told_as, &delivery.word);
            sight::of(person, &viewer, why, state, told, word).map(drop)
        }))
    };
    match catch_unwind(AssertUnwindSafe(look)) {
        Ok(Err(failure @ Failure::Unavailable(_))) => Err(failure),
        Ok(seen) => Ok(seen),
        Err(panic) => Ok(Err(Failure::of_panic(panic))),
    }
}

/// The message that tells all of it; `None` when nothing of it may be told, and what is wrong
/// with the address where it cannot be a message.
fn post(
    writing: &Writing,
    told: Vec<(Delivery, Written)>,
) -> Option<Result<(Option<IncidentNumber>, Message), String>> {
    let (deliveries, written): (Vec<Delivery>, Vec<Written>) = told.into_iter().unzip();
    let first = deliveries.first()?;
    let together = match first.held {
        Some(Held::Digest) => Together::Digest,
        Some(Held::Crowd) => Together::Crowd,
        _ => Together::Incident,
    };
    let one = together == Together::Incident;
    let number = first.number.filter(|_| one);
    let (name, thread) = written.first().map(|first| (first.name.clone(), first.thread.clone()))?;
    // What ends following one incident does not end a letter about several.
    let unsubscribe = match together {
        Together::Incident => written.iter().find_map(|written| written.unsubscribe.clone()),
        Together::Digest => Some(writing.uncollect(first.person)),
        Together::Crowd => None,
    };
    let entries = deliveries.iter().zip(written).map(|(delivery, written)| {
        let Written { letter, at, about, .. } = written;
        folded::Told { letter, at, about, joins: delivery.word == SURVEY }
    });
    let entries = entries.collect();
    let letter = folded::letter(entries, together)?;
    let envelope = Envelope {
        from: writing.options.smtp.from(),
        name: &name,
        address: &first.address,
        message_id: first.message_id.as_deref().unwrap_or_default(),
        thread: thread.as_deref().filter(|_| one),
        unsubscribe: unsubscribe.as_deref(),
        at: writing.now,
    };
    Some(message(&letter, &envelope).map(|message| (number, message)))
}
