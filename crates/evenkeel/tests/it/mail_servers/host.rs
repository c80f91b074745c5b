//! The mail host of a company: Postfix takes letters, Dovecot keeps them and knows the
//! passwords. Both run in a folder of their own, on free ports of this machine.

use super::letter::Letter;
use crate::machine::{Running, free_port, make_certificate, run, until, write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The password of everybody who has a mailbox.
pub const PASSWORD: &str = "s3cret";
/// The domain whose mail the host takes.
pub const DOMAIN: &str = "company.example";
/// Who has a mailbox there.
const MAILBOXES: [&str; 5] = ["ada", "gwen", "help", "ines", "peter"];
/// Whose files mailboxes are.
const KEEPER: &str = "nobody:nogroup";

/// A mail host that runs; ended when it goes out of scope.
pub struct MailHost {
    postfix: Option<Running>,
    _dovecot: Running,
    /// Takes letters to the domain from anybody.
    pub smtp: u16,
    /// Takes letters of whoever signs in, after STARTTLS.
    pub submission: u16,
    /// Takes letters of whoever signs in, encrypted from the beginning.
    pub submissions: u16,
    /// Shows mailboxes, encrypted from the beginning.
    pub imaps: u16,
    /// Goes last, when nobody writes into it any more.
    folder: tempfile::TempDir,
}

impl MailHost {
    /// With both ways of signing in, PLAIN and LOGIN.
    pub fn start() -> MailHost {
        MailHost::signing_in("plain login")
    }

    /// With these ways of signing in.
    pub fn signing_in(mechanisms: &str) -> MailHost {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path();
        // The servers give up their rights.
        std::fs::set_permissions(home, PermissionsExt::from_mode(0o755)).expect("it is ours");
        make_folders(home);
        make_certificate(home);
        let imaps = free_port();
        write(home, "dovecot.conf", &dovecot_conf(home, mechanisms, imaps));
        let config = home.join("dovecot.conf");
        let dovecot = Running::start(Command::new("dovecot").arg("-F").arg("-c").arg(config));
        until("Dovecot listens", || {
            (home.join("auth").exists() && TcpStream::connect((Ipv4Addr::LOCALHOST, imaps)).is_ok())
                .then_some(())
        });
        let (smtp, submission, submissions) = (free_port(), free_port(), free_port());
        write(home, "postfix/main.cf", &main_cf(home));
        write(home, "postfix/master.cf", &master_cf(smtp, submission, submissions));
        let (postfix, _dovecot) = (None, dovecot);
        let mut host = MailHost { postfix, _dovecot, smtp, submission, submissions, imaps, folder };
        host.start_postfix();
        host
    }

    /// Postfix takes letters again.
    pub fn start_postfix(&mut self) {
        let config = self.path("postfix");
        let mut postfix = Running::start(
            Command::new("/usr/lib/postfix/sbin/master").arg("-d").arg("-c").arg(config),
        );
        until("Postfix listens", || TcpStream::connect((Ipv4Addr::LOCALHOST, self.smtp)).ok());
        assert!(postfix.runs(), "Postfix gave up");
        self.postfix = Some(postfix);
    }

    /// Postfix takes nothing any more, and neither do those that it started.
    pub fn stop_postfix(&mut self) {
        self.postfix = None;
        for port in [self.smtp, self.submission, self.submissions] {
            until("Postfix is gone", || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
        }
    }

    /// The certificate of whoever signed the host's.
    pub fn authority(&self) -> String {
        self.path("ca.pem").to_str().expect("UTF-8").to_owned()
    }

    /// Every letter to an address of the domain, in the order in which Postfix took them.
    pub fn letters(&self, local_part: &str) -> Vec<Letter> {
        let mailbox = self.path("mail").join(local_part);
        let files =
            ["new", "cur"].into_iter().filter_map(|part| mailbox.join(part).read_dir().ok());
        let mut letters: Vec<Letter> = files
            .flatten()
            .map(|file| {
                let raw = std::fs::read(file.expect("a file").path()).expect("it can be read");
                Letter::of(raw)
            })
            .collect();
        letters.sort_by_key(Letter::taken_as);
        letters
    }

    /// Every letter to anybody of the domain.
    pub fn all_letters(&self) -> Vec<Letter> {
        let mailboxes = self.path("mail").read_dir().expect("it is there");
        let names = mailboxes.map(|mailbox| mailbox.expect("a folder").file_name());
        names.flat_map(|name| self.letters(name.to_str().expect("UTF-8"))).collect()
    }

    /// Waits for so many letters to an address.
    #[track_caller]
    pub fn wait_for(&self, local_part: &str, count: usize) -> Vec<Letter> {
        until(&format!("{count} letters to {local_part}"), || {
            let letters = self.letters(local_part);
            (letters.len() >= count).then_some(letters)
        })
    }

    /// Hands a message to Postfix, as the server of `from` would; `headers` are whole lines.
    pub fn send(&self, from: &str, to: &str, headers: &str, words: &str) {
        self.send_by(self.smtp, from, to, headers, words);
    }

    /// Hands a message to whoever listens on this port.
    pub fn send_by(&self, port: u16, from: &str, to: &str, headers: &str, words: &str) {
        let message = self.path("message");
        let text = format!("From: {from}\nTo: {to}\n{headers}\n{words}\n");
        std::fs::write(&message, text).expect("the file is written");
        let server = format!("127.0.0.1:{port}");
        let data = format!("@{}", message.display());
        run(Command::new("swaks")
            .args(["--server", &server, "--from", from, "--to", to, "--data", &data]));
    }

    /// From now on, letters to these addresses go these ways.
    pub fn route(&mut self, routes: &[(&str, &str)]) {
        let routes: Vec<String> =
            routes.iter().map(|(to, way)| format!("{{ {to} = {way} }}")).collect();
        let line = format!("transport_maps = inline:{{ {} }}\n", routes.join(", "));
        append(&self.path("postfix/main.cf"), &line);
        self.restart_postfix();
    }

    /// Teaches Postfix a way that ends in a program, which runs as nobody.
    pub fn add_pipe(&mut self, name: &str, program: &str) {
        let line = format!("{name} unix - n n - - pipe flags=Rhu user=nobody argv={program}\n");
        append(&self.path("postfix/master.cf"), &line);
        let line = format!("{name}_destination_recipient_limit = 1\n");
        append(&self.path("postfix/main.cf"), &line);
        self.restart_postfix();
    }

    /// The program where everybody may run it.
    pub fn program(&self) -> PathBuf {
        let copy = self.path("evenkeel");
        std::fs::copy(env!("CARGO_BIN_EXE_evenkeel"), &copy).expect("it is copied");
        std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).expect("it is ours");
        copy
    }

    fn restart_postfix(&mut self) {
        self.stop_postfix();
        self.start_postfix();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for MailHost {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for log in ["postfix/log", "dovecot.log"] {
                println!("{}", std::fs::read_to_string(self.path(log)).unwrap_or_default());
            }
        }
    }
}

/// The folders that Postfix would make itself, which takes it seconds.
fn make_folders(home: &Path) {
    let queue = home.join("queue");
    for (rights, owner, names) in [
        ("755", "root:root", "pid"),
        ("2710", "postfix:postdrop", "public"),
        ("1730", "postfix:postdrop", "maildrop"),
        (
            "700",
            "postfix:root",
            "active bounce corrupt defer deferred flush hold incoming private saved trace",
        ),
    ] {
        names.split(' ').for_each(|name| make_folder(&queue.join(name), rights, owner));
    }
    make_folder(&home.join("postfix/data"), "700", "postfix:root");
    make_folder(&home.join("mail"), "700", KEEPER);
}

fn make_folder(path: &Path, rights: &str, owner: &str) {
    let (user, group) = owner.split_once(':').expect("both");
    run(Command::new("install").args(["-d", "-m", rights, "-o", user, "-g", group]).arg(path));
}

fn dovecot_conf(home: &Path, mechanisms: &str, imaps: u16) -> String {
    let home = home.display();
    format!(
        "base_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
auth_mechanisms = {mechanisms}
mail_location = maildir:{home}/mail/%n
first_valid_uid = 1
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {home}/auth {{
    mode = 0660
    user = postfix
  }}
}}
"
    )
}

/// Takes letters to the domain and puts them into mailboxes; its queue ids tell in which order.
fn main_cf(home: &Path) -> String {
    let home = home.display();
    let mailboxes = MAILBOXES.map(|name| format!("{{ {name}@{DOMAIN} = {name}/ }}")).join(", ");
    format!(
        "compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/postfix/data
maillog_file = {home}/postfix/log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.{DOMAIN}
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtp_dns_support_level = disabled
enable_long_queue_ids = yes
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = {home}/auth
smtpd_client_connection_rate_limit = 0
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
"
    )
}

fn master_cf(smtp: u16, submission: u16, submissions: u16) -> String {
    let signed_in = "-o smtpd_sasl_auth_enable=yes \
        -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject";
    format!(
        "postlog unix-dgram n - n - 1 postlogd
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {signed_in}
127.0.0.1:{submissions} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {signed_in}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
"
    )
}

fn append(path: &Path, text: &str) {
    let before = std::fs::read_to_string(path).expect("it is there");
    std::fs::write(path, before + text).expect("it is written");
}
