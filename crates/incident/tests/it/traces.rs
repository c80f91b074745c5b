//! The timelines with expected clocks, as commands to a live incident.
//!
//! A trace in which the response clock does not pause on hold is played on the
//! acknowledge clock, which never does.

use crate::case::{Case, Who, inc, level, plain_report, words};
use crate::oracle::{compare, definitions, instant, priority, traces};
use crate::sample::{cancel, comment, hold, resolve};
use incident::clocks::ClockKind;
use incident::command::{Change, Report};
use incident::policy::Targets;
use incident::state::HoldReason;
use incident::{Command, Lifecycle};
use kernel::{Priority, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

struct Play {
    case: Case,
    /// The clock that plays the response.
    first: ClockKind,
}

fn play(trace: &Value) -> Play {
    let mut case = Case::empty();
    let pauses = trace["policy"]["pause_response"].as_bool().unwrap();
    let first = if pauses { ClockKind::Response } else { ClockKind::Acknowledge };
    let ids: BTreeMap<_, _> = definitions(trace)
        .into_iter()
        .enumerate()
        .map(|(place, (name, definition))| {
            (name, crate::terms::calendar(&mut case, place as u128, 1, definition).id)
        })
        .collect();
    let written = &trace["policy"];
    let others = written["calendar_by_priority"].as_object();
    let others = others
        .into_iter()
        .flatten()
        .map(|(priority, name)| (priority.parse().unwrap(), Some(ids[name.as_str().unwrap()])));
    let targets = written["targets"].as_object().unwrap().iter().map(|(name, row)| {
        let seconds = |field: &str| row[field].as_i64().unwrap();
        let targets =
            [(first, seconds("response_s")), (ClockKind::Resolution, seconds("resolution_s"))];
        (name.parse().unwrap(), Targets::from(targets))
    });
    case.agree(|agreement| {
        agreement.pause_reasons = HoldReason::ALL.iter().copied().collect();
        agreement.close_after_days = 10_000;
        agreement.calendar = Some(ids["default"]);
        agreement.calendar_by_priority = others.collect();
        agreement.targets = targets.collect();
    });
    Play { case, first }
}

impl Play {
    /// Plays one event. A program does it, so that nothing counts as an answer but an answer.
    fn event(&mut self, event: &Value) {
        self.case.now = instant(&event["at"]);
        let program = Who::Integration;
        match event["type"].as_str().unwrap() {
            "create" => self.create(priority(&event["priority"])),
            "set_priority" => self.prioritise(priority(&event["priority"])),
            "respond" => self.respond(),
            "hold" => self.issue(program, hold(HoldReason::Vendor)),
            "resume" => self.issue(program, Command::Resume),
            "resolve" => self.issue(program, resolve()),
            "reopen" => self.issue(program, Command::Reopen { note: words(1) }),
            "close" => self.issue(program, Command::Close),
            "cancel" => self.issue(program, cancel()),
            "assign" => {
                let team = match self.case.state().team {
                    Some(_) => Change::Clear,
                    None => Change::Set(crate::case::network()),
                };
                self.issue(program, Command::Assign { team, assignee: Change::Keep });
            }
            other => panic!("{other}"),
        }
    }

    fn issue(&mut self, who: Who, command: Command) {
        self.case.does(who, command);
    }

    fn create(&mut self, priority: Priority) {
        let levels = [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3)];
        let (impact, urgency) = levels[usize::from(priority.get() - 1)];
        let report =
            Report { impact: Some(level(impact)), urgency: Some(level(urgency)), ..plain_report() };
        self.case.report(Who::Integration, report);
    }

    fn prioritise(&mut self, priority: Priority) {
        if self.case.state().priority == priority {
            return;
        }
        let (impact, urgency) = (None, None);
        let command = Command::Prioritise {
            impact,
            urgency,
            priority: Some(priority),
            reason: Some(words(2)),
        };
        self.issue(Who::Integration, command);
    }

    fn respond(&mut self) {
        match self.first {
            ClockKind::Response => self.issue(Who::Agent, comment()),
            _ if self.case.life().is_open() && self.case.state().moments.acknowledged.is_none() => {
                self.issue(Who::Agent, Command::Acknowledge);
            }
            _ => {}
        }
    }

    fn compare(&self, expected: &Value, at: Timestamp, what: &str) {
        for (kind, name) in [(self.first, "response"), (ClockKind::Resolution, "resolution")] {
            let clock = self.case.clock(kind);
            let counted = self.case.policy.calendar_of(clock);
            compare(clock, counted, &expected[name], at, &format!("{what} {name}"));
        }
        let state = expected["state"].as_str().unwrap();
        let life = self.case.life();
        if life != Lifecycle::New && life != Lifecycle::InProgress {
            assert_eq!(life.as_str(), state, "{what}");
        } else {
            assert!(["new", "in_progress"].contains(&state), "{what} {state}");
        }
        assert_eq!(self.case.state().priority, priority(&expected["priority"]), "{what}");
    }
}

#[test]
fn the_clocks_say_what_the_oracle_says_after_every_event_and_at_the_end() {
    for trace in traces() {
        let id = trace["id"].as_str().unwrap();
        let mut play = play(&trace);
        let events = trace["events"].as_array().unwrap();
        for (place, event) in events.iter().enumerate() {
            play.event(event);
            let at = play.case.now;
            play.compare(&trace["checkpoints"][place], at, &format!("{id} event {place}"));
        }
        play.case.now = instant(&trace["as_of"]);
        play.case.tick();
        let at = play.case.now;
        play.compare(&trace["expect"], at, &format!("{id} at the end"));
        assert_eq!(play.case.records.keys().next(), Some(&inc(1)));
    }
}
