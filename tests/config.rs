//! The configuration file: precedence, accepted risks, mistakes on the author's own line.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{fs, path::Path};

use assert_cmd::Command;
use clap::CommandFactory;
use dynaudit::{
    cli::Cli,
    config::file::File,
    run::options::{Stop, parse},
    snapshot::file,
    source::Source,
};
use support::with_table;

/// Runs `dynaudit` in `dir`, without what the environment may say.
fn dynaudit(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.current_dir(dir).env_clear().args(["--color", "never"]);
    command
}

fn with_config(config: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("dynaudit.toml"), config).unwrap();
    file::save(&with_table("orders"), &dir.path().join("s.json")).unwrap();
    dir
}

fn refused(config: &str) -> String {
    File::parse(&Source::new("dynaudit.toml", config)).unwrap_err()
}

#[test]
fn mistakes_are_shown_on_their_line_with_what_was_meant() {
    let said = refused(
        "[[accept]]\ncheck = \"a\"\nsubject = \"*\"\nresaon = \"x\"\nowner = \"y\"\nuntil = \"2027-01-01\"\n",
    );
    assert!(said.contains("dynaudit.toml:4:1") && said.contains("did you mean `reason`?"), "{said}");
    let said = refused("[[acept]]\n");
    assert!(said.contains("1:3") && said.contains("did you mean `accept`?"), "{said}");
    for until in ["2027-02-30", "2027", "tomorrow", "2027-01-01T00:00:00Z"] {
        let said = refused(&format!(
            "[[accept]]\nfingerprint = \"f\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"{until}\"\n"
        ));
        assert!(said.contains("is no day"), "{said}");
    }
    let both = "[[accept]]\nfingerprint = \"f\"\ncheck = \"c\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"2027-01-01\"\n";
    assert!(refused(both).contains("either a `fingerprint`"), "{}", refused(both));
    assert!(refused("accept = 1\n").contains("[[accept]]"));
    assert!(refused("[profile]\nnightly = 3\n").contains("table of options"));
    assert!(refused("a = [\n").contains("dynaudit.toml"));
}

#[test]
fn thousands_of_acceptances_are_read_in_seconds_and_the_last_day_of_all_is_a_day() {
    let one = "[[accept]]\ncheck = \"no-backup\"\nsubject = \"x*\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"9999-12-31\"\n";
    let start = std::time::Instant::now();
    let file = File::parse(&Source::new("dynaudit.toml", one.repeat(10_000))).unwrap();
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    let places: Vec<&str> = file.accept.iter().map(|a| a.place.as_str()).collect();
    assert_eq!(
        (places[0], places[1], places[9_999]),
        ("dynaudit.toml:1", "dynaudit.toml:7", "dynaudit.toml:59995")
    );
    assert!(file.accept[0].ends > file.accept[0].ends.min(dynaudit::snapshot::Timestamp(253_402_300_799)));
}

/// Every key of every section, right.
const ALL_KEYS: &str = r#"[[accept]]
check = "deletion-protection-off"
subject = "*"
reason = "a lab"
owner = "ops"
until = "2030-01-01"

[[accept]]
fingerprint = "00"
reason = "a lab"
owner = "ops"
until = "2030-01-01"

[detect]
[[detect.pattern]]
id = "staff-token"
kind = "api-key"
pattern = "st_[0-9a-f]{32}"
matches = ["st_0123456789abcdef0123456789abcdef"]
misses = ["st_short"]

[[detect.allow]]
pattern = "st_0{32}"
matches = ["st_00000000000000000000000000000000"]
misses = ["st_1"]
reason = "the one of the manual"

[[detect.ignore]]
path = "build.hash"
rule = "hex-token"
reason = "of code"
until = "2030-01-01"

[sensitivity]
tables = ["orders"]
tags = { data = ["secret"] }

[sensitivity.pci]
tables = ["cards"]
tags = { scope = ["pci"] }
"#;

/// The word with one letter changed, in each of three ways.
fn misspelled(word: &str) -> [String; 3] {
    let middle = word.len() / 2;
    let (head, tail) = word.split_at(middle);
    [format!("{head}{}", &tail[1..]), format!("{head}x{}", &tail[1..]), format!("{head}{}{tail}", &tail[..1])]
}

#[test]
fn every_key_of_every_section_is_told_by_its_near_miss_line_and_caret() {
    let said = File::parse(&Source::new("dynaudit.toml", ALL_KEYS)).map(drop);
    assert_eq!(said, Ok(()));
    let mut looked_at = 0;
    for (number, line) in ALL_KEYS.lines().enumerate() {
        let word = line.split([' ', '.']).next().unwrap().trim_matches(['[', ']']);
        let section = line.starts_with('[');
        // `id` has no letter to spare; the words after a dot are looked at as sections of their own.
        let words: Vec<&str> = match section {
            true => line.trim_matches(['[', ']']).split('.').collect(),
            false if word.len() > 2 => vec![word],
            false => continue,
        };
        for word in words {
            for wrong in misspelled(word).iter().filter(|wrong| *wrong != word) {
                let at = line.find(word).unwrap();
                let broken = format!("{}{wrong}{}", &line[..at], &line[at + word.len()..]);
                let all: Vec<&str> = ALL_KEYS.lines().collect();
                let text = [&all[..number], &[broken.as_str()], &all[number + 1..]].concat().join("\n");
                let said = refused(&text);
                let meant = format!("did you mean `{word}`?");
                let place = format!("dynaudit.toml:{}:{}", number + 1, at + 1);
                assert!(said.contains(&meant) && said.contains(&place), "{broken}: {said}");
                assert!(said.contains('^'), "{said}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn every_option_of_a_profile_is_told_by_its_near_miss_line_and_caret() {
    let command = Cli::command();
    let options = command.find_subcommand("assess").unwrap().get_arguments().filter_map(|arg| arg.get_long());
    let options: Vec<&str> = options.filter(|name| !["help", "version", "config"].contains(name)).collect();
    assert!(options.len() > 10, "{options:?}");
    let dir = with_config("");
    let path = dir.path().join("dynaudit.toml");
    for option in &options {
        for wrong in misspelled(option).iter().filter(|wrong| !options.contains(&wrong.as_str())) {
            fs::write(&path, format!("[profile.nightly]\n{wrong} = \"1\"\n")).unwrap();
            let args = ["dynaudit", "--config", path.to_str().unwrap(), "assess", "s.json"].map(Into::into);
            let Err(Stop::Config(said)) = parse(&args) else { panic!("{wrong} is taken") };
            assert!(said.contains(":2:1") && said.contains(&format!("did you mean `{option}`?")), "{said}");
            assert!(said.contains('^'), "{said}");
        }
    }
}

#[test]
fn a_misspelled_option_of_a_profile_is_refused_even_if_the_profile_is_not_in_use() {
    let dir = with_config("[profile.nightly]\nfail-onn = \"high\"\n");
    let out = dynaudit(dir.path()).args(["assess", "s.json"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("dynaudit.toml:2:1") && said.contains("did you mean `fail-on`?"), "{said}");

    let dir = with_config("[profile.nightly]\nfail-on = \"hihg\"\nquiet = \"yes\"\n");
    let out = dynaudit(dir.path()).args(["assess", "s.json"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("2:11") && said.contains("3:9") && said.contains("true or false"), "{said}");
}

#[test]
fn the_command_line_comes_before_the_environment_and_that_before_the_profile() {
    let dir = with_config("[profile.nightly]\nfail-on = \"high\"\nquiet = true\n");
    let shown = |env: &[(&str, &str)], args: &[&str]| {
        let mut command = dynaudit(dir.path());
        command.envs(env.iter().copied()).args(["config", "show", "--for", "assess"]).args(args);
        let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
        out.lines().find(|line| line.starts_with("--fail-on")).unwrap().to_owned()
    };
    assert!(shown(&[], &[]).contains("low"));
    let profile = ["--config-profile", "nightly"];
    let line = shown(&[], &profile);
    assert!(line.contains("high") && line.contains("[profile.nightly]"), "{line}");
    let line = shown(&[("DYNAUDIT_FAIL_ON", "critical")], &profile);
    assert!(line.contains("critical") && line.contains("DYNAUDIT_FAIL_ON"), "{line}");
    let line = shown(&[("DYNAUDIT_CONFIG_PROFILE", "nightly")], &[]);
    assert!(line.contains("high"), "{line}");

    let code = |env: &[(&str, &str)], args: &[&str]| {
        let mut command = dynaudit(dir.path());
        command
            .envs(env.iter().copied())
            .args(["assess", "s.json"])
            .args(args)
            .output()
            .unwrap()
            .status
            .code()
    };
    // The table's findings are medium and high; nothing is critical.
    assert_eq!(code(&[("DYNAUDIT_FAIL_ON", "critical")], &[]), Some(0));
    assert_eq!(code(&[("DYNAUDIT_FAIL_ON", "critical")], &["--fail-on", "low"]), Some(1));
}

#[test]
fn an_unknown_profile_is_refused() {
    let dir = with_config("[profile.nightly]\nquiet = true\n");
    let out =
        dynaudit(dir.path()).args(["--config-profile", "nihgtly", "assess", "s.json"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(said.contains("did you mean `nightly`?"), "{said}");
}

/// Findings of the snapshot under a configuration, by check, with the exit code.
fn assessed(config: &str) -> (serde_json::Value, Option<i32>) {
    let dir = with_config(config);
    let mut command = dynaudit(dir.path());
    let out = command.args(["assess", "s.json", "--format", "json", "--fail-on", "info"]).output().unwrap();
    (serde_json::from_slice(&out.stdout).unwrap(), out.status.code())
}

fn accepting(subject: &str, until: &str) -> String {
    ["deletion-protection-off", "point-in-time-recovery-off", "no-backup", "aws-owned-key", "owner-tag-missing"]
        .map(|check| {
            format!(
                "[[accept]]\ncheck = \"{check}\"\nsubject = \"{subject}\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"{until}\"\n"
            )
        })
        .concat()
}

#[test]
fn an_accepted_risk_is_shown_and_fails_nothing_until_its_last_day_is_over() {
    // The snapshot was taken on 2026-11-01 at 09:00 UTC.
    let accepted = |report: &serde_json::Value| {
        let findings = report["findings"].as_array().unwrap();
        let flagged = findings.iter().filter(|f| f["verdict"] == "flagged");
        flagged.map(|f| f["accepted"]["owner"] == "o").collect::<Vec<_>>()
    };
    let (report, _) = assessed("");
    let all = accepted(&report).len();
    assert!(all >= 4, "{report}");
    let (report, _) = assessed(&accepting("ord*", "2026-11-01"));
    let marks = accepted(&report);
    assert_eq!(marks.len(), all, "shown all the same");
    assert!(marks.iter().filter(|accepted| **accepted).count() >= 4, "{report}");
    assert_eq!(report["acceptances"][0]["state"], "used");

    let (report, code) = assessed(&accepting("ord*", "2026-10-31"));
    assert!(accepted(&report).iter().all(|accepted| !accepted), "its day is over");
    assert_eq!(report["acceptances"][0]["state"], "expired");
    assert_eq!(code, Some(1));

    let (report, _) = assessed(&accepting("carts", "2027-01-01"));
    assert_eq!(report["acceptances"][0]["state"], "unmatched");
}

#[test]
fn a_table_that_the_configuration_lists_is_sensitive_and_in_scope() {
    let config = "[sensitivity]\ntables = [\"ord*\"]\n[sensitivity.pci]\ntags = { scope = [\"pci\"] }\n";
    let check = "title = \"t\"\nseverity = \"high\"\nover = \"table\"\nflag = 'table.sensitive && !table.pci_scope'\n\
        message = \"{table.sensitive_because}\"\nwhy = \"w\"\nfix = \"f\"\n\
        [[example]]\nis = \"flagged\"\ngiven = { table = { sensitive = true } }\n[[example]]\nis = \"clear\"\n";
    let flagged = |config: &str| {
        let dir = with_config(config);
        fs::create_dir(dir.path().join("own")).unwrap();
        fs::write(dir.path().join("own/listed.toml"), check).unwrap();
        let args = ["assess", "s.json", "--checks", "own", "--check", "listed", "--format", "jsonl"];
        String::from_utf8(dynaudit(dir.path()).args(args).output().unwrap().stdout).unwrap()
    };
    assert!(flagged(config).contains("the configuration lists ord*"), "{}", flagged(config));
    assert!(!flagged("[sensitivity]\ntables = [\"x\"]\n").contains("configuration lists"));
    for (wrong, said) in [
        ("[sensitivity]\ntable = []\n", "did you mean `tables`?"),
        ("[sensitivity]\ntags = [\"a\"]\n", "a table of keys"),
        ("[sensitivity]\ntags = { a = \"b\" }\n", "a list of texts"),
        ("[sensitivity.pci]\ntablse = []\n", "did you mean `tables`?"),
    ] {
        assert!(refused(wrong).contains(said), "{}", refused(wrong));
    }
}

#[test]
fn an_acceptance_names_checks_by_a_pattern_and_one_that_no_check_matches_is_refused() {
    let (report, _) = assessed(&accepting("ord*", "2027-01-01").replace("\"no-backup\"", "\"no-back*\""));
    let rows = report["acceptances"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["what"] == "no-back* on ord*" && row["state"] == "used"), "{report}");
    let dir = with_config(&accepting("ord*", "2027-01-01").replace("\"no-backup\"", "\"no-bakcup\""));
    let out = dynaudit(dir.path()).args(["assess", "s.json"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(said.contains("dynaudit.toml:13") && said.contains("did you mean `no-backup`?"), "{said}");
}

#[test]
fn an_accepted_risk_is_accepted_in_every_form() {
    let dir = with_config(&accepting("orders", "2027-01-01"));
    let mut command = dynaudit(dir.path());
    let forms = "junit=j.xml,csv=c.csv,markdown=m.md,html=h.html,table=t.txt".split(',');
    let forms: Vec<&str> = forms.flat_map(|form| ["--output", form]).collect();
    command.args(["assess", "s.json", "--check", "no-backup"]).args(forms).assert().success();
    let read = |name| std::fs::read_to_string(dir.path().join(name)).unwrap();
    let junit = read("j.xml");
    assert!(
        !junit.contains("<failure") && junit.contains("<skipped message=\"accepted: r (o, until 2027-01-01)")
    );
    assert!(junit.contains("failures=\"0\""));
    assert!(read("c.csv").contains(",\"r (o, until 2027-01-01)\""), "{}", read("c.csv"));
    for name in ["m.md", "h.html", "t.txt"] {
        assert!(read(name).contains("Accepted risks"), "{name}");
    }
}

#[test]
fn what_would_be_ignored_is_refused() {
    let dir = with_config("");
    let refused = |args: &[&str]| {
        let out = dynaudit(dir.path()).args(["assess", "s.json"]).args(args).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        String::from_utf8(out.stderr).unwrap()
    };
    assert!(refused(&["--output-dir", "d"]).contains("--output-dir does nothing without --output"));
    assert!(refused(&["--previous", "e.zip"]).contains("evidence"));
    assert!(refused(&["--output", "json=r", "--output", "csv=r"]).contains("two forms"));
    assert!(refused(&["--check", "no-backup", "--skip", "no-backup"]).contains("no check is left"));
    let out =
        dynaudit(dir.path()).env("DYNAUDIT_FAIL_ONN", "high").args(["assess", "s.json"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8(out.stderr).unwrap().contains("did you mean `DYNAUDIT_FAIL_ON`?"));
    // What another program may have set is none of ours.
    let out =
        dynaudit(dir.path()).env("DYNAUDIT_SERVICE_HOST", "10.0.0.1").args(["assess", "s.json"]).output();
    assert_eq!(out.unwrap().status.code(), Some(1));
}
