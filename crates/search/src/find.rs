//! Searching.

use crate::ask::Asking;
use crate::facets::{Counting, Kinds, facets};
use crate::failure::Failure;
use crate::limits::{CORRECTIONS, FEW, HITS, NEAR_NAMED, OFFSET};
use crate::near::near;
use crate::schema::{AT, Fields, WEIGHT, of_key};
use crate::sight::Sight;
use crate::typed::{Group, read};
use crate::wish::{Found, Hit, Place, Wish};
use incident::permissions::Scope;
use kernel::Timestamp;
use std::collections::HashMap;
use tantivy::collector::{Collector, Count, TopDocs};
use tantivy::query::{EnableScoring, Query};
use tantivy::schema::Value;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader, TERMINATED, TantivyDocument};

/// How much more something of now counts than something of long ago.
const NEWNESS: f64 = 0.3;
/// Days after which half of that is gone.
const HALF_OF_IT: f64 = 30.0;
/// How much more something counts that helped, for each doubling, and at most.
const HELPED: f64 = 0.05;
const HELPED_AT_MOST: f64 = 0.5;

/// Searches within what a scope sees.
pub(crate) fn search(
    searcher: &Searcher,
    fields: Fields,
    scope: &Scope,
    wish: &Wish,
) -> Result<Found, Failure> {
    let groups = read(&wish.text, wish.typing);
    let Some(sight) = Sight::of(scope) else { return Ok(Found::default()) };
    if groups.is_empty() && !wish.text.trim().is_empty() {
        // Signs alone, such as "???": that is not everything.
        return Ok(Found::default());
    }
    let finding = Finding { asking: Asking { fields, searcher, sight: &sight, wish } };
    let exact = finding.run(&groups)?;
    if exact.total >= FEW || groups.is_empty() {
        return Ok(exact);
    }
    finding.forgiving(groups, exact)
}

struct Finding<'a> {
    asking: Asking<'a>,
}

impl Finding<'_> {
    fn run(&self, groups: &[Group]) -> Result<Found, Failure> {
        let Asking { searcher, wish, .. } = self.asking;
        let query = self.asking.query(groups)?;
        let top =
            TopDocs::with_limit(wish.limit.clamp(1, HITS)).and_offset(wish.offset.min(OFFSET));
        let ranked = top.tweak_score(ranking(wish.now, groups.is_empty()));
        // Labels are read of each hit, so only where somebody asks for them.
        let labels = (!wish.facets.is_empty()).then(|| Counting::of(&wish.facets));
        let (best, (kinds, counts)) = collect(searcher, &*query, (ranked, (Kinds, labels)))?;
        let best = if wish.limit == 0 { vec![] } else { best };
        Ok(Found {
            // Each hit is of one kind.
            total: kinds.values().sum(),
            kinds,
            hits: self.hits(best, groups)?,
            facets: facets(&wish.facets, counts.unwrap_or_default()),
            corrected: None,
            near: vec![],
        })
    }

    fn hits(&self, best: Vec<(f64, DocAddress)>, groups: &[Group]) -> Result<Vec<Hit>, Failure> {
        let mut places = self.places(&best, groups)?;
        let mut hits = Vec::with_capacity(best.len());
        for (score, address) in best {
            let document: TantivyDocument = self.asking.searcher.doc(address)?;
            let key = document.get_first(self.asking.fields.key);
            let (kind, id) = key.and_then(|key| of_key(key.as_str()?)).ok_or(Failure::Broken)?;
            let places = places.remove(&address).unwrap_or_default();
            hits.push(Hit { kind, id, score: score as f32, places });
        }
        Ok(hits)
    }

    /// Where the words are in each of these.
    fn places(
        &self,
        best: &[(f64, DocAddress)],
        groups: &[Group],
    ) -> Result<HashMap<DocAddress, Vec<Place>>, Failure> {
        let searcher = self.asking.searcher;
        let mut sorted: Vec<DocAddress> = best.iter().map(|(_, address)| *address).collect();
        sorted.sort_unstable();
        let mut places: HashMap<DocAddress, Vec<Place>> = HashMap::new();
        for place in [Place::Number, Place::Title, Place::Text, Place::Internal] {
            let Some(query) = self.asking.place(place, groups)? else { continue };
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            for segment in sorted.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
                let Some(first) = segment.first() else { continue };
                let mut docs = weight.scorer(searcher.segment_reader(first.segment_ord), 1.0)?;
                for address in segment {
                    if docs.doc() < address.doc_id {
                        docs.seek(address.doc_id);
                    }
                    match docs.doc() {
                        TERMINATED => break,
                        doc if doc == address.doc_id => {
                            places.entry(*address).or_default().push(place)
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(places)
    }

    fn count(&self, groups: &[Group]) -> Result<u64, Failure> {
        Ok(collect(self.asking.searcher, &*self.asking.query(groups)?, Count)? as u64)
    }

    /// The same search with mistakes forgiven, if that finds more.
    fn forgiving(&self, groups: Vec<Group>, exact: Found) -> Result<Found, Failure> {
        let Asking { searcher, fields, sight, .. } = self.asking;
        let missing: Vec<bool> = match exact.total {
            0 => groups
                .iter()
                .map(|g| Ok(self.count(std::slice::from_ref(g))? == 0))
                .collect::<Result<_, Failure>>()?,
            _ => vec![true; groups.len()],
        };
        let none_is = !missing.contains(&true);
        let (mut wider, mut all) = (groups, Vec::new());
        for (group, missing) in wider.iter_mut().zip(&missing) {
            let Group::Word { word, near: stands_for, .. } = group else { continue };
            if *missing || none_is {
                *stands_for = near(searcher, &fields, word, sight.looks_inside())?;
                all.extend(stands_for.iter().cloned());
            }
        }
        if all.is_empty() {
            return Ok(exact);
        }
        let mut found = self.run(&wider)?;
        if found.total <= exact.total {
            return Ok(exact);
        }
        if exact.total == 0 {
            found.corrected = self.corrected(&wider, &missing)?;
        }
        // Only words that something within the sight has: others would tell of what is hidden.
        all.sort_unstable();
        all.dedup();
        all.truncate(NEAR_NAMED);
        found.near = all.into_iter().filter(|word| self.seen(word)).collect();
        Ok(found)
    }

    /// Whether something within the sight has exactly this word: another form of it may stand in
    /// what is hidden alone.
    fn seen(&self, word: &str) -> bool {
        self.count(&[Group::Phrase(vec![word.to_owned()])]).is_ok_and(|count| count > 0)
    }

    /// The words that were meant: those that were typed, and for each that finds nothing the
    /// nearest that finds something together with those before it.
    fn corrected(&self, groups: &[Group], missing: &[bool]) -> Result<Option<String>, Failure> {
        let mut meant: Vec<Group> = Vec::new();
        let mut tries = CORRECTIONS;
        for (group, missing) in groups.iter().zip(missing) {
            let near = match group {
                Group::Word { near, .. } if *missing => near,
                group => {
                    meant.push(plain(group));
                    continue;
                }
            };
            let mut chosen = None;
            for word in near {
                if tries == 0 {
                    return Ok(None);
                }
                tries -= 1;
                if !self.seen(word) {
                    continue;
                }
                meant.push(exactly(word));
                if self.count(&meant)? > 0 {
                    chosen = Some(word);
                    break;
                }
                meant.pop();
            }
            if chosen.is_none() {
                return Ok(None);
            }
        }
        if meant.iter().eq(groups.iter().map(plain).collect::<Vec<_>>().iter())
            || self.count(&meant)? == 0
        {
            return Ok(None);
        }
        Ok(Some(meant.iter().map(text).collect::<Vec<_>>().join(" ")))
    }
}

/// A word as it is written, no beginning and no other.
fn exactly(word: &str) -> Group {
    Group::word(word)
}

fn plain(group: &Group) -> Group {
    match group {
        Group::Word { word, begins, numbers, .. } => Group::Word {
            word: word.clone(),
            begins: *begins,
            numbers: numbers.clone(),
            near: vec![],
        },
        other => other.clone(),
    }
}

fn text(group: &Group) -> String {
    match group {
        Group::Word { word, .. } => word.clone(),
        Group::Phrase(words) => format!("\"{}\"", words.join(" ")),
        Group::Number(_, id, _) => id.clone(),
    }
}

fn collect<C: Collector>(
    searcher: &Searcher,
    query: &dyn Query,
    collector: C,
) -> Result<C::Fruit, Failure> {
    Ok(searcher.search(query, &collector)?)
}

/// What is ranked by: the words, and a little how new it is and how often it helped.
fn ranking(
    now: Option<Timestamp>,
    by_time: bool,
) -> impl Fn(&SegmentReader) -> Box<dyn Fn(DocId, Score) -> f64> + Send + Sync + 'static {
    let now = now.map(|now| now.micros().div_euclid(1_000_000));
    move |reader: &SegmentReader| -> Box<dyn Fn(DocId, Score) -> f64> {
        let at = reader.fast_fields().i64(AT).ok();
        let weight = reader.fast_fields().u64(WEIGHT).ok();
        Box::new(move |doc: DocId, score: Score| {
            let happened = || at.as_ref().and_then(|at| at.first(doc)).unwrap_or(0);
            if by_time {
                return happened() as f64;
            }
            let newness = now.map_or(0.0, |now| {
                let days = now.saturating_sub(happened()).max(0) as f64 / 86_400.0;
                NEWNESS / (1.0 + days / HALF_OF_IT)
            });
            // Most helped nobody, and a logarithm of nothing need not be taken for each of them.
            let helped = match weight.as_ref().and_then(|weight| weight.first(doc)).unwrap_or(0) {
                0 => 0.0,
                weight => (HELPED * (1.0 + weight as f64).log2()).min(HELPED_AT_MOST),
            };
            f64::from(score) * (1.0 + newness + helped)
        })
    }
}
