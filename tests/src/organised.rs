use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::{App, Control, EXISTING_APP_CLIENT_ID, Filling, STUDIO_CORP_ID};
use serde_json::{Value, json};

use crate::{Answer, TestApp, TestOptions};

/// The longest that a run may take, in seconds of its clock.
const LONGEST: usize = 600;

/// A backend whose studio has departments and people, and a key to see them with.
#[derive(Debug)]
pub struct Organised {
    app: TestApp,
    /// The key.
    pub key: String,
    /// What the studio's app is called.
    pub name: String,
}

/// Starts one, with so many people made up beside those who are there already, and so many departments.
pub async fn organised(options: TestOptions, people: u64, departments: u64) -> Organised {
    let app = TestApp::with(options).await;
    let filling = Filling { corp_id: STUDIO_CORP_ID.to_owned(), people, departments, seed: 7 };
    app.dingtalk.fill(&filling).unwrap();
    Organised::of(app).await
}

/// Returns how many pages of members there are in an organisation, and at least one in each department.
pub fn pages(dingtalk: &Control, corp_id: &str) -> usize {
    let size = |id| dingtalk.userids_in(corp_id, id).len();
    dingtalk.department_ids(corp_id).into_iter().map(|id| size(id).div_ceil(100).max(1)).sum()
}

impl Organised {
    async fn of(app: TestApp) -> Self {
        let scopes = [Scope::OrganisationsRead, Scope::OrganisationsWrite].into_iter().collect();
        let key = app.state.access().create_scoped_api_key("organisations", &scopes).await.unwrap().unwrap();
        let client_id = EXISTING_APP_CLIENT_ID.to_owned().try_into().unwrap();
        let name = app.state.apps().name_of(&client_id).await.unwrap().unwrap();
        Self { app, key: key.to_string(), name }
    }

    /// Ends the backend without a goodbye and starts another one.
    pub async fn restart(self) -> Self {
        Self { app: self.app.restart().await, key: self.key, name: self.name }
    }

    /// Returns a path below the studio.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/organisations/{STUDIO_CORP_ID}{rest}")
    }

    /// Asks for something below the studio.
    pub async fn send(&self, method: &str, rest: &str) -> Answer {
        self.call(method, &self.path(rest)).bearer(&self.key).send().await
    }

    /// Reads something below the studio.
    pub async fn get(&self, rest: &str) -> Value {
        let answer = self.send("GET", rest).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Asks for what is refused, and returns the problem.
    pub async fn fails(&self, method: &str, rest: &str) -> String {
        self.send(method, rest).await.problem()
    }

    /// Begins a run.
    pub async fn sync(&self, mode: &str) -> Value {
        let body = json!({ "app": self.name, "mode": mode });
        let answer = self.call("POST", &self.path("/sync")).bearer(&self.key).json(&body).send().await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()
    }

    /// Lets time pass until no run is under way, and returns how the last one stands.
    pub async fn synced(&self) -> Value {
        for _ in 0..LONGEST {
            self.pass(1).await;
            let progress = self.get("/sync").await;
            if progress["state"] != "running" {
                return progress;
            }
        }
        panic!("the run does not end: {}", self.get("/sync").await);
    }

    /// Returns how many pages of members the studio has.
    pub fn pages(&self) -> usize {
        pages(&self.dingtalk, STUDIO_CORP_ID)
    }

    /// Returns who is kept, and in which departments.
    pub async fn kept(&self) -> BTreeMap<String, BTreeSet<u64>> {
        self.kept_by(100).await
    }

    /// The same, read by pages of so many.
    pub async fn kept_by(&self, limit: usize) -> BTreeMap<String, BTreeSet<u64>> {
        let mut kept = BTreeMap::new();
        let mut path = format!("/members?limit={limit}");
        loop {
            let page = self.get(&path).await;
            for member in page["members"].as_array().unwrap() {
                let ids = member["departments"].as_array().unwrap().iter();
                let ids = ids.map(|id| id.as_u64().unwrap()).collect();
                let staff_id = member["staff_id"].as_str().unwrap().to_owned();
                assert_eq!(kept.insert(staff_id, ids), None, "twice: {member}");
            }
            let Some(next) = page["next_cursor"].as_str() else { return kept };
            path = format!("/members?limit={limit}&cursor={next}");
        }
    }

    /// Returns who is in the studio, and in which departments.
    pub fn at_dingtalk(&self) -> BTreeMap<String, BTreeSet<u64>> {
        let mut people = BTreeMap::<String, BTreeSet<u64>>::new();
        for id in self.dingtalk.department_ids(STUDIO_CORP_ID) {
            for userid in self.dingtalk.userids_in(STUDIO_CORP_ID, id) {
                people.entry(userid).or_default().insert(id);
            }
        }
        people
    }

    /// Lets calls of a path go wrong, until the faults are cleared.
    pub fn fault(&self, path: &str, fault: &Value) {
        let rule = serde_json::from_value(json!({ "path": path, "fault": fault })).unwrap();
        self.dingtalk.add_fault(rule).unwrap();
    }

    /// Changes the studio's app at DingTalk.
    pub fn change_app(&self, change: impl FnOnce(&mut App)) {
        let mut app = self.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
        change(&mut app);
        self.dingtalk.put_app(app).unwrap();
    }

    /// Runs the program, and returns what it prints.
    pub async fn program_output(&self, args: &[&str]) -> String {
        let mut command = self.program(args);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        text(&output.stdout) + &text(&output.stderr)
    }
}

impl Deref for Organised {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}
