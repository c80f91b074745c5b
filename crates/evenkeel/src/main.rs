//! Evenkeel: ITIL incident management in one program.

mod apply;
mod backup;
mod cli;
mod completions;
mod config;
mod demo;
mod evaluate;
mod failed;
mod import;
mod init;
mod input;
mod instance;
mod logging;
mod mail;
mod memory;
mod output;
mod password;
mod progress;
mod report;
mod serve;
mod token;
mod user;
mod verify;

use cli::{Command, ConfigCommand, ImportCommand};
use config::{Settings, Unread};
use failed::Failed;
use instance::Lock;
use serve::Signals;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

/// Threads for work that blocks: reading the database, hashing passwords (19 MiB each).
const BLOCKING_THREADS_MAX: usize = 64;
/// How long a thread for such work waits for more. The memory that it keeps at hand goes with it.
const IDLE_THREADS_END: Duration = Duration::from_secs(2);
/// How long threads that still block may take to end.
const FAREWELL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Before anything is read, because the program begins once more there. A word that only looks like
    // one of these costs it some milliseconds.
    if std::env::args_os().any(|word| word == "serve" || word == "demo") {
        memory::give_back_at_once();
    }
    let (cli, settings) = match config::read(std::env::args_os()) {
        Ok(read) => read,
        // A mail server that is told of wrong usage gives the message back.
        Err(Unread::File(failed)) if mail::is_asked_for() => return mail::not_now(&failed),
        Err(Unread::CommandLine(error)) if error.use_stderr() && mail::is_asked_for() => {
            return mail::wrong_usage(&error);
        }
        Err(Unread::CommandLine(error)) => error.exit(),
        Err(Unread::File(failed)) => return end(Err(failed)),
    };
    logging::start(&settings.log.value, settings.log_format.value);
    if let Command::Mail(args) = &cli.command {
        // Without the threads of the others: one is started for each message.
        return mail::run(args, &settings);
    }
    memory::small_pages();
    let mut signals = None;
    // Starts over when a restore has put other data in the place of what was served.
    loop {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS_MAX)
            .thread_keep_alive(IDLE_THREADS_END)
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                return end(Err(Failed::new(format!("no threads to run on: {error}"))));
            }
        };
        // Behind a pointer, all that a command does is compiled once, and not once for each kind of
        // runtime that could drive it.
        let work: Pin<Box<dyn Future<Output = Result<Next, Failed>>>> =
            Box::pin(run(&cli.command, &settings, signals.take()));
        let done = runtime.block_on(work);
        // Whatever still has the database open ends here, before the folder's lock does.
        runtime.shutdown_timeout(FAREWELL);
        match done {
            Ok(Next::StartOver(lock, heard)) => {
                drop(lock);
                signals = Some(heard);
            }
            Ok(Next::End) => return end(Ok(())),
            Err(failed) => return end(Err(failed)),
        }
    }
}

/// What comes after a command that was done.
enum Next {
    /// The program ends.
    End,
    /// The data was replaced, or is about to be: let go of the folder and begin again.
    StartOver(Lock, Signals),
}

async fn run(
    command: &Command,
    settings: &Settings,
    signals: Option<Signals>,
) -> Result<Next, Failed> {
    match command {
        Command::Serve { .. } => return serve::run(settings, signals).await,
        Command::Demo(args) => demo::run(args, settings).await,
        Command::Init(args) => init::run(args, settings).await,
        Command::User(command) => user::run(command, settings).await,
        Command::Token(command) => token::run(command, settings).await,
        Command::Apply(args) => apply::apply(args, settings).await,
        Command::Diff(args) => apply::diff(args, settings).await,
        Command::Export(args) => apply::export(args, settings).await,
        Command::Import(ImportCommand::ServicenowAudit(args)) => import::run(args, settings).await,
        Command::Import(ImportCommand::Services(args)) => {
            import::services::run(args, settings).await
        }
        Command::Evaluate(command) => evaluate::run(command).await,
        Command::Report(args) => report::run(args, settings).await,
        // Done before.
        Command::Mail(_) => Ok(()),
        Command::Verify { json } => verify::run(settings, *json).await,
        Command::Backup { file } => backup::backup(settings, file).await,
        Command::Restore { file, overwrite } => backup::restore(settings, file, *overwrite).await,
        Command::Config(ConfigCommand::Check { json, .. }) => config::check(settings, *json).await,
        Command::Completions { shell } => completions::print(*shell),
    }
    .map(|()| Next::End)
}

fn end(done: Result<(), Failed>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            output::say(format!("evenkeel: {failed}"));
            ExitCode::from(failed.exit_code())
        }
    }
}
