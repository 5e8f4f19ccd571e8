//! A QR code in half blocks: one character is two modules, one above the other.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, which readers need (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// Black on white whatever the colours of the terminal: colours 16 and 231 of the fixed 256 are not part of a theme.
const INK: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Draws the code of a text, with as much error correction as there is room for. `None` if it does not fit.
pub(super) fn draw(text: &str, room: Size) -> Option<String> {
    [EcLevel::M, EcLevel::L].into_iter().find_map(|level| {
        let code = QrCode::with_error_correction_level(text, level).ok()?;
        let side = code.width() + 2 * QUIET_ZONE;
        (side <= room.columns && side.div_ceil(2) <= room.rows).then(|| drawn(&code, side))
    })
}

fn drawn(code: &QrCode, side: usize) -> String {
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < code.width());
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if code[(x, y)] == Color::Dark)
    };
    let mut text = String::new();
    for y in (0..side).step_by(2) {
        text.push_str(INK);
        text.extend((0..side).map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        text.push_str(RESET);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://open-dev.dingtalk.com/openapp/registration/openClaw?user_code=MUEU-DEKR-5TN3";

    #[test]
    fn the_drawing_is_the_code_with_its_quiet_zone() {
        let code = QrCode::with_error_correction_level(LINK, EcLevel::M).unwrap();
        let drawing = draw(LINK, Size { columns: 200, rows: 100 }).unwrap();

        let side = code.width() + 8;
        let rows: Vec<Vec<char>> = drawing
            .lines()
            .map(|line| line.strip_prefix(INK).unwrap().strip_suffix(RESET).unwrap().chars().collect())
            .collect();
        assert_eq!((rows.len(), rows[0].len()), (side.div_ceil(2), side));
        for y in 0..rows.len() * 2 {
            for (x, cell) in rows[y / 2].iter().enumerate() {
                let is_dark = matches!((cell, y % 2), ('█', _) | ('▀', 0) | ('▄', 1));
                let is_inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
                let expected = is_inside && code[(x - 4, y - 4)] == Color::Dark;
                assert_eq!(is_dark, expected, "{x} {y}");
            }
        }
    }

    #[test]
    fn it_fits_into_an_ordinary_terminal_beside_one_line() {
        assert!(draw(LINK, Size { columns: 80, rows: 23 }).is_some());
    }

    #[test]
    fn where_it_does_not_fit_there_is_none() {
        assert_eq!(draw(LINK, Size { columns: 40, rows: 100 }), None);
        assert_eq!(draw(LINK, Size { columns: 100, rows: 20 }), None);
        assert_eq!(draw(&"x".repeat(5000), Size { columns: 1000, rows: 1000 }), None);
    }
}
