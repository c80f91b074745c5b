//! Words that the company's teams say again and again, with what usually follows them. Each is
//! made by somebody of the team that keeps it.

use super::company::Company;
use super::oncall::viewer;
use desk::{Desk, Trouble};
use incident::Visibility;
use incident::macros::{Deed, Macro, Owner};
use incident::state::HoldReason;
use kernel::{Language, MacroId};
use std::collections::{BTreeMap, BTreeSet};

const HOUR: i64 = 3_600;

/// A macro of a team.
struct Kept {
    team: &'static str,
    by: &'static str,
    name: &'static str,
    visibility: Visibility,
    words: &'static str,
    /// The same for those who read German.
    german: Option<&'static str>,
    commands: Vec<Deed>,
}

/// Makes them.
pub(super) async fn begin(desk: &Desk, company: &Company) -> Result<(), Trouble> {
    for kept in of_service_desk(company).into_iter().chain(of_others()) {
        let by = company.person(kept.by);
        let (viewer, owner) = (viewer(desk, by.id).await?, Owner::Team(company.team(kept.team)));
        let one = Macro {
            id: MacroId(desk::fresh()),
            name: kept.name.to_owned(),
            owner,
            visibility: kept.visibility,
            words: kept.words.to_owned(),
            by_language: kept
                .german
                .map(|words| (Language::De, words.to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            commands: kept.commands,
            uses: 0,
            version: 1,
        };
        let make = move |sql: &mut dyn store::Sql, audit: &desk::Audit| {
            desk::macros::make(sql, audit, &viewer, one)
        };
        desk.change(by.actor(), make).await?;
    }
    Ok(())
}

fn of_service_desk(company: &Company) -> [Kept; 3] {
    [
        Kept {
            team: "Service Desk",
            by: "Petra Vondrak",
            name: "Ask for details",
            visibility: Visibility::Public,
            words: "Hello {requester.first_name},\n\n\
                    to find the cause of {number} I need three things: on which device it happens, since when, \
                    and whether colleagues beside you have it too. A photo of the message helps.\n\n\
                    {me.first_name}, Service Desk",
            german: Some(
                "Hallo {requester.first_name},\n\n\
                 um die Ursache von {number} zu finden, brauche ich drei Angaben: an welchem Gerät es auftritt, seit wann, \
                 und ob es Kolleginnen und Kollegen neben Ihnen auch haben. Ein Foto der Meldung hilft.\n\n\
                 {me.first_name}, Service Desk",
            ),
            commands: vec![Deed::Hold { reason: HoldReason::Requester, seconds: None }],
        },
        Kept {
            team: "Service Desk",
            by: "Jamal Idrissi",
            name: "Over to Network",
            visibility: Visibility::Public,
            words: "Hello {requester.first_name},\n\n\
                    {service} is looked after by our network engineers, and {number} is with them now as {priority}. \
                    You hear from them by {due}.\n\n\
                    {me.first_name}, Service Desk",
            german: None,
            commands: vec![Deed::Assign { team: Some(company.team("Network")), to_me: false }],
        },
        Kept {
            team: "Service Desk",
            by: "Petra Vondrak",
            name: "Works again",
            visibility: Visibility::Public,
            words: "Hello {requester.first_name},\n\n\
                    {service} works again. If you still see it, answer this message and {number} is open again at once.\n\n\
                    {me.first_name}, Service Desk",
            german: None,
            commands: vec![Deed::Resolve { code: "fixed".to_owned() }],
        },
    ]
}

fn of_others() -> [Kept; 3] {
    let tagged = |tag: &str| Deed::Tag { add: BTreeSet::from([tag.to_owned()]) };
    [
        Kept {
            team: "Workplace",
            by: "Leila Haddadin",
            name: "Device on loan",
            visibility: Visibility::Public,
            words: "Hello {requester.first_name},\n\n\
                    until yours is back a laptop waits for you at the service point of your site. Name {number} there; \
                    your files and programs are on it after the first sign-in.\n\n\
                    {me.first_name}, Workplace",
            german: None,
            commands: vec![tagged("loan"), Deed::Assign { team: None, to_me: true }],
        },
        Kept {
            team: "Network",
            by: "Ines Carvalhal",
            name: "Access points restarted",
            visibility: Visibility::Public,
            words: "Hello {requester.first_name},\n\n\
                    we have restarted the access points nearest to you. Devices connect again by themselves within two minutes. \
                    I look at it again in an hour.\n\n\
                    {me.first_name}, Network",
            german: None,
            commands: vec![Deed::Hold { reason: HoldReason::Scheduled, seconds: Some(HOUR) }],
        },
        Kept {
            team: "Warehouse systems",
            by: "Dana Okwuosa",
            name: "Hand-over to the next shift",
            visibility: Visibility::Internal,
            words: "Hand-over by {me}: {number}, {title}.\n\n\
                    {priority} on {service}, due {due}. Asked by {requester}.\n\
                    Done so far:\n\
                    Next step:",
            german: None,
            commands: vec![tagged("hand-over")],
        },
    ]
}
