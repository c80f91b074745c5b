//! What people know well, and when they are not there: what assignment in a team goes by.

use crate::directory::Directory;
use crate::problem::Problem;
use crate::reference::References;
use incident::assignment;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody knows well; teams that go by it prefer them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Skills {
    /// Names of services.
    services: Vec<String>,
    /// Categories with the names above them; they know what is below them, too.
    categories: Vec<String>,
}

impl Skills {
    pub(super) fn shown(skills: &assignment::Skills, directory: &Directory) -> Self {
        let services = skills.services.iter().filter_map(|id| directory.services.name(*id));
        let categories =
            skills.categories.iter().filter_map(|id| directory.category_paths.name(*id));
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        Skills {
            services: sorted(services.map(str::to_owned).collect()),
            categories: sorted(categories.map(str::to_owned).collect()),
        }
    }
}

/// What somebody knows well: these and only these.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillsGiven {
    /// Names or ids of services; none when absent.
    #[serde(default)]
    services: Vec<String>,
    /// Names, paths or ids of categories; none when absent.
    #[serde(default)]
    categories: Vec<String>,
}

impl SkillsGiven {
    pub(super) fn read(&self, references: &References<'_>) -> Result<assignment::Skills, Problem> {
        let services = self.services.iter().enumerate();
        let services = services
            .map(|(at, text)| references.service(&format!("skills.services.{at}"), text))
            .collect::<Result<_, _>>()?;
        let categories = self.categories.iter().enumerate();
        let categories = categories
            .map(|(at, text)| references.category(&format!("skills.categories.{at}"), text))
            .collect::<Result<_, _>>()?;
        Ok(assignment::Skills { services, categories })
    }
}

/// When somebody is not there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Away {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Null is until further notice.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl Away {
    /// An absence that is not over.
    pub(super) fn shown(away: Option<assignment::Away>, now: Timestamp) -> Option<Self> {
        let away = away.filter(|away| !away.is_over(now))?;
        Some(Away { from: away.from, until: away.until })
    }
}

/// When somebody is not there: no team gives them anything by itself then.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AwayGiven {
    /// From this instant on; from now on, when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until this one, when they are back; until further notice, when absent or null.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl AwayGiven {
    pub(super) fn read(&self, now: Timestamp) -> Result<assignment::Away, Problem> {
        let away = assignment::Away { from: self.from.unwrap_or(now), until: self.until };
        match away.until {
            Some(until) if until <= away.from => {
                Err(Problem::invalid("away.until", "must be later than from"))
            }
            _ => Ok(away),
        }
    }
}
