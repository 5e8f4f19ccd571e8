use super::recipients::Found;
use super::{Channel, To};
use crate::store::NewPart;

/// Cuts a message into parts that DingTalk takes in one call each.
pub(super) fn cut(channel: Channel, to: &To, found: &Found) -> Vec<NewPart> {
    if let Some(id) = &to.conversation_id {
        return vec![NewPart { audience: "conversation", target: id.clone(), recipients: Vec::new() }];
    }
    if to.everybody {
        return vec![NewPart { audience: "everybody", target: String::new(), recipients: Vec::new() }];
    }
    let Limits { people, departments } = Limits::of(channel);
    let of_people = found.people.chunks(people).map(|some| NewPart {
        audience: "people",
        target: String::new(),
        recipients: some.to_vec(),
    });
    let of_departments = found.departments.chunks(departments).map(|some| NewPart {
        audience: "departments",
        target: some.iter().map(i64::to_string).collect::<Vec<_>>().join(","),
        recipients: Vec::new(),
    });
    of_people.chain(of_departments).collect()
}

/// How many DingTalk takes in one call (its pages 发送工作通知, 使用模板发送工作通知消息, 批量发送人与机器人会话中机器人消息).
struct Limits {
    people: usize,
    departments: usize,
}

impl Limits {
    fn of(channel: Channel) -> Self {
        match channel {
            Channel::WorkNotice => Self { people: 100, departments: 20 },
            Channel::Template => Self { people: 5000, departments: 500 },
            // Robots know no departments: such a message was refused.
            Channel::Robot | Channel::Group => Self { people: 20, departments: 1 },
        }
    }
}
