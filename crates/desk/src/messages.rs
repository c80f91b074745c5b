//! Messages that came in by mail: who may read what became of them, and decides about those
//! that were kept aside.

use crate::{Desk, Trouble};
use incident::permissions::Access;
use incident::{Refusal, Scope, TokenScope, Viewer};
use kernel::{Actor, IncidentNumber};
use std::collections::HashMap;
use store::directory::{Entry, audit};
use store::incidents::feed::subjects;
use store::messages::{self, Message, MessageState, Released};
use store::{Failure, Sql};

/// A message as a viewer may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The message; without what it says where its incident is restricted.
    pub message: Message,
    /// Whether its incident is one that the viewer may not see.
    pub restricted: bool,
}

/// How a message that was kept aside is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetIn {
    /// As something new.
    AsNew,
    /// Into this incident, or into the one it was held to belong to.
    Into(Option<IncidentNumber>),
    /// As if it had just come.
    Again,
}

impl Desk {
    /// Whether messages may be taken; whoever has one keeps it while there is no room.
    ///
    /// # Errors
    ///
    /// [`Trouble`] with how much is free on the disk.
    pub fn takes_messages(&self) -> Result<(), Trouble> {
        Ok(self.store().room_for_messages()?)
    }

    /// Messages, the newest first, from the one before `before` on; of one state, or all.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the viewer may not read them, or the database does not answer.
    pub async fn messages(
        &self,
        viewer: &Viewer,
        state: Option<MessageState>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Incoming>, Trouble> {
        reads(viewer)?;
        let scope = Scope::of(viewer);
        self.read(move |sql| {
            let found = messages::list(sql, state, before, limit)?;
            as_seen(sql, &scope, found)
        })
        .await
    }

    /// One message; `None` when there is none.
    ///
    /// # Errors
    ///
    /// As [`Desk::messages`].
    pub async fn message(&self, viewer: &Viewer, id: i64) -> Result<Option<Incoming>, Trouble> {
        reads(viewer)?;
        let scope = Scope::of(viewer);
        self.read(move |sql| {
            let found = messages::get(sql, id)?.into_iter().collect();
            Ok(as_seen(sql, &scope, found)?.pop())
        })
        .await
    }

    /// The message that became this entry of an incident; `None` when none did.
    ///
    /// # Errors
    ///
    /// As [`Desk::messages`].
    pub async fn message_of(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        n: u32,
    ) -> Result<Option<Incoming>, Trouble> {
        reads(viewer)?;
        let scope = Scope::of(viewer);
        let found = self.read(move |sql| {
            let found = messages::of_entry(sql, number, n)?.into_iter().collect();
            Ok(as_seen(sql, &scope, found)?.pop())
        });
        Ok(found.await?.filter(|found| !found.restricted))
    }

    /// The bytes of a message as they came; `None` when there is none, its bytes are gone, or
    /// its incident is restricted.
    ///
    /// # Errors
    ///
    /// As [`Desk::messages`].
    pub async fn message_bytes(
        &self,
        viewer: &Viewer,
        id: i64,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let found = self.message(viewer, id).await?;
        if found.is_none_or(|found| found.restricted) {
            return Ok(None);
        }
        self.read(move |sql| messages::raw(sql, id)).await
    }

    /// Lets a message in that was kept aside.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when it is not kept aside any more, or the viewer may not do it.
    pub async fn let_message_in(
        &self,
        viewer: &Viewer,
        id: i64,
        how: LetIn,
    ) -> Result<(), Trouble> {
        decides(viewer)?;
        let (now, actor, scope) = (self.now(), actor(viewer), Scope::of(viewer));
        self.write(move |sql| {
            let before = messages::get(sql, id)?.ok_or_else(not_there)?;
            let before = decidable(sql, &scope, before)?;
            let (released, into) = match how {
                LetIn::AsNew => (Released::AsNew, None),
                LetIn::Again => (Released::Again, None),
                LetIn::Into(number) => {
                    let none = || Refusal::invalid("into", "names the incident it belongs to");
                    let number = number.or(before.suggested).ok_or_else(none)?;
                    let subjects = subjects(sql, &[number])?;
                    let access = subjects.get(&number).map(|subject| scope.access(subject));
                    if access != Some(Access::Full) {
                        return Err(Refusal::invalid("into", "is not a known incident").into());
                    }
                    (Released::Into, Some(number))
                }
            };
            if !messages::release(sql, id, released, into, now)? {
                return Err(not_aside(&before).into());
            }
            let entry = Entry::new(now, &actor, "released", "message", id);
            let after = serde_json::json!({ "released": released, "into": into });
            audit::record(sql, &entry.after(&after))?;
            Ok(())
        })
        .await
    }

    /// Erases a message that was kept aside or dropped.
    ///
    /// # Errors
    ///
    /// As [`Desk::let_message_in`].
    pub async fn erase_message(&self, viewer: &Viewer, id: i64) -> Result<(), Trouble> {
        decides(viewer)?;
        let (now, actor, scope) = (self.now(), actor(viewer), Scope::of(viewer));
        self.write(move |sql| {
            let before = messages::get(sql, id)?.ok_or_else(not_there)?;
            let before = decidable(sql, &scope, before)?;
            if !messages::erase(sql, id, &format!("deleted by {}", actor.name), now)? {
                return Err(not_aside(&before).into());
            }
            // What it said is gone, here as well.
            audit::record(sql, &Entry::new(now, &actor, "deleted", "message", id))?;
            Ok(())
        })
        .await
    }
}

fn actor(viewer: &Viewer) -> Actor {
    Actor::person(viewer.person, viewer.name.clone())
}

fn reads(viewer: &Viewer) -> Result<(), Trouble> {
    match viewer.reads_configuration() {
        true => Ok(()),
        false => Err(Refusal::forbidden("only the service desk reads incoming mail").into()),
    }
}

fn decides(viewer: &Viewer) -> Result<(), Trouble> {
    match viewer.works() && viewer.scope >= TokenScope::Write {
        true => Ok(()),
        false => Err(Refusal::forbidden("only the service desk decides about mail").into()),
    }
}

/// A message that the viewer may decide about: nobody does blindly.
fn decidable(sql: &mut dyn Sql, scope: &Scope, message: Message) -> Result<Message, Trouble> {
    let seen = as_seen(sql, scope, vec![message])?.pop().filter(|seen| !seen.restricted);
    let words = "it is about a restricted incident; ask somebody who may see that";
    Ok(seen.ok_or_else(|| Refusal::forbidden(words))?.message)
}

fn not_there() -> Refusal {
    Refusal::not_found("there is no such message")
}

fn not_aside(message: &Message) -> Refusal {
    let words = match message.state {
        MessageState::Waiting => "it waits to be understood; look again in a moment",
        MessageState::Done => "it is in an incident already",
        MessageState::Quarantined | MessageState::Dropped => {
            "its bytes are gone, or it was dropped"
        }
    };
    Refusal::state("not_quarantined", words)
}

/// Messages without what must not be seen of them.
fn as_seen(
    sql: &mut dyn Sql,
    scope: &Scope,
    found: Vec<Message>,
) -> Result<Vec<Incoming>, Failure> {
    let mut numbers: Vec<IncidentNumber> =
        found.iter().flat_map(|message| [message.number, message.suggested]).flatten().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let subjects: HashMap<_, _> = subjects(sql, &numbers)?.into_iter().collect();
    let sees = |number: &IncidentNumber| {
        subjects.get(number).is_some_and(|subject| scope.access(subject) == Access::Full)
    };
    let seen = |message: Message| {
        let hidden = |number: Option<IncidentNumber>| number.is_some_and(|number| !sees(&number));
        let restricted = hidden(message.number) || hidden(message.suggested);
        let message = match restricted {
            false => message,
            true => Message {
                number: None,
                suggested: None,
                sender: String::new(),
                recipients: vec![],
                message_id: None,
                from: None,
                subject: String::new(),
                reason: None,
                ..message
            },
        };
        Incoming { message, restricted }
    };
    Ok(found.into_iter().map(seen).collect())
}
