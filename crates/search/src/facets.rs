//! How hits are spread over labels.

use crate::limits::{FACET_VALUES, FACETS};
use crate::schema::{LABELS_FIELD, label};
use crate::wish::{Facet, FacetValue};
use std::cmp::Reverse;
use std::collections::HashMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
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

/// The counts of one segment: per number of a label.
pub(crate) struct Counted {
    prefixes: Vec<String>,
    column: Option<StrColumn>,
    counts: Vec<u32>,
}

impl Collector for Counting {
    type Fruit = Counts;
    type Child = Counted;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Counted> {
        let column = match self.prefixes.is_empty() {
            true => None,
            false => reader.fast_fields().str(LABELS_FIELD)?,
        };
        let labels = column.as_ref().map_or(0, |column| column.dictionary().num_terms());
        Ok(Counted { prefixes: self.prefixes.clone(), column, counts: vec![0; labels] })
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
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            if let Some(count) = self.counts.get_mut(number) {
                *count += 1;
            }
        }
    }

    fn harvest(self) -> Option<Counts> {
        let Some(column) = &self.column else {
            return Some(vec![HashMap::new(); self.prefixes.len()]);
        };
        let mut all = Vec::with_capacity(self.prefixes.len());
        for prefix in &self.prefixes {
            let mut counts = HashMap::new();
            let mut values = column.dictionary().prefix_range(prefix).into_stream().ok()?;
            while values.advance() {
                let count = self.counts.get(usize::try_from(values.term_ord()).ok()?).copied()?;
                if count > 0 {
                    let value = values.key().get(prefix.len()..)?;
                    let value = String::from_utf8_lossy(value).into_owned();
                    counts.insert(value, u64::from(count));
                }
            }
            all.push(counts);
        }
        Some(all)
    }
}

/// The facets that were asked for, those values with the most hits.
pub(crate) fn facets(names: &[String], counts: Counts) -> Vec<Facet> {
    let facet = |(name, counts): (&String, HashMap<String, u64>)| {
        let mut values: Vec<FacetValue> =
            counts.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
        values.sort_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
        values.truncate(FACET_VALUES);
        Facet { name: name.clone(), values }
    };
    names.iter().zip(counts).map(facet).collect()
}
