//! The description of the API, made from the doors.

use crate::door::Door;
use std::collections::BTreeSet;
use utoipa::openapi::path::PathsBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Paths};

const ABOUT: &str = "JSON over HTTP for everything the screens can do. Times are RFC 3339 in UTC, \
durations are seconds where the name says so, lists are `{\"items\": […], \"next\": cursor or null}`. \
References take a name or an id, people an e-mail address or an id. Unknown fields are refused. \
Errors are `application/problem+json` (RFC 9457).";

/// Families of operations in the order of the description.
const FAMILIES: &[(&str, &str)] = &[
    ("incidents", "Report, read, list and attach."),
    ("commands", "Whatever can be done with an incident, one command each, and many at once."),
    ("search", "Incidents, people, services and teams at once."),
    ("events", "The live stream of what happens, and the same as pages."),
    ("users", "People: requesters, and everybody who works for the service desk."),
    ("teams", "Teams that incidents are assigned to."),
    ("on call", "Who is on call when, and who is paged in which order."),
    ("alerts", "What sources of monitoring told, and windows in which it pages nobody."),
    ("status", "The status page: components, and how it presents itself."),
    ("rules", "What follows by itself when something happens."),
    ("models", "Incident models: what a kind of incident that comes again needs."),
    ("knowledge", "Problems, known errors with their workarounds, and articles."),
    ("reviews", "Reviews of incidents that are over, and what has to be done after one."),
    ("organisations", "Customer companies."),
    ("services", "What people use and incidents interrupt."),
    ("categories", "The tree that incidents are classified by."),
    ("reports", "Figures of service quality, and the incidents behind each."),
    ("views", "Saved views of the queue."),
    ("macros", "Words and commands that come again."),
    ("tokens", "API tokens."),
    ("integrations", "Mailboxes and other programs that bring something in."),
    ("webhooks", "Programs elsewhere and chat rooms that are told what happens."),
    (
        "subscribers",
        "Whoever is told of updates besides: stakeholder lists, and subscribers of the status page.",
    ),
    (
        "configuration",
        "Agreements, calendars, priority matrix, resolution codes, and who changed what.",
    ),
    ("health", "Whether the server lives, can serve, and how it does."),
];

/// Makes the description.
pub(crate) fn document(doors: Vec<Door>) -> OpenApi {
    let mut paths: Paths = PathsBuilder::new().build();
    let mut components = ComponentsBuilder::new();
    let mut made = BTreeSet::new();
    for mut door in doors {
        for named in std::mem::take(&mut door.schemas) {
            if made.insert(named.name) {
                let mut schemas = Vec::new();
                (named.make)(&mut schemas);
                components = components.schemas_from_iter(schemas);
            }
        }
        let (path, item) = door.described();
        match paths.paths.get_mut(&path) {
            Some(known) => known.merge_operations(item),
            None => drop(paths.paths.insert(path, item)),
        }
    }
    let components = components
        .security_scheme(
            "token",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("An API token with scope admin, write, read or intake."))
                    .build(),
            ),
        )
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                desk::cookie::SESSION,
                "The session of a browser, from our own pages; __Host-evenkeel_session where the public address is https.",
            ))),
        );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Evenkeel")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .build(),
        )
        .paths(paths)
        .components(Some(components.build()))
        .security(Some([
            SecurityRequirement::new("token", Vec::<String>::new()),
            SecurityRequirement::new("session", Vec::<String>::new()),
        ]))
        .tags(Some(
            FAMILIES.iter().map(|(name, about)| {
                TagBuilder::new().name(*name).description(Some(*about)).build()
            }),
        ))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn a_schema_has_a_name_of_its_own() {
        let mut known = BTreeMap::new();
        let mut schemas = Vec::new();
        for named in crate::doors().into_iter().flat_map(|door| door.schemas) {
            (named.make)(&mut schemas);
        }
        for (name, schema) in schemas {
            let text = serde_json::to_string(&schema).unwrap();
            let before = known.entry(name.clone()).or_insert(text.clone());
            assert_eq!(*before, text, "two schemas are called {name}");
        }
        assert!(known.contains_key("Incident") && known.contains_key("Problem"));
    }
}
