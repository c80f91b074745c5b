//! The services beside each of their pages.

use super::sight::{Sight, Split};
use crate::part::health::glyph;
use crate::part::icon::icon;
use crate::url;
use kernel::ServiceId;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::services::Service;

/// Services that are not level beside a page; the page itself has all of them.
const UNEVEN_MAX: usize = 40;
/// Level services beside a page.
const LEVEL_MAX: usize = 20;

/// What the links at the side are drawn with.
pub(super) struct Beside<'a> {
    pub(super) sight: &'a Sight,
    /// The service whose page it is.
    pub(super) current: Option<ServiceId>,
    /// Services with a change that is suspected here.
    pub(super) suspects: &'a BTreeSet<ServiceId>,
}

impl Beside<'_> {
    /// The column at the side.
    pub(super) fn column(&self) -> Markup {
        let Split { uneven, level } = self.sight.split(|_| true);
        html! {
            aside.side aria-label="Services" {
                h2 { "Not level" " " span { (uneven.len()) } }
                ul.svl {
                    @for service in uneven.iter().take(UNEVEN_MAX) { li { (self.link(service, None)) } }
                    (rest(uneven.len(), UNEVEN_MAX))
                }
                h2 { "Level" " " span { (level.len()) } }
                ul.svl {
                    @for service in level.iter().take(LEVEL_MAX) { li { (self.link(service, None)) } }
                    (rest(level.len(), LEVEL_MAX))
                }
            }
        }
    }

    /// The same where there is no room at the side.
    pub(super) fn menu(&self) -> Markup {
        let Split { uneven, level } = self.sight.split(|_| true);
        html! {
            nav.pop.pop-a.menu.svl id="views" popover aria-label="Services" {
                p.pop-h { "Not level" }
                @for service in uneven.iter().take(UNEVEN_MAX) { (self.link(service, Some("opt"))) }
                p.pop-h { "Level" }
                @for service in level.iter().take(LEVEL_MAX) { (self.link(service, Some("opt"))) }
                a.opt href=(url::SERVICES) { (icon("services")) span { "All services" } }
            }
        }
    }

    fn link(&self, service: &Service, class: Option<&str>) -> Markup {
        let current = self.current == Some(service.id);
        let open = self.sight.open.get(&service.id);
        html! {
            a class=[class] href=(url::service(service.id)) aria-current=[current.then_some("page")] {
                (glyph(self.sight.health(service.id)))
                span { (service.name) }
                @if self.suspects.contains(&service.id) { span.n { "suspect" } }
                @else if let Some(open) = open { span.n { (open.worst) } }
            }
        }
    }
}

fn rest(count: usize, shown: usize) -> Markup {
    html! {
        @if count > shown { li { a href=(url::SERVICES) { (icon("plus")) span { (count - shown) " more" } } } }
    }
}
