//! A window as the fields of a form, and back. Its times are those of one zone's clock.

use crate::app::zone_named;
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::time::Here;
use crate::settings::editing;
use ::alert::maintenance::{LabelMatch, LabelTest, Maintenance, Matcher, Recurrence};
use desk::Trouble;
use incident::Refusal;
use kernel::{MaintenanceId, Timestamp, limits};
use store::status::works::Words;

/// Characters of all conditions on labels as they are typed.
const LABELS_CHARS: usize = 10_000;
/// Characters of what the outside is told, as they are typed; the rules say less of a title.
const OUTSIDE_CHARS: usize = desk::status::WORDS_CHARS;
/// How a condition is written; the longer ones first, because they begin alike.
const TESTS: [(&str, LabelTest); 4] = [
    ("!~", LabelTest::MatchesNot),
    ("!=", LabelTest::IsNot),
    ("=~", LabelTest::Matches),
    ("=", LabelTest::Is),
];

/// The form of a new one: an hour from now on.
pub(super) fn blank(here: &Here, zone: &str, service: Option<&str>) -> Fields {
    let mut pairs = vec![
        ("time_zone", zone.to_owned()),
        ("starts_at", here.field(here.now)),
        ("ends_at", here.field(here.now.plus_seconds(3_600))),
        ("recurrence.from", "22:00".to_owned()),
        ("recurrence.until", "23:00".to_owned()),
    ];
    pairs.extend(service.map(|id| ("service", id.to_owned())));
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A window as its form shows it.
pub(super) fn shown(
    window: &Maintenance,
    words: Option<&Words>,
    here: &Here,
    zone: &str,
) -> Fields {
    let recurrence = window.recurrence.as_ref();
    let zone = recurrence.map_or(zone, |recurrence| recurrence.time_zone.as_str());
    let clock = zone_named(zone).unwrap_or_else(|| here.zone.clone());
    let mut pairs = vec![
        ("name", window.name.clone()),
        ("time_zone", zone.to_owned()),
        ("matcher.labels", written(&window.matcher.labels)),
    ];
    match recurrence {
        Some(recurrence) => {
            pairs.push(("recurs", "1".to_owned()));
            pairs.push(("recurrence.from", recurrence.from.clone()));
            pairs.push(("recurrence.until", recurrence.until.clone()));
            pairs.extend(recurrence.days.iter().map(|day| ("day", day.to_string())));
        }
        None => {
            pairs.push(("recurrence.from", "22:00".to_owned()));
            pairs.push(("recurrence.until", "23:00".to_owned()));
        }
    }
    pairs.extend(window.matcher.services.iter().map(|id| ("service", id.to_string())));
    pairs.extend(window.matcher.integrations.iter().map(|id| ("source", id.to_string())));
    if let Some(words) = words {
        pairs.push(("public", "1".to_owned()));
        pairs.push(("public_title", words.title.clone()));
        pairs.push(("public_body", words.body.clone()));
        pairs.extend(words.components.iter().map(|id| ("component", id.to_string())));
        pairs.extend(words.remind_minutes.map(|minutes| ("remind_minutes", minutes.to_string())));
    }
    let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
    let fields = Fields::of(pairs.collect());
    let fields = clock_change::holding(fields, "starts_at", window.starts_at, &clock);
    match window.ends_at {
        Some(at) => clock_change::holding(fields, "ends_at", at, &clock),
        None => fields,
    }
}

/// The window as the form wants it.
pub(super) fn typed(before: Maintenance, fields: &Fields) -> Result<Maintenance, Trouble> {
    let zone_name = fields.text("time_zone").to_owned();
    let no_zone = || Refusal::invalid("time_zone", "Choose a zone such as Europe/Berlin");
    let zone = zone_named(&zone_name).ok_or_else(no_zone)?;
    let starts_at = clock_change::said(fields, "starts_at", &zone)?;
    let starts_at = starts_at.ok_or_else(|| Refusal::invalid("starts_at", "Say when it begins"))?;
    let recurrence = match fields.ticked("recurs") {
        true => Some(Recurrence {
            time_zone: zone_name,
            days: editing::ids(fields, "day")?,
            from: fields.text("recurrence.from").to_owned(),
            until: fields.text("recurrence.until").to_owned(),
        }),
        false => None,
    };
    Ok(Maintenance {
        name: editing::name(fields)?,
        starts_at,
        ends_at: clock_change::said(fields, "ends_at", &zone)?,
        recurrence,
        matcher: Matcher {
            services: editing::ids(fields, "service")?,
            integrations: editing::ids(fields, "source")?,
            labels: labels(&editing::text(fields, "matcher.labels", LABELS_CHARS)?)?,
        },
        ..before
    })
}

/// What the outside is told of it; nothing where that is not ticked. When it was announced first
/// stays in the store.
pub(super) fn outside(
    id: MaintenanceId,
    fields: &Fields,
    now: Timestamp,
) -> Result<Option<Words>, Trouble> {
    if !fields.ticked("public") {
        return Ok(None);
    }
    let wrong = |_| Refusal::invalid("remind_minutes", "Write a number of minutes, such as 60");
    let remind = fields.filled("remind_minutes").map(|text| text.parse::<u32>());
    Ok(Some(Words {
        maintenance: id,
        title: editing::one_line(&editing::text(fields, "public_title", OUTSIDE_CHARS)?),
        body: editing::text(fields, "public_body", OUTSIDE_CHARS)?,
        components: editing::ids(fields, "component")?,
        remind_minutes: remind.transpose().map_err(wrong)?,
        created_at: now,
        updated_at: now,
    }))
}

/// One condition a line: `site = north`, `host =~ web-.*`.
fn labels(text: &str) -> Result<Vec<LabelMatch>, Refusal> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = lines.map(|(at, line)| {
        let wrong = || {
            let words = format!("Line {}: write it as site = north or host =~ web-.*", at + 1);
            Refusal::invalid("matcher.labels", words)
        };
        let (name, rest) = name_in(line.trim()).ok_or_else(wrong)?;
        let (sign, test) =
            TESTS.into_iter().find(|(sign, _)| rest.starts_with(sign)).ok_or_else(wrong)?;
        let value = rest[sign.len()..].trim();
        let value = match value.starts_with('"') {
            true => serde_json::from_str(value).map_err(|_| wrong())?,
            false => value.to_owned(),
        };
        let long = name.chars().count().max(value.chars().count()) > limits::REASON_CHARS;
        match name.is_empty() || long {
            true => Err(wrong()),
            false => Ok(LabelMatch { name, test, value, ready: Default::default() }),
        }
    });
    read.collect()
}

/// The name at the beginning of a condition, and what follows. Silences of other programs have
/// names with any character: those stand in quotes, as in JSON.
fn name_in(line: &str) -> Option<(String, &str)> {
    if line.starts_with('"') {
        let mut names = serde_json::Deserializer::from_str(line).into_iter::<String>();
        let name = names.next()?.ok()?;
        return Some((name, line.get(names.byte_offset()..)?.trim_start()));
    }
    let (name, rest) = line.split_at(line.find(['=', '!'])?);
    Some((name.trim().to_owned(), rest))
}

/// Whether a text would not be read as it is written.
fn is_odd(text: &str) -> bool {
    text.starts_with('"') || text.trim() != text || text.contains(char::is_control)
}

fn quoted(text: &str, quotes: bool) -> String {
    if quotes { serde_json::Value::from(text).to_string() } else { text.to_owned() }
}

/// Conditions as they are typed.
pub(super) fn written(labels: &[LabelMatch]) -> String {
    let sign = |test: LabelTest| {
        TESTS.iter().find(|(_, known)| *known == test).map_or("=", |(sign, _)| *sign)
    };
    let lines = labels.iter().map(|one| {
        // What would end a name, or begins as quotes do.
        let odd = one.name.is_empty() || one.name.contains(['=', '!']) || is_odd(&one.name);
        let name = quoted(&one.name, odd);
        format!("{name} {} {}", sign(one.test), quoted(&one.value, is_odd(&one.value)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_they_are_written() {
        let text = "site = north\nhost =~ web-.*\nenv != test\nname !~ a=b.*\nempty =";
        let read = labels(text).unwrap();
        assert_eq!(read.len(), 5);
        assert_eq!((read[3].name.as_str(), read[3].test), ("name", LabelTest::MatchesNot));
        assert_eq!(read[3].value, "a=b.*");
        assert_eq!(written(&read).trim_end(), text);
        let named = |name: &str, value: &str| LabelMatch {
            name: name.to_owned(),
            test: LabelTest::IsNot,
            value: value.to_owned(),
            ready: Default::default(),
        };
        let odd = [
            named("a=b", "c"),
            named("what!", " two\nlines "),
            named("\"quoted\" name", "\"quoted\""),
            named(" spaced ", "Größe = 1"),
        ];
        assert_eq!(labels(&written(&odd)).unwrap(), odd, "as other programs name them");
        assert!(labels("\"never ends = x").is_err() && labels("a = \"never ends").is_err());
        for odd in ["north", "= north", "site ! north"] {
            assert!(labels(odd).is_err(), "{odd}");
        }
    }
}
