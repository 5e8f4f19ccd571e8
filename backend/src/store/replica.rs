//! What several processes share the flows with: who is alive, whose a flow is, and what changed.

use sqlx::AnyConnection;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgListener;

use super::{Database, FlowRow, Store};
use crate::clock::Timestamp;

/// The channel of PostgreSQL on which processes tell each other. [`Store::change_flow`] spells it too.
#[cfg(feature = "postgres")]
const CHANNEL: &str = "dingtalk_qr_flows";

/// What another process tells, or this one itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    /// A flow was changed.
    Changed {
        /// Names it.
        id: String,
        /// The version that it has now.
        version: i64,
    },
    /// A page watches a flow.
    Seen {
        /// Names it.
        id: String,
    },
    /// A process ended and left its flows to the others.
    Left,
}

#[cfg(any(test, feature = "postgres"))]
impl News {
    fn parse(payload: &str) -> Option<Self> {
        let mut words = payload.split(' ');
        match (words.next()?, words.next(), words.next()) {
            ("changed", Some(id), Some(version)) => {
                Some(Self::Changed { id: id.to_owned(), version: version.parse().ok()? })
            }
            ("seen", Some(id), None) => Some(Self::Seen { id: id.to_owned() }),
            ("left", None, None) => Some(Self::Left),
            _ => None,
        }
    }
}

/// Hears what other processes tell.
#[derive(Debug)]
pub struct Listener {
    #[cfg(feature = "postgres")]
    inner: PgListener,
}

impl Listener {
    /// Waits for news. `None` means that the connection was lost, and what was told meanwhile with it.
    ///
    /// # Errors
    ///
    /// If the connection cannot be made again.
    #[cfg(feature = "postgres")]
    pub async fn next(&mut self) -> sqlx::Result<Option<News>> {
        loop {
            match self.inner.try_recv().await? {
                None => return Ok(None),
                Some(notification) => {
                    // A newer version may have more to tell than this one understands.
                    if let Some(news) = News::parse(notification.payload()) {
                        return Ok(Some(news));
                    }
                }
            }
        }
    }

    /// Never returns: there is nobody to listen to.
    ///
    /// # Errors
    ///
    /// None.
    #[cfg(not(feature = "postgres"))]
    pub async fn next(&mut self) -> sqlx::Result<Option<News>> {
        std::future::pending().await
    }
}

impl Store {
    /// Begins to listen; `None` if nobody else works on this store.
    ///
    /// # Errors
    ///
    /// If the database fails.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_async, reason = "without PostgreSQL there is nobody")
    )]
    pub async fn listen(&self) -> sqlx::Result<Option<Listener>> {
        match &self.database {
            Database::Sqlite => Ok(None),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => {
                let mut inner = PgListener::connect(url.expose()).await?;
                inner.eager_reconnect(false);
                inner.listen(CHANNEL).await?;
                Ok(Some(Listener { inner }))
            }
        }
    }

    /// Tells the process that has a flow that a page watches it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn announce_watcher(&self, id: &str) -> sqlx::Result<()> {
        let mut connection = self.pool.acquire().await?;
        self.announce(&mut connection, &format!("seen {id}")).await
    }

    /// Tells every process that listens, once the transaction of `connection` is committed.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_async, unused_variables, reason = "without PostgreSQL there is nobody")
    )]
    async fn announce(&self, connection: &mut AnyConnection, news: &str) -> sqlx::Result<()> {
        match self.database {
            Database::Sqlite => Ok(()),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => {
                let query = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(news);
                query.execute(connection).await.map(drop)
            }
        }
    }

    /// Says that a process is alive until `until`. Returns `false`, and says nothing, if it was taken for dead already.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn renew_replica(&self, id: &str, now: Timestamp, until: Timestamp) -> sqlx::Result<bool> {
        sqlx::query("UPDATE replicas SET alive_until = $3 WHERE id = $1 AND alive_until > $2")
            .bind(id)
            .bind(now.as_millis())
            .bind(until.as_millis())
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected() == 1)
    }

    /// Adds a process that is alive until `until`, and forgets those that are dead.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_replica(&self, id: &str, now: Timestamp, until: Timestamp) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM replicas WHERE alive_until <= $1")
            .bind(now.as_millis())
            .execute(&self.writer)
            .await?;
        sqlx::query("INSERT INTO replicas (id, alive_until) VALUES ($1, $2)")
            .bind(id)
            .bind(until.as_millis())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Takes over at most `limit` unsettled flows that no living process has, the most urgent first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn lease_flows(&self, replica: &str, now: Timestamp, limit: i64) -> sqlx::Result<Vec<FlowRow>> {
        // Two processes that look at the same time take different ones. SQLite writes one after the other anyway.
        let sql = match self.database {
            Database::Sqlite => {
                "UPDATE flows SET replica = $1 WHERE id IN (SELECT id FROM flows WHERE sealed_handle IS NOT NULL \
                 AND (replica IS NULL OR replica NOT IN (SELECT id FROM replicas WHERE alive_until > $2)) \
                 ORDER BY ended, handle_until LIMIT $3) RETURNING *"
            }
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => {
                "UPDATE flows SET replica = $1 WHERE id IN (SELECT id FROM flows WHERE sealed_handle IS NOT NULL \
                 AND (replica IS NULL OR replica NOT IN (SELECT id FROM replicas WHERE alive_until > $2)) \
                 ORDER BY ended, handle_until LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING *"
            }
        };
        let query = sqlx::query(sql).bind(replica).bind(now.as_millis()).bind(limit);
        query.fetch_all(&self.writer).await?.iter().map(FlowRow::try_from).collect()
    }

    /// Leaves the flows of a process that ends to the others, and tells them.
    ///
    /// # Errors
    ///
    /// If the database fails; then they find out when they do not hear of it any more.
    pub async fn release_replica(&self, id: &str) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM replicas WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        self.announce(&mut transaction, "left").await?;
        transaction.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_read_and_others_passed_over() {
        let changed = News::Changed { id: "a".into(), version: 3 };

        assert_eq!(News::parse("changed a 3"), Some(changed));
        assert_eq!(News::parse("seen a"), Some(News::Seen { id: "a".into() }));
        assert_eq!(News::parse("left"), Some(News::Left));
        for strange in ["", "changed", "changed a", "changed a b", "moved a"] {
            assert_eq!(News::parse(strange), None, "{strange}");
        }
    }
}
