//! Bringing open incidents over to changed terms: one job a change, piece by piece and
//! between the commands of others. A job is a row; whoever has it keeps it for a while
//! and says how far it is, so that after a crash it goes on there.

use crate::{Desk, Trouble};
use incident::impact::{Subject, is_concerned};
use incident::{Command, Policy};
use kernel::{Actor, Channel, IncidentNumber, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use store::Failure;
use store::directory::recomputations::{self, Progress, Recomputation};

/// How often it is looked whether there is something to do.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Incidents read at once.
const PAGE_ROWS: usize = 512;
/// Commands that wait at the writer at once: others wait for no more.
const IN_FLIGHT_MAX: usize = 64;
/// For how long a job is taken. Who does not say that it goes on has gone.
const LEASE_SECONDS: i64 = 30;

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "open incidents wait for changed terms; trying again";
    let work = |desk: Desk| async move { desk.recompute_due().await };
    crate::every(desk, "recomputations", LOOK_EVERY, failing, work);
}

impl Desk {
    /// Does every job that is due and that nobody else has; how many.
    ///
    /// # Errors
    /// When nothing can be read or recorded at present; what was done stays done.
    pub async fn recompute_due(&self) -> Result<usize, Trouble> {
        let mut done = 0;
        loop {
            let waiting = self.read(recomputations::open).await?;
            self.metrics().recomputations.set(waiting);
            let now = self.now();
            if waiting == 0 || !self.read(move |sql| recomputations::is_due(sql, now)).await? {
                return Ok(done);
            }
            let mut until = lease(now);
            let claimed = self.write(move |sql| Ok(recomputations::claim(sql, now, until)?));
            let Some(job) = claimed.await? else { return Ok(done) };
            let (id, name) = (job.id, job.name.clone());
            match self.recompute(job, &mut until).await {
                Ok(true) => {
                    tracing::info!(%name, "open incidents follow changed terms");
                    done += 1;
                }
                // It took longer than it was taken for.
                Ok(false) => tracing::warn!(%name, "somebody else brings open incidents over"),
                Err(trouble) => {
                    // Others may have it at once.
                    self.write(move |sql| Ok(recomputations::release(sql, id, until)?)).await.ok();
                    return Err(trouble);
                }
            }
        }
    }

    /// Does a job that is taken until `until`, and takes it for longer on the way. False
    /// when somebody else has it meanwhile, who goes on where this one said it was.
    async fn recompute(&self, job: Recomputation, until: &mut Timestamp) -> Result<bool, Trouble> {
        let Recomputation { id, subject, mut progress, .. } = job;
        // Another node may have saved it, and the change not be heard of here yet.
        let known = self.policy();
        let load =
            move |sql: &mut dyn store::Sql| store::directory::policy::load_after(sql, Some(&known));
        let policy = Arc::new(self.read(load).await?);
        if progress.looked == 0 {
            let count = match subject {
                Subject::Rule(_) => store::incidents::count_unclosed,
                _ => store::incidents::count_open,
            };
            progress.total = self.read(count).await?;
        }
        loop {
            let page = self.page(&policy, subject, progress.position).await?;
            let Some(last) = page.last else { break };
            for numbers in page.concerned.chunks(IN_FLIGHT_MAX) {
                self.recompute_all(numbers, subject, &mut progress).await?;
            }
            progress.position = last.0;
            progress.looked += page.looked;
            progress.failed += page.damaged;
            self.metrics().recomputed.inc_by(page.looked.unsigned_abs());
            let leases = (*until, lease(self.now()));
            let said = move |sql: &mut dyn store::Sql| {
                Ok(recomputations::progress(sql, id, progress, leases)?)
            };
            if !self.write(said).await? {
                return Ok(false);
            }
            *until = leases.1;
        }
        let (now, until) = (self.now(), *until);
        self.write(move |sql| Ok(recomputations::finish(sql, id, now, until)?)).await
    }

    /// The next incidents, and which of them change: what is resolved is waited for, too,
    /// but has no clock that moves.
    async fn page(
        &self,
        policy: &Arc<Policy>,
        subject: Subject,
        after: i64,
    ) -> Result<Page, Trouble> {
        let (policy, now) = (policy.clone(), self.now());
        self.read(move |sql| {
            let after = IncidentNumber(after);
            let found = match subject {
                Subject::Rule(_) => store::incidents::unclosed_after(sql, after, PAGE_ROWS)?,
                _ => store::incidents::open_after(sql, after, PAGE_ROWS)?,
            };
            let mut page = Page { looked: found.len() as i64, ..Page::default() };
            for (number, state) in found {
                page.last = Some(number);
                match state {
                    Ok(state) if is_concerned(&state, number, subject, &policy, now) => {
                        page.concerned.push(number);
                    }
                    Ok(_) => {}
                    Err(failure) => {
                        page.damaged += 1;
                        tracing::error!(%failure, %number, "an incident keeps its terms");
                    }
                }
            }
            Ok(page)
        })
        .await
    }

    async fn recompute_all(
        &self,
        numbers: &[IncidentNumber],
        subject: Subject,
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let mut tickets = Vec::with_capacity(numbers.len());
        for number in numbers {
            let ask = self.ask_unlimited(Actor::system(), Channel::Timer).on(*number);
            tickets.push((*number, ask.submit(Command::Recompute { subject }).await?));
        }
        for (number, ticket) in tickets {
            match ticket.done().await {
                Ok(_) => progress.changed += 1,
                Err(trouble @ Trouble::Failed(Failure::Unavailable(_))) => return Err(trouble),
                Err(trouble) => {
                    progress.failed += 1;
                    tracing::warn!(%trouble, %number, "an incident keeps its terms");
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Page {
    last: Option<IncidentNumber>,
    looked: i64,
    /// Of those, how many cannot be read.
    damaged: i64,
    concerned: Vec<IncidentNumber>,
}

fn lease(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS)
}
