//! What a provider of telephones says.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use incident::reach::{PageChannel, Urgency};
use intake::{Telephone, telephone};
use kernel::{IncidentNumber, PageId};
use ring::hmac;
use store::pages::send::{self, Page, PageState};
use testkit::TestDesk;
use tower::ServiceExt;

const TOKEN: &str = "secret of the account";
const URL: &str = "https://desk.company.example";
const NUMBER: &str = "+49301234567";

struct World {
    t: TestDesk,
    router: Router,
}

impl World {
    async fn new() -> World {
        let t = TestDesk::idle().await;
        let account = Telephone { token: TOKEN.to_owned(), public_url: URL.to_owned() };
        let router = telephone(t.desk.clone(), account);
        World { t, router }
    }

    /// The agent was paged by this channel.
    async fn paged(&self, channel: PageChannel) -> (IncidentNumber, PageId, String) {
        let number = self.t.report("VPN drops").await;
        let (id, now) = (PageId(desk::fresh()), self.t.desk.now());
        let page = Page {
            id,
            number,
            n: 1,
            person: self.t.agent.person,
            contact: None,
            channel,
            address: NUMBER.to_owned(),
            urgency: Urgency::High,
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
        let insert = move |sql: &mut dyn store::Sql| {
            send::insert(sql, &page)?;
            Ok(send::sent(sql, &page, Some("SM1"), now)?)
        };
        self.t.desk.write(insert).await.unwrap();
        (number, id, self.t.desk.seals().await.unwrap().page(id))
    }

    async fn says(&self, path: &str, fields: &[(&str, &str)], token: &str) -> (StatusCode, String) {
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let mut said = format!("{URL}{path}");
        sorted.iter().for_each(|(name, value)| said.push_str(&format!("{name}{value}")));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, said.as_bytes()));
        let pairs =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")));
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = Request::post(path).header("x-twilio-signature", signature);
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 65_536).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn page(&self, id: PageId) -> Page {
        self.t.desk.read(move |sql| send::get(sql, id)).await.unwrap().unwrap()
    }

    async fn acknowledged(&self, number: IncidentNumber) -> bool {
        let stored = self.t.desk.read(move |sql| store::incidents::load(sql, number)).await;
        stored.unwrap().unwrap().state.moments.acknowledged.is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_reads_the_page_and_a_key_acknowledges_it() {
    let world = World::new().await;
    let (number, id, token) = world.paged(PageChannel::Voice).await;
    let path = format!("/paging/voice/{token}");
    let (status, script) = world.says(&path, &[("CallSid", "CA1")], TOKEN).await;
    assert_eq!(status, StatusCode::OK);
    assert!(script.contains("<Gather") && script.contains("VPN drops"), "{script}");
    assert!(script.contains(&format!("action=\"{URL}{path}\"")), "{script}");
    assert!(!world.acknowledged(number).await);
    let over = format!("/paging/status/{token}");
    world.says(&over, &[("CallStatus", "completed")], TOKEN).await;
    assert!(world.page(id).await.received_at.is_none(), "a mailbox may have taken the call");
    let (status, _) = world.says(&path, &[("Digits", "1")], "another account").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(!world.acknowledged(number).await);
    let (_, script) = world.says(&path, &[("Digits", "7")], TOKEN).await;
    assert!(script.contains("<Gather"), "asked again: {script}");
    assert!(world.page(id).await.received_at.is_some(), "whoever presses a key heard it");
    let (_, script) = world.says(&path, &[("Digits", "1")], TOKEN).await;
    assert!(script.contains("Acknowledged"), "{script}");
    assert!(world.acknowledged(number).await && world.page(id).await.answered_at.is_some());
    let (_, script) = world.says(&path, &[("Digits", "1")], TOKEN).await;
    assert!(script.contains("somebody has it"), "{script}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_from_their_number_acknowledges_and_from_another_does_not() {
    let world = World::new().await;
    let (number, id, _) = world.paged(PageChannel::Sms).await;
    let code = world.t.desk.seals().await.unwrap().page_code(id);
    let said = format!("ack {code}");
    let foreign = [("From", "+49309999999"), ("Body", said.as_str())];
    let (status, script) = world.says("/paging/sms", &foreign, TOKEN).await;
    assert_eq!(status, StatusCode::OK);
    assert!(script.contains("No page to this number"), "{script}");
    let own = [("From", NUMBER), ("Body", said.as_str())];
    let (status, _) = world.says("/paging/sms", &own, "another account").await;
    assert_eq!((status, world.acknowledged(number).await), (StatusCode::FORBIDDEN, false));
    let (_, script) =
        world.says("/paging/sms", &[("From", NUMBER), ("Body", "hello")], TOKEN).await;
    assert!(script.contains("Answer 1 to acknowledge"), "{script}");
    let (_, script) = world.says("/paging/sms", &own, TOKEN).await;
    assert!(script.contains(&format!("{number}: Acknowledged")), "{script}");
    assert!(world.acknowledged(number).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_sender_acknowledges_nothing_without_the_code_and_is_not_heard_for_long() {
    let world = World::new().await;
    let (number, id, _) = world.paged(PageChannel::Sms).await;
    let code = world.t.desk.seals().await.unwrap().page_code(id);
    let says = async |words: String| {
        world.says("/paging/sms", &[("From", NUMBER), ("Body", words.as_str())], TOKEN).await.1
    };
    let script = says("1".to_owned()).await;
    assert!(script.contains("Say the code"), "{script}");
    let wrong = if code == "0000" { "0001" } else { "0000" };
    for _ in 0..5 {
        says(format!("1 {wrong}")).await;
    }
    let script = says(format!("1 {code}")).await;
    assert!(script.contains("No page to this number"), "{script}");
    assert!(!world.acknowledged(number).await);
    world.t.clock.advance(3_600);
    let (number, id, _) = world.paged(PageChannel::Sms).await;
    let code = world.t.desk.seals().await.unwrap().page_code(id);
    says(format!("1 {code}")).await;
    assert!(world.acknowledged(number).await, "an hour later it is heard");
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_kept_and_what_was_lost_counts_as_failed() {
    let world = World::new().await;
    let (_, id, token) = world.paged(PageChannel::Sms).await;
    let path = format!("/paging/status/{token}");
    let status = |said: &'static str| [("MessageStatus", said)];
    assert_eq!(world.says(&path, &status("sent"), TOKEN).await.0, StatusCode::NO_CONTENT);
    assert!(world.page(id).await.received_at.is_none());
    assert_eq!(world.says(&path, &status("delivered"), TOKEN).await.0, StatusCode::NO_CONTENT);
    assert!(world.page(id).await.received_at.is_some());
    let (_, lost, token) = world.paged(PageChannel::Voice).await;
    let path = format!("/paging/status/{token}");
    let forged = world.says(&path, &[("CallStatus", "busy")], "another account").await;
    assert_eq!(forged.0, StatusCode::FORBIDDEN);
    let metrics = world.t.desk.metrics();
    assert_eq!((metrics.pages_failed.get(), metrics.pages_reached_nobody.get()), (0, 0));
    world.says(&path, &[("CallStatus", "busy")], TOKEN).await;
    assert_eq!((metrics.pages_failed.get(), metrics.pages_reached_nobody.get()), (1, 1));
    let page = world.page(lost).await;
    assert_eq!(page.state, PageState::Failed);
    assert!(page.error.unwrap().contains("busy"));
}
