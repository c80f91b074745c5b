//! The full-text index: the folded words of contents, filled alike on both engines.
//!
//! SQLite keeps them in an FTS5 table, PostgreSQL in a table of `tsvector`s; in both
//! `contents.place` names the row. What a word is says [`query::words`] alone, so
//! both find the same whatever the locale of a database.

use crate::Failure;
use crate::sql::{Engine, Sql, Value};
use kernel::ContentId;
use std::fmt::Write;

/// Longer words are indexed by their beginning, in bytes. PostgreSQL keeps none
/// longer than 2,046.
const WORD_BYTES_MAX: usize = 200;

/// Indexes contents that were inserted in this transaction: id and body.
///
/// # Errors
///
/// Those of the database.
pub fn words_insert(sql: &mut dyn Sql, rows: Vec<(Value, Value)>) -> Result<(), Failure> {
    match sql.engine() {
        Engine::Sqlite => {
            let statement = "insert into contents_words (rowid, body) \
                values ((select place from contents where id = $1), $2)";
            for row in rows {
                let (id, body) = content(row)?;
                let words = query::words_line(&body, WORD_BYTES_MAX);
                sql.execute(statement, &[Value::Text(id), Value::Text(words)])?;
            }
        }
        Engine::Postgres => {
            let indexed = rows.into_iter().map(|row| -> Result<_, Failure> {
                let (id, body) = content(row)?;
                Ok((id, vector(&words(&body))))
            });
            let indexed: Vec<(String, String)> = indexed.collect::<Result<_, Failure>>()?;
            let rows = serde_json::to_string(&indexed)
                .map_err(|error| Failure::Statement(error.to_string()))?;
            let statement = "insert into contents_words (place, words) \
                select contents.place, (one ->> 1)::tsvector \
                from jsonb_array_elements($1::text::jsonb) as one join contents on contents.id = one ->> 0";
            sql.execute(statement, &[Value::Text(rows)])?;
        }
    }
    Ok(())
}

/// The id and the body of a row of words.
fn content(row: (Value, Value)) -> Result<(String, String), Failure> {
    match row {
        (Value::Text(id), Value::Text(body)) => Ok((id, body)),
        _ => Err(Failure::Statement("words need the id and the body of a content".into())),
    }
}

/// Forgets the words of contents.
///
/// # Errors
///
/// Those of the database.
pub fn words_erase(sql: &mut dyn Sql, contents: &[ContentId]) -> Result<(), Failure> {
    let row = match sql.engine() {
        Engine::Sqlite => "rowid",
        Engine::Postgres => "place",
    };
    let statement = format!(
        "delete from contents_words where {row} = (select place from contents where id = $1)"
    );
    for id in contents {
        sql.execute(&statement, &[Value::Text(id.to_string())])?;
    }
    Ok(())
}

/// Writes something else over the words of contents, so that what SQLite frees when they go
/// does not keep them: a value of the same size is overwritten where it stands. PostgreSQL
/// never does that and frees the old row at its next vacuum.
///
/// # Errors
///
/// Those of the database.
pub fn words_overwrite(sql: &mut dyn Sql, content: ContentId) -> Result<(), Failure> {
    if sql.engine() == Engine::Sqlite {
        let statement = "update contents \
            set body = replace(hex(zeroblob(length(cast(body as blob)))), '00', 'x') where id = $1";
        sql.execute(statement, &[content.into()])?;
    }
    Ok(())
}

/// What stands between `from` and `and` where `contents` are sought whose words include those of
/// parameter number `parameter`, which [`words_parameter`] makes.
pub fn words_from(engine: Engine, parameter: usize) -> String {
    match engine {
        // Row by row: a list of all places would be made first, and sorted.
        Engine::Sqlite => format!(
            "contents_words cross join contents on contents.place = contents_words.rowid \
             where contents_words match ${parameter}"
        ),
        Engine::Postgres => format!(
            "contents where contents.place in (select place from contents_words where words @@ ${parameter}::text::tsquery)"
        ),
    }
}

/// What to look for: the words of `text`, one after the other; with `prefix` the last
/// may be the beginning of a longer word. Any text is safe; a text without words
/// finds nothing.
pub fn words_parameter(engine: Engine, text: &str, prefix: bool) -> Value {
    let words = words(text);
    let last = words.len().saturating_sub(1);
    let mut pattern = String::new();
    match engine {
        Engine::Sqlite => {
            let star = if prefix && !words.is_empty() { " *" } else { "" };
            let _ = write!(pattern, "\"{}\"{star}", words.join(" "));
        }
        Engine::Postgres => {
            for (index, word) in words.iter().enumerate() {
                let (link, star) = (
                    if index > 0 { " <-> " } else { "" },
                    if prefix && index == last { ":*" } else { "" },
                );
                let _ = write!(pattern, "{link}'{word}'{star}");
            }
        }
    }
    Value::Text(pattern)
}

/// Words hold letters and digits only, so they need no quoting in either language.
fn words(text: &str) -> Vec<String> {
    let mut words = query::words(text);
    for word in &mut words {
        word.truncate(word.floor_char_boundary(WORD_BYTES_MAX));
    }
    words
}

/// A `tsvector` as text: each word with its position, counted from 1.
fn vector(words: &[String]) -> String {
    let mut vector = String::new();
    for (index, word) in words.iter().enumerate() {
        let _ = write!(vector, "'{word}':{} ", index + 1);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(engine: Engine, text: &str, prefix: bool) -> String {
        match words_parameter(engine, text, prefix) {
            Value::Text(pattern) => pattern,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn patterns_hold_nothing_but_words() {
        let hostile = "O'Brien\") OR * --é";
        assert_eq!(pattern(Engine::Sqlite, hostile, true), "\"o brien or e\" *");
        assert_eq!(pattern(Engine::Postgres, hostile, true), "'o' <-> 'brien' <-> 'or' <-> 'e':*");
        assert_eq!(pattern(Engine::Postgres, hostile, false), "'o' <-> 'brien' <-> 'or' <-> 'e'");
        assert_eq!(pattern(Engine::Sqlite, "\"*", true), "\"\"");
        assert_eq!(pattern(Engine::Postgres, "'", true), "");
    }

    #[test]
    fn words_keep_their_places() {
        assert_eq!(vector(&words("VPN is down, VPN!")), "'vpn':1 'is':2 'down':3 'vpn':4 ");
    }
}
