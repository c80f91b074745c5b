//! A distribution as values with weights.

/// Values in their order, with the part of the whole up to each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spread(Vec<(f32, f64)>);

impl Spread {
    /// Each slice counts as much as the others.
    pub(super) fn of<'a>(parts: impl Iterator<Item = &'a [f32]>) -> Spread {
        let mut values: Vec<(f32, f64)> = Vec::new();
        for part in parts {
            let weight = 1.0 / part.len().max(1) as f64;
            values.extend(part.iter().map(|value| (*value, weight)));
        }
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let all: f64 = values.iter().map(|(_, weight)| weight).sum();
        let mut sum = 0.0;
        for (_, weight) in &mut values {
            sum += *weight;
            *weight = sum / all;
        }
        if let Some(last) = values.last_mut() {
            last.1 = 1.0;
        }
        Spread(values)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part below a value.
    pub(super) fn below(&self, value: f32) -> f64 {
        self.upto(self.0.partition_point(|(known, _)| *known < value))
    }

    /// The part up to a value, with it.
    pub(super) fn up_to(&self, value: f32) -> f64 {
        self.upto(self.0.partition_point(|(known, _)| *known <= value))
    }

    fn upto(&self, end: usize) -> f64 {
        end.checked_sub(1).map_or(0.0, |last| self.0[last].1)
    }

    /// The least value up to which there is such a part; zero if there is none at all.
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let at = self.0.partition_point(|(_, sum)| *sum < part);
        let found = self.0.get(at).or(self.0.last());
        found.map_or(0.0, |(value, _)| f64::from(*value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_parts_fit_together() {
        let spread = Spread::of([&[1.0_f32, 2.0][..], &[2.0, 4.0][..]].into_iter());
        assert_eq!(
            [0.0, 0.25, 0.5, 0.75, 0.8, 1.0].map(|part| spread.quantile(part)),
            [1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
        );
        assert_eq!((spread.below(2.0), spread.up_to(2.0)), (0.25, 0.75));
        assert_eq!((spread.below(0.5), spread.up_to(9.0)), (0.0, 1.0));
        assert!(Spread::of(std::iter::empty()).is_empty());
    }
}
