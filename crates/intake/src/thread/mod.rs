//! What a message belongs to: a pure decision in a safe order, with its reason in words.
//!
//! The order (source: mail.md): a letter of ours that is answered, a keyed mark, an answer to
//! a message that is known, a bare number, a number of the sender's own system, and else
//! something new. Only what this instance sealed, or what somebody writes who has to do with
//! the incident anyway, reaches an incident: a stranger with a number in the subject does not.

mod domains;
mod paged;
mod references;

pub(crate) use domains::{counterpart, is_public};
pub(crate) use references::references;

use crate::Letter;
use crate::letter::{Verdict, is_answer};
use desk::seals::{Mark, Seals, Seen};
use incident::Lifecycle;
use kernel::{IncidentNumber, PageId, TeamId};
use store::messages::Rule;

/// Message ids that are looked for.
const ANSWERS_MAX: usize = 32;
/// Incidents that are looked at for one sign.
const CANDIDATES_MAX: usize = 5;
/// Bytes of a text in which marks are looked for, from its beginning and from its end.
const TEXT_BYTES: (usize, usize) = (32 * 1_024, 8 * 1_024);

/// What in a message points to an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Incidents whose letters it answers, by our keyed ids, the nearest first.
    pub(crate) own: Vec<IncidentNumber>,
    /// Whether it answers a letter of ours that is not about one incident alone: what that
    /// letter quotes then says nothing.
    pub(crate) several: bool,
    /// Incidents whose keyed marks it carries, those of the subject first.
    pub(crate) marks: Vec<IncidentNumber>,
    /// Other message ids that it answers, the nearest first.
    pub(crate) answers: Vec<String>,
    /// Incidents whose bare numbers stand in the subject.
    pub(crate) numbers: Vec<IncidentNumber>,
    /// Numbers of the sender's own system.
    pub(crate) references: Vec<String>,
    /// The page that it answers.
    pub(crate) page: Option<PageId>,
    /// Whether it answers something, by its subject or its header.
    pub(crate) reply: bool,
    /// Whether it was forwarded: what it answers is then somebody else's.
    pub(crate) forwarded: bool,
}

/// What its sender has to do with an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They reported it, or it was reported for them.
    Requester,
    /// They work for the provider and may see it.
    Staff,
    /// They may see its public side: they follow it.
    Follower,
    /// Their address is of the company it is about.
    Company,
    /// Nothing.
    Stranger,
}

/// An incident that a message may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Which.
    pub(crate) number: IncidentNumber,
    /// What its sender has to do with it.
    pub(crate) relation: Relation,
    /// Where it stands.
    pub(crate) lifecycle: Lifecycle,
    /// The only team that may see it, if it is restricted.
    pub(crate) confidential_to: Option<TeamId>,
    /// The incident that it is part of, and what the sender has to do with that.
    pub(crate) part_of: Option<(IncidentNumber, Relation, Lifecycle)>,
}

/// The incidents that the signs of a message name, as far as there are any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) own: Vec<Candidate>,
    pub(crate) marks: Vec<Candidate>,
    pub(crate) answers: Vec<Candidate>,
    pub(crate) numbers: Vec<Candidate>,
    pub(crate) references: Vec<Candidate>,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    /// To an incident.
    Incident(Candidate),
    /// It is something new, and may have to do with an incident.
    New(Option<IncidentNumber>),
    /// Aside: a person says whether it goes to this incident, or to which.
    Aside(Option<IncidentNumber>),
}

/// What was decided, by which rule, and why in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) rule: Rule,
    pub(crate) to: To,
    pub(crate) reason: String,
}

/// The signs of a message.
pub(crate) fn signs(letter: &Letter, seals: &Seals) -> Signs {
    let mut signs = Signs {
        forwarded: letter.forwarded.is_some(),
        reply: !letter.answers.is_empty() || is_answer(&letter.subject),
        references: references(&letter.subject),
        page: paged::page(letter, seals),
        ..Signs::default()
    };
    for id in letter.answers.iter().take(ANSWERS_MAX) {
        match seals.own_message(id) {
            // The nearest one decides.
            Some(own) if own.number.0 == 0 => signs.several |= signs.own.is_empty(),
            Some(own) if !signs.several => push(&mut signs.own, own.number),
            Some(_) => {}
            None => signs.answers.push(id.clone()),
        }
    }
    let in_subject = seals.marks(&letter.subject);
    let (first, last) = if signs.several { ("", "") } else { ends_of(&letter.text) };
    let in_text = seals.marks(first).into_iter().chain(seals.marks(last));
    let ours = |mark: &Mark| mark.sealed == Seen::Ours;
    for mark in in_subject.iter().copied().chain(in_text).filter(ours) {
        push(&mut signs.marks, mark.number);
    }
    for mark in in_subject.iter().filter(|mark| mark.sealed == Seen::Bare) {
        push(&mut signs.numbers, mark.number);
    }
    signs
}

fn push(numbers: &mut Vec<IncidentNumber>, number: IncidentNumber) {
    if numbers.len() < CANDIDATES_MAX && number.0 > 0 && !numbers.contains(&number) {
        numbers.push(number);
    }
}

/// The beginning and the end of a long text.
fn ends_of(text: &str) -> (&str, &str) {
    let (first, last) = TEXT_BYTES;
    if text.len() <= first + last {
        return (text, "");
    }
    let to = (0..=first).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let from = (text.len() - last..text.len()).find(|at| text.is_char_boundary(*at));
    (&text[..to], from.map_or("", |from| &text[from..]))
}

/// Decides; `dmarc` is what was found out about the sender.
pub(crate) fn decide(signs: &Signs, found: &Found, dmarc: Verdict) -> Decision {
    let sealed = [
        (Rule::OwnMessage, &found.own, "it answers a letter about"),
        (Rule::Mark, &found.marks, "it carries the mark of"),
    ];
    for (rule, candidates, why) in sealed {
        if let Some(candidate) = candidates.first() {
            return sealed_decision(rule, candidate, why, dmarc);
        }
    }
    if signs.several {
        let reason = "it answers a letter that is not about one incident alone: it is unclear where it belongs";
        return Decision { rule: Rule::OwnMessage, to: To::Aside(None), reason: reason.to_owned() };
    }
    by_the_sender(signs, found, dmarc)
}

/// What an incident is named for that a message may belong to; a restricted one is not named.
fn hint(candidate: &Candidate, why: &'static str) -> Option<(IncidentNumber, &'static str)> {
    candidate.confidential_to.is_none().then_some((candidate.number, why))
}

/// By what anybody can write, if who wrote it has to do with the incident.
fn by_the_sender(signs: &Signs, found: &Found, dmarc: Verdict) -> Decision {
    let mut suggested = None;
    let (answers, numbers) = match signs.forwarded {
        true => (&[][..], &[][..]),
        false => (&found.answers[..], &found.numbers[..]),
    };
    if let Some(candidate) = answers.first() {
        if candidate.relation != Relation::Stranger {
            return known(Rule::Answer, candidate, "it answers a message in", dmarc);
        }
        suggested = hint(candidate, "it answers a message in");
    }
    if let Some(candidate) = numbers.first() {
        let takes_part = !matches!(candidate.relation, Relation::Stranger | Relation::Company);
        if takes_part {
            return known(Rule::Number, candidate, "its subject names", dmarc);
        }
        suggested = suggested.or(hint(candidate, "its subject names"));
    }
    if let Some(candidate) = found.references.first() {
        let why = "its subject has the number under which its sender knows";
        if signs.reply || candidate.relation != Relation::Stranger {
            return known(Rule::Reference, candidate, why, dmarc);
        }
        suggested = suggested.or(hint(candidate, why));
    }
    let reason = match suggested {
        Some((number, why)) => {
            format!("{why} {number}, but its sender has nothing to do with that incident")
        }
        None if signs.forwarded => "it was forwarded and belongs to nothing".to_owned(),
        None => "it belongs to nothing that is known".to_owned(),
    };
    Decision { rule: Rule::New, to: To::New(suggested.map(|(number, _)| number)), reason }
}

/// What carries our seal: somebody got it from us, or from somebody who did.
fn sealed_decision(rule: Rule, candidate: &Candidate, why: &str, dmarc: Verdict) -> Decision {
    if candidate.relation == Relation::Stranger {
        let number = candidate.number;
        let reason = format!(
            "{why} {number}, but its sender has nothing to do with that incident: it is unclear whether it belongs there"
        );
        return Decision { rule, to: To::Aside(Some(number)), reason };
    }
    known(rule, candidate, why, dmarc)
}

/// To an incident, unless its sender is proven to be somebody else.
fn known(rule: Rule, candidate: &Candidate, why: &str, dmarc: Verdict) -> Decision {
    let number = candidate.number;
    if dmarc == Verdict::Fail {
        let reason = format!(
            "{why} {number}, but its sender is not who it says (DMARC fails): it is unclear whether it belongs there"
        );
        return Decision { rule, to: To::Aside(Some(number)), reason };
    }
    let who = match candidate.relation {
        Relation::Requester => "its requester",
        Relation::Staff => "somebody of the service desk",
        Relation::Follower => "somebody who follows it",
        Relation::Company => "somebody of the company it is about",
        Relation::Stranger => "somebody at the same place",
    };
    let reason = format!("{why} {number} and is from {who}");
    let (candidate, reason) = live(candidate, reason);
    Decision { rule, to: To::Incident(candidate), reason }
}

/// What was merged into another is worked on there. Its own requester stays on its own side:
/// their words are not for the requester of the other, and agents read both together.
fn live(candidate: &Candidate, reason: String) -> (Candidate, String) {
    let Some((main, relation, lifecycle)) = candidate.part_of else {
        return (candidate.clone(), reason);
    };
    let number = candidate.number;
    if matches!(relation, Relation::Stranger | Relation::Company)
        || candidate.relation == Relation::Requester
    {
        return (
            candidate.clone(),
            format!("{reason}; {number} is part of {main}, where it is shown"),
        );
    }
    let candidate = Candidate { number: main, relation, lifecycle, ..candidate.clone() };
    (candidate, format!("{reason}; {number} is part of {main}, where it goes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, Forwarded};
    use desk::seals::OwnMessage;
    use kernel::Timestamp;
    use proptest::prelude::*;

    const N: IncidentNumber = IncidentNumber(7);

    fn seals() -> Seals {
        Seals::of([7; 32])
    }

    fn candidate(relation: Relation) -> Candidate {
        let lifecycle = Lifecycle::New;
        Candidate { number: N, relation, lifecycle, confidential_to: None, part_of: None }
    }

    fn own_id() -> String {
        let asked_at = Timestamp::from_micros(1);
        seals().message_id(OwnMessage { number: N, delivery: 1, asked_at }, "desk.example")
    }

    fn letter(subject: &str) -> Letter {
        let from = Address { name: String::new(), email: "gwen@northwind.example".to_owned() };
        Letter { from: Some(from), subject: subject.to_owned(), ..Letter::default() }
    }

    fn one(by: &str, relation: Relation) -> (Signs, Found) {
        let mut found = Found::default();
        let mut signs = Signs::default();
        let candidates = vec![candidate(relation)];
        match by {
            "own" => (signs.own, found.own) = (vec![N], candidates),
            "mark" => (signs.marks, found.marks) = (vec![N], candidates),
            "answer" => (signs.answers, found.answers) = (vec!["a@b".to_owned()], candidates),
            "number" => (signs.numbers, found.numbers) = (vec![N], candidates),
            _ => (signs.references, found.references) = (vec!["ticket#1".to_owned()], candidates),
        }
        (signs, found)
    }

    #[test]
    fn signs_are_read_from_everywhere() {
        let mut letter = letter(&format!("Re: {} VPN INC-9 [Ticket#12]", seals().mark(N)));
        letter.answers = vec![own_id(), "CAF=1@mail.example".to_owned()];
        letter.text = format!("> Subject: {} x INC-10", seals().mark(IncidentNumber(8)));
        let signs = signs(&letter, &seals());
        assert_eq!(signs.own, [N]);
        assert_eq!(signs.marks, [N, IncidentNumber(8)]);
        assert_eq!(signs.answers, ["CAF=1@mail.example"]);
        assert_eq!(signs.numbers, [IncidentNumber(9)], "a number in the text says nothing");
        assert_eq!(signs.references, ["ticket#12"]);
        assert!(!signs.forwarded);
    }

    #[test]
    fn what_another_instance_sealed_is_no_sign() {
        let other = Seals::of([8; 32]);
        let signs = signs(&letter(&format!("Re: {}", other.mark(N))), &seals());
        assert_eq!((signs.marks, signs.numbers), (vec![], vec![]));
    }

    #[test]
    fn who_takes_part_reaches_the_incident_and_nobody_else() {
        use Relation::*;
        for by in ["own", "mark", "answer", "number", "reference"] {
            for relation in [Requester, Staff, Follower] {
                let (signs, found) = one(by, relation);
                let to = decide(&signs, &found, Verdict::None).to;
                assert_eq!(to, To::Incident(candidate(relation)), "{by}");
                let to = decide(&signs, &found, Verdict::Fail).to;
                assert_eq!(to, To::Aside(Some(N)), "{by}: not who they say");
            }
        }
        for (by, company, stranger) in [
            ("own", To::Incident(candidate(Company)), To::Aside(Some(N))),
            ("mark", To::Incident(candidate(Company)), To::Aside(Some(N))),
            ("answer", To::Incident(candidate(Company)), To::New(Some(N))),
            ("number", To::New(Some(N)), To::New(Some(N))),
        ] {
            let (signs, found) = one(by, Company);
            assert_eq!(decide(&signs, &found, Verdict::Pass).to, company, "{by}");
            let (signs, found) = one(by, Stranger);
            assert_eq!(decide(&signs, &found, Verdict::Pass).to, stranger, "{by}");
        }
    }

    #[test]
    fn an_answer_to_a_letter_about_several_goes_nowhere_by_what_it_quotes() {
        let asked_at = Timestamp::from_micros(1);
        let several = OwnMessage { number: IncidentNumber(0), delivery: 2, asked_at };
        let several = seals().message_id(several, "desk.example");
        let mut letter = letter("Re: News INC-9");
        letter.text = format!("> {} x", seals().mark(N));
        letter.answers = vec![several.clone(), own_id()];
        let read = signs(&letter, &seals());
        assert_eq!((read.several, &read.own, &read.marks), (true, &vec![], &vec![]));
        let found = Found { numbers: vec![candidate(Relation::Requester)], ..Found::default() };
        let decision = decide(&read, &found, Verdict::Pass);
        assert_eq!(decision.to, To::Aside(None), "{}", decision.reason);

        // The nearest letter decides, and so does a mark in the subject.
        letter.answers = vec![own_id(), several.clone()];
        let read = signs(&letter, &seals());
        assert_eq!((read.several, read.own), (false, vec![N]));
        letter.answers = vec![several];
        letter.subject = format!("Re: {}", seals().mark(N));
        assert_eq!(signs(&letter, &seals()).marks, [N]);
    }

    #[test]
    fn what_is_restricted_is_not_named_to_strangers() {
        let team = TeamId(desk::fresh());
        for by in ["answer", "number", "reference"] {
            let (signs, found) = one(by, Relation::Stranger);
            assert_eq!(decide(&signs, &found, Verdict::None).to, To::New(Some(N)), "{by}");
            let hide = |all: Vec<Candidate>| {
                all.into_iter()
                    .map(|one| Candidate { confidential_to: Some(team), ..one })
                    .collect()
            };
            let found = Found {
                answers: hide(found.answers),
                numbers: hide(found.numbers),
                references: hide(found.references),
                ..found
            };
            let decision = decide(&signs, &found, Verdict::None);
            assert_eq!(decision.to, To::New(None), "{by}");
            assert!(!decision.reason.contains("INC-"), "{}", decision.reason);
        }
    }

    #[test]
    fn a_number_of_others_counts_from_strangers_in_an_answer_alone() {
        let (signs, found) = one("reference", Relation::Stranger);
        assert_eq!(decide(&signs, &found, Verdict::None).to, To::New(Some(N)));
        let signs = Signs { reply: true, ..signs };
        let to = decide(&signs, &found, Verdict::None).to;
        assert_eq!(to, To::Incident(candidate(Relation::Stranger)));
    }

    #[test]
    fn a_forward_answers_nothing() {
        for by in ["answer", "number"] {
            let (signs, found) = one(by, Relation::Requester);
            let signs = Signs { forwarded: true, ..signs };
            assert_eq!(decide(&signs, &found, Verdict::None).to, To::New(None), "{by}");
        }
        let mut forwarded = letter("x");
        forwarded.forwarded = Some(Forwarded { from: None, subject: "x".to_owned() });
        assert!(signs(&forwarded, &seals()).forwarded);
    }

    #[test]
    fn what_was_merged_is_worked_on_in_the_other() {
        let main = IncidentNumber(9);
        let part_of = Some((main, Relation::Staff, Lifecycle::InProgress));
        let staff = Candidate { part_of, ..candidate(Relation::Staff) };
        let found = Found { marks: vec![staff], ..Found::default() };
        let decision = decide(&Signs::default(), &found, Verdict::None);
        let To::Incident(to) = decision.to else { panic!("{decision:?}") };
        assert_eq!((to.number, to.lifecycle), (main, Lifecycle::InProgress));
        assert!(decision.reason.contains("INC-9"), "{}", decision.reason);

        let part_of = Some((main, Relation::Stranger, Lifecycle::InProgress));
        let requester = Candidate { part_of, ..candidate(Relation::Requester) };
        let found = Found { marks: vec![requester], ..Found::default() };
        let To::Incident(to) = decide(&Signs::default(), &found, Verdict::None).to else {
            panic!()
        };
        assert_eq!(to.number, N, "their words are not for the other's requester");
    }

    fn relation() -> impl Strategy<Value = Relation> {
        use Relation::*;
        proptest::sample::select(vec![Requester, Staff, Follower, Company, Stranger])
    }

    fn some() -> impl Strategy<Value = Vec<Candidate>> {
        proptest::collection::vec(relation().prop_map(candidate), 0..3)
    }

    proptest! {
        /// Whatever a message carries, a stranger reaches no incident by it, except under
        /// the number that their own place gave it; and every decision has a reason.
        #[test]
        fn strangers_reach_nothing(
            own in some(), marks in some(), answers in some(), numbers in some(),
            forwarded in any::<bool>(), fails in any::<bool>()
        ) {
            let found = Found { own, marks, answers, numbers, references: vec![] };
            let signs = Signs { forwarded, ..Signs::default() };
            let dmarc = if fails { Verdict::Fail } else { Verdict::None };
            let decision = decide(&signs, &found, dmarc);
            prop_assert!(!decision.reason.is_empty());
            if let To::Incident(candidate) = decision.to {
                prop_assert!(candidate.relation != Relation::Stranger);
                prop_assert!(!fails);
            }
        }

        #[test]
        fn whatever_stands_in_it_signs_are_few(subject in "(?s).{0,200}", text in "(?s)(INC-[0-9]{1,3} |é|x){0,300}") {
            let mut letter = letter(&subject);
            letter.text = text.repeat(20);
            let signs = signs(&letter, &seals());
            prop_assert!(signs.numbers.len() <= CANDIDATES_MAX && signs.marks.len() <= CANDIDATES_MAX);
        }
    }
}
