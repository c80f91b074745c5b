//! What letters say to whom, and what they keep to themselves.

use crate::world::{BRAM, GWEN, INES, PETER, PUBLIC_URL, World};
use desk::command_line;
use desk::seals::{OwnMessage, Seen};
use incident::conduct::Audiences;
use incident::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use incident::{Command, Visibility};
use kernel::UpdateId;
use store::deliveries::{DeliveryState, try_out};
use store::directory::people;

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_confirmed_and_told_to_the_team_that_has_it() {
    let world = World::new().await;
    let number = world.t.report("VPN drops <b>\u{7}daily</b>").await;
    world.rounds().await;
    let (hers, ines) = (world.only(GWEN), world.only(INES));
    let subject = hers.header("Subject").unwrap();
    let seals = world.t.desk.seals().await.unwrap();
    assert_eq!(seals.marks(&subject)[0].sealed, Seen::Ours, "{subject}");
    assert!(subject.ends_with("] VPN drops <b>daily</b>"), "{subject}");
    let delivery = world.deliveries().await.into_iter().find(|d| d.address == GWEN).unwrap();
    let own = seals.own_message(&hers.header("Message-ID").unwrap());
    assert_eq!(
        own,
        Some(OwnMessage { number, delivery: delivery.id, asked_at: delivery.created_at })
    );
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("From", "\"Service Desk\" <help@northwind.example>"),
        ("Reply-To", "\"Service Desk\" <help@northwind.example>"),
    ] {
        assert_eq!(hers.header(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(hers.header("In-Reply-To"), None);
    let words = hers.words();
    for said in [
        &format!("Its number is {number}."),
        "Service: VPN",
        &format!("Open the incident: {PUBLIC_URL}/portal/incidents/{number}"),
        &format!("You get this because {number} was reported by you or for you."),
        "VPN drops &lt;b&gt;",
    ] {
        assert!(words.contains(said), "{said:?} in {words}");
    }
    assert!(!words.contains("Priority"), "{words}");
    let words = ines.words();
    for said in
        ["Priority: P", "Requester: Gwen Tarrant", "Team: Network", "with your team Network"]
    {
        assert!(words.contains(said), "{said:?} in {words}");
    }
    assert!(words.contains(&format!("{PUBLIC_URL}/incidents/{number}")), "{words}");
    assert!(world.sink.to(BRAM).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_internal_reaches_requesters_and_watchers() {
    const SECRET: &str = "zebra";
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    let peter = t.other_requester.person;
    t.issue(&t.agent, number, Command::Watch { person: Some(peter) }).await.unwrap();
    t.say(&t.agent, number, SECRET, Visibility::Internal).await;
    let reason = HoldReason::Requester;
    world
        .does(&t.agent, number, SECRET, |note| Command::Hold {
            reason,
            until: None,
            note: Some(note),
        })
        .await;
    t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    t.issue(&t.agent, number, Command::Resume).await.unwrap();
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
    let note = ask.words("note", "New cable.", 100).unwrap();
    let cause = Some(ask.words("cause", SECRET, 100).unwrap());
    let code = "fixed".to_owned();
    ask.issue(Command::Resolve { code, note, cause, known_error: None, children: false })
        .await
        .unwrap();
    world.later(10).await;
    world.does(&t.manager, number, SECRET, |note| Command::Reopen { note }).await;
    world
        .does(&t.manager, number, SECRET, |reason| Command::Escalate {
            team: None,
            manager: Some(t.agent.person),
            reason,
        })
        .await;
    world.later(10).await;
    let secret = |address: &str| {
        world.sink.to(address).iter().filter(|mail| mail.words().contains(SECRET)).count()
    };
    assert_eq!((secret(GWEN), secret(PETER)), (0, 0));
    assert!(secret(INES) > 0, "who works on it reads why");
    let hers: Vec<String> = world.sink.to(GWEN).iter().map(|mail| mail.words()).collect();
    assert_eq!(hers.len(), 4, "{hers:#?}");
    assert!(hers[1].contains("> Which cable?"), "{}", hers[1]);
    assert!(hers[2].contains("> New cable."), "{}", hers[2]);
    assert!(hers[3].contains("We have taken it up again."), "{}", hers[3]);
    let his: Vec<String> = world.sink.to(PETER).iter().map(|mail| mail.words()).collect();
    assert_eq!(his.len(), 2, "{his:#?}");
    assert!(his[1].contains("> New cable.") && !his[1].contains("/a/"), "{}", his[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_says_of_how_many_incidents_of_its_reader_it_tells() {
    let world = World::new().await;
    let t = &world.t;
    let parent = t.report_by(&t.agent, "VPN is down").await;
    let mut children = vec![t.report_by(&t.other_requester, "No VPN here").await];
    for title in ["No VPN", "Still no VPN", "VPN?"] {
        children.push(t.report(title).await);
    }
    for child in children {
        let (kind, target) = (LinkKind::Parent, parent.to_string());
        t.issue(&t.agent, child, Command::Link { kind, target, cascade: None }).await.unwrap();
    }
    world.rounds().await;
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(parent);
    let note = ask.words("note", "New cable.", 100).unwrap();
    let code = "fixed".to_owned();
    ask.issue(Command::Resolve { code, note, cause: None, known_error: None, children: true })
        .await
        .unwrap();
    world.later(10).await;
    let told = |address: &str| -> Vec<String> {
        let all = world.sink.to(address).into_iter().map(|mail| mail.words());
        all.filter(|words| words.contains("New cable.")).collect()
    };
    let hers = told(GWEN);
    assert_eq!(hers.len(), 1, "{hers:#?}");
    let also = "The same holds for 2 more incidents that you reported.";
    assert!(hers[0].contains(also), "{}", hers[0]);
    let his = told(PETER);
    assert_eq!(his.len(), 1, "{his:#?}");
    assert!(!his[0].contains("The same holds"), "{}", his[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolution_brings_a_link_for_this_resolution_and_its_reader() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    t.resolve(&t.agent, number, "New cable.").await;
    world.later(9).await;
    assert_eq!(world.sink.to(GWEN).len(), 1, "there is time for second thoughts");
    world.later(1).await;
    let words = world.sink.to(GWEN)[1].words();
    let (_, token) = words.split_once(&format!("It works again: {PUBLIC_URL}/a/")).unwrap();
    let token = token.split(['\r', '\n']).next().unwrap();
    let link = t.desk.seals().await.unwrap().read_link(token, t.desk.now()).unwrap();
    assert_eq!((link.number, link.person, link.reopenings), (number, t.requester.person, 0));
    assert!(words.contains(&format!("Still broken: {PUBLIC_URL}/a/{token}#still-broken")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_before_it_left_is_not_told() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    t.resolve(&t.agent, number, "New cable.").await;
    world.does(&t.agent, number, "Too soon", |note| Command::Reopen { note }).await;
    world.later(20).await;
    let hers = world.sink.to(GWEN);
    assert_eq!(hers.len(), 2);
    assert!(hers.iter().all(|mail| !mail.words().contains("New cable.")));
    let withdrawn: Vec<_> = world.deliveries().await;
    let withdrawn: Vec<_> =
        withdrawn.iter().filter(|d| d.state == DeliveryState::Withdrawn).collect();
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(withdrawn[0].word, "resolved");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_it_any_more_is_not_told() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    let peter = t.other_requester.person;
    t.issue(&t.agent, number, Command::Watch { person: Some(peter) }).await.unwrap();
    t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    // Before it leaves it becomes confidential, and the requester leaves the company.
    let team = Some(t.network);
    t.issue(&t.agent, number, Command::Restrict { team }).await.unwrap();
    let gwen = t.requester.person;
    t.desk
        .change(command_line(), move |sql, _audit| {
            let mut person = people::get(sql, gwen)?.unwrap();
            person.active = false;
            people::update(sql, &person, person.version)?;
            Ok(())
        })
        .await
        .unwrap();
    world.rounds().await;
    assert!(world.sink.to(PETER).is_empty() && world.sink.to(GWEN).is_empty());
    assert_eq!(world.sink.to(INES).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_were_removed_are_not_sent() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("Password is hunter2").await;
    let said = t.say(&t.agent, number, "It is hunter2?", Visibility::Public).await;
    let timeline = t
        .desk
        .read(move |sql| store::incidents::timeline::timeline(sql, number, 0, 100))
        .await
        .unwrap();
    let body = timeline.iter().find_map(|stored| match &stored.event.body {
        incident::Body::Commented(data) => Some(data.body),
        _ => None,
    });
    for content in [said.state.title, body.unwrap()] {
        t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
    }
    world.rounds().await;
    let hers = world.only(GWEN);
    assert!(hers.header("Subject").unwrap().ends_with("] Title removed"));
    assert!(world.sink.mails().iter().all(|mail| !mail.words().contains("hunter2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_cannot_bring_headers_along() {
    let world = World::new().await;
    let t = &world.t;
    let mut ask = t.desk.ask(&t.requester, kernel::Channel::Portal);
    // Past the title's own cleaning, as an import could bring it.
    let title = ask.words("title", "VPN\r\nBcc: eve@evil.example\r\n\r\n<script>", 200).unwrap();
    ask.issue(Command::Report(Box::new(testkit::blank(title, t.requester.person)))).await.unwrap();
    world.rounds().await;
    let hers = world.only(GWEN);
    assert_eq!(hers.header("Bcc"), None);
    assert!(hers.header("Subject").unwrap().ends_with("VPN Bcc: eve@evil.example <script>"));
    let words = hers.words();
    let (_, html) = words.split_once("text/html").unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_letter_says_that_the_server_works() {
    let world = World::new().await;
    let (ada, now) = (world.t.administrator.person, world.t.desk.now());
    let address = "ada.lindholm@northwind.example";
    world.t.desk.write(move |sql| Ok(try_out(sql, ada, address, now)?)).await.unwrap();
    world.rounds().await;
    assert!(world.only(address).words().contains("to try out the mail server. It works."));
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_decide_lead_and_write_hear_of_a_major_incident() {
    const MARA: &str = "mara.lindqvist@northwind.example";
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    let last = |address: &str| world.sink.to(address).last().map(|mail| mail.words()).unwrap();
    world
        .does(&t.other_agent, number, "All sites wait", |reason| Command::ProposeMajor {
            reason: Some(reason),
        })
        .await;
    world.later(120).await;
    for address in [MARA, INES] {
        let words = last(address);
        assert!(words.contains("proposes to declare it a major incident."), "{words}");
        assert!(words.contains("> All sites wait"), "{words}");
    }
    t.issue(&t.manager, number, Command::DeclareMajor { reason: None }).await.unwrap();
    let offer = Command::HandOver { role: IncidentRole::Commander, to: t.other_agent.person };
    t.issue(&t.manager, number, offer).await.unwrap();
    world.later(120).await;
    assert!(last(INES).contains("declared it a major incident."), "{}", last(INES));
    assert!(last(BRAM).contains("offers you a role: incident commander"), "{}", last(BRAM));
    let update = UpdateId(desk::fresh());
    world
        .does(&t.agent, number, "Some cannot sign in", |body| Command::DraftUpdate {
            update,
            title: None,
            body,
            phase: UpdatePhase::Investigating,
            expected: None,
            next_update: None,
            audiences: Audiences::usual(),
        })
        .await;
    world.later(120).await;
    assert!(last(MARA).contains("> Some cannot sign in"), "{}", last(MARA));
    world
        .does(&t.manager, number, "Says too much", |reason| Command::RejectUpdate {
            update,
            reason,
        })
        .await;
    world.later(120).await;
    let words = last(INES);
    assert!(words.contains("did not approve the update you wrote:"), "{words}");
    assert!(words.contains("> Says too much"), "{words}");
    assert!(world.sink.to(GWEN).iter().all(|mail| !mail.words().contains("major")));
}
