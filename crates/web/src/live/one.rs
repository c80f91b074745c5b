//! What the open page of one incident is told of a change.

use super::change::{Change, Drawing};
use super::stream::{Face, Stream};
use super::{frame, words};
use crate::error::PageResult;
use crate::queue::counts;
use axum::body::Bytes;
use incident::Access;
use kernel::IncidentNumber;
use maud::Markup;

impl Stream {
    /// What a change means for an incident's page, or its room.
    pub(super) async fn tell_incident(
        &mut self,
        number: IncidentNumber,
        face: Face,
        change: &Change,
    ) {
        if change.row.state.merged_into == Some(number)
            || change.before.as_ref().is_some_and(|before| before.state.merged_into == Some(number))
        {
            // A part of it: its entries stand among the others.
            self.put(&frame::stale());
        }
        if change.number != number {
            return;
        }
        if self.look.scope.access(&change.subject()) != Access::Full {
            // The page says by itself that there is nothing to see any more.
            self.put(&frame::stale());
            return;
        }
        let here = &self.here();
        let viewer = self.who.viewer();
        let class = crate::incident::class_of(viewer, &change.row.state);
        let app = &self.app;
        let patch = match face {
            Face::Page => {
                let theirs = crate::incident::by_role_and_teams(&self.look.scope);
                let drawing = Drawing::Page(counts::whose(&theirs, &self.who.zone_name), class);
                let after_n = change.after_n();
                let draw = || async move {
                    drawn(crate::incident::live_patches(app, viewer, here, number, after_n).await)
                };
                change.drawn(drawing, draw).await
            }
            // Few conduct a major incident, and what they may do depends on who they are.
            Face::Room => {
                let drawing = Drawing::Room(viewer.person, self.who.zone_name.clone(), class);
                let draw = || async move {
                    drawn(crate::incident::room_patches(app, viewer, here, number).await)
                };
                change.drawn(drawing, draw).await
            }
        };
        self.put_bytes(&patch);
        if let Some(words) = words::say(&change.events, &change.row, self.who.viewer().person, None)
        {
            self.put(&frame::event("say", &words));
        }
    }

    /// What a change means for a requester's page.
    pub(super) async fn tell_portal(&mut self, number: IncidentNumber, change: &Change) {
        if change.number != number {
            return;
        }
        if self.look.scope.access(&change.subject()) == Access::None {
            self.put(&frame::stale());
            return;
        }
        let told = change.events.iter().any(|event| event.public);
        if !told {
            return;
        }
        let (viewer, policy) = (self.who.viewer().clone(), self.app.desk.policy());
        let (here, after_n) = (self.here(), change.after_n());
        let forecaster = self.app.desk.forecaster();
        let patches = self
            .app
            .desk
            .read(move |sql| {
                let known = (&*policy, &*forecaster);
                crate::portal::live_patches(sql, &viewer, &here, known, number, after_n)
            })
            .await;
        match patches {
            Ok(Some(markup)) => self.put(&frame::event("patch", &markup.into_string())),
            Ok(None) | Err(_) => self.put(&frame::stale()),
        }
        let (me, language) = (self.who.viewer().person, self.who.language);
        if let Some(words) = words::say(&change.events, &change.row, me, Some(language)) {
            self.put(&frame::event("say", &words));
        }
    }
}

/// Patches as an event; a page that cannot be drawn is fetched anew.
fn drawn(parts: PageResult<Markup>) -> Bytes {
    match parts {
        Ok(markup) => frame::patch(&markup.into_string()),
        Err(_) => frame::stale().into(),
    }
}
