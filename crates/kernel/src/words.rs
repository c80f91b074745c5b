//! Fixed lists of words as types: the same word in type, JSON, database and address.

/// Defines an enum whose values have one word each, in snake case.
///
/// `serde` writes the variant's name in snake case, not its word: where both differ, a value is
/// another in JSON by `serde` than by `as_str` and `parse`. The house check `tidy` names such lists
/// and lets those pass that are written by their words alone.
///
/// ```
/// kernel::words! {
///     /// Which way.
///     Way {
///         /// Up.
///         Up = "up",
///         /// Down.
///         Down = "down",
///     }
/// }
/// assert_eq!("down".parse(), Ok(Way::Down));
/// assert_eq!("left".parse::<Way>().unwrap_err().0, "must be one of up, down");
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order people expect.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word used in JSON, database and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;

            fn from_str(text: &str) -> Result<Self, $crate::Invalid> {
                $name::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let all: Vec<_> = $name::ALL.iter().map(|v| v.as_str()).collect();
                    $crate::Invalid::new(format!("must be one of {}", all.join(", ")))
                })
            }
        }
    };
}
