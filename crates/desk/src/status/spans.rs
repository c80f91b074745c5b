//! How a component was and is: of outages of its service, of what somebody says, of planned work.

use alert::maintenance::{Maintenance, Occurrence};
use incident::conduct::Degree;
use kernel::{ComponentId, InOrder, Timestamp};
use map::Health;
use status::condition::of_service;
use status::snapshot::{Condition, Span, Work, WorkPhase};
use std::collections::BTreeSet;
use store::outages::OutageRow;
use store::status::conditions::Said;
use store::status::works::Words;

/// How far ahead work that comes again is announced, in days.
pub(super) const AHEAD_DAYS: i64 = 90;
/// Times that one window is announced ahead: the next, not each for a quarter.
const AHEAD_MAX: usize = 5;

/// How a service is during an outage.
pub(super) fn during(degree: Degree) -> Health {
    match degree {
        Degree::Degraded => Health::Degraded,
        Degree::Partial => Health::Partial,
        Degree::Full => Health::Down,
    }
}

/// Whether a span holds at an instant.
pub(super) fn holds(from: Timestamp, until: Option<Timestamp>, now: Timestamp) -> bool {
    from <= now && until.is_none_or(|until| until > now)
}

/// What of a component was not as it should be, oldest first; nothing that is still to come.
pub(super) fn of_component<'a>(
    outages: impl Iterator<Item = &'a OutageRow>,
    said: impl Iterator<Item = &'a Said>,
    works: impl Iterator<Item = &'a Work>,
    now: Timestamp,
) -> Vec<Span> {
    let outages = outages.map(|outage| Span {
        condition: of_service(during(outage.degree)),
        started_at: outage.started_at,
        ended_at: outage.ended_at,
    });
    let said = said.filter(|said| said.health != Health::Level).map(|said| Span {
        condition: of_service(said.health),
        started_at: said.started_at,
        ended_at: said.ended_at,
    });
    let works = works.filter(|work| work.phase != WorkPhase::Cancelled).map(|work| Span {
        condition: Condition::Maintenance,
        started_at: work.starts_at,
        ended_at: Some(work.ends_at),
    });
    let all = outages.chain(said).chain(works).filter(|span| span.started_at <= now);
    // What is to end, lasts still.
    let mut spans: Vec<Span> = all
        .map(|span| Span { ended_at: span.ended_at.filter(|end| *end <= now), ..span })
        .collect();
    spans.order_by_key(|span| span.started_at);
    spans
}

/// The times of a window that the outside hears of: those since an instant, the one that holds,
/// and the next.
pub(super) fn works(
    window: &Maintenance,
    words: &Words,
    known: &BTreeSet<ComponentId>,
    since: Timestamp,
    now: Timestamp,
) -> Vec<Work> {
    let until = match window.recurrence {
        Some(_) => now.plus_days(AHEAD_DAYS),
        None => window.starts_at.plus_seconds(1).max(now),
    };
    let components: Vec<ComponentId> = words.components.intersection(known).copied().collect();
    // What concerns nothing that this page shows is nothing for its readers.
    if components.is_empty() && !words.components.is_empty() {
        return Vec::new();
    }
    let mut ahead = 0;
    let times = window.occurrences(since, until).into_iter().filter(|one| {
        ahead += usize::from(one.starts_at > now);
        one.starts_at <= now || ahead <= AHEAD_MAX
    });
    times.filter_map(|one| work(window, words, &components, one, now)).collect()
}

fn work(
    window: &Maintenance,
    words: &Words,
    components: &[ComponentId],
    one: Occurrence,
    now: Timestamp,
) -> Option<Work> {
    // Whoever calls a window off, or ends it early, touches its words at that instant.
    let off = window.cancelled.then_some(words.updated_at);
    let ends_at = off.map_or(one.ends_at, |off| one.ends_at.min(off.max(one.starts_at)));
    let phase = match off {
        // Of those that come again nobody waits for each one to be called off.
        Some(off) if off <= one.starts_at && window.recurrence.is_some() => return None,
        Some(off) if off <= one.starts_at => WorkPhase::Cancelled,
        _ if now < one.starts_at => WorkPhase::Scheduled,
        _ if now < ends_at => WorkPhase::InProgress,
        _ => WorkPhase::Completed,
    };
    let ends_at = if phase == WorkPhase::Cancelled { one.ends_at } else { ends_at };
    let edges = [one.starts_at, ends_at].into_iter().filter(|edge| *edge <= now);
    let updated_at = edges.fold(words.updated_at, Timestamp::max);
    Some(Work {
        id: window.id,
        occurrence: one.index,
        title: words.title.clone(),
        body: words.body.clone(),
        phase,
        components: components.to_vec(),
        starts_at: one.starts_at,
        ends_at,
        created_at: words.created_at,
        updated_at: if phase == WorkPhase::Cancelled { words.updated_at } else { updated_at },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alert::maintenance::Matcher;
    use kernel::MaintenanceId;
    use uuid::Uuid;

    const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);
    const HOUR: i64 = 3_600;

    fn window(cancelled: bool) -> Maintenance {
        Maintenance {
            id: MaintenanceId(Uuid::from_u128(1)),
            name: "Firmware".to_owned(),
            starts_at: START,
            ends_at: Some(START.plus_seconds(2 * HOUR)),
            recurrence: None,
            matcher: Matcher::default(),
            created_by: "Mara".to_owned(),
            cancelled,
            version: 1,
        }
    }

    fn told(updated: i64) -> Words {
        Words {
            maintenance: MaintenanceId(Uuid::from_u128(1)),
            title: "New hardware".to_owned(),
            body: String::new(),
            components: BTreeSet::new(),
            remind_minutes: None,
            created_at: START.plus_days(-2),
            updated_at: START.plus_seconds(updated),
        }
    }

    fn phases(window: &Maintenance, words: &Words, hours: i64) -> Vec<(WorkPhase, Timestamp)> {
        let now = START.plus_seconds(hours * HOUR);
        let since = now.plus_days(-90);
        let found = works(window, words, &BTreeSet::new(), since, now);
        found.into_iter().map(|work| (work.phase, work.ends_at)).collect()
    }

    #[test]
    fn planned_work_goes_its_way() {
        let (window, words) = (window(false), told(-HOUR));
        let end = START.plus_seconds(2 * HOUR);
        for (hours, phase) in [
            (-10, WorkPhase::Scheduled),
            (0, WorkPhase::InProgress),
            (1, WorkPhase::InProgress),
            (2, WorkPhase::Completed),
        ] {
            assert_eq!(phases(&window, &words, hours), [(phase, end)], "{hours}");
        }
    }

    #[test]
    fn work_that_is_called_off_or_ended_early_says_so() {
        let end = START.plus_seconds(2 * HOUR);
        let off = phases(&window(true), &told(-HOUR), -1);
        assert_eq!(off, [(WorkPhase::Cancelled, end)]);
        let early = phases(&window(true), &told(HOUR), 1);
        assert_eq!(early, [(WorkPhase::Completed, START.plus_seconds(HOUR))]);
    }

    #[test]
    fn spans_are_what_was_until_now() {
        let said = |health, from: i64, until: Option<i64>| Said {
            component: ComponentId(Uuid::from_u128(2)),
            health,
            reason: String::new(),
            set_by: String::new(),
            started_at: START.plus_seconds(from),
            ended_at: until.map(|until| START.plus_seconds(until)),
        };
        let all = [
            said(Health::Down, 10, Some(90)),
            said(Health::Level, 5, None),
            said(Health::Degraded, 0, Some(5)),
            said(Health::Partial, 61, None),
        ];
        let none: [OutageRow; 0] = [];
        let now = START.plus_seconds(60);
        let spans = of_component(none.iter(), all.iter(), [].iter(), now);
        let found: Vec<_> = spans.iter().map(|span| (span.condition, span.ended_at)).collect();
        assert_eq!(
            found,
            [(Condition::Degraded, Some(START.plus_seconds(5))), (Condition::Major, None)]
        );
    }
}
