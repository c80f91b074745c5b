//! Lists: how they are asked for and how they answer.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use kernel::limits;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Parts what a cursor is made of; it stands in addresses as it is.
pub(crate) const BETWEEN: char = '~';

/// A list's answer: some items and where it goes on.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// The `cursor` of the next page; null on the last one.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// All there is.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Page { items, next: None }
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = SchemaType::from_iter([Type::String, Type::Null]);
        let next = ObjectBuilder::new().schema_type(next);
        let page = ObjectBuilder::new().property("items", items).required("items");
        let about = "The `cursor` of the next page; null on the last one.";
        page.property("next", next.description(Some(about))).required("next").into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("PageOf{}", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// The part of the address after the question mark; what it does not know is refused.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(value)) => Ok(Params(value)),
            Err(rejection) => {
                let words = rejection.body_text();
                let words = words.split_once("query string: ").map_or(words.as_str(), |(_, w)| w);
                // The field's name stands before what the reader says about it.
                let words = words.find("unknown field `").map_or(words, |at| &words[at..]);
                let object = serde_json::Value::Object(serde_json::Map::new());
                Err(crate::field::explain::<Nothing<T>>(&object, words))
            }
        }
    }
}

/// Never has an error of its own, so that the words given are explained.
struct Nothing<T>(std::marker::PhantomData<T>);

impl<'de, T> Deserialize<'de> for Nothing<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer)?;
        Ok(Nothing(std::marker::PhantomData))
    }
}

/// How a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParams {
    /// Words that must begin words of the name.
    pub(crate) q: Option<String>,
    /// Items of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    pub(crate) limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    pub(crate) cursor: Option<String>,
}

/// How many items a page shall have.
pub(crate) fn limit(given: Option<&str>, default: usize) -> Result<usize, Problem> {
    let Some(given) = given else { return Ok(default) };
    match given.parse::<usize>() {
        Ok(limit @ 1..=limits::PAGE_ROWS_MAX) => Ok(limit),
        _ => Err(Problem::invalid(
            "limit",
            format!("must be a number from 1 to {}", limits::PAGE_ROWS_MAX),
        )),
    }
}

/// Text of a query string that is bounded and can be stored.
pub(crate) fn words<'a>(field: &str, given: Option<&'a str>) -> Result<Option<&'a str>, Problem> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > limits::QUERY_CHARS {
        let words = format!("is longer than {} characters", limits::QUERY_CHARS);
        return Err(Problem::invalid(field, words));
    }
    if text.contains('\0') {
        return Err(Problem::invalid(field, "holds a character that cannot be searched for"));
    }
    Ok(Some(text))
}

/// A page of a list that is at hand as a whole, in its order. The cursor is the id of the last item
/// shown and that of the one after it, so it stays good while items come and go, the last one too.
pub(crate) fn page_of<T, Id: ToString>(
    items: Vec<T>,
    params: &ListParams,
    id: impl Fn(&T) -> Id,
    name: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let wanted = words("q", params.q.as_deref())?;
    let from = match params.cursor.as_deref() {
        None => 0,
        Some(cursor) => {
            let (last, next) = cursor.split_once(BETWEEN).unwrap_or((cursor, ""));
            let at = |wanted: &str| items.iter().position(|item| id(item).to_string() == wanted);
            at(last).map(|last| last + 1).or_else(|| at(next)).ok_or_else(|| {
                Problem::invalid(
                    "cursor",
                    "is not a cursor of this list; leave it out to begin at the first page",
                )
            })?
        }
    };
    let texts: Vec<query::Text> = wanted
        .unwrap_or_default()
        .split_whitespace()
        .map(|word| query::Text { text: word.to_owned(), prefix: true })
        .filter(|text| !text.words().is_empty())
        .collect();
    let fits = |item: &T| texts.iter().all(|text| text.occurs_in(name(item)));
    let mut rest: Vec<T> = items.into_iter().skip(from).filter(fits).take(limit + 1).collect();
    let next = match (rest.get(limit - 1), rest.get(limit)) {
        (Some(last), Some(next)) => {
            Some(format!("{}{BETWEEN}{}", id(last).to_string(), id(next).to_string()))
        }
        _ => None,
    };
    rest.truncate(limit);
    Ok((rest, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: &[&str], cursor: Option<&str>) -> Result<(Vec<String>, Option<String>), u16> {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let params =
            ListParams { q: None, limit: Some("2".to_owned()), cursor: cursor.map(str::to_owned) };
        page_of(items, &params, String::clone, |item| item).map_err(|problem| problem.status)
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended_whatever_went_meanwhile() {
        let (shown, next) = page(&["a", "b", "c", "d", "e"], None).unwrap();
        assert_eq!(shown, ["a", "b"]);
        let next = next.unwrap();
        let rest = |items: &[&str]| page(items, Some(&next)).map(|(shown, _)| shown);
        assert_eq!(rest(&["a", "b", "c", "d", "e"]).unwrap(), ["c", "d"]);
        assert_eq!(rest(&["a", "c", "d", "e"]).unwrap(), ["c", "d"], "the last one went");
        assert_eq!(rest(&["a", "b", "d", "e"]).unwrap(), ["d", "e"], "the next one went");
        assert_eq!(rest(&["0", "a", "b", "bb", "c"]).unwrap(), ["bb", "c"], "others came");
        assert_eq!(rest(&["a", "d", "e"]), Err(422), "nothing tells where it was");
        assert_eq!(page(&["a", "b"], Some("x")), Err(422));
        assert_eq!(page(&["a", "b"], None).unwrap().1, None);
    }
}
