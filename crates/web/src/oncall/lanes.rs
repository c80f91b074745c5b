//! Four weeks of a schedule in lanes: its layers, who stands in, and who is on call in the end.

use super::Asked;
use super::cover;
use super::sight::{Chosen, DAYS, Sight, Standing};
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::person::{first_name, tone};
use crate::part::time::counted;
use crate::url;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::PersonId;
use maud::{Markup, html};
use roster::{COLUMNS_PER_DAY, Cell, Drawing, Lanes, Look, Shift, Source, Span};

/// Columns of a cell in which a first name has room, and in which a whole name has.
const FIRST_NAME_COLUMNS: usize = 12;
const NAME_COLUMNS: usize = 24;
/// Gaps that are told to whoever listens to the table; all of them are its cells.
const GAPS_TOLD: usize = 3;

struct View<'a> {
    who: &'a SignedIn,
    sight: &'a Sight,
    row: &'a Standing,
    drawing: &'a Drawing,
}

pub(super) fn card(who: &SignedIn, sight: &Sight, asked: Asked) -> Markup {
    let (Some(chosen), Some(row)) = (&sight.chosen, sight.row()) else { return html! {} };
    let first = asked.first(row, who.here.now);
    let drawing = chosen.roster.drawing(first, u32::try_from(DAYS).unwrap_or(1));
    let Span { start, end } = drawing.span();
    let lanes = chosen.roster.lanes(start, end);
    let view = View { who, sight, row, drawing: &drawing };
    let zone = &chosen.schedule.time_zone;
    html! {
        section.card id="lanes" aria-labelledby="sc" {
            div.card-h {
                h2 id="sc" { (row.name) ", 4 weeks" }
                @if *zone != who.zone_name { span.meta { "days on the clocks of " (zone) } }
                span.key.key-gap { "gap" } span.key.key-ov { "stands in" }
                (turn(row, first, who))
            }
            div.scroll-x tabindex="0" role="region" aria-label="Schedule lanes" { div.lanes-w {
                (weekends(&drawing))
                (table(&view, chosen, &lanes))
                @if let Some(x) = drawing.percent(who.here.now) {
                    svg.lanes-now aria-hidden="true" { line x1={ (x) "%" } x2={ (x) "%" } y1="0" y2="100%" {} }
                }
            } }
            (cover::gaps(who, sight, row))
            // What stands in the head of the page where there is room.
            div.card-b.stack-s.show-s {
                p.meta { "All times in " (who.here.zone_words()) "." }
                @if who.viewer().swaps_shifts() { div { a.btn href=(url::on_call_of(row.id, "cover")) { (icon("plus")) "Add override" } } }
            }
        }
    }
}

/// Earlier, today, later.
fn turn(row: &Standing, first: Date, who: &SignedIn) -> Markup {
    let address = |date: Option<Date>| {
        let from = date.map(|date| format!("&from={date}")).unwrap_or_default();
        format!("{}{from}#lanes", url::on_call(row.id))
    };
    let today = row.roster.date(who.here.now);
    html! {
        div.btns {
            a class="btn btn-quiet btn-icon btn-sm" href=(address(first.checked_sub(DAYS.days()).ok())) aria-label="Previous 4 weeks" { (icon("left")) }
            a.btn.btn-sm href=(address(None)) aria-current=[(first == today).then_some("true")] { "Today" }
            a class="btn btn-quiet btn-icon btn-sm" href=(address(first.checked_add(DAYS.days()).ok())) aria-label="Next 4 weeks" { (icon("right")) }
        }
    }
}

/// Weekends lie behind the rows, as wide as their days.
fn weekends(drawing: &Drawing) -> Markup {
    let width = 100.0 / DAYS as f64;
    html! {
        svg.lanes-we aria-hidden="true" {
            @for (place, (_, weekend)) in drawing.days().enumerate() {
                @if weekend { rect x={ (place as f64 * width) "%" } y="0" width={ (width) "%" } height="100%" {} }
            }
        }
    }
}

fn table(view: &View<'_>, chosen: &Chosen, lanes: &Lanes) -> Markup {
    let shifts: Vec<Shift> =
        lanes.result.iter().filter_map(|stretch| stretch.shift.clone()).collect();
    let empty = lanes.result.iter().filter(|stretch| stretch.shift.is_none());
    let now = view.who.here.now;
    let empty: Vec<Span> = empty.map(|stretch| stretch.span).collect();
    // What was cannot be covered any more, and is no gap to look after.
    let gaps: Vec<Span> = empty.iter().copied().filter(|gap| gap.end > now).collect();
    let told = gaps.iter().take(GAPS_TOLD).map(|gap| between(view, *gap)).collect::<Vec<_>>();
    html! {
        table.lanes {
            caption.vh {
                (view.row.name) " by layer, who stands in, and who is on call in the end. "
                @if let Some(at) = view.row.until() { "Handed over next " (view.who.here.exact(at)) ". " }
                @if gaps.is_empty() { "No gap." } @else { (counted(gaps.len() as i64, "gap")) " still to come: " (told.join("; ")) @if gaps.len() > told.len() { " and so on" } "." }
            }
            (days(view))
            tbody {
                @for (place, lane) in lanes.layers.iter().enumerate() {
                    tr {
                        th scope="row" { @if lane.name.is_empty() { "Layer " (place + 1) } @else { (lane.name) } }
                        (cells(view, &lane.shifts, &[], "ln"))
                    }
                }
                @if !lanes.overrides.is_empty() || !chosen.overrides.is_empty() {
                    tr { th scope="row" { "Stands in" } (cells(view, &lanes.overrides, &[], "ln ln-o")) }
                }
                @for (person, told) in &learning(view, chosen) {
                    tr { th scope="row" { "Learns: " (view.sight.name(*person)) } (cells(view, told, &[], "ln")) }
                }
                tr.ln-eff { th scope="row" { "Result" } (cells(view, &shifts, &gaps, "ln")) }
            }
        }
    }
}

/// Who is told besides in these weeks, each with when.
fn learning(view: &View<'_>, chosen: &Chosen) -> Vec<(PersonId, Vec<Shift>)> {
    let Span { start, end } = view.drawing.span();
    let mut found: Vec<(PersonId, Vec<Shift>)> = Vec::new();
    for (place, told) in chosen.roster.besides(start, end, &chosen.shadows).into_iter().enumerate()
    {
        let turn = Span::new(told.start, told.end);
        let source = Source::Override(place);
        let shift = Shift { person: told.person, start: told.start, end: told.end, source, turn };
        match found.iter_mut().find(|(person, _)| *person == told.person) {
            Some((_, shifts)) => shifts.push(shift),
            None => found.push((told.person, vec![shift])),
        }
    }
    found
}

fn days(view: &View<'_>) -> Markup {
    let today = view.row.roster.date(view.who.here.now);
    html! {
        thead { tr {
            td.c-name {}
            @for (place, (date, weekend)) in view.drawing.days().enumerate() {
                @let class = format!("day{}{}", if weekend { " we" } else { "" }, if date == today { " today" } else { "" });
                @let above = if place == 0 || date.day() == 1 { "%b" } else { "%a" };
                th scope="col" colspan=(COLUMNS_PER_DAY) class=(class) {
                    span aria-hidden="true" { (date.strftime(above).to_string()) } " " b aria-hidden="true" { (date.day()) }
                    span.vh { (date.strftime("%A %-d %B").to_string()) }
                }
            }
        } }
    }
}

fn cells(view: &View<'_>, shifts: &[Shift], gaps: &[Span], class: &str) -> Markup {
    let spans: Vec<Span> = shifts.iter().map(Shift::span).collect();
    html! {
        @for Cell { columns, look } in view.drawing.cells(&spans, gaps) {
            td colspan=(columns) {
                @match look {
                    Look::Empty => {}
                    Look::Shift(place) => { @if let Some(shift) = shifts.get(place) { (shift_cell(view, shift, columns, class)) } }
                    Look::Gap(place) => { @if let Some(gap) = gaps.get(place) { (gap_cell(view, *gap)) } }
                }
            }
        }
    }
}

fn shift_cell(view: &View<'_>, shift: &Shift, columns: usize, class: &str) -> Markup {
    let name = view.sight.name(shift.person);
    let shown = match columns {
        NAME_COLUMNS.. => name.as_str(),
        FIRST_NAME_COLUMNS.. => first_name(&name),
        _ => "",
    };
    let when = between(view, shift.span());
    let tone = tone(shift.person);
    html! {
        span class={ (class) " ln-" (tone) } title={ (name) ", " (when) } {
            span aria-hidden="true" { (shown) } span.vh { (name) ", " (when) }
        }
    }
}

fn gap_cell(view: &View<'_>, gap: Span) -> Markup {
    let words = format!("Gap, nobody on call, {}", between(view, gap));
    html! {
        @if view.who.viewer().swaps_shifts() {
            a.ln.ln-gap href=(cover::address(view.row.id, Some(gap))) aria-label={ (words) ". Find cover" } title=(words) {}
        } @else {
            span.ln.ln-gap title=(words) { span.vh { (words) } }
        }
    }
}

fn between(view: &View<'_>, span: Span) -> String {
    let here = &view.who.here;
    format!("{} to {}", here.exact(span.start), here.exact(span.end))
}
