//! What this instance sends to besides mail servers: the settings, and what may be wrong with
//! them.

use super::check::{Finding, Level};
use super::mail::{OfNoUse, read};
use super::{Setting, Settings};
use crate::failed::Failed;
use kernel::Network;
use notify::webhooks::Trust;

/// The settings of what goes out to webhooks and to the servers that hand on push.
#[derive(Debug, Clone)]
pub(crate) struct OutwardSettings {
    /// What webhooks may reach besides the internet.
    pub(crate) webhook_allow: Setting<Vec<Network>>,
    /// What push may reach besides the internet.
    pub(crate) push_allow: Setting<Vec<Network>>,
    /// What programs that subscribed to the status page may reach besides the internet.
    pub(crate) subscriber_allow: Setting<Vec<Network>>,
    /// A file with certificates that are trusted beside those of the system.
    pub(super) webhook_ca: Setting<Option<String>>,
}

impl OutwardSettings {
    /// Whom we trust there beside those that the system trusts.
    pub(crate) fn trust(&self) -> Result<Trust, Failed> {
        self.trusted().map_err(|OfNoUse(key, why)| {
            Failed::usage(format!("--{} {why}", str::replace(key, "_", "-")))
        })
    }

    fn trusted(&self) -> Result<Trust, OfNoUse> {
        let key = "webhook_ca";
        let Some(path) = &self.webhook_ca.value else { return Ok(Trust::default()) };
        Trust::of(&read(key, path)?).map_err(|wrong| OfNoUse(key, wrong.to_string()))
    }
}

/// Says what is wrong.
pub(super) fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let outward = &settings.outward;
    for (key, allowed, who) in [
        ("webhook_allow", &outward.webhook_allow, "whoever makes a webhook"),
        ("push_allow", &outward.push_allow, "everybody with an account"),
        ("subscriber_allow", &outward.subscriber_allow, "everybody"),
    ] {
        let everybody = allowed.value.iter().find(|network| network.is_everybody());
        findings.extend(everybody.map(|network| Finding {
            level: Level::Warning,
            key: Some(key),
            what: format!(
                "{network} is everything; {who} may reach by it what only this machine reaches"
            ),
        }));
    }
    if let Err(OfNoUse(key, what)) = outward.trusted() {
        findings.push(Finding { level: Level::Error, key: Some(key), what });
    }
}
