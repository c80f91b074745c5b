//! What is backed up comes back, on whichever engine.

use crate::harness::{each_engine, each_pair, write};
use std::io::Read;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use store::backup::{backup, restore};
use store::engine::{words_from, words_insert, words_parameter};
use store::files::{FileHash, Files, Found};
use store::{Failure, Row, Sql, Store, Target, Value};

const TABLES: [&str; 10] = [
    "settings",
    "log_head",
    "organisations",
    "people",
    "categories",
    "contents",
    "attachments",
    "outbox",
    "sessions",
    "audit",
];

/// Rows with everything that copying could get wrong.
fn fill(store: &Store, files: &Files) {
    let big = files.put(&vec![9u8; 3 << 20][..]).expect("it works").hash;
    let empty = files.put(&b""[..]).expect("it works").hash;
    write(store, |sql| {
        for statement in [
            "insert into settings values ('name', '\"Größe\"', 3)",
            "update log_head set position = 9, next_incident = 4",
            "insert into organisations (id, name) values ('o', 'Northwind Logistics')",
            "insert into people (id, name, email, organisation_id, skills, away_from, created_at) values ('p', 'Zoë', null, 'o', '{\"services\":[]}', 7, 1)",
            "insert into teams (id, name, assignment, by_skill) values ('t', 'Network', 'round_robin', 1)",
            "insert into team_members (team_id, person_id, turn) values ('t', 'p', 41)",
            // In the order of the key the child comes first.
            "insert into categories (id, name) values ('z', 'Network')",
            "insert into categories (id, name, parent_id) values ('a', 'VPN', 'z')",
            "insert into audit (at, actor_id, actor_name, what, subject, subject_id) values (1, 'p', 'Zoë', 'created', 'team', 't')",
        ] {
            sql.execute(statement, &[])?;
        }
        let session = "insert into sessions (secret_hash, person_id, created_at, seen_at, expires_at) values ($1, 'p', 1, 1, 2)";
        sql.execute(session, &[vec![0u8, 200, 255].into()])?;
        // More than are copied at once.
        for n in 0..1_203i64 {
            let (id, body) = (format!("c{n}"), format!("Der Drucker {n} klemmt"));
            let content = "insert into contents (id, number, seq, public, salt, digest, body) values ($1, 1, 1, 1, $2, $2, $3)";
            sql.execute(content, &[Value::from(&id), Vec::<u8>::new().into(), Value::from(&body)])?;
            words_insert(sql, vec![(id.into(), body.into())])?;
        }
        for (id, hash) in [("big", &big), ("empty", &empty)] {
            let attachment = "insert into attachments (id, number, name_content, hash, size_bytes, media_type, public, created_at) \
                values ($1, 1, 'c0', $2, 1, 'image/png', 1, 1)";
            sql.execute(attachment, &[id.into(), hash.into()])?;
        }
        Ok(())
    });
}

fn dump(store: &Store) -> Vec<(&'static str, Vec<Row>)> {
    let all = |sql: &mut dyn Sql| {
        TABLES
            .map(|table| {
                let mut rows = sql.query(&format!("select * from {table}"), &[])?;
                rows.sort_by_key(|row| format!("{row:?}"));
                Ok((table, rows))
            })
            .into_iter()
            .collect::<Result<Vec<_>, Failure>>()
    };
    store.read_blocking(all).expect("it reads")
}

/// The files that attachments refer to.
fn hashes(store: &Store) -> Vec<FileHash> {
    let all = "select distinct hash from attachments order by hash";
    let rows = store.read_blocking(|sql| sql.query(all, &[])).expect("it reads");
    let hash = |row: &Row| match row.as_slice() {
        [Value::Text(hash)] => hash.parse().expect("a hash"),
        other => panic!("{other:?}"),
    };
    rows.iter().map(hash).collect()
}

fn found(store: &Store, text: &str) -> usize {
    let engine = store.engine();
    let query = format!("select id from {}", words_from(engine, 1));
    store
        .read_blocking(|sql| sql.query(&query, &[words_parameter(engine, text, true)]))
        .expect("it works")
        .len()
}

#[test]
fn a_backup_comes_back_on_either_engine() {
    each_pair("pair", |from, into| {
        let folder = tempfile::tempdir().unwrap();
        let (files, others) =
            (Files::local(folder.path().join("one")), Files::local(folder.path().join("two")));
        let first = Store::open(from).unwrap();
        fill(&first, &files);
        let path = folder.path().join("backup");
        let made = backup(&first, &files, &path).unwrap();
        assert_eq!((made.files, made.missing.len()), (2, 0));
        let refused = backup(&first, &files, &path);
        assert!(matches!(refused, Err(Failure::Unusable(_))), "{refused:?}");

        let restored = restore(&path, into, &others, false, || Ok(())).unwrap();
        assert_eq!(restored, made);
        let second = Store::open(into).unwrap();
        assert_eq!(dump(&second), dump(&first));
        assert_eq!(found(&second, "drucker 120"), found(&first, "drucker 120"));
        assert_eq!(found(&second, "drucker 120"), 4);
        for hash in hashes(&second) {
            assert_eq!(others.check(&hash).unwrap(), Found::Whole);
        }
        write(&second, |sql| {
            let next = "insert into outbox (number, n, word, audience, not_before, created_at) values (1, 2, 'told', '[]', 5, 5)";
            sql.execute(next, &[])
        });
        // Data is not overwritten by accident, but on demand.
        drop(second);
        let refused = restore(&path, into, &others, false, || Ok(()));
        assert!(matches!(refused, Err(Failure::Unusable(_))), "{refused:?}");
        restore(&path, into, &others, true, || Ok(())).unwrap();
        assert_eq!(dump(&Store::open(into).unwrap()), dump(&first));
    });
}

#[test]
fn of_two_backups_to_one_file_one_is_made() {
    each_engine("two_backups", |store| {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        fill(store, &files);
        let path = folder.path().join("backup");
        let start = Barrier::new(2);
        let make = || {
            start.wait();
            backup(store, &files, &path)
        };
        let both = std::thread::scope(|scope| {
            [scope.spawn(make), scope.spawn(make)].map(|made| made.join().unwrap())
        });
        let refused = both.iter().filter(|made| matches!(made, Err(Failure::Unusable(_)))).count();
        assert_eq!((refused, both.iter().filter(|made| made.is_ok()).count()), (1, 1), "{both:?}");
        let target = Target::Sqlite(folder.path().join("restored.db"));
        restore(&path, &target, &files, false, || Ok(())).unwrap();
    });
}

#[test]
fn a_backup_is_of_one_moment_while_somebody_writes() {
    each_engine("moving", |store| {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                let mut writer = store.writer().unwrap();
                let mut n = 0i64;
                // Pairs: a moment never shows one without the other.
                while !done.load(Ordering::Relaxed) {
                    writer
                        .transaction(|sql| {
                            let team = "insert into teams (id, name) values ($1, $1)";
                            sql.execute(team, &[format!("left {n}").into()])?;
                            sql.execute(team, &[format!("right {n}").into()])
                        })
                        .unwrap();
                    n += 1;
                }
            });
            for n in 0..5 {
                let path = folder.path().join(format!("backup-{n}"));
                backup(store, &files, &path).unwrap();
                let restored = Target::Sqlite(folder.path().join(format!("restored-{n}")));
                restore(&path, &restored, &files, false, || Ok(())).unwrap();
                let pairs = Store::open(&restored).unwrap().read_blocking(|sql| {
                    let count = "select count(*) from teams where id like $1";
                    Ok((
                        sql.query(count, &["left%".into()])?,
                        sql.query(count, &["right%".into()])?,
                    ))
                });
                let (left, right) = pairs.unwrap();
                assert_eq!(left, right);
            }
            done.store(true, Ordering::Relaxed);
            writing.join().unwrap();
        });
    });
}

#[test]
fn files_that_are_gone_or_damaged_are_told() {
    each_engine("gone", |store| {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        fill(store, &files);
        let [gone, other] = hashes(store).try_into().unwrap();
        files.remove(&gone).unwrap();
        let path = folder.path().join("backup");
        assert_eq!(backup(store, &files, &path).unwrap().missing, [gone]);

        rusqlite::Connection::open(&path)
            .unwrap()
            .execute("update backup_files set bytes = x'00'", [])
            .unwrap();
        let others = Files::local(folder.path().join("others"));
        let restored =
            restore(&path, &Target::Sqlite(folder.path().join("restored")), &others, false, || {
                Ok(())
            })
            .unwrap();
        assert_eq!((restored.files, restored.missing), (0, vec![other.clone()]));
        assert_eq!(others.check(&other).unwrap(), Found::Missing);
    });
}

#[test]
fn only_backups_are_restored() {
    each_engine("strange", |store| {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let path = folder.path().join("strange");
        let target = Target::Sqlite(folder.path().join("restored"));
        let refusal = || restore(&path, &target, &files, false, || Ok(())).unwrap_err().to_string();
        assert!(refusal().contains("cannot be opened"), "{}", refusal());
        std::fs::write(&path, vec![7; 9_000]).unwrap();
        assert!(refusal().contains("no backup"), "{}", refusal());
        std::fs::remove_file(&path).unwrap();
        Store::open(&Target::Sqlite(path.clone())).unwrap();
        assert!(refusal().contains("no backup"), "{}", refusal());

        let backed_up = folder.path().join("backup");
        backup(store, &files, &backed_up).unwrap();
        let future = "insert into schema_migrations values (999, 'from the future')";
        rusqlite::Connection::open(&backed_up).unwrap().execute(future, []).unwrap();
        let refused =
            restore(&backed_up, &target, &files, false, || Ok(())).unwrap_err().to_string();
        assert!(refused.contains("newer version"), "{refused}");
        assert!(Store::open(&target).is_ok());
    });
}

#[test]
fn a_database_in_use_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::local(folder.path().join("files"));
    let target = Target::Sqlite(folder.path().join("evenkeel.db"));
    let store = Store::open(&target).unwrap();
    let writer = store.writer().unwrap();
    let path = folder.path().join("backup");
    backup(&store, &files, &path).unwrap();
    write(&store, |sql| {
        sql.execute("insert into organisations (id, name) values ('o', 'Northwind Logistics')", &[])
    });
    let refused = restore(&path, &target, &files, true, || Ok(())).unwrap_err().to_string();
    assert!(refused.contains("is in use"), "{refused}");
    drop(writer);
    drop(store);
    restore(&path, &target, &files, true, || Ok(())).unwrap();
    let organisations = Store::open(&target)
        .unwrap()
        .read_blocking(|sql| sql.query("select * from organisations", &[]));
    assert_eq!(organisations.unwrap().len(), 0);
    let mut left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["backup", "evenkeel.db"]);
}

/// Servers on PostgreSQL start over when their database was replaced, and only then.
#[test]
fn a_restore_is_told_from_tidying_up() {
    each_engine("filling", |store| {
        let Target::Postgres(_) = store.target() else { return };
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files"));
        let [empty, filled] = ["empty", "filled"].map(|name| folder.path().join(name));
        let restore = |from| restore(from, store.target(), &files, true, || Ok(())).unwrap();
        let log = |seq: i64, hash: &[u8]| {
            let event = "insert into events values \
                ($1, 1, $1, 'commented', 1, 0, 0, 'system', '', '', 'api', '', null, '', 0, $2)";
            let head = "update log_head set position = $1, hash = $2";
            let values = [seq.into(), hash.into()];
            write(store, |sql| {
                sql.execute(event, &values)?;
                sql.execute(head, &values)
            });
        };
        let tidy_up = || {
            let cluster = "cluster log_head using log_head_pkey";
            write(store, |sql| sql.execute(cluster, &[]));
        };
        backup(store, &files, &empty).unwrap();
        let fresh = store.filling().unwrap();
        log(1, b"one");
        backup(store, &files, &filled).unwrap();
        let one = store.follow(&fresh).unwrap().expect("the log grew");
        tidy_up();
        let tidy = store.follow(&one).unwrap().expect("it holds what it held");
        assert_ne!(tidy, one, "the table has another file");
        log(2, b"two");
        let two = store.follow(&tidy).unwrap().expect("the log grew");

        restore(&filled);
        assert_eq!(store.follow(&two).unwrap(), None, "its last event is gone");
        log(2, b"another");
        assert_eq!(store.follow(&two).unwrap(), None, "its last event is another one");
        restore(&empty);
        assert_eq!(store.follow(&one).unwrap(), None, "it is empty");
        restore(&filled);
        assert_eq!(store.follow(&fresh).unwrap(), None, "nothing was known of it");
        let restored = store.filling().unwrap();
        log(2, b"not seen by whoever looks now and then");
        restore(&filled);
        assert_eq!(
            store.follow(&restored).unwrap(),
            None,
            "it holds what was known and is another"
        );
    });
}

#[test]
fn a_file_damaged_beyond_reading_can_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::local(folder.path().join("files"));
    let source = Store::open(&Target::Sqlite(folder.path().join("source.db"))).unwrap();
    let path = folder.path().join("backup");
    backup(&source, &files, &path).unwrap();
    let damaged = folder.path().join("damaged.db");
    std::fs::File::create(&damaged).unwrap();
    std::fs::write(&damaged, vec![7; 9_000]).unwrap();
    restore(&path, &Target::Sqlite(damaged.clone()), &files, true, || Ok(())).unwrap();
    Store::open(&Target::Sqlite(damaged.clone())).unwrap().ping().unwrap();
    let mut bytes = [0; 15];
    std::fs::File::open(damaged).unwrap().read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"SQLite format 3");
}
