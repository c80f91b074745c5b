//! How hits are spread over kinds and labels.

use crate::document::Kind;
use crate::limits::{FACET_VALUES, FACETS};
use crate::schema::{KIND_NUMBER, LABELS_FIELD, label};
use crate::wish::{Facet, FacetValue};
use kernel::InOrder;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

/// Counts the values of labels.
pub(crate) struct Counting {
    /// Each name as its labels begin: `state=`.
    prefixes: Vec<String>,
}

/// Per name its values and how many hits have them.
type Counts = Vec<HashMap<String, u64>>;

impl Counting {
    pub(crate) fn of(names: &[String]) -> Self {
        Counting { prefixes: names.iter().take(FACETS).map(|name| label(name, "")).collect() }
    }
}

/// The counts of one segment.
pub(crate) struct Counted {
    column: Option<StrColumn>,
    names: Vec<Named>,
}

/// The labels of one name. They are numbered one after another.
struct Named {
    /// As they begin.
    prefix: String,
    /// The number of the first.
    first: u64,
    /// How many hits have each. Of names that are not asked for there may be millions.
    counts: Vec<u32>,
}

impl Named {
    fn of(column: Option<&StrColumn>, prefix: &str) -> std::io::Result<Named> {
        let mut named = Named { prefix: prefix.to_owned(), first: 0, counts: vec![] };
        let Some(column) = column else { return Ok(named) };
        let mut values = column.dictionary().prefix_range(prefix).into_stream()?;
        while values.advance() {
            if named.counts.is_empty() {
                named.first = values.term_ord();
            }
            named.counts.push(0);
        }
        Ok(named)
    }

    fn count(&mut self, number: u64) {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        if let Some(count) = at.and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
        }
    }

    /// The values that hits have; none where they cannot be read.
    fn values(&self, column: &StrColumn) -> Option<HashMap<String, u64>> {
        let mut found = HashMap::new();
        let mut values = column.dictionary().prefix_range(&self.prefix).into_stream().ok()?;
        for count in &self.counts {
            if !values.advance() {
                return None;
            }
            if *count > 0 {
                let value = values.key().get(self.prefix.len()..)?;
                found.insert(String::from_utf8_lossy(value).into_owned(), u64::from(*count));
            }
        }
        Some(found)
    }
}

impl Collector for Counting {
    type Fruit = Counts;
    type Child = Counted;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Counted> {
        let column = reader.fast_fields().str(LABELS_FIELD)?;
        let names = self.prefixes.iter().map(|prefix| Named::of(column.as_ref(), prefix));
        let names = names.collect::<std::io::Result<Vec<Named>>>()?;
        Ok(Counted { column, names })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Option<Counts>>) -> tantivy::Result<Counts> {
        let mut all: Counts = vec![HashMap::new(); self.prefixes.len()];
        for segment in segments {
            let segment = segment.ok_or_else(|| {
                TantivyError::InternalError("the labels of a segment cannot be read".to_owned())
            })?;
            for (counts, more) in all.iter_mut().zip(segment) {
                for (value, count) in more {
                    *counts.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for Counted {
    type Fruit = Option<Counts>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let Some(column) = &self.column else { return };
        for number in column.ords().values_for_doc(doc) {
            self.names.iter_mut().for_each(|named| named.count(number));
        }
    }

    fn harvest(self) -> Option<Counts> {
        let Some(column) = &self.column else {
            return Some(vec![HashMap::new(); self.names.len()]);
        };
        self.names.iter().map(|named| named.values(column)).collect()
    }
}

/// Counts hits of each kind. Each has one, which is read faster than its labels.
pub(crate) struct Kinds;

/// The hits of one segment.
pub(crate) struct OfKinds {
    column: Column<u64>,
    /// In the order of [`Kind::ALL`].
    counts: Vec<u64>,
}

impl Collector for Kinds {
    type Fruit = BTreeMap<Kind, u64>;
    type Child = OfKinds;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<OfKinds> {
        let column = reader.fast_fields().u64(KIND_NUMBER)?;
        Ok(OfKinds { column, counts: vec![0; Kind::ALL.len()] })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<u64>>) -> tantivy::Result<BTreeMap<Kind, u64>> {
        let mut all = BTreeMap::new();
        for counts in segments {
            for (kind, count) in Kind::ALL.iter().zip(counts).filter(|(_, count)| *count > 0) {
                *all.entry(*kind).or_default() += count;
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for OfKinds {
    type Fruit = Vec<u64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let kind = self.column.first(doc).and_then(|number| usize::try_from(number).ok());
        if let Some(count) = kind.and_then(|kind| self.counts.get_mut(kind)) {
            *count += 1;
        }
    }

    fn harvest(self) -> Vec<u64> {
        self.counts
    }
}

/// The facets that were asked for, those values with the most hits.
pub(crate) fn facets(names: &[String], counts: Counts) -> Vec<Facet> {
    let facet = |(name, counts): (&String, HashMap<String, u64>)| {
        let mut values: Vec<FacetValue> =
            counts.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
        values.order_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
        values.truncate(FACET_VALUES);
        Facet { name: name.clone(), values }
    };
    names.iter().zip(counts).map(facet).collect()
}
