//! What is bounded, and why.

/// Characters of what somebody typed that are read: as many as a query may have.
pub const TYPED_CHARS: usize = kernel::limits::QUERY_CHARS;
/// Words, phrases and numbers of one search: more narrow nothing down, and each costs time.
pub const GROUPS: usize = 16;
/// Words of one quoted phrase: a longer one is a text, not a name of something.
pub const PHRASE_WORDS: usize = 16;
/// Characters of a word that are compared: longer ones are tokens of machines, alike at their
/// beginning only by chance.
pub const WORD_CHARS: usize = 64;
/// Characters of a text that get into the index: beyond lies a log that nobody reads either.
pub const TEXT_CHARS: usize = 200_000;
/// Letters from which a word may be the beginning of others: one letter begins too many.
pub const PREFIX_LETTERS: usize = 2;
/// Letters from which a word may have one mistake; in a shorter one it would be another word.
pub const ONE_MISTAKE: usize = 4;
/// Letters from which a word may have two mistakes.
pub const TWO_MISTAKES: usize = 8;
/// Hits below which mistakes are forgiven: who finds enough typed what is written.
pub const FEW: u64 = 3;
/// Words of the index that are compared with a mistyped one, per text and segment: bounds the
/// time of one that is near to many.
pub const NEAR_LOOKED: usize = 2_000;
/// Words that a mistyped one may stand for, the nearest and most frequent.
pub const NEAR_KEPT: usize = 12;
/// Searches that are tried for a correction that finds something.
pub const CORRECTIONS: usize = 24;
/// Hits of one search.
pub const HITS: usize = 200;
/// Hits that can be skipped: nobody turns more pages, and each is ranked again.
pub const OFFSET: usize = 10_000;
/// Filters of one search, and values of one filter.
pub const FILTERS: usize = 30;
/// Values of one filter: the members of a large team.
pub const FILTER_VALUES: usize = 500;
/// Properties that are counted in one search.
pub const FACETS: usize = 20;
/// Values of one property that are given back, those with the most hits.
pub const FACET_VALUES: usize = 50;
/// Labels of one document.
pub const LABELS: usize = 600;
/// Characters of a label's name and of its value.
pub const LABEL_CHARS: usize = 300;
/// Characters of a text that similar ones are sought for: what an incident says, not its logs.
pub const LIKE_CHARS: usize = 20_000;
/// Words that similar texts are sought by, the rarest of it. Not more than a set of bits has.
pub const LIKE_WORDS: usize = 24;
/// Labels that similar texts are sought by.
pub const LIKE_LABELS: usize = 8;
/// Entries of word lists that are read for similar texts: some ten milliseconds.
pub const LIKE_ENTRIES: u64 = 400_000;
/// Candidates for a ranking of similar texts.
pub const ALIKE: usize = 200;
/// Bytes that wait in memory to be written.
pub const HEAP_BYTES: usize = 48 << 20;
/// Bytes of a text in which places are marked: a long article.
pub const MARKED_BYTES: usize = 400_000;
/// Places that are marked in one text.
pub const MARKS: usize = 500;
/// Other marks that are kept beside the position, and the characters of each.
pub const KEPT_MARKS: usize = 64;
/// Words that were taken for others and are named in an answer: each is one more search.
pub const NEAR_NAMED: usize = 48;
/// Words of the index that may begin as a typed one does and are looked at, per text and segment:
/// bounds the time of two letters that very many begin with.
pub const BEGINNINGS_LOOKED: usize = 20_000;
/// Such words that are looked for, the most frequent: of more, another letter is typed anyway.
pub const BEGINNINGS_KEPT: usize = 4_000;
/// How often files that hold erased words are gone through: each time but the last some of them
/// were merged meanwhile.
pub const PURGE_ROUNDS: usize = 5;
