//! The page of an incident: its address lasts.

use super::{Framed, Page};
use crate::snapshot::Incident;
use maud::html;

impl Page<'_> {
    /// The page of an incident with all that was said.
    pub(crate) fn incident(&self, incident: &Incident) -> String {
        let main = html! {
            p { a.link href=(self.to("index")) { (self.texts.to_start()) } }
            section.card.s-inc aria-labelledby="title" {
                div.s-ih {
                    div { h1 #title { bdi { (incident.title) } } (self.concerns(incident)) }
                    @if incident.resolved_at.is_none() { (self.condition(incident.worst)) }
                }
                (self.steps(incident))
                (self.promises(incident))
                (self.updates(incident.updates.iter()))
            }
        };
        let stem = format!("incidents/{}", incident.id);
        self.framed(&Framed { stem: &stem, title: Some(&incident.title), main })
    }
}
