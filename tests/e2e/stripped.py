#!/usr/bin/env python3
"""Compare what vole knows of a program with what it knows of it stripped.

usage: stripped.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT[/PROG]]]
                   [--jobs N]

Each core is looked at twice: with its executable, and with a copy that strip
has taken debug information and symbols from. Every layout that the second takes
from its table must be what debug information says; goroutines and stacks must
be the same, and maps by type and address, verified by the hashes of their keys
and looked up. The last line is "N passed, N failed".
"""

import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

import options
import run
import script
import stacks

COMMANDS = ("layout --json --limit 0", "goroutines --json --limit 0",
	    "bt all --json --full --limit 0")


# Keys that a map has, and one that it has not, by the type of keys.
KEYS = {"int": (1, 7, 123456789), "string": ('"one"', '"k7"', '"none"'),
	"interface {}": ('"one"', 'true', '"none"')}


def map_commands(core):
	"""Ways to look at the maps that the program has told of.

	A large one comes first: keys of an empty one prove no secret. Types of
	packages with a path are not in the linker's list by their full names.
	"""
	values = [item["value"] for item in core.truth.get("vars", [])]
	for value in sorted(values, key=lambda value: -(value.get("len") or 0)):
		if value.get("kind") != "map" or "address" not in value or "/" in value["type"]:
			continue
		place = f"*(*{value['type']})({value['address']})"
		yield f"map --json --verify {place}"
		for key in KEYS.get(value["type"][4:].split("]")[0], ()):
			yield f"map --json --find {key} {place}"
			yield f"print --json ({place})[{key}]"


def known_to_both(answer):
	"""What symbols of C make no difference to."""
	if isinstance(answer, dict):
		hidden = {"function", "file", "line"} if answer.get("kind") == "c" else ()
		return {key: known_to_both(value) for key, value in answer.items() if key not in hidden}
	return [known_to_both(item) for item in answer] if isinstance(answer, list) else answer


def layout_differences(known, table):
	"""What the table has otherwise than debug information."""
	mine = {row["id"]: row for row in table["fields"]}
	for row in known["fields"]:
		other = mine.get(row["id"])
		if row["source"] != "dwarf":
			continue
		if not other or {**other, "source": "dwarf"} != row:
			yield f"{row['id']}: debug information {row}, table {other}"
	absent = {row["id"] for row in known["fields"] if row["source"].startswith("absent")}
	for row in table["fields"]:
		if row["id"] in absent and row["source"] == "table":
			yield f"{row['id']}: not in this program, table {row}"
	if known["constants"] != table["constants"]:
		yield f"constants: debug information {known['constants']}, table {table['constants']}"


def differences(known, stripped, where=""):
	"""The first few places where two answers differ."""
	if isinstance(known, dict) and isinstance(stripped, dict):
		for key in {**known, **stripped}:
			yield from differences(known.get(key), stripped.get(key), f"{where}.{key}")
	elif isinstance(known, list) and isinstance(stripped, list) and len(known) == len(stripped):
		for index, (mine, other) in enumerate(zip(known, stripped)):
			yield from differences(mine, other, f"{where}[{index}]")
	elif known != stripped:
		yield f"{where}: {str(known)[:200]}, stripped {str(stripped)[:200]}"


def answer_differences(known, stripped, absent):
	"""The same of whole answers. The one error that is right is that an @absent
	key is not there."""
	error = known.get("error", {}).get("code")
	if error != ("NOT_FOUND" if absent else None):
		yield f"unstripped: {known.get('error')}"
	for key in ("result", "error"):
		yield from differences(known_to_both(known.get(key)),
				       known_to_both(stripped.get(key)), f".{key}")


def compare(core, build, report):
	with tempfile.TemporaryDirectory() as directory:
		copy = pathlib.Path(directory) / core.exe.name
		subprocess.run(["strip", "-o", copy, core.exe], check=True, stderr=subprocess.DEVNULL)
		vole = build / "vole"
		before, after = ("core", core.exe, core.core), ("core", copy, core.core)
		known = script.results(vole, before, COMMANDS)
		stripped = script.results(vole, after, COMMANDS)
		maps = list(map_commands(core))
		known_maps = script.documents(vole, before, maps)
		stripped_maps = script.documents(vole, after, maps)
	wrong = list(layout_differences(known[0], stripped[0]))
	report.judge(f"{core.name} layout", wrong[:stacks.SHOWN])
	for command, one, other in zip(COMMANDS[1:], known[1:], stripped[1:]):
		wrong = list(differences(known_to_both(one), known_to_both(other)))
		report.judge(f"{core.name} {command}", wrong[:stacks.SHOWN])
	found = True # the last key that --find was asked for
	for command, one, other in zip(maps, known_maps, stripped_maps):
		absent = command.startswith("print") and not found
		wrong = list(answer_differences(one, other, absent))
		found = one.get("result", {}).get("found")
		report.judge(f"{core.name} {command}", wrong[:stacks.SHOWN])


def main():
	parser = options.parser(__doc__, only="GO[/VARIANT[/PROG]]", quick=True)
	parser.add_argument("--jobs", type=int, default=2)
	arguments = parser.parse_args()
	report = stacks.Report(False)
	cores = [core for core in run.find_cores(arguments) if core.variant != "stripped"]
	if not cores:
		report.judge("stripped", [f"no cores in {arguments.cores}; run tests/targets/build.py"])
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		pending = {pool.submit(compare, core, arguments.build, report): core for core in cores}
		for done in concurrent.futures.as_completed(pending):
			try:
				done.result()
			except Exception as error:  # one core's trouble is not the others'
				report.judge(pending[done].name, [f"{type(error).__name__}: {error}"])
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
