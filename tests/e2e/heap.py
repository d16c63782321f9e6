#!/usr/bin/env python3
"""Compare what vole says of the heap with what the program knew of it.

usage: heap.py [--build DIR] [--cores DIR] [--only GO] [--verbose]

The program is tests/targets/heap: it says where its objects are and which of
their words are pointers, and reads runtime.MemStats as the last it does. Every
object is asked for with `refs`, whose answer must have all pointers to it that
are known, and no more exact ones.

The last line is "N passed, N failed"; an object, or a total, is one test.
"""

import json
import sys

import options
import run
import script

SHOWN = 12
WORD = 8


class Report:
	"""What passed and what did not."""

	def __init__(self, verbose):
		self.passed = self.failed = 0
		self.verbose = verbose

	def check(self, name, what, right):
		if right:
			self.passed += 1
			return
		self.failed += 1
		if self.verbose or self.failed <= SHOWN:
			print(f"FAIL {name}: {what}", flush=True)


def exact_addresses(answer):
	"""Of the words that are pointers for certain."""
	return {int(r["address"], 16) for r in answer["referrers"] if r["exact"]}


def pointers_of(holder):
	"""Where the words are that point at the holder's target."""
	base, words = int(holder["base"], 16), holder["size"] // WORD
	patterns = {"none": lambda i: False, "all": lambda i: True,
		    "mixed": lambda i: i % 3 == 1}
	return {base + i * WORD for i in range(words) if patterns[holder["pattern"]](i)}


def check_holders(report, name, ask, holders):
	"""The objects themselves, and the pointers in them to their targets."""
	answers = ask([f"refs {h['base']} --limit 0 --json" for h in holders])
	for holder, answer in zip(holders, answers):
		obj = answer.get("object", {})
		report.check(name, f"{holder} is {answer}",
			     obj.get("state") == "allocated" and
			     answer["address"] == holder["base"] and
			     holder["size"] <= answer["size"] < holder["size"] * 1.3 + 8192 and
			     obj["pointers"] == (holder["pattern"] != "none"))
		report.check(name, f"who points at {holder}: {answer}",
			     exact_addresses(answer) == {int(holder["kept"], 16)})
	answers = ask([f"refs {h['target']} --limit 0 --json" for h in holders])
	for holder, answer in zip(holders, answers):
		wanted = pointers_of(holder) | {int(holder["listed"], 16)}
		found = exact_addresses(answer)
		report.check(name, f"pointers in {holder}: missing "
			     f"{sorted(map(hex, wanted - found))[:SHOWN]}, wrong "
			     f"{sorted(map(hex, found - wanted))[:SHOWN]}", found == wanted)
		report.check(name, f"a holder of {holder} is garbage",
			     all(r.get("reachable", True) for r in answer["referrers"] if r["exact"]))


def check_others(report, name, ask, notes):
	"""Freed and tiny objects, and what stacks and finalizers hold."""
	gone = json.loads(notes["gone"])
	answers = ask([f"refs {addr} --json" for addr in gone])
	states = [a.get("object", {}).get("state") for a in answers]
	# Single slots, and whole spans, may be in use again.
	report.check(name, f"freed objects are {states}",
		     sum(s == "allocated" for s in states) <= len(gone) // 10)
	tiny, closure, parked, final = ask(
		[f"refs {notes['tiny']} --json", f"refs {notes['closure']} --json",
		 f"refs {notes['parked']} --json", "refs main.final --json"])
	report.check(name, f"tiny: {tiny}", tiny["object"]["tiny"] and tiny["size"] == 16 and
		     tiny["object"]["state"] == "allocated")
	report.check(name, f"a finalizer's closure: {closure}",
		     any(r["kind"] == "special" and r["exact"] and r["object"] == final["address"]
			 for r in closure["referrers"]))
	report.check(name, f"what a stack holds: {parked}",
		     parked["object"]["state"] == "allocated" and
		     any(r["kind"] == "stack" for r in parked["referrers"]))
	report.check(name, f"a package variable: {final}",
		     any(r["where"] == "main.final" for r in final["referrers"]))


def check_totals(report, name, ask):
	"""Beside runtime.MemStats as the program read them."""
	fields = ("HeapAlloc", "HeapObjects", "HeapInuse", "StackInuse", "NumGC")
	heap, *values = ask(["heap --json"] +
			    [f"print main.stats.{f} --json" for f in fields])
	stats = {f: int(v["value"]) for f, v in zip(fields, values)}
	used = {part: heap[f"{part}_bytes"]
		for part in ("live", "garbage", "free", "waste", "stack", "runtime", "unused")}
	checks = (
		("spans in use", sum(used[p] for p in ("live", "garbage", "free", "waste")),
		 heap["memstats"]["heap_in_use"]),
		("collections", heap["memstats"]["num_gc"], stats["NumGC"]),
		("the sum", sum(used.values()), heap["total_bytes"]),
		("problems", heap["problems"], []),
	)
	for what, said, wanted in checks:
		report.check(name, f"{what}: {said}, not {wanted}", said == wanted)
	# Other threads went on for a moment after the program had counted.
	for what, said, wanted, room in (
			("bytes allocated", used["live"] + used["garbage"],
			 stats["HeapAlloc"], 16384),
			("objects", heap["live_objects"] + heap["garbage_objects"],
			 stats["HeapObjects"], 16),
			("heapInUse", heap["memstats"]["heap_in_use"],
			 stats["HeapInuse"], 32768)):
		report.check(name, f"{what}: {said}, not {wanted}",
			     abs(said - wanted) <= room)
	report.check(name, f"stacks: {used['stack']} of {stats['StackInuse']}",
		     0 < used["stack"] <= stats["StackInuse"])
	# All was just collected, so all must be reached: a mark that misses
	# pointers, or roots, shows here.
	report.check(name, f"{heap['garbage_objects']} objects, {used['garbage']} bytes, of "
		     f"{stats['HeapAlloc']} are not reached", used["garbage"] <= stats["HeapAlloc"] / 100)


def check_core(report, vole, core):
	def ask(commands):
		return script.results(vole, ("core", core.exe, core.core), commands)

	notes = core.truth["notes"]
	try:
		check_totals(report, core.name, ask)
		check_holders(report, core.name, ask, json.loads(notes["holders"]))
		check_others(report, core.name, ask, notes)
	except (script.Wrong, script.Refused) as error:
		report.check(core.name, str(error), False)


def main():
	parser = options.parser(__doc__, only="GO")
	parser.add_argument("--verbose", action="store_true")
	arguments = parser.parse_args()
	report = Report(arguments.verbose)
	found = sorted(arguments.cores.glob("*/*/heap.core"))

	for path in found:
		core = run.Core(path.with_suffix(""), ".core")
		if core.name.startswith(arguments.only):
			check_core(report, arguments.build.resolve() / "vole", core)
	if not report.passed:
		report.check("heap", f"no core of tests/targets/heap in {arguments.cores}", False)
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
