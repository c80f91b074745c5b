//! When files of the index are merged.

use tantivy::SegmentMeta;
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Documents up to which files are alike in size. Each commit makes a small one; merging them
/// must not write a large one anew every few commits.
const SMALL: u32 = 1_000;
/// Which share of a file that is not small may be out of date before it is written anew: what
/// changes often would else fill the disk with what it was.
const OUT_OF_DATE: f64 = 0.3;

/// Merges what is alike in size, and writes anew what is out of date.
#[derive(Debug)]
pub(crate) struct Merging {
    alike: LogMergePolicy,
}

impl Merging {
    pub(crate) fn new() -> Self {
        let mut alike = LogMergePolicy::default();
        alike.set_min_layer_size(SMALL);
        Merging { alike }
    }
}

impl MergePolicy for Merging {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut candidates = self.alike.compute_merge_candidates(segments);
        let chosen: Vec<_> =
            candidates.iter().flat_map(|chosen| chosen.0.iter().copied()).collect();
        for segment in segments {
            let gone = f64::from(segment.num_deleted_docs()) / f64::from(segment.max_doc().max(1));
            let old = segment.max_doc() >= SMALL && gone > OUT_OF_DATE;
            if old && !chosen.contains(&segment.id()) {
                candidates.push(MergeCandidate(vec![segment.id()]));
            }
        }
        candidates
    }
}
