//! The server that is measured: the release binary on a store of its own.

use crate::http::{Client, get, post, with_body};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// The password of the administrator of measured servers; they live for minutes on loopback.
const PASSWORD: &str = "measure measure measure";
/// The administrator.
const ADMIN: &str = "load@evenkeel.example";

/// A running server. Stopped when dropped.
pub struct Server {
    child: Child,
    /// host:port
    pub address: String,
    /// A token with all rights.
    pub token: String,
    /// The administrator's session cookie.
    pub cookie: String,
    /// From start to the ready line.
    pub start_took: Duration,
}

/// Where it keeps its data.
#[derive(Clone)]
pub struct Place {
    /// The binary.
    pub binary: PathBuf,
    /// The data directory.
    pub data: PathBuf,
    /// PostgreSQL instead of SQLite.
    pub database_url: Option<String>,
    /// What is said to the server beside that.
    pub settings: Vec<String>,
}

impl Place {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--data").arg(&self.data).env("EVENKEEL_LOG", "error");
        if let Some(url) = &self.database_url {
            command.arg("--database-url").arg(url);
        }
        command.kill_on_drop(true);
        command
    }

    /// Creates schema and administrator.
    pub async fn init(&self) -> Result<(), String> {
        let mut child = self
            .command(&["init", "--admin-email", ADMIN])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.binary.display()))?;
        let mut input = child.stdin.take().ok_or("no standard input")?;
        input
            .write_all(format!("{PASSWORD}\n").as_bytes())
            .await
            .map_err(|error| error.to_string())?;
        drop(input);
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err("init failed".into()) }
    }

    async fn token(&self) -> Result<String, String> {
        let output =
            self.command(&["token", "create", "--user", ADMIN, "--scope", "admin"]).output().await;
        let output = output.map_err(|error| error.to_string())?;
        let token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if token.is_empty() {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        } else {
            Ok(token)
        }
    }

    /// Starts the server and waits for its ready line.
    pub async fn serve(&self) -> Result<Server, String> {
        let token = self.token().await?;
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(self.settings.iter().map(String::as_str));
        let started = Instant::now();
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await.map_err(|error| error.to_string())?;
        let start_took = started.elapsed();
        let address = line
            .split("http://")
            .nth(1)
            .ok_or("no ready line")?
            .trim()
            .trim_end_matches('/')
            .to_owned();
        let cookie = sign_in(&address).await?;
        Ok(Server { child, address, token, cookie, start_took })
    }
}

impl Server {
    /// Resident memory in megabytes, now.
    pub fn memory_mb(&self) -> f64 {
        let id = self.child.id().unwrap_or_default();
        let status =
            std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status"))
                .unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        let kilobytes: f64 =
            line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
        kilobytes / 1_024.0
    }

    /// Processor time used so far, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        /// Linux counts a hundredth of a second at a time.
        const TICKS_PER_SECOND: f64 = 100.0;
        let id = self.child.id().unwrap_or_default();
        let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat"))
            .unwrap_or_default();
        // After the name in brackets, which may hold anything.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|text| text.parse::<f64>().ok()).sum();
        ticks / TICKS_PER_SECOND
    }

    /// Waits until what is filled after a start is filled: the server takes hardly any processor
    /// time for three seconds. How long that took; at most ten minutes are waited.
    pub async fn settle(&self) -> Duration {
        const QUIET_SECONDS: u32 = 3;
        const BUSY: f64 = 0.1;
        let began = Instant::now();
        let (mut quiet, mut before) = (0, self.cpu_seconds());
        while quiet < QUIET_SECONDS && began.elapsed() < Duration::from_secs(600) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = self.cpu_seconds();
            quiet = if now - before < BUSY { quiet + 1 } else { 0 };
            before = now;
        }
        began.elapsed()
    }

    /// A GET of a page by the administrator.
    pub fn page(&self, path: &str) -> Vec<u8> {
        get(&self.address, path, &format!("Cookie: {}\r\nAccept: text/html\r\n", self.cookie))
    }

    /// A GET of the API.
    pub fn api(&self, path: &str) -> Vec<u8> {
        get(&self.address, path, &format!("Authorization: Bearer {}\r\n", self.token))
    }

    /// A report through the API.
    pub fn report(&self, body: &str) -> Vec<u8> {
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        post(&self.address, "/api/v1/incidents", &headers, "application/json", body)
    }

    /// A call of the API that brings JSON.
    pub fn call(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        self.caller()(method, path, body)
    }

    /// What makes such calls where the server is not at hand.
    pub fn caller(&self) -> impl Fn(&str, &str, &str) -> Vec<u8> + Send + Sync + use<> {
        let address = self.address.clone();
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", self.token);
        move |method: &str, path: &str, body: &str| {
            with_body(method, &address, path, &headers, body)
        }
    }

    /// Posts to the API and gives what it answers; anything but a success is an error.
    pub async fn ask(
        &self,
        client: &mut Client,
        path: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let request = self.call("POST", path, &body.to_string());
        let answer = client.send(&request).await.map_err(|error| error.to_string())?;
        if !(200..300).contains(&answer.status) {
            let said = String::from_utf8_lossy(&answer.body);
            return Err(format!("{path} answered {}: {said}", answer.status));
        }
        serde_json::from_slice(&answer.body).map_err(|error| format!("{path}: {error}"))
    }

    /// Stops it and waits.
    pub async fn stop(mut self) {
        drop(self.child.start_kill());
        drop(self.child.wait().await);
    }
}

/// A word that names what is made for one run alone, in stores that are used again, too.
pub fn run_word() -> String {
    // The end of an id is random.
    desk::fresh().to_string().chars().skip(30).collect()
}

async fn sign_in(address: &str) -> Result<String, String> {
    let mut client = Client::connect(address).await.map_err(|error| error.to_string())?;
    let body =
        format!("email={}&password={}", ADMIN.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let headers = format!("Origin: http://{address}\r\n");
    let request = post(address, "/sign-in", &headers, "application/x-www-form-urlencoded", &body);
    let answer = client.send(&request).await.map_err(|error| error.to_string())?;
    answer.cookie.ok_or_else(|| format!("signing in answered {} without a cookie", answer.status))
}
