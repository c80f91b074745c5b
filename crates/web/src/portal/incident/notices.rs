//! What there is to know beside the steps of an incident, and what is asked of the reader.

use super::Scene;
use crate::part::icon::icon;
use crate::part::rich::bold;
use crate::portal::words;
use desk::expected::Outlook;
use incident::Lifecycle;
use kernel::Timestamp;
use maud::{Markup, html};

/// By when it is likely over as those like it were, where nobody said it.
fn likely(scene: &Scene) -> Option<Timestamp> {
    match &scene.story.outlook {
        Some(Outlook::Likely(likely)) => Some(likely.told(&scene.reader.here.zone)),
        _ => None,
    }
}

/// What there is to know beside the steps, and what is asked of the reader.
pub(super) fn notices(scene: &Scene) -> Markup {
    let (state, say) = (scene.state(), scene.say());
    let expected = words::expected(state);
    let together = state.merged_into.is_some() || state.parent.is_some();
    let together = together && state.lifecycle.is_open();
    let asked = scene.asked();
    let received = scene.own() && state.lifecycle == Lifecycle::New && !together;
    let promised = state.promise_to(state.requester).filter(|_| state.lifecycle.is_open());
    let promised = promised.filter(|promise| !promise.kept);
    let late = state.is_later_than_said();
    let said = promised.is_some() || late;
    // What is handled with others is over with them, not when one like it alone would be.
    let likely = likely(scene).filter(|_| expected.is_none() && !asked && !together);
    let told = expected.is_some() || likely.is_some();
    let quiet = !told && !together && !asked && !received && !said;
    html! {
        div.stack-s id="p-notices" hidden[quiet] data-patch=[scene.patch] {
            @if asked {
                div.banner.banner-warn {
                    (icon("s-waiting"))
                    div { (bold(&say.we_wait())) }
                    a.btn.btn-sm href="#rp" { (say.answer()) }
                }
            }
            @if late {
                div.banner.banner-warn {
                    (icon("alert"))
                    div {
                        @match promised.filter(|promise| promise.broken) {
                            Some(broken) => (bold(&say.longer_than_promised(scene.reader.by(broken.at)))),
                            None => (bold(&say.longer_than_said())),
                        }
                    }
                }
            }
            @if let Some(promise) = promised.filter(|promise| promise.is_pending() && promise.at > scene.reader.here.now) {
                p { (bold(&say.we_promised(scene.reader.by(promise.at)))) }
            }
            @if let Some(at) = expected {
                @let late = at <= scene.reader.here.now;
                p { (words::expectation(at, scene.reader.here)) " " b { (say.by_time(scene.reader.by(at))) } @if late { ". " (say.takes_longer()) } }
            }
            @if let Some(at) = likely { p { (say.likely_back()) " " b { (say.by_time(scene.reader.by(at))) } } }
            @if together {
                p.banner.banner-info {
                    (icon("merge"))
                    span { (say.together()) }
                }
            }
            @if received { p { (say.desk_has_it()) } }
        }
    }
}
