//! The form of a problem: what it is filled with, and what is read from it.

use super::words;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::settings::editing;
use desk::Trouble;
use incident::{Policy, Refusal};
use jiff::civil::Date;
use kernel::limits;
use maud::{Markup, html};
use store::directory::Problem;

/// The fields of a problem as it is stored.
pub(super) fn shown(problem: &Problem) -> Fields {
    let id = |id: Option<String>| id.unwrap_or_default();
    Fields::default()
        .with("title", problem.title.clone())
        .with("description", problem.description.clone())
        .with("cause", problem.cause.clone())
        .with("workaround", problem.workaround.clone())
        .with("steps", problem.steps.join("\n"))
        .with("fix", problem.fix.clone())
        .with("service", id(problem.service.map(|id| id.to_string())))
        .with("category", id(problem.category.map(|id| id.to_string())))
        .with("team", id(problem.team.map(|id| id.to_string())))
        .with("owner", id(problem.owner.map(|id| id.to_string())))
        .with("review_on", id(problem.review_on.map(|day| day.to_string())))
}

/// The problem as a form says it is to be. What the form does not say stays.
pub(super) fn typed(fields: &Fields, before: Problem) -> Result<Problem, Trouble> {
    let lines = fields.text("steps").lines().map(editing::one_line);
    Ok(Problem {
        title: editing::one_line(fields.text("title")),
        description: text(fields, "description"),
        cause: text(fields, "cause"),
        workaround: text(fields, "workaround"),
        steps: lines.filter(|line| !line.is_empty()).collect(),
        fix: text(fields, "fix"),
        service: editing::id(fields, "service")?,
        category: editing::id(fields, "category")?,
        team: editing::id(fields, "team")?,
        owner: editing::id(fields, "owner")?,
        review_on: day(fields, "review_on")?,
        ..before
    })
}

/// Words with the line ends that we keep; browsers send those of old terminals.
pub(crate) fn text(fields: &Fields, name: &str) -> String {
    fields.text(name).replace("\r\n", "\n")
}

/// A day that may be missing.
pub(crate) fn day(fields: &Fields, name: &'static str) -> Result<Option<Date>, Trouble> {
    let parse = |text: &str| {
        text.parse().map_err(|_| Refusal::invalid(name, "Write a day such as 2026-11-23"))
    };
    Ok(fields.filled(name).map(parse).transpose()?)
}

/// The fields, with what is wrong beside each.
pub(super) fn draw(policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let words_of = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    html! {
        section.card { div.card-b { div.form {
            (title(fields, errors, "What is wrong, in one line."))
            (Field::new("description", "What is known").hint("What people see, since when, where.").errors(errors).textarea(5, &words_of("description")))
            (Field::new("cause", "Cause").hint("Empty while nobody knows.").errors(errors).textarea(3, &words_of("cause")))
        } } }
        section.card aria-labelledby="way-h" {
            div.card-h { h2 id="way-h" { "How to live with it" } span.meta { "a known error needs a cause and a workaround" } }
            div.card-b { div.form {
                (Field::new("workaround", "Workaround").hint("In words that can go into a reply. They become its draft where it is applied.").errors(errors).textarea(4, &words_of("workaround")))
                (Field::new("steps", "Steps").hint("One a line. They become tasks of the incident.").errors(errors).textarea(5, &words_of("steps")))
                (Field::new("fix", "What makes it go away").hint("The change that is meant to.").errors(errors).textarea(2, &words_of("fix")))
            } }
        }
        section.card aria-labelledby="whose-h" {
            div.card-h { h2 id="whose-h" { "Where it belongs" } }
            div.card-b { div.form {
                div.form-2 {
                    (Field::new("service", "Service").errors(errors).select(&words::services(policy, "–"), fields.text("service")))
                    (Field::new("category", "Category").errors(errors).select(&words::categories(policy), fields.text("category")))
                }
                div.form-2 {
                    (Field::new("team", "Team").errors(errors).select(&words::teams(policy), fields.text("team")))
                    (Field::new("owner", "Owner").errors(errors).select(&words::owners(policy), fields.text("owner")))
                }
                (Field::new("review_on", "Look at it again on").hint("It is listed as overdue when that day is over.").errors(errors).input("date", fields.text("review_on")))
            } }
        }
    }
}

/// The title of a problem or an article.
pub(crate) fn title(fields: &Fields, errors: &Errors, hint: &str) -> Markup {
    let field = Field::new("title", "Title").hint(hint).errors(errors);
    field.around(html! {
        input.inp id="title" name="title" type="text" required maxlength=(limits::TITLE_CHARS) autocomplete="off" value=(fields.text("title"))
            aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{ProblemNumber, Timestamp};

    #[test]
    fn a_problem_survives_its_form() {
        let mut problem = Problem::titled(ProblemNumber(3), "Roaming", Timestamp::from_micros(0));
        problem.steps = vec!["Look".to_owned(), "Turn it off".to_owned()];
        problem.review_on = Some("2026-11-23".parse().unwrap());
        problem.cause = "A reset\n\nby an update".to_owned();
        assert_eq!(typed(&shown(&problem), problem.clone()).unwrap(), problem);
    }

    #[test]
    fn lines_are_steps_and_days_are_days() {
        let before = Problem::titled(ProblemNumber(3), "Roaming", Timestamp::from_micros(0));
        let fields = Fields::parse("title=+A++b&steps=+one%0D%0A%0D%0Atwo+&cause=x%0D%0Ay");
        let read = typed(&fields, before.clone()).unwrap();
        assert_eq!((read.title.as_str(), read.cause.as_str()), ("A b", "x\ny"));
        assert_eq!(read.steps, ["one", "two"]);
        assert!(typed(&fields.with("review_on", "soon"), before).is_err());
    }
}
