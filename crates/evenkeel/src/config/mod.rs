//! The configuration in force. Every flag is also an environment variable (see
//! [`crate::cli::command`]) and a key of the configuration file. A flag wins over
//! the environment, the environment over the file, the file over the default; each
//! setting remembers where it came from.

mod check;
mod file;
mod inbound;
mod mail;
mod outward;
mod paging;
mod s3;
mod status;
mod tls;

pub(crate) use check::check;
pub(crate) use file::nearest;
pub(crate) use mail::Mail;

use self::status::StatusSettings;
use crate::cli::{Cli, LogFormat};
use crate::failed::Failed;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, FromArgMatches};
use file::ConfigFile;
use inbound::InboundSettings;
use kernel::Network;
use mail::MailSettings;
use outward::OutwardSettings;
use paging::PagingSettings;
use s3::S3Settings;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use tls::TlsSettings;

/// The settings: what the instance needs to know, whichever the command.
const SETTINGS: &[&str] = &[
    "data",
    "database_url",
    "config",
    "listen",
    "tls_cert",
    "tls_key",
    "public_url",
    "trusted_proxies",
    "webhook_allow",
    "push_allow",
    "subscriber_allow",
    "webhook_ca",
    "keep_days",
    "twilio_account",
    "twilio_token",
    "twilio_from",
    "twilio_url",
    "sms_gateway_url",
    "sms_gateway_method",
    "sms_gateway_body",
    "sms_gateway_header",
    "sms_gateway_id",
    "ntfy_url",
    "ntfy_token",
    "telegram_token",
    "telegram_url",
    "paging_allow",
    "smtp_url",
    "smtp_ca",
    "mail_from",
    "dkim_key",
    "dkim_selector",
    SMTP_LISTEN,
    LMTP_LISTEN,
    "smtp_tls_cert",
    "smtp_tls_key",
    "mail_auth_server",
    "s3_bucket",
    "s3_endpoint",
    "s3_region",
    "s3_prefix",
    "s3_access_key",
    "s3_secret_key",
    STATUS_DIR,
    STATUS_S3_BUCKET,
    "status_s3_prefix",
    "log",
    "log_format",
];
/// The one that a configuration file cannot say.
const OUTSIDE_THE_FILE: &str = "config";
/// Settings that the demo takes from its own command line alone, so that it never
/// touches the data of a real instance, nor writes to anybody or takes their mail.
const NOT_FOR_THE_DEMO: [&str; 12] = [
    "data",
    "database_url",
    SMTP_URL,
    SMTP_LISTEN,
    LMTP_LISTEN,
    S3_BUCKET,
    STATUS_DIR,
    STATUS_S3_BUCKET,
    "twilio_account",
    "sms_gateway_url",
    "ntfy_url",
    "telegram_token",
];
const SMTP_URL: &str = "smtp_url";
const SMTP_LISTEN: &str = "smtp_listen";
const LMTP_LISTEN: &str = "lmtp_listen";
const S3_BUCKET: &str = "s3_bucket";
const STATUS_DIR: &str = "status_dir";
const STATUS_S3_BUCKET: &str = "status_s3_bucket";
const DEMO: &str = "demo";
const DEMO_DATA: &str = "./evenkeel-demo";

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Said on the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// A key of the configuration file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The folder of database and attachments.
    pub(crate) data: Setting<PathBuf>,
    /// A PostgreSQL database instead of the SQLite file.
    pub(crate) database_url: Setting<Option<String>>,
    /// Address to listen on.
    pub(crate) listen: Setting<String>,
    /// HTTPS of our own.
    pub(crate) tls: TlsSettings,
    /// Address under which people reach it.
    pub(crate) public_url: Setting<Option<String>>,
    /// Who may say for whom they speak.
    pub(crate) trusted_proxies: Setting<Vec<Network>>,
    /// Webhooks and push.
    pub(crate) outward: OutwardSettings,
    /// Days after which what is old is forgotten; nothing where nothing is served.
    pub(crate) keep_days: Setting<Option<u32>>,
    /// Mail that goes out.
    pub(crate) mail: MailSettings,
    /// By what people are paged besides mail.
    pub(crate) paging: PagingSettings,
    /// Mail that comes in.
    pub(crate) inbound: InboundSettings,
    /// An S3-compatible store for attachments instead of the data folder.
    pub(crate) s3: S3Settings,
    /// Where the status page is published besides here.
    pub(crate) status: StatusSettings,
    /// What is logged.
    pub(crate) log: Setting<String>,
    /// How it is logged.
    pub(crate) log_format: Setting<LogFormat>,
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
}

/// Why there is no configuration.
pub(crate) enum Unread {
    /// The command line is wrong, or help was asked for; it explains itself.
    CommandLine(Box<clap::Error>),
    /// The configuration file is wrong.
    File(Failed),
}

/// Whether an argument of this id is a setting of the instance, not of one command.
pub(crate) fn is_setting(id: &str) -> bool {
    SETTINGS.contains(&id)
}

/// Reads command line, environment and configuration file.
///
/// The file is found through the command line and speaks last: its values are put
/// behind the arguments as if somebody had typed them, where nobody else did.
pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<(Cli, Settings), Unread> {
    let args: Vec<OsString> = args.into_iter().collect();
    // A mail server's pipe starts a process for each message, which need not know what else could be
    // said. Of what is wrong the whole command line tells.
    if args.iter().any(|word| word == "mail")
        && let Ok(read) = read_by(crate::cli::mail_command(), args.clone())
    {
        return Ok(read);
    }
    read_by(crate::cli::command(), args)
}

fn read_by(command: Command, mut args: Vec<OsString>) -> Result<(Cli, Settings), Unread> {
    let without_file = match loosened(command.clone()).try_get_matches_from(&args) {
        Ok(matches) => matches,
        // What has to be there is told by the command line as it really is.
        Err(error) => {
            let strict = command.try_get_matches_from(&args).err();
            return Err(Unread::CommandLine(Box::new(strict.unwrap_or(error))));
        }
    };
    let (path, leaf) = leaf(&without_file);
    let file = ConfigFile::find(leaf, path == [DEMO]).map_err(Unread::File)?;
    let from_file = match &file {
        Some(file) => file.arguments(&command, &path, leaf).map_err(Unread::File)?,
        None => vec![],
    };
    insert(&mut args, from_file.iter().map(|(_, argument)| argument.clone()));
    let matches = command
        .try_get_matches_from(&args)
        .map_err(|error| unread(error, &file, !from_file.is_empty()))?;
    let cli =
        Cli::from_arg_matches(&matches).map_err(|error| Unread::CommandLine(Box::new(error)))?;
    let said_by_file: Vec<&str> = from_file.iter().map(|(id, _)| id.as_str()).collect();
    let settings = Settings::of(&matches, file.map(|file| file.path), &said_by_file);
    Ok((cli, settings))
}

/// A value of the file that is refused is the file's fault, not the command line's.
fn unread(error: clap::Error, file: &Option<ConfigFile>, file_spoke: bool) -> Unread {
    use clap::error::ErrorKind::{InvalidValue, ValueValidation};
    match file {
        Some(file) if file_spoke && matches!(error.kind(), InvalidValue | ValueValidation) => {
            let words = error.to_string();
            let first = words.lines().next().unwrap_or_default().trim_start_matches("error: ");
            Unread::File(Failed::usage(format!("{}: {first}", file.path.display())))
        }
        _ => Unread::CommandLine(Box::new(error)),
    }
}

/// Puts arguments behind the others, but before a `--`.
fn insert(args: &mut Vec<OsString>, more: impl Iterator<Item = OsString>) {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    args.splice(end..end, more);
}

/// The same command line with nothing required: the file may say the rest.
fn loosened(command: Command) -> Command {
    command.mut_args(|arg| arg.required(false)).mut_subcommands(loosened)
}

/// The names of the commands given, and the matches of the last one.
fn leaf(matches: &ArgMatches) -> (Vec<&str>, &ArgMatches) {
    let (mut path, mut at) = (vec![], matches);
    while let Some((name, inner)) = at.subcommand() {
        path.push(name);
        at = inner;
    }
    (path, at)
}

/// Nobody where nothing is served.
fn networks(leaf: &ArgMatches, source: impl Fn(&str) -> Source, id: &str) -> Setting<Vec<Network>> {
    match leaf.try_get_many(id) {
        Ok(said) => {
            Setting { value: said.into_iter().flatten().copied().collect(), source: source(id) }
        }
        Err(_) => Setting { value: vec![], source: Source::Default },
    }
}

fn outward_settings(
    leaf: &ArgMatches,
    source: impl Fn(&str) -> Source + Copy,
    webhook_ca: Setting<Option<String>>,
) -> OutwardSettings {
    OutwardSettings {
        webhook_allow: networks(leaf, source, "webhook_allow"),
        push_allow: networks(leaf, source, "push_allow"),
        subscriber_allow: networks(leaf, source, "subscriber_allow"),
        webhook_ca,
    }
}

impl Settings {
    fn of(matches: &ArgMatches, file: Option<PathBuf>, said_by_file: &[&str]) -> Settings {
        let (path, leaf) = leaf(matches);
        let source = |id: &str| match (leaf.value_source(id), &file) {
            (Some(ValueSource::CommandLine), Some(file)) if said_by_file.contains(&id) => {
                Source::File(file.clone())
            }
            (Some(ValueSource::CommandLine), _) => Source::Flag,
            (Some(ValueSource::EnvVariable), _) => Source::Environment,
            _ => Source::Default,
        };
        let text = |id: &str| leaf.get_one::<String>(id).cloned();
        // Not every command listens.
        let listens = leaf.try_contains_id("listen").is_ok();
        let served = |id: &str| match listens {
            true => Setting { value: text(id), source: source(id) },
            false => Setting { value: None, source: Source::Default },
        };
        let serves = ["serve", DEMO].contains(&path.first().copied().unwrap_or_default());
        let data = leaf.get_one::<PathBuf>("data").cloned().unwrap_or_default();
        let served_file = |id: &str| match listens {
            true => Setting { value: leaf.get_one::<PathBuf>(id).cloned(), source: source(id) },
            false => Setting { value: None, source: Source::Default },
        };
        let served_days = |id: &str| match listens {
            true => Setting { value: leaf.get_one::<u32>(id).copied(), source: source(id) },
            false => Setting { value: None, source: Source::Default },
        };
        let listen = served("listen");
        let said = |id: &str| Setting { value: text(id), source: source(id) };
        let mut settings = Settings {
            data: Setting { value: data, source: source("data") },
            database_url: said("database_url"),
            listen: Setting { value: listen.value.unwrap_or_default(), source: listen.source },
            tls: TlsSettings { certificate: served_file("tls_cert"), key: served_file("tls_key") },
            public_url: served("public_url"),
            trusted_proxies: networks(leaf, source, "trusted_proxies"),
            outward: outward_settings(leaf, source, served("webhook_ca")),
            keep_days: served_days("keep_days"),
            mail: MailSettings {
                smtp_url: served(SMTP_URL),
                smtp_ca: served("smtp_ca"),
                from: served("mail_from"),
                dkim_key: served("dkim_key"),
                dkim_selector: served("dkim_selector"),
            },
            paging: PagingSettings::of(served, networks(leaf, source, "paging_allow")),
            inbound: InboundSettings {
                smtp: served(SMTP_LISTEN),
                lmtp: served(LMTP_LISTEN),
                certificate: served_file("smtp_tls_cert"),
                key: served_file("smtp_tls_key"),
                auth_server: served("mail_auth_server"),
            },
            s3: S3Settings::of(said),
            status: StatusSettings {
                dir: served_file(STATUS_DIR),
                bucket: served(STATUS_S3_BUCKET),
                prefix: served("status_s3_prefix"),
            },
            log: Setting {
                value: text("log")
                    .unwrap_or_else(|| if serves { "info" } else { "warn" }.to_owned()),
                source: source("log"),
            },
            log_format: Setting {
                value: leaf.get_one("log_format").copied().unwrap_or(LogFormat::Text),
                source: source("log_format"),
            },
            file,
        };
        if path == [DEMO] {
            settings.keep_the_demo_apart();
        }
        settings
    }

    fn keep_the_demo_apart(&mut self) {
        if self.data.source != Source::Flag {
            self.data = Setting { value: PathBuf::from(DEMO_DATA), source: Source::Default };
        }
        for setting in [
            &mut self.database_url,
            &mut self.mail.smtp_url,
            &mut self.inbound.smtp,
            &mut self.inbound.lmtp,
            &mut self.s3.bucket,
            &mut self.status.bucket,
        ] {
            if setting.source != Source::Flag {
                *setting = Setting { value: None, source: Source::Default };
            }
        }
        if self.status.dir.source != Source::Flag {
            self.status.dir = Setting { value: None, source: Source::Default };
        }
        self.paging.keep_apart();
    }

    /// Refuses what no server can run with, in words.
    pub(crate) fn public_url(&self) -> Result<Option<String>, Failed> {
        match &self.public_url.value {
            None => Ok(None),
            Some(url) => check::public_url(url).map(Some).map_err(Failed::usage),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag => f.write_str("flag"),
            Source::Environment => f.write_str("environment"),
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Default => f.write_str("default"),
        }
    }
}
