//! Answers to pages by mail.

use crate::world::{EVE, World, each, mail};
use incident::reach::{PageChannel, Urgency};
use kernel::{IncidentNumber, PageId};
use store::messages::MessageState;
use store::pages::send::{self, Page, PageState};

/// Where the agent is paged.
const TELEPHONE: &str = "oncall@telephone.example";

impl World {
    /// The agent was paged by mail; the id of that letter.
    async fn paged_by_mail(&self) -> (IncidentNumber, PageId, String) {
        let number = self.t.report("VPN drops").await;
        let (id, now) = (PageId(desk::fresh()), self.t.desk.now());
        let page = Page {
            id,
            number,
            n: 1,
            person: self.t.agent.person,
            contact: None,
            channel: PageChannel::Email,
            address: TELEPHONE.to_owned(),
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
        self.write(move |sql| {
            send::insert(sql, &page)?;
            Ok(send::sent(sql, &page, None, now)?)
        })
        .await;
        let local = self.t.desk.seals().await.unwrap().page_message(id);
        (number, id, format!("<{local}@desk.example>"))
    }

    async fn is_acknowledged(&self, number: IncidentNumber) -> bool {
        self.state(number).await.moments.acknowledged.is_some()
    }

    async fn is_answered(&self, id: PageId) -> bool {
        let page = self.t.desk.read(move |sql| send::get(sql, id)).await.unwrap().unwrap();
        page.answered_at.is_some()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_word_of_an_answer_acknowledges() {
    each("pages_ack", async |world| {
        let (number, id, letter) = world.paged_by_mail().await;
        let reply =
            mail(TELEPHONE, "Re: paged", "Ack, restarting it\r\n").with("In-Reply-To", &letter);
        let message = world.gets(&reply).await;
        assert_eq!(message.state, MessageState::Done, "{:?}", message.reason);
        assert!(world.is_acknowledged(number).await && world.is_answered(id).await);
        let said = world.said(number).await;
        assert_eq!(said.len(), 1);
        assert_eq!(
            (said[0].0.trim(), said[0].1),
            ("Ack, restarting it", false),
            "a note of theirs"
        );
        assert_eq!(said[0].2, world.t.agent.name);
        // Again changes nothing.
        let again = mail(TELEPHONE, "Re: paged", "ack\r\n").with("In-Reply-To", &letter);
        assert_eq!(world.gets(&again).await.state, MessageState::Done);
        assert_eq!((world.incidents().await, world.said(number).await.len()), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_words_are_a_note_of_whoever_was_paged() {
    let world = World::sqlite().await;
    let (number, id, letter) = world.paged_by_mail().await;
    let reply = mail(TELEPHONE, "Re: paged", "Who has the keys?\r\n").with("In-Reply-To", &letter);
    assert_eq!(world.gets(&reply).await.number, Some(number));
    let said = world.said(number).await;
    assert_eq!((said[0].0.trim(), said[0].1), ("Who has the keys?", false));
    assert_eq!(said[0].2, world.t.agent.name);
    assert!(!world.is_acknowledged(number).await && !world.is_answered(id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_answers_a_page_and_no_other_letter_does() {
    let world = World::sqlite().await;
    let (number, id, letter) = world.paged_by_mail().await;
    let forged = letter.replacen("page.", "page.0", 1);
    for reply in [
        mail(EVE, "Re: paged", "ack\r\n").with("In-Reply-To", &letter),
        mail(TELEPHONE, "Re: paged", "ack\r\n").with("In-Reply-To", &forged),
        mail(TELEPHONE, "Re: paged", "ack\r\n"),
        mail(TELEPHONE, "Re: paged", "ack\r\n").with("In-Reply-To", &letter).with("X-Away", "1"),
        mail(TELEPHONE, "Re: paged", "ack\r\n")
            .with("In-Reply-To", &letter)
            .with("X-Dmarc", "fail"),
    ] {
        world.gets(&reply).await;
        assert!(!world.is_acknowledged(number).await && !world.is_answered(id).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_too_late_is_a_note() {
    let world = World::sqlite().await;
    let (number, _, letter) = world.paged_by_mail().await;
    world.t.clock.advance(desk::paging::ANSWERABLE_SECONDS + 1);
    let reply = mail(TELEPHONE, "Re: paged", "ack\r\n").with("In-Reply-To", &letter);
    let message = world.gets(&reply).await;
    assert!(message.reason.unwrap().contains("too late"));
    assert!(!world.is_acknowledged(number).await);
    assert_eq!(world.said(number).await.len(), 1);
}
