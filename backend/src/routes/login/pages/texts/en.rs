use maud::html;

use super::{FrameTexts, Said, Texts, Troubles};

pub(in super::super) static TEXTS: Texts = Texts {
    ask_title: "Sign in on another screen?",
    ask: |site| html! { (site) " asks who you are. Nothing has happened yet." },
    ask_warning: "Only continue if you opened the login page on the other screen yourself. If somebody sent or showed you the code, do not continue: they would be signed in as you.",
    ask_next: "DingTalk asks for your consent. Then you compare a number with the other screen.",
    go_on: "Continue with DingTalk",
    deny: "This was not me",

    who_asks: "Who is asking",
    site: "Site",
    app: "App",
    browser: "Browser",
    address: "Network address",
    begun_at: "Asked at",

    confirm_title: "Is this you, and is it your screen?",
    confirm: |site, name| html! { "Sign in to " (site) " as " (name) "?" },
    which_number: "Which number does the other screen show?",
    deny_number: "None of these, or this was not me",
    confirm_warning: "Do not pick a number that somebody told or sent you. Look at the other screen yourself: whoever sits there is signed in as you.",

    done_title: "Done",
    done: |site, name| html! { "You are signed in to " (site) " as " (name) "." },
    done_next: "You can go back to the other screen and close this page.",
    denied_title: "Nobody was signed in",
    denied: |site| html! { "You refused the login to " (site) ". The code no longer works." },
    denied_next: "If you did not begin it, somebody may have tried to sign in as you. Tell your administrator who gave you the code. You can close this page.",
    turned_back: |site| html! { "You turned back at DingTalk. You are not signed in to " (site) "." },
    wrong_number_title: "That was another number",
    wrong_number: |site| html! { "To be safe, nobody was signed in to " (site) ". The code no longer works." },
    wrong_number_next: "To begin again, get a new code on the other screen and scan it. Did somebody else show or send you the code? Then leave it: they may want to be signed in as you.",
    over_title: "This code is over",
    over: "A code works once and for a few minutes only. This one has expired, has been used, or was taken up by another phone.",
    over_next: "Get a new code on the other screen and scan it.",

    for_administrator: "For your administrator",
    try_again: "Try again",
    code: "Error",
    reference: "Request",
    troubles: TROUBLES,
    frame: FrameTexts {
        no_script: "Signing in with DingTalk here needs JavaScript.",
        title: "Sign in with DingTalk",
        alone: "This page works only inside the page that you sign in to.",
        opening: "Opening DingTalk…",
        sending: "Signing you in…",
        signed_in: "Signed in. One moment…",
        failed: "DingTalk did not sign you in.",
        refused: "The login did not work.",
        unreachable: "The server does not answer. Check the connection.",
    },
};

const TROUBLES: Troubles = Troubles {
    address_not_allowed: Said {
        title: "DingTalk does not let this server in",
        happened: "The app at DingTalk accepts only certain network addresses, and this server's is not among them.",
        person: "Your account is fine. Please show this page to your administrator.",
        administrator: Some(
            "Add this server's outgoing address to the app's allow-list: developer console, security settings, server egress IP.",
        ),
    },
    authorization_code_invalid: Said {
        title: "The login code is not valid",
        happened: "DingTalk does not accept the login code. A code from DingTalk's login page is valid for a few minutes and only once. A workspace code, which a page gets inside DingTalk, cannot stand in for it.",
        person: "Please begin again, and do not reload the page on the way.",
        administrator: Some(
            "If it happens every time: what has to arrive here is the login page's code (authCode), not one from requestAuthCode. Check the app's redirect URL, too.",
        ),
    },
    credentials_rejected: Said {
        title: "DingTalk does not accept this app",
        happened: "The app's credentials are wrong, or no version of the app has been published.",
        person: "Your account is fine. Please show this page to your administrator.",
        administrator: Some(
            "Compare AppKey (Client ID) and AppSecret (Client Secret) in the developer console with this server's, and publish a version of the app.",
        ),
    },
    email_domain_not_allowed: Said {
        title: "Your e-mail address is not admitted",
        happened: "DingTalk has confirmed who you are, but addresses of your domain may not sign in here.",
        person: "Sign in with an account that has your organisation's address, or ask your administrator.",
        administrator: Some("The admitted domains are in this server's setting ALLOWED_DOMAINS."),
    },
    foreign_organisation: Said {
        title: "This organisation is not admitted",
        happened: "The organisation that you chose in DingTalk may not sign in here.",
        person: "Begin again and choose another organisation, or ask your administrator.",
        administrator: Some("The admitted organisations are in this server's setting ALLOWED_CORP_IDS."),
    },
    login_config_not_found: Said {
        title: "Signing in is not set up yet",
        happened: "This server has no DingTalk app for this organisation or under this name.",
        person: "Please show this page to your administrator.",
        administrator: Some(
            "Register an app on this server or enter its credentials, and check the app name or CorpId that the page asks for.",
        ),
    },
    login_ended: Said {
        title: "This login is over",
        happened: "It has expired, has been completed, or was taken up by another phone.",
        person: "Begin again on the screen that you want to sign in on.",
        administrator: None,
    },
    login_state_invalid: Said {
        title: "This login did not begin here",
        happened: "DingTalk's answer belongs to another browser, has been used before, or came too late.",
        person: "Begin again and stay in this browser. Cookies have to be allowed.",
        administrator: Some(
            "If nobody can sign in: the app's redirect URL in the developer console must have exactly this server's public address.",
        ),
    },
    not_a_member: Said {
        title: "You are not a member",
        happened: "Your DingTalk account does not belong to the organisation that owns this app.",
        person: "Sign in with the account that you use in this organisation, or ask your administrator to add you.",
        administrator: Some(
            "Add the person to the organisation's contacts, and check for whom the app is available.",
        ),
    },
    not_invited: Said {
        title: "You have not been invited yet",
        happened: "DingTalk has confirmed who you are, but only invited people may sign in here.",
        person: "Ask your administrator for an invitation. Once you have it, sign in again.",
        administrator: None,
    },
    number_mismatch: Said {
        title: "The numbers did not match",
        happened: "The number picked on the phone was not the one on the screen. To be safe, nobody was signed in.",
        person: "Begin again with a new code, but only if you opened the login page yourself.",
        administrator: None,
    },
    permission_missing: Said {
        title: "The app lacks a permission",
        happened: "DingTalk does not let the app read who you are.",
        person: "Your account is fine. Please show this page to your administrator.",
        administrator: Some(
            "Grant Contact.User.Read in the developer console under permissions, and publish a version of the app. This server's log names what is missing.",
        ),
    },
    profile_incomplete: Said {
        title: "DingTalk did not say who you are",
        happened: "Your profile came without the identifier by which you are known here.",
        person: "Please try again. If that does not help, show this page to your administrator.",
        administrator: Some(
            "The answer had no unionId. Check that the app has the permission Contact.User.Read and a published version.",
        ),
    },
    too_many_flows: Said {
        title: "Too many people are signing in",
        happened: "This server takes no more logins at the moment.",
        person: "Wait a minute, then try again.",
        administrator: None,
    },
    upstream_busy: Said {
        title: "DingTalk is busy",
        happened: "DingTalk takes no more requests at the moment.",
        person: "Wait a minute, then try again.",
        administrator: Some("If it happens often, check the app's call limits in the developer console."),
    },
    upstream_refused: Said {
        title: "DingTalk refused the login",
        happened: "DingTalk answered, but did not let the login go on.",
        person: "Please try again. If that does not help, show this page to your administrator.",
        administrator: Some(
            "This server's log has DingTalk's reason under the request id below. In the developer console check redirect URL, permissions and published version.",
        ),
    },
    upstream_unavailable: Said {
        title: "DingTalk cannot be reached",
        happened: "This server gets no usable answer from DingTalk.",
        person: "Your account is fine. Wait a minute, then try again.",
        administrator: Some(
            "If it lasts, check this server's way to the internet: proxy, firewall, name resolution.",
        ),
    },
    workspace_code_invalid: Said {
        title: "The workspace code is not valid",
        happened: "DingTalk does not accept the workspace code. Such a code, which a page gets inside DingTalk, is valid for five minutes, only once, and only in its own organisation. A code from DingTalk's login page cannot stand in for it.",
        person: "Close this page and open it again from DingTalk's workspace.",
        administrator: Some(
            "If it happens every time: the code has to come from requestAuthCode with this app's CorpId and Client ID. Check the address of the app's home page, too.",
        ),
    },
    other: Said {
        title: "That did not work",
        happened: "Something failed on the way. You have not been signed in.",
        person: "Please try again. If that does not help, show this page to your administrator.",
        administrator: Some("This server's log knows more under the request id below."),
    },
};
