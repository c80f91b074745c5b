//! Where a mailbox's messages are fetched from: the form, and how it goes.

use super::{SECTION, alter, draw};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{self, Problem, saved, version_field};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use kernel::{IntegrationId, limits};
use maud::{Markup, html};
use store::directory::fetches::{self, Fetching};
use store::directory::integrations::{Imap, Integration, Oauth, Secrets, Security, Settings};

/// How a connection can be kept secret, with what that means.
const SECURITIES: [(&str, &str); 3] = [
    ("tls", "TLS from the beginning (port 993)"),
    ("starttls", "STARTTLS (port 143)"),
    ("none", "Not encrypted: only on this machine"),
];
/// How one can sign in.
const SIGN_INS: [(&str, &str); 2] =
    [("password", "Password"), ("oauth", "OAuth 2, with a refresh token")];

/// `POST /settings/mailboxes/{id}/imap`
pub(super) async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(true) => Ok(saved(&SECTION.of(id))),
        Ok(false) => Err(PageError::NotFound),
        Err(trouble) => {
            let problem =
                Problem::of(&app, named(trouble), "integration", id.to_string(), "name").await?;
            let page = draw::of(&app, &who, id, Some((&fields, &problem))).await?;
            Ok((problem.status(), page).into_response())
        }
    }
}

/// Faults under the names that the fields have here.
fn named(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Faults(mut faults) => {
            for fault in &mut faults {
                // The secrets of OAuth stand beside its other fields here.
                let field = fault.field.replace("oauth.refresh_token", "refresh_token");
                fault.field = field.replace('.', "_");
            }
            Trouble::Faults(faults)
        }
        other => other,
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    fields: &Fields,
) -> Result<bool, Trouble> {
    let seen = editing::version(fields)?;
    let (imap, secrets) = typed(fields)?;
    let changed = alter(app, who, id, Some(seen), move |before| {
        let settings = Settings { imap: Some(imap), ..before.settings.clone() };
        Ok(Integration { settings, new_secrets: Some(secrets), ..before })
    });
    let changed = changed.await?;
    // Whoever mends it does not wait for the end of its rest.
    app.desk.write(move |sql| Ok(fetches::try_again(sql, id)?)).await?;
    Ok(changed)
}

/// `POST /settings/mailboxes/{id}/imap/stop`
pub(super) async fn stop(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    let change = |before: Integration| {
        let settings = Settings { imap: None, ..before.settings.clone() };
        Ok(Integration { settings, ..before })
    };
    match alter(&app, &who, id, None, change).await? {
        true => Ok(saved(&SECTION.of(id))),
        false => Err(PageError::NotFound),
    }
}

fn typed(fields: &Fields) -> Result<(Imap, Secrets), Trouble> {
    let text = |field| editing::text(fields, field, limits::REASON_CHARS);
    let security: Security = fields
        .text("imap_security")
        .parse()
        .map_err(|_| Refusal::invalid("imap_security", "Choose one of the list"))?;
    let usual = if security == Security::Tls { "993" } else { "143" };
    let port = fields.filled("imap_port").unwrap_or(usual).parse();
    let port = port.map_err(|_| Refusal::invalid("imap_port", "This is no port such as 993"))?;
    // What is left empty stays.
    let secret = |field: &str| fields.get(field).filter(|text| !text.is_empty()).map(str::to_owned);
    let secrets = Secrets {
        password: secret("imap_password"),
        client_secret: secret("imap_client_secret"),
        refresh_token: secret("imap_refresh_token"),
    };
    let oauth = match fields.text("imap_sign_in") {
        "oauth" => Some(Oauth {
            token_url: text("imap_oauth_token_url")?,
            client_id: text("imap_oauth_client_id")?,
            scope: Some(text("imap_oauth_scope")?).filter(|scope| !scope.is_empty()),
        }),
        _ => None,
    };
    let folder = text("imap_folder")?;
    let imap = Imap {
        host: text("imap_host")?,
        port,
        security,
        user: text("imap_user")?,
        folder: if folder.is_empty() { "INBOX".to_owned() } else { folder },
        move_to: Some(text("imap_move_to")?).filter(|folder| !folder.is_empty()),
        oauth,
    };
    Ok((imap, secrets))
}

/// The form's fields as a mailbox has them.
fn fields(imap: Option<&Imap>) -> Fields {
    let Some(imap) = imap else { return Fields::default() };
    let mut pairs = vec![
        ("imap_host", imap.host.clone()),
        ("imap_port", imap.port.to_string()),
        ("imap_security", imap.security.to_string()),
        ("imap_user", imap.user.clone()),
        ("imap_folder", imap.folder.clone()),
    ];
    pairs.extend(imap.move_to.clone().map(|folder| ("imap_move_to", folder)));
    if let Some(oauth) = &imap.oauth {
        pairs.push(("imap_sign_in", "oauth".to_owned()));
        pairs.push(("imap_oauth_token_url", oauth.token_url.clone()));
        pairs.push(("imap_oauth_client_id", oauth.client_id.clone()));
        pairs.extend(oauth.scope.clone().map(|scope| ("imap_oauth_scope", scope)));
    }
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The card; what was typed and is wrong stays.
pub(super) fn card(
    who: &SignedIn,
    mailbox: &Integration,
    fetching: Option<&Fetching>,
    wrong: Option<(&Fields, &Problem)>,
) -> Markup {
    let imap = mailbox.settings.imap.as_ref();
    let edits = who.viewer().configures();
    if imap.is_none() && !edits {
        return html! {};
    }
    let (blank, none) = (fields(imap), Errors::default());
    let (typed, errors) =
        wrong.map_or((&blank, &none), |(typed, problem)| (typed, &problem.errors));
    html! {
        section.card aria-labelledby="imap" {
            div.card-h { h2 id="imap" { "Fetch from an IMAP server" } }
            div.card-b.stack {
                @if let Some(imap) = imap { (state(who, imap, fetching)) }
                @if edits {
                    details.edit open[wrong.is_some()] {
                        summary.btn.btn-sm { @if imap.is_some() { "Change" } @else { "Set up" } }
                        (form(mailbox, typed, errors, wrong.map(|(_, problem)| problem)))
                    }
                    @if imap.is_some() {
                        form method="post" action={ (SECTION.of(mailbox.id)) "/imap/stop" } {
                            button.btn.btn-sm.btn-quiet type="submit" { "Stop fetching" }
                        }
                    }
                }
            }
        }
    }
}

fn state(who: &SignedIn, imap: &Imap, fetching: Option<&Fetching>) -> Markup {
    let went = fetching.and_then(|fetching| fetching.fetched_at);
    let error = fetching.and_then(|fetching| fetching.error.as_deref());
    html! {
        dl.props {
            div { dt { "From" } dd { (imap.user) " at " (imap.host) ", folder " (imap.folder) } }
            div { dt { "Then" } dd { @match &imap.move_to { Some(folder) => { "moved to " (folder) } None => "marked as seen" } } }
            div { dt { "Last fetched" } dd { @match went { Some(at) => (time::moment(at, &who.here)), None => "not yet" } } }
            @if let Some(refused) = fetching.map(|fetching| fetching.refused).filter(|refused| *refused > 0) {
                div { dt { "Left there" } dd { (time::counted(refused, "message")) ", too large, empty, or not to be had" } }
            }
        }
        @if let Some(error) = error {
            p.banner.banner-warn { (icon("alert")) span {
                "It does not work at present: " (error) ". "
                @if let Some(fetching) = fetching { "It is tried again " (time::moment(fetching.next_at, &who.here)) "." }
            } }
        }
    }
}

fn form(
    mailbox: &Integration,
    fields: &Fields,
    errors: &Errors,
    problem: Option<&Problem>,
) -> Markup {
    let version =
        problem.map_or(mailbox.version, |problem| problem.version(fields, mailbox.version));
    let input = |field: &'static str, label: &'static str| {
        Field::new(field, label).errors(errors).input("text", fields.text(field))
    };
    let secret = |field: &'static str, label: &'static str, hint: &'static str| {
        let field = Field::new(field, label).hint(hint).errors(errors);
        field.around(html! {
            input.inp type="password" id=(field.id) name=(field.id) autocomplete="new-password"
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
        })
    };
    html! {
        form.form method="post" action={ (SECTION.of(mailbox.id)) "/imap" } {
            (version_field(version))
            (input("imap_host", "Server"))
            (Field::new("imap_security", "Encryption").errors(errors).select(&SECURITIES, fields.filled("imap_security").unwrap_or("tls")))
            (Field::new("imap_port", "Port").hint("Empty: the usual one.").errors(errors).input("text", fields.text("imap_port")))
            (input("imap_user", "User"))
            (Field::new("imap_sign_in", "Signs in with").errors(errors).select(&SIGN_INS, fields.filled("imap_sign_in").unwrap_or("password")))
            (secret("imap_password", "Password", "Never shown again. Empty: it stays, for the same server."))
            (Field::new("imap_folder", "Folder").hint("Empty: INBOX.").errors(errors).input("text", fields.text("imap_folder")))
            (Field::new("imap_move_to", "Move what was taken to").hint("A folder that is there. Empty: it stays and is marked as seen.").errors(errors).input("text", fields.text("imap_move_to")))
            fieldset.field {
                legend { "For OAuth 2" }
                (input("imap_oauth_token_url", "Address that gives tokens"))
                (input("imap_oauth_client_id", "Client id"))
                (secret("imap_client_secret", "Client secret", "Where the provider wants one. Empty: it stays."))
                (secret("imap_refresh_token", "Refresh token", "Never shown again. Empty: it stays."))
                (Field::new("imap_oauth_scope", "Scope").hint("Empty: what the token was given for.").errors(errors).input("text", fields.text("imap_oauth_scope")))
            }
            div.btns { button.btn.btn-primary type="submit" { "Save" } }
        }
    }
}
