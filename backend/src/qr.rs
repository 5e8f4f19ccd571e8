//! QR codes, drawn in the backend so that the browser needs no encoder.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as SVG path data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Qr {
    /// Modules on a side, without the quiet zone.
    pub size: usize,
    /// The dark modules in module units, `(0,0)` top left.
    pub path: String,
}

/// The text does not fit into a QR code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

impl Qr {
    /// Encodes a text at error correction level M.
    ///
    /// # Errors
    ///
    /// [`TooLong`] above about 2,300 bytes.
    pub fn encode(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let size = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(size).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(PartialEq::eq) {
                let length = run.len();
                if run[0] == Color::Dark {
                    write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a String takes everything");
                }
                x += length;
            }
        }
        Ok(Self { size, path })
    }

    /// Draws an SVG document with the quiet zone of four modules that readers need (ISO/IEC 18004).
    pub fn to_svg(&self) -> String {
        let side = self.size + 8;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 {side} {side}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-4 -4h{side}v{side}h-{side}z\"/>\
             <path d=\"{}\"/></svg>",
            self.path
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_the_matrix() {
        let code = QrCode::with_error_correction_level("https://example.com", EcLevel::M).unwrap();
        let qr = Qr::encode("https://example.com").unwrap();

        let mut drawn = vec![Color::Light; qr.size * qr.size];
        for run in qr.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let start = y.parse::<usize>().unwrap() * qr.size + x.parse::<usize>().unwrap();
            drawn[start..start + length.parse::<usize>().unwrap()].fill(Color::Dark);
        }

        assert_eq!(drawn, code.to_colors());
    }

    #[test]
    fn a_text_that_is_too_long_is_an_error() {
        assert_eq!(Qr::encode(&"x".repeat(5000)), Err(TooLong));
    }
}
