//! Words of people as every format can carry them. Cleaned once, before anything is written:
//! what cannot stand in XML, turns the direction of other words around, or cannot be seen is
//! left out of all formats alike.

use crate::snapshot::{Component, Group, Incident, Site, Snapshot, Update, Work};

/// Letters of an id that can stand in an address and in the name of a file.
const ID_MAX: usize = 64;

/// The snapshot with clean words and ids.
pub(crate) fn snapshot(of: &Snapshot) -> Snapshot {
    Snapshot {
        at: of.at,
        site: site(&of.site),
        groups: of.groups.iter().map(group).collect(),
        components: of.components.iter().map(component).collect(),
        incidents: of.incidents.iter().map(incident).collect(),
        works: of.works.iter().map(work).collect(),
    }
}

fn site(of: &Site) -> Site {
    let languages = match of.languages.is_empty() {
        true => vec![kernel::Language::default()],
        false => of.languages.clone(),
    };
    Site {
        id: id(&of.id),
        name: line(&of.name),
        url: line(&of.url).trim_end_matches('/').to_owned(),
        base: line(&of.base).trim_end_matches('/').to_owned(),
        languages,
        support: of.support.as_deref().map(line).filter(|words| !words.is_empty()),
        logo: of.logo.as_deref().map(line).filter(|words| !words.is_empty()),
        subscriptions: of
            .subscriptions
            .as_deref()
            .map(|at| line(at).trim_end_matches('/').to_owned()),
        ..of.clone()
    }
}

fn group(of: &Group) -> Group {
    let description = said(of.description.as_deref());
    Group { name: line(&of.name), description, ..of.clone() }
}

fn component(of: &Component) -> Component {
    let description = said(of.description.as_deref());
    Component { name: line(&of.name), description, ..of.clone() }
}

fn incident(of: &Incident) -> Incident {
    Incident {
        id: id(&of.id),
        title: line(&of.title),
        updates: of.updates.iter().map(update).collect(),
        ..of.clone()
    }
}

fn update(of: &Update) -> Update {
    Update { id: id(&of.id), body: text(&of.body), ..of.clone() }
}

fn work(of: &Work) -> Work {
    Work { title: line(&of.title), body: text(&of.body), ..of.clone() }
}

/// Words that may be missing: of which nothing is left, are.
fn said(of: Option<&str>) -> Option<String> {
    of.map(text).filter(|words| !words.is_empty())
}

/// An id as a part of addresses and names of files: it leads nowhere else.
fn id(of: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    of.chars().filter(plain).take(ID_MAX).collect()
}

/// Words in one line.
fn line(of: &str) -> String {
    text(of).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words in lines.
fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for letter in of.replace("\r\n", "\n").chars() {
        match letter {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            letter if is_hidden(letter) => {}
            letter => out.push(letter),
        }
    }
    out.trim().to_owned()
}

/// Controls, what is no letter of Unicode, and marks that turn the direction of what follows.
fn is_hidden(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || code & 0xfffe == 0xfffe
        || (0xfdd0..=0xfdef).contains(&code)
        || (0x202a..=0x202e).contains(&code)
        || (0x2066..=0x2069).contains(&code)
        || code == 0xfeff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_format_can_carry_is_left_out() {
        assert_eq!(line("  Book\u{0}ing\u{7} &\n\t <b>\u{202e}gnp\u{fffe} "), "Booking & <b>gnp");
        assert_eq!(text("one\r\ntwo\u{2028}three\u{b}"), "one\ntwo\nthree");
        assert_eq!(line("مرحبا Łódź 🙂"), "مرحبا Łódź 🙂");
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        assert_eq!(id("../../etc/passwd"), "etcpasswd");
        assert_eq!(id("a?b#c\"d_e-1"), "abcd_e-1");
    }
}
