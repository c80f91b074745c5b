//! The tables that recording writes in bulk, column by column.

use crate::sql::{Row, Table, Type};

/// How much of an incident's row differs from the one that is stored. Engines write
/// every index of a column that is set, whether its value differs or not, so most
/// commands set few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    /// Words were said: version, times and body.
    Words,
    /// Clocks moved too.
    Clocks,
    /// Anything may differ.
    All,
    /// There is no row yet.
    New,
}

impl Written {
    /// What it takes to turn one row into the other.
    pub(super) fn between(before: &Row, after: &Row) -> Written {
        let values = before.iter().zip(after);
        let columns =
            INCIDENT_COLUMNS.iter().zip(values).filter(|(_, (before, after))| before != after);
        columns.map(|((name, _), _)| Written::with(name)).max().unwrap_or(Written::Words)
    }

    /// The least that sets a column.
    fn with(column: &str) -> Written {
        match column {
            "version" | "updated_at" | "unanswered_since" | "wake_at" | "body" => Written::Words,
            "due_at" | "due_kind" | "breached" | "breach" | "acknowledged_at" | "responded_at" => {
                Written::Clocks
            }
            _ => Written::All,
        }
    }

    /// Where such rows go.
    pub(super) fn table(self) -> Table<'static> {
        let suffix = match self {
            Written::Words => {
                "on conflict (number) do update set version = excluded.version, updated_at = excluded.updated_at, \
                 unanswered_since = excluded.unanswered_since, wake_at = excluded.wake_at, body = excluded.body"
            }
            Written::Clocks => {
                "on conflict (number) do update set version = excluded.version, updated_at = excluded.updated_at, \
                 unanswered_since = excluded.unanswered_since, wake_at = excluded.wake_at, body = excluded.body, \
                 due_at = excluded.due_at, due_kind = excluded.due_kind, breached = excluded.breached, breach = excluded.breach, \
                 acknowledged_at = excluded.acknowledged_at, responded_at = excluded.responded_at"
            }
            Written::All => {
                "on conflict (number) do update set version = excluded.version, \
                 title = case when excluded.title = '' then incidents.title else excluded.title end, state = excluded.state, \
                 hold_reason = excluded.hold_reason, held_since = excluded.held_since, resumes_at = excluded.resumes_at, \
                 priority = excluded.priority, impact = excluded.impact, urgency = excluded.urgency, service_id = excluded.service_id, \
                 category_id = excluded.category_id, team_id = excluded.team_id, assignee_id = excluded.assignee_id, \
                 requester_id = excluded.requester_id, organisation_id = excluded.organisation_id, channel = excluded.channel, \
                 major = excluded.major, confidential_to = excluded.confidential_to, merged_into = excluded.merged_into, \
                 parent = excluded.parent, reported_at = excluded.reported_at, updated_at = excluded.updated_at, \
                 acknowledged_at = excluded.acknowledged_at, responded_at = excluded.responded_at, resolved_at = excluded.resolved_at, \
                 closed_at = excluded.closed_at, due_at = excluded.due_at, due_kind = excluded.due_kind, breached = excluded.breached, breach = excluded.breach, \
                 reopenings = excluded.reopenings, unanswered_since = excluded.unanswered_since, wake_at = excluded.wake_at, \
                 affected = excluded.affected, proposed = excluded.proposed, body = excluded.body"
            }
            Written::New => "",
        };
        Table { name: "incidents", columns: INCIDENT_COLUMNS, suffix }
    }
}

/// The columns of an incident's row; the body comes last.
pub(super) const INCIDENT_COLUMNS: &[(&str, Type)] = &[
    ("number", Type::Int),
    ("version", Type::Int),
    ("title", Type::Text),
    ("state", Type::Text),
    ("hold_reason", Type::Text),
    ("held_since", Type::Int),
    ("resumes_at", Type::Int),
    ("priority", Type::Int),
    ("impact", Type::Int),
    ("urgency", Type::Int),
    ("service_id", Type::Text),
    ("category_id", Type::Text),
    ("team_id", Type::Text),
    ("assignee_id", Type::Text),
    ("requester_id", Type::Text),
    ("organisation_id", Type::Text),
    ("channel", Type::Text),
    ("major", Type::Int),
    ("confidential_to", Type::Text),
    ("merged_into", Type::Int),
    ("parent", Type::Int),
    ("reported_at", Type::Int),
    ("updated_at", Type::Int),
    ("acknowledged_at", Type::Int),
    ("responded_at", Type::Int),
    ("resolved_at", Type::Int),
    ("closed_at", Type::Int),
    ("due_at", Type::Int),
    ("due_kind", Type::Text),
    ("breached", Type::Int),
    ("breach", Type::Text),
    ("reopenings", Type::Int),
    ("unanswered_since", Type::Int),
    ("wake_at", Type::Int),
    ("affected", Type::Int),
    ("proposed", Type::Int),
    ("body", Type::Text),
];

pub(super) const EVENTS: Table = Table {
    name: "events",
    columns: &[
        ("seq", Type::Int),
        ("number", Type::Int),
        ("n", Type::Int),
        ("kind", Type::Text),
        ("version", Type::Int),
        ("at", Type::Int),
        ("happened_at", Type::Int),
        ("actor_kind", Type::Text),
        ("actor_id", Type::Text),
        ("actor_name", Type::Text),
        ("channel", Type::Text),
        ("cause", Type::Text),
        ("batch", Type::Text),
        ("data", Type::Text),
        ("public", Type::Int),
        ("hash", Type::Bytes),
    ],
    suffix: "",
};

pub(super) const CONTENTS: Table = Table {
    name: "contents",
    columns: &[
        ("id", Type::Text),
        ("number", Type::Int),
        ("seq", Type::Int),
        ("public", Type::Int),
        ("salt", Type::Bytes),
        ("digest", Type::Bytes),
        ("body", Type::Text),
    ],
    suffix: "",
};

pub(super) const ATTACHMENTS: Table = Table {
    name: "attachments",
    columns: &[
        ("id", Type::Text),
        ("number", Type::Int),
        ("name_content", Type::Text),
        ("hash", Type::Text),
        ("size_bytes", Type::Int),
        ("media_type", Type::Text),
        ("public", Type::Int),
        ("created_at", Type::Int),
    ],
    suffix: "",
};

pub(super) const OUTBOX: Table = Table {
    name: "outbox",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("word", Type::Text),
        ("audience", Type::Text),
        ("not_before", Type::Int),
        ("created_at", Type::Int),
        ("terms", Type::Text),
    ],
    suffix: "",
};

pub(super) const OUTAGES: Table = Table {
    name: "outages",
    columns: &[
        ("id", Type::Text),
        ("number", Type::Int),
        ("service_id", Type::Text),
        ("degree", Type::Text),
        ("started_at", Type::Int),
        ("ended_at", Type::Int),
    ],
    suffix: "on conflict (number, id) do update set degree = excluded.degree, \
             started_at = excluded.started_at, ended_at = excluded.ended_at",
};

pub(super) const PUBLISHED_UPDATES: Table = Table {
    name: "published_updates",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("at", Type::Int),
        ("phase", Type::Text),
        ("title_content", Type::Text),
        ("body_content", Type::Text),
        ("expected", Type::Int),
        ("next_update", Type::Int),
        ("requesters", Type::Int),
        ("lists", Type::Text),
        ("status_page", Type::Int),
        ("chat", Type::Int),
    ],
    suffix: "",
};
