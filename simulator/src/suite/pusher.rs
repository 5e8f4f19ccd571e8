//! Pushes until it is answered: DingTalk's page 数据格式.

use std::time::Duration;

use reqwest::{Client, Url};
use serde::Deserialize;

use super::{CallbackCrypto, Spelling, Wrong};
use crate::control::Control;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often it is looked whether simulated time has come to something, in real time.
const TICK: Duration = Duration::from_millis(10);

/// A push that is due.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) id: u64,
    pub(crate) crypto: CallbackCrypto,
    pub(crate) url: String,
    pub(crate) spelling: Spelling,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) ciphertext: String,
    /// What the answer says.
    pub(crate) expected: String,
}

/// An answer.
#[derive(Debug, Deserialize)]
struct Answer {
    msg_signature: String,
    #[serde(rename = "timeStamp")]
    timestamp: String,
    nonce: String,
    encrypt: String,
}

/// Sends what is due, one after the other, for as long as it is let.
pub(crate) async fn run(control: Control) {
    let client = client();
    loop {
        let letters = control.due_letters();
        if letters.is_empty() {
            tokio::time::sleep(TICK).await;
        }
        for letter in letters {
            let outcome = send(&client, &letter).await;
            control.settle_letter(letter.id, outcome);
        }
    }
}

fn client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    #[expect(clippy::disallowed_methods, reason = "the simulator is no part of the backend")]
    let builder = Client::builder();
    builder.no_proxy().timeout(PATIENCE).build().unwrap_or_default()
}

async fn send(client: &Client, letter: &Letter) -> Result<(), String> {
    let Letter { crypto, timestamp, nonce, ciphertext, .. } = letter;
    let mut signature = crypto.signature(timestamp, nonce, ciphertext);
    if letter.wrong == Some(Wrong::Signature) {
        signature = crypto.signature(timestamp, nonce, "another");
    }
    let [signed, at] = match letter.spelling {
        Spelling::Current => ["msg_signature", "timestamp"],
        Spelling::Old => ["signature", "timeStamp"],
    };
    let mut url: Url = letter.url.parse().map_err(|_| "callback_url: is no URL".to_owned())?;
    url.query_pairs_mut().extend_pairs([(signed, &signature), (at, timestamp), ("nonce", nonce)]);
    let request = client.post(url).json(&serde_json::json!({ "encrypt": ciphertext }));
    let response = request.send().await.map_err(|error| {
        let why = if error.is_timeout() { "later than 1500 ms" } else { "not at all" };
        format!("answered {why}")
    })?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(format!("answered HTTP {status}"));
    }
    let answer: Answer = response.json().await.map_err(|_| "the answer is in no envelope".to_owned())?;
    check(letter, &answer)
}

/// Reads an answer as DingTalk does.
fn check(letter: &Letter, answer: &Answer) -> Result<(), String> {
    let crypto = &letter.crypto;
    if crypto.signature(&answer.timestamp, &answer.nonce, &answer.encrypt) != answer.msg_signature {
        return Err("the answer is signed wrongly".to_owned());
    }
    let said = crypto.decrypt(&answer.encrypt).map_err(|error| format!("the answer is unusable: {error}"))?;
    if said == letter.expected { Ok(()) } else { Err(format!("the answer is {said:?}")) }
}
