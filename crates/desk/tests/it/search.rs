//! Finding and what is alike, through an index that follows.

use desk::Trouble;
use desk::search::{Alike, Feedback, Found, Like, Similar, Wish};
use incident::{Command, Viewer, Visibility};
use kernel::{ArticleNumber, Channel, IncidentNumber, ProblemNumber, limits};
use std::time::Duration;
use store::directory::articles::{Article, ArticleState, Audience};
use store::directory::problems::{Problem, ProblemState};
use testkit::{TestDesk, blank};

/// A desk with an index in memory.
async fn indexed() -> TestDesk {
    let t = TestDesk::new().await;
    t.desk.use_search(None);
    t
}

async fn find(t: &TestDesk, viewer: &Viewer, text: &str) -> Found {
    t.desk.search_caught_up().await.unwrap();
    let wish = Wish { text: text.to_owned(), limit: 10, typing: false, facets: true };
    t.desk.find(viewer, wish).await.unwrap()
}

fn numbers(found: &Found) -> Vec<IncidentNumber> {
    found.incidents.iter().map(|one| one.row.number).collect()
}

async fn similar(t: &TestDesk, viewer: &Viewer, number: IncidentNumber) -> Similar {
    t.desk.search_caught_up().await.unwrap();
    t.desk.similar(viewer, Like::Incident(number)).await.unwrap()
}

fn alike(found: &Similar) -> Vec<IncidentNumber> {
    found.incidents.iter().map(|one| one.row.number).collect()
}

async fn restrict(t: &TestDesk, number: IncidentNumber) {
    let command = Command::Restrict { team: Some(t.network) };
    t.issue(&t.manager, number, command).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_is_found_with_its_words_marked() {
    let t = indexed().await;
    let number = t.report("Conveyor stands still").await;
    t.say(&t.agent, number, "The gearbox smells of burning", Visibility::Internal).await;
    let found = find(&t, &t.agent, "conveyor").await;
    assert_eq!((numbers(&found), found.total), (vec![number], 1));
    let title: Vec<(&str, bool)> = found.incidents[0].title.pieces();
    assert_eq!(title, [("Conveyor", true), (" stands still", false)]);
    let found = find(&t, &t.agent, "gearbox").await;
    let snippet = found.incidents[0].snippet.as_ref().unwrap();
    assert!(snippet.pieces().contains(&("gearbox", true)), "{snippet:?}");
    // The requester does not read what is internal, and does not find by it.
    let found = find(&t, &t.requester, "gearbox").await;
    assert_eq!((numbers(&found), found.total), (vec![], 0));
    let facet = find(&t, &t.agent, "conveyor").await.facets;
    let service = facet.iter().find(|facet| facet.field == "service").unwrap();
    assert_eq!((service.values[0].term.as_str(), service.values[0].count), ("service:VPN", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_narrow_in_the_index_and_in_the_database() {
    let t = indexed().await;
    let (open, over) = (t.report("Scanner is dark").await, t.report("Scanner is slow").await);
    t.resolve(&t.agent, over, "Changed its battery").await;
    assert_eq!(numbers(&find(&t, &t.agent, "scanner state:open").await), [open]);
    assert_eq!(numbers(&find(&t, &t.agent, "scanner -state:open").await), [over]);
    // What is corrected keeps its conditions.
    let found = find(&t, &t.agent, "scaner state:open").await;
    assert_eq!(
        (numbers(&found), found.corrected.as_deref()),
        (vec![open], Some("scanner state:open"))
    );
    // No label says this.
    assert_eq!(numbers(&find(&t, &t.agent, "scanner resolved:today").await), [over]);
    assert_eq!(numbers(&find(&t, &t.agent, &open.to_string()).await), [open]);
    // What is no query are words.
    assert_eq!(find(&t, &t.agent, "stat:( scanner").await.total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confidential_shows_nowhere() {
    let t = indexed().await;
    let seen = t.report("Payroll export fails").await;
    let hidden = t.report("Payroll export leaks salaries").await;
    restrict(&t, hidden).await;
    for (viewer, sees) in [
        (&t.agent, true),
        (&t.auditor, true),
        (&t.other_agent, false),
        (&t.administrator, false),
        (&t.manager, false),
        (&t.other_requester, false),
    ] {
        let found = find(&t, viewer, "payroll").await;
        assert_eq!(numbers(&found).contains(&hidden), sees, "{}", viewer.name);
        let counted: u64 = found
            .facets
            .iter()
            .filter(|facet| facet.field == "state")
            .flat_map(|facet| &facet.values)
            .map(|value| value.count)
            .sum();
        let all = if viewer.person == t.other_requester.person { 0 } else { 1 + u64::from(sees) };
        assert_eq!((found.total, counted), (all, all), "{}", viewer.name);
        assert!(find(&t, viewer, "salaries").await.total == u64::from(sees), "{}", viewer.name);
        assert_eq!(find(&t, viewer, &hidden.to_string()).await.incidents.is_empty(), !sees);
        if all > 0 {
            let found = similar(&t, viewer, seen).await;
            assert_eq!(alike(&found).contains(&hidden), sees, "{}", viewer.name);
        }
        let like = Like::Typed {
            title: "Payroll export leaks salaries".to_owned(),
            text: String::new(),
            service: None,
        };
        let found = t.desk.similar(viewer, like).await.unwrap();
        assert_eq!(alike(&found).contains(&hidden), sees, "{}", viewer.name);
        assert!(found.outages.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_confidential_or_is_erased_is_not_found_any_more() {
    let t = indexed().await;
    let number = t.report("Badge of Ines opens nothing").await;
    assert_eq!(numbers(&find(&t, &t.other_agent, "badge").await), [number]);
    restrict(&t, number).await;
    // At once, though the index may not know yet.
    let wish = Wish { text: "badge".to_owned(), limit: 10, typing: false, facets: true };
    let found = t.desk.find(&t.other_agent, wish).await.unwrap();
    assert_eq!((found.incidents, found.total, found.facets), (vec![], 0, vec![]));
    assert_eq!(find(&t, &t.other_agent, "badge").await.total, 0);
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let content = stored.unwrap().state.title;
    t.issue(&t.manager, number, Command::Restrict { team: None }).await.unwrap_err();
    t.issue(&t.agent, number, Command::Restrict { team: None }).await.unwrap();
    assert_eq!(numbers(&find(&t, &t.other_agent, "badge").await), [number]);
    t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    assert_eq!(find(&t, &t.other_agent, "badge").await.total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attached_text_is_found_by_those_who_may_open_it() {
    let t = indexed().await;
    let number = t.report("Palletiser stops").await;
    for (name, bytes, visibility) in [
        ("log.png", b"error: torque limit exceeded".as_slice(), Visibility::Public),
        ("notes.txt", b"the inverter was opened".as_slice(), Visibility::Internal),
        ("photo.txt", b"\x89PNG\r\n\x1a\n\0\0kilowatts".as_slice(), Visibility::Public),
    ] {
        let mut upload = t.desk.upload(name).await.unwrap();
        upload.push(bytes).await.unwrap();
        let file = upload.finish().await.unwrap();
        let mut ask = t.desk.ask(&t.agent, Channel::Web).on(number);
        let command = ask.attach(file, visibility).unwrap();
        ask.issue(command).await.unwrap();
    }
    for (viewer, word, found) in [
        (&t.agent, "torque", 1),
        (&t.requester, "torque", 1),
        (&t.other_requester, "torque", 0),
        (&t.agent, "inverter", 1),
        (&t.requester, "inverter", 0),
        (&t.agent, "kilowatts", 0),
    ] {
        // Twice, as a file is read once its entry was heard of.
        t.desk.search_caught_up().await.unwrap();
        assert_eq!(find(&t, viewer, word).await.total, found, "{} {word}", viewer.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_alike_says_why_how_it_ended_and_how_long_it_took() {
    let t = indexed().await;
    let before = t.report("Label printer prints blank labels").await;
    t.clock.advance(600);
    t.resolve(&t.agent, before, "Cleaned the print head").await;
    t.report("Coffee machine leaks").await;
    let now = t.report("Label printer prints blank pages").await;
    let found = similar(&t, &t.agent, now).await;
    assert_eq!(alike(&found), [before]);
    let one = &found.incidents[0];
    assert!(one.why.words.iter().any(|word| word == "blank"), "{:?}", one.why);
    assert!(one.why.same_service && one.score > 0.0 && one.score <= 1.0);
    assert_eq!(one.took_seconds, Some(600));
    let ended = one.ended.as_ref().unwrap();
    assert_eq!(
        (ended.code.as_str(), ended.words.as_deref()),
        ("fixed", Some("Cleaned the print head"))
    );
    // Others' incidents are nobody's suggestion.
    let like = Like::Typed {
        title: "Label printer blank".to_owned(),
        text: String::new(),
        service: Some(t.vpn),
    };
    assert!(t.desk.similar(&t.other_requester, like.clone()).await.unwrap().incidents.is_empty());
    assert_eq!(alike(&t.desk.similar(&t.requester, like).await.unwrap()).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_counts_and_can_be_taken_back() {
    let t = indexed().await;
    let (first, second) = (t.report("Oven too cold").await, t.report("Oven too cold again").await);
    let now = t.report("Oven too cold in hall 3").await;
    assert_eq!(alike(&similar(&t, &t.agent, now).await).len(), 2);
    let say = |viewer: Viewer, other, said| {
        let desk = t.desk.clone();
        async move { desk.say_of_similar(&viewer, now, Alike::Incident(other), said).await }
    };
    say(t.agent.clone(), second, Some(Feedback::NotAlike)).await.unwrap();
    assert_eq!(alike(&similar(&t, &t.other_agent, now).await), [first]);
    say(t.agent.clone(), second, None).await.unwrap();
    say(t.agent.clone(), first, Some(Feedback::Helped)).await.unwrap();
    let found = similar(&t, &t.agent, now).await;
    assert_eq!(alike(&found).len(), 2);
    let helped = found.incidents.iter().find(|one| one.row.number == first).unwrap();
    assert!(helped.why.helped);
    for viewer in [&t.auditor, &t.requester] {
        let refused = say(viewer.clone(), first, Some(Feedback::Helped)).await;
        assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    }
    restrict(&t, first).await;
    let refused = say(t.other_agent.clone(), first, Some(Feedback::Helped)).await;
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_index_the_database_answers() {
    let t = TestDesk::idle().await;
    let number = t.report("Forklift does not charge").await;
    let wish = Wish::typed("forkl", 5);
    assert_eq!(numbers(&t.desk.find(&t.agent, wish.clone()).await.unwrap()), [number]);
    assert!(t.desk.find(&t.other_requester, wish).await.unwrap().incidents.is_empty());
    let other = t.report("Forklift charges slowly").await;
    let found = t.desk.similar(&t.agent, Like::Incident(other)).await.unwrap();
    assert_eq!(alike(&found), [number]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_is_filled_from_what_was_there_before() {
    let t = TestDesk::new().await;
    let mut all = Vec::new();
    for n in 0..30 {
        let mut ask = t.desk.ask(&t.requester, Channel::Portal);
        let title = ask.words("title", &format!("Crane {n} squeaks"), limits::TITLE_CHARS).unwrap();
        let report = blank(title, t.requester.person);
        let done = ask.issue(Command::Report(Box::new(report))).await.unwrap();
        all.push(done.number);
    }
    t.desk.use_search(Some(t.folder().join("search")));
    let found = find(&t, &t.agent, "crane").await;
    assert_eq!((found.total, found.building), (30, None));
    let standing = t.desk.search_standing();
    assert!(standing.documents >= 30 && !standing.failing, "{standing:?}");
    assert_eq!(standing.behind, 0);
    // Services, teams and people, too.
    assert_eq!(find(&t, &t.agent, "workplace").await.teams[0].id, t.workplace);
    assert_eq!(find(&t, &t.agent, "gwen").await.people[0].id, t.requester.person);
    assert!(find(&t, &t.requester, "gwen").await.people.is_empty());
    assert_eq!(find(&t, &t.requester, "vpn").await.services[0].id, t.vpn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_another_log_is_filled_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("search");
    let before = TestDesk::new().await;
    before.desk.use_search(Some(place.clone()));
    before.report("Winch of another company").await;
    assert_eq!(find(&before, &before.agent, "winch").await.total, 1);
    drop(before);
    let t = TestDesk::new().await;
    let number = t.report("Hoist hums").await;
    t.desk.use_search(Some(place));
    assert_eq!(numbers(&find(&t, &t.agent, "hoist").await), [number]);
    assert_eq!(find(&t, &t.agent, "winch").await.total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_cannot_be_kept_leaves_the_database_to_answer() {
    let t = TestDesk::new().await;
    let number = t.report("Gate does not close").await;
    // A file stands where its folder should be.
    let place = t.folder().join("search");
    std::fs::write(&place, b"no folder").unwrap();
    t.desk.use_search(Some(place));
    let found = t.desk.find(&t.agent, Wish::typed("gate", 5)).await.unwrap();
    assert_eq!(numbers(&found), [number]);
    assert_eq!(found.building, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erased_words_leave_the_disk_while_others_report() {
    let t = TestDesk::new().await;
    t.desk.use_search(Some(t.folder().join("search")));
    let number = t.report("Badge of Ines opens nothing").await;
    assert_eq!(find(&t, &t.agent, "badge").await.total, 1);
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let content = stored.unwrap().state.title;
    t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    assert_eq!(find(&t, &t.agent, "badge").await.total, 0);
    let mut doors = 0;
    let gone = async {
        while t.desk.search_standing().erasing {
            tokio::task::yield_now().await;
            if doors < 50 {
                t.report("Door squeaks").await;
                doors += 1;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.unwrap();
    assert_eq!(find(&t, &t.agent, "squeaks").await.total, doors);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn very_many_of_one_kind_leave_room_for_others() {
    let t = indexed().await;
    for n in 0..8 {
        let title = format!("Turnstile {n}");
        let problem = Problem::titled(ProblemNumber(0), &title, t.desk.now());
        t.desk.make_problem(&t.agent, Channel::Web, problem, &[]).await.unwrap();
    }
    let article = Article {
        body: format!("{}turnstile", "words about doors ".repeat(100)),
        ..Article::titled(ArticleNumber(0), "Gates", t.desk.now())
    };
    t.desk.make_article(&t.agent, article).await.unwrap();
    t.desk.search_caught_up().await.unwrap();
    let wish = Wish { text: "turnstile".to_owned(), limit: 1, typing: false, facets: false };
    let found = t.desk.find(&t.agent, wish).await.unwrap();
    assert_eq!((found.problems.len(), found.articles.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_helped_comes_first_among_the_alike() {
    let t = indexed().await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let article = Article {
            body: "Wait a minute.".to_owned(),
            audience: Audience::Everyone,
            state: ArticleState::Published,
            ..Article::titled(ArticleNumber(0), "Token is refused", t.desk.now())
        };
        made.push(t.desk.make_article(&t.agent, article).await.unwrap());
    }
    let [first, second] = [made[0].number, made[1].number];
    let order = |found: Found| found.articles.iter().map(|one| one.number).collect::<Vec<_>>();
    assert_eq!(order(find(&t, &t.agent, "token").await).len(), 2);
    for viewer in [&t.requester, &t.other_requester] {
        assert!(t.desk.solved_by(viewer, second, None).await.unwrap());
    }
    // It is read with the article, and once an hour.
    let article = t.desk.article(&t.agent, second).await.unwrap().article;
    let article = Article { body: "Wait a moment.".to_owned(), ..article };
    t.desk.change_article(&t.agent, article).await.unwrap();
    assert_eq!(order(find(&t, &t.agent, "token").await), [second, first]);
}

/// A known error with this title.
async fn known_error(t: &TestDesk, title: &str) -> ProblemNumber {
    let problem = Problem {
        state: ProblemState::KnownError,
        cause: "The charger waits.".to_owned(),
        workaround: "Plug it in again.".to_owned(),
        ..Problem::titled(ProblemNumber(0), title, t.desk.now())
    };
    t.desk.make_problem(&t.agent, Channel::Web, problem, &[]).await.unwrap().problem.number
}

fn errors(found: &Similar) -> Vec<ProblemNumber> {
    found.known_errors.iter().map(|one| one.number).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_error_that_is_not_behind_an_incident_is_offered_beside_others_alone() {
    let t = indexed().await;
    let known = known_error(&t, "Forklift does not charge").await;
    let here = t.report("Forklift does not charge").await;
    let there = t.report("Forklift does not charge at night").await;
    assert_eq!(errors(&similar(&t, &t.agent, here).await), [known]);
    let say = |viewer: &Viewer, number, other, said| {
        let (desk, viewer) = (t.desk.clone(), viewer.clone());
        async move { desk.say_of_similar(&viewer, number, other, said).await }
    };
    let (other, not) = (Alike::KnownError(known), Some(Feedback::NotAlike));
    for viewer in [&t.auditor, &t.requester] {
        let refused = say(viewer, here, other, not).await;
        assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    }
    let unknown = say(&t.agent, here, Alike::KnownError(ProblemNumber(99)), not).await;
    assert!(matches!(unknown, Err(Trouble::Refused(_))), "{unknown:?}");
    let helped = say(&t.agent, here, other, Some(Feedback::Helped)).await;
    assert!(matches!(helped, Err(Trouble::Refused(_))), "{helped:?}");

    say(&t.agent, here, other, not).await.unwrap();
    assert!(errors(&similar(&t, &t.other_agent, here).await).is_empty());
    assert_eq!(errors(&similar(&t, &t.agent, there).await), [known], "it still fits that one");
    // One takes back what one said oneself.
    say(&t.other_agent, here, other, None).await.unwrap();
    assert!(errors(&similar(&t, &t.agent, here).await).is_empty());
    say(&t.agent, here, other, None).await.unwrap();
    assert_eq!(errors(&similar(&t, &t.agent, here).await), [known]);

    restrict(&t, here).await;
    let hidden = say(&t.other_agent, here, other, not).await;
    assert!(matches!(hidden, Err(Trouble::Refused(_))), "{hidden:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_error_that_was_not_behind_others_comes_later() {
    let t = indexed().await;
    for _ in 0..2 {
        known_error(&t, "Forklift does not charge").await;
    }
    let before = t.report("Forklift charges nothing").await;
    let now = t.report("Forklift does not charge").await;
    let offered = errors(&similar(&t, &t.agent, now).await);
    assert_eq!(offered.len(), 2);
    let (other, not) = (Alike::KnownError(offered[0]), Some(Feedback::NotAlike));
    t.desk.say_of_similar(&t.agent, before, other, not).await.unwrap();
    assert_eq!(errors(&similar(&t, &t.agent, now).await), [offered[1], offered[0]]);
    t.desk.say_of_similar(&t.agent, before, other, None).await.unwrap();
    assert_eq!(errors(&similar(&t, &t.agent, now).await), offered);
}
