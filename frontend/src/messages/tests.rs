use std::collections::BTreeSet;

use dingtalk_qr_shared::ErrorCode;

use super::*;
use crate::wire::ERROR_CODES;

/// The texts with a value, and its name.
const WITH_VALUE: [(Text, &str); 6] = [
    (Text::StillValid, "time"),
    (Text::Brand, "brand"),
    (Text::ApprovalNote, "clientId"),
    (Text::RetryAfter, "time"),
    (Text::LoginScanned, "number"),
    (Text::LoginSignedInAs, "name"),
];

/// Characters that are written differently in Simplified (first) and Traditional Chinese (second).
const SCRIPTS: &str = "钉釘 码碼 应應 创創 机機 员員 组組 织織 证證 扫掃 请請 时時 间間 该該 显顯 务務 设設 \
                       备備 开開 连連 后後 没沒 从從 无無 审審 权權 标標 页頁 错錯 误誤 数數 择擇 给給 复複 \
                       过過 录錄 会會 两兩 个個 这這 验驗 储儲 称稱 选選 与與 网網 试試 将將 现現 当當 绝絕 \
                       结結 为為 仅僅 们們 别別 刚剛 动動 单單 启啟 围圍 处處 实實 对對 尝嘗 属屬 并並 拟擬 \
                       断斷 旧舊 暂暫 条條 检檢 环環 确確 签簽 经經 络絡 继繼 绪緒 续續 维維 联聯 获獲 览覽 \
                       认認 记記 许許 访訪 识識 话話 说說 读讀 账帳 较較 运運 还還 进進 邮郵 问問 项項 范範 \
                       发發 响響 凭憑";

#[test]
fn a_tag_leads_to_the_language_of_its_script_or_region() {
    check("zh", Language::ZhCn);
    check("zh-CN", Language::ZhCn);
    check("zh-SG", Language::ZhCn);
    check("ZH_hans", Language::ZhCn);
    check("zh-Hans-HK", Language::ZhCn);
    check("zh-Hant", Language::ZhTw);
    check("zh-Hant-CN", Language::ZhTw);
    check("zh-HK", Language::ZhTw);
    check("zh-mo", Language::ZhTw);
    check("zh_TW", Language::ZhTw);
    check("ja-JP", Language::Ja);
    check("ru-RU", Language::Ru);
}

#[test]
fn what_we_do_not_speak_is_english() {
    for tag in ["", "en-GB", "de", "de-TW", "jav", "zho", "-zh"] {
        check(tag, Language::En);
    }
}

#[test]
fn a_tag_leads_back_to_its_language() {
    for language in Language::ALL {
        check(language.tag(), language);
    }
}

#[test]
fn keys_are_unique_and_are_the_names_in_camel_case() {
    for text in Text::ALL {
        let name = format!("{text:?}");
        let (first, rest) = name.split_at(1);
        assert_eq!(text.key(), first.to_lowercase() + rest);
    }
    assert_eq!(Text::Failure(ErrorCode::TooManyFlows).key(), "failure_too_many_flows");
    let keys: BTreeSet<_> = every_text().map(Text::key).collect();
    assert_eq!(keys.len(), every_text().count());
}

#[test]
fn no_text_is_empty_or_padded() {
    for (language, text, words) in every_translation() {
        assert!(!words.is_empty() && words.trim() == words, "{language:?} {text:?}");
    }
}

#[test]
fn every_language_has_the_same_values() {
    for (language, text, words) in every_translation() {
        let expected: Vec<_> =
            WITH_VALUE.iter().filter(|(with_value, _)| *with_value == text).map(|(_, name)| *name).collect();
        assert_eq!(names(words), expected, "{language:?} {text:?}");
    }
}

#[test]
fn a_value_takes_the_place_of_its_name() {
    for language in Language::ALL {
        for (text, name) in WITH_VALUE {
            // Whatever the value is: it is not read as a text.
            let value = "{07} Ada}";
            let expected = language.text(text).replace(&format!("{{{name}}}"), value);
            assert_eq!(Texts::from(language).fill(text, value), expected);
        }
        assert_eq!(Texts::from(language).fill(Text::Cancel, "07"), language.text(Text::Cancel));
    }
}

#[test]
fn no_text_is_left_in_english() {
    let names = [Text::ClientId, Text::ClientSecret];
    for (language, text, words) in every_translation() {
        if language != Language::En && !names.contains(&text) {
            assert_ne!(words, Language::En.text(text), "{language:?} {text:?}");
        }
    }
}

#[test]
fn each_kind_of_chinese_is_written_in_its_own_script() {
    let (simplified, traditional): (String, String) = SCRIPTS
        .split_whitespace()
        .map(|pair| (pair.chars().next().unwrap(), pair.chars().nth(1).unwrap()))
        .unzip();
    for text in every_text() {
        let (mainland, taiwan) = (Language::ZhCn.text(text), Language::ZhTw.text(text));
        assert!(!mainland.contains(|letter| traditional.contains(letter)), "{text:?}: {mainland}");
        // The console has its names in Simplified Chinese only; they are quoted as they stand there.
        let own = taiwan.split('「').map(|part| part.split_once('」').map_or(part, |(_, rest)| rest));
        for part in own {
            assert!(!part.contains(|letter| simplified.contains(letter)), "{text:?}: {taiwan}");
        }
        if mainland.contains(|letter| simplified.contains(letter)) {
            assert_ne!(taiwan, mainland, "{text:?}");
        }
    }
}

#[test]
fn the_words_of_the_embedder_win_and_the_rest_stays() {
    let first = Texts::from(Language::Ru).with(|text| match text.key().as_ref() {
        "panel" => Some("Get your bot".into()),
        "brand" => Some("It says {brand}".into()),
        "failure_too_many_flows" => Some("Full".into()),
        _ => None,
    });

    assert_eq!(first.get(Text::Panel), "Get your bot");
    assert_eq!(first.fill(Text::Brand, "OpenClaw"), "It says OpenClaw");
    assert_eq!(first.get(Text::Failure(ErrorCode::TooManyFlows)), "Full");
    assert_eq!(first.get(Text::Cancel), Language::Ru.text(Text::Cancel));
    assert_eq!(
        first.get(Text::Failure(ErrorCode::Unknown)),
        Language::Ru.text(Text::Failure(ErrorCode::Unknown))
    );
    let second = first.with(|text| (text == Text::Panel).then(|| "Hello".into()));
    assert_eq!([second.get(Text::Panel), second.get(Text::Brand)], ["Hello", "It says {brand}"]);
    assert_eq!(Texts::new(|_| None).get(Text::Panel), "");
}

#[test]
fn every_way_a_flow_can_end_has_a_text_of_its_own() {
    let ends = [Text::Cancelled, Text::Denied, Text::Expired, Text::Failed, Text::LoginCredentialsRejected];
    // These mean the same to whoever reads them.
    let alike = [
        ErrorCode::AppConfigured,
        ErrorCode::BeginLacksVerificationUri,
        ErrorCode::InitLacksNonce,
        ErrorCode::InsufficientScope,
        ErrorCode::MethodNotAllowed,
        ErrorCode::NotFound,
        ErrorCode::PayloadTooLarge,
        ErrorCode::RequestHeaderTooLarge,
        ErrorCode::UnsupportedMediaType,
        ErrorCode::Unknown,
    ];
    let failures = ERROR_CODES.iter().filter(|code| !alike.contains(code)).map(|code| Text::Failure(*code));
    let apart: Vec<_> = ends.into_iter().chain(failures).collect();
    for language in Language::ALL {
        let texts: BTreeSet<_> = apart.iter().map(|text| language.text(*text)).collect();
        assert_eq!(texts.len(), apart.len(), "{language:?}");
    }
}

#[test]
fn the_two_kinds_of_code_are_called_by_their_names() {
    let failure = |code| Language::En.text(Text::Failure(code));
    assert!(failure(ErrorCode::WorkspaceCodeInvalid).contains("workspace code"));
    assert!(failure(ErrorCode::AuthorizationCodeInvalid).contains("sign-in code"));
}

fn every_text() -> impl Iterator<Item = Text> {
    Text::ALL.iter().copied().chain(ERROR_CODES.iter().map(|code| Text::Failure(*code)))
}

fn every_translation() -> impl Iterator<Item = (Language, Text, &'static str)> {
    let translate = |language: Language| every_text().map(move |text| (language, text, language.text(text)));
    Language::ALL.into_iter().flat_map(translate)
}

/// What stands in braces; a brace without its other half counts, too.
fn names(words: &str) -> Vec<&str> {
    let mut names: Vec<_> =
        words.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name)).collect();
    names.extend((names.len()..words.matches('}').count()).map(|_| "}"));
    names
}

#[track_caller]
fn check(tag: &str, expected: Language) {
    assert_eq!(Language::from_tag(tag), expected, "{tag}");
}

#[test]
fn a_text_is_found_by_its_place() {
    for (place, text) in Text::all().enumerate() {
        assert_eq!(text.index() as usize, place, "{text:?}");
    }
}

#[test]
fn a_value_does_not_turn_the_direction_of_its_sentence() {
    let texts = Texts::from(Language::En);

    assert_eq!(texts.fill(Text::LoginSignedInAs, "A\u{202e}d\u{2067}a"), "You are signed in as Ada");
}
