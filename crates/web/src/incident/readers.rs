//! Whom an update may be for, and how many people that is.

use crate::part::icon::icon;
use incident::conduct::Audiences;
use kernel::{InOrder, IncidentNumber, ListId};
use maud::{Markup, html};
use store::directory::lists;
use store::{Failure, Sql};

/// Everybody who can be chosen, counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Readers {
    /// The requester, those of parts and children, and watchers.
    requesters: u64,
    /// Lists of stakeholders, by name.
    lists: Vec<(ListId, String, u64)>,
    /// Subscribers of the status page.
    subscribers: u64,
    /// Chat rooms.
    chat: u64,
}

impl Readers {
    /// Whom an update of an incident could be for.
    pub(super) fn read(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Readers, Failure> {
        let all = lists::readable(sql)?;
        let everybody = Audiences {
            requesters: true,
            lists: all.iter().map(|list| list.id).collect(),
            status_page: true,
            chat: true,
        };
        let counts = desk::audiences::counts(sql, number, &everybody, &all)?;
        let mut lists: Vec<(ListId, String, u64)> = all
            .into_iter()
            .map(|list| {
                let count = counts.lists.get(&list.id).copied().unwrap_or_default();
                (list.id, list.name, count)
            })
            .collect();
        lists.order_by_key(|(_, name, _)| name.to_lowercase());
        Ok(Readers {
            requesters: counts.requesters + counts.watchers,
            lists,
            subscribers: counts.subscribers,
            chat: counts.chat,
        })
    }

    /// How many people hear it; chat rooms are no people.
    pub(super) fn count(&self, chosen: &Audiences) -> u64 {
        let some = |is: bool, count: u64| if is { count } else { 0 };
        let lists = self.lists.iter().map(|(id, _, n)| some(chosen.lists.contains(id), *n));
        some(chosen.requesters, self.requesters)
            + some(chosen.status_page, self.subscribers)
            + lists.sum::<u64>()
    }

    /// "Requesters, Directors and the status page".
    pub(super) fn words(&self, chosen: &Audiences) -> String {
        let mut parts: Vec<&str> = vec![];
        if chosen.requesters {
            parts.push("requesters");
        }
        if chosen.status_page {
            parts.push("status page");
        }
        let named = self.lists.iter().filter(|(id, ..)| chosen.lists.contains(id));
        parts.extend(named.map(|(_, name, _)| name.as_str()));
        if chosen.chat && self.chat > 0 {
            parts.push("chat rooms");
        }
        if parts.is_empty() { "nobody".to_owned() } else { parts.join(", ") }
    }

    /// The boxes of a form. Their first field says that the form asks at all.
    pub(super) fn boxes(&self, chosen: &Audiences) -> Markup {
        html! {
            fieldset.aud {
                legend.vh { "Goes to" }
                span.meta aria-hidden="true" { "Goes to" }
                input type="hidden" name="to" value="";
                (one("requesters", "user", "Requesters and watchers", self.requesters, chosen.requesters))
                (one("status_page", "globe", "Status page", self.subscribers, chosen.status_page))
                @for (id, name, count) in &self.lists {
                    (one(&format!("list:{id}"), "mail", name, *count, chosen.lists.contains(id)))
                }
                @if self.chat > 0 || chosen.chat { (one("chat", "chat", "Chat rooms", self.chat, chosen.chat)) }
            }
        }
    }
}

fn one(value: &str, symbol: &'static str, name: &str, count: u64, chosen: bool) -> Markup {
    html! {
        label.chip {
            input type="checkbox" name="to" value=(value) checked[chosen];
            (icon(symbol)) (name) " " span.muted { (count) }
        }
    }
}

/// "Publish to 12 people", "Publish".
pub(super) fn publish_to(count: u64) -> String {
    match count {
        0 => "Publish".to_owned(),
        1 => "Publish to 1 person".to_owned(),
        count => format!("Publish to {count} people"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_counted_once_they_are_chosen() {
        let list = ListId(desk::fresh());
        let readers = Readers {
            requesters: 3,
            lists: vec![(list, "Directors".to_owned(), 7)],
            subscribers: 2_310,
            chat: 1,
        };
        let mut chosen = Audiences::default();
        assert_eq!((readers.count(&chosen), readers.words(&chosen).as_str()), (0, "nobody"));
        chosen.requesters = true;
        chosen.lists.insert(list);
        assert_eq!(readers.count(&chosen), 10);
        assert_eq!(readers.words(&chosen), "requesters, Directors");
        let boxes = readers.boxes(&chosen).into_string();
        assert!(boxes.contains(&format!(r#"value="list:{list}" checked"#)), "{boxes}");
        assert!(boxes.contains(r#"value="status_page">"#), "not checked: {boxes}");
    }

    #[test]
    fn the_button_says_how_many_read_it() {
        assert_eq!(publish_to(0), "Publish");
        assert_eq!(publish_to(1), "Publish to 1 person");
        assert_eq!(publish_to(12), "Publish to 12 people");
    }
}
