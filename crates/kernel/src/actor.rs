//! Who or what did something, and through which door.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order people expect.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word used in JSON, database and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Invalid;

            fn from_str(text: &str) -> Result<Self, crate::Invalid> {
                $name::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let all: Vec<_> = $name::ALL.iter().map(|v| v.as_str()).collect();
                    crate::Invalid::new(format!("must be one of {}", all.join(", ")))
                })
            }
        }
    };
}

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
