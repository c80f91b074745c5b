//! Candidates for "similar to this": what shares rare words with a text.
//!
//! Only titles and public texts are compared, so nothing internal is told by what is alike. The
//! ranking that people see is made elsewhere, of these candidates.

use crate::ask::{any, rarity};
use crate::document::{Kind, Label};
use crate::failure::Failure;
use crate::limits::{ALIKE, LIKE_CHARS, LIKE_ENTRIES, LIKE_LABELS, LIKE_WORDS};
use crate::schema::{AT, Fields, label, of_key};
use crate::sight::{Readable, Sight};
use crate::words::words;
use incident::permissions::Scope;
use kernel::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use tantivy::postings::SegmentPostings;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, Scorer, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocId, DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term,
};

/// How much more a word of the title says.
const IN_TITLE: f32 = 2.0;
/// Words that more than this share of all documents have say nothing.
const COMMON: f32 = 0.2;
/// Documents from which that share is one.
const MANY: u64 = 200;
/// How much a label weighs beside words.
const OF_A_LABEL: f32 = 0.5;

/// What others are compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Like {
    /// Its title so far.
    pub title: String,
    /// What else is said of it.
    pub text: String,
    /// Labels that make others more alike: its service, labels of its alerts.
    pub labels: Vec<Label>,
    /// Of what kinds; none means any.
    pub kinds: Vec<Kind>,
    /// What it is itself, so that it is not found.
    pub not: Option<(Kind, String)>,
}

/// A word that two texts share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// It, as it is in the text that others are compared with, folded.
    pub word: String,
    /// How much it says: the rarer, the more.
    pub weight: f32,
}

/// Something that may be alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// What it is.
    pub kind: Kind,
    /// Its number or id.
    pub id: String,
    /// Which share of the weight of all words it has, from 0 to 1.
    pub score: f32,
    /// The words that both have, those that say the most first.
    pub words: Vec<Shared>,
    /// The labels that both have.
    pub labels: Vec<Label>,
    /// About how many words its title and public text have.
    pub length: u32,
    /// When it happened or was changed last.
    pub at: Timestamp,
}

/// Something that is sought: a bit of the mask that each document gets.
struct Sought {
    terms: Vec<Term>,
    weight: f32,
    /// Whether a document is a candidate because of it alone.
    alone: bool,
}

pub(crate) fn similar(
    searcher: &Searcher,
    fields: Fields,
    scope: &Scope,
    like: &Like,
    limit: usize,
) -> Result<Vec<Alike>, Failure> {
    let Some(sight) = Sight::of(scope) else { return Ok(vec![]) };
    let (chosen, mut sought) = chosen_words(searcher, fields, like)?;
    let labels: Vec<&Label> = like.labels.iter().take(LIKE_LABELS).collect();
    sought.extend(chosen_labels(searcher, fields, &labels)?);
    let query = readable(&sight, fields, like);
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let itself = like.not.as_ref().map(|(kind, id)| fields.key_term(*kind, id));
    let limit = limit.min(ALIKE);
    let mut best: BinaryHeap<Reverse<(u32, Reverse<DocAddress>, u32)>> = BinaryHeap::new();
    for (segment, reader) in (0u32..).zip(searcher.segment_readers()) {
        let masks = masks(reader, &sought)?;
        let mut seen = weight.scorer(reader, 1.0)?;
        let itself = itself.as_ref().map_or(Ok(vec![]), |term| all_with(reader, term))?;
        for (doc, mask) in (0..).zip(masks).filter(|(_, mask)| *mask != 0) {
            let Some(score) = score(&sought, mask) else { continue };
            // Scores are not negative, so their bits are in their order.
            let entry = (score.to_bits(), Reverse(DocAddress::new(segment, doc)), mask);
            let full = best.len() >= limit;
            if full && best.peek().is_none_or(|Reverse(least)| *least >= entry) {
                continue;
            }
            if itself.contains(&doc) || reader.is_deleted(doc) || !has(&mut *seen, doc) {
                continue;
            }
            if full {
                best.pop();
            }
            best.push(Reverse(entry));
        }
    }
    let all: f32 = sought.iter().map(|one| one.weight).sum();
    let sorted = best.into_sorted_vec().into_iter().map(|Reverse(entry)| entry);
    sorted
        .map(|(score, Reverse(address), mask)| {
            let score = f32::from_bits(score) / all.max(f32::MIN_POSITIVE);
            alike(searcher, fields, address, score).map(|mut alike| {
                let had = |at: usize| mask & (1 << at) != 0;
                let words = chosen.iter().enumerate().filter(|(at, _)| had(*at));
                alike.words = words
                    .map(|(at, word)| Shared { word: word.clone(), weight: sought[at].weight })
                    .collect();
                let labels = labels.iter().enumerate();
                let labels = labels.filter(|(at, _)| had(chosen.len() + at));
                alike.labels = labels.map(|(_, label)| (*label).clone()).collect();
                alike
            })
        })
        .collect()
}

/// How many documents have this word in any of its forms, in title or public text.
pub(crate) fn frequency(searcher: &Searcher, fields: Fields, word: &str) -> Result<u64, Failure> {
    let terms = crate::stems(word).into_iter().map(|s| Term::from_field_text(fields.stems, &s));
    let mut most = 0;
    for term in terms {
        most = most.max(searcher.doc_freq(&term)?);
    }
    Ok(most)
}

/// The words that say the most, and what is sought for them.
fn chosen_words(
    searcher: &Searcher,
    fields: Fields,
    like: &Like,
) -> Result<(Vec<String>, Vec<Sought>), Failure> {
    let cut = |text: &str| text.chars().take(LIKE_CHARS).collect::<String>();
    let mut weights: BTreeMap<String, f32> = BTreeMap::new();
    for word in words(&cut(&like.text)) {
        weights.insert(word, 1.0);
    }
    for word in words(&cut(&like.title)) {
        weights.insert(word, IN_TITLE);
    }
    let documents = searcher.num_docs();
    let mut rated: Vec<(f32, String, u64)> = Vec::new();
    for (word, weight) in weights.into_iter().filter(|(word, _)| word.chars().nth(1).is_some()) {
        let frequency = frequency(searcher, fields, &word)?;
        let common = documents >= MANY && frequency as f32 > COMMON * documents as f32;
        if frequency > 0 && !common {
            rated.push((weight * rarity(documents, frequency), word, frequency));
        }
    }
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let (mut chosen, mut sought, mut entries) = (Vec::new(), Vec::new(), 0u64);
    for (weight, word, frequency) in rated {
        if chosen.len() >= LIKE_WORDS {
            break;
        }
        // The first may be as common as it is: without it there would be nothing.
        if entries > 0 && entries + frequency > LIKE_ENTRIES {
            continue;
        }
        entries += frequency;
        let stems = crate::stems(&word);
        let terms = stems.iter().map(|stem| Term::from_field_text(fields.stems, stem)).collect();
        sought.push(Sought { terms, weight, alone: true });
        chosen.push(word);
    }
    Ok((chosen, sought))
}

fn chosen_labels(
    searcher: &Searcher,
    fields: Fields,
    labels: &[&Label],
) -> Result<Vec<Sought>, Failure> {
    let mut sought = Vec::new();
    for one in labels {
        let term = Term::from_field_text(fields.labels, &label(&one.name, &one.value));
        let frequency = searcher.doc_freq(&term)?;
        let weight = OF_A_LABEL * rarity(searcher.num_docs(), frequency);
        // One that very many have would only cost time, and one that none has tells nothing.
        let counts = frequency > 0 && frequency <= LIKE_ENTRIES;
        let (terms, weight) = if counts { (vec![term], weight) } else { (vec![], 0.0) };
        sought.push(Sought { terms, weight, alone: false });
    }
    Ok(sought)
}

/// Which of what is sought each document of a segment has, as bits.
fn masks(reader: &SegmentReader, sought: &[Sought]) -> Result<Vec<u32>, Failure> {
    let mut masks = vec![0u32; reader.max_doc() as usize];
    for (at, one) in sought.iter().enumerate() {
        for term in &one.terms {
            let Some(mut docs) = listed(reader, term)? else { continue };
            while docs.doc() != TERMINATED {
                if let Some(mask) = masks.get_mut(docs.doc() as usize)
                    && (one.alone || *mask != 0)
                {
                    *mask |= 1 << at;
                }
                docs.advance();
            }
        }
    }
    Ok(masks)
}

fn listed(reader: &SegmentReader, term: &Term) -> Result<Option<SegmentPostings>, Failure> {
    let index = reader.inverted_index(term.field())?;
    Ok(index.read_postings(term, IndexRecordOption::Basic)?)
}

/// Documents of a segment with this term: of a name one, and those that it took the place of.
fn all_with(reader: &SegmentReader, term: &Term) -> Result<Vec<DocId>, Failure> {
    let mut all = Vec::new();
    if let Some(mut docs) = listed(reader, term)? {
        while docs.doc() != TERMINATED {
            all.push(docs.doc());
            docs.advance();
        }
    }
    Ok(all)
}

fn score(sought: &[Sought], mask: u32) -> Option<f32> {
    let had = sought.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
    let score: f32 = had.map(|(_, one)| one.weight).sum();
    (score > 0.0).then_some(score)
}

/// Whether this is among the documents; asked for in their order.
fn has(docs: &mut dyn Scorer, doc: DocId) -> bool {
    if docs.doc() < doc {
        docs.seek(doc);
    }
    docs.doc() == doc
}

/// What may be read, in full or in public.
fn readable(sight: &Sight, fields: Fields, like: &Like) -> Box<dyn Query> {
    let sides = [sight.full(&fields), sight.public(&fields)];
    let mut either: Vec<Box<dyn Query>> = Vec::new();
    let mut everything = false;
    for side in sides.into_iter().flatten() {
        match side {
            Readable::All => everything = true,
            Readable::Those(those) => either.push(those),
        }
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    match everything {
        true => clauses.push((Occur::Must, Box::new(tantivy::query::AllQuery))),
        false => clauses.push((Occur::Must, any(either))),
    }
    if !like.kinds.is_empty() {
        let kind = |kind: &Kind| -> Box<dyn Query> {
            let term = label(crate::document::KIND, kind.as_str());
            let term = Term::from_field_text(fields.labels, &term);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        clauses.push((Occur::Must, any(like.kinds.iter().map(kind).collect())));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn alike(
    searcher: &Searcher,
    fields: Fields,
    address: DocAddress,
    score: f32,
) -> Result<Alike, Failure> {
    let document: TantivyDocument = searcher.doc(address)?;
    let key = document.get_first(fields.key);
    let (kind, id) = key.and_then(|key| of_key(key.as_str()?)).ok_or(Failure::Broken)?;
    let reader = searcher.segment_reader(address.segment_ord);
    let at = reader.fast_fields().i64(AT)?.first(address.doc_id).unwrap_or(0);
    let mut length = 0;
    for field in [fields.title, fields.public] {
        length += reader.get_fieldnorms_reader(field)?.fieldnorm(address.doc_id);
    }
    let at = Timestamp::from_micros(at.saturating_mul(1_000_000));
    Ok(Alike { kind, id, score, words: vec![], labels: vec![], length, at })
}
