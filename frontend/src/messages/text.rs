use dingtalk_qr_shared::ErrorCode;

use crate::wire;

macro_rules! texts {
    ($($text:ident $key:literal,)+) => {
        /// A text of the panel. A language that lacks one does not compile; the English text says what each one is.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[expect(missing_docs, reason = "the English text says what each one is")]
        #[non_exhaustive]
        pub enum Text {
            $($text,)+
            /// What went wrong and what to do about it.
            Failure(ErrorCode),
        }

        impl Text {
            /// Every text but the failures.
            pub const ALL: &[Self] = &[$(Self::$text,)+];

            /// Returns every text.
            pub fn all() -> impl Iterator<Item = Self> {
                Self::ALL.iter().copied().chain(wire::ERROR_CODES.iter().copied().map(Self::Failure))
            }

            /// Returns the place of the text among [`all`](Self::all).
            #[cfg(any(feature = "element", test))]
            pub(crate) fn index(self) -> u32 {
                let mut index = 0;
                for text in Self::ALL {
                    if *text == self {
                        return index;
                    }
                    index += 1;
                }
                if let Self::Failure(code) = self { index + (code as u32).min(wire::UNKNOWN_CODE) } else { index }
            }

            /// Returns the name of the text outside of Rust, such as `whatHappens` or `failure_too_many_flows`.
            pub fn key(self) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$text => $key.into(),)+
                    Self::Failure(code) => format!("failure_{}", wire::error_code_name(code)).into(),
                }
            }
        }
    };
}

texts! {
    Panel "panel",
    Instruction "instruction",
    WhatHappens "whatHappens",
    QrLabel "qrLabel",
    UserCode "userCode",
    TimeLeft "timeLeft",
    OneMinute "oneMinute",
    StillValid "stillValid",
    Brand "brand",
    Twice "twice",
    Warning "warning",
    Simulated "simulated",
    SimulatedLink "simulatedLink",
    Starting "starting",
    Ready "ready",
    Creating "creating",
    Approval "approval",
    Created "created",
    Denied "denied",
    Expired "expired",
    Cancelled "cancelled",
    Failed "failed",
    Operator "operator",
    Reconnecting "reconnecting",
    UpstreamReconnecting "upstreamReconnecting",
    Offline "offline",
    Paused "paused",
    Copy "copy",
    Copied "copied",
    CopyByHand "copyByHand",
    CopyLink "copyLink",
    OpenLink "openLink",
    OpenInDingtalk "openInDingtalk",
    NewCode "newCode",
    Retry "retry",
    StartAgain "startAgain",
    Cancel "cancel",
    ByHand "byHand",
    Back "back",
    ApprovalBody "approvalBody",
    ApprovalNote "approvalNote",
    CopyNote "copyNote",
    OpenConsole "openConsole",
    ClientId "clientId",
    ClientSecret "clientSecret",
    SavedTo "savedTo",
    SinkStore "sinkStore",
    SinkEnvFile "sinkEnvFile",
    SinkWebhook "sinkWebhook",
    SinkUnknown "sinkUnknown",
    Verified "verified",
    NotVerified "notVerified",
    NextStep "nextStep",
    Another "another",
    Reveal "reveal",
    DownloadEnv "downloadEnv",
    RevealOnce "revealOnce",
    Revealed "revealed",
    DeniedReason "deniedReason",
    DeniedBody "deniedBody",
    ExpiredBody "expiredBody",
    CancelledBody "cancelledBody",
    OperatorBody "operatorBody",
    Unreachable "unreachable",
    RetryAfter "retryAfter",
    ManualTitle "manualTitle",
    ManualBody "manualBody",
    AppName "appName",
    AppNameHint "appNameHint",
    Show "show",
    Save "save",
    Saving "saving",
    Required "required",
    Invalid "invalid",
    LoginPanel "loginPanel",
    LoginInstruction "loginInstruction",
    LoginWhatHappens "loginWhatHappens",
    LoginQrLabel "loginQrLabel",
    LoginScannedInstruction "loginScannedInstruction",
    LoginScannedWarning "loginScannedWarning",
    LoginRedirectBody "loginRedirectBody",
    LoginSimulated "loginSimulated",
    LoginIdle "loginIdle",
    LoginLeaving "loginLeaving",
    LoginFramed "loginFramed",
    LoginScanned "loginScanned",
    LoginSigningIn "loginSigningIn",
    LoginAuthenticated "loginAuthenticated",
    LoginExpired "loginExpired",
    LoginSignedInAs "loginSignedInAs",
    LoginOpenHere "loginOpenHere",
    LoginContinueHere "loginContinueHere",
    LoginContinueWith "loginContinueWith",
    LoginUseQr "loginUseQr",
    LoginDeniedBody "loginDeniedBody",
    LoginExpiredBody "loginExpiredBody",
    LoginCancelledBody "loginCancelledBody",
    LoginCredentialsRejected "loginCredentialsRejected",
    LoginWorkspaceDomain "loginWorkspaceDomain",
    LoginWorkspaceRefused "loginWorkspaceRefused",
    LoginWorkspaceUnavailable "loginWorkspaceUnavailable",
}
