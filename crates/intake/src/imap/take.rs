//! Taking what is in a folder, message by message, and waiting for more.

use super::connect::{Signed, connect};
use super::{Failed, held_until, within};
use crate::arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
use async_imap::extensions::idle::IdleResponse;
use desk::Desk;
use futures_util::TryStreamExt;
use kernel::IntegrationId;
use std::time::Duration;
use store::directory::fetches::{self, Place};
use store::directory::integrations::{self, Imap, Secrets};
use store::messages::Door;
use tokio::sync::watch;

/// How long one command may take.
const COMMAND_WITHIN: Duration = Duration::from_secs(60);
/// How long fetching one message may take.
const MESSAGE_WITHIN: Duration = Duration::from_secs(600);
/// How long it is waited for news before it is looked anyway: some servers forget to tell.
const WAIT: Duration = Duration::from_secs(240);
/// How long it is waited where the server tells no news.
const PAUSE: Duration = Duration::from_secs(30);
/// Bytes of an answer that is no message: a list of many uids.
const ANSWER_BYTES: usize = 4 * 1_048_576;
/// Bytes around a message.
const AROUND_BYTES: usize = 65_536;
/// Messages that one round looks at; the next round goes on.
const ROUND: usize = 500;

/// A turn at a mailbox, from signing in until something fails or it must end.
pub(super) struct Turn {
    pub(super) desk: Desk,
    /// This node.
    pub(super) node: String,
    pub(super) mailbox: IntegrationId,
    pub(super) imap: Imap,
    pub(super) place: Place,
    pub(super) stop: watch::Receiver<bool>,
}

impl Turn {
    /// Fetches until something fails, or it must end.
    pub(super) async fn run(mut self, secrets: &Secrets) -> Result<(), Failed> {
        let (mut session, renewed) = connect(&self.imap, secrets).await?;
        if let Some(renewed) = renewed {
            let id = self.mailbox;
            self.desk.write(move |sql| Ok(integrations::set_secrets(sql, id, &renewed)?)).await?;
        }
        self.open(&mut session).await?;
        let known = within(COMMAND_WITHIN, "asking what the server can do", session.capabilities());
        let known = known.await?;
        let (tells, moves) = (known.has_str("IDLE"), known.has_str("MOVE"));
        loop {
            let all = self.take_all(&mut session, moves).await?;
            if self.must_end() || !self.holds().await? {
                break;
            }
            if all {
                let (id, now) = (self.mailbox, self.desk.now());
                self.desk.write(move |sql| Ok(fetches::went_well(sql, id, now)?)).await?;
                session = match tells {
                    true => self.wait_for_news(session).await?,
                    false => self.pause(session).await?,
                };
            }
            if self.must_end() {
                break;
            }
        }
        // Whatever it answers, it is over.
        let _over = tokio::time::timeout(COMMAND_WITHIN, session.logout()).await;
        Ok(())
    }

    fn must_end(&self) -> bool {
        *self.stop.borrow()
    }

    /// Opens the folder; one whose uids are another generation's begins anew.
    async fn open(&mut self, session: &mut Signed) -> Result<(), Failed> {
        session.as_mut().allow(ANSWER_BYTES);
        let opening = session.select(&self.imap.folder);
        let folder = within(COMMAND_WITHIN, "opening the folder", opening).await?;
        if folder.uid_validity.is_none() || folder.uid_validity != self.place.uid_validity {
            // Of what is there already, what somebody has seen is none of our business.
            let old_uid = folder.uid_next.map_or(u32::MAX, |next| next.saturating_sub(1));
            let uid_validity = folder.uid_validity;
            self.place = Place { uid_validity, old_uid, last_uid: 0, ..self.place.clone() };
        }
        if !self.holds().await? {
            return Err(Failed("another server fetches this mailbox".to_owned()));
        }
        Ok(())
    }

    /// Notes how far it is; whether this node may go on.
    async fn holds(&self) -> Result<bool, Failed> {
        let (id, node, place) = (self.mailbox, self.node.clone(), self.place.clone());
        let until = held_until(self.desk.now());
        let held = self.desk.write(move |sql| Ok(fetches::go_on(sql, id, &node, &place, until)?));
        Ok(held.await?)
    }

    /// Takes what is new, in order; whether that was all.
    async fn take_all(&mut self, session: &mut Signed, moves: bool) -> Result<bool, Failed> {
        let found = self.found(session).await?;
        let all = found.len() <= ROUND;
        for uid in found.into_iter().take(ROUND) {
            if self.must_end() {
                return Ok(false);
            }
            self.take(session, uid, moves).await?;
            self.place.last_uid = self.place.last_uid.max(uid);
            if !self.holds().await? {
                return Err(Failed("another server fetches this mailbox".to_owned()));
            }
        }
        Ok(all)
    }

    /// The uids of what is new, in rising order.
    async fn found(&self, session: &mut Signed) -> Result<Vec<u32>, Failed> {
        let Place { old_uid, last_uid, .. } = self.place;
        let mut found = vec![];
        if last_uid < old_uid {
            let old = format!("UID {}:{old_uid} UNSEEN UNDELETED", last_uid + 1);
            found.extend(search(session, &old).await?.into_iter().filter(|uid| *uid <= old_uid));
        }
        if old_uid < u32::MAX {
            let from = last_uid.max(old_uid).saturating_add(1);
            // The last message is always found, even where its uid is lower.
            let new = search(session, &format!("UID {from}:* UNDELETED")).await?;
            found.extend(new.into_iter().filter(|uid| *uid >= from));
        }
        found.retain(|uid| *uid > last_uid);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Keeps a message and says so there. One that cannot be taken is left where it is.
    async fn take(&self, session: &mut Signed, uid: u32, moves: bool) -> Result<(), Failed> {
        session.as_mut().allow(ANSWER_BYTES);
        let raw = match size(session, uid).await? {
            // Somebody was faster.
            None => return Ok(()),
            Some(bytes) if bytes as usize > MESSAGE_BYTES => {
                return self.refuse(uid, "it is too large").await;
            }
            Some(bytes) => {
                session.as_mut().allow(bytes as usize + AROUND_BYTES);
                within(MESSAGE_WITHIN, "fetching a message", body(session, uid)).await?
            }
        };
        let Some(raw) = raw else { return Ok(()) };
        let arrived = Arrived {
            mailbox: Some(self.mailbox),
            door: Door::Imap,
            sender: String::new(),
            recipients: vec![],
            raw,
        };
        match accept(&self.desk, arrived).await {
            Ok(_) => {}
            Err(NotAccepted::Trouble(trouble)) => return Err(trouble.into()),
            Err(bad) => return self.refuse(uid, &bad.to_string()).await,
        }
        session.as_mut().allow(ANSWER_BYTES);
        let tell = within(COMMAND_WITHIN, "marking a message", self.mark(session, uid, moves));
        if let Err(failed) = tell.await {
            // It is kept; that is what counts.
            tracing::warn!(%failed, uid, "a message that was fetched could not be marked or moved");
        }
        Ok(())
    }

    async fn refuse(&self, uid: u32, why: &str) -> Result<(), Failed> {
        tracing::warn!(uid, why, "a message is left in its folder");
        let id = self.mailbox;
        Ok(self.desk.write(move |sql| Ok(fetches::refused(sql, id)?)).await?)
    }

    async fn mark(&self, session: &mut Signed, uid: u32, moves: bool) -> Result<(), Failed> {
        let uid = uid.to_string();
        let Some(to) = &self.imap.move_to else {
            return flag(session, &uid, "\\Seen").await;
        };
        flag(session, &uid, "\\Seen").await?;
        if moves {
            return Ok(session.uid_mv(&uid, to).await?);
        }
        session.uid_copy(&uid, to).await?;
        flag(session, &uid, "\\Deleted").await
    }

    /// Waits until the server tells of something, or long enough.
    async fn wait_for_news(&mut self, mut session: Signed) -> Result<Signed, Failed> {
        session.as_mut().allow(ANSWER_BYTES);
        let mut idle = session.idle();
        within(COMMAND_WITHIN, "waiting for news", idle.init()).await?;
        {
            let (news, _interrupt) = idle.wait_with_timeout(WAIT);
            tokio::select! {
                heard = news => match heard? {
                    // The line ended.
                    IdleResponse::ManualInterrupt => return Err(Failed("the server hung up".to_owned())),
                    IdleResponse::Timeout | IdleResponse::NewData(_) => {}
                },
                _ = self.stop.wait_for(|stop| *stop) => {}
            }
        }
        within(COMMAND_WITHIN, "waiting for news", idle.done()).await
    }

    async fn pause(&mut self, mut session: Signed) -> Result<Signed, Failed> {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = self.stop.wait_for(|stop| *stop) => return Ok(session),
        }
        session.as_mut().allow(ANSWER_BYTES);
        within(COMMAND_WITHIN, "asking for news", session.noop()).await?;
        Ok(session)
    }
}

async fn search(session: &mut Signed, wanted: &str) -> Result<Vec<u32>, Failed> {
    session.as_mut().allow(ANSWER_BYTES);
    let found = within(COMMAND_WITHIN, "searching", session.uid_search(wanted)).await?;
    Ok(found.into_iter().collect())
}

/// How long a message is; nothing when it is not there any more.
async fn size(session: &mut Signed, uid: u32) -> Result<Option<u32>, Failed> {
    let asked = async {
        let answers = session.uid_fetch(uid.to_string(), "(UID RFC822.SIZE)").await?;
        answers.try_collect::<Vec<_>>().await
    };
    let answers = within(COMMAND_WITHIN, "asking for the size of a message", asked).await?;
    Ok(answers.iter().find(|answer| answer.uid == Some(uid)).and_then(|answer| answer.size))
}

async fn body(session: &mut Signed, uid: u32) -> Result<Option<Vec<u8>>, Failed> {
    let answers = session.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])").await?;
    let answers: Vec<_> = answers.try_collect().await?;
    let found = answers.iter().find(|answer| answer.uid == Some(uid));
    Ok(found.and_then(|answer| answer.body()).map(<[u8]>::to_vec))
}

async fn flag(session: &mut Signed, uid: &str, flag: &str) -> Result<(), Failed> {
    let answers = session.uid_store(uid, format!("+FLAGS.SILENT ({flag})")).await?;
    answers.try_collect::<Vec<_>>().await?;
    Ok(())
}
