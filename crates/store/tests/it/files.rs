//! Files, in every place they may be kept.

use crate::harness::{each_engine, write};
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use store::files::{FileHash, Files, Found, S3};
use store::incidents::loose;
use store::{Failure, Row, Value};
use testkit::bucket::{ACCESS_KEY, BUCKET, Bucket, REGION, SECRET_KEY};

/// Names a bucket of an S3-compatible store for tests,
/// `http://ACCESS_KEY:SECRET_KEY@127.0.0.1:9000/BUCKET`.
const STORE: &str = "EVENKEEL_TEST_S3";

/// Bytes read at once by whoever copies; files of this size are a special case.
const PIECE_BYTES: usize = 1024 * 1024;

const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn settings(bucket: &Bucket) -> S3 {
    S3 {
        endpoint: bucket.endpoint().to_owned(),
        region: REGION.to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: "evenkeel/".to_owned(),
        access_key: ACCESS_KEY.to_owned(),
        secret_key: SECRET_KEY.to_owned(),
    }
}

#[allow(clippy::disallowed_methods)] // A real store refuses old requests.
fn now() -> Timestamp {
    Timestamp::from_jiff(jiff::Timestamp::now())
}

/// The store that the environment names, if it does.
fn real() -> Option<S3> {
    let url = std::env::var(STORE).ok().filter(|url| !url.is_empty())?;
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (keys, rest) = rest.split_once('@').expect("keys");
    let (access_key, secret_key) = keys.split_once(':').expect("a secret");
    let (host, bucket) = rest.split_once('/').expect("a bucket");
    Some(S3 {
        endpoint: format!("{scheme}://{host}"),
        region: "us-east-1".to_owned(),
        bucket: bucket.to_owned(),
        prefix: format!("test-{}/", std::process::id()),
        access_key: access_key.to_owned(),
        secret_key: secret_key.to_owned(),
    })
}

/// Runs a test on a local folder, on a small S3-compatible store, and on a real one if
/// there is one for tests.
fn each_store(test: impl Fn(&Files)) {
    let folder = tempfile::tempdir().expect("it works");
    test(&Files::local(folder.path().join("local")));
    let waiting = folder.path().join("waiting");
    let small = settings(&Bucket::start());
    for s3 in [Some(small), real()].into_iter().flatten() {
        test(&Files::s3(&s3, &waiting, now).expect("it works"));
        let left = std::fs::read_dir(&waiting).map_or(0, Iterator::count);
        assert_eq!(left, 0, "nothing stays where it waited");
    }
}

fn hash_of(bytes: &[u8]) -> FileHash {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.parse().expect("it works")
}

fn whole(files: &Files, hash: &FileHash) -> Vec<u8> {
    let mut all = Vec::new();
    let copied = files.copy(hash, &mut |piece| {
        all.extend(piece);
        Ok(())
    });
    assert_eq!(copied.expect("it works"), Found::Whole);
    all
}

#[test]
fn what_is_put_comes_back_and_goes() {
    each_store(|files| {
        let some: Vec<u8> = (0..=255).cycle().take(3 * PIECE_BYTES + 1).collect();
        for bytes in [&b""[..], b"x", &some[..PIECE_BYTES], &some[..2 * PIECE_BYTES], &some] {
            let hash = hash_of(bytes);
            assert_eq!(files.check(&hash).unwrap(), Found::Missing);
            assert_eq!(files.read(&hash, 0, 1).unwrap(), None);
            files.remove(&hash).unwrap();
            let put = files.put(bytes).unwrap();
            assert_eq!((&put.hash, put.size_bytes), (&hash, bytes.len() as u64));
            assert_eq!(files.put(bytes).unwrap(), put);
            assert_eq!(files.check(&hash).unwrap(), Found::Whole);
            assert!(whole(files, &hash) == bytes);
            files.remove(&hash).unwrap();
            assert_eq!(files.check(&hash).unwrap(), Found::Missing);
            files.remove(&hash).unwrap();
        }
        files.try_out().unwrap();
    });
}

#[test]
fn parts_are_read_from_anywhere() {
    each_store(|files| {
        let hash = files.put(&b"0123456789"[..]).unwrap().hash;
        for (from, max, part) in [
            (0, 4, &b"0123"[..]),
            (4, 4, b"4567"),
            (8, 4, b"89"),
            (9, 1, b"9"),
            (10, 4, b""),
            (99, 1, b""),
        ] {
            assert_eq!(files.read(&hash, from, max).unwrap().as_deref(), Some(part), "{from}");
        }
        files.remove(&hash).unwrap();
    });
}

#[test]
fn many_put_and_read_the_same_at_once() {
    each_store(|files| {
        std::thread::scope(|scope| {
            for n in 0..12u8 {
                scope.spawn(move || {
                    let bytes = vec![n % 3; 100_000];
                    let hash = files.put(&bytes[..]).unwrap().hash;
                    assert!(whole(files, &hash) == bytes);
                });
            }
        });
        (0..3u8).for_each(|n| files.remove(&hash_of(&vec![n; 100_000])).unwrap());
    });
}

#[test]
fn a_bucket_holds_files_by_prefix_and_hash_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::start();
    let files = Files::s3(&settings(&bucket), folder.path(), now).unwrap();
    let hash = files.put(&b"screenshot"[..]).unwrap().hash;
    let name = format!("evenkeel/{hash}");
    assert_eq!(bucket.objects().keys().collect::<Vec<_>>(), [&name]);
    bucket.objects().insert(name, b"screenshut".to_vec());
    assert_eq!(files.check(&hash).unwrap(), Found::Changed);
    files.try_out().unwrap();
    assert_eq!(bucket.objects().len(), 1, "trying leaves nothing behind");
}

#[test]
fn a_store_that_is_busy_is_asked_again_but_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::start();
    let files = Files::s3(&settings(&bucket), folder.path(), now).unwrap();
    bucket.be_busy(2);
    let hash = files.put(&b"patience"[..]).unwrap().hash;
    assert!(whole(&files, &hash) == b"patience");
    bucket.be_busy(99);
    let before = bucket.asked();
    let told = files.read(&hash, 0, 1).unwrap_err();
    assert!(matches!(&told, Failure::Files(words) if words.contains("SlowDown")), "{told}");
    assert_eq!(bucket.asked() - before, 3);
}

#[test]
fn what_is_wrong_with_a_store_is_said_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::start();
    type Change = fn(&mut S3);
    let wrong: [(Change, &str); 4] = [
        (|s3| s3.secret_key = "wr0ng-secret".into(), "SignatureDoesNotMatch"),
        (|s3| s3.region = "us-east-1".into(), "SignatureDoesNotMatch"),
        (|s3| s3.bucket = "other".into(), "NoSuchBucket"),
        (|s3| s3.endpoint = "http://127.0.0.1:1".into(), "onnect"),
    ];
    for (change, words) in wrong {
        let mut settings = settings(&bucket);
        change(&mut settings);
        let files = Files::s3(&settings, folder.path(), now).unwrap();
        let hash = hash_of(b"x");
        for told in [
            files.put(&b"x"[..]).map(drop).unwrap_err(),
            files.read(&hash, 0, 1).map(drop).unwrap_err(),
            files.remove(&hash).unwrap_err(),
            files.try_out().unwrap_err(),
        ] {
            let told = told.to_string();
            assert!(told.contains(words), "{told}");
            assert!(!told.contains(&settings.secret_key), "{told}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn claims_keep_bytes_until_they_are_attached_or_given_up() {
    each_engine("loose", |store| {
        let hash = hash_of(b"log");
        let it = std::slice::from_ref(&hash);
        let claim = |at| write(store, |sql| loose::claim(sql, &hash, at));
        let give_up = || write(store, |sql| loose::give_up(sql, &hash));
        let take = |at| write(store, |sql| loose::take(sql, at));
        let may_attach = || write(store, |sql| loose::may_attach(sql, &hash));
        let later = NOW.plus_seconds(loose::CLAIM_SECONDS);

        assert!(!may_attach(), "nobody brought it");
        assert!(claim(NOW));
        assert!(claim(NOW));
        assert!(may_attach());
        give_up();
        assert_eq!(take(NOW), [], "somebody else claims it still");
        give_up();
        give_up();
        assert_eq!(take(NOW), *it);
        assert!(!may_attach(), "it is being removed");
        assert!(!claim(NOW));
        assert_eq!(take(NOW), [], "whoever took it removes it");
        write(store, |sql| loose::removed(sql, &hash, later));
        assert!(!claim(NOW), "another taking is meant");
        assert_eq!(take(later), *it, "whoever took it is dead");
        write(store, |sql| loose::removed(sql, &hash, NOW));
        assert!(!claim(NOW), "the dead one's word does not count any more");
        write(store, |sql| loose::removed(sql, &hash, later));

        assert!(claim(NOW));
        assert_eq!(take(NOW), []);
        assert_eq!(take(later), *it, "a claim runs out");
        write(store, |sql| loose::removed(sql, &hash, later));

        // Attached elsewhere, the bytes stay, and the claim is forgotten.
        assert!(claim(NOW));
        write(store, |sql| {
            let attachment = "insert into attachments (id, number, name_content, hash, size_bytes, media_type, public, created_at) \
                values ('a', 1, 'c', $1, 3, 'text/plain', 1, 1)";
            sql.execute(attachment, &[(&hash).into()])
        });
        give_up();
        assert_eq!(take(NOW), []);
        assert!(may_attach());
        let left: Vec<Row> =
            store.read_blocking(|sql| sql.query("select hash from loose_files", &[])).unwrap();
        assert_eq!(left, [] as [Vec<Value>; 0]);
    });
}
