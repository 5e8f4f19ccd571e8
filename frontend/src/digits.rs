/// Writes a number in decimal digits, as `to_string` would with the machinery of formatting behind it.
pub(crate) fn digits(mut number: u32) -> String {
    let mut digits = String::new();
    loop {
        digits.insert(0, char::from_digit(number % 10, 10).unwrap_or_default());
        number /= 10;
        if number == 0 {
            return digits;
        }
    }
}

/// Writes a number below 100 in two digits.
pub(crate) fn two_digits(number: u32) -> String {
    let digits = digits(number);
    if digits.len() < 2 { ["0", &digits].concat() } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_ever() {
        for number in [0, 7, 10, 99, 100, 7200, u32::MAX] {
            assert_eq!(digits(number), number.to_string());
            assert_eq!(two_digits(number), format!("{number:02}"));
        }
    }
}
