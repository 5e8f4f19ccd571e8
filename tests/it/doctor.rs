//! What keeps an app from working, and where that is put right.

use dingtalk_qr_simulator::{
    App, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Fault, FaultRule, Options, Simulator, people,
};
use dingtalk_qr_tests::{TestApp, run};
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "/v1.0/oauth2/accessToken";
const ROBOT: &str = "/v1.0/robot/oToMessages/batchSend";

#[tokio::test]
async fn a_scanned_app_can_let_its_robot_speak_and_nobody_is_disturbed_by_the_question() {
    let app = TestApp::start().await;
    let flow = app.begin_with(&json!({ "app_name": "bot" })).await;
    app.approve(&flow);
    app.pass_watched(&flow, 30).await;
    assert_eq!(app.status(&flow).await, "created");

    let examined = verify(&app, "bot").await;

    assert_eq!((&examined["verified"], &examined["findings"]), (&json!(true), &json!([])));
    let asked = app.dingtalk.calls().into_iter().find(|call| call.path == ROBOT).unwrap();
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body["robotCode"], examined["client_id"]);
    let named = body["userIds"][0].as_str().unwrap();
    assert!(app.dingtalk.people().iter().all(|person| person.userid != named), "{named}");
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_with_the_page_that_puts_it_right() {
    type Change = fn(&mut App);
    let cases: [(&str, Change); 5] = [
        ("credentials_rejected", |app| app.secret = "another-one".to_owned()),
        ("credentials_rejected", |app| app.published = false),
        ("address_not_allowed", |app| app.allow_ip = false),
        ("permission_missing", |app| app.permissions.retain(|granted| granted != "qyapi_robot_sendmsg")),
        ("robot_unconfirmed", |app| app.robot = false),
    ];
    for (code, change) in cases {
        let app = with_existing_app().await;
        let mut at_dingtalk = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
        change(&mut at_dingtalk);
        app.dingtalk.put_app(at_dingtalk).unwrap();

        let examined = verify(&app, "bot").await;

        let [finding] = &examined["findings"].as_array().unwrap()[..] else { panic!("{code}: {examined}") };
        assert_eq!(finding["code"], code);
        assert!(
            finding["console"].as_str().unwrap().starts_with("https://open-dev.dingtalk.com/"),
            "{finding}"
        );
        assert_eq!(examined["verified"], code != "credentials_rejected", "{code}");
        assert!(!examined.to_string().contains(EXISTING_APP_CLIENT_SECRET));
    }
}

#[tokio::test]
async fn an_outage_is_a_finding_and_takes_no_verdict_back() {
    for path in [TOKEN, ROBOT] {
        let app = with_existing_app().await;
        let fault = Fault { http: Some(503), ..Fault::default() };
        app.dingtalk.add_fault(FaultRule { path: path.to_owned(), times: None, fault }).unwrap();

        let examined = verify(&app, "bot").await;

        let codes: Vec<_> = examined["findings"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
        assert_eq!(codes, ["upstream_unavailable"], "{path}");
        assert_eq!(
            (&examined["verified"], &examined["findings"][0]["console"]),
            (&json!(true), &Value::Null)
        );
    }
}

#[tokio::test]
async fn an_app_that_works_again_is_verified_again() {
    let app = with_existing_app().await;
    let well = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    app.dingtalk.put_app(App { published: false, ..well.clone() }).unwrap();
    assert_eq!(verify(&app, "bot").await["verified"], false);
    let listed = app.call("GET", "/api/v1/apps/bot").send().await.json();
    assert_eq!(listed["verified"], false);

    app.dingtalk.put_app(well).unwrap();

    assert_eq!(verify(&app, "bot").await["verified"], true);
    assert_eq!(app.call("GET", "/api/v1/apps/bot").send().await.json()["verified"], true);
    let unknown = app.call("POST", "/api/v1/apps/nothing/verify").send().await;
    assert_eq!(unknown.problem(), "404 app_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_examines_and_says_by_its_code_what_it_found() {
    let world = World::start().await;

    assert_eq!(world.doctor(&[]), (Some(0), String::new()), "there is no app");
    let world = world.with_the_existing_app();
    let name = EXISTING_APP_CLIENT_ID;
    assert_eq!(world.doctor(&[]), (Some(0), format!("{name}: all is well\n")));
    assert_eq!(world.doctor(&[name, "--message-to", people::LI_NA]).0, Some(0));
    assert!(
        world.dingtalk.calls().iter().any(|call| call.path == ROBOT && call.body.contains(people::LI_NA))
    );
    let (code, json) = world.doctor(&[name, "--message-to", "stranger", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json[0]["findings"][0]["code"]), (Some(3), &json!("recipient_unknown")));

    let app = world.dingtalk.app(name).unwrap();
    world.dingtalk.put_app(App { permissions: Vec::new(), ..app }).unwrap();
    let (code, text) = world.doctor(&[]);
    assert!(code == Some(3) && text.starts_with(&format!("{name}: permission_missing: ")), "{text}");
    assert!(
        text.contains("qyapi_robot_sendmsg") && text.contains("(https://open-dev.dingtalk.com/"),
        "{text}"
    );
    assert_eq!(world.doctor(&["nothing"]), (Some(1), String::new()));
    assert_eq!(world.doctor(&["--message-to", people::LI_NA]), (Some(2), String::new()), "to which app?");
}

/// A folder and a DingTalk for the program.
struct World {
    dingtalk: Simulator,
    folder: TempDir,
    vars: Vec<(&'static str, String)>,
}

impl World {
    async fn start() -> Self {
        let dingtalk = Simulator::start(Options::default()).await.unwrap();
        let vars = vec![("DINGTALK_SIMULATOR_URL", dingtalk.url().to_owned())];
        Self { dingtalk, folder: tempfile::tempdir().unwrap(), vars }
    }

    fn with_the_existing_app(mut self) -> Self {
        self.vars.push(("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID.to_owned()));
        self.vars.push(("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET.to_owned()));
        self
    }

    fn doctor(&self, args: &[&str]) -> (Option<i32>, String) {
        let vars: Vec<_> = self.vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let args: Vec<_> = std::iter::once("doctor").chain(args.iter().copied()).collect();
        let output = run(self.folder.path(), &vars, &args);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

async fn with_existing_app() -> TestApp {
    let app = TestApp::start().await;
    let body = json!({ "name": "bot", "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET });
    let entered = app.call("POST", "/api/v1/apps").json(&body).send().await.json();
    assert_eq!(entered["verified"], true);
    app
}

async fn verify(app: &TestApp, name: &str) -> Value {
    let answer = app.call("POST", &format!("/api/v1/apps/{name}/verify")).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}
