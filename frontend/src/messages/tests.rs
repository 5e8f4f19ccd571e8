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

#[track_caller]
fn check(tag: &str, expected: Language) {
    assert_eq!(Language::from_tag(tag), expected, "{tag}");
}
