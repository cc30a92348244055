//! The files of `deploy/`: the policy is that of the list of calls, and every job's options are ones that there are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(feature = "aws")]

use std::{env, ffi::OsString, fs};

use dynaudit::{
    collect::{calls::Beyond, policy, regions::partition_of},
    run::options,
    snapshot::Topic,
};
use serde_json::{Value, json};

/// Most characters of a managed policy, white space apart (AWS documentation: "IAM and AWS STS quotas").
const MOST: usize = 6144;

/// The policy as a template: its statements spread over as many managed policies as they need.
fn template() -> String {
    let whole =
        policy(&Beyond { sampled: true, ..Beyond::default() }, &Topic::ALL.into(), partition_of("us-east-1"));
    let mut parts: Vec<Vec<Value>> = vec![Vec::new()];
    for statement in whole["Statement"].as_array().unwrap() {
        let part = parts.last_mut().unwrap();
        part.push(statement.clone());
        // A partition's name may be nine letters longer than `aws`, at each ARN; half a policy leaves room for that.
        if part.len() > 1
            && json!({ "Version": "2012-10-17", "Statement": part }).to_string().len() > MOST / 2
        {
            let moved = part.pop().unwrap();
            parts.push(vec![moved]);
        }
    }
    let mut out = String::from(
        "# The least rights that an audit needs, as `dynaudit policy` prints them. Generated: do not edit.\n\
         AWSTemplateFormatVersion: \"2010-09-09\"\n\
         Description: What an audit of Amazon DynamoDB by dynaudit may ask, and nothing that changes anything\n\n\
         Resources:\n",
    );
    for (n, part) in parts.iter().enumerate() {
        out += &format!("  Audit{}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n", n + 1);
        out += "      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n";
        for statement in part {
            out += &format!(
                "          - Sid: {}\n            Effect: Allow\n",
                statement["Sid"].as_str().unwrap()
            );
            for list in ["Action", "Resource"] {
                out += &format!("            {list}:\n");
                for one in statement[list].as_array().unwrap() {
                    out += &format!("              - {}\n", word(one.as_str().unwrap()));
                }
            }
            if let Some(via) = statement.pointer("/Condition/StringLike/kms:ViaService") {
                let via = via.as_str().unwrap().replace("amazonaws.com", "${AWS::URLSuffix}");
                out += "            Condition:\n              StringLike:\n";
                out += &format!("                \"kms:ViaService\": !Sub \"{via}\"\n");
            } else {
                assert!(statement.get("Condition").is_none(), "{statement}");
            }
        }
    }
    let names: Vec<String> = (1..=parts.len()).map(|n| format!("!Ref Audit{n}")).collect();
    out += "\nOutputs:\n  PolicyArns:\n    Description: For the roles of the jobs\n";
    out + &format!("    Value: !Join [\",\", [{}]]\n", names.join(", "))
}

fn word(text: &str) -> String {
    match text.strip_prefix("arn:aws:") {
        Some(rest) => format!("!Sub \"arn:${{AWS::Partition}}:{rest}\""),
        None => format!("\"{text}\""),
    }
}

#[test]
fn the_policy_is_that_of_the_list_of_calls() {
    let path = "deploy/cloudformation/policy.yaml";
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, template()).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == template(), "{path} is out of step: run `UPDATE_DOCS=1 cargo test --test deploy`");
}

/// The words that a file starts the program with, from the command on.
fn words(path: &str) -> Vec<OsString> {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find(|line| line.contains(" audit --") || line.contains("[audit, --"));
    let line = line.unwrap_or_else(|| panic!("{path} starts no audit"));
    let from = line.find(" audit --").or_else(|| line.find("[audit, --")).unwrap() + 1;
    let words = line[from..].split([' ', ',', ']']).filter(|word| !word.is_empty());
    // What follows is the shell's: a redirection, or what is done where it fails.
    let own = words.filter(|word| !word.starts_with('>')).take_while(|word| *word != "||");
    ["dynaudit"].into_iter().chain(own).map(OsString::from).collect()
}

#[test]
fn every_job_asks_for_options_that_there_are() {
    for path in [
        "deploy/README.md",
        "deploy/crontab",
        "deploy/systemd/dynaudit.service",
        "deploy/kubernetes/cronjob.yaml",
        "deploy/cloudformation/ecs-scheduled-task.yaml",
        "deploy/cloudformation/batch.yaml",
        "deploy/github/dynaudit.yml",
    ] {
        let words = words(path);
        assert!(words.len() > 4, "{path}: {words:?}");
        assert!(options::parse(&words).is_ok(), "{path}: {words:?}");
    }
}
