//! Articles: the rules they keep, who reads them, their versions, and where they were used. How
//! one is made from a resolution stands in `from_incident`.

mod from_incident;

use crate::problems::{RECORDS_AT_ONCE, actor, check_body, check_title};
use crate::{Audit, Desk, Trouble, check_seen};
use incident::permissions::{may_read_article, may_retire_articles, may_write_articles};
use incident::policy::Fault;
use incident::{Access, Refusal, Scope, Viewer};
use kernel::{ArticleNumber, IncidentNumber, ServiceId};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::articles::{
    self as rows, Article, ArticleState, Audience, Edition, SERVICES_MAX,
};
use store::directory::{categories, people, services, teams};
use store::incidents::list;
use store::knowledge::{self, Record, Success, Use, UseKind};
use store::{Failure, Sql};

pub use from_incident::{NOTES_MAX, Wanted};

/// An article with how it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// It.
    pub article: Article,
    /// How it did on incidents that the viewer sees; for requesters on those that all of the
    /// service desk see.
    pub success: Success,
}

/// Checks an article as it is to be saved.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(sql: &mut dyn Sql, article: &Article) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    check_title(&article.title, &mut faults);
    check_body("body", &article.body, &mut faults);
    if article.body.trim().is_empty() {
        faults.push(Fault::new("body", "is needed"));
    }
    if article.internal && article.audience == Audience::Everyone {
        let why = "must be staff while internal words are in it: take them out, and say so with internal: false";
        faults.push(Fault::new("audience", why));
    }
    if article.services.len() > SERVICES_MAX {
        faults.push(Fault::new("services", format!("are more than {SERVICES_MAX}")));
    }
    for service in article.services.iter().take(SERVICES_MAX) {
        if services::get(sql, *service)?.is_none() {
            faults.push(Fault::new("services", "has one that is not known"));
        }
    }
    if let Some(id) = article.category
        && categories::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("category", "is not known"));
    }
    if let Some(id) = article.team
        && teams::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("team", "is not known"));
    }
    if let Some(id) = article.owner
        && people::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("owner", "is not known"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// Makes an article under the next number, whatever number it has.
///
/// # Errors
///
/// A rule it breaks, or the viewer writes none.
pub fn make(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    article: Article,
) -> Result<Article, Trouble> {
    may_write_articles(viewer)?;
    if article.state == ArticleState::Retired {
        may_retire_articles(viewer)?;
    }
    check(sql, &article)?;
    let article = Article {
        number: rows::next_number(sql)?,
        created_by: audit.by(),
        created_at: audit.now(),
        updated_by: audit.by(),
        updated_at: audit.now(),
        version: 1,
        ..article
    };
    rows::insert(sql, &article)?;
    audit.created(sql, Article::WHAT, article.number, &article)?;
    Ok(article)
}

/// Changes an article that is at the version it was seen at, and gives it as it is now. What it
/// was stays readable.
///
/// # Errors
///
/// A rule it breaks; somebody was faster; there is none; the viewer may not.
pub fn change(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    article: &Article,
) -> Result<Article, Trouble> {
    may_write_articles(viewer)?;
    let seen = article.version;
    let before = rows::get(sql, article.number)?.ok_or_else(unknown)?;
    if before.version != seen {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    let retired = |one: &Article| one.state == ArticleState::Retired;
    if retired(&before) != retired(article) {
        may_retire_articles(viewer)?;
    }
    check(sql, article)?;
    let after = Article {
        from_incident: before.from_incident,
        created_by: before.created_by,
        created_at: before.created_at,
        updated_by: audit.by(),
        updated_at: audit.now(),
        ..article.clone()
    };
    if !rows::update(sql, &after, seen)? {
        return Err(Trouble::Stale { seen, current: seen + 1 });
    }
    let after = Article { version: seen + 1, ..after };
    audit.changed(sql, Article::WHAT, after.number, &before, &after)?;
    Ok(after)
}

/// Puts the words of an earlier version in place of those of now, as a version of its own.
///
/// # Errors
///
/// There is no such version; and as of [`change`].
pub fn restore(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    number: ArticleNumber,
    (version, seen): (i64, Option<i64>),
) -> Result<Article, Trouble> {
    may_write_articles(viewer)?;
    let now = rows::get(sql, number)?.ok_or_else(unknown)?;
    check_seen(seen, now.version)?;
    let Some(then) = rows::edition(sql, number, version)? else {
        return Err(no_version());
    };
    let back = Article { title: then.title, body: then.body, internal: then.internal, ..now };
    change(sql, audit, viewer, &back)
}

impl Desk {
    /// The articles that the viewer reads, with how they did, those changed last first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when this viewer reads none.
    pub async fn articles(&self, viewer: &Viewer) -> Result<Vec<Listed>, Trouble> {
        if !may_read_article(viewer, true) {
            return Err(unread());
        }
        let (staff, scope) = (may_read_article(viewer, false), figures_for(viewer));
        let person = Scope::of(viewer);
        self.read(move |sql| {
            let all = if staff { rows::list(sql)? } else { rows::list_open(sql)? };
            let mut did = successes(sql, &scope, all.iter().map(|article| article.number))?;
            let all = hide_sources(sql, &person, all)?;
            let listed = |article: Article| Listed {
                success: did.remove(&Record::Article(article.number)).unwrap_or_default(),
                article,
            };
            Ok(all.into_iter().map(listed).collect())
        })
        .await
    }

    /// An article that the viewer reads.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none for this viewer.
    pub async fn article(&self, viewer: &Viewer, number: ArticleNumber) -> Result<Listed, Trouble> {
        let (of, scope, person) = (viewer.clone(), figures_for(viewer), Scope::of(viewer));
        self.read(move |sql| {
            let found = rows::get(sql, number)?;
            let found = found.filter(|article| may_read_article(&of, article.is_open()));
            let Some(article) = hide_sources(sql, &person, found.into_iter().collect())?.pop()
            else {
                return Ok(None);
            };
            let did = successes(sql, &scope, std::iter::once(number))?;
            let success = did.into_values().next().unwrap_or_default();
            Ok(Some(Listed { article, success }))
        })
        .await?
        .ok_or_else(unknown)
    }

    /// How an article was, the latest first. Only the service desk reads what was.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none, or versions are not for this viewer.
    pub async fn article_versions(
        &self,
        viewer: &Viewer,
        number: ArticleNumber,
    ) -> Result<Vec<Edition>, Trouble> {
        if !may_read_article(viewer, false) {
            return Err(unread());
        }
        let found = self.read(move |sql| rows::editions(sql, number)).await?;
        if found.is_empty() { Err(unknown()) } else { Ok(found) }
    }

    /// How an article was at one version, however long ago. Only the service desk reads what was.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none, or versions are not for this viewer.
    pub async fn article_version(
        &self,
        viewer: &Viewer,
        number: ArticleNumber,
        version: i64,
    ) -> Result<Edition, Trouble> {
        if !may_read_article(viewer, false) {
            return Err(unread());
        }
        self.read(move |sql| rows::edition(sql, number, version)).await?.ok_or_else(no_version)
    }

    /// Makes an article.
    ///
    /// # Errors
    ///
    /// As of [`make`].
    pub async fn make_article(
        &self,
        viewer: &Viewer,
        article: Article,
    ) -> Result<Article, Trouble> {
        let by = viewer.clone();
        self.change(actor(viewer), move |sql, audit| make(sql, audit, &by, article)).await
    }

    /// Changes an article that is at the version it was seen at.
    ///
    /// # Errors
    ///
    /// As of [`change`].
    pub async fn change_article(
        &self,
        viewer: &Viewer,
        article: Article,
    ) -> Result<Article, Trouble> {
        let by = viewer.clone();
        self.change(actor(viewer), move |sql, audit| change(sql, audit, &by, &article)).await
    }

    /// Puts the words of an earlier version in place of those of now; `seen` is the version that
    /// it must still have.
    ///
    /// # Errors
    ///
    /// As of [`restore`].
    pub async fn restore_article(
        &self,
        viewer: &Viewer,
        number: ArticleNumber,
        version: i64,
        seen: Option<i64>,
    ) -> Result<Article, Trouble> {
        let by = viewer.clone();
        let back = move |sql: &mut dyn Sql, audit: &Audit| {
            restore(sql, audit, &by, number, (version, seen))
        };
        self.change(actor(viewer), back).await
    }

    /// Says that an article or a known error was used on an incident by whoever works on it;
    /// `false` when that was known.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when either is not there for this viewer.
    pub async fn used_on(
        &self,
        viewer: &Viewer,
        record: Record,
        number: IncidentNumber,
        kind: UseKind,
    ) -> Result<bool, Trouble> {
        may_write_articles(viewer)?;
        let scope = Scope::of(viewer);
        let row = self.read(move |sql| list::get(sql, &scope, number)).await?;
        let Some(row) = row.filter(|row| row.access == Access::Full) else {
            let words = "there is no such incident, or you may not see it";
            return Err(Refusal::not_found(words).into());
        };
        if kind == UseKind::Solved {
            let words = "must be linked, applied or helped where there is an incident";
            return Err(Refusal::invalid("kind", words).into());
        }
        self.must_be_there(viewer, record).await?;
        self.keep_use(viewer, record, kind, Some(number), row.state.service).await
    }

    /// Takes back that an article was used on an incident; `false` when it was not.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the viewer does not see that incident, or works on none.
    pub async fn not_used_on(
        &self,
        viewer: &Viewer,
        record: Record,
        number: IncidentNumber,
    ) -> Result<bool, Trouble> {
        may_write_articles(viewer)?;
        let scope = Scope::of(viewer);
        let row = self.read(move |sql| list::get(sql, &scope, number)).await?;
        if row.is_none_or(|row| row.access != Access::Full) {
            let words = "there is no such incident, or you may not see it";
            return Err(Refusal::not_found(words).into());
        }
        self.write(move |sql| Ok(knowledge::forget(sql, record, number)?)).await
    }

    /// "This solved it": an article was enough, and nothing is reported. `false` when the same
    /// person said so today.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such article for this viewer.
    pub async fn solved_by(
        &self,
        viewer: &Viewer,
        article: ArticleNumber,
        service: Option<ServiceId>,
    ) -> Result<bool, Trouble> {
        let record = Record::Article(article);
        self.must_be_there(viewer, record).await?;
        let policy = self.policy();
        let service = service.filter(|id| policy.services.contains_key(id));
        self.keep_use(viewer, record, UseKind::Solved, None, service).await
    }

    async fn must_be_there(&self, viewer: &Viewer, record: Record) -> Result<(), Trouble> {
        match record {
            Record::Article(number) => {
                let found = self.read(move |sql| rows::get(sql, number)).await?;
                let reads = |article: Article| may_read_article(viewer, article.is_open());
                if found.is_some_and(reads) { Ok(()) } else { Err(unknown()) }
            }
            Record::Problem(number) => {
                incident::permissions::may_read_problems(viewer)?;
                let there =
                    move |sql: &mut dyn Sql| store::directory::problems::exists(sql, number);
                match self.read(there).await? {
                    true => Ok(()),
                    false => Err(crate::problems::unknown()),
                }
            }
        }
    }

    async fn keep_use(
        &self,
        viewer: &Viewer,
        record: Record,
        kind: UseKind,
        number: Option<IncidentNumber>,
        service: Option<ServiceId>,
    ) -> Result<bool, Trouble> {
        let (id, person, at) = (crate::fresh(), viewer.person, self.now());
        let used = Use { id, record, kind, number, person, service, at };
        self.write(move |sql| Ok(knowledge::record(sql, &used)?)).await
    }
}

/// By which incidents it is told to this viewer how articles did: requesters see the figures of
/// all that the service desk sees, not those of their own few.
pub fn figures_for(viewer: &Viewer) -> Scope {
    if viewer.is_staff() { Scope::of(viewer) } else { Scope::common(viewer.person) }
}

/// Leaves out from which incident an article was made where the viewer may not see that.
fn hide_sources(
    sql: &mut dyn Sql,
    scope: &Scope,
    mut articles: Vec<Article>,
) -> Result<Vec<Article>, Failure> {
    let sources: BTreeSet<IncidentNumber> =
        articles.iter().filter_map(|article| article.from_incident).collect();
    let seen = list::seen(sql, scope, &sources.into_iter().collect::<Vec<_>>())?;
    for article in &mut articles {
        article.from_incident = article.from_incident.filter(|number| seen.contains(number));
    }
    Ok(articles)
}

fn successes(
    sql: &mut dyn Sql,
    scope: &Scope,
    articles: impl Iterator<Item = ArticleNumber>,
) -> Result<BTreeMap<Record, Success>, Failure> {
    let records: Vec<Record> = articles.map(Record::Article).collect();
    let mut found = BTreeMap::new();
    for some in records.chunks(RECORDS_AT_ONCE) {
        found.append(&mut knowledge::success(sql, scope, some)?);
    }
    Ok(found)
}

pub(crate) fn unknown() -> Trouble {
    Refusal::not_found("there is no such article").into()
}

fn no_version() -> Trouble {
    Refusal::not_found("this article has no such version").into()
}

fn unread() -> Trouble {
    Refusal::forbidden("this is for the service desk").into()
}
