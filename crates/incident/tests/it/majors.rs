//! Major incidents: proposed, declared, conducted, and told when it was promised.

use crate::case::{Case, Who, desktop, inc, level, network, plain_report, start, vpn, wiki, words};
use crate::sample::{assign, everybody, of, outage, plain_update, resolve, update, urgent};
use incident::command::{Change, Report};
use incident::conduct::{Answer, Audiences, Conduct, Degree, RoomKind};
use incident::escalation::{Cue, Why};
use incident::policy::MajorTargets;
use incident::state::{IncidentRole, UpdatePhase};
use incident::{Audience, Body, Command, CommandName, RefusalKind, TimerKind, effects, timers};
use kernel::{Priority, ServiceId, Timestamp};

const COMMANDER: IncidentRole = IncidentRole::Commander;

/// A case whose agreement wants a first word after 15 minutes and then one an hour.
fn agreed() -> Case {
    let report = Report { service: Some(vpn()), ..plain_report() };
    let mut case = Case::empty();
    case.agree(|agreement| {
        agreement.majors = Some(MajorTargets {
            first_notice_seconds: Some(900),
            cadence_seconds: Priority::ALL.into_iter().map(|p| (p, 3_600)).collect(),
            approval: false,
        });
    });
    case.report(Who::Desktop, report);
    case
}

fn declare() -> Command {
    Command::DeclareMajor { reason: None }
}

fn says(next_update: Option<Timestamp>) -> Command {
    Command::PublishUpdate {
        body: words(16),
        phase: UpdatePhase::Investigating,
        expected: None,
        next_update,
        title: None,
        audiences: Some(everybody()),
    }
}

fn conduct(case: &Case) -> &Conduct {
    case.state().conduct.as_ref().expect("it is conducted")
}

fn due(case: &Case) -> Option<Timestamp> {
    conduct(case).communication.due
}

fn record(n: u128, service: ServiceId, from: i64, to: Option<i64>) -> Command {
    Command::RecordOutage {
        outage: outage(n),
        service,
        degree: Degree::Partial,
        started_at: start().plus_seconds(from),
        ended_at: to.map(|to| start().plus_seconds(to)),
    }
}

#[test]
fn it_is_proposed_and_then_declared_or_not() {
    let mut case = Case::new();
    case.does(Who::Responder, Command::ProposeMajor { reason: Some(words(1)) });
    let proposal = case.state().proposal().unwrap();
    assert_eq!((proposal.by, proposal.reason), (Some(Who::Responder.id()), Some(words(1))));
    let again = case.refuses(Who::Agent, Command::ProposeMajor { reason: None });
    assert_eq!(again.code, "nothing_to_change", "a rule that says it again says nothing");
    assert_eq!(case.refuses(Who::Responder, declare()).kind, RefusalKind::Forbidden);
    case.does(Who::Manager, Command::DeclineMajor { reason: None });
    assert_eq!(case.state().proposal(), None);
    case.refuses(Who::Manager, Command::DeclineMajor { reason: None });
    case.does(Who::Agent, Command::ProposeMajor { reason: None }).does(Who::Agent, declare());
    assert!(case.state().major && case.state().proposal().is_none());
    assert_eq!(conduct(&case).declared_at, Some(start()));
}

#[test]
fn what_is_resolved_is_proposed_no_more() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::ProposeMajor { reason: None }).does(Who::Agent, resolve());
    assert_eq!(case.state().proposal(), None);
}

#[test]
fn a_proposal_is_taken_back() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::ProposeMajor { reason: None });
    let undo = case.undo_of("major_proposed");
    case.does(Who::Agent, undo);
    assert_eq!(case.state().proposal(), None);
}

#[test]
fn a_role_changes_hands_when_it_is_accepted() {
    let mut case = Case::new();
    let has = |case: &Case| case.state().roles.get(&COMMANDER).copied();
    let give = Command::GiveRole { role: COMMANDER, person: Some(Who::Agent.id()) };
    case.does(Who::Agent, declare()).does(Who::Agent, give);
    let offer = |to: Who| Command::HandOver { role: COMMANDER, to: to.id() };
    case.wait(60).does(Who::Agent, offer(Who::Desktop)).does(Who::Agent, offer(Who::Manager));
    assert_eq!(conduct(&case).offers.len(), 1, "to one at a time");
    assert_eq!(has(&case), Some(Who::Agent.id()), "until somebody accepts");
    let accept = Command::AcceptRole { role: COMMANDER };
    assert_eq!(case.refuses(Who::Desktop, accept.clone()).code, "not_offered");
    case.wait(60).does(Who::Manager, accept);
    assert_eq!(has(&case), Some(Who::Manager.id()));
    assert!(conduct(&case).offers.is_empty());
    assert_eq!(conduct(&case).held_since[&COMMANDER], start().plus_seconds(120));
    let Body::RoleGiven(given) = &case.last("role_given").body else { panic!() };
    assert!(given.accepted && given.person_before == Some(Who::Agent.id()));
    case.does(Who::Manager, offer(Who::Desktop));
    case.does(Who::Desktop, Command::DeclineRole { role: COMMANDER });
    assert_eq!(has(&case), Some(Who::Manager.id()), "it stays where it was");
    assert_eq!(case.refuses(Who::Manager, offer(Who::Auditor)).field, Some("to"));
    assert_eq!(case.refuses(Who::Agent, offer(Who::Manager)).code, "nothing_to_change");
}

#[test]
fn whoever_is_called_is_paged_and_answers_with_their_page() {
    let mut case = Case::new();
    case.does(Who::Agent, declare());
    let people = vec![Who::Responder.id()];
    let call = Command::CallResponders { people, teams: vec![desktop()], note: Some(words(2)) };
    case.does(Who::Agent, call);
    let responder = |case: &Case, who: Who| conduct(case).responder(who.id()).unwrap().clone();
    assert_eq!(responder(&case, Who::Responder).answer, Answer::Asked);
    assert_eq!(responder(&case, Who::Desktop).team, Some(desktop()), "for their team");
    let course = case.state().paging.clone().unwrap();
    assert_eq!(course.why, Why::Called);
    assert!(course.waiting_for.contains(&Who::Responder.id()));
    case.does(Who::Desktop, Command::DeclinePage { note: None });
    assert_eq!(responder(&case, Who::Desktop).answer, Answer::CannotCome);
    case.wait(30).does(Who::Responder, Command::Acknowledge);
    let answered = responder(&case, Who::Responder);
    assert_eq!(answered.answer, Answer::Coming);
    assert_eq!(answered.answered_at, Some(start().plus_seconds(30)));
    assert!(case.state().is_paging(), "another of the team has not answered");
    case.does(Who::AgentAndAuditor, Command::AnswerCall { coming: true, note: None });
    assert!(!case.state().is_paging());
    case.does(Who::Responder, Command::AnswerCall { coming: false, note: Some(words(3)) });
    assert_eq!(responder(&case, Who::Responder).note, Some(words(3)));
    let refused = case.refuses(Who::Agent, Command::AnswerCall { coming: true, note: None });
    assert_eq!(refused.code, "not_called");
}

#[test]
fn an_answer_to_the_call_answers_the_page() {
    let mut case = Case::new();
    let call =
        |who: Who| Command::CallResponders { people: vec![who.id()], teams: vec![], note: None };
    case.does(Who::Agent, call(Who::Responder));
    case.does(Who::Responder, Command::AnswerCall { coming: true, note: None });
    assert!(!case.state().is_paging(), "they have it");
    assert!(case.state().moments.acknowledged.is_some());
    case.does(Who::Agent, call(Who::Desktop)).does(Who::Agent, call(Who::Manager));
    let Body::Paged(paged) = &case.last("paged").body else { panic!() };
    assert_eq!(paged.cue, Cue::Called, "beside the page that goes on");
    case.does(Who::Desktop, Command::AnswerCall { coming: false, note: None });
    let course = case.state().paging.clone().unwrap();
    assert!(course.declined.contains(&Who::Desktop.id()) && course.is_going());
}

#[test]
fn that_one_comes_leaves_the_others_paged_until_they_answer() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Acknowledge);
    let people = vec![Who::Responder.id(), Who::Desktop.id(), Who::Manager.id()];
    case.does(Who::Agent, Command::CallResponders { people, teams: vec![], note: None });
    case.does(Who::Responder, Command::AnswerCall { coming: true, note: None });
    let course = case.state().paging.clone().unwrap();
    assert!(course.is_going() && !course.waiting_for.contains(&Who::Responder.id()));
    case.does(Who::Desktop, Command::Acknowledge);
    assert!(case.state().is_paging());
    case.wait(301).tick();
    let Body::Paged(paged) = &case.last("paged").body else { panic!() };
    let again: Vec<_> = paged.people.iter().map(|paged| paged.person).collect();
    assert_eq!(again, [Who::Manager.id()], "who comes is asked no more");
    case.wait(300).tick();
    case.wait(300).tick();
    assert!(!case.state().is_paging(), "who does not answer wakes nobody else");
}

#[test]
fn whoever_takes_it_ends_their_page_and_not_the_call() {
    let mut case = Case::new();
    let whom = vec![incident::escalation::Whom::Person(Who::Desktop.id())];
    let urgency = incident::reach::Urgency::High;
    case.does(Who::Agent, Command::Page { whom, policy: None, urgency, note: None });
    let people = vec![Who::Responder.id()];
    case.does(Who::Agent, Command::CallResponders { people, teams: vec![], note: None });
    case.does(Who::Desktop, Command::Acknowledge);
    let course = case.state().paging.clone().unwrap();
    assert_eq!((course.why, course.waiting_for), (Why::Called, [Who::Responder.id()].into()));
    case.does(Who::Responder, Command::AnswerCall { coming: true, note: None });
    assert!(!case.state().is_paging());
}

#[test]
fn any_word_ends_the_page_for_the_lack_of_one() {
    let mut case = agreed();
    case.does(Who::Agent, declare());
    let person = Some(Who::Manager.id());
    case.does(Who::Agent, Command::GiveRole { role: COMMANDER, person });
    case.wait(901).tick();
    assert!(case.state().is_paging());
    case.does(Who::System, says(None));
    assert!(!case.state().is_paging(), "nobody took it, but the word came");
}

#[test]
fn whoever_speaks_is_paged_no_more_while_others_are_still_called() {
    let mut case = agreed();
    case.does(Who::Agent, declare()).does(Who::Agent, Command::Acknowledge);
    let person = Some(Who::Manager.id());
    case.does(Who::Agent, Command::GiveRole { role: COMMANDER, person });
    case.wait(890);
    let people = vec![Who::Responder.id()];
    case.does(Who::Agent, Command::CallResponders { people, teams: vec![], note: None });
    case.wait(11).tick();
    let waits = |case: &Case, who: Who| {
        case.state().paging.as_ref().unwrap().waiting_for.contains(&who.id())
    };
    assert!(waits(&case, Who::Manager), "the word did not come");
    case.does(Who::Manager, says(None));
    assert!(!waits(&case, Who::Manager) && waits(&case, Who::Responder));
    assert!(case.state().is_paging());
}

#[test]
fn nobody_is_called_who_cannot_come() {
    let mut case = Case::new();
    let call = |people, teams| Command::CallResponders { people, teams, note: None };
    assert_eq!(case.refuses(Who::Agent, call(vec![], vec![])).field, Some("people"));
    let auditor = vec![Who::Auditor.id()];
    assert_eq!(case.refuses(Who::Agent, call(auditor, vec![])).field, Some("people"));
    let nowhere = vec![kernel::TeamId(uuid::Uuid::from_u128(1))];
    assert_eq!(case.refuses(Who::Agent, call(vec![], nowhere)).field, Some("teams"));
    case.policy.paging = Default::default();
    let unreachable = case.refuses(Who::Agent, call(vec![], vec![network()]));
    assert_eq!(unreachable.field, Some("teams"));
}

#[test]
fn the_first_word_is_due_by_the_agreement_and_the_next_as_promised() {
    let mut case = agreed();
    case.does(Who::Agent, declare());
    assert_eq!(due(&case), Some(start().plus_seconds(900)));
    case.wait(600).does(Who::Agent, says(None));
    assert_eq!(due(&case), Some(start().plus_seconds(600 + 3_600)), "by the cadence");
    let promised = start().plus_seconds(1_500);
    case.does(Who::Agent, says(Some(promised)));
    assert_eq!(due(&case), Some(promised));
    case.now = promised;
    case.does(Who::Agent, says(None));
    let known = &conduct(&case).communication;
    assert_eq!((known.kept, known.missed), (3, 0), "met exactly is met");
}

#[test]
fn a_word_that_does_not_come_pages_whoever_speaks() {
    let mut case = agreed();
    let role = |role, who: Who| Command::GiveRole { role, person: Some(who.id()) };
    case.does(Who::Agent, declare())
        .does(Who::Agent, role(COMMANDER, Who::Manager))
        .does(Who::Agent, role(IncidentRole::Communications, Who::Desktop));
    case.wait(901).tick();
    let Body::UpdateOverdue(overdue) = &case.last("update_overdue").body else { panic!() };
    assert_eq!((overdue.due, overdue.missed), (start().plus_seconds(900), 1));
    assert_eq!(case.last("update_overdue").happened_at, overdue.due);
    let course = case.state().paging.clone().unwrap();
    assert_eq!((course.why, course.waiting_for), (Why::Silent, [Who::Desktop.id()].into()));
    case.wait(60).does(Who::Desktop, says(None));
    let known = &conduct(&case).communication;
    assert_eq!((known.kept, known.missed), (0, 1), "a late word is missed once");
    assert_eq!(known.overdue_since, None);
    assert_eq!(known.due, Some(start().plus_seconds(961 + 3_600)));
}

#[test]
fn where_nobody_speaks_whoever_leads_or_has_it_is_paged() {
    for leads in [true, false] {
        let mut case = agreed();
        case.does(Who::Agent, declare());
        if leads {
            let person = Some(Who::Manager.id());
            case.does(Who::Agent, Command::GiveRole { role: COMMANDER, person });
        } else {
            case.does(Who::Agent, assign(Who::Responder));
            case.does(Who::Responder, Command::Acknowledge);
        }
        case.wait(901).tick();
        let paged = if leads { Who::Manager } else { Who::Responder };
        let course = case.state().paging.clone().unwrap();
        assert_eq!(course.waiting_for, [paged.id()].into());
    }
}

#[test]
fn a_clock_follows_the_terms_and_keeps_promises() {
    let mut case = agreed();
    case.does(Who::Agent, declare());
    let slower = |case: &mut Case| {
        case.agree(|agreement| {
            agreement.reference.version += 1;
            let majors = agreement.majors.as_mut().unwrap();
            majors.first_notice_seconds = Some(1_800);
        });
        let subject = of(CommandName::Recompute);
        case.does(Who::System, subject);
    };
    slower(&mut case);
    assert_eq!(due(&case), Some(start().plus_seconds(1_800)));
    let promised = start().plus_seconds(2_000);
    case.does(Who::Agent, says(Some(promised)));
    slower(&mut case);
    assert_eq!(due(&case), Some(promised), "a promise stands");
}

#[test]
fn the_clock_ends_with_the_incident_and_begins_anew_when_it_is_open_again() {
    let mut case = agreed();
    case.does(Who::Agent, declare()).wait(60).does(Who::Agent, says(None));
    case.wait(60).does(Who::Agent, resolve());
    assert_eq!(due(&case), None);
    assert!(!timers(case.state(), &case.policy).contains_key(&TimerKind::Silence));
    case.wait(7_200).does(Who::Agent, Command::Reopen { note: words(5) });
    assert_eq!(due(&case), Some(start().plus_seconds(120 + 7_200 + 3_600)));
    case.does(Who::Agent, Command::StandDown { reason: None });
    assert_eq!(due(&case), None);
}

#[test]
fn no_clock_runs_where_nothing_was_agreed() {
    let mut case = Case::new();
    case.does(Who::Agent, declare());
    assert_eq!(due(&case), None);
    let promised = start().plus_seconds(600);
    case.does(Who::Agent, says(Some(promised)));
    assert_eq!(due(&case), Some(promised), "but for what was promised");
}

#[test]
fn what_is_declared_is_out_until_it_is_mitigated() {
    let service = Some(vpn());
    let detected_at = Some(start().plus_seconds(-600));
    let mut case = Case::with(Report { service, detected_at, ..plain_report() });
    case.does(Who::Agent, declare());
    let [known] = case.state().outages.as_slice() else { panic!("one outage") };
    assert_eq!((known.service, known.degree), (vpn(), Degree::Partial));
    assert_eq!((known.started_at, known.ended_at), (start().plus_seconds(-600), None));
    case.wait(300).does(Who::Agent, Command::Mitigate { children: false });
    assert_eq!(case.state().outages[0].ended_at, Some(start().plus_seconds(300)));
    case.wait(300)
        .does(Who::Agent, Command::StandDown { reason: None })
        .does(Who::Agent, declare());
    assert_eq!(case.state().outages.len(), 1, "the impact is over");
}

#[test]
fn all_of_it_is_out_where_it_is_critical() {
    let mut case = Case::empty();
    case.policy.services.get_mut(&vpn()).unwrap().criticality = 1;
    let impact = Some(level(1));
    case.report(Who::Agent, Report { service: Some(vpn()), impact, ..plain_report() });
    case.does(Who::Agent, declare());
    assert_eq!(case.state().outages[0].degree, Degree::Full);
}

#[test]
fn every_end_ends_what_is_out() {
    let ends = [Command::Restore { children: false }, resolve(), crate::sample::cancel()];
    for end in ends {
        let mut case = Case::with(Report { service: Some(vpn()), ..plain_report() });
        case.does(Who::Agent, declare()).does(Who::Agent, record(1, wiki(), -60, None));
        case.wait(60).does(Who::Agent, end);
        let ended: Vec<_> = case.state().outages.iter().map(|outage| outage.ended_at).collect();
        assert_eq!(ended, [Some(start().plus_seconds(60)); 2]);
    }
}

#[test]
fn the_ledger_is_kept_in_order() {
    let mut case = Case::new();
    case.does(Who::Agent, record(1, vpn(), -600, Some(-300)));
    case.does(Who::Agent, record(2, vpn(), -300, None));
    let field = |case: &mut Case, command| case.refuses(Who::Agent, command).field;
    assert_eq!(field(&mut case, record(1, wiki(), -60, None)), Some("outage"));
    assert_eq!(field(&mut case, record(3, vpn(), -900, Some(-599))), Some("started_at"));
    assert_eq!(field(&mut case, record(3, vpn(), -100, None)), Some("started_at"));
    assert_eq!(field(&mut case, record(3, wiki(), 60, None)), Some("started_at"));
    assert_eq!(field(&mut case, record(3, wiki(), -60, Some(60))), Some("ended_at"));
    assert_eq!(field(&mut case, record(3, wiki(), -60, Some(-61))), Some("ended_at"));
    let nowhere = ServiceId(uuid::Uuid::from_u128(1));
    assert_eq!(field(&mut case, record(3, nowhere, -60, None)), Some("service"));
    let remove = Command::RemoveOutage { outage: outage(1), reason: words(1) };
    case.does(Who::Agent, remove.clone());
    assert_eq!(field(&mut case, remove), Some("outage"));
    case.does(Who::Agent, resolve());
    assert_eq!(field(&mut case, record(3, wiki(), -60, None)), Some("ended_at"));
    case.does(Who::Agent, record(3, wiki(), -60, Some(-30)));
}

#[test]
fn an_outage_is_corrected_and_that_is_taken_back() {
    let mut case = Case::new();
    case.does(Who::Agent, record(1, vpn(), -600, None)).wait(10);
    let started_at = Some(start().plus_seconds(-900));
    let ended_at = Change::Set(start());
    let degree = Some(Degree::Full);
    let change = Command::ChangeOutage { outage: outage(1), degree, started_at, ended_at };
    let before = case.state().outages.clone();
    case.does(Who::Agent, change.clone());
    assert_eq!(case.refuses(Who::Agent, change).code, "nothing_to_change");
    let undo = case.undo_of("outage_changed");
    case.does(Who::Agent, undo);
    assert_eq!(case.state().outages, before);
    let undo = case.undo_of("outage_recorded");
    case.does(Who::Agent, undo);
    assert!(case.state().outages.is_empty());
}

#[test]
fn rooms_and_impact_are_said_and_taken_back() {
    let mut case = Case::new();
    let room = |address| Command::SetRoom { kind: RoomKind::Conference, address };
    case.refuses(Who::Agent, room(None));
    case.does(Who::Agent, room(Some(words(1)))).does(Who::Agent, room(Some(words(2))));
    let undo = case.undo_of("room_set");
    case.does(Who::Agent, undo);
    assert_eq!(conduct(&case).rooms[&RoomKind::Conference], words(1));
    case.does(Who::Agent, room(None));
    assert!(conduct(&case).rooms.is_empty());
    case.does(Who::Agent, Command::StateImpact { statement: Some(words(3)) });
    assert_eq!(conduct(&case).impact, Some(words(3)));
    let undo = case.undo_of("impact_stated");
    case.does(Who::Agent, undo);
    assert_eq!(conduct(&case).impact, None);
}

#[test]
fn another_than_the_writer_approves() {
    let mut case = agreed();
    case.agree(|agreement| agreement.majors.as_mut().unwrap().approval = true);
    case.does(Who::Agent, declare());
    assert_eq!(case.refuses(Who::Agent, says(None)).code, "needs_approval");
    assert_eq!(case.refuses(Who::Manager, says(None)).code, "needs_approval");
    case.does(Who::Agent, plain_update());
    case.does(Who::Administrator, says(None));
    let speaks =
        Command::GiveRole { role: IncidentRole::Communications, person: Some(Who::Agent.id()) };
    case.does(Who::Agent, speaks).does(Who::Agent, of(CommandName::DraftUpdate));
    let approve = Command::ApproveUpdate { update: update(1) };
    assert_eq!(case.refuses(Who::Agent, approve.clone()).code, "own_update");
    assert_eq!(case.refuses(Who::Desktop, approve.clone()).kind, RefusalKind::Forbidden);
    case.does(Who::Manager, approve);
    let Body::UpdatePublished(published) = &case.last("update_published").body else { panic!() };
    assert_eq!((published.update, published.body), (Some(update(1)), words(32)));
    assert_eq!(published.audiences, Some(everybody()));
    assert!(conduct(&case).drafts.is_empty());
    assert_eq!(conduct(&case).public_title, Some(words(31)));
}

#[test]
fn a_draft_is_written_anew_and_rejected() {
    let mut case = Case::new();
    case.does(Who::Agent, of(CommandName::DraftUpdate));
    case.does(Who::Desktop, of(CommandName::DraftUpdate));
    let [draft] = conduct(&case).drafts.as_slice() else { panic!("one draft") };
    assert_eq!(draft.by, Some(Who::Desktop.id()), "whoever wrote it last");
    let reject = Command::RejectUpdate { update: update(1), reason: words(1) };
    case.does(Who::Agent, reject.clone());
    assert!(conduct(&case).drafts.is_empty());
    case.refuses(Who::Agent, reject);
}

#[test]
fn an_update_is_for_somebody_and_hides_what_is_confidential() {
    let mut case = Case::new();
    let to = |audiences| Command::PublishUpdate {
        body: words(1),
        phase: UpdatePhase::Identified,
        expected: None,
        next_update: None,
        title: None,
        audiences: Some(audiences),
    };
    let nobody = case.refuses(Who::Agent, to(Audiences::default()));
    assert_eq!(nobody.field, Some("audiences"));
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    assert_eq!(case.refuses(Who::Agent, to(everybody())).field, Some("audiences"));
    case.does(Who::Agent, to(Audiences::usual()));
}

#[test]
fn an_update_is_told_to_each_of_its_audiences() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    let before = case.records[&inc(1)].clone();
    case.does(Who::Agent, says(None));
    let after = &case.records[&inc(1)];
    let events = &after.events[before.events.len()..];
    let found = effects(Some(&before.state), &after.state, events, &case.policy);
    let list = *everybody().lists.first().unwrap();
    let told: Vec<_> = found
        .into_iter()
        .filter(|effect| effect.word == "update_published")
        .map(|effect| effect.audience)
        .collect();
    let expected = [
        Audience::Requester(Who::Requester.id()),
        Audience::Watchers,
        Audience::List(list),
        Audience::Subscribers,
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_was_declared_before_there_was_a_record_reads_as_it_was() {
    let mut case = Case::new();
    case.does(Who::Agent, declare());
    let mut events = case.records[&inc(1)].events.clone();
    for event in &mut events {
        if matches!(event.body, Body::MajorDeclared(_)) {
            event.body = Body::decode("major_declared", 1, "{}");
        }
    }
    let state = incident::fold(&events).unwrap();
    assert!(state.major && state.conduct.is_none(), "as it is stored");
    assert!(!timers(&state, &case.policy).contains_key(&TimerKind::Silence));
}

#[test]
fn a_more_urgent_major_needs_words_more_often() {
    let mut case = agreed();
    let [p1, ..] = Priority::ALL;
    case.agree(|agreement| {
        agreement.majors.as_mut().unwrap().cadence_seconds.insert(p1, 600);
    });
    case.does(Who::Agent, declare()).does(Who::Agent, says(None));
    assert_eq!(due(&case), Some(start().plus_seconds(3_600)));
    case.wait(60).does(Who::Agent, urgent());
    assert_eq!(due(&case), Some(start().plus_seconds(600)));
}

#[test]
fn an_update_goes_down_to_parts_and_to_children_that_follow() {
    let mut case = Case::new();
    for _ in 0..3 {
        case.report(Who::Desktop, plain_report());
    }
    let child = |cascade| Command::Link {
        kind: incident::state::LinkKind::Parent,
        target: "INC-1".to_owned(),
        cascade: Some(cascade),
    };
    case.does_on(Who::Agent, 2, Command::Merge { into: inc(1) });
    case.does_on(Who::Agent, 3, child(true)).does_on(Who::Agent, 4, child(false));
    case.does(Who::Agent, says(None));
    let heard = |number| case.story_of(number).contains(&"update_published");
    assert_eq!([heard(1), heard(2), heard(3), heard(4)], [true, true, true, false]);
    let events = &case.records[&inc(3)].events;
    let copied = events.iter().find_map(|event| match &event.body {
        Body::UpdatePublished(data) => data.audiences.clone(),
        _ => None,
    });
    let requesters = Audiences { requesters: true, ..Audiences::default() };
    assert_eq!(copied, Some(requesters), "the world is told once");
}

#[test]
fn the_figures_count_from_when_it_began() {
    let mut case = agreed();
    let costs = [(vpn(), 600)].into();
    let figures = |case: &Case| incident::conduct::figures(case.state(), case.now, &costs);
    assert_eq!(figures(&case).cost, None, "nothing was out");
    case.does(Who::Agent, record(1, vpn(), -600, None));
    case.wait(120).does(Who::Agent, Command::Acknowledge).does(Who::Agent, declare());
    case.does(Who::Agent, says(None)).wait(480);
    let so_far = figures(&case);
    assert_eq!((so_far.detect_seconds, so_far.acknowledge_seconds), (600, Some(720)));
    assert_eq!((so_far.mitigate_seconds, so_far.resolve_seconds), (None, None));
    assert_eq!((so_far.outage_seconds, so_far.cost), (1_200, Some(200)), "up to now");
    case.does(Who::Agent, Command::Mitigate { children: false })
        .wait(600)
        .does(Who::Agent, resolve());
    let then = figures(&case);
    assert_eq!((then.mitigate_seconds, then.resolve_seconds), (Some(1_200), Some(1_800)));
    assert_eq!((then.outage_seconds, then.cost), (1_200, Some(200)));
    assert_eq!((then.words_kept, then.words_missed), (1, 0));
}

#[test]
fn a_word_that_is_not_for_requesters_leaves_them_waiting() {
    let mut case = Case::new();
    let to = |audiences| Command::PublishUpdate {
        body: words(1),
        phase: UpdatePhase::Identified,
        expected: None,
        next_update: None,
        title: None,
        audiences: Some(audiences),
    };
    let lists = everybody().lists;
    case.does(Who::Requester, crate::sample::comment());
    case.does(Who::Agent, to(Audiences { lists, ..Audiences::default() }));
    let state = case.state();
    assert!(state.moments.responded.is_none() && state.unanswered_since.is_some());
    assert!(state.moments.acknowledged.is_some(), "somebody is at it");
    assert_eq!(state.since.told, None);
    case.does(Who::Agent, to(everybody()));
    assert!(case.state().moments.responded.is_some() && case.state().unanswered_since.is_none());
}

#[test]
fn what_is_over_is_over_for_the_children_that_follow_where_that_is_wished() {
    let mut case = Case::new();
    for _ in 0..2 {
        case.report(Who::Desktop, plain_report());
    }
    let child = |cascade| Command::Link {
        kind: incident::state::LinkKind::Parent,
        target: "INC-1".to_owned(),
        cascade: Some(cascade),
    };
    case.does_on(Who::Agent, 2, child(true)).does_on(Who::Agent, 3, child(false));
    let over = |case: &Case, kind| [1, 2, 3].map(|number| case.story_of(number).contains(&kind));
    case.does(Who::Agent, Command::Mitigate { children: false });
    assert_eq!(over(&case, "mitigated"), [true, false, false]);
    case.does(Who::Agent, Command::Restore { children: true });
    assert_eq!(over(&case, "restored"), [true, true, false]);
}

#[test]
fn a_time_that_passed_while_a_draft_waited_is_left_out() {
    let mut case = Case::new();
    let draft = Command::DraftUpdate {
        update: update(1),
        title: None,
        body: words(1),
        phase: UpdatePhase::Identified,
        expected: Some(start().plus_seconds(7_200)),
        next_update: Some(start().plus_seconds(600)),
        audiences: everybody(),
    };
    case.does(Who::Agent, draft).wait(900);
    case.does(Who::Manager, Command::ApproveUpdate { update: update(1) });
    let Body::UpdatePublished(published) = &case.last("update_published").body else { panic!() };
    assert_eq!(published.next_update, None);
    assert_eq!(published.expected, Some(start().plus_seconds(7_200)));
}

fn only_to_lists(expected: Option<Timestamp>, next_update: Option<Timestamp>) -> Command {
    Command::PublishUpdate {
        body: words(1),
        phase: UpdatePhase::Identified,
        expected,
        next_update,
        title: None,
        audiences: Some(Audiences { lists: everybody().lists, ..Audiences::default() }),
    }
}

#[test]
fn what_lists_are_promised_is_not_promised_the_requester() {
    let mut case = agreed();
    let at = |seconds| Some(start().plus_seconds(seconds));
    case.does(Who::Agent, declare()).does(Who::Agent, says(at(3_000)));
    case.does(Who::Agent, only_to_lists(at(7_200), at(1_200)));
    assert_eq!((case.state().expected, case.state().next_update), (None, at(3_000)));
    assert_eq!(due(&case), at(1_200), "what comes first");
    case.does(Who::Agent, only_to_lists(None, None));
    assert_eq!(due(&case), at(3_000), "requesters wait for theirs");
    case.wait(60).does(Who::Agent, says(None));
    assert_eq!(due(&case), at(60 + 3_600));
}

#[test]
fn what_lists_are_promised_before_it_is_declared_is_kept() {
    let mut case = Case::new();
    let promised = Some(start().plus_seconds(600));
    case.does(Who::Agent, only_to_lists(None, promised)).does(Who::Agent, declare());
    assert_eq!((case.state().next_update, due(&case)), (None, promised));
}

#[test]
fn a_word_that_still_does_not_come_pages_again() {
    let mut case = agreed();
    let person = Some(Who::Manager.id());
    case.does(Who::Agent, declare());
    case.does(Who::Agent, Command::GiveRole { role: COMMANDER, person });
    let overdue = |case: &Case| {
        let story = case.story();
        story.iter().filter(|kind| **kind == "update_overdue").count()
    };
    case.wait(901).tick();
    case.does(Who::Manager, Command::Acknowledge);
    assert!(!case.state().is_paging());
    case.wait(3_599).tick();
    assert_eq!(overdue(&case), 1);
    case.wait(1).tick();
    assert_eq!(overdue(&case), 2, "after one more cadence");
    assert!(case.state().is_paging(), "whoever took it did not speak");
    assert_eq!(conduct(&case).communication.missed, 1, "it is one word");
    case.wait(12 * 3_600).tick();
    assert_eq!(overdue(&case), 3, "what was missed meanwhile is said once");
    case.does(Who::Manager, says(None)).wait(3_600).tick();
    assert_eq!(overdue(&case), 3, "it came");
}

#[test]
fn without_a_cadence_the_promised_span_counts_and_later_an_hour() {
    let mut case = Case::new();
    case.does(Who::Agent, declare());
    case.does(Who::Agent, says(Some(start().plus_seconds(300))));
    let rings = |case: &Case| timers(case.state(), &case.policy)[&TimerKind::Silence];
    case.wait(301).tick();
    assert_eq!(rings(&case), case.now.plus_seconds(900), "they are writing it");
    case.wait(900).tick();
    assert_eq!(rings(&case), case.now.plus_seconds(3_600));
}

#[test]
fn a_child_that_was_over_before_is_not_told_that_it_is_looked_into() {
    let mut case = Case::new();
    case.report(Who::Desktop, plain_report());
    let kind = incident::state::LinkKind::Parent;
    let link = Command::Link { kind, target: "INC-1".to_owned(), cascade: Some(true) };
    case.does_on(Who::Agent, 2, link).does_on(Who::Agent, 2, resolve());
    case.does(Who::Agent, says(None));
    assert!(!case.story_of(2).contains(&"update_published"));
}

#[test]
fn whoever_is_called_and_not_reached_is_told_in_another_way() {
    let mut case = Case::new();
    let mut paging = incident::escalation::Paging::clone(&case.policy.paging);
    paging.reach.remove(&Who::Desktop.id());
    case.policy.paging = std::sync::Arc::new(paging);
    let before = case.records[&inc(1)].clone();
    let people = vec![Who::Responder.id(), Who::Desktop.id()];
    case.does(Who::Agent, Command::CallResponders { people, teams: vec![], note: None });
    let after = &case.records[&inc(1)];
    let events = &after.events[before.events.len()..];
    let found = effects(Some(&before.state), &after.state, events, &case.policy);
    let told: Vec<_> = found
        .into_iter()
        .filter(|effect| effect.word == "responders_called")
        .map(|effect| effect.audience)
        .collect();
    assert_eq!(told, [Audience::Person(Who::Desktop.id())]);
}

#[test]
fn what_is_out_goes_on_in_the_incident_it_is_merged_into() {
    let mut case = Case::new();
    case.report(Who::Desktop, plain_report());
    case.does(Who::Agent, record(1, vpn(), -600, None));
    case.does_on(Who::Agent, 2, record(2, wiki(), -600, None));
    case.does_on(Who::Agent, 2, record(3, vpn(), -300, None));
    case.wait(60).does_on(Who::Agent, 2, Command::Merge { into: inc(1) });
    let at = start().plus_seconds(60);
    assert!(case.state_of(2).outages.iter().all(|outage| outage.ended_at == Some(at)));
    let lasting: Vec<_> = case.state().outages.iter().filter(|outage| outage.lasts()).collect();
    let found: Vec<_> = lasting.iter().map(|outage| (outage.service, outage.started_at)).collect();
    let since = start().plus_seconds(-600);
    assert_eq!(found, [(vpn(), since), (wiki(), at)], "each once, without a gap");
    case.wait(60).does(Who::Agent, Command::Mitigate { children: false });
    assert!(case.state().outages.iter().all(|outage| !outage.lasts()));
}
