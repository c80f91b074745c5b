//! How much each of two methods counts, and how sure they may be together.

/// Steps of Newton's method at most; it needs about ten.
const STEPS_MAX: usize = 40;
/// Pulls both towards nothing a little, so that examples without any doubt end somewhere.
const PENALTY: f64 = 0.01;
/// A smaller gain ends it, for each example.
const GAIN_MIN: f64 = 1e-9;

/// What the scores of each method are multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blend {
    pub(super) margin: f64,
    pub(super) bayes: f64,
}

/// What both methods say of examples that they did not learn from, label by label.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) margin: Vec<f32>,
    pub(super) bayes: Vec<f32>,
    pub(super) labels: Vec<u32>,
}

impl Blend {
    /// The blend under which what happened was most likely.
    pub(super) fn fitted(said: &Said, many: usize) -> Blend {
        let mut best = Blend { margin: 1.0, bayes: 0.0 };
        let mut loss = best.loss(said, many);
        for _ in 0..STEPS_MAX {
            let (slope, curve) = best.slopes(said, many);
            let determinant = curve[0] * curve[2] - curve[1] * curve[1];
            if determinant <= 0.0 {
                break;
            }
            let step = [
                (curve[2] * slope[0] - curve[1] * slope[1]) / determinant,
                (curve[0] * slope[1] - curve[1] * slope[0]) / determinant,
            ];
            let mut part = 1.0;
            let better = loop {
                let next = Blend {
                    margin: (best.margin - part * step[0]).max(0.0),
                    bayes: (best.bayes - part * step[1]).max(0.0),
                };
                let lower = next.loss(said, many);
                if lower < loss {
                    break Some((next, lower));
                }
                part /= 2.0;
                if part < 1e-4 {
                    break None;
                }
            };
            let Some((next, lower)) = better else {
                break;
            };
            let gain = loss - lower;
            (best, loss) = (next, lower);
            if gain < GAIN_MIN * said.labels.len() as f64 {
                break;
            }
        }
        best
    }

    /// The probability of each label.
    pub(super) fn probabilities(self, margin: &[f32], bayes: &[f32]) -> Vec<f64> {
        let blended = margin
            .iter()
            .zip(bayes)
            .map(|(m, b)| self.margin * f64::from(*m) + self.bayes * f64::from(*b));
        softmax(blended.collect())
    }

    fn loss(self, said: &Said, many: usize) -> f64 {
        let penalty = PENALTY / 2.0 * (self.margin * self.margin + self.bayes * self.bayes);
        let surprise = said.each(many).map(|(margin, bayes, label)| {
            -self.probabilities(margin, bayes)[label].max(f64::MIN_POSITIVE).ln()
        });
        penalty + surprise.sum::<f64>()
    }

    /// The first derivatives, and the second: of the margin, mixed, of Bayes.
    fn slopes(self, said: &Said, many: usize) -> ([f64; 2], [f64; 3]) {
        let mut slope = [PENALTY * self.margin, PENALTY * self.bayes];
        let mut curve = [PENALTY, 0.0, PENALTY];
        for (margin, bayes, label) in said.each(many) {
            let probabilities = self.probabilities(margin, bayes);
            let mut means = [0.0; 2];
            let mut squares = [0.0; 3];
            for ((m, b), p) in margin.iter().zip(bayes).zip(&probabilities) {
                let (m, b) = (f64::from(*m), f64::from(*b));
                means[0] += p * m;
                means[1] += p * b;
                squares[0] += p * m * m;
                squares[1] += p * m * b;
                squares[2] += p * b * b;
            }
            slope[0] += means[0] - f64::from(margin[label]);
            slope[1] += means[1] - f64::from(bayes[label]);
            curve[0] += squares[0] - means[0] * means[0];
            curve[1] += squares[1] - means[0] * means[1];
            curve[2] += squares[2] - means[1] * means[1];
        }
        (slope, curve)
    }
}

impl Said {
    pub(super) fn each(&self, many: usize) -> impl Iterator<Item = (&[f32], &[f32], usize)> {
        let both = self.margin.chunks_exact(many).zip(self.bayes.chunks_exact(many));
        both.zip(&self.labels).map(|((margin, bayes), label)| (margin, bayes, *label as usize))
    }
}

/// Scores as probabilities.
pub(super) fn softmax(mut scores: Vec<f64>) -> Vec<f64> {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
    scores
}
