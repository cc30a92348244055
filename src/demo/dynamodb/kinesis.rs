//! Kinesis streams that receive a table's changes, which dynoxide lacks.

use serde_json::{Value, json};

use super::{Region, table_name};
use crate::demo::answer::Fault;

/// One destination, kept after it was switched off as AWS keeps it.
pub(super) struct Destination {
    arn: String,
    active: bool,
    precision: String,
}

impl Region {
    pub(super) fn enable_kinesis(&mut self, body: &Value) -> Result<Value, Fault> {
        let (name, arn) = (table_name(body), stream(body));
        let precision = body["EnableKinesisStreamingConfiguration"]["ApproximateCreationDateTimePrecision"]
            .as_str()
            .unwrap_or("MILLISECOND");
        let destinations = &mut self.extras(name)?.kinesis;
        destinations.retain(|d| d.arn != arn);
        destinations.push(Destination { arn: arn.to_owned(), active: true, precision: precision.to_owned() });
        Ok(json!({ "TableName": name, "StreamArn": arn, "DestinationStatus": "ENABLING" }))
    }

    pub(super) fn disable_kinesis(&mut self, body: &Value) -> Result<Value, Fault> {
        let (name, arn) = (table_name(body), stream(body));
        for destination in self.extras(name)?.kinesis.iter_mut().filter(|d| d.arn == arn) {
            destination.active = false;
        }
        Ok(json!({ "TableName": name, "StreamArn": arn, "DestinationStatus": "DISABLING" }))
    }

    pub(super) fn describe_kinesis(&mut self, body: &Value) -> Result<Value, Fault> {
        let name = table_name(body);
        let destinations: Vec<Value> = self
            .extras(name)?
            .kinesis
            .iter()
            .map(|d| {
                json!({
                    "StreamArn": d.arn,
                    "DestinationStatus": if d.active { "ACTIVE" } else { "DISABLED" },
                    "ApproximateCreationDateTimePrecision": d.precision,
                })
            })
            .collect();
        Ok(json!({ "TableName": name, "KinesisDataStreamDestinations": destinations }))
    }
}

fn stream(body: &Value) -> &str {
    body["StreamArn"].as_str().unwrap_or_default()
}
