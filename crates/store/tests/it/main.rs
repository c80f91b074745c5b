//! Storage tests: every one runs on SQLite, and on PostgreSQL too when
//! `EVENKEEL_TEST_POSTGRES` names a server.

mod harness;

mod alerts;
mod backup;
mod causes;
mod contacts;
mod deliveries;
mod directory;
mod documents;
mod engine;
mod expected;
mod feed;
mod files;
mod knowledge;
mod list;
mod mailed;
mod majors;
mod messages;
mod notices;
mod originals;
mod outside;
mod pages;
mod push;
mod recurring;
mod reports;
mod reviews;
mod rules;
mod schedules;
mod status;
mod suggestions;
mod surges;
mod telling;
mod together;
mod webhooks;
mod words;
