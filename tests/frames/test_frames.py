#!/usr/bin/env python3
"""Compare what vole reads in .eh_frame with what readelf does, row by row.

usage: test_frames.py STEP [FILE...]

STEP is step.c, compiled. Without FILEs: the C library, the program itself
that runs this, and programs with cgo where cores were made. Each row of each function is asked for at its first and at
its last byte. Rows of DWARF expressions are counted and not compared.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

REGS = {name: number for number, name in enumerate(
    "rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 ra".split())}
SP, RA = REGS["rsp"], REGS["ra"]
MASK = (1 << 64) - 1
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def reg_value(number):
    return (number + 1) << 32


def word_at(addr):
    return (addr & ~7) * 3 & MASK


class Row:
    """One row of readelf: rules by column, for pcs from start to end."""

    def __init__(self, start, rules):
        self.start, self.end, self.rules = start, start, rules

    def cfa(self):
        match = re.fullmatch(r"(\w+)([+-]\d+)", self.rules["CFA"])
        return (reg_value(REGS[match[1]]) + int(match[2])) & MASK

    def value(self, column):
        """What the caller's register is; "same" where nothing changed it."""
        rule = self.rules.get(column, "u")
        match = re.fullmatch(r"([cv])([+-]\d+)", rule)
        if match:
            at = self.cfa() + int(match[2]) & MASK
            return word_at(at) if match[1] == "c" else at
        return "same" if rule in "us" else reg_value(int(rule[1:]))

    def is_expression(self):
        return any("exp" in rule for rule in self.rules.values())


def functions(path):
    """Rows of each FDE; one that says nothing has those of its CIE."""
    # It fails where a separate debug file is missing, and tells all the same.
    text = subprocess.run(["readelf", "-W", "--debug-dump=frames-interp", path],
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout
    cies, found = {}, []
    rows = columns = None
    for line in text.splitlines():
        entry = re.match(r"([0-9a-f]{8}) [0-9a-f]+ [0-9a-f]+ "
                         r"(CIE|FDE cie=([0-9a-f]+) "
                         r"pc=([0-9a-f]+)\.\.([0-9a-f]+))", line)
        if entry:
            rows = []
            if entry[3]:
                found.append((rows, entry[3], int(entry[4], 16),
                              int(entry[5], 16)))
            else:
                cies[entry[1]] = rows
        elif line.startswith("   LOC"):
            columns = line.split()[1:]
        elif re.match(r"[0-9a-f]{16} ", line):
            parts = re.sub(r" \(\w+\)", "", line).split()  # r9 (r9)
            rows.append(Row(int(parts[0], 16), dict(zip(columns, parts[1:]))))
        elif line.startswith("Contents of") and ".eh_frame" not in line:
            break
    for rows, cie, start, end in found:
        rows = rows or [Row(start, row.rules) for row in cies[cie][:1]]
        for row, after in zip(rows, [r.start for r in rows[1:]] + [end]):
            row.end = after
        yield [row for row in rows if row.start < row.end]


def steps(helper, path, pcs):
    """What vole says of each pc: "top", a dict, or why not."""
    text = "".join("%x\n" % pc for pc in pcs)
    out = subprocess.run([helper, path], input=text, check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    for line in out.splitlines():
        _, answer = line.split(" ", 1)
        if answer.startswith("cfa="):
            answer = {key: int(value, 16) for key, value in
                      (part.split("=") for part in answer.split())}
        yield answer


def wrong(row, got):
    """Why the answer is not what readelf's row says, or None."""
    if row.rules.get("ra") == "u":
        return None if got == "top" else "not the outermost"
    if not isinstance(got, dict):
        return got
    if got["cfa"] != row.cfa():
        return "cfa %x, not %x" % (got["cfa"], row.cfa())
    for column, number in REGS.items():
        want = row.value(column)
        if want == "same":
            want = row.cfa() if number == SP else reg_value(number)
        if got.get(str(number)) != want:
            return "%s %s, not %x" % (column, got.get(str(number)), want)
    return None


def compare(helper, path):
    """(rows compared, rows with expressions, what differs)."""
    asked, expressions = [], 0
    for rows in functions(path):
        for row in rows:
            if row.is_expression():
                expressions += 1
                continue
            asked += [(row.start, row), (row.end - 1, row)]
    answers = list(steps(helper, path, [pc for pc, _ in asked]))
    problems = [(pc, wrong(row, got))
                for (pc, row), got in zip(asked, answers)]
    problems = ["0x%x: %s" % pair for pair in problems if pair[1]]
    if len(answers) != len(asked):
        problems.append("%d answers to %d" % (len(answers), len(asked)))
    return len(asked) // 2, expressions, problems


def default_files(helper):
    with open("/proc/self/maps") as maps:
        found = re.search(r"/\S*/libc[.-]\S*so\S*", maps.read())
    files = [found[0]] if found else []
    files.append(os.path.realpath(sys.executable))
    build = os.path.dirname(os.path.dirname(os.path.abspath(helper)))
    return files + glob.glob(build + "/cores/*/cgo/cgoprog")


def main():
    if not shutil.which("readelf"):
        print("skipped: no readelf (package binutils)")
        return SKIPPED
    helper = sys.argv[1]
    files = sys.argv[2:] or default_files(helper)
    failed = 0
    for path in files:
        rows, expressions, problems = compare(helper, path)
        print("%s: %d rows, %d with expressions, %d wrong"
              % (path, rows, expressions, len(problems)))
        for problem in problems[:10]:
            print("  " + problem)
        failed += len(problems) or not rows
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
