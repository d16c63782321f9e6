"""Many commands in one run of the vole program.

The target is as on its command line: ("core", EXE, CORE) or ("pid", PID).
"""

import json
import subprocess

import skins


class Wrong(Exception):
	"""vole did not answer at all."""


class Refused(Exception):
	"""vole said that it cannot know."""


def documents(vole, target, commands):
	"""The JSON documents of all commands."""
	lines = "".join(f"{line}\n" for line in commands)
	done = subprocess.run([vole, *map(str, target), "-x", "/dev/stdin"],
			      input=lines.encode(), stdout=subprocess.PIPE,
			      stderr=subprocess.PIPE, timeout=skins.DEADLINE,
			      env=skins.environment(), check=False)
	ret = [json.loads(line) for line in done.stdout.splitlines()
	       if line.startswith(b'{"schema"')]
	if len(ret) != len(commands):
		raise Wrong(f"{len(ret)} answers to {len(commands)} commands, "
			    f"exit {done.returncode}: {done.stderr.decode()[-300:]}")
	return ret


def results(vole, target, commands):
	"""What is in them, when all of them have a result."""
	answers = documents(vole, target, commands)
	for line, answer in zip(commands, answers):
		if answer.get("error", {}).get("code") == "NO_DEBUG_INFO":
			raise Refused(answer["error"]["message"])
		if "result" not in answer:
			raise Wrong(f"`{line}`: {answer.get('error')}")
	return [answer["result"] for answer in answers]
