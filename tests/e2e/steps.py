"""Run in gdb by stops.py: stop at each of PLACES, in a process of its own each,
and step on by instructions; a line of JSON for each stack, to OUT."""

import json
import os
import random

import gdb

STEPS = 40


def quietly(command):
	return gdb.execute(command, to_string=True)


def stop_at(place):
	quietly("delete")
	quietly("starti >/dev/null 2>&1")
	quietly("tbreak main.main")
	quietly("continue")
	quietly(f"break *&'{place}'")
	quietly(f"ignore $bpnum {random.choice([0, 1, 5, 30])}")
	quietly("continue")
	quietly("delete")


def step_from(place, out):
	for _ in range(STEPS):
		answer = json.loads(quietly("go bt --json --full --limit 0"))
		at = quietly("info symbol $pc").split(" in ")[0].strip()
		# A thread may be between goroutines.
		if "result" in answer:
			line = {"place": place, "at": at, "answer": answer["result"]}
			out.write(json.dumps(line) + "\n")
		quietly("stepi")


def main():
	for setting in ("pagination off", "confirm off"):
		quietly(f"set {setting}")
	for signal in ("SIGURG", "SIGPROF", "SIGSEGV"):
		quietly(f"handle {signal} nostop noprint pass")
	with open(os.environ["OUT"], "w") as out:
		for place in os.environ["PLACES"].split():
			try:
				stop_at(place)
				step_from(place, out)
			except gdb.error as error:  # no such function here, or it ended
				print(f"{place}: {error}")
	quietly("kill")


main()
