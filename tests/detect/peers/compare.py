#!/usr/bin/env python3
"""Runs `dynaudit detect` and scanners from public registries over one stream of items, and scores them alike.

    python3 -m venv .peers && .peers/bin/pip install -r tests/detect/peers/requirements.txt
    cargo build --release && .peers/bin/python tests/detect/peers/compare.py [--items N] [--seed N] [--corpus DIR]

A scanner reads lines of text, so each leaf of an item is given to it as `name = "value"`, as it would stand in a file;
`dynaudit` gets the items as they are. What counts is the attribute: flagged or not, secret or not. `--corpus DIR` takes
the labelled items that `cargo bench --no-default-features --bench quality -- --write DIR` wrote.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import stream

ROOT = pathlib.Path(__file__).resolve().parents[3]


def main():
    args = arguments()
    rows = corpus(pathlib.Path(args.corpus)) if args.corpus else list(stream.items(args.seed, args.items))
    secrets = sum(len(secret) for _, secret in rows)
    print(f"{len(rows)} items, {sum(len(item) for item, _ in rows)} attributes, {secrets} of them secret")
    print(f"{'':16}{'precision':>10}{'recall':>8}{'F1':>8}{'MB/s':>9}")
    with tempfile.TemporaryDirectory() as home:
        for name, scan in SCANNERS.items():
            try:
                found, size, seconds = scan(rows, pathlib.Path(home), args)
            except (ImportError, FileNotFoundError) as missing:
                print(f"{name:16}not there: {missing}")
                continue
            print(f"{name:16}{score(rows, found)}{size / 1e6 / seconds:>9.2f}")
            if args.show:
                show(rows, found, args.show)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--corpus", help="directory with singles.jsonl and labels.jsonl")
    parser.add_argument("--binary", default=str(ROOT / "target/release/dynaudit"))
    parser.add_argument("--show", type=int, default=0, help="name that many mistakes of each scanner, without values")
    return parser.parse_args()


def corpus(folder):
    pairs = zip((folder / "singles.jsonl").open(), (folder / "labels.jsonl").open())
    labelled = ((json.loads(item), json.loads(label)) for item, label in pairs)
    return [(item, {label["attribute"]} if label["secret"] else set()) for item, label in labelled]


def score(rows, found):
    """`found` holds pairs of a row's number and an attribute."""
    truth = {(n, name) for n, (_, secret) in enumerate(rows) for name in secret}
    hits = len(truth & found)
    precision, recall = hits / max(len(found), 1), hits / max(len(truth), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"{precision:>10.3f}{recall:>8.3f}{f1:>8.3f}"


def show(rows, found, count):
    truth = {(n, name) for n, (_, secret) in enumerate(rows) for name in secret}
    for what, wrong in (("missed", truth - found), ("falsely flagged", found - truth)):
        for name, times in collections.Counter(name for _, name in wrong).most_common(count):
            print(f"    {what}: {times} of {name}")


def dynaudit(rows, home, args):
    lines = home / "items.jsonl"
    lines.write_text("".join(json.dumps(item) + "\n" for item, _ in rows))
    start = time.monotonic()
    ran = subprocess.run([args.binary, "detect", "--format", "json", str(lines)], capture_output=True, text=True)
    seconds = time.monotonic() - start
    found = set()
    for verdict in map(json.loads, ran.stdout.splitlines()):
        row = verdict["line"] - 1
        names = [name for name in rows[row][0] if verdict["path"] == name or verdict["path"].startswith(
            tuple(name + sign for sign in ".[|"))]
        found.add((row, max(names, key=len) if names else verdict["path"]))
    return found, lines.stat().st_size, seconds


def leaves(value, name):
    """Names and texts of the leaves of a value in DynamoDB JSON."""
    (kind, inner), = value.items()
    if kind == "M":
        for key, deeper in inner.items():
            yield from leaves(deeper, key)
    elif kind == "L":
        for deeper in inner:
            yield from leaves(deeper, name)
    elif kind == "SS":
        yield from ((name, text) for text in inner)
    elif kind in "SNB":
        yield name, inner


def text_of(rows):
    """Lines `name = "value"`, and for each the row and the attribute that it came from."""
    lines, origin = [], []
    for n, (item, _) in enumerate(rows):
        for attribute, value in item.items():
            for name, text in leaves(value, attribute):
                for part in text.splitlines() or [""]:
                    lines.append(f'{name} = "{part}"')
                    origin.append((n, attribute))
    return lines, origin


def detect_secrets(rows, home, _):
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    lines, origin = text_of(rows)
    path = home / "items.conf"
    path.write_text("\n".join(lines) + "\n")
    start = time.monotonic()
    with default_settings():
        found = {origin[secret.line_number - 1] for secret in scan_file(str(path))}
    return found, path.stat().st_size, time.monotonic() - start


def credsweeper(rows, home, _):
    lines, origin = text_of(rows)
    path, report = home / "items.txt", home / "report.json"
    path.write_text("\n".join(lines) + "\n")
    tool = pathlib.Path(sys.executable).with_name("credsweeper")
    start = time.monotonic()
    subprocess.run([tool, "--path", str(path), "--save-json", str(report), "--log", "ERROR"], check=False, cwd=home,
                   capture_output=True)
    seconds = time.monotonic() - start
    found = set()
    for credential in json.loads(report.read_text()):
        found |= {origin[line["line_num"] - 1] for line in credential["line_data_list"]}
    return found, path.stat().st_size, seconds


SCANNERS = {"dynaudit": dynaudit, "detect-secrets": detect_secrets, "credsweeper": credsweeper}

if __name__ == "__main__":
    main()
