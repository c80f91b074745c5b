//! The services that are hit and the one where the cause is suspected, as a drawing and in words.

use super::draw::name;
use desk::causes::Causes;
use incident::Policy;
use kernel::ServiceId;
use maud::{Markup, html};

/// Services that are drawn; the words count the others.
const SHOWN: usize = 4;
/// Units from one column to the next, of one row, and of a box: as on the pages of services.
const COLUMN: usize = 230;
const ROW: usize = 64;
const WIDTH: usize = 172;
const HEIGHT: usize = 48;
const TOP: usize = 20;
/// Signs of a name that have room in a box.
const NAME_SIGNS: usize = 20;

/// Nothing where none of those that are hit needs the one that is suspected.
pub(super) fn drawing(policy: &Policy, causes: &Causes) -> Markup {
    let suspect = causes.suspect().and_then(|one| Some((one, one.known.service?)));
    let Some((one, at)) = suspect.filter(|_| !causes.reached.is_empty()) else {
        return html! {};
    };
    let hit: Vec<ServiceId> = causes.reached.iter().copied().take(SHOWN).collect();
    let names: Vec<&str> = hit.iter().map(|id| name(policy, *id)).collect();
    let others = causes.reached.len() - hit.len();
    let mut words = format!("{} stands on {}", names.join(", "), name(policy, at));
    if others > 0 {
        words = format!("{} and {others} more stand on {}", names.join(", "), name(policy, at));
    } else if names.len() > 1 {
        words = format!("{} stand on {}", names.join(", "), name(policy, at));
    }
    let words = format!("{words}, where the cause is suspected: {}.", one.known.title);
    let middle = TOP + hit.len() * ROW / 2;
    let height = TOP + hit.len() * ROW;
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Suspected cause" {
            svg.graph.g-c2 viewBox={ "0 0 " (COLUMN + WIDTH + 2) " " (height) } role="img" aria-label=(words) {
                text.g-col x="1" y="12" { "affected" }
                text.g-col x=(COLUMN + 1) y="12" { "suspected" }
                @for row in 0..hit.len() {
                    path class="g-edge g-edge-hot" d=(line(TOP + row * ROW + ROW / 2, middle)) {}
                }
                @for (row, name) in names.iter().enumerate() {
                    (node("g-node g-warn", 1, TOP + row * ROW + ROW / 2, name))
                }
                (node("g-node g-down", COLUMN + 1, middle, name(policy, at)))
            }
        }
        p.meta { (words) }
    }
}

fn node(class: &str, x: usize, y: usize, name: &str) -> Markup {
    html! {
        g class=(class) {
            rect.b x=(x) y=(y - HEIGHT / 2) width=(WIDTH) height=(HEIGHT) rx="8" {}
            text x=(x + 14) y=(y + 5) { (short(name)) }
        }
    }
}

/// From the right of who needs it to the left of what is needed.
fn line(from: usize, to: usize) -> String {
    let (start, end) = (WIDTH + 1, COLUMN + 1);
    let bend = (start + end) / 2;
    format!("M{start} {from}C{bend} {from} {bend} {to} {end} {to}")
}

fn short(name: &str) -> String {
    match name.chars().count() > NAME_SIGNS {
        true => name.chars().take(NAME_SIGNS - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}
