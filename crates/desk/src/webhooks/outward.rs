//! Where this instance may send to. A name is looked up here, what it leads to is checked,
//! and whoever connects does so to exactly the addresses that were checked: a name that
//! leads elsewhere a moment later changes nothing.

use crate::Desk;
use kernel::{Invalid, Network, Outward};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

/// How long looking up a name may take.
const LOOK_UP_WITHIN: Duration = Duration::from_secs(5);
/// Addresses of one name that are looked at.
const ADDRESSES_MAX: usize = 16;

/// Why something cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// It must not be.
    #[error("the address {0}")]
    Refused(Invalid),
    /// The name leads nowhere now.
    #[error("{0}")]
    Unknown(String),
}

impl Desk {
    /// Allows webhooks networks besides the internet, once, before anything is sent.
    pub fn allow_outward(&self, networks: Vec<Network>) {
        // Whoever says it twice said it already.
        let _ = self.0.outward.set(networks);
    }

    /// The same for push. Webhooks are made by administrators, but everybody with an account
    /// names the server of their browser, so what is allowed to those is not to these.
    pub fn allow_push(&self, networks: Vec<Network>) {
        let _ = self.0.push_outward.set(networks);
    }

    /// The addresses that a webhook may connect to, of those that a machine has.
    ///
    /// # Errors
    ///
    /// None of them may, or there are none.
    pub async fn reach(&self, to: &Outward) -> Result<Vec<SocketAddr>, Unreachable> {
        self.reach_within(to, &self.0.outward, "webhook_allow").await
    }

    /// The same for push.
    ///
    /// # Errors
    ///
    /// None of them may, or there are none.
    pub async fn reach_push(&self, to: &Outward) -> Result<Vec<SocketAddr>, Unreachable> {
        self.reach_within(to, &self.0.push_outward, "push_allow").await
    }

    /// Allows pages networks besides the internet, once, before anything is sent. Everybody who
    /// works here may name a place to be paged at, so these are allowed apart as well.
    pub fn allow_pages(&self, networks: Vec<Network>) {
        let _ = self.0.page_outward.set(networks);
    }

    /// The same for pages.
    ///
    /// # Errors
    ///
    /// None of them may, or there are none.
    pub async fn reach_for_page(&self, to: &Outward) -> Result<Vec<SocketAddr>, Unreachable> {
        self.reach_within(to, &self.0.page_outward, "paging_allow").await
    }

    /// Allows programs that subscribed networks besides the internet, once, before anything is
    /// sent. Anybody at all names their addresses, so these are allowed apart as well.
    pub fn allow_subscribers(&self, networks: Vec<Network>) {
        let _ = self.0.subscriber_outward.set(networks);
    }

    /// The same for programs that subscribed.
    ///
    /// # Errors
    ///
    /// None of them may, or there are none.
    pub async fn reach_subscriber(&self, to: &Outward) -> Result<Vec<SocketAddr>, Unreachable> {
        self.reach_within(to, &self.0.subscriber_outward, "subscriber_allow").await
    }

    /// Whether programs that subscribed may be anywhere but on the internet.
    pub(crate) fn allows_subscribers(&self) -> bool {
        self.0.subscriber_outward.get().is_some_and(|networks| !networks.is_empty())
    }

    async fn reach_within(
        &self,
        to: &Outward,
        allowed: &OnceLock<Vec<Network>>,
        setting: &'static str,
    ) -> Result<Vec<SocketAddr>, Unreachable> {
        let allowed = allowed.get().map(Vec::as_slice).unwrap_or_default();
        let looked_up = tokio::net::lookup_host((to.host.as_str(), to.port));
        let found = match tokio::time::timeout(LOOK_UP_WITHIN, looked_up).await {
            Ok(Ok(found)) => found.take(ADDRESSES_MAX),
            Ok(Err(error)) => {
                return Err(Unreachable::Unknown(format!("{} is not known: {error}", to.host)));
            }
            Err(_) => {
                return Err(Unreachable::Unknown(format!("looking up {} takes too long", to.host)));
            }
        };
        let (mut addresses, mut refused) = (Vec::new(), None);
        for address in found {
            match to.may_reach(address.ip(), allowed, setting) {
                Ok(()) => addresses.push(address),
                Err(words) => refused = refused.or(Some(words)),
            }
        }
        match (addresses.is_empty(), refused) {
            (false, _) => Ok(addresses),
            (true, Some(words)) => Err(Unreachable::Refused(words)),
            (true, None) => Err(Unreachable::Unknown(format!("{} has no address", to.host))),
        }
    }
}
