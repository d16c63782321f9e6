#!/usr/bin/env python3
"""Compare variables of frames with what the program itself said of them.

usage: locals.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT[/PROG]]]
                 [--verbose]

Processes that live are looked into as well, by `vole pid`: what is in registers
there comes from another place than a core's.

The truth is in PROG.json: of goroutines, variables of functions that are on their
stacks. A variable that vole gives a value must have that one, in each part; one
that it gives none counts as unknown. Without optimisation nothing of what the
program named may be unknown, but where a debugger has to say so (UNKNOWN).

The last line is "N passed, N failed"; a variable is one test.
"""

import collections
import functools
import re
import sys

import live
import options
import run
import script
import truth

# Of what no optimisation moved these reasons are the only ones.
UNKNOWN = ("in register",)
# Variables that are set only when the call that is under way returns.
UNSET = {
	"main.scalars": ["n"], "main.texts": ["n"], "main.structs": ["n"],
	"main.interfaces": ["n"], "main.blocks": ["late"], "main.closures.func1": ["n"],
	"main.generic[...]": ["n"],
	"main.(*Pair[...]).method": ["r"], "main.many": ["n"], "main.pending": ["unset"],
	"main.loops": ["stale"], "main.multiple": ["s", "err"],
}

# Those whose address is kept by others.
ESCAPED = {"main.escaped": ("s", "x", "y"), "main.scalars": ()}

# So much of what is named is known in optimised code, of any release.
LEAST_KNOWN = 0.4


class Comparison(truth.Comparison):
	"""Parts without a value are unknown, not wrong."""

	def __init__(self):
		super().__init__(False)
		self.unknown = []

	def address(self, path, want, got):
		"""The program told of a copy."""

	def value(self, path, want, got):
		if isinstance(got, dict) and "unreadable" in got:
			self.facts += 1
			self.unknown.append(f"{path}: {got['unreadable']['message']}"
					    if isinstance(got["unreadable"], dict) else
					    f"{path}: {got['unreadable']}")
			return None
		if isinstance(got, dict) and "go.shape." in str(got.get("type")):
			# What it really is stands in a dictionary that is gone.
			want = {**want, "type": got["type"]}
		if isinstance(got, dict) and want["kind"] == "ptr" \
		   and got.get("kind") == "unsafe.Pointer":
			self.facts += 1
			return self.same(path, want.get("value", "0x0"), got.get("value"))
		return super().value(path, want, got)


class Counts:
	"""What came of one core."""

	def __init__(self):
		self.known = self.unknown = self.failed = 0
		self.reasons = collections.Counter()


def plain(function):
	"""Releases shorten type arguments or not."""
	return re.sub(r"\[.*\]", "[...]", function or "")


def wanted(core):
	"""(goroutine, function) -> {name: value}"""
	ret = collections.defaultdict(dict)
	for g in core.truth.get("goroutines") or []:
		for local in g.get("locals") or []:
			ret[g["id"], plain(local["function"])][local["name"]] = local["value"]
	return ret


def frames_of(ask, goroutines):
	"""(goroutine, function) -> index of its frame, and whose stacks end early."""
	answers = ask([f"bt {g} --json" for g in goroutines])
	frames = {key: frame["index"] for g, answer in zip(goroutines, answers)
		  for frame in answer["frames"] if "index" in frame
		  for name in [plain(frame.get("function"))]
		  # A program does not know the number of its closure.
		  for key in [(g, name), (g, re.sub(r"\.func\d+$", ".func", name))]}
	return frames, {g for g, answer in zip(goroutines, answers) if answer.get("end")}


def check_frame(where, variables, answer, optimised, counts):
	shown = {v["name"]: v["value"] for v in answer["variables"] if not v["hidden"]}
	for name, value in variables.items():
		path = f"{where} {name}"
		if name not in shown:
			counts.reasons[f"{path.split(' ', 1)[1]}: not listed"] += 1
			counts.unknown += 1
			if not optimised:
				fail(counts, path, "not listed")
			continue
		compare = Comparison()
		compare.value(name, value, shown[name])
		for text in compare.wrong:
			fail(counts, where, text)
		counts.unknown += bool(compare.unknown)
		counts.known += not compare.unknown
		for text in compare.unknown:
			counts.reasons[f"{where.split()[1]} {text}"] += 1
			if not optimised and not any(u in text for u in UNKNOWN):
				fail(counts, where, text)


def check_unset(where, function, answer, counts):
	for variable in answer["variables"]:
		if variable["name"] in UNSET.get(function, ()):
			if "unreadable" in variable["value"]:
				counts.known += 1
			else:
				fail(counts, where, f"{variable['name']} is not set yet, got "
				     f"{truth.short(variable['value'])}")


def check_escaped(where, function, answer, counts):
	for variable in answer["variables"]:
		want = variable["name"] in ESCAPED.get(function, ())
		if function in ESCAPED and not variable["hidden"] and variable["escaped"] != want:
			fail(counts, where, f"{variable['name']}: escaped should be {want}")


def fail(counts, where, text):
	counts.failed += 1
	print(f"FAIL {where}: {text}", flush=True)


class Live:
	"""A program that waits, in place of its core."""

	def __init__(self, core, process):
		self.name = f"{core.name} live"
		self.prog = core.prog
		self.truth = process.truth


def check(ask, core, verbose):
	counts = Counts()
	variables = wanted(core)
	frames, short = frames_of(ask, sorted({g for g, _ in variables}))
	there = [key for key in variables if key in frames]
	for g, function in set(variables) - set(there):
		# One that runs may just have been changing its stack: stacks.py.
		if g not in short:
			fail(counts, core.name, f"goroutine {g} has no frame of {function}")
	answers = ask([f"locals -g {g} -f {frames[g, function]} --limit 0 --depth 20 --json"
		       for g, function in there])
	optimised = "/noopt/" not in core.name
	for (g, function), answer in zip(there, answers):
		name = plain(answer["frame"].get("function"))
		if not name.startswith(function):
			# A process has gone on since it was asked for its stacks.
			if not isinstance(core, Live):
				fail(counts, core.name, f"frame of {function}: {name}")
			continue
		check_frame(f"{core.name} {function}", variables[g, function], answer,
			    optimised, counts)
		if core.prog.startswith("locals"):
			check_unset(f"{core.name} {function}", function, answer, counts)
			check_escaped(f"{core.name} {function}", function, answer, counts)
	total = counts.known + counts.unknown
	if total > 20 and counts.known < LEAST_KNOWN * total:
		fail(counts, core.name, f"only {counts.known} of {total} variables are known")
	if variables:
		print(f"{core.name}: {counts.known} known, {counts.unknown} unknown, "
		      f"{counts.failed} failed", flush=True)
	if verbose:
		for reason, count in counts.reasons.most_common():
			print(f"  {reason}" + (f" ({count})" if count > 1 else ""))
	return counts


def main():
	parser = options.parser(__doc__, only="GO[/VARIANT[/PROG]]", quick=True)
	parser.add_argument("--verbose", action="store_true")
	arguments = parser.parse_args()
	vole = arguments.build / "vole"
	passed = failed = 0
	for core in run.find_cores(arguments):
		if "stripped" in core.name:
			continue
		try:
			ask = functools.partial(script.results, vole,
						("core", core.exe, core.core))
			all_counts = [check(ask, core, arguments.verbose)]
			if core.prog == "locals":
				with live.Process(core.exe) as process:
					ask = functools.partial(script.results, vole,
								("pid", process.pid))
					all_counts.append(check(ask, Live(core, process),
								arguments.verbose))
		except (script.Wrong, script.Refused) as error:
			failed += 1
			print(f"FAIL {core.name}: {error}", flush=True)
			continue
		passed += sum(counts.known + counts.unknown for counts in all_counts)
		failed += sum(counts.failed for counts in all_counts)
	print(f"{passed} passed, {failed} failed")
	return 1 if failed or not passed else 0


if __name__ == "__main__":
	sys.exit(main())
