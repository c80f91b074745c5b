//! Attachments' bytes on their way in and out, and out for good.

mod download;
mod name;
mod upload;

pub use download::Download;
pub use name::plain as file_name;
pub(crate) use upload::{Claim, UPLOADS_MAX};
pub use upload::{Kept, Upload};

use crate::{Desk, Trouble};
use incident::{Access, Command, Refusal, Scope, Viewer};
use kernel::{AttachmentId, Timestamp};
use store::files::Files;
use store::incidents::{NewFile, attachment, feed, loose};
use store::{Failure, Sql};

impl Desk {
    /// The file store.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// An attachment, ready to be read; `None` if there is none or the viewer may not
    /// see it.
    pub async fn download(
        &self,
        viewer: &Viewer,
        id: AttachmentId,
    ) -> Result<Option<Download>, Trouble> {
        let scope = Scope::of(viewer);
        let found = self
            .read(move |sql| {
                let Some(file) = attachment(sql, id)? else { return Ok(None) };
                let subjects = feed::subjects(sql, &[file.number])?;
                let access = subjects.get(&file.number).map(|subject| scope.access(subject));
                let seen = match access.unwrap_or(Access::None) {
                    Access::None => false,
                    Access::Public => file.public,
                    Access::Full => true,
                };
                Ok(seen.then_some(file))
            })
            .await?;
        match found {
            Some(file) => Download::open(self.files().clone(), file).await.map(Some),
            None => Ok(None),
        }
    }

    /// Removes the bytes that nobody has a use for any more.
    pub(crate) async fn collect_files(&self) -> Result<(), Trouble> {
        let now = self.now();
        let taken = self.write(move |sql| Ok(loose::take(sql, now)?)).await?;
        for hash in taken {
            let (files, gone) = (self.files().clone(), hash.clone());
            // Whoever fails here leaves it taken; it is tried again when that has run out.
            blocking(move || files.remove(&gone)).await?;
            self.write(move |sql| Ok(loose::removed(sql, &hash, now)?)).await?;
        }
        Ok(())
    }

    /// As [`Desk::collect_files`], for when there is nobody to tell.
    pub(crate) async fn collect_files_or_say(&self) {
        if let Err(trouble) = self.collect_files().await {
            tracing::error!(%trouble, "files that nobody needs could not be removed; it is tried again in an hour");
        }
    }

    /// Removes what uploads left behind that began before `before`.
    pub(crate) async fn sweep_files(&self, before: Timestamp) -> Result<(), Trouble> {
        let files = self.files().clone();
        blocking(move || files.sweep(before)).await.map_err(Trouble::from)
    }
}

/// Why a file cannot be attached, if it is so: no attachment is recorded without its
/// bytes. The transaction must hold the head of the log.
pub(crate) fn missing(
    sql: &mut dyn Sql,
    command: &Command,
    files: &[NewFile],
) -> Result<Option<Refusal>, Failure> {
    let Command::Attach { attachment, .. } = command else { return Ok(None) };
    let there = match files.iter().find(|file| file.id == *attachment) {
        Some(file) => loose::may_attach(sql, &file.hash)?,
        None => false,
    };
    let words = "the file was removed again before it could be attached; send it once more";
    Ok((!there).then(|| Refusal::state("file_gone", words)))
}

/// Runs what may block for a moment where that is fine.
async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let ended = |_| Failure::Files("the program is ending".to_owned());
    crate::on_a_thread(f).await.map_err(ended)?
}
