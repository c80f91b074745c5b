//! How a person is reached when they are paged: their ways, and which of them after how many
//! minutes. Pure: the instant is given.

use kernel::{ContactId, Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Ways that a person may have; more are a mistake, and each is one message more per page.
pub const METHODS_MAX: usize = 20;
/// Rules that a person may have for both urgencies together.
pub const RULES_MAX: usize = 40;
/// The longest that a rule may let somebody wait, in minutes: by then every policy has gone on.
pub const RULE_MINUTES_MAX: u16 = 120;
/// When somebody set no rules: minutes until what is loud follows where it is not urgent.
const LOUD_AFTER_MINUTES: i64 = 10;

words! {
    /// By what a page reaches somebody, what is answered soonest first.
    PageChannel {
        /// Web push to a browser or a phone with the product on its home screen.
        WebPush = "web_push",
        /// A topic of an ntfy server, or of another that takes the same requests.
        Ntfy = "ntfy",
        /// A chat of Telegram.
        Telegram = "telegram",
        /// A chat room of Slack.
        Slack = "slack",
        /// A chat room of Mattermost.
        Mattermost = "mattermost",
        /// A chat room of Microsoft Teams.
        Teams = "teams",
        /// A text message.
        Sms = "sms",
        /// A telephone call.
        Voice = "voice",
        /// Mail.
        Email = "email",
    }
}

impl PageChannel {
    /// Whether it wakes people who sleep, and costs money.
    pub const fn is_loud(self) -> bool {
        matches!(self, PageChannel::Sms | PageChannel::Voice)
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            PageChannel::WebPush => "Push to a browser",
            PageChannel::Ntfy => "ntfy",
            PageChannel::Telegram => "Telegram",
            PageChannel::Slack => "Slack",
            PageChannel::Mattermost => "Mattermost",
            PageChannel::Teams => "Microsoft Teams",
            PageChannel::Sms => "Text message",
            PageChannel::Voice => "Telephone call",
            PageChannel::Email => "E-mail",
        }
    }
}

words! {
    /// How much it matters that somebody is reached at once.
    Urgency {
        /// Wake them.
        High = "high",
        /// They should see it soon.
        Low = "low",
    }
}

/// A way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its id.
    pub id: ContactId,
    /// By what.
    pub channel: PageChannel,
    /// Where: a number, an address, a topic.
    pub address: String,
    /// Whether it was shown that what is sent there reaches them. It is not used before.
    pub verified: bool,
}

/// Which way after how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReachRule {
    /// For what.
    pub urgency: Urgency,
    /// Minutes after they were paged.
    pub after_minutes: u16,
    /// By which of their ways.
    pub contact: ContactId,
}

/// How one person is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The address of their account, which is always told at once.
    pub email: Option<String>,
    /// Their ways, verified or not.
    pub methods: Vec<Method>,
    /// What they set; without a rule that can be followed, the usual.
    pub rules: Vec<ReachRule>,
}

/// One attempt to reach one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Way {
    /// Not before.
    pub due_at: Timestamp,
    /// By what.
    pub channel: PageChannel,
    /// Where.
    pub address: String,
    /// Which of their ways; `None` for the address of their account.
    pub contact: Option<ContactId>,
}

impl Reach {
    /// How this person is reached who is paged at `at`: in the order of attempts, no place twice
    /// at the same instant, never by a way that was not verified. Empty only for a person
    /// without any verified way and without an address.
    pub fn ways(&self, urgency: Urgency, at: Timestamp) -> Vec<Way> {
        let way = |method: &Method, minutes: i64| Way {
            due_at: at.plus_seconds(minutes.saturating_mul(60)),
            channel: method.channel,
            address: method.address.clone(),
            contact: Some(method.id),
        };
        let usable =
            |id: ContactId| self.methods.iter().find(|method| method.id == id && method.verified);
        let set = self.rules.iter().filter(|rule| rule.urgency == urgency);
        let mut ways: Vec<Way> = set
            .filter_map(|rule| Some(way(usable(rule.contact)?, i64::from(rule.after_minutes))))
            .collect();
        if ways.is_empty() {
            let verified = self.methods.iter().filter(|method| method.verified);
            ways = verified.map(|method| way(method, usual_minutes(method, urgency))).collect();
        }
        ways.extend(self.email.iter().map(|email| Way {
            due_at: at,
            channel: PageChannel::Email,
            address: email.clone(),
            contact: None,
        }));
        ways.sort();
        let mut known = BTreeSet::new();
        ways.retain(|way| known.insert((way.due_at, way.channel, way.address.clone())));
        ways
    }
}

/// Minutes after which a way is used when nothing was set.
fn usual_minutes(method: &Method, urgency: Urgency) -> i64 {
    match urgency {
        Urgency::Low if method.channel.is_loud() => LOUD_AFTER_MINUTES,
        Urgency::High | Urgency::Low => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const AT: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn contact(n: u128) -> ContactId {
        ContactId(Uuid::from_u128(n))
    }

    fn method(n: u128, channel: PageChannel, verified: bool) -> Method {
        Method { id: contact(n), channel, address: format!("place {n}"), verified }
    }

    fn reach(methods: Vec<Method>, rules: Vec<ReachRule>) -> Reach {
        Reach { email: Some("ana@company.example".into()), methods, rules }
    }

    fn told(ways: &[Way]) -> Vec<(i64, PageChannel)> {
        ways.iter().map(|way| (way.due_at.seconds_since(AT) / 60, way.channel)).collect()
    }

    #[test]
    fn without_rules_all_that_is_verified_is_used_at_once_when_it_is_urgent() {
        let ways = [
            method(1, PageChannel::Voice, true),
            method(2, PageChannel::Ntfy, true),
            method(3, PageChannel::Sms, false),
        ];
        let reach = reach(ways.into(), vec![]);
        let high = [(0, PageChannel::Ntfy), (0, PageChannel::Voice), (0, PageChannel::Email)];
        assert_eq!(told(&reach.ways(Urgency::High, AT)), high);
        let low = [(0, PageChannel::Ntfy), (0, PageChannel::Email), (10, PageChannel::Voice)];
        assert_eq!(told(&reach.ways(Urgency::Low, AT)), low);
    }

    #[test]
    fn rules_say_which_way_after_how_long_and_the_account_is_told_all_the_same() {
        let rule = |after_minutes, n| ReachRule {
            urgency: Urgency::High,
            after_minutes,
            contact: contact(n),
        };
        let ways = [method(1, PageChannel::Sms, true), method(2, PageChannel::Voice, true)];
        let reach = reach(ways.into(), vec![rule(5, 2), rule(1, 1), rule(9, 2)]);
        let told = told(&reach.ways(Urgency::High, AT));
        let voice = PageChannel::Voice;
        assert_eq!(told, [(0, PageChannel::Email), (1, PageChannel::Sms), (5, voice), (9, voice)]);
    }

    #[test]
    fn rules_that_cannot_be_followed_leave_the_usual() {
        let gone = ReachRule { urgency: Urgency::High, after_minutes: 3, contact: contact(9) };
        let unverified = ReachRule { contact: contact(2), ..gone };
        let ways = [method(1, PageChannel::Sms, true), method(2, PageChannel::Voice, false)];
        let reach = reach(ways.into(), vec![gone, unverified]);
        let told = told(&reach.ways(Urgency::High, AT));
        assert_eq!(told, [(0, PageChannel::Sms), (0, PageChannel::Email)]);
    }

    #[test]
    fn an_address_that_is_also_the_account_is_told_once() {
        let mut mail = method(1, PageChannel::Email, true);
        mail.address = "ana@company.example".into();
        assert_eq!(reach(vec![mail], vec![]).ways(Urgency::High, AT).len(), 1);
    }

    prop_compose! {
        fn any_method()(n in 0u128..6, channel in 0..PageChannel::ALL.len(), verified in any::<bool>()) -> Method {
            method(n, PageChannel::ALL[channel], verified)
        }
    }

    prop_compose! {
        fn any_rule()(high in any::<bool>(), minutes in 0..=RULE_MINUTES_MAX, n in 0u128..8) -> ReachRule {
            let urgency = if high { Urgency::High } else { Urgency::Low };
            ReachRule { urgency, after_minutes: minutes, contact: contact(n) }
        }
    }

    proptest! {
        #[test]
        fn whoever_can_be_reached_is_and_by_nothing_else(
            methods in prop::collection::vec(any_method(), 0..8),
            rules in prop::collection::vec(any_rule(), 0..8),
            email in any::<bool>(),
            high in any::<bool>(),
        ) {
            let mut ids = BTreeSet::new();
            let methods: Vec<Method> = methods.into_iter().filter(|method| ids.insert(method.id)).collect();
            let mut reach = reach(methods, rules);
            if !email {
                reach.email = None;
            }
            let urgency = if high { Urgency::High } else { Urgency::Low };
            let ways = reach.ways(urgency, AT);
            let verified = |id| reach.methods.iter().any(|method| method.id == id && method.verified);
            prop_assert!(ways.iter().all(|way| way.contact.is_none_or(verified)));
            prop_assert_eq!(ways.is_empty(), !email && !reach.methods.iter().any(|method| method.verified));
            prop_assert!(ways.iter().all(|way| way.due_at >= AT));
            prop_assert!(ways.windows(2).all(|two| two[0].due_at <= two[1].due_at));
            let places: BTreeSet<_> = ways.iter().map(|way| (way.due_at, way.channel, &way.address)).collect();
            prop_assert_eq!(places.len(), ways.len());
            if email {
                prop_assert!(ways.iter().any(|way| way.contact.is_none() && way.due_at == AT));
            }
            // Every rule that can be followed is.
            for rule in reach.rules.iter().filter(|rule| rule.urgency == urgency && verified(rule.contact)) {
                let due_at = AT.plus_seconds(i64::from(rule.after_minutes) * 60);
                prop_assert!(ways.iter().any(|way| way.contact == Some(rule.contact) && way.due_at == due_at));
            }
        }
    }
}
