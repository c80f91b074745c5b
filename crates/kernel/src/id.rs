//! Typed ids. Opaque to everybody outside; time-ordered inside, so that
//! indexes stay dense.

use crate::Invalid;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::parse_str(text)
                    .map($name)
                    .map_err(|_| Invalid::new(concat!("is not the id of a ", stringify!($name))))
            }
        }
    )+};
}

ids! {
    /// A person: requester, agent, administrator.
    PersonId,
    /// A team that incidents are assigned to.
    TeamId,
    /// A service that people use and incidents interrupt.
    ServiceId,
    /// A category of the classification tree.
    CategoryId,
    /// A customer company of the provider.
    OrganisationId,
    /// Words of people, kept apart from events so that they can be erased.
    ContentId,
    /// A file attached to an incident.
    AttachmentId,
    /// An API token.
    TokenId,
    /// A saved view of the queue.
    ViewId,
    /// A task inside an incident.
    TaskId,
    /// A bulk edit: the commands that were issued together.
    BatchId,
    /// An agreement (SLA).
    AgreementId,
    /// A business calendar.
    CalendarId,
    /// A rule: when something happens and a condition holds, commands follow.
    RuleId,
    /// An incident model: what a kind of incident that comes again needs.
    ModelId,
    /// A webhook: a program elsewhere, or a chat room, that is told what happens.
    WebhookId,
    /// A job that brings open incidents over to changed terms.
    RecomputationId,
    /// An integration: another program, or a mailbox, that brings something in.
    IntegrationId,
    /// An alert: an occurrence that a source of monitoring told of.
    AlertId,
    /// A schedule: who is on call when.
    ScheduleId,
    /// An override: somebody else on call for some time.
    OverrideId,
    /// A swap: a shift that is offered, and taken by somebody else.
    SwapId,
    /// A shadow: somebody who learns and is told besides whoever is on call.
    ShadowId,
    /// A feed: a calendar elsewhere that reads a schedule.
    FeedId,
    /// An escalation policy: who is paged, in which order, after how long.
    EscalationId,
    /// A way to reach a person: a telephone number, an address, a device.
    ContactId,
    /// A browser that shows news when no page of ours is open.
    DeviceId,
    /// A page: one attempt to reach one person by one way.
    PageId,
    /// A maintenance window.
    MaintenanceId,
    /// An outage: a span in which a service was worse than agreed.
    OutageId,
    /// An update that was written and waits to be approved.
    UpdateId,
    /// A component of the status page.
    ComponentId,
    /// A group of components of the status page.
    ComponentGroupId,
    /// A list of stakeholders.
    ListId,
    /// Whoever subscribed to the status page.
    SubscriberId,
    /// A surge: more reports of one service than that hour of the week brings.
    SurgeId,
    /// A change that another program told of, such as a deployment.
    ChangeId,
    /// A macro: words and commands that come again.
    MacroId,
    /// What somebody has to do after a review.
    ActionId,
    /// Incidents that come again and again.
    ClusterId,
    /// A report that is sent by itself.
    ReportId,
}

impl OutageId {
    /// The id of the outage that is recorded by itself with the entry at a place of an
    /// incident's timeline: the same facts give the same id.
    pub fn of_entry(number: crate::IncidentNumber, n: u32) -> Self {
        let number = u128::from(number.0.unsigned_abs());
        // Bits of a UUID that says of itself that its maker chose the others (version 8).
        let (version, variant) = (0x8_u128 << 76, 0x2_u128 << 62);
        OutageId(Uuid::from_u128((number << 80) | version | variant | u128::from(n)))
    }
}
