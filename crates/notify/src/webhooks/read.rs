//! Reading what stands at an address elsewhere, once, because somebody asked for it.

use super::Postman;
use desk::rota::{ReadAt, Reader};
use kernel::Outward;
use kernel::limits::ROSTER_FEED_BYTES;
use std::time::Duration;

/// How long all of it may take: somebody waits for it.
const WITHIN: Duration = Duration::from_secs(15);

impl Reader for Postman {
    fn read_at<'a>(&'a self, address: &'a str) -> ReadAt<'a> {
        Box::pin(async move {
            let to: Outward = address.trim().parse().map_err(|kernel::Invalid(words)| words)?;
            let read = async {
                let addresses = self.desk.reach(&to).await.map_err(|wrong| wrong.to_string())?;
                self.client.read(to.clone(), &addresses, ROSTER_FEED_BYTES).await
            };
            match tokio::time::timeout(WITHIN, read).await {
                Ok(found) => found,
                Err(_) => Err(format!("does not answer within {} seconds", WITHIN.as_secs())),
            }
        })
    }
}
