//! What paging promised and what came of it, as somebody may know it who looks after it.

use crate::{Desk, Trouble};
use incident::permissions::Access;
use incident::{Refusal, Scope, Viewer};
use kernel::{IncidentNumber, PersonId};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use store::Sql;
use store::directory::people;
use store::incidents::feed::subjects;
use store::pages::ledger::{self, After, PromiseState, Promised};
use store::pages::send::{self, Page};

/// A promised step as a viewer may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromisedPage {
    /// The promise.
    pub promise: Promised,
    /// The pages that were to keep it; none where the incident is restricted.
    pub pages: Vec<Page>,
    /// Whether its incident is one that the viewer may not see.
    pub restricted: bool,
}

/// Promises with the names of everybody in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagingLedger {
    /// The promises.
    pub promises: Vec<PromisedPage>,
    /// Names of people who were paged.
    pub names: HashMap<PersonId, String>,
}

impl Desk {
    /// What was promised for one incident, in order.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is no such incident for this viewer, or the database does not
    /// answer.
    pub async fn paging_of(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<PagingLedger, Trouble> {
        let scope = Scope::of(viewer);
        let read = move |sql: &mut dyn Sql| {
            let subject = subjects(sql, &[number])?.remove(&number);
            match subject.filter(|subject| scope.access(subject) == Access::Full) {
                Some(_) => {
                    let promises = ledger::of(sql, number)?;
                    shown(sql, &scope, promises).map(Some)
                }
                None => Ok(None),
            }
        };
        let found = self.read(read).await?;
        let none = || Refusal::not_found("there is no such incident, or you may not see it");
        found.ok_or_else(|| none().into())
    }

    /// What was promised for all incidents, the latest first.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn paging_ledger(
        &self,
        viewer: &Viewer,
        state: Option<PromiseState>,
        after: Option<After>,
        limit: usize,
    ) -> Result<PagingLedger, Trouble> {
        let scope = Scope::of(viewer);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |sql: &mut dyn Sql| {
            let promises = ledger::latest(sql, state, after, limit)?;
            shown(sql, &scope, promises)
        };
        self.read(read).await
    }
}

fn shown(
    sql: &mut dyn Sql,
    scope: &Scope,
    promises: Vec<Promised>,
) -> Result<PagingLedger, store::Failure> {
    let mut numbers: Vec<IncidentNumber> = promises.iter().map(|promise| promise.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let subjects = subjects(sql, &numbers)?;
    let mut entries: BTreeMap<(IncidentNumber, i64), Vec<Page>> = BTreeMap::new();
    let mut found = PagingLedger::default();
    for promise in promises {
        let sees = subjects.get(&promise.number);
        let restricted = sees.is_none_or(|subject| scope.access(subject) != Access::Full);
        let kept = promise.kept_n.filter(|_| !restricted).map(|n| (promise.number, n));
        let pages = match kept.map(|key| (key, entries.entry(key))) {
            None => vec![],
            Some((_, Entry::Occupied(known))) => known.get().clone(),
            Some(((number, n), Entry::Vacant(free))) => {
                free.insert(send::of_entry(sql, number, n)?).clone()
            }
        };
        found.promises.push(PromisedPage { promise, pages, restricted });
    }
    let people = found.promises.iter().flat_map(|shown| &shown.pages).map(|page| page.person);
    let mut people: Vec<PersonId> = people.collect();
    people.sort_unstable();
    people.dedup();
    found.names = people::names(sql, &people)?;
    Ok(found)
}
