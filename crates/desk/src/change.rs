//! Changing configuration and people: plain versioned rows, each change with an
//! audit entry in the same transaction.

use crate::{Desk, Trouble, writer};
use incident::Policy;
use incident::policy::Agreement;
use kernel::{Actor, ActorKind, AgreementId, PersonId, Timestamp};
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::directory::audit::{Entry, record};
use store::{Coming, Failure, Finding, Found, Once, Sql};
use tokio::sync::oneshot;

/// How long it is believed that something can, or cannot, be written.
const PROBED_FOR: Duration = Duration::from_secs(5);

/// Somebody at the command line of the machine, for the audit.
pub fn command_line() -> Actor {
    Actor { kind: ActorKind::System, id: String::new(), name: "command line".to_owned() }
}

/// Writes audit entries within a change.
pub struct Audit {
    actor: Actor,
    now: Timestamp,
    in_force: Arc<Policy>,
}

impl Audit {
    /// The instant of the change.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Who makes the change, if it is a person.
    pub(crate) fn by(&self) -> Option<PersonId> {
        self.actor.person_id()
    }

    /// The policy as this transaction finds or leaves it.
    pub(crate) fn policy(&self, sql: &mut dyn Sql) -> Result<Policy, Failure> {
        store::directory::policy::load_after(sql, Some(&self.in_force))
    }

    /// Records that something came to be.
    pub fn created(
        &self,
        sql: &mut dyn Sql,
        subject: &str,
        id: impl ToString,
        after: &impl Serialize,
    ) -> Result<(), Failure> {
        record(sql, &Entry::new(self.now, &self.actor, "created", subject, id).after(after))
    }

    /// Records how something was before and after.
    pub fn changed(
        &self,
        sql: &mut dyn Sql,
        subject: &str,
        id: impl ToString,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<(), Failure> {
        record(
            sql,
            &Entry::new(self.now, &self.actor, "changed", subject, id).before(before).after(after),
        )
    }

    /// Records what is no more.
    pub fn deleted(
        &self,
        sql: &mut dyn Sql,
        subject: &str,
        id: impl ToString,
        before: &impl Serialize,
    ) -> Result<(), Failure> {
        record(sql, &Entry::new(self.now, &self.actor, "deleted", subject, id).before(before))
    }
}

impl Desk {
    /// Changes configuration or people: all of `f` or nothing, with its audit.
    /// Everybody sees it in force when this answers.
    pub fn change<T: Send + 'static>(
        &self,
        actor: Actor,
        f: impl FnOnce(&mut dyn Sql, &Audit) -> Result<T, Trouble> + Send + 'static,
    ) -> Coming<T, Trouble> {
        Coming::of(self.changing(actor, Box::new(move |sql, audit| Ok(Box::new(f(sql, audit)?)))))
    }

    fn changing(&self, actor: Actor, change: Box<Change>) -> Finding<Trouble> {
        let desk = self.clone();
        Box::pin(async move {
            let audit = Audit { actor, now: desk.now(), in_force: desk.policy() };
            desk.on_the_writer(Box::new(move |writer| {
                changed_in_transaction(writer, audit, change)
            }))
            .await
        })
    }

    /// Writes what is neither an incident nor configuration: drafts, sessions, housekeeping.
    pub fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn Sql) -> Result<T, Trouble> + Send + 'static,
    ) -> Coming<T, Trouble> {
        Coming::of(self.writing(Box::new(move |sql| Ok(Box::new(f(sql)?)))))
    }

    fn writing(&self, write: Box<Write>) -> Finding<Trouble> {
        let desk = self.clone();
        Box::pin(async move {
            desk.on_the_writer(Box::new(move |writer| Ok((in_transaction(writer, write)?, None))))
                .await
        })
    }

    /// As [`Desk::write`], in one transaction with others of its kind that wait at the same
    /// time: for what many do at once. It may be done again when one of the others fails.
    pub async fn write_together<T: Send + 'static>(
        &self,
        f: impl Fn(&mut dyn Sql) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Trouble> {
        self.write_bytes_together(0, f).await
    }

    /// As [`Desk::write_together`], of so many bytes: the more they are, the fewer share one
    /// transaction.
    pub async fn write_bytes_together<T: Send + 'static>(
        &self,
        bytes: usize,
        f: impl Fn(&mut dyn Sql) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.0.writer.shared(Box::new(writer::Shared::new(bytes, f, reply))).await?;
        answer.await.unwrap_or_else(|_| Err(writer::ending()))
    }

    /// Whether something can be written, within `patience`. Tried at most every few
    /// seconds, however often it is asked.
    pub async fn can_write(&self, patience: Duration) -> bool {
        let mut last = self.0.probed.lock().await;
        if let Some((at, can)) = *last
            && at.elapsed() < PROBED_FOR
        {
            return can;
        }
        let probe = self.write(|sql| Ok(store::probe(sql)?));
        let can = matches!(tokio::time::timeout(patience, probe).await, Ok(Ok(())));
        *last = Some((Instant::now(), can));
        can
    }

    /// Writes something that nobody waits for and that may be left out when too much waits.
    pub(crate) fn write_later(
        &self,
        what: &'static str,
        f: impl FnOnce(&mut dyn Sql) -> Result<(), Failure> + Send + 'static,
    ) {
        self.0.writer.change_if_room(Box::new(move |writer: &mut store::Writer| {
            if let Err(failure) = writer.transaction(f) {
                tracing::warn!(%failure, "{what} was not written down");
            }
        }));
    }

    async fn on_the_writer(&self, work: Box<OnTheWriter>) -> Result<Found, Trouble> {
        let (reply, answer) = oneshot::channel();
        let desk = Arc::downgrade(&self.0);
        let change = Box::new(move |connection: &mut store::Writer| {
            let done =
                writer::catch(connection, work).unwrap_or_else(|failure| Err(failure.into()));
            let done = done.map(|(found, policy)| {
                if let (Some(policy), Some(inner)) = (policy, desk.upgrade()) {
                    // In force before the caller hears that it is done.
                    Desk(inner).set_policy(Arc::new(policy));
                }
                found
            });
            drop(reply.send(done));
        });
        self.0.writer.change(change).await?;
        answer.await.unwrap_or_else(|_| Err(writer::ending()))
    }
}

/// What something on the writer came to, and the policy that is in force after it, if it changed.
type Done = Result<(Found, Option<Policy>), Trouble>;

/// What is done with the writer's connection.
type OnTheWriter = dyn FnOnce(&mut store::Writer) -> Done + Send;

/// What changes configuration or people.
type Change = dyn FnOnce(&mut dyn Sql, &Audit) -> Result<Found, Trouble> + Send;

/// What writes anything else.
type Write = dyn FnOnce(&mut dyn Sql) -> Result<Found, Trouble> + Send;

/// A change with what belongs to each.
fn changed_in_transaction(
    writer: &mut store::Writer,
    mut audit: Audit,
    change: Box<Change>,
) -> Done {
    in_transaction(writer, |sql| {
        // Before anything is read: what another node changes meanwhile waits.
        store::incidents::lock_head(sql)?;
        if store::directory::policy::version(sql)? != audit.in_force.version {
            audit.in_force = Arc::new(audit.policy(sql)?);
        }
        let found = change(sql, &audit)?;
        store::directory::policy::bump(sql)?;
        let policy = audit.policy(sql)?;
        crate::rules::follow_mended(sql, &audit, (&audit.in_force, &policy))?;
        Ok((found, Some(policy)))
    })
}

/// A refusal inside a transaction rolls it back and reaches the caller as it is.
fn in_transaction<T>(
    writer: &mut store::Writer,
    f: impl FnOnce(&mut dyn Sql) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut once = Once::of(f);
    work_in_transaction(writer, &mut |sql| {
        if let Some(work) = once.take() {
            once.keep(work(sql)?);
        }
        Ok(())
    })?;
    once.value().map_err(Trouble::from)
}

fn work_in_transaction(
    writer: &mut store::Writer,
    work: &mut dyn FnMut(&mut dyn Sql) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut refused = None;
    let done = writer.transaction(|sql| match work(sql) {
        Ok(()) => Ok(()),
        Err(Trouble::Failed(failure)) => Err(failure),
        Err(trouble) => {
            refused = Some(trouble);
            Err(Failure::Statement("rolled back".to_owned()))
        }
    });
    match (done, refused) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(trouble)) => Err(trouble),
        (Err(failure), None) => Err(failure.into()),
    }
}

/// Gives a fresh store its standard agreement, and loads what is in force.
pub(crate) fn furnish(sql: &mut dyn Sql, now: Timestamp) -> Result<Policy, Failure> {
    // Of several nodes that open it at once, one furnishes.
    store::incidents::lock_head(sql)?;
    if store::directory::agreements::all(sql)?.is_empty() {
        let agreement = Agreement::standard(AgreementId(crate::fresh()));
        store::directory::agreements::insert(sql, &agreement, now)?;
    }
    store::directory::policy::load(sql)
}
