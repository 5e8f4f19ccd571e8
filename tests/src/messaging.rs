use std::ops::Deref;

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Filling, STUDIO_CORP_ID, SentMessage,
};
use serde_json::{Value, json};

use crate::{Answer, TestApp, TestOptions};

/// A backend whose app sends messages, and a key to send them with.
#[derive(Debug)]
pub struct Messaging {
    app: TestApp,
    /// The key.
    pub key: String,
    /// What the app is called.
    pub name: String,
}

/// Options for a backend that has the studio's app, and knows its agent id.
pub fn messaging_options() -> TestOptions {
    TestOptions::default()
        .var("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID)
        .var("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET)
        .var("DINGTALK_CORP_ID", STUDIO_CORP_ID)
        .var("DINGTALK_AGENT_ID", "1000000001")
}

impl Messaging {
    /// Starts one with defaults.
    pub async fn start() -> Self {
        Self::with(messaging_options()).await
    }

    /// Starts one.
    pub async fn with(options: TestOptions) -> Self {
        Self::of(TestApp::with(options).await).await
    }

    /// Makes one of a backend that has the studio's app.
    pub async fn of(app: TestApp) -> Self {
        let key = message_key(&app, "sender").await;
        let client_id = EXISTING_APP_CLIENT_ID.to_owned().try_into().unwrap();
        let name = app.state.apps().name_of(&client_id).await.unwrap().unwrap_or_default();
        Self { app, key, name }
    }

    /// Sends by another app.
    #[must_use]
    pub fn by(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// Ends the backend without a goodbye and starts another one.
    pub async fn restart(self) -> Self {
        Self { app: self.app.restart().await, key: self.key, name: self.name }
    }

    /// Fills the studio with so many more people, and so many departments, and returns the ids of those people.
    pub fn fill(&self, people: u64, departments: u64) -> Vec<String> {
        let filling = Filling { corp_id: STUDIO_CORP_ID.to_owned(), people, departments, seed: 7 };
        self.app.dingtalk.fill(&filling).unwrap();
        (0..people).map(|number| format!("studio{number:06}")).collect()
    }

    /// Sends a message and returns the answer. The app is named if `body` names none.
    pub async fn post(&self, mut body: Value) -> Answer {
        if body.get("app").is_none() {
            body["app"] = json!(self.name);
        }
        self.app.call("POST", "/api/v1/messages").bearer(&self.key).json(&body).send().await
    }

    /// Has a message taken that is expected to be, and returns its id.
    pub async fn submit(&self, body: Value) -> String {
        let answer = self.post(body).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["message_id"].as_str().unwrap().to_owned()
    }

    /// Has a text taken as a work notice for these people.
    pub async fn notify(&self, to: &[&str], text: &str) -> String {
        let notice = json!({ "type": "text", "content": text });
        self.submit(json!({ "to": { "staff_ids": to }, "work_notice": notice })).await
    }

    /// Has a text taken that the robot says to these people.
    pub async fn say(&self, to: &[&str], text: &str) -> String {
        let content = json!({ "type": "text", "content": text });
        self.submit(json!({ "to": { "staff_ids": to }, "robot": content })).await
    }

    /// Returns what there is to tell of a message.
    pub async fn message(&self, id: &str) -> Value {
        let answer = self.get(&format!("/{id}?limit=1000")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Returns how far a message is, and for how many people it came to what.
    pub async fn outcome(&self, id: &str) -> (String, Value) {
        let message = self.message(id).await;
        (message["state"].as_str().unwrap().to_owned(), message["counts"].clone())
    }

    /// Reads something below the messages.
    pub async fn get(&self, rest: &str) -> Answer {
        self.app.call("GET", &format!("/api/v1/messages{rest}")).bearer(&self.key).send().await
    }

    /// Wants a message back.
    pub async fn recall(&self, id: &str) -> Value {
        let path = format!("/api/v1/messages/{id}/recall");
        let answer = self.app.call("POST", &path).bearer(&self.key).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Lets DingTalk be busy for so many calls.
    pub fn busy(&self, path: &str, times: u64) {
        let preset = if path.starts_with("/v1.0/") { "qps_app" } else { "global_limit" };
        let rule = json!({ "path": path, "times": times, "fault": { "preset": preset } });
        self.app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
    }

    /// Returns what arrived, as what it says; of a robot and of a work notice the text.
    pub fn arrived(&self) -> Vec<(String, String)> {
        self.app.dingtalk.messages().iter().map(|message| (who(message), text(message))).collect()
    }
}

impl Deref for Messaging {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// Makes an API key that may send messages and read what became of them.
pub async fn message_key(app: &TestApp, name: &str) -> String {
    let scopes = [Scope::MessagesRead, Scope::MessagesWrite].into_iter().collect();
    app.state.access().create_scoped_api_key(name, &scopes).await.unwrap().unwrap().to_string()
}

fn who(message: &SentMessage) -> String {
    message.userid.clone().or_else(|| message.conversation_id.clone()).unwrap_or_default()
}

fn text(message: &SentMessage) -> String {
    let text =
        ["/text/content", "/msgParam/content"].into_iter().find_map(|path| message.content.pointer(path));
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}
