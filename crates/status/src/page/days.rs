//! The bars of 90 days: one line for a run of good days, a line for each other day. Height and
//! colour say how bad it was, words say it again.

use super::{Page, health};
use crate::condition::{Available, DAYS, Day, available};
use crate::snapshot::{Component, Condition};
use crate::times::long;
use kernel::Language;
use maud::{Markup, html};

/// Height of the drawing.
const HEIGHT: u32 = 24;

impl Page<'_> {
    /// The bars of a component, its share, and its days in words.
    pub(super) fn days(&self, component: &Component, days: &[Day]) -> Markup {
        let bad = || days.iter().filter(|day| is_bad(day));
        let label = self.texts.bars(&component.name, bad().count() as i64);
        let unknown = days.iter().take_while(|day| day.known == 0).count();
        html! {
            svg.d90 viewBox={ "0 0 " (DAYS) " " (HEIGHT) } preserveAspectRatio="none" width="100%" height=(HEIGHT)
                role="img" aria-label=(label) {
                g fill="none" stroke="currentColor" stroke-dasharray=".8 .2" { (self.lines(days)) }
            }
            div.s-f {
                span { (self.texts.days_ago()) } " "
                span { (self.share(available(days))) } " "
                span { (self.texts.today()) }
            }
            @if unknown > 0 || bad().next().is_some() {
                details {
                    summary { (self.texts.day_by_day()) }
                    ul {
                        @for day in bad().collect::<Vec<_>>().into_iter().rev() { li { (self.day(day)) } }
                        @if let Some(first) = days.get(unknown).filter(|_| unknown > 0) {
                            li { (self.texts.no_data_before(self.view.clock.day(self.language, first.date))) }
                        }
                    }
                }
            }
        }
    }

    /// Runs of days that are alike as one line; a day with trouble says which it was.
    fn lines(&self, days: &[Day]) -> Markup {
        let mut next_at = 0;
        let runs = days.chunk_by(|day, next| day.worst() == next.worst() && !is_bad(day));
        let runs = runs.map(|run| {
            let at = next_at;
            next_at += run.len();
            (at, next_at, run)
        });
        html! {
            @for (at, until, run) in runs {
                @let (class, height) = drawn(run[0].worst());
                @let line = format!("M{at} {}H{until}", HEIGHT - height / 2);
                path class=(class) stroke-width=(height) d=(line) {
                    @if is_bad(&run[0]) { title { (self.day(&run[0])) } }
                }
            }
        }
    }

    /// A day with its worst and how long that lasted.
    fn day(&self, day: &Day) -> String {
        let worst = day.worst().unwrap_or(Condition::Operational);
        let lasted = long(self.language, day.lasted(worst));
        let date = self.view.clock.day(self.language, day.date);
        self.texts.day_line(worst.as_str(), date, lasted)
    }

    fn share(&self, share: Option<Available>) -> String {
        let Some(share) = share else { return self.texts.too_new().to_owned() };
        let shown = percent(self.language, share.hundredths);
        match i32::try_from(share.days) {
            Ok(days) if days < DAYS => self.texts.available_days(shown, i64::from(days)),
            _ => self.texts.available(shown),
        }
    }

    /// What the shapes and heights mean.
    pub(super) fn key(&self) -> Markup {
        html! {
            p.s-key.meta {
                @for condition in Condition::ALL {
                    span class={ "health health-" (health(*condition)) } {
                        (super::icon(*condition)) " " (self.texts.condition(condition.as_str()))
                    }
                    " "
                }
                (self.texts.taller_is_worse())
            }
        }
    }
}

fn is_bad(day: &Day) -> bool {
    day.worst().is_some_and(|worst| worst != Condition::Operational)
}

/// Class and height of a day's bar: the taller, the worse; a thin line where nothing is known.
const fn drawn(worst: Option<Condition>) -> (&'static str, u32) {
    match worst {
        None => ("d-none", 2),
        Some(Condition::Operational) => ("d-ok", 12),
        Some(Condition::Maintenance) => ("d-maint", 14),
        Some(Condition::Degraded) => ("d-degraded", 16),
        Some(Condition::Partial) => ("d-partial", 20),
        Some(Condition::Major) => ("d-down", 24),
    }
}

/// "99.86%", "99,86 %", "100%".
fn percent(language: Language, hundredths: u32) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let (point, sign) = match language {
        Language::En => (".", "%"),
        Language::Pt | Language::Pl => (",", "%"),
        Language::De | Language::Fr | Language::Es => (",", "\u{a0}%"),
    };
    match part {
        0 => format!("{whole}{sign}"),
        part => format!("{whole}{point}{part:02}{sign}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_as_the_language_does() {
        assert_eq!(percent(Language::En, 9_986), "99.86%");
        assert_eq!(percent(Language::De, 9_905), "99,05\u{a0}%");
        assert_eq!(percent(Language::Pl, 10_000), "100%");
    }

    #[test]
    fn the_taller_the_worse() {
        let ranked = [
            None,
            Some(Condition::Operational),
            Some(Condition::Maintenance),
            Some(Condition::Degraded),
            Some(Condition::Partial),
            Some(Condition::Major),
        ];
        assert!(ranked.map(|worst| drawn(worst).1).is_sorted());
        assert_eq!(drawn(Some(Condition::Major)).1, HEIGHT);
    }
}
