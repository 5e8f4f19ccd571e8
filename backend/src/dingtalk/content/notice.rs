use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::fault::{leads, pressed, said};
use super::{Button, ButtonLayout, ContentFault, MOST_NOTICE_BYTES, Oa};

/// Most buttons of a card. DingTalk names no number; more do not fit into its size.
const MOST_BUTTONS: usize = 10;

/// What a work notice says (DingTalk's page 消息类型与数据格式).
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = WorkNotice)]
pub enum Notice {
    /// A text.
    Text {
        /// It.
        content: String,
    },
    /// A picture.
    Image {
        /// The file, as DingTalk called it when it was uploaded.
        media_id: String,
    },
    /// Something to listen to.
    Voice {
        /// The file.
        media_id: String,
        /// How long it lasts: less than 60.
        seconds: u32,
    },
    /// A file.
    File {
        /// It.
        media_id: String,
    },
    /// A link with a picture.
    Link {
        /// Its headline.
        title: String,
        /// What is below.
        text: String,
        /// Where it leads.
        url: String,
        /// The picture: a link or a media id.
        picture: String,
    },
    /// A form of DingTalk's own.
    Oa(Box<Oa>),
    /// Formatted text.
    Markdown {
        /// What lists show of it.
        title: String,
        /// It.
        text: String,
    },
    /// Formatted text with buttons.
    ActionCard {
        /// What lists show of it.
        title: String,
        /// It.
        text: String,
        /// One to ten.
        buttons: Vec<Button>,
        /// How they lie.
        #[serde(default)]
        layout: ButtonLayout,
    },
}

/// What fills a template of the developer console (DingTalk's page 使用模板发送工作通知消息).
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The template.
    pub(in crate::dingtalk) template_id: String,
    /// What its places say. DingTalk takes texts only.
    pub(in crate::dingtalk) data: BTreeMap<String, String>,
}

impl Notice {
    /// Refuses what DingTalk would refuse, or shorten.
    ///
    /// # Errors
    ///
    /// [`ContentFault`] names the field.
    pub fn check(&self) -> Result<(), ContentFault> {
        match self {
            Self::Text { content } => said("content", content),
            Self::Image { media_id } | Self::File { media_id } => said("media_id", media_id),
            Self::Voice { media_id, seconds } => {
                said("media_id", media_id)?;
                if (1..60).contains(seconds) { Ok(()) } else { Err(ContentFault::of("seconds")) }
            }
            Self::Link { title, text, url, picture } => {
                [("title", title), ("text", text), ("picture", picture)]
                    .into_iter()
                    .try_for_each(|(field, text)| said(field, text))?;
                leads("url", url)
            }
            Self::Oa(oa) => oa.check(),
            Self::Markdown { title, text } => said("title", title).and_then(|()| said("text", text)),
            Self::ActionCard { title, text, buttons, .. } => {
                said("title", title)?;
                said("text", text)?;
                pressed(buttons, MOST_BUTTONS)
            }
        }?;
        let is_small = self.to_msg().to_string().len() <= MOST_NOTICE_BYTES;
        if is_small { Ok(()) } else { Err(ContentFault::of("")) }
    }

    /// Returns it with a line more, so that it differs from one that said the same; `None` if it has no text.
    pub fn stamped(self, stamp: &str) -> Option<Self> {
        let add = |text: String| format!("{text}\n\n{stamp}");
        match self {
            Self::Text { content } => Some(Self::Text { content: add(content) }),
            Self::Link { title, text, url, picture } => {
                Some(Self::Link { title, text: add(text), url, picture })
            }
            Self::Oa(mut oa) => {
                let content = oa.body.content.take();
                oa.body.content = Some(content.map_or_else(|| stamp.to_owned(), add));
                Some(Self::Oa(oa))
            }
            Self::Markdown { title, text } => Some(Self::Markdown { title, text: add(text) }),
            Self::ActionCard { title, text, buttons, layout } => {
                Some(Self::ActionCard { title, text: add(text), buttons, layout })
            }
            Self::Image { .. } | Self::Voice { .. } | Self::File { .. } => None,
        }
    }

    /// Says it in DingTalk's words.
    pub(in crate::dingtalk) fn to_msg(&self) -> Value {
        let (kind, content) = match self {
            Self::Text { content } => ("text", json!({ "content": content })),
            Self::Image { media_id } => ("image", json!({ "media_id": media_id })),
            Self::Voice { media_id, seconds } => {
                ("voice", json!({ "media_id": media_id, "duration": seconds.to_string() }))
            }
            Self::File { media_id } => ("file", json!({ "media_id": media_id })),
            Self::Link { title, text, url, picture } => {
                ("link", json!({ "title": title, "text": text, "messageUrl": url, "picUrl": picture }))
            }
            Self::Oa(oa) => ("oa", oa.to_msg()),
            Self::Markdown { title, text } => ("markdown", json!({ "title": title, "text": text })),
            Self::ActionCard { title, text, buttons, layout } => {
                ("action_card", action_card(title, text, buttons, *layout))
            }
        };
        json!({ "msgtype": kind, kind: content })
    }
}

fn action_card(title: &str, text: &str, buttons: &[Button], layout: ButtonLayout) -> Value {
    let mut card = json!({ "title": title, "markdown": text });
    if let [button] = buttons {
        card["single_title"] = json!(button.title);
        card["single_url"] = json!(button.url);
    } else {
        let orientation = match layout {
            ButtonLayout::Vertical => "0",
            ButtonLayout::Horizontal => "1",
        };
        let list = buttons.iter().map(|button| json!({ "title": button.title, "action_url": button.url }));
        card["btn_orientation"] = json!(orientation);
        card["btn_json_list"] = list.collect();
    }
    card
}

impl Template {
    /// Refuses what DingTalk would refuse.
    ///
    /// # Errors
    ///
    /// [`ContentFault`] names the field.
    pub fn check(&self) -> Result<(), ContentFault> {
        said("template_id", &self.template_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_said_in_dingtalks_words() {
        check(r#"{"type":"text","content":"a"}"#, &json!({ "msgtype": "text", "text": { "content": "a" } }));
        check(
            r#"{"type":"image","media_id":"@1"}"#,
            &json!({ "msgtype": "image", "image": { "media_id": "@1" } }),
        );
        check(
            r#"{"type":"voice","media_id":"@1","seconds":9}"#,
            &json!({ "msgtype": "voice", "voice": { "media_id": "@1", "duration": "9" } }),
        );
        check(
            r#"{"type":"file","media_id":"@1"}"#,
            &json!({ "msgtype": "file", "file": { "media_id": "@1" } }),
        );
        check(
            r#"{"type":"link","title":"t","text":"x","url":"https://a.example/","picture":"@p"}"#,
            &json!({ "msgtype": "link", "link": {
                "title": "t", "text": "x", "messageUrl": "https://a.example/", "picUrl": "@p",
            } }),
        );
        check(
            r#"{"type":"markdown","title":"t","text":"x"}"#,
            &json!({ "msgtype": "markdown", "markdown": { "title": "t", "text": "x" } }),
        );
        check(
            r#"{"type":"action_card","title":"t","text":"x","buttons":[{"title":"b","url":"https://a.example/"}]}"#,
            &json!({ "msgtype": "action_card", "action_card": {
                "title": "t", "markdown": "x", "single_title": "b", "single_url": "https://a.example/",
            } }),
        );
        check(
            r#"{"type":"action_card","title":"t","text":"x","layout":"horizontal","buttons":[
                {"title":"b","url":"https://a.example/"},{"title":"c","url":"dingtalk://x"}]}"#,
            &json!({ "msgtype": "action_card", "action_card": {
                "title": "t", "markdown": "x", "btn_orientation": "1", "btn_json_list": [
                    { "title": "b", "action_url": "https://a.example/" }, { "title": "c", "action_url": "dingtalk://x" },
                ],
            } }),
        );
    }

    #[track_caller]
    fn check(ours: &str, expected: &Value) {
        let notice: Notice = serde_json::from_str(ours).unwrap();
        assert_eq!(notice.check(), Ok(()));
        assert_eq!(notice.to_msg(), *expected);
        let again: Notice = serde_json::from_str(&serde_json::to_string(&notice).unwrap()).unwrap();
        assert_eq!(again.to_msg(), *expected, "it is kept as it came");
    }
}
