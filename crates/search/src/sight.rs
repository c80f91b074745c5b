//! Who may read what, as terms: those of a document, and those that somebody looks for.
//!
//! The same answer as [`incident::permissions::Scope::access`], which the tests hold it against.

use crate::document::Readers;
use crate::schema::Fields;
use incident::permissions::Scope;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

/// On what the whole service desk reads.
const STAFF: &str = "staff";
/// On what everybody reads.
const EVERYONE: &str = "everyone";

/// The terms of a document.
pub(crate) fn readers(readers: &Readers) -> Vec<String> {
    match readers {
        Readers::Everyone => vec![STAFF.into(), EVERYONE.into()],
        Readers::Staff => vec![STAFF.into()],
        Readers::Incident { requester, organisation, watchers, confidential_to: None } => {
            let watchers = watchers.iter().map(|person| format!("w:{person}"));
            [STAFF.to_owned(), format!("r:{requester}")]
                .into_iter()
                .chain(organisation.map(|company| format!("c:{company}")))
                .chain(watchers)
                .collect()
        }
        Readers::Incident { requester, confidential_to: Some(team), .. } => {
            vec![format!("t:{team}"), format!("r:{requester}"), format!("q:{requester}")]
        }
    }
}

/// What somebody sees: documents of which they see all, and documents of which they see the
/// public text.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    everything: bool,
    full: Vec<String>,
    public: Vec<String>,
}

/// What a condition for readers comes to.
pub(crate) enum Readable {
    /// All documents.
    All,
    /// Those that meet this.
    Those(Box<dyn Query>),
}

impl Sight {
    /// What this scope sees; none if it sees nothing.
    pub(crate) fn of(scope: &Scope) -> Option<Self> {
        if scope.nothing {
            return None;
        }
        let mut full: Vec<String> = scope.teams.iter().map(|team| format!("t:{team}")).collect();
        let mut public = Vec::new();
        if scope.open_to_staff {
            full.push(STAFF.into());
            // All else that they see as requester or watcher is open to staff.
            public.push(format!("q:{}", scope.person));
        } else {
            public.extend([EVERYONE.to_owned(), format!("r:{}", scope.person)]);
            public.push(format!("w:{}", scope.person));
            public.extend(scope.organisation.map(|company| format!("c:{company}")));
        }
        Some(Sight { everything: scope.everything, full, public })
    }

    /// Documents of which all is seen; none if there are none.
    pub(crate) fn full(&self, fields: &Fields) -> Option<Readable> {
        match self.everything {
            true => Some(Readable::All),
            false => union(fields, &self.full).map(Readable::Those),
        }
    }

    /// Documents of which the public text is seen.
    pub(crate) fn public(&self, fields: &Fields) -> Option<Readable> {
        match self.everything {
            true => None,
            false => union(fields, &self.public).map(Readable::Those),
        }
    }

    /// Whether there may be documents of which all is seen.
    pub(crate) fn looks_inside(&self) -> bool {
        self.everything || !self.full.is_empty()
    }
}

fn union(fields: &Fields, terms: &[String]) -> Option<Box<dyn Query>> {
    let one = |term: &String| -> Box<dyn Query> {
        let term = Term::from_field_text(fields.access, term);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    };
    match terms {
        [] => None,
        [term] => Some(one(term)),
        terms => Some(Box::new(BooleanQuery::new(
            terms.iter().map(|term| (Occur::Should, one(term))).collect(),
        ))),
    }
}
