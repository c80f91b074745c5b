//! The timelines with expected clocks, as commands to a live incident: those whose
//! calendar is open round the clock while they last.
//!
//! A trace in which the response clock does not pause on hold is played on the
//! acknowledge clock, which never does.

use crate::case::{Case, Who, always, inc, level, plain_report, words};
use crate::oracle::{calendars, compare, instant, priority, traces};
use crate::sample::{cancel, comment, hold, resolve};
use incident::clocks::ClockKind;
use incident::command::{Change, Report};
use incident::policy::Targets;
use incident::state::HoldReason;
use incident::{Command, Lifecycle};
use kernel::{Priority, Timestamp};
use serde_json::Value;

struct Play {
    case: Case,
    /// The clock that plays the response.
    first: ClockKind,
}

/// Whether every second counts while a clock runs, up to where it is due.
fn is_round_the_clock(trace: &Value) -> bool {
    let calendars = calendars(trace);
    let events = trace["events"].as_array().unwrap();
    let mut checkpoints = trace["checkpoints"].as_array().unwrap().iter().enumerate();
    checkpoints.all(|(place, checkpoint)| {
        let of = &trace["policy"]["calendar_by_priority"][checkpoint["priority"].as_str().unwrap()];
        let calendar = &calendars[of.as_str().unwrap_or("default")];
        let from = instant(&events[place]["at"]);
        let next = events.get(place + 1).map_or(&trace["as_of"], |event| &event["at"]);
        let clocks = ["response", "resolution"].map(|name| &checkpoint[name]);
        clocks.into_iter().filter(|clock| clock["status"] == "running").all(|clock| {
            let due = Some(&clock["due_at"]).filter(|due| due.is_string()).unwrap_or(next);
            let until = instant(next).max(instant(due));
            calendar.elapsed_micros(from, until) == until.micros_since(from)
        })
    })
}

fn play(trace: &Value) -> Play {
    let mut case = Case::empty();
    let pauses = trace["policy"]["pause_response"].as_bool().unwrap();
    let first = if pauses { ClockKind::Response } else { ClockKind::Acknowledge };
    let agreement = &mut case.policy.agreement;
    agreement.pause_reasons = HoldReason::ALL.iter().copied().collect();
    agreement.close_after_days = 10_000;
    agreement.targets = trace["policy"]["targets"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, row)| {
            let seconds = |field: &str| row[field].as_i64().unwrap();
            let targets =
                [(first, seconds("response_s")), (ClockKind::Resolution, seconds("resolution_s"))];
            (name.parse().unwrap(), Targets::from(targets))
        })
        .collect();
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
            compare(
                self.case.clock(kind),
                &always(),
                &expected[name],
                at,
                &format!("{what} {name}"),
            );
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
    let mut played = 0;
    for trace in traces().into_iter().filter(is_round_the_clock) {
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
        played += 1;
    }
    assert!(played >= 18, "{played} traces are too few to say anything");
}
