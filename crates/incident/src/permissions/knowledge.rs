//! Who reads and writes problems, known errors and articles. What they say of incidents is bound
//! by the scope of whoever reads it, like everything else.

use super::{Scope, TokenScope, Viewer};
use crate::refusal::Refusal;
use kernel::{PersonId, Role};
use std::collections::BTreeSet;

impl Scope {
    /// What everybody who works here may see: figures that are told to requesters go by it.
    pub fn common(person: PersonId) -> Self {
        Scope {
            everything: false,
            open_to_staff: true,
            teams: BTreeSet::new(),
            person,
            organisation: None,
            nothing: false,
        }
    }
}

/// Whether this viewer reads problems, and articles that are for the service desk.
pub fn may_read_problems(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.reads_configuration() {
        true => Ok(()),
        false if viewer.is_staff() => Err(only_reports()),
        false => Err(Refusal::forbidden("problems are for the service desk")),
    }
}

/// Whether this viewer makes and changes problems.
pub fn may_write_problems(viewer: &Viewer) -> Result<(), Refusal> {
    may_read_problems(viewer)?;
    may_write(viewer)
}

/// Whether this viewer closes a problem, or takes a closed one up again.
pub fn may_close_problems(viewer: &Viewer) -> Result<(), Refusal> {
    may_write_problems(viewer)?;
    match viewer.has(&[Role::Manager, Role::Administrator]) {
        true => Ok(()),
        false => Err(Refusal::forbidden(
            "managers and administrators close problems and take closed ones up again; you can say that it is resolved",
        )),
    }
}

/// Whether this viewer reads an article. `open` is whether it is published and for everyone:
/// requesters read no other.
pub fn may_read_article(viewer: &Viewer, open: bool) -> bool {
    viewer.scope != TokenScope::Intake && (open || viewer.is_staff())
}

/// Whether this viewer writes articles.
pub fn may_write_articles(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.is_staff() {
        true => may_write(viewer),
        false => Err(Refusal::forbidden("articles are written by the service desk")),
    }
}

/// Whether this viewer retires an article, or takes a retired one up again.
pub fn may_retire_articles(viewer: &Viewer) -> Result<(), Refusal> {
    may_write_articles(viewer)?;
    match viewer.has(&[Role::Manager, Role::Administrator]) {
        true => Ok(()),
        false => Err(Refusal::forbidden(
            "managers and administrators retire articles and take retired ones up again",
        )),
    }
}

fn may_write(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.scope {
        TokenScope::Intake => Err(only_reports()),
        TokenScope::Read => {
            Err(Refusal::forbidden("this token may only read; use one with the scope write"))
        }
        _ if viewer.works() => Ok(()),
        _ => Err(Refusal::forbidden("auditors read everything and change nothing")),
    }
}

fn only_reports() -> Refusal {
    Refusal::forbidden("this token may only report incidents; use one with the scope read or write")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(roles: &[Role], scope: TokenScope) -> Viewer {
        Viewer {
            person: PersonId(uuid::Uuid::from_u128(1)),
            name: "Somebody".to_owned(),
            roles: roles.iter().copied().collect(),
            teams: BTreeSet::new(),
            organisation: None,
            scope,
        }
    }

    #[test]
    fn each_role_may_do_its_own() {
        // Reads problems, writes them, closes them, retires articles.
        let cases: [(&[Role], [bool; 4]); 6] = [
            (&[], [false, false, false, false]),
            (&[Role::Auditor], [true, false, false, false]),
            (&[Role::Agent], [true, true, false, false]),
            (&[Role::Responder], [true, true, false, false]),
            (&[Role::Manager], [true, true, true, true]),
            (&[Role::Administrator], [true, true, true, true]),
        ];
        for (roles, wanted) in cases {
            let one = viewer(roles, TokenScope::Admin);
            let may = [
                may_read_problems(&one).is_ok(),
                may_write_problems(&one).is_ok(),
                may_close_problems(&one).is_ok(),
                may_retire_articles(&one).is_ok(),
            ];
            assert_eq!(may, wanted, "{roles:?}");
            assert_eq!(may_write_articles(&one).is_ok(), wanted[1], "{roles:?}");
            assert!(may_read_article(&one, true), "{roles:?}");
            assert_eq!(may_read_article(&one, false), wanted[0], "{roles:?}");
        }
    }

    #[test]
    fn tokens_narrow_it() {
        let reads = viewer(&[Role::Manager], TokenScope::Read);
        assert!(may_read_problems(&reads).is_ok() && may_write_problems(&reads).is_err());
        assert!(may_write_articles(&reads).is_err());
        let reports = viewer(&[Role::Manager], TokenScope::Intake);
        assert!(may_read_problems(&reports).is_err() && !may_read_article(&reports, true));
    }
}
