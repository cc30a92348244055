//! What a service control policy of the company's organisation keeps even auditors from.

use crate::demo::Embedded;

pub(super) fn plant(account: &Embedded) {
    // The audit trail may not be read by anyone but the log archive.
    account.deny("dynamodb:Scan", ":table/audit_log");
    account.deny("dynamodb:DescribeContinuousBackups", ":table/metrics");
}
