//! How reviews are written here.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Body;
use crate::kept;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::reviews::{Kind, Majority, Question, Section, Template};
use utoipa::ToSchema;

/// How reviews are written here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewSettings {
    /// Whether majors get a review by themselves once they are resolved.
    for_majors: bool,
    /// Business days until a review is due, 1 to 90.
    due_days: u8,
    /// Sections that are left out: `summary`, `impact`, `timeline`, `factors`, `helped`, `hard`,
    /// `lessons`, `actions`.
    #[schema(value_type = Vec<String>)]
    off: Vec<Section>,
    /// Questions besides, up to 20, in their order.
    questions: Vec<ReviewQuestion>,
    /// Kinds of incidents whose reviews have other sections and questions, up to 30; the first that
    /// fits counts. None when absent.
    #[serde(default)]
    kinds: Vec<ReviewKind>,
}

/// How reviews of some kind of incidents are written.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewKind {
    /// What people call it.
    name: String,
    /// `all`, `majors`, or `others`, which are all but majors.
    #[schema(value_type = String)]
    majority: Majority,
    /// Its categories, with those below them: ids; requests may name them. All when empty.
    categories: Vec<String>,
    /// Sections that are left out.
    #[schema(value_type = Vec<String>)]
    off: Vec<Section>,
    /// Questions besides, up to 20, in their order.
    questions: Vec<ReviewQuestion>,
}

/// A question besides.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewQuestion {
    /// What answers refer to: small letters, digits and _.
    key: String,
    /// The question.
    words: String,
}

impl ReviewSettings {
    fn of(template: Template) -> Self {
        let kind = |Kind { name, majority, categories, off, questions }| ReviewKind {
            name,
            majority,
            categories: categories.iter().map(ToString::to_string).collect(),
            off,
            questions: shown(questions),
        };
        ReviewSettings {
            for_majors: template.for_majors,
            due_days: template.due_days,
            off: template.off,
            questions: shown(template.questions),
            kinds: template.kinds.into_iter().map(kind).collect(),
        }
    }

    fn template(self, references: &References<'_>) -> Result<Template, Problem> {
        let mut kinds = Vec::with_capacity(self.kinds.len());
        for (at, kind) in self.kinds.into_iter().enumerate() {
            let field = format!("kinds.{at}.categories");
            kinds.push(Kind {
                name: kind.name,
                majority: kind.majority,
                categories: references.categories(&field, &kind.categories)?,
                off: kind.off,
                questions: asked(kind.questions),
            });
        }
        Ok(Template {
            for_majors: self.for_majors,
            due_days: self.due_days,
            off: self.off,
            questions: asked(self.questions),
            kinds,
        })
    }
}

fn shown(questions: Vec<Question>) -> Vec<ReviewQuestion> {
    questions.into_iter().map(|Question { key, words }| ReviewQuestion { key, words }).collect()
}

fn asked(questions: Vec<ReviewQuestion>) -> Vec<Question> {
    questions.into_iter().map(|ReviewQuestion { key, words }| Question { key, words }).collect()
}

pub(crate) fn doors() -> Vec<Door> {
    let settings = json!({
        "for_majors": true, "due_days": 5, "off": ["lessons"],
        "questions": [{ "key": "customers", "words": "What were customers told?" }],
        "kinds": [{
            "name": "Small ones", "majority": "others", "categories": [],
            "off": ["impact", "helped"], "questions": []
        }]
    });
    vec![
        Door::get("/api/v1/settings/reviews", "readReviewSettings", read)
            .about("configuration", "Read how reviews are written", "")
            .answers::<ReviewSettings>(200, "What is in force.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/settings/reviews", "setReviewSettings", put)
            .about("configuration", "Set how reviews are written", "For administrators. What was written in a section that is switched off stays, and is not shown.")
            .body::<ReviewSettings>(settings)
            .if_match()
            .answers::<ReviewSettings>(200, "What is in force now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ]
}

async fn read(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let stored = app.desk().review_template(caller.viewer()).await?;
    Ok(kept::answer(&ReviewSettings::of(stored.value), stored.version))
}

async fn put(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    body: Body<ReviewSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let wanted = body.value.template(&references)?;
    app.desk().set_review_template(caller.viewer(), wanted, seen.must_be).await?;
    let stored = app.desk().review_template(caller.viewer()).await?;
    Ok(kept::answer(&ReviewSettings::of(stored.value), stored.version))
}
