//! STS: who asks.

use winterbaume_core::MockService;
use winterbaume_sts::StsService;

use super::answer::Answer;
use super::connector::Request;
use super::{ACCOUNT, CALLER};

/// Answers GetCallerIdentity here, since the emulator knows one identity that is no role; the rest there.
pub(super) async fn answer(emulator: &StsService, request: Request) -> Answer {
    if request.operation != "GetCallerIdentity" {
        return emulator.handle(request.raw).await.into();
    }
    Answer::xml(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{CALLER}</Arn><UserId>AROAEMBEDDEDAUDITOR01:audit</UserId>\
         <Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>embedded</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    ))
}
