"""Forms of findings that others define: SARIF, OCSF, ASFF, OSCAL."""

import functools
import json
import re
import subprocess
import tempfile

import botocore.session
import jsonschema
import ocsf_json_schema
from botocore.validate import ParamValidator

# "Required attributes", "Optional top-level attributes": limits that botocore's model does not hold.
ASFF_LIMITS = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}
ASFF_TYPE = re.compile(
    r"(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(/[^/]+){0,2}"
)


def read(path):
    return json.loads(path.read_text())


def errors(schema, value, kind=jsonschema.Draft202012Validator):
    for error in kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(value):
        yield f"{error.json_path}: {error.message}"


def sarif_schema(out, tools):
    schema = read(tools / "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json")
    yield from errors(schema, read(out / "findings.sarif"), jsonschema.validators.validator_for(schema))


def sarif_tool(out, tools):
    """Errors of its rules, and warnings but for the one that wants a home page of the tool's."""
    command = [tools / "node_modules/.bin/sarif-multitool", "validate", out / "findings.sarif"]
    run = subprocess.run(command, capture_output=True, text=True)
    said = run.stdout + run.stderr
    if "Analysis completed successfully" not in said:
        yield said
    for line in said.splitlines():
        if re.search(r": (error|warning) ", line) and "SARIF2005" not in line:
            yield line


def ocsf(path, version):
    schemas = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema(version))

    @functools.cache
    def validator(uid, profiles):
        schema = schemas.get_class_schema(schemas.lookup_class_name_from_uid(uid), list(profiles))
        return jsonschema.Draft202012Validator(schema)

    seen = set()
    for at, event in enumerate(read(path)):
        profiles = tuple(event["metadata"]["profiles"])
        for error in validator(event["class_uid"], profiles).iter_errors(event):
            yield f"event {at} {error.json_path}: {error.message}"
        if event["metadata"]["version"] != version:
            yield f"event {at} is of version {event['metadata']['version']}"
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            yield f"event {at}: type_uid {event['type_uid']}"
        if event["finding_info"]["uid"] in seen:
            yield f"event {at}: its uid is another's"
        seen.add(event["finding_info"]["uid"])


def asff(out):
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    findings = read(out / "findings.asff.json")
    for at in range(0, len(findings), 100):
        report = ParamValidator().validate({"Findings": findings[at : at + 100]}, shape)
        if report.has_errors():
            yield report.generate_report()
    if len({finding["Id"] for finding in findings}) != len(findings):
        yield "two findings have one Id"
    for at, finding in enumerate(findings):
        for name, most in ASFF_LIMITS.items():
            if not 1 <= len(finding[name]) <= most:
                yield f"{at}: {name} has {len(finding[name])} characters"
        if not all(ASFF_TYPE.fullmatch(kind) for kind in finding["Types"]):
            yield f"{at}: {finding['Types']}"
        related = finding["Compliance"].get("RelatedRequirements", [])
        if len(related) > 32 or any(len(text) > 64 for text in related):
            yield f"{at}: RelatedRequirements"
        if not 1 <= len(finding["Remediation"]["Recommendation"]["Text"]) <= 512:
            yield f"{at}: the recommendation"
        if len(json.dumps(finding)) > 240_000:
            yield f"{at}: larger than 240 KB"


def oscal(out):
    with tempfile.TemporaryDirectory() as home:
        for command in (
            ["init"],
            ["import", "--file", str(out / "oscal.json"), "--output", "results"],
            ["validate", "--type", "assessment-results", "--name", "results"],
        ):
            run = subprocess.run(["trestle", *command], cwd=home, capture_output=True, text=True)
            if run.returncode:
                yield f"trestle {command[0]}: {run.stdout}{run.stderr}"
                return
