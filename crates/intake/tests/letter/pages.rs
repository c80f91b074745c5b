//! Pages: as text, and as pages that can do no harm.

use crate::corpus::{all, page, parts, text};
use intake::{read, safe_html};

fn words(html: &str) -> String {
    read(&page(html)).text
}

#[test]
fn a_page_becomes_readable_text() {
    assert_eq!(
        words(
            "<html><head><title>T</title><style>p{}</style></head><body><p>One&nbsp;two<p>three &amp; four&lt;five&#8217;s &#146;s &eacute;t&eacute;"
        ),
        "One two\n\nthree & four<five’s ’s été"
    );
    assert_eq!(words("a<br>b<br><br>c<div>d</div>e"), "a\nb\n\nc\nd\ne");
    assert_eq!(
        words(
            "<a href=\"https://x.example/a\">here</a> <a href=\"https://x.example\">x.example</a> <a href='mailto:a@b.example'>a@b.example</a> <a href=\"javascript:alert(1)\">no</a>"
        ),
        "here <https://x.example/a> x.example a@b.example no"
    );
    assert_eq!(words("<ul><li>one<li>two<ol><li>three</ol></ul>"), "- one\n- two\n  1. three");
    assert_eq!(
        words(
            "<table><tr><th>Host</th><th>State</th></tr><tr><td>db1</td><td></td><td>down</td></tr></table>"
        ),
        "Host | State\ndb1 | down"
    );
    assert_eq!(words("<pre>a  b\n  c</pre>"), "a  b\n  c");
    assert_eq!(words("<html><head><meta name=x><title>T</title><p>one<div>two"), "one\n\ntwo");
    assert_eq!(
        words(
            "x<img src=\"http://t.example/p.gif\" width=1 height=1 alt=track><img src=\"cid:a\" alt=\"The screen\">"
        ),
        "x[The screen]"
    );
    assert_eq!(words("a&#1;b&#0;c&#x9f;d&#xfdd0;e&#xd800;f&#10;g"), "abcŸde\u{fffd}f g");
    assert_eq!(words("2 < 3 and <3 &unknown; &"), "2 < 3 and <3 &unknown; &");
}

#[test]
fn what_is_hidden_is_not_read() {
    for hidden in [
        "<script>evil()</script>",
        "<style>evil</style>",
        "<!-- evil -->",
        "<div style=\"display: none\">evil</div>",
        "<span style='font-size:0px'>evil</span>",
        "<p hidden>evil</p>",
        "<![if mso]>",
        "<!--[if mso]>evil<![endif]-->",
        "<head><title>evil</title></head>",
        "<svg><text>evil</text></svg>",
        "<textarea>evil</textarea>",
        "<span style=\"MSO-HIDE:ALL\">evil</span>",
        "<title>evil</title>",
        "<div style='visibility:hidden'><div>evil</div></div>",
        "<SCRIPT>evil</SCRIPT >",
    ] {
        let html = format!("<p>a</p>{hidden}<p>b</p>");
        assert_eq!(words(&html), "a\n\nb", "{hidden}");
        assert_eq!(safe_html(&page(&html)).unwrap(), "<p>a</p><p>b</p>", "{hidden}");
    }
}

#[test]
fn a_page_that_is_shown_can_do_nothing() {
    for (html, safe) in [
        ("<p onclick=evil()>a</p>", "<p>a</p>"),
        (
            "<a href=\"https://x.example/?a=1&amp;b=%22\" onmouseover=evil()>a</a>",
            "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"https://x.example/?a=1&amp;b=%22\">a</a>",
        ),
        ("<a href=\"java\nscript:evil()\">a</a>", "a"),
        (
            "<a href='https://x.example/\"><script>evil</script>'>a</a>",
            "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"https://x.example/&quot;&gt;&lt;script&gt;evil&lt;/script&gt;\">a</a>",
        ),
        (
            "a<img src=x onerror=evil()><img src=\"cid:1\"><img src=http://t.example alt='<b>'>",
            "a[image][&lt;b&gt;]",
        ),
        ("a<form action=x><input name=y><button>b</button></form>", "ab"),
        (
            "<table><tr><td colspan=2 rowspan=x style=y>a</table>b",
            "<table><tr><td colspan=\"2\">a</td></tr></table>b",
        ),
        (
            "a<iframe src=x></iframe><object data=x>o</object><embed src=x><base href=x><meta http-equiv=refresh><link rel=x>",
            "a",
        ),
        ("<b>a<p>b</b>c", "<b>a<p>b</p></b>c"),
        ("a</div></td></b><<b>b", "a&lt;<b>b</b>"),
        ("a&lt;script&gt;", "a&lt;script&gt;"),
        (
            "<math><mi>x</mi></math>a<noscript><p title=\"</noscript><img src=x onerror=evil()>\">",
            "a<p></p>",
        ),
    ] {
        assert_eq!(safe_html(&page(html)).as_deref(), Some(safe), "{html}");
    }
    assert_eq!(safe_html(&text("x")), None);
    assert_eq!(safe_html(&page("<p></p>")), None);
    assert_eq!(
        safe_html(&parts(
            "alternative",
            &[("Content-Type: text/plain", "a"), ("Content-Type: text/html", "<b>a</b>")]
        ))
        .as_deref(),
        Some("<b>a</b>")
    );
}

#[test]
fn nothing_dangerous_is_ever_written() {
    for (name, raw) in all() {
        let Some(html) = safe_html(&raw) else { continue };
        let lower = html.to_lowercase();
        for never in [
            "<script",
            "<style",
            "<img",
            "<form",
            "<iframe",
            " on",
            "src=",
            "javascript:",
            " style=",
        ] {
            let in_tags: String = lower
                .split('<')
                .filter_map(|tag| tag.split_once('>'))
                .map(|(tag, _)| format!("<{tag}>"))
                .collect();
            assert!(!in_tags.contains(never), "{name}: {never} in {html}");
        }
    }
}

#[test]
fn nested_pages_are_bounded() {
    let deep = "<div><b>".repeat(50_000) + "x";
    assert_eq!(words(&deep), "x");
    assert!(safe_html(&page(&deep)).unwrap().len() < 2_000);
    let fonts = "<font color=a>".repeat(20_000) + &"<p>".repeat(20_000) + "x";
    assert_eq!(words(&fonts), "x");
    let attributes =
        format!("<p {}>x</p>", (0..100_000).map(|n| format!("a{n}=1 ")).collect::<String>());
    assert_eq!(words(&attributes), "x");
    assert_eq!(words(&"<!--".repeat(100_000)), "");
    assert_eq!(words(&("<a href='".repeat(100_000) + "x")), "");
    assert_eq!(words(&("x".to_owned() + &"<script>".repeat(100_000))), "x");
}

#[test]
fn a_page_of_tables_in_tables_is_readable() {
    let letter = read(include_bytes!("samples/alertmanager.eml"));
    assert_eq!(letter.subject, "[RESOLVED] Unicode 日本 (host\"quoted\\x büro info)");
    assert_eq!(
        letter.text,
        "1 alert for alertname=Unicode cluster=日本\nView in Alertmanager <http://vm:28493/#/alerts?receiver=all>\n[1] Resolved\nLabels\nalertname = Unicode\ncluster = 日本\ninstance = host\"quoted\\x\nservice = büro\nseverity = info\nAnnotations\nsummary = Ünïcode ✓ newline second line\nSource\nSent by Alertmanager <http://vm:28493>"
    );
    assert_eq!(letter.reply, letter.text);
}
