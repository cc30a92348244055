//! The formats of providers' tokens and keys, as a table: id, public starts, what follows.
//!
//! Not in it, because they are made to be published: Stripe `pk_`, Mapbox `pk.`, reCAPTCHA site keys. Google's `AIza`
//! keys are in it, as they pay for Maps and Gemini alike; the walk leaves out those of a Firebase web configuration.

use super::{Found, Match, Rule, checksum, hidden, is_filler};
use crate::snapshot::sample::{Basis, SecretKind};

#[rustfmt::skip] // One format a line, so that the table can be read.
pub(super) const RULES: &[Rule] = &[
    // Source code and packages
    Rule::token("github-token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "[A-Za-z0-9]{36}").check(checksum::base62_tail),
    Rule::token("github-fine-grained-pat", &["github_pat_"], "[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    Rule::token("gitlab-token", &["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glagent-", "gloas-", "glsoat-", "glimt-"], r"[A-Za-z0-9_-]{20,300}(?:\.[a-z0-9]{2,9}){0,2}"),
    Rule::token("npm-token", &["npm_"], "[A-Za-z0-9]{36}").check(checksum::base62_tail),
    Rule::token("pypi-token", &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"], "[A-Za-z0-9_-]{50,}"),
    Rule::token("rubygems-key", &["rubygems_"], "[0-9a-f]{48}"),
    Rule::token("crates-io-token", &["cio"], "[A-Za-z0-9]{32}"),
    Rule::token("docker-token", &["dckr_pat_", "dckr_oat_"], "[A-Za-z0-9_-]{27,40}"),
    Rule::token("sourcegraph-token", &["sgp_"], "(?:[0-9a-f]{16}_)?[0-9a-f]{40}"),
    Rule::token("sonarqube-token", &["squ_", "sqp_", "sqa_"], "[0-9a-f]{40}"),
    Rule::token("sentry-token", &["sntryu_"], "[0-9a-f]{64}"),
    Rule::token("sentry-org-token", &["sntrys_eyJ"], "[A-Za-z0-9+/=]{60,}_[A-Za-z0-9+/]{43}"),
    Rule::token("artifactory-key", &["AKCp"], "[A-Za-z0-9]{69}"),
    // Messages and mail
    Rule::token("slack-token", &["xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-", "xoxe-", "xoxc-", "xoxd-"], "[0-9A-Za-z-]{24,300}"),
    Rule::token("slack-app-token", &["xapp-"], "[0-9]-[A-Z0-9]{8,14}-[0-9]{10,14}-[a-z0-9]{32,80}"),
    Rule::token("slack-webhook", &["hooks.slack.com/services/", "hooks.slack.com/workflows/"], "(?P<s>T[A-Z0-9]{7,12}/[AB][A-Z0-9]{7,12}/[A-Za-z0-9/]{20,50})"),
    Rule::token("discord-webhook", &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"], "(?P<s>[0-9]{17,20}/[A-Za-z0-9_-]{60,80})"),
    Rule::token("discord-bot-token", &["MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"], r"[A-Za-z0-9_-]{22,24}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}").check(discord),
    Rule::token("telegram-bot-token", &[":AA"], "[0-9]{8,10}:AA[A-Za-z0-9_-]{33}").around(10, 40).check(hidden),
    Rule::token("teams-webhook", &[".webhook.office.com/webhookb2/"], "(?P<s>[0-9a-f@-]{73}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})").check(hidden),
    Rule::token("sendgrid-key", &["SG."], r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    Rule::token("mailgun-key", &["key-"], "[0-9a-f]{32}"),
    Rule::token("mailchimp-key", &["-us"], "[0-9a-f]{32}-us[0-9]{1,2}").around(32, 8).check(hidden),
    Rule::token("brevo-key", &["xkeysib-", "xsmtpsib-"], "[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    Rule::token("twilio-key", &["SK"], "[0-9a-f]{32}"),
    Rule::token("postmark-resend-key", &["re_"], "[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    // Payment and shops
    Rule::token("stripe-live-key", &["sk_live_", "rk_live_"], "[A-Za-z0-9]{24,247}"),
    Rule::token("stripe-test-key", &["sk_test_", "rk_test_"], "[A-Za-z0-9]{24,247}"),
    Rule::token("stripe-webhook-secret", &["whsec_"], "[A-Za-z0-9+/]{32,88}={0,2}"),
    Rule::token("square-token", &["sq0atp-", "sq0csp-"], "[A-Za-z0-9_-]{22,43}"),
    Rule::token("square-access-token", &["EAAA"], "[A-Za-z0-9_-]{60}"),
    Rule::token("shopify-token", &["shpat_", "shpca_", "shppa_", "shpss_"], "[0-9a-fA-F]{32}"),
    Rule::token("shippo-token", &["shippo_live_", "shippo_test_"], "[0-9a-f]{40}"),
    Rule::token("easypost-key", &["EZAK", "EZTK"], "[A-Za-z0-9]{54}"),
    Rule::token("flutterwave-key", &["FLWSECK-", "FLWSECK_TEST-"], "[0-9A-Za-z]{32}-X"),
    Rule::token("razorpay-key", &["rzp_live_"], "[A-Za-z0-9]{14}"),
    Rule::token("braintree-token", &["access_token$production$"], "[0-9a-z]{16}\\$[0-9a-f]{32}"),
    // Clouds and platforms
    Rule::token("google-api-key", &["AIza"], "[A-Za-z0-9_-]{35}").kind(SecretKind::ApiKey),
    Rule::token("google-oauth-token", &["ya29."], "[A-Za-z0-9_-]{20,}").kind(SecretKind::AccessToken),
    Rule::token("google-refresh-token", &["1//0"], "[A-Za-z0-9_-]{40,}").kind(SecretKind::RefreshToken),
    Rule::token("google-client-secret", &["GOCSPX-"], "[A-Za-z0-9_-]{28}"),
    Rule::token("azure-storage-key", &["AccountKey="], "(?P<s>[A-Za-z0-9+/]{86}==)").any_case(),
    Rule::token("azure-shared-access-key", &["SharedAccessKey="], "(?P<s>[A-Za-z0-9+/]{43}=)").any_case(),
    Rule::token("azure-sas", &["sig="], "(?P<s>[A-Za-z0-9+/]{43}=|(?:[A-Za-z0-9]|%2[BbFf]){43}%3[Dd])"),
    Rule::token("azure-client-secret", &["8Q~"], "[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{34}").around(4, 40).check(hidden),
    Rule::token("alibaba-key-id", &["LTAI"], "[A-Za-z0-9]{16,26}"),
    Rule::token("digitalocean-token", &["dop_v1_", "doo_v1_", "dor_v1_"], "[0-9a-f]{64}"),
    Rule::token("heroku-key", &["HRKU-AA"], "[A-Za-z0-9_-]{58}"),
    Rule::token("fly-token", &["fm1_", "fm2_", "fm1r_", "fm1a_"], "[A-Za-z0-9+/]{60,}={0,2}"),
    Rule::token("netlify-token", &["nfp_"], "[A-Za-z0-9]{36}"),
    Rule::token("supabase-token", &["sbp_"], "[0-9a-f]{40}"),
    Rule::token("supabase-secret-key", &["sb_secret_"], "[A-Za-z0-9_-]{30,50}"),
    Rule::token("planetscale-token", &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"], "[A-Za-z0-9_.=-]{32,64}"),
    Rule::token("pulumi-token", &["pul-"], "[0-9a-f]{40}"),
    Rule::token("terraform-token", &[".atlasv1."], r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}").around(14, 82).check(hidden),
    Rule::token("vault-token", &["hvs.", "hvb.", "hvr."], "[A-Za-z0-9_-]{24,300}"),
    Rule::token("doppler-token", &["dp.pt.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."], "[A-Za-z0-9]{40,44}"),
    Rule::token("doppler-service-token", &["dp.st."], r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    Rule::token("onepassword-token", &["ops_eyJ"], "[A-Za-z0-9_-]{250,}={0,3}"),
    Rule::token("databricks-token", &["dapi"], "[0-9a-f]{32}(?:-[0-9])?"),
    Rule::token("grafana-token", &["glsa_"], "[A-Za-z0-9]{32}_[0-9a-fA-F]{8}").check(checksum::grafana),
    Rule::token("grafana-cloud-token", &["glc_eyJ"], "[A-Za-z0-9+/]{40,}={0,2}"),
    Rule::token("newrelic-key", &["NRAK-"], "[A-Z0-9]{27}"),
    Rule::token("dynatrace-token", &["dt0c01.", "dt0s01."], r"[A-Z2-7]{24}\.[A-Z2-7]{64}"),
    Rule::token("prefect-key", &["pnu_"], "[A-Za-z0-9]{36}"),
    Rule::token("okta-token", &["SSWS "], "00[A-Za-z0-9_-]{40}").any_case(),
    Rule::token("clerk-workos-key", &["sk_prod_"], "[A-Za-z0-9]{30,80}"),
    Rule::token("launchdarkly-sdk-key", &["sdk-"], "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
    // Models
    Rule::token("openai-key", &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"], "[A-Za-z0-9_-]{20,130}T3BlbkFJ[A-Za-z0-9_-]{20,130}").check(openai),
    Rule::token("openai-project-key", &["sk-proj-"], "[A-Za-z0-9_-]{40,250}"),
    Rule::token("anthropic-key", &["sk-ant-"], "(?:api|admin|oat|ort|sid)[0-9]{2}-[A-Za-z0-9_-]{80,130}"),
    Rule::token("huggingface-token", &["hf_", "api_org_"], "[A-Za-z0-9]{34}"),
    Rule::token("groq-key", &["gsk_"], "[A-Za-z0-9]{52}"),
    Rule::token("perplexity-key", &["pplx-"], "[A-Za-z0-9]{48}"),
    Rule::token("replicate-token", &["r8_"], "[A-Za-z0-9]{37}"),
    Rule::token("xai-key", &["xai-"], "[A-Za-z0-9]{80}"),
    Rule::token("openrouter-key", &["sk-or-v1-"], "[0-9a-f]{64}"),
    // Work
    Rule::token("linear-key", &["lin_api_", "lin_oauth_"], "[A-Za-z0-9]{40,64}"),
    Rule::token("notion-token", &["ntn_"], "[A-Za-z0-9]{40,50}"),
    Rule::token("notion-secret", &["secret_"], "[A-Za-z0-9]{43}"),
    Rule::token("postman-key", &["PMAK-"], "[0-9a-f]{24}-[0-9a-f]{34}"),
    Rule::token("atlassian-token", &["ATATT3", "ATCTT3", "ATBB"], "[A-Za-z0-9_=-]{28,300}"),
    Rule::token("airtable-pat", &["pat"], r"[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    Rule::token("asana-pat", &["1/", "2/"], "[0-9]{16}(?:/[0-9]{16})?:[0-9a-f]{32}"),
    Rule::token("figma-token", &["figd_", "figdr_"], "[A-Za-z0-9_-]{40,44}"),
    Rule::token("dropbox-token", &["sl.u.", "sl."], "[A-Za-z0-9_-]{130,}"),
    Rule::token("hubspot-token", &["pat-na1-", "pat-eu1-", "pat-na2-"], "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    Rule::token("typeform-token", &["tfp_"], r"[A-Za-z0-9_-]{40}(?:[A-Za-z0-9_.-]{1,20})?"),
    Rule::token("contentful-token", &["CFPAT-"], "[A-Za-z0-9_-]{43}"),
    Rule::token("readme-key", &["rdme_"], "[a-z0-9]{70}"),
    Rule::token("facebook-token", &["EAAC", "EAAG", "EAAB"], "[A-Za-z0-9]{90,400}").kind(SecretKind::AccessToken),
    Rule::token("mapbox-secret-token", &["sk.eyJ"], r"[A-Za-z0-9_-]{60,120}\.[A-Za-z0-9_-]{22}"),
];

/// A bot token begins with its account's number, in base64.
fn discord(found: &Match<'_>) -> Option<Found> {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let first = found.whole.split(|b| *b == b'.').next()?;
    let number = STANDARD_NO_PAD.decode(first).ok()?;
    let verified = (17..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    let public = std::borrow::Cow::Borrowed("");
    verified.then(|| found.found(Basis::Verified)).flatten().map(|f| Found { public, ..f })
}

/// `T3BlbkFJ` is the maker's name in base64, in the middle of each key.
fn openai(found: &Match<'_>) -> Option<Found> {
    if is_filler(found.tail()) { None } else { found.found(Basis::Verified) }
}
