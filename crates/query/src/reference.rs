//! The reference of the language, made from the table of fields.

use crate::fields::{FIELDS, Field, Kind};
use crate::vocabulary::Period;

/// The reference in Markdown, for the documentation and the help page.
pub fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("## Fields\n\n| field | means | values | example |\n| --- | --- | --- | --- |\n");
    for field in FIELDS {
        let names: Vec<String> = field.names().map(|name| format!("`{name}`")).collect();
        let row = format!(
            "| {} | {} | {} | `{}` |\n",
            names.join(", "),
            field.help,
            values(field),
            field.example
        );
        text.push_str(&row);
    }
    text.push_str(MOMENTS);
    text.push_str(&format!(
        "\nPeriods of whole local days, weeks from Monday: {}.\n\n",
        code(Period::WORDS)
    ));
    text.push_str(SORTING);
    text
}

fn values(field: &Field) -> String {
    match field.kind {
        Kind::Words(words) | Kind::Ordered(words) => code(words),
        Kind::Names(_) => format!("a name, {}", code(&field.fixed_values())),
        Kind::Flag => code(&field.fixed_values()),
        Kind::Count => format!("a number, compared or as a range, {}", code(&field.fixed_values())),
        Kind::Numbers => "incident numbers".to_owned(),
        Kind::Parent => format!("incident numbers, {}", code(&field.fixed_values())),
        Kind::Moment => format!("a moment, {}", code(&field.fixed_values())),
        Kind::Sort => code(&field.fixed_values()),
    }
}

fn code(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

const INTRODUCTION: &str = r#"# Query language

One language for the search bar, the API's `q=`, saved views and rules.

    state:open priority:P1 team:mine service:"Label Printing" due<2h vpn sort:risk

* Terms side by side must all hold. `or` (or `|`) means at least one, and binds less
  than standing side by side; parentheses group; `-`, `!` or `not` in front negates.
* A comma means any of these values: `priority:P1,P2`. `!=` means none of them.
* A value with spaces or signs is quoted: `team:"Field service"`. In quotes, `\"` is a quote.
  The words `none`, `any`, `me` and `mine` in quotes are names.
* Names of teams, people, services, tags and values of custom fields are compared whole;
  upper and lower case are the same. An id does instead of a name.
* A bare word is found in the incident's text at the beginning of any word, without
  regard to case and accents. `"Quoted words"` are found as whole words, one after the
  other; `"quoted words"*` leaves the last one open.
* `INC-7` alone is that incident.

"#;

const MOMENTS: &str = r#"
## Moments

* A duration is written `30m`, `2h`, `3d`, `1w` or `1h30m`; a day is 24 hours. For `due` and
  `resumes` it counts from now: `due<2h` is due within 2 hours or overdue, `due<0` is
  overdue. For every other moment it is an age: `updated<3d` is within the last 3 days,
  `held>3d` is longer ago than 3 days.
* A date such as `2026-11-01` is that day in your time zone: `reported>=2026-11-01`.
* A range includes both ends: `reported:2026-11-01..2026-11-15`; either end can be left out.
* A time with zone is exact: `reported>2026-11-01T09:00:00Z`. `now` is the instant of asking.
"#;

const SORTING: &str = r#"## Order

`sort:due` soonest first, without a due instant last; `sort:priority` P1 first; `sort:updated`, `sort:reported` and
`sort:number` newest first; `sort:risk` what costs most to leave waiting first, what is not open last. `sort:-updated` is the other way round.
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_period_is_in_the_reference() {
        let text = reference();
        for name in FIELDS.iter().flat_map(Field::names).chain(Period::WORDS.iter().copied()) {
            assert!(text.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn every_term_in_the_reference_is_understood() {
        let text = reference();
        for code in text.split('`').skip(1).step_by(2).filter(|code| code.contains([':', '<', '>']))
        {
            assert!(crate::parse_condition(code).is_ok(), "{code}");
        }
        let example = text.lines().find_map(|line| line.strip_prefix("    ")).unwrap();
        assert_eq!(crate::parse(example).unwrap().to_string(), example);
    }
}
