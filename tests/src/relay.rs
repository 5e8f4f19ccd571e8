use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use dingtalk_qr_backend::AppState;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::app::{background_tasks, database, serve};
use crate::{Answer, Browser, Call, Postgres, TestApp, TestOptions, login_options};

/// The origin of the pages of the local.
pub const INTRANET: &str = "https://intranet.example";

/// The longest that a test waits for both ends.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where members are looked up: what is asked there has an answer that is worth keeping.
const MEMBERS: &str = "/relay/v1/members";

/// A cloud, a local, and the way between them.
#[derive(Debug)]
pub struct Relay {
    /// Talks to DingTalk.
    pub cloud: TestApp,
    /// Keeps the people.
    pub local: LocalApp,
    /// What is between them.
    pub way: Way,
    _server: JoinSet<()>,
}

/// A local. It knows the time of its cloud.
#[derive(Debug)]
pub struct LocalApp {
    /// The backend.
    pub state: AppState,
    options: TestOptions,
    router: Router,
    folder: TempDir,
}

/// What is between a local and its cloud.
#[derive(Clone, Debug)]
pub struct Way(Arc<Mutex<Passage>>);

#[derive(Debug)]
struct Passage {
    cloud: Option<Router>,
    /// Changes when the cloud dies: what it was about to answer is lost.
    lives: watch::Sender<u32>,
    mood: Mood,
    passed: Vec<(Parts, Bytes)>,
    /// The last good answer.
    answer: Option<(axum::http::response::Parts, Bytes)>,
}

/// What happens on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mood {
    Open,
    Blocked,
    LosesAnswers,
    ChangesAnswers,
    RepeatsAnswers,
}

impl Relay {
    /// Starts both.
    pub async fn start() -> Self {
        Self::with(TestOptions::default(), TestOptions::default()).await
    }

    /// Starts both, with more variables for the cloud and for the local.
    pub async fn with(cloud: TestOptions, local: TestOptions) -> Self {
        let mut options = login_options()
            .var("MODE", "cloud")
            .var("DINGTALK_AGENT_ID", "1000000001")
            .var("ALLOWED_ORIGINS", format!("{INTRANET},{}", crate::SHOP));
        options.vars.extend(cloud.vars);
        let cloud = TestApp::with(options).await;
        let (way, url, server) = Way::to(cloud.router()).await;
        let origins = [INTRANET.to_owned()];
        let made = cloud.state.relays().create("factory", &origins).await.unwrap().unwrap();
        let mut options = TestOptions::default()
            .guarded()
            .var("PUBLIC_URL", INTRANET)
            .var("MODE", "local")
            .var("RELAY_CLOUD_URL", url)
            .var("RELAY_ID", made.id)
            .var("RELAY_KEY", made.key.expose().as_str());
        options.vars.extend(local.vars);
        let local = LocalApp::open(options.where_asked().await, &cloud, tempfile::tempdir().unwrap()).await;
        Self { cloud, local, way, _server: server }
    }

    /// Ends the cloud without a goodbye, whatever it is at, and starts it again.
    pub async fn restart_cloud(self) -> Self {
        self.way.set_cloud(None);
        let cloud = self.cloud.restart().await;
        self.way.set_cloud(Some(cloud.router()));
        Self { cloud, ..self }
    }

    /// The same with the local.
    pub async fn restart_local(self) -> Self {
        let LocalApp { state, options, router, folder } = self.local;
        drop((state, router));
        let local = LocalApp::open(options, &self.cloud, folder).await;
        Self { local, ..self }
    }

    /// Lets time pass until something is so.
    ///
    /// # Panics
    ///
    /// If it does not become so.
    pub async fn until<F: Future<Output = bool>>(&self, is_so: impl Fn() -> F) {
        let becomes_so = async {
            while !is_so().await {
                self.settle().await;
                tokio::time::sleep(Duration::from_millis(5)).await;
                let step = Duration::from_millis(100);
                self.cloud.clock.advance(step);
                self.cloud.dingtalk.advance(step);
            }
        };
        tokio::time::timeout(PATIENCE, becomes_so).await.expect("it does not become so");
    }

    /// Waits until both have nothing to do before the clock moves. Otherwise time would pass faster than a process can say
    /// that it is alive.
    async fn settle(&self) {
        let of = |database: Option<&str>| background_tasks(database.is_some());
        let both = of(self.cloud.postgres()) + of(self.local.options.database_url());
        // Who carries messages, and whichever end waits for events.
        while !self.cloud.clock.has_sleepers(both + 2) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Signs somebody in on a page of the local, and returns the answer that did it.
    pub async fn sign_in(&self, userid: &str) -> Answer {
        let page = Browser::at(&self.cloud, INTRANET);
        let (_, ticket) = page.sign_in_by_phone(userid).await;
        let answer = self.local.open_session(&ticket).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }
}

impl LocalApp {
    async fn open(options: TestOptions, cloud: &TestApp, folder: TempDir) -> Self {
        let (state, router) = serve(&options, &cloud.dingtalk, &cloud.clock, folder.path()).await;
        Self { state, options, router, folder }
    }

    /// Begins a request.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.router.clone(), method, path)
    }

    /// Returns what is in its database.
    pub fn database(&self) -> String {
        self.options.database_url().map_or_else(|| database(&self.folder.path().join("data")), Postgres::dump)
    }

    /// Gives a ticket in, as a page of the local does.
    pub async fn open_session(&self, ticket: &str) -> Answer {
        let body = json!({ "ticket": ticket });
        self.call("POST", "/api/v1/session").header("origin", INTRANET).json(&body).send().await
    }

    /// Returns an API key with these scopes.
    pub async fn key(&self, scopes: &[dingtalk_qr_backend::access::Scope]) -> String {
        let scopes = scopes.iter().copied().collect();
        let name = format!("key-{}", self.state.access().api_keys().await.unwrap().len());
        self.state.access().create_scoped_api_key(&name, &scopes).await.unwrap().unwrap().to_string()
    }
}

impl Way {
    async fn to(cloud: Router) -> (Self, String, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let passage = Passage {
            cloud: Some(cloud),
            lives: watch::Sender::new(0),
            mood: Mood::Open,
            passed: Vec::new(),
            answer: None,
        };
        let way = Self(Arc::new(Mutex::new(passage)));
        let router = Router::new().fallback(pass).with_state(way.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        (way, url, server)
    }

    /// Lets everything through, as at the start.
    pub fn open(&self) {
        self.lock().mood = Mood::Open;
    }

    /// Lets nothing through any more.
    pub fn block(&self) {
        let mut passage = self.lock();
        passage.mood = Mood::Blocked;
        passage.lives.send_modify(|life| *life += 1);
    }

    /// Lets requests through and no answer.
    pub fn lose_answers(&self) {
        self.lock().mood = Mood::LosesAnswers;
    }

    /// Changes every answer by a byte.
    pub fn change_answers(&self) {
        self.lock().mood = Mood::ChangesAnswers;
    }

    /// Gives the last good answer to every request.
    pub fn repeat_answers(&self) {
        self.lock().mood = Mood::RepeatsAnswers;
    }

    /// Returns the last request to a path.
    ///
    /// # Panics
    ///
    /// If there was none.
    pub fn last(&self, path: &str) -> (Parts, Bytes) {
        let passage = self.lock();
        passage.passed.iter().rev().find(|(parts, _)| parts.uri.path() == path).cloned().unwrap()
    }

    fn set_cloud(&self, cloud: Option<Router>) {
        let mut passage = self.lock();
        passage.cloud = cloud;
        passage.lives.send_modify(|life| *life += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Passage> {
        self.0.lock().unwrap()
    }
}

async fn pass(State(way): State<Way>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let (cloud, mut lives, mood) = {
        let mut passage = way.lock();
        passage.passed.push((parts.clone(), body.clone()));
        (passage.cloud.clone(), passage.lives.subscribe(), passage.mood)
    };
    let path = parts.uri.path().to_owned();
    let nothing = StatusCode::BAD_GATEWAY.into_response();
    let Some(cloud) = cloud.filter(|_| mood != Mood::Blocked) else { return nothing };
    let response = tokio::select! {
        response = cloud.oneshot(Request::from_parts(parts, Body::from(body))) => response.unwrap(),
        _ = lives.changed() => return nothing,
    };
    let (mut parts, body) = response.into_parts();
    let mut body = to_bytes(body, usize::MAX).await.unwrap();
    parts.headers.remove("content-length");
    let mut passage = way.lock();
    // It may have changed while a poll waited.
    match passage.mood {
        Mood::Open if path == MEMBERS => passage.answer = Some((parts.clone(), body.clone())),
        Mood::Open => {}
        Mood::Blocked | Mood::LosesAnswers => return nothing,
        Mood::ChangesAnswers => body = [&body[..], b" "].concat().into(),
        Mood::RepeatsAnswers => (parts, body) = passage.answer.clone().unwrap(),
    }
    Response::from_parts(parts, Body::from(body))
}
