//! Working together: macros in the composer, steps of runbooks, cards, time at work.

use crate::harness::{Page, World};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use incident::{Command, Lifecycle, State};
use kernel::IncidentNumber;
use std::collections::BTreeSet;
use store::attention::Attention;
use store::directory::people::{self, Person};

async fn stored(world: &World, number: IncidentNumber) -> State {
    let read = move |sql: &mut dyn store::Sql| store::incidents::load(sql, number);
    world.desk.read(read).await.unwrap().unwrap().state
}

/// Makes a macro and gives its address.
async fn made(world: &World, who: &str, more: &[(&str, &str)]) -> String {
    let form = [
        ("name", "Ask for the site"),
        ("words", "Dear {requester.first_name}, which site? {service}"),
    ];
    let made = world.post(who, "/settings/macros", &[&form[..], more].concat()).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    made.location().split('?').next().unwrap().to_owned()
}

fn id_in(address: &str) -> &str {
    address.rsplit('/').next().unwrap()
}

async fn json(world: &World, who: &str, path: &str) -> Page {
    let request = Request::get(path).header("accept", "application/json").header("x-live", "1");
    world.send(who, request, Body::empty()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn macros_are_kept_by_those_whose_they_are() {
    let world = World::new().await;
    world
        .get("mara", "/settings/macros")
        .await
        .shows("No macros")
        .hides("href=\"/settings/teams\"");
    let mine = made(&world, "mara", &[("owner", "mine")]).await;
    let page = world.get("mara", &mine).await;
    page.shows("{requester.first_name}").shows("the number of the incident");
    page.shows(">Service Desk</option>").hides(">Everybody's</option>");
    for who in ["ines", "ada", "otto", "gwen"] {
        let page = world.get(who, &mine).await;
        assert_ne!(page.status, StatusCode::OK, "{who}");
    }
    let all = made(&world, "ines", &[("owner", "everybody"), ("tags", "asked")]).await;
    world.get("otto", &all).await.shows("which site?").hides("action=\"/settings/macros");
    world.get("mara", &all).await.shows("Tag asked").hides("Remove the macro");
    let change = [("version", "1"), ("name", "x"), ("owner", "everybody"), ("words", "x")];
    assert_eq!(world.post("mara", &all, &change).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("ines", &all, &change).await.status, StatusCode::SEE_OTHER);
    let stale = world.post("ines", &all, &change).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        world.post("ines", &format!("{all}/remove"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    world.get("ada", "/settings/audit?subject=macro").await.shows("Ask for the site");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_macro_stands_at_its_field() {
    let world = World::new().await;
    for (field, value, words) in [
        ("name", "", "A name is needed"),
        ("words", "Dear {requestr}", "{requester} is"),
        ("words_de", "{nubmer}", "which is no variable"),
        ("tags", "two words", "is no tag"),
        ("hold_for", "soon", "such as 4 h"),
    ] {
        let mut form = vec![
            ("name", "Ask"),
            ("words", "Which site?"),
            ("owner", "mine"),
            ("hold", "requester"),
        ];
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let page = world.post("mara", "/settings/macros", &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        page.shows(words).shows(&format!("id=\"{field}-e\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_is_put_into_the_composer_and_sent_with_what_follows() {
    let world = World::new().await;
    let address =
        made(&world, "mara", &[("owner", "mine"), ("tags", "asked"), ("hold", "requester")]).await;
    let id = id_in(&address);
    let number = world.report("Label <b>printer</b>").await;
    let page = format!("/incidents/{number}");
    world
        .get("mara", &page)
        .await
        .shows(&format!("href=\"{page}/macros\" data-macros"))
        .hides("name=\"macro\"");
    let list = world.get("mara", &format!("{page}/macros?q=SITE")).await;
    list.shows(&format!("{page}?macro={id}#end")).shows("Ask for the site");
    world
        .get("mara", &format!("{page}/macros?q=nothing"))
        .await
        .hides("Ask for the site")
        .shows("None is called that")
        .shows("Show all macros");
    world
        .get("ines", &format!("{page}/macros"))
        .await
        .hides("Ask for the site")
        .shows("No macros yet")
        .shows("href=\"/settings/macros/new\"");
    let typed = format!("/palette?q=the+site&on={number}");
    world
        .get_live("mara", &typed)
        .await
        .shows("Macro: Ask for the site")
        .shows(&format!("{page}?macro={id}#end"));
    world.get_live("ines", &typed).await.hides("Macro: ");

    // Without scripts the page comes with the words and the boxes; nothing is sent.
    let before = stored(&world, number).await.version;
    let filled = world.get("mara", &format!("{page}?macro={id}")).await;
    filled.shows("Dear Gwen, which site? {service}").shows("Nothing is known for service");
    filled.shows("Tag asked").shows("Put on hold, waiting for the requester");
    assert_eq!(stored(&world, number).await.version, before);
    // What somebody else keeps is as if it were not there.
    world.get("ines", &format!("{page}?macro={id}")).await.hides("which site?");

    // For scripts the same.
    let listed = json(&world, "mara", &format!("{page}/macros")).await;
    listed.shows("\"label\":\"Ask for the site\"");
    let taken = json(&world, "mara", &format!("{page}/macros/{id}")).await;
    taken.shows("\"words\":\"Dear Gwen, which site? {service}\"").shows("\"mode\":\"reply\"");
    assert_eq!(
        json(&world, "ines", &format!("{page}/macros/{id}")).await.status,
        StatusCode::NOT_FOUND
    );

    let form = [("mode", "reply"), ("body", "Which site?"), ("macro", id), ("macro_version", "1")];
    let stale = [&form[..3], &[("macro_version", "9"), ("do", "0")][..]].concat();
    let refused = world.post("mara", &format!("{page}/comments"), &stale).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("choose it again").shows("Which site?");
    assert_eq!(stored(&world, number).await.version, before, "nothing was sent");
    // What was unticked is not done.
    let sent = [&form[..], &[("do", "0")][..]].concat();
    let answer = world.post("mara", &format!("{page}/comments"), &sent).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let state = stored(&world, number).await;
    assert_eq!(state.tags, BTreeSet::from(["asked".to_owned()]));
    assert_ne!(state.lifecycle, Lifecycle::OnHold);
    let both = [&form[..], &[("do", "0"), ("do", "1")][..]].concat();
    let answer = world.post_live("mara", &format!("{page}/comments"), &both).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.hides("not all of its macro").shows("id=\"c-macro\"");
    assert_eq!(stored(&world, number).await.lifecycle, Lifecycle::OnHold);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_that_resolves_says_its_words_once() {
    let world = World::new().await;
    let address = made(&world, "mara", &[("owner", "mine"), ("resolve", "fixed")]).await;
    let number = world.report("Gate").await;
    let path = format!("/incidents/{number}/comments");
    let note = [
        ("mode", "note"),
        ("body", "Done"),
        ("macro", id_in(&address)),
        ("macro_version", "1"),
        ("do", "0"),
    ];
    let refused = world.post_live("mara", &path, &note).await;
    refused.shows("resolves with these words");
    let reply = [&[("mode", "reply")][..], &note[1..]].concat();
    let sent = world.post("mara", &path, &reply).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let state = stored(&world, number).await;
    assert_eq!(state.resolution.as_ref().map(|one| one.code.as_str()), Some("fixed"));
    world.get("mara", &format!("/incidents/{number}")).await.shows("Done");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_of_a_runbook_are_ticked_and_taken_back() {
    let world = World::new().await;
    let form = [
        ("name", "Printer"),
        ("active", "1"),
        ("tasks", "Ring the line"),
        (
            "runbook",
            "Keep calm.\r\n\r\n1. Look at the tray\r\n2. Restart <it>\r\n```\r\nps restart\r\n```\r\n3. Ring the line",
        ),
    ];
    let model = world.post("ada", "/settings/models", &form).await;
    let model = id_in(model.location().split('?').next().unwrap()).to_owned();
    let number = world.report("Printer").await;
    let page = format!("/incidents/{number}");
    let applied = world.post("mara", &format!("{page}/apply-model"), &[("model", &model)]).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.body);
    let shown = world.get("mara", &page).await;
    shown.shows("0 of 3").shows("Keep calm.").shows("Restart &lt;it&gt;").shows("Next: ");
    shown.shows("<pre tabindex=\"0\">ps restart</pre>");
    // What the model made a task of is ticked in the runbook alone.
    shown.shows_once("Ring the line</label>");

    let tick = format!("{page}/runbook");
    let fields = shown.sends(&tick);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(fields.contains(&("step", "Look at the tray")), "{fields:?}");
    let ticked = world.post_live("mara", &tick, &fields).await;
    assert_eq!(ticked.status, StatusCode::OK, "{}", ticked.body);
    ticked.shows("1 of 3").shows("Mara, ").shows("Restart &lt;it&gt;</a>");
    // Twice is once.
    assert_eq!(world.post("mara", &tick, &fields).await.status, StatusCode::SEE_OTHER);
    let tasks = stored(&world, number).await.tasks;
    assert_eq!(tasks.len(), 2);
    let task = tasks.iter().find(|task| task.done_at.is_some()).unwrap().id.to_string();
    let undo = world.post_live("ines", &format!("{page}/reopen-task"), &[("task", &task)]).await;
    undo.shows("0 of 3");
    let lost = [("model", model.as_str()), ("step", "Dance")];
    let refused = world.post_live("mara", &tick, &lost).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("no such step");
    assert_eq!(world.post("otto", &tick, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stored(&world, number).await.tasks.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_tell_what_the_page_would_and_nothing_else() {
    let world = World::new().await;
    let number = world.report("Gate <b>7</b>").await;
    let card = format!("/preview/incidents/{number}");
    world
        .get_live("mara", &card)
        .await
        .shows("Gate &lt;b&gt;7&lt;/b&gt;")
        .shows(&number.to_string());
    let service = world.printing;
    world.get_live("mara", &format!("/preview/services/{service}")).await.shows("Label Printing");
    let gwen = world.person("gwen").id;
    world.get_live("mara", &format!("/preview/people/{gwen}")).await.shows("Gwen Tarrant");
    assert_eq!(world.get_live("gwen", &card).await.status, StatusCode::FORBIDDEN);
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    let hidden = world.get_live("mara", &card).await;
    let nothing = world.get_live("mara", "/preview/incidents/INC-99999").await;
    assert_eq!((hidden.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    hidden.hides("Gate");
    world.get_live("ines", &card).await.shows("Network");
    for path in ["incidents/x", "problems/PRB-9", "articles/KB-9", "services/x", "people/x"] {
        let page = world.get_live("mara", &format!("/preview/{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_at_work_is_told_to_staff_and_forgotten_by_its_own() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    let page = format!("/incidents/{number}");
    let (mara, now) = (world.person("mara").id, world.desk.now());
    let spent = Attention { number, person: mara, seconds: 1_530, last_at: now };
    world.desk.write(move |sql| Ok(store::attention::add(sql, &spent)?)).await.unwrap();
    world.get("ines", &page).await.shows("About 25 min by Mara").hides("Forget my time");
    world.get("mara", &page).await.shows("log-work?duration=25%20min").shows("Forget my time");
    let log = world.get("mara", &format!("{page}/log-work?duration=25%20min")).await;
    log.shows("value=\"25 min\"");
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("25 min");
    // What is logged is not suggested again.
    world.command("mara", number, Command::LogWork { seconds: 1_500, note: None }).await;
    world.get("mara", &page).await.hides("log-work?duration=").shows("About 25 min by Mara");
    let forgotten = world.post("mara", &format!("{page}/attention/forget"), &[]).await;
    assert_eq!(forgotten.status, StatusCode::SEE_OTHER);
    world.get("ines", &page).await.hides("About 25 min");
    let there = [("doing", "viewing"), ("active", "1")];
    let told = world.post_live("otto", &format!("{page}/presence"), &there).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    let off = [("name", "Help"), ("time_zone", "UTC"), ("language", "en"), ("version", "0")];
    assert_eq!(world.post("ada", "/settings/general", &off).await.status, StatusCode::SEE_OTHER);
    world.get("otto", "/settings/general").await.shows("not gathered");
}

#[tokio::test(flavor = "multi_thread")]
async fn gathered_time_goes_with_the_account() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    let (mara, ines) = (world.person("mara").id, world.person("ines").id);
    let last_at = world.desk.now();
    let left = world.desk.write(move |sql| {
        for person in [mara, ines] {
            store::attention::add(sql, &Attention { number, person, seconds: 600, last_at })?;
        }
        let before = people::get(sql, mara)?.unwrap();
        let seen = before.version;
        people::update(sql, &Person { active: false, ..before }, seen)?;
        Ok(store::attention::of_incident(sql, number)?)
    });
    let left = left.await.unwrap();
    assert_eq!(left.iter().map(|one| one.person).collect::<Vec<_>>(), [ines]);
}
