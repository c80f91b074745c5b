//! What a review, an action and the template must be like to be saved.

use crate::Trouble;
use crate::problems::{check_body, check_title};
use incident::policy::Fault;
use incident::{Policy, State};
use kernel::{PersonId, limits};
use std::collections::BTreeSet;
use store::directory::reviews::{
    Action, ActionState, FACTORS_MAX, KINDS_MAX, PICKS_MAX, QUESTIONS_MAX, Question, Review,
    Template,
};

/// Characters of the key of a question, and of a group of recurring incidents.
const KEY_CHARS: usize = 120;
/// Business days until a review is due, at most: a quarter of a year.
const DUE_DAYS_MAX: u8 = 90;

/// Checks the words of a review, and who owns it. Answers to questions that are asked no more
/// stay where they were.
pub(super) fn review(
    policy: &Policy,
    state: &State,
    template: &Template,
    before: &Review,
    wanted: &Review,
) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    for (field, text) in [
        ("summary", &wanted.summary),
        ("impact", &wanted.impact),
        ("helped", &wanted.helped),
        ("hard", &wanted.hard),
        ("lessons", &wanted.lessons),
    ] {
        check_body(field, text, &mut faults);
    }
    if wanted.factors.len() > FACTORS_MAX {
        faults.push(Fault::new("factors", format!("are more than {FACTORS_MAX}")));
    }
    for (place, factor) in wanted.factors.iter().enumerate() {
        check_line(&format!("factors.{place}"), factor, limits::REASON_CHARS, &mut faults);
    }
    for (key, answer) in &wanted.answers {
        let asked = template.questions.iter().any(|question| question.key == *key);
        if !asked && before.answers.get(key) != Some(answer) {
            faults.push(Fault::new(format!("answers.{key}"), "is no question of the template"));
        }
        check_body(&format!("answers.{key}"), answer, &mut faults);
    }
    if wanted.picks != before.picks && wanted.picks.len() > PICKS_MAX {
        faults.push(Fault::new("picks", format!("are more than {PICKS_MAX}")));
    }
    for (place, pick) in wanted.picks.iter().enumerate() {
        if pick.remark.chars().count() > limits::REASON_CHARS {
            let most = limits::REASON_CHARS;
            let words = format!("is longer than {most} characters");
            faults.push(Fault::new(format!("picks.{place}.remark"), words));
        }
        check_body(&format!("picks.{place}.remark"), &pick.remark, &mut faults);
    }
    if wanted.owner != before.owner {
        check_owner(policy, state, wanted.owner, &mut faults);
    }
    fine(faults)
}

/// Checks why a review is taken up again.
pub(super) fn reason(words: &str) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    check_body("reason", words, &mut faults);
    if !(1..=limits::REASON_CHARS).contains(&words.chars().count()) {
        let most = limits::REASON_CHARS;
        faults.push(Fault::new("reason", format!("is needed, in {most} characters at most")));
    }
    fine(faults)
}

/// Checks an action; `factors` is how many factors its review has.
pub(super) fn action(
    policy: &Policy,
    state: &State,
    factors: usize,
    before: Option<&Action>,
    wanted: &Action,
) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    check_line("words", &wanted.words, limits::REASON_CHARS, &mut faults);
    let same = before.is_some_and(|before| before.factor == wanted.factor);
    if let Some(place) = wanted.factor.filter(|_| !same)
        && !(1..=factors).contains(&(place as usize))
    {
        faults.push(Fault::new("factor", "is no factor of the review; count from 1"));
    }
    if before.is_none_or(|before| before.owner != wanted.owner) {
        check_owner(policy, state, wanted.owner, &mut faults);
    }
    check_body("reason", &wanted.reason, &mut faults);
    if wanted.reason.chars().count() > limits::REASON_CHARS {
        let most = limits::REASON_CHARS;
        faults.push(Fault::new("reason", format!("is longer than {most} characters")));
    }
    if wanted.state == ActionState::Dropped && wanted.reason.trim().is_empty() {
        faults.push(Fault::new("reason", "is needed: say why it will not be done"));
    }
    if let Some(key) = &wanted.cluster {
        check_line("cluster", key, KEY_CHARS, &mut faults);
    }
    fine(faults)
}

/// Checks how reviews are to be written here.
pub(super) fn template(wanted: &Template) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    if !(1..=DUE_DAYS_MAX).contains(&wanted.due_days) {
        faults.push(Fault::new("due_days", format!("must be 1 to {DUE_DAYS_MAX}")));
    }
    questions("questions", &wanted.questions, &mut faults);
    if wanted.kinds.len() > KINDS_MAX {
        faults.push(Fault::new("kinds", format!("are more than {KINDS_MAX}")));
    }
    let mut names = BTreeSet::new();
    for (place, kind) in wanted.kinds.iter().enumerate() {
        let field = format!("kinds.{place}");
        let mut of_title = Vec::new();
        check_title(&kind.name, &mut of_title);
        if !names.insert(kind.name.to_lowercase()) {
            of_title.push(Fault::new("name", "is there twice"));
        }
        let name = of_title.into_iter().map(|fault| fault.message);
        faults.extend(name.map(|message| Fault::new(format!("{field}.name"), message)));
        questions(&format!("{field}.questions"), &kind.questions, &mut faults);
    }
    fine(faults)
}

fn questions(field: &str, wanted: &[Question], faults: &mut Vec<Fault>) {
    if wanted.len() > QUESTIONS_MAX {
        faults.push(Fault::new(field, format!("are more than {QUESTIONS_MAX}")));
    }
    let mut keys = BTreeSet::new();
    for (place, question) in wanted.iter().enumerate() {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let length = (1..=KEY_CHARS).contains(&question.key.len());
        if !length || !question.key.bytes().all(plain) {
            let words = "must be small letters, digits and _";
            faults.push(Fault::new(format!("{field}.{place}.key"), words));
        }
        if !keys.insert(&question.key) {
            faults.push(Fault::new(format!("{field}.{place}.key"), "is there twice"));
        }
        let mut of_title = Vec::new();
        check_title(&question.words, &mut of_title);
        let named = of_title
            .into_iter()
            .map(|fault| Fault::new(format!("{field}.{place}.words"), fault.message));
        faults.extend(named);
    }
}

/// Whether somebody works here, and sees what this is about.
pub(super) fn can_own(policy: &Policy, state: &State, person: PersonId) -> bool {
    let works = policy.staff.get(&person).is_some_and(|one| one.active && one.works());
    let within = |team| policy.teams.get(&team).is_some_and(|team| team.members.contains(&person));
    works && state.confidential_to.is_none_or(within)
}

fn check_owner(policy: &Policy, state: &State, owner: Option<PersonId>, faults: &mut Vec<Fault>) {
    if owner.is_some_and(|person| !can_own(policy, state, person)) {
        faults.push(Fault::new("owner", "must work on incidents and see this one"));
    }
}

fn check_line(field: &str, text: &str, most: usize, faults: &mut Vec<Fault>) {
    let chars = text.trim().chars().count();
    if !(1..=most).contains(&chars) || text.chars().any(char::is_control) {
        let words = format!("must be one line of 1 to {most} characters");
        faults.push(Fault::new(field, words));
    }
}

fn fine(faults: Vec<Fault>) -> Result<(), Trouble> {
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}
