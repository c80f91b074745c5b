//! Why something is a probable cause, in words.

use super::Kind;
use incident::conduct::Degree;
use kernel::Severity;

/// A fact about a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// What is usual of its kind; what people said of those that were proposed before.
    Usual {
        /// Of which kind it is.
        kind: Kind,
        /// So many were the cause.
        yes: u32,
        /// So many were judged.
        judged: u32,
    },
    /// It was changed so many seconds before the first sign.
    Changed {
        /// A deployment, or another change.
        kind: Kind,
        /// How long before.
        seconds: i64,
    },
    /// It alerted so many seconds before the first sign.
    Alerted {
        /// How long before.
        seconds: i64,
    },
    /// No alert about what is needed came before it.
    FirstAlert,
    /// How bad the alert is.
    Severity(Severity),
    /// It is at a service that is hit itself.
    AtHit,
    /// It is at a service that is needed.
    Needed {
        /// So many steps away.
        hops: u32,
        /// Whether nothing stands in for it.
        certain: bool,
    },
    /// So many of those that are hit are it or need it.
    Explains {
        /// So many.
        hit: u32,
        /// Of so many.
        of: u32,
    },
    /// It was out so many seconds before the first sign.
    Out {
        /// How bad.
        degree: Degree,
        /// How long before.
        seconds: i64,
    },
    /// The service where it was changed was out, or alerted, by itself.
    Unwell,
    /// Work went on when it began, or had ended so many seconds before.
    Work {
        /// How long before; 0 while it went on.
        seconds: i64,
    },
    /// It was behind so many incidents of these services.
    Before {
        /// So many.
        times: u32,
        /// Of so many.
        of: u32,
    },
}

/// A fact, and what it adds to the log-odds; less than 0 speaks against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What is known.
    pub fact: Fact,
    /// How much it says.
    pub weight: f64,
}

impl Fact {
    /// In words, without a full stop. None where nobody needs to be told.
    pub fn words(&self) -> Option<String> {
        Some(match self {
            Fact::Usual { judged: 0, .. } => return None,
            Fact::Usual { kind, yes, judged } => {
                format!("{} was the cause {yes} of {judged} times that it was judged", kind.words())
            }
            Fact::Changed { kind, seconds } => {
                let done = if *kind == Kind::Deployment { "deployed" } else { "changed" };
                format!("{done} {}", before(*seconds))
            }
            Fact::Alerted { seconds } => format!("alerted {}", before(*seconds)),
            Fact::FirstAlert => "the first alert about what is needed".to_owned(),
            Fact::Severity(severity) => format!("the alert is of severity {severity}"),
            Fact::AtHit => "at a service that is affected itself".to_owned(),
            Fact::Needed { hops: 1, certain: true } => {
                "at a service that an affected one does not work without".to_owned()
            }
            Fact::Needed { hops, certain: true } => {
                format!("at a service that is needed, {hops} steps away")
            }
            Fact::Needed { hops: 1, certain: false } => {
                "at a service that is needed, but another stands in for it".to_owned()
            }
            Fact::Needed { hops, certain: false } => {
                format!("at a service {hops} steps away that another stands in for")
            }
            Fact::Explains { hit, of } => {
                format!("it explains {hit} of the {of} affected services")
            }
            Fact::Out { degree, seconds } => {
                let how = match degree {
                    Degree::Degraded => "degraded",
                    Degree::Partial => "partly out",
                    Degree::Full => "out",
                };
                match seconds {
                    ..60 => format!("it was {how} when it began"),
                    _ => format!("it was {how}, since {}", before(*seconds)),
                }
            }
            Fact::Unwell => "that service is in trouble by itself".to_owned(),
            Fact::Work { seconds: ..=0 } => "planned work went on when it began".to_owned(),
            Fact::Work { seconds } => format!("planned work ended {}", before(*seconds)),
            Fact::Before { times, of } => {
                format!("it was behind {times} of the last {of} incidents of these services")
            }
        })
    }
}

/// "12 minutes before the first sign".
fn before(seconds: i64) -> String {
    match seconds {
        ..60 => "when it began".to_owned(),
        _ => format!("{} before the first sign", span(seconds)),
    }
}

/// The largest unit that says enough: minutes up to two hours, hours up to two days.
fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_as_people_do() {
        let changed = |seconds| Fact::Changed { kind: Kind::Deployment, seconds }.words().unwrap();
        assert_eq!(changed(12 * 60), "deployed 12 minutes before the first sign");
        assert_eq!(changed(60), "deployed 1 minute before the first sign");
        assert_eq!(changed(0), "deployed when it began");
        assert_eq!(changed(7_200), "deployed 2 hours before the first sign");
        assert_eq!(changed(172_800), "deployed 2 days before the first sign");
    }
}
