#!/usr/bin/env python3
"""Compare hashes of map keys with what the runtime itself says.

usage: map_hashes.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT]]

The program `hashes` says how its maps' own hashers hash some thousands of keys
of every kind, with and without the processor's AES. Each key is looked up by
`map --find`: the hash must be the same bits, and the key be found by it. All
maps must then be found right, and every key in them hashed.

All this once more with a copy of the program that strip has taken symbols and
debug information from, so that the code must lead to the secret, and with one
in which that code cannot be found either, so that it must be searched for.
The maps are then given by type and address, and keys that take a name are left
out. By a map of few keys nothing can be found: none of it must be believed.

The last line is "N hashes the same, N wrong".
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import options
import script

NAN_KEYS = 9
MADE = "main.mapMade"
FEW = "main.mapBool" # keys
# The function by whose code the secret is found, by its place in the list of
# names, and another of that length.
NAME, HIDDEN = b"\0runtime.memhash32\0", b"\0runtime.memhash_2\0"
QUICK = ("1.18", "1.26")


def check_find(hash_, answer):
	"""Why the answer is wrong, or None."""
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if result.get("hash") != hash_:
		return f"hash {result.get('hash')}, not {hash_}: {result.get('reason')}"
	if not result["found"] or "misplaced" in result:
		return "not found by its hash"
	return None


def check_verify(name, answer):
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if not result["ok"]:
		return json.dumps(result["problems"])[:300]
	hashed = result["keys_hashed"] + result.get("keys_with_nan", 0)
	if hashed != result["count"]:
		return f"{hashed} of {result['count']} keys hashed: {answer['warnings']}"
	if "Float64" in name and result.get("keys_with_nan") != NAN_KEYS:
		return "the keys that are NaN"
	return None


def check_unknown(answer):
	"""A map whose hash must not be known."""
	result = answer["result"]
	if result["keys_hashed"] or result.get("keys_not_hashed") != result["count"]:
		return f"{result['keys_hashed']} keys hashed, by a secret that is not known"
	if not any("too few" in warning for warning in answer["warnings"]):
		return f"no reason why the hash is unknown: {answer['warnings']}"
	return None


class Maps:
	"""The maps of one core, and how they are called."""

	def __init__(self, vole, core):
		self.vole, self.core = vole, core
		self.notes = json.loads(core.with_suffix(".json").read_text())["notes"]
		self.names = sorted({words.split()[0] for words in self.notes})
		shown = self.ask(core.with_suffix(""),
				 [f"print --json &{name}" for name in self.names + [MADE]])
		self.places = {}
		for name, answer in zip(self.names + [MADE], shown):
			value = answer["result"]
			self.places[name] = f"*({value['type']})({value['value']})"

	def ask(self, exe, commands):
		return script.documents(self.vole, ("core", exe, self.core), commands)

	def check(self, exe, by_name):
		"""(right, list of what is wrong)"""
		finds = [(name, rest, hash_) for words, hash_ in self.notes.items()
			 for name, rest in [words.split(" ", 1)]
			 if by_name or "main.held" not in rest]
		# A large map first: by a small one nothing can be searched for.
		names = sorted(self.names, key=lambda name: name != "main.mapInt64") + [MADE]
		called = (lambda name: name) if by_name else self.places.get
		answers = self.ask(exe, [f"map --json --verify {called(name)}" for name in names] +
				   [f"map --json {rest} {called(name)}" for name, rest, _ in finds])
		wrong = []
		for name, answer in zip(names, answers):
			why = check_verify(name, answer)
			if why:
				wrong.append(f"{name} --verify: {why}")
		for (name, rest, hash_), answer in zip(finds, answers[len(names):]):
			why = check_find(hash_, answer)
			if why:
				wrong.append(f"{name} {rest}: {why}")
		return len(answers) - len(wrong), wrong

	def check_few(self, exe):
		answer, = self.ask(exe, [f"map --json --verify {self.places[FEW]}"])
		why = check_unknown(answer)
		return (0, [f"{FEW} --verify: {why}"]) if why else (1, [])


def check_core(vole, core):
	"""For each way to know the program, (its name, right, what is wrong)."""
	maps = Maps(vole, core)
	yield "", *maps.check(core.with_suffix(""), True)
	with tempfile.TemporaryDirectory() as directory:
		stripped = pathlib.Path(directory) / "hashes"
		subprocess.run(["strip", "-o", stripped, core.with_suffix("")], check=True,
			       stderr=subprocess.DEVNULL)
		yield " stripped", *maps.check(stripped, False)
		code = stripped.read_bytes()
		assert NAME in code
		stripped.write_bytes(code.replace(NAME, HIDDEN))
		yield " without the code", *maps.check(stripped, False)
		yield " with few keys", *maps.check_few(stripped)


def main():
	parser = options.parser(__doc__, only="GO[/VARIANT]", quick=True)
	arguments = parser.parse_args()
	right = failed = 0

	for core in sorted(arguments.cores.resolve().glob("*/*/hashes*.core")):
		name = "/".join(core.parts[-3:])
		if not name.startswith(arguments.only) or \
		   (arguments.quick and not name.startswith(QUICK)):
			continue
		for how, good, wrong in check_core(arguments.build / "vole", core):
			right += good
			failed += len(wrong)
			print(f"{name}{how}: {good} right, {len(wrong)} wrong", flush=True)
			for line in wrong[::50]:
				print(f"     {line}", flush=True)
	print(f"{right} hashes the same, {failed} wrong")
	return 1 if failed or not right else 0


if __name__ == "__main__":
	sys.exit(main())
