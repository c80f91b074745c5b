//! What people say, and what it does.

use crate::case::{Case, Who, inc, words};
use crate::sample::{assign, attach, comment, dispute, hold, note, resolve};
use incident::command::Report;
use incident::state::HoldReason;
use incident::{Body, Command, Lifecycle, Visibility};
use kernel::limits;

#[test]
fn a_reply_resumes_what_waits_for_the_requester_and_only_that() {
    for reason in HoldReason::ALL.iter().copied() {
        let mut case = Case::new();
        case.does(Who::Agent, hold(reason)).wait(60).does(Who::Requester, comment());
        let expected = match reason {
            HoldReason::Requester => Lifecycle::InProgress,
            _ => Lifecycle::OnHold,
        };
        assert_eq!(case.life(), expected, "{reason}");
        assert_eq!(case.state().unanswered_since, Some(case.now));
    }
}

#[test]
fn a_picture_is_an_answer_too() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(60);
    let mut theirs = case.clone();
    theirs.does(Who::Requester, attach(1));
    assert_eq!(theirs.life(), Lifecycle::InProgress);
    case.does(Who::Agent, attach(1));
    assert_eq!(case.life(), Lifecycle::OnHold, "nobody answered");
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Vendor)).does(Who::Requester, attach(1));
    assert_eq!(case.life(), Lifecycle::OnHold);
}

#[test]
fn a_word_of_the_provider_leaves_the_hold_and_answers() {
    let mut case = Case::new();
    case.does(Who::Requester, comment()).does(Who::Agent, hold(HoldReason::Requester));
    case.does(Who::Agent, comment());
    assert_eq!(case.life(), Lifecycle::OnHold);
    assert_eq!(case.state().unanswered_since, None);
}

#[test]
fn a_reply_to_a_resolved_incident_reopens_it_until_somebody_says_it_was_none() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Restore { children: false }).does(Who::Agent, resolve());
    let resolved = case.state().clone();
    case.wait(3_600).does(Who::Requester, comment());
    assert_eq!(case.life(), Lifecycle::InProgress);
    assert_eq!(case.state().reopenings, 1);
    case.wait(60).does(Who::Agent, Command::NotAReopening);
    let back = case.state();
    assert_eq!(back.lifecycle, Lifecycle::Resolved);
    assert_eq!(back.reopenings, 0);
    assert_eq!(back.resolution, resolved.resolution);
    assert_eq!(back.moments, resolved.moments);
    assert_eq!(back.close_at, resolved.close_at, "the silence counts from the resolution");
    assert_eq!(back.clocks, resolved.clocks);
    assert_eq!(back.unanswered_since, None);
}

#[test]
fn a_withdrawn_reopening_whose_silence_is_over_closes_now_and_not_in_the_past() {
    let mut case = Case::new();
    case.does(Who::Agent, resolve()).wait(4 * 86_400).does(Who::Requester, comment());
    case.wait(3 * 86_400).does(Who::Agent, Command::NotAReopening);
    let withdrawn = case.now;
    case.wait(60).tick();
    assert_eq!(case.life(), Lifecycle::Closed);
    assert_eq!(case.state().moments.closed, Some(withdrawn));
}

#[test]
fn only_a_reply_can_be_withdrawn() {
    let mut case = Case::new();
    case.does(Who::Agent, resolve()).does(Who::Requester, dispute());
    assert_eq!(case.refuses(Who::Agent, Command::NotAReopening).code, "not_in_this_state");
}

#[test]
fn a_reply_to_a_closed_incident_makes_one_that_follows_it() {
    let mut case =
        Case::with(Report { service: Some(crate::case::vpn()), ..crate::case::plain_report() });
    case.does(Who::Agent, resolve()).does(Who::Requester, Command::Confirm);
    case.policy.services.clear();
    case.wait(30 * 86_400).does(Who::Requester, comment());
    assert_eq!(case.life(), Lifecycle::Closed);
    let next = case.state_of(2);
    assert_eq!(next.lifecycle, Lifecycle::New);
    assert_eq!(next.requester, Who::Requester.id());
    assert_eq!(next.description, Some(words(1)), "their words begin it");
    assert_eq!(next.service, None, "what is no more does not lose the reply");
    assert_eq!(next.team, Some(crate::case::network()), "whoever had it knows it");
    let link = next.links.first().unwrap();
    assert_eq!((link.target.as_str(), link.reverse), ("INC-1", false));
    assert!(case.state().links.iter().any(|link| link.target == "INC-2" && link.reverse));
    case.wait(1);
    let late = case.refuses(Who::Requester, comment());
    assert_eq!(late.code, "closed");
    assert!(!case.records.contains_key(&inc(3)));
}

#[test]
fn who_speaks_again_of_what_was_cancelled_is_heard() {
    let mut case = Case::new();
    case.does(Who::Agent, crate::sample::cancel());
    let refused = case.refuses(Who::Agent, comment());
    assert_eq!(refused.code, "not_in_this_state");
    case.wait(30 * 86_400).does(Who::Requester, comment());
    assert_eq!(case.life(), Lifecycle::Cancelled);
    let next = case.state_of(2);
    assert_eq!((next.lifecycle, next.requester), (Lifecycle::New, Who::Requester.id()));
    assert_eq!(next.description, Some(words(1)));
    assert!(case.state().links.iter().any(|link| link.target == "INC-2" && link.reverse));
    case.wait(1);
    assert_eq!(case.refuses(Who::Requester, comment()).code, "closed");
}

#[test]
fn nobody_speaks_to_nobody() {
    let mut case = Case::new();
    case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close);
    assert_eq!(case.refuses(Who::Agent, comment()).code, "closed");
    assert_eq!(case.refuses(Who::Agent, attach(1)).code, "closed");
    case.does(Who::Agent, note());
}

#[test]
fn an_agent_with_an_incident_of_their_own_speaks_as_its_requester() {
    let mut case = Case::with(Report { requester: Who::Agent.id(), ..crate::case::plain_report() });
    case.does(Who::Agent, comment());
    assert_eq!(case.state().moments.responded, None);
    assert!(matches!(&case.last("commented").body, Body::Commented(data) if data.by_requester));
    // Who took it speaks for the provider as well.
    case.does(Who::Agent, assign(Who::Agent));
    case.does(Who::Agent, comment());
    assert!(case.state().moments.responded.is_some());
}

#[test]
fn files_have_limits_and_one_place() {
    let mut case = Case::new();
    case.does(Who::Requester, attach(1));
    assert_eq!(case.refuses(Who::Requester, attach(1)).field, Some("attachment"));
    let heavy = |size_bytes| match attach(2) {
        Command::Attach { attachment, name, media_type, .. } => Command::Attach {
            attachment,
            name,
            size_bytes,
            media_type,
            visibility: Visibility::Public,
        },
        other => other,
    };
    let most = limits::ATTACHMENT_BYTES as u64;
    assert_eq!(case.refuses(Who::Requester, heavy(most + 1)).field, Some("size_bytes"));
    case.does(Who::Requester, heavy(most));
    for n in 3..=limits::ATTACHMENTS_PER_INCIDENT as u128 {
        case.does(Who::Requester, attach(n));
    }
    let refusal = case.refuses(Who::Requester, attach(9_999));
    assert_eq!(refusal.kind, incident::RefusalKind::Limit);
}

#[test]
fn a_forgotten_file_leaves_the_fact_that_it_was_there() {
    let mut case = Case::new();
    case.does(Who::Requester, attach(1)).does(Who::Manager, Command::Redact { content: words(6) });
    assert!(case.state().attachments.is_empty());
    assert_eq!(case.story(), ["reported", "attached", "redacted"]);
}

#[test]
fn an_update_answers_and_says_when_service_is_back() {
    let mut case = Case::new();
    case.does(Who::Requester, comment());
    let update = crate::sample::of(incident::CommandName::PublishUpdate);
    case.does(Who::Agent, update);
    assert_eq!(case.state().unanswered_since, None);
    assert!(case.state().moments.responded.is_some());
    assert_eq!(case.state().expected.unwrap().at, case.now.plus_seconds(90_000));
    assert_eq!(case.state().next_update, Some(case.now.plus_seconds(93_600)));
}

#[test]
fn expectations_lie_ahead_and_in_order() {
    let mut case = Case::new();
    let (now, hour) = (case.now, case.now.plus_seconds(3_600));
    let expect = |at, low, high| Command::SetExpectedResolution { at, low, high, reason: None };
    assert_eq!(case.refuses(Who::Agent, expect(Some(now), None, None)).field, Some("at"));
    assert_eq!(case.refuses(Who::Agent, expect(None, Some(hour), None)).field, Some("at"));
    let swapped = expect(Some(hour), Some(hour.plus_seconds(1)), None);
    assert_eq!(case.refuses(Who::Agent, swapped).field, Some("low"));
    case.does(Who::Agent, expect(Some(hour), None, Some(hour)));
    assert_eq!(
        case.refuses(Who::Agent, expect(Some(hour), None, Some(hour))).code,
        "nothing_to_change"
    );
    case.does(Who::Agent, expect(None, None, None));
    assert_eq!(case.state().expected, None);
}
