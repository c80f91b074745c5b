//! What is found.

use kernel::{OrganisationId, PersonId, TeamId, Timestamp};
use std::collections::BTreeSet;

kernel::words! {
    /// What kind of thing a document is.
    Kind {
        /// An incident.
        Incident = "incident",
        /// A problem or known error.
        Problem = "problem",
        /// An article of the knowledge base.
        Article = "article",
        /// A service.
        Service = "service",
        /// A person.
        Person = "person",
        /// A team.
        Team = "team",
    }
}

/// The label that each document has: its kind. For facets; [`crate::Wish::kinds`] filters by it.
pub const KIND: &str = "kind";

/// A property that hits are filtered by and counted by. A name may have several values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Which: `state`, `priority`, `team`, `tag` …
    pub name: String,
    /// Its value: a word, or an id.
    pub value: String,
}

impl Label {
    /// A label.
    pub fn new(name: impl Into<String>, value: impl ToString) -> Self {
        Label { name: name.into(), value: value.to_string() }
    }
}

/// Who may read a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// Everybody, its public text; the service desk its internal text too.
    Everyone,
    /// The service desk.
    Staff,
    /// Whoever may see the incident that it is; the internal text only who sees all of it.
    Incident {
        /// The requester.
        requester: PersonId,
        /// Their company.
        organisation: Option<OrganisationId>,
        /// Who follows it.
        watchers: BTreeSet<PersonId>,
        /// The only team that may see it.
        confidential_to: Option<TeamId>,
    },
}

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// Its number, such as `INC-42`, or its id. Of each kind one document has it.
    pub id: String,
    /// Its title or name.
    pub title: String,
    /// What everybody may read who may read it at all.
    pub public: String,
    /// What else only those may read who see all of it: internal comments, files not public.
    pub internal: String,
    /// What it is filtered and counted by.
    pub labels: Vec<Label>,
    /// When it happened or was changed last: newer is found first among the alike.
    pub at: Timestamp,
    /// How often it helped: what helped more is found first among the alike.
    pub weight: u32,
    /// Who may read it.
    pub readers: Readers,
}

impl Document {
    /// A document with a title alone.
    pub fn new(
        kind: Kind,
        id: impl Into<String>,
        title: impl Into<String>,
        readers: Readers,
        at: Timestamp,
    ) -> Self {
        Document {
            kind,
            id: id.into(),
            title: title.into(),
            public: String::new(),
            internal: String::new(),
            labels: vec![],
            at,
            weight: 0,
            readers,
        }
    }
}
