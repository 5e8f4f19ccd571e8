//! The `.env` file is whole at every moment, and a file that cannot be written is no dead end.

use std::fs;
use std::process::Command;
use std::time::Duration;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID as ID, EXISTING_APP_CLIENT_SECRET as SECRET};
use serde_json::Value;

use super::window::ENTER;
use super::{Bench, PATIENCE, output};

#[cfg(unix)]
#[tokio::test]
async fn killed_in_the_middle_of_its_write_the_file_is_the_one_of_before_and_the_next_start_writes_it() {
    let bench = Bench::start().await;
    let filler = format!("# {}\n", "x".repeat(1000)).repeat(2600);
    let before = format!("{filler}DINGTALK_CLIENT_ID=dingbefore\nDINGTALK_CLIENT_SECRET=before\n");
    bench.write_env_file(&before);

    // The system kills who writes more than this many blocks of 512 bytes into one file: the store is smaller, and the
    // replacement of the file larger.
    let child = bench.pipe_limited(4096, &["--yes"]);
    bench.approve().await;
    let output = output(child).await;

    assert_eq!(output.status.code(), None, "it was killed: {output:?}");
    assert!(half_written(&bench), "it was writing");
    assert!(bench.env_file() == before, "it is neither the old file nor the new one");
    let id = bench.registration(1).await.client_id;
    let next = bench.pipe(&[], &["--yes"]);
    until(|| bench.saved("DINGTALK_CLIENT_ID") == id).await;
    assert!(bench.env_file().starts_with(&filler), "other lines stay");
    bench.approve_number(2).await;
    assert_eq!(super::output(next).await.status.code(), Some(0));
}

#[tokio::test]
async fn a_folder_in_the_place_of_the_file_is_told_before_anything_begins() {
    let bench = Bench::start().await;
    fs::create_dir(bench.path("bot.env")).unwrap();

    let output = output(bench.pipe(&[], &["--env-file", "bot.env"])).await;

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("bot.env cannot be read"), "{said}");
    assert!(bench.dingtalk.registrations().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_in_a_read_only_folder_can_be_another_one() {
    let bench = Bench::start().await;
    // Not even root may make a file there.
    let mut window = bench.register(&["--manual", "--env-file", "/proc/bot.env"]);
    window.enter(ID, SECRET).await;
    let screen = window.until("Write them to another file").await;
    assert!(
        screen.contains("! /proc/bot.env could not be written: its replacement cannot be written"),
        "{screen}"
    );
    assert!(screen.contains("nothing is lost"), "{screen}");

    window.press(&format!("missing/.env{ENTER}"));
    window.until("! missing/.env could not be written").await;
    window.press(&format!("other.env{ENTER}"));
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(fs::read_to_string(bench.path("other.env")).unwrap().contains(SECRET));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_has_its_code_and_loses_nothing() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &["--env-file", "missing/.env", "--json"]);
    bench.approve().await;

    let output = output(child).await;

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(7), "{report}");
    assert_eq!(report["saved_to"], serde_json::json!(["store"]));
    let client_id = bench.registration(1).await.client_id.unwrap();
    let listed = dingtalk_qr_tests::run(bench.folder.path(), &bench.vars(&[]), &["deliveries", "list"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains(&client_id));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_leaves_the_file_as_it_was() {
    let bench = Bench::start().await;
    let disk = bench.path("disk");
    fs::create_dir(&disk).unwrap();
    let Some(_disk) = Disk::mount(&disk) else {
        println!("a small disk cannot be mounted here: nothing was tried");
        return;
    };
    let before = format!("# {}\nDINGTALK_CLIENT_ID=dingbefore\n", "x".repeat(5000));
    fs::write(disk.join(".env"), &before).unwrap();
    // The rest of the disk.
    fs::write(disk.join("filler"), "x".repeat(8192)).unwrap();
    let child = bench.pipe(&[], &["--env-file", "disk/.env", "--yes"]);
    bench.approve().await;

    let output = output(child).await;

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("disk/.env could not be written") && said.contains("No space left"), "{said}");
    assert_eq!(fs::read_to_string(disk.join(".env")).unwrap(), before);
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 2, "nothing is left behind");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_a_link_and_the_file_is_private() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let bench = Bench::start().await;
    let (target, link) = (bench.path("real.env"), bench.path(".env"));
    fs::write(&target, "PORT=80\n").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
    symlink("real.env", &link).unwrap();
    let child = bench.pipe(&[], &[]);
    bench.approve().await;

    assert_eq!(output(child).await.status.code(), Some(0));

    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().starts_with("PORT=80\nDINGTALK_CLIENT_ID="));
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Whether there is a part of a replacement of the file.
fn half_written(bench: &Bench) -> bool {
    let entries = fs::read_dir(bench.folder.path()).unwrap();
    entries.filter_map(Result::ok).any(|entry| entry.file_name().to_string_lossy().starts_with(".tmp"))
}

/// Waits for longer than a minute: for so long a delivery is taken by the process that was killed.
async fn until(is_so: impl Fn() -> bool) {
    let so = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE * 2, so).await.expect("it never is");
}

/// A disk of a few kilobytes, for who may mount one.
struct Disk<'a>(&'a std::path::Path);

impl<'a> Disk<'a> {
    fn mount(place: &'a std::path::Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(place);
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(place))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0).output());
    }
}
