//! Writing down what a batch of requests came to: one statement for everything of a kind.

use super::Book;
use std::collections::HashMap;
use store::alerts::{Written, details, groups, heartbeats, payloads};
use store::directory::integrations;
use store::{Failure, Sql};

/// Bodies of one integration that are kept of one transaction: in a storm they say the same.
const PAYLOADS_AT_ONCE: usize = 5;

impl Book<'_> {
    pub(super) fn keep(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        for written in [Written::All, Written::Count] {
            let rows = self.rows.iter().filter(|row| row.written == Some(written));
            store::alerts::write(sql, written, rows.map(|row| &row.alert))?;
        }
        let said = self.rows.iter().filter_map(|row| Some((row.alert.id, row.said.as_deref()?)));
        details::write(sql, said)?;
        let touched = self.groups.iter().filter(|hand| hand.touched);
        groups::write(sql, touched.map(|hand| &hand.group))?;
        heartbeats::came(sql, self.beats.values(), self.now)?;
        for (integration, name) in &self.silent {
            if !self.beats.contains_key(&(*integration, name.clone())) {
                heartbeats::told(sql, *integration, name)?;
            }
        }
        let mut kept: HashMap<_, usize> = HashMap::new();
        let newest = std::mem::take(&mut self.payloads).into_iter().rev();
        let few = newest.filter(|payload| {
            let count = kept.entry(payload.integration).or_default();
            *count += 1;
            *count <= PAYLOADS_AT_ONCE
        });
        payloads::keep(sql, few.collect())?;
        for integration in &self.seen {
            integrations::seen(sql, *integration, self.now)?;
        }
        Ok(())
    }
}
