//! What was promised, counted to the second. The standard agreement at P1:
//! acknowledge 300 s, response 900 s, update 1,800 s, resolution 14,400 s.

use crate::case::{Case, Who, always, start, words};
use crate::sample::{assign, cancel, comment, dispute, hold, note, overridden, resolve};
use incident::clocks::{ClockKind, ClockStatus};
use incident::state::HoldReason;
use incident::{Command, Lifecycle};

fn p1() -> Case {
    Case::at_priority(1, 1)
}

fn warnings_and_breaches(case: &Case) -> Vec<(String, i64)> {
    let events = &case.records[&crate::case::inc(1)].events;
    let told = events.iter().filter_map(|event| {
        let what = match &event.body {
            incident::Body::ClockWarned(data) => format!("{} {}", data.clock.as_str(), data.share),
            incident::Body::ClockBreached(data) => format!("{} breached", data.clock.as_str()),
            _ => return None,
        };
        Some((what, event.happened_at.seconds_since(start())))
    });
    told.collect()
}

#[test]
fn three_clocks_start_with_the_report_and_the_update_clock_with_the_answer() {
    let mut case = p1();
    let kinds: Vec<_> = case.state().clocks.iter().map(|clock| clock.kind).collect();
    assert_eq!(kinds, [ClockKind::Acknowledge, ClockKind::Response, ClockKind::Resolution]);
    case.wait(60).does(Who::Agent, comment());
    assert_eq!(case.clock(ClockKind::Acknowledge).status, ClockStatus::Stopped);
    assert_eq!(case.clock(ClockKind::Response).stopped_at, Some(start().plus_seconds(60)));
    let update = case.clock(ClockKind::Update);
    assert_eq!(update.due_at, Some(start().plus_seconds(60 + 1_800)));
}

#[test]
fn a_report_that_is_taken_at_once_meets_its_first_clock() {
    let report = incident::command::Report {
        assignee: Some(Who::Desktop.id()),
        ..crate::case::plain_report()
    };
    let case = Case::with(report);
    let clock = case.clock(ClockKind::Acknowledge);
    assert_eq!((clock.status, clock.used_micros), (ClockStatus::Stopped, 0));
}

#[test]
fn met_exactly_is_met_and_one_second_later_is_not() {
    for (second, breached) in [(300, false), (301, true)] {
        let mut case = p1();
        case.wait(second).does(Who::Agent, Command::Acknowledge);
        let clock = case.clock(ClockKind::Acknowledge);
        assert_eq!(clock.breached_at.is_some(), breached, "{second}");
        assert_eq!(clock.is_breached(&always(), case.now), breached);
        assert_eq!(clock.elapsed_seconds(&always(), case.now), second);
    }
}

#[test]
fn a_breach_is_recorded_at_its_due_instant_once() {
    let mut case = p1();
    case.wait(1_000).tick().wait(50).tick();
    let due = start().plus_seconds(300);
    assert_eq!(case.clock(ClockKind::Acknowledge).breached_at, Some(due));
    // Acknowledge 50, 75, 90 % = 150, 225, 270 s; response 450, 675, 810 s, due 900 s.
    // Noticed at once after 1,000 s: one warning and one breach a clock, at their instants.
    assert_eq!(
        warnings_and_breaches(&case),
        [
            ("acknowledge 90".to_owned(), 270),
            ("acknowledge breached".to_owned(), 300),
            ("response 90".to_owned(), 810),
            ("response breached".to_owned(), 900),
        ]
    );
}

#[test]
fn warnings_come_one_by_one_when_somebody_listens() {
    let mut case = p1();
    for _ in 0..30 {
        case.wait(10).tick();
    }
    let told: Vec<_> = warnings_and_breaches(&case);
    let acknowledge: Vec<_> = told.iter().filter(|(what, _)| what.starts_with("ack")).collect();
    let expected = [("50", 150), ("75", 225), ("90", 270)];
    assert_eq!(acknowledge.len(), 3, "{told:?}");
    for ((what, at), (share, second)) in acknowledge.into_iter().zip(expected) {
        assert!(what.ends_with(share));
        assert_eq!(*at, second);
    }
}

#[test]
fn a_command_at_the_due_instant_wins_over_the_timer() {
    let mut case = p1();
    case.wait(300).tick();
    assert_eq!(case.clock(ClockKind::Acknowledge).breached_at, None);
    case.does(Who::Agent, Command::Acknowledge);
    case.wait(10).tick();
    assert_eq!(case.clock(ClockKind::Acknowledge).first_breached_at, None);
}

#[test]
fn the_agreed_holds_pause_and_the_others_do_not() {
    for (reason, pauses) in [
        (HoldReason::Requester, true),
        (HoldReason::Scheduled, true),
        (HoldReason::Vendor, false),
        (HoldReason::Change, false),
        (HoldReason::Problem, false),
    ] {
        let mut case = p1();
        case.wait(100).does(Who::Integration, hold(reason));
        let resolution = case.clock(ClockKind::Resolution);
        let expected = if pauses { ClockStatus::Paused } else { ClockStatus::Running };
        assert_eq!(resolution.status, expected, "{reason}");
        assert_eq!(case.clock(ClockKind::Acknowledge).status, ClockStatus::Running, "never");
        case.wait(50).does(Who::Integration, Command::Resume).wait(7);
        let used = if pauses { 107 } else { 157 };
        assert_eq!(
            case.clock(ClockKind::Resolution).elapsed_seconds(&always(), case.now),
            used,
            "{reason}"
        );
    }
}

#[test]
fn another_reason_changes_what_is_counted() {
    let mut case = p1();
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(100);
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(30);
    assert_eq!(case.clock(ClockKind::Resolution).elapsed_seconds(&always(), case.now), 30);
}

#[test]
fn another_priority_keeps_what_is_used_and_may_breach_at_once() {
    // P4: resolution 432,000 s. After 20,000 s, P1 with 14,400 s is passed at once.
    let mut case = Case::new();
    case.does(Who::Agent, comment()).wait(20_000).does(Who::Agent, overridden(1));
    let at = case.now;
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.breached_at, clock.first_breached_at), (Some(at), Some(at)));
    assert!(warnings_and_breaches(&case).contains(&("resolution breached".to_owned(), 20_000)));
    // Passed is passed: another target that is passed too does not move the instant.
    case.wait(10_000).does(Who::Agent, overridden(2));
    assert_eq!(case.clock(ClockKind::Resolution).breached_at, Some(at));
    // A target that is not passed takes the breach back, but not the first.
    case.wait(100).does(Who::Agent, overridden(4));
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.breached_at, clock.first_breached_at), (None, Some(at)));
    // And it can be breached again, at the due instant: 432,000 s after the start.
    case.wait(500_000).tick();
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(clock.breached_at, Some(start().plus_seconds(432_000)));
    assert_eq!(clock.first_breached_at, Some(at));
}

#[test]
fn another_priority_breaches_even_while_paused() {
    let mut case = Case::new();
    case.wait(20_000).does(Who::Agent, hold(HoldReason::Requester)).wait(5);
    case.does(Who::Agent, overridden(1));
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(clock.status, ClockStatus::Paused);
    assert_eq!(clock.breached_at, Some(case.now));
}

#[test]
fn a_stopped_clock_keeps_its_target() {
    let mut case = p1();
    case.does(Who::Agent, comment()).does(Who::Agent, overridden(4));
    assert_eq!(case.clock(ClockKind::Response).target_seconds, 900);
    assert_eq!(case.clock(ClockKind::Resolution).target_seconds, 432_000);
}

#[test]
fn reopening_goes_on_where_it_stopped() {
    let mut case = p1();
    case.wait(1_000).does(Who::Agent, resolve()).wait(50_000).does(Who::Requester, dispute());
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!(clock.used_micros, 1_000_000_000);
    assert_eq!(clock.due_at, Some(case.now.plus_seconds(14_400 - 1_000)));
    assert_eq!(case.clock(ClockKind::Response).status, ClockStatus::Stopped, "once given stays");
    case.wait(13_401).tick();
    assert_eq!(case.clock(ClockKind::Resolution).breached_at, Some(case.now.plus_seconds(-1)));
}

#[test]
fn reopening_after_another_priority_has_its_target() {
    let mut case = p1();
    case.wait(1_000).does(Who::Agent, resolve()).does(Who::Agent, overridden(4));
    assert_eq!(case.clock(ClockKind::Resolution).target_seconds, 14_400);
    case.does(Who::Requester, dispute());
    assert_eq!(case.clock(ClockKind::Resolution).target_seconds, 432_000);
}

#[test]
fn the_update_clock_restarts_with_each_word_and_never_with_the_requester() {
    let mut case = p1();
    case.does(Who::Agent, comment()).wait(600).does(Who::Requester, comment());
    let due = |case: &Case| case.clock(ClockKind::Update).due_at;
    assert_eq!(due(&case), Some(start().plus_seconds(1_800)), "a question does not reset it");
    case.wait(600).does(Who::Agent, comment());
    assert_eq!(due(&case), Some(start().plus_seconds(1_200 + 1_800)));
    case.wait(2_000).tick();
    assert_eq!(case.clock(ClockKind::Update).breached_at, Some(start().plus_seconds(3_000)));
    case.does(Who::Agent, comment());
    let clock = case.clock(ClockKind::Update);
    assert_eq!(clock.breached_at, None, "a new cycle");
    assert_eq!(clock.first_breached_at, Some(start().plus_seconds(3_000)));
}

#[test]
fn an_unanswered_question_starts_an_idle_update_clock() {
    let mut case = p1();
    case.wait(10).does(Who::Requester, comment()).wait(20).does(Who::Requester, comment());
    assert_eq!(case.clock(ClockKind::Update).since, Some(start().plus_seconds(10)));
}

#[test]
fn the_update_clock_runs_again_when_it_is_open_again() {
    let mut case = p1();
    case.does(Who::Agent, comment()).wait(100).does(Who::Agent, resolve());
    assert_eq!(case.clock(ClockKind::Update).status, ClockStatus::Stopped);
    case.wait(100).does(Who::Agent, Command::Reopen { note: words(1) });
    assert_eq!(case.clock(ClockKind::Update).since, Some(case.now));
}

#[test]
fn a_priority_with_updates_starts_their_clock_once_there_was_an_answer() {
    let mut case = Case::new();
    case.does(Who::Agent, comment());
    assert!(case.state().clocks.iter().all(|clock| clock.kind != ClockKind::Update), "none at P4");
    case.wait(60).does(Who::Agent, overridden(1));
    assert_eq!(case.clock(ClockKind::Update).since, Some(case.now));
}

#[test]
fn cancelling_cancels_what_runs_and_leaves_what_stopped() {
    let mut case = p1();
    case.does(Who::Agent, Command::Acknowledge).wait(60).does(Who::Agent, cancel());
    assert_eq!(case.clock(ClockKind::Acknowledge).status, ClockStatus::Stopped);
    let resolution = case.clock(ClockKind::Resolution);
    assert_eq!(resolution.status, ClockStatus::Cancelled);
    assert_eq!(resolution.stopped_at, Some(case.now));
}

#[test]
fn a_withdrawn_reopening_gives_the_clocks_back() {
    let mut case = p1();
    case.wait(100).does(Who::Agent, resolve()).wait(1_000).does(Who::Requester, comment());
    assert_eq!(case.life(), Lifecycle::InProgress);
    case.wait(5_000).does(Who::Agent, Command::NotAReopening);
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.status, clock.used_micros), (ClockStatus::Stopped, 100_000_000));
}

#[test]
fn a_breach_that_was_told_stays_told() {
    let mut case = p1();
    case.wait(14_000).does(Who::Agent, resolve()).wait(10).does(Who::Requester, comment());
    case.wait(1_000).tick();
    let told = case.clock(ClockKind::Resolution).breached_at;
    assert_eq!(told, Some(start().plus_seconds(14_000 + 10 + 400)));
    case.does(Who::Agent, Command::NotAReopening);
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.breached_at, clock.first_breached_at), (None, told));
}

#[test]
fn giving_work_back_goes_on_counting_the_first_clock() {
    let mut case = p1();
    case.wait(100).does(Who::Agent, assign(Who::Agent)).wait(50);
    assert_eq!(case.clock(ClockKind::Acknowledge).status, ClockStatus::Stopped);
    let undo = case.undo_of("assigned");
    case.does(Who::Agent, undo);
    assert_eq!(case.life(), Lifecycle::New);
    let clock = case.clock(ClockKind::Acknowledge);
    assert_eq!((clock.status, clock.used_micros), (ClockStatus::Running, 100_000_000));
}

#[test]
fn an_acknowledgement_can_be_the_response() {
    let mut case = p1();
    case.agree(|agreement| agreement.acknowledgement_responds = true);
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(case.clock(ClockKind::Response).status, ClockStatus::Stopped);
    assert!(case.state().moments.responded.is_some());
}

#[test]
fn a_word_of_a_program_is_no_response() {
    let mut case = p1();
    case.does(Who::Integration, comment());
    assert_eq!(case.clock(ClockKind::Response).status, ClockStatus::Running);
    assert_eq!(case.state().moments.responded, None);
}

#[test]
fn a_share_past_the_target_is_no_warning() {
    let mut case = p1();
    case.agree(|agreement| agreement.warn_shares = vec![90, 120]);
    case.wait(1_000).tick();
    let told = warnings_and_breaches(&case);
    let shares: Vec<_> = told.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        shares,
        ["acknowledge 90", "acknowledge breached", "response 90", "response breached"]
    );
}

#[test]
fn a_note_of_what_happened_in_time_wins_over_a_breach_that_was_noticed_before_it() {
    let mut case = p1();
    case.wait(310).tick();
    assert_eq!(case.clock(ClockKind::Acknowledge).breached_at, Some(start().plus_seconds(300)));
    case.happened_at = Some(start().plus_seconds(300));
    case.does(Who::Agent, Command::Acknowledge);
    let clock = case.clock(ClockKind::Acknowledge);
    assert_eq!((clock.status, clock.breached_at), (ClockStatus::Stopped, None));
    assert_eq!(clock.first_breached_at, Some(start().plus_seconds(300)), "but it was told");
}

#[test]
fn what_is_told_late_counts_as_of_when_it_happened() {
    let mut case = p1();
    case.wait(60).does(Who::Agent, Command::Acknowledge);
    let due = start().plus_seconds(14_400);
    assert_eq!(case.clock(ClockKind::Resolution).due_at, Some(due));
    case.wait(14_400);
    case.happened_at = Some(due);
    case.does(Who::Agent, resolve());
    let clock = case.clock(ClockKind::Resolution);
    assert_eq!((clock.status, clock.stopped_at), (ClockStatus::Stopped, Some(due)));
    assert_eq!((clock.breached_at, clock.first_breached_at), (None, None), "it was kept");
    assert!(case.last("resolved").at > due);
}

#[test]
fn what_is_told_after_something_later_was_recorded_counts_as_of_that() {
    let mut case = p1();
    case.wait(310).does(Who::Agent, note());
    case.happened_at = Some(start().plus_seconds(300));
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(case.last("acknowledged").happened_at, start().plus_seconds(310));
    let clock = case.clock(ClockKind::Acknowledge);
    assert_eq!(clock.breached_at, Some(start().plus_seconds(300)), "time does not run back");
}

#[test]
fn no_promise_is_too_long_to_be_counted() {
    let ten_years = calendar::TEN_YEARS_SECONDS;
    for seconds in [i64::MAX, i64::MAX / 1_000_000, ten_years + 1, ten_years, 0] {
        let mut case = Case::empty();
        case.agree(|agreement| {
            let rows = agreement.targets.values_mut();
            rows.for_each(|row| row.values_mut().for_each(|target| *target = seconds));
            (agreement.close_after_days, agreement.follow_up_days) = (seconds, seconds);
        });
        case.report(Who::Requester, crate::case::plain_report());
        case.wait(60).does(Who::Agent, comment()).does(Who::Agent, hold(HoldReason::Requester));
        case.wait(86_400).does(Who::Agent, Command::Resume).does(Who::Agent, overridden(1)).tick();
        let clock = case.clock(ClockKind::Resolution);
        assert_eq!(clock.breached_at.is_some(), seconds == 0, "{seconds}");
        case.does(Who::Agent, resolve()).wait(86_400).tick();
        let closed = if seconds == 0 { Lifecycle::Closed } else { Lifecycle::Resolved };
        assert_eq!(case.life(), closed, "{seconds}");
    }
}
