//! Incident models: made in the settings, filling forms, at work on an incident's page.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use incident::{Command, State};
use kernel::IncidentNumber;
use store::directory::models;

/// Makes a model and gives its address; the rest of the form as `more` says.
async fn made(world: &World, name: &str, more: &[(&str, &str)]) -> String {
    let service = world.printing.to_string();
    let form = [
        ("name", name),
        ("about", "One printer."),
        ("title", "Printer prints nothing"),
        ("description", "Which line?\r\nSince when?"),
        ("service", service.as_str()),
        ("impact", "2"),
        ("urgency", "1"),
        ("tags", "printer"),
        ("tasks", "Look at the tray\r\nRing the line"),
        ("runbook", "Restart the spooler.\r\n\r\n```\r\nps restart\r\n```"),
    ];
    let made = world.post("ada", "/settings/models", &[&form[..], more].concat()).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    made.location().split('?').next().unwrap().to_owned()
}

async fn stored(world: &World, number: IncidentNumber) -> State {
    let read = move |sql: &mut dyn store::Sql| store::incidents::load(sql, number);
    world.desk.read(read).await.unwrap().unwrap().state
}

fn number_in(page: &Page) -> IncidentNumber {
    page.location().rsplit('/').next().unwrap().parse().unwrap()
}

fn id_in(address: &str) -> &str {
    address.rsplit('/').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_made_changed_ordered_and_retired() {
    let world = World::new().await;
    world.get("ada", "/settings/models").await.shows("No incident models yet");
    let address = made(&world, "Printer", &[("portal", "1")]).await;
    let second = made(&world, "Tunnel", &[]).await;
    world
        .get("ada", &format!("{address}?done=saved"))
        .await
        .shows("Saved.")
        .shows("Look at the tray");
    world
        .get("otto", &address)
        .await
        .shows("Restart the spooler.")
        .shows("<pre")
        .hides("<form method=\"post\" action=\"/settings/models");
    assert_eq!(world.get("mara", "/settings/models").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        world.post("ines", "/settings/models", &[("name", "x")]).await.status,
        StatusCode::FORBIDDEN
    );

    let moved = world.post("ada", &format!("{second}/move"), &[("place", "1")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    let order = world.desk.read(models::list).await.unwrap();
    let names: Vec<&str> = order.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["Tunnel", "Printer"]);

    let change = [("version", "1"), ("name", "Printers"), ("active", "1"), ("title", "It is dark")];
    assert_eq!(world.post("ada", &address, &change).await.status, StatusCode::SEE_OTHER);
    let stale = world.post("ada", &address, &change).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    stale.shows("changed this");
    let off = [("version", "2"), ("name", "Printers"), ("title", "It is dark")];
    assert_eq!(world.post("ada", &address, &off).await.status, StatusCode::SEE_OTHER);
    world.get("mara", "/incidents/new").await.shows("Tunnel").hides("Printers");
    world.get("ada", "/settings/audit?subject=model").await.shows("Printers");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_at_its_field() {
    let world = World::new().await;
    let tasks = (0..51).map(|n| format!("Step {n}")).collect::<Vec<_>>().join("\n");
    for (field, value, words) in [
        ("name", "", "A name is needed"),
        ("title", &"x".repeat(251), "longer than 250 characters"),
        ("tags", "two words", "is no tag"),
        ("fields", "no colon", "its name, a colon, its value"),
        ("tasks", tasks.as_str(), "more than 50 entries"),
        ("tasks", "Look\nlook", "ine 2 stands there twice"),
    ] {
        let mut form = vec![("name", "Printer"), ("title", "Dark")];
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let page = world.post("ada", "/settings/models", &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        page.shows(words).shows(&format!("id=\"{field}-e\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_logged_with_a_model() {
    let world = World::new().await;
    world.get("mara", "/incidents/new").await.hides("Incident model");
    let address = made(&world, "Printer", &[]).await;
    let model = id_in(&address);
    // Without scripts the form comes anew with what the model fills in and what was typed.
    let form = format!("/incidents/new?model={model}&title=Line%204&caller=gwen");
    let filled = world.get("mara", &form).await;
    filled.shows("value=\"Line 4\"").shows("Which line?").shows("value=\"Label Printing\"");
    filled.shows("value=\"2-1\" checked").shows("One printer. Brings 2 tasks and a runbook.");
    // With scripts the same comes as a patch.
    let sent = [("model", model), ("title", ""), ("description", "My words")];
    let patch = world.post_live("mara", "/incidents/new/fill", &sent).await;
    patch
        .shows("data-patch=\"morph\"")
        .shows("value=\"Printer prints nothing\"")
        .shows("My words")
        .hides("<html");
    assert_eq!(
        world.post("otto", "/incidents/new/fill", &sent).await.status,
        StatusCode::NOT_FOUND
    );

    let gwen = world.person("gwen").id.to_string();
    let sent = [("caller", "Gwen Tarrant"), ("requester", gwen.as_str()), ("model", model)];
    let reported = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(reported.status, StatusCode::SEE_OTHER, "{}", reported.body);
    let number = number_in(&reported);
    let state = stored(&world, number).await;
    assert_eq!(
        (state.service, state.urgency.get(), state.tasks.len()),
        (Some(world.printing), 1, 2)
    );
    let page = world.get("mara", reported.location()).await;
    page.shows("Printer prints nothing").shows("Runbook: Printer").shows("Restart the spooler.");
    page.shows("Look at the tray").shows("pplied the incident model <b>Printer</b>");
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("spooler").hides("tray");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_applied_from_the_page_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let path = format!("/incidents/{number}");
    world.get("mara", &path).await.hides("Apply an incident model</span>");
    let address = made(&world, "Printer", &[]).await;
    let page = world.get("mara", &path).await;
    page.shows("d-apply-model").shows("Apply an incident model</span>").hides("Runbook:");
    let apply = [("form", "apply-model"), ("model", id_in(&address))];
    let command = format!("{path}/apply-model");
    world.get("mara", &command).await.shows("What people set stays.");
    world
        .post_live("mara", &command, &apply)
        .await
        .shows("Runbook: Printer")
        .shows("Ring the line");
    assert_eq!(stored(&world, number).await.models.len(), 1);
    let version = stored(&world, number).await.version;
    world.post_live("mara", &command, &apply).await;
    assert_eq!(stored(&world, number).await.version, version, "once");
    world
        .get_live("mara", "/palette?q=new%20print")
        .await
        .shows("New: Printer")
        .shows("/incidents/new?model=");
    world
        .get_live("mara", &format!("/palette?q=apply&on={number}"))
        .await
        .shows("Apply an incident model…");
    world.command("mara", number, Command::Acknowledge).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requesters_choose_among_published_models() {
    let world = World::new().await;
    let hidden = made(&world, "Secret kind", &[]).await;
    world.get("gwen", "/portal/report").await.hides("Is it one of these?");
    let address = made(&world, "Printer", &[("portal", "1")]).await;
    let model = id_in(&address);
    let form = world.get("gwen", "/portal/report?title=Line%204").await;
    form.shows("Is it one of these?").shows("Printer").hides("Secret kind");
    let filled =
        world.get("gwen", &format!("/portal/report?title=Line%204&urgency=2&model={model}")).await;
    filled.shows("value=\"Line 4\"").shows("Which line?").shows("value=\"1\" checked");
    filled.shows("One printer.").hides("spooler").hides("tray");
    world
        .get("gwen", &format!("/portal/report?model={}", id_in(&hidden)))
        .await
        .hides("Which line?");

    let sent = [("form", "a"), ("title", "Line 4"), ("urgency", "3"), ("model", model)];
    let reported = world.post("gwen", "/portal/report", &sent).await;
    assert_eq!(reported.status, StatusCode::SEE_OTHER, "{}", reported.body);
    let state = stored(&world, number_in(&reported)).await;
    assert_eq!((state.urgency.get(), state.impact.get()), (3, 2), "what they say wins");
    assert_eq!((state.tasks.len(), state.models.len()), (2, 1));
    world.get("gwen", reported.location()).await.hides("spooler").hides("tray");

    // A model that is not for them, or not there any more, does not cost the report.
    let sent = [("form", "b"), ("title", "Line 5"), ("model", id_in(&hidden))];
    let reported = world.post("gwen", "/portal/report", &sent).await;
    assert_eq!(reported.status, StatusCode::SEE_OTHER, "{}", reported.body);
    assert!(stored(&world, number_in(&reported)).await.models.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_applies_models_and_its_form_keeps_them() {
    let world = World::new().await;
    let address = made(&world, "Printer", &[]).await;
    let form = [
        ("name", "Printers"),
        ("on", "reported"),
        ("when", "dark"),
        ("model", id_in(&address)),
        ("active", "1"),
    ];
    let rule = world.post("ada", "/settings/rules", &form).await;
    assert_eq!(rule.status, StatusCode::SEE_OTHER, "{}", rule.body);
    let page = world.get("ada", rule.location()).await;
    page.shows(&format!("value=\"{}\" checked", id_in(&address)));
    let number = world.report("Printer is dark").await;
    assert_eq!(stored(&world, number).await.models[0].name, "Printer");
}
