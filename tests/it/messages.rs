//! Messages: who gets them, by which way, and what they say.

use dingtalk_qr_simulator::{STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Messaging, TestApp, login_options};
use serde_json::{Value, json};

#[tokio::test]
async fn a_work_notice_arrives_and_its_readers_are_told() {
    let sender = Messaging::start().await;

    let id = sender.notify(&[people::ZHANG_WEI, people::LI_NA, "nobody"], "Lunch is ready.").await;
    sender.pass(5).await;

    assert_eq!(sender.arrived(), of(&[people::LI_NA, people::ZHANG_WEI], "Lunch is ready."));
    assert_eq!(sender.outcome(&id).await, ("sent".to_owned(), json!({ "unread": 2, "invalid": 1 })));
    sender.dingtalk.read_messages(people::LI_NA);
    sender.pass(40).await;
    let message = sender.message(&id).await;
    let outcomes: Vec<_> =
        recipients(&message).into_iter().map(|(id, recipient)| (id, recipient["outcome"].clone())).collect();
    assert_eq!(
        outcomes,
        [
            (people::LI_NA.to_owned(), json!("read")),
            ("nobody".to_owned(), json!("invalid")),
            (people::ZHANG_WEI.to_owned(), json!("unread")),
        ]
    );
    sender.dingtalk.read_messages(people::ZHANG_WEI);
    sender.pass(40).await;
    assert_eq!(sender.outcome(&id).await, ("settled".to_owned(), json!({ "read": 2, "invalid": 1 })));
    assert!(!message.to_string().contains("Lunch"), "what it says is told to nobody");
}

#[tokio::test]
async fn a_robot_speaks_to_people_and_in_a_group() {
    let sender = Messaging::start().await;

    let id = sender.say(&[people::ZHANG_WEI, "nobody"], "Hello.").await;
    let text = json!({ "type": "text", "content": "Hello, all." });
    let group = sender.submit(json!({ "to": { "conversation_id": "cid1==" }, "robot": text })).await;
    sender.pass(5).await;

    let mut arrived = sender.arrived();
    arrived.sort();
    assert_eq!(
        arrived,
        [
            ("cid1==".to_owned(), "Hello, all.".to_owned()),
            (people::ZHANG_WEI.to_owned(), "Hello.".to_owned())
        ]
    );
    assert_eq!(sender.outcome(&id).await, ("sent".to_owned(), json!({ "unread": 1, "invalid": 1 })));
    sender.dingtalk.read_messages(people::ZHANG_WEI);
    sender.pass(15).await;
    assert_eq!(sender.outcome(&id).await, ("settled".to_owned(), json!({ "read": 1, "invalid": 1 })));
    let message = sender.message(&group).await;
    assert_eq!((&message["channel"], &message["state"]), (&json!("group"), &json!("settled")));
}

#[tokio::test]
async fn departments_and_everybody_get_it_and_are_known_afterwards() {
    let sender = Messaging::start().await;
    sender.fill(40, 4);
    let department = sender.dingtalk.department_ids(STUDIO_CORP_ID)[1];
    let members = sender.dingtalk.userids_in(STUDIO_CORP_ID, department);

    let notice = json!({ "type": "text", "content": "To some." });
    let to = json!({ "department_ids": [department, department, 999] });
    let id = sender.submit(json!({ "to": to, "work_notice": notice })).await;
    sender.pass(5).await;

    let message = sender.message(&id).await;
    assert_eq!(
        message["duplicates"],
        json!([{ "field": "to.department_ids", "id": department.to_string() }])
    );
    assert_eq!(message["parts"][0]["invalid_departments"], json!([999]));
    let mut known: Vec<_> = recipients(&message).into_iter().map(|(id, _)| id).collect();
    known.sort();
    let mut expected = members;
    expected.sort();
    assert!(known.len() > 3 && known == expected, "{known:?} {expected:?}");

    let notice = json!({ "type": "text", "content": "To all." });
    let all = sender.submit(json!({ "to": { "everybody": true }, "work_notice": notice })).await;
    sender.pass(5).await;
    assert_eq!(sender.outcome(&all).await, ("sent".to_owned(), json!({ "unread": 44 })));
}

#[tokio::test]
async fn a_template_goes_with_the_texts_that_fill_it() {
    let sender = Messaging::start().await;

    let template = json!({ "template_id": "t1", "data": { "name": "Wei", "count": "7" } });
    let id = sender.submit(json!({ "to": { "staff_ids": [people::ZHANG_WEI] }, "template": template })).await;
    sender.pass(5).await;

    let arrived = sender.dingtalk.messages();
    assert_eq!(arrived[0].content, template);
    let message = sender.message(&id).await;
    assert_eq!((&message["channel"], &message["counts"]), (&json!("template"), &json!({ "unread": 1 })));
}

#[tokio::test]
async fn every_kind_of_work_notice_and_of_robot_message_is_taken() {
    let sender = Messaging::start().await;
    let (to, link) = (json!({ "staff_ids": [people::ZHANG_WEI] }), "https://shop.example/orders/1");
    let button = json!({ "title": "Look", "url": link });
    let form = json!({ "title": "Order", "rows": [{ "key": "No.", "value": "1" }], "count": { "number": "9", "unit": "CNY" },
        "content": "Paid.", "image": "@i", "file_count": 1, "author": "Shop" });
    let notices = [
        json!({ "type": "text", "content": "a" }),
        json!({ "type": "image", "media_id": "@m" }),
        json!({ "type": "voice", "media_id": "@m", "seconds": 59 }),
        json!({ "type": "file", "media_id": "@m" }),
        json!({ "type": "link", "title": "t", "text": "x", "url": link, "picture": "@p" }),
        json!({ "type": "oa", "url": link, "pc_url": link, "head": { "color": "FFBBBBBB", "text": "h" },
            "status": { "text": "s", "color": "FF00FF00" }, "body": form }),
        json!({ "type": "markdown", "title": "t", "text": "# x" }),
        json!({ "type": "action_card", "title": "t", "text": "x", "buttons": [button] }),
        json!({ "type": "action_card", "title": "t", "text": "x", "buttons": [button, button], "layout": "horizontal" }),
    ];
    let robots = [
        json!({ "type": "text", "content": "a" }),
        json!({ "type": "markdown", "title": "t", "text": "# x" }),
        json!({ "type": "image", "picture": "https://shop.example/a.png" }),
        json!({ "type": "link", "title": "t", "text": "x", "url": link, "picture": "@p" }),
        json!({ "type": "action_card", "title": "t", "text": "x", "buttons": [button] }),
        json!({ "type": "action_card", "title": "t", "text": "x", "buttons": [button, button], "layout": "horizontal" }),
        json!({ "type": "action_card", "title": "t", "text": "x", "buttons": [button, button, button] }),
        json!({ "type": "voice", "media_id": "@m", "milliseconds": 900 }),
        json!({ "type": "file", "media_id": "@m", "name": "a.pdf", "extension": "pdf" }),
        json!({ "type": "video", "media_id": "@m", "extension": "mp4", "seconds": 9, "picture": "@p" }),
    ];

    let mut ids = Vec::new();
    for notice in &notices {
        ids.push(sender.submit(json!({ "to": to, "work_notice": notice })).await);
    }
    for robot in &robots {
        ids.push(sender.submit(json!({ "to": to, "robot": robot })).await);
    }
    sender.pass(10).await;

    for id in ids {
        assert_eq!(sender.outcome(&id).await, ("sent".to_owned(), json!({ "unread": 1 })));
    }
    assert_eq!(sender.dingtalk.messages().len(), notices.len() + robots.len());
}

#[tokio::test]
async fn people_are_named_by_our_ids_and_by_the_embedders_own() {
    let app = TestApp::with(login_options().var("DINGTALK_AGENT_ID", "1000000001")).await;
    let sender = Messaging::of(app).await;
    let users = sender.api_key("people").await;
    let (wei, na) = (user(&sender, people::ZHANG_WEI).await, user(&sender, people::LI_NA).await);
    let person = format!("/api/v1/users/{wei}");
    let bound = json!({ "external_id": "customer-1" });
    assert_eq!(sender.call("PATCH", &person).bearer(&users).json(&bound).send().await.status, 200);

    let notice = json!({ "type": "text", "content": "Your order is on its way." });
    let to = json!({
        "external_ids": ["customer-1", "customer-2"],
        "user_ids": [na, "stranger", wei],
        "staff_ids": [people::LI_NA],
    });
    let answer = sender.post(json!({ "to": to, "work_notice": notice })).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    sender.pass(5).await;

    let taken = answer.json();
    assert_eq!(
        taken["unresolved"],
        json!([
            { "field": "to.user_ids", "id": "stranger", "why": "unknown" },
            { "field": "to.external_ids", "id": "customer-2", "why": "unknown" },
        ])
    );
    assert_eq!(
        taken["duplicates"],
        json!([
            { "field": "to.user_ids", "id": na },
            { "field": "to.external_ids", "id": "customer-1" },
        ])
    );
    assert_eq!(sender.arrived().len(), 2, "each gets it once");
    let message = sender.message(taken["message_id"].as_str().unwrap()).await;
    let named: Vec<_> =
        recipients(&message).into_iter().map(|(id, it)| (id, it["user_id"].clone())).collect();
    assert_eq!(named, [(people::LI_NA.to_owned(), Value::Null), (people::ZHANG_WEI.to_owned(), json!(wei))]);
}

#[tokio::test]
async fn a_message_to_nobody_who_is_known_is_not_found() {
    let sender = Messaging::start().await;
    let notice = json!({ "type": "text", "content": "x" });

    for to in [json!({ "external_ids": ["customer-9"] }), json!({ "user_ids": ["stranger"] })] {
        let answer = sender.post(json!({ "to": to, "work_notice": notice })).await;
        assert_eq!(answer.problem(), "404 recipients_not_found");
    }

    assert_eq!(sender.get("").await.json()["messages"], json!([]));
}

#[tokio::test]
async fn somebody_of_another_organisation_does_not_get_it() {
    let app = TestApp::with(login_options().var("DINGTALK_AGENT_ID", "1000000001")).await;
    let wei = user(&app, people::ZHANG_WEI).await;
    let mut options = login_options().var("DINGTALK_AGENT_ID", "1000000001");
    options.vars.retain(|(name, _)| *name != "DINGTALK_CORP_ID");
    let app = app.restart_with(options.var("DINGTALK_CORP_ID", "dingsimschool0001")).await;
    let sender = Messaging::of(app).await;

    let notice = json!({ "type": "text", "content": "x" });
    let to = json!({ "user_ids": [wei], "staff_ids": ["teacher"] });
    let answer = sender.post(json!({ "to": to, "work_notice": notice })).await;

    let expected = json!([{ "field": "to.user_ids", "id": wei, "why": "other_organisation" }]);
    assert_eq!(answer.json()["unresolved"], expected);
}

#[tokio::test]
async fn the_example_of_the_guide_is_taken() {
    let sender = Messaging::start().await;
    let guide = include_str!("../../docs/messages.md");
    let (_, rest) = guide.split_once("curl -X POST https://qr.example.com/api/v1/messages -H").unwrap();
    let (_, rest) = rest.split_once("-d '").unwrap();
    let mut body: Value = serde_json::from_str(rest.split('\'').next().unwrap()).unwrap();
    body["app"] = json!(sender.name);

    let taken = sender.post(body).await.json();

    let (_, answer) = guide.split_once("202, when it is checked and kept").unwrap();
    let answer = answer.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let answer: Value = serde_json::from_str(answer).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!((names(&taken), names(&taken["parts"][0])), (names(&answer), names(&answer["parts"][0])));
}

/// Signs somebody in, and returns our id of them.
async fn user(app: &TestApp, userid: &str) -> String {
    let browser = dingtalk_qr_tests::Browser::new(app);
    browser.sign_in(userid).await;
    browser.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned()
}

fn recipients(message: &Value) -> Vec<(String, Value)> {
    let recipients = message["recipients"].as_array().unwrap();
    recipients
        .iter()
        .map(|recipient| (recipient["staff_id"].as_str().unwrap().to_owned(), recipient.clone()))
        .collect()
}

fn of(userids: &[&str], text: &str) -> Vec<(String, String)> {
    userids.iter().map(|userid| ((*userid).to_owned(), text.to_owned())).collect()
}
