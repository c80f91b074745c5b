//! Trying a rule on what was, before it is switched on.

use crate::{Desk, Trouble};
use incident::rules::{Around, Fault, Hit, Known, Moment, ReadyRule, Rule};
use incident::rules::{asks_for_people, asks_for_words, faults, judge, people_named};
use incident::{Access, Event, Policy, Viewer};
use kernel::{ContentId, IncidentNumber, PersonId, Timestamp, limits};
use query::{Bound, Context, MomentField, Query, Sort, SortKey, Term, When};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::directory::people;
use store::incidents::list::{IncidentRow, Look, list};
use store::incidents::timeline::{contents_by_id, timelines};
use store::{Failure, Sql};

/// Incidents looked at in one go; other readers come in between.
const PAGE: usize = 200;
/// Events of a report and what followed from it: more than `decide` ever makes of one.
const EVENTS_OF_A_REPORT: u32 = 16;
/// Matches that are shown one by one.
pub const TRIAL_SHOWN: usize = 200;

/// What a rule would have done.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Incidents that were looked at.
    pub judged: usize,
    /// How many of them it would have run on.
    pub matched: usize,
    /// Whether the whole time was looked at; if not, only the newest of it.
    pub complete: bool,
    /// The newest of the incidents that matched, at most [`TRIAL_SHOWN`].
    pub found: Vec<(IncidentRow, Hit)>,
}

impl Desk {
    /// Tries a rule on the incidents that were reported in a stretch of time, as far as
    /// the viewer sees all of them. A rule that hears reports alone judges each incident
    /// as it was when it was reported; any other judges it after every command it got.
    /// Names and the people's marks are those of now. Nothing is recorded.
    pub async fn try_rule(
        &self,
        viewer: &Viewer,
        rule: Rule,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Trial, Trouble> {
        let now = self.now();
        let (policy, look) = (self.policy(), look(viewer, now));
        let ready = Arc::new(ReadyRule::of(rule, &policy));
        let reports = ready.rule.on.iter().all(|moment| *moment == Moment::Reported);
        let most = if reports { limits::RULE_TRIAL_REPORTS } else { limits::RULE_TRIAL_TIMELINES };
        let within = When::Between(Bound::Instant(from), Bound::Instant(until));
        let sort = Some(Sort { key: SortKey::Reported, reversed: false });
        let query = Query { filter: Term::Moment(MomentField::Reported, within).into(), sort };
        let mut trial = Trial { judged: 0, matched: 0, complete: true, found: vec![] };
        let mut cursor = None;
        loop {
            let (look, query, policy) = (look.clone(), query.clone(), policy.clone());
            let ready = ready.clone();
            let up_to = if reports { EVENTS_OF_A_REPORT } else { u32::MAX };
            let work = move |sql: &mut dyn Sql| {
                let page = list(sql, &look, &query, PAGE, cursor.as_ref())?;
                Ok((judged(sql, &ready, &policy, page.rows, (up_to, now))?, page.next))
            };
            let (found, next) = self.read(work).await?;
            trial.judged += found.len();
            let hits = found.into_iter().filter_map(|(row, hit)| Some((row, hit?)));
            for hit in hits {
                trial.matched += 1;
                if trial.found.len() < TRIAL_SHOWN {
                    trial.found.push(hit);
                }
            }
            cursor = next;
            if cursor.is_none() {
                return Ok(trial);
            }
            if trial.judged >= most {
                return Ok(Trial { complete: false, ..trial });
            }
        }
    }
}

/// What is wrong with a rule, seen from the configuration in force.
pub fn check_rule(sql: &mut dyn Sql, rule: &Rule) -> Result<Vec<Fault>, Failure> {
    let faults = check_rules(sql, std::slice::from_ref(rule))?;
    Ok(faults.into_iter().next().unwrap_or_default())
}

/// What is wrong with each of these rules.
pub fn check_rules(sql: &mut dyn Sql, rules: &[Rule]) -> Result<Vec<Vec<Fault>>, Failure> {
    let policy = store::directory::policy::load(sql)?;
    let mut known = BTreeSet::new();
    for name in rules.iter().flat_map(|rule| people_named(&rule.when)) {
        let by_id = name.parse().map_or(Ok(None), |id| people::get(sql, id))?;
        if by_id.is_some()
            || people::by_email(sql, &name)?.is_some()
            || !people::by_name(sql, &name)?.is_empty()
        {
            known.insert(name);
        }
    }
    let check = |rule| faults(rule, &policy, &|name| known.contains(name));
    Ok(rules.iter().map(check).collect())
}

type Judged = (IncidentRow, Option<Hit>);

/// Judges a page of incidents.
fn judged(
    sql: &mut dyn Sql,
    ready: &ReadyRule,
    policy: &Policy,
    mut rows: Vec<IncidentRow>,
    (up_to, now): (u32, Timestamp),
) -> Result<Vec<Judged>, Failure> {
    rows.retain(|row| row.access == Access::Full);
    let numbers: Vec<IncidentNumber> = rows.iter().map(|row| row.number).collect();
    let mut events: HashMap<IncidentNumber, Vec<Event>> = HashMap::new();
    for stored in timelines(sql, &numbers, up_to)? {
        events.entry(stored.number).or_default().push(stored.event);
    }
    if up_to != u32::MAX {
        events.values_mut().for_each(only_the_report);
    }
    let texts = match asks_for_words(&ready.when) {
        true => texts(sql, events.values().flatten())?,
        false => HashMap::new(),
    };
    let people = match asks_for_people(&ready.when) {
        true => known(sql, &rows, events.values().flatten())?,
        false => HashMap::new(),
    };
    let around = Around { policy, people: &people, texts: &texts, brought: &brought, now };
    let judge = |row: IncidentRow| {
        let hit =
            events.get(&row.number).and_then(|events| judge(ready, row.number, events, &around));
        (row, hit)
    };
    Ok(rows.into_iter().map(judge).collect())
}

/// The report and what followed from it by policy.
fn only_the_report(events: &mut Vec<Event>) {
    let of_report = |event: &&Event| matches!(&event.cause, incident::Cause::Derived(derived) if derived.by == "policy");
    let length = 1 + events.iter().skip(1).take_while(of_report).count();
    events.truncate(length);
}

fn brought(events: &[Event]) -> Vec<ContentId> {
    store::incidents::brought_by(events).into_keys().collect()
}

fn texts<'a>(
    sql: &mut dyn Sql,
    events: impl Iterator<Item = &'a Event>,
) -> Result<HashMap<ContentId, String>, Failure> {
    let ids: Vec<ContentId> =
        events.flat_map(|event| brought(std::slice::from_ref(event))).collect();
    let found = contents_by_id(sql, &ids)?;
    Ok(found.into_iter().filter_map(|(id, content)| Some((id, content.body?))).collect())
}

/// Requesters, and everybody the timelines name as assignee or watcher.
fn known<'a>(
    sql: &mut dyn Sql,
    rows: &[IncidentRow],
    events: impl Iterator<Item = &'a Event>,
) -> Result<HashMap<PersonId, Known>, Failure> {
    let mut ids: BTreeSet<PersonId> = rows.iter().map(|row| row.requester.id).collect();
    for event in events {
        match &event.body {
            incident::Body::Assigned(data) => ids.extend(data.assignee),
            incident::Body::Watched(data) => {
                ids.insert(data.person);
            }
            _ => {}
        }
    }
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let known = |person: people::Person| {
        (person.id, Known { name: person.name, email: person.email, vip: person.vip })
    };
    Ok(people::get_many(sql, &ids)?.into_iter().map(known).collect())
}

/// What somebody sees of the past.
fn look(viewer: &Viewer, now: Timestamp) -> Look {
    let context = Context { me: Some(viewer.person), ..Context::of_a_rule(now, "UTC") };
    Look { scope: incident::Scope::of(viewer), context }
}
