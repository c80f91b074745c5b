//! Letters to lists and subscribers: announcements become letters some at a time, and leave
//! beside those to people.

use super::writing::Ready;
use super::{Courier, Ledger, Next, Options, TAKEN_ROWS, TAKEN_SECONDS};
use crate::message::{Envelope, message};
use crate::outside::{self as told, Material, Silence};
use desk::Trouble;
use desk::seals::{OutsideMessage, Seals};
use kernel::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use store::deliveries::Outcome;
use store::outside::{self, Outside, SPREAD_ROWS};
use store::subscribers::{self, SubscriberKind};
use store::{Failure, Sql};

/// What a letter is made of, why there is nothing to tell, or why it cannot be read.
type Found = Result<Result<Material, Silence>, Failure>;

impl Courier {
    /// Makes letters of what was announced, some; whether there was anything.
    pub(super) async fn spread_outside(&self, now: Timestamp) -> Result<bool, Trouble> {
        let due = self.desk.read(move |sql| outside::is_announced(sql, now)).await?;
        if !due {
            return Ok(false);
        }
        self.desk.write(move |sql| Ok(outside::spread(sql, now, SPREAD_ROWS)?)).await
    }

    /// Notices planned work that was saved, and forgets whoever did not confirm and what was told
    /// long ago.
    pub(super) async fn tidy_outside(&self, now: Timestamp) -> Result<(), Trouble> {
        let untidy = self.desk.read(move |sql| {
            Ok(subscribers::is_untidy(sql, now)?
                || outside::is_untidy(sql, now)?
                || outside::are_windows_untold(sql)?)
        });
        if untidy.await? {
            let tidy = move |sql: &mut dyn Sql| {
                subscribers::tidy(sql, now)?;
                outside::tidy(sql, now)?;
                outside::follow_windows(sql, now)?;
                Ok(())
            };
            self.desk.write(tidy).await?;
        }
        Ok(())
    }

    /// Sends some of the letters that are due to lists and subscribers; nothing when none are.
    pub(super) async fn send_outside(&self, options: &Options) -> Result<Option<Next>, Trouble> {
        let (taken_at, now) = (Instant::now(), self.desk.now());
        let seals = self.desk.seals().await?;
        let letters = self.take_outside(options, &seals, now).await?;
        if letters.is_empty() {
            return Ok(None);
        }
        let found = self.read_outside(options, letters, now).await?;
        let (mut ready, mut ended) = (Vec::new(), Vec::new());
        for (letter, found) in found {
            let id = letter.id;
            let write = || write(options, &seals, &letter, found, now);
            // What is damaged in one must not keep the others.
            let failed = |_| Err(Outcome::Failed("the letter could not be written".to_owned()));
            match catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(failed) {
                Ok(message) => ready.push(Ready { ids: vec![id], number: None, message }),
                Err(outcome) => ended.push((id, outcome)),
            }
        }
        if !ended.is_empty() {
            self.settle_in(Ledger::Outside, ended).await?;
        }
        if ready.is_empty() {
            return Ok(Some(Next::More));
        }
        self.send_all(options, ready, taken_at, Ledger::Outside).await.map(Some)
    }

    async fn take_outside(
        &self,
        options: &Options,
        seals: &Seals,
        now: Timestamp,
    ) -> Result<Vec<Outside>, Trouble> {
        let due = self.desk.read(move |sql| outside::is_due(sql, SubscriberKind::Mail, now));
        if !due.await? {
            return Ok(vec![]);
        }
        let (seals, domain) = (seals.clone(), options.smtp.domain().to_owned());
        self.desk
            .write(move |sql| {
                let name = |letter: &Outside| {
                    let (letter, asked_at) = (letter.id, letter.created_at);
                    seals.outside_message_id(OutsideMessage { letter, asked_at }, &domain)
                };
                let time = (now, now.plus_seconds(TAKEN_SECONDS));
                Ok(outside::claim(sql, SubscriberKind::Mail, time, TAKEN_ROWS, &name)?)
            })
            .await
    }

    async fn read_outside(
        &self,
        options: &Options,
        letters: Vec<Outside>,
        now: Timestamp,
    ) -> Result<Vec<(Outside, Found)>, Trouble> {
        let public_url = options.public_url.clone();
        self.desk
            .read(move |sql| {
                let mut found = Vec::with_capacity(letters.len());
                let mut known = told::Known::default();
                for letter in letters {
                    // What is damaged in one must not keep the others.
                    let read = || told::read(sql, &letter, (public_url.as_str(), now), &mut known);
                    let read = match catch_unwind(AssertUnwindSafe(read)) {
                        Ok(Err(failure @ Failure::Unavailable(_))) => return Err(failure),
                        Ok(read) => read,
                        Err(panic) => Err(Failure::of_panic(panic)),
                    };
                    found.push((letter, read));
                }
                Ok(found)
            })
            .await
    }
}

fn write(
    options: &Options,
    seals: &Seals,
    told: &Outside,
    found: Found,
    now: Timestamp,
) -> Result<lettre::Message, Outcome> {
    let found = found.map_err(|failure| Outcome::Failed(failure.to_string()))?;
    let material = found.map_err(|why| Outcome::Withdrawn(why.to_owned()))?;
    let (letter, unsubscribe) = told::letter(told, &material, seals);
    let envelope = Envelope {
        from: options.smtp.from(),
        name: "",
        address: &told.address,
        message_id: told.message_id.as_deref().unwrap_or_default(),
        thread: None,
        unsubscribe: unsubscribe.as_deref(),
        at: now,
    };
    message(&letter, &envelope).map_err(Outcome::Refused)
}
