//! The status page from memory: what everybody asks for at once when something is out.

use crate::http::{Client, get};
use crate::pace::MakeRequest;
use crate::scenario::{CLIENTS, both};
use crate::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Components of the page that is measured.
const COMPONENTS: usize = 20;
/// How long the page may take to appear once it is switched on.
const PATIENCE: Duration = Duration::from_secs(20);

/// Switches the page on and asks for it, compressed as browsers do and by its JSON.
pub async fn measure(server: &Server, seconds: u64) -> Result<(), String> {
    let mut client = Client::connect(&server.address).await.map_err(|error| error.to_string())?;
    for at in 0..COMPONENTS {
        let body = format!(r#"{{"name":"Component {at}"}}"#);
        send(&mut client, &server.call("POST", "/api/v1/components", &body)).await?;
    }
    let page = r#"{"public":true,"name":"Northwind","languages":["en","de"]}"#;
    send(&mut client, &server.call("PUT", "/api/v1/status-page", page)).await?;
    let headers = "Accept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\n";
    let request = get(&server.address, "/status", headers);
    let started = Instant::now();
    while send(&mut client, &request).await? != 200 {
        if started.elapsed() > PATIENCE {
            return Err("the status page does not appear".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let json = get(&server.address, "/api/v2/summary.json", "Accept-Encoding: gzip\r\n");
    for (name, request) in [("status page", request), ("status JSON", json)] {
        let make: MakeRequest = Arc::new(move |_| request.clone());
        both(server, name, CLIENTS, seconds, 200, make).await;
    }
    Ok(())
}

/// The status of the answer.
async fn send(client: &mut Client, request: &[u8]) -> Result<u16, String> {
    client.send(request).await.map(|answer| answer.status).map_err(|error| error.to_string())
}
