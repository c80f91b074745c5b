//! A service as the fields of its form, and back. Groups of needs and links are written one a
//! line, so that the form works without scripts however many services there are.

use crate::form::Fields;
use crate::settings::{editing, many};
use desk::Trouble;
use desk::map::{COST_MAX, GROUP_MAX, LINKS_MAX, NEEDS_MAX};
use incident::Refusal;
use kernel::{ServiceId, limits};
use map::Need;
use std::collections::BTreeSet;
use store::directory::services::{Link, Service};

/// The field for what a service needs where there are too many to offer each with a box.
pub(super) const MORE: &str = "depends_on_more";
/// Characters of the fields that hold a list, one entry a line.
const LIST_CHARS: usize = 20_000;
/// Characters of an address.
const ADDRESS_CHARS: usize = 500;
/// A goal of all the time, in thousandths.
const WHOLE: u16 = 1_000;

/// The service as the form wants it; `known` are the services that groups name.
pub(super) fn typed(
    id: ServiceId,
    fields: &Fields,
    known: &[Service],
    (active, version): (bool, i64),
) -> Result<Service, Trouble> {
    let criticality =
        fields.text("criticality").parse().ok().filter(|criticality| (1..=4).contains(criticality));
    let mut depends_on: BTreeSet<ServiceId> = editing::ids(fields, "depends_on")?;
    depends_on.extend(more(&editing::text(fields, MORE, LIST_CHARS)?, known)?);
    Ok(Service {
        id,
        name: editing::name(fields)?,
        description: editing::text(fields, "description", limits::REASON_CHARS)?,
        team: editing::id(fields, "team")?,
        criticality: criticality
            .ok_or_else(|| Refusal::invalid("criticality", "Choose how critical it is"))?,
        active,
        depends_on,
        escalation: editing::id(fields, "escalation")?,
        version,
        public_name: public_name(fields)?,
        cost_per_hour: fields.filled("cost_per_hour").map(cost).transpose()?,
        goal_permille: fields.filled("goal").map(goal).transpose()?,
        links: links(&editing::text(fields, "links", LIST_CHARS)?)?,
        needs: groups(id, &editing::text(fields, "needs", LIST_CHARS)?, known)?,
    })
}

/// A service as its form shows it.
pub(super) fn shown(service: &Service, known: &[Service]) -> Fields {
    let goal = service.goal_permille.map(|goal| format!("{}.{}", goal / 10, goal % 10));
    let mut pairs = vec![
        ("name", service.name.clone()),
        ("description", service.description.clone()),
        ("criticality", service.criticality.to_string()),
        ("public_name", service.public_name.clone()),
        ("cost_per_hour", service.cost_per_hour.map(|cost| cost.to_string()).unwrap_or_default()),
        ("goal", goal.unwrap_or_default()),
        ("links", written_links(&service.links)),
        ("needs", written_groups(&service.needs, known)),
    ];
    pairs.extend(service.team.map(|team| ("team", team.to_string())));
    pairs.extend(service.escalation.map(|id| ("escalation", id.to_string())));
    pairs.extend(service.active.then(|| ("active", "1".to_owned())));
    pairs.extend(service.depends_on.iter().map(|id| ("depends_on", id.to_string())));
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn public_name(fields: &Fields) -> Result<String, Refusal> {
    let name = editing::one_line(fields.text("public_name"));
    match name.chars().count() > limits::NAME_CHARS {
        true => Err(Refusal::invalid(
            "public_name",
            format!("The name is longer than {} characters", limits::NAME_CHARS),
        )),
        false => Ok(name),
    }
}

/// "1,200" or "1200".
fn cost(text: &str) -> Result<i64, Refusal> {
    let digits: String =
        text.chars().filter(|c| !matches!(c, ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    let cost = digits.parse().ok().filter(|cost| (0..=COST_MAX).contains(cost));
    cost.ok_or_else(|| Refusal::invalid("cost_per_hour", "Write a whole number, such as 1200"))
}

/// "99.9", in thousandths.
fn goal(text: &str) -> Result<u16, Refusal> {
    let wrong = || Refusal::invalid("goal", "Write a share with one decimal at most, such as 99.9");
    let text = text.trim_end_matches('%').trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 1 || !part.chars().all(|c| c.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 100).ok_or_else(wrong)?;
    let goal = whole * 10 + part.parse::<u16>().unwrap_or(0);
    if (1..=WHOLE).contains(&goal) { Ok(goal) } else { Err(wrong()) }
}

/// Lines with something in them, and their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty())
}

/// One link a line: what it is called, then its address.
fn links(text: &str) -> Result<Vec<Link>, Refusal> {
    let read = lines(text).map(|(at, line)| {
        let wrong = |words: &str| Refusal::invalid("links", format!("Line {at}: {words}"));
        let (title, url) = line.rsplit_once(char::is_whitespace).unwrap_or(("", line));
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(wrong("end it with an address, such as https://wiki.example.org/rollback"));
        }
        if url.chars().count() > ADDRESS_CHARS || title.chars().count() > limits::NAME_CHARS {
            return Err(wrong("it is too long"));
        }
        let title = editing::one_line(title);
        let title = if title.is_empty() { url.to_owned() } else { title };
        Ok(Link { title, url: url.to_owned() })
    });
    let links: Vec<Link> = read.collect::<Result<_, _>>()?;
    match links.len() > LINKS_MAX {
        true => Err(Refusal::invalid("links", format!("There are more than {LINKS_MAX}"))),
        false => Ok(links),
    }
}

fn written_links(links: &[Link]) -> String {
    let lines = links.iter().map(|link| match link.title == link.url {
        true => link.url.clone(),
        false => format!("{} {}", link.title, link.url),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Services by name, one a line.
fn more(text: &str, known: &[Service]) -> Result<BTreeSet<ServiceId>, Refusal> {
    many::named(MORE, text, known, NEEDS_MAX)
}

/// One group a line: "Print servers: 2 of North, South, West".
fn groups(of: ServiceId, text: &str, known: &[Service]) -> Result<Vec<Need>, Refusal> {
    let read = lines(text).zip(1..).map(|((at, line), place)| {
        group(of, line, place, known)
            .map_err(|words| Refusal::invalid("needs", format!("Line {at}: {words}")))
    });
    let groups: Vec<Need> = read.collect::<Result<_, _>>()?;
    match groups.len() > NEEDS_MAX {
        true => Err(Refusal::invalid("needs", format!("There are more than {NEEDS_MAX} groups"))),
        false => Ok(groups),
    }
}

fn group(of: ServiceId, line: &str, place: usize, known: &[Service]) -> Result<Need, String> {
    const HOW: &str = "write it as Print servers: 2 of North, South, West";
    let (name, rest) = match line.split_once(':') {
        Some((name, rest)) => (editing::one_line(name), rest.trim()),
        None => (String::new(), line),
    };
    let (number, members) = rest.split_once(" of ").ok_or(HOW)?;
    let at_least: u16 = number.trim().parse().map_err(|_| HOW)?;
    let between = if members.contains(';') { ';' } else { ',' };
    let mut needs: Vec<ServiceId> = Vec::new();
    for member in members.split(between).map(str::trim).filter(|member| !member.is_empty()) {
        let alike = |service: &&Service| query::same_name(&service.name, member);
        let found = known.iter().find(alike).ok_or(format!("there is no service {member}"))?;
        if found.id == of {
            return Err("a service cannot need itself".to_owned());
        }
        if !needs.contains(&found.id) {
            needs.push(found.id);
        }
    }
    match needs.len() {
        0 => return Err(HOW.to_owned()),
        count if count > GROUP_MAX => return Err(format!("it has more than {GROUP_MAX}")),
        count if usize::from(at_least) > count => {
            return Err(format!("{at_least} of {count} can never work"));
        }
        _ => {}
    }
    if name.chars().count() > limits::NAME_CHARS {
        return Err("the name of the group is too long".to_owned());
    }
    let name = if name.is_empty() { format!("Group {place}") } else { name };
    Ok(Need { of, group: Some(name), needs, at_least })
}

fn written_groups(needs: &[Need], known: &[Service]) -> String {
    let line = |need: &Need| {
        let names = need.needs.iter().filter_map(|id| known.iter().find(|one| one.id == *id));
        let names: Vec<&str> = names.map(|service| service.name.as_str()).collect();
        let between = if names.iter().any(|name| name.contains(',')) { "; " } else { ", " };
        let group = need.group.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        format!("{group}{} of {}", need.at_least, names.join(between))
    };
    needs.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ServiceId {
        format!("00000000-0000-0000-0000-00000000000{number}").parse().unwrap()
    }

    fn service(number: u8, name: &str) -> Service {
        let fields = Fields::parse(&format!("name={}&criticality=2", crate::url::encode(name)));
        typed(id(number), &fields, &[], (true, 1)).unwrap()
    }

    #[test]
    fn groups_are_read_as_they_are_written() {
        let known = [service(1, "North"), service(2, "South, old"), service(3, "West")];
        let text = "Print servers: 1 of North; South, old\nGroup 2: 2 of North, West";
        let read = groups(id(9), text, &known).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].needs.as_slice(), read[0].at_least), (&[id(1), id(2)][..], 1));
        assert_eq!(written_groups(&read, &known), text);
        let plain = groups(id(9), "\n1 of NORTH, north, West\n", &known).unwrap();
        assert_eq!((plain[0].needs.len(), plain[0].group.as_deref()), (2, Some("Group 1")));
        for (odd, words) in [
            ("North, West", "write it as"),
            ("two of North", "write it as"),
            ("3 of North, West", "3 of 2 can never work"),
            ("1 of East", "there is no service East"),
            ("1 of ", "write it as"),
        ] {
            let refused = groups(id(9), odd, &known).unwrap_err();
            assert!(refused.message.contains(words), "{odd}: {}", refused.message);
        }
        assert!(groups(id(1), "1 of North, West", &known).is_err(), "it cannot need itself");
    }

    #[test]
    fn what_it_needs_can_be_written_by_name() {
        let known = [service(1, "North"), service(2, "South, old")];
        let found = more("north\n\n  South, old \n", &known).unwrap();
        assert_eq!(found, BTreeSet::from([id(1), id(2)]));
        let refused = more("North\nEast", &known).unwrap_err();
        assert_eq!(refused.field, Some(MORE));
        assert!(refused.message.contains("Line 2: there is no service East"), "{refused:?}");
        assert!(more(&"North\n".repeat(NEEDS_MAX + 1), &known).is_err());
    }

    #[test]
    fn links_end_with_an_address() {
        let text =
            "Roll back a release https://wiki.example.org/roll?a=b\nhttps://wiki.example.org";
        let read = links(text).unwrap();
        assert_eq!(read[0].title, "Roll back a release");
        assert_eq!(written_links(&read), text);
        for odd in ["Roll back", "Evil javascript:alert(1)", "https:/x"] {
            assert!(links(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn goals_and_costs_are_numbers() {
        for (text, permille) in [("99.9", 999), ("99,5 %", 995), ("100", 1_000), ("99.90", 999)] {
            assert_eq!(goal(text).unwrap(), permille, "{text}");
        }
        for odd in ["", "0", "100.1", "99.95", "-1", "much", "99.x"] {
            assert!(goal(odd).is_err(), "{odd}");
        }
        assert_eq!(cost("1,200").unwrap(), 1_200);
        assert!(cost("-5").is_err());
        assert!(cost("lots").is_err());
    }
}
