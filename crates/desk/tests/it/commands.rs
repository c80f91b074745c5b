use crate::together::at_once;
use desk::{Idempotency, Trouble};
use incident::{Change, Command, Lifecycle, RefusalKind, Visibility};
use kernel::{Channel, IncidentNumber, limits};
use testkit::{TestDesk, blank};

#[tokio::test]
async fn an_incident_lives_from_report_to_closure() {
    let t = TestDesk::new().await;
    let number = t.report("VPN drops after 10 minutes").await;
    assert_eq!(number, IncidentNumber(1));
    let taken = t
        .issue(
            &t.agent,
            number,
            Command::Assign { team: Change::Keep, assignee: Change::Set(t.agent.person) },
        )
        .await
        .unwrap();
    assert_eq!(taken.state.lifecycle, Lifecycle::InProgress);
    assert_eq!(taken.state.team, Some(t.network), "the owner of the service has it");
    let said = t.say(&t.agent, number, "I have this.", Visibility::Public).await;
    assert!(said.state.moments.responded.is_some());
    t.resolve(&t.agent, number, "The gateway was restarted.").await;
    let done = t.issue(&t.requester, number, Command::Confirm).await.unwrap();
    assert_eq!(done.state.lifecycle, Lifecycle::Closed);
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn many_at_once_get_consecutive_numbers_and_a_whole_chain() {
    let t = TestDesk::new().await;
    let mut tickets = Vec::new();
    for i in 0..300 {
        let mut ask = t.desk.ask(&t.requester, Channel::Portal);
        let title = ask.title(&format!("Report {i}")).unwrap();
        tickets.push(
            ask.submit(Command::Report(Box::new(blank(title, t.requester.person)))).await.unwrap(),
        );
    }
    let mut numbers = Vec::new();
    for ticket in tickets {
        numbers.push(ticket.done().await.unwrap().number.0);
    }
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>());
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn a_refusal_changes_nothing_and_its_number_is_not_used() {
    let t = TestDesk::new().await;
    let mut ask = t.desk.ask(&t.agent, Channel::Web);
    let title = ask.title("Nobody owns this").unwrap();
    let mut report = blank(title, t.requester.person);
    report.assignee = Some(t.requester.person);
    let refused = ask.issue(Command::Report(Box::new(report))).await;
    assert!(
        matches!(refused, Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::Invalid && refusal.field == Some("assignee"))
    );
    assert_eq!(t.report("The first").await, IncidentNumber(1));
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let t = TestDesk::new().await;
    let number = t.report("Printer jams").await;
    let seen = t.say(&t.agent, number, "Looking.", Visibility::Internal).await.state.version;
    t.say(&t.agent, number, "Still looking.", Visibility::Internal).await;
    let late = t
        .desk
        .ask(&t.agent, Channel::Web)
        .on(number)
        .expecting(Some(i64::from(seen)))
        .issue(Command::Acknowledge)
        .await;
    assert!(matches!(late, Err(Trouble::Stale { .. })));
}

#[tokio::test]
async fn the_same_key_does_it_once() {
    let t = TestDesk::new().await;
    let report = |text: &'static str, hash: u8| {
        let desk = t.desk.clone();
        let viewer = t.requester.clone();
        async move {
            let mut ask = desk
                .ask(&viewer, Channel::Api)
                .once(Some(Idempotency { key: "k1".into(), request_hash: vec![hash] }));
            let title = ask.title(text).unwrap();
            ask.issue(Command::Report(Box::new(blank(title, viewer.person)))).await
        }
    };
    let (first, second) = tokio::join!(report("Once", 1), report("Once", 1));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.number, second.number);
    assert!(first.repeated != second.repeated, "one of them did it, the other heard of it");
    assert!(report("Once", 1).await.unwrap().repeated);
    assert!(matches!(report("Another", 2).await, Err(Trouble::KeyReused)));
}

#[tokio::test]
async fn erased_words_are_gone_and_the_chain_holds() {
    let t = TestDesk::new().await;
    let number = t.report("My password is hunter2").await;
    let state = t.say(&t.agent, number, "Never send passwords.", Visibility::Public).await.state;
    let title = state.title;
    t.issue(&t.manager, number, Command::Redact { content: title }).await.unwrap();
    let (kept, shown, findings) = t
        .desk
        .read(move |sql| {
            let kept = store::incidents::timeline::contents(sql, number)?;
            let shown = store::incidents::title_of(sql, number)?;
            Ok((kept, shown, store::incidents::verify(sql, &mut |_, _| {})?))
        })
        .await
        .unwrap();
    assert_eq!(kept[&title].body, None);
    assert_eq!(shown.as_deref(), Some("[removed]"));
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn erased_words_leave_the_file() {
    // In capitals, which the full-text index does not keep.
    let (short, long) = ("HUNTER2", "CORRECT-HORSE ".repeat(3_000));
    let t = TestDesk::new().await;
    let number = t.report("Somebody sent a password").await;
    for words in [short, long.as_str()] {
        let done = t.say(&t.requester, number, words, Visibility::Public).await;
        let said = t
            .desk
            .read(move |sql| store::incidents::timeline::contents(sql, number))
            .await
            .unwrap()
            .into_iter()
            .find(|(_, content)| {
                content.body.as_deref().is_some_and(|body| words.starts_with(body))
            });
        let (content, _) = said.unwrap_or_else(|| panic!("{number} has it: {}", done.number));
        t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    }
    // Copied page by page, with those that are free.
    let copy = t.folder().join("copy");
    let files = store::files::Files::local(t.folder().join("files"));
    store::backup::backup(t.desk.store(), &files, &copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    for words in ["HUNTER2", "CORRECT-HORSE"] {
        let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
        assert!(!found, "{words} is still there");
    }
}

#[tokio::test]
async fn words_have_limits_and_lose_control_characters() {
    let t = TestDesk::new().await;
    let mut ask = t.desk.ask(&t.requester, Channel::Portal);
    assert!(ask.title(&"x".repeat(limits::TITLE_CHARS + 1)).is_err());
    assert!(ask.title(" \n ").is_err());
    let title = ask.title("Bell\u{7} and\nnewline").unwrap();
    let done =
        ask.issue(Command::Report(Box::new(blank(title, t.requester.person)))).await.unwrap();
    assert_eq!(done.title.as_deref(), Some("Bell and newline"));
}

#[tokio::test]
async fn an_undo_takes_back_the_entry_it_names() {
    let t = TestDesk::new().await;
    let number = t.report("Wrong person").await;
    let done = t
        .issue(
            &t.agent,
            number,
            Command::Assign { team: Change::Keep, assignee: Change::Set(t.other_agent.person) },
        )
        .await
        .unwrap();
    let undone = t.issue(&t.agent, number, Command::Undo { n: done.first_n }).await.unwrap();
    assert_eq!((undone.state.assignee, undone.state.lifecycle), (None, Lifecycle::New));
}

#[tokio::test]
async fn a_version_tells_nothing_of_what_may_not_be_seen() {
    let t = TestDesk::new().await;
    let number = t.report_by(&t.other_requester, "Not hers").await;
    let asked = |viewer| t.desk.ask(viewer, Channel::Api).on(number).expecting(Some(99));
    let hidden = asked(&t.requester).issue(Command::Confirm).await;
    assert!(
        matches!(&hidden, Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::NotFound),
        "{hidden:?}"
    );
    let seen = asked(&t.agent).issue(Command::Acknowledge).await;
    assert!(matches!(seen, Err(Trouble::Stale { seen: 99, .. })));
}

/// A title, several decisions in one transaction, and what is shown then.
async fn retitled(then: impl AsyncFn(&TestDesk, IncidentNumber, kernel::ContentId)) -> String {
    let t = TestDesk::new().await;
    let number = t.report("First").await;
    let first = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    then(&t, number, first.unwrap().state.title).await;
    let (shown, findings) = t
        .desk
        .read(move |sql| {
            let shown = store::incidents::title_of(sql, number)?;
            Ok((shown, store::incidents::verify(sql, &mut |_, _| {})?))
        })
        .await
        .unwrap();
    assert_eq!(findings, vec![]);
    shown.unwrap()
}

async fn all_at_once(t: &TestDesk, submit: impl AsyncFnOnce() -> Vec<desk::Ticket>) {
    let answers = at_once(&t.desk, submit).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

async fn title(t: &TestDesk, number: IncidentNumber, title: &str) -> desk::Ticket {
    let mut ask = t.desk.ask(&t.manager, Channel::Web).on(number);
    let title = Some(ask.title(title).unwrap());
    let command = Command::Classify {
        title,
        service: Change::Keep,
        category: Change::Keep,
        affected: None,
        fields: Default::default(),
    };
    ask.submit(command).await.unwrap()
}

async fn on(t: &TestDesk, number: IncidentNumber, command: Command) -> desk::Ticket {
    t.desk.ask(&t.manager, Channel::Web).on(number).submit(command).await.unwrap()
}

#[tokio::test]
async fn the_last_of_several_titles_of_one_transaction_is_shown() {
    let redacted_then_new = retitled(async |t, number, first| {
        all_at_once(t, async || {
            vec![
                on(t, number, Command::Redact { content: first }).await,
                title(t, number, "Second").await,
            ]
        })
        .await;
    });
    assert_eq!(redacted_then_new.await, "Second");
    let new_then_undone_then_new = retitled(async |t, number, _| {
        let n = title(t, number, "Second").await.done().await.unwrap().first_n;
        all_at_once(t, async || {
            vec![on(t, number, Command::Undo { n }).await, title(t, number, "Third").await]
        })
        .await;
    });
    assert_eq!(new_then_undone_then_new.await, "Third");
    let new_then_redacted = retitled(async |t, number, first| {
        all_at_once(t, async || {
            vec![
                title(t, number, "Second").await,
                on(t, number, Command::Redact { content: first }).await,
            ]
        })
        .await;
    });
    assert_eq!(new_then_redacted.await, "Second");
    let undone = retitled(async |t, number, _| {
        let n = title(t, number, "Second").await.done().await.unwrap().first_n;
        on(t, number, Command::Undo { n }).await.done().await.unwrap();
    });
    assert_eq!(undone.await, "First");
}

#[tokio::test]
async fn a_follow_up_takes_the_title_of_the_same_transaction() {
    let t = TestDesk::new().await;
    let number = t.report("Scanner dead").await;
    t.resolve(&t.agent, number, "Replaced.").await;
    all_at_once(&t, async || {
        let mut ask = t.desk.ask(&t.requester, Channel::Web).on(number);
        let body = ask.words("body", "Dead again.", 100).unwrap();
        let retitled = title(&t, number, "Scanner in hall 3 dead").await;
        let closed = on(&t, number, Command::Close).await;
        let said = ask.submit(Command::Comment { body, visibility: Visibility::Public });
        vec![retitled, closed, said.await.unwrap()]
    })
    .await;
    let follow_up = IncidentNumber(number.0 + 1);
    let (shown, findings) = t
        .desk
        .read(move |sql| {
            let shown = store::incidents::title_of(sql, follow_up)?;
            Ok((shown, store::incidents::verify(sql, &mut |_, _| {})?))
        })
        .await
        .unwrap();
    assert_eq!(shown.as_deref(), Some("Scanner in hall 3 dead"));
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn what_lists_say_is_compared_with_the_states() {
    let t = TestDesk::new().await;
    t.report("Listed").await;
    for (change, what) in [
        ("update incidents set urgency = 3", "urgency"),
        ("update incidents set due_at = due_at + 1", "due_at"),
        ("update incidents set hold_reason = 'vendor'", "hold_reason"),
        ("insert into incident_tags (number, tag) values (1, 'printer')", "tags"),
        (
            "insert into incident_watchers (number, person_id) select 1, min(id) from people",
            "watchers",
        ),
        ("insert into incident_fields (number, name, value) values (1, 'floor', '3')", "fields"),
    ] {
        let before = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await;
        t.desk.write(move |sql| Ok(sql.execute(change, &[]).map(drop)?)).await.unwrap();
        let after = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await;
        let found: Vec<_> = after.unwrap().into_iter().map(|finding| finding.what).collect();
        assert_eq!(found.len(), before.unwrap().len() + 1, "{change}: {found:?}");
        assert!(found.iter().any(|found| found.contains(what)), "{change}: {found:?}");
    }
}

#[tokio::test]
async fn who_may_not_correct_a_pause_has_no_timeline_read_for_it() {
    let t = TestDesk::new().await;
    let number = t.report("Slow").await;
    // Whatever reads the timeline fails.
    t.desk
        .write(|sql| Ok(sql.execute("update events set actor_kind = ''", &[]).map(drop)?))
        .await
        .unwrap();
    let refusals =
        [(&t.requester, RefusalKind::Forbidden), (&t.other_requester, RefusalKind::NotFound)];
    for (viewer, kind) in refusals {
        let mut ask = t.desk.ask(viewer, Channel::Api).on(number);
        let reason = ask.words("reason", "It was shorter", limits::BODY_CHARS).unwrap();
        let pause = Command::CorrectPause { n: 2, from: None, to: None, reason };
        match ask.issue(pause).await {
            Err(Trouble::Refused(refusal)) => assert_eq!(refusal.kind, kind),
            other => panic!("{other:?}"),
        }
    }
}
