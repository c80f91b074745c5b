//! Lock files pin what is installed, not where from: whoever builds chooses.

use super::File;
use crate::findings::Finding;

pub(super) fn check(file: &File, findings: &mut Vec<Finding>) {
    if !file.path.ends_with("package-lock.json") {
        return;
    }
    for (index, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("\"resolved\":") {
            let words = "the lock file names a host: install with omit-lockfile-registry-resolved";
            findings.push(Finding::at(&file.path, index + 1, "lock file", words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn hosts_in_a_lock_file_are_found() {
        let text =
            "{\n  \"version\": \"1.0.0\",\n  \"resolved\": \"https://host.example/a.tgz\"\n}";
        let mut findings = Vec::new();
        check(&file("e2e/package-lock.json", text), &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 3);
        check(&file("e2e/package.json", text), &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
