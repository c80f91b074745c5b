//! Both engines do the same.

use crate::harness::{each_engine, each_target, write, writer};
use store::{Failure, Row, Sql, Store, Table, Target, Type, Value, Writer};

const THINGS: Table = Table {
    name: "things",
    columns: &[
        ("id", Type::Int),
        ("share", Type::Real),
        ("name", Type::Text),
        ("bytes", Type::Bytes),
    ],
    suffix: "",
};

fn make_things(store: &Store) {
    write(store, |sql| {
        let bytes = if sql.engine() == store::Engine::Sqlite {
            ("real", "blob")
        } else {
            ("double precision", "bytea")
        };
        sql.execute(
            &format!(
                "create table things (id bigint primary key, share {}, name text, bytes {})",
                bytes.0, bytes.1
            ),
            &[],
        )
    });
}

fn thing(id: i64, name: &str) -> Row {
    vec![id.into(), Value::Null, name.into(), Value::Null]
}

fn names(sql: &mut dyn Sql) -> Result<Vec<Row>, Failure> {
    sql.query("select name from things order by id", &[])
}

fn all(store: &Store) -> Vec<Row> {
    store.read_blocking(names).expect("it reads")
}

#[test]
fn values_come_back_as_they_went() {
    each_engine("values", |store| {
        make_things(store);
        let rows: Vec<Row> = vec![
            vec![
                i64::MIN.into(),
                Value::Real(-0.5),
                "Größe 🚂 \"'\\ $1".into(),
                vec![0u8, 255, 7].into(),
            ],
            vec![0.into(), Value::Real(f64::MAX), "".into(), Vec::<u8>::new().into()],
            vec![1.into(), Value::Null, Value::Null, Value::Null],
            vec![
                i64::MAX.into(),
                Value::Real(1e-300),
                "x".repeat(1 << 20).into(),
                vec![1u8; 1 << 20].into(),
            ],
        ];
        assert_eq!(write(store, |sql| sql.insert(&THINGS, rows.clone())), 4);
        let select = "select id, share, name, bytes from things order by id";
        assert_eq!(store.read_blocking(|sql| sql.query(select, &[])).unwrap(), rows);
        for row in rows {
            let found = store.read_blocking(|sql| {
                sql.query("select id, share, name, bytes from things where id = $1", &row[..1])
            });
            assert_eq!(found.unwrap(), [row]);
        }
    });
}

#[test]
fn parameters_are_numbered_not_counted() {
    each_engine("parameters", |store| {
        make_things(store);
        write(store, |sql| {
            let inserted = "insert into things (name, id) values ($2, $1)";
            assert_eq!(sql.execute(inserted, &[7.into(), "seven $1".into()])?, 1);
            assert_eq!(sql.execute(inserted, &[8.into(), "eight".into()])?, 1);
            let query = "select '$3', name from things where (name = $2 or id = $1) and id <> $1 + 1 order by id";
            let found = sql.query(query, &[7.into(), "eight".into()])?;
            assert_eq!(found, [vec![Value::from("$3"), "seven $1".into()]]);
            Ok(())
        });
        let missing = writer(store).transaction(|sql| sql.query("select $1, $2", &["a".into()]));
        assert!(matches!(missing, Err(Failure::Statement(_))), "{missing:?}");
    });
}

#[test]
fn sums_counts_and_comparisons_are_numbers() {
    each_engine("sums", |store| {
        make_things(store);
        write(store, |sql| {
            sql.insert(&THINGS, vec![thing(1, "a"), thing(2, "b")])?;
            let found = sql.query(
                "select count(*), sum(id), max(id), 1 < 2, 1 = 2, avg(id) from things",
                &[],
            )?;
            let wanted =
                vec![2.into(), 3.into(), 2.into(), true.into(), false.into(), Value::Real(1.5)];
            assert_eq!(found, [wanted]);
            Ok(())
        });
    });
}

#[test]
fn a_suffix_decides_about_conflicts() {
    each_engine("suffix", |store| {
        make_things(store);
        let upsert =
            Table { suffix: "on conflict (id) do update set name = excluded.name", ..THINGS };
        write(store, |sql| {
            sql.insert(&upsert, vec![thing(1, "a"), thing(2, "b")])?;
            sql.insert(&upsert, vec![thing(2, "c"), thing(3, "d")])?;
            sql.insert(&upsert, Vec::new())
        });
        assert_eq!(all(store), [["a".into()], ["c".into()], ["d".into()]]);
    });
}

#[test]
fn a_whole_store_is_one_transaction() {
    each_engine("whole", |store| {
        make_things(store);
        let (inner, whole) = store.whole().expect("a transaction begins");
        write(&inner, |sql| sql.insert(&THINGS, vec![thing(1, "a")]));
        let twice = writer(&inner).transaction(|sql| {
            sql.insert(&THINGS, vec![thing(2, "b")])?;
            sql.insert(&THINGS, vec![thing(1, "again")])
        });
        assert!(matches!(twice, Err(Failure::Exists(_))), "{twice:?}");
        let unread = inner.read_blocking(|sql| sql.query("select nothing from things", &[]));
        assert!(unread.is_err());
        write(&inner, |sql| sql.insert(&THINGS, vec![thing(3, "c")]));
        assert_eq!(all(&inner), [["a".into()], ["c".into()]], "what failed failed alone");
        assert_eq!(all(store), Vec::<Row>::new(), "nobody else sees it yet");
        whole.commit().expect("it is kept");
        assert_eq!(all(store), [["a".into()], ["c".into()]]);
        let late = writer(&inner).transaction(|sql| sql.insert(&THINGS, vec![thing(4, "d")]));
        assert!(matches!(late, Err(Failure::Unavailable(_))), "{late:?}");
    });
}

#[test]
fn a_whole_store_that_is_left_or_broke_off_leaves_nothing() {
    each_engine("whole_undone", |store| {
        make_things(store);
        let (inner, whole) = store.whole().expect("a transaction begins");
        write(&inner, |sql| sql.insert(&THINGS, vec![thing(1, "a")]));
        drop(whole);
        assert_eq!(all(store), Vec::<Row>::new());
        let (inner, whole) = store.whole().expect("nothing is held any more");
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            write(&inner, |sql| -> Result<(), Failure> {
                sql.insert(&THINGS, vec![thing(1, "a")])?;
                panic!("in the middle")
            })
        }));
        assert!(broken.is_err());
        assert!(matches!(whole.commit(), Err(Failure::Unavailable(_))));
        assert_eq!(all(store), Vec::<Row>::new());
    });
}

#[test]
fn constraints_are_told_apart() {
    each_engine("constraints", |store| {
        let run = |sql: &'static str| writer(store).transaction(|door| door.execute(sql, &[]));
        let team = "insert into teams (id, name) values ('a', 'Network')";
        assert_eq!(run(team).unwrap(), 1);
        for (statement, table) in [
            (team, "teams"),
            ("insert into teams (id, name) values ('b', 'NETWORK')", "teams"),
            ("insert into log_head select * from log_head", "log_head"),
        ] {
            match run(statement) {
                Err(Failure::Exists(what)) => assert!(what.starts_with(table), "{what}"),
                other => panic!("{statement}: {other:?}"),
            }
        }
        let member = "insert into team_members (team_id, person_id) values ('a', 'nobody')";
        assert!(matches!(run(member), Err(Failure::Reference(_))));
        let nameless = "insert into teams (id, name) values ('b', null)";
        assert!(matches!(run(nameless), Err(Failure::Statement(_))));
        assert!(matches!(run("select from where"), Err(Failure::Statement(_))));
    });
}

#[test]
fn a_failure_undoes_everything() {
    each_engine("undo", |store| {
        make_things(store);
        let mut writer = writer(store);
        let refused = writer.transaction(|sql| -> Result<(), Failure> {
            sql.insert(&THINGS, vec![thing(1, "a")])?;
            Err(Failure::damaged("found in the middle"))
        });
        assert!(matches!(refused, Err(Failure::Damaged(_))));
        let went_on = writer.transaction(|sql| {
            sql.insert(&THINGS, vec![thing(2, "b")])?;
            assert!(sql.insert(&THINGS, vec![thing(2, "b")]).is_err());
            Ok(())
        });
        assert!(matches!(went_on, Err(Failure::Statement(_))), "{went_on:?}");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = writer.transaction(|sql| -> Result<(), Failure> {
                sql.insert(&THINGS, vec![thing(3, "c")])?;
                panic!("in the middle");
            });
        }));
        assert!(panicked.is_err());
        writer.transaction(|sql| sql.insert(&THINGS, vec![thing(4, "d")])).unwrap();
        assert_eq!(all(store), [["d".into()]]);
    });
}

#[test]
fn a_reader_sees_one_moment_and_cannot_write() {
    each_engine("moment", |store| {
        make_things(store);
        write(store, |sql| sql.insert(&THINGS, vec![thing(1, "a")]));
        let (before, after) = store
            .read_blocking(|sql| {
                let before = names(sql)?;
                write(store, |sql| sql.insert(&THINGS, vec![thing(2, "b")]));
                Ok((before, names(sql)?))
            })
            .unwrap();
        assert_eq!(before, after);
        assert_eq!(all(store).len(), 2);
        let wrote = store.read_blocking(|sql| sql.execute("delete from things", &[]));
        assert!(matches!(wrote, Err(Failure::Statement(_))), "{wrote:?}");
        assert_eq!(all(store).len(), 2);
    });
}

#[test]
fn writers_take_turns() {
    each_engine("turns", |store| {
        make_things(store);
        std::thread::scope(|scope| {
            for lane in 0..4 {
                scope.spawn(move || {
                    let mut writer = writer(store);
                    for n in 0..25 {
                        let next = |sql: &mut dyn Sql| {
                            let lock = "update log_head set next_incident = next_incident + 1 returning next_incident";
                            let Some([Value::Int(id)]) = sql.query(lock, &[])?.pop().as_deref().map(|row| [row[0].clone()])
                            else {
                                panic!("one head")
                            };
                            sql.insert(&THINGS, vec![thing(id, &format!("{lane}-{n}"))])
                        };
                        writer.transaction(next).unwrap();
                    }
                });
            }
        });
        assert_eq!(all(store).len(), 100);
    });
}

#[tokio::test]
async fn reading_waits_for_no_thread_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).unwrap();
    let reads = (0..40).map(|n: i64| {
        let store = store.clone();
        tokio::spawn(async move {
            store.read(move |sql| sql.query("select $1 + 1", &[n.into()])).await.unwrap()
        })
    });
    for (n, read) in reads.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(read.await.unwrap(), [[Value::Int(n as i64 + 1)]]);
    }
}

#[test]
fn opening_again_changes_nothing() {
    each_target("again", |target| {
        let first = Store::open(target).unwrap();
        write(&first, |sql| sql.execute("update log_head set next_incident = 42", &[]));
        let second = Store::open(target).unwrap();
        let head = second
            .read_blocking(|sql| sql.query("select next_incident from log_head", &[]))
            .unwrap();
        assert_eq!(head, [[Value::Int(42)]]);
        second.ping().unwrap();
        assert!(second.size_bytes().unwrap() > 0);
        assert_eq!(second.target(), target);
    });
}

#[test]
fn many_open_a_new_database_at_once() {
    each_target("at_once", |target| {
        std::thread::scope(|scope| {
            for opening in
                (0..6).map(|_| scope.spawn(|| Store::open(target).map(drop))).collect::<Vec<_>>()
            {
                opening.join().unwrap().unwrap();
            }
        });
    });
}

#[test]
fn a_newer_schema_is_refused() {
    each_target("newer", |target| {
        let store = Store::open(target).unwrap();
        write(&store, |sql| {
            sql.execute("insert into schema_migrations values (999, 'from the future')", &[])
        });
        let refused = Store::open(target).unwrap_err();
        assert!(matches!(refused, Failure::Unusable(_)));
        assert!(refused.to_string().contains("newer version of Evenkeel"), "{refused}");
    });
}

#[test]
fn the_character_zero_is_refused_before_it_is_stored() {
    each_engine("zero", |store| {
        make_things(store);
        let refused = writer(store).transaction(|sql| sql.insert(&THINGS, vec![thing(1, "a\0b")]));
        assert!(matches!(refused, Err(Failure::Statement(_))), "{refused:?}");
        let refused =
            store.read_blocking(|sql| sql.query("select 1 where $1 = 'a'", &["\0".into()]));
        assert!(matches!(refused, Err(Failure::Statement(_))), "{refused:?}");
    });
}

#[test]
fn names_are_compared_in_all_letters() {
    each_engine("letters", |store| {
        write(store, |sql| {
            sql.execute("insert into teams (id, name) values ('a', 'Übung ÆØ')", &[])
        });
        let twice = writer(store).transaction(|sql| {
            sql.execute("insert into teams (id, name) values ('b', 'übung æø')", &[])
        });
        assert!(matches!(twice, Err(Failure::Exists(_))), "{twice:?}");
        let found = store.read_blocking(|sql| {
            sql.query("select id from teams where lower(name) = lower($1)", &["ÜBUNG ÆØ".into()])
        });
        assert_eq!(found.unwrap(), [["a".into()]]);
    });
}

#[test]
fn a_lost_connection_is_replaced() {
    each_engine("lost", |store| {
        if store.engine() == store::Engine::Sqlite {
            return;
        }
        make_things(store);
        let mut writer = writer(store);
        writer.transaction(|sql| sql.insert(&THINGS, vec![thing(1, "a")])).unwrap();
        assert_eq!(all(store).len(), 1);
        let end_all = "select pg_terminate_backend(pid)::int from pg_stat_activity \
            where datname = current_database() and pid <> pg_backend_pid()";
        store.writer().unwrap().transaction(|sql| sql.query(end_all, &[])).unwrap();
        // Nothing was under way: nobody notices.
        writer.transaction(|sql| sql.insert(&THINGS, vec![thing(2, "b")])).unwrap();
        assert_eq!(all(store).len(), 2);
        // In the middle of something it is told, and the next goes well.
        let lost = writer.transaction(|sql| {
            sql.insert(&THINGS, vec![thing(3, "c")])?;
            store.writer()?.transaction(|other| other.query(end_all, &[]))?;
            sql.insert(&THINGS, vec![thing(4, "d")])
        });
        assert!(matches!(lost, Err(Failure::Unavailable(_))), "{lost:?}");
        let lost = writer.transaction(|sql| {
            sql.insert(&THINGS, vec![thing(3, "c")])?;
            store.writer()?.transaction(|other| other.query(end_all, &[])).map(drop)
        });
        match lost {
            Err(Failure::Unavailable(words)) => {
                assert!(words.contains("it is unknown whether"), "{words}")
            }
            other => panic!("{other:?}"),
        }
        writer.transaction(|sql| sql.insert(&THINGS, vec![thing(5, "e")])).unwrap();
        assert_eq!(all(store), [["a".into()], ["b".into()], ["e".into()]]);
    });
}

#[test]
fn a_server_that_does_not_answer_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let gone =
        Store::open(&Target::Postgres(format!("postgres://evenkeel@127.0.0.1:{port}/evenkeel")));
    assert!(matches!(gone, Err(Failure::Unavailable(_))), "{gone:?}");
    let wrong = Store::open(&Target::Postgres("postgres://127.0.0.1:port/x".into()));
    assert!(matches!(wrong, Err(Failure::Unusable(_))), "{wrong:?}");
}

#[test]
fn a_reader_leaves_no_transaction_open() {
    each_engine("leaves", |store| {
        if store.engine() == store::Engine::Sqlite {
            return;
        }
        for _ in 0..20 {
            assert_eq!(all_settings(store), 0);
        }
        let mut writer = writer(store);
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let open = "select count(*) from pg_stat_activity where datname = current_database() \
            and state like 'idle in transaction%' and pid <> pg_backend_pid()";
        while writer.transaction(|sql| sql.query(open, &[])).unwrap() != [[Value::Int(0)]] {
            assert!(std::time::Instant::now() < until, "a reader's transaction stays open");
        }
    });
}

fn all_settings(store: &Store) -> usize {
    store.read_blocking(|sql| sql.query("select key from settings", &[])).expect("it reads").len()
}

#[test]
fn whoever_vanishes_frees_what_they_hold() {
    each_engine("vanishes", |store| {
        if store.engine() == store::Engine::Sqlite {
            return;
        }
        let select = "select current_setting('idle_in_transaction_session_timeout'), \
            current_setting('statement_timeout'), current_setting('lock_timeout')";
        let reads = store.read_blocking(|sql| sql.query(select, &[])).unwrap();
        assert_eq!(reads, [["1min".into(), "2min".into(), "10s".into()]]);
        let writes = write(store, |sql| sql.query(select, &[]));
        assert_eq!(writes, [["10s".into(), "0".into(), "10s".into()]]);
    });
}

#[test]
fn whoever_writes_once_finds_the_database_as_it_is() {
    each_target("writes_once", |target| {
        let keep = |n: i64| {
            let statement = "insert into import_refs (source, foreign_id, number, rows_done) \
                values ('once', $1, 1, $2)";
            let mut once = Writer::open(target)?;
            once.transaction(|sql| sql.execute(statement, &[n.to_string().into(), n.into()]))
        };
        // There is none yet.
        keep(1).expect("it is made");
        let store = Store::open(target).expect("it opens");
        keep(2).expect("it is there");
        let count = "select count(*) from import_refs where source = 'once'";
        let found = store.read_blocking(|sql| sql.query(count, &[])).expect("it reads");
        assert_eq!(found, [[Value::Int(2)]]);
        write(&store, |sql| {
            sql.execute("insert into schema_migrations (version, name) values (9999, 'later')", &[])
        });
        let newer = keep(3);
        assert!(matches!(newer, Err(Failure::Unusable(_))), "{newer:?}");
    });
}
