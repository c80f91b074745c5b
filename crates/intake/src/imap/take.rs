//! Taking what is in a folder, message by message, and waiting for more.

use super::ask::{flag, is_there, search, tell};
use super::connect::{Sign, Signed, connect};
use super::{Failed, held_until, within};
use crate::arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
use crate::room::{Held, Room};
use async_imap::extensions::idle::IdleResponse;
use desk::Desk;
use kernel::IntegrationId;
use std::time::Duration;
use store::directory::fetches::{self, Place};
use store::directory::integrations::Imap;
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
/// Turns that fail at the same message before it is asked whether others can be had.
const STUCK_TURNS: u32 = 5;
/// Others that are asked for, one each turn.
const OTHERS: usize = 10;

/// A turn at a mailbox, from signing in until something fails or it must end.
pub(super) struct Turn {
    pub(super) desk: Desk,
    /// This node.
    pub(super) node: String,
    pub(super) mailbox: IntegrationId,
    pub(super) imap: Imap,
    pub(super) place: Place,
    pub(super) room: Room,
    pub(super) stop: watch::Receiver<bool>,
    /// The message that the server is being asked for, which it fails at if it fails now.
    pub(super) at_uid: Option<u32>,
    /// Whether another turn is to begin, on another line.
    pub(super) over: bool,
}

impl Turn {
    /// Fetches until something fails, or it must end.
    pub(super) async fn run(&mut self, sign: Sign) -> Result<(), Failed> {
        let mut stop = self.stop.clone();
        let mut session = tokio::select! {
            session = connect(&self.imap, sign) => session?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
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
                let (id, node, now) = (self.mailbox, self.node.clone(), self.desk.now());
                self.desk.write(move |sql| Ok(fetches::went_well(sql, id, &node, now)?)).await?;
                self.place.stuck = None;
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
        self.over || *self.stop.borrow()
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
        if let Some(first) = found.first().copied() {
            self.pass_stuck(session, first, &found[1..], moves).await?;
        }
        let found = found.into_iter().filter(|uid| *uid > self.place.last_uid);
        let found: Vec<u32> = found.collect();
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

    /// Leaves a message where it is at which turn after turn fails, if another one can be had
    /// meanwhile. If none can, the server has a bad day and the message is as good as any.
    async fn pass_stuck(
        &mut self,
        session: &mut Signed,
        first: u32,
        others: &[u32],
        moves: bool,
    ) -> Result<(), Failed> {
        let stuck = self.place.stuck.filter(|stuck| stuck.uid == first);
        let Some(stuck) = stuck.filter(|stuck| stuck.turns >= STUCK_TURNS) else { return Ok(()) };
        let turn = usize::try_from(stuck.turns - STUCK_TURNS).unwrap_or_default();
        let Some(other) = others.get(turn % others.len().clamp(1, OTHERS)) else { return Ok(()) };
        // What fails now still counts for the first.
        self.at_uid = Some(first);
        if !self.take_at(session, *other, moves).await? {
            return Ok(());
        }
        if let Err(failed) = self.take_at(session, first, moves).await {
            if self.at_uid.is_none() {
                return Err(failed);
            }
            self.refuse(first, &failed.to_string()).await?;
            // The line may be broken.
            self.over = true;
        }
        (self.at_uid, self.place.last_uid, self.place.stuck) = (None, first, None);
        self.holds().await.map(drop)
    }

    /// The uids of what is new, in rising order.
    async fn found(&self, session: &mut Signed) -> Result<Vec<u32>, Failed> {
        let Place { old_uid, last_uid, .. } = self.place;
        let mut found = vec![];
        if last_uid < old_uid {
            let old = format!("UID {}:{old_uid} UNSEEN UNDELETED", last_uid + 1);
            found.extend(searched(session, &old).await?.into_iter().filter(|uid| *uid <= old_uid));
        }
        if old_uid < u32::MAX {
            let from = last_uid.max(old_uid).saturating_add(1);
            // The last message is always found, even where its uid is lower.
            let new = searched(session, &format!("UID {from}:* UNDELETED")).await?;
            found.extend(new.into_iter().filter(|uid| *uid >= from));
        }
        found.retain(|uid| *uid > last_uid);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Keeps a message and says so there. One that cannot be taken is left where it is.
    async fn take(&mut self, session: &mut Signed, uid: u32, moves: bool) -> Result<(), Failed> {
        self.at_uid = Some(uid);
        self.take_at(session, uid, moves).await?;
        self.at_uid = None;
        Ok(())
    }

    /// The same; whether it was kept.
    async fn take_at(
        &mut self,
        session: &mut Signed,
        uid: u32,
        moves: bool,
    ) -> Result<bool, Failed> {
        session.as_mut().allow(ANSWER_BYTES);
        let asked = tell(session, uid, "RFC822.SIZE");
        let told = within(COMMAND_WITHIN, "asking for the size of a message", asked).await?;
        let Some(size) = told.size else {
            return missing(session, uid).await.map(|()| false);
        };
        if size as usize > MESSAGE_BYTES {
            return self.refuse(uid, "it is too large").await.map(|()| false);
        }
        let held = self.make_room(size as usize).await?;
        // Some servers only estimate how long a message is.
        session.as_mut().allow(MESSAGE_BYTES + AROUND_BYTES);
        let asked = tell(session, uid, "BODY.PEEK[]");
        let told = within(MESSAGE_WITHIN, "fetching a message", asked).await?;
        session.as_mut().allow(ANSWER_BYTES);
        let Some(raw) = told.body else {
            return missing(session, uid).await.map(|()| false);
        };
        let arrived = Arrived {
            mailbox: Some(self.mailbox),
            door: Door::Imap,
            sender: String::new(),
            recipients: vec![],
            raw,
            own_bytes: 0,
        };
        match accept(&self.desk, arrived).await {
            Ok(_) => {}
            Err(NotAccepted::Trouble(trouble)) => return Err(self.ours(trouble.into())),
            Err(bad) => return self.refuse(uid, &bad.to_string()).await.map(|()| false),
        }
        drop(held);
        let tell = within(COMMAND_WITHIN, "marking a message", self.mark(session, uid, moves));
        if let Err(failed) = tell.await {
            // It is kept; that is what counts.
            tracing::warn!(%failed, uid, "a message that was fetched could not be marked or moved");
        }
        Ok(true)
    }

    async fn make_room(&mut self, bytes: usize) -> Result<Held, Failed> {
        let mut held = Held::default();
        match self.room.make(&mut held, bytes).await {
            true => Ok(held),
            false => Err(self.ours(Failed("too much mail comes at once".to_owned()))),
        }
    }

    /// What failed here says nothing about the message.
    fn ours(&mut self, failed: Failed) -> Failed {
        self.at_uid = None;
        failed
    }

    async fn refuse(&mut self, uid: u32, why: &str) -> Result<(), Failed> {
        tracing::warn!(uid, why, "a message is left in its folder");
        let (id, node) = (self.mailbox, self.node.clone());
        let noted = self.desk.write(move |sql| Ok(fetches::refused(sql, id, &node)?)).await;
        noted.map_err(|trouble| self.ours(trouble.into()))
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

/// Nothing was told of a message: that is good only if it is not there any more.
async fn missing(session: &mut Signed, uid: u32) -> Result<(), Failed> {
    match within(COMMAND_WITHIN, "looking for a message", is_there(session, uid)).await? {
        false => Ok(()),
        true => Err(Failed(format!("the server has message {uid}, but does not give it"))),
    }
}

async fn searched(session: &mut Signed, wanted: &str) -> Result<Vec<u32>, Failed> {
    session.as_mut().allow(ANSWER_BYTES);
    within(COMMAND_WITHIN, "searching", search(session, wanted)).await
}
