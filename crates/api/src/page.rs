//! Lists: how they are asked for and how they answer.

use crate::field::explain_parameter;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use kernel::limits;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::str::FromStr;
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
    /// A page of a list that is at hand as a whole and has no names to look for.
    pub(crate) fn of<Id: ToString>(
        items: Vec<T>,
        params: &PageParams,
        id: impl Fn(&T) -> Id,
    ) -> Result<Self, Problem> {
        let keys = items.iter().map(|item| Key { id: id(item).to_string(), wanted: true });
        let (places, next) =
            cut(&keys.collect::<Vec<_>>(), params.limit.as_deref(), params.cursor.as_deref())?;
        Ok(Page { items: at(items, &places), next })
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
            Err(rejection) => Err(unreadable(&rejection.body_text())),
        }
    }
}

fn unreadable(words: &str) -> Problem {
    let words = words.split_once("query string: ").map_or(words, |(_, words)| words);
    // The field's name stands before what the reader says about it.
    let words = words.find("unknown field `").map_or(words, |at| &words[at..]);
    explain_parameter(words)
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

/// How a list is asked for that has no names to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
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

/// Text that no page of a list ended with.
pub(crate) fn bad_cursor() -> Problem {
    Problem::invalid(
        "cursor",
        "is not a cursor of this list; leave it out to begin at the first page",
    )
}

/// Where a page begins of a list that is read page by page.
pub(crate) fn cursor<Place: FromStr>(given: Option<&str>) -> Result<Option<Place>, Problem> {
    given.map(str::parse::<Place>).transpose().map_err(|_| bad_cursor())
}

/// Where the next page begins of a list that is read page by page, each with one item more than
/// it shows; that one goes.
pub(crate) fn next_of<T, Place: ToString>(
    found: &mut Vec<T>,
    limit: usize,
    place: impl FnOnce(&T) -> Place,
) -> Option<String> {
    let more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| more).map(|last| place(last).to_string())
}

/// A page of a list that is at hand as a whole, in its order, of those whose name is looked for.
pub(crate) fn page_of<T, Id: ToString>(
    items: Vec<T>,
    params: &ListParams,
    id: impl Fn(&T) -> Id,
    name: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let texts = texts(params.q.as_deref())?;
    let key = |item: &T| Key { id: id(item).to_string(), wanted: occur(&texts, name(item)) };
    let keys: Vec<Key> = items.iter().map(key).collect();
    let (places, next) = cut(&keys, params.limit.as_deref(), params.cursor.as_deref())?;
    Ok((at(items, &places), next))
}

/// The words that a name must have.
fn texts(q: Option<&str>) -> Result<Vec<query::Text>, Problem> {
    let words = words("q", q)?.unwrap_or_default().split_whitespace();
    let texts = words.map(|word| query::Text { text: word.to_owned(), prefix: true });
    Ok(texts.filter(|text| !text.words().is_empty()).collect())
}

fn occur(texts: &[query::Text], name: &str) -> bool {
    texts.iter().all(|text| text.occurs_in(name))
}

/// An item of a list: its id, and whether it is looked for.
struct Key {
    id: String,
    wanted: bool,
}

/// The places of the items that a page shows, and where the next begins. The cursor is the id of
/// the last item shown and that of the one after it, so it stays good while items come and go, the
/// last one too.
fn cut(
    keys: &[Key],
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<(Vec<usize>, Option<String>), Problem> {
    let limit = self::limit(limit, limits::PAGE_ROWS)?;
    let from = match cursor {
        None => 0,
        Some(cursor) => {
            let (last, next) = cursor.split_once(BETWEEN).unwrap_or((cursor, ""));
            let place = |id: &str| keys.iter().position(|key| key.id == id);
            place(last).map(|last| last + 1).or_else(|| place(next)).ok_or_else(bad_cursor)?
        }
    };
    let wanted = keys.iter().enumerate().skip(from).filter(|(_, key)| key.wanted);
    let mut places: Vec<usize> = wanted.map(|(place, _)| place).take(limit + 1).collect();
    let next = match (places.get(limit - 1), places.get(limit)) {
        (Some(last), Some(next)) => Some(format!("{}{BETWEEN}{}", keys[*last].id, keys[*next].id)),
        _ => None,
    };
    places.truncate(limit);
    Ok((places, next))
}

/// The items at these places, which ascend.
fn at<T>(items: Vec<T>, places: &[usize]) -> Vec<T> {
    let mut places = places.iter().peekable();
    let shown = items.into_iter().enumerate();
    let shown = shown.filter(|(place, _)| places.next_if(|next| **next == *place).is_some());
    shown.map(|(_, item)| item).collect()
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

    #[test]
    fn what_is_looked_for_is_walked_through_without_the_rest() {
        let items = ["Mail", "Map", "VPN", "Mail archive", "Mailbox"];
        let page = |cursor: Option<&str>| {
            let (limit, cursor) = (Some("2".to_owned()), cursor.map(str::to_owned));
            let params = ListParams { q: Some("mai".to_owned()), limit, cursor };
            page_of(items.to_vec(), &params, |item| *item, |item| item).unwrap()
        };
        let (shown, next) = page(None);
        assert_eq!(shown, ["Mail", "Mail archive"]);
        assert_eq!(page(next.as_deref()), (vec!["Mailbox"], None));
    }

    #[test]
    fn what_is_read_page_by_page_shows_no_more_than_asked_for() {
        let mut found = vec![7, 6, 5];
        assert_eq!(next_of(&mut found, 2, |at| *at), Some("6".to_owned()));
        assert_eq!(found, [7, 6]);
        assert_eq!(next_of(&mut found, 2, |at| *at), None, "that was all");
        assert_eq!(cursor::<i64>(Some("6")).unwrap(), Some(6));
        assert_eq!(cursor::<i64>(Some("six")).unwrap_err().status, 422);
    }
}
