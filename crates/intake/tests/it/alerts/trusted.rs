//! Sources with a certificate of the house.

use super::Doors;
use intake::{Guarded, Outside, Question};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Who signed the certificate below; no system trusts them.
const AUTHORITY: &[u8] = include_bytes!("../../../../notify/tests/tls/authority.pem");
/// Of 127.0.0.1.
const HOST: &[u8] = include_bytes!("../../../../notify/tests/tls/host.pem");
const KEY: &[u8] = include_bytes!("../../../../notify/tests/tls/key.pem");

/// A server that knows of nothing; its address.
async fn source() -> String {
    let certificate = CertificateDer::from_pem_slice(HOST).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 4_096];
            if stream.read(&mut head).await.is_ok() {
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
                drop(stream.write_all(answer.as_bytes()).await);
                drop(stream.shutdown().await);
            }
        }
    });
    format!("https://127.0.0.1:{port}/api/v2/alerts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_the_house_trusts_is_asked() {
    let doors = Doors::open().await;
    doors.t.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let question = Question { url: source().await, authorization: None, bytes: 100 };
    let nobody = Guarded::by(doors.t.desk.clone());
    let refused = nobody.ask(question.clone()).await;
    assert!(refused.is_err(), "nobody trusts it: {refused:?}");
    let authority = CertificateDer::from_pem_slice(AUTHORITY).unwrap().to_vec();
    let trusting = Guarded::by(doors.t.desk.clone()).trusting(vec![authority]);
    let answer = trusting.ask(question).await.unwrap();
    assert_eq!((answer.status, answer.body), (200, b"[]".to_vec()));
}
