//! A message that only one browser can read (RFC 8291): one record of `aes128gcm` (RFC 8188)
//! under keys that follow from what was agreed with it. Pure: chance is given.

use desk::push::{Agreement, PUBLIC_BYTES, Recipient};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// Bytes of a whole message, which every server takes (RFC 8291, section 4).
const MESSAGE_BYTES: usize = 4_096;
/// Bytes before the record: salt, size of records, and our public key with its length.
const HEAD_BYTES: usize = 16 + 4 + 1 + PUBLIC_BYTES;
/// What ends the last record, before the padding.
const END: u8 = 2;
/// Bytes by which a record grows: its end and its seal.
const SEAL_BYTES: usize = 1 + 16;
/// Bytes of words that one message holds.
pub(super) const WORDS_BYTES: usize = MESSAGE_BYTES - HEAD_BYTES - SEAL_BYTES;
/// Bytes of the key of a record.
const KEY_BYTES: usize = 16;
/// Bytes of the key from which the others follow.
const INPUT_BYTES: usize = 32;

/// Words that are too long, or keys of which nothing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be encrypted")]
pub(super) struct Unencrypted;

/// The message: `words`, padded to so many bytes, so that its length does not tell what it says.
pub(super) fn encrypt(
    words: &[u8],
    padded_bytes: usize,
    to: &Recipient,
    agreed: &Agreement,
) -> Result<Vec<u8>, Unencrypted> {
    if words.len() > WORDS_BYTES {
        return Err(Unencrypted);
    }
    let (key, nonce) = keys(to, agreed)?;
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Unencrypted)?;
    let mut record = words.to_vec();
    record.push(END);
    record.resize(record.len().max(padded_bytes.min(WORDS_BYTES) + 1), 0);
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .map_err(|_| Unencrypted)?;
    let mut message = Vec::with_capacity(HEAD_BYTES + record.len());
    message.extend(agreed.salt);
    message.extend((MESSAGE_BYTES as u32).to_be_bytes());
    message.push(PUBLIC_BYTES as u8);
    message.extend(agreed.public);
    message.extend(record);
    Ok(message)
}

/// The key and the nonce of the only record.
fn keys(
    to: &Recipient,
    agreed: &Agreement,
) -> Result<([u8; KEY_BYTES], [u8; NONCE_LEN]), Unencrypted> {
    let both = [b"WebPush: info\0".as_slice(), &to.public, &agreed.public].concat();
    let shared = Salt::new(HKDF_SHA256, &to.auth).extract(&agreed.secret);
    let input: [u8; INPUT_BYTES] = expanded(&shared, &both)?;
    let own = Salt::new(HKDF_SHA256, &agreed.salt).extract(&input);
    let key = expanded(&own, b"Content-Encoding: aes128gcm\0")?;
    Ok((key, expanded(&own, b"Content-Encoding: nonce\0")?))
}

/// So many bytes.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded<const N: usize>(key: &Prk, info: &[u8]) -> Result<[u8; N], Unencrypted> {
    let mut bytes = [0; N];
    let filled = key.expand(&[info], Bytes(N)).and_then(|okm| okm.fill(&mut bytes));
    filled.map(|()| bytes).map_err(|_| Unencrypted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// Both ends of the example in RFC 8291, section 5 and appendix A.
    fn example() -> (Recipient, Agreement) {
        let to = Recipient::of(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let agreed = Agreement {
            public: bytes(
                "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
            ),
            secret: bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"),
        };
        (to.unwrap(), agreed)
    }

    #[test]
    fn keys_are_those_of_the_example() {
        let (to, agreed) = example();
        let (key, nonce) = keys(&to, &agreed).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(key), "oIhVW04MRdy2XN9CiKLxTg");
        assert_eq!(URL_SAFE_NO_PAD.encode(nonce), "4h_95klXJ5E_qnoN");
    }

    #[test]
    fn the_message_is_that_of_the_example() {
        let (to, agreed) = example();
        let words = b"When I grow up, I want to be a watermelon";
        let message = encrypt(words, 0, &to, &agreed).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(message),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
             mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
             pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    /// What the browser does.
    fn decrypted(message: &[u8], to: &Recipient, agreed: &Agreement) -> Vec<u8> {
        let (key, nonce) = keys(to, agreed).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = message[HEAD_BYTES..].to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], END);
        plain[..end].to_vec()
    }

    proptest! {
        #[test]
        fn words_come_back_and_short_ones_are_all_of_one_length(
            words in proptest::collection::vec(1u8.., 0..=WORDS_BYTES), padded in 0usize..5_000
        ) {
            let (to, agreed) = example();
            let message = encrypt(&words, padded, &to, &agreed).unwrap();
            prop_assert!(message.len() <= MESSAGE_BYTES);
            prop_assert_eq!(&decrypted(&message, &to, &agreed), &words);
            let nothing = encrypt(&[], padded, &to, &agreed).unwrap();
            prop_assert!(words.len() > padded || nothing.len() == message.len());
        }
    }

    #[test]
    fn what_no_server_takes_is_not_made() {
        let (to, agreed) = example();
        assert!(encrypt(&[1; WORDS_BYTES + 1], 0, &to, &agreed).is_err());
    }
}
