//! Previous and next within the view that the reader came from.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::queue::views::{View, Views};
use crate::url;
use kernel::IncidentNumber;
use maud::{Markup, html};
use query::Query;
use store::incidents::list::{COUNTED, Neighbours, neighbours};

/// Where the reader came from.
pub(super) struct Place {
    /// The list's name.
    pub(super) name: String,
    /// The list's address.
    pub(super) href: String,
    /// What was asked for, to be kept from one incident to the next.
    suffix: String,
    neighbours: Option<Neighbours>,
}

/// The incident's place in the list of `view` or `q`; without either, in the
/// reader's first view.
pub(super) async fn place(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    asked: &Fields,
) -> PageResult<Place> {
    let (look, viewer, policy) = (who.look(), who.viewer().clone(), app.desk.policy());
    let of_address = ["q", "view"].into_iter().filter_map(|name| {
        asked.filled(name).map(|value| format!("{name}={}", url::encode(value)))
    });
    let kept = of_address.collect::<Vec<_>>().join("&");
    let suffix = if kept.is_empty() { kept } else { format!("?{kept}") };
    let (view, text) =
        (asked.filled("view").map(str::to_owned), asked.filled("q").map(str::to_owned));
    let found = app
        .desk
        .read(move |sql| {
            let views = Views::load(sql, &viewer, &policy)?;
            let own = text.and_then(|text| query::parse(&text).ok());
            let known = view.and_then(|key| views.with_key(&key));
            let of_view =
                |view: &View| (view.name.clone(), url::queue_view(&view.key), view.query.clone());
            let (name, href, query): (String, String, Query) = match (own, known) {
                (Some(query), known) => {
                    let name = known.map_or("Filtered", |view| view.name.as_str());
                    (name.to_owned(), url::queue_of(&query.to_string()), query)
                }
                (None, Some(view)) => of_view(view),
                (None, None) => of_view(views.first_for(&viewer)),
            };
            let neighbours = neighbours(sql, &look, &query, number)?;
            Ok(Place { name, href, suffix, neighbours })
        })
        .await?;
    Ok(found)
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
    let of = if found.of >= COUNTED { format!("{}+", COUNTED - 1) } else { found.of.to_string() };
    html! {
        span.pager {
            (go(found.previous, "K", "Previous", "up"))
            @if let Some(at) = found.place { span.meta { (at) " of " (of) } }
            (go(found.next, "J", "Next", "down"))
        }
    }
}
