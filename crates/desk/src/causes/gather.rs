//! What is known around the beginning of an incident. Whatever belongs to another incident is
//! found only by those who see all of that one.

use super::Known;
use crate::map::Sight;
use ::map::Graph;
use incident::conduct::Degree;
use incident::state::LinkKind;
use incident::{Access, Scope, State};
use insight::cause::{
    CLOCKS_SECONDS, Judged, Kind, RECENT_SECONDS, Reach, Scene, Sign, WORK_SECONDS, What,
};
use kernel::{InOrder, IncidentNumber, ServiceId, Timestamp};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::alerts::maintenances;
use store::causes::{self as rows, Verdict};
use store::directory::changes;
use store::incidents::list::{self, IncidentRow};
use store::{Failure, Sql};

/// Services that count as hit: the causes of more than these are found by what they share.
const AFFECTED_MAX: usize = 12;
/// Services that are looked at because those need them, the nearest.
const NEEDED_MAX: usize = 50;
/// Changes that are looked at, the latest of the week.
const CHANGES_MAX: usize = 100;
/// Incidents at what is needed that are looked at for alerts, of the last day and of those open.
const NEAR_MAX: usize = 40;
/// Alerts that are looked at, the earliest.
const ALERTS_MAX: usize = 100;
/// Outages that are looked at, the latest.
const OUTAGES_MAX: usize = 50;
/// Incidents of each service that tell what was behind them, the last.
const ALIKE_MAX: usize = 20;
/// Verdicts of an incident that are read.
const VERDICTS_MAX: usize = 100;
/// Times that one maintenance window holds around the beginning.
const TIMES_MAX: usize = 4;
/// Days for which verdicts tell what is usual here: as long as changes are kept.
const JUDGED_DAYS: i64 = 400;
/// Seconds of a day, in which alerts and incidents are looked for.
const DAY_SECONDS: i64 = 86_400;
/// The least pressing priority of an incident that makes a service degraded, as on the map.
const PRIORITY_MAX: u8 = 2;

/// What was found.
pub(super) struct Found {
    pub(super) state: Arc<State>,
    pub(super) affected: Vec<ServiceId>,
    pub(super) scene: Scene,
    pub(super) known: BTreeMap<What, Known>,
    pub(super) verdicts: Vec<Verdict>,
}

/// Looks around the beginning of an incident; none when the viewer does not see all of it.
pub(super) fn gather(
    sql: &mut dyn Sql,
    scope: &Scope,
    sight: &Sight,
    number: IncidentNumber,
    now: Timestamp,
) -> Result<Option<Found>, Failure> {
    let row = list::get(sql, scope, number)?.filter(|row| row.access == Access::Full);
    let Some(IncidentRow { state, .. }) = row else { return Ok(None) };
    let affected = affected(sql, scope, &state, number)?;
    let reach = reach(&sight.graph, &affected);
    let mut look = Look {
        scope,
        number,
        began: began(&state),
        all: reach.keys().copied().collect(),
        needed: reach.iter().filter(|(_, one)| one.hops > 0).map(|(id, _)| *id).collect(),
        signs: vec![],
        known: BTreeMap::new(),
    };
    look.changes(sql)?;
    look.upstream(sql, sight)?;
    look.work(sql)?;
    look.records(sql, &affected)?;
    let mut judged: BTreeMap<Kind, Judged> = BTreeMap::new();
    for (kind, was_it, count) in rows::judged(sql, scope, now.plus_days(-JUDGED_DAYS))? {
        let (one, count) =
            (judged.entry(kind).or_default(), u32::try_from(count).unwrap_or(u32::MAX));
        if was_it { one.yes = count } else { one.no = count }
    }
    let scene = Scene {
        began: look.began,
        affected: u32::try_from(affected.len()).unwrap_or(u32::MAX),
        reach,
        signs: look.signs,
        judged,
    };
    // What was said of something that this viewer does not see tells nothing of it. Changes are
    // for all who work here, and forgotten one day.
    let mut verdicts = rows::of(sql, number, VERDICTS_MAX)?;
    verdicts
        .retain(|one| matches!(one.what, What::Change(_)) || look.known.contains_key(&one.what));
    Ok(Some(Found { state, affected, scene, known: look.known, verdicts }))
}

/// The first that is known of it: noticed, reported, or out.
fn began(state: &State) -> Timestamp {
    let noticed = state.moments.detected.unwrap_or(state.reported_at).min(state.reported_at);
    state.outages.iter().map(|outage| outage.started_at).fold(noticed, Timestamp::min)
}

/// Its own service, those of its outages, and those of its children that the viewer sees.
fn affected(
    sql: &mut dyn Sql,
    scope: &Scope,
    state: &State,
    number: IncidentNumber,
) -> Result<Vec<ServiceId>, Failure> {
    let of_children = rows::services_of_children(sql, scope, number, AFFECTED_MAX)?;
    let outages = state.outages.iter().map(|outage| outage.service);
    let mut found: Vec<ServiceId> = Vec::new();
    for service in state.service.into_iter().chain(outages).chain(of_children) {
        if !found.contains(&service) && found.len() < AFFECTED_MAX {
            found.push(service);
        }
    }
    Ok(found)
}

/// How the services that are needed are joined to those that are hit, the nearest of them.
fn reach(graph: &Graph, affected: &[ServiceId]) -> BTreeMap<ServiceId, Reach> {
    let itself = Reach { hops: 0, certain: true, hit: 1 };
    let mut found: BTreeMap<ServiceId, Reach> = affected.iter().map(|id| (*id, itself)).collect();
    for hit in affected.iter().flat_map(|id| graph.upstream(id)) {
        let joined = Reach { hops: hit.depth, certain: hit.certain, hit: 1 };
        let known = found.entry(hit.service).or_insert(Reach { hit: 0, ..joined });
        known.hit += 1;
        match hit.depth.cmp(&known.hops) {
            Ordering::Less => (known.hops, known.certain) = (hit.depth, hit.certain),
            Ordering::Equal => known.certain |= hit.certain,
            Ordering::Greater => {}
        }
    }
    let mut nearest: Vec<(ServiceId, Reach)> = found.into_iter().collect();
    nearest.order_by_key(|(id, one)| (one.hops, !one.certain, *id));
    nearest.truncate(affected.len() + NEEDED_MAX);
    nearest.into_iter().collect()
}

/// The search for signs.
struct Look<'a> {
    scope: &'a Scope,
    number: IncidentNumber,
    began: Timestamp,
    /// What is hit, and what that needs.
    all: Vec<ServiceId>,
    /// The second alone.
    needed: Vec<ServiceId>,
    signs: Vec<Sign>,
    known: BTreeMap<What, Known>,
}

impl Look<'_> {
    /// A span that begins so many seconds before the beginning. Clocks may differ.
    fn since(&self, seconds: i64) -> (Timestamp, Timestamp) {
        (self.began.plus_seconds(-seconds), self.began.plus_seconds(CLOCKS_SECONDS + 1))
    }

    fn found(&mut self, sign: Sign, known: Known) {
        self.known.entry(sign.what()).or_insert(known);
        self.signs.push(sign);
    }

    fn changes(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        let (from, to) = self.since(RECENT_SECONDS);
        for change in changes::of_services(sql, &self.all, from, to, CHANGES_MAX)? {
            let Some(service) = change.service else { continue };
            let kind = Kind::of_change(&change.title, &change.source);
            let known = Known {
                target: change_number(&change.title).map(|number| (LinkKind::CausedBy, number)),
                title: change.title,
                service: Some(service),
                at: Some(change.at),
                source: change.source,
                link: change.link,
                number: None,
            };
            self.found(Sign::Change { id: change.id, kind, service, at: change.at }, known);
        }
        Ok(())
    }

    /// Alerts, outages and pressing incidents at what is needed.
    fn upstream(&mut self, sql: &mut dyn Sql, sight: &Sight) -> Result<(), Failure> {
        if self.needed.is_empty() {
            return Ok(());
        }
        let day = self.since(DAY_SECONDS);
        let mut numbers = rows::incidents_near(sql, &self.needed, day, NEAR_MAX)?;
        let incidents = list::get_many(sql, self.scope, &numbers)?;
        // Alerts about what is needed may have been grouped into this one.
        numbers.push(self.number);
        let of = (numbers.as_slice(), self.needed.as_slice());
        for alert in rows::alerts_near(sql, self.scope, of, day, ALERTS_MAX)? {
            let known = Known {
                title: alert.title,
                service: Some(alert.service),
                at: Some(alert.at),
                target: Some((LinkKind::Alert, alert.id.to_string())),
                ..Known::default()
            };
            let (id, service, at) = (alert.id, alert.service, alert.at);
            self.found(Sign::Alert { id, service, at, severity: alert.severity }, known);
        }
        let mut told = BTreeSet::new();
        let outages = rows::outages_near(sql, self.scope, &self.needed, day, OUTAGES_MAX)?;
        let own = self.number;
        for outage in outages.into_iter().filter(|outage| outage.number != own) {
            told.insert(outage.number);
            let (from, until) = (outage.started_at, outage.ended_at);
            self.out(sight, outage.number, (outage.service, outage.degree), from, until);
        }
        for row in incidents.iter().filter(|row| !told.contains(&row.number)) {
            let Some(service) = self.weighed_on(row) else { continue };
            let noticed = row.state.moments.detected.unwrap_or(row.state.reported_at);
            let until = row.state.moments.mitigated.or(row.state.moments.resolved);
            self.out(sight, row.number, (service, Degree::Degraded), noticed, until);
        }
        Ok(())
    }

    /// The service that a pressing incident makes degraded, if it is no part of this one.
    fn weighed_on(&self, row: &IncidentRow) -> Option<ServiceId> {
        let state = &row.state;
        let ours = row.number == self.number
            || state.parent == Some(self.number)
            || state.merged_into.is_some();
        let pressing = state.priority.get() <= PRIORITY_MAX && row.access == Access::Full;
        // An incident with outages says by them what was out and when.
        let silent = state.outages.is_empty();
        let service = state.service.filter(|id| self.needed.contains(id))?;
        (!ours && pressing && silent).then_some(service)
    }

    fn out(
        &mut self,
        sight: &Sight,
        number: IncidentNumber,
        (id, degree): (ServiceId, Degree),
        from: Timestamp,
        until: Option<Timestamp>,
    ) {
        let known = Known {
            title: sight.name(&id).unwrap_or("A former service").to_owned(),
            service: Some(id),
            at: Some(from),
            number: Some(number),
            target: Some((LinkKind::CausedBy, number.to_string())),
            ..Known::default()
        };
        self.found(Sign::Service { id, degree, from, until }, known);
    }

    /// Planned work. What names no service may be anywhere and says nothing.
    fn work(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        let (from, to) = self.since(WORK_SECONDS);
        for window in maintenances::current(sql, from)? {
            let named = &window.matcher.services;
            let services: Vec<ServiceId> =
                self.all.iter().copied().filter(|id| named.contains(id)).collect();
            if services.is_empty() {
                continue;
            }
            for time in window.occurrences(from, to).into_iter().take(TIMES_MAX) {
                let known = Known {
                    title: window.name.clone(),
                    service: services.first().copied(),
                    at: Some(time.starts_at),
                    ..Known::default()
                };
                let (id, services) = (window.id, services.clone());
                let (from, until) = (time.starts_at, time.ends_at);
                self.found(Sign::Maintenance { id, services, from, until }, known);
            }
        }
        Ok(())
    }

    /// Problems behind the last incidents of the services that are hit.
    fn records(&mut self, sql: &mut dyn Sql, affected: &[ServiceId]) -> Result<(), Failure> {
        let mut numbers = BTreeSet::new();
        for service in affected {
            numbers.extend(rows::last_of(sql, *service, self.began, ALIKE_MAX)?);
        }
        numbers.remove(&self.number);
        let numbers: Vec<IncidentNumber> = numbers.into_iter().collect();
        let mut alike = list::get_many(sql, self.scope, &numbers)?;
        alike.retain(|row| row.access == Access::Full && row.state.merged_into.is_none());
        let mut behind: BTreeMap<String, (u32, LinkKind)> = BTreeMap::new();
        for row in &alike {
            for (record, kind) in records_of(&row.state) {
                let (times, as_what) = behind.entry(record).or_insert((0, kind));
                *times += 1;
                if kind == LinkKind::KnownError {
                    *as_what = kind;
                }
            }
        }
        let of = u32::try_from(alike.len()).unwrap_or(u32::MAX);
        for (record, (times, kind)) in behind {
            let known = Known {
                title: record.clone(),
                target: Some((kind, record.clone())),
                ..Known::default()
            };
            self.found(Sign::Record { record, times, of }, known);
        }
        Ok(())
    }
}

/// The problems that an incident names, each once.
fn records_of(state: &State) -> BTreeMap<String, LinkKind> {
    let as_what = |kind: LinkKind| match kind {
        LinkKind::KnownError => Some(LinkKind::KnownError),
        LinkKind::Problem | LinkKind::CausedBy => Some(LinkKind::Problem),
        _ => None,
    };
    let linked = state.links.iter().filter(|link| !link.reverse);
    let linked = linked.filter_map(|link| Some((link.target.clone(), as_what(link.kind)?)));
    let used = state.resolution.as_ref().and_then(|resolution| resolution.known_error.clone());
    let used = used.map(|record| (record, LinkKind::KnownError));
    // Only what has the form of a problem's number can be read back from what was said of it.
    let named = |(record, _): &(String, LinkKind)| {
        What::Record(record.clone()).to_string().parse::<What>().is_ok()
    };
    linked.chain(used).filter(named).collect()
}

/// The number of a change in its title, as links name it: `CHG-12`.
fn change_number(title: &str) -> Option<String> {
    let mut words = title.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_number = |word: &&str| {
        let number = word.strip_prefix("CHG-").unwrap_or_default();
        !number.is_empty()
            && !number.starts_with('0')
            && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    words.find(is_number).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_linked_by_the_number_in_its_title() {
        assert_eq!(change_number("CHG-2288 Database pool settings").as_deref(), Some("CHG-2288"));
        assert_eq!(change_number("Roll out (CHG-7)").as_deref(), Some("CHG-7"));
        assert_eq!(change_number("Release 4.18"), None);
        assert_eq!(change_number("CHG-012 and CHG-"), None);
        assert_eq!(change_number("XCHG-12"), None);
    }
}
