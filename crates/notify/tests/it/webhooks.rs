//! From what happens to programs elsewhere and chat rooms.

use crate::endpoint::{AUTHORITY, Endpoint, Says, status};
use crate::world::PUBLIC_URL;
use desk::command_line;
use desk::webhooks::{self as hooks, Draft, Replay, key_of};
use hmac::{Hmac, KeyInit, Mac};
use incident::state::LinkKind;
use incident::{Change, Command, Visibility};
use kernel::{Channel, WebhookId};
use notify::webhooks::{Postman, Trust};
use sha2::Sha256;
use std::sync::Arc;
use store::directory::webhooks::{Wanted, Webhook, WebhookKind};
use store::webhooks::{Message, MessageState, list};
use testkit::TestDesk;
use tokio::sync::watch;

struct World {
    t: TestDesk,
    endpoint: Endpoint,
    postman: Arc<Postman>,
    _stop: watch::Sender<bool>,
}

impl World {
    async fn new() -> World {
        let (t, endpoint) = (TestDesk::idle().await, Endpoint::start().await);
        t.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
        let (postman, stop) = postman(&t);
        World { t, endpoint, postman, _stop: stop }
    }

    /// A webhook that is told everything at this endpoint.
    async fn webhook(&self) -> (WebhookId, String) {
        let (id, secret) = self.make(draft(&self.endpoint.url())).await;
        (id, secret.unwrap())
    }

    async fn make(&self, draft: Draft) -> (WebhookId, Option<String>) {
        let token = draft.token.clone();
        let row = self.t.desk.webhook(WebhookId(desk::fresh()), draft).await.unwrap();
        let id = row.id;
        let made = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
            hooks::make(sql, audit, &row, token)
        };
        (id, self.t.desk.change(command_line(), made).await.unwrap())
    }

    async fn round(&self) {
        self.postman.round().await.unwrap();
    }

    async fn later(&self, seconds: i64) {
        self.t.clock.advance(seconds);
        self.round().await;
    }

    /// Messages, the oldest first.
    async fn messages(&self, id: WebhookId) -> Vec<Message> {
        let mut all = self.t.desk.read(move |sql| list(sql, id, None, None, 1_000)).await.unwrap();
        all.reverse();
        all
    }

    async fn stored(&self, id: WebhookId) -> Webhook {
        self.t.desk.stored_webhook(id).await.unwrap()
    }
}

fn postman(t: &TestDesk) -> (Arc<Postman>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    (Arc::new(Postman::new(t.desk.clone(), Some(PUBLIC_URL.to_owned()), stopped)), stop)
}

fn draft(url: &str) -> Draft {
    Draft {
        name: None,
        kind: WebhookKind::Standard,
        url: url.to_owned(),
        active: true,
        told: Wanted::default(),
        token: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_arrives_signed_and_in_order_and_nothing_of_the_past() {
    let world = World::new().await;
    world.t.report("Before").await;
    let (id, secret) = world.webhook().await;
    world.round().await;
    assert!(world.endpoint.got().is_empty());
    let number = world.t.report("VPN drops").await;
    world.t.say(&world.t.agent, number, "Which cable?", Visibility::Public).await;
    world.round().await;
    let types = world.endpoint.types();
    let first = types.iter().position(|kind| kind == "incident.reported");
    let said = types.iter().position(|kind| kind == "incident.commented");
    assert!(first == Some(0) && said > first, "{types:?}");
    let got = &world.endpoint.got()[0];
    assert_eq!(got.line, "POST /in?key=1 HTTP/1.1");
    let signed =
        format!("{}.{}.{}", got.headers["webhook-id"], got.headers["webhook-timestamp"], got.body);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key_of(&secret).unwrap()).unwrap();
    mac.update(signed.as_bytes());
    use base64::Engine as _;
    let mac = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(got.headers["webhook-signature"], format!("v1,{mac}"));
    let body = got.json();
    assert_eq!(body["data"]["kind"], "reported");
    assert_eq!(body["data"]["data"]["title"], "VPN drops");
    assert_eq!(body["data"]["incident"]["number"], number.to_string());
    assert_eq!(body["data"]["incident"]["url"], format!("{PUBLIC_URL}/incidents/{number}"));
    let messages = world.messages(id).await;
    assert!(messages.iter().all(|message| message.state == MessageState::Sent));
    assert_eq!(messages[0].status, Some(204));
    world.later(100_000).await;
    assert_eq!(world.endpoint.got().len(), messages.len(), "everything once");
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_words_and_restricted_incidents_stay_here_unless_they_may_leave() {
    let world = World::new().await;
    let (_, open) = (world.webhook().await, Endpoint::start().await);
    let told = Wanted { internal: true, restricted: true, ..Wanted::default() };
    world.make(Draft { told, ..draft(&open.url()) }).await;
    let t = &world.t;
    let number = t.report("VPN drops").await;
    t.say(&t.agent, number, "zebra", Visibility::Internal).await;
    let secret = t.report("Somebody reads my mail").await;
    // Before anything leaves it is restricted.
    t.issue(&t.manager, secret, Command::Restrict { team: Some(t.network) }).await.unwrap();
    world.round().await;
    let bodies: Vec<String> = world.endpoint.got().iter().map(|got| got.body.clone()).collect();
    assert!(bodies.iter().any(|body| body.contains("\"incident.commented\"")));
    for never in ["zebra", "reads my mail", &format!("\"{secret}\"")] {
        assert!(bodies.iter().all(|body| !body.contains(never)), "{never}");
    }
    let all: String = open.got().iter().map(|got| got.body.clone()).collect();
    assert!(all.contains("zebra") && all.contains("reads my mail"));
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_and_conditions_choose_what_is_told() {
    let world = World::new().await;
    let told = Wanted {
        events: Some(["resolved".to_owned()].into()),
        condition: "team:Network".to_owned(),
        ..Wanted::default()
    };
    world.make(Draft { told, ..draft(&world.endpoint.url()) }).await;
    let t = &world.t;
    let (first, other) = (t.report("VPN drops").await, t.report("Screen flickers").await);
    let elsewhere = Command::Assign { team: Change::Set(t.workplace), assignee: Change::Keep };
    t.issue(&t.agent, other, elsewhere).await.unwrap();
    t.resolve(&t.agent, first, "New cable.").await;
    t.resolve(&t.other_agent, other, "New screen.").await;
    world.round().await;
    assert_eq!(world.endpoint.types(), ["incident.resolved"]);
    assert_eq!(world.endpoint.got()[0].json()["data"]["number"], first.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_comes_again_under_its_id_and_nothing_of_its_incident_overtakes_it() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    let failures = [
        status("500 Oops"),
        status("302 Found\r\nlocation: http://127.0.0.1:1/"),
        Says::HangUp,
        Says::Bytes("HTTP/1.1 garbage".to_owned()),
    ];
    let number = world.t.report("VPN drops").await;
    for failure in failures {
        world.endpoint.says([failure]);
        world.later(8_000).await;
    }
    world.t.say(&world.t.agent, number, "Which cable?", Visibility::Public).await;
    world.later(100_000).await;
    let ids: Vec<String> =
        world.endpoint.got().iter().map(|got| got.headers["webhook-id"].clone()).collect();
    assert!(ids[..5].iter().all(|one| *one == ids[0]), "{ids:?}");
    let types = world.endpoint.types();
    assert!(types[..5].iter().all(|kind| kind == "incident.reported"), "{types:?}");
    let messages = world.messages(id).await;
    assert!(messages.iter().all(|message| message.state == MessageState::Sent), "{messages:#?}");
    assert_eq!(messages[0].attempts, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_is_read_to_its_beginning_alone() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    world.endpoint.says([Says::Endless]);
    world.t.desk.try_webhook(id).await.unwrap();
    world.round().await;
    let message = world.messages(id).await.pop().unwrap();
    assert_eq!((message.state, message.status), (MessageState::Sent, Some(200)));
    assert!(message.answer.unwrap().len() <= 1_000);
    assert_eq!(world.endpoint.types(), ["webhook.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_silent_keeps_no_other_and_what_was_on_its_way_comes_again() {
    let world = World::new().await;
    let (silent, _) = world.webhook().await;
    let quick = Endpoint::start().await;
    world.make(draft(&quick.url())).await;
    world.endpoint.always(Some(Says::Nothing));
    world.t.report("VPN drops").await;
    let dying = world.postman.clone();
    let dies = tokio::spawn(async move { dying.round().await });
    tokio::join!(world.endpoint.arrived.notified(), quick.arrived.notified());
    // Killed between sending and recording.
    dies.abort();
    assert!(dies.await.unwrap_err().is_cancelled());
    assert_eq!(world.messages(silent).await[0].state, MessageState::Waiting);
    world.endpoint.always(None);
    let (other, _stop) = postman(&world.t);
    other.round().await.unwrap();
    assert_eq!(world.endpoint.got().len(), 1, "it is still taken");
    world.t.clock.advance(61);
    other.round().await.unwrap();
    let got = world.endpoint.got();
    assert_eq!(got[0].headers["webhook-id"], got[1].headers["webhook-id"]);
    assert_eq!(got[0].body, got[1].body);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_to_be_left_alone_is() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    world.endpoint.says([status("429 Slow down\r\nretry-after: 900")]);
    world.t.report("VPN drops").await;
    world.round().await;
    let so_far = world.endpoint.got().len();
    world.t.report("Screen flickers").await;
    world.later(890).await;
    assert_eq!(world.endpoint.got().len(), so_far);
    world.later(11).await;
    assert!(world.messages(id).await.iter().all(|m| m.state == MessageState::Sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_gone_is_switched_off_and_told_again_when_an_administrator_wants_it() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    world.endpoint.says([status("410 Gone")]);
    world.t.report("VPN drops").await;
    world.round().await;
    let webhook = world.stored(id).await;
    assert!(!webhook.active);
    let messages = world.messages(id).await;
    assert!(messages.iter().all(|m| m.state == MessageState::Dead), "{messages:#?}");
    world.t.report("While it was off").await;
    world.round().await;
    let on = Webhook { active: true, ..webhook };
    let change =
        move |sql: &mut dyn store::Sql, audit: &desk::Audit| hooks::change(sql, audit, on, None);
    world.t.desk.change(command_line(), change).await.unwrap();
    world.round().await;
    assert_eq!(world.messages(id).await.len(), messages.len(), "it begins where it is");
    let replay = Replay { since: testkit::START, until: None, all: false };
    let asked = world.t.desk.replay(command_line(), id, replay).await.unwrap();
    assert!(asked > messages.len() as u64);
    world.round().await;
    assert!(world.messages(id).await.iter().all(|m| m.state == MessageState::Sent));
    assert_eq!(world.t.desk.replay(command_line(), id, replay).await.unwrap(), 0);
    let everything = Replay { all: true, ..replay };
    assert_eq!(world.t.desk.replay(command_line(), id, everything).await.unwrap(), asked);
    let too_long_ago = Replay { since: testkit::START.plus_seconds(-20 * 86_400), ..replay };
    assert!(world.t.desk.replay(command_line(), id, too_long_ago).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_for_days_is_switched_off_and_what_it_missed_can_be_sent() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    world.endpoint.always(Some(status("500 Oops")));
    for _ in 0..16 {
        if !world.stored(id).await.active {
            break;
        }
        world.t.report("VPN drops").await;
        world.later(43_200).await;
    }
    assert!(!world.stored(id).await.active);
    let health = world.t.desk.read(move |sql| store::directory::webhooks::health(sql, id));
    let health = health.await.unwrap().unwrap();
    assert!(health.off_because.unwrap().contains("since"), "it says why");
    let message = world.messages(id).await[0].clone();
    assert_eq!(message.state, MessageState::Dead);
    assert!(world.t.desk.send_to_webhook_again(id, message.id).await.is_err(), "it is off");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_are_told_by_mail_that_one_was_switched_off() {
    const ADA: &str = "ada.lindholm@northwind.example";
    let mail = crate::world::World::new().await;
    let endpoint = Endpoint::start().await;
    mail.t.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let (postman, _stop) = postman(&mail.t);
    let world = World { t: mail.t, endpoint, postman, _stop };
    let (id, _) = world.webhook().await;
    world.endpoint.says([status("410 Gone")]);
    world.t.desk.try_webhook(id).await.unwrap();
    world.round().await;
    while mail.courier.round().await == notify::Next::More {}
    let letter = mail.sink.to(ADA);
    assert_eq!(letter.len(), 1, "{letter:#?}");
    let words = letter[0].words();
    assert!(words.contains("127.0.0.1: the other end says that it is gone"), "{words}");
    assert!(words.contains(&format!("{PUBLIC_URL}/settings/webhooks")), "{words}");
    assert_eq!(mail.sink.mails().len(), 1, "nobody else is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_what_waits_arrives_at_once_and_in_order() {
    let world = World::new().await;
    let (id, _) = world.webhook().await;
    world.endpoint.always(Some(status("503 Down")));
    let numbers = [world.t.report("One").await, world.t.report("Two").await];
    for _ in 0..6 {
        world.later(3_600).await;
    }
    world.endpoint.always(None);
    let before = world.endpoint.got().len();
    world.t.desk.try_webhook(id).await.unwrap();
    world.round().await;
    assert!(world.messages(id).await.iter().all(|m| m.state == MessageState::Sent));
    let after = &world.endpoint.got()[before..];
    for number in numbers {
        let ns: Vec<i64> = after
            .iter()
            .map(|got| got.json())
            .filter(|body| body["data"]["number"] == number.to_string())
            .map(|body| body["data"]["n"].as_i64().unwrap())
            .collect();
        assert!(!ns.is_empty() && ns.is_sorted(), "{ns:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_are_refused_when_saved_and_when_sent() {
    let t = TestDesk::idle().await;
    let endpoint = Endpoint::start().await;
    let id = WebhookId(desk::fresh());
    for inside in [
        endpoint.url(),
        format!("https://127.0.0.1:{}/", endpoint.port),
        format!("https://localhost:{}/", endpoint.port),
        "https://[::ffff:127.0.0.1]:8443/".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
        "https://10.0.0.1/".to_owned(),
        format!("http://2130706433:{}/", endpoint.port),
        "https://user:pw@hooks.example/".to_owned(),
        "https://hooks.example:25/".to_owned(),
    ] {
        assert!(t.desk.webhook(id, draft(&inside)).await.is_err(), "{inside}");
    }
    // One that was saved when it was allowed.
    let row = Webhook {
        id,
        name: "Inside".to_owned(),
        kind: WebhookKind::Standard,
        url: endpoint.url(),
        active: true,
        told: Wanted::default(),
        created_at: t.desk.now(),
        version: 1,
    };
    let make =
        move |sql: &mut dyn store::Sql, audit: &desk::Audit| hooks::make(sql, audit, &row, None);
    t.desk.change(command_line(), make).await.unwrap();
    t.desk.try_webhook(id).await.unwrap();
    let (postman, _stop) = postman(&t);
    postman.round().await.unwrap();
    assert!(endpoint.got().is_empty());
    let message = t.desk.read(move |sql| list(sql, id, None, None, 1)).await.unwrap().remove(0);
    assert!(message.error.unwrap().contains("webhook_allow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_hear_once_that_a_parent_and_its_children_are_over() {
    let world = World::new().await;
    let room = Endpoint::start().await;
    let events = Some(["resolved".to_owned()].into());
    let told = Wanted { events, ..Wanted::default() };
    world.make(Draft { told: told.clone(), ..draft(&world.endpoint.url()) }).await;
    let chat = Draft { kind: WebhookKind::Slack, told: told.clone(), ..draft(&room.url()) };
    world.make(chat).await;
    let elsewhere = Endpoint::start().await;
    let workplace = Wanted { condition: "team:Workplace".to_owned(), ..told };
    let chat = Draft { kind: WebhookKind::Slack, told: workplace, ..draft(&elsewhere.url()) };
    world.make(chat).await;
    let t = &world.t;
    let mut family = vec![t.report("VPN down").await];
    for _ in 0..3 {
        let child = t.report("No VPN").await;
        let target = family[family.len() / 2].to_string();
        let link = Command::Link { kind: LinkKind::Parent, target, cascade: None };
        t.issue(&t.agent, child, link).await.unwrap();
        family.push(child);
    }
    let away = Command::Assign { team: Change::Set(t.workplace), assignee: Change::Keep };
    t.issue(&t.agent, family[1], away).await.unwrap();
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(family[0]);
    let note = ask.words("note", "The provider mended the line.", 1_000).unwrap();
    let (code, cause, known_error) = ("fixed".into(), None, None);
    ask.issue(Command::Resolve { code, note, cause, known_error, children: true }).await.unwrap();
    world.round().await;
    assert_eq!(world.endpoint.types(), ["incident.resolved"; 4], "programs hear of each");
    let heard = room.got();
    assert_eq!(heard.len(), 1, "{heard:#?}");
    assert!(heard[0].body.contains(&family[0].to_string()));
    let heard = elsewhere.got();
    assert_eq!(heard.len(), 1, "who hears nothing of the parent hears of the child: {heard:#?}");
    assert!(heard[0].body.contains(&family[1].to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_rooms_are_told_in_their_form() {
    let world = World::new().await;
    for kind in [WebhookKind::Slack, WebhookKind::Mattermost, WebhookKind::Teams] {
        let told = Wanted { events: hooks::usual_events(kind), ..Wanted::default() };
        world.make(Draft { kind, told, ..draft(&world.endpoint.url()) }).await;
    }
    let told = Wanted { room: Some("!abc:matrix.example".to_owned()), ..Wanted::default() };
    let matrix = Draft {
        kind: WebhookKind::Matrix,
        told: Wanted { events: hooks::usual_events(WebhookKind::Matrix), ..told },
        token: Some("syt_secret".to_owned()),
        ..draft(&format!("http://127.0.0.1:{}", world.endpoint.port))
    };
    assert!(
        world
            .t
            .desk
            .webhook(WebhookId(desk::fresh()), Draft { told: Wanted::default(), ..matrix.clone() })
            .await
            .is_err()
    );
    let (id, secret) = world.make(matrix).await;
    assert_eq!(secret, None, "the token is never shown");
    let number = world.t.report("VPN <drops> @all").await;
    world.round().await;
    let got = world.endpoint.got();
    assert_eq!(got.len(), 4, "{got:#?}");
    let put = got.iter().find(|got| got.line.starts_with("PUT")).unwrap();
    let message = &world.messages(id).await[0];
    let path = format!(
        "PUT /_matrix/client/v3/rooms/%21abc%3Amatrix.example/send/m.room.message/{} HTTP/1.1",
        message.message_id
    );
    assert_eq!(put.line, path);
    assert_eq!(put.headers["authorization"], "Bearer syt_secret");
    assert!(put.json()["formatted_body"].as_str().unwrap().contains("VPN &lt;drops&gt;"));
    for one in &got {
        assert!(one.body.contains(&number.to_string()) && one.body.contains("P"), "{}", one.body);
        assert!(!one.headers.contains_key("webhook-signature"));
    }
    let audit = world
        .t
        .desk
        .read(|sql| store::directory::audit::list(sql, Some("webhook"), 100, None))
        .await
        .unwrap();
    let audit = format!("{audit:?}");
    assert!(!audit.contains("syt_secret") && !audit.contains("key=1"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_were_erased_before_they_left_do_not_leave() {
    let world = World::new().await;
    world.webhook().await;
    world.endpoint.says([status("500 Oops")]);
    let t = &world.t;
    let number = t.report("Password is hunter2").await;
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let title = stored.unwrap().state.title;
    t.issue(&t.manager, number, Command::Redact { content: title }).await.unwrap();
    world.later(10).await;
    world.later(400).await;
    let got = world.endpoint.got();
    assert!(got.len() > 2 && got.iter().all(|got| !got.body.contains("hunter2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_signs_beside_the_old_one_for_a_day() {
    let world = World::new().await;
    let (id, old) = world.webhook().await;
    let rotate = move |sql: &mut dyn store::Sql, audit: &desk::Audit| hooks::rotate(sql, audit, id);
    let new = world.t.desk.change(command_line(), rotate).await.unwrap();
    assert_ne!(old, new);
    world.t.desk.try_webhook(id).await.unwrap();
    world.round().await;
    let signatures =
        |at: usize| world.endpoint.got()[at].headers["webhook-signature"].split(' ').count();
    assert_eq!(signatures(0), 2);
    world.t.clock.advance(86_400);
    world.t.desk.try_webhook(id).await.unwrap();
    world.round().await;
    assert_eq!(signatures(1), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_endpoint_must_be_signed_by_somebody_whom_we_trust() {
    let world = World::new().await;
    let endpoint = Endpoint::encrypted().await;
    let url = format!("https://127.0.0.1:{}/in", endpoint.port);
    let (id, _) = world.make(draft(&url)).await;
    world.t.report("VPN drops").await;
    world.round().await;
    assert_eq!(endpoint.got().len(), 0);
    let error = world.messages(id).await[0].error.clone().unwrap();
    assert!(error.starts_with("no encrypted connection"), "{error}");

    let (_stop, stopped) = watch::channel(false);
    let postman = Postman::new(world.t.desk.clone(), None, stopped);
    let postman = Arc::new(postman.trusting(Trust::of(AUTHORITY).unwrap()));
    world.t.clock.advance(10);
    postman.round().await.unwrap();
    assert_eq!(world.messages(id).await[0].state, MessageState::Sent);
    assert_eq!(endpoint.types()[0], "incident.reported");
}

#[test]
fn what_is_no_certificate_is_not_trusted() {
    for pem in
        [&b""[..], b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        assert!(Trust::of(pem).is_err());
    }
}
