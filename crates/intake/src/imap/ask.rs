//! A command and its answers. An answer that does not say it was done is a failure: a server
//! that says no, hangs up or is silent about a message must not be taken for one that has none.

use super::Failed;
use super::connect::Signed;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Outcome, Response, Status};

/// What a server told of a message.
#[derive(Default)]
pub(super) struct Told {
    /// How long it is, about.
    pub(super) size: Option<u32>,
    /// Its bytes.
    pub(super) body: Option<Vec<u8>>,
}

/// Says a command and looks at all that is answered, until the server says that it is done.
pub(super) async fn ask(
    session: &mut Signed,
    command: &str,
    mut look: impl FnMut(&Response<'_>) + Send,
) -> Result<(), Failed> {
    let id = session.run_command(command).await?;
    loop {
        let Some(answer) = session.read_response().await? else {
            return Err(Failed("the server hung up".to_owned()));
        };
        match answer.parsed() {
            Response::Done { tag, status: Status::Ok, .. } if *tag == id => return Ok(()),
            Response::Done { tag, outcome, .. } if *tag == id => {
                return Err(Failed(format!("the server said no: {}", words(outcome))));
            }
            Response::Data { status: Status::Bye, outcome } => {
                return Err(Failed(format!("the server hung up: {}", words(outcome))));
            }
            other => look(other),
        }
    }
}

/// The uids of what is found, in rising order.
pub(super) async fn search(session: &mut Signed, wanted: &str) -> Result<Vec<u32>, Failed> {
    let mut found = vec![];
    ask(session, &format!("UID SEARCH {wanted}"), |answer| {
        if let Response::MailboxData(MailboxDatum::Search(uids)) = answer {
            found.extend_from_slice(uids);
        }
    })
    .await?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What the server tells of a message. It may speak of it, and of others, more than once:
/// that somebody has read it is told at any time.
pub(super) async fn tell(session: &mut Signed, uid: u32, what: &str) -> Result<Told, Failed> {
    let mut told = Told::default();
    ask(session, &format!("UID FETCH {uid} (UID {what})"), |answer| {
        let Response::Fetch(_, attributes) = answer else { return };
        let about_it = |attribute: &AttributeValue<'_>| {
            matches!(attribute, AttributeValue::Uid(one) if *one == uid)
        };
        if !attributes.iter().any(about_it) {
            return;
        }
        for attribute in attributes {
            match attribute {
                AttributeValue::Rfc822Size(bytes) => told.size = Some(*bytes),
                AttributeValue::BodySection { section: None, data: Some(bytes), .. } => {
                    told.body = Some(bytes.to_vec());
                }
                _ => {}
            }
        }
    })
    .await?;
    Ok(told)
}

/// Whether a message is in the folder.
pub(super) async fn is_there(session: &mut Signed, uid: u32) -> Result<bool, Failed> {
    Ok(search(session, &format!("UID {uid}")).await?.contains(&uid))
}

/// Gives a message a flag.
pub(super) async fn flag(session: &mut Signed, uid: &str, flag: &str) -> Result<(), Failed> {
    ask(session, &format!("UID STORE {uid} +FLAGS.SILENT ({flag})"), |_| {}).await
}

fn words(outcome: &Outcome<'_>) -> String {
    outcome.information.as_deref().unwrap_or("it does not say why").to_owned()
}
