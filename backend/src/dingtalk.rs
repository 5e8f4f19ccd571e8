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
//! Signing in is the authorization code grant (RFC 6749 §4.1; DingTalk's page 获取登录用户的访问凭证):
//!
//! 1. `GET /oauth2/auth` shows the person DingTalk's page, which sends the browser back with a code.
//! 2. `POST /v1.0/oauth2/userAccessToken` turns the code into a token of the person.
//! 3. `GET /v1.0/contact/users/me` tells who it is.
//! 4. `POST /topapi/user/getbyunionid` and `/topapi/v2/user/get` tell what the organisation knows of them.
//!
//! Inside DingTalk a script gives a workspace code instead, which `POST /topapi/v2/user/getuserinfo` takes.
//!
//! What an organisation is made of is read in steps:
//!
//! 1. `GET /auth/scopes` says which departments, and which people beside them, the app may see.
//! 2. `POST /topapi/v2/department/get` and `/topapi/v2/department/listsub` tell of a department and those below it, one level a call.
//! 3. `POST /topapi/v2/user/list` tells of the members of a department by pages, `/topapi/user/listid` their ids only.
//!
//! A third-party app is many organisations':
//!
//! 1. DingTalk pushes tickets and authorisations, signed and encrypted.
//! 2. `POST /v1.0/oauth2/corpAccessToken` turns the newest ticket into a token that speaks for one of them. The old API has
//!    `POST /service/get_corp_token` for it, and signed calls.
//! 3. `GET /v1.0/oauth2/apps/authInfo` tells what an organisation has agreed to.
//!
//! `POST /v1.0/robot/oToMessages/batchSend` lets the robot of an app speak to people, `…/groupMessages/send` in a group.
//!
//! Work notices speak in the name of an app: `POST /topapi/message/corpconversation/asyncsend_v2`, or `…/sendbytemplate`, takes
//! one, and `…/getsendprogress` and `…/getsendresult` tell what became of it.
//!
//! Every call is one attempt with a deadline, a size limit and no redirects. Errors name the step and never carry
//! a URL or a body.

mod app_token;
#[cfg(feature = "platform")]
mod content;
#[cfg(feature = "login")]
mod directory;
mod error;
#[cfg(feature = "platform")]
mod notice;
#[cfg(feature = "login")]
mod oauth;
#[cfg(feature = "platform")]
mod push;
mod registration;
mod robot;
#[cfg(feature = "platform")]
mod suite;
mod verification;
mod wire;

pub use app_token::{AppTokenClient, Probe};
#[cfg(feature = "platform")]
pub use content::{
    Button, ButtonLayout, ContentFault, MOST_NOTICE_BYTES, Notice, Oa, OaBody, OaCount, OaHead, OaRow,
    OaStatus, RobotContent, Template,
};
#[cfg(feature = "platform")]
pub use directory::{Department, MemberPage, Range};
#[cfg(feature = "login")]
pub use directory::{DirectoryClient, Member, WorkspaceUser};
pub use error::{DingTalkError, Meaning, Refusal, Step, Word};
#[cfg(feature = "platform")]
pub use notice::{Audience, Forbidden, ForbiddenReason, NoticeClient, SendResult};
#[cfg(feature = "login")]
pub use oauth::{AuthorizationRequest, OAuthClient, Profile, UserTokens};
#[cfg(feature = "platform")]
pub use push::{Fact, Push, Record, SUCCESS};
pub use registration::{Begun, Credentials, Poll, RegistrationClient};
#[cfg(feature = "platform")]
pub use robot::{Accepted, RobotRead};
pub use robot::{Receipt, RobotClient};
#[cfg(feature = "platform")]
pub use suite::{Authorization, SuiteApi, SuiteClient, SuiteCredentials};
pub use verification::VerificationHosts;
