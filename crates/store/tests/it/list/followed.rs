//! Orders by risk that are kept and follow what happens, for whoever sees the same.

use super::dice::{Dice, INCIDENTS};
use super::world::{
    Incident, NOW, look, person, ranking, requester, settle, staff, store_change, team,
};
use super::{filled, query};
use crate::harness::{each_engine, write};
use incident::{Access, Scope, Subject};
use kernel::{IncidentNumber, Timestamp};
use query::{Expr, Query, StateWord, Term};
use store::Sql;
use store::incidents::list::{Look, Page, Ranking, neighbours_ranked, ranked};

const STEPS: usize = 60;

fn numbers(page: &Page) -> Vec<i64> {
    page.rows.iter().map(|row| row.number.0).collect()
}

fn page(sql: &mut dyn Sql, look: &Look, ranking: &Ranking, query: &Query) -> Page {
    ranked(sql, look, ranking, query, 1_000, None).unwrap()
}

#[test]
fn an_order_that_followed_changes_is_the_one_made_anew() {
    each_engine("followed", |store| {
        for seed in 0..3 {
            let mut writer = store.writer().unwrap();
            let done = writer.transaction(|sql| {
                settle(sql)?;
                follow(sql, &mut Dice(seed))?;
                Err::<(), _>(store::Failure::Statement("enough".to_owned()))
            });
            assert_eq!(done.unwrap_err().to_string(), "a database statement failed: enough");
        }
    });
}

/// Lets incidents change and time pass, and asks all the while.
fn follow(sql: &mut dyn Sql, dice: &mut Dice) -> Result<(), store::Failure> {
    let mut incidents: Vec<Incident> = Vec::new();
    for number in 1..=INCIDENTS {
        let mut incident = dice.incident(number);
        incident.state.version = 1;
        store_change(sql, None, &incident, None)?;
        incidents.push(incident);
    }
    let scopes = (0..4).map(|who| Scope { person: person(who), ..staff() });
    let scopes: Vec<Scope> = scopes.chain((0..3).map(|_| dice.scope())).collect();
    let open = Expr::Term(Term::State(vec![StateWord::Open]));
    let mut queries = vec![query("state:open sort:risk"), query("state:open watcher:me sort:risk")];
    let sort = queries[0].sort;
    queries
        .extend((0..2).map(|_| Query { filter: Expr::all_of([open.clone(), dice.expr(2)]), sort }));
    let (kept, mut now, mut followed) = (ranking(), NOW, 0);
    for _ in 0..STEPS {
        let changes = dice.below(4);
        for _ in 0..changes {
            let at = dice.below(incidents.len());
            let after = dice.change(&incidents[at]);
            store_change(sql, Some(&incidents[at].state), &after, None)?;
            incidents[at] = after;
        }
        now = now.plus_seconds([0, 1, 2, 7][dice.below(4)]);
        for (scope, query) in
            scopes.iter().flat_map(|scope| queries.iter().map(move |q| (scope, q)))
        {
            let ranked_at = agree(sql, scope, &kept, query, now);
            followed += usize::from(changes > 0 && ranked_at < now);
        }
    }
    assert!(followed > STEPS, "{followed} orders followed changes");
    Ok(())
}

/// What is kept gives what is made anew for the same instant, and nothing that is hidden.
fn agree(
    sql: &mut dyn Sql,
    scope: &Scope,
    kept: &Ranking,
    query: &Query,
    now: Timestamp,
) -> Timestamp {
    let mut look = look(scope.clone());
    look.context.now = now;
    let found = page(sql, &look, kept, query);
    let ranked_at = found.ranked_at.unwrap();
    let visible =
        |state: &incident::State| look.scope.access(&Subject::from(state)) != Access::None;
    assert!(found.rows.iter().all(|row| visible(&row.state)), "{query} {scope:?}");
    let found = numbers(&found);
    if let [first, rest @ ..] = &found[..] {
        let here = neighbours_ranked(sql, &look, kept, query, IncidentNumber(*first));
        assert_eq!(here.unwrap().unwrap().next, rest.first().copied().map(IncidentNumber));
    }
    look.context.now = ranked_at;
    assert_eq!(found, numbers(&page(sql, &look, &ranking(), query)), "{query} {scope:?}");
    ranked_at
}

#[test]
fn who_sees_the_same_shares_an_order_and_nobody_sees_what_is_anothers() {
    // All of Gwen's.
    let incidents: Vec<Incident> = (1..=3).map(|number| Incident::new(number, "x")).collect();
    let hidden = |incident: &Incident| {
        let mut hidden = incident.clone().with(|state| state.confidential_to = Some(team(2)));
        hidden.state.version += 1;
        hidden
    };
    each_engine("shares", |store| {
        filled(store, &incidents);
        let hide = |incident: &Incident| {
            let change = hidden(incident);
            write(store, |sql| store_change(sql, Some(&incident.state), &change, None));
        };
        let (ranking, query) = (ranking(), query("state:open sort:risk"));
        let asked = |scope: Scope, seconds| {
            let mut look = look(scope);
            look.context.now = NOW.plus_seconds(seconds);
            let page = store.read_blocking(|sql| Ok(page(sql, &look, &ranking, &query))).unwrap();
            (numbers(&page), page.ranked_at.unwrap().seconds_since(NOW))
        };
        let agent = |who| Scope { person: person(who), ..staff() };
        hide(&incidents[2]);
        assert_eq!(asked(agent(0), 0), (vec![2, 1], 0));
        assert_eq!(asked(agent(2), 1), (vec![2, 1], 0), "one order for both");
        assert_eq!(asked(agent(1), 2), (vec![2, 1, 3], 2), "her own order");
        assert_eq!(asked(requester(1), 3), (vec![3, 2, 1], 3));
        assert_eq!(asked(requester(2), 3), (vec![], 3));
        hide(&incidents[1]);
        assert_eq!(asked(agent(2), 4), (vec![1], 0));
        assert_eq!(asked(agent(1), 4), (vec![1, 3, 2], 2));
        assert_eq!(asked(Scope { teams: [team(2)].into(), ..agent(3) }, 4), (vec![3, 2, 1], 4));
        let auditor = |who| Scope { everything: true, ..requester(who) };
        assert_eq!(asked(auditor(1), 4), (vec![3, 2, 1], 4));
        assert_eq!(asked(auditor(2), 5), (vec![3, 2, 1], 4), "one order for both");
    });
}
