//! Reading rows into structs, and lists of parameters.

use crate::{Columns, Failure, Sql, Value};

/// Every row, read by `read`.
pub(crate) fn many<T>(
    sql: &mut dyn Sql,
    statement: &str,
    parameters: &[Value],
    read: impl Fn(&mut Columns) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let rows = sql.query(statement, parameters)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(read(&mut Columns::of(row))?);
    }
    Ok(found)
}

/// The first row, if there is one, read by `read`.
pub(crate) fn one<T>(
    sql: &mut dyn Sql,
    statement: &str,
    parameters: &[Value],
    read: impl Fn(&mut Columns) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    match first(sql, statement, parameters)? {
        Some(mut row) => read(&mut row).map(Some),
        None => Ok(None),
    }
}

fn first(
    sql: &mut dyn Sql,
    statement: &str,
    parameters: &[Value],
) -> Result<Option<Columns>, Failure> {
    Ok(sql.query(statement, parameters)?.into_iter().next().map(Columns::of))
}

/// Values for `in (…)`: the slots as text, numbered from `first`, and their
/// values. The last value is repeated up to a power of two, so that lists of any
/// length need few different statements; of no values it is `null`, which is
/// equal to nothing.
pub(crate) fn slots<T: Clone + Into<Value>>(first: usize, values: &[T]) -> (String, Vec<Value>) {
    let Some(last) = values.last() else { return ("null".to_owned(), vec![]) };
    let length = values.len().next_power_of_two();
    let names: Vec<String> = (first..first + length).map(|at| format!("${at}")).collect();
    let filling = std::iter::repeat_n(last, length - values.len());
    (names.join(", "), values.iter().chain(filling).cloned().map(Into::into).collect())
}

/// A value as JSON text.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Statement(format!("a value cannot be written as JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_filled_to_a_power_of_two() {
        let (text, values) = slots(3, &[5i64, 6, 7]);
        assert_eq!(text, "$3, $4, $5, $6");
        assert_eq!(values, [5, 6, 7, 7].map(Value::Int));
        assert_eq!(slots::<i64>(1, &[]), ("null".to_owned(), vec![]));
    }
}
