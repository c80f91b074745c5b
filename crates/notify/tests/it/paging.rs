//! From a page that is due to the telephone of whoever is paged.

use crate::endpoint::{Endpoint, Got, Says, status};
use crate::sink::Sink;
use crate::world::PUBLIC_URL;
use desk::Trouble;
use desk::contacts::{Draft, Messenger};
use desk::paging::Answer;
use incident::reach::{PageChannel, ReachRule, Urgency};
use incident::state::{IncidentRole, UpdatePhase};
use incident::{Command, RefusalKind};
use kernel::{IncidentNumber, IntegrationId, Language, PageId};
use notify::Smtp;
use notify::paging::{Gateway, Ntfy, Pager, Providers, Telegram, Twilio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::directory::integrations::{self, Integration, IntegrationKind};
use store::directory::letters::{self, LetterKind, LetterText};
use store::directory::{contacts, people};
use store::pages::send::{self, Page, PageState};
use testkit::TestDesk;

struct World {
    t: TestDesk,
    /// Whatever is an HTTP provider.
    there: Endpoint,
    mail: Sink,
    pager: Arc<Pager>,
}

fn providers(there: &Endpoint, mail: &Sink) -> Providers {
    let url = format!("http://127.0.0.1:{}", there.port);
    let twilio = Twilio {
        url: url.clone(),
        account: "AC1".to_owned(),
        token: "secret".to_owned(),
        from: "+493012345".to_owned(),
    };
    Providers {
        public_url: Some(PUBLIC_URL.to_owned()),
        smtp: Some(Smtp::of(&mail.url(), "Service Desk <help@northwind.example>").unwrap()),
        twilio: Some(twilio),
        ntfy: Some(Ntfy { url: url.clone(), token: Some("tk_1".to_owned()) }),
        telegram: Some(Telegram { url, token: "1:abc".to_owned() }),
        ..Providers::default()
    }
}

impl World {
    async fn new() -> World {
        World::with(|providers| providers).await
    }

    async fn with(change: impl FnOnce(Providers) -> Providers) -> World {
        let (t, there) = (TestDesk::idle().await, Endpoint::start().await);
        let mail = Sink::start().await;
        t.desk.allow_pages(vec!["127.0.0.0/8".parse().unwrap()]);
        let providers = change(providers(&there, &mail));
        let pager = Arc::new(Pager::new(t.desk.clone(), providers));
        let messenger: Arc<dyn Messenger> = pager.clone();
        t.desk.use_messenger(&messenger);
        World { t, there, mail, pager }
    }

    /// The agent is paged about something by these channels, after so many seconds each.
    async fn paged(&self, title: &str, by: &[(PageChannel, i64)]) -> (IncidentNumber, Vec<PageId>) {
        let number = self.t.report(title).await;
        let (person, now) = (self.t.agent.person, self.t.desk.now());
        let pages: Vec<Page> = by
            .iter()
            .map(|(channel, seconds)| Page {
                id: PageId(desk::fresh()),
                number,
                n: 1,
                person,
                contact: None,
                channel: *channel,
                address: self.address(*channel),
                urgency: Urgency::High,
                due_at: now.plus_seconds(*seconds),
                state: PageState::Waiting,
                attempts: 0,
                created_at: now,
                sent_at: None,
                received_at: None,
                answered_at: None,
                provider_ref: None,
                error: None,
                learns: false,
            })
            .collect();
        let ids = pages.iter().map(|page| page.id).collect();
        let insert = move |sql: &mut dyn store::Sql| {
            pages.iter().try_for_each(|page| send::insert(sql, page))?;
            Ok(())
        };
        self.t.desk.write(insert).await.unwrap();
        (number, ids)
    }

    fn address(&self, channel: PageChannel) -> String {
        match channel {
            PageChannel::Sms | PageChannel::Voice => "+49301234567".to_owned(),
            PageChannel::Email => "page@northwind.example".to_owned(),
            PageChannel::Telegram => "4711".to_owned(),
            PageChannel::Ntfy => "on-call".to_owned(),
            _ => format!("http://127.0.0.1:{}/room", self.there.port),
        }
    }

    async fn page(&self, id: PageId) -> Page {
        self.t.desk.read(move |sql| send::get(sql, id)).await.unwrap().unwrap()
    }

    async fn round(&self) {
        self.pager.round().await.unwrap();
    }

    async fn later(&self, seconds: i64) {
        self.t.clock.advance(seconds);
        self.round().await;
    }
}

fn json(body: &str) -> Says {
    Says::Bytes(format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
}

/// A field of a form.
fn field(got: &Got, name: &str) -> String {
    let pairs = got.body.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next();
    let value = value.unwrap_or_else(|| panic!("{name} in {}", got.body)).replace('+', " ");
    let mut bytes = vec![];
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_says_it_all_and_its_receipt_comes_back() {
    let world = World::new().await;
    let (number, ids) = world.paged("Checkout is down", &[(PageChannel::Sms, 0)]).await;
    world.there.says([json(r#"{"sid": "SM1"}"#)]);
    world.round().await;
    let got = &world.there.got()[0];
    assert_eq!(got.line, "POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1");
    assert_eq!(got.headers["authorization"], "Basic QUMxOnNlY3JldA==");
    assert_eq!(got.headers["idempotency-key"], ids[0].to_string());
    let seals = world.t.desk.seals().await.unwrap();
    let (token, code) = (seals.page(ids[0]), seals.page_code(ids[0]));
    let body = field(got, "Body");
    assert!(body.starts_with(&format!("{number} P")) && body.contains("Checkout is"), "{body}");
    assert!(body.contains(&format!("{PUBLIC_URL}/a/{token}")), "{body}");
    assert!(body.contains(&format!("Reply 1 {code}")) && body.chars().count() <= 160, "{body}");
    assert_eq!(field(got, "StatusCallback"), format!("{PUBLIC_URL}/paging/status/{token}"));
    let page = world.page(ids[0]).await;
    assert_eq!((page.state, page.provider_ref.as_deref()), (PageState::Sent, Some("SM1")));
    world.t.desk.page_receipt(ids[0], Ok(())).await.unwrap();
    assert!(world.page(ids[0]).await.received_at.is_some());
    world.later(3_600).await;
    assert_eq!(world.there.got().len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_falls_through_to_the_next_way_at_once_and_is_tried_again_under_the_same_key() {
    let world = World::new().await;
    let by = [(PageChannel::Sms, 0), (PageChannel::Email, 600)];
    let (number, ids) = world.paged("VPN drops", &by).await;
    world.there.says([status("503 Busy")]);
    world.round().await;
    let letters = world.mail.to("page@northwind.example");
    assert_eq!(letters.len(), 1, "ten minutes before its time");
    let page = world.page(ids[0]).await;
    assert_eq!((page.state, page.attempts), (PageState::Waiting, 1));
    assert!(page.error.unwrap().contains("503"));
    world.later(2).await;
    assert_eq!(world.there.got().len(), 1, "not yet");
    world.later(1).await;
    let keys: Vec<_> =
        world.there.got().iter().map(|got| got.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys, [ids[0].to_string(), ids[0].to_string()]);
    assert_eq!(world.page(ids[0]).await.state, PageState::Sent);
    assert!(letters[0].words().contains(&number.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_never_go_well_is_given_up_at_once() {
    let world = World::new().await;
    let by = [(PageChannel::Sms, 0), (PageChannel::Ntfy, 300), (PageChannel::Email, 600)];
    let (_, ids) = world.paged("VPN drops", &by).await;
    world.there.says([status("400 Bad Request"), json("{}")]);
    world.round().await;
    assert_eq!(world.page(ids[0]).await.state, PageState::Failed);
    assert_eq!(world.page(ids[1]).await.state, PageState::Sent, "the next one, not the last");
    assert_eq!(world.page(ids[2]).await.state, PageState::Waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_takes_everything_and_sends_nothing() {
    let world = World::with(|providers| Providers { smtp: None, ..providers }.rehearsing()).await;
    let by = [(PageChannel::Email, 0), (PageChannel::Sms, 0), (PageChannel::Slack, 0)];
    let (_, ids) = world.paged("VPN drops", &by).await;
    world.round().await;
    for id in ids {
        assert_eq!(world.page(id).await.state, PageState::Sent);
    }
    assert!(world.there.got().is_empty() && world.mail.to("page@northwind.example").is_empty());
    let channels = world.t.desk.page_channels();
    assert!(channels.contains(&PageChannel::Email) && !channels.contains(&PageChannel::WebPush));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_a_letter_falls_through_and_says_so() {
    let world = World::with(|providers| Providers { smtp: None, ..providers }).await;
    let by = [(PageChannel::Email, 0), (PageChannel::Sms, 900)];
    let (_, ids) = world.paged("VPN drops", &by).await;
    world.round().await;
    let page = world.page(ids[0]).await;
    assert_eq!(page.state, PageState::Failed);
    assert!(page.error.unwrap().contains("smtp_url"));
    assert_eq!(world.page(ids[1]).await.state, PageState::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_keeps_what_waits_from_leaving() {
    let world = World::new().await;
    let by = [(PageChannel::Ntfy, 0), (PageChannel::Voice, 300)];
    let (number, ids) = world.paged("VPN drops", &by).await;
    world.round().await;
    let paged = world.t.desk.paged(ids[0]).await.unwrap().unwrap();
    world.t.desk.answer_page(&paged, Answer::Acknowledge).await.unwrap();
    world.later(300).await;
    assert_eq!(world.there.got().len(), 1);
    let (first, second) = (world.page(ids[0]).await, world.page(ids[1]).await);
    assert!(first.answered_at.is_some());
    assert_eq!(second.state, PageState::CalledOff);
    let state = world.t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    assert!(state.unwrap().state.moments.acknowledged.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_row_of_one_channel_keeps_no_other() {
    let world = World::new().await;
    let (_, ids) = world.paged("VPN drops", &[(PageChannel::Sms, 0)]).await;
    let damage = "update pages set urgency = 'odd' where id = $1";
    let id = ids[0];
    let write = move |sql: &mut dyn store::Sql| Ok(sql.execute(damage, &[id.into()])?);
    assert_eq!(world.t.desk.write(write).await.unwrap(), 1);
    world.paged("Two", &[(PageChannel::Email, 0)]).await;
    assert!(world.pager.round().await.is_err(), "it is said");
    assert_eq!(world.mail.to("page@northwind.example").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_by_mail_speaks_its_readers_language_in_words_of_an_administrator() {
    let world = World::new().await;
    let agent = world.t.agent.person;
    let speak = move |sql: &mut dyn store::Sql| {
        let mut person = people::get(sql, agent)?.unwrap();
        person.language = Some(Language::De);
        let version = person.version;
        people::update(sql, &person, version)?;
        Ok(())
    };
    world.t.desk.write(speak).await.unwrap();
    world.paged("VPN drops", &[(PageChannel::Email, 0)]).await;
    world.round().await;
    let ours = world.mail.to("page@northwind.example")[0].clone();
    assert_eq!(ours.header("Content-Language").as_deref(), Some("de"));
    assert!(ours.words().contains("Sie werden gerufen: VPN drops"), "{}", ours.words());
    assert!(ours.words().contains(PUBLIC_URL), "there is a way to answer");
    assert!(!ours.words().contains("escalate"), "nobody reads an answer: {}", ours.words());
    let mailbox = Integration {
        id: IntegrationId(desk::fresh()),
        name: "Service Desk".to_owned(),
        kind: IntegrationKind::Email,
        key: desk::integration_key(),
        service: None,
        team: None,
        addresses: vec!["help@northwind.example".to_owned()],
        settings: Default::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let open = move |sql: &mut dyn store::Sql| Ok(integrations::insert(sql, &mailbox)?);
    world.t.desk.write(open).await.unwrap();

    let own = LetterText {
        kind: LetterKind::Paged,
        language: Language::De,
        subject: "Los, {title}".to_owned(),
        opening: "{reader}, jetzt gilt es.".to_owned(),
        closing: String::new(),
        version: 0,
    };
    let store = move |sql: &mut dyn store::Sql| Ok(letters::put(sql, &own, 0)?);
    assert!(world.t.desk.write(store).await.unwrap());
    world.paged("Two", &[(PageChannel::Email, 0)]).await;
    world.round().await;
    let theirs = world.mail.to("page@northwind.example")[1].clone();
    assert!(theirs.header("Subject").unwrap().ends_with(" Los, Two"));
    assert!(theirs.words().contains("Ines Carvalhal, jetzt gilt es."), "{}", theirs.words());
    assert!(theirs.words().contains("ack (annehmen)"), "{}", theirs.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_to_speak_reads_that_the_next_update_is_overdue() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("Checkout is down").await;
    t.issue(&t.agent, number, Command::DeclareMajor { reason: None }).await.unwrap();
    let give = |role, person| Command::GiveRole { role, person: Some(person) };
    let speaks = give(IncidentRole::Communications, t.agent.person);
    t.issue(&t.agent, number, speaks).await.unwrap();
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
    let update = Command::PublishUpdate {
        title: None,
        body: ask.words("body", "We look into it.", kernel::limits::BODY_CHARS).unwrap(),
        phase: UpdatePhase::Investigating,
        expected: None,
        next_update: Some(t.desk.now().plus_seconds(60)),
        audiences: None,
    };
    ask.issue(update).await.unwrap();
    t.clock.advance(61);
    // What is due is recorded before whatever somebody does next.
    let writes = give(IncidentRole::Scribe, t.other_agent.person);
    t.issue(&t.other_agent, number, writes).await.unwrap();
    world.round().await;
    let letters = world.mail.to("ines.carvalhal@northwind.example");
    assert_eq!(letters.len(), 1, "she is paged");
    let words = letters[0].words();
    assert!(words.contains("You are paged: Checkout is down"), "{words}");
    assert!(words.contains("The next update is overdue. It was due on"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_hidden_meanwhile_is_not_told() {
    let world = World::new().await;
    let (taken, first) = world.paged("VPN drops", &[(PageChannel::Sms, 0)]).await;
    let (secret, second) = world.paged("Somebody reads my mail", &[(PageChannel::Sms, 0)]).await;
    let t = &world.t;
    t.resolve(&t.manager, taken, "Works again").await;
    let restrict = Command::Restrict { team: Some(t.workplace) };
    t.issue(&t.manager, secret, restrict).await.unwrap();
    world.round().await;
    assert!(world.there.got().is_empty());
    let (over, hidden) = (world.page(first[0]).await, world.page(second[0]).await);
    assert_eq!(over.state, PageState::CalledOff, "{:?}", over.error);
    assert_eq!(hidden.state, PageState::Failed, "it reached nobody");
    assert_eq!(hidden.error.as_deref(), Some("they may not see the incident"));
    let figures = t.desk.metrics().encode();
    let failed = "evenkeel_pages_total{channel=\"sms\",result=\"failed\"} 1";
    assert!(figures.contains(failed), "{figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_were_taken_away_do_not_leave() {
    let world = World::new().await;
    let (number, _) = world.paged("zebra stripes", &[(PageChannel::Telegram, 0)]).await;
    let t = &world.t;
    let state = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let content = state.unwrap().state.title;
    t.issue(&t.administrator, number, Command::Redact { content }).await.unwrap();
    world.round().await;
    let got = &world.there.got()[0];
    assert_eq!(got.line, "POST /bot1:abc/sendMessage HTTP/1.1");
    assert!(!got.body.contains("zebra") && got.body.contains(&number.to_string()), "{}", got.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_of_what_is_restricted_is_told_by_letter_alone() {
    let world = World::new().await;
    let by = [PageChannel::Sms, PageChannel::Voice, PageChannel::Ntfy, PageChannel::Slack]
        .map(|channel| (channel, 0));
    let by = [by.as_slice(), &[(PageChannel::Email, 0)]].concat();
    let (number, ids) = world.paged("Somebody reads my mail", &by).await;
    let t = &world.t;
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.manager, number, restrict).await.unwrap();
    world.round().await;
    for id in &ids {
        assert_eq!(world.page(*id).await.state, PageState::Sent);
    }
    for got in world.there.got() {
        let said = !got.body.contains("reads") && !got.body.contains("Somebody");
        assert!(said, "{} {}", got.line, got.body);
    }
    let paged = t.desk.paged(ids[1]).await.unwrap().unwrap();
    assert!(!paged.spoken(&t.desk.policy()).contains("reads my mail"));
    assert_eq!(world.mail.to("page@northwind.example").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_channel_gets_its_form() {
    let world = World::new().await;
    let by = [
        (PageChannel::Ntfy, 0),
        (PageChannel::Telegram, 0),
        (PageChannel::Slack, 0),
        (PageChannel::Mattermost, 0),
        (PageChannel::Teams, 0),
        (PageChannel::Voice, 0),
    ];
    let (number, ids) = world.paged("Łódź <b>down</b>", &by).await;
    world.round().await;
    let all = world.there.got();
    assert_eq!(all.len(), by.len());
    let of = |path: &str| all.iter().find(|got| got.line.starts_with(path)).unwrap();
    let ntfy = of("POST / ").json();
    assert_eq!((ntfy["topic"].as_str(), ntfy["priority"].as_i64()), (Some("on-call"), Some(5)));
    assert_eq!(ntfy["actions"][0]["body"], "say=acknowledge");
    assert_eq!(of("POST / ").headers["authorization"], "Bearer tk_1");
    assert!(of("POST /bot1:abc/").json()["text"].as_str().unwrap().contains("Łódź <b>"));
    let call = of("POST /2010-04-01/Accounts/AC1/Calls.json");
    assert!(field(call, "Url").starts_with(&format!("{PUBLIC_URL}/paging/voice/p")));
    let rooms: Vec<_> = all.iter().filter(|got| got.line.starts_with("POST /room")).collect();
    assert_eq!(rooms.len(), 3);
    for room in rooms {
        assert!(room.body.contains(&format!("/incidents/{number}")), "{}", room.body);
        assert!(!room.body.contains("/a/p"), "whoever reads the room could answer: {}", room.body);
    }
    for id in ids {
        assert_eq!(world.page(id).await.state, PageState::Sent);
    }
    assert!(
        all.iter()
            .all(|got| got.body.contains(&number.0.to_string()) || got.line.contains("Calls"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_keeps_nobody_else_and_what_is_due_leaves_at_once() {
    let t = TestDesk::new().await;
    let (there, mail) = (Endpoint::start().await, Sink::start().await);
    t.desk.allow_pages(vec!["127.0.0.0/8".parse().unwrap()]);
    // Whoever hangs would keep its end for ten seconds, so nobody waits for that.
    let _paging = notify::paging::start(t.desk.clone(), providers(&there, &mail));
    let pager = Arc::new(Pager::new(t.desk.clone(), Providers::default()));
    let world = World { t, there, mail, pager };
    world.there.always(Some(Says::Nothing));
    world.paged("One", &[(PageChannel::Sms, 0)]).await;
    let began = Instant::now();
    world.paged("Two", &[(PageChannel::Email, 0)]).await;
    let deadline = began + Duration::from_secs(5);
    while world.mail.to("page@northwind.example").is_empty() {
        assert!(Instant::now() < deadline, "the letter waits for the gateway");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_of_ones_own_goes_before_the_account() {
    let there = Endpoint::start().await;
    let url = format!("http://127.0.0.1:{}/sms", there.port);
    let gateway = Gateway::new(&url, "POST", r#"{"number": "{to}", "text": "{text}"}"#).unwrap();
    let gateway = gateway.with_header("X-Key: k1").unwrap().with_id_at("/id");
    let world = World::with(|providers| Providers { gateway: Some(gateway), ..providers }).await;
    let (_, ids) = world.paged("VPN \"drops\"", &[(PageChannel::Sms, 0)]).await;
    there.says([json(r#"{"id": 42}"#)]);
    world.round().await;
    let got = &there.got()[0];
    assert_eq!(got.headers["x-key"], "k1");
    assert_eq!(got.json()["number"], "+49301234567");
    let text = got.json()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("VPN \"drops\"") && text.contains("/a/p"), "{text}");
    assert!(!text.contains("Reply"), "nobody would hear it: {text}");
    assert_eq!(world.page(ids[0]).await.provider_ref.as_deref(), Some("42"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_inside_is_not_reached_unless_it_is_allowed() {
    let (t, there, mail) = (TestDesk::idle().await, Endpoint::start().await, Sink::start().await);
    let pager = Arc::new(Pager::new(t.desk.clone(), providers(&there, &mail)));
    let messenger: Arc<dyn Messenger> = pager.clone();
    t.desk.use_messenger(&messenger);
    let world = World { t, there, mail, pager };
    let (_, ids) = world.paged("VPN drops", &[(PageChannel::Slack, 0)]).await;
    world.round().await;
    let page = world.page(ids[0]).await;
    assert_eq!(page.state, PageState::Failed);
    assert!(page.error.unwrap().contains("paging_allow"));
    assert!(world.there.got().is_empty());
    let draft = Draft {
        channel: PageChannel::Slack,
        address: world.address(PageChannel::Slack),
        label: String::new(),
    };
    let agent = &world.t.agent;
    let refused = world.t.desk.add_contact(agent, agent.person, draft).await;
    assert!(matches!(refused, Err(Trouble::Refused(refusal)) if refusal.field == Some("address")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_is_added_shown_to_reach_and_used() {
    let world = World::new().await;
    let (t, agent) = (&world.t, &world.t.agent);
    let draft = |address: &str| Draft {
        channel: PageChannel::Sms,
        address: address.to_owned(),
        label: "private".to_owned(),
    };
    for bad in ["030 1234", "+49", "+49 30 12 ab"] {
        let refused = t.desk.add_contact(agent, agent.person, draft(bad)).await;
        assert!(
            matches!(refused, Err(Trouble::Refused(refusal)) if refusal.field == Some("address"))
        );
    }
    let (contact, wrong) =
        t.desk.add_contact(agent, agent.person, draft("+49 30 123-4567")).await.unwrap();
    assert_eq!((contact.address.as_str(), wrong), ("+49301234567", None));
    let ways = |t: &TestDesk| {
        let reach = t.desk.policy().paging.reach[&agent.person].clone();
        reach.ways(Urgency::High, t.desk.now()).iter().map(|way| way.channel).collect::<Vec<_>>()
    };
    assert_eq!(ways(t), [PageChannel::Email], "not before it is verified");
    let said = field(&world.there.got()[0], "Body");
    let code: String = said.chars().filter(char::is_ascii_digit).take(6).collect();
    let id = contact.id;
    let other = &t.other_agent;
    let missing = t.desk.verify_contact(other, id, &code).await;
    assert!(
        matches!(missing, Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::NotFound)
    );
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = t.desk.verify_contact(agent, id, wrong).await;
    assert!(
        matches!(refused, Err(Trouble::Refused(refusal)) if refusal.message.contains("4 tries"))
    );
    t.desk.verify_contact(agent, id, &format!(" {code} ")).await.unwrap();
    assert_eq!(ways(t), [PageChannel::Sms, PageChannel::Email]);
    t.desk.test_contact(agent, id).await.unwrap();
    assert!(field(&world.there.got()[1], "Body").contains("test page"));
    let rule = ReachRule { urgency: Urgency::High, after_minutes: 5, contact: id };
    t.desk.set_reach_rules(agent, agent.person, vec![rule]).await.unwrap();
    assert_eq!(ways(t), [PageChannel::Email, PageChannel::Sms]);
    let foreign = t.desk.set_reach_rules(other, other.person, vec![rule]).await;
    assert!(matches!(foreign, Err(Trouble::Refused(_))));
    t.desk.remove_contact(agent, id).await.unwrap();
    assert_eq!(ways(t), [PageChannel::Email]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_and_messages_are_bounded() {
    let world = World::new().await;
    let (t, agent) = (&world.t, &world.t.agent);
    let draft = Draft {
        channel: PageChannel::Voice,
        address: "+49301234567".to_owned(),
        label: String::new(),
    };
    world.there.says([status("500 Broken")]);
    let (contact, wrong) = t.desk.add_contact(agent, agent.person, draft).await.unwrap();
    assert!(wrong.unwrap().contains("500"), "why it was not sent");
    let id = contact.id;
    let stored = t.desk.read(move |sql| contacts::get(sql, id)).await.unwrap().unwrap();
    assert!(stored.error.is_some() && stored.verified_at.is_none());
    for _ in 0..4 {
        t.desk.send_code(agent, id).await.unwrap();
    }
    let refused = t.desk.send_code(agent, id).await;
    assert!(
        matches!(refused, Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::Limit)
    );
    let calls = world.there.got();
    assert_eq!(calls.len(), 5);
    // The keys of the last one, digit by digit, as they are said.
    let spoken = field(calls.last().unwrap(), "Twiml");
    let code: String = spoken.chars().filter(char::is_ascii_digit).take(6).collect();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(t.desk.verify_contact(agent, id, wrong).await.is_err());
    }
    assert!(t.desk.verify_contact(agent, id, &code).await.is_err(), "too many were wrong");
    t.clock.advance(3_600);
    t.desk.send_code(agent, id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_names_its_page_by_code() {
    let world = World::new().await;
    let (_, first) = world.paged("One", &[(PageChannel::Sms, 0)]).await;
    world.round().await;
    let desk = &world.t.desk;
    let by = |code: Option<&'static str>| desk.page_by_code("+49301234567", code);
    assert_eq!(by(None).await.unwrap(), None, "senders can be forged");
    let (_, second) = world.paged("Two", &[(PageChannel::Sms, 0)]).await;
    world.round().await;
    let seals = desk.seals().await.unwrap();
    for id in [first[0], second[0]] {
        let code = seals.page_code(id);
        assert_eq!(desk.page_by_code("+49301234567", Some(&code)).await.unwrap(), Some(id));
        assert_eq!(desk.page_by_code("+49301234568", Some(&code)).await.unwrap(), None);
    }
    world.t.clock.advance(1_801);
    let code = seals.page_code(first[0]);
    assert_eq!(desk.page_by_code("+49301234567", Some(&code)).await.unwrap(), None, "too old");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_learns_is_told_so() {
    let world = World::new().await;
    let by = [(PageChannel::Sms, 0), (PageChannel::Email, 0)];
    let (number, ids) = world.paged("Checkout is down", &by).await;
    let learns = move |sql: &mut dyn store::Sql| {
        for id in &ids {
            sql.execute("update pages set learns = 1 where id = $1", &[(*id).into()])?;
        }
        Ok(())
    };
    world.t.desk.write(learns).await.unwrap();
    world.there.says([json(r#"{"sid": "SM1"}"#)]);
    world.round().await;
    let body = field(&world.there.got()[0], "Body");
    assert!(body.starts_with(&format!("{number} P")) && body.contains(", you learn"), "{body}");
    let letters = world.mail.to("page@northwind.example");
    assert!(
        letters[0].words().contains("whoever is on call is paged, too"),
        "{}",
        letters[0].words()
    );
}
