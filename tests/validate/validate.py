"""Every form of a report, written by the binary and held against whoever defines the form."""

import pathlib
import subprocess
import sys
import tempfile

import archive
import events
import hostile
import page
import plain

HERE = pathlib.Path(__file__).resolve().parent


def main():
    binary, tools, shots = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    failed = 0
    with tempfile.TemporaryDirectory(prefix="dynaudit-validate-") as home:
        home = pathlib.Path(home)
        key = archive.key(home)
        demo, odd = home / "demo", home / "hostile"
        write(binary, ["demo"], demo, key)
        snapshot = home / "hostile.json"
        hostile.spoil(demo / "evidence.zip", snapshot)
        write(binary, ["assess", str(snapshot)], odd, key)
        for name, out in (("demo", demo), ("hostile names", odd)):
            print(f"{name}:")
            for title, check in checks(binary, tools, key):
                problems = list(check(out))
                failed += bool(problems)
                print(f"  {'FAILED' if problems else 'ok':7} {title}")
                for problem in problems[:10]:
                    print(f"          {problem[:400]}")
            problems = list(page.browse(out / "report.html", shots, name.split()[0]))
            failed += bool(problems)
            print(f"  {'FAILED' if problems else 'ok':7} HTML in Chromium")
            for problem in problems[:10]:
                print(f"          {problem[:400]}")
    total = 2 * (len(checks(binary, tools, key)) + 1)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


def checks(binary, tools, key):
    schema = HERE.parents[1] / "docs/schema/report.schema.json"
    return [
        ("SARIF 2.1.0, by its schema", lambda out: events.sarif_schema(out, tools)),
        ("SARIF 2.1.0, by the SARIF multitool", lambda out: events.sarif_tool(out, tools)),
        ("OCSF 1.5.0", lambda out: events.ocsf(out / "findings.ocsf.json", "1.5.0")),
        ("OCSF 1.8.0", lambda out: events.ocsf(out / "findings.ocsf-1.8.json", "1.8.0")),
        ("ASFF, by the model of BatchImportFindings", events.asff),
        ("OSCAL assessment results, by trestle", events.oscal),
        ("JSON, by the schema in docs/schema", lambda out: plain.report(out, schema)),
        ("JSON Lines", plain.lines),
        ("CSV", plain.csv_strict),
        ("JUnit, by two schemas", lambda out: plain.junit(out, tools)),
        ("Markdown", plain.markdown),
        ("HTML, by the Nu checker", lambda out: page.nu(out, tools)),
        ("the bundle, its sums, statement and signature", lambda out: archive.bundle(out, binary, key)),
        ("all forms tell of the same findings", plain.same),
    ]


def write(binary, command, out, key):
    """Every form; a finding is exit code 1."""
    more = ["--output-dir", str(out), "--output", "all", "--output", f"ocsf-1.8={out}/findings.ocsf-1.8.json"]
    run = subprocess.run([binary, *command, "--sign-key", str(key.private), *more], capture_output=True, text=True)
    if run.returncode != 1:
        sys.exit(f"dynaudit {command[0]} ended with {run.returncode}: {run.stderr}")


if __name__ == "__main__":
    sys.exit(main())
