use desk::Trouble;
use incident::notices::{Notice, NoticeRole, Occasion, Recipient};
use incident::state::{HoldReason, LinkKind};
use incident::telling::Channels;
use incident::{Command, Lifecycle, RefusalKind, Visibility};
use kernel::{Channel, IncidentNumber};
use std::collections::BTreeSet;
use testkit::{TestDesk, blank};

async fn state(t: &TestDesk, number: IncidentNumber) -> incident::State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn merging_is_a_relation_that_both_sides_tell_and_that_can_be_taken_back() {
    let t = TestDesk::new().await;
    let (main, part) =
        (t.report("VPN down").await, t.report_by(&t.other_requester, "No VPN").await);
    t.issue(&t.agent, part, Command::Merge { into: main }).await.unwrap();
    assert_eq!(state(&t, part).await.merged_into, Some(main));
    assert!(state(&t, main).await.parts.contains(&part));
    assert!(t.issue(&t.agent, main, Command::Merge { into: part }).await.is_err(), "no circles");
    t.issue(&t.agent, part, Command::Unmerge).await.unwrap();
    assert_eq!(state(&t, part).await.merged_into, None);
    assert!(state(&t, main).await.parts.is_empty());
}

#[tokio::test]
async fn children_follow_their_parent_with_their_own_copy_of_the_words() {
    let t = TestDesk::new().await;
    let parent = t.report("VPN down").await;
    let follower = t.report_by(&t.other_requester, "No VPN").await;
    let loner = t.report_by(&t.other_requester, "No VPN either").await;
    for (child, cascade) in [(follower, true), (loner, false)] {
        let link = Command::Link {
            kind: LinkKind::Parent,
            target: parent.to_string(),
            cascade: Some(cascade),
        };
        t.issue(&t.agent, child, link).await.unwrap();
    }
    t.issue(
        &t.agent,
        parent,
        Command::Hold { reason: HoldReason::Vendor, until: None, note: None },
    )
    .await
    .unwrap();
    assert_eq!(state(&t, follower).await.lifecycle, Lifecycle::OnHold);
    assert_eq!(state(&t, loner).await.lifecycle, Lifecycle::New);
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(parent);
    let note = ask.words("note", "The provider mended the line.", 1_000).unwrap();
    ask.issue(Command::Resolve {
        code: "fixed".into(),
        note,
        cause: None,
        known_error: None,
        children: true,
    })
    .await
    .unwrap();
    let (parent, follower) = (state(&t, parent).await, state(&t, follower).await);
    assert_eq!(follower.lifecycle, Lifecycle::Resolved);
    assert_ne!(parent.resolution.unwrap().note, follower.resolution.unwrap().note);
    assert_eq!(state(&t, loner).await.lifecycle, Lifecycle::New);
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

async fn child_of(t: &TestDesk, child: IncidentNumber, parent: IncidentNumber) {
    let link = Command::Link { kind: LinkKind::Parent, target: parent.to_string(), cascade: None };
    t.issue(&t.agent, child, link).await.unwrap();
}

#[tokio::test]
async fn words_reach_the_grandchildren_and_are_their_own() {
    let t = TestDesk::new().await;
    let mut family = vec![t.report("VPN down").await];
    for _ in 0..2 {
        let child = t.report_by(&t.other_requester, "No VPN").await;
        child_of(&t, child, family[family.len() - 1]).await;
        family.push(child);
    }
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(family[0]);
    let note = ask.words("note", "The provider mended the line.", 1_000).unwrap();
    ask.issue(Command::Resolve {
        code: "fixed".into(),
        note,
        cause: None,
        known_error: None,
        children: true,
    })
    .await
    .unwrap();
    for number in family {
        let note = state(&t, number).await.resolution.unwrap().note;
        let words = t
            .desk
            .read(move |sql| store::incidents::timeline::contents(sql, number))
            .await
            .unwrap();
        assert_eq!(words[&note].body.as_deref(), Some("The provider mended the line."), "{number}");
    }
}

#[tokio::test]
async fn no_circle_goes_round_by_way_of_a_merge() {
    let t = TestDesk::new().await;
    let (main, part) = (t.report("VPN down").await, t.report("No VPN").await);
    let parent = t.report("Line cut").await;
    child_of(&t, part, parent).await;
    t.issue(&t.agent, part, Command::Merge { into: main }).await.unwrap();
    let link = Command::Link { kind: LinkKind::Parent, target: part.to_string(), cascade: None };
    assert!(t.issue(&t.agent, parent, link).await.is_err(), "it is a parent of that one");
}

#[tokio::test]
async fn a_word_on_a_closed_incident_makes_a_follow_up() {
    let t = TestDesk::new().await;
    let old = t.report("Scanner dead").await;
    t.resolve(&t.agent, old, "Replaced.").await;
    t.issue(&t.requester, old, Command::Confirm).await.unwrap();
    let done = t.say(&t.requester, old, "Dead again.", Visibility::Public).await;
    assert!(done.created);
    assert_ne!(done.number, old);
    let number = done.number;
    let title = t.desk.read(move |sql| store::incidents::title_of(sql, number)).await.unwrap();
    assert_eq!(title.as_deref(), Some("Scanner dead"));
    assert!(
        state(&t, old)
            .await
            .links
            .iter()
            .any(|link| link.reverse && link.target == number.to_string())
    );
    t.clock.advance(31 * 86_400);
    let mut ask = t.desk.ask(&t.requester, Channel::Web).on(old);
    let body = ask.words("body", "And again.", 1_000).unwrap();
    assert!(
        ask.issue(Command::Comment { body, visibility: Visibility::Public }).await.is_err(),
        "the window is over"
    );
}

/// The requester reports something that belongs to other incidents.
async fn joining(
    t: &TestDesk,
    parent: Option<IncidentNumber>,
    follow_up_of: Option<IncidentNumber>,
) -> Result<desk::Done, Trouble> {
    let mut ask = t.desk.ask(&t.requester, Channel::Api);
    let title = ask.title("I have this too").unwrap();
    let report =
        incident::command::Report { parent, follow_up_of, ..blank(title, t.requester.person) };
    ask.issue(Command::Report(Box::new(report))).await
}

fn is_unknown(answer: &Result<desk::Done, Trouble>, field: &str) -> bool {
    matches!(answer, Err(Trouble::Refused(refusal))
        if refusal.kind == RefusalKind::Invalid && refusal.field == Some(field))
}

#[tokio::test]
async fn a_report_joins_only_what_its_reporter_may_see_or_is_told_of() {
    let t = TestDesk::new().await;
    let own = t.report("Mine").await;
    let others = t.report_by(&t.other_requester, "Somebody else's").await;
    assert!(joining(&t, Some(own), None).await.is_ok());
    assert!(joining(&t, None, Some(own)).await.is_ok());
    assert!(is_unknown(&joining(&t, Some(others), None).await, "parent"));
    assert!(is_unknown(&joining(&t, None, Some(others)).await, "follow_up_of"));
    assert!(is_unknown(&joining(&t, Some(own), Some(others)).await, "follow_up_of"));
    t.issue(&t.agent, others, Command::DeclareMajor { reason: None }).await.unwrap();
    assert!(joining(&t, Some(others), None).await.is_ok(), "everybody is told of it");
    assert!(is_unknown(&joining(&t, None, Some(others)).await, "follow_up_of"));
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, others, restrict).await.unwrap();
    assert!(is_unknown(&joining(&t, Some(others), None).await, "parent"));
    assert_eq!(state(&t, others).await.children.len(), 1);
}

#[tokio::test]
async fn grandchildren_have_words_of_their_own() {
    let t = TestDesk::new().await;
    let family = [t.report("VPN down").await, t.report("Ours").await, t.report("Mine").await];
    for pair in family.windows(2) {
        let target = pair[0].to_string();
        let link = Command::Link { kind: LinkKind::Parent, target, cascade: Some(true) };
        t.issue(&t.agent, pair[1], link).await.unwrap();
    }
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(family[0]);
    let note = ask.words("note", "The provider mended the line.", 1_000).unwrap();
    let cause = Some(ask.words("cause", "A digger.", 1_000).unwrap());
    let (code, known_error, children) = ("fixed".into(), None, true);
    ask.issue(Command::Resolve { code, note, cause, known_error, children }).await.unwrap();
    let mut notes = std::collections::BTreeSet::new();
    for number in family {
        let note = state(&t, number).await.resolution.unwrap().note;
        notes.insert(note);
        let words = t
            .desk
            .read(move |sql| store::incidents::timeline::contents(sql, number))
            .await
            .unwrap();
        assert_eq!(words[&note].body.as_deref(), Some("The provider mended the line."));
    }
    assert_eq!(notes.len(), 3);
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
    let (from, to) = (family[0].0, family[1].0);
    t.desk
        .write(move |sql| {
            let shared = "update contents set number = $2 where number = $1 and seq > 6";
            Ok(sql.execute(shared, &[from.into(), to.into()]).map(drop)?)
        })
        .await
        .unwrap();
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert!(findings.iter().any(|finding| finding.what.contains("not its own")), "{findings:?}");
}

#[tokio::test]
async fn what_goes_down_is_told_everybody_once_with_words_of_their_own() {
    let t = TestDesk::new().await;
    let parent = t.report("VPN down").await;
    let mut children = vec![t.report("No VPN at home").await];
    for title in ["No VPN", "No VPN either"] {
        children.push(t.report_by(&t.other_requester, title).await);
    }
    for child in &children {
        let target = parent.to_string();
        let link = Command::Link { kind: LinkKind::Parent, target, cascade: Some(true) };
        t.issue(&t.agent, *child, link).await.unwrap();
    }
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(parent);
    let body = ask.words("body", "We know, and look for the cause.", 1_000).unwrap();
    let update = Command::PublishUpdate {
        body,
        phase: incident::state::UpdatePhase::Investigating,
        expected: None,
        next_update: None,
        title: None,
        audiences: None,
    };
    ask.issue(update).await.unwrap();
    let told = t
        .desk
        .read(|sql| {
            let statement = "select number from outbox where word = 'update_published' \
                and audience like '%requester%' order by number";
            let rows = sql.query(statement, &[])?;
            Ok(rows.into_iter().flatten().collect::<Vec<_>>())
        })
        .await
        .unwrap();
    let first_of_theirs = [parent, children[2]].map(|number| store::Value::Int(number.0));
    let either = [parent, children[1]].map(|number| store::Value::Int(number.0));
    assert!(told == first_of_theirs || told == either, "{told:?}");
    for child in children {
        let of = move |sql: &mut dyn store::Sql| store::updates::of_incident(sql, child);
        let found = t.desk.read(of).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].body, "We know, and look for the cause.");
    }
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn a_row_that_was_added_tells_everybody_once_too() {
    let t = TestDesk::new().await;
    let row = Notice {
        id: desk::fresh().to_string(),
        name: "In any case".to_owned(),
        on: BTreeSet::from([Occasion::UpdatePublished]),
        when: String::new(),
        to: Recipient::of(NoticeRole::Requester),
        channels: Channels { mail: true, inbox: false, push: false },
        always: true,
        active: true,
        version: 1,
    };
    let add = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
        desk::notices::add(sql, audit, &row).map(drop)
    };
    t.desk.change(desk::command_line(), add).await.unwrap();
    let parent = t.report("VPN down").await;
    for title in ["No VPN", "No VPN either"] {
        let child = t.report_by(&t.other_requester, title).await;
        let target = parent.to_string();
        let link = Command::Link { kind: LinkKind::Parent, target, cascade: Some(true) };
        t.issue(&t.agent, child, link).await.unwrap();
    }
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(parent);
    let body = ask.words("body", "We look for the cause.", 1_000).unwrap();
    let update = Command::PublishUpdate {
        body,
        phase: incident::state::UpdatePhase::Investigating,
        expected: None,
        next_update: None,
        title: None,
        audiences: None,
    };
    ask.issue(update).await.unwrap();
    let told = t.desk.read(|sql| {
        let statement = "select distinct number from outbox where word = 'update_published' \
            and audience like '%requester%'";
        Ok(sql.query(statement, &[])?.len())
    });
    assert_eq!(told.await.unwrap(), 2, "the parent's requester, and one of the two of the other");
}
