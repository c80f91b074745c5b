//! The views at the side of the queue: a name for a query each.

use incident::{Policy, Viewer};
use kernel::{InOrder, PersonId};
use query::{Query, value_text};
use std::sync::LazyLock;
use store::directory::views::{self, View as Saved};
use store::{Failure, Sql};

/// Under which heading a view stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// The person's own work and their own saved views.
    Mine,
    /// What must not be forgotten.
    Attention,
    /// For everybody.
    Shared,
}

impl Group {
    /// Every group with its heading, in order.
    pub(crate) const ALL: [(Group, &'static str); 3] = [
        (Group::Mine, "Mine"),
        (Group::Attention, "Needs attention"),
        (Group::Shared, "Shared views"),
    ];
}

/// A view.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Its key in addresses.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: String,
    /// Its query.
    pub(crate) query: Query,
    /// The query's canonical text.
    pub(crate) text: String,
    /// The icon's name.
    pub(crate) icon: &'static str,
    /// Where it stands.
    pub(crate) group: Group,
    /// The class its count has while it is not 0.
    pub(crate) alarm: Option<&'static str>,
    /// The stored view, if it was saved by somebody.
    pub(crate) saved: Option<Saved>,
}

impl View {
    /// Whether this person may change it.
    pub(crate) fn belongs_to(&self, person: PersonId) -> bool {
        self.saved.as_ref().is_some_and(|saved| saved.owner == person)
    }
}

type BuiltIn =
    (&'static str, &'static str, &'static str, &'static str, Group, Option<&'static str>);

/// Key, name, query, icon, group and alarm of the views that everybody has.
const BUILT_IN: &[BuiltIn] = &[
    ("my-work", "My work", "assignee:me state:open", "user", Group::Mine, None),
    ("my-teams", "My teams", "team:mine state:open merged:no", "users", Group::Mine, None),
    ("watching", "Watching", "watcher:me state:open", "eye", Group::Mine, None),
    ("recently-closed", "Recently closed", "team:mine closed<1w", "history", Group::Mine, None),
    (
        "unassigned",
        "Unassigned",
        "assignee:none state:open merged:no",
        "s-new",
        Group::Attention,
        None,
    ),
    (
        "breached",
        "SLA breached",
        "breached:yes state:open merged:no",
        "alert",
        Group::Attention,
        Some("n-crit"),
    ),
    (
        "due-soon",
        "Due in 2 hours",
        "due<2h state:open merged:no",
        "clock",
        Group::Attention,
        Some("n-warn"),
    ),
    (
        "waiting",
        "Waiting over 3 days",
        "held>3d state:on_hold merged:no",
        "s-waiting",
        Group::Attention,
        None,
    ),
    (
        "awaiting",
        "Awaiting confirmation",
        "state:resolved merged:no",
        "s-resolved",
        Group::Attention,
        None,
    ),
    ("all-open", "All open", "state:open merged:no", "list", Group::Shared, None),
];

/// The views that everybody has. Parsed once: every page of an incident asks for them.
static EVERYBODYS: LazyLock<Vec<View>> = LazyLock::new(|| {
    let views = BUILT_IN.iter().map(|(key, name, text, icon, group, alarm)| View {
        alarm: *alarm,
        ..view(key, name, parsed(text), icon, *group)
    });
    views.collect()
});

/// The views of one person, in the order they are shown.
#[derive(Debug, Clone)]
pub(crate) struct Views(pub(crate) Vec<View>);

impl Views {
    /// The built-in views, one for each of the person's teams, and those saved by
    /// them or shared with them.
    pub(crate) fn load(
        sql: &mut dyn Sql,
        viewer: &Viewer,
        policy: &Policy,
    ) -> Result<Views, Failure> {
        let Views(mut all) = Views::built_in(viewer, policy);
        for saved in views::of_person(sql, viewer.person)? {
            all.extend(stored(saved, Group::Mine));
        }
        for saved in views::shared_with(sql, viewer.person)? {
            all.extend(stored(saved, Group::Shared));
        }
        Ok(Views(all))
    }

    /// Those that nobody saved.
    pub(crate) fn built_in(viewer: &Viewer, policy: &Policy) -> Views {
        let mut all = EVERYBODYS.clone();
        let mut teams: Vec<_> = viewer
            .teams
            .iter()
            .filter_map(|id| policy.teams.get(id).map(|team| (id, &team.name)))
            .collect();
        teams.order_by_key(|(_, name)| name.to_lowercase());
        for (id, name) in teams {
            let query = parsed(&format!("team:{} state:open merged:no", value_text(name)));
            all.push(view(&format!("team-{id}"), name, query, "team", Group::Shared));
        }
        Views(all)
    }

    /// The view with this key.
    pub(crate) fn with_key(&self, key: &str) -> Option<&View> {
        self.0.iter().find(|view| view.key == key)
    }

    /// The view with this query.
    pub(crate) fn with_text(&self, text: &str) -> Option<&View> {
        self.0.iter().find(|view| view.text == text)
    }

    /// The view that a person starts with: their teams' work, or all of it.
    pub(crate) fn first_for(viewer: &Viewer) -> &'static View {
        let key = if viewer.teams.is_empty() { "all-open" } else { "my-teams" };
        let first = EVERYBODYS.iter().find(|view| view.key == key);
        first.expect("the built-in views are always there")
    }
}

/// Queries outlive changes of the language; one that cannot be read any more is left out.
fn stored(saved: Saved, group: Group) -> Option<View> {
    let query = query::parse(&saved.query).ok()?;
    let icon = if group == Group::Mine { "save" } else { "list" };
    let made = view(&saved.id.to_string(), &saved.name, query, icon, group);
    Some(View { saved: Some(saved), ..made })
}

fn view(key: &str, name: &str, query: Query, icon: &'static str, group: Group) -> View {
    let text = query.to_string();
    View {
        key: key.to_owned(),
        name: name.to_owned(),
        query,
        text,
        icon,
        group,
        alarm: None,
        saved: None,
    }
}

fn parsed(text: &str) -> Query {
    query::parse(text).expect("the built-in queries are in the language")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_view_is_in_the_language() {
        for (key, _, text, ..) in BUILT_IN {
            assert_eq!(parsed(text).to_string(), *text, "{key}");
        }
    }
}
