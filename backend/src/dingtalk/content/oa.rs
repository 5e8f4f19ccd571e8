use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ContentFault;
use super::fault::{leads, said};

/// A form of DingTalk's own.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Oa {
    /// Where it leads on a phone.
    url: String,
    /// Where it leads elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pc_url: Option<String>,
    /// Its coloured edge.
    head: OaHead,
    /// How things stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<OaStatus>,
    /// What it says.
    pub(super) body: OaBody,
}

/// The coloured edge of a form.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OaHead {
    /// Its colour, as eight hexadecimal digits: opacity, red, green, blue.
    color: String,
    /// What it says.
    text: String,
}

/// How things stand, in a form.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OaStatus {
    /// What it says.
    text: String,
    /// Its colour, as eight hexadecimal digits.
    color: String,
}

/// What a form says.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OaBody {
    /// Its headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Its rows: six at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<OaRow>,
    /// A number in large digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<OaCount>,
    /// A longer text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<String>,
    /// A picture, as a media id.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// How many files belong to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_count: Option<u32>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
}

/// A row of a form.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OaRow {
    /// What it is.
    key: String,
    /// Its value.
    value: String,
}

/// A number in large digits.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OaCount {
    /// It.
    number: String,
    /// What it counts.
    unit: String,
}

/// Most rows that a form shows.
const MOST_ROWS: usize = 6;

impl Oa {
    pub(super) fn check(&self) -> Result<(), ContentFault> {
        leads("url", &self.url)?;
        self.pc_url.iter().try_for_each(|url| leads("pc_url", url))?;
        said("head.text", &self.head.text)?;
        coloured("head.color", &self.head.color)?;
        if let Some(status) = &self.status {
            said("status.text", &status.text)?;
            coloured("status.color", &status.color)?;
        }
        if self.body.rows.len() > MOST_ROWS {
            return Err(ContentFault::of("body.rows"));
        }
        Ok(())
    }

    pub(super) fn to_msg(&self) -> Value {
        let body = &self.body;
        let mut msg = json!({
            "message_url": self.url,
            "head": { "bgcolor": self.head.color, "text": self.head.text },
            "body": {},
        });
        if let Some(url) = &self.pc_url {
            msg["pc_message_url"] = json!(url);
        }
        if let Some(status) = &self.status {
            msg["status_bar"] =
                json!({ "status_value": status.text, "status_bg": format!("0x{}", status.color) });
        }
        let texts = [
            ("title", &body.title),
            ("content", &body.content),
            ("image", &body.image),
            ("author", &body.author),
        ];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
            msg["body"][name] = json!(text);
        }
        if !body.rows.is_empty() {
            let rows = body.rows.iter().map(|row| json!({ "key": row.key, "value": row.value }));
            msg["body"]["form"] = rows.collect();
        }
        if let Some(count) = &body.count {
            msg["body"]["rich"] = json!({ "num": count.number, "unit": count.unit });
        }
        if let Some(count) = body.file_count {
            msg["body"]["file_count"] = json!(count.to_string());
        }
        msg
    }
}

fn coloured(field: &str, color: &str) -> Result<(), ContentFault> {
    let is_color = color.len() == 8 && color.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_color { Ok(()) } else { Err(ContentFault::of(field)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_said_in_dingtalks_words() {
        let form: Oa = serde_json::from_str(
            r#"{"url":"https://a.example/","pc_url":"https://b.example/","head":{"color":"FFBBBBBB","text":"h"},
                "status":{"text":"s","color":"FFF65E5E"},"body":{"title":"t","rows":[{"key":"k","value":"v"}],
                "count":{"number":"15.6","unit":"u"},"content":"c","image":"@i","file_count":3,"author":"a"}}"#,
        )
        .unwrap();

        assert_eq!(form.check(), Ok(()));
        assert_eq!(
            form.to_msg(),
            json!({
                "message_url": "https://a.example/",
                "pc_message_url": "https://b.example/",
                "head": { "bgcolor": "FFBBBBBB", "text": "h" },
                "status_bar": { "status_value": "s", "status_bg": "0xFFF65E5E" },
                "body": {
                    "title": "t", "form": [{ "key": "k", "value": "v" }], "rich": { "num": "15.6", "unit": "u" },
                    "content": "c", "image": "@i", "file_count": "3", "author": "a",
                },
            })
        );
    }
}
