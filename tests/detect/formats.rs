//! Each provider's format: a made token is found, one character less is not, a filler is not.

use crate::support::{assert_masked, drawn, fill, in_text, item, look, rules, s, shorter};
use dynaudit::snapshot::sample::Basis;

/// Rule, and the shortest token of it.
#[rustfmt::skip]
const FORMATS: &[(&str, &str)] = &[
    ("github-token", "ghp_<w36>"), ("github-token", "ghs_<w36>"), ("github-fine-grained-pat", "github_pat_<w22>_<w59>"),
    ("gitlab-token", "glpat-<w20>"), ("npm-token", "npm_<w36>"), ("pypi-token", "pypi-AgEIcHlwaS5vcmc<w50>"),
    ("rubygems-key", "rubygems_<h48>"), ("crates-io-token", "cio<w32>"), ("docker-token", "dckr_pat_<w27>"),
    ("sourcegraph-token", "sgp_<h40>"), ("sonarqube-token", "squ_<h40>"), ("sentry-token", "sntryu_<h64>"),
    ("sentry-org-token", "sntrys_eyJ<w60>_<w43>"), ("artifactory-key", "AKCp<w69>"),
    ("slack-token", "xoxb-<d12>-<w11>"), ("slack-app-token", "xapp-1-A<U10>-<d12>-<h32>"),
    ("slack-webhook", "https://hooks.slack.com/services/T<U8>/B<U8>/<w20>"),
    ("discord-webhook", "https://discord.com/api/webhooks/<d18>/<w60>"), ("telegram-bot-token", "<d9>:AA<w33>"),
    ("teams-webhook", "https://acme.webhook.office.com/webhookb2/<h36>@<h36>/IncomingWebhook/<h32>/<h36>"),
    ("sendgrid-key", "SG.<w22>.<w43>"), ("mailgun-key", "key-<h32>"), ("mailchimp-key", "<h32>-us12"),
    ("brevo-key", "xkeysib-<h64>-<w16>"), ("twilio-key", "SK<h32>"), ("postmark-resend-key", "re_<w8>_<w24>"),
    ("stripe-live-key", "sk_live_<w24>"), ("stripe-live-key", "rk_live_<w24>"), ("stripe-test-key", "sk_test_<w24>"),
    ("stripe-webhook-secret", "whsec_<w32>"), ("square-token", "sq0atp-<w22>"), ("square-access-token", "EAAA<w60>"),
    ("shopify-token", "shpat_<h32>"), ("shippo-token", "shippo_live_<h40>"), ("easypost-key", "EZAK<w54>"),
    ("flutterwave-key", "FLWSECK-<w32>-X"), ("razorpay-key", "rzp_live_<w14>"),
    ("braintree-token", "access_token$production$<l16>$<h32>"), ("google-api-key", "AIza<w35>"),
    ("google-oauth-token", "ya29.<w20>"), ("google-refresh-token", "1//0<w40>"), ("google-client-secret", "GOCSPX-<w28>"),
    ("azure-storage-key", "AccountName=a;AccountKey=<w86>=="), ("azure-shared-access-key", "Endpoint=x;SharedAccessKey=<w43>="),
    ("azure-sas", "https://a.blob.core.windows.net/c?sv=2022-11-02&sig=<w43>%3D"), ("azure-client-secret", "<w3>8Q~<w34>"),
    ("alibaba-key-id", "LTAI<w16>"), ("digitalocean-token", "dop_v1_<h64>"), ("heroku-key", "HRKU-AA<w58>"),
    ("fly-token", "fm2_<w60>"), ("netlify-token", "nfp_<w36>"), ("supabase-token", "sbp_<h40>"),
    ("supabase-secret-key", "sb_secret_<w30>"), ("planetscale-token", "pscale_tkn_<w32>"), ("pulumi-token", "pul-<h40>"),
    ("terraform-token", "<w14>.atlasv1.<w60>"), ("vault-token", "hvs.<w24>"), ("doppler-token", "dp.pt.<w40>"),
    ("doppler-service-token", "dp.st.prd.<w40>"), ("onepassword-token", "ops_eyJ<w250>"), ("databricks-token", "dapi<h32>"),
    ("grafana-token", "glsa_<w32>_<h8>"), ("grafana-cloud-token", "glc_eyJ<w40>"), ("newrelic-key", "NRAK-<U27>"),
    ("dynatrace-token", "dt0c01.<A24>.<A64>"), ("prefect-key", "pnu_<w36>"), ("okta-token", "SSWS 00<w40>"),
    ("clerk-workos-key", "sk_prod_<w30>"), ("launchdarkly-sdk-key", "sdk-<h8>-<h4>-4<h3>-<h4>-<h12>"),
    ("openai-key", "sk-<w20>T3BlbkFJ<w20>"), ("openai-project-key", "sk-proj-<w40>"), ("anthropic-key", "sk-ant-api03-<w80>"),
    ("huggingface-token", "hf_<w34>"), ("groq-key", "gsk_<w52>"), ("perplexity-key", "pplx-<w48>"),
    ("replicate-token", "r8_<w37>"), ("xai-key", "xai-<w80>"), ("openrouter-key", "sk-or-v1-<h64>"),
    ("linear-key", "lin_api_<w40>"), ("notion-token", "ntn_<w40>"), ("notion-secret", "secret_<w43>"),
    ("postman-key", "PMAK-<h24>-<h34>"), ("atlassian-token", "ATATT3<w28>"), ("airtable-pat", "pat<w14>.<h64>"),
    ("asana-pat", "1/<d16>:<h32>"), ("figma-token", "figd_<w40>"), ("dropbox-token", "sl.<w130>"),
    ("hubspot-token", "pat-na1-<h8>-<h4>-<h4>-<h4>-<h12>"), ("typeform-token", "tfp_<w40>"), ("contentful-token", "CFPAT-<w43>"),
    ("readme-key", "rdme_<l70>"), ("facebook-token", "EAAC<w90>"), ("mapbox-secret-token", "sk.eyJ<w60>.<w22>"),
    ("aws-access-key-id", "AKIA<A16>"), ("aws-access-key-id", "ASIA<A16>"),
    ("aws-secret-access-key", "aws_secret_access_key = <w40>"), ("aws-bedrock-key", "ABSKQmVkcm9ja0FQSUtleS<w40>"),
    ("age-key", "AGE-SECRET-KEY-1<U58>"),
];

#[test]
fn each_format_is_found_alone_and_in_prose() {
    for (n, (rule, template)) in FORMATS.iter().enumerate() {
        let token = fill(template, n as u64);
        for text in [token.clone(), format!("the value is {token}, keep it"), format!("a\t\"{token}\"\n")] {
            assert_eq!(rules(&text), [*rule], "{template} in a text of {} bytes", text.len());
        }
        let seen = look(&[item([("note", s(token.clone()))])]);
        drawn(template, &token).iter().for_each(|part| assert_masked(&seen, part));
    }
}

#[test]
fn a_character_less_is_a_near_miss() {
    for (n, (rule, template)) in FORMATS.iter().enumerate() {
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

#[test]
fn inside_a_longer_word_nothing_is_found() {
    for (n, (_, template)) in
        FORMATS.iter().enumerate().filter(|(_, f)| f.1.starts_with(char::is_alphanumeric))
    {
        if !template.starts_with("http") && !template.contains('=') && !template.starts_with('<') {
            let token = format!("a{}", fill(template, n as u64));
            assert!(!rules(&token).contains(&FORMATS[n].0.to_owned()), "a + {template}");
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

/// CRC-32 by table-free long division, written for the test alone.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[test]
fn checksums_verify_and_a_wrong_one_is_only_a_shape() {
    let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".as_bytes();
    let body = fill("<w30>", 1);
    let mut sum = crc32(body.as_bytes()) as usize;
    let mut tail = vec![0_u8; 6];
    for digit in tail.iter_mut().rev() {
        *digit = digits[sum % 62];
        sum /= 62;
    }
    let tail = String::from_utf8(tail).unwrap();
    for start in ["ghp_", "npm_"] {
        let good = in_text(&format!("{start}{body}{tail}"));
        assert_eq!((good[0].basis, good[0].confidence), (Basis::Verified, 0.97));
        let other = in_text(&fill(&format!("{start}<w36>"), 3));
        assert_eq!((other[0].basis, other[0].confidence), (Basis::Shaped, 0.85));
    }
    let head = format!("glsa_{}", fill("<w32>", 2));
    let sum: String = crc32(head.as_bytes()).to_le_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(in_text(&format!("{head}_{sum}"))[0].basis, Basis::Verified);
    assert_eq!(in_text(&format!("{head}_{}", fill("<h8>", 4)))[0].basis, Basis::Shaped);
}

#[test]
fn an_access_key_id_that_tells_an_account_is_verified() {
    // Fifth character from Q on: the layout with an account; below it the older one.
    assert_eq!(in_text(&fill("AKIAR<A15>", 1))[0].basis, Basis::Verified);
    assert_eq!(in_text(&fill("AKIAI<A15>", 1))[0].basis, Basis::Shaped);
}

#[test]
fn a_discord_bot_token_begins_with_an_account() {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
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
