//! Who is not there: in words, and as fields to say it with.

use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::time::Here;
use incident::assignment::Away;
use incident::{Policy, Refusal};
use kernel::PersonId;
use maud::{Markup, html};

/// The fields of an absence.
pub(crate) const FROM: &str = "away_from";
pub(crate) const UNTIL: &str = "away_until";

/// "away until Mon 09:00", of somebody who is not there now.
pub(crate) fn words(away: Option<Away>, here: &Here) -> Option<String> {
    let away = away.filter(|away| away.covers(here.now))?;
    Some(match away.until {
        Some(until) => format!("away until {}", here.exact(until)),
        None => "away".to_owned(),
    })
}

/// The same of somebody who works on incidents.
pub(crate) fn of(policy: &Policy, person: PersonId, here: &Here) -> Option<String> {
    words(policy.staff.get(&person)?.away, here)
}

/// A name in a list to choose from: "Ines Carvalhal, away until Mon 09:00".
pub(crate) fn named(policy: &Policy, person: PersonId, name: &str, here: &Here) -> String {
    match of(policy, person, here) {
        Some(away) => format!("{name}, {away}"),
        None => name.to_owned(),
    }
}

/// An absence that is not over, as the fields hold it.
pub(crate) fn shown(away: Option<Away>, here: &Here) -> Vec<(String, String)> {
    let away = away.filter(|away| !away.is_over(here.now));
    let from = away.map(|away| (FROM.to_owned(), here.field(away.from)));
    let until = away.and_then(|away| away.until);
    from.into_iter().chain(until.map(|at| (UNTIL.to_owned(), here.field(at)))).collect()
}

/// The absence that the fields say; `before` is what was stored. Without a beginning it
/// begins now, without an end it lasts until further notice, without both there is none.
pub(crate) fn typed(
    fields: &Fields,
    before: Option<Away>,
    here: &Here,
) -> Result<Option<Away>, Refusal> {
    let (from, until) = (fields.instant(FROM, here)?, fields.instant(UNTIL, here)?);
    if from.is_none() && until.is_none() {
        return Ok(None);
    }
    // Fields know no seconds: what nobody changed stays as it was.
    let same = before.filter(|before| fields.text(FROM) == here.field(before.from));
    let from = same.map(|before| before.from).or(from).unwrap_or(here.now);
    if until.is_some_and(|until| until <= from) {
        return Err(Refusal::invalid(UNTIL, "The end must be later than the beginning"));
    }
    Ok(Some(Away { from, until }))
}

/// The fields.
pub(crate) fn inputs(fields: &Fields, errors: &Errors) -> Markup {
    let from = Field::new(FROM, "Away from").hint("Empty: from now on.").errors(errors);
    let until = Field::new(UNTIL, "Until").hint("Empty: until further notice.").errors(errors);
    html! {
        div.form-2 {
            (from.input("datetime-local", fields.text(FROM)))
            (until.input("datetime-local", fields.text(UNTIL)))
        }
    }
}
