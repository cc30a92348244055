//! Calls that the account refuses, in the words of a service control policy.

use super::answer::{Answer, Fault};
use super::connector::Request;
use super::{ACCOUNT, CALLER};

/// One refused operation on one kind of resource.
pub(super) struct Refusal {
    service: Option<String>,
    operation: String,
    resource: String,
}

impl Refusal {
    pub(super) fn new(operation: &str, resource: &str) -> Self {
        let (service, operation) = match operation.split_once(':') {
            Some((service, operation)) => (Some(service.to_owned()), operation),
            None => (None, operation),
        };
        Self { service, operation: operation.to_owned(), resource: resource.to_owned() }
    }

    pub(super) fn covers(&self, request: &Request) -> bool {
        self.operation == request.operation
            && self.service.as_ref().is_none_or(|service| *service == request.service)
            && resource(request).contains(&self.resource)
    }
}

/// The answer to a refused request, in the shape of its service.
pub(super) fn answer(request: &Request) -> Answer {
    let (service, operation, resource) = (&request.service, &request.operation, resource(request));
    let message = format!(
        "User: {CALLER} is not authorized to perform: {service}:{operation} on resource: {resource} \
         with an explicit deny in a service control policy"
    );
    match service.as_str() {
        "iam" | "sts" | "ec2" | "redshift" | "s3" | "s3-control" => {
            Answer::xml_error(403, "AccessDenied", &message)
        }
        "dynamodb" => Err(Fault::new("com.amazon.coral.service#AccessDeniedException", message)).into(),
        _ => Err(Fault::new("AccessDeniedException", message)).into(),
    }
}

/// The ARN that a request is about, or `*`.
fn resource(request: &Request) -> String {
    const FIELDS: [&str; 6] = ["TableName", "ResourceArn", "TableArn", "BackupArn", "ExportArn", "KeyId"];
    if !request.about.is_empty() {
        return request.about.join("/");
    }
    let body = request.json();
    let named = FIELDS.iter().find_map(|field| body[*field].as_str());
    let kind = if request.service == "kms" { "key" } else { "table" };
    match named {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(name) => format!("arn:aws:{}:{}:{ACCOUNT}:{kind}/{name}", request.service, request.region),
        None => "*".to_owned(),
    }
}
