//! Incident models: applied with words of the incident's own, by people and by rules.

use desk::command_line;
use incident::command::Report;
use incident::models::{Gives, Model, ModelUse};
use incident::rules::{Action, Moment, Rule};
use incident::{Body, Cause, Command, State};
use kernel::{Channel, ContentId, IncidentNumber, ModelId, RuleId};
use store::directory::{models, rules, services};
use testkit::{TestDesk, blank};

fn model(t: &TestDesk) -> Model {
    Model {
        id: ModelId(desk::fresh()),
        name: "Tunnel down".to_owned(),
        about: String::new(),
        place: 1,
        active: true,
        portal: true,
        gives: Gives {
            service: Some(t.vpn),
            team: Some(t.workplace),
            tags: ["tunnel".to_owned()].into(),
            tasks: vec!["Look at the gateway".to_owned(), "Ring the site".to_owned()],
            runbook: "Restart the gateway.".to_owned(),
            ..Gives::default()
        },
        version: 1,
    }
}

async fn with_model() -> (TestDesk, Model) {
    let t = TestDesk::new().await;
    let model = model(&t);
    let row = model.clone();
    t.desk.change(command_line(), move |sql, _| Ok(models::insert(sql, &row)?)).await.unwrap();
    (t, model)
}

async fn change(t: &TestDesk, model: Model) {
    let stored = t.desk.change(command_line(), move |sql, _| {
        assert!(models::update(sql, &model, model.version)?);
        Ok(())
    });
    stored.await.unwrap();
}

async fn words(t: &TestDesk, id: ContentId) -> String {
    t.desk.read(move |sql| store::incidents::words_of(sql, id)).await.unwrap()
}

async fn tasks(t: &TestDesk, state: &State) -> Vec<String> {
    let mut found = vec![];
    for task in &state.tasks {
        found.push(words(t, task.title).await);
    }
    found
}

async fn runbook(t: &TestDesk, state: &State) -> String {
    words(t, state.models[0].runbook.unwrap()).await
}

async fn state(t: &TestDesk, number: IncidentNumber) -> State {
    t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap().state
}

fn apply(model: &Model) -> Command {
    Command::ApplyModel(ModelUse::of(model.id))
}

async fn holds(t: &TestDesk) {
    let findings = t.desk.read(|sql| store::incidents::verify(sql, &mut |_, _| {})).await.unwrap();
    assert_eq!(findings, vec![]);
}

#[tokio::test]
async fn a_report_with_a_model_keeps_the_runbook_as_it_was() {
    let (t, model) = with_model().await;
    let mut ask = t.desk.ask(&t.requester, Channel::Portal);
    let title = ask.title("No tunnel").unwrap();
    let report = Report { model: Some(ModelUse::of(model.id)), ..blank(title, t.requester.person) };
    let done = ask.issue(Command::Report(Box::new(report))).await.unwrap();
    assert_eq!((done.state.service, done.state.team), (Some(t.vpn), Some(t.workplace)));
    assert_eq!(tasks(&t, &done.state).await, ["Look at the gateway", "Ring the site"]);

    let mut newer = model.clone();
    newer.gives.runbook = "Ring the carrier.".to_owned();
    change(&t, newer).await;
    let kept = state(&t, done.number).await;
    assert_eq!(runbook(&t, &kept).await, "Restart the gateway.");
    assert_eq!(kept.models[0].version, 1);

    // The newer version brings its runbook, and no task twice.
    let again = t.issue(&t.agent, done.number, apply(&model)).await.unwrap().state;
    assert_eq!(runbook(&t, &again).await, "Ring the carrier.");
    assert_eq!((again.tasks.len(), again.models[0].version), (2, 2));
    assert!(t.issue(&t.agent, done.number, apply(&model)).await.is_err(), "once a version");
    holds(&t).await;
}

#[tokio::test]
async fn a_task_that_somebody_has_written_already_is_not_added() {
    let (t, model) = with_model().await;
    let number = t.report("No tunnel").await;
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(number);
    let (task, title) = (ask.task(), ask.words("title", "look at  the GATEWAY", 100).unwrap());
    ask.issue(Command::AddTask { task, title, assignee: None }).await.unwrap();
    let applied = t.issue(&t.agent, number, apply(&model)).await.unwrap().state;
    assert_eq!(tasks(&t, &applied).await, ["look at  the GATEWAY", "Ring the site"]);
    holds(&t).await;
}

#[tokio::test]
async fn words_that_a_door_sends_along_are_not_taken_for_the_models() {
    let (t, model) = with_model().await;
    let number = t.report("No tunnel").await;
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(number);
    let mut wanted = ModelUse::of(model.id);
    wanted.brought.runbook = Some(ask.words("runbook", "Pull the plug.", 100).unwrap());
    let applied = ask.issue(Command::ApplyModel(wanted)).await.unwrap().state;
    assert_eq!(runbook(&t, &applied).await, "Restart the gateway.");
    holds(&t).await;
}

#[tokio::test]
async fn a_service_that_is_gone_does_not_cost_the_report() {
    let (t, model) = with_model().await;
    let vpn = t.vpn;
    let retired = t.desk.change(command_line(), move |sql, _| {
        let service = services::get(sql, vpn)?.unwrap();
        services::update(sql, &store::directory::Service { active: false, ..service }, 1)?;
        Ok(())
    });
    retired.await.unwrap();
    let mut ask = t.desk.ask(&t.requester, Channel::Portal);
    let title = ask.title("No tunnel").unwrap();
    let report = Report { model: Some(ModelUse::of(model.id)), ..blank(title, t.requester.person) };
    let done = ask.issue(Command::Report(Box::new(report))).await.unwrap();
    assert_eq!((done.state.service, done.state.team), (None, Some(t.workplace)));
}

#[tokio::test]
async fn a_rule_applies_a_model() {
    let (t, model) = with_model().await;
    let rule = Rule {
        id: RuleId(desk::fresh()),
        name: "Tunnels".to_owned(),
        place: 1,
        active: true,
        on: [Moment::Reported, Moment::Message].into(),
        when: "tunnel".to_owned(),
        wait: None,
        actions: vec![Action::ApplyModel { model: model.id }],
        stop: false,
        version: 1,
    };
    t.desk.change(command_line(), move |sql, _| Ok(rules::insert(sql, &rule)?)).await.unwrap();
    let number = t.report("No tunnel").await;
    let sorted = state(&t, number).await;
    assert!(sorted.tags.contains("tunnel"));
    assert_eq!(sorted.team, Some(t.network), "the owner of the service has it already");
    assert_eq!(tasks(&t, &sorted).await.len(), 2);
    t.say(&t.requester, number, "Still no tunnel", incident::Visibility::Public).await;
    let read =
        move |sql: &mut dyn store::Sql| store::incidents::timeline::timeline(sql, number, 0, 100);
    let events = t.desk.read(read).await.unwrap();
    let applied: Vec<_> =
        events.iter().filter(|event| matches!(event.event.body, Body::ModelApplied(_))).collect();
    assert_eq!(applied.len(), 1, "the second time there is nothing to change");
    assert!(matches!(&applied[0].event.cause, Cause::Derived(by) if by.name == "Tunnels"));
    assert!(!events.iter().any(|event| matches!(event.event.body, Body::RuleRefused(_))));
    holds(&t).await;
}
