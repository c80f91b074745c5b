//! The fixed words of the language, as types.

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order people expect.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// Their words, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word used in queries, JSON and the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The value with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// The state of an incident.
    State {
        /// Recorded; nobody has taken it.
        New = "new",
        /// A team or person works on it.
        InProgress = "in_progress",
        /// Waiting.
        OnHold = "on_hold",
        /// The provider holds service restored.
        Resolved = "resolved",
        /// Final.
        Closed = "closed",
        /// Recorded in error.
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// What an incident on hold waits for.
    HoldReason {
        /// The requester's answer.
        Requester = "requester",
        /// A vendor.
        Vendor = "vendor",
        /// A change.
        Change = "change",
        /// A problem's solution.
        Problem = "problem",
        /// An agreed time.
        Scheduled = "scheduled",
    }
}

vocabulary! {
    /// Whether somebody said why clocks passed their targets.
    Breach {
        /// One asks for its reason at least.
        Unexplained = "unexplained",
        /// All of them are explained.
        Explained = "explained",
    }
}

vocabulary! {
    /// A moment in an incident's life that can be compared.
    MomentField {
        /// The next due instant of its running clocks.
        Due = "due",
        /// When it was reported.
        Reported = "reported",
        /// When anything about it last changed.
        Updated = "updated",
        /// When somebody took it.
        Acknowledged = "acknowledged",
        /// When the requester first got an answer.
        Responded = "responded",
        /// When it was resolved.
        Resolved = "resolved",
        /// When it was closed.
        Closed = "closed",
        /// Since when it is on hold.
        Held = "held",
        /// When it resumes by itself.
        Resumes = "resumes",
    }
}

impl MomentField {
    /// Whether a duration counts from now into the future (`due<2h`) instead of
    /// being an age (`updated<3d`).
    pub const fn lies_ahead(self) -> bool {
        matches!(self, MomentField::Due | MomentField::Resumes)
    }
}

vocabulary! {
    /// A stretch of whole local days around now; weeks start on Monday.
    Period {
        /// The local day of now.
        Today = "today",
        /// The day before.
        Yesterday = "yesterday",
        /// The day after.
        Tomorrow = "tomorrow",
        /// Monday to Sunday around now.
        ThisWeek = "this_week",
        /// The week before.
        LastWeek = "last_week",
        /// The week after.
        NextWeek = "next_week",
        /// The local month of now.
        ThisMonth = "this_month",
        /// The month before.
        LastMonth = "last_month",
    }
}

vocabulary! {
    /// What a list is sorted by, each in its natural direction.
    SortKey {
        /// Next due instant, soonest first; without one last.
        Due = "due",
        /// P1 first.
        Priority = "priority",
        /// Last change, newest first.
        Updated = "updated",
        /// Report, newest first.
        Reported = "reported",
        /// Number, newest (highest) first.
        Number = "number",
        /// What half an hour of waiting costs, highest first.
        Risk = "risk",
    }
}
