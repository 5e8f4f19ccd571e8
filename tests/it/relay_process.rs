//! Cloud and local as two programs, the local in a network that leads to the cloud and nowhere else. Both are killed at random.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Options, STUDIO_CORP_ID, Simulator, people,
};
use dingtalk_qr_tests::{Flow, Postgres, Program, binary, run};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// How long something may take that takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// A network of two ends: the cloud's and the local's.
const CLOUD: &str = "10.213.77.1";
const LOCAL: &str = "10.213.77.2";
const LOCAL_PORT: u16 = 3977;

// Commands keep one thread waiting, and the way to the cloud needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_local_in_a_closed_network_loses_and_doubles_nothing_whoever_is_killed() {
    let Some(_network) = Network::open() else {
        println!("skipped: a network of its own needs root and the command ip (scripts/setup network)");
        return;
    };
    let mut world = World::start().await;
    leads_to_the_cloud_only(world.dingtalk.url());
    world.check();
    let key = world.local_key();
    let mut sent = vec![world.send(&key, "message-first").await];

    let seconds = chaos_seconds();
    let began = Instant::now();
    let mut round = 0;
    while began.elapsed() < seconds || round < 4 {
        let name = format!("name-{round}");
        world.rename(&name);
        let user_id = world.sign_in(people::ZHANG_WEI).await;
        // Somewhere in between, at another moment each time.
        tokio::time::sleep(Duration::from_millis(17 * (round % 13))).await;
        let later = format!("later-{round}");
        world.rename(&later);
        world.tell_cloud().await;
        sent.push(world.send(&key, &format!("message-{round}")).await);
        world.kill(round);
        world.until_named(&key, &user_id, &later).await;
        let member = world.at_local(&key, "/api/v1/members?staff_id=zhangwei").await;
        assert_eq!(member["name"], later, "a member is looked up");
        round += 1;
    }

    for id in &sent {
        world.until_known(&key, id).await;
    }
    let arrived: Vec<_> =
        world.dingtalk.messages().iter().map(|message| message.content.to_string()).collect();
    let texts =
        std::iter::once("message-first".to_owned()).chain((0..round).map(|at| format!("message-{at}")));
    for text in texts {
        let copies = arrived.iter().filter(|content| content.contains(&format!("\"{text}\""))).count();
        assert_eq!(copies, 1, "{text} of {arrived:?}");
    }
    world.until_nothing_waits().await;
    println!("{round} rounds, {} messages, in {:?}", sent.len(), began.elapsed());
}

/// `CHAOS_SECONDS` makes it long.
fn chaos_seconds() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
    let seconds = std::env::var("CHAOS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(8))
}

struct World {
    dingtalk: Simulator,
    folder: tempfile::TempDir,
    http: reqwest::Client,
    local_vars: Vec<(&'static str, String)>,
    cloud: Option<Program>,
    local: Option<Program>,
    cloud_port: u16,
    _proxy: JoinSet<()>,
}

impl World {
    async fn start() -> Self {
        let dingtalk = Simulator::start(Options::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        for side in ["cloud", "local"] {
            std::fs::create_dir(folder.path().join(side)).unwrap();
        }
        let cloud = start_cloud(&dingtalk, folder.path(), 0);
        let cloud_port = cloud.port();
        let certificate = certificate(folder.path());
        let mut proxy = JoinSet::new();
        let tls = serve_tls(&certificate, cloud_port, &mut proxy).await;
        let origin = format!("http://{LOCAL}:{LOCAL_PORT}");
        let made = run(
            &folder.path().join("cloud"),
            &[("DINGTALK_SIMULATOR_URL", dingtalk.url())],
            &["relay", "create", "factory", "--origin", &origin],
        );
        let made = String::from_utf8(made.stdout).unwrap();
        let made = |name: &str| {
            let line = made.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim_start_matches('=').to_owned()
        };
        let local_vars = vec![
            ("MODE", "local".to_owned()),
            ("LISTEN_ADDR", format!("{LOCAL}:{LOCAL_PORT}")),
            ("PUBLIC_URL", origin),
            ("DATABASE_URL", Postgres::shared().new_database().await),
            ("DINGTALK_QR_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
            ("RELAY_CLOUD_URL", format!("https://{CLOUD}:{}", tls.port())),
            ("RELAY_ID", made("RELAY_ID")),
            ("RELAY_KEY", made("RELAY_KEY")),
            ("SSL_CERT_FILE", certificate.0.to_str().unwrap().to_owned()),
        ];
        let http = crate::http_client();
        let mut world = Self {
            dingtalk,
            folder,
            http,
            local_vars,
            cloud: Some(cloud),
            local: None,
            cloud_port,
            _proxy: proxy,
        };
        world.local = Some(world.start_local());
        world
    }

    fn local_vars(&self) -> Vec<(&str, &str)> {
        self.local_vars.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn start_local(&self) -> Program {
        Program::start_by(
            inside(binary("dingtalk-qr")),
            &self.folder.path().join("local"),
            &self.local_vars(),
        )
    }

    /// Ends one of the two, or both, as a power cut would, and starts it again.
    fn kill(&mut self, round: u64) {
        let who = round % 3;
        if who != 1 {
            self.local.take().unwrap().kill();
        }
        if who != 0 {
            self.cloud.take().unwrap().kill();
            self.cloud = Some(start_cloud(&self.dingtalk, self.folder.path(), self.cloud_port));
        }
        if self.local.is_none() {
            self.local = Some(self.start_local());
        }
    }

    fn in_local(&self, args: &[&str]) -> String {
        let mut command = inside(binary("dingtalk-qr"));
        command.current_dir(self.folder.path().join("local")).env_clear().envs(self.local_vars()).args(args);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn check(&self) {
        let said = self.in_local(&["relay", "check"]);
        assert!(said.contains("knows this local as factory"), "{said}");
    }

    fn local_key(&self) -> String {
        let scopes = ["users:read", "messages:read", "messages:write"];
        let scopes: Vec<_> = scopes.iter().flat_map(|scope| ["--scope", scope]).collect();
        self.in_local(&[&["api-key", "create", "factory"], &scopes[..]].concat()).trim().to_owned()
    }

    fn rename(&self, name: &str) {
        let mut person = self.dingtalk.person(people::ZHANG_WEI).unwrap();
        name.clone_into(&mut person.name);
        self.dingtalk.put_person(person).unwrap();
    }

    /// Signs somebody in on a page of the local, at the cloud, then at the local. Again, if somebody dies meanwhile.
    async fn sign_in(&self, userid: &str) -> String {
        let origin = format!("http://{LOCAL}:{LOCAL_PORT}");
        let signed_in = async {
            loop {
                let ticket = self.ticket(userid, &origin).await;
                let request = self.http.post(format!("{origin}/api/v1/session")).header("origin", &origin);
                let answer = request.json(&json!({ "ticket": ticket })).send().await;
                if let Ok(answer) = answer.and_then(reqwest::Response::error_for_status) {
                    let session: Value = answer.json().await.unwrap();
                    return session["identity"]["user_id"].as_str().unwrap().to_owned();
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE, signed_in).await.expect("nobody can sign in")
    }

    /// Lets the cloud hear how somebody is called.
    async fn tell_cloud(&self) {
        self.ticket(people::ZHANG_WEI, "https://shop.example").await;
    }

    async fn ticket(&self, userid: &str, origin: &str) -> String {
        let cloud = format!("http://127.0.0.1:{}", self.cloud_port);
        let request = self.http.post(format!("{cloud}/api/v1/logins")).header("origin", origin);
        let begun = request.json(&json!({ "method": "workspace" })).send().await.unwrap();
        let flow = Flow::from(begun.json::<Value>().await.unwrap());
        let code = self.dingtalk.jsapi_code(Some(EXISTING_APP_CLIENT_ID), STUDIO_CORP_ID, userid).unwrap();
        let give_in = self.http.post(format!("{cloud}/api/v1/logins/{}/workspace", flow.id));
        let give_in =
            give_in.header("origin", origin).bearer_auth(&flow.token).json(&json!({ "code": code }));
        assert_eq!(give_in.send().await.unwrap().status(), 204);
        let state = self.http.get(format!("{cloud}/api/v1/flows/{}", flow.id)).bearer_auth(&flow.token);
        let state: Value = state.send().await.unwrap().json().await.unwrap();
        state["ticket"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned()
    }

    async fn until_named(&self, key: &str, user_id: &str, name: &str) {
        let named = async {
            loop {
                let user = self.at_local(key, &format!("/api/v1/users/{user_id}")).await;
                if user["name"] == name {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let log = || self.local.as_ref().map(Program::log).unwrap_or_default();
        assert!(tokio::time::timeout(PATIENCE, named).await.is_ok(), "the event does not come: {}", log());
    }

    /// Waits until the cloud has forgotten what the local has applied.
    async fn until_nothing_waits(&self) {
        let vars = [("DINGTALK_SIMULATOR_URL", self.dingtalk.url())];
        let began = Instant::now();
        loop {
            let listed = run(&self.folder.path().join("cloud"), &vars, &["relay", "list"]);
            let listed = String::from_utf8(listed.stdout).unwrap();
            if listed.trim_end().ends_with("\t0") {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{listed}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn send(&self, key: &str, text: &str) -> String {
        let notice = json!({ "type": "text", "content": text });
        let to = json!({ "staff_ids": [people::ZHANG_WEI] });
        let body = json!({ "app": EXISTING_APP_CLIENT_ID, "to": to, "work_notice": notice });
        let request = self.http.post(format!("http://{LOCAL}:{LOCAL_PORT}/api/v1/messages")).bearer_auth(key);
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 202);
        answer.json::<Value>().await.unwrap()["message_id"].as_str().unwrap().to_owned()
    }

    /// Waits until the local knows that somebody has a message. What was being sent at a death is looked after when whoever
    /// had it cannot have it any more.
    async fn until_known(&self, key: &str, id: &str) {
        let began = Instant::now();
        loop {
            let message = self.at_local(key, &format!("/api/v1/messages/{id}")).await;
            // Of a second attempt DingTalk says that they have it.
            let known = ["unread", "duplicate"].map(|outcome| json!({ outcome: 1 }));
            if known.contains(&message["outcome"]["counts"]) {
                return;
            }
            assert!(began.elapsed() < Duration::from_mins(4), "{message}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn at_local(&self, key: &str, path: &str) -> Value {
        let request = self.http.get(format!("http://{LOCAL}:{LOCAL_PORT}{path}")).bearer_auth(key);
        request.send().await.unwrap().json().await.unwrap()
    }
}

fn start_cloud(dingtalk: &Simulator, folder: &Path, port: u16) -> Program {
    let (listen, origins) =
        (format!("127.0.0.1:{port}"), format!("http://{LOCAL}:{LOCAL_PORT},https://shop.example"));
    let vars = [
        ("MODE", "cloud"),
        ("LISTEN_ADDR", listen.as_str()),
        ("ALLOWED_ORIGINS", &origins),
        ("ENV_FILE", ""),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID),
        ("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET),
        ("DINGTALK_CORP_ID", STUDIO_CORP_ID),
        ("DINGTALK_AGENT_ID", "1000000001"),
        ("MAX_LIVE_LOGINS_PER_PEER", "5000"),
    ];
    Program::start(&folder.join("cloud"), &vars)
}

/// Makes a certificate for the cloud's address, and returns its file and that of its key.
fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("cloud.pem"), folder.join("cloud.key"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=cloud", "-addext", &format!("subjectAltName=IP:{CLOUD}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-out".as_ref(), certificate.as_os_str(), "-keyout".as_ref(), key.as_os_str()])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

const NAMESPACE: &str = "dingtalk-qr-relay";

/// Returns a command that runs in the closed network.
fn inside(program: PathBuf) -> Command {
    let mut command = Command::new("/usr/sbin/ip");
    command.args(["netns", "exec", NAMESPACE]).arg(program);
    command
}

/// A network with this machine at one end and a namespace at the other. It has no route, so nothing leads on.
struct Network;

impl Network {
    fn open() -> Option<Self> {
        Self::close();
        let is_open = ip(&["netns", "add", NAMESPACE])
            && ip(&[
                "link",
                "add",
                "dqr-cloud",
                "type",
                "veth",
                "peer",
                "name",
                "dqr-local",
                "netns",
                NAMESPACE,
            ])
            && ip(&["addr", "add", &format!("{CLOUD}/30"), "dev", "dqr-cloud"])
            && ip(&["link", "set", "dqr-cloud", "up"])
            && ip(&["-n", NAMESPACE, "addr", "add", &format!("{LOCAL}/30"), "dev", "dqr-local"])
            && ip(&["-n", NAMESPACE, "link", "set", "dqr-local", "up"])
            && ip(&["-n", NAMESPACE, "link", "set", "lo", "up"]);
        is_open.then_some(Self)
    }

    fn close() {
        ip(&["link", "del", "dqr-cloud"]);
        ip(&["netns", "del", NAMESPACE]);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        Self::close();
    }
}

/// Serves the cloud by https at its end of the network.
async fn serve_tls(
    (certificate, key): &(PathBuf, PathBuf),
    cloud: u16,
    tasks: &mut JoinSet<()>,
) -> SocketAddr {
    drop(rustls::crypto::ring::default_provider().install_default());
    let certificates = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind((CLOUD, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut outside) = acceptor.accept(stream).await else { return };
                let Ok(mut cloud) = TcpStream::connect(("127.0.0.1", cloud)).await else { return };
                drop(copy_bidirectional(&mut outside, &mut cloud).await);
            });
        }
    });
    address
}

/// Checks that the way out of the namespace ends at the cloud.
fn leads_to_the_cloud_only(dingtalk: &str) {
    let port = dingtalk.rsplit(':').next().unwrap();
    for address in [format!("127.0.0.1/{port}"), format!("{CLOUD}/{port}"), "1.1.1.1/443".to_owned()] {
        let mut open = inside("/bin/bash".into());
        let open = open.args(["-c", &format!("exec 3<>/dev/tcp/{address}")]).output().unwrap();
        assert!(!open.status.success(), "{address} can be reached");
    }
}

fn ip(args: &[&str]) -> bool {
    Command::new("/usr/sbin/ip").args(args).output().is_ok_and(|output| output.status.success())
}
