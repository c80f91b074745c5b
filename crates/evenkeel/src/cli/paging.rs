//! Flags about by what people are paged.

use clap::{Args, ValueHint};
use kernel::Network;

/// Settings of what pages people besides mail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct PagingArgs {
    /// Account at Twilio, or at a provider with the same API, for text messages and calls
    #[arg(long, value_name = "ID")]
    pub(crate) twilio_account: Option<String>,
    /// Secret of that account; others on the machine see flags, so better as EVENKEEL_TWILIO_TOKEN
    #[arg(long, value_name = "SECRET")]
    pub(crate) twilio_token: Option<String>,
    /// Number that text messages and calls come from, +49301234567
    #[arg(long, value_name = "NUMBER")]
    pub(crate) twilio_from: Option<String>,
    /// Address of that API
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, default_value = "https://api.twilio.com")]
    pub(crate) twilio_url: String,
    /// Any other gateway for text messages, with places: https://sms.company.example/send?to={to}
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) sms_gateway_url: Option<String>,
    /// Method that the gateway wants: POST, PUT or GET
    #[arg(long, value_name = "METHOD", default_value = "POST")]
    pub(crate) sms_gateway_method: String,
    /// What the gateway is sent, JSON or the fields of a form, with the places {to}, {text} and {id}
    #[arg(long, value_name = "BODY", default_value = "to={to}&text={text}&id={id}")]
    pub(crate) sms_gateway_body: String,
    /// Header that lets us in there, "Authorization: Bearer SECRET"; better as EVENKEEL_SMS_GATEWAY_HEADER
    #[arg(long, value_name = "LINE")]
    pub(crate) sms_gateway_header: Option<String>,
    /// Where the gateway's answer, in JSON, has its id of the message, /messages/0/id
    #[arg(long, value_name = "POINTER")]
    pub(crate) sms_gateway_id: Option<String>,
    /// ntfy server of topics that people name without an address, https://ntfy.company.example
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) ntfy_url: Option<String>,
    /// Token that lets us write there; better as EVENKEEL_NTFY_TOKEN
    #[arg(long, value_name = "SECRET")]
    pub(crate) ntfy_token: Option<String>,
    /// Token of the bot that writes into chats of Telegram; better as EVENKEEL_TELEGRAM_TOKEN
    #[arg(long, value_name = "SECRET")]
    pub(crate) telegram_token: Option<String>,
    /// Address of the Bot API
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, default_value = "https://api.telegram.org")]
    pub(crate) telegram_url: String,
    /// Networks of providers of one's own that pages may reach besides the internet, and without encryption, 10.1.2.0/24
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = super::network)]
    pub(crate) paging_allow: Vec<Network>,
}
