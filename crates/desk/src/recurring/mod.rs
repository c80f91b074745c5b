//! Incidents that come again and again: found after reports, off their way, and proposed as
//! problems. What people make of them is in `decided`.

mod decided;

use crate::{Desk, Trouble};
use insight::recurring::{CLUSTER_MIN, Cluster, INCIDENTS_MAX, Seen, clusters};
use kernel::{ClusterId, InOrder, IncidentNumber, ServiceId, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use store::recurring::{self as rows, CLUSTERS_MAX, Recurring, RecurringState};
use store::{Failure, Sql};

pub use decided::{Case, LINKED_MAX, Listed};

/// How often it is looked whether something changed.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// How many times as long as comparing took nothing is compared: half a per cent of one core.
const REST: u32 = 200;
/// For how long nothing is compared at most: names follow what is restricted, and a database that
/// was slow once is not slow for hours.
const REST_MAX: Duration = Duration::from_secs(1_800);
/// For how long an incident is remembered, in days: a year.
const DAYS: i64 = 365;
/// Incidents read at once.
const PAGE_ROWS: i64 = 1_000;
/// Incidents whose cluster is written in one transaction.
const WRITTEN_AT_ONCE: usize = 512;

/// What the loop knows. All of it is found again after a start.
#[derive(Default)]
pub(crate) struct Kept {
    /// As of which change, and of which last number, the incidents were compared.
    mark: (Option<Timestamp>, Option<i64>),
    /// Until when the loop rests.
    rests_until: Option<Instant>,
}

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "incidents could not be compared; trying again";
    let work = |desk: Desk| async move { desk.look_for_recurring().await };
    crate::every(desk, "recurring incidents", LOOK_EVERY, failing, work);
}

/// What is to be written.
#[derive(Default)]
struct Changes {
    /// New clusters with their incidents.
    new: Vec<Cluster>,
    /// Incidents that belong to another cluster than before.
    moved: BTreeMap<ClusterId, Vec<IncidentNumber>>,
    /// Incidents that belong to none any more.
    gone: Vec<IncidentNumber>,
    /// Clusters whose incidents do not say their name any more, or are of another service.
    renamed: Vec<(ClusterId, String, Option<ServiceId>)>,
}

impl Desk {
    /// A turn of the loop: rests as long as the last one asks for, and compares if something
    /// changed.
    async fn look_for_recurring(&self) -> Result<(), Trouble> {
        if self.0.recurring.lock().await.rests_until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        let began = Instant::now();
        let found = self.find_recurring().await;
        // What fails costs as much, and would be tried each time.
        let rest = began.elapsed().saturating_mul(REST).min(REST_MAX);
        self.0.recurring.lock().await.rests_until = Some(Instant::now() + rest);
        found
    }

    /// Compares the incidents of the last year and writes what is another than before. Several
    /// nodes come to the same: what one wrote already, the next finds unchanged.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn find_recurring(&self) -> Result<(), Trouble> {
        let mut kept = self.0.recurring.lock().await;
        let mark = self.read(rows::mark).await?;
        if kept.mark == mark {
            return Ok(());
        }
        let now = self.now();
        let seen = self.comparable(now).await?;
        let (known, before) = self.read(|sql| Ok((rows::list(sql)?, rows::members(sql)?))).await?;
        let compared = crate::on_a_thread(move || changes(&seen, &known, &before)).await;
        let changes = compared
            .map_err(|error| Failure::Broken(format!("comparing incidents ended: {error}")))?;
        self.keep_recurring(changes, now).await?;
        kept.mark = mark;
        Ok(())
    }

    /// The incidents that are compared, read piece by piece, each in a snapshot of its own.
    async fn comparable(&self, now: Timestamp) -> Result<Vec<Seen>, Trouble> {
        let (since, mut found) = (now.plus_days(-DAYS), Vec::new());
        let mut before = (now, IncidentNumber(i64::MAX));
        while found.len() < INCIDENTS_MAX {
            let page = self.read(move |sql| rows::seen(sql, since, before, PAGE_ROWS)).await?;
            let Some((at, last)) = page.last() else { break };
            before = (*at, last.number);
            let is_last = (page.len() as i64) < PAGE_ROWS;
            found.extend(page.into_iter().map(|(_, seen)| seen));
            if is_last {
                break;
            }
        }
        found.truncate(INCIDENTS_MAX);
        Ok(found)
    }

    async fn keep_recurring(&self, changes: Changes, now: Timestamp) -> Result<(), Trouble> {
        for some in changes.gone.chunks(WRITTEN_AT_ONCE) {
            let some = some.to_vec();
            self.write(move |sql| Ok(rows::take(sql, &some)?)).await?;
        }
        for (id, numbers) in changes.moved {
            for some in numbers.chunks(WRITTEN_AT_ONCE) {
                let some = some.to_vec();
                self.write(move |sql| Ok(rows::put(sql, id, &some)?)).await?;
            }
        }
        for (id, name, service) in changes.renamed {
            self.write(move |sql| Ok(rows::rename(sql, id, &name, service)?)).await?;
        }
        for cluster in changes.new {
            let numbers: Vec<IncidentNumber> = cluster.members.iter().copied().collect();
            let row = fresh(cluster, now);
            let (first, rest) = numbers.split_at(numbers.len().min(WRITTEN_AT_ONCE));
            let some = first.to_vec();
            let keep = move |sql: &mut dyn Sql| {
                let id = rows::keep(sql, &row)?;
                // With incidents at once, or another node takes it for empty.
                rows::put(sql, id, &some)?;
                Ok(id)
            };
            let id = self.write(keep).await?;
            for some in rest.chunks(WRITTEN_AT_ONCE) {
                let some = some.to_vec();
                self.write(move |sql| Ok(rows::put(sql, id, &some)?)).await?;
            }
        }
        self.write(move |sql| Ok(rows::tidy(sql, now.plus_days(-DAYS))?)).await
    }
}

/// A cluster that was just found.
fn fresh(cluster: Cluster, now: Timestamp) -> Recurring {
    Recurring {
        id: ClusterId(crate::fresh()),
        origin: cluster.centre,
        name: cluster.name,
        service: cluster.service,
        state: RecurringState::Proposed,
        problem: None,
        silent_below: 0,
        found_at: now,
        decided_at: None,
        decided_by: None,
    }
}

/// What is another than before. A cluster that is kept already keeps its id and its name, however
/// few are left of it.
fn changes(
    seen: &[Seen],
    known: &[Recurring],
    before: &BTreeMap<ClusterId, BTreeSet<IncidentNumber>>,
) -> Changes {
    let nothing = BTreeSet::new();
    let together: Vec<BTreeSet<IncidentNumber>> =
        known.iter().map(|one| before.get(&one.id).unwrap_or(&nothing).clone()).collect();
    let mut was: BTreeMap<IncidentNumber, ClusterId> = BTreeMap::new();
    for (id, numbers) in before {
        was.extend(numbers.iter().map(|number| (*number, *id)));
    }
    let mut found = Changes::default();
    let titles: BTreeMap<IncidentNumber, &str> =
        seen.iter().map(|one| (one.number, one.title.as_str())).collect();
    for cluster in clusters(seen, &together) {
        let Some(kept) = cluster.known.and_then(|at| known.get(at)) else {
            if cluster.members.len() >= CLUSTER_MIN {
                found.new.push(cluster);
            }
            continue;
        };
        let said = cluster.members.iter().filter_map(|number| titles.get(number).copied());
        let name = if say(said, &kept.name) { kept.name.clone() } else { cluster.name };
        if name != kept.name || cluster.service != kept.service {
            found.renamed.push((kept.id, name, cluster.service));
        }
        for number in cluster.members {
            if was.remove(&number) != Some(kept.id) {
                found.moved.entry(kept.id).or_default().push(number);
            }
        }
    }
    // The largest first, if there is not room for all.
    let room = usize::try_from(CLUSTERS_MAX).unwrap_or_default().saturating_sub(known.len());
    found.new.order_by_key(|cluster| (Reverse(cluster.members.len()), cluster.centre));
    found.new.truncate(room);
    for number in found.new.iter().flat_map(|cluster| &cluster.members) {
        was.remove(number);
    }
    found.gone = was.into_keys().collect();
    found
}

/// Whether these titles still say every word of a name. What left them may be restricted by now,
/// and its words with it.
fn say<'a>(mut titles: impl Iterator<Item = &'a str>, name: &str) -> bool {
    let mut words: BTreeSet<String> = query::words(name).into_iter().collect();
    while !words.is_empty() {
        let Some(title) = titles.next() else { return false };
        for word in query::words(title) {
            words.remove(&word);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(number: i64, title: &str) -> Seen {
        let (title, number) = (title.to_owned(), IncidentNumber(number));
        Seen { number, title, service: None, category: None, group: None, problem: None }
    }

    #[test]
    fn the_largest_are_kept_where_there_is_not_room_for_all() {
        let belts = (1..=3).map(|number| seen(number, "Belt stands"));
        let payslips = (4..=7).map(|number| seen(number, "Payslip missing"));
        let all: Vec<Seen> = belts.chain(payslips).collect();
        let found = changes(&all, &[], &BTreeMap::new()).new;
        assert_eq!(found.len(), 2);
        let other = fresh(found[1].clone(), Timestamp::default());
        let known = vec![other; CLUSTERS_MAX as usize - 1];
        let found = changes(&all, &known, &BTreeMap::new()).new;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].members.len(), 4, "{found:?}");
    }

    #[test]
    fn only_what_is_another_than_before_is_written() {
        let mut all = vec![
            seen(1, "Belt stands"),
            seen(2, "Belt stands"),
            seen(3, "Belt stands"),
            seen(4, "Payslip missing"),
        ];
        let first = changes(&all, &[], &BTreeMap::new());
        assert_eq!((first.new.len(), first.moved.len(), first.gone.len()), (1, 0, 0));
        let cluster = fresh(first.new[0].clone(), Timestamp::default());
        let mut before = BTreeMap::from([(cluster.id, first.new[0].members.clone())]);
        let known = [cluster.clone()];
        let again = changes(&all, &known, &before);
        assert!(again.new.is_empty() && again.moved.is_empty() && again.gone.is_empty());
        all.push(seen(5, "Belt stands"));
        before.get_mut(&cluster.id).unwrap().insert(IncidentNumber(9));
        let later = changes(&all, &known, &before);
        assert_eq!(later.moved, BTreeMap::from([(cluster.id, vec![IncidentNumber(5)])]));
        assert_eq!(later.gone, [IncidentNumber(9)], "it is not there any more");
        assert_eq!(later.renamed, []);
        let secret = Recurring { name: "Belt stands for a secret".to_owned(), ..cluster.clone() };
        let renamed = changes(&all, &[secret], &before).renamed;
        assert_eq!(renamed, [(cluster.id, "Belt stands".to_owned(), None)]);
    }
}
