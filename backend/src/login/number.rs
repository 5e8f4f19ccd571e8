use crate::secret::random_below;

/// Returns a number of two digits and the three that it hides among, in the order in which they are shown.
pub(super) fn three() -> (u8, [u8; 3]) {
    let mut numbers = [0; 3];
    let mut found = 0;
    while found < 3 {
        let number = 10 + random_below(90);
        if !numbers[..found].contains(&number) {
            numbers[found] = number;
            found += 1;
        }
    }
    (numbers[usize::from(random_below(3))], numbers)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_number_is_one_of_three_different_ones_of_two_digits() {
        let mut places = BTreeSet::new();
        for _ in 0..1000 {
            let (number, numbers) = three();
            assert_eq!(BTreeSet::from(numbers).len(), 3);
            assert!(numbers.iter().all(|number| (10..100).contains(number)));
            places.insert(numbers.iter().position(|shown| *shown == number).unwrap());
        }
        assert_eq!(places.len(), 3, "it is in every place now and then");
    }
}
