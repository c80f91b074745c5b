//! Which incident a message belongs to, and what it does there.

use crate::world::{EVE, GWEN, INES, PETER, World, each, mail};
use incident::state::HoldReason;
use incident::{Command, Lifecycle};
use kernel::IncidentNumber;
use store::deliveries;
use store::messages::{MessageState, Rule};

/// The message id of a letter that was sent to the requester about an incident.
async fn letter(world: &World, number: IncidentNumber) -> String {
    let seals = world.t.desk.seals().await.unwrap();
    let now = world.t.desk.now();
    let ids = world.t.desk.write(move |sql| {
        let since = deliveries::ToldSince::always(kernel::Timestamp::from_micros(0));
        deliveries::expand(sql, since, &jiff::tz::TimeZone::UTC, now, 100)?;
        // What is told together has been waited for.
        let now = now.plus_seconds(60);
        let name = |delivery: &deliveries::Delivery| {
            let asked_at = delivery.created_at;
            let number = delivery.number.unwrap_or(IncidentNumber(0));
            let own = desk::seals::OwnMessage { number, delivery: delivery.id, asked_at };
            seals.message_id(own, "northwind.example")
        };
        let taken = deliveries::claim(sql, now, now.plus_seconds(60), 100, None, &name)?;
        let taken: Vec<_> = taken.letters.into_iter().flatten().collect();
        let sent: Vec<_> = taken.iter().map(|one| (one.id, deliveries::Outcome::Sent)).collect();
        deliveries::settle(sql, &sent, now)?;
        Ok(taken)
    });
    let found = ids.await.unwrap();
    let found = found.into_iter().find(|delivery| delivery.number == Some(number));
    found.unwrap().message_id.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_by_mail_and_its_answers() {
    each("mail_report", async |world| {
        let first = mail(&format!("Gwen <{GWEN}>"), "Re: AW: VPN drops", "It drops every hour.");
        let done = world.gets(&first).await;
        assert_eq!((done.state, done.rule), (MessageState::Done, Some(Rule::New)));
        let number = done.number.unwrap();
        assert_eq!((number, done.n), (IncidentNumber(1), Some(1)));
        let state = world.state(number).await;
        assert_eq!(world.words(state.title).await, "VPN drops");
        assert_eq!(world.words(state.description.unwrap()).await, "It drops every hour.");
        assert_eq!(
            (state.requester, state.channel),
            (world.t.requester.person, kernel::Channel::Email)
        );
        assert_eq!((state.service, state.team), (Some(world.t.vpn), Some(world.t.network)));

        // Answers to our letter, to their own message, by the mark, and by the number.
        let letter = letter(world, number).await;
        let mark = world.mark(number).await;
        for (answer, rule) in [
            (
                mail(GWEN, "Re: x", "one\n> quoted").with("In-Reply-To", &format!("<{letter}>")),
                Rule::OwnMessage,
            ),
            (mail(GWEN, "Re: VPN", "two").with("In-Reply-To", &first.id()), Rule::Answer),
            (mail(GWEN, &format!("Re: {mark} VPN drops"), "three"), Rule::Mark),
            (mail(GWEN, "About INC-1", "four"), Rule::Number),
        ] {
            let done = world.gets(&answer).await;
            assert_eq!((done.number, done.rule), (Some(number), Some(rule)), "{:?}", done.reason);
            assert!(done.n.unwrap() > 1 && done.reason.unwrap().contains("INC-1"));
        }
        let said: Vec<_> = world.said(number).await.into_iter().map(|(words, ..)| words).collect();
        assert_eq!(said, ["one", "two", "three", "four"]);
        assert_eq!(world.incidents().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_resumes_reopens_and_follows() {
    each("mail_answers", async |world| {
        let number = world.t.report("VPN drops").await;
        let mark = world.mark(number).await;
        let subject = format!("Re: {mark} VPN drops");
        let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
        world.t.issue(&world.t.agent, number, hold).await.unwrap();
        world.gets(&mail(GWEN, &subject, "here you are")).await;
        assert_eq!(world.state(number).await.lifecycle, Lifecycle::InProgress);

        world.t.resolve(&world.t.agent, number, "done").await;
        world.gets(&mail(GWEN, &subject, "still broken")).await;
        assert_eq!(world.state(number).await.lifecycle, Lifecycle::InProgress);

        world.t.resolve(&world.t.agent, number, "done again").await;
        world.t.issue(&world.t.agent, number, Command::Close).await.unwrap();
        let done = world.gets(&mail(GWEN, &subject, "again!").with("X-File", "log.txt")).await;
        let follow_up = done.number.unwrap();
        assert_ne!(follow_up, number);
        assert_eq!(world.state(follow_up).await.attachments.len(), 1);

        // Long after that it is something new that names the old one.
        world.t.clock.advance(90 * 86_400);
        let done = world.gets(&mail(GWEN, &subject, "once more")).await;
        let (new, reason) = (done.number.unwrap(), done.reason.unwrap());
        assert!(new != number && new != follow_up && reason.contains("takes no more"), "{reason}");
        let said = world.said(new).await;
        assert!(said[0].0.contains(&number.to_string()) && !said[0].1, "{said:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_reaches_nothing() {
    each("mail_stranger", async |world| {
        let number = world.t.report("VPN drops").await;
        let before = world.events(number).await.len();
        let done = world.gets(&mail(EVE, "Re: INC-1 VPN drops", "let me in")).await;
        let new = done.number.unwrap();
        assert_ne!(new, number);
        assert_eq!(done.suggested, Some(number));
        let said = world.said(new).await;
        assert!(said[0].0.contains("INC-1") && !said[0].1, "named for the service desk: {said:?}");

        // With a mark that somebody gave them it waits for a person.
        let mark = world.mark(number).await;
        let held = world.gets(&mail(EVE, &format!("Re: {mark}"), "from my other address")).await;
        assert_eq!((held.state, held.suggested), (MessageState::Quarantined, Some(number)));
        assert_eq!(world.events(number).await.len(), before);

        // A forged mark is as good as none.
        let done = world.gets(&mail(EVE, "Re: [INC-1 0123456789]", "me again")).await;
        assert_eq!((done.rule, done.suggested), (Some(Rule::New), None));

        let agent = &world.t.agent;
        world.t.desk.let_message_in(agent, held.id, desk::LetIn::Into(None)).await.unwrap();
        world.rounds().await;
        let done = world.message(held.id).await;
        assert_eq!(
            (done.state, done.number, done.rule),
            (MessageState::Done, Some(number), Some(Rule::Person))
        );
        let said = world.said(number).await;
        assert_eq!((said[0].0.as_str(), said[0].1), ("from my other address", true));
    })
    .await;
}

#[tokio::test]
async fn who_is_proven_to_be_somebody_else_is_not_believed() {
    let world = World::sqlite().await;
    let number = world.t.report("VPN drops").await;
    let mark = world.mark(number).await;
    let forged = mail(GWEN, &format!("Re: {mark}"), "close it").with("X-Dmarc", "fail");
    let held = world.gets(&forged).await;
    assert_eq!(held.state, MessageState::Quarantined);
    assert!(held.reason.unwrap().contains("DMARC"));
    assert_eq!(world.said(number).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_speaks_for_the_service_desk_only_when_proven() {
    each("mail_agent", async |world| {
        let number = world.t.report("VPN drops").await;
        let subject = format!("Re: {}", world.mark(number).await);
        world.gets(&mail(INES, &subject, "internal then").with("X-File", "a.txt")).await;
        let said = world.said(number).await;
        assert!(said[0].0.contains("internal then") && !said[0].1, "{said:?}");
        let state = world.state(number).await;
        assert!(state.moments.responded.is_none());
        assert_eq!(state.attachments.len(), 1);

        // Anybody can write such a header themselves.
        let claimed = "mx.elsewhere.example; dmarc=pass";
        world.gets(&mail(INES, &subject, "me").with("Authentication-Results", claimed)).await;
        assert!(!world.said(number).await[1].1);

        // They are told so once a day, however much is written in their name.
        let told = "select count(*) from outbox where word = 'unproven'";
        let told = async || {
            let read = move |sql: &mut dyn store::Sql| {
                store::Columns::of(sql.query(told, &[])?.into_iter().next().unwrap_or_default())
                    .int()
            };
            world.t.desk.read(read).await.unwrap()
        };
        assert_eq!(told().await, 1);
        let proven = mail(INES, &subject, "try again").with("X-Dmarc", "pass");
        world.gets(&proven).await;
        let said = world.said(number).await;
        assert_eq!(said[2], ("try again".to_owned(), true, "Ines Carvalhal".to_owned()));
        assert!(world.state(number).await.moments.responded.is_some());
    })
    .await;
}

#[tokio::test]
async fn numbers_of_others_are_learned() {
    let world = World::sqlite().await;
    let vendor = "support@vendor.example";
    let first = world.gets(&mail(vendor, "[Ticket#4711] Line down", "We look into it.")).await;
    let number = first.number.unwrap();
    let again = world.gets(&mail(vendor, "Re: [Ticket#4711] Line down", "It is up.")).await;
    assert_eq!((again.number, again.rule), (Some(number), Some(Rule::Reference)));
    // Of somebody else it is another number.
    let other = world.gets(&mail("x@other.example", "[Ticket#4711] Printer", "x")).await;
    assert_eq!(other.rule, Some(Rule::New));
    // Somebody else at the same place says it to the service desk.
    let colleague = world.gets(&mail("noc@vendor.example", "Re: [Ticket#4711]", "still up")).await;
    assert_eq!((colleague.number, colleague.public), (Some(number), false));
}

#[tokio::test]
async fn what_looks_like_a_number_of_others_and_is_none_goes_nowhere() {
    let world = World::sqlite().await;
    for subject in ["[web-01] disk full", "[covid-19] again", "[2024-05-01] report"] {
        let machine = mail("nagios@elsewhere.example", subject, "x");
        let one = world.gets(&machine.clone().with("Message-ID", "<1@x>")).await;
        let two = world.gets(&machine.with("Message-ID", "<2@x>")).await;
        assert_eq!((one.rule, two.rule), (Some(Rule::New), Some(Rule::New)), "{subject}");
        assert_ne!(one.number, two.number, "{subject}");
    }
    // A real one of somebody else at the same place, which answers nothing.
    world.gets(&mail("a@vendor.example", "[Ticket#4711] Line down", "x")).await;
    let other = world.gets(&mail("b@vendor.example", "[Ticket#4711] Line down", "y")).await;
    assert_eq!(other.rule, Some(Rule::New), "{:?}", other.reason);
    // From then on the number means the newer one.
    let re = world.gets(&mail("b@vendor.example", "Re: [Ticket#4711] Line down", "z")).await;
    assert_eq!(re.number, other.number);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_says_of_something_that_is_over_is_new() {
    each("mail_over", async |world| {
        let number = world.t.report("Disk").await;
        world.t.resolve(&world.t.agent, number, "done").await;
        world.t.issue(&world.t.agent, number, Command::Close).await.unwrap();
        let before = world.events(number).await.len();
        let subject = format!("{} disk full", world.mark(number).await);
        let alert = mail(GWEN, &subject, "x").with("Auto-Submitted", "auto-generated");
        let done = world.gets(&alert).await;
        assert_eq!((done.state, done.suggested), (MessageState::Done, Some(number)));
        assert_ne!(done.number, Some(number));
        assert_eq!(world.events(number).await.len(), before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_letter_about_several_waits_for_a_person() {
    each("mail_several", async |world| {
        let number = world.t.report("VPN drops").await;
        let (seals, mark) = (world.t.desk.seals().await.unwrap(), world.mark(number).await);
        let asked_at = world.t.desk.now();
        let own = desk::seals::OwnMessage { number: IncidentNumber(0), delivery: 9, asked_at };
        let id = format!("<{}>", seals.message_id(own, "northwind.example"));
        let answer = mail(GWEN, "Re: News", &format!("solved!\n> {mark} VPN drops"));
        let held = world.gets(&answer.with("In-Reply-To", &id)).await;
        assert_eq!((held.state, held.suggested), (MessageState::Quarantined, None));
        assert!(held.reason.unwrap().contains("not about one incident"));
        assert_eq!(world.said(number).await, []);

        let into = desk::LetIn::Into(Some(number));
        world.t.desk.let_message_in(&world.t.agent, held.id, into).await.unwrap();
        world.rounds().await;
        assert_eq!(world.message(held.id).await.number, Some(number));
        assert_eq!(world.said(number).await[0].0, "solved!");
        // Who names the incident in the subject is understood.
        let named = mail(GWEN, &format!("Re: News {mark}"), "this one").with("In-Reply-To", &id);
        assert_eq!(world.gets(&named).await.number, Some(number));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_on_from_something_restricted_is_restricted() {
    each("mail_restricted", async |world| {
        let t = &world.t;
        let number = t.report("Payroll").await;
        let restrict = Command::Restrict { team: Some(t.network) };
        t.issue(&t.agent, number, restrict).await.unwrap();
        // A stranger learns nothing of it, and neither does anybody by what they wrote.
        let done = world.gets(&mail(EVE, "Re: INC-1 Payroll", "?")).await;
        assert_eq!((done.rule, done.suggested), (Some(Rule::New), None));
        assert!(!done.reason.unwrap().contains("INC-1"));
        assert_eq!(world.said(done.number.unwrap()).await, []);

        t.resolve(&t.agent, number, "done").await;
        t.issue(&t.agent, number, Command::Close).await.unwrap();
        let subject = format!("Re: {}", world.mark(number).await);
        for mail in [
            mail(INES, &subject, "one more secret").with("X-Dmarc", "pass"),
            mail(INES, &subject, "disk").with("Auto-Submitted", "auto-generated"),
        ] {
            let done = world.gets(&mail).await;
            assert_eq!((done.state, done.suggested), (MessageState::Done, Some(number)));
            let state = world.state(done.number.unwrap()).await;
            assert_ne!(done.number, Some(number));
            assert_eq!(state.confidential_to, Some(t.network));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_reaches_the_live_one() {
    let world = World::sqlite().await;
    let part = world.t.report("VPN drops").await;
    let main = world.t.report_by(&world.t.other_requester, "VPN is down").await;
    world.t.issue(&world.t.agent, part, Command::Merge { into: main }).await.unwrap();
    let subject = format!("Re: {}", world.mark(part).await);
    let agent = world.gets(&mail(INES, &subject, "found it").with("X-Dmarc", "pass")).await;
    assert_eq!(agent.number, Some(main));
    // Its requester's words are shown in the main one, and not told to the other requester.
    let hers = world.gets(&mail(GWEN, &subject, "thanks")).await;
    assert_eq!(hers.number, Some(part));
    assert!(hers.reason.unwrap().contains(&main.to_string()));

    // What it is part of was found to be part of another one.
    let top = world.t.report_by(&world.t.other_requester, "The whole network is down").await;
    world.t.issue(&world.t.agent, main, Command::Merge { into: top }).await.unwrap();
    let agent = world.gets(&mail(INES, &subject, "a cable").with("X-Dmarc", "pass")).await;
    assert_eq!(agent.number, Some(top));
}

#[tokio::test]
async fn a_forward_is_something_new() {
    let world = World::sqlite().await;
    let first = mail(GWEN, "VPN drops", "x");
    world.gets(&first).await;
    let forward = mail(GWEN, "Fwd: VPN drops INC-1", "look").with("In-Reply-To", &first.id());
    assert_eq!(world.gets(&forward).await.number, Some(IncidentNumber(2)));

    // An agent passes on what somebody wrote to them.
    let unproven = mail(INES, "WG: Printer", "see below\n\nFrom: Peter")
        .with("X-Forwarded-From", &format!("Peter <{PETER}>"));
    let forged = world.gets(&unproven).await.number.unwrap();
    assert_eq!(world.state(forged).await.requester, world.t.agent.person, "anybody writes so");
    let passed = mail(INES, "WG: Printer", "see below\n\nFrom: Peter")
        .with("X-Forwarded-From", &format!("Peter <{PETER}>"))
        .with("X-Dmarc", "pass");
    let done = world.gets(&passed).await;
    let state = world.state(done.number.unwrap()).await;
    assert_eq!(state.requester, world.t.other_requester.person);
    let words = world.words(state.description.unwrap()).await;
    assert!(
        words.starts_with("Passed on by Ines Carvalhal.") && words.contains("see below"),
        "{words}"
    );
    assert_eq!(world.words(state.title).await, "Printer");
}

#[tokio::test]
async fn what_is_confidential_stays_so() {
    let world = World::sqlite().await;
    let number = world.t.report("Payroll").await;
    let restrict = Command::Restrict { team: Some(world.t.network) };
    world.t.issue(&world.t.agent, number, restrict).await.unwrap();
    let subject = format!("Re: {}", world.mark(number).await);
    let bram = mail("bram.visser@northwind.example", &subject, "x").with("X-Dmarc", "pass");
    let held = world.gets(&bram).await;
    assert_eq!(held.state, MessageState::Quarantined);
    let listed = world.t.desk.messages(&world.t.other_agent, None, None, 10).await.unwrap();
    assert!(listed[0].restricted && listed[0].message.subject.is_empty());
    let listed = world.t.desk.messages(&world.t.agent, None, None, 10).await.unwrap();
    assert!(!listed[0].restricted && listed[0].message.suggested == Some(number));
    let bytes = world.t.desk.message_bytes(&world.t.other_agent, held.id).await.unwrap();
    assert_eq!(bytes, None);
    let into = desk::LetIn::Into(None);
    assert!(world.t.desk.let_message_in(&world.t.other_agent, held.id, into).await.is_err());
}
