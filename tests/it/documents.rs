//! What a document promises to whoever sets things up.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dingtalk_qr_backend::message::{Outcome, PartState};
use dingtalk_qr_backend::telemetry::METRICS;
use serde_json::Value;

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

#[test]
fn the_guide_to_the_doctor_lists_every_code() {
    let source = read("backend/src/doctor.rs");
    let (_, names) = source.split_once("pub fn as_str(self)").unwrap();
    let known: BTreeSet<_> = literals(names.split("pub fn ").next().unwrap()).map(str::to_owned).collect();
    let guide = read("docs/doctor.md");

    let listed: BTreeSet<_> =
        rows(section(&guide, "What it finds")).iter().map(|row| code(row[0]).to_owned()).collect();

    assert!(known.len() > 5, "{known:?}");
    assert_eq!(listed, known);
}

#[test]
fn the_reference_of_the_element_lists_what_its_manifest_does() {
    let element = manifest();
    let of_kind = |kind: &str| names(&list(&element["members"], |member| member["kind"] == kind), "name");
    let attributes = names(&list(&element["attributes"], |_| true), "name");
    let reflected = names(&list(&element["members"], |member| member["attribute"].is_string()), "attribute");
    let functions = ["define", "mount"].map(ToOwned::to_owned);

    let reference = read("docs/element.md");
    let table = |heading: &str, column: usize| codes(section(&reference, heading), column);
    let events: BTreeSet<_> =
        table("Events", 0).into_iter().filter(|name| name.starts_with("dingtalk-")).collect();
    let slots = names(&list(&element["slots"], |slot| slot["name"] != ""), "name");

    assert_eq!(table("Attributes and properties", 0), of_kind("field"));
    assert_eq!(table("Attributes and properties", 1), attributes);
    assert_eq!(reflected, attributes);
    assert_eq!(table("Methods", 0), &of_kind("method") | &functions.into());
    assert_eq!(events, names(&list(&element["events"], |_| true), "name"));
    assert_eq!(table("Slots", 0), slots);
    assert_eq!(table("Parts", 0), names(&list(&element["cssParts"], |_| true), "name"));
    assert_eq!(table("Custom properties", 0), names(&list(&element["cssProperties"], |_| true), "name"));
}

#[test]
fn the_readme_of_the_package_names_every_property_attribute_and_event() {
    let element = manifest();
    let readme = read("frontend/package/README.md");
    let members = list(&element["members"], |member| member["kind"] == "field");

    for (values, key) in [
        (&members, "name"),
        (&list(&element["attributes"], |_| true), "name"),
        (&list(&element["events"], |_| true), "name"),
    ] {
        for name in names(values, key) {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }
}

#[test]
fn every_property_of_the_types_is_in_the_manifest() {
    let types = read("frontend/package/src/types.ts");
    let (_, body) = types.split_once("export interface DingTalkQrProperties {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let declared = body.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
    let declared = declared.filter_map(|line| line.trim().split_once(':'));
    let declared: BTreeSet<_> = declared.map(|(name, _)| name.trim_end_matches('?').to_owned()).collect();
    let writable =
        list(&manifest()["members"], |member| member["kind"] == "field" && member["readonly"] != true);

    assert_eq!(declared, names(&writable, "name"));
}

#[test]
fn every_part_that_the_panel_produces_is_in_the_reference() {
    let mut produced = BTreeSet::from(["base".to_owned()]);
    for source in sources("frontend/src", "rs") {
        let code = fs::read_to_string(&source).unwrap();
        let (code, _) = code.split_once("#[cfg(test)]\nmod tests").unwrap_or((&code, ""));
        produced.extend(literals(code).filter_map(parts).flatten());
    }

    assert_eq!(codes(section(&read("docs/element.md"), "Parts"), 0), produced);
}

#[test]
fn the_panel_without_webassembly_has_no_other_parts() {
    let known = codes(section(&read("docs/element.md"), "Parts"), 0);
    for name in ["code", "draw", "face", "shell"] {
        let source = read(&format!("frontend/package/src/{name}.ts"));
        let classes = literals(&source).flat_map(str::split_whitespace);
        for part in classes.filter_map(|class| class.strip_prefix("dtqr-")) {
            assert!(known.contains(part), "{name}.ts: {part}");
        }
    }
}

#[test]
fn the_custom_properties_have_the_defaults_of_the_stylesheet() {
    let style = read("frontend/src/style.css");
    let block = |selector: &str| {
        let (_, rest) = style.split_once(selector).unwrap();
        rest.split_once('}').unwrap().0
    };
    let (light, dark) = (block(":where(.dtqr) {"), block(":where(.dtqr[data-theme=\"dark\"]) {"));
    let chosen_by_the_browser = block(":where(.dtqr:not([data-theme=\"light\"])) {");
    let used: BTreeSet<_> =
        style.split("var(--dingtalk-").skip(1).map(|rest| until(rest, [',', ')'])).collect();

    let reference = read("docs/element.md");
    let rows = rows(section(&reference, "Custom properties"));
    let listed: BTreeSet<_> =
        rows.iter().map(|row| code(row[0]).strip_prefix("--dingtalk-").unwrap()).collect();
    assert_eq!(listed, used);
    for row in rows {
        let name = code(row[0]);
        let in_dark = default_of(name, dark);
        assert_eq!(in_dark, default_of(name, chosen_by_the_browser), "{name}");
        if row[1] == "the system's" {
            assert!(["--dingtalk-font", "--dingtalk-mono"].contains(&name), "{name}");
        } else {
            assert_eq!(Some(code(row[1])), default_of(name, light), "{name}");
        }
        let told = Some(row[2]).filter(|told| *told != "the same").map(code);
        assert_eq!(told, in_dark, "{name}, dark");
    }
}

#[test]
fn every_state_and_field_of_the_events_is_in_the_reference() {
    let source = read("frontend/src/element/state.rs");
    let reference = read("docs/element.md");
    let events = section(&reference, "Events");
    let listed: BTreeSet<_> =
        codes(events, 0).into_iter().filter(|name| !name.starts_with("dingtalk-")).collect();
    let (body, _) = source.split_once("\n}\n").unwrap();
    let told = body.split("(\"").skip(1).filter_map(|rest| rest.split_once("\", "));
    let fields = ["vec![", "created(", "authenticated(", "failed("];
    let states: BTreeSet<_> = told
        .filter(|(_, rest)| fields.iter().any(|how| rest.starts_with(how)))
        .map(|(name, _)| name.to_owned())
        .collect();
    let types = read("frontend/package/src/types.ts");
    let (_, declared) = types.split_once("An app whose credentials").unwrap();
    let (declared, _) = declared.split_once("The events of the element").unwrap();
    let declared: BTreeSet<_> =
        declared.split("status: \"").skip(1).map(|rest| until(rest, ['"']).to_owned()).collect();

    assert_eq!(states, listed);
    assert_eq!(declared, listed);
    for word in literals(&source).filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
        assert!(word.is_empty() || events.contains(word), "{word}");
    }
}

#[test]
fn every_text_is_in_the_reference_with_its_english() {
    let keys = read("frontend/src/messages/text.rs");
    let (_, keys) = keys.split_once("texts! {\n").unwrap();
    let keys = keys.lines().filter_map(|line| line.trim().strip_suffix("\",")?.split_once(" \""));
    let english = read("frontend/src/messages/en.rs");
    let texts: Vec<_> = keys
        .map(|(name, key)| {
            let (_, text) = english.split_once(&format!("Text::{name} =>")).unwrap();
            (key.to_owned(), literals(text).next().unwrap().to_owned())
        })
        .collect();

    let reference = read("docs/element.md");
    let listed = rows(section(&reference, "Texts"));
    let listed: Vec<_> = listed.iter().map(|row| (code(row[0]).to_owned(), row[1].to_owned())).collect();
    assert!(texts.len() > 90, "{}", texts.len());
    assert_eq!(listed, texts);
}

#[test]
fn the_guide_to_messages_has_every_state_and_outcome_and_dingtalks_pages() {
    let guide = read("docs/messages.md");
    let states: BTreeSet<_> = PartState::ALL.iter().map(|state| state.as_str().to_owned()).collect();
    let outcomes: BTreeSet<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str().to_owned()).collect();
    let of_type = |name: &str| -> BTreeSet<_> {
        let (_, rest) = guide.split_once(&format!("\ntype {name} = ")).unwrap();
        literals(until(rest, [';'])).map(str::to_owned).collect()
    };

    assert_eq!((of_type("State"), of_type("Outcome")), (states.clone(), outcomes.clone()));
    assert_eq!(codes(section(&guide, "What became of it"), 0), &states | &outcomes);
    for page in ["消息类型与数据格式", "使用模板发送工作通知消息", "机器人发送消息的消息类型"]
    {
        assert!(guide.contains(page), "{page}");
    }
}

#[test]
fn the_guide_to_leptos_lists_every_prop() {
    let widget = read("frontend/src/widget.rs");
    let guide = read("docs/leptos.md");
    for (component, heading) in
        [("DingTalkQr", "Creating a bot: `DingTalkQr`"), ("DingTalkLogin", "Signing in: `DingTalkLogin`")]
    {
        let (_, props) = widget.split_once(&format!("pub fn {component}(")).unwrap();
        let (props, _) = props.split_once("\n)").unwrap();
        let props = props.lines().map(str::trim).filter(|line| !line.starts_with(['/', '#']));
        let props: BTreeSet<_> =
            props.filter_map(|line| line.split_once(": ")).map(|(name, _)| name.to_owned()).collect();

        assert_eq!(codes(section(&guide, heading), 0), props, "{component}");
    }
}

#[test]
fn the_guide_to_leptos_lists_what_a_flow_can_do_and_be() {
    let hook = read("frontend/src/use_flow.rs");
    let (_, methods) = hook.split_once("impl UseFlow {").unwrap();
    let (methods, _) = methods.split_once("\n}").unwrap();
    let methods = methods.split("    pub fn ").skip(1).filter(|rest| rest.contains("(self"));
    let mut known: BTreeSet<_> = methods.map(|rest| until(rest, ['(']).to_owned()).collect();
    for aid in ["by", "over", "show", "valid_for"] {
        assert!(known.remove(aid), "{aid} makes flows that stand still");
    }
    let phases = read("frontend/src/phase.rs");
    let (_, phases) = phases.split_once("pub enum Phase {").unwrap();
    let (phases, _) = phases.split_once("\n}").unwrap();
    let variants = phases.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = variants.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    known.extend(variants.map(|line| until(line, ['(', ',', ' ']).to_owned()));

    assert_eq!(codes(section(&read("docs/leptos.md"), "Your own face: `use_flow`"), 0), known);
}

#[test]
fn the_guide_to_operations_lists_every_metric() {
    let guide = read("docs/operations.md");
    let listed = rows(section(&guide, "Metrics"));
    let listed = listed.iter().filter(|row| row.len() == 4).map(|row| row.join(" | "));

    let known = METRICS.map(|metric| {
        let kind = format!("{:?}", metric.kind).to_lowercase();
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = if labels.is_empty() { "–".to_owned() } else { labels.join(", ") };
        format!("`{}` | {kind} | {labels} | {}", metric.name, metric.help)
    });

    assert_eq!(listed.collect::<Vec<_>>(), known);
}

#[test]
fn the_alerts_and_questions_name_metrics_that_there_are() {
    let guide = read("docs/operations.md");
    let words = guide.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.filter(|word| word.starts_with("dingtalk_qr_") && *word != "dingtalk_qr_backend");
    let mut count = 0;
    for name in named {
        let short = ["_bucket", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(METRICS.iter().any(|metric| metric.name == short), "{name}");
        count += 1;
    }
    assert!(count > METRICS.len(), "{count}");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).map(|rest| until(rest, [')'])) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            assert!(target.exists(), "{}: {link}", document.display());
            if !anchor.is_empty() && target.extension().is_some_and(|extension| extension == "md") {
                let headings = fs::read_to_string(&target).unwrap();
                let found =
                    headings.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor);
                assert!(found, "{}: {link}", document.display());
            }
        }
    }
}

/// Returns what the npm package tells editors of the element.
fn manifest() -> Value {
    let manifest: Value = serde_json::from_str(&read("frontend/package/custom-elements.json")).unwrap();
    let declarations = manifest["modules"][0]["declarations"].as_array().unwrap();
    declarations.iter().find(|declaration| declaration["tagName"] == "dingtalk-qr").unwrap().clone()
}

fn list(values: &Value, is_wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    values.as_array().unwrap().iter().filter(|value| is_wanted(value)).cloned().collect()
}

fn names(values: &[Value], key: &str) -> BTreeSet<String> {
    values.iter().map(|value| value[key].as_str().unwrap().to_owned()).collect()
}

/// Returns what is between a heading of the second level and the next.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let heading = format!("\n## {heading}\n");
    let (_, rest) = document.split_once(&heading).unwrap_or_else(|| panic!("there is no {heading}"));
    rest.split("\n## ").next().unwrap()
}

/// Returns the cells of the tables of a section, without their heads.
fn rows(section: &str) -> Vec<Vec<&str>> {
    let lines: Vec<_> = section.lines().collect();
    let is_row = |line: &str| line.starts_with('|');
    let bodies = lines.iter().enumerate().filter(|(at, line)| {
        is_row(line)
            && !line.starts_with("|---")
            && lines.get(at + 1).is_none_or(|next| !next.starts_with("|---"))
    });
    bodies.map(|(_, line)| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Returns what is set as code in a column of the tables of a section; of a call, its name.
fn codes(section: &str, column: usize) -> BTreeSet<String> {
    let cells = rows(section);
    let spans = cells.iter().flat_map(|row| row[column].split('`').skip(1).step_by(2));
    spans.map(|span| until(span, ['(']).to_owned()).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

fn until<const N: usize>(text: &str, ends: [char; N]) -> &str {
    text.split(ends).next().unwrap_or_default()
}

/// Returns the literals of a source that has none with a quote in them.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.lines().flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Returns the parts of what `el` may be given, such as `button.button.primary[type=submit]`; none for other literals.
fn parts(literal: &str) -> Option<Vec<String>> {
    let mut names = until(literal, ['[']).split('.');
    let tag = names.next()?;
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let parts: Vec<_> = names.map(ToOwned::to_owned).collect();
    let is_whole = literal.ends_with(']') || !literal.contains('[');
    (is_whole && is_name(tag) && parts.iter().all(|part| is_name(part))).then_some(parts)
}

/// Returns the default of a custom property in a block of the stylesheet.
fn default_of<'a>(name: &str, block: &'a str) -> Option<&'a str> {
    let (_, rest) = block.split_once(&format!("var({name}, "))?;
    rest.split_once(");").map(|(default, _)| default)
}

/// Returns the anchor of a heading, as GitHub makes it.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn documents() -> Vec<PathBuf> {
    let mut all = sources("docs", "md");
    all.extend(sources("examples", "md"));
    let others = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "README.md",
        "SECURITY.md",
        "frontend/package/README.md",
        "simulator/README.md",
    ];
    all.extend(others.map(|name| root().join(name)));
    all
}

/// Returns the files below a folder, but for the standalone page and what others wrote.
fn sources(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_owned();
            if path.is_dir() {
                if name != "page" && name != "node_modules" {
                    folders.push(path);
                }
            } else if name != "page.rs" && path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
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
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
