//! The rules of ARCHITECTURE.md that no type can hold. `cargo test -p dingtalk-qr-tests layering` draws them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which module of the backend may use which other. Later rows stand on earlier ones and never the other way round.
const BACKEND: [(&str, &[&str]); 27] = [
    ("causes", &[]),
    ("clock", &[]),
    ("client_id", &[]),
    ("qr", &[]),
    ("secret", &[]),
    ("http", &[]),
    ("telemetry", &["http"]),
    ("store", &["clock", "secret"]),
    ("signing", &["clock", "secret", "store"]),
    ("flow", &["causes", "clock", "secret", "store", "telemetry"]),
    ("dingtalk", &["client_id", "http", "secret", "telemetry"]),
    ("config", &["client_id", "dingtalk", "http", "secret"]),
    ("app", &["causes", "client_id", "clock", "dingtalk", "flow", "http", "secret", "store", "telemetry"]),
    ("registration", &["causes", "app", "dingtalk", "flow", "secret", "telemetry"]),
    ("suite", &["app", "client_id", "clock", "dingtalk", "secret", "store", "telemetry"]),
    ("account", &["app", "dingtalk", "flow", "secret", "suite"]),
    ("doctor", &["causes", "app", "dingtalk", "flow", "secret", "suite"]),
    ("access", &["app", "clock", "secret", "signing", "store"]),
    ("identity", &["clock", "flow", "secret", "store"]),
    ("session", &["clock", "secret", "signing", "store"]),
    ("message", &["account", "app", "causes", "clock", "dingtalk", "secret", "store", "suite", "telemetry"]),
    ("organisation", &["account", "causes", "clock", "dingtalk", "flow", "secret", "session", "store"]),
    ("relay", &["causes", "clock", "http", "message", "secret", "store"]),
    (
        "login",
        &["causes", "account", "app", "clock", "dingtalk", "flow", "identity", "secret", "store", "suite"],
    ),
    (
        "state",
        &[
            "access",
            "account",
            "app",
            "causes",
            "clock",
            "config",
            "dingtalk",
            "doctor",
            "flow",
            "http",
            "identity",
            "login",
            "message",
            "organisation",
            "registration",
            "relay",
            "secret",
            "session",
            "store",
            "suite",
            "telemetry",
        ],
    ),
    ("error", &["access", "app", "causes", "dingtalk", "flow", "qr", "signing"]),
    // A face beside `routes`, with the same words.
    (
        "terminal",
        &[
            "app",
            "causes",
            "client_id",
            "clock",
            "config",
            "error",
            "flow",
            "http",
            "registration",
            "routes",
            "secret",
            "state",
        ],
    ),
];

#[test]
fn modules_of_the_backend_use_each_other_in_one_direction() {
    let mut drawn = String::new();
    for (module, allowed) in BACKEND {
        let used = used_modules(module);
        writeln!(drawn, "{module} -> {}", used.iter().cloned().collect::<Vec<_>>().join(", ")).unwrap();
        let surplus: Vec<_> = used.iter().filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(surplus.is_empty(), "{module} must not use {surplus:?}\n{drawn}");
    }
    println!("{drawn}");
}

#[test]
fn every_module_of_the_backend_has_its_place() {
    let known: BTreeSet<_> =
        BACKEND.iter().map(|(module, _)| *module).chain(["routes", "lib", "main", "cli"]).collect();
    for file in files("backend/src", "rs") {
        let relative = file.strip_prefix(root().join("backend/src")).unwrap();
        let top = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        assert!(known.contains(top.trim_end_matches(".rs")), "{}", file.display());
    }
}

#[test]
fn shared_has_serde_and_nothing_else() {
    let foreign: Vec<_> =
        dependencies("dingtalk-qr-shared").into_iter().filter(|name| !name.starts_with("serde")).collect();

    assert_eq!(
        foreign,
        ["proc-macro2", "quote", "syn", "unicode-ident"],
        "what serde_derive needs to compile"
    );
}

#[test]
fn the_two_ends_never_depend_on_each_other() {
    assert!(!dependencies("dingtalk-qr").contains("dingtalk-qr-backend"));
    assert!(!dependencies("dingtalk-qr-backend").contains("dingtalk-qr"));
    assert!(!dependencies("dingtalk-qr-backend").contains("dingtalk-qr-simulator"));
    assert!(!dependencies("dingtalk-qr-simulator").contains("dingtalk-qr-backend"));
}

#[test]
fn the_browser_carries_no_decoder_and_no_encoder() {
    let browser = dependencies("dingtalk-qr");

    for heavy in ["serde-wasm-bindgen", "qrcode", "reqwest"] {
        assert!(!browser.contains(heavy), "{heavy}");
    }
}

#[test]
fn only_the_edge_knows_http_servers_and_wire_types() {
    absent("backend/src/dingtalk", &["axum", "dingtalk_qr_shared"]);
    absent("backend/src/flow", &["axum", "sqlx::query", "dingtalk::", "DingTalk's"]);
    absent("backend/src/store", &["axum", "dingtalk_qr_shared", "reqwest"]);
}

#[test]
fn one_type_in_shared_can_carry_a_secret_and_two_routes_answer_with_it() {
    for word in ["client_secret:", "device_code:", "secret:", "nonce:", "access_token:"] {
        only_in("shared/src", word, &["credentials"]);
    }
    let credentials = code(&root().join("shared/src/credentials.rs"));
    assert_eq!(credentials.matches("pub struct ").count(), 1);
    assert_eq!(credentials.matches("secret: ").count(), 1);
    let made = |file: &Path| code(file).matches("Json(RevealedCredentials {").count();
    let routes = files("backend/src", "rs").into_iter().filter(|file| made(file) > 0);
    let routes: BTreeSet<_> = routes.map(|file| file.strip_prefix(root()).unwrap().to_owned()).collect();
    assert_eq!(
        routes,
        BTreeSet::from(["backend/src/routes/apps/registry.rs".into(), "backend/src/routes/reveal.rs".into()])
    );
}

#[test]
fn no_secret_can_be_written_out() {
    for file in files("backend/src/secret", "rs").into_iter().chain([root().join("backend/src/secret.rs")]) {
        let text = code(&file);
        for forbidden in ["Serialize", "impl fmt::Display for", "impl Deref", "PartialEq for ClientSecret"] {
            assert!(!text.contains(forbidden), "{forbidden} in {}", file.display());
        }
    }
}

#[test]
fn phase_and_schedule_of_the_widget_are_pure() {
    for name in ["phase", "poll"] {
        for text in [format!("frontend/src/{name}.rs"), format!("frontend/src/{name}")] {
            absent(&text, &["leptos", "web_sys", "js_sys", "gloo", "wasm_bindgen"]);
        }
    }
}

#[test]
fn each_door_to_the_outside_is_one_file() {
    only_in("backend/src", "reqwest::Client::builder", &["http"]);
    only_in("backend/src", "std::env::var", &["config"]);
    only_in("backend/src", "SystemTime::now", &["clock"]);
    only_in("backend/src", "sqlx::query", &["store"]);
    only_in("backend/src", "oapi.dingtalk.com", &["config"]);
    only_in("backend/src", "login.dingtalk.com", &["config"]);
    only_in("backend/src", "api.dingtalk.com", &["config"]);
    only_in("backend/src", "g.alicdn.com", &["config"]);
    only_in("backend/src", "/app/registration/", &["dingtalk"]);
    only_in("backend/src", "/v1.0/", &["dingtalk"]);
    only_in("backend/src", "/topapi/", &["dingtalk"]);
    only_in("backend/src", "oauth2/", &["dingtalk"]);
    only_in("backend/src", "x-acs-dingtalk-access-token", &["dingtalk"]);
    only_in("backend/src", "jsonwebtoken::", &["signing"]);
}

#[test]
fn nothing_is_unsafe() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    for member in ["shared", "frontend", "backend", "simulator", "tests"] {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member}");
    }
}

/// The other modules of the backend that a module names by `crate::`.
fn used_modules(module: &str) -> BTreeSet<String> {
    let own = [PathBuf::from(format!("backend/src/{module}.rs"))].map(|file| root().join(file));
    let mut used = BTreeSet::new();
    for file in own.into_iter().chain(files(&format!("backend/src/{module}"), "rs")) {
        for rest in code(&file).split("crate::").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if name != module && !name.is_empty() {
                used.insert(name);
            }
        }
    }
    used
}

fn dependencies(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            package,
            "-e",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    let names = names.lines().filter_map(|line| line.split(' ').next().map(str::to_owned));
    names.filter(|name| name != package && !name.is_empty()).collect()
}

#[track_caller]
fn absent(place: &str, words: &[&str]) {
    let path = root().join(place);
    let files = if path.is_dir() {
        files(place, "rs")
    } else {
        vec![path].into_iter().filter(|p| p.exists()).collect()
    };
    for file in files {
        for word in words {
            assert!(!code(&file).contains(word), "{word} in {}", file.display());
        }
    }
}

#[track_caller]
fn only_in(place: &str, word: &str, allowed: &[&str]) {
    let folder = root().join(place);
    for file in files(place, "rs") {
        let relative = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        if code(&file).contains(word) {
            let module = relative.split(['/', '.']).next().unwrap();
            assert!(allowed.contains(&module), "{word} in {relative}");
        }
    }
}

/// The text of a file without its tests.
fn code(file: &Path) -> String {
    if file.ends_with("tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(file).unwrap();
    text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

fn files(place: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(place)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
