//! The command palette: what can be done here, and everything one can go to. The
//! script adds what the page itself offers.

mod actions;
mod places;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::get;
use axum::extract::{RawQuery, State};
use axum::{Json, Router};
use desk::search::Marked;
use kernel::{IncidentNumber, limits};
use query::fold;
use serde::Serialize;
use std::collections::BTreeMap;

/// Selected incidents that actions are offered for.
const ON_MAX: usize = limits::PAGE_ROWS_MAX;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/palette", get(show))
}

/// What the palette shows.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Results {
    groups: Vec<Group>,
}

/// Results of one kind.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Group {
    title: &'static str,
    items: Vec<Item>,
}

/// Something to do or to go to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Item {
    label: String,
    /// The label in pieces, each with whether it is what was looked for; where the server knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pieces: Vec<(String, bool)>,
    icon: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kbd: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'static str>,
}

impl Item {
    /// Goes somewhere.
    fn to(label: impl Into<String>, icon: &'static str, href: impl Into<String>) -> Item {
        Item { label: label.into(), icon, href: Some(href.into()), ..Item::default() }
    }

    /// The same under a name with what was looked for, behind other words.
    fn named(before: &str, name: &Marked, icon: &'static str, href: String) -> Item {
        let mut pieces = Vec::new();
        if !name.marks.is_empty() {
            pieces.extend((!before.is_empty()).then(|| (before.to_owned(), false)));
            pieces.extend(name.pieces().into_iter().map(|(text, hit)| (text.to_owned(), hit)));
        }
        Item { pieces, ..Item::to(format!("{before}{}", name.text), icon, href) }
    }

    fn hint(self, hint: impl Into<String>) -> Item {
        Item { hint: Some(hint.into()).filter(|hint: &String| !hint.is_empty()), ..self }
    }

    fn kbd(self, kbd: &'static str) -> Item {
        Item { kbd: Some(kbd), ..self }
    }
}

/// Of which kind results are wanted, by the first sign of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    Everything,
    Actions,
    People,
    Incidents,
    Services,
}

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    only: Only,
    words: String,
}

impl Typed {
    fn of(text: &str) -> Typed {
        let text: String = text.chars().take(limits::QUERY_CHARS).collect();
        let (only, rest) = match text.chars().next() {
            Some('>') => (Only::Actions, &text[1..]),
            Some('@') => (Only::People, &text[1..]),
            Some('#') => (Only::Incidents, &text[1..]),
            Some('!') => (Only::Services, &text[1..]),
            _ => (Only::Everything, text.as_str()),
        };
        Typed { only, words: rest.trim().to_owned() }
    }

    fn wants(&self, kind: Only) -> bool {
        self.only == Only::Everything || self.only == kind
    }

    /// Whether each typed word begins a word of the label.
    fn fits(&self, label: &str) -> bool {
        let label = fold(label);
        let begins = |word: &str| {
            label.split(|c: char| !c.is_alphanumeric()).any(|found| found.starts_with(word))
        };
        fold(&self.words).split_whitespace().all(begins)
    }
}

async fn show(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(raw): RawQuery,
) -> PageResult<Json<Results>> {
    let sent = Fields::parse(raw.as_deref().unwrap_or_default());
    let typed = Typed::of(sent.text("q"));
    let on: Vec<IncidentNumber> =
        sent.text("on").split(',').take(ON_MAX).filter_map(|number| number.parse().ok()).collect();
    let policy = app.desk.policy();
    if let Some(step) = sent.filled("step") {
        return Ok(Json(Results { groups: actions::step(step, &typed, &on, &who, &policy) }));
    }
    let mut groups = Vec::new();
    if typed.wants(Only::Actions) && who.viewer().works() && !on.is_empty() {
        groups.push(actions::here(&typed, &on, !policy.models.is_empty()));
        if let [number] = on.as_slice() {
            groups.push(actions::macros(&app, &who, &typed, *number).await?);
            groups.push(actions::suggested(&app, &who, &typed, *number).await?);
        }
    }
    if typed.only != Only::Actions {
        // The composer names problems and articles as it names incidents.
        let records = typed.only == Only::Incidents && sent.ticked("records");
        groups.extend(places::found(&app, &who, &typed, records).await?);
    }
    for group in places::pages(&who, &typed, &policy) {
        match groups.iter_mut().find(|known: &&mut Group| known.title == group.title) {
            Some(known) => known.items.extend(group.items),
            None => groups.push(group),
        }
    }
    groups.retain(|group| !group.items.is_empty());
    Ok(Json(Results { groups }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_says_what_is_wanted() {
        for (text, only, words) in [
            ("scan", Only::Everything, "scan"),
            (">assign", Only::Actions, "assign"),
            ("@ mara", Only::People, "mara"),
            ("#7", Only::Incidents, "7"),
            ("!label", Only::Services, "label"),
            ("", Only::Everything, ""),
            ("é", Only::Everything, "é"),
        ] {
            assert_eq!(Typed::of(text), Typed { only, words: words.to_owned() }, "{text}");
        }
    }

    #[test]
    fn what_was_found_is_marked_behind_the_number() {
        let title = Marked { text: "VPN drops".to_owned(), marks: std::iter::once(0..3).collect() };
        let item = Item::named("INC-7 ", &title, "s-new", "/incidents/INC-7".to_owned());
        assert_eq!(item.label, "INC-7 VPN drops");
        let pieces: Vec<_> = item.pieces.iter().map(|(text, hit)| (text.as_str(), *hit)).collect();
        assert_eq!(pieces, [("INC-7 ", false), ("VPN", true), (" drops", false)]);
        assert!(Item::named("", &Marked::plain("VPN"), "x", String::new()).pieces.is_empty());
    }

    #[test]
    fn words_fit_where_words_begin() {
        assert!(Typed::of("as me").fits("Assign to me"));
        assert!(Typed::of("uber").fits("Über uns"));
        assert!(!Typed::of("sign").fits("Assign to me"));
        assert!(Typed::of("").fits("anything"));
    }
}
