use std::net::SocketAddr;

use dingtalk_qr_backend::access::Scopes;
use dingtalk_qr_simulator::{PushSummary, SCHOOL_CORP_ID, STUDIO_CORP_ID, Suite};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{Answer, Browser, Flow, OWN, SHOP, TestApp, TestOptions};

/// The key of the third-party app of [`suite_options`].
pub const SUITE_KEY: &str = "suitesimulated0001";

/// Its secret.
pub const SUITE_SECRET: &str = "secret-of-the-suite-canary-000000000000000000000000000000000001";

/// What signs the pushes to it.
pub const CALLBACK_TOKEN: &str = "tokencanary123";

/// What encrypts them.
pub const AES_KEY: &str = "aeskeycanary56789012345678901234567890123AZ";

/// Options for a backend behind https with a third-party app called `shop`.
pub fn suite_options() -> TestOptions {
    let options = TestOptions::default().guarded().var("PUBLIC_URL", OWN).var("ALLOWED_ORIGINS", SHOP);
    with_suite(options)
}

/// Adds a third-party app called `shop`.
pub fn with_suite(options: TestOptions) -> TestOptions {
    options
        .var("DINGTALK_SUITE_NAME", "shop")
        .var("DINGTALK_SUITE_KEY", SUITE_KEY)
        .var("DINGTALK_SUITE_SECRET", SUITE_SECRET)
        .var("DINGTALK_SUITE_TOKEN", CALLBACK_TOKEN)
        .var("DINGTALK_SUITE_AES_KEY", AES_KEY)
}

/// A backend that DingTalk can push to, for as long as this is kept.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    _server: JoinSet<()>,
}

impl Listening {
    /// Returns where DingTalk pushes to.
    pub fn callback_url(&self) -> String {
        format!("http://{}/suite/shop/callback", self.address)
    }
}

/// Starts a backend with a third-party app that the studio and the school have installed.
pub async fn with_two_customers() -> (TestApp, Listening) {
    let app = TestApp::with(suite_options()).await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    app.install(&[STUDIO_CORP_ID, SCHOOL_CORP_ID]).await;
    (app, listening)
}

impl TestApp {
    /// Serves the backend on a socket.
    pub async fn listen(&self) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (router, mut server) = (self.router(), JoinSet::new());
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Listening { address, _server: server }
    }

    /// Tells DingTalk of the third-party app, and waits until the address is checked and the ticket is here.
    pub async fn register_suite(&self, listening: &Listening) {
        let suite = Suite {
            suite_key: SUITE_KEY.to_owned(),
            suite_secret: SUITE_SECRET.to_owned(),
            callback_url: listening.callback_url(),
            token: CALLBACK_TOKEN.to_owned(),
            aes_key: AES_KEY.to_owned(),
        };
        self.dingtalk.put_suite(suite).unwrap();
        self.dingtalk.pushed().await;
    }

    /// Installs the third-party app in organisations, and waits until that is here.
    pub async fn install(&self, corp_ids: &[&str]) {
        for corp_id in corp_ids {
            self.dingtalk.install(SUITE_KEY, corp_id).unwrap();
        }
        self.dingtalk.pushed().await;
    }

    /// Returns what became of the pushes.
    pub fn pushes(&self) -> Vec<PushSummary> {
        self.dingtalk.pushes(SUITE_KEY).unwrap()
    }

    /// Makes an API key with scopes.
    pub async fn scoped_key(&self, name: &str, scopes: &str) -> String {
        let scopes: Scopes = scopes.split(' ').map(|scope| scope.parse().unwrap()).collect();
        let key = self.state.access().create_scoped_api_key(name, &scopes).await.unwrap();
        key.unwrap().to_string()
    }
}

impl Browser<'_> {
    /// Signs somebody in by the third-party app, inside DingTalk, in an organisation, and returns the last answer and the flow.
    pub async fn sign_in_as_customer(&self, corp_id: &str, userid: &str) -> (Answer, Flow) {
        let body = json!({ "method": "workspace", "app": "shop", "corp_id": corp_id });
        let flow = self.begin_login(&body).await;
        let code = self.app().dingtalk.jsapi_code(Some(SUITE_KEY), corp_id, userid).unwrap();
        (self.login_call(&flow, "workspace", &json!({ "code": code })).await, flow)
    }
}

/// Returns a record of the studio for [`dingtalk_qr_simulator::Push`].
pub fn record(biz_type: i64, biz_id: &str, biz_data: Value) -> dingtalk_qr_simulator::Record {
    let (corp_id, biz_id) = (STUDIO_CORP_ID.to_owned(), biz_id.to_owned());
    dingtalk_qr_simulator::Record { corp_id, biz_type, biz_id, biz_data }
}
