//! Attachments in an S3-compatible store: the settings, and what may be wrong with them.

use super::check::{Finding, Level, PATIENCE};
use super::{Setting, Settings, Source};
use crate::failed::Failed;
use crate::instance;
use store::files::S3;

/// What has to be said with a bucket.
const NEEDED: &str = "also needs --s3-access-key and --s3-secret-key, better as EVENKEEL_S3_ACCESS_KEY and EVENKEEL_S3_SECRET_KEY, which nobody else on the machine sees";

/// The settings of an S3-compatible store.
#[derive(Debug, Clone)]
pub(crate) struct S3Settings {
    /// Its address; Amazon's for the region when not said.
    pub(super) endpoint: Setting<Option<String>>,
    /// Its region.
    pub(super) region: Setting<String>,
    /// The bucket: with it attachments are kept there, without it in the data folder.
    pub(super) bucket: Setting<Option<String>>,
    /// What names in the bucket begin with.
    pub(super) prefix: Setting<Option<String>>,
    /// Id of the access key.
    pub(super) access_key: Setting<Option<String>>,
    /// The secret that belongs to it.
    pub(super) secret_key: Setting<Option<String>>,
}

impl S3Settings {
    /// As `said` finds each by its key.
    pub(super) fn of(said: impl Fn(&str) -> Setting<Option<String>>) -> Self {
        let region = said("s3_region");
        S3Settings {
            bucket: said("s3_bucket"),
            endpoint: said("s3_endpoint"),
            region: Setting { value: region.value.unwrap_or_default(), source: region.source },
            prefix: said("s3_prefix"),
            access_key: said("s3_access_key"),
            secret_key: said("s3_secret_key"),
        }
    }

    /// The store that attachments are kept in, if it is one.
    pub(crate) fn chosen(&self) -> Result<Option<S3>, Failed> {
        let Some(bucket) = self.bucket.value.clone() else { return Ok(None) };
        let prefix = self.prefix.value.clone().unwrap_or_default();
        self.of_bucket("--s3-bucket", bucket, prefix).map(Some)
    }

    /// The store with this bucket, which `flag` names.
    pub(super) fn of_bucket(
        &self,
        flag: &str,
        bucket: String,
        prefix: String,
    ) -> Result<S3, Failed> {
        let region = self.region.value.clone();
        let keys = self.access_key.value.clone().zip(self.secret_key.value.clone());
        let (access_key, secret_key) =
            keys.ok_or_else(|| Failed::usage(format!("{flag} {NEEDED}")))?;
        let endpoint = self.endpoint.value.clone();
        Ok(S3 {
            endpoint: endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com")),
            region,
            bucket,
            prefix,
            access_key,
            secret_key,
        })
    }

    /// Whether the settings name no bucket but something else of it.
    fn said_in_vain(&self) -> Option<&'static str> {
        let said = [
            ("s3_endpoint", &self.endpoint.source),
            ("s3_region", &self.region.source),
            ("s3_prefix", &self.prefix.source),
            ("s3_access_key", &self.access_key.source),
            ("s3_secret_key", &self.secret_key.source),
        ];
        let found = said.into_iter().find(|(_, source)| **source != Source::Default);
        found.map(|(key, _)| key).filter(|_| self.bucket.value.is_none())
    }
}

/// Says what is wrong, and tries whether the store takes and gives files.
pub(super) async fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let s3 = &settings.s3;
    // The status page's bucket is in the same store.
    let status = settings.status.bucket.value.is_some();
    if let Some(key) = s3.said_in_vain().filter(|key| !status || *key == "s3_prefix") {
        let what = "means nothing without s3_bucket; attachments are kept in the data folder";
        findings.push(Finding { level: Level::Warning, key: Some(key), what: what.to_owned() });
    }
    if s3.bucket.value.is_none() {
        return;
    }
    let clear = |url: &str| {
        url.starts_with("http://") && !url.contains("//127.0.0.1") && !url.contains("//localhost")
    };
    if s3.endpoint.value.as_deref().is_some_and(clear) {
        let what = "attachments travel unencrypted; use https://".to_owned();
        findings.push(Finding { level: Level::Warning, key: Some("s3_endpoint"), what });
    }
    let wrong = match instance::files(settings) {
        Err(failed) => Some(failed.to_string()),
        Ok(files) => {
            let tried = instance::blocking(move || Ok(files.try_out()?));
            match tokio::time::timeout(PATIENCE, tried).await {
                Ok(tried) => tried.err().map(|failed| failed.to_string()),
                Err(_) => {
                    let seconds = PATIENCE.as_secs();
                    Some(format!("the file store does not answer within {seconds} seconds"))
                }
            }
        }
    };
    findings.extend(wrong.map(|what| Finding {
        level: Level::Error,
        key: Some("s3_bucket"),
        what,
    }));
}
