//! Bytes of attachments: never missing where they are attached, gone where they are not.

use desk::{Kept, Trouble};
use incident::{Command, Visibility};
use kernel::{Channel, ContentId, IncidentNumber, limits};
use std::path::PathBuf;
use std::time::Duration;
use testkit::TestDesk;

/// Far beyond what is expected on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn upload(t: &TestDesk, name: &str, bytes: &[u8]) -> Kept {
    let mut upload = t.desk.upload(name).await.unwrap();
    for piece in bytes.chunks(100_000) {
        upload.push(piece).await.unwrap();
    }
    upload.finish().await.unwrap()
}

async fn attach(t: &TestDesk, number: IncidentNumber, file: Kept) -> Result<(), Trouble> {
    let mut ask = t.desk.ask(&t.agent, Channel::Web).on(number);
    let command = ask.attach(file, Visibility::Public)?;
    ask.issue(command).await.map(drop)
}

async fn names(t: &TestDesk, number: IncidentNumber) -> Vec<ContentId> {
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    stored.unwrap().state.attachments.iter().map(|file| file.name).collect()
}

async fn erase(t: &TestDesk, number: IncidentNumber, content: ContentId) {
    t.issue(&t.manager, number, Command::Redact { content }).await.unwrap();
}

/// The files in the file store, with those that arrive.
fn stored(t: &TestDesk) -> Vec<String> {
    let mut found = vec![];
    let mut folders: Vec<PathBuf> = vec![t.folder().join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.file_name().into_string().unwrap()),
            }
        }
    }
    found
}

/// Waits until the file store holds this many files.
async fn holds(t: &TestDesk, count: usize) {
    let until = tokio::time::Instant::now() + PATIENCE;
    while stored(t).len() != count {
        assert!(tokio::time::Instant::now() < until, "{:?}", stored(t));
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_bytes_are_kept_once_and_go_with_their_last_attachment() {
    let t = TestDesk::new().await;
    let (one, two) = (t.report("Scale drifts").await, t.report("Scale drifts again").await);
    for number in [one, two, two] {
        let file = upload(&t, "log.txt", b"drift 3 g").await;
        attach(&t, number, file).await.unwrap();
    }
    assert_eq!(stored(&t).len(), 1);
    erase(&t, two, names(&t, two).await[0]).await;
    erase(&t, one, names(&t, one).await[0]).await;
    assert_eq!(stored(&t).len(), 1, "one attachment is left");
    erase(&t, two, names(&t, two).await[0]).await;
    assert_eq!(stored(&t), [] as [&str; 0]);
    // And back again.
    let file = upload(&t, "log.txt", b"drift 3 g").await;
    attach(&t, one, file).await.unwrap();
    assert_eq!(stored(&t).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_attached_goes_again() {
    let t = TestDesk::new().await;
    let number = t.report("Scale drifts").await;
    // Given up half-way, at the end, refused, and too large.
    let mut half = t.desk.upload("half").await.unwrap();
    half.push(&vec![1; 1_000_000]).await.unwrap();
    assert_eq!(stored(&t).len(), 1);
    drop(half);
    holds(&t, 0).await;
    drop(upload(&t, "never asked for", b"1").await);
    holds(&t, 0).await;
    let file = upload(&t, "no such incident", b"2").await;
    attach(&t, IncidentNumber(99), file).await.unwrap_err();
    holds(&t, 0).await;
    let mut large = t.desk.upload("large").await.unwrap();
    large.push(&vec![0; limits::ATTACHMENT_BYTES]).await.unwrap();
    large.push(b"1").await.unwrap_err();
    drop(large);
    holds(&t, 0).await;
    // A refused one takes nothing from somebody else who brought the same.
    let file = upload(&t, "log.txt", b"drift").await;
    attach(&t, number, file).await.unwrap();
    let file = upload(&t, "log.txt", b"drift").await;
    attach(&t, IncidentNumber(99), file).await.unwrap_err();
    let file = upload(&t, "other.txt", b"other").await;
    attach(&t, IncidentNumber(99), file).await.unwrap_err();
    holds(&t, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_file_and_the_last_of_200_fit() {
    let t = TestDesk::new().await;
    let number = t.report("Scale drifts").await;
    let file = upload(&t, "large.bin", &vec![7; limits::ATTACHMENT_BYTES]).await;
    attach(&t, number, file).await.unwrap();
    for n in 1..limits::ATTACHMENTS_PER_INCIDENT {
        let file = upload(&t, "small.txt", n.to_string().as_bytes()).await;
        attach(&t, number, file).await.unwrap();
    }
    let file = upload(&t, "one too many", b"one too many").await;
    let told = attach(&t, number, file).await.unwrap_err().to_string();
    assert!(told.contains("200"), "{told}");
    holds(&t, limits::ATTACHMENTS_PER_INCIDENT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_ran_out_attaches_nothing() {
    let t = TestDesk::new().await;
    let number = t.report("Scale drifts").await;
    let late = upload(&t, "late.txt", b"late").await;
    t.clock.advance(2 * store::incidents::loose::CLAIM_SECONDS);
    // Whatever is collected next finds it.
    drop(upload(&t, "other.txt", b"other").await);
    holds(&t, 0).await;
    let told = attach(&t, number, late).await.unwrap_err().to_string();
    assert!(told.contains("send it once more"), "{told}");
    assert_eq!(names(&t, number).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_power_cut_leaves_is_collected() {
    let t = TestDesk::new().await;
    // Kept, but nobody lives to attach it or to give it up.
    std::mem::forget(upload(&t, "log.txt", b"drift").await);
    assert_eq!(stored(&t).len(), 1);
    t.clock.advance(2 * store::incidents::loose::CLAIM_SECONDS);
    holds(&t, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_and_erasures_of_the_same_bytes_never_lose_them() {
    let t = std::sync::Arc::new(TestDesk::new().await);
    let mut working = vec![];
    for n in 0..4 {
        let t = t.clone();
        working.push(tokio::spawn(async move {
            let number = t.report(&format!("Scale {n} drifts")).await;
            let mut attached = 0;
            for _ in 0..25 {
                // While the same bytes are being removed, one is asked to come again.
                let mut upload = t.desk.upload("log.txt").await.unwrap();
                upload.push(b"the same for everybody").await.unwrap();
                let file = match upload.finish().await {
                    Ok(file) => file,
                    Err(Trouble::Overloaded) => continue,
                    Err(trouble) => panic!("{trouble}"),
                };
                let digest = file.digest().parse().unwrap();
                match attach(&t, number, file).await {
                    Ok(()) => {}
                    Err(Trouble::Refused(refusal)) if refusal.code == "file_gone" => continue,
                    Err(trouble) => panic!("{trouble}"),
                }
                attached += 1;
                let found = t.desk.files().check(&digest).unwrap();
                assert_eq!(found, store::files::Found::Whole, "attached without bytes");
                erase(&t, number, names(&t, number).await[0]).await;
            }
            attached
        }));
    }
    let mut attached = 0;
    for one in working {
        attached += one.await.unwrap();
    }
    assert!(attached > 0);
    holds(&t, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_missing_are_a_failure_and_no_empty_file() {
    let t = TestDesk::new().await;
    let number = t.report("Scale drifts").await;
    let file = upload(&t, "log.txt", &vec![b'x'; 700_000]).await;
    let hash = file.digest().parse().unwrap();
    attach(&t, number, file).await.unwrap();
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let id = stored.unwrap().state.attachments[0].id;
    let mut torn = t.desk.download(&t.agent, id).await.unwrap().unwrap();
    assert_eq!(torn.next().await.unwrap().unwrap().len(), 512 * 1024);
    t.desk.files().remove(&hash).unwrap();
    assert!(torn.next().await.unwrap().is_err());
    assert!(matches!(t.desk.download(&t.agent, id).await, Err(Trouble::Failed(_))));
}
