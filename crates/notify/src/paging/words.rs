//! What a page says: what, where, since when, how urgent, and how to answer. In every form at
//! once, because the way may change from one attempt to the next.

use super::letter;
use crate::letter::{Letter, one_line};
use crate::material::Here;
use crate::push;
use desk::contacts::Note;
use desk::paging::{ANSWERABLE_SECONDS, Answer, Paged};
use desk::seals::Seals;
use incident::Policy;
use incident::reach::Urgency;
use kernel::Timestamp;
use store::directory::Contact;
use store::directory::letters::LetterText;

/// Characters of one text message in the alphabet that every telephone has (GSM 03.38).
const SMS_CHARS: usize = 160;
/// Characters of one text message in any other alphabet.
const SMS_WIDE_CHARS: usize = 70;
/// Characters of a title that a text message keeps whatever else it says.
const SMS_TITLE_CHARS: usize = 20;
/// Of a hundred characters, how many may be unknown to that alphabet and be replaced.
const REPLACED_PERCENT: usize = 10;
/// Characters of a title elsewhere.
const TITLE_CHARS: usize = 250;
/// The alphabet that every telephone has, without what takes the room of two.
const GSM: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters and signs that a near one stands for.
const NEAR: [(&str, char); 22] = [
    ("áâãāăą", 'a'),
    ("ÁÂÃĀĂĄÀ", 'A'),
    ("ćčç", 'c'),
    ("ĆČ", 'C'),
    ("êëēęě", 'e'),
    ("ÊËĒĘĚÈ", 'E'),
    ("íîïī", 'i'),
    ("ÍÎÏĪÌ", 'I'),
    ("łľ", 'l'),
    ("ŁĽ", 'L'),
    ("ńň", 'n'),
    ("ŃŇ", 'N'),
    ("óôõōő", 'o'),
    ("ÓÔÕŌŐÒ", 'O'),
    ("śšș", 's'),
    ("ŚŠȘ", 'S'),
    ("úûūůű", 'u'),
    ("ÚÛŪŮŰÙ", 'U'),
    ("źżžýÿ", 'z'),
    ("ŹŻŽÝ", 'Z'),
    ("‘’‚`´", '\''),
    ("–—−·•", '-'),
];

/// What is said instead of a title that only some may read.
const RESTRICTED: &str = "(restricted)";

/// What stands in a chat room: everybody there may follow a link, so it must not answer for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    /// Where one signs in and answers.
    pub(super) link: Option<String>,
    /// How to answer.
    pub(super) how: String,
}

/// A message in each of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// By which the other end knows a repeat.
    pub(super) id: String,
    /// The part before the `@` of a letter's id by which an answer names the page, if it is one.
    pub(super) sealed: Option<String>,
    /// The token of the page, where there is one.
    pub(super) token: Option<String>,
    /// Where it is answered.
    pub(super) link: Option<String>,
    /// What one does there.
    pub(super) link_words: &'static str,
    /// What it is about, shortly: the incident's number.
    pub(super) name: String,
    /// What is wrong, in one line that others may read.
    pub(super) headline: String,
    /// How it stands, in one line.
    pub(super) facts: String,
    /// For where others read along.
    pub(super) room: Room,
    /// As a text message.
    pub(super) sms: String,
    /// As it is said by telephone.
    pub(super) spoken: String,
    /// As plain text.
    pub(super) text: String,
    /// As a letter.
    pub(super) letter: Letter,
    /// Whether it should wake somebody.
    pub(super) urgent: bool,
    /// As a device shows it.
    pub(super) push: push::Note,
}

impl Message {
    /// What can be answered without opening it: the words on a button, the address, and what is
    /// sent there.
    pub(super) fn actions(&self) -> Vec<(&'static str, String, String)> {
        let (Some(link), Some(_)) = (&self.link, &self.token) else { return vec![] };
        let action = |label, answer: Answer| (label, link.clone(), format!("say={answer}"));
        vec![
            action("Acknowledge", Answer::Acknowledge),
            action("Escalate", Answer::Escalate),
            action("I cannot", Answer::Decline),
        ]
    }
}

/// What is known besides the page itself.
pub(super) struct Around<'a> {
    /// What the words mean.
    pub(super) policy: &'a Policy,
    /// What makes links and codes.
    pub(super) seals: &'a Seals,
    /// Where people reach this instance.
    pub(super) public_url: Option<&'a str>,
    /// Whether anybody hears what is answered to a text message.
    pub(super) sms_is_answered: bool,
    /// Whether a mailbox takes what is answered to a letter.
    pub(super) mail_is_answered: bool,
    /// What administrators say in letters to whoever is paged, in each language.
    pub(super) edited: &'a [LetterText],
    /// Whether the devices of whoever is paged may say title and words, locked or not.
    pub(super) push_words: bool,
    /// The time.
    pub(super) now: Timestamp,
}

/// What somebody is told who is paged.
pub(super) fn page(paged: &Paged, around: &Around<'_>) -> Message {
    let (number, priority) = (paged.page.number, paged.state.priority);
    let title = one_line(paged.title.as_deref().unwrap_or("(the title was removed)"));
    let title: String = title.chars().take(TITLE_CHARS).collect();
    // Where others may read it.
    let open_title = if paged.is_restricted() { RESTRICTED } else { title.as_str() };
    let token = around.seals.page(paged.page.id);
    let link = around.public_url.map(|url| format!("{url}/a/{token}"));
    let facts = facts(paged, around);
    let answer = match &link {
        Some(link) if around.sms_is_answered => {
            format!("{link} Reply 1 {} to acknowledge", around.seals.page_code(paged.page.id))
        }
        Some(link) => link.clone(),
        None => "Sign in to acknowledge".to_owned(),
    };
    let open = link.as_deref().unwrap_or_default();
    let learns = if paged.page.learns { ", you learn" } else { "" };
    let about = format!("{number} {priority}{learns}");
    Message {
        id: paged.page.id.to_string(),
        sms: sms(&about, open_title, &answer),
        spoken: paged.spoken(around.policy),
        text: format!("You are paged: {open_title}\n{}\n{open}", facts.join("\n"))
            .trim()
            .to_owned(),
        letter: letter::page(paged, around, &title, link.as_deref()),
        name: number.to_string(),
        headline: format!("{priority} {open_title}"),
        facts: facts[1..].join(" · "),
        room: Room {
            link: around.public_url.map(|url| format!("{url}/incidents/{number}")),
            how: "Sign in to acknowledge it, or it escalates.".to_owned(),
        },
        link_words: "Acknowledge, escalate, or say that you cannot",
        push: page_push(paged, around, &title, &facts),
        token: Some(token),
        sealed: Some(around.seals.page_message(paged.page.id)),
        urgent: paged.page.urgency == Urgency::High,
        link,
    }
}

/// Number and priority, then what else is known, a line each.
fn facts(paged: &Paged, around: &Around<'_>) -> Vec<String> {
    let (state, policy) = (&paged.state, around.policy);
    let service = state.service.and_then(|id| policy.services.get(&id));
    let team = state.team.and_then(|id| policy.teams.get(&id));
    let here = Here::of(&paged.person, policy, around.now);
    let since = here.moment(state.moments.detected.unwrap_or(state.reported_at));
    let mut facts = vec![format!("{} · {}", paged.page.number, state.priority)];
    facts.extend(service.map(|service| format!("Service: {}", service.name)));
    facts.extend(team.map(|team| format!("Team: {}", team.name)));
    facts.push(format!("Since: {since}"));
    let silent = paged.word_was_due().map(|at| here.moment(at));
    facts.extend(silent.map(|at| format!("The next update is overdue, it was due on {at}")));
    if paged.page.learns {
        facts.push("You learn: whoever is on call is paged, too.".to_owned());
    }
    facts
}

/// A page as a device shows it, which others may see.
fn page_push(paged: &Paged, around: &Around<'_>, title: &str, facts: &[String]) -> push::Note {
    let (number, priority) = (paged.page.number, paged.state.priority);
    let (title, body) = match around.push_words {
        true => (format!("{priority} {title}"), facts[1..].join(" · ")),
        false => (format!("{priority} You are paged: {number}"), String::new()),
    };
    push::Note {
        title,
        body,
        path: format!("/a/{}", around.seals.page(paged.page.id)),
        // News about the same incident must not take the place of the page.
        about: format!("{number} page"),
        urgency: match paged.page.urgency {
            Urgency::High => push::Urgency::High,
            Urgency::Low => push::Urgency::Normal,
        },
        for_seconds: ANSWERABLE_SECONDS,
    }
}

/// What shows that a way reaches somebody.
pub(super) fn note(
    contact: &Contact,
    note: &Note,
    public_url: Option<&str>,
    now: Timestamp,
) -> Message {
    let (title, words, spoken) = match note {
        Note::Code(code) => {
            let digits: Vec<String> = code.chars().map(String::from).collect();
            let said = digits.join(", ");
            (
                format!("Evenkeel code: {code}"),
                format!("Your code is {code}. Type it in on your account page within 15 minutes."),
                format!("Your Evenkeel code is {said}. Again: {said}. Again: {said}."),
            )
        }
        Note::Test => {
            let words = "This is a test page: you can be reached here. Nothing is wrong.";
            ("Evenkeel test page".to_owned(), words.to_owned(), words.to_owned())
        }
    };
    let link = public_url.map(|url| format!("{url}/me"));
    let sent: String = match note {
        // Another code is another message, and so is another test.
        Note::Code(code) => format!("{}-{code}", contact.id),
        Note::Test => format!("{}-test-{}", contact.id, now.micros()),
    };
    Message {
        id: sent,
        token: None,
        sealed: None,
        urgent: true,
        link_words: "Open your account",
        name: "Evenkeel".to_owned(),
        headline: title.clone(),
        facts: words.clone(),
        room: Room { link: link.clone(), how: words.clone() },
        sms: words.clone(),
        spoken,
        text: words.clone(),
        letter: letter::note(&title, &words, link.as_deref()),
        push: push::Note {
            title,
            body: words,
            path: "/me".to_owned(),
            about: "contact".to_owned(),
            urgency: push::Urgency::High,
            for_seconds: ANSWERABLE_SECONDS,
        },
        link,
    }
}

/// A text message of one part where that can be: the title gives way, never the link and the code.
fn sms(head: &str, title: &str, answer: &str) -> String {
    let (title, room) = match plain(title) {
        Some(plain) => (plain, SMS_CHARS),
        None => (title.to_owned(), SMS_WIDE_CHARS),
    };
    let taken = head.chars().count() + answer.chars().count() + 2;
    let room = room.saturating_sub(taken).max(SMS_TITLE_CHARS);
    let title: String = match title.chars().count() > room {
        true => title.chars().take(room - 2).chain("..".chars()).collect(),
        false => title,
    };
    format!("{head} {title} {answer}")
}

/// The same in the alphabet that every telephone has; `None` where too little would be left of it.
fn plain(text: &str) -> Option<String> {
    let mut replaced = 0;
    let plain: String = text
        .chars()
        .map(|c| {
            if GSM.contains(c) {
                return c;
            }
            let near = NEAR.iter().find(|(letters, _)| letters.contains(c)).map(|(_, near)| *near);
            near.unwrap_or_else(|| {
                replaced += 1;
                match c {
                    '[' | '{' => '(',
                    ']' | '}' => ')',
                    '\\' | '|' => '/',
                    '€' => 'E',
                    _ => '?',
                }
            })
        })
        .collect();
    (replaced * 100 <= text.chars().count() * REPLACED_PERCENT).then_some(plain)
}

/// A message that says nothing yet.
#[cfg(test)]
pub(super) fn empty() -> Message {
    Message {
        id: String::new(),
        token: None,
        sealed: None,
        link: None,
        link_words: "",
        name: String::new(),
        headline: String::new(),
        facts: String::new(),
        room: Room { link: None, how: String::new() },
        sms: String::new(),
        spoken: String::new(),
        text: String::new(),
        letter: letter::note("", "", None),
        urgent: false,
        push: push::Note {
            title: String::new(),
            body: String::new(),
            path: String::new(),
            about: String::new(),
            urgency: push::Urgency::Low,
            for_seconds: 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &str = "https://desk.company.example/a/pAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA Reply 1 1234 to acknowledge";

    #[test]
    fn a_text_message_is_one_part_and_keeps_what_answers_it() {
        let said = sms(
            "INC-10428 P1",
            "Łódź: checkout “slow” – 34% of requests fail since the release of this morning",
            ANSWER,
        );
        assert!(said.starts_with("INC-10428 P1 Lodz: checkout"), "{said}");
        assert!(said.ends_with(ANSWER) && said.chars().count() <= SMS_CHARS, "{said}");
        assert_eq!(plain("価格が表示されない"), None);
        assert_eq!(plain("Größe der Rechnung [3]").as_deref(), Some("Größe der Rechnung (3)"));
    }

    #[test]
    fn codes_are_said_digit_by_digit() {
        let contact = Contact {
            id: kernel::ContactId(uuid::Uuid::from_u128(1)),
            person: kernel::PersonId(uuid::Uuid::from_u128(2)),
            channel: incident::reach::PageChannel::Voice,
            address: "+491".to_owned(),
            label: String::new(),
            created_at: Timestamp::from_micros(0),
            verified_at: None,
            sent_at: None,
            proved_at: None,
            failing_since: None,
            error: None,
        };
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let message = note(&contact, &Note::Code("042917".to_owned()), None, at(1));
        assert!(message.spoken.contains("0, 4, 2, 9, 1, 7") && message.sms.contains("042917"));
        assert!(message.actions().is_empty());
        let tests = [at(1), at(2)].map(|now| note(&contact, &Note::Test, None, now).id);
        assert_ne!(tests[0], tests[1], "the other end would take the second one for a repeat");
    }

    proptest! {
        #[test]
        fn whatever_the_title_one_part_is_enough(title in "[ -~äöüéłąςд価]{0,300}", number in 1i64..1_000_000) {
            let said = sms(&format!("INC-{number} P2"), &title, ANSWER);
            prop_assert!(said.ends_with(ANSWER));
            if plain(&title).is_some() {
                prop_assert!(said.chars().count() <= SMS_CHARS, "{}", said);
                prop_assert!(said.chars().all(|c| GSM.contains(c)), "{}", said);
            }
        }
    }
}
