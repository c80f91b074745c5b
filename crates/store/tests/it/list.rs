//! Lists: what is in them, in which order, page by page.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

mod dice;
mod followed;
mod known;
mod record;
pub mod world;

use crate::harness::{each_engine, write};
use dice::{Dice, INCIDENTS};
use incident::clocks::ClockKind;
use incident::state::Lifecycle;
use incident::{Access, Scope, Subject, Visibility};
use kernel::{IncidentNumber, Priority};
use query::{Expr, Query, Sort, SortKey};
use record::Seen;
use store::incidents::filter::compile;
use store::incidents::list::{
    Busy, Cursor, Look, OpenOf, Order, Ranking, busy_with, count, get, get_many, list,
    neighbours_ranked, open_of_requester, open_of_services, ranked,
};
use store::incidents::search::{find_people, find_services, find_teams, search};
use store::{Sql, Store};
use world::{
    Incident, NOW, due_at, look, organisation, person, ranking, requester, service, settle, staff,
    store_all, store_change, team,
};

fn filled(store: &Store, incidents: &[Incident]) {
    write(store, |sql| {
        settle(sql)?;
        store_all(sql, incidents)
    });
}

fn query(text: &str) -> Query {
    query::parse(text).unwrap()
}

fn numbers(sql: &mut dyn Sql, look: &Look, query: &Query, limit: usize) -> Vec<i64> {
    let page = ranked(sql, look, &ranking(), query, limit, None).unwrap();
    page.rows.iter().map(|row| row.number.0).collect()
}

fn found(store: &Store, scope: Scope, text: &str) -> Vec<i64> {
    let (look, query) = (look(scope), query(text));
    store.read_blocking(|sql| Ok(numbers(sql, &look, &query, 100))).unwrap()
}

/// The whole list, read in pages.
fn all_pages(
    sql: &mut dyn Sql,
    look: &Look,
    ranking: &Ranking,
    query: &Query,
    limit: usize,
) -> Vec<i64> {
    let (mut found, mut cursor): (Vec<i64>, Option<Cursor>) = (vec![], None);
    loop {
        let page = ranked(sql, look, ranking, query, limit, cursor.as_ref()).unwrap();
        assert!(page.rows.len() <= limit);
        found.extend(page.rows.iter().map(|row| row.number.0));
        let Some(next) = page.next else { return found };
        assert_eq!(page.rows.len(), limit, "a page before the last is full");
        // As it goes through a link.
        cursor = Some(Cursor::parse(&next.to_string(), query).unwrap());
    }
}

#[test]
fn lists_hold_what_the_language_means_and_the_viewer_may_see() {
    each_engine("agree", |store| {
        for seed in 0..4 {
            let mut dice = Dice(seed);
            let incidents: Vec<Incident> = (1..=INCIDENTS).map(|n| dice.incident(n)).collect();
            let mut writer = store.writer().unwrap();
            let done = writer.transaction(|sql| {
                settle(sql)?;
                store_all(sql, &incidents)?;
                (0..60).for_each(|_| agree(sql, &mut dice, &incidents));
                Err::<(), _>(store::Failure::Statement("enough".to_owned()))
            });
            assert_eq!(done.unwrap_err().to_string(), "a database statement failed: enough");
        }
    });
}

#[test]
fn a_row_that_changed_is_as_if_it_were_new() {
    const OTHER: i64 = 1_000;
    const ROW: &str = "select version, state, hold_reason, held_since, resumes_at, priority, impact, urgency, \
        service_id, category_id, team_id, assignee_id, requester_id, organisation_id, channel, major, \
        confidential_to, merged_into, parent, reported_at, updated_at, acknowledged_at, responded_at, resolved_at, \
        closed_at, due_at, due_kind, breached, breach, reopenings, unanswered_since, wake_at, body \
        from incidents where number = $1";
    each_engine("changed", |store| {
        let mut dice = Dice(7);
        write(store, |sql| {
            settle(sql)?;
            for number in 1..=INCIDENTS {
                let mut incident = dice.incident(number);
                incident.state.version = 1;
                store_change(sql, None, &incident, dice.timer())?;
                for _ in 0..3 {
                    let (before, wake_at) = (incident.state.clone(), dice.timer());
                    incident = dice.change(&incident);
                    store_change(sql, Some(&before), &incident, wake_at)?;
                    let other = IncidentNumber(OTHER * i64::from(incident.state.version) + number);
                    let fresh = Incident { number: other, ..incident.clone() };
                    store_change(sql, None, &fresh, wake_at)?;
                    let row = sql.query(ROW, &[incident.number.into()])?;
                    assert_eq!(row, sql.query(ROW, &[other.into()])?);
                }
            }
            Ok(())
        });
    });
}

/// Database and evaluator find the same, in pages, counts and single reads.
fn agree(sql: &mut dyn Sql, dice: &mut Dice, incidents: &[Incident]) {
    let look = look(dice.scope());
    let filter = dice.expr(3);
    let key = SortKey::ALL[dice.below(SortKey::ALL.len())];
    let sort = (dice.below(3) > 0).then_some(Sort { key, reversed: dice.below(2) == 0 });
    let query = Query { filter, sort };
    let access = |incident: &Incident| look.scope.access(&Subject::from(&incident.state));
    let wanted: Vec<i64> = incidents
        .iter()
        .filter(|incident| access(incident) != Access::None)
        .filter(|incident| {
            let seen = Seen(incident, access(incident), look.scope.person);
            query::matches(&query.filter, &seen, &look.context)
        })
        .map(|incident| incident.number.0)
        .collect();
    // Sometimes so few are ranked that what stands in for risk orders the rest.
    let ranking = match dice.below(4) {
        0 => Ranking::bounded(world::policy(), 5),
        _ => ranking(),
    };
    let paged = all_pages(sql, &look, &ranking, &query, 1 + dice.below(15));
    let mut sorted = paged.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, wanted, "{query} {:?}", look.scope);
    let whole = ranked(sql, &look, &ranking, &query, 1_000, None).unwrap();
    assert_eq!(paged, whole.rows.iter().map(|row| row.number.0).collect::<Vec<_>>(), "{query}");
    assert_eq!(count(sql, &look, &query.filter, 1_000).unwrap(), wanted.len() as i64);
    assert_eq!(count(sql, &look, &query.filter, 2).unwrap(), wanted.len().min(2) as i64);
    agree_on_neighbours(sql, dice, &look, &ranking, &query, &paged);

    let one = &incidents[dice.below(incidents.len())];
    let row = get(sql, &look.scope, one.number).unwrap();
    assert_eq!(row.as_ref().map_or(Access::None, |row| row.access), access(one));
    assert!(row.is_none_or(|row| *row.state == one.state && row.title == one.title));
}

fn agree_on_neighbours(
    sql: &mut dyn Sql,
    dice: &mut Dice,
    look: &Look,
    ranking: &Ranking,
    query: &Query,
    all: &[i64],
) {
    if all.is_empty() {
        return;
    }
    let at = dice.below(all.len());
    let number = |at: Option<usize>| at.and_then(|at| all.get(at)).copied().map(IncidentNumber);
    let here = neighbours_ranked(sql, look, ranking, query, IncidentNumber(all[at]));
    let here = here.unwrap().unwrap();
    assert_eq!(here.previous, number(at.checked_sub(1)), "{query}");
    assert_eq!(here.next, number(Some(at + 1)), "{query}");
    assert_eq!(here.place, Some(at as i64 + 1), "{query}");
}

#[test]
fn each_order_is_the_one_it_says() {
    let clock = |seconds, breached| {
        vec![due_at(ClockKind::Resolution, NOW.plus_seconds(seconds), breached)]
    };
    let incident = |number, priority: usize| {
        Incident::new(number, "x").with(|state| state.priority = Priority::ALL[priority - 1])
    };
    let incidents = [
        incident(1, 3).with(|state| state.clocks = clock(600, false)),
        incident(2, 5).with(|state| state.clocks = clock(60, false)),
        incident(3, 2),
        incident(4, 1),
        incident(5, 2).with(|state| state.updated_at = NOW),
        incident(6, 4).with(|state| state.clocks = clock(-60, true)),
        incident(7, 3).with(|state| state.clocks = clock(600, false)),
        incident(8, 4).with(|state| {
            state.reported_at = NOW.plus_seconds(-90_000);
            state.lifecycle = Lifecycle::Closed;
        }),
    ];
    each_engine("orders", |store| {
        filled(store, &incidents);
        for (text, expected) in [
            ("state:open", vec![6, 2, 7, 1, 4, 5, 3]),
            ("", vec![5, 8, 7, 6, 4, 3, 2, 1]),
            ("sort:due", vec![6, 2, 7, 1, 4, 5, 3, 8]),
            ("sort:-due", vec![8, 3, 5, 4, 1, 7, 2, 6]),
            ("sort:priority", vec![4, 5, 3, 7, 1, 6, 8, 2]),
            ("sort:updated", vec![5, 8, 7, 6, 4, 3, 2, 1]),
            ("sort:reported", vec![7, 6, 5, 4, 3, 2, 1, 8]),
            ("sort:-number", vec![1, 2, 3, 4, 5, 6, 7, 8]),
            // Above the waterline: P2 due in a minute, P1 and P2 that go on, over, due in 10 minutes.
            ("sort:risk", vec![7, 1, 6, 2, 4, 5, 3, 8]),
            ("sort:-risk", vec![8, 3, 5, 4, 2, 6, 1, 7]),
        ] {
            assert_eq!(found(store, staff(), text), expected, "{text:?}");
        }
    });
}

#[test]
fn a_row_has_the_names_that_belong_to_it() {
    let incident = Incident::new(1, "Labels come out blank").with(|state| {
        state.service = Some(service(1));
        state.category = Some(world::category(0));
        state.team = Some(team(0));
        state.assignee = Some(person(2));
        state.requester = person(0);
        state.organisation = Some(organisation(1));
        state.confidential_to = Some(team(0));
        state.clocks = vec![
            due_at(ClockKind::Resolution, NOW, false),
            due_at(ClockKind::Response, NOW.plus_seconds(-1), false),
        ];
    });
    each_engine("names", |store| {
        filled(store, &[incident.clone(), Incident::new(2, "Nothing known")]);
        store
            .read_blocking(|sql| {
                let row = get(sql, &staff(), IncidentNumber(1))?.unwrap();
                let name = |named: Option<&String>| named.cloned().unwrap_or_default();
                assert_eq!(row.title, "Labels come out blank");
                assert_eq!(name(row.service.as_ref().map(|n| &n.name)), "Label Printing");
                assert_eq!(name(row.category.as_ref().map(|n| &n.name)), "Hardware");
                assert_eq!(name(row.team.as_ref().map(|n| &n.name)), "Network");
                assert_eq!(name(row.assignee.as_ref().map(|n| &n.name)), "Jonas Weber");
                assert_eq!(row.requester.name, "Mara Lindqvist");
                assert_eq!(row.requester_email.as_deref(), Some("mara@northwind.example"));
                assert_eq!(name(row.organisation.as_ref().map(|n| &n.name)), "Northwind");
                assert_eq!(name(row.confidential_to.as_ref().map(|n| &n.name)), "Network");
                assert_eq!(row.due_at, Some(NOW.plus_seconds(-1)));
                assert_eq!(row.due_kind, Some(ClockKind::Response));
                assert_eq!((row.breached, row.access), (false, Access::Full));
                assert_eq!((row.version, &*row.state), (1, &incident.state));
                let bare = get(sql, &staff(), IncidentNumber(2))?.unwrap();
                assert_eq!((bare.service, bare.team, bare.due_at), (None, None, None));
                assert_eq!(bare.requester_email, None);
                assert!(get(sql, &requester(3), IncidentNumber(1))?.is_none());
                assert!(get(sql, &staff(), IncidentNumber(3))?.is_none());
                let asked: Vec<_> = [2, 9, 1].map(IncidentNumber).to_vec();
                let rows = get_many(sql, &staff(), &asked)?;
                assert_eq!(rows.iter().map(|row| row.number.0).collect::<Vec<_>>(), [1, 2]);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_internal_note_finds_nothing_for_a_requester() {
    let incidents = [
        Incident::new(1, "Badge").saying("suspects sabotage", Visibility::Internal),
        Incident::new(2, "Door").saying("was it sabotage?", Visibility::Public),
        Incident::new(3, "Sabotage at the gate").with(|state| state.requester = person(3)),
        Incident::new(4, "Sabotage at the dock")
            .with(|state| state.confidential_to = Some(team(2))),
    ];
    each_engine("internal", |store| {
        filled(store, &incidents);
        assert_eq!(found(store, staff(), "sabotage sort:-number"), [1, 2, 3]);
        assert_eq!(found(store, requester(1), "sabotage sort:-number"), [2, 4]);
        assert_eq!(found(store, requester(1), "-sabotage"), [1]);
        assert_eq!(found(store, requester(0), "sabotage"), Vec::<i64>::new());
        // Words of one list may stand in different contents, each where it may be read.
        assert_eq!(found(store, staff(), "badge sabotage"), [1]);
        assert_eq!(found(store, requester(1), "badge sabotage"), Vec::<i64>::new());
        assert_eq!(found(store, requester(1), "door sabotage"), [2]);
        assert_eq!(found(store, requester(1), "door gate"), Vec::<i64>::new());
        // Staff who reported something that is now confidential to others.
        let own = Scope { open_to_staff: true, ..requester(1) };
        assert_eq!(found(store, own, "sabotage sort:-number"), [1, 2, 3, 4]);
    });
}

#[test]
fn pages_go_on_where_they_ended_though_incidents_move() {
    let incidents: Vec<Incident> = (1..=6).map(|number| Incident::new(number, "x")).collect();
    each_engine("moving", |store| {
        filled(store, &incidents);
        let (look, query) = (look(staff()), query("sort:updated"));
        let page = |cursor: Option<&Cursor>| {
            let page = store.read_blocking(|sql| list(sql, &look, &query, 2, cursor)).unwrap();
            (page.rows.iter().map(|row| row.number.0).collect::<Vec<_>>(), page.next)
        };
        let (first, next) = page(None);
        assert_eq!(first, [6, 5]);
        // The incident the cursor was made from changes and is on top now.
        write(store, |sql| {
            sql.execute("update incidents set updated_at = $1 where number = 5", &[NOW.into()])
        });
        let (second, next) = page(next.as_ref());
        assert_eq!(second, [4, 3]);
        let (third, next) = page(next.as_ref());
        assert_eq!((third, next), (vec![2, 1], None));
        let other = Cursor::parse("0400ff", &query);
        assert!(other.unwrap_err().0.contains("leave it out"));
    });
}

#[test]
fn pages_by_risk_follow_the_instant_of_the_first_one() {
    // Each hour another one is due next, so that the order turns while somebody turns pages.
    let due = |seconds| vec![due_at(ClockKind::Response, NOW.plus_seconds(seconds), false)];
    let incidents: Vec<Incident> = (1..=12)
        .map(|number| {
            Incident::new(number, "x").with(|state| {
                state.priority = Priority::ALL[2 + number as usize % 3];
                state.clocks = due(1_800 + number * 60);
            })
        })
        .collect();
    each_engine("risk", |store| {
        filled(store, &incidents);
        let (mut look, query, ranking) = (look(staff()), query("state:open sort:risk"), ranking());
        let mut page = |cursor: Option<&Cursor>| {
            let page = store.read_blocking(|sql| ranked(sql, &look, &ranking, &query, 5, cursor));
            // Longer than an order is kept, and enough to put others above the waterline.
            look.context.now = look.context.now.plus_seconds(240);
            page.unwrap()
        };
        let numbers = |page: &store::incidents::list::Page| {
            page.rows.iter().map(|row| row.number.0).collect::<Vec<_>>()
        };
        let first = page(None);
        let second = page(first.next.as_ref());
        let third = page(second.next.as_ref());
        assert_eq!(first.ranked_at, Some(NOW));
        assert_eq!((second.ranked_at, third.ranked_at), (Some(NOW), Some(NOW)));
        assert_eq!(third.next, None);
        let mut seen = [numbers(&first), numbers(&second), numbers(&third)].concat();
        let now = page(None);
        assert_eq!(now.ranked_at, Some(NOW.plus_seconds(720)));
        assert_ne!(numbers(&now), numbers(&first), "the order moved meanwhile");
        seen.sort_unstable();
        assert_eq!(seen, (1..=12).collect::<Vec<_>>());
        assert!(first.next.unwrap().risk().unwrap() < insight::WATERLINE);
        // Long after, the place is good and the order is that of now.
        look.context.now = NOW.plus_seconds(3_600);
        let later = store
            .read_blocking(|sql| ranked(sql, &look, &ranking, &query, 5, second.next.as_ref()));
        assert_eq!(later.unwrap().ranked_at, Some(NOW.plus_seconds(3_600)));
    });
}

#[test]
fn an_order_by_risk_follows_what_happens() {
    let incidents: Vec<Incident> = (1..=3).map(|number| Incident::new(number, "x")).collect();
    each_engine("follows", |store| {
        filled(store, &incidents);
        let (look, query, ranking) = (look(staff()), query("state:open sort:risk"), ranking());
        let page = |look: &Look| {
            store.read_blocking(|sql| ranked(sql, look, &ranking, &query, 9, None)).unwrap()
        };
        let order = || page(&look).rows.iter().map(|row| row.number.0).collect::<Vec<_>>();
        assert_eq!(order(), [3, 2, 1]);
        let before = &incidents[0];
        let mut urgent = before.clone().with(|state| state.priority = Priority::ALL[0]);
        urgent.state.version += 1;
        write(store, |sql| store_change(sql, Some(&before.state), &urgent, None));
        assert_eq!(order(), [1, 3, 2]);
        let mut later = look.clone();
        for (seconds, at) in [(4, 0), (6, 6), (8, 6), (-60, -60)] {
            later.context.now = NOW.plus_seconds(seconds);
            assert_eq!(page(&later).ranked_at, Some(NOW.plus_seconds(at)), "{seconds} s later");
        }
        let mut closed = urgent.clone().with(|state| state.lifecycle = Lifecycle::Closed);
        closed.state.version += 1;
        write(store, |sql| store_change(sql, Some(&urgent.state), &closed, None));
        assert_eq!(order(), [3, 2]);
    });
}

#[test]
fn a_place_by_risk_tells_nothing_to_who_may_not_know_it() {
    let urgent =
        |number: i64| Incident::new(number, "x").with(|state| state.priority = Priority::ALL[0]);
    let incidents = [
        urgent(1).with(|state| state.major = true),
        urgent(2),
        urgent(3).with(|state| state.affected = Some(500)),
    ];
    each_engine("blind", |store| {
        filled(store, &incidents);
        assert_eq!(found(store, staff(), "state:open sort:risk"), [1, 3, 2]);
        assert_eq!(found(store, requester(1), "state:open sort:risk"), [3, 2, 1]);
        let own = Scope { person: person(1), ..staff() };
        let hidden: Vec<Incident> = incidents
            .iter()
            .map(|incident| {
                let mut change = incident.clone();
                change.state.confidential_to = Some(team(2));
                change.number = IncidentNumber(incident.number.0 + 10);
                change
            })
            .collect();
        write(store, |sql| store_all(sql, &hidden));
        assert_eq!(found(store, own, "state:open sort:risk"), [1, 3, 2, 13, 12, 11]);
    });
}

#[test]
fn too_many_are_ordered_by_what_stands_in_for_risk() {
    let incidents: Vec<Incident> = (1..=4)
        .map(|number| {
            Incident::new(number, "x")
                .with(|state| state.priority = Priority::ALL[number as usize % 3])
        })
        .collect();
    each_engine("many", |store| {
        filled(store, &incidents);
        let (look, query) = (look(staff()), query("sort:risk"));
        let page = |most, cursor: Option<&Cursor>| {
            let ranking = Ranking::bounded(world::policy(), most);
            store.read_blocking(|sql| ranked(sql, &look, &ranking, &query, 3, cursor)).unwrap()
        };
        let (ranked, stands_in) = (page(4, None), page(3, None));
        assert!(ranked.ranked_at.is_some() && stands_in.ranked_at.is_none());
        assert_eq!(stands_in.rows[0].number.0, 3, "P1 first");
        let next = page(3, stands_in.next.as_ref());
        assert_eq!((next.rows.len(), next.next), (1, None));
        // A list that was ranked when it was opened stays so, though it has grown.
        assert!(page(3, ranked.next.as_ref()).ranked_at.is_some());
    });
}

/// Incidents of which some are due at the same instant, over, or never due.
fn with_clocks() -> Vec<Incident> {
    let incident = |number, priority: usize, clock: Option<(i64, bool)>| {
        Incident::new(number, "x").with(|state| {
            state.priority = Priority::ALL[priority - 1];
            let due =
                |(seconds, over)| due_at(ClockKind::Response, NOW.plus_seconds(seconds), over);
            state.clocks = clock.map(due).into_iter().collect();
        })
    };
    let closed = |state: &mut incident::State| state.lifecycle = Lifecycle::Closed;
    vec![
        incident(1, 3, Some((600, false))),
        incident(2, 5, Some((60, false))),
        incident(3, 2, None),
        incident(4, 1, None),
        incident(5, 2, None),
        incident(6, 4, Some((-60, true))),
        incident(7, 3, Some((600, false))),
        incident(8, 1, None).with(closed),
        incident(9, 3, Some((60, false))),
        incident(10, 2, Some((-60, true))),
        incident(11, 5, None).with(closed),
        incident(12, 4, Some((-30, true))),
    ]
}

/// That a list is these, in pages of each size, from both ends and from each to the next.
fn is_these(sql: &mut dyn Sql, ranking: &Ranking, text: &str, sort: &str, all: &[i64]) {
    let look = look(staff());
    let (onward, backward) =
        (query(&format!("{text} sort:{sort}")), query(&format!("{text} sort:-{sort}")));
    for size in 1..=5 {
        assert_eq!(all_pages(sql, &look, ranking, &onward, size), all, "{text} in {size}");
        let mut back = all_pages(sql, &look, ranking, &backward, size);
        back.reverse();
        assert_eq!(back, all, "{text} backwards in {size}");
    }
    let near = |at: usize| all.get(at).copied().map(IncidentNumber);
    for (at, number) in all.iter().enumerate() {
        let mut beside = |query: &Query| {
            neighbours_ranked(sql, &look, ranking, query, IncidentNumber(*number)).unwrap().unwrap()
        };
        let (here, there) = (beside(&onward), beside(&backward));
        let before = at.checked_sub(1).and_then(near);
        assert_eq!((here.previous, here.next), (before, near(at + 1)), "{text} at {at}");
        assert_eq!((there.next, there.previous), (before, near(at + 1)), "{text} back at {at}");
        assert_eq!(here.place, Some(at as i64 + 1), "{text}");
        assert_eq!(there.place, Some((all.len() - at) as i64), "{text}");
    }
}

#[test]
fn a_list_too_long_to_be_ranked_goes_by_urgency() {
    let open = [10, 12, 6, 4, 5, 3, 9, 7, 1, 2];
    each_engine("urgency", |store| {
        filled(store, &with_clocks());
        let ranking = Ranking::bounded(world::policy(), 1);
        for (text, all) in [
            ("state:open", open.to_vec()),
            ("merged:no", open.into_iter().chain([11, 8]).collect()),
            ("state:open breached:yes", vec![10, 12, 6]),
            ("breached:yes", vec![10, 12, 6]),
        ] {
            store
                .read_blocking(|sql| {
                    is_these(sql, &ranking, text, "risk", &all);
                    Ok(())
                })
                .unwrap();
        }
        // Whoever sees nothing any more has a page without rows, wherever it begins.
        let (look, query) = (look(staff()), query("state:open sort:risk"));
        let next =
            store.read_blocking(|sql| ranked(sql, &look, &ranking, &query, 2, None)).unwrap();
        let blind = world::look(Scope { nothing: true, ..staff() });
        let page =
            store.read_blocking(|sql| ranked(sql, &blind, &ranking, &query, 2, next.next.as_ref()));
        assert!(page.unwrap().rows.is_empty());
    });
}

#[test]
fn a_list_goes_on_among_what_is_due_at_once() {
    each_engine("at_once", |store| {
        filled(store, &with_clocks());
        for (text, all) in [
            ("state:open", vec![10, 12, 6, 9, 2, 7, 1, 4, 5, 3]),
            ("state:open breached:yes", vec![10, 12, 6]),
            ("state:open breached:no", vec![9, 2, 7, 1, 4, 5, 3]),
        ] {
            store
                .read_blocking(|sql| {
                    is_these(sql, &ranking(), text, "due", &all);
                    Ok(())
                })
                .unwrap();
        }
    });
}

#[test]
fn that_there_are_too_many_is_not_looked_at_for_each_change() {
    let incidents: Vec<Incident> = (1..=3).map(|number| Incident::new(number, "x")).collect();
    each_engine("still_many", |store| {
        filled(store, &incidents);
        let ranking = Ranking::bounded(world::policy(), 2);
        let query = query("state:open sort:risk");
        let page = |seconds| {
            let mut look = look(staff());
            look.context.now = NOW.plus_seconds(seconds);
            let page = store.read_blocking(|sql| ranked(sql, &look, &ranking, &query, 9, None));
            let page = page.unwrap();
            (page.rows.iter().map(|row| row.number.0).collect::<Vec<_>>(), page.ranked_at)
        };
        assert_eq!(page(0), (vec![3, 2, 1], None));
        let before = &incidents[1];
        let mut closed = before.clone().with(|state| state.lifecycle = Lifecycle::Closed);
        closed.state.version += 1;
        write(store, |sql| store_change(sql, Some(&before.state), &closed, None));
        assert_eq!(page(29), (vec![3, 1], None), "what is listed is true");
        assert_eq!(page(31), (vec![3, 1], Some(NOW.plus_seconds(31))));
    });
}

#[test]
fn of_one_risk_what_is_likely_late_comes_first() {
    let incidents: Vec<Incident> = (1..=3).map(|number| Incident::new(number, "x")).collect();
    each_engine("likely_late", |store| {
        filled(store, &incidents);
        let (look, query) = (look(staff()), query("sort:risk"));
        let all = |ranking: &Ranking| {
            store.read_blocking(|sql| Ok(all_pages(sql, &look, ranking, &query, 1))).unwrap()
        };
        assert_eq!(all(&ranking()), [3, 2, 1], "the newest first");
        let told = ranking();
        told.keep_likely_late(std::sync::Arc::new([IncidentNumber(1)].into()));
        assert_eq!(all(&told), [1, 3, 2]);
        let first = store.read_blocking(|sql| ranked(sql, &look, &told, &query, 1, None)).unwrap();
        let plain = store.read_blocking(|sql| ranked(sql, &look, &ranking(), &query, 1, None));
        let risk = |page: &store::incidents::list::Page| page.next.as_ref().unwrap().risk();
        assert_eq!(risk(&first), risk(&plain.unwrap()), "its risk is the same");
    });
}

#[test]
fn an_incident_that_left_its_list_still_has_neighbours() {
    let closed = |state: &mut incident::State| state.lifecycle = Lifecycle::Closed;
    let incidents: Vec<Incident> = (1..=3).map(|number| Incident::new(number, "x")).collect();
    let incidents = [incidents[0].clone(), incidents[1].clone().with(closed), incidents[2].clone()];
    each_engine("left", |store| {
        filled(store, &incidents);
        let (look, query) = (look(staff()), query("state:open sort:number"));
        let near = |number| {
            let number = IncidentNumber(number);
            store
                .read_blocking(|sql| neighbours_ranked(sql, &look, &ranking(), &query, number))
                .unwrap()
        };
        let here = near(2).unwrap();
        assert_eq!(here.previous, Some(IncidentNumber(3)));
        assert_eq!(here.next, Some(IncidentNumber(1)));
        assert_eq!(here.place, None);
        assert_eq!(near(3).unwrap().place, Some(1));
        assert_eq!(near(9), None);
    });
}

#[test]
fn a_caller_has_their_open_incidents() {
    let of = |number, lifecycle| {
        Incident::new(number, "x").with(|state| {
            state.requester = person(2);
            state.lifecycle = lifecycle;
        })
    };
    let incidents = [
        of(1, Lifecycle::New),
        of(2, Lifecycle::Closed),
        of(3, Lifecycle::OnHold),
        Incident::new(4, "another's"),
        of(5, Lifecycle::New).with(|state| state.confidential_to = Some(team(2))),
    ];
    each_engine("caller", |store| {
        filled(store, &incidents);
        let open = |scope: &Scope, limit| {
            let rows = store.read_blocking(|sql| open_of_requester(sql, scope, person(2), limit));
            rows.unwrap().iter().map(|row| row.number.0).collect::<Vec<_>>()
        };
        assert_eq!(open(&staff(), 10), [3, 1]);
        assert_eq!(open(&staff(), 1), [3]);
        assert_eq!(open(&requester(2), 10), [5, 3, 1]);
        assert_eq!(open(&requester(1), 10), Vec::<i64>::new());
    });
}

#[test]
fn search_ranks_number_title_and_age() {
    let incidents = [
        Incident::new(1, "Printer on fire"),
        Incident::new(2, "Smoke").saying("the printer, INC-1", Visibility::Public),
        Incident::new(3, "Label printers stopped"),
        Incident::new(4, "Room 2 is cold"),
        Incident::new(5, "Printer").with(|state| state.confidential_to = Some(team(2))),
    ];
    each_engine("search", |store| {
        filled(store, &incidents);
        let found = |text: &str, limit| {
            let rows = store.read_blocking(|sql| search(sql, &look(staff()), text, limit)).unwrap();
            rows.iter().map(|row| row.number.0).collect::<Vec<_>>()
        };
        assert_eq!(found("print", 10), [3, 1, 2]);
        assert_eq!(found("print", 2), [3, 1]);
        assert_eq!(found("PRINTER fire", 10), [1]);
        assert_eq!(found("2", 10), [2, 4]);
        assert_eq!(found("inc-1", 10), [1, 2]);
        assert_eq!(found("INC-5 printer", 10), Vec::<i64>::new());
        assert_eq!(found("5", 10), Vec::<i64>::new());
        assert_eq!(found(" \" * ", 10), Vec::<i64>::new());
        store
            .read_blocking(|sql| {
                assert_eq!(find_people(sql, "lind", 5)?.len(), 1);
                assert_eq!(find_services(sql, "print", 5)?[0].name, "Label Printing");
                assert_eq!(find_teams(sql, "SERV field", 5)?[0].name, "Field service");
                assert!(find_teams(sql, "ervice", 5)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_order_is_said_like_a_query() {
    let order = Order::of(&Query { filter: Expr::All, sort: None });
    assert_eq!(order.sort().to_string(), "sort:updated");
}

/// Assignment goes by how much people have open, whatever is over.
#[test]
fn what_people_have_open_is_counted() {
    each_engine("open_of", |store| {
        let of = |number, person: Option<usize>, life| {
            Incident::new(number, "x").with(|state| {
                (state.assignee, state.lifecycle) = (person.map(world::person), life);
            })
        };
        write(store, |sql| {
            let all = [
                of(1, Some(0), Lifecycle::InProgress),
                of(2, Some(0), Lifecycle::OnHold),
                of(3, Some(0), Lifecycle::Resolved),
                of(4, Some(2), Lifecycle::New),
                of(5, Some(2), Lifecycle::Cancelled),
                of(6, Some(3), Lifecycle::Closed),
                of(7, None, Lifecycle::New),
                of(8, Some(1), Lifecycle::InProgress),
            ];
            store_all(sql, &all)
        });
        let people = [0, 2, 3].map(world::person);
        let found = store.read_blocking(|sql| store::incidents::open_of(sql, &people)).unwrap();
        assert_eq!(found, [(people[0], 2), (people[1], 1)].into());
        let none = store.read_blocking(|sql| store::incidents::open_of(sql, &[])).unwrap();
        assert!(none.is_empty());
    });
}

/// What is counted of a service is what its list holds, for each viewer.
#[test]
fn what_services_have_open_is_what_their_lists_hold() {
    each_engine("open_of_services", |store| {
        let mut dice = Dice(11);
        let incidents: Vec<Incident> = (1..=INCIDENTS).map(|n| dice.incident(n)).collect();
        filled(store, &incidents);
        for scope in [staff(), requester(1), dice.scope(), dice.scope()] {
            let counted = store.read_blocking(|sql| open_of_services(sql, &scope)).unwrap();
            for (number, name) in world::SERVICES.iter().enumerate() {
                let text = format!("service:\"{name}\" state:open merged:no");
                let rows = store
                    .read_blocking(|sql| {
                        list(sql, &look(scope.clone()), &query(&text), 1_000, None)
                    })
                    .unwrap()
                    .rows;
                let worst = rows.iter().map(|row| row.state.priority).min();
                let expected = worst.map(|worst| OpenOf { count: rows.len() as i64, worst });
                assert_eq!(counted.get(&service(number)).copied(), expected, "{name}");
            }
        }
    });
}

/// What somebody works on is what their list holds, the most urgent first, for each viewer.
#[test]
fn what_people_work_on_is_what_their_lists_hold() {
    each_engine("busy_with", |store| {
        let mut dice = Dice(12);
        let incidents: Vec<Incident> = (1..=INCIDENTS).map(|n| dice.incident(n)).collect();
        filled(store, &incidents);
        let people: Vec<_> = (0..world::PEOPLE.len()).map(person).collect();
        let query = query("state:in_progress merged:no");
        for scope in [staff(), requester(1), dice.scope(), dice.scope()] {
            let busy = store.read_blocking(|sql| busy_with(sql, &scope, &people)).unwrap();
            let look = look(scope);
            let rows =
                store.read_blocking(|sql| list(sql, &look, &query, 1_000, None)).unwrap().rows;
            for one in &people {
                let own = rows.iter().filter(|row| row.state.assignee == Some(*one));
                let first = own.clone().min_by_key(|row| (row.state.priority, row.number));
                let expected = first.map(|row| Busy {
                    number: row.number,
                    priority: row.state.priority,
                    count: own.count() as i64,
                });
                assert_eq!(busy.get(one).copied(), expected);
            }
        }
        let nobody = store.read_blocking(|sql| busy_with(sql, &staff(), &[])).unwrap();
        assert!(nobody.is_empty());
    });
}

/// The usual views of a queue must not read every incident there ever was.
#[test]
fn usual_views_use_an_index() {
    each_engine("plans", |store| {
        if store.engine() != store::Engine::Sqlite {
            // PostgreSQL plans by its statistics: on an empty table it reads the table.
            return;
        }
        let look = look(staff());
        for text in [
            "state:open",
            "state:open team:mine",
            "state:open assignee:none",
            "state:open assignee:me",
            "state:open breached:yes",
            "state:resolved",
            "state:closed closed<7d",
            "sort:reported",
            "",
        ] {
            let query = query(text);
            let (condition, values) = compile(store.engine(), &query.filter, &look, 1);
            let order = Order::of(&query).by();
            let plan = format!(
                "explain query plan select i.number from incidents i where {condition} order by {order} limit 50"
            );
            let plan = store.read_blocking(|sql| sql.query(&plan, &values)).unwrap();
            let steps = format!("{plan:?}");
            assert!(steps.contains("i USING INDEX incidents_"), "{text:?}: {steps}");
        }
    });
}

/// What is long is read along its order, and what is little is found by what makes it so.
#[test]
fn long_lists_and_small_counts_use_their_index() {
    each_engine("many_plans", |store| {
        if store.engine() != store::Engine::Sqlite {
            return;
        }
        let look = look(staff());
        for (text, order, index) in [
            ("state:open merged:no sort:risk", true, "incidents_urgency"),
            ("due<2h state:open merged:no", false, "incidents_due"),
            ("assignee:none state:open breached:no due<4h sort:due", true, "incidents_due"),
            ("team:mine closed<1w", false, "incidents_closed"),
        ] {
            let query = query(text);
            let (condition, values) = compile(store.engine(), &query.filter, &look, 1);
            let order = order.then(|| format!("order by {}", Order::of(&query).by()));
            let plan = format!(
                "explain query plan select i.number from incidents i where {condition} {} limit 50",
                order.unwrap_or_default()
            );
            let plan = store.read_blocking(|sql| sql.query(&plan, &values)).unwrap();
            let steps = format!("{plan:?}");
            assert!(steps.contains(&format!("i USING INDEX {index}")), "{text:?}: {steps}");
        }
    });
}

/// What waits is little, what is open may be much.
#[test]
fn what_waits_long_is_found_among_what_waits() {
    each_engine("held", |store| {
        if store.engine() != store::Engine::Sqlite {
            return;
        }
        let query = query("held>3d state:on_hold merged:no");
        let (condition, values) = compile(store.engine(), &query.filter, &look(staff()), 1);
        let order = Order::of(&query).by();
        for statement in [
            format!("select i.number from incidents i where {condition} order by {order} limit 50"),
            format!(
                "select count(*) from (select 1 from incidents i where {condition} limit 1000) counted"
            ),
        ] {
            let plan = format!("explain query plan {statement}");
            let plan = store.read_blocking(|sql| sql.query(&plan, &values)).unwrap();
            let steps = format!("{plan:?}");
            assert!(steps.contains("i USING INDEX incidents_held"), "{statement}: {steps}");
        }
    });
}
