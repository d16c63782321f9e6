#!/usr/bin/env python3
"""Nothing is wrong with maps of correct programs: does `map --verify` say so?

usage: map_verify.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT]]

The program `maps` has maps of every kind of key and every history: each must
be found right, with as many entries as the program says and every key hashed.
Killed in the middle of writing to others, it may leave these in a state that
no program sees: what is found in them is then possible and never certain, and
only in a map that says that it is being written. `values` has maps of other
types: all must be right, too. In each core some maps must be growing, some of
these at the same size, or, where maps are swiss, some of several tables; how
many are being written is chance.

The last line is "N maps right, N wrong".
"""

import collections
import json
import sys

import options
import script

BUSY = ("main.busyInts", "main.busyStrings", "main.busyMore")
QUICK = ("1.18", "1.26")


def check_right(answer, count):
	"""Why that is not a map found right, or None. NaNs have no one hash."""
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if not result["ok"]:
		return json.dumps(result["problems"])[:400]
	if answer["warnings"]:
		return f"warnings: {answer['warnings']}"
	if count is not None and result["count"] != count:
		return f"{result['count']} entries, not {count}"
	if result["impl"] == "nil":
		return None
	hashed = result["keys_hashed"] + result.get("keys_with_nan", 0)
	if hashed != result["count"] or result["entries_seen"] != result["count"]:
		return f"{hashed} keys hashed of {result['entries_seen']} of {result['count']}"
	return None


def check_busy(answer):
	"""The same of a map that may have been written just then."""
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if not result.get("writing"):
		return check_right(answer, None)
	certain = [problem for problem in result["problems"] if problem["certainty"] == "certain"]
	return json.dumps(certain)[:400] if certain else None


def map_names(document):
	return [item["expr"] for item in document.get("vars", []) if item["value"].get("kind") == "map"]


def check_core(vole, core, caught):
	"""(right, list of what is wrong)"""
	document = json.loads(core.with_suffix(".json").read_text())
	notes = {name: text for name, text in document.get("notes", {}).items()
		 if name.startswith("main.cases")}
	counts = {name: int(text.split()[0]) for name, text in notes.items()}
	counts.update((name, None) for name in map_names(document))
	busy = BUSY if core.stem == "maps-kill" else ()
	names = [*counts, *busy]
	answers = script.documents(vole, ("core", core.with_suffix(""), core),
				   [f"map --json --verify --limit 3 {name}" for name in names])
	wrong = []
	for name, answer in zip(names, answers):
		why = check_busy(answer) if name in busy else check_right(answer, counts[name])
		if why:
			wrong.append(f"{name} ({notes.get(name, '')}): {why}")
		if "result" in answer:
			note_caught(answer["result"], caught)
	right = len(answers) - len(wrong)
	return right, wrong + [f"no map: {what}" for what in not_caught(caught)]


def note_caught(result, caught):
	caught["growing"] += result.get("growing", False)
	caught["same-size"] += "same size" in str(result.get("evacuated"))
	caught["tables"] += (result.get("directory") or 0) > 1
	caught["writing"] += result.get("writing", False)
	caught["classic"] += result.get("impl") == "classic"


def not_caught(caught):
	"""What maps of either generation must have been caught at, but were not."""
	wanted = ("growing", "same-size") if caught["classic"] else ("tables",)
	return [what for what in wanted if not caught[what]]


def main():
	parser = options.parser(__doc__, only="GO[/VARIANT]", quick=True)
	arguments = parser.parse_args()
	right = failed = 0

	cores = [core for prog in ("maps", "maps-kill", "values")
		 for core in arguments.cores.resolve().glob(f"*/*/{prog}.core")]
	for core in sorted(cores):
		name = "/".join(core.parts[-3:])
		if not name.startswith(arguments.only) or "/stripped/" in name or \
		   (arguments.quick and not name.startswith(QUICK)):
			continue
		caught = collections.Counter()
		good, wrong = check_core(arguments.build / "vole", core, caught)
		right += good
		failed += len(wrong)
		print(f"{name}: {good} right, {len(wrong)} wrong; " +
		      ", ".join(f"{count} {what}" for what, count in caught.items()), flush=True)
		for line in wrong[:20]:
			print(f"     {line}", flush=True)
	print(f"{right} maps right, {failed} wrong")
	return 1 if failed or not right else 0


if __name__ == "__main__":
	sys.exit(main())
