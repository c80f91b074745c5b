//! How an incident stands to others.

use crate::event::Body;
use crate::state::{Link, LinkKind, State};

/// Folds what relates it to other records.
pub(super) fn related(state: &mut State, body: &Body) {
    match body {
        Body::Linked(data) if data.kind == LinkKind::Parent && !data.reverse => {
            state.parent = data.target.parse().ok();
            state.follows_parent = data.cascade;
        }
        Body::Unlinked(data) if data.kind == LinkKind::Parent && !data.reverse => {
            state.parent = None;
            state.follows_parent = false;
        }
        Body::Linked(data) => {
            state.links.insert(Link {
                kind: data.kind,
                target: data.target.clone(),
                reverse: data.reverse,
            });
        }
        Body::Unlinked(data) => {
            state.links.remove(&Link {
                kind: data.kind,
                target: data.target.clone(),
                reverse: data.reverse,
            });
        }
        Body::ChildAdded(data) => {
            state.children.insert(data.child);
        }
        Body::ChildRemoved(data) => {
            state.children.remove(&data.child);
        }
        Body::Merged(data) => state.merged_into = Some(data.into),
        Body::Unmerged(_) => state.merged_into = None,
        Body::MergeReceived(data) => {
            state.parts.insert(data.from);
        }
        Body::MergeWithdrawn(data) => {
            state.parts.remove(&data.from);
        }
        _ => {}
    }
}
