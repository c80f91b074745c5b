//! What was drawn for one page is shown on the next, and only where it is true.

use crate::harness::World;
use incident::Visibility;
use store::directory::people;

#[tokio::test]
async fn what_was_drawn_for_one_reader_is_not_shown_to_another() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    let (erase, dialog, list) = ("/redact?content=", "id=\"d-resolve\"", "id=\"p-assignee\"");
    for _ in 0..2 {
        world.get("ines", &address).await.shows(erase).shows(dialog).shows(list);
        world.get("mara", &address).await.hides(erase).shows(dialog).shows(list);
        world.get("otto", &address).await.hides(erase).hides(dialog).hides(list);
    }
}

#[tokio::test]
async fn a_new_name_shows_at_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    let before = world.get("mara", &address).await.body.matches("Gwen Tarrant").count();
    let gwen = world.person("gwen").id;
    let renamed = world.desk.change(desk::command_line(), move |sql, _| {
        let mut person = people::get(sql, gwen)?.unwrap();
        person.name = "Gwen Oakley".to_owned();
        Ok(people::update(sql, &person, person.version)?)
    });
    assert!(renamed.await.unwrap());
    let page = world.get("mara", &address).await;
    page.hides("Gwen Tarrant");
    assert_eq!(page.body.matches("Gwen Oakley").count(), before);
}

#[tokio::test]
async fn what_happens_since_shows_at_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    for words in ["It leans to the left", "It leans to the right"] {
        world.get("mara", &address).await.hides(words);
        world.comment("ines", number, words, Visibility::Internal).await;
        world.get("mara", &address).await.shows(words);
    }
}
