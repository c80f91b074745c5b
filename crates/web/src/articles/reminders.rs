//! What somebody said they would look at again, once its day is over: on their own list until
//! they do.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::problems::words;
use crate::url;
use jiff::civil::Date;
use kernel::InOrder;
use maud::{Markup, html};
use store::directory::{articles, problems};

/// Records that are told of; whoever has more begins with these.
const SHOWN: usize = 20;
/// Of each kind that are read, so that their number is told as it is with everybody but those who
/// look at nothing again.
const READ: i64 = 200;

/// A record whose day of review is over.
struct Due {
    day: Date,
    href: String,
    name: String,
}

/// Problems and articles of this person whose day of review is over; nothing where there is none.
pub(crate) async fn reminders(app: &App, who: &SignedIn) -> PageResult<Markup> {
    if !who.viewer().works() {
        return Ok(html! {});
    }
    let (me, today) = (who.person().id, words::today(who));
    let due = app.desk.read(move |sql| {
        let mut due = Vec::new();
        for problem in problems::due_of(sql, me, today, READ)? {
            let name = format!("{} {}", problem.number, problem.title);
            due.extend(problem.review_on.map(|day| Due {
                day,
                href: url::problem(problem.number),
                name,
            }));
        }
        for article in articles::due_of(sql, me, today, READ)? {
            let name = format!("{} {}", article.number, article.title);
            due.extend(article.review_on.map(|day| Due {
                day,
                href: url::article(article.number),
                name,
            }));
        }
        Ok(due)
    });
    let mut due = due.await?;
    due.order_by(|a, b| (a.day, &a.name).cmp(&(b.day, &b.name)));
    Ok(html! {
        @if !due.is_empty() {
            section.card.mbm aria-labelledby="due-h" {
                div.card-h { h2 id="due-h" { "To look at again" } span.meta { (due.len()) } }
                div.card-b { ul.stack-s { @for one in due.iter().take(SHOWN) {
                    li { (icon("book")) " " a.link href=(one.href) { (one.name) } " " (words::overdue(one.day)) }
                } } }
            }
        }
    })
}
