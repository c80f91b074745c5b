//! Attachments, found by their id alone.

use super::Finding;
use crate::directory::{many, one};
use crate::files::{FileHash, Files, Found};
use crate::sql::{Columns, Sql};
use crate::{Failure, Store};
use kernel::{AttachmentId, ContentId, IncidentNumber};

/// An attachment as it is stored. Who may see it is the caller's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The incident it is attached to.
    pub number: IncidentNumber,
    /// The name of the file.
    pub name: String,
    /// What its bytes are found by.
    pub hash: FileHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// What its first bytes said it is.
    pub media_type: String,
    /// Whether requester and watchers may see it.
    pub public: bool,
}

/// The attachment of this id; none after it was erased.
pub fn attachment(sql: &mut dyn Sql, id: AttachmentId) -> Result<Option<Attachment>, Failure> {
    let statement = "select a.number, c.body, a.hash, a.size_bytes, a.media_type, a.public \
        from attachments a join contents c on c.id = a.name_content where a.id = $1";
    one(sql, statement, &[id.into()], |row| {
        Ok(Attachment {
            number: IncidentNumber(row.int()?),
            name: row.text()?,
            hash: row.parsed()?,
            size_bytes: row.int()?.unsigned_abs(),
            media_type: row.text()?,
            public: row.flag()?,
        })
    })
}

/// Whether this content is the name of an attachment.
pub fn names_a_file(sql: &mut dyn Sql, content: ContentId) -> Result<bool, Failure> {
    let statement = "select 1 from attachments where name_content = $1 limit 1";
    Ok(!sql.query(statement, &[content.into()])?.is_empty())
}

/// Hashes read at a time.
const PAGE_ROWS: i64 = 500;

/// Reads the bytes of every attachment and says where some are missing or others than
/// they were; calls `progress` with how many files are done and how many there are.
/// Blocks.
///
/// # Errors
///
/// [`Failure::Files`] when the file store does not answer.
pub fn verify_files(
    store: &Store,
    files: &Files,
    progress: &mut dyn FnMut(i64, i64),
) -> Result<Vec<Finding>, Failure> {
    let count = "select count(distinct hash) from attachments";
    let all = store.read_blocking(|sql| one(sql, count, &[], Columns::int))?.unwrap_or_default();
    let (mut findings, mut done, mut last) = (Vec::new(), 0, String::new());
    loop {
        let page = "select distinct hash from attachments where hash > $1 order by hash limit $2";
        let values = [(&last).into(), PAGE_ROWS.into()];
        let hashes =
            store.read_blocking(|sql| many(sql, page, &values, Columns::parsed::<FileHash>))?;
        let Some(end) = hashes.last() else { return Ok(findings) };
        last = end.to_string();
        for hash in hashes {
            let what = match files.check(&hash)? {
                Found::Whole => None,
                Found::Changed => Some("are not what they were"),
                Found::Missing => Some("are missing"),
            };
            if let Some(what) = what {
                findings.extend(affected(store, &hash, what)?);
            }
            done += 1;
            progress(done, all);
        }
    }
}

/// The incidents that miss these bytes now: what was erased meanwhile misses nothing.
fn affected(store: &Store, hash: &FileHash, what: &str) -> Result<Vec<Finding>, Failure> {
    let statement = "select number, id from attachments where hash = $1 order by number, id";
    store.read_blocking(|sql| {
        many(sql, statement, &[hash.into()], |row| {
            let (number, id) = (IncidentNumber(row.int()?), row.text()?);
            let what = format!("the bytes of attachment {id} {what} (file {hash})");
            Ok(Finding { number: Some(number), seq: None, what })
        })
    })
}
