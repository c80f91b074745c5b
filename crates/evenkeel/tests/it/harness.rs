//! A folder to work in, and the program running in it.

use crate::http::Client;
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything may take: far beyond what is expected on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const ADMIN: &str = "ada@company.example";
pub const PASSWORD: &str = "correct horse battery";

/// A folder of its own, working directory of what runs in it.
pub struct Home {
    folder: tempfile::TempDir,
    /// Said to every command: a database that is not in the folder.
    database_url: Option<String>,
    /// Environment variables of every command.
    variables: Vec<(&'static str, String)>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Home {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Home { folder, database_url: None, variables: vec![] }
    }

    /// A folder whose commands use a database elsewhere.
    pub fn on(database_url: Option<String>) -> Home {
        Home { database_url, ..Home::new() }
    }

    /// A folder with an administrator in it.
    pub fn with_admin() -> Home {
        let home = Home::new();
        home.init();
        home
    }

    /// From now on every command has this environment variable.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.variables.push((name, value));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.path("evenkeel-data/evenkeel.db")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    /// The program, ready to run here without settings of the machine.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVENKEEL_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        if let Some(url) = &self.database_url {
            command.env("EVENKEEL_DATABASE_URL", url);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// Runs with environment variables.
    pub fn run_with<V: AsRef<OsStr>>(&self, variables: &[(&str, V)], args: &[&str]) -> Ran {
        let mut command = self.command(args);
        for (name, value) in variables {
            command.env(name, value);
        }
        Ran::of(&mut command)
    }

    /// Runs with something on standard input.
    pub fn run_given(&self, input: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // It may end without reading what it is given.
        drop(child.stdin.take().expect("piped").write_all(input.as_bytes()));
        Ran::from(child.wait_with_output().expect("the program ends"))
    }

    pub fn init(&self) {
        self.run_given(&format!("{PASSWORD}\n"), &["init", "--admin-email", ADMIN]).done();
    }

    /// A token of the administrator.
    pub fn token(&self, scope: &str) -> String {
        let ran = self.run(&["token", "create", "--user", ADMIN, "--scope", scope]).done();
        ran.stdout.trim().to_owned()
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, more: &[&str]) -> Server {
        self.serve_logging_to(&self.path("serve.log"), more)
    }

    /// With its log in a file of one's own.
    pub fn serve_logging_to(&self, path: &Path, more: &[&str]) -> Server {
        let mut log = std::fs::File::options();
        let log = log.create(true).append(true).open(path).expect("a file for the log");
        let mut args = vec!["serve", "--listen", "127.0.0.1:0"];
        args.extend(more);
        let mut command = self.command(&args);
        Server::start(command.stdout(Stdio::piped()).stderr(log), path)
    }
}

impl Ran {
    fn of(command: &mut Command) -> Ran {
        Ran::from(command.output().expect("the program runs"))
    }

    fn from(output: std::process::Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// It did what it was told.
    #[track_caller]
    pub fn done(self) -> Ran {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// It did not, and said so with these words on standard error.
    #[track_caller]
    pub fn refused(self, code: i32, words: &str) -> Ran {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.contains(words), "`{words}` is not in {self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("JSON on standard output")
    }
}

/// A server that runs; killed when it goes out of scope.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    pub url: String,
}

impl Server {
    fn start(command: &mut Command, log: &Path) -> Server {
        let mut child = command.spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        // Ends with the program: standard output ends then.
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let ready = lines.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            panic!("the server does not get ready ({error}): {log}")
        });
        let url = ready.strip_prefix("Evenkeel is ready at ").expect(&ready).to_owned();
        Server { child, lines, url }
    }

    pub fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").expect("a URL").parse().expect("an address")
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address())
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the program still runs");
    }

    /// Waits until it has started over and is ready again.
    pub fn ready_again(&mut self) {
        let line = self.lines.recv_timeout(PATIENCE).expect("the server gets ready again");
        self.url = line.strip_prefix("Evenkeel is ready at ").expect(&line).to_owned();
    }

    /// Tells it to stop and waits until it has.
    pub fn stop(self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// Ends it on the spot.
    pub fn kill(mut self) {
        self.child.kill().expect("the program still runs");
        self.child.wait().expect("the program ends");
    }

    /// Waits until it has ended by itself.
    pub fn ended(mut self) -> ExitStatus {
        match self.lines.recv_timeout(PATIENCE) {
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {}
            other => panic!("the server did not end: {other:?}"),
        }
        self.child.wait().expect("the program ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
