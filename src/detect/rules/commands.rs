//! Passwords where no sign assigns them: arguments of commands, clauses of SQL, lines of configuration files.

use std::borrow::Cow;

use super::{Found, Length, Match, Rule};
use crate::{
    detect::{
        benign::is_cleared,
        literal::is_password,
        randomness::{is_random, is_short_random},
    },
    snapshot::sample::{Basis, SecretKind},
};

/// Bytes of one command or statement that are looked at.
const LINE: usize = 400;

/// An argument of a shell, in quotes or not.
macro_rules! argument {
    () => {
        r#"["']?(?P<s>[^\s"'`]{3,199}[^\s"'`;,)|&])"#
    };
}

/// What may stand between a command and one of its options.
macro_rules! between {
    () => {
        r"[^\n|;]*?\s"
    };
}

pub(super) fn rules() -> Vec<Rule> {
    let password = |starts: &'static [&'static str], body: &'static str| {
        Rule::token("command-password", starts, body).kind(SecretKind::Password).check(argument).within(LINE)
    };
    let clause = |starts: &'static [&'static str], body: &'static str| {
        Rule::token("statement-password", starts, body)
            .kind(SecretKind::Password)
            .any_case()
            .check(argument)
            .within(LINE)
    };
    let line = |starts: &'static [&'static str], body: &'static str| {
        Rule::token("configured-password", starts, body)
            .kind(SecretKind::Password)
            .check(argument)
            .within(LINE)
    };
    vec![
        // Options that say what they are.
        password(
            &["--password", "--passwd", "--pass", "--passphrase", "--db-password", "--admin-password", "--root-password", "-password", "-passphrase", "-storepass", "-keypass", "-Password"],
            concat!(r"[ =]", argument!()),
        ),
        Rule::token("command-token", &["--token", "--api-key", "--apikey", "--secret", "--client-secret", "--access-token", "--auth-token", "--bearer-token", "--secret-key", "-Token"], concat!(r"[ =]", argument!()))
            .kind(SecretKind::OpaqueToken).check(token).within(LINE),
        // Options that a command gives their meaning.
        password(&["docker ", "podman ", "helm ", "skopeo ", "buildah ", "nerdctl ", "oras ", "crane ", "az ", "oc ", "cf ", "npm ", "gh "], concat!(r"(?:registry |auth )?login\b", between!(), r"(?:-p[ =]?|--password[ =])", argument!())),
        password(&["sshpass "], concat!(r"(?:-v |-e )?-p ?", argument!())),
        password(&["curl ", "wget ", "http ", "https "], concat!(r"(?:[^\n|;]*?\s)?(?:-u ?|--user[ =]|-U ?|--proxy-user[ =]|-a ?|--auth[ =])", r#"["']?[^\s"':/]{1,64}:(?P<s>[^\s"'`]{3,199}[^\s"'`;,)|&])"#)),
        // MySQL's own option takes its value without a space ("mysql Client Options", --password).
        password(&["mysql ", "mysqldump ", "mysqladmin ", "mysqlimport ", "mysqlsh ", "mariadb ", "mariadb-dump ", "mytop ", "innobackupex ", "xtrabackup "], concat!(r"(?:[^\n|;]*?\s)?-p", argument!())),
        password(&["mongo ", "mongosh ", "mongodump ", "mongorestore ", "mongoexport ", "mongoimport ", "influx ", "cqlsh ", "snowsql ", "vsql ", "7z ", "7za ", "rar ", "unrar ", "ssh-keygen "], concat!(r"(?:[^\n|;]*?\s)?(?:-p ?|-N ?|-P ?)", argument!())),
        password(&["sqlcmd ", "bcp ", "osql ", "isql ", "zip ", "unzip ", "mosquitto_pub ", "mosquitto_sub ", "pscp ", "plink "], concat!(r"(?:[^\n|;]*?\s)?(?:-P ?|-pw ?)", argument!())),
        password(&["redis-cli ", "ipmitool "], concat!(r"(?:[^\n|;]*?\s)?(?:-a|-P) ", argument!())),
        password(&["ldapsearch ", "ldapmodify ", "ldapadd ", "ldapdelete ", "ldappasswd ", "ldapwhoami "], concat!(r"(?:[^\n|;]*?\s)?-w ?", argument!())),
        password(&["htpasswd "], concat!(r"-[A-Za-z]*b[A-Za-z]* (?:\S{1,200} )?\S{1,64} ", argument!())),
        password(&["smbclient ", "rpcclient ", "mount ", "cifs "], r#"(?:[^\n|;]*?[\s,])(?:-U |username=|user=)[^\s"'%,]{1,64}[%,](?:password=|pass=)?(?P<s>[^\s"'`,]{4,200})"#),
        password(&["net use ", "NET USE "], concat!(r"[^\n]*?(?:/user:\S{1,64}|/USER:\S{1,64}) ", argument!())),
        password(&["net user ", "NET USER "], concat!(r"\S{1,64} ", argument!(), r"(?:\s+/add|\s+/ADD)")),
        password(&["sqlplus ", "sqlldr ", "expdp ", "impdp ", "rman target "], r#"(?:-\S{1,20} )*(?:userid=)?["']?[A-Za-z0-9_.$-]{1,64}/(?P<s>[^\s"'`@/]{4,128})@"#),
        password(&["-passin pass:", "-passout pass:", "-pass pass:", "-k pass:", "-password pass:"], argument!()),
        password(&["openssl "], concat!(r"enc ", r"[^\n|;]*?\s-k ", argument!())),
        password(&["rclone obscure ", "chpasswd <<< ", "su -c "], argument!()),
        password(&["ConvertTo-SecureString "], concat!(r"(?:-String |-AsPlainText |-Force )*", argument!())),
        password(&["aws configure set aws_secret_access_key ", "aws configure set aws_session_token "], argument!()),
        // A user and a password for the shell: `echo 'user:password' | chpasswd`.
        password(&["echo "], r#"["']?[a-z_][a-z0-9_-]{0,31}:(?P<s>[^\s"'`:]{6,128})["']? *\| *(?:sudo )?chpasswd"#),
        // SQL, as PostgreSQL, MySQL, Oracle, SQL Server and ClickHouse write it.
        clause(&["identified by ", "identified by\t", "identified with "], r#"(?:[a-z0-9_]{1,40} (?:by|as) |password )?["']?(?P<s>[^\s"'`;]{4,200})"#),
        clause(&["create role ", "create user ", "create login ", "alter role ", "alter user ", "alter login "], r#"[^;\n]*?\bpassword\s*=?\s*["'](?P<s>[^\s"'`]{4,200})["']"#),
        clause(&["set password "], r#"(?:for [^\s=]{1,80}\s*)?=?\s*(?:password\s?\(\s?)?["'](?P<s>[^\s"'`]{4,200})["']"#),
        // Cisco IOS and its kin: a password, a secret, a community, a key of a server.
        line(&["enable password ", "enable secret "], r"(?:level \d{1,2} )?(?:0 )?(?P<s>[^\s]{4,200})"),
        line(&["snmp-server community ", "rocommunity ", "rwcommunity ", "rocommunity6 "], r"(?P<s>[^\s]{4,200})"),
        line(&["tacacs-server ", "radius-server ", "tacacs server ", "radius server "], r"(?:host \S{1,64} )?(?:[^\n]*? )?key (?:0 )?(?P<s>[^\s]{4,200})"),
        line(&["username "], r"\S{1,64} (?:privilege \d{1,2} )?(?:password|secret) (?:0 )?(?P<s>[^\s]{4,200})"),
        line(&["neighbor "], r"\S{1,64} password (?:0 )?(?P<s>[^\s]{4,200})"),
        line(&["crypto isakmp key "], r"(?:0 )?(?P<s>[^\s]{4,200}) address"),
        line(&["ip ospf message-digest-key ", "standby "], r"\d{1,3} (?:md5|authentication(?: md5)?(?: key-string)?) (?:0 )?(?P<s>[^\s]{4,200})"),
        line(&["wpa-psk ascii ", "wpa-psk ", "requirepass ", "masterauth ", "ldap_default_authtok ", "bindpw "], r#"(?:0 )?["']?(?P<s>[^\s"']{4,200})"#),
        // One line of `.pgpass` ("The Password File" of PostgreSQL): host, port, database, user, password.
        line(&[":5432:", ":5433:", ":6432:"], r"[A-Za-z0-9.*_-]{1,100}:(?:5432|5433|6432):[A-Za-z0-9.*_-]{1,64}:[A-Za-z0-9.*@_-]{1,64}:(?P<s>[^\s:]{4,200})").around(100, 420),
        // Addresses that are no URL: Go's driver of MySQL, and Oracle's easy connect.
        address(&["@tcp(", "@unix("], r"[A-Za-z0-9_.-]{1,64}:(?P<s>[^\s@/]{4,128})@(?:tcp|unix)\([^\s()]{1,200}\)/").around(194, 220),
        address(&[":1521", ":1522"], r"[A-Za-z0-9_.$-]{1,64}/(?P<s>[^\s@/]{4,128})@[A-Za-z0-9.-]{1,100}:152[12][/:][A-Za-z0-9_.$-]{1,64}").around(300, 80),
    ]
}

fn address(starts: &'static [&'static str], body: &'static str) -> Rule {
    Rule::token("connection-string", starts, body)
        .kind(SecretKind::ConnectionString)
        .needs("@")
        .check(argument)
}

/// A password as somebody types it.
fn argument(m: &Match<'_>) -> Option<Found> {
    let password = std::str::from_utf8(m.secret).ok()?;
    if !is_password(password) {
        return None;
    }
    let length = Length::Password(password.len());
    m.found(Basis::Shaped).map(|f| Found { public: Cow::Borrowed(""), length, ..f })
}

fn token(m: &Match<'_>) -> Option<Found> {
    let text = std::str::from_utf8(m.secret).ok()?;
    if !(is_random(text) || is_short_random(text) || is_bootstrap(text)) || is_cleared(text) {
        return None;
    }
    m.found(Basis::Shaped).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// What lets a node join a cluster ("Authenticating with Bootstrap Tokens" of Kubernetes).
fn is_bootstrap(text: &str) -> bool {
    let drawn = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(id, secret)| id.len() == 6 && secret.len() == 16 && drawn(id) && drawn(secret))
}
