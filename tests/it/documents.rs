//! What a document promises to whoever sets things up.

use std::fs;
use std::path::Path;

#[test]
fn the_guide_to_sign_in_names_every_step_in_the_console() {
    let guide = read("docs/sign-in.md");

    for step in [
        "https://open-dev.dingtalk.com/",
        "企业内部应用",
        "H5微应用",
        "登录钉钉",
        "安全设置",
        "/auth/dingtalk/callback",
        "权限管理",
        "Contact.User.Read",
        "Contact.User.mobile",
        "qyapi_get_member",
        "发布版本",
        "AgentId",
        "CorpId",
        "$CORPID$",
    ] {
        assert!(guide.contains(step), "{step}");
    }
}

#[test]
fn the_guide_to_sign_in_maps_the_folder_of_login_types() {
    let guide = read("docs/sign-in.md");

    for name in [
        "auths.loginTypes.DDInnerType",
        "authConfig",
        "authType",
        "fullName",
        "getLoginConfig",
        "getAuthByCorpId",
        "loginByWorkbench",
        "getClient",
        "thirdUserId",
        "hiredDate",
    ] {
        assert!(guide.contains(name), "{name}");
    }
}

#[test]
fn the_guide_to_sign_in_says_what_dingtalk_has_not_confirmed() {
    let guide = read("docs/sign-in.md");
    let (_, unproven) = guide.split_once("## What is proven and what is not").unwrap();

    for doubt in ["PKCE", "one tap", "scan"] {
        assert!(unproven.contains(doubt), "{doubt}");
    }
}

#[test]
fn every_error_code_is_explained() {
    let source = read("shared/src/error.rs");
    let (_, codes) = source.split_once("pub enum ErrorCode {").unwrap();
    let api = read("docs/api.md");
    for line in codes.lines().filter(|line| line.ends_with(',') && !line.contains("//")) {
        let code = snake(line.trim().trim_end_matches(','));
        assert!(code == "unknown" || api.contains(&format!("`{code}`")), "{code}");
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(name)).unwrap()
}
