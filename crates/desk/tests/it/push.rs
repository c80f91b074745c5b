use desk::push::{AUTH_BYTES, Draft, PUBLIC_BYTES, Recipient, agree};
use desk::{Desk, Trouble};
use incident::reach::{PageChannel, Urgency};
use kernel::{Actor, ContactId, PersonId, limits};
use store::directory::contacts::{self, Contact};
use testkit::TestDesk;

/// The browser of the example in RFC 8291.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

fn draft(endpoint: &str) -> Draft {
    Draft {
        endpoint: endpoint.to_owned(),
        p256dh: P256DH.to_owned(),
        auth: AUTH.to_owned(),
        label: "Firefox on Linux".to_owned(),
    }
}

async fn refused(desk: &Desk, person: PersonId, draft: Draft) -> String {
    match desk.allow_device(person, draft).await {
        Err(Trouble::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_key_is_made_once_and_signs() {
    let t = TestDesk::idle().await;
    let key = t.desk.push_key().await.unwrap();
    let stored = t
        .desk
        .read(|sql| store::directory::settings::get::<String>(sql, "push_key"))
        .await
        .unwrap();
    assert!(stored.is_some(), "every node and a restored backup know it");
    assert_eq!(t.desk.push_key().await.unwrap().public(), key.public());
    assert_eq!(key.sign(b"words").unwrap().len(), 64);
}

#[tokio::test]
async fn a_browser_is_of_one_person_and_each_has_only_so_many() {
    let t = TestDesk::idle().await;
    t.desk.allow_push(vec!["127.0.0.0/8".parse().unwrap()]);
    let (gwen, ines) = (t.requester.person, t.agent.person);
    let at = |n: usize| format!("http://127.0.0.1:4000/send/{n}");
    t.desk.allow_device(gwen, draft(&at(0))).await.unwrap();
    let hers = t.desk.devices(gwen).await.unwrap();
    // Allowed again it is the same one.
    t.desk.allow_device(gwen, draft(&at(0))).await.unwrap();
    assert_eq!(t.desk.devices(gwen).await.unwrap(), hers);
    // Somebody else signs in there.
    t.desk.allow_device(ines, draft(&at(0))).await.unwrap();
    assert_eq!(t.desk.devices(gwen).await.unwrap(), []);
    let other = t.desk.devices(ines).await.unwrap()[0].id;
    assert!(t.desk.remove_device(gwen, other).await.is_err(), "it is not hers");
    assert!(t.desk.try_device(gwen, other).await.is_err(), "it is not hers");
    for n in 1..limits::PUSH_DEVICES {
        t.desk.allow_device(ines, draft(&at(n))).await.unwrap();
    }
    let words = refused(&t.desk, ines, draft(&at(99))).await;
    assert!(words.contains("remove one first"), "{words}");
    t.desk.renew_device(ines, at(3), draft(&at(99))).await.unwrap();
    let devices = t.desk.devices(ines).await.unwrap();
    assert_eq!(devices.len(), limits::PUSH_DEVICES);
    assert!(devices.iter().any(|device| device.endpoint == at(99)));
    assert!(devices.iter().all(|device| device.endpoint != at(3)));
    t.desk.remove_device(ines, other).await.unwrap();
    assert_eq!(t.desk.devices(ines).await.unwrap().len(), limits::PUSH_DEVICES - 1);
}

/// Somebody is paged by their first browser.
async fn paged_by_browser(t: &TestDesk, person: PersonId) -> Contact {
    let contact = Contact {
        id: ContactId(desk::fresh()),
        person,
        channel: PageChannel::WebPush,
        address: t.desk.devices(person).await.unwrap()[0].id.to_string(),
        label: String::new(),
        created_at: t.desk.now(),
        verified_at: None,
        sent_at: None,
        proved_at: None,
        failing_since: None,
        error: None,
    };
    let stored = contact.clone();
    let insert = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
        contacts::insert(sql, &stored)?;
        contacts::expect_code(sql, stored.id, b"code", audit.now())?;
        contacts::say_code(sql, stored.id, b"code", audit.now(), 1)?;
        Ok(())
    };
    t.desk.change(Actor::system(), insert).await.unwrap();
    contact
}

fn is_paged_by(t: &TestDesk, contact: &Contact) -> bool {
    let reach = t.desk.policy().paging.reach[&contact.person].clone();
    let ways = reach.ways(Urgency::High, t.desk.now());
    ways.iter().any(|way| way.channel == contact.channel && way.address == contact.address)
}

#[tokio::test]
async fn a_browser_whose_address_is_renewed_still_pages_and_one_that_is_gone_is_not_trusted() {
    let t = TestDesk::idle().await;
    t.desk.allow_push(vec!["127.0.0.0/8".parse().unwrap()]);
    let (ines, other) = (t.agent.person, t.other_agent.person);
    let at = |n: usize| format!("http://127.0.0.1:4000/send/{n}");
    t.desk.allow_device(ines, draft(&at(1))).await.unwrap();
    let contact = paged_by_browser(&t, ines).await;
    assert!(is_paged_by(&t, &contact));
    assert!(t.desk.renew_device(other, at(1), draft(&at(2))).await.is_err(), "it is not theirs");
    t.desk.renew_device(ines, at(1), draft(&at(2))).await.unwrap();
    let devices = t.desk.devices(ines).await.unwrap();
    assert_eq!((devices.len(), devices[0].endpoint.as_str()), (1, at(2).as_str()));
    assert_eq!(devices[0].id.to_string(), contact.address, "the same browser");
    assert!(is_paged_by(&t, &contact));
    assert!(t.desk.remove_device(other, devices[0].id).await.is_err());
    assert!(is_paged_by(&t, &contact), "nothing happened");
    t.desk.forget_device(devices[0].id).await.unwrap();
    assert!(!is_paged_by(&t, &contact));
    let id = contact.id;
    let stored = t.desk.read(move |sql| contacts::get(sql, id)).await.unwrap().unwrap();
    assert!(stored.verified_at.is_none() && stored.error.is_some(), "its person is told why");

    t.desk.allow_device(ines, draft(&at(3))).await.unwrap();
    let contact = paged_by_browser(&t, ines).await;
    t.desk.allow_device(other, draft(&at(3))).await.unwrap();
    assert!(!is_paged_by(&t, &contact), "somebody else uses it now");
}

#[tokio::test]
async fn what_is_no_browser_in_the_internet_is_refused() {
    let t = TestDesk::idle().await;
    // What webhooks may reach is nothing that everybody may.
    t.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let person = t.requester.person;
    for (endpoint, said) in [
        ("https://127.0.0.1/send/1", "push_allow"),
        ("https://169.254.169.254/latest", "push_allow"),
        ("http://127.0.0.1/send/1", "push_allow"),
        ("ftp://push.example/1", "https://"),
        ("https://name:password@push.example/", "password"),
        ("", "address"),
    ] {
        let words = refused(&t.desk, person, draft(endpoint)).await;
        assert!(words.contains(said), "{endpoint}: {words}");
    }
    t.desk.allow_push(vec!["127.0.0.0/8".parse().unwrap()]);
    let usual = draft("http://127.0.0.1:4000/send/1");
    let mut no_point = P256DH.to_owned();
    no_point.replace_range(20..21, "A");
    for wrong in [
        Draft { p256dh: no_point, ..usual.clone() },
        Draft { p256dh: AUTH.to_owned(), ..usual.clone() },
        Draft { p256dh: String::new(), ..usual.clone() },
        Draft { auth: "x".to_owned(), ..usual.clone() },
        Draft { auth: P256DH.to_owned(), ..usual.clone() },
    ] {
        refused(&t.desk, person, wrong).await;
    }
    assert_eq!(t.desk.devices(person).await.unwrap(), []);
    // Some browsers pad.
    t.desk.allow_device(person, Draft { auth: format!("{AUTH}=="), ..usual }).await.unwrap();
    assert_eq!(t.desk.devices(person).await.unwrap()[0].auth, AUTH);
}

#[test]
fn keys_are_bytes_of_the_right_number() {
    let keys = Recipient::of(P256DH, AUTH).ok().unwrap();
    assert_eq!((keys.public.len(), keys.auth.len()), (PUBLIC_BYTES, AUTH_BYTES));
    assert!(agree(&keys.public).is_some());
}
