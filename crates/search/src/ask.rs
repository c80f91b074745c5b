//! A search as a query of the index.

use crate::begins::beginnings;
use crate::document::Kind;
use crate::forms::{Forms, Listed};
use crate::limits::{FILTER_VALUES, FILTERS};
use crate::schema::{Fields, label};
use crate::sight::{Readable, Sight};
use crate::typed::Group;
use crate::wish::{Place, Wish};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur,
    PhraseQuery, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Searcher, Term};

/// How much a word as typed weighs in the title, in the public and in the internal text.
const IN_TITLE: f32 = 3.0;
const IN_PUBLIC: f32 = 1.0;
const IN_INTERNAL: f32 = 0.7;
/// How much another form of it weighs, a longer word that begins with it, and one that is near.
const A_FORM: f32 = 0.4;
const A_BEGINNING: f32 = 0.5;
const NEAR: f32 = 0.15;
/// What has the number that was typed comes before all that speaks of it.
const THE_NUMBER: f32 = 1_000.0;

type Boxed = Box<dyn Query>;
type Clauses = Vec<(Occur, Boxed)>;

/// Makes queries for one search.
pub(crate) struct Asking<'a> {
    pub(crate) fields: Fields,
    pub(crate) searcher: &'a Searcher,
    pub(crate) sight: &'a Sight,
    pub(crate) wish: &'a Wish,
}

impl Asking<'_> {
    /// What meets all groups and filters within the sight.
    pub(crate) fn query(&self, groups: &[Group]) -> tantivy::Result<Boxed> {
        let mut either: Vec<Boxed> = Vec::new();
        for (readable, inside) in
            [(self.sight.full(&self.fields), true), (self.sight.public(&self.fields), false)]
        {
            let Some(readable) = readable else { continue };
            let mut clauses: Clauses = Vec::new();
            // First what is read at once: where it leaves nothing, words are not looked up.
            if let Readable::Those(readable) = readable {
                clauses.push((Occur::Must, unscored(readable)));
            }
            self.filter(&mut clauses);
            for group in groups {
                clauses.push((Occur::Must, self.group(group, inside)?));
            }
            if groups.is_empty() {
                clauses.push((Occur::Must, Box::new(AllQuery)));
            }
            either.push(Box::new(BooleanQuery::new(clauses)));
        }
        Ok(best(either))
    }

    /// Conditions that do not rank.
    fn filter(&self, clauses: &mut Clauses) {
        if !self.wish.kinds.is_empty() {
            let kinds = self.wish.kinds.iter().map(|kind| kind.as_str());
            clauses.push((Occur::Must, unscored(self.labels(crate::document::KIND, kinds))));
        }
        for filter in self.wish.filters.iter().take(FILTERS) {
            let values = filter.any.iter().take(FILTER_VALUES).map(String::as_str);
            let any = self.labels(&filter.name, values);
            match filter.not {
                true => clauses.push((Occur::MustNot, any)),
                false => clauses.push((Occur::Must, unscored(any))),
            }
        }
    }

    fn labels<'v>(&self, name: &str, values: impl Iterator<Item = &'v str>) -> Boxed {
        any(values.map(|value| listed(self.fields.labels, &label(name, value))).collect())
    }

    fn group(&self, group: &Group, inside: bool) -> tantivy::Result<Boxed> {
        match group {
            Group::Word { word, begins, numbers, near } => {
                let mut lists = self.forms(word, inside)?;
                if *begins {
                    for (field, _) in self.texts(inside) {
                        let longer = Listed::Query(self.beginning(field, word)?.into());
                        lists.push((longer, A_BEGINNING));
                    }
                }
                for (kind, id) in numbers {
                    lists.push((Listed::Term(self.fields.key_term(*kind, id)), THE_NUMBER));
                }
                for word in near {
                    lists.extend(self.weighed(word, NEAR, inside)?);
                }
                let exact = self.texts(inside).into_iter().map(|(field, weight)| {
                    let term = Term::from_field_text(field, word);
                    boosted(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), weight)
                });
                Ok(Box::new(Forms::new(lists, exact.collect())))
            }
            Group::Phrase(words) => Ok(any(self.phrase(words, inside))),
            Group::Number(kind, id, words) => {
                let mut either = self.phrase(words, inside);
                either.push(self.numbered(*kind, id));
                Ok(best(either))
            }
        }
    }

    /// The texts that are looked into, and what a word in them weighs.
    fn texts(&self, inside: bool) -> Vec<(Field, f32)> {
        let mut texts = vec![(self.fields.title, IN_TITLE), (self.fields.public, IN_PUBLIC)];
        if inside {
            texts.push((self.fields.internal, IN_INTERNAL));
        }
        texts
    }

    /// Documents with any form of a word.
    fn forms(&self, word: &str, inside: bool) -> tantivy::Result<Vec<(Listed, Score)>> {
        let mut forms = Vec::new();
        for stem in crate::stems(word) {
            forms.extend(self.weighed(&stem, A_FORM, inside)?);
        }
        Ok(forms)
    }

    /// Documents with this stem, weighed by how rare it is.
    fn weighed(
        &self,
        stem: &str,
        weight: f32,
        inside: bool,
    ) -> tantivy::Result<Vec<(Listed, Score)>> {
        let fields = [Some(self.fields.stems), inside.then_some(self.fields.inner_stems)];
        let mut lists = Vec::new();
        for field in fields.into_iter().flatten() {
            let term = Term::from_field_text(field, stem);
            let frequency = self.searcher.doc_freq(&term)?;
            if frequency > 0 {
                let score = weight * rarity(self.searcher.num_docs(), frequency);
                lists.push((Listed::Term(term), score));
            }
        }
        Ok(lists)
    }

    fn phrase(&self, words: &[String], inside: bool) -> Vec<Boxed> {
        let texts = self.texts(inside).into_iter();
        texts.map(|(field, weight)| boosted(adjacent(field, words), weight)).collect()
    }

    fn numbered(&self, kind: Kind, id: &str) -> Boxed {
        let term = self.fields.key_term(kind, id);
        let listed = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        Box::new(ConstScoreQuery::new(listed, THE_NUMBER))
    }

    /// Documents with a word that begins so.
    fn beginning(&self, field: Field, word: &str) -> tantivy::Result<Boxed> {
        let terms = beginnings(self.searcher, field, word)?;
        if terms.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        Ok(Box::new(TermSetQuery::new(terms)))
    }

    /// What has words as typed, or one that is near, in a place. None where that place is not
    /// seen at all.
    pub(crate) fn place(&self, place: Place, groups: &[Group]) -> tantivy::Result<Option<Boxed>> {
        let fields = self.fields;
        let field = match place {
            Place::Number => fields.key,
            Place::Title => fields.title,
            Place::Text => fields.public,
            Place::Internal => fields.internal,
        };
        let mut placed = Vec::new();
        for group in groups {
            placed.extend(self.placed(place, field, group)?);
        }
        let found = any(placed);
        if place != Place::Internal {
            return Ok(Some(found));
        }
        Ok(match self.sight.full(&fields) {
            None => None,
            Some(Readable::All) => Some(found),
            Some(Readable::Those(those)) => {
                Some(Box::new(BooleanQuery::new(vec![(Occur::Must, found), (Occur::Must, those)])))
            }
        })
    }

    fn placed(&self, place: Place, field: Field, group: &Group) -> tantivy::Result<Vec<Boxed>> {
        Ok(match (place, group) {
            (Place::Number, Group::Number(kind, id, _)) => vec![self.numbered(*kind, id)],
            (Place::Number, Group::Word { numbers, .. }) => {
                numbers.iter().map(|(kind, id)| self.numbered(*kind, id)).collect()
            }
            (Place::Number, Group::Phrase(_)) => vec![],
            (_, Group::Word { word, begins, near, .. }) => {
                let mut either = vec![listed(field, word)];
                either.extend(near.iter().map(|word| listed(field, word)));
                if *begins {
                    either.push(self.beginning(field, word)?);
                }
                either
            }
            (_, Group::Phrase(words) | Group::Number(_, _, words)) => vec![adjacent(field, words)],
        })
    }
}

/// How much a word says that this many of all documents have.
pub(crate) fn rarity(documents: u64, frequency: u64) -> f32 {
    let (all, with) = (documents.max(frequency) as f32, frequency as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

fn listed(field: Field, term: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::Basic))
}

fn adjacent(field: Field, words: &[String]) -> Boxed {
    let mut terms: Vec<Term> = words.iter().map(|w| Term::from_field_text(field, w)).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn boosted(query: Boxed, by: f32) -> Boxed {
    Box::new(BoostQuery::new(query, by))
}

fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// Either, scored by the sum.
pub(crate) fn any(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

/// Either, scored by the best.
fn best(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(DisjunctionMaxQuery::new(queries)),
    }
}
