//! The rules that the status page keeps, whoever sets it up.

use crate::Trouble;
use incident::policy::Fault;
use jiff::tz::TimeZone;
use kernel::limits;
use sha2::{Digest, Sha256};
use store::Sql;
use store::status::page::{Logo, StatusPage};
use store::status::works::Words;
use store::status::{components, groups};

/// Bytes of a logo: a picture beside a heading, sent to everybody who looks.
pub const LOGO_BYTES: usize = 100 * 1024;
/// Minutes before planned work at which a reminder may go out: a week.
pub const REMIND_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Characters of what the outside is told of planned work.
pub const WORDS_CHARS: usize = 2_000;
/// Components of a page: each is a row that everybody loads.
pub const COMPONENTS_MAX: usize = 500;
/// Headings of a page.
pub const GROUPS_MAX: usize = 100;
/// Digits of the page's id in JSON.
const ID_DIGITS: usize = 12;
/// Characters of a line that says where to get help.
const SUPPORT_CHARS: usize = 200;
/// Characters of a domain, by its own rules.
const DOMAIN_CHARS: usize = 253;

/// Whether the page may be so. `host` is the one at which the instance itself is reached.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(page: &StatusPage, host: Option<&str>) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    if page.name.chars().count() > limits::NAME_CHARS {
        faults
            .push(Fault::new("name", format!("is longer than {} characters", limits::NAME_CHARS)));
    }
    if page.support.chars().count() > SUPPORT_CHARS {
        faults.push(Fault::new("support", format!("is longer than {SUPPORT_CHARS} characters")));
    }
    if !page.time_zone.is_empty() && TimeZone::get(&page.time_zone).is_err() {
        faults.push(Fault::new("time_zone", "is no time zone such as Europe/Berlin"));
    }
    let twice =
        (1..page.languages.len()).any(|at| page.languages[..at].contains(&page.languages[at]));
    if twice {
        faults.push(Fault::new("languages", "name one twice"));
    }
    if !page.domain.is_empty() {
        faults.extend(domain(&page.domain, host).err().map(|words| Fault::new("domain", words)));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// What was given over what was before: the page keeps its id, and its logo where none is given.
pub fn accept(given: StatusPage, before: &StatusPage) -> StatusPage {
    let id = match before.id.is_empty() {
        true => crate::secret("").chars().take(ID_DIGITS).collect(),
        false => before.id.clone(),
    };
    StatusPage { id, logo: given.logo.clone().or_else(|| before.logo.clone()), ..given }
}

/// Whether there is room for another component.
///
/// # Errors
///
/// [`Trouble::Faults`] when there is not; those of the store.
pub fn check_room(sql: &mut dyn Sql) -> Result<(), Trouble> {
    if components::list(sql)?.len() >= COMPONENTS_MAX {
        return Err(
            Fault::new("", format!("there are {COMPONENTS_MAX} components; remove one")).into()
        );
    }
    Ok(())
}

/// Whether there is room for another heading.
///
/// # Errors
///
/// As of [`check_room`].
pub fn check_group_room(sql: &mut dyn Sql) -> Result<(), Trouble> {
    if groups::list(sql)?.len() >= GROUPS_MAX {
        return Err(Fault::new("", format!("there are {GROUPS_MAX} groups; remove one")).into());
    }
    Ok(())
}

/// The host in an address such as `https://help.example.org:8443`.
pub fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split([':', '/']).next().filter(|host| !host.is_empty())
}

fn domain(domain: &str, host: Option<&str>) -> Result<(), &'static str> {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let parts = domain.split('.').count();
    if domain.len() > DOMAIN_CHARS || parts < 2 || !domain.split('.').all(part) {
        return Err("is written status.example.org, without https://");
    }
    if host.is_some_and(|host| host.eq_ignore_ascii_case(domain)) {
        return Err("is where the instance itself answers; choose another one");
    }
    Ok(())
}

/// Whether the outside may be told this of planned work.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check_words(words: &Words) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    if words.title.trim().is_empty() {
        faults.push(Fault::new("public_title", "is needed where the outside is told"));
    }
    if words.title.chars().count() > limits::NAME_CHARS {
        let max = limits::NAME_CHARS;
        faults.push(Fault::new("public_title", format!("is longer than {max} characters")));
    }
    if words.body.chars().count() > WORDS_CHARS {
        faults.push(Fault::new("public_body", format!("is longer than {WORDS_CHARS} characters")));
    }
    if words.remind_minutes.is_some_and(|minutes| !(1..=REMIND_MINUTES_MAX).contains(&minutes)) {
        faults.push(Fault::new("remind_minutes", format!("are 1 to {REMIND_MINUTES_MAX}")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// A picture that may be the logo, known by its first bytes and not by what it says it is.
///
/// # Errors
///
/// [`Trouble::Faults`] when it is too large or no PNG, JPEG or WebP.
pub fn logo(bytes: Vec<u8>) -> Result<Logo, Trouble> {
    let media_type = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => return Err(Fault::new("logo", "is no PNG, JPEG or WebP picture").into()),
    };
    if bytes.len() > LOGO_BYTES {
        let words = format!("is larger than {} kB", LOGO_BYTES / 1024);
        return Err(Fault::new("logo", words).into());
    }
    let digest = Sha256::digest(&bytes);
    let hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Logo { hash, media_type: media_type.to_owned(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_those_of_pages() {
        for good in ["status.example.org", "s.xn--mnchen-3ya.example"] {
            assert_eq!(domain(good, Some("help.example.org")), Ok(()), "{good}");
        }
        for bad in [
            "status",
            "https://status.example.org",
            "status.example.org/",
            "-a.example",
            "a..example",
            "Status.example.org",
            "help.example.org",
            "a b.example",
        ] {
            assert!(domain(bad, Some("help.example.org")).is_err(), "{bad}");
        }
    }

    #[test]
    fn pictures_are_known_by_their_bytes() {
        let png = b"\x89PNG\r\n\x1a\nrest".to_vec();
        assert_eq!(logo(png).unwrap().media_type, "image/png");
        assert_eq!(logo(b"RIFF....WEBPrest".to_vec()).unwrap().media_type, "image/webp");
        assert!(logo(b"<svg onload='x'>".to_vec()).is_err());
        let mut large = b"\xff\xd8\xff".to_vec();
        large.resize(LOGO_BYTES + 1, 0);
        assert!(logo(large).is_err());
    }

    #[test]
    fn what_breaks_rules_is_named() {
        let page = StatusPage {
            time_zone: "Mars/Olympus".to_owned(),
            support: "x".repeat(SUPPORT_CHARS + 1),
            ..StatusPage::default()
        };
        let Err(Trouble::Faults(faults)) = check(&page, None) else { panic!("it is let through") };
        assert_eq!(faults.len(), 2);
        assert!(check(&StatusPage::default(), None).is_ok());
    }
}
