//! Searches beside the writer.

use crate::case::{find, incident, staff};
use search::Index;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_search_sees_whole_commits_and_none_twice() {
    const COMMITS: i64 = 30;
    const EACH: i64 = 10;
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = Index::open(folder.path(), "database").unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let (mut before, mut last) = (0, false);
                    while !last {
                        last = done.load(Ordering::Acquire);
                        let total = find(&index, &staff(&[]), "printer").total;
                        assert_eq!(total % EACH as u64, 0, "half a commit");
                        assert!(total >= before, "{total} after {before}");
                        before = total;
                    }
                    before
                })
            })
            .collect();
        for commit in 1..=COMMITS {
            for n in 1..=EACH {
                let number = commit * EACH + n;
                // Those of before are written anew: they must not be counted twice.
                index.put(&incident(number - EACH, 1, "Printer, again")).unwrap();
                index.put(&incident(number, 1, "Printer")).unwrap();
            }
            index.commit(commit, &BTreeMap::new()).unwrap();
        }
        done.store(true, Ordering::Release);
        for reader in readers {
            assert_eq!(reader.join().unwrap(), ((COMMITS + 1) * EACH) as u64);
        }
    });
}
