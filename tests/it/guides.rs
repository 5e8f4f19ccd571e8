//! What guides show is what is sent and answered. Others have their test beside those of their subject.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, Push, SCHOOL_CORP_ID, STUDIO_CORP_ID};
use dingtalk_qr_tests::{Answer, OWN, SUITE_KEY, TestApp, login_options, organised, record, suite_options};
use serde_json::{Map, Value, json};

#[tokio::test]
async fn the_requests_of_the_guide_to_third_party_apps_are_answered_as_it_says() {
    let app = TestApp::with(suite_options()).await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    app.install(&[STUDIO_CORP_ID, SCHOOL_CORP_ID]).await;
    let data = json!({ "syncAction": "user_modify_org", "name": "张伟" });
    app.dingtalk
        .push(SUITE_KEY, Push { records: vec![record(13, "zhangwei", data)], ..Push::default() })
        .unwrap();
    app.dingtalk.pushed().await;
    let key = app.scoped_key("guide", "messages:write suites:read suites:write").await;

    let (mut sent, mut compared) = (0, 0);
    let guide = include_str!("../../docs/third-party-apps.md").replace("dingcorp", STUDIO_CORP_ID);
    let mut answered = None;
    for block in guide.split("```").skip(1).step_by(2) {
        if let Some(shown) = block.strip_prefix("json\n") {
            let shown: Value = serde_json::from_str(shown).unwrap();
            assert_eq!(shape(&answered.take().unwrap()), shape(&shown), "{shown}");
            compared += 1;
        } else if block.contains("curl ") {
            let mut answers = Vec::new();
            for command in block.replace("\\\n", "").lines().filter(|line| line.contains("curl ")) {
                let answer = run(&app, &key, command).await;
                assert!(answer.status.is_success(), "{command}: {answer:?}");
                answers.push(answer);
            }
            sent += answers.len();
            answered = Some(answers[0].json());
        }
    }
    assert_eq!((sent, compared), (7, 3));
}

#[tokio::test]
async fn the_requests_of_the_guide_to_organisations_are_answered() {
    let app = organised(login_options(), 3, 2).await;
    let key = app.scoped_key("guide", "organisations:read organisations:write").await;
    let guide = include_str!("../../docs/organisations.md")
        .replace("$CORP_ID", STUDIO_CORP_ID)
        .replace("support-bot", EXISTING_APP_CLIENT_ID)
        .replace("\\\n", "");
    let mut sent = 0;
    for command in guide.lines().filter(|line| line.starts_with("curl ")) {
        let answer = run(&app, &key, command).await;
        assert!(answer.status.is_success(), "{command}: {answer:?}");
        sent += 1;
        // What follows reads what this brought.
        app.synced().await;
    }
    assert_eq!(sent, 6);
    let shown = guide.split("```json\n").map(|block| block.split("```").next().unwrap()).nth(2).unwrap();
    let path = format!("/api/v1/organisations/{STUDIO_CORP_ID}/members/zhangwei");
    let member = app.call("GET", &path).bearer(&key).send().await.json();
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&serde_json::from_str(shown).unwrap()), fields(&member));
}

/// Does what a line with `curl` does.
async fn run(app: &TestApp, key: &str, command: &str) -> Answer {
    let (_, url) = command.split_once("https://qr.example.com").unwrap();
    let path = url.split([' ', '"']).next().unwrap();
    let body = command.split_once("-d '").map(|(_, body)| body.trim_end().trim_end_matches('\''));
    let method = match command.split_once("-X ") {
        Some((_, method)) => method.split(' ').next().unwrap(),
        None if body.is_some() => "POST",
        None => "GET",
    };
    let call = app.call(method, path);
    // What has a key is a server's, and the rest a page's.
    let call = if command.contains("Authorization") { call.bearer(key) } else { call.header("origin", OWN) };
    match body {
        Some(body) => call.json(&serde_json::from_str(body).unwrap()).send().await,
        None => call.send().await,
    }
}

/// What is where: names, and kinds of values. A list is like its last element.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), shape(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(values) => json!([values.last().map(shape)]),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("bool"),
        Value::Null => Value::Null,
    }
}
