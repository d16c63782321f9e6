"""Run the vole program under watch: how it ended, how long, how much memory."""

import dataclasses
import os
import resource
import signal
import subprocess
import tempfile
import time

import skins

# Processor seconds, since other work may hold the machine; and seconds by the
# clock, after which nothing is coming any more.
SECONDS, WALL = 2, 30
MEGABYTES = 256


@dataclasses.dataclass
class Ending:
	"""What came of a run."""

	code: int
	out: str
	err: str
	seconds: float

	def sane(self):
		"""Reasons why this is no way to end, whatever the input."""
		if self.code < 0:
			yield f"killed by {signal.Signals(-self.code).name}"
		elif self.code not in (0, 1, 2, 3):
			yield f"exit {self.code}"
		if "Sanitizer" in self.err:
			yield "a sanitizer spoke"
		if self.seconds > SECONDS:
			yield f"{self.seconds:.1f} s"
		if self.code >= 2 and not self.err.startswith("error: ") and \
		   '"error"' not in self.out:
			yield "no line `error: ...`"
		if any(c < " " and c not in "\n\t" for c in self.out + self.err):
			yield "raw control bytes in the output"


def limit():
	"""Memory of its own; the files it maps do not count."""
	resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))


def run(command):
	with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
		process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err,
					   stdin=subprocess.DEVNULL, preexec_fn=limit,
					   env=skins.environment())
		begin = time.monotonic()
		while True:
			pid, status, usage = os.wait4(process.pid, os.WNOHANG)
			if pid:
				break
			if time.monotonic() - begin > WALL:
				process.kill()
				_, status, usage = os.wait4(process.pid, 0)
				break
			time.sleep(0.003)
		process.returncode = os.waitstatus_to_exitcode(status)
		texts = []
		for file in (out, err):
			file.seek(0)
			texts.append(file.read(1 << 26).decode("utf-8", "replace"))
	return Ending(process.returncode, *texts, usage.ru_utime + usage.ru_stime)
