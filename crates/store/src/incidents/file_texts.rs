//! What attached files say, or why they were not read. Goes with the attachment.

use crate::directory::{many, slots};
use crate::files::FileHash;
use crate::{Columns, Engine, Failure, Sql, Value};
use kernel::{AttachmentId, ContentId, IncidentNumber};

/// A file that was not read by this version of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its id.
    pub id: AttachmentId,
    /// Its incident.
    pub number: IncidentNumber,
    /// What its bytes are found by.
    pub hash: FileHash,
    /// How many bytes.
    pub size_bytes: u64,
}

const SELECT: &str = "select a.id, a.number, a.hash, a.size_bytes from attachments a \
    left join file_texts t on t.attachment_id = a.id and t.reader = $1";

/// The files of incidents that this version of the reader did not read; `limit` at most.
pub fn unread_of(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
    reader: i64,
    limit: usize,
) -> Result<Vec<Unread>, Failure> {
    let (list, of) = slots(3, numbers);
    let mut values = vec![Value::from(reader), Value::from(limit as i64)];
    values.extend(of);
    let statement = format!(
        "{SELECT} where a.number in ({list}) and t.attachment_id is null order by a.id limit $2"
    );
    many(sql, &statement, &values, read)
}

/// The files that this version of the reader did not read, by their ids from the one after
/// `after` on; `limit` at most.
pub fn unread_after(
    sql: &mut dyn Sql,
    after: Option<AttachmentId>,
    reader: i64,
    limit: usize,
) -> Result<Vec<Unread>, Failure> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let statement =
        format!("{SELECT} where a.id > $3 and t.attachment_id is null order by a.id limit $2");
    many(sql, &statement, &[reader.into(), (limit as i64).into(), after.into()], read)
}

fn read(row: &mut Columns) -> Result<Unread, Failure> {
    Ok(Unread {
        id: row.parsed()?,
        number: IncidentNumber(row.int()?),
        hash: row.parsed()?,
        size_bytes: row.int()?.unsigned_abs(),
    })
}

/// Keeps what a file says, or why it was not read; nothing where the attachment was erased
/// meanwhile.
pub fn keep(
    sql: &mut dyn Sql,
    id: AttachmentId,
    reader: i64,
    said: Result<&str, &str>,
) -> Result<(), Failure> {
    if sql.query("select 1 from attachments where id = $1", &[id.into()])?.is_empty() {
        return Ok(());
    }
    let statement = "insert into file_texts (attachment_id, reader, body, why) \
        values ($1, $2, $3, $4) on conflict (attachment_id) do update \
        set reader = excluded.reader, body = excluded.body, why = excluded.why";
    let values = [id.into(), reader.into(), said.ok().into(), said.err().into()];
    sql.execute(statement, &values).map(drop)
}

/// Forgets what the file of this name says, before its attachment goes.
pub(super) fn erase(sql: &mut dyn Sql, name: ContentId) -> Result<(), Failure> {
    const OF_NAME: &str = "attachment_id in (select id from attachments where name_content = $1)";
    // As for words: what SQLite frees must not keep them.
    if sql.engine() == Engine::Sqlite {
        let statement = format!(
            "update file_texts set body = replace(hex(zeroblob(length(cast(body as blob)))), '00', 'x') \
             where body is not null and {OF_NAME}"
        );
        sql.execute(&statement, &[name.into()])?;
    }
    sql.execute(&format!("delete from file_texts where {OF_NAME}"), &[name.into()]).map(drop)
}
