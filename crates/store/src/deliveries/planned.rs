//! What rows of the outbox make, and putting it where it belongs.
//!
//! There is one writer, and commands wait for it: so who is concerned is read before, on a reader,
//! and the transaction does nothing but take the rows and put down what they make. What may change
//! in between is looked at again in it, where it matters: another node may have taken a row, and
//! an incident may have become urgent. All else is judged again when it leaves or is shown.

use super::expand::Asked;
use super::{BY_MAIL, By, Delivery, DeliveryState, Held, Outcome, urgent};
use crate::directory::{many, slots};
use crate::{Columns, Engine, Failure, Sql, Table, Type, Value, outside};
use kernel::{IncidentNumber, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// As deliveries come from the outbox: those to inboxes may be there with it.
const MADE: Table<'static> = Table {
    name: "deliveries",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("word", Type::Text),
        ("person_id", Type::Text),
        ("told_as", Type::Text),
        ("channel", Type::Text),
        ("address", Type::Text),
        ("state", Type::Text),
        ("next_at", Type::Int),
        ("created_at", Type::Int),
        ("ended_at", Type::Int),
        ("error", Type::Text),
        ("held", Type::Text),
        ("rule", Type::Text),
    ],
    suffix: "on conflict do nothing",
};

/// What rows of the outbox make.
pub struct Plan {
    /// Rows of the outbox, the earliest first.
    pub(super) asked: Vec<Asked>,
    /// What each of them makes, by its id. Those beyond what one transaction makes are not in it,
    /// and those that cannot be read make nothing.
    pub(super) made: BTreeMap<i64, Vec<Delivery>>,
    /// Incidents about which letters wait that another one would take along.
    pub(super) held: BTreeSet<i64>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Decides which entries are in their inboxes at once ([`Outcome::Sent`]) and which are never
    /// told ([`Outcome::Withdrawn`]). What is neither, and what is not asked for, waits to be put
    /// there.
    ///
    /// # Errors
    ///
    /// Those of `look`, which says what becomes of an entry.
    pub fn judge(
        &mut self,
        look: &mut dyn FnMut(&Delivery) -> Result<Option<Outcome>, Failure>,
    ) -> Result<(), Failure> {
        let entries = self.made.values_mut().flatten().filter(|one| one.by == By::Inbox);
        for entry in entries {
            match look(&*entry)? {
                Some(Outcome::Sent) => entry.state = DeliveryState::Sent,
                Some(Outcome::Withdrawn(why)) => {
                    entry.state = DeliveryState::Withdrawn;
                    entry.error = Some(why);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Puts down what was planned, but for what another node had first; how many rows of the outbox
/// that were.
pub fn carry_out(sql: &mut dyn Sql, plan: Plan, now: Timestamp) -> Result<u64, Failure> {
    let Plan { asked, mut made, held } = plan;
    let ours = take(sql, &made.keys().copied().collect::<Vec<i64>>())?;
    let mut rows = Vec::new();
    let (mut waiting, mut leaving) = (BTreeSet::new(), BTreeSet::new());
    for asked in asked.iter().filter(|asked| ours.contains(&asked.id)) {
        let (number, n, at) = (IncidentNumber(asked.number), asked.n, asked.created_at);
        outside::announce(sql, number, n, &asked.audience, at)?;
        for delivery in made.remove(&asked.id).unwrap_or_default() {
            match delivery.held {
                Some(Held::Folding | Held::Quiet | Held::Digest) => waiting.insert(asked.number),
                _ => delivery.by == By::Email && leaving.insert(asked.number),
            };
            rows.push(row(delivery, now));
        }
    }
    if rows.is_empty() {
        return Ok(ours.len() as u64);
    }
    sql.insert(&MADE, rows)?;
    // They may have become urgent since it was read how they stand.
    urgent::release(sql, &waiting.iter().copied().collect::<Vec<i64>>(), now)?;
    // Where there are several nodes, another may have made something that waits since.
    let alone = sql.engine() == Engine::Sqlite;
    leaving.retain(|number| !alone || held.contains(number) || waiting.contains(number));
    take_along(sql, &leaving.into_iter().collect::<Vec<i64>>(), now)?;
    Ok(ours.len() as u64)
}

/// Takes these out of the outbox; those that were there still.
fn take(sql: &mut dyn Sql, ids: &[i64]) -> Result<BTreeSet<i64>, Failure> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (list, values) = slots(1, ids);
    let statement = format!("delete from outbox where id in ({list}) returning id");
    Ok(many(sql, &statement, &values, Columns::int)?.into_iter().collect())
}

fn row(delivery: Delivery, now: Timestamp) -> Vec<Value> {
    let ended_at = (delivery.state != DeliveryState::Waiting).then_some(now);
    vec![
        delivery.number.into(),
        delivery.n.into(),
        delivery.word.into(),
        delivery.person.into(),
        delivery.told_as.as_str().into(),
        delivery.by.as_str().into(),
        delivery.address.into(),
        delivery.state.as_str().into(),
        delivery.next_at.into(),
        delivery.created_at.into(),
        ended_at.into(),
        delivery.error.into(),
        delivery.held.map_or("", Held::as_str).into(),
        delivery.rule.into(),
    ]
}

/// What leaves now takes along what waits before it about the same incident, so that it is read
/// in its order; `numbers` are the incidents of which something leaves now.
pub(super) fn take_along(
    sql: &mut dyn Sql,
    numbers: &[i64],
    now: Timestamp,
) -> Result<(), Failure> {
    if numbers.is_empty() {
        return Ok(());
    }
    let (list, mut values) = slots(2, numbers);
    values.insert(0, now.into());
    let later_by_mail = "later.channel <> 'push' and later.channel <> 'inbox'";
    let statement = format!(
        "update deliveries set next_at = $1 where number in ({list}) and state = 'waiting' and {BY_MAIL} \
        and held in ('folding', 'quiet') and next_at > $1 and attempts = 0 \
        and exists (select 1 from deliveries later where later.person_id = deliveries.person_id \
        and later.number = deliveries.number and {later_by_mail} \
        and later.state = 'waiting' and later.id > deliveries.id and later.held in ('', 'urgent') \
        and later.next_at <= $1)"
    );
    sql.execute(&statement, &values).map(drop)
}
