use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

/// A PostgreSQL server of its own, on a temporary folder. It ends with the process that started it, however that ends.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    /// Ends when its standard input does.
    child: Mutex<Child>,
}

impl Postgres {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is missing; the script says what to install.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres");
        let mut child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let url = line(&mut output);
        assert!(url.starts_with("postgres://"), "scripts/postgres cannot start a server");
        Self { url, pipes: Mutex::new((input, output)), child: Mutex::new(child) }
    }

    /// Returns the server that the tests of this process share. Each test has to have a database of its own there.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes an empty database, and returns its URL.
    pub async fn new_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let statement = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        self.url.replace("/postgres?", &format!("/{name}?"))
    }

    /// Returns what is in a database, as text.
    pub fn dump(url: &str) -> String {
        // Bytes as they are, and not as hexadecimal numbers: a secret between them has to be found.
        let dump = Command::new("pg_dump")
            .arg("--inserts")
            .arg(url)
            .env("PGOPTIONS", "-c bytea_output=escape")
            .output();
        let dump = dump.unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        String::from_utf8_lossy(&dump.stdout).into_owned()
    }

    /// Cuts the connections that listen off, `times` times within a second or two, and returns how many there were.
    pub async fn cut_listeners(url: &str, times: u32) -> usize {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let mut cut = 0;
        for _ in 0..times {
            let query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' \
                         AND datname = current_database()";
            cut += sqlx::query(query).fetch_all(&mut connection).await.unwrap().len();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        cut
    }

    /// Stops the server as a power cut would.
    pub fn stop(&self) {
        self.say("stop");
    }

    /// Starts it again, on the same data.
    pub fn start_again(&self) {
        self.say("start");
    }

    fn say(&self, word: &str) {
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.0, "{word}").unwrap();
        assert_eq!(line(&mut pipes.1), word);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap();
        // The end of its input ends it, but that is closed only after this.
        drop(Command::new("kill").arg(child.id().to_string()).status());
        drop(child.wait());
    }
}

fn line(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
