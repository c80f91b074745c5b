//! `evenkeel config check`: what is in force, where it came from, what is wrong.

use super::{Setting, Settings, Source};
use crate::failed::Failed;
use crate::output;
use kernel::Network;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a database, mail server or file store may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// What every SQLite file begins with.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";
/// Variables that are not flags: they belong to the tests of the product.
const OTHER_VARIABLES: [&str; 4] =
    ["EVENKEEL_TEST_", "EVENKEEL_KILL_ROUNDS", "EVENKEEL_BIN", "EVENKEEL_CHROMIUM"];

#[derive(Serialize)]
struct Report {
    file: Option<PathBuf>,
    settings: Vec<Line>,
    findings: Vec<Finding>,
}

/// One setting in force.
#[derive(Serialize)]
struct Line {
    key: &'static str,
    value: Option<String>,
    source: String,
}

/// One thing that is wrong or odd.
#[derive(Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) key: Option<&'static str>,
    pub(super) what: String,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// It will not work.
    Error,
    /// It works, but think about it.
    Warning,
    /// It works; something outside has to know of it.
    Note,
}

/// Prints the configuration in force and what is wrong with it; fails if something is.
pub(crate) async fn check(settings: &Settings, json: bool) -> Result<(), Failed> {
    let mut findings = Vec::new();
    check_listen(settings, &mut findings);
    super::tls::check(settings, &mut findings);
    check_public_url(settings, &mut findings);
    check_trusted_proxies(settings, &mut findings);
    super::outward::check(settings, &mut findings);
    check_data(settings, &mut findings);
    check_database(settings, &mut findings).await;
    super::mail::check(settings, &mut findings).await;
    super::inbound::check(settings, &mut findings);
    super::paging::check(settings, &mut findings);
    super::s3::check(settings, &mut findings).await;
    super::status::check(settings, &mut findings);
    check_variables(&mut findings);
    let report = Report { file: settings.file.clone(), settings: lines(settings), findings };
    if json {
        output::json(&report)?
    } else {
        print(&report)?
    }
    match report.findings.iter().filter(|finding| finding.level == Level::Error).count() {
        0 => Ok(()),
        1 => Err(Failed::new("1 thing is wrong with the configuration")),
        count => Err(Failed::new(format!("{count} things are wrong with the configuration"))),
    }
}

/// An address under which people reach the instance, without a slash at its end.
pub(super) fn public_url(url: &str) -> Result<String, String> {
    let trimmed = url.trim_end_matches('/');
    let uri: axum::http::Uri = trimmed
        .parse()
        .map_err(|_| format!("{url} is not an address such as https://desk.company.example"))?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if !known || uri.host().is_none() {
        return Err(format!("{url} is not an address such as https://desk.company.example"));
    }
    if uri.path() != "/" && !uri.path().is_empty() || uri.query().is_some() {
        return Err(format!("{url} has a path; Evenkeel needs a host name of its own"));
    }
    Ok(trimmed.to_owned())
}

/// The URL of a database or mail server without its password.
pub(crate) fn without_password(url: &str) -> String {
    let hidden_wholly = || "(hidden)".to_owned();
    let Some((scheme, rest)) = url.split_once("://") else { return hidden_wholly() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let at = rest[..end].rfind('@').unwrap_or(0);
    if rest[end..].contains('@') && !rest[..end].contains('@') {
        // A slash in the password, perhaps; better to show nothing.
        return hidden_wholly();
    }
    let (authority, after) = rest.split_at(at);
    let user = authority.split(':').next().unwrap_or_default();
    let hidden = if authority.contains(':') { ":…" } else { "" };
    // A password may also hide among the parameters.
    let after = match after.split_once('?') {
        Some((address, query)) => {
            let kept: Vec<String> = query.split('&').map(hide_parameter).collect();
            format!("{address}?{}", kept.join("&"))
        }
        None => after.to_owned(),
    };
    format!("{scheme}://{user}{hidden}{after}")
}

fn hide_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.contains("password") => format!("{name}=…"),
        _ => parameter.to_owned(),
    }
}

fn lines(settings: &Settings) -> Vec<Line> {
    fn line<T>(key: &'static str, setting: &Setting<T>, value: Option<impl Display>) -> Line {
        let source = match &setting.source {
            Source::Environment => format!("environment EVENKEEL_{}", key.to_uppercase()),
            source => source.to_string(),
        };
        Line { key, value: value.map(|value| value.to_string()), source }
    }
    let s = settings;
    let paging = s.paging.shown().map(|(key, setting, value)| line(key, setting, value));
    let format = match s.log_format.value {
        crate::cli::LogFormat::Text => "text",
        crate::cli::LogFormat::Json => "json",
    };
    let secret = s.s3.secret_key.value.as_ref().map(|_| "(hidden)");
    let path = |setting: &Setting<Option<PathBuf>>| {
        setting.value.as_ref().map(|path| path.display().to_string())
    };
    let lines = vec![
        line("data", &s.data, Some(s.data.value.display())),
        line(
            "database_url",
            &s.database_url,
            s.database_url.value.as_deref().map(without_password),
        ),
        line("listen", &s.listen, Some(&s.listen.value)),
        line("tls_cert", &s.tls.certificate, path(&s.tls.certificate)),
        line("tls_key", &s.tls.key, path(&s.tls.key)),
        line("public_url", &s.public_url, s.public_url.value.as_ref()),
        line("trusted_proxies", &s.trusted_proxies, Some(list(&s.trusted_proxies.value))),
        line("webhook_allow", &s.outward.webhook_allow, Some(list(&s.outward.webhook_allow.value))),
        line("push_allow", &s.outward.push_allow, Some(list(&s.outward.push_allow.value))),
        line(
            "subscriber_allow",
            &s.outward.subscriber_allow,
            Some(list(&s.outward.subscriber_allow.value)),
        ),
        line("webhook_ca", &s.outward.webhook_ca, s.outward.webhook_ca.value.as_ref()),
        line("keep_days", &s.keep_days, s.keep_days.value.as_ref()),
        line("paging_allow", &s.paging.allow, Some(list(&s.paging.allow.value))),
        line("smtp_url", &s.mail.smtp_url, s.mail.smtp_url.value.as_deref().map(without_password)),
        line("smtp_ca", &s.mail.smtp_ca, s.mail.smtp_ca.value.as_ref()),
        line("mail_from", &s.mail.from, s.mail.from.value.as_ref()),
        line("dkim_key", &s.mail.dkim_key, s.mail.dkim_key.value.as_ref()),
        line("dkim_selector", &s.mail.dkim_selector, s.mail.dkim_selector.value.as_ref()),
        line("smtp_listen", &s.inbound.smtp, s.inbound.smtp.value.as_ref()),
        line("lmtp_listen", &s.inbound.lmtp, s.inbound.lmtp.value.as_ref()),
        line("smtp_tls_cert", &s.inbound.certificate, path(&s.inbound.certificate)),
        line("smtp_tls_key", &s.inbound.key, path(&s.inbound.key)),
        line("mail_auth_server", &s.inbound.auth_server, s.inbound.auth_server.value.as_ref()),
        line("s3_bucket", &s.s3.bucket, s.s3.bucket.value.as_ref()),
        line("s3_endpoint", &s.s3.endpoint, s.s3.endpoint.value.as_ref()),
        line("s3_region", &s.s3.region, Some(&s.s3.region.value)),
        line("s3_prefix", &s.s3.prefix, s.s3.prefix.value.as_ref()),
        line("s3_access_key", &s.s3.access_key, s.s3.access_key.value.as_ref()),
        line("s3_secret_key", &s.s3.secret_key, secret),
        line("status_dir", &s.status.dir, path(&s.status.dir)),
        line("status_s3_bucket", &s.status.bucket, s.status.bucket.value.as_ref()),
        line("status_s3_prefix", &s.status.prefix, s.status.prefix.value.as_ref()),
        line("log", &s.log, Some(&s.log.value)),
        line("log_format", &s.log_format, Some(format)),
    ];
    lines.into_iter().chain(paging).collect()
}

fn list(networks: &[Network]) -> String {
    networks.iter().map(Network::to_string).collect::<Vec<_>>().join(",")
}

fn print(report: &Report) -> Result<(), Failed> {
    match &report.file {
        Some(path) => output::line(format!("Configuration file: {}\n", path.display()))?,
        None => output::line("Configuration file: none\n")?,
    }
    let rows: Vec<Vec<String>> = report
        .settings
        .iter()
        .map(|line| {
            let value = line.value.clone().unwrap_or_else(|| "–".to_owned());
            vec![line.key.to_owned(), value, line.source.clone()]
        })
        .collect();
    output::table(&["SETTING", "VALUE", "FROM"], &rows)?;
    output::line("")?;
    if report.findings.iter().all(|finding| finding.level == Level::Note) {
        output::line("Nothing is wrong.")?;
    }
    for finding in &report.findings {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let key = finding.key.map(|key| format!("{key}: ")).unwrap_or_default();
        output::line(format!("{level}: {key}{}", finding.what))?;
    }
    Ok(())
}

fn check_listen(settings: &Settings, findings: &mut Vec<Finding>) {
    let listen = &settings.listen.value;
    let addresses: Vec<SocketAddr> = match listen.to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            let what = format!(
                "`{listen}` is not an address with a port such as 127.0.0.1:7878 ({error})"
            );
            return findings.push(Finding { level: Level::Error, key: Some("listen"), what });
        }
    };
    let private = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if settings.tls.speaks() || addresses.iter().all(|address| private(address.ip())) {
        return;
    }
    let https = settings.public_url.value.as_deref().is_some_and(|url| url.starts_with("https://"));
    let what = if https {
        "others on the network reach this address without TLS, past the proxy; listen on 127.0.0.1 if the proxy runs here"
    } else {
        "others on the network reach this address, and what passes is not encrypted: TLS is not configured; \
         say tls_cert and tls_key, or put a reverse proxy with TLS in front, listen on 127.0.0.1 and say its address with --public-url https://…"
    };
    findings.push(Finding { level: Level::Warning, key: Some("listen"), what: what.to_owned() });
}

fn check_public_url(settings: &Settings, findings: &mut Vec<Finding>) {
    let Some(url) = &settings.public_url.value else { return };
    let finding = match public_url(url) {
        Err(what) => Some((Level::Error, what)),
        Ok(url)
            if url.starts_with("http://")
                && !url.contains("//127.0.0.1")
                && !url.contains("//localhost") =>
        {
            Some((
                Level::Warning,
                "passwords and cookies travel unencrypted; use https://".to_owned(),
            ))
        }
        Ok(_) => None,
    };
    findings.extend(finding.map(|(level, what)| Finding { level, key: Some("public_url"), what }));
}

fn check_trusted_proxies(settings: &Settings, findings: &mut Vec<Finding>) {
    let everybody = settings.trusted_proxies.value.iter().find(|network| network.is_everybody());
    findings.extend(everybody.map(|network| Finding {
        level: Level::Warning,
        key: Some("trusted_proxies"),
        what: format!(
            "{network} is everybody; whoever guesses passwords may pretend to be somebody else each time"
        ),
    }));
}

fn check_data(settings: &Settings, findings: &mut Vec<Finding>) {
    let folder = &settings.data.value;
    let what = match nearest_existing(folder) {
        Some(existing) if !existing.is_dir() => format!("{} is not a folder", existing.display()),
        Some(existing) => match writable(&existing) {
            Ok(()) => return,
            Err(error) => format!("{} cannot be written: {error}", existing.display()),
        },
        None => format!("{} does not exist and cannot be made", folder.display()),
    };
    findings.push(Finding { level: Level::Error, key: Some("data"), what });
}

/// The folder itself, or the one in which it would be made.
fn nearest_existing(folder: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(folder).ok()?;
    absolute.ancestors().find(|path| path.exists()).map(Path::to_path_buf)
}

/// The only sure way to know is to try.
fn writable(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".evenkeel-check-{}", std::process::id()));
    std::fs::File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

async fn check_database(settings: &Settings, findings: &mut Vec<Finding>) {
    let (key, wrong) = match &settings.database_url.value {
        Some(url) => ("database_url", check_postgres(url).await.err()),
        None => ("data", check_sqlite(&crate::instance::sqlite_file(settings)).err()),
    };
    findings.extend(wrong.map(|what| Finding { level: Level::Error, key: Some(key), what }));
}

/// Looks at the file without opening it as a database: checking changes nothing.
fn check_sqlite(path: &Path) -> Result<(), String> {
    use std::io::Read;
    let cannot = |error: std::io::Error| format!("{} cannot be used: {error}", path.display());
    let mut file = match std::fs::OpenOptions::new().read(true).append(true).open(path) {
        // `serve` and `init` will make it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(cannot)?,
    };
    let mut start = [0; SQLITE_MAGIC.len()];
    match file.read(&mut start).map_err(cannot)? {
        0 => Ok(()),
        _ if start == SQLITE_MAGIC => Ok(()),
        _ => Err(format!("{} is not a SQLite database", path.display())),
    }
}

async fn check_postgres(url: &str) -> Result<(), String> {
    let config: tokio_postgres::Config = url
        .parse()
        .map_err(|error| format!("is not a URL such as postgres://user@host/name ({error})"))?;
    let answer = tokio::time::timeout(PATIENCE, answers(&config)).await;
    answer.unwrap_or_else(|_| {
        Err(format!("the database does not answer within {} seconds", PATIENCE.as_secs()))
    })
}

/// Signs in where that is possible without TLS; else only knocks.
async fn answers(config: &tokio_postgres::Config) -> Result<(), String> {
    use tokio_postgres::config::{Host, SslMode};
    if config.get_ssl_mode() != SslMode::Require {
        return match config.connect(tokio_postgres::NoTls).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let cause = std::error::Error::source(&error)
                    .map(|cause| format!(": {cause}"))
                    .unwrap_or_default();
                Err(format!("the database does not answer: {error}{cause}"))
            }
        };
    }
    let port = config.get_ports().first().copied().unwrap_or(5432);
    for host in config.get_hosts() {
        let Host::Tcp(host) = host else { continue };
        tokio::net::TcpStream::connect((host.as_str(), port))
            .await
            .map_err(|error| format!("{host}:{port} does not answer: {error}"))?;
    }
    Ok(())
}

/// A mistyped variable does nothing and says nothing; here it is named.
fn check_variables(findings: &mut Vec<Finding>) {
    let known = known_variables();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with("EVENKEEL_")) else {
            continue;
        };
        if value.is_empty() {
            continue;
        }
        if known.contains(name) || OTHER_VARIABLES.iter().any(|other| name.starts_with(other)) {
            continue;
        }
        let near = super::file::nearest(name, known.iter().map(String::as_str))
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        let what = format!("the environment variable {name} means nothing{near}");
        findings.push(Finding { level: Level::Warning, key: None, what });
    }
}

fn known_variables() -> BTreeSet<String> {
    fn collect(command: &clap::Command, into: &mut BTreeSet<String>) {
        let named =
            |arg: &clap::Arg| arg.get_env().and_then(|name| name.to_str().map(str::to_owned));
        into.extend(command.get_arguments().filter_map(named));
        command.get_subcommands().for_each(|sub| collect(sub, into));
    }
    let mut known = BTreeSet::new();
    collect(&crate::cli::command(), &mut known);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://evenkeel:s3cret@db/evenkeel", "postgres://evenkeel:…@db/evenkeel"),
            ("postgres://evenkeel:s3@cret@db/evenkeel", "postgres://evenkeel:…@db/evenkeel"),
            (
                "postgres://evenkeel@db:5432/evenkeel?sslmode=require",
                "postgres://evenkeel@db:5432/evenkeel?sslmode=require",
            ),
            (
                "postgres://db/evenkeel?user=a&password=s3cret",
                "postgres://db/evenkeel?user=a&password=…",
            ),
            ("host=db password=s3cret", "(hidden)"),
            ("postgres://evenkeel:s3/cret@db/evenkeel", "(hidden)"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn public_addresses_are_checked() {
        assert_eq!(public_url("https://desk.example/").unwrap(), "https://desk.example");
        for bad in [
            "desk.example",
            "ftp://desk.example",
            "https://desk.example/path",
            "https://",
            "https://a?b",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
