use super::*;

#[test]
fn every_kind_of_chinese_is_read_as_chinese_and_the_rest_as_english() {
    check("zh", Language::ZhCn);
    check("zh-CN", Language::ZhCn);
    check("ZH_hans", Language::ZhCn);
    check("en-GB", Language::En);
    check("ru", Language::En);
    check("", Language::En);
}

#[test]
fn a_tag_leads_back_to_its_language() {
    for language in Language::ALL {
        check(language.tag(), language);
    }
}

#[test]
fn texts_with_a_value_show_it() {
    for language in Language::ALL {
        let texts = language.messages();

        assert!((texts.brand)("OpenClaw").contains("OpenClaw"));
        assert!((texts.approval_note)("ding-1").contains("ding-1"));
        assert!((texts.retry_after)(17).contains("17"));
        assert!((texts.login.scanned)("07").contains("07"));
        assert!((texts.login.signed_in_as)("Ada").contains("Ada"));
    }
}

#[test]
fn a_used_setup_link_is_told_apart_from_other_failures() {
    for language in Language::ALL {
        let failure = language.messages().failure;

        assert_ne!(failure(ErrorCode::SetupCodeInvalid), failure(ErrorCode::Unknown));
        assert_ne!(failure(ErrorCode::TooManyFlows), failure(ErrorCode::UpstreamUnavailable));
    }
}

#[test]
fn the_two_kinds_of_code_are_told_apart() {
    for language in Language::ALL {
        let failure = language.messages().failure;

        assert_ne!(failure(ErrorCode::WorkspaceCodeInvalid), failure(ErrorCode::AuthorizationCodeInvalid));
    }
    let failure = Language::En.messages().failure;
    assert!(failure(ErrorCode::WorkspaceCodeInvalid).contains("workspace code"));
    assert!(failure(ErrorCode::AuthorizationCodeInvalid).contains("sign-in code"));
}

#[test]
fn every_way_a_login_can_fail_has_a_text_of_its_own() {
    let codes = [
        ErrorCode::AddressNotAllowed,
        ErrorCode::AuthorizationCodeInvalid,
        ErrorCode::EmailDomainNotAllowed,
        ErrorCode::ForeignOrganisation,
        ErrorCode::LoginConfigNotFound,
        ErrorCode::LoginEnded,
        ErrorCode::LoginStateInvalid,
        ErrorCode::NotAMember,
        ErrorCode::NotInvited,
        ErrorCode::NotSignedIn,
        ErrorCode::NumberMismatch,
        ErrorCode::PermissionMissing,
        ErrorCode::ProfileIncomplete,
        ErrorCode::SignInRequired,
        ErrorCode::TicketInvalid,
        ErrorCode::UpstreamBusy,
        ErrorCode::UpstreamRefused,
        ErrorCode::UpstreamUnavailable,
        ErrorCode::WorkspaceCodeInvalid,
        ErrorCode::Unknown,
    ];
    for language in Language::ALL {
        let texts: std::collections::BTreeSet<_> =
            codes.into_iter().map(language.messages().failure).collect();

        assert_eq!(texts.len(), codes.len());
    }
}

#[track_caller]
fn check(tag: &str, expected: Language) {
    assert_eq!(Language::from_tag(tag), expected, "{tag}");
}
