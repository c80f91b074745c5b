//! The fields of the language as data: parser, errors, suggestions and the
//! reference all read this table.

use crate::vocabulary::{Breach, HoldReason, MomentField, SortKey};

/// A field of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Which one.
    pub id: FieldName,
    /// Its name in canonical text.
    pub name: &'static str,
    /// Other names it answers to.
    pub aliases: &'static [&'static str],
    /// What values it takes.
    pub kind: Kind,
    /// What it means, for people.
    pub help: &'static str,
    /// A term that uses it.
    pub example: &'static str,
}

/// Which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The table says what each one means.
pub enum FieldName {
    State,
    Priority,
    Team,
    Assignee,
    Requester,
    Service,
    Category,
    Hold,
    Impact,
    Urgency,
    Watcher,
    Organisation,
    Channel,
    Major,
    Proposed,
    Breached,
    Breach,
    Confidential,
    Merged,
    Vip,
    Affected,
    Tag,
    Number,
    Parent,
    Moment(MomentField),
    Hours,
    Custom,
    Sort,
}

/// What values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One or more of these words.
    Words(&'static [&'static str]),
    /// One or more of these words, which have an order: `<` and ranges work.
    Ordered(&'static [&'static str]),
    /// Names or ids, `none`, `any` and these words.
    Names(&'static [&'static str]),
    /// `yes` or `no`.
    Flag,
    /// A whole number: `<` and ranges work; `none` and `any` too.
    Count,
    /// Incident numbers.
    Numbers,
    /// An incident number, `none` or `any`.
    Parent,
    /// A moment that is compared with durations, days and instants.
    Moment,
    /// The order of the list.
    Sort,
}

/// The words of a flag.
pub(crate) const FLAG_WORDS: &[&str] = &["yes", "no"];
/// The words for an empty and a filled field.
pub(crate) const PRESENCE_WORDS: &[&str] = &["none", "any"];
/// The words of `state:`, the covering one first.
pub(crate) const STATE_WORDS: &[&str] =
    &["open", "new", "in_progress", "on_hold", "resolved", "closed", "cancelled"];
const PRIORITY_WORDS: &[&str] = &["P1", "P2", "P3", "P4", "P5"];
const LEVEL_WORDS: &[&str] = &["1", "2", "3"];
/// The words of `channel:`.
pub(crate) const CHANNEL_WORDS: &[&str] = &[
    "portal",
    "web",
    "phone",
    "email",
    "chat",
    "api",
    "alert",
    "in_person",
    "import",
    "cli",
    "timer",
];

/// Every field, the most used first.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    field(FieldName::State, "state", &["status"], Kind::Words(STATE_WORDS),
        "State; open is new, in progress or on hold", "state:open"),
    field(FieldName::Priority, "priority", &["prio", "p"], Kind::Ordered(PRIORITY_WORDS),
        "Priority, compared by its number: priority<=P2 is P1 and P2", "priority:P1,P2"),
    field(FieldName::Team, "team", &["group", "queue"], Kind::Names(&["mine"]),
        "Team it is assigned to; mine is any of your teams", "team:mine"),
    field(FieldName::Assignee, "assignee", &["assigned", "assigned_to", "agent"], Kind::Names(&["me"]),
        "Person it is assigned to, by name or e-mail address", "assignee:me"),
    field(FieldName::Requester, "requester", &["caller", "reporter"], Kind::Names(&["me"]),
        "Person who asked, by name or e-mail address", "requester:mara@example.com"),
    field(FieldName::Service, "service", &[], Kind::Names(&[]),
        "Service that is interrupted", "service:\"Label Printing\""),
    field(FieldName::Category, "category", &["cat"], Kind::Names(&[]),
        "Category of the classification", "category:Hardware"),
    field(FieldName::Moment(MomentField::Due), "due", &["deadline"], Kind::Moment,
        "Next due instant of its clocks; due<2h includes what is overdue", "due<2h"),
    field(FieldName::Hold, "hold", &["hold_reason", "waiting_for"], Kind::Words(HoldReason::WORDS),
        "What it waits for, while it is on hold", "hold:vendor"),
    field(FieldName::Impact, "impact", &[], Kind::Ordered(LEVEL_WORDS),
        "Impact, 1 (high) to 3 (low)", "impact:1"),
    field(FieldName::Urgency, "urgency", &[], Kind::Ordered(LEVEL_WORDS),
        "Urgency, 1 (high) to 3 (low)", "urgency:1,2"),
    field(FieldName::Watcher, "watcher", &["watching", "watched_by"], Kind::Names(&["me"]),
        "Person who watches it, by name or e-mail address", "watcher:me"),
    field(FieldName::Organisation, "organisation", &["organization", "org", "company"], Kind::Names(&[]),
        "Organisation of the requester", "organisation:none"),
    field(FieldName::Channel, "channel", &["via"], Kind::Words(CHANNEL_WORDS),
        "Door it was reported through", "channel:phone,email"),
    field(FieldName::Major, "major", &[], Kind::Flag,
        "Declared a major incident", "major:yes"),
    field(FieldName::Proposed, "proposed", &[], Kind::Flag,
        "Somebody proposed to declare it a major incident", "proposed:yes"),
    field(FieldName::Breached, "breached", &["late"], Kind::Flag,
        "A target of its agreement is breached", "breached:yes"),
    field(FieldName::Breach, "breach", &["breaches"], Kind::Words(Breach::WORDS),
        "Whether somebody said why a clock passed its target", "breach:unexplained"),
    field(FieldName::Confidential, "confidential", &["restricted"], Kind::Flag,
        "Restricted to a team", "confidential:no"),
    field(FieldName::Merged, "merged", &[], Kind::Flag,
        "Part of another incident", "merged:no"),
    field(FieldName::Vip, "vip", &[], Kind::Flag,
        "Its requester is marked VIP", "vip:yes"),
    field(FieldName::Affected, "affected", &["people_affected"], Kind::Count,
        "How many people are affected", "affected>=10"),
    field(FieldName::Tag, "tag", &["tags", "label"], Kind::Names(&[]),
        "Has this tag", "tag:recall"),
    field(FieldName::Number, "number", &["incident", "inc"], Kind::Numbers,
        "Its number; INC-7 alone does as well", "number:INC-7,INC-9"),
    field(FieldName::Parent, "parent", &[], Kind::Parent,
        "The incident it is a child of", "parent:INC-7"),
    field(FieldName::Moment(MomentField::Reported), "reported", &["created", "opened"], Kind::Moment,
        "When it was reported", "reported:2026-11-01..2026-11-15"),
    field(FieldName::Moment(MomentField::Updated), "updated", &["changed"], Kind::Moment,
        "When anything about it last changed", "updated<3d"),
    field(FieldName::Moment(MomentField::Acknowledged), "acknowledged", &["acked"], Kind::Moment,
        "When somebody took it", "acknowledged:none"),
    field(FieldName::Moment(MomentField::Responded), "responded", &["answered"], Kind::Moment,
        "When the requester first got an answer", "responded:none"),
    field(FieldName::Moment(MomentField::Resolved), "resolved", &[], Kind::Moment,
        "When it was resolved", "resolved:today"),
    field(FieldName::Moment(MomentField::Closed), "closed", &[], Kind::Moment,
        "When it was closed", "closed:this_week"),
    field(FieldName::Moment(MomentField::Held), "held", &["held_since"], Kind::Moment,
        "Since when it is on hold; held>3d is longer than 3 days", "held>3d"),
    field(FieldName::Moment(MomentField::Resumes), "resumes", &["until"], Kind::Moment,
        "When it resumes by itself", "resumes<1d"),
    field(FieldName::Hours, "hours", &["business_hours"], Kind::Names(&[]),
        "Calendar whose business hours it is at that moment; in conditions of rules only", "hours:\"Office hours\""),
    field(FieldName::Custom, "field", &["custom"], Kind::Names(&[]),
        "A custom field, whose name follows the dot", "field.site:Rotterdam"),
    field(FieldName::Sort, "sort", &["order", "order_by"], Kind::Sort,
        "Order of the list; a leading - reverses it", "sort:due"),
];

const fn field(
    id: FieldName,
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    help: &'static str,
    example: &'static str,
) -> Field {
    Field { id, name, aliases, kind, help, example }
}

impl Field {
    /// The field with this name or alias; case and `-` for `_` do not matter.
    pub fn named(name: &str) -> Option<&'static Field> {
        let name = plain(name);
        FIELDS.iter().find(|f| f.names().any(|known| known == name))
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The values that are fixed words, for suggestions and errors.
    pub fn fixed_values(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::Words(words) | Kind::Ordered(words) => words.to_vec(),
            Kind::Names(words) => words.iter().chain(PRESENCE_WORDS).copied().collect(),
            Kind::Flag => FLAG_WORDS.to_vec(),
            Kind::Sort => SortKey::WORDS.to_vec(),
            Kind::Parent | Kind::Moment | Kind::Count => PRESENCE_WORDS.to_vec(),
            Kind::Numbers => Vec::new(),
        }
    }
}

impl FieldName {
    /// Whether only the condition of a rule can ask for it: it says when it is, not which
    /// incidents there are.
    pub fn is_for_rules(self) -> bool {
        self == FieldName::Hours
    }

    /// Its row in the table.
    pub fn field(self) -> &'static Field {
        FIELDS.iter().find(|f| f.id == self).expect("every field has a row, as a test holds")
    }
}

/// A word of the language as it is compared: lower case, `_` for `-`.
pub(crate) fn plain(word: &str) -> String {
    word.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::State;
    use kernel::Channel;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_means_one_field() {
        let names: Vec<_> = FIELDS.iter().flat_map(Field::names).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.iter().all(|name| plain(name) == *name));
    }

    #[test]
    fn every_moment_has_a_row_under_its_own_word() {
        for moment in MomentField::ALL {
            assert_eq!(FieldName::Moment(*moment).field().name, moment.as_str());
        }
    }

    #[test]
    fn the_words_are_those_of_the_types() {
        let channels: Vec<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(channels, CHANNEL_WORDS);
        assert_eq!(STATE_WORDS[1..], *State::WORDS);
    }

    #[test]
    fn every_example_is_a_query_in_canonical_form() {
        for field in FIELDS {
            let query = crate::parse_condition(field.example).unwrap();
            assert_eq!(query.to_string(), field.example);
            assert_eq!(crate::parse(field.example).is_err(), field.id.is_for_rules());
        }
    }
}
