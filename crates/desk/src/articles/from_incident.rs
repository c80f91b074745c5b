//! An article from a resolution in one step. What is internal goes into it only when somebody
//! asks for it, and then the article is for the service desk and says so.

use super::make;
use crate::problems::actor;
use crate::{Audit, Desk, Trouble};
use incident::permissions::may_write_articles;
use incident::{Access, Body, Refusal, Scope, Viewer, Visibility};
use kernel::{ActorKind, ArticleNumber, ContentId, IncidentNumber, Language, limits};
use store::directory::articles::{Article, Audience, untouched_from};
use store::incidents::list::{self, IncidentRow};
use store::incidents::timeline::{contents_by_id, timeline};
use store::{Failure, Sql};

/// Internal notes that a draft takes over, the latest: more is a timeline, not an answer.
pub const NOTES_MAX: usize = 20;
/// Entries of a timeline that are looked through for them, from its beginning.
const ENTRIES_MAX: usize = 2_000;

/// What a draft is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// With the cause and the internal notes; it is a draft for the service desk then.
    pub notes: bool,
    /// The language of its words.
    pub language: Language,
}

impl Desk {
    /// Makes a draft of an article from how an incident was resolved: its title, and what was
    /// done in the words that its requester got. Where such a draft is there and nobody has
    /// touched it, it is that one: pressing twice makes one.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when it is not resolved, confidential, or the viewer does not see it
    /// as a whole.
    pub async fn article_from(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        wanted: Wanted,
    ) -> Result<Article, Trouble> {
        may_write_articles(viewer)?;
        let by = viewer.clone();
        // Read where it is written: what is restricted or erased meanwhile waits.
        self.change(actor(viewer), move |sql, audit| {
            let article = draft(sql, audit, &by, number, wanted)?;
            let there = untouched_from(sql, number)?.into_iter().find(|one| is_same(one, &article));
            match there {
                Some(there) => Ok(there),
                None => make(sql, audit, &by, article),
            }
        })
        .await
    }
}

fn draft(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    number: IncidentNumber,
    wanted: Wanted,
) -> Result<Article, Trouble> {
    let row = list::get(sql, &Scope::of(viewer), number)?;
    let Some(row) = row.filter(|row| row.access == Access::Full) else {
        let words = "there is no such incident, or you may not see it";
        return Err(Refusal::not_found(words).into());
    };
    if row.state.confidential_to.is_some() {
        let words =
            "it is confidential; write an article by hand, without what only its team may know";
        return Err(Refusal::state("confidential", words).into());
    }
    let Some(body) = words_of(sql, &row, wanted)? else {
        let words = "it is not resolved, or the words of its resolution were erased";
        return Err(Refusal::state("not_resolved", words).into());
    };
    // A title that was erased does not stand in the way of the answer.
    let title = match row.title.trim() {
        "" => number.to_string(),
        title => title.to_owned(),
    };
    Ok(Article {
        body,
        language: wanted.language,
        audience: if wanted.notes { Audience::Staff } else { Audience::Everyone },
        internal: wanted.notes,
        services: row.state.service.into_iter().collect(),
        category: row.state.category,
        owner: Some(viewer.person),
        from_incident: Some(number),
        ..Article::titled(ArticleNumber(0), title, audit.now())
    })
}

/// Whether a draft says what another one would say.
fn is_same(one: &Article, other: &Article) -> bool {
    let of = |article: &Article| (article.language, article.audience, article.internal);
    of(one) == of(other) && one.title == other.title && one.body == other.body
}

/// The words of a draft, if the incident is resolved.
fn words_of(
    sql: &mut dyn Sql,
    row: &IncidentRow,
    wanted: Wanted,
) -> Result<Option<String>, Failure> {
    let resolved = row.state.resolution.as_ref().filter(|_| !row.state.lifecycle.is_open());
    let Some(resolution) = resolved else { return Ok(None) };
    let mut notes: Vec<ContentId> = Vec::new();
    if wanted.notes {
        for stored in timeline(sql, row.number, 0, ENTRIES_MAX)? {
            if let Body::Commented(said) = &stored.event.body
                && said.visibility == Visibility::Internal
                && stored.event.actor.kind == ActorKind::Person
            {
                notes.push(said.body);
            }
        }
        notes.drain(..notes.len().saturating_sub(NOTES_MAX));
    }
    let cause = resolution.cause.filter(|_| wanted.notes);
    let ids: Vec<ContentId> =
        std::iter::once(resolution.note).chain(cause).chain(notes.iter().copied()).collect();
    let mut words = contents_by_id(sql, &ids)?;
    let mut take = |id: ContentId| words.remove(&id).and_then(|content| content.body);
    let Some(mut body) = take(resolution.note) else { return Ok(None) };
    for (heading, ids) in [("Cause", cause.as_slice()), ("Internal notes", &notes[..])] {
        let told: Vec<String> = ids.iter().filter_map(|id| take(*id)).collect();
        if !told.is_empty() {
            body.push_str(&format!("\n\n{heading}\n\n{}", told.join("\n\n")));
        }
    }
    Ok(Some(body.chars().take(limits::BODY_CHARS).collect()))
}
