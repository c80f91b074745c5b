//! By what pages leave. Each channel makes one request of a message; all of them are bounded in
//! time, go through the guard against addresses inside, and carry the id by which the other end
//! knows a repeat.

mod chat;
mod gateway;
mod mail;
mod ntfy;
mod telegram;
mod twilio;

pub use gateway::Gateway;
pub use ntfy::Ntfy;
pub use telegram::Telegram;
pub use twilio::Twilio;

use super::Pager;
use super::words::Message;
use crate::push::PushError;
use crate::webhooks::client::{Outgoing, Reply};
use incident::reach::PageChannel;
use kernel::{Outward, PersonId, encoded};
use std::time::Duration;
use store::pages::send::Wrong;

/// How long one attempt may take, from looking up the name to the end of the answer: somebody
/// waits for the next way meanwhile.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(10);
/// Statuses after which another attempt may go well.
const PASSING: [u16; 3] = [408, 425, 429];
/// Characters of an answer that are told of an error.
const SAID_CHARS: usize = 200;
/// Form fields.
const FORM: &str = "application/x-www-form-urlencoded";
/// JSON.
const JSON: &str = "application/json";

/// Where something goes.
#[derive(Clone, Copy)]
pub(super) struct To<'a> {
    pub(super) channel: PageChannel,
    pub(super) address: &'a str,
    pub(super) person: PersonId,
}

/// A provider took it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// By which the provider knows it.
    pub(super) reference: Option<String>,
}

impl Pager {
    /// Sends a message by a channel, within the time that it has.
    pub(in super::super::paging) async fn deliver(
        &self,
        to: To<'_>,
        message: &Message,
    ) -> Result<Taken, Wrong> {
        if self.providers.rehearses {
            return Ok(Taken::default());
        }
        let within = tokio::time::timeout(ATTEMPT_WITHIN, self.by_channel(to, message)).await;
        within.unwrap_or_else(|_| {
            let seconds = ATTEMPT_WITHIN.as_secs();
            Err(Wrong::Now(format!("no answer within {seconds} seconds")))
        })
    }

    async fn by_channel(&self, to: To<'_>, message: &Message) -> Result<Taken, Wrong> {
        let there = &self.providers;
        match to.channel {
            PageChannel::Email => self.mail(to.address, message).await,
            PageChannel::WebPush => {
                let push = there.web_push.as_ref().ok_or_else(|| not_set_up("push"))?;
                let gone = |_| Wrong::Ever("it is no browser".to_owned());
                let device = to.address.parse().map_err(gone)?;
                let sent = push.page(to.person, Some(device), &message.push).await;
                sent.map(|_| Taken::default()).map_err(|error| match error {
                    PushError::NoDevice | PushError::Gone | PushError::Refused(_) => {
                        Wrong::Ever(error.to_string())
                    }
                    error => Wrong::Now(error.to_string()),
                })
            }
            PageChannel::Ntfy => self.ntfy(to.address, message).await,
            PageChannel::Telegram => {
                let bot = there.telegram.as_ref().ok_or_else(|| not_set_up("telegram_token"))?;
                let reply = self.request(bot.outgoing(to.address, message)?).await?;
                Ok(telegram::taken(&reply))
            }
            PageChannel::Sms => match (&there.gateway, &there.twilio) {
                (Some(gateway), _) => {
                    let reply = self.request(gateway.outgoing(to.address, message)?).await?;
                    Ok(gateway.taken(&reply))
                }
                (None, Some(twilio)) => {
                    let outgoing = twilio.text(to.address, message, there.public_url.as_deref())?;
                    Ok(twilio::taken(&self.request(outgoing).await?))
                }
                (None, None) => Err(not_set_up("sms_gateway_url or twilio_account")),
            },
            PageChannel::Voice => {
                let twilio = there.twilio.as_ref().ok_or_else(|| not_set_up("twilio_account"))?;
                let outgoing = twilio.call(to.address, message, there.public_url.as_deref())?;
                Ok(twilio::taken(&self.request(outgoing).await?))
            }
            PageChannel::Slack | PageChannel::Mattermost | PageChannel::Teams => {
                let outgoing = chat::outgoing(to.channel, to.address, message)?;
                self.request(outgoing).await.map(|_| Taken::default())
            }
        }
    }

    /// One request where it may go; what its answer means.
    async fn request(&self, outgoing: Outgoing) -> Result<Reply, Wrong> {
        let addresses =
            self.desk.reach_for_page(&outgoing.to).await.map_err(|wrong| match wrong {
                desk::webhooks::Unreachable::Refused(_) => Wrong::Ever(wrong.to_string()),
                desk::webhooks::Unreachable::Unknown(_) => Wrong::Now(wrong.to_string()),
            })?;
        let sent = self.client.send(outgoing, &addresses, self.desk.now()).await;
        let reply = sent.map_err(Wrong::Now)?;
        let status = reply.status;
        if (200..300).contains(&status) {
            return Ok(reply);
        }
        let said: String = reply.text.chars().take(SAID_CHARS).collect();
        let error = format!("it answers with {status}: {}", crate::letter::one_line(&said));
        Err(match status {
            500.. => Wrong::Now(error),
            status if PASSING.contains(&status) => Wrong::Now(error),
            _ => Wrong::Ever(error),
        })
    }
}

fn not_set_up(setting: &str) -> Wrong {
    Wrong::Ever(format!("this instance cannot send by it: {setting} is not set"))
}

/// An address out of the configuration, or of a person.
fn outward(text: &str) -> Result<Outward, Wrong> {
    text.parse().map_err(|wrong| Wrong::Ever(format!("the address {wrong}")))
}

fn json(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// Fields of a form as its body.
fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}
