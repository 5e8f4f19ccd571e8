//! What of a member is written, by runs and by events.

use sqlx::AnyConnection;

use super::member::MemberDetails;
use crate::clock::Timestamp;

/// Keeps what is known of a member, but not where they are. Returns whether anything was new in it.
pub(super) async fn put_member(
    connection: &mut AnyConnection,
    corp_id: &str,
    member: &MemberDetails,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO members (corp_id, staff_id, union_id, name, avatar_url, email, state_code, mobile, job_number, \
         hired_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (corp_id, staff_id) DO UPDATE SET union_id = excluded.union_id, name = excluded.name, \
         avatar_url = excluded.avatar_url, email = excluded.email, state_code = excluded.state_code, \
         mobile = excluded.mobile, job_number = excluded.job_number, hired_at = excluded.hired_at, \
         changed_at = excluded.changed_at WHERE members.changed_at = 0 \
         OR members.union_id IS DISTINCT FROM excluded.union_id OR members.name IS DISTINCT FROM excluded.name \
         OR members.avatar_url IS DISTINCT FROM excluded.avatar_url OR members.email IS DISTINCT FROM excluded.email \
         OR members.state_code IS DISTINCT FROM excluded.state_code OR members.mobile IS DISTINCT FROM excluded.mobile \
         OR members.job_number IS DISTINCT FROM excluded.job_number \
         OR members.hired_at IS DISTINCT FROM excluded.hired_at",
    )
    .bind(corp_id)
    .bind(&member.staff_id)
    .bind(&member.union_id)
    .bind(&member.name)
    .bind(&member.avatar_url)
    .bind(&member.email)
    .bind(&member.state_code)
    .bind(&member.mobile)
    .bind(&member.job_number)
    .bind(member.hired_at)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Returns whether what is known of a member has changed since, so that the run has counted them.
pub(super) async fn changed_since(
    connection: &mut AnyConnection,
    corp_id: &str,
    staff_id: &str,
    since: Timestamp,
) -> sqlx::Result<bool> {
    let counted =
        sqlx::query("SELECT 1 FROM members WHERE corp_id = $1 AND staff_id = $2 AND changed_at >= $3")
            .bind(corp_id)
            .bind(staff_id)
            .bind(since.as_millis())
            .fetch_optional(connection)
            .await?;
    Ok(counted.is_some())
}

/// Puts somebody into a department that is kept. Returns whether they were not in it.
pub(super) async fn put_into(
    connection: &mut AnyConnection,
    corp_id: &str,
    department_id: i64,
    staff_id: &str,
    run: i64,
) -> sqlx::Result<bool> {
    let added = sqlx::query(
        "INSERT INTO member_departments (corp_id, department_id, staff_id, run) \
         SELECT corp_id, id, $3, $4 FROM departments WHERE corp_id = $1 AND id = $2 ON CONFLICT DO NOTHING",
    )
    .bind(corp_id)
    .bind(department_id)
    .bind(staff_id)
    .bind(run)
    .execute(&mut *connection)
    .await?;
    if added.rows_affected() > 0 {
        return Ok(true);
    }
    sqlx::query(
        "UPDATE member_departments SET run = $4 \
         WHERE corp_id = $1 AND department_id = $2 AND staff_id = $3 AND run < $4",
    )
    .bind(corp_id)
    .bind(department_id)
    .bind(staff_id)
    .bind(run)
    .execute(connection)
    .await?;
    Ok(false)
}
