//! The company and its troubles as they are written down, in two files.

use super::dice::Dice;
use kernel::{Level, Role};
use serde::Deserialize;

const COMPANY: &str = include_str!("company.toml");
const STORIES: &str = include_str!("stories.toml");

/// Who and what there is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyData {
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) phone: String,
    pub(super) teams: Vec<TeamData>,
    pub(super) people: Vec<PersonData>,
    pub(super) organisations: Vec<OrganisationData>,
    pub(super) services: Vec<ServiceData>,
    pub(super) categories: Vec<CategoryData>,
    pub(super) views: Vec<ViewData>,
    pub(super) models: Vec<ModelData>,
}

/// An incident model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelData {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) portal: bool,
    pub(super) title: String,
    /// What the reporter is asked.
    pub(super) ask: String,
    pub(super) service: String,
    pub(super) category: String,
    pub(super) urgency: Option<i64>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) tasks: Vec<String>,
    pub(super) runbook: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamData {
    pub(super) name: String,
    pub(super) about: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonData {
    pub(super) name: String,
    pub(super) job: String,
    pub(super) site: String,
    #[serde(default)]
    pub(super) phone: String,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    #[serde(default)]
    pub(super) teams: Vec<String>,
    #[serde(default)]
    pub(super) vip: bool,
    pub(super) organisation: Option<String>,
    #[serde(default)]
    pub(super) sees_organisation: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationData {
    pub(super) name: String,
    pub(super) domain: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceData {
    pub(super) name: String,
    pub(super) team: String,
    pub(super) criticality: u8,
    pub(super) about: String,
    pub(super) needs: Vec<String>,
    /// What customers call it.
    #[serde(default)]
    pub(super) public: String,
    /// What an hour without it costs, in euros.
    pub(super) cost: Option<i64>,
    /// Its goal of availability, in thousandths.
    pub(super) goal: Option<u16>,
    /// Runbooks: what they are called, and their addresses.
    #[serde(default)]
    pub(super) links: Vec<(String, String)>,
    /// Groups of which it needs some.
    #[serde(default)]
    pub(super) some: Vec<GroupData>,
}

/// "2 of 3".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupData {
    pub(super) group: String,
    pub(super) at_least: u16,
    pub(super) of: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryData {
    pub(super) name: String,
    pub(super) below: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ViewData {
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) query: String,
}

/// What goes wrong and what is said about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stories {
    pub(super) greetings: Vec<String>,
    pub(super) progress: Vec<String>,
    pub(super) disputes: Vec<String>,
    pub(super) suppliers: Vec<String>,
    pub(super) hand_overs: Vec<String>,
    pub(super) story: Vec<Story>,
}

/// A kind of trouble with its words; `{line}` and the like are filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    pub(super) service: String,
    pub(super) category: String,
    /// Impact and urgency.
    levels: String,
    #[serde(default = "usual")]
    pub(super) weight: u32,
    /// Where it happens; anywhere if nothing is said.
    pub(super) site: Option<String>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) question: String,
    pub(super) answer: String,
    pub(super) note: String,
    pub(super) fix: String,
    #[serde(default = "fixed")]
    pub(super) code: String,
    pub(super) cause: Option<String>,
    /// `alert` for what monitoring sees first.
    pub(super) channel: Option<String>,
}

fn usual() -> u32 {
    2
}

fn fixed() -> String {
    "fixed".to_owned()
}

impl Story {
    /// Impact and urgency as usual.
    pub(super) fn levels(&self) -> (Level, Level) {
        let level = |place: usize| {
            let digit = self.levels.as_bytes().get(place).map_or(2, |byte| i64::from(byte - b'0'));
            Level::new(digit).unwrap_or(Level::MEDIUM)
        };
        (level(0), level(1))
    }

    /// Whether a title is this story's with the gaps filled in.
    pub(super) fn tells(&self, title: &str) -> bool {
        let pieces = self.title.split('{').enumerate().map(|(at, piece)| match at {
            0 => piece,
            _ => piece.split_once('}').map_or(piece, |(_, rest)| rest),
        });
        let mut rest = title;
        for (at, piece) in pieces.enumerate() {
            match rest.find(piece) {
                Some(place) if at > 0 || place == 0 => rest = &rest[place + piece.len()..],
                _ => return false,
            }
        }
        rest.is_empty() || self.title.ends_with('}')
    }
}

/// What fills the gaps of one incident's words.
pub(super) struct Gaps {
    values: [(&'static str, String); 12],
}

impl Gaps {
    /// Draws values for an incident of this person at this site, reported at this local hour.
    pub(super) fn draw(dice: &mut Dice, name: &str, site: &str, hour: i8) -> Gaps {
        const TOWNS: [&str; 10] = [
            "Bremen", "Utrecht", "Łódź", "Grenoble", "Kiel", "Antwerp", "Poznań", "Dijon",
            "Lübeck", "Ghent",
        ];
        const BOXES: [&str; 4] = ["claims", "orders", "customs", "invoices"];
        const ROOMS: [&str; 4] = ["HH-4.12", "HH-2.03", "RTM-1.07", "GDN-0.4"];
        let began = (i64::from(hour) - dice.between(0, 2)).max(0);
        let first = name.split(' ').next().unwrap_or(name);
        Gaps {
            values: [
                ("first", first.to_owned()),
                ("site", site.to_owned()),
                ("line", dice.between(2, 9).to_string()),
                ("n", dice.between(11, 68).to_string()),
                ("big", dice.between(204_117, 988_640).to_string()),
                ("dock", dice.between(1, 14).to_string()),
                ("aisle", dice.between(3, 38).to_string()),
                ("hour", format!("{began:02}:{:02}", dice.between(0, 11) * 5)),
                ("town", (*dice.pick(&TOWNS)).to_owned()),
                ("box", (*dice.pick(&BOXES)).to_owned()),
                ("room", (*dice.pick(&ROOMS)).to_owned()),
                ("gate", (*dice.pick(&["A", "B", "C"])).to_owned()),
            ],
        }
    }

    /// The text with its gaps filled.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.values {
            let gap = format!("{{{name}}}");
            if filled.contains(&gap) {
                filled = filled.replace(&gap, value);
            }
        }
        filled
    }
}

/// The company as it is written down.
pub(super) fn company() -> CompanyData {
    toml::from_str(COMPANY).expect("the file is part of the program and tested")
}

/// The stories as they are written down.
pub(super) fn stories() -> Stories {
    toml::from_str(STORIES).expect("the file is part of the program and tested")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_that_is_used_is_known() {
        let (company, stories) = (company(), stories());
        let services: BTreeSet<_> = company.services.iter().map(|s| s.name.as_str()).collect();
        let categories: BTreeSet<_> =
            company.categories.iter().flat_map(|c| &c.below).map(String::as_str).collect();
        let teams: BTreeSet<_> = company.teams.iter().map(|t| t.name.as_str()).collect();
        for story in &stories.story {
            assert!(services.contains(story.service.as_str()), "{}", story.title);
            assert!(categories.contains(story.category.as_str()), "{}", story.title);
            assert_eq!(story.levels.len(), 2);
        }
        for model in &company.models {
            assert!(services.contains(model.service.as_str()), "{}", model.name);
            assert!(categories.contains(model.category.as_str()), "{}", model.name);
        }
        for service in &company.services {
            assert!(teams.contains(service.team.as_str()), "{}", service.name);
            assert!(
                service.needs.iter().all(|n| services.contains(n.as_str())),
                "{}",
                service.name
            );
        }
        let used: BTreeSet<_> = stories.story.iter().map(|s| s.service.as_str()).collect();
        // Nodes and gateways are known to whoever runs them; people report what they are part of.
        let is_part = |name: &&str| name.contains(" node ") || name.contains(" gateway ");
        let reported: BTreeSet<_> = services.into_iter().filter(|name| !is_part(name)).collect();
        assert_eq!(used, reported, "every service has its troubles");
    }

    #[test]
    fn every_gap_is_filled_and_titles_are_recognised() {
        let mut dice = Dice::new(3);
        let stories = stories();
        let words = [&stories.greetings, &stories.progress, &stories.suppliers];
        let gaps = Gaps::draw(&mut dice, "Gwen Tarrant", "Rotterdam DC", 9);
        for text in words.into_iter().flatten() {
            assert!(!gaps.fill(text).contains('{'), "{text}");
        }
        for story in &stories.story {
            let gaps = Gaps::draw(&mut dice, "Gwen Tarrant", "Rotterdam DC", 9);
            for text in
                [&story.title, &story.text, &story.question, &story.answer, &story.note, &story.fix]
            {
                assert!(!gaps.fill(text).contains('{'), "{text}");
            }
            let title = gaps.fill(&story.title);
            let telling: Vec<_> = stories.story.iter().filter(|s| s.tells(&title)).collect();
            assert_eq!(telling.len(), 1, "{title}");
            assert_eq!(telling[0].title, story.title);
        }
    }
}
