//! The address that the company's people write to, and what came in lately. Letters take the way
//! of all mail; nothing is fetched and nothing leaves.

use super::company::Company;
use super::monitoring::{blank, keep, source};
use desk::{Desk, Trouble};
use intake::{Arrived, Next, NotAccepted, Worker};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::sync::Arc;
use store::directory::integrations::{Integration, IntegrationKind};
use store::messages::Door;

const NAME: &str = "Help";
const ADDRESS: &str = "help@northwind.example";
/// More rounds than letters: a bound, not a tuning.
const ROUNDS: usize = 20;

/// A letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    /// Minutes before the present.
    pub(super) ago: i64,
    from: &'static str,
    address: &'static str,
    subject: &'static str,
    text: &'static str,
}

#[rustfmt::skip]
pub(super) const LETTERS: [Letter; 4] = [
    Letter { ago: 52, from: "Anneke Smit", address: "anneke.smit@northwind.example", subject: "Projector in RTM-1.07 shows everything in green", text: "Hello,\n\nthe projector in RTM-1.07 shows everything in green since this morning. Another cable did not help. We have visitors tomorrow at ten.\n\nThank you\nAnneke" },
    Letter { ago: 41, from: "Pieter Vos", address: "pieter.vos@alder-furniture.example", subject: "Delivery notes of yesterday are missing in the portal", text: "Good morning,\n\nthe delivery notes of our three deliveries of yesterday are not in the portal. The ones of the days before are.\n\nKind regards\nPieter Vos" },
    Letter { ago: 33, from: "IT Service Desk", address: ADDRESS, subject: "Your password ends today", text: "Dear colleague,\n\nyour password ends today. Keep it by signing in within two hours:\n\nhttps://northwind-login.example/keep\n\nYour IT Service Desk" },
    Letter { ago: 24, from: "Ewa Zielonka", address: "ewa.zielonka@northwind.example", subject: "Handheld 27 does not charge", text: "Handheld 27 stays dark in the charger, in two different docks. I put it on your desk in Gdańsk." },
];

/// Sets the mailbox up.
pub(super) async fn set_up(desk: &Desk, company: &Company) -> Result<(), Trouble> {
    let mailbox = Integration {
        name: NAME.to_owned(),
        team: Some(company.team("Service Desk")),
        addresses: vec![ADDRESS.to_owned()],
        ..blank(IntegrationKind::Email)
    };
    keep(desk, vec![mailbox]).await
}

/// A letter comes in, and becomes what it becomes.
pub(super) async fn arrive(
    desk: &Desk,
    worker: &Arc<Worker>,
    letter: &Letter,
) -> Result<(), Trouble> {
    let mailbox = source(desk, NAME).await?;
    let arrived = Arrived {
        mailbox: Some(mailbox),
        door: Door::Smtp,
        sender: letter.address.to_owned(),
        recipients: vec![ADDRESS.to_owned()],
        raw: raw(letter, desk.now()),
        own_bytes: 0,
    };
    match intake::accept(desk, arrived).await {
        Ok(_) => {}
        Err(NotAccepted::Trouble(trouble)) => return Err(trouble),
        Err(not) => return Err(incident::Refusal::invalid("letter", not.to_string()).into()),
    }
    for _ in 0..ROUNDS {
        if worker.round().await != Next::More {
            break;
        }
    }
    Ok(())
}

fn raw(letter: &Letter, at: Timestamp) -> Vec<u8> {
    let Letter { ago, from, address, subject, text } = letter;
    let date = at.to_jiff().to_zoned(TimeZone::UTC);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let text = text.replace('\n', "\r\n");
    format!(
        "From: {from} <{address}>\r\nTo: {ADDRESS}\r\nDate: {date}\r\n\
         Message-ID: <{ago}.{}@mail.northwind.example>\r\nSubject: {subject}\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        at.micros()
    )
    .into_bytes()
}
