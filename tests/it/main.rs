//! Tests of the backend through its router, with a simulated DingTalk behind it and time that moves when told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "some tests have something to tell")]

mod access;
mod apps_update;
mod canary;
mod canary_login;
mod canary_suites;
mod configuration;
mod contract;
mod deployment;
mod doctor;
mod documents;
mod embed_files;
mod embed_tokens;
mod env_check;
mod events;
mod guides;
mod instances;
mod invitations;
mod keys;
mod keys_refused;
mod layering;
mod limits;
mod live;
mod login;
mod login_attacks;
mod login_callbacks;
mod login_errors;
mod login_landing;
mod login_phone;
mod login_restart;
mod login_strangers;
mod login_tickets;
mod malformed;
mod manual;
mod matrices;
mod messages;
mod messages_limits;
mod messages_owned;
mod messages_refused;
mod messages_restart;
mod messages_results;
mod metrics;
mod organisations;
mod organisations_look_ups;
mod organisations_trouble;
mod outage;
mod outgoing;
mod outgoing_login;
mod page;
mod people;
mod people_kept;
mod process;
mod readiness;
mod registration;
mod registry;
mod relay;
mod relay_forged;
mod relay_messages;
#[cfg(target_os = "linux")]
mod relay_process;
mod replicas;
mod requests;
mod restart;
mod reveal;
mod rights;
mod scopes;
mod session_attacks;
mod sessions;
mod suites;
mod suites_crypto;
mod suites_leaving;
mod suites_pushes;
mod suites_tokens;
mod terminal;
mod token_kinds;
mod traces;
mod watching;
mod webhook;
mod webhook_failures;
mod webhook_redelivery;
mod workspace_errors;

/// A client for the program under test, which is on this machine.
fn http_client() -> reqwest::Client {
    // A connection of before a kill would be dead.
    client_builder().pool_max_idle_per_host(0).build().unwrap()
}

/// The same, but it tells of a redirect and does not follow.
fn http_client_that_stays() -> reqwest::Client {
    client_builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn client_builder() -> reqwest::ClientBuilder {
    drop(rustls::crypto::ring::default_provider().install_default());
    #[expect(clippy::disallowed_methods, reason = "the client of a test")]
    let builder = reqwest::Client::builder();
    builder.no_proxy()
}
