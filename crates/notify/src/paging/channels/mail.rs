//! Pages by mail: on the connections that letters use, but never behind them, and without the
//! caps that slow letters down.

use super::Taken;
use crate::message::{Envelope, message as written};
use crate::paging::Pager;
use crate::paging::words::Message;
use crate::smtp::Unsent;
use store::pages::send::Wrong;

impl Pager {
    pub(super) async fn mail(&self, address: &str, message: &Message) -> Result<Taken, Wrong> {
        let Some(smtp) = &self.providers.smtp else {
            return Err(super::not_set_up("smtp_url"));
        };
        // The same at each attempt, so that whoever gets it twice sees it once.
        let local = message.sealed.clone().unwrap_or_else(|| format!("page.{}", message.id));
        let message_id = format!("{local}@{}", smtp.domain());
        let envelope = Envelope {
            from: smtp.from(),
            name: "",
            address,
            message_id: &message_id,
            thread: None,
            unsubscribe: None,
            at: self.desk.now(),
        };
        let letter = written(&message.letter, &envelope).map_err(Wrong::Ever)?;
        match smtp.send(letter).await {
            Ok(()) => Ok(Taken { reference: Some(message_id) }),
            Err(Unsent::Never(error)) => Err(Wrong::Ever(error)),
            Err(Unsent::Later(error) | Unsent::NoServer(error)) => Err(Wrong::Now(error)),
        }
    }
}
