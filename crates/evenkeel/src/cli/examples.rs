//! What is said below the help of each command.

pub(super) const MAIN_EXAMPLES: &str = "\
Examples:
  evenkeel demo                                    look around in an invented company
  evenkeel init --admin-email you@company.example  make the database and the first administrator
  evenkeel serve                                   run it

Settings come from flags, environment variables (EVENKEEL_…) and evenkeel.toml, in this order.
`evenkeel config check` says what is in force.
Exit codes: 0 done, 1 failed, 2 wrong usage.";

pub(super) const SERVE_EXAMPLES: &str = "\
Examples:
  evenkeel serve
  evenkeel serve --data /srv/evenkeel --listen 127.0.0.1:8080 --public-url https://desk.company.example
  evenkeel serve --database-url postgres://evenkeel@db.company.example/evenkeel

Prints one line with the address on standard output when it is ready; logs go to standard error.
SIGTERM and SIGINT stop it cleanly: what has begun is finished, nothing new is taken.";

pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  evenkeel demo
  evenkeel demo --fresh --listen 127.0.0.1:8080

The demo keeps to itself: it ignores a data directory or database set by environment or file
and uses only one named with --data or --database-url here.";

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  evenkeel init --admin-email you@company.example --admin-name 'Ada Example'
  evenkeel init --admin-email you@company.example --if-missing < password.txt

The password is asked for on the terminal; without a terminal it is one line of standard input.";

pub(super) const USER_EXAMPLES: &str = "\
Examples:
  evenkeel user add --email ada@company.example --name 'Ada Example' --role agent --team Network
  evenkeel user list --json
  evenkeel user disable ada@company.example
  evenkeel user reset-password ada@company.example";

pub(super) const TOKEN_EXAMPLES: &str = "\
Examples:
  TOKEN=$(evenkeel token create --user ada@company.example --scope write --expires 90d)
  evenkeel token list
  evenkeel token revoke 0192f3a4-…";

pub(super) const APPLY_EXAMPLES: &str = "\
Examples:
  evenkeel apply configuration/ --dry-run
  evenkeel apply teams.yaml services.yaml
  evenkeel export services | sed 's/criticality: 2/criticality: 1/' | evenkeel apply -

All of it or nothing, and repeated it changes nothing. Things are known by name, people by e-mail address,
in any order; what files do not say stays. What is wrong is told with file, line and field.";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  evenkeel diff configuration/
  evenkeel diff configuration/ --json

Changes nothing. Exit code 0 when everything is as the files say, 1 when something differs or is wrong.";

pub(super) const EXPORT_EXAMPLES: &str = "\
Examples:
  evenkeel export > configuration.yaml
  evenkeel export teams services schedules
  evenkeel export --json

Applying what it prints changes nothing. It has no passwords and no keys, and of people those who work
for the service desk.";

pub(super) const IMPORT_EXAMPLES: &str = "\
Examples:
  evenkeel import servicenow-audit incident_event_log.csv --time-zone Europe/Berlin
  evenkeel import servicenow-audit audit.csv.gz --mapping columns.toml
  evenkeel import servicenow-audit --print-mapping > columns.toml

It can be interrupted and started again; what is there is not imported twice.";

pub(super) const SERVICES_EXAMPLES: &str = "\
Examples:
  evenkeel import services services.yaml --dry-run
  evenkeel import services catalog-info.yaml
  cat catalogue/*.yaml | evenkeel import services - --json

All of it or nothing, and repeated it changes nothing. Services are known by name; what the file does
not say stays. What is wrong is told with file, line and field.";

pub(super) const EVALUATE_EXAMPLES: &str = "\
Examples:
  evenkeel evaluate routing tickets.csv.gz
  evenkeel evaluate duplicates reports.csv duplicates.csv
  evenkeel evaluate remaining events.csv

Measures on a file what is learned from history, beside the simple methods. It needs no database
and changes nothing.";

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  evenkeel report compliance --from 2026-11-01 --to 2026-11-30
  evenkeel report times --by team --csv > times.csv
  evenkeel report backlog --json
  evenkeel report times --format parquet > times.parquet

Restricted incidents count, too. What each figure means stands in docs/reports.md.";

pub(super) const ROUTING_EXAMPLES: &str = "\
Examples:
  evenkeel evaluate routing tickets.csv.gz
  evenkeel evaluate routing tickets.csv --folds 5 --seed 1
  evenkeel evaluate routing export.csv --text 'Short description' --text Description --label 'Assignment group'

One line of the file is one ticket. Of each label a fifth is held out, the rest is learned from.";

pub(super) const DUPLICATES_EXAMPLES: &str = "\
Examples:
  evenkeel evaluate duplicates reports.csv duplicates.csv
  evenkeel evaluate duplicates reports.csv.gz duplicates.csv --json

Each report that has a duplicate in the file is compared with all others; any of its duplicates counts
as found. Several numbers in one field are parted by commas.";

pub(super) const REMAINING_EXAMPLES: &str = "\
Examples:
  evenkeel evaluate remaining events.csv.gz
  evenkeel evaluate remaining events.csv --case Ticket --activity Status --time Changed
  evenkeel evaluate remaining events.csv --fact Service --fact Team --group Priority --json

One line of the file is one event, the last event of a case is its end. Asked is after each event but the
last, and again while nothing else happens: by what was learned from other cases by chance, and from those
that ended before a date of those that began after it. Facts must be known when the event happens.";

pub(super) const MAIL_EXAMPLES: &str = "\
Examples:
  evenkeel mail < message.eml
  evenkeel mail --mailbox 'Service desk' < message.eml

  evenkeel mail --sender=ada@company.example --recipient=help@company.example < message.eml

The administrator's guide has the lines for Postfix. Whether a server runs meanwhile or not is the same.
Exit codes: 0 kept; 75 not kept, wrong usage or no such mailbox: try again; 65 too large or empty.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  evenkeel verify
  evenkeel verify --json --data /srv/evenkeel

Exit code 0 when everything holds, 1 when something does not.";

pub(super) const BACKUP_EXAMPLES: &str = "\
Examples:
  evenkeel backup /backups/evenkeel-monday.backup
  evenkeel backup evenkeel.backup --database-url postgres://evenkeel@db.company.example/evenkeel";

pub(super) const RESTORE_EXAMPLES: &str = "\
Examples:
  evenkeel restore /backups/evenkeel-monday.backup --data /srv/evenkeel-restored
  evenkeel restore evenkeel.backup --data /srv/evenkeel --overwrite

A server that runs on the data lets go of it and goes on with what was brought back; a demo ends.";

pub(super) const CONFIG_EXAMPLES: &str = "\
Examples:
  evenkeel config check
  evenkeel config check --config /etc/evenkeel.toml --json";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  evenkeel completions bash > /etc/bash_completion.d/evenkeel
  evenkeel completions fish > ~/.config/fish/completions/evenkeel.fish";
