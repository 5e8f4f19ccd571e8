//! What API keys may do.

use dingtalk_qr_backend::access::{Scope, Scopes};
use dingtalk_qr_tests::{Answer, Relay, TestApp, TestOptions};
use serde_json::{Value, json};

/// An operation of the API that an API key opens.
#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    scope: Scope,
}

#[tokio::test]
async fn every_route_lets_only_keys_in_that_have_its_scope() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let operations = operations(&app).await;
    assert!(operations.len() >= 14, "{operations:?}");

    for (number, operation) in operations.iter().enumerate() {
        let others: Scopes = Scope::ALL.into_iter().filter(|scope| *scope != operation.scope).collect();
        let without = key(&app, &format!("without-{number}"), &others).await;
        let with = key(&app, &format!("with-{number}"), &[operation.scope].into_iter().collect()).await;

        let refused = send(&app, operation, &without).await;
        assert_eq!(refused.problem(), "403 insufficient_scope", "{operation:?}");
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", operation.scope);
        assert_eq!(refused.header("www-authenticate"), challenge, "RFC 6750 §3.1");
        let answer = send(&app, operation, &with).await;
        assert!(!["401", "403"].contains(&answer.status.as_str()), "{operation:?}: {answer:?}");
    }
}

#[tokio::test]
async fn every_scope_opens_something() {
    let relay = Relay::start().await;
    let document = relay.local.call("GET", "/api/v1/openapi.json").send().await.json();
    let operations: Vec<_> =
        operations(&relay.cloud).await.into_iter().chain(operations_in(&document)).collect();

    for scope in Scope::ALL {
        assert!(operations.iter().any(|operation| operation.scope == scope), "{scope}");
    }
}

/// What the description says that an API key opens, and the one scope that it says is needed.
async fn operations(app: &TestApp) -> Vec<Operation> {
    operations_in(&app.call("GET", "/api/v1/openapi.json").send().await.json())
}

fn operations_in(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let ways = operation["security"].as_array().into_iter().flatten();
            for scopes in ways.filter_map(|way| way["api_key"].as_array()) {
                let [scope] = &scopes[..] else { panic!("{method} {path} needs {scopes:?}") };
                let scope = scope.as_str().unwrap().parse().unwrap();
                operations.push(Operation { method: method.to_uppercase(), path: path.clone(), scope });
            }
        }
    }
    operations
}

async fn key(app: &TestApp, name: &str, scopes: &Scopes) -> String {
    app.state.access().create_scoped_api_key(name, scopes).await.unwrap().unwrap().to_string()
}

async fn send(app: &TestApp, operation: &Operation, key: &str) -> Answer {
    let path = operation.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    app.call(&operation.method, &path).bearer(key).json(&json!({})).send().await
}
