//! What a cause can be, and how it is named.

use kernel::{AlertId, ChangeId, Invalid, MaintenanceId, ServiceId, words};
use std::fmt;
use std::str::FromStr;

words! {
    /// Kinds of causes.
    Kind {
        /// A new version was put in use.
        Deployment = "deployment",
        /// A setting was changed.
        Configuration = "configuration",
        /// Something else was changed.
        OtherChange = "other_change",
        /// An alert about what is needed.
        Alert = "alert",
        /// A service that is needed was out.
        Service = "service",
        /// Planned work.
        Maintenance = "maintenance",
        /// A problem that is known.
        Record = "record",
    }
}

/// Words of titles that tell of a setting.
const SETTINGS: [&str; 9] = [
    "config",
    "configuration",
    "feature",
    "firewall",
    "flag",
    "parameter",
    "rule",
    "rules",
    "settings",
];
/// Words of titles that tell of a new version.
const VERSIONS: [&str; 9] = [
    "build",
    "deploy",
    "deployed",
    "deployment",
    "firmware",
    "release",
    "rollout",
    "update",
    "upgrade",
];
/// Programs that put new versions in use.
const DEPLOYERS: [&str; 6] = ["argo", "deploy", "flux", "jenkins", "pipeline", "spinnaker"];

impl Kind {
    /// The kind of a change, by what was said of it. A setting counts as one whoever rolled it
    /// out.
    pub fn of_change(title: &str, source: &str) -> Kind {
        let (title, source) = (title.to_lowercase(), source.to_lowercase());
        let mut words = title.split(|c: char| !c.is_alphanumeric());
        if words.clone().any(|word| SETTINGS.contains(&word)) {
            return Kind::Configuration;
        }
        let deployed = words.any(|word| VERSIONS.contains(&word));
        match deployed || DEPLOYERS.iter().any(|name| source.contains(name)) {
            true => Kind::Deployment,
            false => Kind::OtherChange,
        }
    }

    /// Of a hundred of these at a service that is hit or needed, how many are the cause, as long
    /// as nothing else is known: most changes of a week break nothing, and what is out upstream
    /// mostly shows below.
    pub(super) const fn usual_percent(self) -> u32 {
        match self {
            Kind::Deployment | Kind::Alert => 5,
            Kind::Configuration | Kind::Maintenance => 4,
            Kind::OtherChange | Kind::Record => 3,
            Kind::Service => 20,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Kind::Deployment => "a deployment",
            Kind::Configuration => "a change of settings",
            Kind::OtherChange => "a change",
            Kind::Alert => "an alert about what is needed",
            Kind::Service => "a service that is needed",
            Kind::Maintenance => "planned work",
            Kind::Record => "a known problem",
        }
    }
}

/// What may be the cause. Written as a word and an id, `change:0195…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A change.
    Change(ChangeId),
    /// An alert.
    Alert(AlertId),
    /// A service that was out.
    Service(ServiceId),
    /// A maintenance window.
    Maintenance(MaintenanceId),
    /// A problem or known error, by its number.
    Record(String),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Change(id) => write!(f, "change:{id}"),
            What::Alert(id) => write!(f, "alert:{id}"),
            What::Service(id) => write!(f, "service:{id}"),
            What::Maintenance(id) => write!(f, "maintenance:{id}"),
            What::Record(number) => write!(f, "record:{number}"),
        }
    }
}

impl FromStr for What {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        Ok(match kind {
            "change" => What::Change(id.parse()?),
            "alert" => What::Alert(id.parse()?),
            "service" => What::Service(id.parse()?),
            "maintenance" => What::Maintenance(id.parse()?),
            "record" if is_problem(id) => What::Record(id.to_owned()),
            _ => return Err(unknown()),
        })
    }
}

/// The form of a problem's number.
fn is_problem(text: &str) -> bool {
    let number = text.strip_prefix("PRB-").unwrap_or_default();
    (1..=18).contains(&number.len())
        && !number.starts_with('0')
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn unknown() -> Invalid {
    Invalid::new("is not the id of a cause")
}
