//! Every address of the product, so that links cannot break.

pub(crate) use kernel::encoded as encode;
use kernel::{
    ActionId, AlertId, ArticleNumber, ClusterId, IncidentNumber, MacroId, ProblemNumber, ReportId,
    ReviewNumber, ScheduleId, ServiceId,
};
use std::fmt::Display;

/// The queue.
pub(crate) const QUEUE: &str = "/queue";
/// The requesters' portal.
pub(crate) const PORTAL: &str = "/portal";
/// The form of a new incident.
pub(crate) const NEW_INCIDENT: &str = "/incidents/new";
/// The signed-in person's own page.
pub(crate) const ACCOUNT: &str = "/me";
/// What the signed-in person was told.
pub(crate) const INBOX: &str = "/inbox";
/// The stream of a page on which nothing but the inbox changes.
pub(crate) const LIVE_INBOX: &str = "/live?inbox=1";
/// Where the theme is stored.
pub(crate) const THEME: &str = "/me/theme";
/// The first page of the settings.
pub(crate) const SETTINGS: &str = "/settings";
/// The search page.
pub(crate) const SEARCH: &str = "/search";
/// Who is on call.
pub(crate) const ON_CALL: &str = "/on-call";
/// Services and how they are.
pub(crate) const SERVICES: &str = "/services";
/// Reports of the quality of the service.
pub(crate) const REPORTS: &str = "/reports";
/// The screen on the wall.
pub(crate) const WALLBOARD: &str = "/wallboard";
/// Major incidents: those that go on, that are proposed, and of late.
pub(crate) const MAJORS: &str = "/majors";
/// What came in by mail.
pub(crate) const MAIL: &str = "/mail";
/// What monitoring tells of.
pub(crate) const ALERTS: &str = "/alerts";
/// Problems and known errors.
pub(crate) const PROBLEMS: &str = "/problems";
/// Incidents that come again and again.
pub(crate) const RECURRING: &str = "/recurring";
/// The form of a new problem.
pub(crate) const NEW_PROBLEM: &str = "/problems/new";
/// Articles, as staff see them.
pub(crate) const ARTICLES: &str = "/articles";
/// The form of a new article.
pub(crate) const NEW_ARTICLE: &str = "/articles/new";
/// Articles, as requesters read them.
pub(crate) const PORTAL_ARTICLES: &str = "/portal/articles";
/// Reviews of incidents.
pub(crate) const REVIEWS: &str = "/reviews";
/// What is to be done after reviews.
pub(crate) const REVIEW_ACTIONS: &str = "/reviews/actions";
/// How good suggestions are, and how they are made.
pub(crate) const SUGGESTIONS: &str = "/reports/suggestions";
/// How often expected times were right.
pub(crate) const EXPECTED: &str = "/reports/expected";
/// What comes in, and how many people it takes.
pub(crate) const PLANNING: &str = "/reports/planning";
/// Reports that are sent by mail.
pub(crate) const MAILED_REPORTS: &str = "/reports/mailed";
/// Where signing out is posted.
pub(crate) const SIGN_OUT: &str = "/sign-out";

/// The sign-in page; afterwards it goes on to `next`.
pub(crate) fn sign_in(next: &str) -> String {
    if next == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encode(next)) }
}

/// A report that is sent by mail.
pub(crate) fn mailed_report(id: ReportId) -> String {
    format!("{MAILED_REPORTS}/{id}")
}

/// The form by which a report with these lines is sent by mail; `rest` says of which zone and of
/// which incidents.
pub(crate) fn new_mailed_report(name: impl Display, by: impl Display, rest: &str) -> String {
    format!("{MAILED_REPORTS}/new?report={name}&by={by}{rest}")
}

/// An incident's page for agents.
pub(crate) fn incident(number: IncidentNumber) -> String {
    format!("/incidents/{number}")
}

/// The macros that can be used on an incident.
pub(crate) fn macros(number: IncidentNumber) -> String {
    format!("/incidents/{number}/macros")
}

/// An incident's page with a macro in the composer.
pub(crate) fn with_macro(number: IncidentNumber, id: MacroId) -> String {
    format!("/incidents/{number}?macro={id}#end")
}

/// Where somebody has forgotten how long they were at work on an incident.
pub(crate) fn forget_attention(number: IncidentNumber) -> String {
    format!("/incidents/{number}/attention/forget")
}

/// The page of a command's form, and where it is posted.
pub(crate) fn incident_command(number: IncidentNumber, command: impl Display) -> String {
    format!("/incidents/{number}/{command}")
}

/// What probably caused an incident, and where people say whether it did.
pub(crate) fn causes(number: IncidentNumber) -> String {
    format!("/incidents/{number}/causes")
}

/// The room in which a major incident is conducted.
pub(crate) fn major(number: IncidentNumber) -> String {
    format!("/incidents/{number}/major")
}

/// What the public status page says of an incident, by its name outside.
pub(crate) fn status_incident(id: &str) -> String {
    format!("{}/{}", desk::status::BASE, status_file(id))
}

/// The file of the status page that says it.
pub(crate) fn status_file(id: &str) -> String {
    format!("incidents/{id}")
}

/// An incident's page for its requester.
pub(crate) fn portal_incident(number: IncidentNumber) -> String {
    format!("/portal/incidents/{number}")
}

/// The page of a problem.
pub(crate) fn problem(number: ProblemNumber) -> String {
    format!("{PROBLEMS}/{number}")
}

/// The form of a new problem behind these incidents.
pub(crate) fn new_problem(incidents: &[IncidentNumber]) -> String {
    let numbers: Vec<String> = incidents.iter().map(ToString::to_string).collect();
    format!("{NEW_PROBLEM}?number={}", numbers.join(","))
}

/// Something of a problem: a form, or where one is posted.
pub(crate) fn problem_of(number: ProblemNumber, what: impl Display) -> String {
    format!("{PROBLEMS}/{number}/{what}")
}

/// The page of recurring incidents.
pub(crate) fn recurring(id: ClusterId) -> String {
    format!("{RECURRING}/{id}")
}

/// Where something is decided about recurring incidents.
pub(crate) fn recurring_of(id: ClusterId, what: impl Display) -> String {
    format!("{RECURRING}/{id}/{what}")
}

/// What a known error would add to an incident, and where it is applied.
pub(crate) fn apply_workaround(incident: IncidentNumber, problem: ProblemNumber) -> String {
    format!("/incidents/{incident}/workaround/{problem}")
}

/// The page of an article for staff.
pub(crate) fn article(number: ArticleNumber) -> String {
    format!("{ARTICLES}/{number}")
}

/// Something of an article: a form, or where one is posted.
pub(crate) fn article_of(number: ArticleNumber, what: impl Display) -> String {
    format!("{ARTICLES}/{number}/{what}")
}

/// An article as requesters read it.
pub(crate) fn portal_article(number: ArticleNumber) -> String {
    format!("{PORTAL_ARTICLES}/{number}")
}

/// The page of a review.
pub(crate) fn review(number: ReviewNumber) -> String {
    format!("{REVIEWS}/{number}")
}

/// Something of a review: a form, or where one is posted.
pub(crate) fn review_of(number: ReviewNumber, what: impl Display) -> String {
    format!("{REVIEWS}/{number}/{what}")
}

/// Something of an action after a review: where its forms are posted.
pub(crate) fn review_action(id: ActionId, what: impl Display) -> String {
    format!("{REVIEW_ACTIONS}/{id}/{what}")
}

/// The page of a message that came in.
pub(crate) fn mail(id: i64) -> String {
    format!("{MAIL}/{id}")
}

/// The screen of who is on call with a schedule chosen.
pub(crate) fn on_call(schedule: ScheduleId) -> String {
    format!("{ON_CALL}?schedule={schedule}")
}

/// Something of a schedule on that screen: a form, or where one is posted.
pub(crate) fn on_call_of(schedule: ScheduleId, what: impl Display) -> String {
    format!("{ON_CALL}/{schedule}/{what}")
}

/// The page of a service.
pub(crate) fn service(id: ServiceId) -> String {
    format!("{SERVICES}/{id}")
}

/// The stream of a page about services, from a position of the feed on.
pub(crate) fn live_services(after: i64) -> String {
    format!("/live?services=1&after={after}")
}

/// What paging promised for an incident and what came of it.
pub(crate) fn ledger(number: IncidentNumber) -> String {
    format!("{ON_CALL}/ledger/{number}")
}

/// A report.
pub(crate) fn report(name: impl Display) -> String {
    format!("{REPORTS}/{name}")
}

/// Where forms of an incident ask for numbers of others by words.
pub(crate) fn numbers(number: IncidentNumber) -> String {
    format!("/incidents/{number}/numbers")
}

/// What is like an incident, and where is posted whether it helped.
pub(crate) fn similar(number: IncidentNumber) -> String {
    format!("/incidents/{number}/similar")
}

/// The page of an alert.
pub(crate) fn alert(id: AlertId) -> String {
    format!("{ALERTS}/{id}")
}

/// The alerts of an incident.
pub(crate) fn alerts_of(number: IncidentNumber) -> String {
    format!("{ALERTS}?incident={number}")
}

/// A section of the settings.
pub(crate) fn settings(section: impl Display) -> String {
    format!("/settings/{section}")
}

/// The queue with a query of its own.
pub(crate) fn queue_of(query: &str) -> String {
    format!("/queue?q={}", encode(query))
}

/// A view of the queue by its key.
pub(crate) fn queue_view(view: &str) -> String {
    format!("/queue?view={}", encode(view))
}

/// The stream of a view of the queue, from a position of the feed on.
pub(crate) fn live_queue(query: &str, view: &str, after: i64) -> String {
    format!("/live?q={}&view={}&after={after}", encode(query), encode(view))
}

/// The stream of an incident's page, from a position of the feed on.
pub(crate) fn live_incident(number: IncidentNumber, after: i64) -> String {
    format!("/live?on={number}&after={after}")
}

/// The stream of the room of a major incident, from a position of the feed on.
pub(crate) fn live_major(number: IncidentNumber, after: i64) -> String {
    format!("/live?major={number}&after={after}")
}

/// The stream of a requester's page of an incident, from a position of the feed on.
pub(crate) fn live_portal_incident(number: IncidentNumber, after: i64) -> String {
    format!("/live?portal={number}&after={after}")
}

/// Whether an address leads to one of our own pages, so that it may be followed
/// after signing in.
pub(crate) fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_followed() {
        for path in ["/", "/queue?q=a", "/incidents/INC-1#end"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "queue",
            "/a\r\nb",
            "/\t/evil.example",
        ] {
            assert!(!is_own_path(path), "{path}");
        }
    }

    #[test]
    fn values_cannot_leave_their_place() {
        assert_eq!(queue_of("a&view=b #é"), "/queue?q=a%26view%3Db%20%23%C3%A9");
    }
}
