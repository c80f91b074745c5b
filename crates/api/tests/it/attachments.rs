//! Files, in and out.

use crate::harness::{Answer, Client, World};
use axum::body::Body;
use axum::http::Method;
use serde_json::Value;

/// Sends a form with a file, and with a visibility if there is one.
pub async fn upload(
    client: &Client,
    path: &str,
    name: &str,
    bytes: &[u8],
    visibility: Option<&str>,
) -> Answer {
    let mut form = Vec::new();
    if let Some(visibility) = visibility {
        form.extend(
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\n{visibility}\r\n"
            )
            .bytes(),
        );
    }
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
    );
    form.extend(head.bytes());
    form.extend(bytes);
    form.extend(b"\r\n--b--\r\n");
    let request = client
        .request(Method::POST, path, &[])
        .header("content-type", "multipart/form-data; boundary=b");
    client.send(request, Body::from(form)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_in_and_comes_out_as_a_download() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let rosa = world.of("rosa");
    let page = b"<html><script>alert(1)</script></html>";
    let path = "/api/v1/incidents/INC-1/attach";
    let answer = upload(&rosa, path, "../\u{dc}ber page.html", page, None).await;
    let file = &answer.good()["attachments"][0];
    assert_eq!(file["name"], "\u{dc}ber page.html");
    assert_eq!(file["media_type"], "text/plain");
    assert_eq!(file["size_bytes"], page.len());
    assert_eq!(file["visibility"], "public");
    let id = file["id"].as_str().unwrap();
    assert!(!id.contains("INC"), "an id tells nothing: {id}");
    assert_eq!(file["url"], format!("https://desk.northwind.example/api/v1/attachments/{id}"));
    let (status, headers, bytes) = rosa.bytes(&format!("/api/v1/attachments/{id}")).await;
    assert_eq!(status, 200);
    assert_eq!(bytes, page);
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "private, no-store");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment;")
            && disposition.contains("filename*=UTF-8''%C3%9Cber%20page.html"),
        "{disposition}"
    );

    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 200_000]].concat();
    let answer = upload(&world.of("ines"), path, "shot.png", &png, Some("internal")).await;
    let inner = answer.good()["attachments"][1].clone();
    assert_eq!(inner["media_type"], "image/png");
    let path = format!("/api/v1/attachments/{}", inner["id"].as_str().unwrap());
    assert_eq!(rosa.get(&path).await.problem(404)["code"], "not_found");
    let (_, headers, bytes) = world.of("ines").bytes(&path).await;
    assert_eq!((headers["content-type"].to_str().unwrap(), bytes.len()), ("image/png", png.len()));
    let timeline = world.of("ines").get("/api/v1/incidents/INC-1/timeline").await;
    let entry = timeline.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["data"]["name"] == "shot.png")
        .unwrap()
        .clone();
    assert_eq!(entry["data"]["attachment"], inner["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_file_is_gone() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let mara = world.of("mara");
    let answer =
        upload(&mara, "/api/v1/incidents/INC-1/attach", "salaries.csv", b"a,b", None).await;
    let id = answer.good()["attachments"][0]["id"].as_str().unwrap().to_owned();
    let timeline = mara.get("/api/v1/incidents/INC-1/timeline").await;
    let n = timeline.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["kind"] == "attached")
        .unwrap()["n"]
        .clone();
    mara.post("/api/v1/incidents/INC-1/redact", serde_json::json!({ "n": n })).await.good();
    mara.get(&format!("/api/v1/attachments/{id}")).await.problem(404);
    assert!(!mara.get("/api/v1/incidents/INC-1").await.text.contains("salaries"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_that_do_not_fit_are_refused() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let ines = world.of("ines");
    let path = "/api/v1/incidents/INC-1/attach";
    upload(&ines, path, "a.txt", b"x", Some("secret")).await.field(422, "visibility");
    upload(&ines, "/api/v1/incidents/INC-9/attach", "a.txt", b"x", None).await.problem(404);
    upload(&world.of("ben"), path, "a.txt", b"x", None).await.problem(404);
    upload(&world.of("rosa"), path, "a.txt", b"x", Some("internal")).await.problem(403);
    upload(&world.nobody(), path, "a.txt", b"x", None).await.problem(401);
    ines.post(path, Value::Null).await.problem(415);
    let form = |body: &str| Body::from(body.to_owned());
    let request = || {
        ines.request(Method::POST, path, &[])
            .header("content-type", "multipart/form-data; boundary=b")
    };
    for (body, status) in [
        ("--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b--\r\n", 422),
        ("--b--\r\n", 422),
        ("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ntorn", 400),
        ("rubbish", 400),
    ] {
        ines.send(request(), form(body)).await.problem(status);
    }
    let big = vec![b'x'; kernel::limits::ATTACHMENT_BYTES + 1];
    upload(&ines, path, "big.txt", &big, None).await.problem(413);
    let huge = vec![b'x'; kernel::limits::ATTACHMENT_BYTES + 200_000];
    upload(&ines, path, "huge.txt", &huge, None).await.problem(413);
    assert_eq!(
        ines.get("/api/v1/incidents/INC-1").await.good()["attachments"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_types_and_sizes_that_mean_harm_do_none() {
    let world = World::new().await;
    world.report("rosa", "Labels blank").await;
    let rosa = world.of("rosa");
    let path = "/api/v1/incidents/INC-1/attach";
    let long = format!("{}.png", "x".repeat(2_000));
    for (name, bytes, kept, kind) in [
        ("..", &b""[..], "file", "application/octet-stream"),
        ("%2e%2e%2fpasswd", b"MZ\x90\x00", "%2e%2e%2fpasswd", "application/octet-stream"),
        ("a.png", b"<svg onload=alert(1)>", "a.png", "text/plain; charset=utf-8"),
        ("x\u{202e}gnp.exe", b"\x7fELF\x00", "xgnp.exe", "application/octet-stream"),
        (&long, b"\x89PNG\r\n\x1a\n", &long[1_804..], "image/png"),
    ] {
        let answer = upload(&rosa, path, name, bytes, None).await;
        let files = answer.good()["attachments"].as_array().unwrap().clone();
        let file = files.last().unwrap();
        assert_eq!(file["name"], kept, "{name}");
        let id = file["id"].as_str().unwrap();
        let (status, headers, got) = rosa.bytes(&format!("/api/v1/attachments/{id}")).await;
        assert_eq!((status.as_u16(), got.as_ref()), (200, bytes), "{name}");
        assert_eq!(headers["content-type"], kind, "{name}");
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_send_and_fetch_at_once() {
    let world = std::sync::Arc::new(World::new().await);
    world.report("rosa", "Labels blank").await;
    let mut sending = vec![];
    for n in 0..24u8 {
        let rosa = world.of("rosa");
        sending.push(tokio::spawn(async move {
            let bytes = vec![n % 6; 300_000 + usize::from(n % 6)];
            let name = format!("{n}.bin");
            let answer = upload(&rosa, "/api/v1/incidents/INC-1/attach", &name, &bytes, None).await;
            let files = answer.good()["attachments"].as_array().unwrap().clone();
            let file = files.iter().find(|file| file["name"] == name.as_str()).unwrap();
            let id = file["id"].as_str().unwrap();
            let (_, _, got) = rosa.bytes(&format!("/api/v1/attachments/{id}")).await;
            assert!(got == bytes, "{name}");
        }));
    }
    for one in sending {
        one.await.unwrap();
    }
    let incident = world.of("rosa").get("/api/v1/incidents/INC-1").await;
    assert_eq!(incident.good()["attachments"].as_array().unwrap().len(), 24);
}
