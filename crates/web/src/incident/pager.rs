//! Previous and next within the view that the reader came from.

use super::case::Case;
use crate::app::App;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::queue::counts::{self, Counts};
use crate::queue::in_order;
use crate::queue::views::{View, Views};
use crate::url;
use incident::{Policy, Viewer};
use kernel::IncidentNumber;
use maud::{Markup, html};
use query::Query;
use std::sync::Arc;
use store::incidents::list::{Look, Neighbours, Ranking, neighbours_ranked};
use store::{Failure, Sql};

/// Where the reader came from.
pub(super) struct Place {
    /// The list's name.
    pub(super) name: String,
    /// The list's address.
    pub(super) href: String,
    /// What was asked for, to be kept from one incident to the next.
    suffix: String,
    neighbours: Option<Neighbours>,
    /// How many incidents the list holds.
    of: i64,
}

/// The list that the reader came from: of `view` or `q`; without either, their first view.
pub(super) struct List {
    look: Look,
    viewer: Viewer,
    whose: String,
    policy: Arc<Policy>,
    ranking: Ranking,
    counts: Arc<Counts>,
    view: Option<String>,
    text: Option<String>,
    suffix: String,
}

impl List {
    /// The list that an address names.
    pub(super) fn of(app: &App, who: &SignedIn, asked: &Fields) -> List {
        let of_address = ["q", "view"].into_iter().filter_map(|name| {
            asked.filled(name).map(|value| format!("{name}={}", url::encode(value)))
        });
        let kept = of_address.collect::<Vec<_>>().join("&");
        let look = who.look();
        List {
            whose: counts::whose(&look.scope, &who.zone_name),
            look,
            viewer: who.viewer().clone(),
            policy: app.desk.policy(),
            ranking: app.desk.ranking(),
            counts: app.counts.clone(),
            view: asked.filled("view").map(str::to_owned),
            text: asked.filled("q").map(str::to_owned),
            suffix: if kept.is_empty() { kept } else { format!("?{kept}") },
        }
    }

    /// An incident's place in it.
    pub(super) fn place(self, sql: &mut dyn Sql, case: &Case) -> Result<Place, Failure> {
        let views = self.views(sql)?;
        let own = self.text.as_deref().and_then(|text| query::parse(text).ok());
        let known = self.view.as_deref().and_then(|key| views.with_key(key));
        let of_view =
            |view: &View| (view.name.clone(), url::queue_view(&view.key), view.query.clone());
        let (name, href, query): (String, String, Query) = match (own, known) {
            (Some(query), known) => {
                let name = known.map_or("Filtered", |view| view.name.as_str());
                (name.to_owned(), url::queue_of(&query.to_string()), query)
            }
            (None, Some(view)) => of_view(view),
            (None, None) => of_view(Views::first_for(&self.viewer)),
        };
        let listed = in_order(&query);
        let neighbours = neighbours_ranked(sql, &self.look, &self.ranking, &listed, case.number)?;
        // Who came from elsewhere has no place in a list that they did not ask for.
        let unasked = self.suffix.is_empty();
        let neighbours = neighbours.filter(|found| !unasked || found.place.is_some());
        let stamp = (case.position, self.policy.version);
        let (whose, text) = (&self.whose, query.to_string());
        let of = self.counts.of(sql, &self.look, whose, &text, &query.filter, stamp)?;
        Ok(Place { name, href, suffix: self.suffix, neighbours, of })
    }

    /// Those among which the named one is; none where none is named.
    fn views(&self, sql: &mut dyn Sql) -> Result<Views, Failure> {
        let Some(key) = &self.view else { return Ok(Views(vec![])) };
        let built_in = Views::built_in(&self.viewer, &self.policy);
        match built_in.with_key(key) {
            Some(_) => Ok(built_in),
            None => Views::load(sql, &self.viewer, &self.policy),
        }
    }
}

/// The links, and the place between them.
pub(super) fn pager(place: &Place) -> Markup {
    let Some(found) = &place.neighbours else { return html! {} };
    let go = |to: Option<IncidentNumber>, key: &str, word: &str, symbol: &'static str| {
        html! {
            @if let Some(to) = to {
                a class="btn btn-quiet btn-icon" href={ (url::incident(to)) (place.suffix) } data-key=(key.to_lowercase())
                    aria-label={ (word) " in " (place.name) " (" (key) ")" } { (icon(symbol)) }
            }
        }
    };
    let of = counts::words(place.of);
    html! {
        span.pager {
            (go(found.previous, "K", "Previous", "up"))
            @if let Some(at) = found.place { span.meta { (at) " of " (of) } }
            (go(found.next, "J", "Next", "down"))
        }
    }
}
