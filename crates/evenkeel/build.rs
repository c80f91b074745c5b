//! How the program is linked.

/// Functions that came out alike are kept once: a tenth of the program is code that was compiled for
/// several types and is the same for all of them. Only the linker that comes with the compiler on
/// this target does that.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if target == "x86_64-unknown-linux-gnu" && is_release {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
}
