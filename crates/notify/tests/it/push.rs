//! Push: what a browser gets, and what becomes of what it does not get.

use crate::endpoint::{Endpoint, Got, Says, status};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::push::Draft;
use incident::reach::PageChannel;
use incident::telling::{Channels, Group, Preferences};
use incident::{Change, Command, Viewer, Visibility};
use kernel::{DeviceId, IncidentNumber, PageId, PersonId};
use notify::paging::{Pager, Providers};
use notify::push::{Note, Push, PushError, Pusher, Urgency};
use notify::{Courier, Next};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifying};
use serde_json::Value;
use std::sync::Arc;
use store::directory::{Device, told_how};
use store::pages::send::{self as pages, Page, PageState};
use testkit::TestDesk;
use tokio::sync::watch;

const PUBLIC_URL: &str = "https://desk.northwind.example";

/// A browser: it can read one message.
struct Browser {
    private: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    fn new() -> Browser {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        // A secret of its own, as every browser has one.
        let auth = public[1..17].try_into().unwrap();
        Browser { private, public, auth }
    }

    fn draft(&self, endpoint: &Endpoint, path: &str) -> Draft {
        Draft {
            endpoint: format!("http://127.0.0.1:{}/{path}", endpoint.port),
            p256dh: URL_SAFE_NO_PAD.encode(&self.public),
            auth: URL_SAFE_NO_PAD.encode(self.auth),
            label: "Firefox on Linux".to_owned(),
        }
    }

    /// What a browser does with a message (RFC 8291, section 3.4; RFC 8188, section 2).
    fn reads(self, message: &[u8]) -> Value {
        let (salt, rest) = message.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert!(u32::from_be_bytes(size.try_into().unwrap()) as usize > rest.len());
        let (theirs, record) = rest[1..].split_at(usize::from(rest[0]));
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let secret = agree_ephemeral(self.private, &peer, <[u8]>::to_vec).unwrap();
        let info = [b"WebPush: info\0".as_slice(), &self.public, theirs].concat();
        let input = derive(&self.auth, &secret, &info, 32);
        let key = derive(salt, &input, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derive(salt, &input, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], 2, "the last record");
        serde_json::from_slice(&plain[..end]).unwrap()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], input: &[u8], info: &[u8], bytes: usize) -> Vec<u8> {
    let mut derived = vec![0; bytes];
    let key = Salt::new(HKDF_SHA256, salt).extract(input);
    key.expand(&[info], Length(bytes)).unwrap().fill(&mut derived).unwrap();
    derived
}

struct World {
    t: TestDesk,
    server: Endpoint,
    courier: Courier,
    pusher: Arc<Pusher>,
    push: Push,
    _stop: watch::Sender<bool>,
}

impl World {
    async fn new() -> World {
        let (t, server) = (TestDesk::idle().await, Endpoint::start().await);
        t.desk.allow_push(vec!["127.0.0.0/8".parse().unwrap()]);
        server.always(Some(Says::Bytes(
            "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n".to_owned(),
        )));
        let (stop, stopped) = watch::channel(false);
        let courier = Courier::new(t.desk.clone(), None, stopped.clone());
        let push = Push::new(t.desk.clone(), Some(PUBLIC_URL.to_owned()));
        let pusher = Arc::new(Pusher::new(push.clone(), stopped));
        let world = World { t, server, courier, pusher, push, _stop: stop };
        world.rounds().await;
        world
    }

    /// Everything that is due leaves.
    async fn rounds(&self) {
        while self.courier.round().await == Next::More {}
        while self.pusher.round().await.unwrap() {}
    }

    /// Somebody allows push in a browser, and wants everything by it.
    async fn allowed(&self, who: &Viewer, path: &str, says_words: bool) -> Browser {
        let browser = Browser::new();
        let person = who.person;
        self.t.desk.allow_device(person, browser.draft(&self.server, path)).await.unwrap();
        let all = Channels { mail: true, inbox: true, push: true };
        let channels = Group::ALL.iter().map(|group| (*group, all)).collect();
        let preferences =
            Preferences { channels, push_words: says_words, ..Preferences::default() };
        let store = move |sql: &mut dyn store::Sql| Ok(told_how::put(sql, person, &preferences)?);
        self.t.desk.write(store).await.unwrap();
        browser
    }

    async fn device(&self, who: &Viewer) -> Option<Device> {
        self.t.desk.devices(who.person).await.unwrap().into_iter().next()
    }

    fn only(&self) -> Got {
        let got = self.server.got();
        assert_eq!(got.len(), 1, "{got:#?}");
        got.into_iter().next().unwrap()
    }

    /// States of what was to be pushed, in their order.
    async fn states(&self) -> Vec<String> {
        let read = |sql: &mut dyn store::Sql| {
            let statement = "select state from deliveries where channel = 'push' order by id";
            let rows = sql.query(statement, &[])?;
            rows.into_iter().map(|row| store::Columns::of(row).text()).collect()
        };
        self.t.desk.read(read).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_reads_what_nobody_on_the_way_can_and_no_more_than_its_person_wants() {
    let world = World::new().await;
    let t = &world.t;
    let browser = world.allowed(&t.requester, "send/secret", false).await;
    let number = t.report("VPN drops").await;
    world.rounds().await;
    let got = world.only();
    assert_eq!(got.line, "POST /send/secret HTTP/1.1");
    for (name, value) in [
        ("content-encoding", "aes128gcm"),
        ("content-type", "application/octet-stream"),
        ("urgency", "normal"),
        ("ttl", "43200"),
    ] {
        assert_eq!(got.headers[name], value, "{name}");
    }
    assert!(!got.headers["topic"].contains(&number.to_string()));
    assert!(got.headers["topic"].len() <= 32);
    let said = browser.reads(&got.bytes);
    assert_eq!(said["title"], format!("News on {number}"));
    assert_eq!((&said["body"], &said["urgent"]), (&"".into(), &false.into()));
    assert_eq!(said["path"], format!("/portal/incidents/{number}"));
    assert_eq!(said["about"], number.to_string());
    assert_eq!(world.states().await, ["sent"]);
    assert!(world.device(&t.requester).await.unwrap().ok_at.is_some());
    let metrics = t.desk.metrics().encode();
    assert!(metrics.contains("evenkeel_push_sent_total 1"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_allows_it_reads_title_and_words_and_several_are_one() {
    let world = World::new().await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    world.rounds().await;
    let browser = world.allowed(&t.requester, "send/1", true).await;
    t.say(&t.agent, number, "Which cable?", Visibility::Public).await;
    t.say(&t.agent, number, "The blue one?", Visibility::Public).await;
    world.rounds().await;
    let said = browser.reads(&world.only().bytes);
    assert_eq!(said["title"], format!("{number} VPN drops"));
    let body = said["body"].as_str().unwrap();
    assert!(body.ends_with("wrote: The blue one? (+1)"), "{body}");
    assert_eq!(world.states().await, ["sent", "sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_knows_who_sends() {
    let world = World::new().await;
    let _browser = world.allowed(&world.t.requester, "send/1", false).await;
    world.t.report("VPN drops").await;
    world.rounds().await;
    let got = world.only();
    let said = got.headers["authorization"].strip_prefix("vapid t=").unwrap().to_owned();
    let (token, key) = said.split_once(", k=").unwrap();
    assert_eq!(key, world.t.desk.push_key().await.unwrap().public());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let known = Verifying::new(&ECDSA_P256_SHA256_FIXED, decoded(key));
    known.verify(signed.as_bytes(), &decoded(signature)).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let read = |text: &str| serde_json::from_slice::<Value>(&decoded(text)).unwrap();
    assert_eq!(read(head)["alg"], "ES256");
    let claims = read(claims);
    assert_eq!(claims["aud"], format!("http://127.0.0.1:{}", world.server.port));
    assert_eq!(claims["sub"], PUBLIC_URL);
    let ends = claims["exp"].as_i64().unwrap() - world.t.desk.now().micros() / 1_000_000;
    assert!(ends > 0 && ends <= 86_400, "{ends}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_gone_is_forgotten() {
    for answer in ["404 Not Found", "410 Gone"] {
        let world = World::new().await;
        let t = &world.t;
        world.allowed(&t.requester, "send/1", false).await;
        world.server.says([status(answer)]);
        t.report("VPN drops").await;
        world.rounds().await;
        assert!(world.device(&t.requester).await.is_none(), "{answer}");
        assert_eq!(world.states().await, ["withdrawn"]);
        t.report("VPN drops again").await;
        world.rounds().await;
        assert_eq!(world.server.got().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_now_is_asked_later() {
    let world = World::new().await;
    let t = &world.t;
    world.allowed(&t.requester, "send/1", false).await;
    let wait = "HTTP/1.1 429 Slow Down\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n";
    world.server.says([Says::Bytes(wait.to_owned()), status("503 Busy"), Says::HangUp]);
    t.report("VPN drops").await;
    world.rounds().await;
    assert_eq!(world.states().await, ["waiting"]);
    t.clock.advance(119);
    world.rounds().await;
    assert_eq!(world.server.got().len(), 1, "it is left alone");
    t.clock.advance(1);
    world.rounds().await;
    let device = world.device(&t.requester).await.unwrap();
    assert!(device.failing_since.is_some());
    assert_eq!(device.error.as_deref(), Some("the server of the browser answers with 503: no"));
    t.clock.advance(60);
    world.rounds().await;
    t.clock.advance(300);
    world.rounds().await;
    assert_eq!((world.server.got().len(), world.states().await), (4, vec!["sent".to_owned()]));
    assert_eq!(world.device(&t.requester).await.unwrap().failing_since, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_needs_any_more_and_what_is_refused_is_given_up() {
    let world = World::new().await;
    let t = &world.t;
    world.allowed(&t.requester, "send/1", false).await;
    world.server.says([status("403 Forbidden"), status("503 Busy")]);
    t.report("VPN drops").await;
    world.rounds().await;
    assert_eq!(world.states().await, ["dead"]);
    t.report("VPN drops again").await;
    world.rounds().await;
    t.clock.advance(86_400);
    world.rounds().await;
    assert_eq!(world.states().await, ["dead", "dead"]);
    assert_eq!(world.server.got().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_reader_may_not_know_any_more_does_not_leave() {
    let world = World::new().await;
    let t = &world.t;
    world.allowed(&t.agent, "send/1", true).await;
    let number = t.report("VPN drops").await;
    let assign = |who: PersonId| Command::Assign { team: Change::Keep, assignee: Change::Set(who) };
    t.issue(&t.manager, number, assign(t.agent.person)).await.unwrap();
    while world.courier.round().await == Next::More {}
    t.issue(&t.manager, number, assign(t.manager.person)).await.unwrap();
    world.rounds().await;
    let states = world.states().await;
    assert_eq!(states, ["sent", "withdrawn"], "the report is told, what was taken back is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_for_somebody_else_is_not_shown_to_whoever_signs_in_there() {
    let world = World::new().await;
    let t = &world.t;
    let browser = world.allowed(&t.requester, "send/1", true).await;
    t.report("VPN drops").await;
    while world.courier.round().await == Next::More {}
    let draft = browser.draft(&world.server, "send/1");
    t.desk.allow_device(t.other_requester.person, draft).await.unwrap();
    world.rounds().await;
    assert_eq!(world.states().await, ["withdrawn"]);
    assert_eq!(world.server.got().len(), 0);
}

fn page(number: IncidentNumber) -> Note {
    Note {
        title: format!("{number} needs you"),
        body: "VPN drops".to_owned(),
        path: format!("/incidents/{number}"),
        about: format!("page {number}"),
        urgency: Urgency::High,
        for_seconds: 900,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_to_every_browser_and_one_that_takes_it_is_enough() {
    let world = World::new().await;
    let (desk, agent) = (&world.t.desk, world.t.agent.person);
    let note = page(IncidentNumber(7));
    let none = world.push.page(agent, None, &note).await;
    assert!(matches!(none, Err(PushError::NoDevice)));
    let browsers = [Browser::new(), Browser::new()];
    for (at, browser) in browsers.iter().enumerate() {
        let draft = browser.draft(&world.server, &format!("send/{at}"));
        desk.allow_device(agent, draft).await.unwrap();
    }
    let ids: Vec<DeviceId> =
        desk.devices(agent).await.unwrap().iter().map(|device| device.id).collect();
    let taken = world.push.page(agent, None, &note).await.unwrap();
    assert_eq!(taken.devices.len(), 2);
    let got = world.server.got();
    assert!(got.iter().all(|got| got.headers["urgency"] == "high" && got.headers["ttl"] == "900"));
    assert_ne!(got[0].headers["topic"], got[1].headers["topic"], "no server knows both for one");

    world.server.says([status("410 Gone")]);
    let gone = world.push.page(agent, Some(ids[0]), &note).await;
    assert!(matches!(gone, Err(PushError::Gone)), "{gone:?}");
    let taken = world.push.page(agent, None, &note).await.unwrap();
    assert_eq!(taken.devices, [ids[1]]);
    let other = world.push.page(world.t.other_agent.person, Some(ids[1]), &note).await;
    assert!(matches!(other, Err(PushError::NoDevice)), "it is not theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_no_more_than_its_person_wants_and_no_news_take_its_place() {
    for says_words in [false, true] {
        let world = World::new().await;
        let t = &world.t;
        let browser = world.allowed(&t.agent, "send/1", says_words).await;
        let device = world.device(&t.agent).await.unwrap().id;
        let number = t.report("VPN drops").await;
        let now = t.desk.now();
        let paged = Page {
            id: PageId(desk::fresh()),
            number,
            n: 1,
            person: t.agent.person,
            contact: None,
            channel: PageChannel::WebPush,
            address: device.to_string(),
            urgency: incident::reach::Urgency::High,
            due_at: now,
            state: PageState::Waiting,
            attempts: 0,
            created_at: now,
            sent_at: None,
            received_at: None,
            answered_at: None,
            provider_ref: None,
            error: None,
            learns: false,
        };
        let insert = move |sql: &mut dyn store::Sql| Ok(pages::insert(sql, &paged)?);
        t.desk.write(insert).await.unwrap();
        let providers = Providers::default().by_browsers(world.push.clone());
        Arc::new(Pager::new(t.desk.clone(), providers)).round().await.unwrap();
        let said = browser.reads(&world.only().bytes);
        assert_eq!(said["about"], format!("{number} page"), "news are about {number}");
        let title = said["title"].as_str().unwrap();
        assert_eq!(title.contains("VPN drops"), says_words, "{title}");
        assert_eq!(title.contains(&number.to_string()), !says_words, "{title}");
        assert_eq!(said["body"] == "", !says_words, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_tried_out() {
    let world = World::new().await;
    let t = &world.t;
    let browser = world.allowed(&t.requester, "send/1", false).await;
    let device = world.device(&t.requester).await.unwrap().id;
    t.desk.try_device(t.requester.person, device).await.unwrap();
    world.rounds().await;
    let said = browser.reads(&world.only().bytes);
    assert_eq!((&said["title"], &said["path"]), (&"It works".into(), &"/me".into()));
}
