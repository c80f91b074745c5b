//! One conversation in SMTP (RFC 5321) or LMTP (RFC 2033). Nobody is relayed for: a message is
//! taken only for the addresses of mailboxes, and told to be taken only once it is durable.

use super::trace::{self, Way};
use super::wire::{Gone, Line, Stream, Text, Wire};
use super::{Protocol, Shop};
use crate::arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
use crate::mailboxes::POSTMASTER;
use crate::room::Room;
use desk::Trouble;
use kernel::{IntegrationId, limits};
use smtp_proto::{Error, MailFrom, Request};
use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;
use store::Failure;
use store::messages::Door;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// Recipients of one message: what the standard asks for at least.
const RECIPIENTS_MAX: usize = 100;
/// Messages of one conversation.
const MESSAGES_MAX: usize = 1_000;
/// Commands in vain, one after another or not, after which it is over.
const FAULTS_MAX: usize = 20;
/// How long a conversation may go on without a message.
const MESSAGE_AGAIN_WITHIN: Duration = Duration::from_secs(600);
/// How long agreeing on secrecy may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(30);

/// From whom to whom.
#[derive(Debug, Clone, Default)]
pub(super) struct Envelope {
    /// The sender; empty for what mail servers report.
    pub(super) sender: String,
    /// The recipients that were taken.
    pub(super) recipients: Vec<Recipient>,
}

/// A recipient, and the mailbox that takes it.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    pub(super) address: String,
    pub(super) mailbox: Option<IntegrationId>,
}

/// With whom it is spoken, and how.
pub(super) struct Whom {
    pub(super) protocol: Protocol,
    pub(super) peer: Option<IpAddr>,
    /// The room for their messages.
    pub(super) room: Room,
}

/// A conversation.
pub(super) struct Session<'a> {
    shop: &'a Shop,
    protocol: Protocol,
    peer: Option<IpAddr>,
    room: Room,
    /// Until when the next message must begin.
    idle_until: Instant,
    /// How the other side called itself, once it did.
    helo: Option<String>,
    /// Whether it speaks the extended protocol.
    extended: bool,
    secret: bool,
    envelope: Option<Envelope>,
    messages: usize,
    faults: usize,
}

/// What comes after a command.
enum Next {
    Go,
    Message,
    Secrecy,
    End,
}

/// Speaks with somebody until they leave, must leave, or all must.
pub(super) async fn speak(
    shop: &Shop,
    whom: Whom,
    stream: Box<dyn Stream>,
    mut stop: watch::Receiver<bool>,
) {
    let Whom { protocol, peer, room } = whom;
    let mut session = Session {
        shop,
        protocol,
        peer,
        room,
        idle_until: Instant::now() + MESSAGE_AGAIN_WITHIN,
        helo: None,
        extended: false,
        secret: false,
        envelope: None,
        messages: 0,
        faults: 0,
    };
    let mut wire = Wire::new(stream);
    wire.say(&format!("220 {} {} Evenkeel", shop.host, protocol.greeting()));
    loop {
        let line = tokio::select! {
            line = timeout_at(session.idle_until, wire.line()) => line.unwrap_or(Err(Gone::Slow)),
            _ = stop.wait_for(|stop| *stop) => {
                wire.say("421 4.3.2 This server is stopping; come back in a moment");
                break;
            }
        };
        let next = match line {
            Ok(line) => session.hear(&mut wire, line).await,
            Err(gone) => Err(gone),
        };
        match next {
            Ok(Next::Go) => {}
            Ok(Next::Message) => {
                if let Err(gone) = session.message(&mut wire).await {
                    return session.gone(wire, &gone).await;
                }
            }
            Ok(Next::Secrecy) => match session.secrecy(wire).await {
                Some(secret) => wire = secret,
                None => return,
            },
            Ok(Next::End) => break,
            Err(gone) => return session.gone(wire, &gone).await,
        }
    }
    wire.end().await;
}

impl Session<'_> {
    async fn gone(&self, mut wire: Wire, gone: &Gone) {
        match gone {
            Gone::Away => return,
            Gone::Slow => wire.say("421 4.4.2 That took too long"),
            Gone::Noise => wire.say("421 4.5.2 That is no mail"),
        }
        wire.end().await;
    }

    /// Answers a command.
    async fn hear(&mut self, wire: &mut Wire, line: Line) -> Result<Next, Gone> {
        let Line::Whole(line) = line else {
            return Ok(self.fault(wire, "500 5.5.2 The line is too long"));
        };
        // A line that ends in a bare LF may be a message's that was cut at the wrong place.
        if !line.ends_with(b"\r\n") {
            return Ok(self.fault(wire, "500 5.5.2 Lines end in CR LF"));
        }
        match Request::parse(&mut line.iter()) {
            // The parser leaves that address, which needs no domain, empty.
            Ok(Request::Rcpt { to }) if to.address.is_empty() && is_for_postmaster(&line) => {
                Ok(self.recipient(wire, POSTMASTER).await)
            }
            Ok(request) => self.command(wire, request).await,
            Err(error) => Ok(self.fault(wire, syntax(&error))),
        }
    }

    async fn command(
        &mut self,
        wire: &mut Wire,
        request: Request<Cow<'_, str>>,
    ) -> Result<Next, Gone> {
        Ok(match request {
            Request::Ehlo { host } if self.protocol == Protocol::Smtp => {
                self.hello(wire, &host, true)
            }
            Request::Helo { host } if self.protocol == Protocol::Smtp => {
                self.hello(wire, &host, false)
            }
            Request::Lhlo { host } if self.protocol == Protocol::Lmtp => {
                self.hello(wire, &host, true)
            }
            Request::Mail { from } => self.mail(wire, &from),
            Request::Rcpt { to } => self.recipient(wire, &to.address).await,
            Request::Data => self.data(wire),
            Request::Rset => {
                self.envelope = None;
                self.fine(wire, "250 2.0.0 Forgotten")
            }
            Request::Noop { .. } => self.fine(wire, "250 2.0.0 Yes"),
            // Who is known here is not for everybody to ask.
            Request::Vrfy { .. } => self.fine(wire, "252 2.1.5 Send it and see"),
            Request::Help { .. } => {
                self.fine(wire, "214 2.0.0 This takes mail for the service desk")
            }
            Request::Quit => {
                wire.say("221 2.0.0 Goodbye");
                Next::End
            }
            Request::StartTls if self.offers_secrecy() => {
                wire.say("220 2.0.0 Go ahead");
                Next::Secrecy
            }
            Request::Ehlo { .. } | Request::Helo { .. } => {
                self.fault(wire, "500 5.5.1 This is LMTP; say LHLO")
            }
            Request::Lhlo { .. } => self.fault(wire, "500 5.5.1 This is SMTP; say EHLO"),
            _ => self.fault(wire, "502 5.5.1 This server does not do that"),
        })
    }

    fn fine(&self, wire: &mut Wire, answer: &str) -> Next {
        wire.say(answer);
        Next::Go
    }

    /// Something in vain: whoever does nothing else is sent away.
    fn fault(&mut self, wire: &mut Wire, answer: &str) -> Next {
        wire.say(answer);
        self.faults += 1;
        if self.faults < FAULTS_MAX {
            return Next::Go;
        }
        wire.say("421 4.7.0 Too much of this was in vain");
        Next::End
    }

    fn offers_secrecy(&self) -> bool {
        self.shop.tls.is_some() && !self.secret
    }

    fn hello(&mut self, wire: &mut Wire, host: &str, extended: bool) -> Next {
        self.envelope = None;
        self.helo = Some(host.to_owned());
        self.extended = extended;
        let name = &self.shop.host;
        if !extended {
            return self.fine(wire, &format!("250 {name}"));
        }
        for word in [name.as_str(), "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"] {
            wire.say(&format!("250-{word}"));
        }
        if self.offers_secrecy() {
            wire.say("250-STARTTLS");
        }
        self.fine(wire, &format!("250 SIZE {}", MESSAGE_BYTES))
    }

    fn mail(&mut self, wire: &mut Wire, from: &MailFrom<Cow<'_, str>>) -> Next {
        if self.helo.is_none() {
            return self.fault(wire, "503 5.5.1 Say who you are first");
        }
        if self.envelope.is_some() {
            return self
                .fault(wire, "503 5.5.1 There is a sender already; finish that message first");
        }
        if self.messages >= MESSAGES_MAX {
            wire.say("421 4.7.0 These are enough messages for one conversation; call again");
            return Next::End;
        }
        if from.size > MESSAGE_BYTES {
            return self.fine(wire, &too_large());
        }
        if from.address.chars().count() > limits::EMAIL_CHARS {
            return self.fault(wire, "501 5.1.7 The address of the sender is too long");
        }
        self.envelope = Some(Envelope { sender: from.address.to_string(), recipients: vec![] });
        self.fine(wire, "250 2.1.0 Go on")
    }

    async fn recipient(&mut self, wire: &mut Wire, address: &str) -> Next {
        let Some(envelope) = &self.envelope else {
            return self.fault(wire, "503 5.5.1 Say from whom first");
        };
        if envelope.recipients.len() >= RECIPIENTS_MAX {
            return self.fine(wire, "452 4.5.3 These are enough recipients for one message");
        }
        let mailbox = match self.shop.mailboxes.addressed(address).await {
            Ok(Some(mailbox)) => mailbox.id,
            Ok(None) => return self.fault(wire, "550 5.1.1 There is no such mailbox here"),
            Err(trouble) => {
                tracing::warn!(%trouble, "mailboxes could not be read; a sender is told to try again");
                return self.fine(wire, "451 4.3.0 That cannot be looked up at present; try again");
            }
        };
        if let Some(envelope) = &mut self.envelope {
            let recipient = Recipient { address: address.to_owned(), mailbox: Some(mailbox) };
            envelope.recipients.push(recipient);
        }
        self.fine(wire, "250 2.1.5 Go on")
    }

    fn data(&mut self, wire: &mut Wire) -> Next {
        match &self.envelope {
            None => self.fault(wire, "503 5.5.1 Say from whom to whom first"),
            // Sent ahead after recipients that were all refused: not another fault.
            Some(envelope) if envelope.recipients.is_empty() => {
                self.fine(wire, "554 5.5.1 There is no recipient")
            }
            Some(_) => {
                wire.say("354 Go ahead; a dot alone on a line ends it");
                Next::Message
            }
        }
    }

    /// Takes a message and says what became of it: once, or in LMTP for each recipient.
    async fn message(&mut self, wire: &mut Wire) -> Result<(), Gone> {
        let envelope = self.envelope.take().unwrap_or_default();
        let id = desk::fresh().simple().to_string();
        let way = Way {
            helo: self.helo.as_deref().unwrap_or_default(),
            peer: self.peer,
            host: &self.shop.host,
            protocol: self.protocol.word(self.extended, self.secret),
        };
        let trace = trace::lines(&way, &envelope, &id, self.shop.desk.now());
        let own_bytes = trace.len();
        let text = wire.text(&self.room, trace.into_bytes()).await?;
        self.messages += 1;
        let answers: Vec<String> = match text {
            Text::TooLarge => vec![too_large(); envelope.recipients.len()],
            Text::NoRoom => {
                let answer = "452 4.3.1 Too much comes at once; try again in a minute";
                vec![answer.to_owned(); envelope.recipients.len()]
            }
            Text::Whole(raw, _held) => self.keep(&envelope, &id, (raw, own_bytes)).await,
        };
        self.idle_until = Instant::now() + MESSAGE_AGAIN_WITHIN;
        match self.protocol {
            Protocol::Lmtp => answers.iter().for_each(|answer| wire.say(answer)),
            // One answer for all: what failed for one comes again for all of them.
            Protocol::Smtp => {
                let failed = answers.iter().find(|answer| !answer.starts_with('2'));
                if let Some(answer) = failed.or(answers.first()) {
                    wire.say(answer);
                }
            }
        }
        Ok(())
    }

    /// Keeps the message once for each mailbox; the answers, one for each recipient.
    async fn keep(
        &self,
        envelope: &Envelope,
        id: &str,
        (mut raw, own_bytes): (Vec<u8>, usize),
    ) -> Vec<String> {
        let mut mailboxes: Vec<(Option<IntegrationId>, Vec<String>)> = vec![];
        for Recipient { address, mailbox } in &envelope.recipients {
            match mailboxes.iter_mut().find(|(known, _)| known == mailbox) {
                Some((_, addresses)) => addresses.push(address.clone()),
                None => mailboxes.push((*mailbox, vec![address.clone()])),
            }
        }
        let mut answers: Vec<(Option<IntegrationId>, String)> = vec![];
        let mut left = mailboxes.len();
        for (mailbox, recipients) in mailboxes {
            left -= 1;
            let arrived = Arrived {
                mailbox,
                door: self.protocol.door(),
                sender: envelope.sender.clone(),
                recipients,
                // Nearly always there is one mailbox, and no copy.
                raw: if left == 0 { std::mem::take(&mut raw) } else { raw.clone() },
                own_bytes,
            };
            let answer = match accept(&self.shop.desk, arrived).await {
                Ok(_) => format!("250 2.0.0 Kept as {id}"),
                Err(NotAccepted::TooLarge { .. }) => too_large(),
                Err(NotAccepted::Empty) => "554 5.6.0 The message is empty".to_owned(),
                Err(NotAccepted::Trouble(trouble)) => not_kept(&trouble),
            };
            answers.push((mailbox, answer));
        }
        let of = |recipient: &Recipient| {
            let found = answers.iter().find(|(mailbox, _)| *mailbox == recipient.mailbox);
            found.map(|(_, answer)| answer.clone()).unwrap_or_default()
        };
        envelope.recipients.iter().map(of).collect()
    }

    /// Agrees on secrecy; nothing that was said before counts any more.
    async fn secrecy(&mut self, mut wire: Wire) -> Option<Wire> {
        let acceptor = self.shop.tls.as_ref()?;
        wire.flush().await.ok()?;
        let agreed = acceptor.accept(wire.into_stream());
        match tokio::time::timeout(HANDSHAKE_WITHIN, agreed).await {
            Ok(Ok(stream)) => {
                (self.helo, self.envelope, self.secret) = (None, None, true);
                Some(Wire::new(Box::new(stream)))
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "a sender and this server did not agree on TLS");
                None
            }
            Err(_) => None,
        }
    }
}

impl Protocol {
    fn greeting(self) -> &'static str {
        match self {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        }
    }

    fn door(self) -> Door {
        match self {
            Protocol::Smtp => Door::Smtp,
            Protocol::Lmtp => Door::Lmtp,
        }
    }

    /// The registered word for it.
    fn word(self, extended: bool, secret: bool) -> &'static str {
        match (self, extended, secret) {
            (Protocol::Lmtp, _, false) => "LMTP",
            (Protocol::Lmtp, _, true) => "LMTPS",
            (Protocol::Smtp, false, _) => "SMTP",
            (Protocol::Smtp, true, false) => "ESMTP",
            (Protocol::Smtp, true, true) => "ESMTPS",
        }
    }
}

/// Whether a command names the one recipient that needs no domain.
fn is_for_postmaster(line: &[u8]) -> bool {
    let named = format!("<{POSTMASTER}>");
    line.windows(named.len()).any(|part| part.eq_ignore_ascii_case(named.as_bytes()))
}

fn too_large() -> String {
    let megabytes = MESSAGE_BYTES / 1_048_576;
    format!("552 5.3.4 The message is larger than the {megabytes} MB that are taken")
}

/// Whatever kept it from being kept, it is not the message's fault: it comes again.
fn not_kept(trouble: &Trouble) -> String {
    tracing::warn!(%trouble, "a message was not kept; its sender is told to try again");
    match trouble {
        Trouble::Overloaded => "451 4.3.2 Too much waits; try again in a moment".to_owned(),
        Trouble::Failed(Failure::Unavailable(_)) => {
            "452 4.3.1 It cannot be kept at present; try again".to_owned()
        }
        _ => "451 4.3.0 It could not be kept; try again".to_owned(),
    }
}

fn syntax(error: &Error) -> &'static str {
    match error {
        Error::UnknownCommand => "500 5.5.1 That is no command",
        Error::InvalidSenderAddress => "501 5.1.7 That is no address of a sender",
        Error::InvalidRecipientAddress => "501 5.1.3 That is no address of a recipient",
        Error::UnsupportedParameter { .. } => "555 5.5.4 This server does not know that parameter",
        Error::InvalidParameter { .. } => "501 5.5.4 A parameter is not what it should be",
        _ => "501 5.5.2 That cannot be read",
    }
}
