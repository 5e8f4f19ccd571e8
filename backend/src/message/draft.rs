use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::dingtalk::{ContentFault, Notice, RobotContent, Template};

/// Most people, and most departments, that one message may name.
const MOST_PEOPLE: usize = 5000;
const MOST_DEPARTMENTS: usize = 500;

/// Longest id of a person, in characters.
const LONGEST_ID: usize = 128;

/// A message to be sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Draft {
    /// The app that sends it.
    pub app: String,
    /// The organisation, if that is not to be taken from the app.
    pub corp_id: Option<String>,
    /// What it says.
    pub body: Body,
    /// Who gets it.
    pub to: To,
    /// Whether the time is written below it.
    pub stamp: Stamp,
    /// What its owner calls it.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// In the app's own name.
    WorkNotice(Notice),
    /// In the app's own name, by a template of the developer console.
    Template(Template),
    /// As the app's robot.
    Robot(RobotContent),
}

/// Who gets a message.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct To {
    /// People, by their ids in the organisation.
    pub staff_ids: Vec<String>,
    /// People who have signed in, by their ids here.
    pub user_ids: Vec<String>,
    /// People who have signed in, by the embedder's ids.
    pub external_ids: Vec<String>,
    /// Everybody in these departments.
    pub department_ids: Vec<i64>,
    /// Everybody who may see the app.
    pub everybody: bool,
    /// A group that the robot is in.
    pub conversation_id: Option<String>,
}

/// Whether the time is written below a message, so that it differs from one that said the same today.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Stamp {
    /// It is.
    Time,
    /// It is not.
    None,
}

/// By which way a message goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Channel {
    /// A work notice.
    WorkNotice,
    /// A work notice by template.
    Template,
    /// The robot, to people.
    Robot,
    /// The robot, in a group.
    Group,
}

/// A message is not what DingTalk takes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DraftError {
    /// What it says cannot be sent.
    #[error("{field} cannot be sent")]
    Content {
        /// The field.
        field: String,
    },
    /// It names nobody.
    #[error("to names nobody")]
    NoRecipients,
    /// It names more than one message may.
    #[error("{field} names more than {most}")]
    TooMany {
        /// The field.
        field: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// An id is empty, too long, or none.
    #[error("{field} is no id")]
    Id {
        /// The field.
        field: String,
    },
    /// The way that it goes does not lead there, or not together with the others.
    #[error("{field} cannot be reached this way")]
    Unreachable {
        /// The field.
        field: &'static str,
    },
    /// Its idempotency key is none.
    #[error("idempotency_key is not 16 to 128 visible ASCII characters")]
    IdempotencyKey,
    /// The time cannot be written below it.
    #[error("the time cannot be written below what has no text")]
    Stamp,
}

impl DraftError {
    /// Returns the field at fault.
    pub fn field(&self) -> &str {
        match self {
            Self::Content { field } | Self::Id { field } => field,
            Self::NoRecipients => "to",
            Self::TooMany { field, .. } | Self::Unreachable { field } => field,
            Self::IdempotencyKey => "idempotency_key",
            Self::Stamp => "add_timestamp",
        }
    }
}

impl Draft {
    /// Returns by which way it goes.
    pub fn channel(&self) -> Channel {
        match &self.body {
            Body::WorkNotice(_) => Channel::WorkNotice,
            Body::Template(_) => Channel::Template,
            Body::Robot(_) if self.to.conversation_id.is_some() => Channel::Group,
            Body::Robot(_) => Channel::Robot,
        }
    }

    /// Checks all that DingTalk would refuse or drop.
    ///
    /// # Errors
    ///
    /// [`DraftError`] names the field.
    pub fn check(&self) -> Result<(), DraftError> {
        if let Some(key) = &self.idempotency_key
            && !((16..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(DraftError::IdempotencyKey);
        }
        // With the time below it, for that counts.
        self.body.clone().stamped(self.stamp, Timestamp::default())?.check()?;
        self.to.check()?;
        self.to.check_way(self.channel())
    }

    /// Returns what an idempotency key stands for: all of it.
    pub(crate) fn subject(&self, owner: &str) -> String {
        let key = self.idempotency_key.as_deref().unwrap_or_default();
        format!("messages/{owner}/{key}/{}", serde_json::to_string(self).unwrap_or_default())
    }
}

impl Body {
    pub(super) fn is_work_notice(&self) -> bool {
        match self {
            Self::WorkNotice(_) | Self::Template(_) => true,
            Self::Robot(_) => false,
        }
    }

    fn check(&self) -> Result<(), DraftError> {
        let (checked, name) = match self {
            Self::WorkNotice(notice) => (notice.check(), "work_notice"),
            Self::Template(template) => (template.check(), "template"),
            Self::Robot(content) => (content.check(), "robot"),
        };
        checked.map_err(|ContentFault { field }| {
            let field = if field.is_empty() { name.to_owned() } else { format!("{name}.{field}") };
            DraftError::Content { field }
        })
    }

    pub(super) fn stamped(self, stamp: Stamp, now: Timestamp) -> Result<Self, DraftError> {
        match (stamp, self) {
            (Stamp::None, body) => Ok(body),
            (Stamp::Time, Self::WorkNotice(notice)) => {
                notice.stamped(&now.to_rfc3339()).map(Self::WorkNotice).ok_or(DraftError::Stamp)
            }
            (Stamp::Time, Self::Robot(content)) => {
                content.stamped(&now.to_rfc3339()).map(Self::Robot).ok_or(DraftError::Stamp)
            }
            (Stamp::Time, Self::Template(_)) => Err(DraftError::Stamp),
        }
    }
}

impl To {
    fn check(&self) -> Result<(), DraftError> {
        let lists = [
            ("to.staff_ids", &self.staff_ids),
            ("to.user_ids", &self.user_ids),
            ("to.external_ids", &self.external_ids),
        ];
        let mut people = 0;
        for (field, ids) in lists {
            people += ids.len();
            if people > MOST_PEOPLE {
                return Err(DraftError::TooMany { field, most: MOST_PEOPLE });
            }
            if let Some(index) = ids.iter().position(|id| !is_id(id)) {
                return Err(DraftError::Id { field: format!("{field}[{index}]") });
            }
        }
        // DingTalk takes user ids in one text, with commas between.
        if let Some(index) = self.staff_ids.iter().position(|id| id.contains(',')) {
            return Err(DraftError::Id { field: format!("to.staff_ids[{index}]") });
        }
        if self.department_ids.len() > MOST_DEPARTMENTS {
            return Err(DraftError::TooMany { field: "to.department_ids", most: MOST_DEPARTMENTS });
        }
        if let Some(index) = self.department_ids.iter().position(|id| *id < 1) {
            return Err(DraftError::Id { field: format!("to.department_ids[{index}]") });
        }
        if self.conversation_id.as_ref().is_some_and(|id| !is_id(id)) {
            return Err(DraftError::Id { field: "to.conversation_id".to_owned() });
        }
        let is_somebody = people > 0 || !self.department_ids.is_empty() || self.is_one_audience();
        if is_somebody { Ok(()) } else { Err(DraftError::NoRecipients) }
    }

    /// Robots know no departments, templates not everybody, and what is for everybody or a group is for nobody beside.
    fn check_way(&self, channel: Channel) -> Result<(), DraftError> {
        let unreachable = |field| Err(DraftError::Unreachable { field });
        let is_alone = self.people() == 0 && self.department_ids.is_empty();
        match channel {
            Channel::WorkNotice | Channel::Template if self.conversation_id.is_some() => {
                unreachable("to.conversation_id")
            }
            Channel::Template | Channel::Robot | Channel::Group if self.everybody => {
                unreachable("to.everybody")
            }
            Channel::Robot | Channel::Group if !self.department_ids.is_empty() => {
                unreachable("to.department_ids")
            }
            Channel::WorkNotice if self.everybody && !is_alone => unreachable("to.everybody"),
            Channel::Group if !is_alone => unreachable("to.conversation_id"),
            Channel::WorkNotice | Channel::Template | Channel::Robot | Channel::Group => Ok(()),
        }
    }

    fn people(&self) -> usize {
        self.staff_ids.len() + self.user_ids.len() + self.external_ids.len()
    }

    pub(crate) fn is_one_audience(&self) -> bool {
        self.everybody || self.conversation_id.is_some()
    }
}

fn is_id(id: &str) -> bool {
    !id.trim().is_empty() && id.chars().count() <= LONGEST_ID && !id.chars().any(char::is_control)
}

impl Channel {
    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorkNotice => "work_notice",
            Self::Template => "template",
            Self::Robot => "robot",
            Self::Group => "group",
        }
    }

    pub(super) fn from_stored(channel: &str) -> Self {
        match channel {
            "work_notice" => Self::WorkNotice,
            "template" => Self::Template,
            "group" => Self::Group,
            _ => Self::Robot,
        }
    }
}
