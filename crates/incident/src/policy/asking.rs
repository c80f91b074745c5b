//! What requesters are asked, and how often.

use serde::{Deserialize, Serialize};

/// What requesters are asked, for the whole instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Of how many closed incidents, in per cent, the requester is asked how content they are;
    /// 0 is of none. One person is asked once in [`Asking::SURVEY_DAYS`] days.
    pub survey_share: u8,
    /// Days after closing at which they are asked.
    pub survey_delay_days: u8,
    /// Business days after which a question that an incident waits for is brought to mind, once.
    pub remind_after_days: Option<u8>,
    /// Business days after that at which the incident closes if nobody answered.
    pub close_after_days: Option<u8>,
}

impl Asking {
    /// Days in which one person is asked once how content they are, whatever they report.
    pub const SURVEY_DAYS: i64 = 14;
    /// Days at most between closing and asking: a link to rate lives not much longer.
    pub const SURVEY_DELAY_DAYS_MAX: u8 = 14;
    /// Business days at most in which a question waits for anything.
    pub const WAIT_DAYS_MAX: u8 = 60;

    /// What is wrong with it: the field and the rule.
    ///
    /// # Errors
    /// The first field that is out of its bounds.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let days =
            |days: Option<u8>| days.is_none_or(|days| (1..=Self::WAIT_DAYS_MAX).contains(&days));
        let waits = || format!("must be 1 to {} business days, or none", Self::WAIT_DAYS_MAX);
        if self.survey_share > 100 {
            return Err(("survey_share", "must be 0 to 100 per cent".to_owned()));
        }
        if self.survey_delay_days > Self::SURVEY_DELAY_DAYS_MAX {
            let words = format!("must be 0 to {} days", Self::SURVEY_DELAY_DAYS_MAX);
            return Err(("survey_delay_days", words));
        }
        if !days(self.remind_after_days) {
            return Err(("remind_after_days", waits()));
        }
        if !days(self.close_after_days) {
            return Err(("close_after_days", waits()));
        }
        if self.close_after_days.is_some() && self.remind_after_days.is_none() {
            return Err(("close_after_days", "needs a reminder before it".to_owned()));
        }
        Ok(())
    }
}

impl Default for Asking {
    fn default() -> Self {
        Asking {
            survey_share: 100,
            survey_delay_days: 0,
            remind_after_days: Some(2),
            close_after_days: None,
        }
    }
}
