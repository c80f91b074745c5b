//! What people type, and what it means.
#![allow(clippy::unwrap_used)] // A failed helper of a test is a failed test.

use query::{Chip, Expr, ParseError, Query, Sort, SortKey, parse};

/// What a text becomes when it is written out.
#[track_caller]
fn canonical(text: &str) -> String {
    match parse(text) {
        Ok(query) => query.to_string(),
        Err(error) => panic!("{text}: {error}"),
    }
}

#[track_caller]
fn refusal(text: &str) -> ParseError {
    match parse(text) {
        Ok(query) => panic!("{text} was read as {query}"),
        Err(error) => error,
    }
}

#[test]
fn short_forms_and_aliases_are_written_out() {
    for (typed, written) in [
        ("", ""),
        ("   ", ""),
        ("()", ""),
        ("STATE:Open", "state:open"),
        ("status:in-progress,On-Hold", "state:in_progress,on_hold"),
        ("state:canceled", "state:cancelled"),
        ("prio:1", "priority:P1"),
        ("priority:critical,p2,P1", "priority:P1,P2"),
        ("priority<=P2", "priority:P1,P2"),
        ("priority>P3", "priority:P4,P5"),
        ("priority:P2..P4", "priority:P2,P3,P4"),
        ("priority!=P1", "-priority:P1"),
        ("impact:high urgency>=2", "impact:1 urgency:2,3"),
        ("assigned-to:ME", "assignee:me"),
        ("assignee:\"me\"", "assignee:\"me\""),
        ("team='Network'", "team:'Network'"),
        ("team:“Field service”,none", "team:\"Field service\",none"),
        ("service:mine", "service:\"mine\""),
        ("channel:e-mail,in-person", "channel:email,in_person"),
        ("major:true merged:NO", "major:yes merged:no"),
        ("inc-7 number:8,INC-9", "number:INC-7 number:INC-8,INC-9"),
        ("parent:none,7", "parent:none,INC-7"),
        (
            "field.site:Rotterdam field.\"Asset tag\":any",
            "field.site:Rotterdam field.\"Asset tag\":any",
        ),
        ("due:<2h", "due<2h"),
        ("due:2h updated:3d", "due<2h updated<3d"),
        (
            "due<90m due<24h due<14d due<8d due<-1h due<0",
            "due<1h30m due<1d due<2w due<8d due<-1h due<0",
        ),
        ("reported:2026-11-01..", "reported>=2026-11-01"),
        ("reported:..today", "reported<=today"),
        ("updated:1d..3d", "updated:1d..3d"),
        ("reported>2026-11-01T10:00:00+01:00", "reported>2026-11-01T09:00:00Z"),
        ("due!=none", "-due:none"),
        ("sort:-Updated vpn", "vpn sort:-updated"),
    ] {
        assert_eq!(canonical(typed), written, "{typed}");
    }
}

#[test]
fn words_phrases_and_operators() {
    for (typed, written) in [
        ("vpn Printer", "vpn Printer"),
        ("vpn AND printer", "vpn printer"),
        ("print*", "print"),
        ("\"out of paper\"", "\"out of paper\""),
        ("\"out of pap\"*", "\"out of pap\"*"),
        ("10:30", "\"10:30\"*"),
        ("it's e-mail", "it's e-mail"),
        ("\"or\" \"not\"", "\"or\" \"not\""),
        ("a OR b c | d", "a or b c or d"),
        ("(a or b) c", "(a or b) c"),
        ("((a)) ((b c))", "a b c"),
        ("a (b (c d))", "a b c d"),
        ("a or (b or c)", "a or b or c"),
        ("not a -b !c", "-a -b -c"),
        ("not not a --b", "a b"),
        ("-(a b)", "-(a b)"),
        ("-(a or b)", "-(a or b)"),
        ("-()", "-()"),
        ("a or ()", ""),
        ("a or b sort:due", "a or b sort:due"),
    ] {
        assert_eq!(canonical(typed), written, "{typed}");
    }
}

#[test]
fn an_unknown_field_names_the_nearest() {
    let error = refusal("vpn prioritty:P1");
    assert_eq!((error.position, error.length), (4, 9));
    assert_eq!(error.suggestion.as_deref(), Some("priority"));
    assert_eq!(error.to_string(), "There is no field \"prioritty\". Did you mean \"priority\"?");

    let error = refusal("http://intranet");
    assert_eq!(error.suggestion, None);
    assert!(error.message.contains("put them in quotes"));
}

#[test]
fn a_wrong_value_says_which_are_allowed() {
    let error = refusal("state:opne");
    assert_eq!((error.position, error.length, error.suggestion.as_deref()), (6, 4, Some("open")));
    assert!(
        error
            .message
            .ends_with("Allowed: open, new, in_progress, on_hold, resolved, closed, cancelled.")
    );
    let error = refusal("channel:phone,pohne");
    assert_eq!((error.position, error.suggestion.as_deref()), (14, Some("phone")));
    for (text, repaired) in [
        ("sort:-priorty", "sort:-priority"),
        ("reported:yesterdy..today", "reported:yesterday..today"),
        ("reported:yesterday..tody", "reported:yesterday..today"),
        ("state:\"opne\" vpn", "state:open vpn"),
    ] {
        let error = refusal(text);
        let piece: String = text.chars().skip(error.position).take(error.length).collect();
        assert_eq!(text.replace(&piece, &error.suggestion.unwrap()), repaired);
    }
    assert_eq!(
        refusal("reported:2026-11-15..2026-11-01").suggestion.as_deref(),
        Some("2026-11-01..2026-11-15")
    );
    assert!(refusal("priority<P1").message.contains("No priority lies beyond P1"));
}

#[test]
fn what_makes_no_sense_is_refused_where_it_stands() {
    for (text, position, words) in [
        ("(a", 0, "not closed"),
        ("a)", 1, "closes nothing"),
        ("\"a", 0, "quote is not closed"),
        ("service:\"a", 8, "quote is not closed"),
        ("a or", 2, "both sides"),
        ("or a", 0, "both sides"),
        ("a or or b", 5, "both sides"),
        ("(a or )", 3, "both sides"),
        ("and a", 0, "both sides"),
        ("a and", 2, "both sides"),
        ("a not", 2, "negate"),
        ("state: open", 6, "value is missing"),
        ("state:open,", 11, "value is missing"),
        ("service:\"\"", 8, "value is missing"),
        ("service:Label\"Printing\"", 13, "space or a comma"),
        ("team<Network", 0, "cannot be compared"),
        ("field:Rotterdam", 0, "after a dot"),
        ("state.x:open", 0, "no parts"),
        ("reported:today,yesterday", 15, "one value"),
        ("reported>none", 9, "no value of reported"),
        ("due<2", 4, "no value of due"),
        ("due<99999999999999999999d", 4, "no value of due"),
        ("reported>2026-02-30", 9, "no value of reported"),
        ("reported>2026-11-01T09:00:00", 9, "no value of reported"),
        ("number:x", 7, "INC-42"),
        ("***", 0, "no letter or digit"),
        ("a - b", 2, "no letter or digit"),
        ("-sort:due", 1, "never negated"),
        ("(sort:due)", 1, "outside of parentheses"),
        ("sort:due sort:risk", 9, "one sort"),
    ] {
        let error = refusal(text);
        assert!(error.message.contains(words), "{text}: {error}");
        assert_eq!(error.position, position, "{text}: {error}");
    }
}

#[test]
fn size_is_bounded() {
    assert!(parse(&"a ".repeat(50)).is_ok());
    assert!(refusal(&"a ".repeat(51)).message.contains("50 terms"));
    let tags = format!("tag:{}", (0..51).map(|i| i.to_string()).collect::<Vec<_>>().join(","));
    assert!(refusal(&tags).message.contains("50 terms"));
    assert!(refusal(&"a".repeat(1001)).message.contains("1001 characters"));
    // Reads as less than the limit but is longer written out.
    assert!(refusal(&"acked:this_month ".repeat(50)).message.contains("Written out"));
    assert!(parse(&"p:1 ".repeat(50)).is_ok());
    let deep = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&deep(query::MAX_DEPTH)).is_ok());
    assert!(refusal(&deep(query::MAX_DEPTH + 1)).message.contains("16 deep"));
    assert!(parse(&"-".repeat(1000)).is_err() && parse(&format!("{}a", "-".repeat(999))).is_ok());
}

#[test]
fn chips_show_each_condition_and_the_query_without_it() {
    let query =
        parse("team:mine -state:on_hold due<2h field.site:none (a or b) sort:risk").unwrap();
    let shown: Vec<_> = query.chips().into_iter().map(|c| (c.field, c.value, c.negated)).collect();
    let expected = [
        ("team", "any of mine", false),
        ("state", "on hold", true),
        ("due", "< 2h", false),
        ("site", "none", false),
        ("any of", "a or b", false),
    ];
    assert_eq!(shown, expected.map(|(f, v, n)| (f.to_owned(), v.to_owned(), n)));
    let Chip { text, rest, .. } = query.chips().swap_remove(1);
    assert_eq!(text, "-state:on_hold");
    assert_eq!(rest, "team:mine due<2h field.site:none (a or b) sort:risk");
    let ranged = parse("reported:2026-11-01..2026-11-15").unwrap().chips().remove(0);
    assert_eq!((ranged.value.as_str(), ranged.rest.as_str()), ("2026-11-01 to 2026-11-15", ""));
    assert!(Query::default().chips().is_empty());
}

#[test]
fn queries_are_put_together() {
    let view = parse("state:open or state:resolved").unwrap();
    let narrowed = view.and(parse("team:mine").unwrap().filter);
    let sorted = narrowed.with_sort(Sort { key: SortKey::Due, reversed: false });
    assert_eq!(sorted.to_string(), "(state:open or state:resolved) team:mine sort:due");
    assert_eq!(Query::default().and(Expr::All).to_string(), "");
    assert_eq!(parse("a").unwrap().and(Expr::nothing()).filter, Expr::nothing());
}

#[test]
fn json_is_the_text() {
    let query = parse("prio:1 sort:due").unwrap();
    assert_eq!(serde_json::to_string(&query).unwrap(), "\"priority:P1 sort:due\"");
    let expr: Expr = serde_json::from_str("\"prio:1\"").unwrap();
    assert_eq!(expr.to_string(), "priority:P1");
    let error = serde_json::from_str::<Expr>("\"prio:1 sort:due\"").unwrap_err();
    assert!(error.to_string().contains("has no order"));
    assert!(
        serde_json::from_str::<Query>("\"prio:9\"")
            .unwrap_err()
            .to_string()
            .contains("Allowed: P1")
    );
}
