//! Subscribing to the status page: whoever asks gets the same answer, whether an address is known
//! or not; nothing is sent twice in a row to one address, and no network can have many letters sent.

use crate::seals::Asking;
use crate::{Audit, Desk, Trouble, fresh, webhooks};
use incident::Refusal;
use kernel::{ComponentId, Language, Outward, SubscriberId, Timestamp, limits};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use store::outside::{self, Word};
use store::subscribers::{self, Ended, Subscriber, SubscriberKind};
use store::{Failure, Sql};

/// So many askings within an hour.
const WITHIN_SECONDS: i64 = 3_600;
/// For one address: a letter that got lost can be asked for again.
const PER_ADDRESS: usize = 3;
/// From one network: an office behind one address.
const PER_NETWORK: usize = 20;
/// Of programs on one machine: whoever varies an address reaches the same one.
const PER_MACHINE: usize = 20;
/// In all: more at once is no outage, but somebody who fills other people's mailboxes.
const IN_ALL: usize = 2_000;
/// Addresses and networks that are remembered; who comes beyond has to wait.
const REMEMBERED_MAX: usize = 20_000;
/// What is remembered of one who asks, at most.
const KEYS_OF_ONE: usize = 4;
/// Components that one subscriber can choose: as many as a page has.
const COMPONENTS_MAX: usize = 1_000;

/// How somebody wants to subscribe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// How they are told.
    pub kind: SubscriberKind,
    /// Where, as typed.
    pub address: String,
    /// What they read.
    pub language: Language,
    /// What they want to hear of.
    pub chosen: Chosen,
}

/// What somebody wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Of all components, those to come included.
    pub everything: bool,
    /// Of these otherwise.
    pub components: BTreeSet<ComponentId>,
}

/// What became of a link to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// It waits to be pressed.
    Waits(Box<Subscriber>),
    /// It is confirmed, just now or before.
    Done(Box<Subscriber>),
    /// It leads nowhere: not ours, too old, replaced by a later one, or the subscription ended.
    Nowhere,
}

/// Who asked lately, by address, by network and in all.
#[derive(Default)]
pub(crate) struct Floods(Mutex<HashMap<Key, Vec<Timestamp>>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(String),
    Network(String),
    Machine(String),
    All,
}

impl Key {
    const fn most(&self) -> usize {
        match self {
            Key::Address(_) => PER_ADDRESS,
            Key::Network(_) => PER_NETWORK,
            Key::Machine(_) => PER_MACHINE,
            Key::All => IN_ALL,
        }
    }
}

/// What is done about somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// They are told.
    Yes,
    /// They are not told again; nobody else is to learn that.
    AddressHadEnough,
    /// They have to wait.
    No,
}

impl Floods {
    /// Counts one more who asks, where there is room; for a program with the machine it is on.
    fn count(&self, address: &str, machine: Option<&str>, network: &str, now: Timestamp) -> Room {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.plus_seconds(-WITHIN_SECONDS);
        let (network, address) =
            (Key::Network(network.to_owned()), Key::Address(address.to_owned()));
        let machine = machine.map(|machine| Key::Machine(machine.to_owned()));
        if known.len() + KEYS_OF_ONE > REMEMBERED_MAX {
            known.retain(|_, at| at.last().is_some_and(|last| *last > since));
            if known.len() + KEYS_OF_ONE > REMEMBERED_MAX {
                return Room::No;
            }
        }
        let mut is_room = |key: &Key| {
            let at = known.entry(key.clone()).or_default();
            at.retain(|at| *at > since && *at <= now);
            at.len() < key.most()
        };
        // One network that is refused leaves nothing behind, whatever it asks for.
        if !is_room(&Key::All)
            || !is_room(&network)
            || machine.as_ref().is_some_and(|machine| !is_room(machine))
        {
            return Room::No;
        }
        let address_has_room = is_room(&address);
        let address = Some(address).filter(|_| address_has_room);
        for key in [Some(Key::All), Some(network), machine, address].into_iter().flatten() {
            known.entry(key).or_default().push(now);
        }
        if address_has_room { Room::Yes } else { Room::AddressHadEnough }
    }
}

/// An e-mail address as it is kept; `None` when it is none.
pub fn mail_address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let odd = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']')
    };
    let (name, domain) = text.split_once('@')?;
    let is_name = !name.is_empty() && name.len() <= 64 && !name.contains(odd);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let is_domain = domain.contains('.') && domain.split('.').all(label);
    let fits = text.chars().count() <= limits::EMAIL_CHARS;
    (is_name && is_domain && fits).then_some(text)
}

impl Desk {
    /// Asks whoever is at an address whether they want to subscribe. The same comes of it whether
    /// the address is known or not.
    ///
    /// # Errors
    ///
    /// No address, nothing chosen, no room; [`Trouble::Throttled`] when too many ask.
    pub async fn subscribe(&self, wish: Wish, network: &str) -> Result<(), Trouble> {
        let address = match wish.kind {
            SubscriberKind::Mail => mail_address(&wish.address)
                .ok_or_else(|| Refusal::invalid("address", "is no e-mail address"))?,
            SubscriberKind::Webhook => self.listens_at(&wish.address)?,
        };
        // Whoever is told to choose something and then does gets the letter all the same.
        let chosen = wish.chosen;
        let chosen = self.read(move |sql| Ok(checked(sql, chosen))).await??;
        let now = self.now();
        let machine = match wish.kind {
            SubscriberKind::Mail => None,
            // However its address goes on.
            SubscriberKind::Webhook => address.parse::<Outward>().ok().map(|to| to.host),
        };
        match self.0.subscribing.count(&address, machine.as_deref(), network, now) {
            Room::Yes => {}
            Room::AddressHadEnough => return Ok(()),
            Room::No => return Err(too_many()),
        }
        let secret = match wish.kind {
            SubscriberKind::Mail => String::new(),
            SubscriberKind::Webhook => webhooks::secret(),
        };
        let (kind, language) = (wish.kind, wish.language);
        let id = SubscriberId(fresh());
        let kept = self.write(move |sql| {
            let Chosen { everything, components } = chosen;
            let new = Subscriber {
                id,
                kind,
                address,
                language,
                everything,
                components,
                secret,
                asked_at: now,
                confirmed_at: None,
                ended_at: None,
                ended_because: None,
                bounces: 0,
                failing_since: None,
            };
            asked(sql, new, now)?.ok_or_else(full)
        });
        match kept.await {
            // Another asked for the same address at the same instant, and has it asked back.
            Err(Trouble::Failed(Failure::Exists(_))) => Ok(()),
            kept => kept,
        }
    }

    /// Where a program listens, as it is kept.
    fn listens_at(&self, typed: &str) -> Result<String, Trouble> {
        let wrong = |words: String| Trouble::from(Refusal::invalid("address", words));
        let to: Outward = typed.parse().map_err(|error: kernel::Invalid| wrong(error.0))?;
        if !to.encrypted && !self.allows_subscribers() {
            return Err(wrong("must begin with https://".to_owned()));
        }
        Ok(to.to_string())
    }

    /// What a link to confirm leads to; looking changes nothing.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn look_at_asking(&self, token: &str) -> Result<Confirmation, Trouble> {
        let Some(asking) = self.seals().await?.read_asking(token) else {
            return Ok(Confirmation::Nowhere);
        };
        let now = self.now();
        self.read(move |sql| confirmation(sql, asking, now)).await
    }

    /// Confirms, once; whoever presses again is told that it is done.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn confirm_asking(&self, token: &str) -> Result<Confirmation, Trouble> {
        let Some(asking) = self.seals().await?.read_asking(token) else {
            return Ok(Confirmation::Nowhere);
        };
        let now = self.now();
        self.write(move |sql| {
            subscribers::confirm(sql, asking.subscriber, asking.at, now)?;
            Ok(confirmation(sql, asking, now)?)
        })
        .await
    }

    /// The subscription that a link is for, as long as there is one.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn subscription(&self, token: &str) -> Result<Option<Subscriber>, Trouble> {
        let Some(id) = self.seals().await?.read_subscription(token) else { return Ok(None) };
        let found = self.read(move |sql| subscribers::get(sql, id)).await?;
        Ok(found.filter(|one| one.ended_at.is_none() && one.confirmed_at.is_some()))
    }

    /// Changes what a subscriber hears of; `false` when there is no such subscription.
    ///
    /// # Errors
    ///
    /// Nothing chosen.
    pub async fn choose_components(&self, token: &str, chosen: Chosen) -> Result<bool, Trouble> {
        let Some(one) = self.subscription(token).await? else { return Ok(false) };
        self.write(move |sql| {
            let Chosen { everything, components } = checked(sql, chosen)?;
            subscribers::choose(sql, one.id, everything, &components)?;
            Ok(true)
        })
        .await
    }

    /// Ends a subscription by its link, or takes an address off a list by the link of that;
    /// whoever presses again is told the same.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn unsubscribe(&self, token: &str) -> Result<(), Trouble> {
        let Some(id) = self.seals().await?.read_subscription(token) else {
            return self.leave_list(token).await;
        };
        let now = self.now();
        self.write(move |sql| Ok(subscribers::end(sql, id, Ended::Unsubscribed, now).map(drop)?))
            .await
    }
}

/// Keeps that somebody asks, and has them asked back; `None` when there is no room.
fn asked(sql: &mut dyn Sql, new: Subscriber, now: Timestamp) -> Result<Option<()>, Failure> {
    let question = match new.kind {
        SubscriberKind::Mail => Word::Confirm,
        SubscriberKind::Webhook => Word::Challenge,
    };
    match subscribers::find(sql, new.kind, &new.address)? {
        // Nobody but the reader of the address learns that it has a subscription.
        Some(before) if before.confirmed_at.is_some() => {
            if before.kind == SubscriberKind::Mail {
                outside::ask(sql, &before, Word::Already, now)?;
            }
        }
        Some(before) => {
            let again = Subscriber { id: before.id, ..new };
            subscribers::ask_again(sql, &again)?;
            outside::ask(sql, &again, question, now)?;
        }
        None if !subscribers::is_room(sql)? => return Ok(None),
        None => {
            subscribers::insert(sql, &new)?;
            outside::ask(sql, &new, question, now)?;
        }
    }
    Ok(Some(()))
}

fn too_many() -> Trouble {
    Trouble::Throttled { seconds: WITHIN_SECONDS as u64 }
}

fn full() -> Trouble {
    Refusal::limit("there is no room for more subscribers").into()
}

/// What somebody chose, of what there is.
fn checked(sql: &mut dyn Sql, chosen: Chosen) -> Result<Chosen, Trouble> {
    if chosen.everything {
        return Ok(Chosen { everything: true, components: BTreeSet::new() });
    }
    let public = public_components(sql)?;
    let components: BTreeSet<ComponentId> = chosen
        .components
        .into_iter()
        .take(COMPONENTS_MAX)
        .filter(|id| public.iter().any(|one| one.id == *id))
        .collect();
    if components.is_empty() {
        return Err(Refusal::invalid("components", "choose at least one").into());
    }
    Ok(Chosen { everything: false, components })
}

/// Components that the public page shows, in their order.
///
/// # Errors
///
/// [`Failure`] when the database does not answer.
pub fn public_components(
    sql: &mut dyn Sql,
) -> Result<Vec<store::status::components::Component>, Failure> {
    let mut all = store::status::components::list(sql)?;
    all.retain(|component| !component.internal);
    Ok(all)
}

fn confirmation(
    sql: &mut dyn Sql,
    asking: Asking,
    now: Timestamp,
) -> Result<Confirmation, Failure> {
    let Some(one) = subscribers::get(sql, asking.subscriber)? else {
        return Ok(Confirmation::Nowhere);
    };
    if one.ended_at.is_some() || one.asked_at != asking.at {
        return Ok(Confirmation::Nowhere);
    }
    let too_old = now.seconds_since(one.asked_at) >= subscribers::CONFIRM_HOURS * 3_600;
    Ok(match one.confirmed_at {
        Some(_) => Confirmation::Done(Box::new(one)),
        None if too_old => Confirmation::Nowhere,
        None => Confirmation::Waits(Box::new(one)),
    })
}

/// Removes a subscriber, for somebody of the service desk.
///
/// # Errors
///
/// There is none.
pub fn remove(sql: &mut dyn Sql, audit: &Audit, id: SubscriberId) -> Result<(), Trouble> {
    let missing = || Trouble::from(Refusal::not_found("there is no such subscriber"));
    let one = subscribers::get(sql, id)?.filter(|one| one.ended_at.is_none());
    let one = one.ok_or_else(missing)?;
    subscribers::end(sql, id, Ended::Removed, audit.now())?;
    // Whose address it was is erased with the subscription; the record says which it was.
    audit.deleted(sql, Subscriber::WHAT, id, &serde_json::json!({ "kind": one.kind }))?;
    Ok(())
}

/// A table of subscribers for a spreadsheet, in which no address can be a formula.
pub fn as_csv(all: &[Subscriber], name: &dyn Fn(ComponentId) -> String) -> String {
    let mut text = String::from("kind,address,language,components,confirmed_at\r\n");
    for one in all {
        let components = match one.everything {
            true => "all".to_owned(),
            false => one.components.iter().map(|id| name(*id)).collect::<Vec<_>>().join("; "),
        };
        let confirmed = one.confirmed_at.map(|at| at.to_string()).unwrap_or_default();
        let cells = [
            one.kind.as_str(),
            one.address.as_str(),
            one.language.as_str(),
            components.as_str(),
            confirmed.as_str(),
        ];
        text.push_str(&cells.map(cell).join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that is words to every program that reads tables: what begins as a formula does gets
/// an apostrophe before it.
fn cell(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_formula = plain.trim_start().starts_with(['=', '+', '-', '@', '|', '%']);
    let plain = if is_formula { format!("'{plain}") } else { plain };
    format!("\"{}\"", plain.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

    #[test]
    fn one_address_gets_few_letters_and_nobody_learns_that() {
        let floods = Floods::default();
        for _ in 0..PER_ADDRESS {
            assert_eq!(floods.count("a@b.example", None, "office", NOW), Room::Yes);
        }
        assert_eq!(floods.count("a@b.example", None, "home", NOW), Room::AddressHadEnough);
        assert_eq!(floods.count("c@b.example", None, "home", NOW), Room::Yes);
        assert_eq!(
            floods.count("a@b.example", None, "home", NOW.plus_seconds(WITHIN_SECONDS)),
            Room::Yes
        );
    }

    #[test]
    fn one_network_and_all_together_have_their_limits() {
        let floods = Floods::default();
        for n in 0..PER_NETWORK {
            assert_eq!(floods.count(&format!("p{n}@b.example"), None, "office", NOW), Room::Yes);
        }
        assert_eq!(floods.count("last@b.example", None, "office", NOW), Room::No);
        for n in PER_NETWORK..IN_ALL {
            assert_eq!(
                floods.count(&format!("p{n}@b.example"), None, &format!("{n}"), NOW),
                Room::Yes
            );
        }
        assert_eq!(floods.count("last@b.example", None, "elsewhere", NOW), Room::No);
    }

    #[test]
    fn one_machine_is_asked_so_often_whatever_its_address() {
        let floods = Floods::default();
        let asks = |n: usize, machine: &str, now: Timestamp| {
            floods.count(&format!("https://{machine}/{n}"), Some(machine), &format!("{n}"), now)
        };
        for n in 0..PER_MACHINE {
            assert_eq!(asks(n, "hooks.example", NOW), Room::Yes);
        }
        assert_eq!(asks(PER_MACHINE, "hooks.example", NOW), Room::No);
        assert_eq!(asks(PER_MACHINE, "other.example", NOW), Room::Yes);
        let later = NOW.plus_seconds(WITHIN_SECONDS);
        assert_eq!(asks(PER_MACHINE, "hooks.example", later), Room::Yes);
    }

    #[test]
    fn one_network_does_not_fill_what_is_remembered() {
        let floods = Floods::default();
        for n in 0..REMEMBERED_MAX {
            let machine = format!("m{n}.example");
            floods.count(&format!("https://{machine}/"), Some(&machine), "office", NOW);
        }
        assert_eq!(floods.count("a@b.example", None, "home", NOW), Room::Yes);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let floods = Floods::default();
        for n in 0..REMEMBERED_MAX as i64 {
            floods.count(&format!("{n}"), None, &format!("{n}"), NOW.plus_seconds(n));
        }
        assert!(floods.0.lock().unwrap().len() <= REMEMBERED_MAX);
    }

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for (typed, kept) in [
            (" Gwen@Northwind.Example ", Some("gwen@northwind.example")),
            ("a+b@x.y", Some("a+b@x.y")),
            ("a@b", None),
            ("a@b@c.d", None),
            ("a b@c.d", None),
            ("a@b..c", None),
            ("a@-b.c", None),
            ("<a@b.c>", None),
            ("a@b.c\r\nBcc: d@e.f", None),
            ("", None),
        ] {
            assert_eq!(mail_address(typed).as_deref(), kept, "{typed}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@x", " =x", "|x", "%x", "\t=x"] {
            assert!(cell(hostile).starts_with("\"'"), "{hostile}");
        }
        assert_eq!(cell("a\"b\r\nc"), "\"a\"\"b  c\"");
        assert_eq!(cell("gwen@northwind.example"), "\"gwen@northwind.example\"");
    }
}
