//! What holds for every query, every text and every incident.
#![allow(clippy::unwrap_used)] // A failed helper of a test is a failed test.

mod support;

use proptest::prelude::*;
use query::{Compare, Expr, MomentField, Query, Reach, When, explain, matches, parse, suggest};
use support::{any_expr, any_query, context, sample};

/// Fragments of queries, well-formed or not.
fn scrap() -> impl Strategy<Value = String> {
    let pieces = [
        "state:",
        "open",
        "priority<=",
        "P2",
        "..",
        ",",
        "\"",
        "\\",
        "(",
        ")",
        "-",
        "!",
        "not ",
        " or ",
        "|",
        " and ",
        "due<",
        "2h",
        "sort:",
        "field.",
        "x",
        " ",
        "INC-7",
        "*",
        "none",
        "reported:",
        "2026-11-01",
        "é",
        "“",
        "9999-12-31",
        "0000-01-01",
        "team:",
        "=",
        "99999999999999999999d",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|list| list.concat())
}

proptest! {
    #[test]
    fn written_and_read_again_it_is_the_same_query(query in any_query()) {
        let text = query.to_string();
        prop_assert_eq!(parse(&text), Ok(query), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in prop_oneof![any::<String>(), scrap()]) {
        match parse(&text) {
            Ok(query) => prop_assert_eq!(parse(&query.to_string()), Ok(query)),
            Err(error) => {
                prop_assert!(error.position + error.length <= text.chars().count(), "{:?}", error);
                prop_assert!(!error.message.is_empty());
            }
        }
    }

    #[test]
    fn suggestions_replace_a_piece_around_the_cursor(text in prop_oneof![any::<String>(), scrap()], cursor in 0usize..60) {
        let length = text.chars().count();
        let cursor = cursor.min(length);
        for suggestion in suggest(&text, cursor) {
            prop_assert!(suggestion.from <= cursor && cursor <= suggestion.to && suggestion.to <= length);
        }
    }

    #[test]
    fn the_simplest_form_means_the_same(expr in any_expr(), record in sample()) {
        let simple = expr.clone().simplified();
        prop_assert_eq!(matches(&expr, &record, &context()), matches(&simple, &record, &context()));
        prop_assert_eq!(simple.clone().simplified(), simple);
    }

    #[test]
    fn any_tree_is_written_as_its_simplest_form(expr in any_expr()) {
        let text = expr.to_string();
        if text.chars().count() <= kernel::limits::QUERY_CHARS {
            prop_assert_eq!(parse(&text).map(|query| query.filter), Ok(expr.simplified()), "{}", text);
        }
    }

    #[test]
    fn negation_turns_the_answer_and_twice_is_nothing(expr in any_expr(), record in sample()) {
        let expr = expr.simplified();
        let holds = matches(&expr, &record, &context());
        let not = expr.clone().negated();
        prop_assert_eq!(matches(&not, &record, &context()), !holds);
        prop_assert_eq!(not.negated(), expr);
    }

    #[test]
    fn reasons_have_the_outcome_of_their_terms(expr in any_expr(), record in sample()) {
        for reason in explain(&expr, &record, &context()) {
            let term = parse(&reason.term).map(|query| matches(&query.filter, &record, &context()));
            prop_assert_eq!(term, Ok(reason.holds), "{:?}", reason);
        }
    }

    #[test]
    fn chips_are_the_query_in_pieces(query in any_query(), record in sample()) {
        let holds = |filter: &Expr| matches(filter, &record, &context());
        let chips = query.chips();
        let pieces: Vec<Query> = chips.iter().map(|chip| parse(&chip.text).unwrap()).collect();
        prop_assert_eq!(holds(&query.filter), pieces.iter().all(|piece| holds(&piece.filter)));
        for (chip, piece) in chips.iter().zip(pieces) {
            let rest = parse(&chip.rest).unwrap();
            prop_assert_eq!(rest.sort, query.sort);
            prop_assert_eq!(holds(&query.filter), holds(&rest.filter) && holds(&piece.filter));
        }
    }

    #[test]
    fn json_keeps_a_query(query in any_query()) {
        let json = serde_json::to_string(&query).unwrap();
        prop_assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
    }

    #[test]
    fn before_within_and_after_divide_time(days in -400i64..400, offset in -40_000_000i64..40_000_000) {
        let day = jiff::civil::date(2026, 6, 1).saturating_add(jiff::Span::new().days(days));
        let context = context();
        let at = Some(context.now.plus_seconds(offset));
        let is = |compare| {
            let when = When::Compared(compare, query::Bound::Day(day));
            when.reach(MomentField::Reported, context.now, &context.zone).includes(at)
        };
        let parts = [is(Compare::Lt), is(Compare::Is), is(Compare::Gt)];
        prop_assert_eq!(parts.iter().filter(|part| **part).count(), 1);
        prop_assert_eq!(is(Compare::Le), parts[0] || parts[1]);
        prop_assert_eq!(is(Compare::Ge), parts[1] || parts[2]);
        prop_assert!(!Reach::Absent.includes(at));
    }
}
