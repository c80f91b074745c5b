//! What is known about a message's sender and the incidents it names, in one look.

use super::round::{Round, Task};
use crate::caps;
use crate::thread::{Candidate, Found, Relation, Signs, counterpart, is_public};
use desk::{Desk, Trouble};
use incident::permissions::{Access, Subject};
use incident::{Scope, State, TokenScope, Viewer};
use kernel::{IncidentNumber, Timestamp};
use std::collections::BTreeSet;
use store::directory::{Person, people};
use store::messages::{self, Earlier, Read};
use store::{Failure, Sql};

/// How often it is followed into what something was merged: once or twice is usual.
const MERGES_MAX: usize = 10;

/// What is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The sender, if they are known.
    pub(super) person: Option<Person>,
    /// What they may see, if their account is in use.
    pub(super) viewer: Option<Viewer>,
    /// The incidents that the message names.
    pub(super) found: Found,
    /// The same message, dealt with before.
    pub(super) earlier: Option<Earlier>,
    /// When messages of its address made incidents, the newest first, as far as a cap counts them
    /// and without those that are counted in this round.
    pub(super) made: Vec<Timestamp>,
}

/// What of a message it is looked for.
pub(super) struct Asked {
    id: i64,
    received_at: Timestamp,
    signs: Signs,
    read: Read,
}

impl Asked {
    /// What of this message it is looked for.
    pub(super) fn of(task: &Task) -> Self {
        let Task { message, signs, read, .. } = task;
        let (signs, read) = (signs.clone(), read.clone());
        Asked { id: message.id, received_at: message.received_at, signs, read }
    }
}

impl Round {
    /// Looks.
    pub(super) async fn look(&self, task: &Task) -> Result<Known, Trouble> {
        let (asked, desk, here) = (Asked::of(task), self.desk.clone(), self.counting.here());
        self.desk.read(move |sql| known(sql, &desk, &asked, &here)).await
    }

    /// Looks for several at once, that none need wait for a thread and a connection of its own.
    pub(super) async fn look_for_all(&self, all: Vec<Asked>) -> Result<Vec<Known>, Trouble> {
        let (desk, here) = (self.desk.clone(), self.counting.here());
        let look = move |sql: &mut dyn Sql| -> Result<Vec<Known>, Failure> {
            all.iter().map(|asked| known(sql, &desk, asked, &here)).collect()
        };
        self.desk.read(look).await
    }

    /// The candidate that a person named.
    pub(super) async fn candidate(
        &self,
        number: IncidentNumber,
        known: &Known,
        address: &str,
    ) -> Result<Option<Candidate>, Trouble> {
        let (known, address) = (known.clone(), address.to_owned());
        self.desk
            .read(move |sql| {
                let who = Who {
                    person: known.person.as_ref(),
                    viewer: known.viewer.as_ref(),
                    address: &address,
                };
                candidate(sql, number, &who)
            })
            .await
    }

    /// How often messages reopened this incident since.
    pub(super) async fn reopenings(
        &self,
        number: IncidentNumber,
        since: Timestamp,
    ) -> Result<usize, Trouble> {
        self.desk.read(move |sql| messages::reopenings(sql, number, since)).await
    }
}

/// `here` are the messages that are counted in this round.
fn known(
    sql: &mut dyn Sql,
    desk: &Desk,
    asked: &Asked,
    here: &BTreeSet<i64>,
) -> Result<Known, Failure> {
    let Asked { id, received_at, signs, read } = asked;
    let from = read.from.as_deref().unwrap_or_default();
    let person = people::by_email(sql, from)?;
    let used = person.as_ref().filter(|person| person.active);
    let viewer = used.map(|person| desk.viewer(person, TokenScope::Admin));
    let who = Who { person: person.as_ref(), viewer: viewer.as_ref(), address: from };
    let found = found(sql, signs, &who)?;
    let earlier = match (&read.message_id, &read.body_hash) {
        (Some(message_id), Some(hash)) => messages::came_before(sql, *id, message_id, hash)?,
        _ => None,
    };
    let windows = caps::new_incidents(read.automatic);
    let since = received_at.plus_seconds(-caps::reach(windows));
    // As many as a cap counts are left without those of the round.
    let most = caps::most(windows) + here.len();
    let made = messages::times_from(sql, from, read.automatic, since, most)?.into_iter();
    let made = made.filter(|(id, _)| !here.contains(id)).map(|(_, at)| at).collect();
    Ok(Known { found, earlier, made, viewer, person })
}

/// A sender.
struct Who<'a> {
    person: Option<&'a Person>,
    viewer: Option<&'a Viewer>,
    address: &'a str,
}

fn found(sql: &mut dyn Sql, signs: &Signs, who: &Who) -> Result<Found, Failure> {
    let answers = match signs.answers.is_empty() {
        true => vec![],
        false => messages::incidents_by_message(sql, &signs.answers)?,
    };
    let references = match signs.references.is_empty() {
        true => vec![],
        false => {
            let counterpart = counterpart(who.address);
            messages::incidents_by_reference(sql, counterpart, &signs.references)?
        }
    };
    Ok(Found {
        own: candidates(sql, signs.own.iter().copied(), who)?,
        marks: candidates(sql, signs.marks.iter().copied(), who)?,
        answers: candidates(sql, answers.into_iter().map(|(_, number)| number), who)?,
        numbers: candidates(sql, signs.numbers.iter().copied(), who)?,
        references: candidates(sql, references.into_iter().map(|(_, number)| number), who)?,
    })
}

/// The first of these incidents that there is: the others would not be looked at.
fn candidates(
    sql: &mut dyn Sql,
    numbers: impl IntoIterator<Item = IncidentNumber>,
    who: &Who,
) -> Result<Vec<Candidate>, Failure> {
    for number in numbers {
        if let Some(found) = candidate(sql, number, who)? {
            return Ok(vec![found]);
        }
    }
    Ok(vec![])
}

fn candidate(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    who: &Who,
) -> Result<Option<Candidate>, Failure> {
    let Some(stored) = store::incidents::load(sql, number)? else { return Ok(None) };
    let state = stored.state;
    let part_of = match main_of(sql, &state)? {
        None => None,
        Some((main, state)) => Some((main, relation(sql, &state, who)?, state.lifecycle)),
    };
    Ok(Some(Candidate {
        number,
        relation: relation(sql, &state, who)?,
        lifecycle: state.lifecycle,
        confidential_to: state.confidential_to,
        part_of,
    }))
}

/// The incident that something merged is part of by now: its main one may have been merged, too.
fn main_of(sql: &mut dyn Sql, state: &State) -> Result<Option<(IncidentNumber, State)>, Failure> {
    let (mut next, mut main) = (state.merged_into, None);
    for _ in 0..MERGES_MAX {
        let Some(number) = next else { break };
        let Some(stored) = store::incidents::load(sql, number)? else { break };
        next = stored.state.merged_into;
        main = Some((number, stored.state));
    }
    Ok(main)
}

/// What somebody has to do with an incident. What they may see is the one measure of it.
fn relation(sql: &mut dyn Sql, state: &State, who: &Who) -> Result<Relation, Failure> {
    if who.person.is_some_and(|person| person.id == state.requester) {
        return Ok(Relation::Requester);
    }
    let access = who.viewer.map(|viewer| Scope::of(viewer).access(&Subject::from(state)));
    match access {
        Some(Access::Full) => return Ok(Relation::Staff),
        Some(Access::Public) => return Ok(Relation::Follower),
        Some(Access::None) | None => {}
    }
    let staff = who.viewer.is_some_and(Viewer::is_staff);
    let domain = who.address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    let (Some(company), Some(domain)) = (state.organisation, domain) else {
        return Ok(Relation::Stranger);
    };
    if state.confidential_to.is_some() || staff || is_public(&domain) {
        return Ok(Relation::Stranger);
    }
    let same = messages::domains(sql, company)?.contains(&domain);
    Ok(if same { Relation::Company } else { Relation::Stranger })
}
