use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use crate::TestOptions;

/// The longest that a test waits for a message.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that hears webhooks and answers as it is told.
#[derive(Debug)]
pub struct Receiver {
    /// Where it hears them.
    pub url: String,
    heard: Arc<Mutex<Heard>>,
    _server: JoinSet<()>,
}

/// What a receiver does with a message.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// It answers with a status and perhaps a header.
    Answer(u16, Option<(&'static str, String)>),
    /// It keeps silent.
    Silence,
}

/// A webhook as it came.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: String,
}

#[derive(Debug)]
struct Heard {
    messages: Vec<Message>,
    reaction: Reaction,
}

impl Receiver {
    /// A key that backend and receiver share.
    pub const SECRET: &str = "whsec_cmVjZWl2ZXItcmVjZWl2ZXItcmVjZWl2ZXItcmVjZWl2ZXI=";

    /// Starts one that takes every message.
    pub fn start() -> Self {
        Self::at(Self::absent().0)
    }

    /// Starts one where nobody has listened so far.
    pub fn at(socket: TcpSocket) -> Self {
        let listener = socket.listen(128).unwrap();
        let url = format!("http://{}/hooks?token=token-of-the-receiver", listener.local_addr().unwrap());
        let heard = Heard { messages: Vec::new(), reaction: Reaction::Answer(204, None) };
        let heard = Arc::new(Mutex::new(heard));
        let router = Router::new().fallback(hear).with_state(Arc::clone(&heard));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, heard, _server: server }
    }

    /// Returns an address at which nobody listens, with what keeps it from everybody else.
    pub fn absent() -> (TcpSocket, SocketAddr) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    /// Makes the options of a backend that tells this receiver, and writes no file.
    pub fn options(&self) -> TestOptions {
        Self::options_for(&self.url)
    }

    /// The same for a URL.
    pub fn options_for(url: &str) -> TestOptions {
        let options = TestOptions::default().var("ENV_FILE", "").var("WEBHOOK_URL", url);
        options.var("WEBHOOK_SECRET", Self::SECRET).var("WEBHOOK_ALLOW_PRIVATE", "true")
    }

    /// Says how to react from here on.
    pub fn react(&self, reaction: Reaction) {
        lock(&self.heard).reaction = reaction;
    }

    /// Answers with a status from here on.
    pub fn answer(&self, status: u16) {
        self.react(Reaction::Answer(status, None));
    }

    /// Returns what has come so far.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.heard).messages.clone()
    }

    /// Returns what has come once that is as much as expected.
    pub async fn heard(&self, count: usize) -> Vec<Message> {
        let heard = async {
            while self.messages().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.messages()
        };
        tokio::time::timeout(PATIENCE, heard).await.expect("fewer messages come")
    }
}

impl Message {
    /// Returns the body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Returns a header.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Returns `webhook-id`.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }
}

async fn hear(State(heard): State<Arc<Mutex<Heard>>>, headers: HeaderMap, body: String) -> Response {
    let reaction = {
        let mut heard = lock(&heard);
        heard.messages.push(Message { headers, body });
        heard.reaction.clone()
    };
    match reaction {
        Reaction::Answer(status, header) => {
            let header = header.map(|(name, value)| [(HeaderName::from_static(name), value)]);
            let answer = (StatusCode::from_u16(status).unwrap(), "token-in-the-answer");
            header.map_or_else(|| answer.into_response(), |header| (header, answer).into_response())
        }
        Reaction::Silence => std::future::pending().await,
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap()
}
