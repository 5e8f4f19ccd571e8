use dingtalk_qr_shared::AppSaved;

use super::fetch::Request;
use super::{Api, ApiError, send};
use crate::wire::{self, KnownApp};

impl Api {
    /// Returns apps that may be used in place of a new one, newest first.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the backend could not be asked, or whoever asks may not list apps.
    pub async fn apps(&self) -> Result<Vec<KnownApp>, ApiError> {
        let url = self.url("/apps?claimable=true&limit=5");
        let answer = send(Request { method: "GET", url, ..Request::default() }).await?;
        Ok(wire::known_apps(&answer.body)?)
    }

    /// Uses an app that exists: delivers its credentials as those of a new one.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when that came to nothing.
    pub async fn claim(&self, app: &KnownApp) -> Result<AppSaved, ApiError> {
        let name = String::from(js_sys::encode_uri_component(&app.name));
        self.post(&["/apps/", &name, "/claim"].concat(), "{}".to_owned(), None).await?.app_saved()
    }
}
