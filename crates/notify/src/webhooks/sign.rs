//! Signatures as Standard Webhooks say: whoever gets a message can tell that it comes from
//! this instance and was not changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Timestamp;
use sha2::Sha256;
use store::directory::webhooks::Secrets;

/// The value of `webhook-signature`: one signature for each secret that is valid at `now`.
/// `None` when there is no secret to sign with.
pub(super) fn signatures(
    secrets: &Secrets,
    now: Timestamp,
    message_id: &str,
    body: &[u8],
) -> Option<String> {
    let before = secrets.before.as_ref().filter(|(_, until)| now < *until);
    let valid = std::iter::once(&secrets.current).chain(before.map(|(secret, _)| secret));
    let at = seconds(now);
    let signed: Vec<String> = valid
        .filter_map(|secret| desk::webhooks::key_of(secret))
        .map(|key| signature(&key, message_id, at, body))
        .collect();
    (!signed.is_empty()).then(|| signed.join(" "))
}

/// Whole seconds since 1970, as `webhook-timestamp` says them.
pub(super) fn seconds(at: Timestamp) -> i64 {
    at.micros().div_euclid(kernel::time::MICROS_PER_SECOND)
}

fn signature(key: &[u8], message_id: &str, at: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(format!("{message_id}.{at}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: Timestamp = Timestamp::from_micros(1_614_265_330_000_000);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    #[test]
    fn the_published_example_is_signed_as_published() {
        let secrets = Secrets { current: SECRET.to_owned(), before: None };
        let signed = signatures(&secrets, AT, ID, BODY).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_signs_beside_the_one_that_replaced_it_for_a_while() {
        let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned();
        let until = AT.plus_seconds(60);
        let secrets = Secrets { current: other, before: Some((SECRET.to_owned(), until)) };
        let signed = signatures(&secrets, AT, ID, BODY).unwrap();
        let (new, old) = signed.split_once(' ').unwrap();
        assert_eq!(old, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_ne!(new, old);
        let later = signatures(&secrets, until, ID, BODY).unwrap();
        assert!(later.starts_with("v1,") && !later.contains(' '));
        let none = Secrets { current: String::new(), before: None };
        assert_eq!(signatures(&none, AT, ID, BODY), None);
    }
}
