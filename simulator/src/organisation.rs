//! The organisations of the person with the phone, and the apps that exist before anybody registers one.

/// Client id of an app that exists from the start, for manual entry and for binding.
pub const EXISTING_APP_CLIENT_ID: &str = "dingsimexistingapp01";

/// Client secret of [`EXISTING_APP_CLIENT_ID`].
pub const EXISTING_APP_CLIENT_SECRET: &str =
    "simulated-secret-of-the-existing-app-not-a-real-one-000000000001";

/// Corp id of Lantern Studio, which owns [`EXISTING_APP_CLIENT_ID`].
pub const STUDIO_CORP_ID: &str = "dingsimstudio0001";

/// Corp id of Maple School.
pub const SCHOOL_CORP_ID: &str = "dingsimschool0001";

/// Corp id of Riverside Clinic.
pub const CLINIC_CORP_ID: &str = "dingsimclinic0001";

#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) id: &'static str,
    pub(crate) corp_id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) chinese_name: &'static str,
    pub(crate) needs_approval: bool,
}

#[derive(Debug)]
pub(crate) struct ExistingApp {
    pub(crate) organisation: &'static str,
    pub(crate) agent_id: u64,
    pub(crate) name: &'static str,
    pub(crate) client_id: &'static str,
    pub(crate) client_secret: &'static str,
}

pub(crate) const ORGANISATIONS: [Organisation; 3] = [
    Organisation {
        id: "studio",
        corp_id: STUDIO_CORP_ID,
        name: "Lantern Studio",
        chinese_name: "灯笼工作室",
        needs_approval: false,
    },
    Organisation {
        id: "school",
        corp_id: SCHOOL_CORP_ID,
        name: "Maple School",
        chinese_name: "枫叶学校",
        needs_approval: false,
    },
    Organisation {
        id: "clinic",
        corp_id: CLINIC_CORP_ID,
        name: "Riverside Clinic",
        chinese_name: "河畔诊所",
        needs_approval: true,
    },
];

pub(crate) const EXISTING_APPS: [ExistingApp; 3] = [
    ExistingApp {
        organisation: "studio",
        name: "Support Assistant",
        agent_id: 1_000_000_001,
        client_id: EXISTING_APP_CLIENT_ID,
        client_secret: EXISTING_APP_CLIENT_SECRET,
    },
    ExistingApp {
        organisation: "studio",
        name: "Duty Roster",
        agent_id: 1_000_000_002,
        client_id: "dingsimexistingapp02",
        client_secret: "simulated-secret-of-the-existing-app-not-a-real-one-000000000002",
    },
    ExistingApp {
        organisation: "clinic",
        name: "Front Desk",
        agent_id: 1_000_000_003,
        client_id: "dingsimexistingapp03",
        client_secret: "simulated-secret-of-the-existing-app-not-a-real-one-000000000003",
    },
];

impl Organisation {
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        ORGANISATIONS.iter().find(|organisation| organisation.id == id)
    }

    pub(crate) fn find_corp(corp_id: &str) -> Option<&'static Self> {
        ORGANISATIONS.iter().find(|organisation| organisation.corp_id == corp_id)
    }

    pub(crate) fn apps(&self) -> impl Iterator<Item = &'static ExistingApp> + use<> {
        let id = self.id;
        EXISTING_APPS.iter().filter(move |app| app.organisation == id)
    }
}

#[cfg(test)]
mod tests {
    use super::EXISTING_APPS;

    #[test]
    fn existing_apps_have_credentials_of_the_usual_length() {
        let lengths = EXISTING_APPS.map(|app| (app.client_id.len(), app.client_secret.len()));

        assert_eq!(lengths, [(20, 64); 3]);
    }
}
