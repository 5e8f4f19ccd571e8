use axum::Json;
use axum::extract::State;
use dingtalk_qr_shared::TicketPresented;
use serde::Serialize;
use utoipa::ToSchema;

use super::need;
use super::users::User;
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::openapi::schema;
use crate::secret::Presented;
use crate::state::AppState;

/// What a ticket was worth.
#[derive(Serialize, ToSchema)]
pub(super) struct RedeemedTicket {
    /// Who signed in.
    user: User,
    /// The origin of the page on which they did. An embedder with several pages compares it.
    #[schema(example = "https://shop.example")]
    site: String,
    /// By which door: `qr`, `redirect`, `frame` or `workspace`.
    method: String,
    /// The app with which they did, by its client id.
    client_id: String,
}

/// Redeems the ticket of a login, on behalf of the site on which somebody signed in.
///
/// A ticket works once, within 60 s of the login. Send it from the server of the site, never from a browser.
#[utoipa::path(
    post,
    path = "/api/v1/tickets/redeem",
    tag = "logins",
    request_body = schema::TicketPresented,
    responses(
        (status = 200, description = "Who signed in, and where", body = RedeemedTicket),
        (status = 400, description = "`ticket_invalid` or `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["tickets:redeem"])),
)]
pub(super) async fn redeem(
    State(state): State<AppState>,
    Allowed { who: Program(program), .. }: Allowed<Program, need::TicketsRedeem>,
    Body(body): Body<TicketPresented>,
) -> Result<Json<RedeemedTicket>, RouteError> {
    let redeemed = state.logins().redeem(&Presented::new(&body.ticket)).await?;
    tracing::info!(
        user.id = redeemed.user.id,
        site = redeemed.site,
        api_key = program.name,
        "ticket redeemed"
    );
    Ok(Json(RedeemedTicket {
        user: redeemed.user.into(),
        site: redeemed.site,
        method: redeemed.method,
        client_id: redeemed.client_id,
    }))
}
