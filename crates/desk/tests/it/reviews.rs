//! Reviews: opened by themselves and on demand, written by those who may, seen by nobody else.

use desk::Trouble;
use desk::reviews::{ActionFilter, Case, NewAction, Said};
use incident::state::{IncidentRole, LinkKind};
use incident::{Command, RefusalKind, Viewer, Visibility};
use insight::review::{Mark, Told};
use jiff::civil::date;
use jiff::tz::TimeZone;
use kernel::{Channel, IncidentNumber, ProblemNumber, ReviewNumber};
use store::directory::problems::Problem;
use store::directory::reviews::{
    Action, ActionState, Kind, Majority, Pick, Question, Review, ReviewState, Section, Template,
};
use testkit::TestDesk;

/// A major incident that was led and resolved.
async fn major(t: &TestDesk) -> IncidentNumber {
    let number = t.report("Nobody can sign in").await;
    t.issue(&t.agent, number, Command::Acknowledge).await.unwrap();
    t.issue(&t.agent, number, Command::DeclareMajor { reason: None }).await.unwrap();
    let commander =
        Command::GiveRole { role: IncidentRole::Commander, person: Some(t.agent.person) };
    t.issue(&t.agent, number, commander).await.unwrap();
    t.say(&t.agent, number, "Is it the certificate?", Visibility::Internal).await;
    t.clock.set(t.desk.now().plus_seconds(3_600));
    t.resolve(&t.agent, number, "A new certificate is in place.").await;
    number
}

/// An incident that is over.
async fn over(t: &TestDesk) -> IncidentNumber {
    let number = t.report("VPN is slow").await;
    t.resolve(&t.agent, number, "Fast again.").await;
    number
}

async fn opened(t: &TestDesk, number: IncidentNumber) -> Review {
    let opened = t.desk.open_review(&t.agent, number).await.unwrap();
    assert!(opened.fresh);
    opened.review
}

async fn read(t: &TestDesk, viewer: &Viewer, number: ReviewNumber) -> Case {
    t.desk.review(viewer, number).await.unwrap()
}

fn kind<T: std::fmt::Debug>(done: Result<T, Trouble>) -> RefusalKind {
    match done {
        Err(Trouble::Refused(refusal)) => refusal.kind,
        other => panic!("{other:?}"),
    }
}

fn field<T: std::fmt::Debug>(done: Result<T, Trouble>) -> String {
    match done {
        Err(Trouble::Faults(faults)) => faults[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_major_is_reviewed_by_itself_once() {
    let t = TestDesk::idle().await;
    let before = major(&t).await;
    t.desk.watch_reviews().await.unwrap();
    t.clock.set(t.desk.now().plus_seconds(60));
    let number = major(&t).await;
    assert_eq!(t.desk.reviews(&t.agent).await.unwrap(), [], "not before somebody looks");
    for _ in 0..2 {
        t.desk.watch_reviews().await.unwrap();
    }
    let all = t.desk.reviews(&t.agent).await.unwrap();
    let incidents: Vec<IncidentNumber> = all.iter().map(|one| one.review.incident).collect();
    assert_eq!(incidents, [number], "once, and not {before}, which was over before");
    let review = &all[0].review;
    assert_eq!((review.state, review.created_by), (ReviewState::Draft, None));
    assert_eq!(review.owner, Some(t.agent.person), "whoever led it");
    assert!(review.due_at > t.desk.now().plus_days(4));
    assert!(review.summary.contains("Nobody can sign in"), "{}", review.summary);
    assert!(review.summary.contains("“A new certificate is in place”"), "{}", review.summary);
    let case = read(&t, &t.manager, review.number).await;
    assert_eq!(case.facts.phases.until(Mark::Resolved), Some(3_600));
    let says = |line: &desk::reviews::Line, words: &str| line.said == Said::Words(words.to_owned());
    assert!(case.lines.iter().any(|line| says(line, "Is it the certificate?")), "the first idea");
    let again = t.desk.open_review(&t.agent, number).await.unwrap();
    assert!(!again.fresh && again.review.number == review.number);
    assert_eq!(t.desk.review_of(&t.agent, number).await.unwrap(), Some(review.number));
    let inbox =
        t.desk.read(|sql| sql.query("select word from outbox where word like 'review%'", &[]));
    assert_eq!(inbox.await.unwrap().len(), 1, "its owner is told");
}

#[tokio::test]
async fn no_major_is_reviewed_by_itself_where_that_is_off() {
    let t = TestDesk::idle().await;
    t.desk.watch_reviews().await.unwrap();
    let off = Template { for_majors: false, ..Template::default() };
    t.desk.set_review_template(&t.administrator, off, Some(0)).await.unwrap();
    let missed = major(&t).await;
    t.desk.watch_reviews().await.unwrap();
    t.clock.set(t.desk.now().plus_seconds(60));
    t.desk.set_review_template(&t.administrator, Template::default(), Some(1)).await.unwrap();
    t.desk.watch_reviews().await.unwrap();
    assert_eq!(t.desk.reviews(&t.agent).await.unwrap(), [], "nor {missed} later");
    opened(&t, missed).await;
}

#[tokio::test]
async fn what_is_over_is_reviewed_on_demand() {
    let t = TestDesk::idle().await;
    let open = t.report("No VPN").await;
    assert_eq!(kind(t.desk.open_review(&t.agent, open).await), RefusalKind::State);
    let number = over(&t).await;
    assert_eq!(kind(t.desk.open_review(&t.auditor, number).await), RefusalKind::Forbidden);
    assert_eq!(kind(t.desk.open_review(&t.requester, number).await), RefusalKind::NotFound);
    let review = opened(&t, number).await;
    assert_eq!(review.created_by, Some(t.agent.person));
    assert!(t.desk.review(&t.auditor, review.number).await.is_ok());
    assert_eq!(kind(t.desk.review(&t.requester, review.number).await), RefusalKind::Forbidden);
    assert_eq!(kind(t.desk.reviews(&t.requester).await), RefusalKind::Forbidden);
    assert_eq!(t.desk.review_of(&t.requester, number).await.unwrap(), None);
    let unknown = t.desk.review(&t.agent, ReviewNumber(99)).await;
    assert_eq!(kind(unknown), RefusalKind::NotFound);
}

#[tokio::test]
async fn the_review_of_what_is_confidential_is_for_its_team_and_auditors() {
    let t = TestDesk::idle().await;
    let number = t.report("Spied on by VPN").await;
    t.issue(&t.agent, number, Command::Restrict { team: Some(t.network) }).await.unwrap();
    t.resolve(&t.agent, number, "Over.").await;
    let review = opened(&t, number).await;
    let new = NewAction { words: "Lock it".to_owned(), ..NewAction::default() };
    let action = t.desk.add_review_action(&t.agent, review.number, new.clone()).await.unwrap();
    for viewer in [&t.other_agent, &t.manager, &t.administrator] {
        assert_eq!(kind(t.desk.review(viewer, review.number).await), RefusalKind::NotFound);
        assert_eq!(t.desk.reviews(viewer).await.unwrap(), []);
        let all = t.desk.review_actions(viewer, ActionFilter::default()).await.unwrap();
        assert_eq!(all, [], "nor what is to be done");
        assert_eq!(t.desk.review_of(viewer, number).await.unwrap(), None);
        assert_eq!(kind(t.desk.review_action(viewer, action.id).await), RefusalKind::NotFound);
        let changed = t.desk.change_review(viewer, review.clone()).await;
        assert_eq!(kind(changed), RefusalKind::NotFound);
        let published = t.desk.publish_review(viewer, review.number, Some(1)).await;
        assert_eq!(kind(published), RefusalKind::NotFound);
        let added = t.desk.add_review_action(viewer, review.number, new.clone()).await;
        assert_eq!(kind(added), RefusalKind::NotFound);
        let candidates = t.desk.review_candidates(viewer, review.number).await;
        assert_eq!(kind(candidates), RefusalKind::NotFound);
        let text = t.desk.review_markdown(viewer, review.number, &TimeZone::UTC).await;
        assert_eq!(kind(text), RefusalKind::NotFound);
    }
    assert!(t.desk.review(&t.auditor, review.number).await.is_ok());
    let owned = Review { owner: Some(t.manager.person), ..review.clone() };
    assert_eq!(field(t.desk.change_review(&t.agent, owned).await), "owner");
    let secret = "Only we know this";
    let written = Review { summary: secret.to_owned(), ..review };
    t.desk.change_review(&t.agent, written).await.unwrap();
    let audit = t.desk.read(|sql| sql.query("select coalesce(after, '') from audit", &[]));
    let audit = format!("{:?}", audit.await.unwrap());
    assert!(!audit.contains(secret), "administrators read the audit");
}

#[tokio::test]
async fn a_review_is_written_published_and_taken_up_again() {
    let t = TestDesk::idle().await;
    let number = over(&t).await;
    let review = opened(&t, number).await;
    let text = |text: &str| text.to_owned();
    let written = Review {
        state: ReviewState::InReview,
        owner: Some(t.other_agent.person),
        factors: vec![text("No alert watched it"), text("Ines Carvalhal was on leave")],
        hard: text("The words pointed the wrong way."),
        ..review.clone()
    };
    let written = t.desk.change_review(&t.agent, written).await.unwrap();
    let stale = t.desk.change_review(&t.agent, review.clone()).await;
    assert!(matches!(stale, Err(Trouble::Stale { seen: 1, current: 2 })), "{stale:?}");
    let case = read(&t, &t.agent, review.number).await;
    assert_eq!(case.naming, [(2, vec![text("Ines Carvalhal")])], "factors name no people");
    assert!(case.may.write && !case.may.publish);
    let mut wrong = written.clone();
    wrong.factors = vec![text("Two\nlines")];
    assert_eq!(field(t.desk.change_review(&t.agent, wrong).await), "factors.0");
    let straight = Review { state: ReviewState::Published, ..written.clone() };
    assert_eq!(kind(t.desk.change_review(&t.agent, straight).await), RefusalKind::Invalid);
    let by_another = t.desk.publish_review(&t.agent, review.number, Some(2)).await;
    assert_eq!(kind(by_another), RefusalKind::Forbidden);
    let done = t.desk.publish_review(&t.other_agent, review.number, Some(2)).await.unwrap();
    assert_eq!(done.published_by, Some(t.other_agent.person));
    assert_eq!(kind(t.desk.change_review(&t.agent, done.clone()).await), RefusalKind::State);
    let reopened = t.desk.reopen_review(&t.manager, review.number, Some(3), text(" ")).await;
    assert_eq!(field(reopened), "reason");
    let reopened =
        t.desk.reopen_review(&t.agent, review.number, Some(3), text("More is known")).await;
    assert_eq!(kind(reopened), RefusalKind::Forbidden);
    let again =
        t.desk.reopen_review(&t.manager, review.number, Some(3), text("More is known")).await;
    let again = again.unwrap();
    assert_eq!((again.state, again.version), (ReviewState::Draft, 4));
    assert_eq!(again.reopened_because, "More is known");
    let empty = Review { summary: String::new(), ..again };
    t.desk.change_review(&t.agent, empty).await.unwrap();
    let nothing = t.desk.publish_review(&t.manager, review.number, Some(5)).await;
    assert_eq!(field(nothing), "summary");
}

#[tokio::test]
async fn entries_are_shown_by_reference_and_erased_words_stay_erased() {
    let t = TestDesk::idle().await;
    let (number, other) = (over(&t).await, over(&t).await);
    let review = opened(&t, number).await;
    let said = t.say(&t.agent, number, "The password is hunter2", Visibility::Internal).await;
    let candidates = t.desk.review_candidates(&t.agent, review.number).await.unwrap();
    let note = candidates
        .iter()
        .find(|one| one.line.said == Said::Words("The password is hunter2".to_owned()))
        .unwrap();
    let content = incident::effects::said_in(&note.line.event.event.body).unwrap();
    let pick =
        Pick { incident: number, n: note.line.pick.n, remark: "Here it became clear".to_owned() };
    assert_eq!(said.number, number);
    let wanted = Review { picks: vec![pick.clone(), pick.clone()], ..review.clone() };
    let changed = t.desk.change_review(&t.agent, wanted).await.unwrap();
    assert_eq!(changed.picks, std::slice::from_ref(&pick), "each once");
    for nowhere in [Pick { incident: other, ..pick.clone() }, Pick { n: 999, ..pick.clone() }] {
        let wrong = Review { picks: vec![nowhere], ..changed.clone() };
        assert_eq!(field(t.desk.change_review(&t.agent, wrong).await), "picks.0");
    }
    t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    let case = read(&t, &t.agent, review.number).await;
    assert_eq!(case.lines[0].said, Said::Redacted);
    assert_eq!(case.lines[0].pick.remark, "Here it became clear");
    let text = t.desk.review_markdown(&t.agent, review.number, &TimeZone::UTC).await.unwrap();
    assert!(text.contains("Here it became clear") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn entries_that_somebody_does_not_see_stay_while_they_write() {
    let t = TestDesk::idle().await;
    let (child, number) = (t.report("Spied on by VPN").await, t.report("VPN is slow").await);
    let target = number.to_string();
    let link = Command::Link { kind: LinkKind::Parent, target, cascade: None };
    t.issue(&t.agent, child, link).await.unwrap();
    t.resolve(&t.agent, number, "Fast again.").await;
    let review = opened(&t, number).await;
    let secret = "Where it all began";
    let hidden = Pick { incident: child, n: 1, remark: secret.to_owned() };
    let mut picks = review.picks.clone();
    picks.push(hidden.clone());
    let with_child = Review { picks, ..review };
    let written = t.desk.change_review(&t.agent, with_child).await.unwrap();
    t.issue(&t.agent, child, Command::Restrict { team: Some(t.network) }).await.unwrap();
    let case = read(&t, &t.other_agent, written.number).await;
    assert_eq!(case.hidden, 1);
    assert!(case.lines.iter().all(|line| line.pick.incident == number));
    // Who sends everything back as it was read loses nothing, and is not refused.
    let (hard, summary) = ("Finding it".to_owned(), "Quotes what may be erased".to_owned());
    let written = Review { hard, summary, ..case.review.clone() };
    let written = t.desk.change_review(&t.other_agent, written).await.unwrap();
    assert!(written.picks.contains(&hidden));
    let emptied = Review { picks: vec![], ..written };
    let emptied = t.desk.change_review(&t.other_agent, emptied).await.unwrap();
    assert_eq!(emptied.picks, [hidden]);
    let audit = t.desk.read(|sql| {
        let rows = "select coalesce(before, '') || coalesce(after, '') from audit";
        sql.query(rows, &[])
    });
    let audit = format!("{:?}", audit.await.unwrap());
    assert!(audit.contains("Finding it") && !audit.contains(secret), "{audit}");
    assert!(!audit.contains("Quotes what") && !audit.contains("Fast again"), "{audit}");
}

#[tokio::test]
async fn actions_stay_on_somebodys_list_until_they_are_done() {
    let t = TestDesk::idle().await;
    let number = over(&t).await;
    let review = opened(&t, number).await.number;
    let factors = vec!["No alert watched it".to_owned()];
    let draft = read(&t, &t.agent, review).await.review;
    t.desk.change_review(&t.agent, Review { factors, ..draft }).await.unwrap();
    let new = NewAction {
        words: "Watch certificates".to_owned(),
        factor: Some(1),
        owner: Some(t.other_agent.person),
        due_on: Some(date(2026, 11, 20)),
        ..NewAction::default()
    };
    for (field_name, wrong) in [
        ("factor", NewAction { factor: Some(2), ..new.clone() }),
        ("owner", NewAction { owner: Some(t.requester.person), ..new.clone() }),
        ("words", NewAction { words: " ".to_owned(), ..new.clone() }),
    ] {
        let refused = t.desk.add_review_action(&t.agent, review, wrong).await;
        assert_eq!(field(refused), field_name);
    }
    let nowhere = NewAction { problem: Some(ProblemNumber(9)), ..new.clone() };
    let refused = t.desk.add_review_action(&t.agent, review, nowhere).await;
    assert_eq!(kind(refused), RefusalKind::Invalid);
    assert_eq!(
        kind(t.desk.add_review_action(&t.auditor, review, new.clone()).await),
        RefusalKind::Forbidden
    );
    let action = t.desk.add_review_action(&t.agent, review, new).await.unwrap();
    let listed = |viewer: Viewer, filter: ActionFilter| {
        let desk = t.desk.clone();
        async move { desk.review_actions(&viewer, filter).await.unwrap().len() }
    };
    let mine = ActionFilter { mine: true, ..ActionFilter::default() };
    let overdue = ActionFilter { overdue: true, ..ActionFilter::default() };
    assert_eq!(listed(t.other_agent.clone(), mine).await, 1);
    assert_eq!(listed(t.agent.clone(), mine).await, 0);
    assert_eq!(listed(t.agent.clone(), overdue).await, 1);
    let dropped = Action { state: ActionState::Dropped, ..action.clone() };
    assert_eq!(field(t.desk.change_review_action(&t.agent, dropped).await), "reason");
    let done = Action { state: ActionState::Done, ..action.clone() };
    let done = t.desk.change_review_action(&t.other_agent, done).await.unwrap();
    assert_eq!((done.ended_at, done.version), (Some(t.desk.now()), 2));
    let late = t.desk.change_review_action(&t.agent, action).await;
    assert!(matches!(late, Err(Trouble::Stale { seen: 1, current: 2 })), "{late:?}");
    assert_eq!(listed(t.other_agent.clone(), ActionFilter { open: true, ..mine }).await, 0);
    let open = Action { state: ActionState::Open, ..done };
    let open = t.desk.change_review_action(&t.agent, open).await.unwrap();
    assert_eq!(open.ended_at, None, "it is taken up again");
}

#[tokio::test]
async fn whoever_owns_it_is_reminded_once() {
    let t = TestDesk::idle().await;
    let number = over(&t).await;
    let review = opened(&t, number).await.number;
    let new = NewAction {
        words: "Watch certificates".to_owned(),
        owner: Some(t.agent.person),
        due_on: Some(date(2026, 11, 24)),
        ..NewAction::default()
    };
    t.desk.add_review_action(&t.agent, review, new).await.unwrap();
    let words = || async {
        let told = t.desk.read(|sql| {
            let rows =
                sql.query("select word from outbox where word like 'action_%' order by id", &[])?;
            rows.into_iter()
                .map(|row| store::Columns::of(row).text())
                .collect::<Result<Vec<_>, _>>()
        });
        told.await.unwrap()
    };
    for _ in 0..2 {
        t.desk.watch_reviews().await.unwrap();
    }
    assert_eq!(words().await, ["action_nears"]);
    t.clock.set(t.desk.now().plus_days(3));
    for _ in 0..2 {
        t.desk.watch_reviews().await.unwrap();
    }
    assert_eq!(words().await, ["action_nears", "action_overdue"]);
}

#[tokio::test]
async fn whether_an_action_helped_is_said_with_care() {
    let t = TestDesk::idle().await;
    let number = over(&t).await;
    let problem = Problem::titled(ProblemNumber(0), "Licences run out", t.desk.now());
    let made = t.desk.make_problem(&t.agent, Channel::Web, problem, &[number]).await.unwrap();
    let review = opened(&t, number).await.number;
    let new = NewAction {
        words: "Buy licences".to_owned(),
        problem: Some(made.problem.number),
        ..NewAction::default()
    };
    let action = t.desk.add_review_action(&t.agent, review, new).await.unwrap();
    assert_eq!(read(&t, &t.agent, review).await.actions[0].effect, None, "it is not done");
    t.clock.set(t.desk.now().plus_days(1));
    let done = Action { state: ActionState::Done, ..action };
    t.desk.change_review_action(&t.agent, done).await.unwrap();
    t.clock.set(t.desk.now().plus_days(30));
    let again = t.report("VPN full again").await;
    let link = Command::Link {
        kind: LinkKind::Problem,
        target: made.problem.number.to_string(),
        cascade: None,
    };
    t.issue(&t.agent, again, link).await.unwrap();
    let effect = read(&t, &t.agent, review).await.actions[0].effect.unwrap();
    assert_eq!((effect.before, effect.after, effect.told), (1, 1, Told::NoDifference));
    t.issue(&t.agent, again, Command::Restrict { team: Some(t.network) }).await.unwrap();
    let seen = read(&t, &t.manager, review).await.actions[0].effect.unwrap();
    assert_eq!((seen.before, seen.after), (1, 0), "what they do not see does not count");
}

#[tokio::test]
async fn the_template_switches_sections_off_and_asks_more() {
    let t = TestDesk::idle().await;
    let number = over(&t).await;
    let review = opened(&t, number).await;
    let asks = |key: &str| Question { key: key.to_owned(), words: "What did it cost?".to_owned() };
    let template = Template {
        off: vec![Section::Lessons],
        questions: vec![asks("cost")],
        ..Template::default()
    };
    let by_agent = t.desk.set_review_template(&t.agent, template.clone(), Some(0)).await;
    assert_eq!(kind(by_agent), RefusalKind::Forbidden);
    let twice = Template { questions: vec![asks("cost"), asks("cost")], ..template.clone() };
    let small = Kind {
        name: "Small ones".to_owned(),
        majority: Majority::Others,
        categories: [].into(),
        off: vec![Section::Summary],
        questions: vec![asks("luck")],
    };
    let kinds = Template { kinds: vec![small.clone(), small.clone()], ..template.clone() };
    let refused = t.desk.set_review_template(&t.administrator, kinds, Some(0)).await;
    assert_eq!(field(refused), "kinds.1.name");
    let refused = t.desk.set_review_template(&t.administrator, twice, Some(0)).await;
    assert_eq!(field(refused), "questions.1.key");
    t.desk.set_review_template(&t.administrator, template, Some(0)).await.unwrap();
    let answered = |key: &str| Review {
        answers: [(key.to_owned(), "Little | nothing".to_owned())].into(),
        lessons: "Kept".to_owned(),
        ..review.clone()
    };
    let refused = t.desk.change_review(&t.agent, answered("time")).await;
    assert_eq!(field(refused), "answers.time");
    t.desk.change_review(&t.agent, answered("cost")).await.unwrap();
    let text = t.desk.review_markdown(&t.agent, review.number, &TimeZone::UTC).await.unwrap();
    assert!(text.contains("## What did it cost?\n\nLittle \\| nothing\n"), "{text}");
    assert!(!text.contains("Kept"), "{text}");
    // The incident is no major, so that kind is now how its review is written.
    let kinds = Template { kinds: vec![small], ..Template::default() };
    t.desk.set_review_template(&t.administrator, kinds, Some(1)).await.unwrap();
    let case = read(&t, &t.agent, review.number).await;
    assert!(!case.template.has(Section::Summary) && case.template.has(Section::Lessons));
    assert_eq!(case.template.questions, [asks("luck")]);
    assert_eq!(case.review.answers["cost"], "Little | nothing", "what was answered stays");
}
