//! How much of a message is looked at. What lies beyond is left out and said so; the
//! bytes themselves are kept elsewhere. Together they bound the time and the memory of
//! [`super::read`] by the length of what it reads.

use kernel::limits::{BODY_CHARS, NAME_CHARS};

/// Bytes of one block of headers: five thousand recipients fit.
pub(super) const HEADER_BLOCK_BYTES: usize = 512 * 1024;
/// Fields of one block of headers: a message that crossed dozens of servers has a hundred.
pub(super) const HEADER_FIELDS: usize = 1_000;
/// Fields of the headers of a part.
pub(super) const PART_HEADER_FIELDS: usize = 50;
/// Bytes of one header field.
pub(super) const HEADER_VALUE_BYTES: usize = 256 * 1024;
/// Bytes of one header field that is no list of people.
pub(super) const HEADER_WORDS_BYTES: usize = 16 * 1024;
/// Lines looked at behind a broken header line, to see whether headers go on: signatures of
/// mail servers have dozens.
pub(super) const BROKEN_HEADER_LINES: usize = 80;
/// Parts of one message, nested ones included.
pub(super) const PARTS: usize = 1_000;
/// How deep parts lie in each other. Each level is one more pass over what is in it.
pub(super) const PART_DEPTH: usize = 12;
/// Characters of a boundary: the standard allows 70.
pub(super) const BOUNDARY_BYTES: usize = 250;
/// Recipients, of To and Cc each.
pub(super) const RECIPIENTS: usize = 500;
/// Message ids that a message answers.
pub(super) const REFERENCES: usize = 100;
/// Bytes of a message id: a line of a message holds no more.
pub(super) const MESSAGE_ID_BYTES: usize = 998;
/// Characters of a subject.
pub(super) const SUBJECT_CHARS: usize = 1_000;
/// Characters of the name of a person.
pub(super) const PERSON_CHARS: usize = NAME_CHARS;
/// Characters of the name of a file: what file systems take, with room for an ending.
pub(super) const FILE_NAME_CHARS: usize = 200;
/// Characters of a media type.
pub(super) const MEDIA_TYPE_CHARS: usize = 100;
/// Bytes of one part of text that are read.
pub(super) const TEXT_PART_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of all parts of text together that are read.
pub(super) const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Characters of the text, and of the answer in it: what a comment holds.
pub(super) const TEXT_CHARS: usize = BODY_CHARS;
/// Lines of text that are looked at.
pub(super) const TEXT_LINES: usize = 100_000;
/// Lines of a text in which an answer is told from what it answers.
pub(super) const FOLD_LINES: usize = 20_000;
/// Open elements of a page; what lies deeper counts as part of the last.
pub(super) const HTML_DEPTH: usize = 100;
/// Attributes of one element that are looked at.
pub(super) const HTML_ATTRIBUTES: usize = 50;
/// Bytes of an attribute's value that are looked at.
pub(super) const HTML_ATTRIBUTE_BYTES: usize = 4 * 1024;
/// Levels of quotes that are told apart.
pub(super) const QUOTE_DEPTH: usize = 10;
/// Bytes of the report of a mail server that are read.
pub(super) const REPORT_BYTES: usize = 128 * 1024;
/// Characters of what a mail server said.
pub(super) const REPORT_CHARS: usize = 500;
/// Things said about one message.
pub(super) const FAULTS: usize = 20;
/// Prefixes of one subject that are taken off.
pub(super) const SUBJECT_PREFIXES: usize = 50;
