//! Messages through crashes, and with several backends.

use std::collections::BTreeSet;
use std::time::Duration;

use dingtalk_qr_backend::{Clock as _, SystemClock};
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, Options, Simulator, people};
use dingtalk_qr_tests::{Messaging, Program, messaging_options, run};
use serde_json::{Value, json};

const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";
const TEMPLATE: &str = "/topapi/message/corpconversation/sendbytemplate";
const SPEAK: &str = "/v1.0/robot/oToMessages/batchSend";

/// The longest that a test waits for somebody who has a time of his own.
const PATIENCE: Duration = Duration::from_secs(30);

/// Seconds for which whoever took a part has it.
const TAKEN_FOR: u64 = 120;

#[tokio::test]
async fn a_message_that_was_taken_is_sent_after_a_crash() {
    let sender = Messaging::start().await;
    fault(&sender, SEND, &json!({ "preset": "global_limit" }), 1);
    let id = sender.notify(&[people::LI_NA], "x").await;

    let sender = sender.restart().await;
    sender.pass(TAKEN_FOR + 10).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
    assert_eq!(sender.arrived().len(), 1);
}

#[tokio::test]
async fn who_dies_while_a_work_notice_is_sent_leaves_it_to_be_sent_again_and_nobody_gets_it_twice() {
    for effect in [json!({ "delay_ms": 60_000 }), json!({ "http": 502, "delay_ms": 60_000 })] {
        let (sender, id) = killed_while_sending(SEND, &effect).await;
        let message = sender.message(&id).await;
        assert_eq!(message["state"], "sending");
        sender.pass(TAKEN_FOR + 10).await;

        let message = sender.message(&id).await;
        assert_eq!(message["parts"][0]["attempts"], 2, "{message}");
        assert_eq!(sender.arrived().len(), 1, "{effect}");
        let counts =
            if effect["http"].is_null() { json!({ "duplicate": 1 }) } else { json!({ "unread": 1 }) };
        assert_eq!(message["counts"], counts, "DingTalk tells that they have it from the first attempt");
    }
}

#[tokio::test]
async fn who_dies_while_a_robot_speaks_leaves_it_unknown_and_it_does_not_speak_again() {
    for path in [SPEAK, TEMPLATE] {
        let (sender, id) = killed_while_sending(path, &json!({ "delay_ms": 60_000 })).await;
        sender.pass(TAKEN_FOR + 10).await;

        assert_eq!(sender.outcome(&id).await, ("unknown".to_owned(), json!({ "unknown": 1 })), "{path}");
        assert_eq!((sender.asked(path), sender.dingtalk.messages().len()), (1, 1), "{path}");
    }
}

#[tokio::test]
async fn a_work_notice_in_doubt_is_not_sent_again_on_another_day() {
    let sender = Messaging::start().await;
    fault(&sender, SEND, &json!({ "disconnect": "before_answer" }), 1);
    let id = sender.notify(&[people::LI_NA], "x").await;
    sender.settle().await;
    assert_eq!(sender.outcome(&id).await.0, "doubtful");

    // In one step, so that nothing is done on the same day.
    let day = Duration::from_hours(24);
    sender.dingtalk.advance(day);
    sender.clock.advance(day);
    sender.settle().await;

    assert_eq!(sender.outcome(&id).await, ("unknown".to_owned(), json!({ "unknown": 1 })));
    assert_eq!(sender.asked(SEND), 1);
}

#[tokio::test]
async fn a_message_in_doubt_that_is_wanted_back_is_not_sent_again() {
    let sender = Messaging::start().await;
    fault(&sender, SEND, &json!({ "http": 502 }), 1);
    let id = sender.notify(&[people::LI_NA], "x").await;
    sender.settle().await;

    sender.recall(&id).await;
    sender.pass(30).await;

    assert_eq!(sender.outcome(&id).await.0, "unknown");
    assert_eq!(sender.asked(SEND), 1);
}

#[tokio::test]
async fn what_became_of_a_message_is_asked_for_after_a_crash() {
    let sender = Messaging::start().await;
    let id = sender.notify(&[people::LI_NA], "x").await;
    sender.settle().await;
    assert_eq!(sender.outcome(&id).await, ("sent".to_owned(), json!({ "accepted": 1 })));

    let sender = sender.restart().await;
    sender.pass(20).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
    assert_eq!(sender.asked(SEND), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_backends_on_postgresql_one_sends_each_part() {
    let options = messaging_options().on_postgres().await;
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let sender = Messaging::with(options.var("DINGTALK_QR_KEY", key)).await;
    let other = sender.replica().await;
    let people = sender.fill(1000, 1);

    let mut ids = Vec::new();
    for (number, some) in people.chunks(250).enumerate() {
        let text = json!({ "type": "text", "content": format!("message {number}") });
        ids.push(sender.submit(json!({ "to": { "staff_ids": some }, "robot": text })).await);
    }
    for id in &ids {
        // Nobody waits for the other one.
        let looked_after = async {
            while sender.outcome(id).await.1 != json!({ "unread": 250 }) {
                sender.pass(1).await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looked_after).await.unwrap();
    }
    let arrived: Vec<_> = sender.arrived();
    assert_eq!((arrived.len(), arrived.iter().collect::<BTreeSet<_>>().len()), (1000, 1000), "each once");
    drop(other);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_once_makes_one_message() {
    let sender = Messaging::start().await;
    let text = json!({ "type": "text", "content": "x" });
    let body = json!({ "to": { "staff_ids": [people::LI_NA] }, "work_notice": text, "idempotency_key": "0123456789abcdef" });

    let ids = futures_util::future::join_all((0..8).map(|_| sender.submit(body.clone()))).await;
    sender.pass(5).await;

    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1, "{ids:?}");
    assert_eq!(sender.arrived().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_has_a_message_sent_and_tells_what_became_of_it() {
    let sender = Messaging::start().await;
    let vars = sender.vars();
    let vars: Vec<_> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let program = |args: &[&str]| {
        let output = run(&sender.path("."), &vars, &[&["message"], args].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };

    // The program has the time of the machine.
    let ahead = SystemClock.now().since(sender.clock.now());
    sender.dingtalk.advance(ahead);
    sender.clock.advance(ahead);
    let name = sender.name.as_str();
    let (code, id) = program(&[
        "send",
        "--app",
        name,
        "--to",
        people::LI_NA,
        "--to",
        "nobody",
        "--text",
        "From a terminal.",
    ]);
    assert_eq!(code, Some(0));
    sender.pass(20).await;

    let (code, shown) = program(&["show", id.trim()]);
    assert_eq!(code, Some(0));
    let expected = format!(
        "{}\t{name}\twork_notice\tsent\npart 1\tsent\t1\t-\n{}\tunread\nnobody\tinvalid\n",
        id.trim(),
        people::LI_NA
    );
    assert_eq!(shown, expected);
    assert_eq!(sender.arrived(), [(people::LI_NA.to_owned(), "From a terminal.".to_owned())]);
    assert_eq!(program(&["show", "nothing"]).0, Some(1));
    assert_eq!(program(&["send", "--app", "nothing", "--to", "a", "--text", "x"]).0, Some(1));
    assert_eq!(program(&["send", "--app", name, "--to", "a", "--text", " "]).0, Some(1));
    let answer = sender.get(&format!("/{}", id.trim())).await;
    assert_eq!(answer.problem(), "404 message_not_found", "it is no key's");
}

#[tokio::test]
async fn what_a_message_says_is_not_in_the_database_in_clear() {
    for options in [messaging_options(), messaging_options().on_postgres().await] {
        let sender = Messaging::with(options).await;
        let key = "canary-of-an-idempotency-key";
        let text = json!({ "type": "text", "content": "canary-of-a-text" });
        let id = sender
            .submit(json!({ "to": { "staff_ids": [people::LI_NA] }, "work_notice": text, "idempotency_key": key }))
            .await;
        sender.pass(5).await;

        let stored = sender.database();
        assert!(stored.contains(&id) && stored.contains(people::LI_NA), "the database was read");
        assert!(!stored.contains("canary-of-a-text"));
    }
}

#[tokio::test]
async fn what_a_message_says_is_not_in_the_log() {
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut vars = vec![("LISTEN_ADDR", "127.0.0.1:0".to_owned()), ("RUST_LOG", "trace".to_owned())];
    vars.push(("DINGTALK_SIMULATOR_URL", dingtalk.url().to_owned()));
    vars.extend(messaging_options().vars);
    let vars: Vec<_> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let scopes = ["api-key", "create", "sender", "--scope", "messages:write", "--scope", "messages:read"];
    let key = String::from_utf8(run(folder.path(), &vars, &scopes).stdout).unwrap();
    let program = Program::start(folder.path(), &vars);
    let http = crate::http_client();

    for (channel, secret) in [("work_notice", "canary-of-a-notice"), ("robot", "canary-of-a-robot")] {
        let mut body = json!({ "app": EXISTING_APP_CLIENT_ID, "to": { "staff_ids": [people::LI_NA] } });
        body[channel] = json!({ "type": "text", "content": secret });
        let url = format!("{}/api/v1/messages", program.url);
        let call = http.post(url).bearer_auth(key.trim()).header("content-type", "application/json");
        let answer = call.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 202);
    }
    let sent = async {
        while dingtalk.messages().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, sent).await.unwrap();

    let log = program.log();
    for mark in ["message taken", "part of a message", "request served"] {
        assert!(log.contains(mark), "the log was on: {mark}");
    }
    for secret in ["canary", people::LI_NA] {
        assert!(!log.contains(secret), "in the log: {secret}");
    }
}

/// Begins to send something, and kills the backend before the answer is there.
async fn killed_while_sending(path: &str, effect: &Value) -> (Messaging, String) {
    let sender = Messaging::start().await;
    fault(&sender, path, effect, 1);
    let to = json!({ "staff_ids": [people::LI_NA] });
    let text = json!({ "type": "text", "content": "x" });
    let id = match path {
        SEND => sender.submit(json!({ "to": to, "work_notice": text })).await,
        TEMPLATE => sender.submit(json!({ "to": to, "template": { "template_id": "t", "data": {} } })).await,
        _ => sender.submit(json!({ "to": to, "robot": text })).await,
    };
    let asked = async {
        while sender.asked(path) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
    // What it said has its effect before the answer is held back.
    tokio::time::sleep(Duration::from_millis(50)).await;
    (sender.restart().await, id)
}

fn fault(sender: &Messaging, path: &str, fault: &Value, times: u64) {
    let rule = json!({ "path": path, "times": times, "fault": fault });
    sender.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
}
