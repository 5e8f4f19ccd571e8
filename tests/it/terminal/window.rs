//! A terminal: a pseudo-terminal with a program in it, and the screen that a person would see.

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dingtalk_qr_tests::binary;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Color, Parser};

/// How long something may take that takes a few seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ctrl-C.
pub(crate) const CTRL_C: &str = "\u{3}";

/// The key for the next line of a menu.
pub(crate) const DOWN: &str = "\x1b[B";

/// The key that answers.
pub(crate) const ENTER: &str = "\r";

/// A terminal with a program in it, which is killed when this is dropped.
pub(crate) struct Window {
    parser: Arc<Mutex<Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

/// How a window differs from a large one.
pub(crate) struct Setup<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) vars: &'a [(&'a str, &'a str)],
    pub(crate) args: &'a [&'a str],
    pub(crate) rows: u16,
    pub(crate) columns: u16,
}

impl Window {
    /// Runs the program `dingtalk-qr` in a large window.
    pub(crate) fn open(folder: &Path, vars: &[(&str, &str)], args: &[&str]) -> Self {
        Self::with("dingtalk-qr", &Setup { folder, vars, args, rows: 70, columns: 120 })
    }

    /// Runs a program of the workspace.
    pub(crate) fn with(program: &str, setup: &Setup<'_>) -> Self {
        let size = PtySize { rows: setup.rows, cols: setup.columns, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(binary(program));
        command.env_clear();
        command.env("TERM", "xterm-256color");
        setup.vars.iter().for_each(|(name, value)| command.env(name, value));
        command.args(setup.args);
        command.cwd(setup.folder);
        let child = pty.slave.spawn_command(command).unwrap();
        let mut output = pty.master.try_clone_reader().unwrap();
        let keyboard = pty.master.take_writer().unwrap();
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        let parser = Arc::new(Mutex::new(Parser::new(size(setup.rows), size(setup.columns), 500)));
        let raw = Arc::<Mutex<Vec<u8>>>::default();
        thread::spawn({
            let (parser, raw) = (Arc::clone(&parser), Arc::clone(&raw));
            move || {
                let mut chunk = [0; 8192];
                while let Ok(length @ 1..) = output.read(&mut chunk) {
                    parser.lock().unwrap().process(&chunk[..length]);
                    raw.lock().unwrap().extend_from_slice(&chunk[..length]);
                }
            }
        });
        Self { parser, raw, keyboard, child, _master: pty.master }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until a text is on the screen, and returns the screen.
    pub(crate) async fn until(&self, text: &str) -> String {
        self.until_seen(text, |screen| screen.contains(text)).await
    }

    /// Waits until the screen is as it should be, and returns it.
    pub(crate) async fn until_seen(&self, what: &str, is_seen: impl Fn(&str) -> bool) -> String {
        let seen = async {
            loop {
                let screen = self.screen();
                if is_seen(&screen) {
                    return screen;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        seen.unwrap_or_else(|_| panic!("{what:?} was waited for:\n{}", self.screen()))
    }

    /// Returns what is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.parser.lock().unwrap().screen().contents()
    }

    /// Returns every byte that was written, to look for what must never be among them.
    pub(crate) fn everything(&self) -> String {
        String::from_utf8_lossy(&self.raw.lock().unwrap()).into_owned()
    }

    /// Waits until the program has ended, and returns its code and the screen.
    pub(crate) async fn ended(&mut self) -> (u32, String) {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status.exit_code();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        let code = ended.unwrap_or_else(|_| panic!("the program does not end:\n{}", self.screen()));
        // What it wrote last may be on its way.
        tokio::time::sleep(Duration::from_millis(200)).await;
        (code, self.screen())
    }

    /// Returns whether the terminal is as a shell expects it: with a cursor, and no mode of another program.
    pub(crate) fn is_as_before(&self) -> bool {
        let parser = self.parser.lock().unwrap();
        !parser.screen().hide_cursor() && !parser.screen().bracketed_paste()
    }

    /// Reads the QR code on the screen as a phone does. What the program does not paint is black here, so a code
    /// without its quiet zone cannot be read.
    pub(crate) fn scan(&self) -> Option<String> {
        const SCALE: usize = 4;
        let parser = self.parser.lock().unwrap();
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        let pixels: Vec<Vec<bool>> = (0..rows.get())
            .flat_map(|row| {
                let halves = (0..columns.get()).map(|column| halves(screen.cell(row, column).unwrap()));
                let (top, bottom): (Vec<bool>, Vec<bool>) = halves.unzip();
                [top, bottom]
            })
            .collect();
        let (width, height) = (usize::from(columns.get()) * SCALE, usize::from(rows.get()) * 2 * SCALE);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            if pixels[y / SCALE][x / SCALE] { 255 } else { 0 }
        });
        image.detect_grids().first().map(|grid| grid.decode().unwrap().1)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Whether the upper and the lower half of a character are light.
fn halves(cell: &vt100::Cell) -> (bool, bool) {
    let is_light = |color: Color| match color {
        Color::Idx(index) => index == 231,
        Color::Rgb(red, ..) => red > 127,
        Color::Default => false,
    };
    let (ink, paper) = (is_light(cell.fgcolor()), is_light(cell.bgcolor()));
    match cell.contents() {
        "█" => (ink, ink),
        "▀" => (ink, paper),
        "▄" => (paper, ink),
        _ => (paper, paper),
    }
}
