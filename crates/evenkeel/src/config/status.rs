//! Where the status page is published besides here: the settings, and what may be wrong with them.

use super::check::{Finding, Level};
use super::{Setting, Settings, Source};
use crate::failed::Failed;
use desk::{Clock, SystemClock};
use std::path::PathBuf;
use store::files::{Outlet, S3};

/// The settings of where its files go.
#[derive(Debug, Clone)]
pub(crate) struct StatusSettings {
    /// A folder of this machine.
    pub(crate) dir: Setting<Option<PathBuf>>,
    /// A bucket of the S3-compatible store.
    pub(crate) bucket: Setting<Option<String>>,
    /// What their names in it begin with.
    pub(crate) prefix: Setting<Option<String>>,
}

impl Settings {
    /// Where the files of the status page go.
    pub(crate) fn status_outlets(&self) -> Result<Vec<Outlet>, Failed> {
        let mut outlets: Vec<Outlet> = self.status.dir.value.iter().map(Outlet::folder).collect();
        if let Some(bucket) = &self.status.bucket.value {
            let prefix = self.status.prefix.value.clone().unwrap_or_default();
            let settings: S3 = self.s3.of_bucket("--status-s3-bucket", bucket.clone(), prefix)?;
            outlets.push(Outlet::bucket(&settings, || SystemClock.now())?);
        }
        Ok(outlets)
    }
}

/// Says what is wrong.
pub(super) fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let status = &settings.status;
    if status.prefix.source != Source::Default && status.bucket.value.is_none() {
        let what = "means nothing without status_s3_bucket".to_owned();
        findings.push(Finding { level: Level::Warning, key: Some("status_s3_prefix"), what });
    }
    if let Some(dir) = &status.dir.value
        && dir.exists()
        && !dir.is_dir()
    {
        let what = format!("{} is not a folder", dir.display());
        findings.push(Finding { level: Level::Error, key: Some("status_dir"), what });
    }
    if let Err(failed) = settings.status_outlets() {
        let what = failed.to_string();
        findings.push(Finding { level: Level::Error, key: Some("status_s3_bucket"), what });
    }
}
