//! Programs that subscribed to the status page: signed JSON as Standard Webhooks say, to
//! addresses that anybody may have named and that are therefore judged apart.

use super::client::{Outgoing, Reply};
use super::{Postman, sign};
use crate::outside::{self as told, Material, News};
use desk::Trouble;
use desk::seals::{Asking, Seals};
use hyper::Method;
use kernel::{Outward, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::deliveries::Outcome;
use store::directory::webhooks::Secrets;
use store::outside::{self, Outside};
use store::subscribers::{self, Ended, Subscriber, SubscriberKind};
use tokio::task::JoinSet;

/// Messages on their way to such programs at once.
const AT_ONCE: i64 = 16;
/// How long one attempt may take, from looking up the name to the end of the answer.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(10);
/// Seconds a message is taken for: much longer than an attempt.
const TAKEN_SECONDS: i64 = 60;
/// The status by which another end says that it wants nothing more, ever.
const GONE: u16 = 410;

/// What came of an attempt.
struct Came {
    outcome: Outcome,
    /// The asking that the program confirmed by its answer.
    confirmed: Option<Asking>,
    /// Whether it wants nothing more, ever.
    gone: bool,
}

impl Came {
    fn of(outcome: Outcome) -> Self {
        Came { outcome, confirmed: None, gone: false }
    }
}

impl Postman {
    /// Sends what is due to programs that subscribed, unless somebody does already.
    pub(super) fn open_outside(self: &Arc<Self>, lanes: &mut JoinSet<()>) {
        if self.outside.try_lock().is_err() {
            return;
        }
        let postman = self.clone();
        lanes.spawn(desk::boxed(async move {
            if let Err(trouble) = postman.tell_subscribers().await {
                tracing::warn!(%trouble, "programs that subscribed wait for the database");
            }
        }));
    }

    /// Sends what is due to programs that subscribed, until nothing is. As soon as one has ended
    /// the next is taken: a program that is slow keeps no other waiting.
    pub(super) async fn tell_subscribers(self: &Arc<Self>) -> Result<(), Trouble> {
        let Ok(_alone) = self.outside.try_lock() else { return Ok(()) };
        let mut sending = JoinSet::new();
        loop {
            let room = AT_ONCE - sending.len() as i64;
            for message in self.take_outside(room).await? {
                let postman = self.clone();
                sending.spawn(desk::boxed(async move {
                    let came = postman.attempt_outside(&message).await;
                    (message, came)
                }));
            }
            let Some(first) = sending.join_next().await else { return Ok(()) };
            let mut ended = Some(first);
            while let Some(done) = ended {
                match done {
                    Ok((message, came)) => self.record_outside(message, came).await?,
                    // It is attempted again when its time is over.
                    Err(error) => tracing::error!(%error, "a message to a subscriber failed"),
                }
                ended = sending.try_join_next();
            }
        }
    }

    /// Takes so many messages that are due at most; none when the program is to end.
    async fn take_outside(&self, room: i64) -> Result<Vec<Outside>, Trouble> {
        if *self.stopped.borrow() {
            return Ok(vec![]);
        }
        let now = self.desk.now();
        let due = self.desk.read(move |sql| outside::is_due(sql, SubscriberKind::Webhook, now));
        if !due.await? {
            return Ok(vec![]);
        }
        let time = (now, now.plus_seconds(TAKEN_SECONDS));
        let name = |one: &Outside| format!("msg_{:x}_{:x}", one.id, one.created_at.micros());
        let claim = move |sql: &mut dyn store::Sql| {
            Ok(outside::claim(sql, SubscriberKind::Webhook, time, room, &name)?)
        };
        self.desk.write(claim).await
    }

    async fn record_outside(&self, message: Outside, came: Came) -> Result<(), Trouble> {
        let now = self.desk.now();
        let Came { outcome, confirmed, gone } = came;
        self.desk
            .write(move |sql| {
                if let Some(asking) = confirmed {
                    subscribers::confirm(sql, asking.subscriber, asking.at, now)?;
                }
                outside::settle(sql, &[(message.id, outcome)], now)?;
                if let Some(subscriber) = message.subscriber.filter(|_| gone) {
                    subscribers::end(sql, subscriber, Ended::Gone, now)?;
                }
                Ok(())
            })
            .await
    }

    async fn attempt_outside(&self, message: &Outside) -> Came {
        let now = self.desk.now();
        let (wanted, public_url) = (message.clone(), self.public_url.clone().unwrap_or_default());
        let read = move |sql: &mut dyn store::Sql| {
            told::read(sql, &wanted, (public_url.as_str(), now), &mut told::Known::default())
        };
        let found = match (self.desk.read(read).await, self.desk.seals().await) {
            (Ok(found), Ok(seals)) => found.map(|material| (material, seals)),
            // It waits before it is read again: what is damaged must not be read for ever.
            (Err(trouble), _) | (_, Err(trouble)) => {
                tracing::warn!(%trouble, "a message to a subscriber could not be read");
                return Came::of(Outcome::Failed(format!("it could not be read: {trouble}")));
            }
        };
        let (material, seals) = match found {
            Ok(found) => found,
            Err(why) => return Came::of(Outcome::Withdrawn(why.to_owned())),
        };
        let Some(one) = material.subscriber.clone() else {
            return Came::of(Outcome::Withdrawn("there is no subscriber".to_owned()));
        };
        let sent = self.send_outside(message, &one, &material, &seals, now);
        let ended = match tokio::time::timeout(ATTEMPT_WITHIN, sent).await {
            Ok(Ok(reply)) => came(&reply, &material, &one, &seals),
            Ok(Err(error)) => Came::of(Outcome::Failed(error)),
            Err(_) => Came::of(Outcome::Failed(format!(
                "no answer within {} seconds",
                ATTEMPT_WITHIN.as_secs()
            ))),
        };
        match (&material.news, ended) {
            // Anybody names an address: whoever is there is asked once, not for days.
            (News::Question(_), Came { outcome: Outcome::Failed(why), .. }) => {
                Came::of(Outcome::Refused(why))
            }
            (_, ended) => ended,
        }
    }

    async fn send_outside(
        &self,
        message: &Outside,
        one: &Subscriber,
        material: &Material,
        seals: &Seals,
        now: Timestamp,
    ) -> Result<Reply, String> {
        let to: Outward = one.address.parse().map_err(|wrong| format!("the address {wrong}"))?;
        let addresses = self.desk.reach_subscriber(&to).await.map_err(|wrong| wrong.to_string())?;
        let body = serde_json::to_vec(&payload(material, one, seals, now))
            .map_err(|error| error.to_string())?;
        let id = message.message_id.clone().unwrap_or_default();
        let secrets = Secrets { current: one.secret.clone(), before: None };
        let signatures = sign::signatures(&secrets, now, &id, &body)
            .ok_or_else(|| "there is no secret to sign with".to_owned())?;
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id),
            ("webhook-timestamp", sign::seconds(now).to_string()),
            ("webhook-signature", signatures),
        ];
        let outgoing = Outgoing { method: Method::POST, to, headers, body };
        self.client.send(outgoing, &addresses, now).await
    }
}

/// What an answer means.
fn came(reply: &Reply, material: &Material, one: &Subscriber, seals: &Seals) -> Came {
    if !(200..300).contains(&reply.status) {
        let error = match reply.status {
            300..400 => format!("it answers with {}, a redirect", reply.status),
            status => format!("it answers with {status}"),
        };
        let gone = reply.status == GONE;
        return Came { gone, ..Came::of(Outcome::Failed(error)) };
    }
    let News::Question(at) = material.news else { return Came::of(Outcome::Sent) };
    let asking = Asking { subscriber: one.id, at };
    match reply.text.contains(&seals.challenge(&asking)) {
        true => Came { confirmed: Some(asking), ..Came::of(Outcome::Sent) },
        false => Came::of(Outcome::Refused("it did not repeat the challenge".to_owned())),
    }
}

/// What a program is sent.
fn payload(material: &Material, one: &Subscriber, seals: &Seals, now: Timestamp) -> Value {
    let (change, end) = told::ways_out(seals, one, &material.base);
    let (kind, data) = match &material.news {
        News::Update(facts) => (
            "incident.update",
            json!({
                "title": facts.title,
                "phase": facts.phase,
                "body": facts.body,
                "components": facts.components,
                "expected": facts.expected,
                "next_update": facts.next_update,
                "url": facts.url,
            }),
        ),
        News::Work(facts) => (
            "maintenance",
            json!({
                "what": facts.word,
                "title": facts.title,
                "body": facts.body,
                "components": facts.components,
                "starts_at": facts.starts_at,
                "ends_at": facts.ends_at,
                "url": facts.url,
            }),
        ),
        News::Question(at) => (
            "subscription.challenge",
            json!({
                "challenge": seals.challenge(&Asking { subscriber: one.id, at: *at }),
                "secret": one.secret,
            }),
        ),
        News::Already => ("subscription", json!({})),
    };
    json!({
        "type": kind,
        "timestamp": now,
        "site": material.site,
        "data": data,
        "subscription_url": change,
        "unsubscribe_url": end,
    })
}
