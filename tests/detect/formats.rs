//! Each provider's format: a made token is found, one character less is not, a filler is not.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::support::{assert_masked, base62, crc32, drawn, fill, in_text, item, look, rules, s, shorter};
use dynaudit::snapshot::sample::Basis;

/// The formats that code checks, and the shortest token of each.
#[rustfmt::skip]
const CHECKED: &[(&str, &str)] = &[
    ("github-token", "ghp_<w36>"), ("github-token", "ghs_<w36>"), ("npm-token", "npm_<w36>"),
    ("telegram-bot-token", "<d9>:AA<w33>"),
    ("azure-storage-key", "AccountName=a;AccountKey=<w86>=="), ("azure-shared-access-key", "Endpoint=x;SharedAccessKey=<w43>="),
    ("azure-sas", "https://a.blob.core.windows.net/c?sv=2022-11-02&sig=<w43>%3D"), ("azure-client-secret", "<w3>8Q~<w31>"),
    ("openai-key", "sk-<w20>T3BlbkFJ<w20>"),
    ("aws-access-key-id", "AKIA<A16>"), ("aws-access-key-id", "ASIA<A16>"),
    ("aws-secret-access-key", "aws_secret_access_key = <w40>"), ("aws-bedrock-key", "ABSKQmVkcm9ja0FQSUtleS<w40>"),
];

/// The plain formats, as the file of the rules has them: name, shortest and longest token of each template.
fn plain() -> Vec<(&'static str, String, String)> {
    let mut all = Vec::new();
    let mut name = "";
    for line in include_str!("../../src/detect/rules/formats.txt").lines() {
        let mut words = line.split(' ');
        match words.next() {
            None | Some("" | "#") => continue,
            Some("+") => {}
            Some(id) => name = id,
        }
        all.extend(words.map(|template| (name, bounded(template, true), bounded(template, false))));
    }
    all
}

/// A template of the file with one count for each hole: the least, or the greatest.
fn bounded(template: &str, least: bool) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        let (hole, tail) = after.split_once('>').unwrap();
        out.push_str(before);
        let (class, count) = hole.split_at(1);
        match (class, count.strip_suffix('+'), count.split_once('-')) {
            ("g", ..) => out.push_str("<h8>-<h4>-<h4>-<h4>-<h12>"),
            (_, Some(count), _) => out.push_str(&format!("<{class}{count}>")),
            (_, _, Some((low, high))) => {
                out.push_str(&format!("<{class}{}>", if least { low } else { high }))
            }
            _ => out.push_str(&format!("<{hole}>")),
        }
        rest = tail;
    }
    out + rest
}

/// Whether no literal of a template is rare enough to be looked for.
fn is_whole(template: &str) -> bool {
    let mut literals =
        template.split('<').map(|part| part.split_once('>').map_or(part, |(_, literal)| literal));
    let keyword = if template.starts_with('<') { literals.max_by_key(|l| l.len()) } else { literals.next() };
    keyword.is_none_or(|k| k.len() < 2 || k == ":1" || k == "v1.")
}

#[test]
fn each_plain_format_is_found_alone_and_in_prose() {
    let mut missed = Vec::new();
    for (n, (name, least, greatest)) in plain().iter().enumerate() {
        for template in [least, greatest] {
            let token = fill(template, n as u64 + 11);
            let all = [token.clone(), format!("the value is {token} , keep it"), format!("a\t\"{token}\"\n")];
            // Where nothing leads to the format, it must be the whole value.
            for text in &all[..if is_whole(template) { 1 } else { 3 }] {
                let seen = in_text(text);
                if seen.len() != 1 {
                    let rules: Vec<&str> = seen.iter().map(|one| one.rule.as_str()).collect();
                    missed.push(format!("{name} {template} {rules:?}"));
                }
            }
            let seen = look(&[item([("note", s(token.clone()))])]);
            let long = drawn(template, &token).into_iter().filter(|part| part.len() >= 8);
            long.for_each(|part| assert_masked(&seen, part));
        }
    }
    missed.dedup();
    assert!(missed.is_empty(), "{}\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn a_character_less_of_a_plain_format_is_a_near_miss() {
    for (n, (name, least, _)) in plain().iter().enumerate() {
        // A template of the same name may be shorter.
        let shortest = plain().iter().filter(|one| one.0 == *name).map(|one| fill(&one.1, 1).len()).min();
        if least.ends_with('>') && Some(fill(least, 1).len()) == shortest {
            let token = fill(&shorter(least), n as u64);
            assert!(!rules(&token).contains(&(*name).to_owned()), "{least}, one shorter");
        }
    }
}

#[test]
fn each_checked_format_is_found_alone_and_in_prose() {
    for (n, (rule, template)) in CHECKED.iter().enumerate() {
        let token = fill(template, n as u64);
        for text in [token.clone(), format!("the value is {token}, keep it"), format!("a\t\"{token}\"\n")] {
            assert_eq!(rules(&text), [*rule], "{template} in a text of {} bytes", text.len());
        }
        let seen = look(&[item([("note", s(token.clone()))])]);
        drawn(template, &token).iter().for_each(|part| assert_masked(&seen, part));
    }
}

#[test]
fn a_character_less_of_a_checked_format_is_a_near_miss() {
    for (n, (rule, template)) in CHECKED.iter().enumerate() {
        let token = fill(&shorter(template), n as u64);
        assert!(!rules(&token).contains(&(*rule).to_owned()), "{template}, one shorter");
    }
}

#[test]
fn fillers_are_documentation() {
    for template in ["ghp_<w36>", "sk_live_<w24>", "glpat-<w20>", "AKIA<A16>"] {
        let (start, hole) = template.split_once('<').unwrap();
        let count: usize = hole[1..hole.len() - 1].parse().unwrap();
        assert_eq!(rules(&format!("{start}{}", "X".repeat(count))), [""; 0], "{template}");
    }
    assert_eq!(rules(&format!("AKIA{}{}", "IOSFODNN7", "EXAMPLE")), [""; 0]);
}

/// One key id in thirty is drawn without a digit. Words of capitals are none.
#[test]
fn key_ids_of_letters_alone_are_told_by_their_layout() {
    let found = |text: &str| rules(text) == ["aws-access-key-id"];
    let drawn = format!("AKIA{}", "RXKJWHVTMZQPNGBD");
    assert!(found(&drawn) && found(&format!("the key {drawn} is ours")) && found(&format!("KEY {drawn}")));
    for words in ["ASIA PACIFIC SOUTH EAST", "ASIA RETURNS AND REFUND", "ACCA SOUTHERN CHAPTERS"] {
        assert!(!found(&words.replace(' ', "")), "{words}");
    }
    assert!(!found(&format!("AKIA{}", "BXKJWHVTMZQPNGBD")), "of the older layout, which tells nothing");
}

#[test]
fn inside_a_longer_word_nothing_is_found() {
    let all = plain().into_iter().map(|(name, least, _)| (name, least));
    for (n, (name, template)) in all.enumerate().filter(|(_, (_, t))| t.starts_with(char::is_alphanumeric)) {
        if !template.contains(['/', '=', '|', ':']) {
            let token = format!("a{}", fill(&template, n as u64));
            assert!(!rules(&token).contains(&name.to_owned()), "a + {template}");
        }
    }
}

#[test]
fn previews_show_the_public_start_and_the_length() {
    for (template, preview) in [
        ("ghp_<w36>", "ghp_… (40 bytes)"),
        ("AKIA<A16>", "AKIA… (20 bytes)"),
        ("<d9>:AA<w33>", "… (45 bytes)"),
        ("<h32>-us12", "… (37 bytes)"),
    ] {
        assert_eq!(in_text(&fill(template, 5))[0].preview, preview);
    }
}

#[test]
fn checksums_verify_and_a_wrong_one_is_a_near_miss() {
    let body = fill("<w30>", 1);
    let tail = base62(crc32(body.as_bytes()));
    for start in ["ghp_", "npm_", "ghs_"] {
        let good = in_text(&format!("{start}{body}{tail}"));
        assert_eq!((good[0].basis, good[0].confidence), (Basis::Verified, 0.97));
        assert_eq!(rules(&format!("{start}{body}{}", fill("<w6>", 3))), [""; 0]);
    }
    let head = format!("glsa_{}", fill("<w32>", 2));
    let sum: String = crc32(head.as_bytes()).to_le_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(in_text(&format!("{head}_{sum}"))[0].basis, Basis::Verified);
    assert_eq!(rules(&format!("{head}_{}", fill("<h8>", 4))), [""; 0]);
    let body = fill("<l32>", 5);
    let good = format!("zpka_{body}_{:08x}", crc32(body.as_bytes()));
    assert_eq!(
        (rules(&good).as_slice(), in_text(&good)[0].basis),
        (["zuplo-key".to_owned()].as_slice(), Basis::Verified)
    );
    assert_eq!(in_text(&format!("zpka_{body}_{}", fill("<h8>", 6)))[0].basis, Basis::Shaped);
    let body = fill("<b54>", 7);
    let sum = STANDARD_NO_PAD.encode(crc32(body.as_bytes()).to_le_bytes());
    assert_eq!(rules(&format!("cflt{body}{sum}")), ["confluent-secret"]);
}

#[test]
fn a_wrong_checksum_under_a_secret_name_is_still_random() {
    let token = format!("ghp_{}", fill("<w30>AAAAAA", 1));
    let seen = look(&[item([("access_token", s(token))])]).sightings;
    assert_eq!((seen.len(), seen[0].rule.as_str()), (1, "named-random"));
}

#[test]
fn an_access_key_id_that_tells_an_account_is_verified() {
    // Fifth character from Q on: the layout with an account; below it the older one.
    assert_eq!(in_text(&fill("AKIAR<A15>", 1))[0].basis, Basis::Verified);
    assert_eq!(in_text(&fill("AKIAI<A15>", 1))[0].basis, Basis::Shaped);
}

#[test]
fn a_discord_bot_token_begins_with_an_account() {
    let number = format!("1{}", fill("<d17>", 1));
    let token = format!("{}{}", STANDARD_NO_PAD.encode(number), fill(".<w6>.<w27>", 2));
    assert_eq!(rules(&token), ["discord-bot-token"]);
    assert_eq!(rules(&fill("MTExample<w15>.<w6>.<w27>", 3)), [""; 0]);
}

#[test]
fn publishable_keys_are_no_secrets() {
    for template in ["pk_live_<w24>", "pk_test_<w24>", "pk.eyJ<w60>.<w22>"] {
        assert_eq!(rules(&fill(template, 1)), [""; 0], "{template}");
    }
    let web = item([
        ("apiKey", s(fill("AIza<w35>", 1))),
        ("authDomain", s("a.firebaseapp.com")),
        ("projectId", s("a")),
    ]);
    assert!(look(&[web]).sightings.iter().all(|sighting| sighting.rule != "google-api-key"));
}

#[test]
fn a_routable_token_of_gitlab_proves_itself() {
    let head = format!("glpat-{}.01.0u", fill("<u30>", 1));
    let mut sum = crc32(head.as_bytes());
    let mut digits = [b'0'; 7];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(sum % 36) as usize];
        sum /= 36;
    }
    let token = head.clone() + std::str::from_utf8(&digits).unwrap();
    let seen = in_text(&token);
    assert_eq!((seen.len(), seen[0].rule.as_str(), seen[0].basis), (1, "gitlab-token", Basis::Verified));
    let seen = in_text(&format!("{head}0000000"));
    assert_eq!((seen.len(), seen[0].basis), (1, Basis::Shaped));
}
