use dingtalk_qr_shared::ErrorCode;

use crate::api::ApiError;
use crate::messages::Text;

/// Where the form stands.
#[derive(Debug, Default)]
pub(crate) enum Progress {
    #[default]
    Editing,
    Saving,
    /// These fields are empty and must not be.
    Missing(Vec<&'static str>),
    Refused(ApiError),
}

impl Progress {
    /// Returns what is wrong with `field`.
    pub(super) fn fault(&self, field: &str) -> Option<Text> {
        match self {
            Self::Missing(missing) if missing.contains(&field) => Some(Text::Required),
            Self::Refused(error) if faulty_field(error) == Some(field) => Some(match error.code() {
                Some(ErrorCode::AppNameTaken) => Text::Failure(ErrorCode::AppNameTaken),
                _ => Text::Invalid,
            }),
            Self::Editing | Self::Saving | Self::Missing(_) | Self::Refused(_) => None,
        }
    }

    /// Returns why nothing was saved, where no field is to blame.
    pub(super) fn refusal(&self) -> Option<Text> {
        match self {
            Self::Refused(error) if faulty_field(error).is_none() => {
                Some(error.code().map_or(Text::Unreachable, Text::Failure))
            }
            Self::Editing | Self::Saving | Self::Missing(_) | Self::Refused(_) => None,
        }
    }
}

/// Returns the field to blame, if it is one of the form's.
fn faulty_field(error: &ApiError) -> Option<&str> {
    let ApiError::Problem { problem, .. } = error else { return None };
    if problem.code == ErrorCode::AppNameTaken {
        return Some("name");
    }
    problem.field.as_deref().filter(|field| ["client_id", "client_secret", "name"].contains(field))
}

#[cfg(test)]
mod tests {
    use dingtalk_qr_shared::Problem;

    use super::*;
    use crate::messages::Language;

    #[test]
    fn every_empty_field_is_named() {
        check(&Progress::Missing(vec!["client_id"]), &["client_id"], None);
        check(&Progress::Missing(vec!["client_id", "client_secret"]), &["client_id", "client_secret"], None);
    }

    #[test]
    fn the_backend_names_the_field_at_fault() {
        check(&refused(ErrorCode::InvalidRequest, Some("client_secret")), &["client_secret"], None);
        check(&refused(ErrorCode::AppNameTaken, None), &["name"], None);
    }

    #[test]
    fn what_no_field_is_to_blame_for_is_said_below_them() {
        let unknown_field = refused(ErrorCode::InvalidRequest, Some("client_name"));
        check(&unknown_field, &[], Some("The server did not understand the request."));
        let stranger = refused(ErrorCode::OperatorRequired, None);
        check(&stranger, &[], Some("Only the operator of this server may do this."));
        let unreachable = Progress::Refused(ApiError::Unreachable);
        check(&unreachable, &[], Some("The server does not answer. Check the connection and try again."));
    }

    #[test]
    fn while_nothing_is_wrong_nothing_is_said() {
        check(&Progress::Editing, &[], None);
        check(&Progress::Saving, &[], None);
    }

    #[track_caller]
    fn check(progress: &Progress, faulty: &[&str], refusal: Option<&str>) {
        let fields = ["client_id", "client_secret", "name"];
        let found: Vec<_> = fields.into_iter().filter(|field| progress.fault(field).is_some()).collect();
        assert_eq!(
            (found.as_slice(), progress.refusal().map(|text| Language::En.text(text))),
            (faulty, refusal)
        );
    }

    fn refused(code: ErrorCode, field: Option<&str>) -> Progress {
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: "Bad Request".to_owned(),
            status: 400,
            code,
            field: field.map(ToOwned::to_owned),
            request_id: None,
        };
        Progress::Refused(ApiError::Problem { problem, retry_after: None })
    }
}
