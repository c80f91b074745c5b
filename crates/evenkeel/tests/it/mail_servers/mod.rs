//! Mail through real servers. `./test` installs them and says so; elsewhere these tests
//! say that they were left out.

mod company;
mod conversation;
mod host;
mod letter;
mod loops;
mod sending;

/// Said by whoever has Postfix, Dovecot and swaks of Debian's packages, and is root, as
/// Postfix wants.
const SERVERS: &str = "EVENKEEL_TEST_MAIL";

/// Whether there are mail servers for tests.
fn servers_are_here() -> bool {
    let here = std::env::var_os(SERVERS).is_some_and(|said| !said.is_empty());
    if !here {
        println!("left out: {SERVERS} says where Debian's mail servers are; see CONTRIBUTING.md");
    }
    here
}
