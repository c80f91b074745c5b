//! What a new incident probably is, learned from the ones before: category, service, team,
//! priority, or any other label with a text.
//!
//! **What is seen** of an incident ([`Features`]): the words of its text, pairs of words, and
//! the four-letter parts of words, which know a word in another form or with a typing error;
//! beside them facts with a name, such as the service or the hour. Rare ones count more (TF-IDF).
//!
//! **What is learned** ([`train`]): a weight of each of them for each label, by two methods that
//! err differently, a linear classifier with a margin (one label against the others, dual
//! coordinate descent) and complement naive Bayes. How much each counts, and how sure they may
//! be together, is fitted to examples that were held out, and so is how sure the best guess may
//! be, so that of what is said with 80 % about 80 of 100 are right. The model is one table of weights: a guess costs less than a
//! millisecond and names the words that decided ([`Guess::because`]).
//!
//! **When it is silent**: a label with few examples is not learned; of a text without a known word
//! nothing is said, and the less of a text is known the nearer to chance its guess is (`known`);
//! [`Model::threshold`] is the probability from which on guesses are as precise as wanted.
//!
//! The same examples in the same order and the same seed give the same model.
//!
//! ```
//! use insight::suggest::{Example, Features, Options, train};
//!
//! let examples: Vec<Example> = (0..40)
//!     .map(|n| match n % 2 {
//!         0 => Example::new(Features::of("printer prints blank pages", ""), "Hardware"),
//!         _ => Example::new(Features::of("cannot reach vpn from home", ""), "Network"),
//!     })
//!     .collect();
//! let model = train(&examples, &Options::default()).unwrap();
//! let guesses = model.suggest(&Features::of("The printers print nothing", ""));
//! assert_eq!(guesses[0].label, "Hardware");
//! assert!(guesses[0].because.iter().any(|(word, _)| word == "printers"));
//! ```

mod bayes;
mod blend;
mod features;
mod known;
mod margin;
mod measure;
mod model;
pub(crate) mod seeded;
mod sure;
mod train;

pub use features::{Features, WORDS_MAX};
pub use measure::{BINS, LabelMeasured, Measured, Tally};
pub use model::{Guess, Model, PRECISION_WANTED};
pub use seeded::split;
pub use train::{Example, Limits, Options, Untrained, train, train_plain};
