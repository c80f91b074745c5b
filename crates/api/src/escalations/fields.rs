//! What a request says of an escalation policy.

use crate::kept::given;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::{Named, find_all};
use incident::escalation::{EscalationPolicy, EscalationStep, Hours, Whom};
use kernel::{Priority, limits};
use serde::{Deserialize, Serialize};
use store::directory::escalations::Escalation;
use utoipa::ToSchema;

/// A step.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationStep)]
pub(super) struct Step {
    /// Seconds after the step before; the first after paging began. At most a day.
    pub(super) after_seconds: i64,
    /// Whom it pages.
    pub(super) whom: Vec<Named>,
    /// Only in these hours, if there are any: `time_zone` and `within` (`days`, `from`, `to`).
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(super) hours: Option<Hours>,
    /// One of them in turn instead of all; not, when absent.
    #[serde(default)]
    pub(super) round_robin: bool,
    /// Paging goes on until each of them has acknowledged; not, when absent.
    #[serde(default)]
    pub(super) everyone: bool,
}

/// An escalation policy, or what to change of one: what is absent stays. A new one needs a name
/// and steps.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalationFields {
    /// Unique among those in use, whatever the case.
    name: Option<String>,
    /// These and only these, in their order.
    steps: Option<Vec<Step>>,
    /// How often the steps are gone through again when nobody took it, at most 10; once, when
    /// absent in a new one. Where no step waits and nothing is said, never.
    repeats: Option<u8>,
    /// The least urgent priority for which it begins by itself; P3 when absent in a new one.
    #[schema(value_type = Option<String>)]
    pages_from: Option<Priority>,
    /// Seconds after which an acknowledgement runs out; null for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    acknowledgement_seconds: Option<Option<i64>>,
    /// Who is told when all steps are over and nobody took it; every administrator when empty.
    fallback: Option<Vec<Named>>,
    active: Option<bool>,
}

/// The same with whom it names found.
pub(super) struct Edit {
    name: Option<String>,
    steps: Option<Vec<EscalationStep>>,
    repeats: Option<u8>,
    pages_from: Option<Priority>,
    acknowledgement_seconds: Option<Option<i64>>,
    fallback: Option<Vec<Whom>>,
    active: Option<bool>,
}

impl EscalationFields {
    /// Refuses a new one that lacks something.
    pub(super) fn needed(&self) -> Result<(), Problem> {
        for (field, there) in [("name", self.name.is_some()), ("steps", self.steps.is_some())] {
            if !there {
                return Err(Problem::invalid(field, "is needed"));
            }
        }
        Ok(())
    }

    /// Finds whom it names.
    pub(super) async fn read(self, references: &References<'_>) -> Result<Edit, Problem> {
        let steps = match self.steps {
            Some(steps) => Some(found(steps, references).await?),
            None => None,
        };
        let fallback = match self.fallback {
            Some(all) => {
                too_many("fallback", all.len(), limits::ESCALATION_WHOM)?;
                Some(find_all("fallback", &all, references).await?)
            }
            None => None,
        };
        Ok(Edit {
            name: self.name.map(|name| name.trim().to_owned()),
            steps,
            repeats: self.repeats,
            pages_from: self.pages_from,
            acknowledgement_seconds: self.acknowledgement_seconds,
            fallback,
            active: self.active,
        })
    }
}

impl Edit {
    /// The policy with what was said of it.
    pub(super) fn over(self, before: Escalation) -> Escalation {
        let policy = before.policy;
        let steps = self.steps.unwrap_or(policy.steps);
        let waits = steps.iter().any(|step| step.after_seconds > 0);
        let policy = EscalationPolicy {
            id: policy.id,
            name: self.name.unwrap_or(policy.name),
            version: policy.version,
            steps,
            repeats: self.repeats.unwrap_or(if waits { policy.repeats } else { 0 }),
            pages_from: self.pages_from.unwrap_or(policy.pages_from),
            acknowledgement_seconds: self
                .acknowledgement_seconds
                .unwrap_or(policy.acknowledgement_seconds),
            fallback: self.fallback.unwrap_or(policy.fallback),
        };
        Escalation { policy, active: self.active.unwrap_or(before.active) }
    }
}

async fn found(
    steps: Vec<Step>,
    references: &References<'_>,
) -> Result<Vec<EscalationStep>, Problem> {
    too_many("steps", steps.len(), limits::ESCALATION_STEPS)?;
    let mut found = Vec::with_capacity(steps.len());
    for (at, step) in steps.into_iter().enumerate() {
        let field = format!("steps.{at}.whom");
        too_many(&field, step.whom.len(), limits::ESCALATION_WHOM)?;
        found.push(EscalationStep {
            after_seconds: step.after_seconds,
            whom: find_all(&field, &step.whom, references).await?,
            hours: step.hours,
            round_robin: step.round_robin,
            everyone: step.everyone,
        });
    }
    Ok(found)
}

/// Refused before anything is looked up.
fn too_many(field: &str, count: usize, most: usize) -> Result<(), Problem> {
    if count > most {
        return Err(Problem::invalid(field, format!("has more than {most} entries")));
    }
    Ok(())
}
