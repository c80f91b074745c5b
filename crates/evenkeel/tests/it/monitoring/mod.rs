//! Monitoring through its real programs, and paging to its end. `./test` installs the programs
//! and says so; elsewhere the tests that need them say that they were left out.

mod alertmanager;
mod clients;
mod paging;
mod prometheus;
mod room;
mod sink;

use std::path::PathBuf;

/// Names the folder in which `./test` has put the clients; said where Debian's packages
/// `prometheus` and `prometheus-alertmanager` are, too.
const PROGRAMS: &str = "EVENKEEL_TEST_MONITORING";

/// The folder of the clients, where there are programs for tests.
fn programs() -> Option<PathBuf> {
    let here = std::env::var_os(PROGRAMS).filter(|said| !said.is_empty()).map(PathBuf::from);
    if here.is_none() {
        println!("left out: {PROGRAMS} says where the clients are; see CONTRIBUTING.md");
    }
    here
}
