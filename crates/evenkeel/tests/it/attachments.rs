//! Attachments in the data folder and in an S3-compatible store.

use crate::harness::{Home, Server};
use std::path::PathBuf;
use testkit::bucket::{ACCESS_KEY, BUCKET, Bucket, REGION, SECRET_KEY};

/// Reports an incident and attaches a file to it; the path of the file.
fn attached(server: &Server, authorization: &str, text: &str) -> String {
    let mut client = server.client();
    let report = [("authorization", authorization)];
    let made = client.post("/api/v1/incidents", &report, "{\"title\": \"Scale drifts\"}");
    assert_eq!(made.status, 201, "{made:?}");
    let number = made.json()["number"].as_str().expect("a number").to_owned();
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"log.txt\"\r\n\r\n{text}\r\n--b--\r\n"
    );
    let headers =
        [("authorization", authorization), ("content-type", "multipart/form-data; boundary=b")];
    let answer = client.post(&format!("/api/v1/incidents/{number}/attach"), &headers, &form);
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.json()["attachments"][0]["id"].as_str().expect("an id").to_owned();
    format!("/api/v1/attachments/{id}")
}

fn fetched(server: &Server, authorization: &str, path: &str) -> String {
    let answer = server.client().get(path, &[("authorization", authorization)]);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// The settings of a bucket, as a configuration file says them.
fn settings(bucket: &Bucket) -> String {
    format!(
        "s3_bucket = \"{BUCKET}\"\ns3_endpoint = \"{}\"\ns3_region = \"{REGION}\"\ns3_prefix = \"desk/\"\n\
         s3_access_key = \"{ACCESS_KEY}\"\ns3_secret_key = \"{SECRET_KEY}\"\n",
        bucket.endpoint()
    )
}

/// Files below a folder.
fn files(home: &Home, folder: &str) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![home.path(folder)], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

#[test]
fn verify_reads_the_bytes_of_attachments() {
    let home = Home::with_admin();
    let authorization = format!("Bearer {}", home.token("admin"));
    let server = home.serve();
    attached(&server, &authorization, "drift 3 g");
    assert!(server.stop().success());
    home.run(&["verify"]).done();
    let [file] = files(&home, "evenkeel-data/files").try_into().expect("one file");
    std::fs::write(&file, "drift 9 g").expect("it can be changed");
    let told = home.run(&["verify"]).refused(1, "1 thing does not hold").stdout;
    assert!(told.starts_with("INC-1: the bytes of attachment"), "{told}");
    assert!(told.contains("are not what they were"), "{told}");
    home.run(&["backup", "copy.backup"]).refused(1, "missing or changed");
    std::fs::remove_file(&file).expect("it can be removed");
    let told = home.run(&["verify", "--json"]).refused(1, "1 thing does not hold").json();
    assert_eq!(told[0]["number"], "INC-1");
    assert!(told[0]["what"].as_str().expect("words").contains("are missing"), "{told}");
}

#[test]
fn a_bucket_keeps_attachments_and_a_backup_moves_them() {
    let home = Home::with_admin();
    let bucket = Bucket::start();
    home.write("evenkeel.toml", &settings(&bucket));
    let checked = home.run(&["config", "check"]).done().stdout;
    assert!(checked.contains("(hidden)") && !checked.contains(SECRET_KEY), "{checked}");
    let authorization = format!("Bearer {}", home.token("admin"));
    let server = home.serve();
    let path = attached(&server, &authorization, "drift 3 g");
    assert_eq!(fetched(&server, &authorization, &path), "drift 3 g");
    let names: Vec<String> = bucket.objects().keys().cloned().collect();
    assert!(names.len() == 1 && names[0].starts_with("desk/"), "{names:?}");
    assert_eq!(files(&home, "evenkeel-data/files"), [] as [PathBuf; 0]);
    home.run(&["verify"]).done();
    home.run(&["backup", "copy.backup"]).done();

    // The house goes on while the store does not answer.
    bucket.be_busy(u32::MAX);
    let away = server.client().get(&path, &[("authorization", &authorization)]);
    assert_eq!(away.status, 503, "{away:?}");
    assert!(away.headers.contains_key("retry-after"), "{away:?}");
    assert_eq!(server.client().get("/readyz", &[]).status, 200);
    bucket.be_busy(0);

    // Erasing takes the bytes out of the bucket, too.
    let redact = [("authorization", authorization.as_str())];
    let timeline = server.client().get("/api/v1/incidents/INC-1/timeline", &redact).json();
    let entries = timeline["items"].as_array().expect("entries").clone();
    let entry = entries.iter().find(|entry| entry["kind"] == "attached").expect("an entry");
    let body = serde_json::json!({ "n": entry["n"] }).to_string();
    let erased = server.client().post("/api/v1/incidents/INC-1/redact", &redact, &body);
    assert_eq!(erased.status, 200, "{erased:?}");
    assert_eq!(bucket.objects().len(), 0);
    assert!(server.stop().success());

    // Out of the bucket into a folder.
    home.write("evenkeel.toml", "");
    home.run(&["restore", "copy.backup", "--data", "elsewhere"]).done();
    home.run(&["verify", "--data", "elsewhere"]).done();
    let server = home.serve_with(&["--data", "elsewhere"]);
    assert_eq!(fetched(&server, &authorization, &path), "drift 3 g");
    assert!(server.stop().success());
    // And back.
    home.write("evenkeel.toml", &settings(&bucket));
    home.run(&["restore", "copy.backup", "--overwrite"]).done();
    home.run(&["verify"]).done();
    assert_eq!(bucket.objects().len(), 1);
}

#[test]
fn check_says_what_is_wrong_with_the_bucket() {
    let home = Home::new();
    let bucket = Bucket::start();
    let right = settings(&bucket);
    home.write("evenkeel.toml", &right);
    home.run(&["config", "check"]).done();
    assert!(!home.path("evenkeel-data").exists(), "checking leaves nothing behind");
    for (from, to, words) in [
        (SECRET_KEY, "wrong", "SignatureDoesNotMatch"),
        (BUCKET, "other", "NoSuchBucket"),
        (bucket.endpoint(), "http://127.0.0.1:1", "error: s3_bucket"),
        (bucket.endpoint(), "desk", "no address such as https://"),
        ("s3_secret_key", "# s3_secret_key", "also needs --s3-access-key and --s3-secret-key"),
    ] {
        home.write("evenkeel.toml", &right.replace(from, to));
        let ran = home.run(&["config", "check"]).refused(1, "wrong with the configuration");
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
        assert!(!ran.stdout.contains(SECRET_KEY), "{ran:?}");
    }
    // A server does not start on half of it.
    home.run(&["serve", "--listen", "127.0.0.1:0"]).refused(2, "--s3-secret-key");
    home.write("evenkeel.toml", "s3_prefix = \"desk/\"\n");
    let ran = home.run(&["config", "check"]).done();
    assert!(ran.stdout.contains("s3_prefix: means nothing without s3_bucket"), "{ran:?}");
}
