//! Everything that knows how DingTalk spells things.
//!
//! One-click creation of an app by scanning (DingTalk's page 一键创建钉钉应用扫码接入流程) has the shape of RFC 8628:
//!
//! 1. `POST /app/registration/init` gives a nonce: 5 minutes, single use.
//! 2. `POST /app/registration/begin` turns it into a device code and the link to scan (RFC 8628 §3.2).
//! 3. `POST /app/registration/poll` tells, again and again, how far the person is (RFC 8628 §3.4, §3.5), and in
//!    the end hands out the app's client id and client secret.
//! 4. `POST /v1.0/oauth2/accessToken` tries the credentials.
//!
//! Every call is one attempt with a deadline, a size limit and no redirects. Errors name the step and never carry
//! a URL or a body.

mod app_token;
mod error;
mod registration;
mod verification;
mod wire;

pub use app_token::{AppTokenClient, Probe};
pub use error::{DingTalkError, Refusal, Step};
pub use registration::{Begun, Credentials, Poll, RegistrationClient};
pub use verification::VerificationHosts;
