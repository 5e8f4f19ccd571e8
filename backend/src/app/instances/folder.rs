use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Instance, InstanceError, LoginOptions, field, read_text};

/// The only type of login that there is.
const TYPE: &str = "auths.loginTypes.DDInnerType";

/// Reads `<name>/e.json` and `<name>/<name>.json` of every folder in `folder`, in the order of their names.
pub(super) fn read(folder: &Path) -> Result<Vec<Instance>, InstanceError> {
    let unreadable = |source| InstanceError::Read { path: folder.to_owned(), source };
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    folders.iter().map(|folder| instance(folder)).collect()
}

fn instance(folder: &Path) -> Result<Instance, InstanceError> {
    let folder_name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let element_path = folder.join("e.json");
    let element: Value = json(&element_path)?;
    let title = element["title"].as_str().filter(|title| !title.trim().is_empty());
    let title = title.ok_or_else(|| field(&element_path, "title", "a text"))?;
    if element["type"] != TYPE {
        return Err(field(&element_path, "type", TYPE));
    }
    let config_path = folder.join(format!("{folder_name}.json"));
    let config: Value = json(&config_path)?;
    let auth = &config["authConfig"];
    let text = |key: &str, expected: &'static str, is_right: fn(&str) -> bool| {
        let text = auth[key].as_str().filter(|text| is_right(text));
        text.map(str::to_owned).ok_or_else(|| field(&config_path, &format!("authConfig.{key}"), expected))
    };
    let app_key = text("appKey", "a text of 20 characters", |text| text.chars().count() == 20)?;
    let app_secret = text("appSecret", "a text of 64 characters", |text| text.chars().count() == 64)?;
    let corp_id = text("corpId", "a text", |text| !text.trim().is_empty())?;
    let agent_id = auth["agentId"].as_i64().filter(|id| (1_000_000_000..10_000_000_000).contains(id));
    let agent_id =
        agent_id.ok_or_else(|| field(&config_path, "authConfig.agentId", "a number of 10 digits"))?;
    let plain = "of plain characters";
    let wrong = |key: &str| field(&config_path, &format!("authConfig.{key}"), plain);
    Ok(Instance {
        // Names of apps have one case; the full name is found whatever its case.
        name: folder_name.to_ascii_lowercase().try_into().map_err(|_| {
            field(&config_path, "the name", "of letters, digits, underscores and hyphens, 64 at most")
        })?,
        title: Some(title.to_owned()),
        client_id: app_key.try_into().map_err(|_| wrong("appKey"))?,
        client_secret: app_secret.try_into().map_err(|_| wrong("appSecret"))?,
        corp_id: Some(corp_id),
        agent_id: Some(agent_id),
        options: LoginOptions::default(),
        #[cfg(feature = "platform")]
        callback: None,
    })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, InstanceError> {
    let text = read_text(path)?;
    serde_json::from_str(&text)
        .map_err(|_| InstanceError::Form { path: path.to_owned(), expected: "a JSON object" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_type_is_read_with_its_title_and_its_four_values() {
        let folder = folder("testDDLogin", ELEMENT, &config(|_| {}));

        let instances = read(folder.path()).unwrap();

        let [instance] = &instances[..] else { panic!("{instances:?}") };
        assert_eq!(instance.name.as_str(), "testddlogin");
        assert_eq!(instance.title.as_deref(), Some("Sign in"));
        assert_eq!(instance.client_id.as_str(), "dingabcdefghij012345");
        assert_eq!((instance.agent_id, instance.corp_id.as_deref()), (Some(1_234_567_890), Some("dingcorp")));
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is_repeated() {
        let wrong = |key: &'static str, value: Value| (key, config(move |auth| auth[key] = value));
        for (key, config) in [
            wrong("appKey", "canary".into()),
            wrong("appKey", Value::Null),
            wrong("appSecret", "canary".into()),
            wrong("agentId", 999_999_999.into()),
            wrong("agentId", 10_000_000_000_i64.into()),
            wrong("agentId", "1234567890".into()),
            wrong("corpId", " ".into()),
        ] {
            let error = read(folder("a", ELEMENT, &config).path()).unwrap_err().to_string();
            assert!(error.contains(&format!("authConfig.{key}")) && !error.contains("canary"), "{error}");
        }
        for element in
            [r#"{"title":"","type":"auths.loginTypes.DDInnerType"}"#, r#"{"title":"x","type":"y"}"#, "["]
        {
            assert!(read(folder("a", element, &config(|_| {})).path()).is_err(), "{element}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let folder = folder("a", ELEMENT, &config(|_| {}));
        std::fs::remove_file(folder.path().join("a/a.json")).unwrap();

        assert!(read(folder.path()).unwrap_err().to_string().contains("a.json cannot be read"));
    }

    const ELEMENT: &str = r#"{"title":"Sign in","type":"auths.loginTypes.DDInnerType"}"#;

    fn config(change: impl FnOnce(&mut Value)) -> String {
        let mut config = serde_json::json!({ "authConfig": {
            "appKey": "dingabcdefghij012345", "appSecret": "s".repeat(64), "agentId": 1_234_567_890, "corpId": "dingcorp",
        } });
        change(&mut config["authConfig"]);
        config.to_string()
    }

    fn folder(name: &str, element: &str, config: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(name);
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("e.json"), element).unwrap();
        std::fs::write(own.join(format!("{name}.json")), config).unwrap();
        folder
    }
}
