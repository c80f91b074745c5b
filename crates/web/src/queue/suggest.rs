//! What can be typed next into the filter bar, and into the condition of a rule.

use crate::app::App;
use crate::auth::Staff;
use crate::error::PageResult;
use axum::Json;
use axum::extract::{Query as FromQuery, State};
use incident::Policy;
use kernel::InOrder;
use query::{FieldName, Kind, Offer, Suggestion, fold, value_text};
use serde::{Deserialize, Serialize};

/// Suggestions at once: what is seen without scrolling.
const SHOWN: usize = 10;
/// Durations offered for moments.
const DURATIONS: [&str; 6] = ["0", "30m", "2h", "8h", "1d", "1w"];

/// What was typed so far.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    q: String,
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Suggested {
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    insert: String,
}

/// What can follow what was typed.
pub(super) async fn terms(
    State(app): State<App>,
    Staff(_): Staff,
    FromQuery(typed): FromQuery<Typed>,
) -> PageResult<Json<Vec<Suggested>>> {
    suggested(&app, &typed, Whose::List).await
}

/// Who reads what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The list of somebody who asks.
    List,
    /// A rule: nobody asks, and nothing is put in order.
    Rule,
    /// A webhook: the same, of what is stored.
    Webhook,
}

impl Whose {
    fn takes(self, insert: &str) -> bool {
        let field = insert.trim_end_matches([':', '<']);
        let for_rules =
            query::FIELDS.iter().any(|known| known.name == field && known.id.is_for_rules());
        let asks = ["sort:", "me", "mine"].contains(&insert);
        match self {
            Whose::List => !for_rules,
            Whose::Rule => !asks,
            Whose::Webhook => !for_rules && !asks,
        }
    }
}

/// What can follow what was typed.
pub(crate) async fn suggested(
    app: &App,
    typed: &Typed,
    whose: Whose,
) -> PageResult<Json<Vec<Suggested>>> {
    let text: String = typed.q.chars().take(kernel::limits::QUERY_CHARS).collect();
    let policy = app.desk.policy();
    let (offers, wanted) = offers(&text, &policy, whose);
    let mut found = offers;
    for (suggestion, field, prefix) in wanted {
        let names = app.desk.read(move |sql| names_of(sql, field, &prefix)).await?;
        found.extend(
            names
                .into_iter()
                .filter_map(|name| completed(&text, &suggestion, &value_text(&name), None)),
        );
    }
    found.truncate(SHOWN);
    Ok(Json(found))
}

type Wanted = (Suggestion, FieldName, String);

/// The offers that need no reading, and those whose names must be read.
fn offers(text: &str, policy: &Policy, whose: Whose) -> (Vec<Suggested>, Vec<Wanted>) {
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    for suggestion in query::suggest(text, text.chars().count()) {
        match suggestion.offer.clone() {
            Offer::Field { insert, .. } | Offer::Value { insert } if !whose.takes(&insert) => {}
            Offer::Field { insert, help } => {
                // A moment's comparison is chosen with its value.
                let insert =
                    insert.strip_suffix('<').map_or(insert.clone(), |name| format!("{name}:"));
                if insert.ends_with(':') {
                    found.extend(completed(text, &suggestion, &insert, Some(help)));
                }
            }
            Offer::Value { insert } => found.extend(completed(text, &suggestion, &insert, None)),
            Offer::ValuesOf(
                field @ (FieldName::Requester
                | FieldName::Watcher
                | FieldName::Organisation
                | FieldName::Tag),
                prefix,
            ) => {
                wanted.push((suggestion, field, prefix));
            }
            Offer::ValuesOf(field, prefix) => {
                let names = known_names(field, &prefix, policy);
                found.extend(
                    names
                        .iter()
                        .filter_map(|name| completed(text, &suggestion, &value_text(name), None)),
                );
            }
            Offer::CustomNames(_) | Offer::CustomValues(..) => {}
        }
    }
    if found.iter().any(|offer| offer.label == "today") {
        found.splice(0..0, durations(text));
    }
    (found, wanted)
}

/// `due:` offers `due<2h` and so on.
fn durations(text: &str) -> Vec<Suggested> {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let Some(name) = word.strip_suffix([':', '<', '>']) else { return vec![] };
    let Some(field) =
        query::FIELDS.iter().find(|field| field.name == name && field.kind == Kind::Moment)
    else {
        return vec![];
    };
    let sign = if word.ends_with('>') { '>' } else { '<' };
    DURATIONS
        .iter()
        .map(|duration| {
            let insert = format!("{}{sign}{duration}", field.name);
            Suggested { label: insert.clone(), hint: None, insert }
        })
        .collect()
}

/// The field replaces the last typed word, so what is inserted is that word as a whole.
fn completed(
    text: &str,
    suggestion: &Suggestion,
    insert: &str,
    hint: Option<&str>,
) -> Option<Suggested> {
    let kept: String = text.chars().take(suggestion.from).collect();
    let whole = format!("{kept}{insert}");
    let last_word = text
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let word = whole.strip_prefix(&text[..last_word])?;
    Some(Suggested {
        label: insert.trim_end_matches(':').to_owned(),
        hint: hint.map(str::to_owned),
        insert: word.to_owned(),
    })
}

fn known_names(field: FieldName, prefix: &str, policy: &Policy) -> Vec<String> {
    let wanted = fold(prefix);
    let all: Vec<&str> = match field {
        FieldName::Team => policy.teams.values().map(|team| team.name.as_str()).collect(),
        FieldName::Service => {
            policy.services.values().map(|service| service.name.as_str()).collect()
        }
        FieldName::Hours => {
            let in_use = policy.calendars.latest().into_iter().filter(|known| !known.hours.retired);
            in_use.map(|known| known.hours.name.as_str()).collect()
        }
        FieldName::Category => policy
            .categories
            .values()
            .map(|category| category.path.rsplit(" › ").next().unwrap_or_default())
            .collect(),
        FieldName::Assignee => policy
            .staff
            .values()
            .filter(|staff| staff.works())
            .map(|staff| staff.name.as_str())
            .collect(),
        _ => vec![],
    };
    let mut found: Vec<String> =
        all.into_iter().filter(|name| begins(name, &wanted)).map(str::to_owned).collect();
    found.order_by_key(|name| name.to_lowercase());
    found.dedup();
    found.truncate(SHOWN);
    found
}

fn names_of(
    sql: &mut dyn store::Sql,
    field: FieldName,
    prefix: &str,
) -> Result<Vec<String>, store::Failure> {
    Ok(match field {
        FieldName::Requester | FieldName::Watcher => {
            let people = store::incidents::search::find_people(sql, prefix, SHOWN)?;
            people.into_iter().map(|person| person.name).collect()
        }
        FieldName::Organisation => {
            let wanted = fold(prefix);
            let all = store::directory::organisations::list(sql)?;
            all.into_iter()
                .map(|organisation| organisation.name)
                .filter(|name| begins(name, &wanted))
                .collect()
        }
        _ => vec![],
    })
}

/// Whether a word of the name begins so.
fn begins(name: &str, folded: &str) -> bool {
    let name = fold(name);
    folded.is_empty()
        || name.starts_with(folded)
        || name.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(folded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::policy::{Agreement, Agreements, ServicePolicy};
    use kernel::{AgreementId, Matrix, ServiceId};
    use std::collections::HashMap;

    fn policy() -> Policy {
        let agreement: AgreementId = "00000000-0000-0000-0000-000000000001".parse().unwrap();
        let service = ServicePolicy { name: "Label Printing".into(), team: None, criticality: 2 };
        Policy {
            version: 1,
            matrix: Matrix::default(),
            matrix_version: 0,
            agreements: Agreements::only(Agreement::standard(agreement)),
            calendars: Default::default(),
            services: HashMap::from([(
                "00000000-0000-0000-0000-000000000002".parse::<ServiceId>().unwrap(),
                service,
            )]),
            teams: HashMap::new(),
            categories: HashMap::new(),
            staff: HashMap::new(),
            resolution_codes: vec![],
            organisations: HashMap::new(),
            rules: [].into(),
            models: [].into(),
            paging: std::sync::Arc::default(),
            asking: Default::default(),
            closure: Default::default(),
            notices: Default::default(),
            time_zone: "UTC".to_owned(),
            language: Default::default(),
        }
    }

    fn inserts(text: &str) -> Vec<String> {
        offers(text, &policy(), Whose::List).0.into_iter().map(|offer| offer.insert).collect()
    }

    /// What the script does with an insertion.
    fn complete(text: &str, insert: &str) -> String {
        let at = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        format!("{}{insert}", &text[..at])
    }

    #[test]
    fn fields_then_values_are_offered() {
        assert!(inserts("state:open serv").contains(&"service:".to_owned()));
        assert_eq!(
            complete("x service:lab", &inserts("x service:lab")[0]),
            "x service:\"Label Printing\""
        );
        let quoted = "service:\"Label pr";
        assert_eq!(complete(quoted, &inserts(quoted)[0]), "service:\"Label Printing\"");
        assert!(inserts("due:").contains(&"due<2h".to_owned()));
        assert!(inserts("state:o").contains(&"state:open".to_owned()));
    }

    #[test]
    fn a_rule_asks_for_hours_and_nobody_else_and_has_no_order() {
        let fields = |text: &str, whose| -> Vec<String> {
            offers(text, &policy(), whose).0.into_iter().map(|offer| offer.insert).collect()
        };
        assert_eq!(fields("hou", Whose::Rule), ["hours:"]);
        assert_eq!(fields("hou", Whose::List), [""; 0]);
        assert_eq!(fields("sor", Whose::Rule), [""; 0]);
        assert_eq!(fields("sor", Whose::List), ["sort:"]);
        assert!(!fields("assignee:m", Whose::Rule).contains(&"assignee:me".to_owned()));
        assert!(fields("assignee:m", Whose::List).contains(&"assignee:me".to_owned()));
    }

    #[test]
    fn every_insertion_can_be_read_or_goes_on() {
        for text in [
            "",
            "state:",
            "priority:",
            "due:",
            "due<",
            "updated>",
            "team:",
            "sort:",
            "major:",
            "x service:l",
        ] {
            for insert in inserts(text) {
                let whole = complete(text, &insert);
                assert!(
                    whole.ends_with(':') || query::parse(&whole).is_ok(),
                    "{text:?} + {insert:?} = {whole:?}"
                );
            }
        }
    }
}
