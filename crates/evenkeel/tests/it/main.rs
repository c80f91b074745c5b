//! The program as people run it: the built binary on folders of its own.

mod apply;
mod attachments;
mod backup;
mod command_line;
mod configuration;
mod demo;
mod durability;
mod evaluate;
mod harness;
mod http;
mod import;
mod machine;
mod mail;
mod mail_servers;
mod monitoring;
mod people;
mod postgres;
mod report;
mod serving;
mod status;
mod told;
mod verify;
