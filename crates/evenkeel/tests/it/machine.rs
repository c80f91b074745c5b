//! This machine, as tests with real servers use it: free ports, processes that end with us,
//! certificates that nobody else trusts.

use crate::harness::PATIENCE;
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Ports are taken below the range that the system gives out by itself.
const PORTS: std::ops::Range<u16> = 10_000..20_000;

/// Waits until something is there, looking again and again.
#[track_caller]
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let limit = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < limit, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A server and whatever it started; told to stop when it goes out of scope, or when this
/// process dies.
pub struct Running(Child);

impl Running {
    pub fn start(server: &mut Command) -> Running {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]).arg(server.get_program()).args(server.get_args());
        // Postfix ends its whole group.
        command.process_group(0).stdin(Stdio::null());
        Running(command.spawn().expect("the server starts"))
    }

    /// Whether it runs still.
    pub fn runs(&mut self) -> bool {
        self.0.try_wait().expect("its state").is_none()
    }

    /// Tells it to read its configuration again.
    pub fn hang_up(&self) {
        kill_process(Pid::from_child(&self.0), Signal::HUP).expect("it runs");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        drop(self.0.wait());
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Tests run side by side, each in a process of its own.
    let begin = std::process::id().wrapping_mul(37);
    let size = u32::from(PORTS.end - PORTS.start);
    until("a free port", || {
        let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).into());
        let port = PORTS.start + u16::try_from(next % size).expect("smaller than a port");
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok().then_some(port)
    })
}

/// A certificate for this machine, signed by an authority that nobody else knows.
pub fn make_certificate(home: &Path) {
    let extensions = "[req]\ndistinguished_name = dn\n[dn]\n\
        [authority]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n\
        [host]\nbasicConstraints = critical, CA:FALSE\n\
        subjectAltName = IP:127.0.0.1, DNS:localhost\n";
    write(home, "openssl.cnf", extensions);
    for more in [
        "-extensions authority -subj /CN=authority -keyout ca.key -out ca.pem",
        "-extensions host -subj /CN=mail -CA ca.pem -CAkey ca.key -keyout key.pem -out cert.pem",
    ] {
        let always = "req -x509 -config openssl.cnf -days 2 -nodes -newkey ec -pkeyopt \
            ec_paramgen_curve:prime256v1";
        let args = always.split_whitespace().chain(more.split(' '));
        run(Command::new("openssl").args(args).current_dir(home));
    }
}

pub fn write(home: &Path, name: &str, text: &str) {
    std::fs::write(home.join(name), text).expect("the file is written");
}

/// Runs a command that must not fail.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
