//! The credential report: a table as CSV, a row for each user (AWS documentation: "Generate credential reports for your AWS
//! account").

use std::collections::BTreeMap;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::snapshot::Timestamp;
use crate::snapshot::principal::Credentials;

/// Users by ARN; none where the text is no such report.
pub(super) fn read(text: &str) -> Option<BTreeMap<String, Credentials>> {
    let mut lines = text.lines().map(cells);
    let names = lines.next()?;
    let place = |name: &str| names.iter().position(|own| own == name);
    let arn = place("arn")?;
    let (password, mfa) = (place("password_enabled")?, place("mfa_active")?);
    let keys = ["access_key_1", "access_key_2"];
    let keys =
        keys.map(|key| Some((place(&format!("{key}_active"))?, place(&format!("{key}_last_rotated"))?)));
    let mut users = BTreeMap::new();
    for row in lines.filter(|row| row.iter().any(|cell| !cell.is_empty())) {
        let cell = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
        if row.len() != names.len() {
            return None;
        }
        let active = keys.iter().flatten().filter(|(active, _)| cell(*active) == "true");
        let found = Credentials {
            password: cell(password) == "true",
            mfa: cell(mfa) == "true",
            keys: active.map(|(_, rotated)| moment(cell(*rotated))).collect(),
        };
        users.insert(cell(arn).to_owned(), found);
    }
    Some(users)
}

/// The cells of a line; a name may hold a comma, and stands in quotes then.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

/// `N/A`, `no_information` and the like are no moment.
fn moment(text: &str) -> Option<Timestamp> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(|time| Timestamp(time.unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated,\
        access_key_2_active,access_key_2_last_rotated\n";

    #[test]
    fn each_row_is_a_user_with_its_active_keys() {
        let rows = "<root_account>,arn:aws:iam::1:root,not_supported,true,false,N/A,false,N/A\n\
            \"a,b\",\"arn:aws:iam::1:user/a,b\",true,false,true,2026-01-01T00:00:00+00:00,true,no_information\r\n";
        let users = read(&format!("{HEAD}{rows}")).unwrap();
        assert_eq!(users["arn:aws:iam::1:root"], Credentials { mfa: true, ..Credentials::default() });
        let keys = vec![Some(Timestamp(1_767_225_600)), None];
        assert_eq!(users["arn:aws:iam::1:user/a,b"], Credentials { password: true, mfa: false, keys });
    }

    #[test]
    fn what_is_no_report_or_cut_short_is_none() {
        assert_eq!(read(""), None);
        assert_eq!(read("user,arn\nx,y\n"), None);
        assert_eq!(read(&format!("{HEAD}x,arn:aws:iam::1:user/x,true\n")), None);
    }
}
