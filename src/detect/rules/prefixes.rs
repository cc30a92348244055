//! Beginnings that say what follows: `sk_…`, `gsk_…`, `xoxb-…`. Makers change the length and the alphabet of their tokens, and keep these.

use std::borrow::Cow;

use super::{Found, Match, Rule};
use crate::{
    detect::{
        benign::is_cleared,
        identity::id,
        randomness::{is_random, is_uuid},
    },
    snapshot::sample::Basis,
};

/// Beginnings of secrets alone. Not here: what begins an identifier or a published key too (`key_`, `live_`, `pk_`), and
/// what has a checksum, for one that fails was never issued.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    // Any maker's.
    "sk_", "sk-", "rk_live_", "rk_test_", "secret_", "secret-", "apikey_", "apikey-", "api_key_", "api-key-", "pat_", "pat-", "access_token_",
    "refresh_token_", "client_secret_", "auth_token_", "bearer_", "private_key_", "service_key_", "personal_access_token_", "whsec_", "ops_eyJ",
    // One maker's.
    "api_live.", "api_sandbox.", "APP_USR-", "AstraCS:", "ATATT3", "ATBB", "ATCTT3", "bedrock-api-key-", "bkua_", "bxt_", "CCIPAT_", "CCIPRJ_", "CFPAT-", "CLOJARS_", "csk-",
    "dapi", "dbtc_", "dckr_oat_", "dckr_pat_", "ddp_", "dnkey-", "dop_v1_", "doo_v1_", "dor_v1_", "dp.ct.", "dp.pt.", "dp.sa.", "dp.st.", "dt0c01.", "dt0s01.", "duffel_live_",
    "duffel_test_", "EZAK", "EZTK", "figd_", "FLWSECK_TEST-", "FLWSECK-", "fo1_", "github_pat_", "glagent-", "glc_", "gldt-", "glft-", "glimt-", "gloas-", "glpat-", "glptt-", "glrt-", "glsoat-", "glcbt-",
    "gsk_", "hcaik_", "hcbik_", "HRKU-", "hvb.", "hvr.", "hvs.", "isat_", "ion_", "jina_", "lin_api_", "lin_oauth_", "llx-", "lsv2_pt_", "lsv2_sk_", "mdb_sa_sk_", "mlsn.", "napi_", "nbp_",
    "nfp_", "NRAK-", "NRII-", "ntn_", "nvapi-", "os_v2_app_", "pcsk_", "phx_", "PMAK-", "pnu_", "pplx-", "pscale_oauth_", "pscale_pw_", "pscale_tkn_", "ptr_", "pul-",
    "pypi-", "r8_", "rdme_", "rnd_", "RGAPI-", "rpa_", "rubygems_", "sbp_", "sb_secret_", "sct_ro_", "sct_rw_", "SG.", "sgp_", "shippo_live_", "shpat_", "shpca_", "shppa_", "shpss_",
    "snyk_sat.", "snyk_uat.", "sntryu_", "sq0atp-", "sq0csp-", "sqa_", "sqp_", "squ_", "SWMKEY-1-", "SWMTKN-1-", "tfp_", "tgp_v1_", "tskey-", "tvly-", "vcp_", "vtwn_",
    "waka_", "xaat-", "xai-", "xapp-", "xau_", "xkeysib-", "xnd_", "xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xsmtpsib-",
];

pub(super) fn rules() -> Vec<Rule> {
    vec![Rule::token("prefixed-token", STARTS, "[A-Za-z0-9_-][A-Za-z0-9_.-]{15,400}").check(drawn)]
}

/// What follows must look drawn, and be no identifier.
fn drawn(found: &Match<'_>) -> Option<Found> {
    let whole = std::str::from_utf8(found.whole).ok()?;
    let tail = std::str::from_utf8(found.tail()).ok()?.trim_end_matches(['.', '-']);
    let secret = (is_random(tail) || is_uuid(tail)) && id(tail).is_none_or(|_| is_uuid(tail));
    if !secret || is_cleared(whole) || is_cleared(tail) {
        return None;
    }
    found.found(Basis::Likely).map(|f| Found { public: Cow::Borrowed(found.start), ..f })
}
