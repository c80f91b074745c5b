//! What a rendering points at and has to be read first.

use super::conduct;
use incident::promise::Promise;
use incident::{Access, State};
use kernel::{ContentId, PersonId};

/// Words that a rendering needs; `long` ones are the description and runbooks.
pub(crate) fn words_needed(state: &State, access: Access, long: bool) -> Vec<ContentId> {
    let mut ids: Vec<ContentId> = state.description.filter(|_| long).into_iter().collect();
    ids.extend(state.resolution.as_ref().map(|resolution| resolution.note));
    let public_files =
        state.attachments.iter().filter(|file| access == Access::Full || file.public);
    ids.extend(public_files.map(|file| file.name));
    if access == Access::Full {
        ids.extend(state.resolution.as_ref().and_then(|resolution| resolution.cause));
        ids.extend(state.rating.and_then(|rating| rating.note));
        ids.extend(state.priority_override.as_ref().map(|over| over.reason));
        ids.extend(state.conduct.iter().flat_map(|of| conduct::words_needed(of)));
        ids.extend(state.tasks.iter().map(|task| task.title));
        ids.extend(state.models.iter().filter(|_| long).filter_map(|applied| applied.runbook));
    }
    ids
}

/// People that a rendering names.
pub(crate) fn people_needed(state: &State, access: Access) -> Vec<PersonId> {
    let mut ids = vec![state.requester];
    ids.extend(state.assignee);
    ids.extend(promises_shown(state, access).map(|promise| promise.to));
    ids.extend(state.resolution.as_ref().and_then(|resolution| resolution.by));
    if access == Access::Full {
        ids.extend(state.watchers.iter());
        ids.extend(state.roles.values());
        ids.extend(state.conduct.iter().flat_map(|of| conduct::people_needed(of)));
        if let Some(course) = &state.paging {
            ids.extend(&course.waiting_for);
            ids.extend(&course.must_answer);
            ids.extend(&course.acknowledged_by);
        }
        ids.extend(state.tasks.iter().filter_map(|task| task.assignee));
        ids.extend(state.work_seconds.keys().filter_map(|id| id.parse::<PersonId>().ok()));
    }
    ids
}

/// The promises that somebody may see: staff all of them, others what the requester was promised.
pub(crate) fn promises_shown(state: &State, access: Access) -> impl Iterator<Item = &Promise> {
    let shown = move |promise: &&Promise| access == Access::Full || promise.to == state.requester;
    state.promises.iter().filter(shown)
}
