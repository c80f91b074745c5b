//! What can be said on the command line. Environment variables and the
//! configuration file follow from it: see [`crate::config`].

mod apply;
mod evaluate;
mod examples;
mod import;
mod paging;
mod report;
mod status;

use self::status::StatusArgs;
pub(crate) use apply::{ApplyArgs, DiffArgs, ExportArgs};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
pub(crate) use evaluate::{DuplicatesArgs, EvaluateCommand, RemainingArgs, RoutingArgs};
use examples::{
    APPLY_EXAMPLES, BACKUP_EXAMPLES, COMPLETIONS_EXAMPLES, CONFIG_EXAMPLES, DEMO_EXAMPLES,
    DIFF_EXAMPLES, EVALUATE_EXAMPLES, EXPORT_EXAMPLES, IMPORT_EXAMPLES, INIT_EXAMPLES,
    MAIL_EXAMPLES, MAIN_EXAMPLES, REPORT_EXAMPLES, RESTORE_EXAMPLES, SERVE_EXAMPLES,
    TOKEN_EXAMPLES, USER_EXAMPLES, VERIFY_EXAMPLES,
};
pub(crate) use import::{ImportCommand, ServicenowAuditArgs, ServicesArgs};
use incident::TokenScope;
use kernel::{Network, Role};
use paging::PagingArgs;
pub(crate) use report::{Form as ReportForm, ReportArgs};
use std::path::PathBuf;

/// ITIL incident management in one program.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, after_help = MAIN_EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Settings that every command takes. Read them from [`crate::config::Settings`],
/// which also knows the configuration file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct GlobalArgs {
    /// Folder of the SQLite database and of attachments
    #[arg(long, global = true, value_name = "DIR", default_value = "./evenkeel-data", value_hint = ValueHint::DirPath)]
    pub(crate) data: PathBuf,
    /// PostgreSQL database to use instead of the SQLite file, postgres://user:password@host/name
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) database_url: Option<String>,
    #[command(flatten)]
    pub(crate) s3: S3Args,
    /// Configuration file [default: evenkeel.toml here or in the data folder, if there is one]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// What to log: error, warn, info, debug, trace, or by part such as `warn,desk=debug` [default: info for serve and demo, else warn]
    #[arg(long, global = true, value_name = "FILTER", value_parser = crate::logging::parse_filter)]
    pub(crate) log: Option<String>,
    /// How to log
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// Settings of an S3-compatible store.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct S3Args {
    /// Bucket of an S3-compatible store that keeps attachments, instead of the data folder
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) s3_bucket: Option<String>,
    /// Address of that store, https://s3.company.example [default: Amazon's of the region]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) s3_endpoint: Option<String>,
    /// Region of that store
    #[arg(long, global = true, value_name = "REGION", default_value = "us-east-1")]
    pub(crate) s3_region: String,
    /// What names in the bucket begin with, such as evenkeel/
    #[arg(long, global = true, value_name = "PREFIX")]
    pub(crate) s3_prefix: Option<String>,
    /// Id of the access key to the bucket
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) s3_access_key: Option<String>,
    /// Secret of the access key; others on the machine see flags, so better as EVENKEEL_S3_SECRET_KEY
    #[arg(long, global = true, value_name = "SECRET")]
    pub(crate) s3_secret_key: Option<String>,
}

/// Settings of the commands that serve.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
    pub(crate) listen: String,
    /// Certificate and those of its signers (PEM), to speak HTTPS and nothing else; read again when it changes
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tls_key: Option<PathBuf>,
    /// Address under which people reach it, when that is another one: https://desk.company.example
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) public_url: Option<String>,
    /// Mail server that takes letters, smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host; others on the machine see flags, so better as EVENKEEL_SMTP_URL
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) smtp_url: Option<String>,
    /// Certificates in PEM that the mail server's may be, or be signed by, beside those that the system trusts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) smtp_ca: Option<String>,
    /// Who letters are from and who gets the answers, "Service Desk <help@company.example>"
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) mail_from: Option<String>,
    /// Private key in PEM that signs letters (DKIM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dkim_key: Option<String>,
    /// Name of the key that signs letters, in DNS below _domainkey of the sender's domain
    #[arg(long, value_name = "NAME")]
    pub(crate) dkim_selector: Option<String>,
    #[command(flatten)]
    pub(crate) inbound: InboundArgs,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    #[command(flatten)]
    pub(crate) status: StatusArgs,
    /// Addresses or networks of the proxies in front, which may say for whom they speak, 10.0.0.0/8
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1",
        value_parser = network
    )]
    pub(crate) trusted_proxies: Vec<Network>,
    /// Networks that webhooks may reach besides the internet, and without encryption, 10.1.2.0/24
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = network)]
    pub(crate) webhook_allow: Vec<Network>,
    /// Networks of push services of one's own, besides those of browsers' vendors, and without encryption, 10.1.2.0/24
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = network)]
    pub(crate) push_allow: Vec<Network>,
    /// Networks that programs which subscribe to the status page may be in besides the internet, and without encryption, 10.1.2.0/24
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = network)]
    pub(crate) subscriber_allow: Vec<Network>,
    /// Days after which alerts that are over, pages and past maintenance are forgotten
    #[arg(long, value_name = "DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(30..=36_500))]
    pub(crate) keep_days: u32,
    /// Certificates in PEM that those of webhooks and push services may be, or be signed by, beside those that the system trusts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) webhook_ca: Option<String>,
}

/// Settings of the listener for mail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct InboundArgs {
    /// Address to take mail at by SMTP, 127.0.0.1:2525; only for the addresses of mailboxes
    #[arg(long, value_name = "ADDR")]
    pub(crate) smtp_listen: Option<String>,
    /// Address or path of a socket to take mail at by LMTP, 127.0.0.1:2424 or /run/evenkeel/lmtp
    #[arg(long, value_name = "ADDR")]
    pub(crate) lmtp_listen: Option<String>,
    /// Certificate (PEM) to offer STARTTLS with to whoever brings mail
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) smtp_tls_cert: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) smtp_tls_key: Option<PathBuf>,
    /// Name by which the receiving mail server signs its Authentication-Results; without it no
    /// sender counts as proven
    #[arg(long, value_name = "NAME")]
    pub(crate) mail_auth_server: Option<String>,
}

fn network(text: &str) -> Result<Network, String> {
    text.parse().map_err(|error: kernel::Invalid| format!("`{text}` {error}"))
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything
    #[command(after_help = SERVE_EXAMPLES)]
    Serve {
        #[command(flatten)]
        serve: ServeArgs,
    },
    /// Serve an invented company with months of history and some live trouble
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(DemoArgs),
    /// Make the database and its first administrator
    #[command(after_help = INIT_EXAMPLES)]
    Init(InitArgs),
    /// People: add, list, disable, enable, reset a password
    #[command(after_help = USER_EXAMPLES, subcommand)]
    User(UserCommand),
    /// API tokens: create, list, revoke
    #[command(after_help = TOKEN_EXAMPLES, subcommand)]
    Token(TokenCommand),
    /// Configuration as code: do what files say of teams, people, services and so on
    #[command(after_help = APPLY_EXAMPLES)]
    Apply(ApplyArgs),
    /// Say what applying files would change
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArgs),
    /// Print the configuration as a file that can be applied
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(ExportArgs),
    /// Bring in another system's data
    #[command(after_help = IMPORT_EXAMPLES, subcommand)]
    Import(ImportCommand),
    /// Measure on a file how good suggestions and similar ones are
    #[command(after_help = EVALUATE_EXAMPLES, subcommand)]
    Evaluate(EvaluateCommand),
    /// Print figures of service quality, of all incidents
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArgs),
    /// Take one message from standard input, as a mail server's pipe hands it over
    #[command(after_help = MAIL_EXAMPLES)]
    Mail(MailArgs),
    /// Check that what is stored still holds together
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy database and attachments into one file, also while a server runs
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup {
        /// The file to write
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Bring a backup back; refuses to overwrite unless told
    #[command(after_help = RESTORE_EXAMPLES)]
    Restore {
        /// The file to read
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Replace what is there
        #[arg(long)]
        overwrite: bool,
    },
    /// The configuration in force
    #[command(after_help = CONFIG_EXAMPLES, subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Build the company anew; deletes a data folder only if a demo made it
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Without live trouble: nothing happens that you do not do
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// E-mail address of the first administrator
    #[arg(long, value_name = "EMAIL", value_hint = ValueHint::EmailAddress)]
    pub(crate) admin_email: String,
    /// Their name [default: taken from the address]
    #[arg(long, value_name = "NAME")]
    pub(crate) admin_name: Option<String>,
    /// Name of the organisation, shown on screen
    #[arg(long, value_name = "ORGANISATION")]
    pub(crate) name: Option<String>,
    /// Time zone of the organisation, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = import::parse_zone)]
    pub(crate) time_zone: Option<String>,
    /// Done, not failed, when there is an administrator already
    #[arg(long)]
    pub(crate) if_missing: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add somebody
    #[command(after_help = USER_EXAMPLES)]
    Add(UserAddArgs),
    /// List everybody
    #[command(after_help = USER_EXAMPLES)]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take an account out of use and end its sessions
    #[command(after_help = USER_EXAMPLES)]
    Disable {
        /// Whose
        #[arg(value_hint = ValueHint::EmailAddress)]
        email: String,
    },
    /// Bring an account back into use
    #[command(after_help = USER_EXAMPLES)]
    Enable {
        /// Whose
        #[arg(value_hint = ValueHint::EmailAddress)]
        email: String,
    },
    /// Give a new password, end all sessions; prints a random one, alone, unless told
    #[command(after_help = USER_EXAMPLES)]
    ResetPassword {
        /// Whose
        #[arg(value_hint = ValueHint::EmailAddress)]
        email: String,
        /// Take the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UserAddArgs {
    /// E-mail address
    #[arg(long, value_hint = ValueHint::EmailAddress)]
    pub(crate) email: String,
    /// Display name
    #[arg(long)]
    pub(crate) name: String,
    /// What they do besides reporting: agent, responder, manager, administrator, auditor; repeat for several
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<Role>,
    /// Team they belong to, by name; repeat for several
    #[arg(long = "team", value_name = "TEAM")]
    pub(crate) teams: Vec<String>,
    /// Take the password from the first line of standard input; without it they cannot sign in yet
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; prints its secret once, alone
    #[command(after_help = TOKEN_EXAMPLES)]
    Create(TokenCreateArgs),
    /// List the tokens, without their secrets
    #[command(after_help = TOKEN_EXAMPLES)]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End a token
    #[command(after_help = TOKEN_EXAMPLES)]
    Revoke {
        /// Which one, by the id that `list` shows
        #[arg(value_parser = parse_token_id)]
        id: kernel::TokenId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreateArgs {
    /// On whose behalf it acts, by e-mail address
    #[arg(long, value_name = "EMAIL", value_hint = ValueHint::EmailAddress)]
    pub(crate) user: String,
    /// What it may do at most: admin, write, read, intake
    #[arg(long)]
    pub(crate) scope: TokenScope,
    /// What it is for
    #[arg(long, default_value = "made on the command line")]
    pub(crate) name: String,
    /// When it ends: 90d, 2027-01-01 (at the start of that day, UTC) or an RFC 3339 time [default: never]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MailArgs {
    /// The mailbox it is for, by name, key or address [default: the one that a recipient belongs to]
    #[arg(long, value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
    /// The sender of its envelope; empty for what mail servers report
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub(crate) sender: Option<String>,
    /// A recipient of its envelope; repeat for several
    #[arg(long = "recipient", value_name = "ADDRESS", allow_hyphen_values = true)]
    pub(crate) recipients: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is in force, where each value comes from, and what is wrong
    #[command(after_help = CONFIG_EXAMPLES)]
    Check {
        #[command(flatten)]
        serve: ServeArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The whole command line, every flag with its environment variable.
pub(crate) fn command() -> clap::Command {
    with_variables(Cli::command(), "EVENKEEL")
}

/// Of [`command`] what `evenkeel mail` needs, and nothing else.
pub(crate) fn mail_command() -> clap::Command {
    let settings = GlobalArgs::augment_args(clap::Command::new("evenkeel"));
    let mail = MailArgs::augment_args(clap::Command::new("mail"));
    with_variables(settings.subcommand(mail), "EVENKEEL")
}

/// Settings are called `EVENKEEL_LISTEN` whatever the command; flags of one command
/// carry its name, `EVENKEEL_INIT_ADMIN_EMAIL`.
fn with_variables(command: clap::Command, prefix: &str) -> clap::Command {
    let prefix = prefix.to_owned();
    let of_args = prefix.clone();
    let command = command.mut_args(move |arg| {
        let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
            return arg;
        };
        let word = long.replace('-', "_").to_uppercase();
        let name = if crate::config::is_setting(arg.get_id().as_str()) {
            format!("EVENKEEL_{word}")
        } else {
            format!("{of_args}_{word}")
        };
        // Set but empty is how container files say "not set".
        if std::env::var_os(&name).is_some_and(|value| value.is_empty()) {
            return arg;
        }
        arg.env(name).hide_env_values(true)
    });
    command.mut_subcommands(move |sub| {
        let word = sub.get_name().replace('-', "_").to_uppercase();
        let inner = format!("{prefix}_{word}");
        with_variables(sub, &inner)
    })
}

fn parse_token_id(text: &str) -> Result<kernel::TokenId, String> {
    text.parse().map_err(|_| "is no id of a token; `evenkeel token list` shows them".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn variables_are_named_after_command_and_flag() {
        let command = command();
        let init = command.find_subcommand("init").unwrap();
        let variable = |command: &clap::Command, id: &str| {
            let arg = command.get_arguments().find(|arg| arg.get_id() == id).unwrap();
            arg.get_env().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(variable(init, "admin_email"), "EVENKEEL_INIT_ADMIN_EMAIL");
        assert_eq!(variable(&command, "database_url"), "EVENKEEL_DATABASE_URL");
        assert_eq!(
            variable(command.find_subcommand("serve").unwrap(), "listen"),
            "EVENKEEL_LISTEN"
        );
    }

    #[test]
    fn mail_is_understood_alike_without_the_rest() {
        for line in [
            &["evenkeel", "mail"][..],
            &[
                "evenkeel",
                "mail",
                "--sender=",
                "--recipient=-a@b.example",
                "--recipient=c@d.example",
            ],
            &["evenkeel", "--data", "mail", "mail", "--mailbox", "Help", "--log", "info"],
        ] {
            let read = |command: clap::Command| {
                let matches = command.try_get_matches_from(line.iter().copied()).unwrap();
                format!("{:?}", Cli::from_arg_matches(&matches).unwrap())
            };
            assert_eq!(read(mail_command()), read(command()), "{line:?}");
        }
        for line in [["evenkeel", "mail", "--wrong"], ["evenkeel", "user", "mail"]] {
            assert!(mail_command().try_get_matches_from(line).is_err(), "{line:?}");
        }
    }
}
