//! How we say at the servers that hand on push who we are (RFC 8292): a token for one server
//! and some hours, signed with the key that browsers were told.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::push::PushKey;
use kernel::{Outward, Timestamp};
use serde_json::json;

/// For how long a token holds; a day is the most that servers take, and clocks differ.
const HOLDS_SECONDS: i64 = 12 * 3_600;
/// A token as JSON Web Tokens begin.
const HEAD: &str = r#"{"typ":"JWT","alg":"ES256"}"#;

/// The value of the header `Authorization`; `public_url` is where our operators are found.
pub(super) fn authorization(
    key: &PushKey,
    to: &Outward,
    public_url: Option<&str>,
    now: Timestamp,
) -> Option<String> {
    let mut claims = json!({
        "aud": to.origin(),
        "exp": now.plus_seconds(HOLDS_SECONDS).micros() / 1_000_000,
    });
    // Some servers refuse a contact that is no address of the internet.
    if let Some(url) = public_url.filter(|url| url.starts_with("https://")) {
        claims["sub"] = json!(url);
    }
    let said =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(HEAD), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(said.as_bytes())?);
    Some(format!("vapid t={said}.{signature}, k={}", key.public()))
}
