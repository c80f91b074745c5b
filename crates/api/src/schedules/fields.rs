//! What a request says of a schedule.

use crate::kept::given;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::Named;
use incident::escalation::Whom;
use kernel::{PersonId, Timestamp, limits};
use roster::{Layer, Rotation};
use serde::Deserialize;
use store::directory::schedules::Schedule;
use utoipa::ToSchema;

/// A schedule, or what to change of one: what is absent stays. A new one needs a name, a time
/// zone and layers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleFields {
    /// Unique among those in use, whatever the case.
    name: Option<String>,
    /// A name of the IANA time zone database. Stays what it is once the schedule is made.
    time_zone: Option<String>,
    /// `name`, `rotation` (`unit` of hour, day, week and month, `every`, `start_local` on the
    /// clock of the zone, `people` by e-mail address or id) and `restrictions` (`days`, `from`,
    /// `to`; over midnight when `to` is not after `from`). A later layer wins.
    #[schema(value_type = Option<Vec<Object>>)]
    layers: Option<Vec<Layer<String>>>,
    /// From when on the layers are in force; from now on when absent. May lie ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) since: Option<Timestamp>,
    /// Who is paged where nobody is on call; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Named>)]
    fallback: Option<Option<Named>>,
    /// Whether a manager approves swaps; not, when absent in a new one.
    swaps_need_approval: Option<bool>,
    active: Option<bool>,
}

/// The same with whom it names found.
pub(super) struct Edit {
    name: Option<String>,
    time_zone: Option<String>,
    layers: Option<Vec<Layer>>,
    fallback: Option<Option<Whom>>,
    approval: Option<bool>,
    active: Option<bool>,
}

impl ScheduleFields {
    /// Refuses a new one that lacks something.
    pub(super) fn needed(&self) -> Result<(), Problem> {
        for (field, there) in [
            ("name", self.name.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("layers", self.layers.is_some()),
        ] {
            if !there {
                return Err(Problem::invalid(field, "is needed"));
            }
        }
        Ok(())
    }

    /// Finds whom it names.
    pub(super) async fn read(self, references: &References<'_>) -> Result<Edit, Problem> {
        let fallback = match self.fallback {
            Some(Some(named)) => Some(Some(named.find("fallback", references).await?)),
            other => other.map(|_| None),
        };
        let layers = match self.layers {
            Some(layers) => Some(found(layers, references).await?),
            None => None,
        };
        Ok(Edit {
            name: self.name.map(|name| name.trim().to_owned()),
            time_zone: self.time_zone,
            layers,
            fallback,
            approval: self.swaps_need_approval,
            active: self.active,
        })
    }
}

impl Edit {
    /// The schedule with what was said of it.
    pub(super) fn over(self, before: Schedule) -> Schedule {
        Schedule {
            name: self.name.unwrap_or(before.name),
            time_zone: self.time_zone.unwrap_or(before.time_zone),
            layers: self.layers.unwrap_or(before.layers),
            fallback: self.fallback.unwrap_or(before.fallback),
            approval: self.approval.unwrap_or(before.approval),
            active: self.active.unwrap_or(before.active),
            ..before
        }
    }
}

/// Layers with the people whom they name.
async fn found(
    layers: Vec<Layer<String>>,
    references: &References<'_>,
) -> Result<Vec<Layer>, Problem> {
    too_many("layers", layers.len(), limits::SCHEDULE_LAYERS)?;
    let mut found = Vec::with_capacity(layers.len());
    for (at, layer) in layers.into_iter().enumerate() {
        let place = format!("layers.{at}.rotation.people");
        too_many(&place, layer.rotation.people.len(), limits::ROTATION_PEOPLE)?;
        let mut people = Vec::with_capacity(layer.rotation.people.len());
        for (at, text) in layer.rotation.people.iter().enumerate() {
            people.push(references.person(&format!("{place}.{at}"), text).await?);
        }
        found.push(with_people(layer, people));
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

/// A layer with its people as they are referred to.
pub(super) fn named(layer: Layer, name: impl Fn(PersonId) -> String) -> Layer<String> {
    let people = layer.rotation.people.iter().map(|id| name(*id)).collect();
    with_people(layer, people)
}

fn with_people<P, Q>(layer: Layer<P>, people: Vec<Q>) -> Layer<Q> {
    let Rotation { unit, every, start_local, .. } = layer.rotation;
    Layer {
        name: layer.name.trim().to_owned(),
        rotation: Rotation { unit, every, start_local, people },
        restrictions: layer.restrictions,
    }
}
