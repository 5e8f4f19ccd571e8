use crate::error::RouteError;

/// Reads how many rows of a list somebody wishes for.
pub(super) fn limit(wish: Option<u32>, usual: u32, most: u32) -> Result<u32, RouteError> {
    let limit = wish.unwrap_or(usual);
    let is_possible = (1..=most).contains(&limit);
    if is_possible { Ok(limit) } else { Err(RouteError::Invalid { field: Some("limit".to_owned()) }) }
}
