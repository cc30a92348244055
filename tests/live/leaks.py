"""Looks for planted values in what the binary wrote: any eight characters of one, plain or encoded."""

import base64
import re
import urllib.parse

WINDOW = 8
HEX = re.compile(r"[0-9a-fA-F-]*")


def windows(text, width):
    return {text[i : i + width] for i in range(len(text) - width + 1)}


def packed(value):
    """Whether a value is readable text in base64."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("ascii").isprintable()
    except ValueError:
        return False


def needles(hidden):
    """By width, the pieces that may not occur: of each value, of its base64, its hex and its URL encoding."""
    found = {WINDOW: set(), 11: set(), 16: set()}
    for value in hidden:
        # Eight characters of packed text are six of its own: punctuation and common words, that any report holds.
        if packed(value):
            found[16] |= windows(value, 16)
        else:
            found[WINDOW] |= windows(value, WINDOW)
        data = value.encode()
        for shift in range(3):  # base64 of a longer text may start within a group of three bytes
            coded = base64.b64encode(data[shift : len(data) - (len(data) - shift) % 3]).decode()
            found[11] |= windows(coded, 11) | windows(coded.replace("+", "-").replace("/", "_"), 11)
        found[16] |= windows(data.hex(), 16) | windows(data.hex().upper(), 16)
        quoted = urllib.parse.quote(value, safe="")
        if quoted != value:
            found[WINDOW] |= windows(quoted, WINDOW)
        # Digests and ids in a report look like pieces of hexadecimal values: ask for twice as much of those.
        found[16] |= windows(value, 16)
    found[WINDOW] = {piece for piece in found[WINDOW] if not HEX.fullmatch(piece)}
    return found


def leaks(written, pieces):
    """Pieces of planted values in `written`, masked; empty if there are none."""
    text = written.decode("utf-8", "replace")
    found = set()
    for width, forbidden in pieces.items():
        found |= forbidden.intersection(text[i : i + width] for i in range(len(text) - width + 1))
    return sorted(f"{piece[:2]}… ({len(piece)} characters)" for piece in found)


def controls(written):
    """Raw control bytes other than newline, and lines that a planted value began."""
    text = written.decode("utf-8", "surrogateescape")
    raw = {c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u2028\u2029\u202e\u2066"}
    raw |= {c for c in text if "\udc80" <= c <= "\udcff"}
    started = [line for line in text.split("\n") if line.startswith("INJECTED")]
    return sorted(f"U+{ord(c):04X}" for c in raw) + started[:3]
