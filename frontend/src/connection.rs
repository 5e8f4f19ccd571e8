/// How well the panel hears about its flow, apart from where the flow stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Connection {
    /// All is well.
    #[default]
    Online,
    /// The backend does not answer this page.
    Reconnecting,
    /// DingTalk does not answer the backend.
    UpstreamReconnecting,
    /// The browser has no network.
    Offline,
    /// The page is hidden, so it does not ask.
    Paused,
}

/// Whether the page can and should ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Presence {
    Present,
    Hidden,
    Offline,
}

/// The facts behind a [`Connection`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Link {
    pub(crate) page: Presence,
    pub(crate) backend_answers: bool,
    pub(crate) upstream_answers: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self { page: Presence::Present, backend_answers: true, upstream_answers: true }
    }
}

impl From<Connection> for Link {
    fn from(connection: Connection) -> Self {
        Self {
            page: match connection {
                Connection::Offline => Presence::Offline,
                Connection::Paused => Presence::Hidden,
                Connection::Online | Connection::Reconnecting | Connection::UpstreamReconnecting => {
                    Presence::Present
                }
            },
            backend_answers: connection != Connection::Reconnecting,
            upstream_answers: connection != Connection::UpstreamReconnecting,
        }
    }
}

impl Link {
    /// Returns whether a request makes sense.
    pub(crate) fn may_ask(self) -> bool {
        self.page == Presence::Present
    }

    /// Returns the one fact that matters most to the user.
    pub(crate) fn connection(self) -> Connection {
        match self.page {
            Presence::Offline => Connection::Offline,
            Presence::Hidden => Connection::Paused,
            Presence::Present if !self.backend_answers => Connection::Reconnecting,
            Presence::Present if !self.upstream_answers => Connection::UpstreamReconnecting,
            Presence::Present => Connection::Online,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_trouble_is_named() {
        let all_well = Link::default();

        check(all_well, Connection::Online, true);
        check(Link { upstream_answers: false, ..all_well }, Connection::UpstreamReconnecting, true);
        let unreachable = Link { backend_answers: false, upstream_answers: false, ..all_well };
        check(unreachable, Connection::Reconnecting, true);
        check(Link { page: Presence::Hidden, ..unreachable }, Connection::Paused, false);
        check(Link { page: Presence::Offline, ..unreachable }, Connection::Offline, false);
    }

    #[test]
    fn what_is_shown_leads_back_to_its_facts() {
        let all = [
            Connection::Online,
            Connection::Reconnecting,
            Connection::UpstreamReconnecting,
            Connection::Offline,
            Connection::Paused,
        ];
        for connection in all {
            assert_eq!(Link::from(connection).connection(), connection);
        }
    }

    #[track_caller]
    fn check(link: Link, connection: Connection, may_ask: bool) {
        assert_eq!((link.connection(), link.may_ask()), (connection, may_ask));
    }
}
