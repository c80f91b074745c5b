//! What is on the disk may be broken: then the index is empty, never wrong.

use crate::case::{find, incident, staff};
use search::{Failure, Index, Opened};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const DOCUMENTS: i64 = 40;

/// Fills an index in several commits, with documents taken out and written anew.
fn fill(index: &Index) {
    for n in 1..=DOCUMENTS {
        index.put(&incident(n, 1, &format!("Printer {n} prints nothing"))).unwrap();
        if n % 10 == 0 {
            index.remove(search::Kind::Incident, &format!("INC-{}", n - 5)).unwrap();
            let marks = BTreeMap::from([("articles".to_owned(), n.to_string())]);
            index.commit(n, &marks).unwrap();
        }
    }
}

fn open(folder: &Path) -> (Index, Opened) {
    Index::open(folder, "database").unwrap()
}

#[test]
fn what_was_left_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (index, opened) = open(folder.path());
    assert_eq!((opened, index.position()), (Opened::Empty, None));
    fill(&index);
    index.put(&incident(99, 1, "Never committed")).unwrap();
    drop(index);
    let (index, opened) = open(folder.path());
    assert_eq!((opened, index.position()), (Opened::Kept, Some(DOCUMENTS)));
    assert_eq!(index.marks()["articles"], DOCUMENTS.to_string());
    assert_eq!(find(&index, &staff(&[]), "printer").total, 36);
    assert_eq!(find(&index, &staff(&[]), "committed").total, 0);
    index.put(&incident(99, 1, "Printer")).unwrap();
    index.clear().unwrap();
    assert_eq!((index.position(), index.documents()), (None, 0));
    drop(index);
    let (index, opened) = open(folder.path());
    assert_eq!((opened, index.position(), index.documents()), (Opened::Kept, None, 0));
}

#[test]
fn an_index_of_another_database_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path());
    fill(&index);
    drop(index);
    let (index, opened) = Index::open(folder.path(), "another").unwrap();
    assert_eq!((opened, index.position(), index.documents()), (Opened::Empty, None, 0));
}

#[test]
fn a_second_process_reads_and_does_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path());
    fill(&index);
    let (second, opened) = open(folder.path());
    assert_eq!((opened, second.position()), (Opened::ReadOnly, Some(DOCUMENTS)));
    assert!(!second.writes() && index.writes());
    assert_eq!(find(&second, &staff(&[]), "printer").total, 36);
    let refused = second.put(&incident(1, 1, "x"));
    assert!(matches!(refused, Err(Failure::ReadOnly)));
    assert!(matches!(second.commit(1, &BTreeMap::new()), Err(Failure::ReadOnly)));
    index.put(&incident(100, 1, "Printer")).unwrap();
    index.commit(100, &BTreeMap::new()).unwrap();
    assert_eq!(find(&second, &staff(&[]), "printer").total, 37);
    assert_eq!(second.position(), Some(100));
    let other = Index::open(folder.path(), "another");
    assert!(matches!(other, Err(Failure::Unusable)), "what another writes is not thrown away");
    drop((index, second));
    assert_eq!(open(folder.path()).1, Opened::Kept);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_none_or(|e| e != "lock"));
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("files")).unwrap();
    for file in files(&from.join("files")) {
        std::fs::copy(&file, to.join("files").join(file.file_name().unwrap())).unwrap();
    }
}

/// The ways in which a file of these bytes breaks; none: it is gone.
fn damages(bytes: &[u8]) -> Vec<Option<Vec<u8>>> {
    let mut ways = vec![
        None,
        Some(vec![]),
        Some(bytes[..bytes.len() / 2].to_vec()),
        Some(bytes[..bytes.len().saturating_sub(1)].to_vec()),
        Some(b"garbage".repeat(bytes.len() / 7 + 1)),
        Some(vec![0; bytes.len()]),
    ];
    for part in 0..8 {
        let mut flipped = bytes.to_vec();
        let at = bytes.len() * part / 8;
        if let Some(byte) = flipped.get_mut(at) {
            *byte ^= 1 << part;
            ways.push(Some(flipped));
        }
    }
    ways
}

#[test]
fn broken_files_lead_to_an_empty_index_or_to_right_answers() {
    let original = tempfile::tempdir().unwrap();
    let (index, _) = open(original.path());
    fill(&index);
    drop(index);
    let mut empty = 0;
    for (place, file) in files(&original.path().join("files")).into_iter().enumerate() {
        let damages = damages(&std::fs::read(&file).unwrap());
        // Each file is damaged in one way of three, another one than the file before.
        for (way, damaged) in damages.into_iter().enumerate().skip(place % 3).step_by(3) {
            let folder = tempfile::tempdir().unwrap();
            copy(original.path(), folder.path());
            let broken = folder.path().join("files").join(file.file_name().unwrap());
            match damaged {
                Some(bytes) => std::fs::write(&broken, bytes).unwrap(),
                None => std::fs::remove_file(&broken).unwrap(),
            }
            let (index, opened) = open(folder.path());
            let found = find(&index, &staff(&[]), "printer").total;
            match opened {
                Opened::Kept => {
                    assert_eq!((found, index.position()), (36, Some(DOCUMENTS)), "{file:?} {way}");
                }
                _ => {
                    empty += 1;
                    assert_eq!((found, index.position()), (0, None), "{file:?} {way}");
                }
            }
            // Either way it can be filled.
            index.put(&incident(500, 1, "Scanner")).unwrap();
            index.commit(500, &BTreeMap::new()).unwrap();
            assert_eq!(find(&index, &staff(&[]), "scanner").total, 1);
        }
    }
    assert!(empty > 15, "{empty}");
}

#[test]
fn what_was_taken_out_is_gone_from_the_disk_when_purged() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path());
    fill(&index);
    // Files that say which documents of another file are no longer there, words and all.
    let left = || {
        let files = files(&folder.path().join("files"));
        files.iter().filter(|file| file.extension().is_some_and(|e| e == "del")).count()
    };
    index.put(&incident(1, 1, "zyxwvut")).unwrap();
    index.put(&incident(2, 1, "Scanner")).unwrap();
    index.commit(50, &BTreeMap::new()).unwrap();
    index.put(&incident(1, 1, "erased")).unwrap();
    index.commit(51, &BTreeMap::new()).unwrap();
    assert!(left() > 0);
    index.purge().unwrap();
    assert_eq!(left(), 0);
    assert_eq!(find(&index, &staff(&[]), "zyxwvut").total, 0);
    assert_eq!(find(&index, &staff(&[]), "erased").total, 1);
    assert_eq!(index.search(&staff(&[]), &search::Wish::of("")).unwrap().total, 36);
    let live = index.documents();
    drop(index);
    let (index, opened) = open(folder.path());
    assert_eq!((opened, index.position(), index.documents()), (Opened::Kept, Some(51), live));
    index.purge().unwrap();
}

#[test]
fn what_is_erased_is_purged_while_others_write() {
    const ROUNDS: i64 = 20;
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path());
    fill(&index);
    index.put(&incident(1, 1, "zyxwvut")).unwrap();
    index.commit(50, &BTreeMap::new()).unwrap();
    index.put(&incident(1, 1, "erased")).unwrap();
    index.commit(51, &BTreeMap::new()).unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for n in 1..=ROUNDS {
                index.put(&incident(500 + n, 1, "Scanner")).unwrap();
                index.commit(51 + n, &BTreeMap::new()).unwrap();
            }
        });
        // What is merged just now is asked for again.
        while index.purge().is_err() {}
    });
    assert_eq!(find(&index, &staff(&[]), "zyxwvut").total, 0);
    assert_eq!(find(&index, &staff(&[]), "erased").total, 1);
    assert_eq!(find(&index, &staff(&[]), "scanner").total, ROUNDS as u64);
    assert_eq!(index.position(), Some(51 + ROUNDS));
}
