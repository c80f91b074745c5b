//! Which bytes in the file store belong to an attachment, and which may go.
//!
//! The file store and the database cannot commit together. So bytes are **claimed**
//! here before they get their name, for the command that will attach them; attaching
//! ends the claim in its own transaction. Whatever fails in between leaves a claim that
//! runs out, never an attachment without bytes. Erasing an attachment leaves its bytes
//! loose here, also in its own transaction. What is loose, unclaimed and without any
//! other attachment is **taken**, removed from the file store, and then forgotten here.
//! While it is taken nobody can claim or attach it; all of this happens under the head
//! of the log, so that of two nodes one is first.

use super::write::lock_head;
use crate::Failure;
use crate::directory::{many, one};
use crate::files::FileHash;
use crate::sql::{Columns, Sql};
use kernel::Timestamp;

/// How long a claim holds, in seconds: longer than any upload may take.
pub const CLAIM_SECONDS: i64 = 3_600;
/// After how many seconds whoever removes bytes is taken for dead.
const REMOVING_SECONDS: i64 = 3_600;
/// Files taken at once.
const TAKEN_MAX: i64 = 500;

/// Claims bytes that are about to be kept. `false` while they are being removed: trying
/// again in a moment helps.
pub fn claim(sql: &mut dyn Sql, hash: &FileHash, now: Timestamp) -> Result<bool, Failure> {
    lock_head(sql)?;
    let removing = "select 1 from loose_files where hash = $1 and removing_at is not null";
    if !sql.query(removing, &[hash.into()])?.is_empty() {
        return Ok(false);
    }
    sql.execute(
        "insert into loose_files (hash, claims, until) values ($1, 1, $2) \
         on conflict (hash) do update set claims = loose_files.claims + 1, until = excluded.until",
        &[hash.into(), now.plus_seconds(CLAIM_SECONDS).into()],
    )?;
    Ok(true)
}

/// Gives a claim up: its command was refused, or never came.
pub fn give_up(sql: &mut dyn Sql, hash: &FileHash) -> Result<(), Failure> {
    let less = "update loose_files set claims = claims - 1 where hash = $1 and claims > 0";
    sql.execute(less, &[hash.into()]).map(drop)
}

/// Whether the bytes are there to be attached: claimed or loose, or attached elsewhere.
/// The transaction must hold the head of the log.
pub fn may_attach(sql: &mut dyn Sql, hash: &FileHash) -> Result<bool, Failure> {
    let there = "select 1 from loose_files where hash = $1 and removing_at is null \
        union all select 1 from attachments where hash = $1 limit 1";
    Ok(!sql.query(there, &[hash.into()])?.is_empty())
}

/// Takes what may go: from here on until it is [`removed`] nobody else can use it.
pub fn take(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<FileHash>, Failure> {
    lock_head(sql)?;
    let attached = "select 1 from attachments where attachments.hash = loose_files.hash";
    sql.execute(
        &format!(
            "delete from loose_files where (claims = 0 or until <= $1) and exists ({attached})"
        ),
        &[now.into()],
    )?;
    let dead = now.plus_seconds(-REMOVING_SECONDS);
    let free = many(
        sql,
        "select hash from loose_files where (claims = 0 or until <= $1) \
         and (removing_at is null or removing_at <= $2) order by hash limit $3",
        &[now.into(), dead.into(), TAKEN_MAX.into()],
        Columns::parsed::<FileHash>,
    )?;
    for hash in &free {
        let mark = "update loose_files set removing_at = $2 where hash = $1";
        sql.execute(mark, &[hash.into(), now.into()])?;
    }
    Ok(free)
}

/// Forgets what was taken at the instant `taken` and is not in the file store any more.
pub fn removed(sql: &mut dyn Sql, hash: &FileHash, taken: Timestamp) -> Result<(), Failure> {
    let forget = "delete from loose_files where hash = $1 and removing_at = $2";
    sql.execute(forget, &[hash.into(), taken.into()]).map(drop)
}

/// The bytes have an attachment now. Others may still claim them for theirs.
pub(super) fn attached(sql: &mut dyn Sql, hash: &FileHash) -> Result<(), Failure> {
    give_up(sql, hash)?;
    let unclaimed = "delete from loose_files where hash = $1 and claims = 0";
    sql.execute(unclaimed, &[hash.into()]).map(drop)
}

/// Erases the attachment of this name, if there is one, and leaves its bytes loose.
pub(super) fn erase(
    sql: &mut dyn Sql,
    name: kernel::ContentId,
    now: Timestamp,
) -> Result<(), Failure> {
    let named = "select hash from attachments where name_content = $1 limit 1";
    let hash: Option<FileHash> = one(sql, named, &[name.into()], Columns::parsed)?;
    let Some(hash) = hash else { return Ok(()) };
    super::file_texts::erase(sql, name)?;
    sql.execute("delete from attachments where name_content = $1", &[name.into()])?;
    sql.execute(
        "insert into loose_files (hash, claims, until) values ($1, 0, $2) on conflict (hash) do nothing",
        &[(&hash).into(), now.into()],
    )
    .map(drop)
}
