//! Problems, known errors and articles: their rules, who may what, and what nobody may see.

use desk::Trouble;
use desk::articles::Wanted;
use incident::state::LinkKind;
use incident::{Command, RefusalKind, State, Viewer, Visibility};
use kernel::{ArticleNumber, Channel, IncidentNumber, Language, ProblemNumber};
use std::collections::BTreeSet;
use store::directory::articles::{Article, ArticleState, Audience};
use store::directory::drafts::{self, Mode};
use store::directory::problems::{Problem, ProblemState};
use store::knowledge::{Record, Success, UseKind};
use testkit::TestDesk;

const WEB: Channel = Channel::Web;

fn titled(t: &TestDesk) -> Problem {
    Problem {
        service: Some(t.vpn),
        ..Problem::titled(ProblemNumber(0), "VPN licences run out", t.desk.now())
    }
}

fn known_error(t: &TestDesk) -> Problem {
    Problem {
        state: ProblemState::KnownError,
        cause: "Sessions never end".to_owned(),
        workaround: "We end the sessions that nobody uses.".to_owned(),
        steps: vec!["List old sessions".to_owned(), "End them".to_owned()],
        ..titled(t)
    }
}

async fn made(t: &TestDesk, problem: Problem, from: &[IncidentNumber]) -> desk::problems::Made {
    t.desk.make_problem(&t.agent, WEB, problem, from).await.unwrap()
}

async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

/// Restricts an incident to the team of the first agent.
async fn restrict(t: &TestDesk, number: IncidentNumber) {
    t.issue(&t.agent, number, Command::Restrict { team: Some(t.network) }).await.unwrap();
}

fn link(problem: ProblemNumber) -> Command {
    Command::Link { kind: LinkKind::KnownError, target: problem.to_string(), cascade: None }
}

fn kind<T: std::fmt::Debug>(done: Result<T, Trouble>) -> RefusalKind {
    match done {
        Err(Trouble::Refused(refusal)) => refusal.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_known_error_has_a_cause_and_a_workaround() {
    let t = TestDesk::idle().await;
    let bare = Problem { state: ProblemState::KnownError, ..titled(&t) };
    let refused = t.desk.make_problem(&t.agent, WEB, bare, &[]).await;
    let Err(Trouble::Faults(faults)) = refused else { panic!("{refused:?}") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["cause", "workaround"]);
    let half = Problem { cause: "Sessions never end".to_owned(), ..titled(&t) };
    let half = made(&t, half, &[]).await.problem;
    let known = Problem { state: ProblemState::KnownError, ..half.clone() };
    let refused = t.desk.change_problem(&t.agent, known).await;
    let Err(Trouble::Faults(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].field, "workaround");
    let whole = Problem { workaround: "End them.".to_owned(), ..half.clone() };
    let whole = Problem { state: ProblemState::KnownError, ..whole };
    let whole = t.desk.change_problem(&t.agent, whole).await.unwrap();
    assert_eq!((whole.number, whole.version), (half.number, 2), "it keeps its number");
    let late = t.desk.change_problem(&t.agent, half).await;
    assert!(matches!(late, Err(Trouble::Stale { seen: 1, current: 2 })), "{late:?}");
}

#[tokio::test]
async fn managers_close_problems_and_others_read_or_not() {
    let t = TestDesk::idle().await;
    let problem = made(&t, titled(&t), &[]).await.problem;
    let number = problem.number;
    let closed = Problem { state: ProblemState::Closed, ..problem.clone() };
    let refused = t.desk.change_problem(&t.agent, closed.clone()).await;
    assert_eq!(kind(refused), RefusalKind::Forbidden);
    let closed = t.desk.change_problem(&t.manager, closed).await.unwrap();
    let open = Problem { state: ProblemState::Open, ..closed };
    assert_eq!(kind(t.desk.change_problem(&t.agent, open).await), RefusalKind::Forbidden);
    assert!(t.desk.problem(&t.auditor, number).await.is_ok());
    let made = t.desk.make_problem(&t.auditor, WEB, titled(&t), &[]).await;
    assert_eq!(kind(made), RefusalKind::Forbidden);
    assert_eq!(kind(t.desk.problems(&t.requester).await), RefusalKind::Forbidden);
    assert_eq!(kind(t.desk.costs_of_problems(&t.requester).await), RefusalKind::Forbidden);
    let unknown = t.desk.problem(&t.agent, ProblemNumber(99)).await;
    assert_eq!(kind(unknown), RefusalKind::NotFound);
}

#[tokio::test]
async fn links_name_problems_that_are_there() {
    let t = TestDesk::idle().await;
    let (first, second) = (t.report("No VPN").await, t.report("VPN full").await);
    let refused = t.issue(&t.agent, first, link(ProblemNumber(1))).await;
    assert_eq!(kind(refused), RefusalKind::Invalid);
    let done = made(&t, titled(&t), &[first, second, IncidentNumber(99)]).await;
    assert_eq!((done.linked, done.refused), (vec![first, second], vec![IncidentNumber(99)]));
    let case = t.desk.problem(&t.agent, done.problem.number).await.unwrap();
    let numbers: Vec<_> = case.incidents.iter().map(|(row, _)| row.number).collect();
    assert_eq!(numbers, [second, first], "the problem knows its incidents");
    assert_eq!((case.listed.cost.incidents, case.listed.cost.open), (2, 2));
    t.issue(&t.agent, first, link(done.problem.number)).await.unwrap();
}

#[tokio::test]
async fn what_is_confidential_shows_in_no_list_and_no_figure() {
    let t = TestDesk::idle().await;
    let (open, secret) = (t.report("No VPN").await, t.report("Spied on by VPN").await);
    restrict(&t, secret).await;
    let number = made(&t, known_error(&t), &[open, secret]).await.problem.number;
    for incident in [open, secret] {
        t.issue(&t.agent, incident, link(number)).await.unwrap();
        t.resolve(&t.agent, incident, "Ended").await;
    }
    let seen = |viewer: Viewer| {
        let desk = t.desk.clone();
        async move {
            let case = desk.problem(&viewer, number).await.unwrap();
            let listed = desk.problems(&viewer).await.unwrap();
            assert_eq!(listed, std::slice::from_ref(&case.listed), "the list says the same");
            let costs = desk.costs_of_problems(&viewer).await.unwrap();
            assert_eq!(costs, [(case.listed.problem.clone(), case.listed.cost)]);
            let did = case.listed.success;
            (case.incidents.len(), case.listed.cost.incidents, did)
        }
    };
    let all = Success { used: 2, judged: 2, helped: 2 };
    let one = Success { used: 1, judged: 1, helped: 1 };
    assert_eq!(seen(t.agent.clone()).await, (2, 2, all));
    assert_eq!(seen(t.auditor.clone()).await, (2, 2, all));
    assert_eq!(seen(t.other_agent.clone()).await, (1, 1, one));
    assert_eq!(seen(t.manager.clone()).await, (1, 1, one));
    let refused = t.desk.apply_workaround(&t.other_agent, WEB, secret, number).await;
    assert_eq!(kind(refused), RefusalKind::NotFound);
}

#[tokio::test]
async fn applying_a_workaround_twice_adds_nothing() {
    let t = TestDesk::idle().await;
    let incident = t.report("No VPN").await;
    let open = made(&t, titled(&t), &[]).await.problem.number;
    let refused = t.desk.apply_workaround(&t.agent, WEB, incident, open).await;
    assert_eq!(kind(refused), RefusalKind::State);
    let known = made(&t, known_error(&t), &[]).await.problem.number;
    let mut ask = t.desk.ask(&t.agent, WEB).on(incident);
    let title = ask.title("list  OLD sessions").unwrap();
    let task = ask.task();
    ask.issue(Command::AddTask { task, title, assignee: None }).await.unwrap();
    let done = t.desk.apply_workaround(&t.agent, WEB, incident, known).await.unwrap();
    assert!(done.linked && done.drafted);
    assert_eq!(done.tasks, ["End them"], "the other one was there");
    let (me, said) = (t.agent.person, state(&t, incident).await.moments.responded);
    assert_eq!(said, None, "nothing is sent by itself");
    let kept = t.desk.read(move |sql| drafts::of_incident(sql, me, incident)).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].mode, kept[0].body.as_str()),
        (Mode::Reply, "We end the sessions that nobody uses.",)
    );
    let version = state(&t, incident).await.version;
    let again = t.desk.apply_workaround(&t.agent, WEB, incident, known).await.unwrap();
    assert_eq!((again.linked, again.tasks.len(), again.drafted), (false, 0, false));
    assert_eq!(state(&t, incident).await.version, version);
    let refused = t.desk.apply_workaround(&t.requester, WEB, incident, known).await;
    assert_eq!(kind(refused), RefusalKind::Forbidden);
    t.resolve(&t.agent, incident, "Ended").await;
    let refused = t.desk.apply_workaround(&t.agent, WEB, incident, known).await;
    assert_eq!(kind(refused), RefusalKind::State);
    let did = t.desk.problem(&t.agent, known).await.unwrap().listed.success;
    assert_eq!(did, Success { used: 1, judged: 1, helped: 1 }, "one use, however it was told");
}

#[tokio::test]
async fn a_workaround_that_cannot_be_applied_leaves_nothing_behind() {
    let t = TestDesk::idle().await;
    let incident = t.report("No VPN").await;
    let steps = |of: &str| (0..50).map(|n| format!("{of}, step {n}")).collect::<Vec<_>>();
    for of in ["First", "Second", "Third", "Fourth"] {
        let known = Problem { steps: steps(of), ..known_error(&t) };
        let known = made(&t, known, &[]).await.problem.number;
        let done = t.desk.apply_workaround(&t.agent, WEB, incident, known).await.unwrap();
        assert_eq!(done.tasks.len(), 50);
    }
    let last = made(&t, known_error(&t), &[]).await.problem.number;
    let before = state(&t, incident).await.version;
    let refused = t.desk.apply_workaround(&t.agent, WEB, incident, last).await;
    assert_eq!(kind(refused), RefusalKind::Limit);
    let refused = t.desk.apply_workaround(&t.auditor, WEB, incident, last).await;
    assert_eq!(kind(refused), RefusalKind::Forbidden);
    assert_eq!(state(&t, incident).await.version, before, "not even the link");
    let case = t.desk.problem(&t.agent, last).await.unwrap();
    assert_eq!((case.incidents.len(), case.listed.success), (0, Success::default()));
}

#[tokio::test]
async fn open_incidents_hear_that_their_problem_is_resolved() {
    let t = TestDesk::idle().await;
    let (open, over) = (t.report("No VPN").await, t.report("VPN full").await);
    let problem = made(&t, titled(&t), &[open, over]).await.problem;
    let number = problem.number;
    let early = t.desk.note_resolved(&t.agent, WEB, number, "").await;
    assert_eq!(kind(early), RefusalKind::State);
    t.resolve(&t.agent, over, "Ended").await;
    let resolved = Problem {
        state: ProblemState::Resolved,
        fix: "Sessions end after 12 hours.".to_owned(),
        ..problem
    };
    t.desk.change_problem(&t.agent, resolved).await.unwrap();
    let done = t.desk.note_resolved(&t.agent, WEB, number, "").await.unwrap();
    assert_eq!((done.noted, done.refused), (vec![open], vec![]));
    let words = t.desk.read(move |sql| store::incidents::timeline::contents(sql, open)).await;
    let words: Vec<_> = words.unwrap().into_values().collect();
    let note = words.iter().find(|one| one.body.as_ref().is_some_and(|b| b.contains("12 hours")));
    assert!(note.is_some_and(|note| !note.public), "{words:?}");
}

#[tokio::test]
async fn an_article_from_a_resolution_tells_nothing_internal() {
    let t = TestDesk::idle().await;
    let incident = t.report("No VPN").await;
    let early = t.desk.article_from(&t.agent, incident, Wanted::default()).await;
    assert_eq!(kind(early), RefusalKind::State);
    t.say(&t.agent, incident, "Root password is hunter2", Visibility::Internal).await;
    t.resolve(&t.agent, incident, "Ended old sessions.").await;
    let open = t.desk.article_from(&t.agent, incident, Wanted::default()).await.unwrap();
    assert_eq!((open.title.as_str(), open.body.as_str()), ("No VPN", "Ended old sessions."));
    assert_eq!((open.state, open.internal), (ArticleState::Draft, false));
    assert_eq!(open.services, BTreeSet::from([t.vpn]));
    let again = t.desk.article_from(&t.other_agent, incident, Wanted::default()).await.unwrap();
    assert_eq!(again, open, "two who press it write one");
    let wanted = Wanted { notes: true, language: Language::De };
    let inside = t.desk.article_from(&t.agent, incident, wanted).await.unwrap();
    assert!(inside.body.contains("hunter2"));
    assert_eq!((inside.audience, inside.internal), (Audience::Staff, true));
    let told = Article { audience: Audience::Everyone, ..inside.clone() };
    let refused = t.desk.change_article(&t.agent, told.clone()).await;
    let Err(Trouble::Faults(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].field, "audience");
    let cleaned = Article { internal: false, body: "Ended.".to_owned(), ..told };
    let cleaned = t.desk.change_article(&t.agent, cleaned).await.unwrap();
    // What was internal does not come back into an article for everyone.
    let back = t.desk.restore_article(&t.agent, cleaned.number, 1, None).await;
    assert!(matches!(back, Err(Trouble::Faults(_))), "{back:?}");
    // What somebody wrote into a draft is theirs: the next one begins anew.
    let mine = Article { body: "Ended them all.".to_owned(), ..open.clone() };
    t.desk.change_article(&t.agent, mine).await.unwrap();
    let anew = t.desk.article_from(&t.agent, incident, Wanted::default()).await.unwrap();
    assert_ne!(anew.number, open.number);
    let secret = t.report("Spied on").await;
    restrict(&t, secret).await;
    t.resolve(&t.agent, secret, "Caught").await;
    let refused = t.desk.article_from(&t.agent, secret, Wanted::default()).await;
    assert_eq!(kind(refused), RefusalKind::State);
    let unseen = t.desk.article_from(&t.other_agent, secret, Wanted::default()).await;
    assert_eq!(kind(unseen), RefusalKind::NotFound);
    restrict(&t, incident).await;
    let shown = t.desk.article(&t.other_agent, open.number).await.unwrap();
    assert_eq!(shown.article.from_incident, None, "it is confidential by now");
    assert_eq!(
        t.desk.article(&t.agent, open.number).await.unwrap().article.from_incident,
        Some(incident)
    );
}

#[tokio::test]
async fn requesters_read_what_is_published_for_everyone() {
    let t = TestDesk::idle().await;
    let new = |title: &str, audience: Audience, state: ArticleState| Article {
        body: "Try again.".to_owned(),
        audience,
        state,
        ..Article::titled(ArticleNumber(0), title, t.desk.now())
    };
    let mut numbers = Vec::new();
    for article in [
        new("Open", Audience::Everyone, ArticleState::Published),
        new("Inside", Audience::Staff, ArticleState::Published),
        new("Draft", Audience::Everyone, ArticleState::Draft),
    ] {
        numbers.push(t.desk.make_article(&t.agent, article).await.unwrap().number);
    }
    let titles = |found: Vec<desk::articles::Listed>| -> Vec<String> {
        found.into_iter().map(|one| one.article.title).collect()
    };
    assert_eq!(titles(t.desk.articles(&t.requester).await.unwrap()), ["Open"]);
    assert_eq!(titles(t.desk.articles(&t.auditor).await.unwrap()), ["Draft", "Inside", "Open"]);
    for number in &numbers[1..] {
        let hidden = t.desk.article(&t.requester, *number).await;
        assert_eq!(kind(hidden), RefusalKind::NotFound);
        let hidden = t.desk.solved_by(&t.requester, *number, None).await;
        assert_eq!(kind(hidden), RefusalKind::NotFound);
    }
    let written =
        t.desk.make_article(&t.requester, new("Mine", Audience::Staff, ArticleState::Draft));
    assert_eq!(kind(written.await), RefusalKind::Forbidden);
    let history = t.desk.article_versions(&t.requester, numbers[0]).await;
    assert_eq!(kind(history), RefusalKind::Forbidden);
    let version = t.desk.article_version(&t.requester, numbers[0], 1).await;
    assert_eq!(kind(version), RefusalKind::Forbidden);
    assert_eq!(t.desk.article_version(&t.auditor, numbers[0], 1).await.unwrap().title, "Open");
    let version = t.desk.article_version(&t.auditor, numbers[0], 2).await;
    assert_eq!(kind(version), RefusalKind::NotFound);
    let retired = t.desk.article(&t.agent, numbers[0]).await.unwrap().article;
    let retired = Article { state: ArticleState::Retired, ..retired };
    let refused = t.desk.change_article(&t.agent, retired.clone()).await;
    assert_eq!(kind(refused), RefusalKind::Forbidden);
    t.desk.change_article(&t.manager, retired).await.unwrap();
    assert!(t.desk.articles(&t.requester).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_article_is_judged_by_what_happened_afterwards() {
    let t = TestDesk::idle().await;
    let article = Article {
        body: "Try again.".to_owned(),
        audience: Audience::Everyone,
        state: ArticleState::Published,
        ..Article::titled(ArticleNumber(0), "No VPN", t.desk.now())
    };
    let number = t.desk.make_article(&t.agent, article).await.unwrap().number;
    assert!(t.desk.solved_by(&t.requester, number, Some(t.vpn)).await.unwrap());
    assert!(!t.desk.solved_by(&t.requester, number, Some(t.vpn)).await.unwrap(), "once a day");
    assert!(t.desk.solved_by(&t.other_requester, number, Some(t.vpn)).await.unwrap());
    t.clock.advance(3_600);
    let incident = t.report("No VPN after all").await;
    let record = Record::Article(number);
    assert!(t.desk.used_on(&t.agent, record, incident, UseKind::Linked).await.unwrap());
    assert!(!t.desk.used_on(&t.agent, record, incident, UseKind::Helped).await.unwrap());
    let refused = t.desk.used_on(&t.requester, record, incident, UseKind::Helped).await;
    assert_eq!(kind(refused), RefusalKind::Forbidden);
    let did = t.desk.article(&t.requester, number).await.unwrap().success;
    assert_eq!(did, Success { used: 3, judged: 2, helped: 1 });
    t.resolve(&t.agent, incident, "Restarted").await;
    let did = t.desk.article(&t.agent, number).await.unwrap().success;
    assert_eq!(did, Success { used: 3, judged: 3, helped: 2 });
    restrict(&t, incident).await;
    let did = t.desk.article(&t.requester, number).await.unwrap().success;
    assert_eq!(did, Success { used: 2, judged: 2, helped: 2 }, "nobody hears of it any more");
}
