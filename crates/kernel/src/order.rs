//! Sorting that is compiled once. What the standard library sorts with is some five kilobytes of
//! code for each type of item and each way to compare; here places are sorted, and items follow.

use std::cmp::Ordering;

/// What can be put in order. Where many are sorted often, the standard library is faster.
pub trait InOrder {
    /// What is put in order.
    type Item;

    /// Sorts by a comparison; what is equal stays in the order it has.
    fn order_by(&mut self, compare: impl FnMut(&Self::Item, &Self::Item) -> Ordering);

    /// Sorts by a key that is taken of each item once; what is equal stays in the order it has.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&Self::Item) -> K);
}

impl<T> InOrder for [T] {
    type Item = T;

    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let places = sorted(self.len(), &mut |one, other| compare(&self[one], &self[other]));
        follow(places, &mut |one, other| self.swap(one, other));
    }

    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        let keys: Vec<K> = self.iter().map(key).collect();
        let places = sorted(keys.len(), &mut |one, other| keys[one].cmp(&keys[other]));
        follow(places, &mut |one, other| self.swap(one, other));
    }
}

/// The places of so many items in the order of what stands there.
fn sorted(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

/// Puts to each place what stands at the place that is named there.
fn follow(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for at in 0..places.len() {
        let mut from = places[at];
        // What stood there went away when that place was filled, to where it came from.
        while from < at {
            from = places[from];
        }
        places[at] = from;
        swap(at, from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that repeat, with the place that each had.
    fn mixed(len: usize) -> Vec<(usize, usize)> {
        (0..len).map(|at| (at * 7_919 % 13, at)).collect()
    }

    #[test]
    fn items_are_ordered_as_by_the_standard_library() {
        for len in [0, 1, 2, 3, 20, 21, 100, 1_000] {
            let mut wanted = mixed(len);
            wanted.sort_by_key(|(key, _)| *key);
            let mut by_key = mixed(len);
            by_key.order_by_key(|(key, _)| *key);
            assert_eq!(by_key, wanted, "{len} by a key");
            let mut compared = mixed(len);
            compared.order_by(|(one, _), (other, _)| one.cmp(other));
            assert_eq!(compared, wanted, "{len} compared");
        }
    }

    #[test]
    fn a_key_is_taken_of_each_item_once() {
        let mut items = mixed(50);
        let mut taken = 0;
        items.order_by_key(|(key, _)| {
            taken += 1;
            key.to_string()
        });
        assert_eq!(taken, items.len());
        assert!(items.is_sorted_by_key(|(key, at)| (key.to_string(), *at)));
    }
}
