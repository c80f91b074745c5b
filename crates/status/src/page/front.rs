//! The first page: how everything is, what is being worked on, each service with its last 90
//! days, planned work, what was, and how to hear of it.

use super::{Framed, Page, health, icon};
use crate::condition::{rank, worst};
use crate::snapshot::{Component, Condition, Incident, Phase};
use kernel::ComponentGroupId;
use maud::{Markup, html};

/// Planned work that is listed on the first page; the calendar has all.
const WORKS_SHOWN: usize = 10;

impl Page<'_> {
    /// The first page.
    pub(crate) fn front(&self) -> String {
        let main = html! {
            (self.now())
            @for incident in self.view.open() { (self.going_on(incident)) }
            (self.services())
            (self.ahead())
            (self.lately())
            (self.how_to_hear())
        };
        self.framed(&Framed { stem: "index", title: None, main })
    }

    fn now(&self) -> Markup {
        let (condition, sentence, rest) = self.overall();
        let at = self.view.snapshot.at;
        let stand = self.texts.as_of(self.view.clock.promise(self.language, at));
        html! {
            section class={ "s-now is-" (health(condition)) } aria-labelledby="now" {
                h1 #now { (icon(condition)) " " bdi { (sentence) } }
                p {
                    @if let Some(rest) = rest { (rest) " " }
                    (self.with_time(&stand, at)) " "
                    a.link href=(self.to("index")) { (locale::entry(self.language).load_again()) }
                }
            }
        }
    }

    /// How everything is, in a sentence, and in another what of the rest.
    fn overall(&self) -> (Condition, String, Option<&'static str>) {
        let all = &self.view.snapshot.components;
        let worst = worst(all.iter().map(|component| component.condition));
        if rank(worst) < rank(Condition::Degraded) {
            return self.calm(worst);
        }
        let affected =
            all.iter().filter(|of| rank(of.condition) >= rank(Condition::Degraded)).count();
        let leading: Vec<&Component> = all.iter().filter(|of| of.condition == worst).collect();
        let sentence = match leading[..] {
            [one] => self.texts.now_one(worst.as_str(), &one.name),
            _ => self.texts.now_many(worst.as_str()),
        };
        let rest = match (affected > leading.len(), affected < all.len()) {
            (true, _) => Some(self.texts.others_affected()),
            (false, true) => Some(self.texts.rest_works()),
            (false, false) => None,
        };
        (worst, sentence, rest)
    }

    /// When each service works: perhaps something is being looked into all the same.
    fn calm(&self, worst: Condition) -> (Condition, String, Option<&'static str>) {
        let mut unsolved = self.view.open().filter(|incident| incident.phase < Phase::Monitoring);
        match (unsolved.next(), worst) {
            (Some(incident), _) => (incident.worst, incident.title.clone(), None),
            (None, Condition::Maintenance) => (worst, self.texts.now_planned().to_owned(), None),
            _ => (Condition::Operational, self.texts.now_works().to_owned(), None),
        }
    }

    fn going_on(&self, incident: &Incident) -> Markup {
        let stem = format!("incidents/{}", incident.id);
        let heading = format!("i-{}", incident.id);
        html! {
            section.card.s-inc aria-labelledby=(heading) {
                div.s-ih {
                    div {
                        h2 id=(heading) { a href=(self.to(&stem)) { bdi { (incident.title) } } }
                        (self.concerns(incident))
                    }
                    (self.condition(incident.worst))
                }
                (self.steps(incident))
                (self.promises(incident))
                (self.updates(incident.updates.iter().take(UPDATES_SHOWN)))
                @if incident.updates.len() > UPDATES_SHOWN {
                    p { a.link href=(self.to(&stem)) { (self.texts.whole_incident()) } }
                }
            }
        }
    }

    fn services(&self) -> Markup {
        html! {
            @if !self.view.snapshot.components.is_empty() {
                section aria-labelledby="services" {
                    div.p-h { h2 #services { (self.texts.services()) } " " span.meta { (self.texts.last_days()) } }
                    (self.list(None))
                    @for group in &self.view.snapshot.groups {
                        @if self.view.under(Some(group.id)).next().is_some() {
                            h3.s-g { bdi { (group.name) } }
                            @if let Some(about) = &group.description { p.meta { (about) } }
                            (self.list(Some(group.id)))
                        }
                    }
                    (self.key())
                }
            }
        }
    }

    fn list(&self, group: Option<ComponentGroupId>) -> Markup {
        let mut components = self.view.under(group).peekable();
        html! {
            @if components.peek().is_some() {
                ul.s-list.card {
                    @for (component, days) in components {
                        li {
                            div.s-c {
                                @let name = html! { bdi { (component.name) } };
                                @if group.is_some() { h4 { (name) } } @else { h3 { (name) } }
                                " " (self.condition(component.condition))
                            }
                            @if let Some(about) = &component.description { p.meta { (about) } }
                            (self.days(component, days))
                        }
                    }
                }
            }
        }
    }

    fn ahead(&self) -> Markup {
        let now = self.view.snapshot.at;
        let mut works = self
            .view
            .snapshot
            .works
            .iter()
            .filter(|work| work.is_ahead(now))
            .take(WORKS_SHOWN)
            .peekable();
        html! {
            @if works.peek().is_some() {
                section aria-labelledby="planned" {
                    h2 #planned { (self.texts.planned()) }
                    ul { @for work in works { (self.work(work)) } }
                }
            }
        }
    }

    fn how_to_hear(&self) -> Markup {
        let site = self.site();
        html! {
            section aria-labelledby="updates" {
                h2 #updates { (self.texts.get_updates()) }
                ul.s-sub {
                    @if let Some(at) = &site.subscriptions {
                        li { a.link href={ (at) "/subscribe?lang=" (self.language) } { (self.texts.by_mail()) } }
                    }
                    li {
                        a.link href=(self.of_site("history.atom")) { "Atom" } ", "
                        a.link href=(self.of_site("history.rss")) { "RSS" }
                    }
                    li { a.link href=(self.of_site("maintenance.ics")) { (self.texts.calendar()) } }
                    li { a.link href=(self.of_site("api/v2/summary.json")) { (self.texts.for_programs()) } }
                }
            }
        }
    }
}

/// Words of an incident that stand on the first page; its own page has all.
const UPDATES_SHOWN: usize = 5;
