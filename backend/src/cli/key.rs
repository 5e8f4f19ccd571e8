use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use dingtalk_qr_backend::secret::{FileKeys, KeyFile, KeyId, MasterKey, Sealer};
use dingtalk_qr_backend::store::{Resealed, Store};
use dingtalk_qr_backend::{Config, Kept};

use super::say;

/// How often the whole store is gone through when values under an old key keep coming.
const ROUNDS: u32 = 20;

/// What can be done to the key.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Prints a new key for `DINGTALK_QR_KEY`; nothing is changed
    Generate,
    /// Brings every secret under the current key, while backends run; with a key file it makes a new key first
    Rotate {
        /// With a key file: seconds to wait, before the old key goes, for what backends were writing
        #[arg(long, default_value_t = 15)]
        wait: u64,
        /// With a key file: leave the old key in it, so that pages of before outlive a restart; the next `rotate` removes it
        #[arg(long)]
        keep_old: bool,
    },
    /// Counts the secrets by key; fails if one is under a key that is not configured
    Status,
}

impl Command {
    /// Does it. `config` is called only where there is something to open.
    pub(super) async fn run(self, config: impl FnOnce() -> anyhow::Result<Config>) -> anyhow::Result<()> {
        match self {
            Self::Generate => say(&MasterKey::generate().to_base64()),
            Self::Status => status(&Kept::open(&config()?).await?).await,
            Self::Rotate { wait, keep_old } => {
                let Kept { store, sealer, key_file } = Kept::open(&config()?).await?;
                match key_file {
                    Some(file) => {
                        let end = if keep_old { End::Keep } else { End::Remove };
                        rotate_file(&store, &sealer, &file, Duration::from_secs(wait), end).await
                    }
                    None => rotate(&store, &sealer).await,
                }
            }
        }
    }
}

/// What becomes of the old key in the key file.
enum End {
    Keep,
    Remove,
}

async fn status(kept: &Kept) -> anyhow::Result<()> {
    let values = kept.store.sealed_values().await?;
    let mut known = vec![(kept.sealer.current_id(), "current")];
    known.extend(kept.sealer.old_ids().into_iter().map(|id| (id, "old")));
    for (id, what) in &known {
        say(&format!("key {} ({what}): {} values", id.to_hex(), values.get(&Some(*id)).unwrap_or(&0)))?;
    }
    let is_known = |id: &Option<KeyId>| id.is_some_and(|id| known.iter().any(|(known, _)| *known == id));
    let mut locked = 0;
    for (id, number) in values.iter().filter(|(id, _)| !is_known(id)) {
        let name = id.map_or_else(|| "no key".to_owned(), |id| format!("key {}", id.to_hex()));
        say(&format!("{name} (not configured): {number} values"))?;
        locked += number;
    }
    if locked > 0 {
        bail!("{locked} values are sealed under a key that is not configured");
    }
    Ok(())
}

/// With the keys of the configuration.
async fn rotate(store: &Store, sealer: &Sealer) -> anyhow::Result<()> {
    let done = reseal(store, sealer).await?;
    report(done, store, sealer).await?;
    match sealer.old_ids().len() {
        0 => say("there is no old key"),
        _ => say(
            "nothing is under an old key: once no backend seals under one, DINGTALK_QR_OLD_KEYS can be removed",
        ),
    }
}

/// With the keys of a file. Killed at any moment it loses nothing, and goes on when it is started again:
///
/// 1. The new key is written in front of the old one. Backends seal under it from then on, and open both.
/// 2. Everything is sealed under the new key.
/// 3. After a while, so that what was sealed before step 1 has been written, once more.
/// 4. The old key is removed.
async fn rotate_file(
    store: &Store,
    sealer: &Sealer,
    file: &KeyFile,
    wait: Duration,
    end: End,
) -> anyhow::Result<()> {
    let _lock = file.lock()?;
    let FileKeys { current, old, .. } = file.read()?.context("the key file is gone")?;
    let current = if old.is_empty() {
        let new = MasterKey::generate();
        file.replace(&[&new, &current]).context("the new key cannot be written")?;
        say(&format!("key {} made, in the place of {}", new.id().to_hex(), current.id().to_hex()))?;
        new
    } else {
        say(&format!("going on with key {}", current.id().to_hex()))?;
        current
    };
    let mut done = reseal(store, sealer).await?;
    tokio::time::sleep(wait).await;
    done += reseal(store, sealer).await?;
    report(done, store, sealer).await?;
    match end {
        End::Keep => say("the old key stays in the key file until the next rotation"),
        End::Remove => {
            file.replace(&[&current]).context("the old key cannot be removed")?;
            say("the old key is removed from the key file")
        }
    }
}

/// Goes through the store until everything is under the current key, and returns how many values were brought there.
async fn reseal(store: &Store, sealer: &Sealer) -> anyhow::Result<u64> {
    let mut sum = 0;
    for _ in 0..ROUNDS {
        let Resealed { done, overtaken: _, locked, damaged } = store.reseal(sealer).await?;
        sum += done;
        if locked > 0 {
            bail!("re-sealed {sum} values; {locked} are sealed under a key that is not configured");
        }
        if !damaged.is_empty() {
            bail!("re-sealed {sum} values; damaged are: {}", damaged.join(", "));
        }
        if old_values(store, sealer).await? == 0 {
            return Ok(sum);
        }
    }
    bail!(
        "re-sealed {sum} values, and a backend still seals under an old key: it has to know the current one first"
    )
}

async fn old_values(store: &Store, sealer: &Sealer) -> anyhow::Result<u64> {
    let (values, current) = (store.sealed_values().await?, sealer.current_id());
    Ok(values.iter().filter(|(id, _)| **id != Some(current)).map(|(_, number)| number).sum())
}

async fn report(done: u64, store: &Store, sealer: &Sealer) -> anyhow::Result<()> {
    let all: u64 = store.sealed_values().await?.values().sum();
    let id = sealer.current_id().to_hex();
    say(&format!("re-sealed {done} of {all} values: everything is under key {id}"))
}
