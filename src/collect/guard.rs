//! The guard on every client: nothing leaves the process that is not on the list of calls, and no answer comes in that is
//! not whole.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::calls::{self, Class};
use super::whole::is_whole;

/// Refuses what the run has no business to send.
#[derive(Debug, Clone)]
pub struct Guard {
    also: Option<Class>,
}

/// An operation that the guard refused; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// `service:Operation`.
    pub operation: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused by the read-only guard: {} is not a call that this run may make", self.operation)
    }
}

impl std::error::Error for Refused {}

impl Guard {
    /// A guard that lets the calls for settings through.
    pub(super) fn new() -> Self {
        Self { also: None }
    }

    /// The same, and the calls of one class more.
    pub(super) fn and(class: Class) -> Self {
        Self { also: Some(class) }
    }

    /// An operation without a name is refused like any that is not on the list.
    fn judge(&self, cfg: &ConfigBag) -> Result<(), BoxError> {
        let (service, operation) = match cfg.load::<Metadata>() {
            Some(metadata) => (metadata.service(), metadata.name()),
            None => ("unknown", "unknown"),
        };
        let open = calls::find(service, operation)
            .is_some_and(|call| call.class == Class::Metadata || self.also == Some(call.class));
        if open { Ok(()) } else { Err(Refused { operation: format!("{service}:{operation}") }.into()) }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "dynaudit read-only guard"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.judge(cfg)
    }

    /// Once more at the last moment, so that no other plugin can slip an operation past the first look.
    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.judge(cfg)
    }

    /// What lacks what such an answer always holds is none.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg.load::<Metadata>().and_then(|m| calls::find(m.service(), m.name())) else {
            return Ok(());
        };
        let body = context.response().body().bytes().unwrap_or_default();
        if context.response().status().as_u16() == 200 && !is_whole(call, body) {
            return Err("the answer is not whole".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::config_bag::Layer;

    use super::*;
    use crate::collect::calls::{CALLS, EXPORTS, SIGNING};

    #[test]
    fn a_class_is_open_only_where_it_was_asked_for() {
        let lets = |guard: &Guard, service: &'static str, operation: &'static str| {
            let mut layer = Layer::new("test");
            layer.store_put(Metadata::new(operation, service));
            guard.judge(&ConfigBag::of_layers(vec![layer])).is_ok()
        };
        let (plain, exports, signing) =
            (Guard::new(), Guard::and(Class::Exports), Guard::and(Class::Signing));
        assert!(CALLS.iter().chain(EXPORTS).chain(SIGNING).all(|call| {
            let open = call.class == Class::Metadata || call.operation == "ListObjectsV2";
            lets(&plain, call.service, call.operation) == open
        }));
        assert!(lets(&exports, "s3", "GetObject") && !lets(&signing, "s3", "GetObject"));
        assert!(!lets(&exports, "kms", "Sign") && !lets(&exports, "dynamodb", "Scan"));
        for write in ["PutObject", "DeleteObject", "RestoreObject", "CopyObject", "SelectObjectContent"] {
            assert!(!lets(&exports, "s3", write), "{write}");
        }
    }
}
