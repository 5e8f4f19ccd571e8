//! Wire types between the dingtalk-qr widget and its backend. serde and nothing else.
//!
//! | Route | Request | Answer |
//! |---|---|---|
//! | `POST /api/v1/registrations` | [`StartRegistration`] | [`FlowStarted`] |
//! | `POST /api/v1/logins` | [`StartLogin`] | [`FlowStarted`] |
//! | `POST /api/v1/logins/{flow_id}/authorization` | – | [`Authorization`] |
//! | `POST /api/v1/logins/{flow_id}/code`, `/workspace` | [`CodePresented`] | – |
//! | `POST /api/v1/logins/{flow_id}/proof` | [`ProofPresented`] | – |
//! | `GET /api/v1/flows/{flow_id}` | – | [`FlowUpdate`] |
//! | `DELETE /api/v1/flows/{flow_id}` | – | – |
//! | `POST /api/v1/flows/{flow_id}/credentials` | – | [`RevealedCredentials`] |
//! | `POST /api/v1/session` | [`TicketPresented`] | [`Session`] |
//! | `GET /api/v1/session` | – | [`Session`] |
//! | `DELETE /api/v1/session` | – | – |
//! | `GET /api/v1/apps/{name}/login-config` | – | [`LoginConfig`] |
//! | `POST /api/v1/apps` | `{name?, client_id, client_secret}` | [`AppSaved`] |
//! | `GET /api/v1/apps` | – | [`AppList`] |
//! | `GET /api/v1/apps/{name}` | – | [`AppEntry`] |
//! | `DELETE /api/v1/apps/{name}` | – | – |
//! | `POST /api/v1/apps/{name}/claim` | – | [`AppSaved`] |
//! | `GET /api/v1/apps/{name}/credentials` | – | [`RevealedCredentials`] |
//! | `POST /api/v1/operator-session` | [`StartOperatorSession`] | – |
//! | any, when it fails | – | [`Problem`] |
//!
//! Lifetimes and intervals are whole seconds from the moment of the answer, because clocks differ.
//! One type here can carry a secret of DingTalk, [`RevealedCredentials`]. The body of `POST /api/v1/apps` is the backend's own.

mod app;
mod credentials;
mod error;
mod flow;
mod id;
mod login;
mod operator;
mod registration;

pub use app::{AppDelivery, AppEntry, AppList, AppSaved, DeliveryState, Sink};
pub use credentials::RevealedCredentials;
pub use error::{ErrorCode, Problem};
pub use flow::{FlowStarted, FlowState, FlowUpdate, Qr};
pub use id::{FlowId, InvalidFlowId};
pub use login::{
    Authorization, CodePresented, Door, Identity, LoginConfig, LoginMethod, ProofPresented, Session,
    SignedIn, StartLogin, TicketPresented,
};
pub use operator::StartOperatorSession;
pub use registration::StartRegistration;
