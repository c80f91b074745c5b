//! Words in a decision: those of the request, of what was decided before it in the same
//! round, or stored already.

use super::{Chain, Round, Try};
use crate::chance::{bytes, fresh};
use incident::Command;
use incident::decide::Follow;
use kernel::ContentId;
use store::incidents::NewContent;
use store::{Failure, Sql};

impl Round<'_> {
    /// The words with this id, stored already or not.
    pub(super) fn words(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        id: ContentId,
    ) -> Result<String, Failure> {
        let of_round = tried.parts.iter().chain(&self.parts).flat_map(|part| &part.contents);
        let contents = &chain.job.prepared.contents;
        match contents.iter().chain(of_round).find(|content| content.id == id) {
            Some(content) => Ok(content.body.clone()),
            None => store::incidents::words_of(sql, id),
        }
    }

    /// Words that go on to another incident are copied, so that erasing them in one leaves the other alone.
    pub(super) fn rekeyed(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &mut Try,
        follow: &Follow,
    ) -> Result<Command, Failure> {
        let mut copies = Vec::new();
        let mut copy = |id: ContentId| -> Result<ContentId, Failure> {
            let body = self.words(sql, chain, tried, id)?;
            let new = NewContent { id: ContentId(fresh()), salt: bytes(), body };
            let id = new.id;
            copies.push(new);
            Ok(id)
        };
        let command = match &follow.command {
            Command::Resolve { code, note, cause, known_error, children } => Command::Resolve {
                code: code.clone(),
                note: copy(*note)?,
                cause: cause.map(&mut copy).transpose()?,
                known_error: known_error.clone(),
                children: *children,
            },
            Command::PublishUpdate { body, phase, expected, next_update, title, audiences } => {
                Command::PublishUpdate {
                    body: copy(*body)?,
                    phase: *phase,
                    expected: *expected,
                    next_update: *next_update,
                    title: title.map(&mut copy).transpose()?,
                    audiences: audiences.clone(),
                }
            }
            Command::Report(report) => {
                let mut report = report.clone();
                report.title = copy(report.title)?;
                Command::Report(report)
            }
            other => other.clone(),
        };
        tried.copied = copies;
        Ok(command)
    }
}
