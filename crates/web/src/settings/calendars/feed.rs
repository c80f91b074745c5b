//! Holidays out of an iCalendar file: what it would add, before anything is added.

use super::form::Draft;
use super::hours;
use crate::error::PageError;
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::time::{Here, counted};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use calendar::ical::{Feed, Preview};
use calendar::{Calendar, Holiday};
use jiff::civil::Date;
use kernel::limits::HOLIDAY_FEED_BYTES;
use maud::{Markup, html};

/// Bytes of a form with a file: the file, and a long list of holidays.
pub(super) const BODY_BYTES: usize = 4 * HOLIDAY_FEED_BYTES;
/// Years that can be taken at once, this one counted.
const YEARS: i16 = 10;
/// Years that are taken when nothing is chosen.
const YEARS_USUAL: i16 = 3;
/// Rows of a list that only informs.
const ROWS: usize = 20;

/// A form that may bring a file.
pub(in crate::settings) struct Filled {
    /// Its other fields.
    pub(in crate::settings) fields: Fields,
    /// The file's bytes, if one was chosen.
    pub(in crate::settings) file: Option<Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        if !brings_files(request.headers()) {
            return Ok(Filled { fields: Fields::from_request(request, state).await?, file: None });
        }
        let torn = |error: axum::extract::multipart::MultipartError| {
            PageError::Status(error.status(), error.body_text())
        };
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|error| PageError::Status(error.status(), error.body_text()))?;
        let (mut pairs, mut file) = (Vec::new(), None);
        while let Some(part) = parts.next_field().await.map_err(torn)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::is_empty) {
                // Browsers send an empty part where no file was chosen.
                Some(true) => {}
                Some(false) => file = Some(part.bytes().await.map_err(torn)?.to_vec()),
                None => pairs.push((name, part.text().await.map_err(torn)?)),
            }
        }
        Ok(Filled { fields: Fields::of(pairs), file })
    }
}

fn brings_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// What the file would add to the calendar of the form, or why it is not read.
pub(super) fn preview(
    filled: &Filled,
    draft: &Draft,
    errors: &mut Errors,
    here: &Here,
) -> Option<Preview> {
    let Some(bytes) = &filled.file else {
        errors.add("file", "Choose an iCalendar file first; it ends in .ics");
        return None;
    };
    let always = Calendar::round_the_clock();
    let calendar = draft.calendar.as_ref().unwrap_or(&always);
    let year = here.local(here.now).year();
    let until = until(&filled.fields, here);
    let range = Date::new(year, 1, 1).ok()?..=Date::new(until, 12, 31).ok()?;
    match Feed::read(bytes).and_then(|feed| feed.preview(calendar, range)) {
        Ok(preview) => Some(preview),
        Err(error) => {
            errors.add("file", format!("The file {error}"));
            None
        }
    }
}

/// The last year that is taken.
fn until(fields: &Fields, here: &Here) -> i16 {
    let year = here.local(here.now).year();
    let chosen = fields.text("until").parse().ok();
    chosen.filter(|chosen| (year..year + YEARS).contains(chosen)).unwrap_or(year + YEARS_USUAL - 1)
}

/// The form with the holidays that were ticked.
pub(super) fn taken(fields: Fields) -> (Fields, usize) {
    let lines: Vec<String> = fields.all("take").map(str::to_owned).collect();
    let text = fields.text("holidays").to_owned();
    let all: Vec<&str> =
        text.lines().map(str::trim_end).chain(lines.iter().map(String::as_str)).collect();
    let all = all.join("\n").trim().to_owned();
    (fields.with("holidays", all), lines.len())
}

/// The field for the file, and the button that looks into it.
pub(super) fn chooser(address: &str, fields: &Fields, errors: &Errors, here: &Here) -> Markup {
    let year = here.local(here.now).year();
    let until = until(fields, here);
    html! {
        fieldset.field.cal-i id="file" tabindex="-1" data-still {
            legend { "From an iCalendar file" }
            p.hint id="file-h" { "Whole-day events of an .ics file become holidays. You see them first and choose." }
            div.btns {
                input.inp.cal-f type="file" name="file" accept=".ics,text/calendar" aria-label="iCalendar file"
                    aria-invalid=[errors.of("file").map(|_| "true")]
                    aria-describedby=(if errors.of("file").is_some() { "file-h file-e" } else { "file-h" });
                label.lbl for="until" { "up to the end of" }
                select.inp.cal-y id="until" name="until" {
                    @for option in year..year + YEARS { option value=(option) selected[option == until] { (option) } }
                }
                button.btn type="submit" formaction={ (address) "/feed" } formnovalidate { (icon("eye")) "Preview it" }
            }
            @if let Some(error) = errors.of("file") { p.err id="file-e" { (icon("alert")) (error) } }
        }
    }
}

/// What a file would add: ticks to choose from, and what it does not give.
pub(super) fn card(preview: &Preview, address: &str) -> Markup {
    html! {
        section.cal-p id="feed" tabindex="-1" autofocus aria-labelledby="feed-h" {
            h3 id="feed-h" { "What the file would add" }
            @if preview.new.is_empty() {
                p.meta { "Nothing new: " (counted(preview.present.len() as i64, "date")) " of it stand in the calendar already." }
            } @else {
                ul.cal-t { @for holiday in &preview.new {
                    li { label.ck {
                        input type="checkbox" name="take" value=(hours::holiday_line(holiday)) checked;
                        span { (weekday_date(holiday)) " " b { (holiday.name.as_deref().unwrap_or("without a name")) } }
                    } }
                } }
                div.btns { button.btn type="submit" formaction={ (address) "/take" } formnovalidate { (icon("plus")) "Take what is ticked" } }
            }
            (also("Already in the calendar", &preview.present))
            (also("Outside the years chosen", &preview.outside))
            @if !preview.left_out.is_empty() {
                details {
                    summary { (icon("right")) (counted(preview.left_out.len() as i64, "event")) " left out" }
                    ul.list { @for left in preview.left_out.iter().take(ROWS) {
                        li { b { (left.name.as_deref().unwrap_or("An event")) } " at line " (left.line) " " (left.reason) }
                    } }
                }
            }
        }
    }
}

fn also(title: &str, holidays: &[Holiday]) -> Markup {
    html! {
        @if !holidays.is_empty() {
            details {
                summary { (icon("right")) (title) ": " (holidays.len()) }
                ul.list {
                    @for holiday in holidays.iter().take(ROWS) { li { (weekday_date(holiday)) " " (holiday.name.as_deref().unwrap_or_default()) } }
                    @if holidays.len() > ROWS { li { "and " (holidays.len() - ROWS) " more" } }
                }
            }
        }
    }
}

/// "Fri 25 Dec 2026".
pub(super) fn weekday_date(holiday: &Holiday) -> String {
    date_words(&holiday.date)
}

/// "Fri 25 Dec 2026" of a date as it is written in a calendar.
pub(super) fn date_words(text: &str) -> String {
    match text.parse::<Date>() {
        Ok(date) => date.strftime("%a %-d %b %Y").to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ticked_joins_what_is_there() {
        let fields = Fields::parse(
            "holidays=2026-12-25+Christmas%0D%0A&take=2026-12-26+Boxing+Day&take=2027-01-01",
        );
        let (fields, count) = taken(fields);
        assert_eq!(count, 2);
        assert_eq!(
            fields.text("holidays"),
            "2026-12-25 Christmas\n2026-12-26 Boxing Day\n2027-01-01"
        );
    }

    #[test]
    fn dates_say_their_weekday() {
        assert_eq!(date_words("2026-12-25"), "Fri 25 Dec 2026");
        assert_eq!(date_words("never"), "never");
    }
}
