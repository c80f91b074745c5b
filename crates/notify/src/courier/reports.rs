//! Reports that are sent by themselves are counted as they leave, with what their reader may see
//! then.

use super::Courier;
use super::writing::Found;
use crate::material::Read;
use desk::Trouble;
use store::Failure;
use store::deliveries::Delivery;
use store::directory::people;
use store::reports::mailed::due_at;

impl Courier {
    /// Counts the reports among what was read. What cannot be counted is a failure of its own, or
    /// is not told any more.
    pub(super) async fn count_reports(
        &self,
        found: &mut [(Delivery, Found)],
    ) -> Result<(), Trouble> {
        for (delivery, read) in found {
            let Ok(Ok(Read::Report(person, counted))) = read else { continue };
            // What a row says that nobody wrote so is a report of nobody.
            let mailed = match delivery.rule.parse() {
                Ok(id) => self.desk.mailed_report(person, id, due_at(delivery.n)).await,
                Err(_) => Ok(None),
            };
            match mailed {
                Ok(Some(mailed)) => {
                    let owner = mailed.mailing.owner;
                    let names = self.desk.read(move |sql| people::names(sql, &[owner])).await?;
                    let from = names.get(&owner).cloned().unwrap_or_default();
                    *counted = Some(Box::new((mailed, from)));
                }
                Ok(None) => *read = Ok(Err("this report is sent to them no more")),
                Err(Trouble::Refused(_)) => *read = Ok(Err("they may not see this report")),
                Err(Trouble::Failed(failure @ Failure::Unavailable(_))) => {
                    return Err(failure.into());
                }
                // Such as what is still to be measured after an upgrade: it leaves later.
                Err(trouble) => *read = Err(Failure::Unusable(trouble.to_string())),
            }
        }
        Ok(())
    }
}
