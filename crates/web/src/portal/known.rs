//! What is said outside of a known outage: the latest public words, when service is expected
//! back and when the next word comes. Words of those who reported it are not among them.

use super::outages::Outage;
use super::reader::promise;
use super::{report, suggest};
use crate::part::icon::icon;
use crate::part::rich::timed;
use crate::part::time::{self, Here};
use kernel::{IncidentNumber, Timestamp};
use maud::{Markup, html};
use std::collections::HashMap;
use store::updates::{self, PublishedUpdate};
use store::{Failure, Sql};

/// Characters of an update that stand in a banner: whoever wants more has it too, and follows it.
const WORDS_SHOWN: usize = 400;
/// Outages told of before somebody has typed anything.
const SHOWN: usize = 3;

/// The latest public words about an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// What it is called outside, if that is another name.
    pub(super) title: Option<String>,
    /// The words, cut.
    pub(super) words: String,
    /// When they were published.
    pub(super) at: Timestamp,
    /// When service was expected back.
    pub(super) expected: Option<Timestamp>,
    /// When the next word comes.
    pub(super) next: Option<Timestamp>,
}

/// The latest words about each of these incidents that went to requesters or to the status page;
/// what was removed is none.
pub(super) fn latest(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Said>, Failure> {
    let all = updates::latest_public(sql, numbers)?;
    let told = all.into_iter().filter(|update| !update.body.trim().is_empty());
    Ok(told.map(|update| (update.number, said(update))).collect())
}

fn said(update: PublishedUpdate) -> Said {
    Said {
        title: update.title.filter(|title| !title.trim().is_empty()),
        words: cut(update.body.trim()),
        at: update.at,
        expected: update.expected,
        next: update.next_update,
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WORDS_SHOWN {
        return text.to_owned();
    }
    let shown: String = text.chars().take(WORDS_SHOWN - 1).collect();
    format!("{}…", shown.trim_end())
}

/// The outages before the question, as long as nothing was typed.
pub(super) fn banners(outages: &[Outage], here: &Here) -> Markup {
    html! { @for outage in outages.iter().take(SHOWN) { (banner(outage, here)) } }
}

/// A known outage, with the way to say that one has it too.
pub(super) fn banner(outage: &Outage, here: &Here) -> Markup {
    let say = locale::portal(here.language);
    html! {
        div.banner.banner-warn.p-known role="status" {
            (icon(outage.health.look().1))
            div {
                b { (say.we_already_know(&outage.title)) }
                p { (suggest::known(outage, here)) }
                @if let Some(said) = &outage.said {
                    p.p-said { (said.words) }
                    p.meta {
                        (timed(&say.said_at(""), &time::moment(said.at, here)))
                        @if let Some(next) = said.next.filter(|next| *next > here.now) { ". " (say.next_update()) " " (say.by_time(promise(next, here))) }
                    }
                }
            }
            a.btn.btn-sm href=(report::address(&outage.title, Some(outage.number))) { (say.have_this_too()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_at_a_sign() {
        assert_eq!(cut("We look into it."), "We look into it.");
        let long = "ä".repeat(WORDS_SHOWN + 1);
        let shown = cut(&long);
        assert_eq!(shown.chars().count(), WORDS_SHOWN);
        assert!(shown.ends_with('…'));
    }
}
