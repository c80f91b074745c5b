//! Agents and waiting lines against values that two other methods agree on, with 60 digits.

use insight::staffing::{
    AGENTS_MAX, Goal, Load, NoLoad, blocking, fewest, fewest_patient, impatient, waiting,
};
use proptest::prelude::*;
use serde_json::Value;

const ORACLE: &str = include_str!("erlang.dev.jsonl");
const TOLERANCE: f64 = 1e-9;

struct Row(Value);

impl Row {
    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("{name} of {}", self.0))
    }

    fn load(&self) -> Load {
        Load::new(self.number("arrivals_per_hour"), self.number("aht_s")).unwrap()
    }

    fn agents(&self) -> u32 {
        self.0["agents"].as_u64().unwrap() as u32
    }

    /// Relative, as the oracle says; beside it nothing is as small as 1e-300.
    fn is(&self, name: &str, found: f64) {
        let wanted = self.number(name);
        let off = (found - wanted).abs();
        assert!(off <= TOLERANCE * wanted.abs(), "{name} of {}: {found}", self.0["id"]);
    }
}

fn rows(model: &str) -> Vec<Row> {
    let all = ORACLE.lines().map(|line| Row(serde_json::from_str(line).unwrap()));
    all.filter(|row| row.0["model"] == model).collect()
}

#[test]
fn all_wait_as_the_oracle_says() {
    let rows = rows("M/M/c");
    assert_eq!(rows.len(), 44);
    for row in rows {
        let load = row.load();
        row.is("offered_erlangs", load.offered());
        row.is("erlang_b_blocking", blocking(&load, row.agents()));
        let found = waiting(&load, row.agents()).unwrap();
        row.is("p_wait", found.waits);
        row.is("asa_s", found.mean_seconds);
        row.is("avg_queue_len", found.queue);
        row.is("service_level", found.within(row.number("threshold_s")));
    }
}

#[test]
fn people_give_up_as_the_oracle_says() {
    let rows = rows("M/M/c+M");
    assert_eq!(rows.len(), 20);
    for row in rows {
        let found = impatient(&row.load(), row.agents(), row.number("mean_patience_s")).unwrap();
        row.is("p_wait", found.waits);
        row.is("p_abandon", found.abandons);
        row.is("mean_wait_all_s", found.mean_seconds);
        row.is("avg_queue_len", found.queue);
    }
}

#[test]
fn the_fewest_agents_are_those_of_the_oracle() {
    let rows = rows("staffing_erlang_c");
    assert_eq!(rows.len(), 16);
    for row in rows {
        let goal = Goal {
            part: row.number("service_level_target"),
            within_seconds: row.number("threshold_s"),
        };
        let (agents, reached) = fewest(&row.load(), goal).unwrap();
        assert_eq!(u64::from(agents), row.0["min_agents"].as_u64().unwrap(), "{}", row.0["id"]);
        row.is("service_level_at_min", reached);
    }
}

#[test]
fn tiny_and_huge_loads_stay_numbers() {
    let tiny = Load::new(1e-6, 1e-3).unwrap();
    assert_eq!(blocking(&tiny, 900), 0.0);
    assert_eq!(waiting(&tiny, 900).unwrap().waits, 0.0);
    assert_eq!(impatient(&tiny, 900, 60.0).unwrap().waits, 0.0);
    let none = Load::new(0.0, 600.0).unwrap();
    let goal = Goal { part: 0.99, within_seconds: 0.0 };
    assert_eq!(fewest(&none, goal), Some((1, 1.0)));
    // 50,000 erlangs, and twice what can be done by people who wait a week.
    let huge = Load::new(300_000.0, 600.0).unwrap();
    let (agents, _) = fewest(&huge, goal).unwrap();
    assert!((50_000..51_000).contains(&agents), "{agents}");
    let late = impatient(&Load::new(1_000.0, 360.0).unwrap(), 50, 604_800.0).unwrap();
    assert!((late.abandons - 0.5).abs() < 1e-9 && (late.waits - 1.0).abs() < 1e-9, "{late:?}");
    assert!(fewest(&huge, Goal { part: 1.1, within_seconds: 10.0 }).is_none());
    assert!(waiting(&huge, 49_999).is_none());
    assert!(waiting(&huge, AGENTS_MAX + 1).is_none());
}

#[test]
fn what_is_no_load_is_refused() {
    assert_eq!(Load::new(f64::NAN, 60.0), Err(NoLoad::Arrivals));
    assert_eq!(Load::new(-1.0, 60.0), Err(NoLoad::Arrivals));
    assert_eq!(Load::new(1.0, 0.0), Err(NoLoad::Handling));
    assert_eq!(Load::new(1e9, 1e9), Err(NoLoad::TooMuch));
    let load = Load::new(60.0, 60.0).unwrap();
    assert!(impatient(&load, 3, 0.0).is_none() && impatient(&load, 3, f64::NAN).is_none());
}

proptest! {
    #[test]
    fn more_agents_wait_less_and_more_load_waits_more(
        arrivals in 0.1_f64..2_000.0,
        handling in 10.0_f64..3_600.0,
        agents in 1_u32..400,
        seconds in 0.0_f64..600.0,
    ) {
        let load = Load::new(arrivals, handling).unwrap();
        let more_load = Load::new(arrivals * 1.1, handling).unwrap();
        prop_assert!(blocking(&load, agents + 1) <= blocking(&load, agents));
        prop_assert!(blocking(&more_load, agents) >= blocking(&load, agents));
        if let Some(found) = waiting(&load, agents) {
            prop_assert!((0.0..=1.0).contains(&found.waits), "{found:?}");
            prop_assert!(found.waits >= blocking(&load, agents));
            let another = waiting(&load, agents + 1).unwrap();
            prop_assert!(another.waits <= found.waits);
            prop_assert!(another.within(seconds) >= found.within(seconds) - 1e-12);
            prop_assert!(found.within(seconds + 1.0) >= found.within(seconds));
            if let Some(busier) = waiting(&more_load, agents) {
                prop_assert!(busier.mean_seconds >= found.mean_seconds);
            }
        }
    }

    #[test]
    fn nobody_impatient_waits_like_everybody(
        arrivals in 1.0_f64..500.0,
        handling in 10.0_f64..1_800.0,
        spare in 1_u32..20,
        patience in 1.0_f64..7_200.0,
    ) {
        let load = Load::new(arrivals, handling).unwrap();
        let agents = load.offered() as u32 + spare;
        let all = waiting(&load, agents).unwrap();
        let never = impatient(&load, agents, f64::INFINITY).unwrap();
        prop_assert_eq!((never.waits, never.abandons), (all.waits, 0.0));
        let some = impatient(&load, agents, patience).unwrap();
        // Who gives up makes the line shorter for the others.
        prop_assert!(some.waits <= all.waits * (1.0 + 1e-9), "{some:?} {all:?}");
        prop_assert!(some.waits >= blocking(&load, agents) * (1.0 - 1e-9));
        let longer = impatient(&load, agents, patience * 2.0).unwrap();
        prop_assert!(longer.abandons <= some.abandons * (1.0 + 1e-9) + 1e-300);
        let another = impatient(&load, agents + 1, patience).unwrap();
        prop_assert!(another.abandons <= some.abandons * (1.0 + 1e-9));
    }

    #[test]
    fn the_fewest_are_the_fewest(
        arrivals in 0.0_f64..500.0,
        handling in 10.0_f64..1_800.0,
        part in 0.5_f64..0.99,
        seconds in 0.0_f64..300.0,
    ) {
        let load = Load::new(arrivals, handling).unwrap();
        let goal = Goal { part, within_seconds: seconds };
        let (agents, reached) = fewest(&load, goal).unwrap();
        prop_assert!(reached >= part);
        let fewer = waiting(&load, agents - 1).filter(|found| found.within(seconds) >= part);
        prop_assert!(fewer.is_none(), "{agents} {fewer:?}");
        let (patient, found) = fewest_patient(&load, 120.0, 0.03).unwrap();
        prop_assert!(found.abandons <= 0.03);
        if patient > 1 {
            prop_assert!(impatient(&load, patient - 1, 120.0).unwrap().abandons > 0.03);
        }
    }
}
