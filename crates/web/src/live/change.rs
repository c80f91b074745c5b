//! One incident that changed: how it is now, how it was, and its drawings, each
//! made once for everybody who needs the same.

use super::frame;
use crate::auth::SignedIn;
use crate::part::time::Here;
use crate::queue::row::{self, RowStyle};
use axum::body::Bytes;
use incident::{Access, Body, Policy, Scope, Subject};
use kernel::{IncidentNumber, PersonId};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use store::incidents::feed::FeedEvent;
use store::incidents::list::{IncidentRow, LikelyLate};
use tokio::sync::OnceCell;

/// What a drawing is for: the incident's page or its row, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Drawing {
    /// A row: zone, what follows the address, whether it can be selected, whether all of it may be seen.
    Row(String, String, bool, bool),
    /// The incident's page: what the viewer may see, in which zone, and what they may do.
    Page(String, &'static str),
    /// The room of a major incident: for whom, in which zone, and what they may do.
    Room(PersonId, String, &'static str),
}

/// A change of one incident.
pub(super) struct Change {
    /// Which.
    pub(super) number: IncidentNumber,
    /// How it is now, with everything.
    pub(super) row: Arc<IncidentRow>,
    /// How it was before, if that is known.
    pub(super) before: Option<Arc<IncidentRow>>,
    /// What happened.
    pub(super) events: Vec<FeedEvent>,
    drawings: Mutex<HashMap<Drawing, Arc<OnceCell<Bytes>>>>,
}

/// Changes that are told together.
pub(super) struct Batch {
    /// The position of the feed they reach up to.
    pub(super) position: i64,
    /// What changed; `None`: too much to tell.
    pub(super) changes: Option<Vec<Change>>,
}

impl Change {
    pub(super) fn new(
        row: IncidentRow,
        before: Option<Arc<IncidentRow>>,
        events: Vec<FeedEvent>,
    ) -> Self {
        Change {
            number: row.number,
            row: Arc::new(row),
            before,
            events,
            drawings: Mutex::default(),
        }
    }

    /// What visibility depends on, now.
    pub(super) fn subject(&self) -> Subject {
        Subject::from(&*self.row.state)
    }

    /// What visibility depended on before.
    pub(super) fn subject_before(&self) -> Option<Subject> {
        self.before.as_ref().map(|row| Subject::from(&*row.state))
    }

    /// The place in the timeline before the first of the events.
    pub(super) fn after_n(&self) -> u32 {
        self.events
            .iter()
            .map(|event| event.event.n)
            .min()
            .map_or(0, |first| first.saturating_sub(1))
    }

    /// Whether what happened can move it between views. Asked when nobody knows how it was before.
    pub(super) fn reshapes(&self) -> bool {
        self.events.iter().any(|event| {
            !matches!(
                event.event.body,
                Body::Commented(_)
                    | Body::Attached(_)
                    | Body::WorkLogged(_)
                    | Body::ModelApplied(_)
                    | Body::TaskAdded(_)
                    | Body::TaskCompleted(_)
                    | Body::TaskReopened(_)
                    | Body::UpdatePublished(_)
                    | Body::ExpectationSet(_)
                    | Body::RoleOffered(_)
                    | Body::RoleDeclined(_)
                    | Body::RespondersCalled(_)
                    | Body::CallAnswered(_)
                    | Body::RoomSet(_)
                    | Body::ImpactStated(_)
                    | Body::UpdateDrafted(_)
                    | Body::UpdateRejected(_)
            )
        })
    }

    /// Whether it is new to everybody.
    pub(super) fn is_new(&self) -> bool {
        self.after_n() == 0
    }

    /// Its row as an event of the stream, for somebody who sees this much.
    pub(super) async fn drawn_row(
        &self,
        who: &SignedIn,
        scope: &Scope,
        here: &Here,
        suffix: &str,
        (policy, late): (&Policy, LikelyLate),
    ) -> Bytes {
        let selectable = who.viewer().works();
        let full = scope.access(&self.subject()) == Access::Full;
        let drawing = Drawing::Row(who.zone_name.clone(), suffix.to_owned(), selectable, full);
        self.drawn(drawing, || async {
            let style = RowStyle::now(here, suffix, selectable, policy, late.clone());
            let style = RowStyle { full, ..style };
            frame::patch(&row::patch(&self.row, &style).into_string())
        })
        .await
    }

    /// A drawing, made by the first who needs it.
    pub(super) async fn drawn<F: Future<Output = Bytes>>(
        &self,
        drawing: Drawing,
        draw: impl FnOnce() -> F,
    ) -> Bytes {
        let cell = {
            let mut drawings = self.drawings.lock().unwrap_or_else(PoisonError::into_inner);
            drawings.entry(drawing).or_default().clone()
        };
        cell.get_or_init(draw).await.clone()
    }
}
