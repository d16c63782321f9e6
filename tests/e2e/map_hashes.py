#!/usr/bin/env python3
"""Compare hashes of map keys with what the runtime itself says.

usage: map_hashes.py [--build DIR] [--cores DIR] [--only GO[/VARIANT]]

The program `hashes` says how its maps' own hashers hash some thousands of keys
of every kind, with and without the processor's AES. Each key is looked up by
`map --find`: the hash must be the same bits, and the key be found by it. All
maps must then be found right, and every key in them hashed.

The last line is "N hashes the same, N wrong".
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NAN_KEYS = 9
MADE = "main.mapMade"


def ask(vole, core, commands):
	"""The JSON documents of all commands, in one run."""
	with tempfile.NamedTemporaryFile("w", suffix=".vole") as script:
		script.write("\n".join(commands) + "\n")
		script.flush()
		out = subprocess.run([vole, "core", core.with_suffix(""), core, "-x",
				      script.name], capture_output=True, text=True,
				     check=False)
	ret = [json.loads(line) for line in out.stdout.splitlines() if line]
	assert len(ret) == len(commands), \
		f"{len(commands)} commands, {len(ret)} answers: {out.stderr[:300]}"
	return ret


def check_find(command, hash_, answer):
	"""Why the answer is wrong, or None."""
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if result.get("hash") != hash_:
		return f"hash {result.get('hash')}, not {hash_}"
	if not result["found"] or "misplaced" in result:
		return "not found by its hash"
	return None


def check_verify(command, answer):
	if "error" in answer:
		return answer["error"]["message"]
	result = answer["result"]
	if not result["ok"]:
		return json.dumps(result["problems"])[:300]
	hashed = result["keys_hashed"] + result.get("keys_with_nan", 0)
	if hashed != result["count"]:
		return f"{hashed} of {result['count']} keys hashed"
	if "Float64" in command and result.get("keys_with_nan") != NAN_KEYS:
		return "the keys that are NaN"
	return None


def check_core(vole, core):
	"""(right, list of what is wrong)"""
	notes = json.loads(core.with_suffix(".json").read_text())["notes"]
	finds = [f"map --json {words}" for words in notes]
	maps = sorted({words.split()[0] for words in notes}) + [MADE]
	verifies = [f"map --json --verify {name}" for name in maps]
	answers = ask(vole, core, finds + verifies)
	wrong = []
	for command, hash_, answer in zip(finds, notes.values(), answers):
		why = check_find(command, hash_, answer)
		if why:
			wrong.append(f"{command}: {why}")
	for command, answer in zip(verifies, answers[len(finds):]):
		why = check_verify(command, answer)
		if why:
			wrong.append(f"{command}: {why}")
	return len(answers) - len(wrong), wrong


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
	parser.add_argument("--cores", type=pathlib.Path, default=ROOT / "build/cores")
	parser.add_argument("--only", metavar="GO[/VARIANT]", default="")
	arguments = parser.parse_args()
	right = failed = 0

	for core in sorted(arguments.cores.resolve().glob("*/*/hashes*.core")):
		name = "/".join(core.parts[-3:])
		if not name.startswith(arguments.only):
			continue
		good, wrong = check_core(arguments.build / "vole", core)
		right += good
		failed += len(wrong)
		print(f"{name}: {good} right, {len(wrong)} wrong", flush=True)
		for line in wrong[::50]:
			print(f"     {line}", flush=True)
	print(f"{right} hashes the same, {failed} wrong")
	return 1 if failed or not right else 0


if __name__ == "__main__":
	sys.exit(main())
