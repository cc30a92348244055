//! Partitions of AWS and the Regions that each of them has.

/// A group of Regions with accounts, IAM and ARNs of its own.
///
/// AWS documentation: "AWS Regions" (AWS Account Management Reference Guide), "Amazon DynamoDB endpoints and
/// quotas" (AWS General Reference).
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-cn`, …: the second part of its ARNs.
    pub name: &'static str,
    /// What its endpoints' host names end with.
    pub dns: &'static str,
    /// The Region that its global services (IAM) are signed for, and that no account can switch off.
    pub home: &'static str,
    /// What the names of its Regions begin with; empty for the commercial one, which takes all others.
    prefixes: &'static [&'static str],
    /// Regions with DynamoDB, those that an account must opt into included.
    pub regions: &'static [&'static str],
}

/// The partitions; the commercial one comes last, for it takes every name that no other claims.
pub const PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws-cn",
        dns: "amazonaws.com.cn",
        home: "cn-north-1",
        prefixes: &["cn-"],
        regions: &["cn-north-1", "cn-northwest-1"],
    },
    Partition {
        name: "aws-us-gov",
        dns: "amazonaws.com",
        home: "us-gov-west-1",
        prefixes: &["us-gov-"],
        regions: &["us-gov-east-1", "us-gov-west-1"],
    },
    Partition {
        name: "aws-iso",
        dns: "c2s.ic.gov",
        home: "us-iso-east-1",
        prefixes: &["us-iso-"],
        regions: &["us-iso-east-1", "us-iso-west-1"],
    },
    Partition {
        name: "aws-iso-b",
        dns: "sc2s.sgov.gov",
        home: "us-isob-east-1",
        prefixes: &["us-isob-"],
        regions: &["us-isob-east-1", "us-isob-west-1"],
    },
    Partition {
        name: "aws-iso-e",
        dns: "cloud.adc-e.uk",
        home: "eu-isoe-west-1",
        prefixes: &["eu-isoe-"],
        regions: &["eu-isoe-west-1"],
    },
    Partition {
        name: "aws-iso-f",
        dns: "csp.hci.ic.gov",
        home: "us-isof-south-1",
        prefixes: &["us-isof-"],
        regions: &["us-isof-east-1", "us-isof-south-1"],
    },
    Partition {
        name: "aws-eusc",
        dns: "amazonaws.eu",
        home: "eusc-de-east-1",
        prefixes: &["eusc-"],
        regions: &["eusc-de-east-1"],
    },
    Partition { name: "aws", dns: "amazonaws.com", home: "us-east-1", prefixes: &[""], regions: COMMERCIAL },
];

const COMMERCIAL: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// The partition that a Region belongs to, told by how its name begins.
pub fn partition_of(region: &str) -> &'static Partition {
    let claims = |p: &&Partition| p.prefixes.iter().any(|prefix| region.starts_with(prefix));
    // The last one claims everything, so there is always one.
    PARTITIONS.iter().find(claims).unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_of_its_own_partition() {
        for partition in PARTITIONS {
            assert!(partition.regions.contains(&partition.home));
            assert!(partition.regions.is_sorted());
            for region in partition.regions {
                assert_eq!(partition_of(region).name, partition.name, "{region}");
            }
        }
        assert_eq!(partition_of("us-new-9").name, "aws");
        assert_eq!(partition_of("us-gov-new-1").name, "aws-us-gov");
    }
}
