//! Writing down what a batch of requests came to: one statement for everything of a kind.

use super::Book;
use crate::alerts::payload;
use store::alerts::{Written, details, groups, heartbeats, payloads};
use store::directory::integrations;
use store::{Failure, Sql};

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
        let now = self.now;
        let bodies = std::mem::take(&mut self.payloads).into_iter().rev();
        let bodies =
            bodies.map(|one| payload(one.integration, now, one.outcome, one.note, one.raw));
        payloads::keep(sql, bodies.collect())?;
        for integration in &self.seen {
            integrations::seen(sql, *integration, self.now)?;
        }
        Ok(())
    }
}
