//! Who or what did something, and through which door.

use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// A further role of a person; everybody is a requester of their own incidents.
    Role {
        /// Works on incidents.
        Agent = "agent",
        /// Is on call.
        Responder = "responder",
        /// Leads, reviews, reports.
        Manager = "manager",
        /// Configures.
        Administrator = "administrator",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
}

words! {
    /// The door a command came through.
    Channel {
        /// The requesters' portal.
        Portal = "portal",
        /// The agents' screens.
        Web = "web",
        /// Taken down by an agent on the phone.
        Phone = "phone",
        /// Electronic mail.
        Email = "email",
        /// Chat.
        Chat = "chat",
        /// The HTTP API.
        Api = "api",
        /// A monitoring alert.
        Alert = "alert",
        /// A walk-in or another way in person.
        InPerson = "in_person",
        /// Replayed from another system.
        Import = "import",
        /// The command line.
        Cli = "cli",
        /// A timer of the product.
        Timer = "timer",
    }
}

words! {
    /// What kind of actor did it.
    ActorKind {
        /// A human being.
        Person = "person",
        /// A program with a token.
        Integration = "integration",
        /// The product itself: a timer, a rule.
        System = "system",
    }
}

/// Who did it, named as they were named then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Person, integration or system.
    pub kind: ActorKind,
    /// The id within its kind; empty for the system.
    pub id: String,
    /// The name at that moment.
    pub name: String,
}

impl Actor {
    /// The product itself.
    pub fn system() -> Self {
        Actor { kind: ActorKind::System, id: String::new(), name: "Evenkeel".to_owned() }
    }

    /// A person.
    pub fn person(id: crate::PersonId, name: impl Into<String>) -> Self {
        Actor { kind: ActorKind::Person, id: id.to_string(), name: name.into() }
    }

    /// The person's id, if it is one.
    pub fn person_id(&self) -> Option<crate::PersonId> {
        (self.kind == ActorKind::Person).then(|| self.id.parse().ok()).flatten()
    }
}
