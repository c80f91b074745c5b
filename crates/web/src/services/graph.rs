//! The map around a service as a drawing. All of it is attributes of SVG: nothing is styled
//! inline, and it is there without scripts.

use super::around::{Around, Placed};
use crate::assets;
use crate::part::health::look;
use crate::url;
use kernel::ServiceId;
use map::Health;
use maud::{Markup, PreEscaped, html};
use std::collections::HashMap;

/// Units from one column to the next, and from one row to the next.
const COLUMN: i32 = 230;
const ROW: i32 = 64;
/// Units of a box; that in the middle is higher.
const WIDTH: i32 = 172;
const HEIGHT: i32 = 48;
const FOCUS_HEIGHT: i32 = 64;
/// Units above the first row, for the headings of columns.
const TOP: i32 = 30;
/// Signs of a name and of the words below it that have room in a box.
const NAME_SIGNS: usize = 18;
const WORDS_SIGNS: usize = 23;

/// Where a box is.
#[derive(Clone, Copy)]
struct Spot {
    x: i32,
    /// The middle of its height.
    y: i32,
}

/// The drawing.
pub(super) fn drawing(around: &Around<'_>) -> Markup {
    let first = around.columns.keys().next().copied().unwrap_or_default();
    let last = around.columns.keys().next_back().copied().unwrap_or_default();
    let rows = around.columns.values().map(|column| units(column.len())).max().unwrap_or(1);
    let count = last - first + 1;
    let (width, height) = (count * COLUMN - COLUMN + WIDTH + 2, TOP + rows * ROW + 6);
    let spots = spots(around, first, rows);
    html! {
        svg class={ "graph g-c" (count) } viewBox={ "0 0 " (width) " " (height) } role="group" aria-label=(around.sentence()) {
            @for away in around.columns.keys() {
                text.g-col x=((away - first) * COLUMN + 1) y="12" { (heading(*away)) }
            }
            @for (user, needed) in &around.edges {
                @if let (Some(from), Some(to)) = (spots.get(user), spots.get(needed)) {
                    path class=(edge_class(around, *user, *needed)) d=(line(*from, *to)) {}
                }
            }
            @for placed in around.boxes() {
                @if let Some(spot) = spots.get(&placed.service) { (node(around, placed, *spot)) }
            }
        }
    }
}

/// A small count as units of the drawing: columns hold a handful.
fn units(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / COLUMN)
}

/// Every column stands in the middle of the height.
fn spots(around: &Around<'_>, first: i32, rows: i32) -> HashMap<ServiceId, Spot> {
    let mut spots = HashMap::new();
    for (away, column) in &around.columns {
        let above = (rows - units(column.len())) * ROW / 2;
        for (row, placed) in (0..).zip(column) {
            let (x, y) = ((away - first) * COLUMN + 1, TOP + above + row * ROW + ROW / 2);
            spots.insert(placed.service, Spot { x, y });
        }
    }
    spots
}

fn heading(away: i32) -> &'static str {
    match away {
        ..=-2 => "used by those",
        -1 => "used by",
        0 => "service",
        1 => "depends on",
        _ => "stands on",
    }
}

/// From the right of whoever needs it to the left of what is needed; back, where a circle leads
/// back.
fn line(from: Spot, to: Spot) -> String {
    let (start, end, bend) = match (to.x - from.x).signum() {
        1 => (from.x + WIDTH, to.x, (to.x - from.x - WIDTH) / 2),
        -1 => (from.x, to.x + WIDTH, (to.x - from.x + WIDTH) / 2),
        // Within a column it goes around the boxes.
        _ => {
            let (right, out) = (from.x + WIDTH, from.x + WIDTH + (COLUMN - WIDTH) / 2);
            return format!("M{right} {}C{out} {} {out} {} {right} {}", from.y, from.y, to.y, to.y);
        }
    };
    format!(
        "M{start} {}C{} {} {} {} {end} {}",
        from.y,
        start + bend,
        from.y,
        end - bend,
        to.y,
        to.y
    )
}

/// Where trouble comes from, and whom it reaches.
fn edge_class(around: &Around<'_>, user: ServiceId, needed: ServiceId) -> &'static str {
    let worse = |id: ServiceId| around.sight.health(id) >= Health::Degraded;
    let reaches =
        around.sight.known.felt.get(&user).is_some_and(|felt| felt.because.contains(&needed));
    if around.suspects.contains(&needed) && worse(user) {
        "g-edge g-edge-hot"
    } else if reaches && worse(needed) {
        "g-edge g-edge-warm"
    } else {
        "g-edge"
    }
}

fn node(around: &Around<'_>, placed: &Placed, spot: Spot) -> Markup {
    if placed.hidden > 0 {
        return more(placed, spot);
    }
    let id = placed.service;
    let (name, words) = (around.name(id), around.words(id));
    let focus = id == around.focus;
    let height = if focus { FOCUS_HEIGHT } else { HEIGHT };
    let (left, top) = (spot.x, spot.y - height / 2);
    let class = node_class(around, id, focus);
    let (seen, also) = (short(name, NAME_SIGNS), short(&words, WORDS_SIGNS));
    // What is read aloud begins with what is seen, for whoever speaks to the screen.
    let label = match seen == *name && also == words {
        true => format!("{name}, {words}"),
        false => format!("{seen} {also}: {name}, {words}"),
    };
    html! {
        a href=(url::service(id)) aria-label=(label) aria-current=[focus.then_some("page")] {
            g class=(class) {
                title { (name) ", " (words) }
                rect.b x=(left) y=(top) width=(WIDTH) height=(height) rx="8" {}
                (sign(around, id, spot))
                text x=(left + 38) y=(spot.y - 4) aria-hidden="true" { (seen) }
                text.s x=(left + 38) y=(spot.y + 13) aria-hidden="true" { (also) }
            }
        }
    }
}

/// The box that stands for those that have no room.
fn more(placed: &Placed, spot: Spot) -> Markup {
    html! {
        g.g-node.g-more {
            rect.b x=(spot.x) y=(spot.y - HEIGHT / 2) width=(WIDTH) height=(HEIGHT) rx="8" {}
            text x=(spot.x + 14) y=(spot.y + 5) { (placed.hidden) " more" }
        }
    }
}

fn node_class(around: &Around<'_>, id: ServiceId, focus: bool) -> String {
    let state = match around.sight.health(id) {
        _ if around.suspects.contains(&id) => " g-down",
        Health::Level => "",
        Health::Maintenance => " g-maint",
        Health::Degraded => " g-warn",
        Health::Partial | Health::Down => " g-down",
    };
    format!("g-node{state}{}", if focus { " g-sel" } else { "" })
}

/// The glyph of its health, or of a suspected change, from the sprite.
fn sign(around: &Around<'_>, id: ServiceId, spot: Spot) -> PreEscaped<String> {
    let name = match around.suspects.contains(&id) {
        true => "wrench",
        false => look(around.sight.health(id)).icon,
    };
    let (x, y, icons) = (spot.x + 13, spot.y - 8, assets::icons());
    PreEscaped(format!(
        r##"<svg x="{x}" y="{y}" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><use href="{icons}#i-{name}"/></svg>"##
    ))
}

/// What of a text has room. Wide signs of East Asian scripts count twice.
fn short(text: &str, room: usize) -> String {
    let wide = |c: char| if u32::from(c) >= 0x2e80 { 2 } else { 1 };
    if text.chars().map(wide).sum::<usize>() <= room {
        return text.to_owned();
    }
    let (mut taken, mut found) = (1, String::new());
    for c in text.chars() {
        taken += wide(c);
        if taken > room {
            break;
        }
        found.push(c);
    }
    format!("{}…", found.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_cut() {
        assert_eq!(short("Order Database", 18), "Order Database");
        assert_eq!(short("Distribution centre Wi-Fi", 18), "Distribution cent…");
        assert_eq!(short("注文データベースサービス", 18), "注文データベース…");
        assert_eq!(short("", 18), "");
    }

    #[test]
    fn lines_leave_and_arrive_at_the_sides_of_boxes() {
        let spot = |x, y| Spot { x, y };
        assert_eq!(line(spot(1, 62), spot(231, 94)), "M173 62C202 62 202 94 231 94");
        assert_eq!(line(spot(231, 94), spot(1, 62)), "M231 94C202 94 202 62 173 62");
        assert_eq!(line(spot(1, 62), spot(1, 126)), "M173 62C202 62 202 126 173 126");
    }
}
