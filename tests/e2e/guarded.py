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
# What is kept of an output: with --limit 0 an absurd length may print all the
# memory there is.
KEPT = 1 << 25


@dataclasses.dataclass
class Ending:
	"""What came of a run."""

	code: int
	out: str
	err: str
	seconds: float
	whole: bool  # or only the head and the tail of a very long output

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
		# Refused memory is an error like any other to the program, not here.
		if "NO_MEMORY" in self.out or "out of memory" in self.err:
			yield f"it wanted more than {MEGABYTES} MB"
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
		whole = out.seek(0, os.SEEK_END) <= KEPT
		texts = [kept(file) for file in (out, err)]
	return Ending(process.returncode, *texts, usage.ru_utime + usage.ru_stime, whole)


def kept(file):
	size = file.seek(0, os.SEEK_END)
	file.seek(0)
	data = file.read(KEPT)
	if size > KEPT:
		file.seek(size - 4096)
		data += b"\n...\n" + file.read()
	return data.decode("utf-8", "replace")
