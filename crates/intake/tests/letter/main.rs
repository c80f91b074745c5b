//! Reading mail: messages in, letters out.

mod automatic;
mod check;
mod corpus;
mod envelope;
mod mutate;
mod pages;
mod parts;
mod properties;
mod replies;
mod reports;
