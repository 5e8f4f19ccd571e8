use dingtalk_qr_shared::Qr;

use crate::digits::digits;
use crate::el::{El, Words, el};

/// Light modules around the code that ISO/IEC 18004 asks for.
const QUIET_ZONE: u32 = 4;

/// The room for the code in CSS pixels.
const SIDE: u32 = 240;

/// Draws `qr` dark on light with its quiet zone, whatever the theme: inverted codes cannot be scanned everywhere.
pub(crate) fn qr_code(qr: &Qr, label: Words) -> El {
    let modules = modules(qr.size);
    let side = digits(side(modules));
    let modules = digits(modules);
    let view = ["-4 -4 ", &modules, " ", &modules].concat();
    let white = el("rect[x=-4][y=-4][fill=#fff]").set("width", modules.clone()).set("height", modules);
    el("svg.code[role=img][shape-rendering=crispEdges]")
        .set("aria-label", label)
        .set("width", side.clone())
        .set("height", side)
        .set("viewBox", view)
        .with(white)
        .with(el("path[fill=#000]").set("d", qr.path.clone()))
}

fn modules(size: u32) -> u32 {
    size.saturating_add(2 * QUIET_ZONE)
}

/// Whole pixels for every module keep the edges sharp; the rest of the white square is more quiet zone.
fn side(modules: u32) -> u32 {
    (SIDE / modules * modules).max(SIDE / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_a_whole_number_of_pixels() {
        check(37, 45, 225);
        check(41, 49, 196);
        check(21, 29, 232);
        check(177, 185, 185);
    }

    #[test]
    fn an_absurd_size_still_draws_something() {
        check(0, 8, 240);
        check(u32::MAX, u32::MAX, 120);
    }

    #[track_caller]
    fn check(size: u32, expected_modules: u32, expected_side: u32) {
        assert_eq!((modules(size), side(modules(size))), (expected_modules, expected_side));
    }
}
