//! Local times that a change of the clocks leaves out, or that come twice: said, not moved.

use crate::form::Fields;
use incident::Refusal;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use kernel::Timestamp;
use maud::{Markup, html};

/// The field that says which of two times is meant: `1` or `2`.
fn which(name: &str) -> String {
    format!("{name}_which")
}

/// A local date and time, as a field for both sends it, on the clock of a zone. One that the clock
/// never shows is refused, and so is one that it shows twice where nobody said which is meant.
///
/// # Errors
/// What is no time, or not one.
pub(crate) fn said(
    fields: &Fields,
    name: &'static str,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = fields.filled(name) else { return Ok(None) };
    let wrong = || Refusal::invalid(name, "is not a date and time, such as 2026-11-23T14:20");
    let local: DateTime = text.parse().map_err(|_| wrong())?;
    let offset = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { .. } => {
            let words =
                "does not exist: the clocks go forward over it; choose a time before or after";
            return Err(Refusal::invalid(name, words));
        }
        AmbiguousOffset::Fold { before, after } => match fields.filled(&which(name)) {
            Some("1") => before,
            Some("2") => after,
            _ => {
                let words = "comes twice, because the clocks go back; choose below which is meant";
                return Err(Refusal::invalid(name, words));
            }
        },
    };
    let at = offset.to_timestamp(local).map_err(|_| wrong())?;
    Ok(Some(Timestamp::from_jiff(at)))
}

/// The choice between two times, where these fields hold one that comes twice.
pub(crate) fn choice(fields: &Fields, name: &str, label: &str, zone: &TimeZone) -> Markup {
    let field = which(name);
    let local = fields.filled(name).and_then(|text| text.parse::<DateTime>().ok());
    let twice = local.is_some_and(|local| {
        matches!(zone.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Fold { .. })
    });
    let chosen = fields.text(&field);
    html! {
        @if twice {
            div.field {
                label.lbl for=(field) { (label) ": this time comes twice" }
                select.inp id=(field) name=(field) {
                    @for (value, words) in [("", "Choose which is meant"), ("1", "Before the clocks go back"), ("2", "After the clocks went back")] {
                        option value=(value) selected[value == chosen] { (words) }
                    }
                }
            }
        }
    }
}

/// The fields with this one holding an instant, and which it is where its time comes twice.
pub(crate) fn holding(fields: Fields, name: &str, at: Timestamp, zone: &TimeZone) -> Fields {
    let local = at.to_jiff().to_zoned(zone.clone());
    let fields = fields.with(name, local.strftime("%Y-%m-%dT%H:%M").to_string());
    match zone.to_ambiguous_timestamp(local.datetime()).offset() {
        AmbiguousOffset::Fold { before, .. } => {
            fields.with(&which(name), if local.offset() == before { "1" } else { "2" })
        }
        _ => fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Option<String>, String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let read = said(&Fields::parse(query), "start", &zone);
        read.map(|at| at.map(|at| at.to_string())).map_err(|refusal| refusal.message)
    }

    #[test]
    fn an_hour_that_is_left_out_is_said_and_one_that_comes_twice_is_asked_about() {
        assert_eq!(read("start=2026-11-23T14:20"), Ok(Some("2026-11-23T13:20:00Z".to_owned())));
        assert_eq!(read(""), Ok(None));
        assert!(read("start=soon").is_err());
        assert!(read("start=2026-03-29T02:30").unwrap_err().contains("does not exist"));
        assert!(read("start=2026-10-25T02:30").unwrap_err().contains("comes twice"));
        let first = read("start=2026-10-25T02:30&start_which=1");
        assert_eq!(first, Ok(Some("2026-10-25T00:30:00Z".to_owned())));
        let second = read("start=2026-10-25T02:30&start_which=2");
        assert_eq!(second, Ok(Some("2026-10-25T01:30:00Z".to_owned())));
    }

    #[test]
    fn an_instant_comes_back_as_it_was() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for text in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-11-23T13:20:00Z"] {
            let at: Timestamp = text.parse().unwrap();
            let fields = holding(Fields::default(), "start", at, &zone);
            assert_eq!(said(&fields, "start", &zone).unwrap(), Some(at), "{text}");
            let asks = choice(&fields, "start", "From", &zone).into_string();
            assert_eq!(asks.contains("comes twice"), text.contains("-25T"), "{text}");
        }
    }
}
