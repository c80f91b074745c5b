//! A small company, a mail server, and whoever sends for it.

use crate::sink::{Mail, Sink};
use incident::{Command, Viewer};
use kernel::{Channel, ContentId, IncidentNumber, limits};
use notify::{Courier, Next, Options, Smtp};
use std::sync::Arc;
use store::deliveries::{self, Delivery};
use testkit::TestDesk;
use tokio::sync::watch;

pub const GWEN: &str = "gwen.tarrant@northwind.example";
pub const PETER: &str = "peter.nowicki@northwind.example";
pub const INES: &str = "ines.carvalhal@northwind.example";
pub const BRAM: &str = "bram.visser@northwind.example";
pub const PUBLIC_URL: &str = "https://desk.northwind.example";

pub struct World {
    pub t: TestDesk,
    pub sink: Sink,
    pub courier: Arc<Courier>,
    pub stop: watch::Sender<bool>,
}

impl World {
    /// Mail is configured, and nothing has happened since.
    pub async fn new() -> World {
        let (t, sink) = (TestDesk::idle().await, Sink::start().await);
        let (courier, stop) = courier(&t, &sink.url());
        let world = World { t, sink, courier, stop };
        world.rounds().await;
        world
    }

    /// Everything that is due leaves.
    pub async fn rounds(&self) -> Next {
        loop {
            match self.courier.round().await {
                Next::More => {}
                next => return next,
            }
        }
    }

    /// After so many seconds everything that is due leaves.
    pub async fn later(&self, seconds: i64) -> Next {
        self.t.clock.advance(seconds);
        self.rounds().await
    }

    /// Somebody does something that takes words along.
    pub async fn does(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        words: &str,
        command: impl FnOnce(ContentId) -> Command,
    ) {
        let mut ask = self.t.desk.ask(viewer, Channel::Web).on(number);
        let words = ask.words("note", words, limits::BODY_CHARS).unwrap();
        ask.issue(command(words)).await.unwrap();
    }

    /// Every delivery, the oldest first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let mut all =
            self.t.desk.read(|sql| deliveries::list(sql, None, None, 1_000)).await.unwrap();
        all.reverse();
        all
    }

    /// The only letter to an address.
    pub fn only(&self, address: &str) -> Mail {
        let mails = self.sink.to(address);
        assert_eq!(mails.len(), 1, "to {address}: {mails:#?}");
        mails.into_iter().next().unwrap()
    }
}

/// Whoever sends for this desk to this server, as at a start of the program.
pub fn courier(t: &TestDesk, url: &str) -> (Arc<Courier>, watch::Sender<bool>) {
    let smtp = Smtp::of(url, "Service Desk <help@northwind.example>").unwrap();
    let (stop, stopped) = watch::channel(false);
    let options = Options { smtp, public_url: PUBLIC_URL.to_owned() };
    (Arc::new(Courier::new(t.desk.clone(), Some(options), stopped)), stop)
}
