//! The messages were signed with a key that was made for them and thrown away.

use super::*;
use alert::doors::{Request, sns};

const CERTIFICATE: &[u8] = include_bytes!("../../../tests/it/alerts/sns/certificate.pem");
const ANOTHER: &[u8] = include_bytes!("../../../tests/it/alerts/sns/another.pem");
const ONE: &str = include_str!("../../../tests/it/alerts/sns/notification-1.json");
const TWO: &str = include_str!("../../../tests/it/alerts/sns/notification-2.json");
const CONFIRM: &str = include_str!("../../../tests/it/alerts/sns/confirm.json");

fn signed(body: &str) -> Signed {
    let now = "2026-11-23T05:00:00Z".parse().unwrap();
    sns::signed(&Request::post(body.as_bytes(), now, "fresh")).unwrap().unwrap()
}

#[test]
fn both_versions_are_proved() {
    for body in [ONE, TWO, CONFIRM] {
        assert_eq!(check(CERTIFICATE, &signed(body)), Ok(()), "{body}");
    }
}

#[test]
fn what_was_changed_or_signed_by_others_is_not() {
    for body in [ONE, TWO, CONFIRM] {
        let wrong = Err("is not the one of SNS");
        assert_eq!(check(ANOTHER, &signed(body)), wrong);
        assert_eq!(check(CERTIFICATE, &signed(&body.replacen("ops", "dev", 1))), wrong);
        let mut other = signed(body);
        other.version = match other.version {
            Version::One => Version::Two,
            Version::Two => Version::One,
        };
        assert_eq!(check(CERTIFICATE, &other), wrong);
        other.signature = "no Base64!".to_owned();
        assert_eq!(check(CERTIFICATE, &other), Err("is no Base64"));
    }
    assert_eq!(check(b"-", &signed(ONE)), Err("its certificate cannot be read"));
}
