"""Counts what passed and what failed, and says so as it goes."""

import sys
import time


class Tally:
    """Each check is a line; a failed one is followed by its reasons."""

    SHOWN = 15

    def __init__(self):
        self.passed = self.failed = 0
        self.since = time.monotonic()

    def check(self, name, problems):
        """`problems` is what is wrong: empty if nothing is."""
        problems = list(problems)
        now = time.monotonic()
        took, self.since = now - self.since, now
        if problems:
            self.failed += 1
            print(f"FAIL  {name}  ({took:.1f} s)")
            for problem in problems[: self.SHOWN]:
                print(f"      {problem!s:.300}")
            if len(problems) > self.SHOWN:
                print(f"      … and {len(problems) - self.SHOWN} more")
        else:
            self.passed += 1
            print(f"ok    {name}  ({took:.1f} s)")
        sys.stdout.flush()
        return not problems

    def says(self):
        return f"{self.passed} passed, {self.failed} failed"


def unless(condition, problem):
    """One problem, unless `condition` holds."""
    return [] if condition else [problem]
