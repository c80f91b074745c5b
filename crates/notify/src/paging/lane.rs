//! One page on its way, and what came of it.

use super::channels::{Taken, To};
use super::{Pager, letter, words};
use desk::Trouble;
use incident::reach::PageChannel;
use store::directory::{integrations, letters, told_how};
use store::pages::send::{self, Page, Wrong};

/// What an attempt came to.
enum Came {
    /// A provider took it.
    Sent(Taken),
    /// It did not.
    Failed(Wrong),
    /// They may not see what it is about: nobody is reached by it, and their way is none the worse.
    Barred,
    /// It is not needed any more.
    CalledOff(&'static str),
    /// It was not attempted: nothing counted.
    NotTried,
}

impl Came {
    /// As figures call it; nothing where nothing was attempted.
    fn result(&self) -> Option<&'static str> {
        match self {
            Came::Sent(_) => Some("sent"),
            Came::Failed(_) | Came::Barred => Some("failed"),
            Came::CalledOff(_) => Some("called_off"),
            Came::NotTried => None,
        }
    }
}

impl Pager {
    /// Attempts a page and records what came of it.
    pub(super) async fn bring(&self, page: Page) {
        let came = match self.attempt(&page).await {
            Ok(came) => came,
            Err(Trouble::Failed(failure @ store::Failure::Unavailable(_))) => {
                tracing::warn!(page = %page.id, %failure, "a page waits for the database");
                Came::NotTried
            }
            // What is damaged in one must not keep the others.
            Err(trouble) => Came::Failed(Wrong::Now(format!("it could not be written: {trouble}"))),
        };
        if let Err(trouble) = self.record(&page, came).await {
            tracing::warn!(page = %page.id, %trouble, "what came of a page could not be recorded; it may arrive twice");
        }
    }

    async fn attempt(&self, page: &Page) -> Result<Came, Trouble> {
        let Some(paged) = self.desk.paged(page.id).await? else {
            return Ok(Came::Barred);
        };
        if let Some(why) = paged.is_over() {
            return Ok(Came::CalledOff(why));
        }
        let seals = self.desk.seals().await?;
        let policy = self.desk.policy();
        let person = page.person;
        let preferences = self.desk.read(move |sql| told_how::get(sql, person)).await;
        let edited = match page.channel {
            PageChannel::Email => self.desk.read(|sql| letters::of_kind(sql, letter::KIND)).await,
            _ => Ok(vec![]),
        };
        // What cannot be read keeps no page; it says less then, or says it in our words.
        let edited = edited.unwrap_or_default();
        let mail_is_answered = page.channel == PageChannel::Email && self.mail_is_answered().await;
        let around = words::Around {
            policy: &policy,
            seals: &seals,
            public_url: self.providers.public_url.as_deref(),
            sms_is_answered: self.providers.sms_is_answered(),
            mail_is_answered,
            edited: &edited,
            push_words: preferences.is_ok_and(|preferences| preferences.push_words),
            now: self.desk.now(),
        };
        let message = words::page(&paged, &around);
        let to = To { channel: page.channel, address: &page.address, person: page.person };
        Ok(match self.deliver(to, &message).await {
            Ok(taken) => Came::Sent(taken),
            Err(wrong) => Came::Failed(without(wrong, &page.address)),
        })
    }

    /// Whether a mailbox takes what is sent to the sender of pages. What cannot be read keeps none.
    async fn mail_is_answered(&self) -> bool {
        let Some(smtp) = &self.providers.smtp else { return false };
        let from = smtp.from().email.to_string();
        let read = move |sql: &mut dyn store::Sql| {
            let mailboxes = integrations::mailboxes(sql)?;
            Ok(integrations::addressed(&mailboxes, &from).is_some())
        };
        self.desk.read(read).await.unwrap_or(false)
    }

    async fn record(&self, page: &Page, came: Came) -> Result<(), Trouble> {
        let (page, now) = (page.clone(), self.desk.now());
        let (id, number, channel) = (page.id, page.number, page.channel);
        if let Some(result) = came.result() {
            self.desk.metrics().paging().attempted(channel.as_str(), result);
        }
        match came {
            Came::Sent(Taken { reference }) => {
                self.figures.sent.inc();
                tracing::info!(page = %id, %number, %channel, "somebody was paged");
                let sent = move |sql: &mut dyn store::Sql| {
                    Ok(send::sent(sql, &page, reference.as_deref(), now)?)
                };
                self.desk.write(sent).await
            }
            Came::CalledOff(why) => {
                self.figures.called_off.inc();
                self.desk.write(move |sql| Ok(send::call_off(sql, id, why)?)).await
            }
            Came::NotTried => self.desk.write(move |sql| Ok(send::let_go(sql, id)?)).await,
            Came::Failed(wrong) => self.failed(page, wrong).await,
            Came::Barred => {
                let wrong = Wrong::Ever("they may not see the incident".to_owned());
                self.failed(Page { contact: None, ..page }, wrong).await
            }
        }
    }

    async fn failed(&self, page: Page, wrong: Wrong) -> Result<(), Trouble> {
        let (id, number, channel, now) = (page.id, page.number, page.channel, self.desk.now());
        self.desk.metrics().pages_failed.inc();
        let error = in_words(wrong.clone());
        let failed = move |sql: &mut dyn store::Sql| Ok(send::failed(sql, &page, &wrong, now)?);
        let fell = self.desk.write(failed).await?;
        tracing::warn!(page = %id, %number, %channel, error, falls_through = fell.to.is_some(), "a page was not taken");
        if fell.reached_nobody {
            self.desk.metrics().pages_reached_nobody.inc();
            tracing::error!(page = %id, %number, "no way to a person who was paged is left");
        }
        Ok(())
    }
}

/// Characters of a part of an address that tell nobody anything.
const TELLS_NOTHING_CHARS: usize = 5;

/// An error without the address, which providers like to repeat: whoever reads errors need not
/// know numbers of people and secrets of rooms.
pub(super) fn without(wrong: Wrong, address: &str) -> Wrong {
    let digits = address.strip_prefix('+');
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let parts = [Some(address), digits, path.map(|(_, path)| path)];
    let clean = |mut error: String| {
        for part in parts.into_iter().flatten().filter(|part| part.len() > TELLS_NOTHING_CHARS) {
            error = error.replace(part, "(the address)");
        }
        error
    };
    match wrong {
        Wrong::Now(error) => Wrong::Now(clean(error)),
        Wrong::Ever(error) => Wrong::Ever(clean(error)),
    }
}

/// An error as people read it.
pub(super) fn in_words(wrong: Wrong) -> String {
    match wrong {
        Wrong::Now(error) | Wrong::Ever(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_do_not_tell_where_somebody_is_reached() {
        let number = "+49301234567";
        for said in ["it answers with 400: '+49301234567' is no", "no route to 49301234567"] {
            let Wrong::Ever(said) = without(Wrong::Ever(said.to_owned()), number) else { panic!() };
            assert!(!said.contains("1234567") && said.contains("(the address)"), "{said}");
        }
        let room = "https://chat.example/hooks/secret";
        let said = "it answers with 404: no hooks/secret at chat.example".to_owned();
        assert_eq!(
            without(Wrong::Now(said), room),
            Wrong::Now("it answers with 404: no (the address) at chat.example".to_owned())
        );
    }
}
