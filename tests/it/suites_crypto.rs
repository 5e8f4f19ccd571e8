//! The signatures and the encryption of pushes, against an implementation that shares no code with ours.

use dingtalk_qr_backend::client_id::ClientId;
use dingtalk_qr_backend::suite::{CallbackCrypto, Envelope};
use dingtalk_qr_simulator::CallbackCrypto as Other;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

#[test]
fn ten_thousand_messages_go_there_and_back() {
    let mut random = StdRng::seed_from_u64(7);
    for number in 0..10_000 {
        let (token, key, owner) =
            (text(&mut random, 3, 32), text(&mut random, 43, 43), text(&mut random, 1, 64));
        let ours = CallbackCrypto::new(
            token.clone().try_into().unwrap(),
            key.clone().try_into().unwrap(),
            ClientId::try_from(owner.clone()).unwrap(),
        );
        let theirs = Other::new(&token, &key, &owner).unwrap();
        let message = message(&mut random);
        let [timestamp, nonce, salt] = [13, 16, 16].map(|length| text(&mut random, length, length));

        let ciphertext = theirs.encrypt(&message, &salt, None);
        let signature = theirs.signature(&timestamp, &nonce, &ciphertext);
        let came = ours.open(&Envelope { signature, timestamp: timestamp.clone(), nonce, ciphertext });
        assert_eq!(came.unwrap().as_str(), message, "{number}");

        let back = ours.seal(&message, &timestamp);
        assert_eq!(theirs.signature(&timestamp, &back.nonce, &back.ciphertext), back.signature, "{number}");
        assert_eq!(theirs.decrypt(&back.ciphertext).unwrap(), message, "{number}");
    }
}

/// Letters of one to four bytes, so that bytes and characters are not the same number.
fn message(random: &mut StdRng) -> String {
    let length = random.random_range(0..200);
    (0..length).map(|_| ['x', '"', 'é', '钉', '🔔'][random.random_range(0..5)]).collect()
}

fn text(random: &mut StdRng, least: usize, most: usize) -> String {
    let length = random.random_range(least..=most);
    (0..length).map(|_| char::from(ALPHANUMERIC[random.random_range(0..ALPHANUMERIC.len())])).collect()
}
