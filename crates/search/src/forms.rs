//! A word in any of its forms, as a query of its own.
//!
//! The engine's own union weighs each entry of each list as it comes, also of documents that the
//! rest of the search rules out. Here the lists, the least first, only leave their numbers in a
//! window of documents: what stands there in the end is the best list that a document is on. How
//! well the word as typed fits is asked of those documents alone that meet everything.

use std::sync::Arc;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// Documents of a window: their numbers stay in the fastest memory.
const WINDOW: u32 = 4_096;

/// Documents that count alike.
#[derive(Debug, Clone)]
pub(crate) enum Listed {
    /// Those with this term.
    Term(Term),
    /// Those that meet this.
    Query(Arc<dyn Query>),
}

/// What is on any of some lists. Scored by the best list that it is on, and by how well the exact
/// words fit.
#[derive(Debug, Clone)]
pub(crate) struct Forms {
    /// The lists and what each counts, the least first.
    lists: Vec<(Listed, Score)>,
    exact: Vec<Arc<dyn Query>>,
}

impl Forms {
    /// Of these lists, at most as many as a byte can number; `exact` only adds to scores.
    pub(crate) fn new(mut lists: Vec<(Listed, Score)>, exact: Vec<Box<dyn Query>>) -> Self {
        lists.sort_by(|a, b| a.1.total_cmp(&b.1));
        Forms { lists, exact: exact.into_iter().map(Arc::<dyn Query>::from).collect() }
    }
}

impl Query for Forms {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let unscored = match scoring {
            EnableScoring::Enabled { searcher, .. } => {
                EnableScoring::disabled_from_searcher(searcher)
            }
            EnableScoring::Disabled { .. } => scoring,
        };
        let mut lists = Vec::with_capacity(self.lists.len());
        for (listed, score) in &self.lists {
            let list = match listed {
                Listed::Term(term) => List::Term(term.clone()),
                Listed::Query(query) => List::Weight(query.weight(unscored)?),
            };
            lists.push((list, *score));
        }
        let mut exact = Vec::new();
        if scoring.is_scoring_enabled() {
            for query in &self.exact {
                exact.push(query.weight(scoring)?);
            }
        }
        Ok(Box::new(FormsWeight { lists, exact }))
    }
}

/// The same for the segments of one searcher.
struct FormsWeight {
    lists: Vec<(List, Score)>,
    exact: Vec<Box<dyn Weight>>,
}

enum List {
    Term(Term),
    Weight(Box<dyn Weight>),
}

impl Weight for FormsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        // No list has the number 0.
        let (mut cursors, mut scores, mut cost) = (Vec::new(), vec![0.0], 0);
        for (list, score) in &self.lists {
            let cursor = match list {
                List::Term(term) => Cursor::of_term(reader, term)?,
                List::Weight(weight) => Some(Cursor::Docs(weight.scorer(reader, 1.0)?)),
            };
            let Some(cursor) = cursor.filter(|cursor| cursor.doc() != TERMINATED) else { continue };
            cost += cursor.cost();
            cursors.push(cursor);
            scores.push(boost * score);
        }
        if cursors.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let mut exact = Vec::with_capacity(self.exact.len());
        for weight in &self.exact {
            exact.push(weight.scorer(reader, boost)?);
        }
        let window = vec![0; WINDOW as usize].into_boxed_slice();
        let most = cost.min(u64::from(reader.max_doc()));
        let mut scorer =
            FormsScorer { cursors, scores, exact, window, start: 0, doc: 0, cost, most };
        scorer.open(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() < doc {
            scorer.seek(doc);
        }
        if scorer.doc() != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} has no form of it")));
        }
        Ok(Explanation::new("the best form, and the exact words", scorer.score()))
    }
}

/// A place in a list.
enum Cursor {
    Entries(Box<Entries>),
    Docs(Box<dyn Scorer>),
}

/// A place in the list of a term, which is read in blocks.
struct Entries {
    blocks: BlockSegmentPostings,
    /// Where in the block. It is behind it only where the list ends.
    at: usize,
}

impl Cursor {
    fn of_term(reader: &SegmentReader, term: &Term) -> tantivy::Result<Option<Self>> {
        let index = reader.inverted_index(term.field())?;
        let blocks = index.read_block_postings(term, IndexRecordOption::Basic)?;
        Ok(blocks.map(|blocks| Cursor::Entries(Box::new(Entries { blocks, at: 0 }))))
    }

    fn doc(&self) -> DocId {
        match self {
            Cursor::Entries(entries) => entries.doc(),
            Cursor::Docs(docs) => docs.doc(),
        }
    }

    fn cost(&self) -> u64 {
        match self {
            Cursor::Entries(entries) => u64::from(entries.blocks.doc_freq()),
            Cursor::Docs(docs) => docs.cost(),
        }
    }

    /// Goes to the first document from this one on.
    fn seek(&mut self, target: DocId) {
        if self.doc() >= target {
            return;
        }
        match self {
            Cursor::Entries(entries) => entries.at = entries.blocks.seek(target),
            Cursor::Docs(docs) => {
                docs.seek(target);
            }
        }
    }

    /// Leaves a number at each of its documents in a window, and goes behind it. It has none
    /// before the window.
    fn leave(&mut self, number: u8, start: DocId, window: &mut [u8]) {
        match self {
            Cursor::Entries(entries) => entries.leave(number, start, window),
            Cursor::Docs(docs) => {
                while docs.doc() < start + WINDOW {
                    window[(docs.doc() - start) as usize] = number;
                    docs.advance();
                }
            }
        }
    }
}

impl Entries {
    fn doc(&self) -> DocId {
        self.blocks.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn leave(&mut self, number: u8, start: DocId, window: &mut [u8]) {
        loop {
            let docs = self.blocks.docs();
            let rest = docs.get(self.at..).unwrap_or_default();
            let within = rest.partition_point(|doc| *doc < start + WINDOW);
            for doc in &rest[..within] {
                window[(doc - start) as usize] = number;
            }
            if docs.is_empty() || within < rest.len() {
                self.at += within;
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }
}

struct FormsScorer {
    /// The lists, the least first; the first has the number 1.
    cursors: Vec<Cursor>,
    /// What is counted for a document, by the number of the best list that it is on.
    scores: Vec<Score>,
    exact: Vec<Box<dyn Scorer>>,
    /// For each document from `start` on the number of the best list that it is on; 0: of none.
    window: Box<[u8]>,
    start: DocId,
    doc: DocId,
    /// Entries of all lists.
    cost: u64,
    /// Documents at most.
    most: u64,
}

impl FormsScorer {
    /// Goes to the first document from this one on, and begins a window with it.
    fn open(&mut self, target: DocId) -> DocId {
        for cursor in &mut self.cursors {
            cursor.seek(target);
        }
        self.doc = self.cursors.iter().map(Cursor::doc).min().unwrap_or(TERMINATED);
        if self.doc != TERMINATED {
            self.start = self.doc;
            self.window.fill(0);
            for (number, cursor) in (1..=u8::MAX).zip(&mut self.cursors) {
                cursor.leave(number, self.start, &mut self.window);
            }
        }
        self.doc
    }

    /// Goes to the first document from this one on; the window does not begin behind it.
    fn next_from(&mut self, target: DocId) -> DocId {
        let rest = self.window.get((target - self.start) as usize..).unwrap_or_default();
        match rest.iter().position(|number| *number != 0) {
            Some(further) => {
                self.doc = target + further as DocId;
                self.doc
            }
            None => self.open(target.max(self.start + WINDOW)),
        }
    }
}

impl DocSet for FormsScorer {
    fn advance(&mut self) -> DocId {
        match self.doc {
            TERMINATED => TERMINATED,
            doc => self.next_from(doc + 1),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target >= TERMINATED {
            self.doc = TERMINATED;
        }
        if self.doc >= target { self.doc } else { self.next_from(target) }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.most).unwrap_or(u32::MAX)
    }

    fn cost(&self) -> u64 {
        self.cost
    }
}

impl Scorer for FormsScorer {
    fn score(&mut self) -> Score {
        let number = self.window.get((self.doc - self.start) as usize).copied().unwrap_or_default();
        let mut score = self.scores.get(usize::from(number)).copied().unwrap_or_default();
        for exact in &mut self.exact {
            if exact.doc() < self.doc {
                exact.seek(self.doc);
            }
            if exact.doc() == self.doc {
                score += exact.score();
            }
        }
        score
    }
}
