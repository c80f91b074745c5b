//! How the hits are spread: kinds and properties as links that narrow, at the side and, where
//! that has no room, above the hits. The counts are of what the reader may see.

use super::{Asked, Kind, address};
use crate::part::icon::icon;
use desk::search::{Facet, FacetValue, Found};
use kernel::InOrder;
use maud::{Markup, html};

/// Values of one property that are offered.
const VALUES: usize = 8;
/// States as they follow each other.
const STATES: [&str; 6] = ["new", "in progress", "on hold", "resolved", "closed", "cancelled"];

/// Both places: the column at the side, and the details above the hits.
pub(super) struct Facets<'a> {
    asked: &'a Asked,
    found: &'a Found,
}

impl<'a> Facets<'a> {
    /// Of what was found.
    pub(super) fn of(asked: &'a Asked, found: &'a Found) -> Self {
        Facets { asked, found }
    }

    /// The column at the side.
    pub(super) fn side(&self) -> Markup {
        html! { nav.side aria-label="Narrow the search" { (self.lists()) } }
    }

    /// The same above the hits, where the side has no room.
    pub(super) fn above(&self) -> Markup {
        let link = |href: &str, name: &str, count: Option<String>, current: bool| {
            html! {
                a.qchip href=(href) aria-current=[current.then_some("page")] {
                    span { (name) @if let Some(count) = count { " " i { (count) } } }
                }
            }
        };
        html! {
            details class="fold views-m" {
                summary { (icon("right")) "Narrow the search" }
                nav class="stack-s" aria-label="Narrow the search" {
                    div class="flex wrap" {
                        @for (kind, _, name, _) in Kind::ALL {
                            (link(&address(&self.asked.text, kind, 1), name, self.count(kind), self.asked.kind == kind))
                        }
                    }
                    @for facet in self.facets() {
                        p.meta { (heading(facet.field)) }
                        div class="flex wrap" {
                            @for value in offered(facet) {
                                (link(&self.narrowed(&value.term), &called(facet.field, &value.name), Some(value.count.to_string()), false))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Properties of incidents, where these are shown.
    fn facets(&self) -> impl Iterator<Item = &'a Facet> {
        let shown = self.asked.kind.shows(Kind::Incidents);
        self.found.facets.iter().filter(move |facet| shown && !facet.values.is_empty())
    }

    /// The address of what was found with one more condition.
    fn narrowed(&self, term: &str) -> String {
        address(&narrowed(&self.asked.text, term), Kind::Incidents, 1)
    }

    fn lists(&self) -> Markup {
        html! {
            h2 { "Kind" }
            ul { @for (kind, _, name, symbol) in Kind::ALL { (self.kind(kind, name, symbol)) } }
            @for facet in self.facets() { (self.facet(facet)) }
        }
    }

    fn kind(&self, kind: Kind, name: &str, symbol: &'static str) -> Markup {
        let current = self.asked.kind == kind;
        html! {
            li { a href=(address(&self.asked.text, kind, 1)) aria-current=[current.then_some("page")] {
                (icon(symbol)) span { (name) }
                @if let Some(count) = self.count(kind) { span.n { (count) } }
            } }
        }
    }

    fn count(&self, kind: Kind) -> Option<String> {
        // While one kind is chosen, how many of the others there are is not counted.
        if self.asked.kind != Kind::All && self.asked.kind != kind {
            return None;
        }
        let found = self.found;
        let first = |many: usize| match many == self.asked.wish().limit {
            true => format!("{many}+"),
            false => many.to_string(),
        };
        Some(match kind {
            Kind::All => return None,
            Kind::Incidents => found.total.to_string(),
            Kind::Problems => first(found.problems.len()),
            Kind::Articles => first(found.articles.len()),
            Kind::Services => first(found.services.len()),
            Kind::People => first(found.people.len()),
            Kind::Teams => first(found.teams.len()),
        })
    }

    fn facet(&self, facet: &Facet) -> Markup {
        html! {
            h2 { (heading(facet.field)) }
            ul {
                @for value in offered(facet) {
                    li { a href=(self.narrowed(&value.term)) {
                        (icon("filter")) span { (called(facet.field, &value.name)) } span.n { (value.count) }
                    } }
                }
            }
        }
    }
}

/// The words with one more condition.
fn narrowed(text: &str, term: &str) -> String {
    let joined = format!("{text} {term}");
    // A query in its usual words; what was read as words alone becomes words and a condition.
    match query::parse(&joined) {
        Ok(query) => query.to_string(),
        Err(_) => format!("{} {term}", query::words(text).join(" ")),
    }
}

/// The values that are offered: the most frequent ones, states and priorities in their own order.
fn offered(facet: &Facet) -> Vec<&FacetValue> {
    let mut values: Vec<&FacetValue> = facet.values.iter().take(VALUES).collect();
    match facet.field {
        "priority" => values.order_by(|a, b| a.name.cmp(&b.name)),
        "state" => values.order_by_key(|one| STATES.iter().position(|state| *state == one.name)),
        _ => {}
    }
    values
}

/// What a value is called: words of ours as the hits say them, names as people write them.
fn called(field: &str, name: &str) -> String {
    let ours = match (field, name) {
        ("state", "new") => "New or assigned",
        ("state", "on hold") => "Waiting",
        ("channel", "api") => "API",
        ("channel", "cli") => "Command line",
        ("channel", "email") => "E-mail",
        ("channel", "web") => "Agent",
        ("state" | "channel", _) => return heading(name),
        _ => name,
    };
    ours.to_owned()
}

/// "Service" of `service`.
fn heading(field: &str) -> String {
    crate::error::sentence(&field.replace('_', " ")).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_priorities_stand_in_their_order() {
        let names = |field, names: &[&str]| {
            let value = |name: &&str| FacetValue {
                name: (*name).to_owned(),
                term: String::new(),
                count: 1,
            };
            let facet = Facet { field, values: names.iter().map(value).collect() };
            offered(&facet).iter().map(|value| value.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("state", &["closed", "new", "on hold"]), ["new", "on hold", "closed"]);
        assert_eq!(names("priority", &["P4", "P1"]), ["P1", "P4"]);
        assert_eq!(names("team", &["B", "A"]), ["B", "A"]);
    }

    #[test]
    fn a_condition_is_added_to_what_was_typed() {
        assert_eq!(narrowed("vpn", "state:open"), "vpn state:open");
        assert_eq!(narrowed("", "state:open"), "state:open");
        assert_eq!(narrowed("prioritty:P1", "state:open"), "prioritty p1 state:open");
        assert_eq!(heading("business_service"), "Business service");
        let names = [("state", "in progress"), ("channel", "api"), ("service", "e-mail")];
        let told = names.map(|(field, name)| called(field, name));
        assert_eq!(told, ["In progress", "API", "e-mail"]);
        // A hit says on whom it waits, and that a team has it.
        let names = [("state", "on hold"), ("state", "new"), ("channel", "web")];
        let told = names.map(|(field, name)| called(field, name));
        assert_eq!(told, ["Waiting", "New or assigned", "Agent"]);
    }
}
