use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{AppState, Base, OpenError};
use crate::app::{Callback, Instance, LoginOptions};
use crate::config::Config;
use crate::dingtalk::SuiteClient;
use crate::store::Store;
use crate::suite::{Belongings, CallbackCrypto, Parts, Suite, Suites};

/// Opens those among the apps of the configuration.
pub(super) async fn open(instances: &[Instance], base: Base<'_>) -> Result<Suites, OpenError> {
    let Base { config, clock, store, sealer, apps, http } = base;
    let dingtalk = &config.dingtalk;
    let client = SuiteClient::new(http.clone(), dingtalk.api_base.clone(), dingtalk.oapi_base.clone());
    let belongings: Vec<Arc<dyn Belongings>> = vec![
        Arc::new(SignedIn(store.clone())),
        Arc::new(Directory(store.clone())),
        Arc::new(Sent(store.clone())),
    ];
    let suites = instances.iter().filter_map(suite).collect();
    let parts = Parts {
        clock: Arc::clone(clock),
        store: store.clone(),
        sealer: Arc::clone(sealer),
        apps: apps.clone(),
        client,
        suites,
        belongings,
    };
    Suites::open(parts).await.map_err(OpenError::Suites)
}

/// Returns the app of `DINGTALK_SUITE_KEY`, to be kept with the others.
pub(super) fn configured(config: &Config) -> Result<Option<Instance>, OpenError> {
    let Some(suite) = &config.suite else { return Ok(None) };
    Ok(Some(Instance {
        name: suite.name.clone().try_into().map_err(|_| OpenError::SuiteName)?,
        title: None,
        client_id: suite.key.clone(),
        client_secret: suite.secret.clone(),
        corp_id: None,
        agent_id: None,
        options: LoginOptions::default(),
        callback: Some(Callback { token: suite.token.clone(), key: suite.aes_key.clone(), api: suite.api }),
    }))
}

fn suite(instance: &Instance) -> Option<Suite> {
    let Callback { token, key, api } = instance.callback.clone()?;
    Some(Suite {
        name: instance.name.as_str().to_owned(),
        client_id: instance.client_id.as_str().to_owned(),
        crypto: CallbackCrypto::new(token, key, instance.client_id.clone()),
        api,
    })
}

/// The people who have signed in to an organisation by its third-party app, with their sessions.
#[derive(Debug)]
struct SignedIn(Store);

impl Belongings for SignedIn {
    fn forget<'a>(&'a self, client_id: &'a str, corp_id: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        self.0.delete_users_of(client_id, corp_id).boxed()
    }
}

/// Departments and members of an organisation that were read by its third-party app.
#[derive(Debug)]
struct Directory(Store);

impl Belongings for Directory {
    fn forget<'a>(&'a self, client_id: &'a str, corp_id: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        self.0.delete_organisation_of(client_id, corp_id).boxed()
    }
}

/// Messages that a third-party app sent in an organisation.
#[derive(Debug)]
struct Sent(Store);

impl Belongings for Sent {
    fn forget<'a>(&'a self, client_id: &'a str, corp_id: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        self.0.delete_messages_of(client_id, corp_id).boxed()
    }
}

impl AppState {
    /// Returns the third-party apps.
    pub fn suites(&self) -> &Suites {
        &self.inner.platform.suites
    }
}
