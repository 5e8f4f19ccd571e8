use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::MockConnectInfo;
use dingtalk_qr_backend::{AppState, Config, router};
use dingtalk_qr_simulator::{Approval, Options, RegistrationSummary, Settings, Simulator};
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Answer, Call, ManualClock, Postgres, binary};

/// The tasks of a backend that sleep while there is nothing to do: the poller, the deliveries, the messages and the
/// organisations, and with PostgreSQL the one that says that the process is alive.
pub(crate) fn background_tasks(is_on_postgres: bool) -> usize {
    if is_on_postgres { 5 } else { 4 }
}

/// The longest that a test waits for work that is under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// A backend with its own DingTalk, its own folder and its own time.
#[derive(Debug)]
pub struct TestApp {
    /// DingTalk.
    pub dingtalk: Simulator,
    /// The time of both.
    pub clock: ManualClock,
    /// The backend.
    pub state: AppState,
    options: TestOptions,
    router: Router,
    folder: TempDir,
}

/// How a [`TestApp`] differs from the default.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// More variables.
    pub vars: Vec<(&'static str, String)>,
    /// How DingTalk behaves.
    pub dingtalk: Settings,
    /// Whether an operator is required, as with the real DingTalk.
    pub is_guarded: bool,
}

impl TestOptions {
    /// Adds a variable.
    #[must_use]
    pub fn var(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.vars.push((name, value.into()));
        self
    }

    /// Keeps everything in a new database of PostgreSQL.
    pub async fn on_postgres(self) -> Self {
        let url = Postgres::shared().new_database().await;
        self.var("DATABASE_URL", url)
    }

    /// The same, where `TEST_DATABASE=postgres` asks for it.
    pub(crate) async fn where_asked(self) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
        let is_asked = std::env::var("TEST_DATABASE").is_ok_and(|database| database == "postgres");
        let is_set = self.vars.iter().any(|(name, _)| *name == "DATABASE_URL");
        if is_asked && !is_set { self.on_postgres().await } else { self }
    }

    pub(crate) fn database_url(&self) -> Option<&str> {
        let url = self.vars.iter().find(|(name, _)| *name == "DATABASE_URL");
        url.map(|(_, url)| url.as_str())
    }

    /// Requires an operator, as with the real DingTalk.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.is_guarded = true;
        self
    }
}

/// Seconds after which the flows of a backend that is gone are free.
const LEASE: u64 = 12;

/// One more backend beside a [`TestApp`].
#[derive(Debug)]
pub struct Replica {
    /// The backend.
    pub state: AppState,
    router: Router,
    _folder: TempDir,
}

impl Replica {
    /// Begins a request.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.router.clone(), method, path)
    }

    /// Begins to ask how a flow stands.
    pub fn watch(&self, flow: &Flow) -> Call {
        self.call("GET", &format!("/api/v1/flows/{}", flow.id)).bearer(&flow.token)
    }

    /// Ends without a goodbye.
    pub fn kill(self) {
        drop(self);
    }
}

/// A flow as its page knows it.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Names it.
    pub id: String,
    /// The page's secret.
    pub token: String,
    /// What the phone shows; empty for a login.
    pub user_code: String,
    /// The whole answer to the start.
    pub started: Value,
}

impl TestApp {
    /// Starts one with defaults.
    pub async fn start() -> Self {
        Self::with(TestOptions::default()).await
    }

    /// Starts one.
    pub async fn with(options: TestOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = options.where_asked().await;
        let settings = options.dingtalk.clone();
        let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
        Self::open(options, dingtalk, ManualClock::start(), folder).await
    }

    async fn open(options: TestOptions, dingtalk: Simulator, clock: ManualClock, folder: TempDir) -> Self {
        let (state, router) = serve(&options, &dingtalk, &clock, folder.path()).await;
        Self { dingtalk, clock, state, options, router, folder }
    }

    /// Ends the backend without a goodbye and starts another one on the same folder, DingTalk and time.
    pub async fn restart(self) -> Self {
        let Self { dingtalk, clock, state, options, router, folder } = self;
        let is_shared = options.database_url().is_some();
        drop((state, router));
        let app = Self::open(options, dingtalk, clock, folder).await;
        if is_shared {
            // Somebody else might have the flows of the one that is gone.
            app.pass(LEASE).await;
        }
        app
    }

    /// The same with other variables.
    pub async fn restart_with(mut self, options: TestOptions) -> Self {
        let database = self.options.vars.into_iter().filter(|(name, _)| *name == "DATABASE_URL");
        self.options = TestOptions { vars: database.chain(options.vars).collect(), ..options };
        self.restart().await
    }

    /// Starts one more backend on the same database, DingTalk and time, in a folder of its own. They need the same key.
    pub async fn replica(&self) -> Replica {
        let folder = tempfile::tempdir().unwrap();
        let (state, router) = serve(&self.options, &self.dingtalk, &self.clock, folder.path()).await;
        Replica { state, router, _folder: folder }
    }

    /// Returns the router, to serve it on a socket.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Begins a request.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.router.clone(), method, path)
    }

    /// Begins a registration that is expected to succeed.
    pub async fn begin(&self) -> Flow {
        self.begin_with(&json!({})).await
    }

    /// Begins a registration that is expected to succeed, with a body.
    pub async fn begin_with(&self, body: &Value) -> Flow {
        let answer = self.call("POST", "/api/v1/registrations").json(body).send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Flow::from(answer.json())
    }

    /// Asks how a flow stands.
    pub async fn watch(&self, flow: &Flow) -> Answer {
        self.call("GET", &format!("/api/v1/flows/{}", flow.id)).bearer(&flow.token).send().await
    }

    /// Returns the state of a flow without what changes by the second.
    pub async fn state(&self, flow: &Flow) -> Value {
        let answer = self.watch(flow).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut state = answer.json();
        state.as_object_mut().unwrap().remove("expires_in");
        state
    }

    /// Returns the status of a flow.
    pub async fn status(&self, flow: &Flow) -> String {
        self.state(flow).await["status"].as_str().unwrap().to_owned()
    }

    /// Approves on the phone.
    pub fn approve(&self, flow: &Flow) -> RegistrationSummary {
        self.dingtalk.approve(&flow.user_code, Approval::default()).unwrap()
    }

    /// Approves on the phone, in an organisation whose administrator has to approve as well.
    pub fn approve_subject_to_administrator(&self, flow: &Flow) -> RegistrationSummary {
        let approval = Approval { admin_approval: true, ..Approval::default() };
        self.dingtalk.approve(&flow.user_code, approval).unwrap()
    }

    /// Returns what DingTalk knows of a flow.
    pub fn at_dingtalk(&self, flow: &Flow) -> RegistrationSummary {
        let mut all = self.dingtalk.registrations().into_iter();
        all.find(|registration| registration.user_code == flow.user_code).unwrap()
    }

    /// Lets seconds pass, one by one, at DingTalk and here, with everything done that they bring.
    pub async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.settle().await;
            self.dingtalk.advance(Duration::from_secs(1));
            self.clock.advance(Duration::from_secs(1));
        }
        self.settle().await;
    }

    /// Lets seconds pass while a page watches the flow, as a page does.
    pub async fn pass_watched(&self, flow: &Flow, seconds: u64) {
        for _ in 0..seconds {
            self.pass(1).await;
            self.watch(flow).await;
        }
    }

    /// Waits until the backend has nothing to do before the clock moves.
    pub async fn settle(&self) {
        let settled = async {
            // Twice, for who was just woken has to fall asleep again, with a new deadline.
            while !(self.is_idle().await && self.is_idle().await) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, settled).await.expect("the backend does not come to rest");
    }

    async fn is_idle(&self) -> bool {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let tasks = background_tasks(self.postgres().is_some());
        let is_drained = self.state.engine().drained().now_or_never().is_some()
            && self.state.apps().drained().now_or_never().is_some()
            && self.state.messages().drained().now_or_never().is_some()
            && self.state.organisations().drained().now_or_never().is_some();
        is_drained && self.clock.has_sleepers(tasks)
    }

    /// Returns the program `dingtalk-qr`, to be run with the settings of this backend.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary("dingtalk-qr"));
        command.current_dir(self.folder.path()).env_clear().args(args);
        command.envs(vars(&self.options, &self.dingtalk, self.folder.path()));
        command
    }

    /// Returns the path of a file in the folder of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the variables, to run the program beside this backend.
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        vars(&self.options, &self.dingtalk, self.folder.path())
    }

    /// Returns what is in the database, as text.
    pub fn database(&self) -> String {
        self.postgres().map_or_else(|| database(&self.path("data")), Postgres::dump)
    }

    /// Returns where the database is, if that is PostgreSQL.
    pub fn postgres(&self) -> Option<&str> {
        self.options.database_url()
    }

    /// Returns the `.env` file, empty if there is none.
    pub fn env_file(&self) -> String {
        std::fs::read_to_string(self.path(".env")).unwrap_or_default()
    }
}

impl From<Value> for Flow {
    fn from(started: Value) -> Self {
        let text = |key: &str| started[key].as_str().unwrap().to_owned();
        let user_code = started["user_code"].as_str().unwrap_or_default().to_owned();
        Self { id: text("flow_id"), token: text("poll_token"), user_code, started }
    }
}

/// Returns what is in the database files of a data folder, as text.
///
/// # Panics
///
/// If there is no database.
pub fn database(data: &Path) -> String {
    let files = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    let is_part =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains("sqlite"));
    let bytes: Vec<u8> = files.filter(is_part).flat_map(|path| std::fs::read(path).unwrap()).collect();
    assert!(bytes.len() > 4096);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Opens a backend, and returns it with its router.
pub(crate) async fn serve(
    options: &TestOptions,
    dingtalk: &Simulator,
    clock: &ManualClock,
    folder: &Path,
) -> (AppState, Router) {
    let vars = vars(options, dingtalk, folder);
    let config = Config::from_vars(|name| {
        vars.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    });
    let state = AppState::open(config.unwrap(), Arc::new(clock.clone())).await.unwrap();
    let peer = SocketAddr::from(([127, 0, 0, 1], 40000));
    let router = router(state.clone()).layer(MockConnectInfo(peer));
    (state, router)
}

fn vars(options: &TestOptions, dingtalk: &Simulator, folder: &Path) -> Vec<(&'static str, String)> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut vars = vec![
        ("DATA_DIR", path("data")),
        ("DIST_DIR", path("dist")),
        ("ENV_FILE", path(".env")),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url().to_owned()),
    ];
    if options.is_guarded {
        // Reachable from elsewhere, so a simulator opens no door.
        vars.push(("LISTEN_ADDR", "0.0.0.0:3000".to_owned()));
        vars.push(("PUBLIC_URL", "https://bots.example".to_owned()));
    }
    vars.extend(options.vars.iter().cloned());
    vars
}
