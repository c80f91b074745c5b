//! The fields of the index, and a document in them.

use crate::document::{Document, KIND, Kind, Label};
use crate::limits::{LABEL_CHARS, LABELS};
use crate::sight;
use crate::words::{Rows, Words, stems_row};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{TantivyDocument, Term};

/// Counts up when the fields, the words or their stems change: older indexes are thrown away.
pub(crate) const VERSION: u32 = 3;

/// The fast field with the seconds since 1970 of a document.
pub(crate) const AT: &str = "at";
/// The fast field that says how often a document helped.
pub(crate) const WEIGHT: &str = "weight";
/// The fast field with the kind of a document, as [`kind_number`] numbers it.
pub(crate) const KIND_NUMBER: &str = "kind";
/// The field of the labels, each as `name=value`.
pub(crate) const LABELS_FIELD: &str = "labels";

const WORDS: &str = "words";
const STEMS: &str = "stems";
const RAW: &str = "raw";
/// What the engine looks up for fields that hold numbers, though it never asks it anything.
const UNUSED: &str = "default";

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The kind and id, as [`key`] writes them.
    pub(crate) key: Field,
    /// Words of the title.
    pub(crate) title: Field,
    /// Words of the public text.
    pub(crate) public: Field,
    /// Words of the internal text.
    pub(crate) internal: Field,
    /// Stems of title and public text.
    pub(crate) stems: Field,
    /// Stems of the internal text.
    pub(crate) inner_stems: Field,
    /// Who may read it, as [`sight`] writes it.
    pub(crate) access: Field,
    /// Labels as `name=value`.
    pub(crate) labels: Field,
    at: Field,
    weight: Field,
    kind: Field,
}

fn indexed(tokenizer: &str, option: IndexRecordOption, norms: bool) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(option)
        .set_fieldnorms(norms);
    TextOptions::default().set_indexing_options(indexing)
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let raw = || indexed(RAW, IndexRecordOption::Basic, false);
    let words = || indexed(WORDS, IndexRecordOption::WithFreqsAndPositions, true);
    let stems = || indexed(STEMS, IndexRecordOption::Basic, false);
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_text_field("key", raw().set_stored()),
        title: builder.add_text_field("title", words()),
        public: builder.add_text_field("public", words()),
        internal: builder.add_text_field("internal", words()),
        stems: builder.add_text_field("stems", stems()),
        inner_stems: builder.add_text_field("inner_stems", stems()),
        access: builder.add_text_field("access", raw()),
        labels: builder.add_text_field(LABELS_FIELD, raw().set_fast(RAW)),
        at: builder.add_i64_field(AT, NumericOptions::default() | FAST),
        weight: builder.add_u64_field(WEIGHT, NumericOptions::default() | FAST),
        kind: builder.add_u64_field(KIND_NUMBER, NumericOptions::default() | FAST),
    };
    (builder.build(), fields)
}

/// What makes tokens of texts.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::new();
    manager.register(RAW, TextAnalyzer::from(RawTokenizer::default()));
    manager.register(UNUSED, TextAnalyzer::from(RawTokenizer::default()));
    // Both are made before they come here.
    manager.register(WORDS, TextAnalyzer::from(Rows));
    manager.register(STEMS, TextAnalyzer::from(Rows));
    manager
}

/// How a document is named inside.
pub(crate) fn key(kind: Kind, id: &str) -> String {
    format!("{kind}:{id}")
}

/// The kind and id of a name.
pub(crate) fn of_key(key: &str) -> Option<(Kind, String)> {
    let (kind, id) = key.split_once(':')?;
    Some((kind.parse().ok()?, id.to_owned()))
}

/// The number of a kind: its place in [`Kind::ALL`].
pub(crate) fn kind_number(kind: Kind) -> u64 {
    kind as u64
}

/// How a label is written; what is too long is cut, here and where it is sought.
pub(crate) fn label(name: &str, value: &str) -> String {
    let part = |text: &str| text.chars().take(LABEL_CHARS).collect::<String>();
    format!("{}={}", part(name).replace('=', "_"), part(value))
}

impl Fields {
    /// The term of a document's name.
    pub(crate) fn key_term(&self, kind: Kind, id: &str) -> Term {
        Term::from_field_text(self.key, &key(kind, id))
    }

    /// The document as it is written.
    pub(crate) fn document(&self, document: &Document) -> TantivyDocument {
        let (title, public) = (Words::of(&document.title), Words::of(&document.public));
        let internal = Words::of(&document.internal);
        let mut written = TantivyDocument::default();
        written.add_text(self.key, key(document.kind, &document.id));
        for (field, row) in [
            (self.title, title.row()),
            (self.public, public.row()),
            (self.internal, internal.row()),
            (self.stems, stems_row(&[&title, &public])),
            (self.inner_stems, stems_row(&[&internal])),
        ] {
            if !row.is_empty() {
                written.add_text(field, row);
            }
        }
        for term in sight::readers(&document.readers) {
            written.add_text(self.access, term);
        }
        written.add_text(self.labels, label(KIND, document.kind.as_str()));
        let mut labels: Vec<&Label> = document.labels.iter().take(LABELS).collect();
        labels.sort_unstable();
        labels.dedup();
        // The kind is said by the document alone.
        for one in labels.into_iter().filter(|label| label.name != KIND) {
            written.add_text(self.labels, label(&one.name, &one.value));
        }
        written.add_i64(self.at, document.at.micros().div_euclid(1_000_000));
        written.add_u64(self.weight, u64::from(document.weight));
        written.add_u64(self.kind, kind_number(document.kind));
        written
    }
}
