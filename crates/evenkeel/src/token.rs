//! `evenkeel token`: API tokens without the browser.

use crate::cli::{TokenCommand, TokenCreateArgs};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, user};
use desk::Desk;
use incident::{Refusal, TokenScope};
use jiff::civil::Date;
use kernel::{PersonId, Timestamp, TokenId};
use serde::Serialize;
use std::collections::HashMap;
use store::directory::people;
use store::directory::tokens::{self, Token};

const SECONDS_PER_DAY: i64 = 86_400;
/// Days a token may last: whoever wants longer leaves the end away.
const DAYS_MAX: i64 = 36_500;

/// A token as `list` tells of it.
#[derive(Serialize)]
struct Row {
    id: TokenId,
    name: String,
    user: String,
    scope: TokenScope,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

/// Runs one of the commands.
pub(crate) async fn run(command: &TokenCommand, settings: &Settings) -> Result<(), Failed> {
    let desk = instance::open(settings, Missing::Refuse).await?;
    match command {
        TokenCommand::Create(args) => create(&desk, args).await,
        TokenCommand::List { json } => list(&desk, *json).await,
        TokenCommand::Revoke { id } => revoke(&desk, *id).await,
    }
}

async fn create(desk: &Desk, args: &TokenCreateArgs) -> Result<(), Failed> {
    let (address, name, scope) = (user::email(&args.user)?, user::name(&args.name)?, args.scope);
    let expires_at = args.expires.as_deref().map(|text| end(text, desk.now())).transpose()?;
    let secret = desk::token_secret();
    let hash = desk::secret_hash(&secret);
    let id = TokenId(desk::fresh());
    desk.change(desk::command_line(), move |sql, audit| {
        let person = user::find(sql, &address)?;
        if !person.active {
            let words = format!("{address} is out of use; `evenkeel user enable` brings them back");
            return Err(Refusal::state("inactive", words).into());
        }
        let created_at = audit.now();
        let token =
            Token { id, person: person.id, name, scope, created_at, expires_at, used_at: None };
        tokens::insert(sql, &token, &hash)?;
        audit.created(sql, "token", id, &token)?;
        Ok(())
    })
    .await?;
    output::line(secret)
}

async fn list(desk: &Desk, json: bool) -> Result<(), Failed> {
    let rows = desk
        .read(|sql| {
            let tokens = tokens::list(sql)?;
            let owners: Vec<PersonId> = tokens.iter().map(|token| token.person).collect();
            let owners: HashMap<PersonId, String> = people::get_many(sql, &owners)?
                .into_iter()
                .map(|person| (person.id, person.email.unwrap_or(person.name)))
                .collect();
            Ok(tokens.into_iter().map(|token| row(token, &owners)).collect::<Vec<_>>())
        })
        .await?;
    if json {
        return output::json(&rows);
    }
    let moment =
        |at: Option<Timestamp>, none: &str| at.map_or(none.to_owned(), |at| at.to_string());
    let cells = |row: &Row| {
        vec![
            row.id.to_string(),
            row.user.clone(),
            row.scope.as_str().to_owned(),
            row.name.clone(),
            moment(row.expires_at, "never"),
            moment(row.used_at, "never"),
        ]
    };
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    output::table(&["ID", "USER", "SCOPE", "NAME", "EXPIRES", "USED"], &cells)
}

fn row(token: Token, owners: &HashMap<PersonId, String>) -> Row {
    Row {
        id: token.id,
        name: token.name,
        user: owners.get(&token.person).cloned().unwrap_or_default(),
        scope: token.scope,
        created_at: token.created_at,
        expires_at: token.expires_at,
        used_at: token.used_at,
    }
}

async fn revoke(desk: &Desk, id: TokenId) -> Result<(), Failed> {
    desk.change(desk::command_line(), move |sql, audit| {
        let Some(token) = tokens::get(sql, id)? else {
            let words = "there is no such token; `evenkeel token list` shows them";
            return Err(Refusal::not_found(words).into());
        };
        tokens::delete(sql, id)?;
        audit.deleted(sql, "token", id, &token)?;
        Ok(())
    })
    .await?;
    output::line("The token is worth nothing any more.")
}

/// When a token ends: `90d` or `P90D` from now, the start of a day, or an instant.
fn end(text: &str, now: Timestamp) -> Result<Timestamp, Failed> {
    let text = text.trim();
    let iso = || text.strip_prefix('P').and_then(|rest| rest.strip_suffix('D'));
    let days = text.strip_suffix('d').or_else(iso).and_then(|days| days.parse::<i64>().ok());
    let at = match (days, text.parse::<Date>()) {
        (Some(days), _) if (1..=DAYS_MAX).contains(&days) => {
            Some(now.plus_seconds(days * SECONDS_PER_DAY))
        }
        (Some(_), _) => None,
        // A date alone; with a time behind it, it is an instant.
        (None, Ok(date)) if !text.contains(['T', 't', ' ']) => date
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|start| Timestamp::from_jiff(start.timestamp())),
        _ => text.parse().ok(),
    };
    match at {
        Some(at) if at > now => Ok(at),
        Some(_) => Err(Failed::usage(format!("{text} has passed already; name a day to come"))),
        None => Err(Failed::usage(format!(
            "`{text}` is not an end such as 90d, 2027-01-01 or 2027-01-01T12:00:00Z"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_understood() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, at) in [
            ("90d", "2027-02-21T12:00:00Z"),
            ("P90D", "2027-02-21T12:00:00Z"),
            ("2027-01-01", "2027-01-01T00:00:00Z"),
            ("2027-01-01T12:00:00+01:00", "2027-01-01T11:00:00Z"),
        ] {
            assert_eq!(end(text, now).unwrap(), at.parse().unwrap(), "{text}");
        }
        for bad in [
            "",
            "d",
            "PD",
            "P1M",
            "0d",
            "-3d",
            "90",
            "99999999999999999d",
            "2026-11-23",
            "2026-13-01",
            "tomorrow",
        ] {
            assert!(end(bad, now).is_err(), "{bad}");
        }
    }
}
