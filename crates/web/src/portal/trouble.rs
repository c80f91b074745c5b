//! Why something was not taken, in the words of the portal. What rooms further in say of a
//! refusal is in English and for whoever works there: here it is told by its kind and field.

use crate::error::sentence;
use incident::{Refusal, RefusalKind};
use kernel::{Language, limits};

/// Files that one form takes at once.
const FILES: i64 = crate::incident::attachments::FILES as i64;

/// Of the form of a report.
pub(super) fn of_report(refusal: &Refusal, language: Language) -> String {
    let say = locale::portal(language);
    match (language, refusal.field) {
        (Language::En, _) => refusal.message.clone(),
        (_, Some("title")) if is_missing(refusal) => say.title_needed().to_owned(),
        (_, Some("title")) => say.too_long(limits::TITLE_CHARS as i64),
        (_, Some("description")) => say.too_long(limits::BODY_CHARS as i64),
        (_, Some("service")) => say.unknown_service().to_owned(),
        (_, Some("urgency")) => say.choose_an_answer().to_owned(),
        (_, Some("affected")) => say.write_a_number().to_owned(),
        (_, Some("file")) => files(language),
        _ => say.not_accepted().to_owned(),
    }
}

/// Of what was said or done on an incident's page.
pub(super) fn of_page(refusal: &Refusal, language: Language) -> String {
    let say = locale::portal(language);
    match (refusal.kind, refusal.field, language) {
        // Refusals of states name commands; requesters read what happened instead.
        (RefusalKind::State, ..) => say.changed_meanwhile().to_owned(),
        (_, _, Language::En) => sentence(&refusal.message),
        (_, Some("file"), _) => files(language),
        (_, Some("body"), _) if is_empty(refusal) => say.write_something().to_owned(),
        (_, Some("note"), _) if is_empty(refusal) => say.write_what_is_broken().to_owned(),
        (_, Some("reason"), _) if is_empty(refusal) => say.write_why().to_owned(),
        (_, Some("reason"), _) => say.too_long(limits::REASON_CHARS as i64),
        (_, Some("body" | "note" | "words"), _) => say.too_long(limits::BODY_CHARS as i64),
        _ => say.not_accepted().to_owned(),
    }
}

fn files(language: Language) -> String {
    let size = locale::size(language, limits::ATTACHMENT_BYTES as u64);
    locale::portal(language).file_not_taken(FILES, size)
}

fn is_missing(refusal: &Refusal) -> bool {
    !refusal.message.contains("longer than")
}

fn is_empty(refusal: &Refusal) -> bool {
    refusal.message.starts_with("write")
}
