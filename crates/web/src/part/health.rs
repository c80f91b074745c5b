//! How a service is: glyph and word.

use crate::part::icon::icon;
use crate::part::state::Look;
use map::Health;
use maud::{Markup, html};

/// How it looks; the class follows `health-`.
pub(crate) const fn look(health: Health) -> Look {
    let (class, icon, words) = match health {
        Health::Level => ("ok", "h-ok", "Operational"),
        Health::Maintenance => ("maint", "h-maint", "Maintenance"),
        Health::Degraded => ("degraded", "h-degraded", "Degraded"),
        Health::Partial => ("partial", "h-partial", "Partial outage"),
        Health::Down => ("down", "h-down", "Outage"),
    };
    Look { class, icon, words }
}

/// In a word within a sentence.
pub(crate) const fn word(health: Health) -> &'static str {
    match health {
        Health::Level => "level",
        Health::Maintenance => "in maintenance",
        Health::Degraded => "degraded",
        Health::Partial => "partly out",
        Health::Down => "out",
    }
}

/// Glyph and word.
pub(crate) fn health(health: Health) -> Markup {
    let look = look(health);
    html! { span class={ "health health-" (look.class) } { (icon(look.icon)) (look.words) } }
}

/// The glyph alone, with the word for whoever does not see it.
pub(crate) fn glyph(health: Health) -> Markup {
    let look = look(health);
    html! {
        span class={ "health health-" (look.class) } title=(look.words) { (icon(look.icon)) span.vh { (look.words) } }
    }
}

/// Whether people have nothing to complain of: as it should be, or as it was announced.
pub(crate) const fn is_level(health: Health) -> bool {
    matches!(health, Health::Level | Health::Maintenance)
}
