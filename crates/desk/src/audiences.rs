//! How many an update reaches, for whoever writes it.

use incident::conduct::Audiences;
use incident::state::UpdatePhase;
use kernel::{ComponentId, IncidentNumber, ListId};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::lists::{List, Matter, Wants};
use store::directory::webhooks;
use store::{Failure, Sql};

/// How many of each audience an update reaches. Somebody who is in several is told once, and
/// counted in each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requesters, those of parts and of open children that follow it included.
    pub requesters: u64,
    /// Whoever follows it besides.
    pub watchers: u64,
    /// Members, with an address, of each list that wants to hear about it.
    pub lists: BTreeMap<ListId, u64>,
    /// Subscribers of the status page, while it is public.
    pub subscribers: u64,
    /// Chat rooms.
    pub chat: u64,
}

impl Counts {
    /// All of them together, as "Publish to 12 people" says it; chat rooms are no people.
    pub fn people(&self) -> u64 {
        self.requesters + self.watchers + self.lists.values().sum::<u64>() + self.subscribers
    }
}

/// How many an update of an incident reaches, of those that it is for. `lists` are those that are
/// known; one that is not is left out.
///
/// # Errors
///
/// [`Failure`] when the database does not answer.
pub fn counts(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    audiences: &Audiences,
    lists: &[List],
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let (services, worst) = store::outside::concerned(sql, number)?;
    if audiences.requesters {
        counts.requesters = counted(store::outside::requesters(sql, number)?);
        counts.watchers = counted(store::outside::watchers(sql, number)?);
    }
    for list in lists.iter().filter(|list| audiences.lists.contains(&list.id)) {
        // Where it will stand, and whether it is the first word, is known when it is published.
        let wants =
            Wants { phases: BTreeSet::new(), first_and_last_only: false, ..list.wants.clone() };
        let phase = UpdatePhase::Investigating;
        let matter = Matter { services: services.clone(), worst, phase, first: true };
        let members = match wants.hears(&matter) {
            true => counted(store::outside::members(sql, list)?),
            false => 0,
        };
        counts.lists.insert(list.id, members);
    }
    // Nobody hears of a page that is not public.
    if audiences.status_page && store::status::page::get(sql)?.value.public {
        let components: BTreeSet<ComponentId> =
            store::status::components::of_services(sql, &services)?.into_iter().collect();
        counts.subscribers = counted(store::subscribers::concerned(sql, &components)?);
    }
    if audiences.chat {
        let rooms = webhooks::list(sql)?.into_iter().filter(|(webhook, _)| {
            webhook.active && webhook.kind.is_chat() && webhook.told.wants("update_published")
        });
        counts.chat = rooms.count() as u64;
    }
    Ok(counts)
}

fn counted(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
