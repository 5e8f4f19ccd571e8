//! Answers that DingTalk, or what stands before it, gives in trouble.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

/// An answer that DingTalk is known to give in trouble (its pages 调用频率限制 and 全局错误码).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// `errcode` -1: the system is busy.
    Busy,
    /// `errcode` 90002: the limit over all callers of this API.
    GlobalLimit,
    /// HTTP 200 with an HTML page in place of JSON, as a captive portal does.
    #[serde(rename = "html_200")]
    Html200,
    /// The HTML page for an address that called too often.
    IpBanHtml,
    /// The JSON for an address that called too often; not one of the usual envelopes.
    IpBanJson,
    /// HTTP 403 `Forbidden.AccessDenied.QpsLimitForApi`.
    Qps,
    /// HTTP 403 `Forbidden.AccessDenied.QpsLimitForAppkeyAndApi`.
    QpsApp,
}

impl Preset {
    pub(super) fn content(self) -> (StatusCode, &'static str) {
        match self {
            Self::Busy => (StatusCode::OK, r#"{"errcode":-1,"errmsg":"系统繁忙"}"#),
            Self::GlobalLimit => (StatusCode::OK, r#"{"errcode":90002,"errmsg":"接口调用频率超过限制"}"#),
            Self::Html200 => (
                StatusCode::OK,
                "<!DOCTYPE html><html><head><title>Sign in to the network</title></head></html>",
            ),
            Self::IpBanHtml => (
                StatusCode::OK,
                "<!DOCTYPE html><html><head><title>Access denied</title></head>\
                 <body>Sorry, your request has been blocked as it may cause potential threats.</body></html>",
            ),
            Self::IpBanJson => (
                StatusCode::OK,
                r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"00000000000000000000000000000000"}"#,
            ),
            Self::Qps => (
                StatusCode::FORBIDDEN,
                r#"{"code":"Forbidden.AccessDenied.QpsLimitForApi","requestid":"00000000-0000-0000-0000-000000000000","message":"api qps limit"}"#,
            ),
            Self::QpsApp => (
                StatusCode::FORBIDDEN,
                r#"{"code":"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi","requestid":"00000000-0000-0000-0000-000000000000","message":"app and api qps limit"}"#,
            ),
        }
    }
}
