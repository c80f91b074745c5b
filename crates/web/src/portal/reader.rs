//! Who reads a page of the portal.

use crate::part::time::{self, Here};
use incident::Policy;
use kernel::{Actor, PersonId, TeamId, Timestamp};
use maud::Markup;

/// Who reads, when, where, and with whose names.
pub(super) struct Reader<'a> {
    /// Who.
    pub(super) me: PersonId,
    /// When and where.
    pub(super) here: &'a Here,
    /// The names of teams and their members.
    pub(super) policy: &'a Policy,
}

impl Reader<'_> {
    /// The words of the portal in their language.
    pub(super) fn say(&self) -> locale::Portal {
        locale::portal(self.here.language)
    }

    /// When something happened.
    pub(super) fn since(&self, at: Timestamp) -> Markup {
        time::since(at, self.here)
    }

    /// A moment to come, with its day and its time: "14:20 today", "Wed 25 Nov, 14:04".
    pub(super) fn by(&self, at: Timestamp) -> String {
        promise(at, self.here)
    }

    /// The team of somebody of the provider, for people who do not know them.
    pub(super) fn team_of(&self, actor: &Actor) -> Option<&str> {
        team_of(self.policy, actor.person_id()?, None)
    }
}

/// The team somebody speaks for: `rather` if they are in it, else the first of theirs.
pub(super) fn team_of(policy: &Policy, person: PersonId, rather: Option<TeamId>) -> Option<&str> {
    let mut teams: Vec<(bool, &str)> = policy
        .teams
        .iter()
        .filter(|(_, team)| team.members.contains(&person))
        .map(|(id, team)| (Some(*id) != rather, team.name.as_str()))
        .collect();
    teams.sort_unstable();
    teams.first().map(|(_, name)| *name)
}

/// A moment to come, with its day and its time.
pub(super) fn promise(at: Timestamp, here: &Here) -> String {
    locale::promise(here.language, &here.local(here.now), &here.local(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn a_promise_names_its_day() {
        let here = Here {
            now: "2026-11-23T12:12:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Amsterdam").unwrap(),
            language: Default::default(),
            calendars: Default::default(),
        };
        for (at, words) in [
            ("2026-11-23T13:20:00Z", "14:20 today"),
            ("2026-11-25T13:04:00Z", "Wed 25 Nov, 14:04"),
            ("2027-01-04T08:00:00Z", "Mon 4 Jan 2027, 09:00"),
        ] {
            assert_eq!(promise(at.parse().unwrap(), &here), words);
        }
    }
}
