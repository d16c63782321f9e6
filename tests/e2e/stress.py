#!/usr/bin/env python3
"""Stop busy programs at moments nobody chose and compare all their stacks.

usage: stress.py [--runs N] [--build DIR] [--go RELEASE]... [--verbose]

The programs (tests/targets/churn, and cgochurn with C) get a SIGQUIT amid their
work, N times for each Go release; the runtime prints the stacks of all goroutines, those that ran among
them, from the very instruction that was interrupted. stacks.py compares. What
differs is kept in BUILD/stress, the executable beside.

The last line is "N passed, N failed".
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys

import run
import stacks

sys.path.insert(0, str(run.ROOT / "tests/targets"))
import build as targets  # noqa: E402 (the path must be set first)

# (program, flags of go build, how many kinds of work it has)
PROGRAMS = (
	("churn", [], 10), ("cgochurn", [], 7),
	("churn", ["-gcflags=all=-N -l"], 10),
	("churn", ["-buildmode=pie"], 10), ("cgochurn", ["-buildmode=pie"], 7),
)


class Crash:
	"""What stacks.Task wants to know of a core."""

	suffix, variant, truth = ".core", "stress", {}

	def __init__(self, release, exe, works, number):
		self.release, self.works = release, works
		self.exe = exe.with_name(f"{exe.name}-{number}")
		self.core = self.exe.with_name(self.exe.name + ".core")
		self.trace = self.exe.with_name(self.exe.name + ".trace")
		self.name = f"{release} {self.exe.name}"
		self.original = exe

	def make(self):
		os.link(self.original, self.exe)
		every = (1 << self.works) - 1
		mix = random.choice([1 << random.randrange(self.works), every,
				     random.randrange(1, every)])
		# A runtime that is hit while it dies already may end without a core.
		for _ in range(targets.TRIES):
			after = random.randrange(2000, 60000)
			if targets.kernel_core(self.exe, [f"-mix={mix}", f"-after={after}us"],
					       self.core, os.devnull, self.trace):
				return
		raise OSError("the kernel leaves no cores here")

	def remove(self):
		for path in (self.exe, self.core, self.trace):
			path.unlink(missing_ok=True)


def built(release, program, flags, directory):
	exe = directory / (program + "".join(c for c in "".join(flags) if c.isalpha()))
	subprocess.run([targets.go_command(release), "build", "-buildvcs=false", *flags,
			"-o", exe, f"./{program}"], cwd=targets.HERE, check=True,
		       env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off",
			    "CGO_ENABLED": "1" if program == "cgochurn" else "0"})
	return exe


def stress(release, arguments, report):
	directory = arguments.build.resolve() / "stress" / release
	shutil.rmtree(directory, ignore_errors=True)
	directory.mkdir(parents=True)
	exes = [(built(release, program, flags, directory), works)
		for program, flags, works in PROGRAMS]
	for number in range(arguments.runs):
		crash = Crash(release, *exes[number % len(exes)], number)
		failed = report.failed
		try:
			crash.make()
			stacks.Task(crash, arguments.build, report).run()
		except Exception as error:  # one crash's trouble is not the others'
			report.judge(crash.name, [f"{type(error).__name__}: {error}"])
		if report.failed == failed:
			crash.remove()


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--runs", type=int, default=10)
	parser.add_argument("--build", type=pathlib.Path, default=run.ROOT / "build")
	parser.add_argument("--go", action="append", choices=list(targets.RELEASES))
	parser.add_argument("--verbose", action="store_true", help="whole stacks where one differs")
	arguments = parser.parse_args()
	report = stacks.Report(arguments.verbose)
	for release in arguments.go or targets.RELEASES:
		stress(release, arguments, report)
	print(f"{report.counts['goroutines']} goroutines, {report.counts['frames']} frames")
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
