use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::fault::{leads, pressed, said};
use super::{Button, ButtonLayout, ContentFault};

/// Most buttons that DingTalk has a kind of card for.
const MOST_BUTTONS: usize = 5;

/// What a robot says (DingTalk's page 机器人发送消息的消息类型).
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum RobotContent {
    /// A text.
    Text {
        /// It.
        content: String,
    },
    /// Formatted text.
    Markdown {
        /// What lists show of it.
        title: String,
        /// It.
        text: String,
    },
    /// A picture.
    Image {
        /// Where it is, or its media id.
        picture: String,
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
    /// Formatted text with buttons.
    ActionCard {
        /// What lists show of it.
        title: String,
        /// It.
        text: String,
        /// One to five; side by side there are two.
        buttons: Vec<Button>,
        /// How they lie.
        #[serde(default)]
        layout: ButtonLayout,
    },
    /// Something to listen to.
    Voice {
        /// The file, as DingTalk called it when it was uploaded.
        media_id: String,
        /// How long it lasts.
        milliseconds: u32,
    },
    /// A file.
    File {
        /// It.
        media_id: String,
        /// What it is called.
        name: String,
        /// Of what kind it is, such as `pdf`.
        extension: String,
    },
    /// A film.
    Video {
        /// The file.
        media_id: String,
        /// Of what kind it is, such as `mp4`.
        extension: String,
        /// How long it lasts.
        seconds: u32,
        /// What is shown of it before, as a media id.
        picture: String,
    },
}

impl RobotContent {
    /// Refuses what DingTalk would refuse.
    ///
    /// # Errors
    ///
    /// [`ContentFault`] names the field.
    pub fn check(&self) -> Result<(), ContentFault> {
        let all = |texts: &[(&str, &String)]| texts.iter().try_for_each(|(field, text)| said(field, text));
        match self {
            Self::Text { content } => said("content", content),
            Self::Markdown { title, text } => all(&[("title", title), ("text", text)]),
            Self::Image { picture } => said("picture", picture),
            Self::Link { title, text, url, picture } => {
                all(&[("title", title), ("text", text), ("picture", picture)])?;
                leads("url", url)
            }
            Self::ActionCard { title, text, buttons, layout } => {
                all(&[("title", title), ("text", text)])?;
                pressed(buttons, MOST_BUTTONS)?;
                let is_drawn = *layout == ButtonLayout::Vertical || buttons.len() == 2;
                if is_drawn { Ok(()) } else { Err(ContentFault::of("layout")) }
            }
            Self::Voice { media_id, milliseconds } => {
                said("media_id", media_id)?;
                if *milliseconds > 0 { Ok(()) } else { Err(ContentFault::of("milliseconds")) }
            }
            Self::File { media_id, name, extension } => {
                all(&[("media_id", media_id), ("name", name), ("extension", extension)])
            }
            Self::Video { media_id, extension, seconds, picture } => {
                all(&[("media_id", media_id), ("extension", extension), ("picture", picture)])?;
                if *seconds > 0 { Ok(()) } else { Err(ContentFault::of("seconds")) }
            }
        }
    }

    /// Returns it with a line more; `None` if it has no text.
    pub fn stamped(self, stamp: &str) -> Option<Self> {
        let add = |text: String| format!("{text}\n\n{stamp}");
        match self {
            Self::Text { content } => Some(Self::Text { content: add(content) }),
            Self::Markdown { title, text } => Some(Self::Markdown { title, text: add(text) }),
            Self::Link { title, text, url, picture } => {
                Some(Self::Link { title, text: add(text), url, picture })
            }
            Self::ActionCard { title, text, buttons, layout } => {
                Some(Self::ActionCard { title, text: add(text), buttons, layout })
            }
            Self::Image { .. } | Self::Voice { .. } | Self::File { .. } | Self::Video { .. } => None,
        }
    }

    /// Says it in DingTalk's words: the key of the kind, and what fills it.
    pub(in crate::dingtalk) fn to_key_and_param(&self) -> (&'static str, Value) {
        match self {
            Self::Text { content } => ("sampleText", json!({ "content": content })),
            Self::Markdown { title, text } => ("sampleMarkdown", json!({ "title": title, "text": text })),
            Self::Image { picture } => ("sampleImageMsg", json!({ "photoURL": picture })),
            Self::Link { title, text, url, picture } => {
                ("sampleLink", json!({ "title": title, "text": text, "messageUrl": url, "picUrl": picture }))
            }
            Self::ActionCard { title, text, buttons, layout } => card(title, text, buttons, *layout),
            Self::Voice { media_id, milliseconds } => {
                ("sampleAudio", json!({ "mediaId": media_id, "duration": milliseconds.to_string() }))
            }
            Self::File { media_id, name, extension } => {
                ("sampleFile", json!({ "mediaId": media_id, "fileName": name, "fileType": extension }))
            }
            Self::Video { media_id, extension, seconds, picture } => (
                "sampleVideo",
                json!({
                    "videoMediaId": media_id,
                    "videoType": extension,
                    "duration": seconds.to_string(),
                    "picMediaId": picture,
                }),
            ),
        }
    }
}

/// Names what a card calls the title and the link of a button, by its number from 1.
type ButtonNames = fn(usize) -> (String, String);

/// Each number of buttons is a kind of its own.
fn card(title: &str, text: &str, buttons: &[Button], layout: ButtonLayout) -> (&'static str, Value) {
    let mut param = json!({ "title": title, "text": text });
    let (key, names): (_, ButtonNames) = match (buttons.len(), layout) {
        (2, ButtonLayout::Horizontal) => {
            ("sampleActionCard6", |number| (format!("buttonTitle{number}"), format!("buttonUrl{number}")))
        }
        (..=1, _) => ("sampleActionCard", |_| ("singleTitle".to_owned(), "singleURL".to_owned())),
        (2, _) => ("sampleActionCard2", numbered),
        (3, _) => ("sampleActionCard3", numbered),
        (4, _) => ("sampleActionCard4", numbered),
        (5.., _) => ("sampleActionCard5", numbered),
    };
    for (index, button) in buttons.iter().enumerate() {
        let (title, url) = names(index + 1);
        param[title] = json!(button.title);
        param[url] = json!(button.url);
    }
    (key, param)
}

fn numbered(number: usize) -> (String, String) {
    (format!("actionTitle{number}"), format!("actionURL{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_key() {
        check(r#"{"type":"text","content":"a"}"#, "sampleText", json!({ "content": "a" }));
        check(
            r#"{"type":"markdown","title":"t","text":"x"}"#,
            "sampleMarkdown",
            json!({ "title": "t", "text": "x" }),
        );
        check(r#"{"type":"image","picture":"@p"}"#, "sampleImageMsg", json!({ "photoURL": "@p" }));
        check(
            r#"{"type":"link","title":"t","text":"x","url":"https://a.example/","picture":"@p"}"#,
            "sampleLink",
            json!({ "title": "t", "text": "x", "messageUrl": "https://a.example/", "picUrl": "@p" }),
        );
        check(
            r#"{"type":"voice","media_id":"@1","milliseconds":9}"#,
            "sampleAudio",
            json!({ "mediaId": "@1", "duration": "9" }),
        );
        check(
            r#"{"type":"file","media_id":"@1","name":"a.pdf","extension":"pdf"}"#,
            "sampleFile",
            json!({ "mediaId": "@1", "fileName": "a.pdf", "fileType": "pdf" }),
        );
        check(
            r#"{"type":"video","media_id":"@1","extension":"mp4","seconds":9,"picture":"@p"}"#,
            "sampleVideo",
            json!({ "videoMediaId": "@1", "videoType": "mp4", "duration": "9", "picMediaId": "@p" }),
        );
    }

    #[test]
    fn each_number_of_buttons_has_its_key() {
        for (number, layout, key, first) in [
            (1, "vertical", "sampleActionCard", "singleURL"),
            (2, "vertical", "sampleActionCard2", "actionURL1"),
            (3, "vertical", "sampleActionCard3", "actionURL1"),
            (4, "vertical", "sampleActionCard4", "actionURL1"),
            (5, "vertical", "sampleActionCard5", "actionURL1"),
            (2, "horizontal", "sampleActionCard6", "buttonUrl1"),
        ] {
            let buttons = vec![json!({ "title": "b", "url": "https://a.example/" }); number];
            let card = json!({ "type": "action_card", "title": "t", "text": "x", "layout": layout, "buttons": buttons });
            let content: RobotContent = serde_json::from_value(card).unwrap();

            assert_eq!(content.check(), Ok(()));
            let (found, param) = content.to_key_and_param();
            assert_eq!((found, &param[first]), (key, &json!("https://a.example/")));
            assert_eq!(param.as_object().unwrap().len(), 2 + 2 * number);
        }
    }

    #[track_caller]
    fn check(ours: &str, key: &str, param: Value) {
        let content: RobotContent = serde_json::from_str(ours).unwrap();
        assert_eq!(content.check(), Ok(()));
        assert_eq!(content.to_key_and_param(), (key, param));
    }
}
