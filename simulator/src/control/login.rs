//! The controls of signing in: people, apps, and codes without a browser.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Control, ControlError};
use crate::app::App;
use crate::people::Person;
use crate::world::{Purpose, check_corp_id};

/// Who uses the DingTalk app, and in which organisation: the body of `PUT /_sim/in-app`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InApp {
    /// The person.
    pub userid: String,
    /// The organisation they are in; pages get a code for no other. `None` is any of theirs.
    #[serde(default)]
    pub corp_id: Option<String>,
}

impl Control {
    /// Lists everybody.
    pub fn people(&self) -> Vec<Person> {
        self.world().people().to_vec()
    }

    /// Returns a person, to be changed and put back.
    ///
    /// # Errors
    ///
    /// Nobody has this user id.
    pub fn person(&self, userid: &str) -> Result<Person, ControlError> {
        let found = self.world().anybody(userid).map(Cow::into_owned);
        found.ok_or_else(|| ControlError::UnknownPerson(userid.to_owned()))
    }

    /// Replaces the person of the same user id, or adds one. Without a union id they get `simUnion` and the user id.
    ///
    /// # Errors
    ///
    /// The user id is empty, or a corp id is none of an organisation.
    pub fn put_person(&self, mut person: Person) -> Result<Person, ControlError> {
        if person.userid.is_empty() {
            return Err(ControlError::Invalid("userid: must not be empty".to_owned()));
        }
        person.organisations.iter().try_for_each(|corp_id| check_corp_id("organisations", corp_id))?;
        person.administers.iter().try_for_each(|corp_id| check_corp_id("administers", corp_id))?;
        if person.unionid.is_empty() {
            person.unionid = format!("simUnion{}", person.userid);
        }
        self.world().put_person(person.clone());
        Ok(person)
    }

    /// Lists the apps, those of the start and those that registrations made, by client id.
    pub fn apps(&self) -> Vec<App> {
        self.world().apps().cloned().collect()
    }

    /// Returns an app, to be changed and put back.
    ///
    /// # Errors
    ///
    /// No app has this client id.
    pub fn app(&self, client_id: &str) -> Result<App, ControlError> {
        let found = self.world().app(client_id).cloned();
        found.ok_or_else(|| ControlError::UnknownApp(client_id.to_owned()))
    }

    /// Replaces the app of the same client id, as the developer console does.
    ///
    /// # Errors
    ///
    /// No app has this client id, or the corp id is none of an organisation.
    pub fn put_app(&self, app: App) -> Result<App, ControlError> {
        check_corp_id("corp_id", &app.corp_id)?;
        self.world().put_app(app.clone())?;
        Ok(app)
    }

    /// Returns a code as the authorize page hands it out; `corp_id` stands for the scope `openid corpid`.
    /// Membership and consent are not asked about.
    ///
    /// # Errors
    ///
    /// The app, the person or the organisation is unknown.
    pub fn oauth_code(
        &self,
        client_id: &str,
        userid: &str,
        corp_id: Option<&str>,
    ) -> Result<String, ControlError> {
        let purpose = Purpose::OAuth { client_id: client_id.to_owned(), corp_id: corp_id.map(str::to_owned) };
        self.world().mint_code(purpose, userid, self.now())
    }

    /// Returns a code as the JavaScript of the DingTalk app hands it out; without `client_id` as the deprecated call
    /// does. Membership is not asked about.
    ///
    /// # Errors
    ///
    /// The app, the person or the organisation is unknown.
    pub fn jsapi_code(
        &self,
        client_id: Option<&str>,
        corp_id: &str,
        userid: &str,
    ) -> Result<String, ControlError> {
        let purpose = Purpose::Jsapi { client_id: client_id.map(str::to_owned), corp_id: corp_id.to_owned() };
        self.world().mint_code(purpose, userid, self.now())
    }

    /// Says who uses the DingTalk app.
    ///
    /// # Errors
    ///
    /// The person or the organisation is unknown.
    pub fn put_in_app(&self, in_app: InApp) -> Result<InApp, ControlError> {
        let mut world = self.world();
        world.check_userid(&in_app.userid)?;
        if let Some(corp_id) = &in_app.corp_id {
            check_corp_id("corp_id", corp_id)?;
        }
        world.in_app = Some(in_app.clone());
        Ok(in_app)
    }

    /// Signs whoever uses the DingTalk app out.
    pub fn clear_in_app(&self) {
        self.world().in_app = None;
    }

    /// Returns who uses the DingTalk app.
    pub fn in_app(&self) -> Option<InApp> {
        self.world().in_app.clone()
    }

    /// Puts members over those of a person; `null` takes one out. Somebody unknown is added.
    pub(crate) fn patch_person(
        &self,
        userid: &str,
        patch: Map<String, Value>,
    ) -> Result<Person, ControlError> {
        let named = Person { userid: userid.to_owned(), ..Person::default() };
        let person: Person = merged(&self.person(userid).unwrap_or(named), patch)?;
        if person.userid != userid {
            return Err(ControlError::Invalid("userid: is the one of the path".to_owned()));
        }
        self.put_person(person)
    }

    pub(crate) fn patch_app(&self, client_id: &str, patch: Map<String, Value>) -> Result<App, ControlError> {
        let app: App = merged(&self.app(client_id)?, patch)?;
        if app.client_id != client_id {
            return Err(ControlError::Invalid("client_id: is the one of the path".to_owned()));
        }
        self.put_app(app)
    }
}

/// RFC 7396, one level deep.
fn merged<T: Serialize + DeserializeOwned>(
    current: &T,
    patch: Map<String, Value>,
) -> Result<T, ControlError> {
    let mut members = match serde_json::to_value(current) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    };
    members.extend(patch);
    members.retain(|_, value| !value.is_null());
    crate::script::parse(Value::Object(members).to_string().as_bytes())
}
