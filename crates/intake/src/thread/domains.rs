//! Domains at which anybody gets an address: that two people write from there says nothing.

/// Names of providers, without what follows: `yahoo` is `yahoo.com`, `yahoo.co.uk` and so on.
const PROVIDERS: [&str; 18] = [
    "gmail",
    "googlemail",
    "outlook",
    "hotmail",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "gmx",
    "icloud",
    "aol",
    "protonmail",
    "proton",
    "mail",
    "yandex",
    "zoho",
    "tutanota",
    "fastmail",
];
/// Whole domains.
const DOMAINS: [&str; 38] = [
    "web.de",
    "t-online.de",
    "freenet.de",
    "arcor.de",
    "posteo.de",
    "mailbox.org",
    "me.com",
    "mac.com",
    "pm.me",
    "tuta.io",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "op.pl",
    "interia.pl",
    "poczta.fm",
    "libero.it",
    "virgilio.it",
    "tiscali.it",
    "telefonica.net",
    "bol.com.br",
    "uol.com.br",
    "terra.com.br",
    "ig.com.br",
    "sapo.pt",
    "qq.com",
    "163.com",
    "126.com",
    "comcast.net",
    "btinternet.com",
    "bluewin.ch",
    "rediffmail.com",
    "naver.com",
];

/// Whether anybody gets an address there.
pub(crate) fn is_public(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    let provider = domain.split('.').next().unwrap_or_default();
    // `mail.company.example` is somebody's own.
    let short = domain.matches('.').count() == 1
        || ["co.", "com."]
            .iter()
            .any(|middle| domain[provider.len()..].starts_with(&format!(".{middle}")));
    DOMAINS.contains(&domain.as_str()) || (short && PROVIDERS.contains(&provider))
}

/// As whom an address counts for what its system calls our incidents: its domain, or itself
/// where anybody gets one of the domain.
pub(crate) fn counterpart(address: &str) -> &str {
    match address.rsplit_once('@') {
        Some((_, domain)) if !is_public(domain) => domain,
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_and_companies_are_not_taken_for_them() {
        for domain in ["gmail.com", "Yahoo.co.uk", "gmx.de", "web.de", "hotmail.com.br", "mail.ru"]
        {
            assert!(is_public(domain), "{domain}");
        }
        for domain in ["northwind.example", "mail.northwind.example", "live.northwind.com", "", "x"]
        {
            assert!(!is_public(domain), "{domain}");
        }
        assert_eq!(counterpart("a@northwind.example"), "northwind.example");
        assert_eq!(counterpart("a@gmail.com"), "a@gmail.com");
        assert_eq!(counterpart("nobody"), "nobody");
    }
}
