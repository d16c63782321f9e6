#!/usr/bin/env python3
"""What only a person at a terminal meets: progress and completion.

usage: terminal.py [--build DIR] [--cores DIR]

Progress is made to appear by not reading what a long answer writes: the
program blocks until its first second is over.
"""

import os
import pty
import re
import select
import selectors
import subprocess
import sys
import termios
import time
import traceback

import options
from run import Report

TARGET = "1.26/big"
LIST, VALUE = "map --limit 0 main.bigInts", "print --limit 0 main.bigInts"
SHORT = "map main.bigInts"
# Longer than what a command may take before it shows progress.
PATIENCE = 1.5
# gdb needs time to start.
GDB_PATIENCE = 4
DEADLINE = 60
PROMPT = b"\rvole> \x1b[K"  # and no line yet
SHOWN = re.compile(rb"\r *(\d+) %\x1b\[K")
ERASED = b"\r\x1b[K"


def progress(text):
	return [int(n) for n in SHOWN.findall(text)]


def without_progress(text):
	return SHOWN.sub(b"", text).replace(ERASED, b"").replace(b"\r\n", b"\n")


def drain(ends):
	"""Read all ends until each is closed (a terminal says so by EIO)."""
	texts = {end: bytearray() for end in ends}
	limit = time.monotonic() + DEADLINE
	with selectors.DefaultSelector() as selector:
		for end in ends:
			selector.register(end, selectors.EVENT_READ)
		while selector.get_map() and time.monotonic() < limit:
			for key, _ in selector.select(1):
				try:
					more = os.read(key.fd, 1 << 16)
				except OSError:
					more = b""
				texts[key.fd] += more
				if not more:
					selector.unregister(key.fd)
					os.close(key.fd)
	return [bytes(texts[end]) for end in ends]


def run(command, out, err, wait=0.0, text=b""):
	"""
	What it writes to @out and @err, pairs of file descriptors and maybe the
	same, and which is not read for @wait seconds.
	"""
	env = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
	with subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE,
			      stdout=out[1], stderr=err[1], env=env) as process:
		for fd in {out[1], err[1]}:
			os.close(fd)
		process.stdin.write(text)
		process.stdin.close()
		time.sleep(wait)
		said = drain(list(dict.fromkeys([out[0], err[0]])))
		process.kill()  # if it has not ended by now
	return said


class Tests:
	"""Each method whose name begins with `test_` is one."""

	def __init__(self, arguments):
		exe = arguments.cores / TARGET / "bigmap"
		self.build, self.cores = arguments.build, arguments.cores
		self.files = [exe, f"{exe}.core"]

	def vole(self, line, out, err, wait=0.0):
		return run([self.build / "vole", "core", *self.files, line], out, err, wait)

	def plain(self, line):
		"""The answer as a file gets it, and nothing on the other output."""
		out, err = self.vole(line, os.pipe(), os.pipe())
		assert not err, err
		assert len(out) > 500, out
		return out

	def test_a_file_gets_the_answer_and_the_terminal_progress(self):
		for line in (LIST, VALUE):
			out, err = self.vole(line, os.pipe(), pty.openpty(), PATIENCE)
			shown = progress(err)
			assert out == self.plain(line), line
			assert shown and shown == sorted(shown) and shown[-1] <= 100, shown
			assert err.endswith(ERASED), err[-40:]
			assert not without_progress(err), err[:200]

	def test_progress_among_the_answer_leaves_no_trace(self):
		for line in (LIST, VALUE, f"{LIST} --json"):
			terminal = pty.openpty()
			said, = self.vole(line, terminal, terminal, PATIENCE)
			assert without_progress(said) == self.plain(line), line
			assert bool(progress(said)) == (line == LIST), progress(said)

	def test_without_a_terminal_there_is_none(self):
		out, err = self.vole(LIST, os.pipe(), os.pipe(), PATIENCE)
		assert out == self.plain(LIST)
		assert not err, err[:200]

	def test_a_short_command_shows_none(self):
		terminal = pty.openpty()
		said, = self.vole(SHORT, terminal, terminal)
		assert said.replace(b"\r\n", b"\n") == self.plain(SHORT)

	def test_gdb_shows_it_too(self):
		terminal = pty.openpty()
		said, = run(["gdb", "-nx", "-q", "-ex", "set pagination off",
			     "-ex", f"source {self.build}/vole-gdb.py", *self.files,
			     "-ex", f"go {LIST}"], terminal, terminal, GDB_PATIENCE)
		assert progress(said), said[:500]
		assert self.plain(LIST) in without_progress(said)

	def test_a_line_pasted_from_gdb_runs_as_it_is(self):
		for pasted, line in (("go " + SHORT, SHORT), ("go", "help"),
				     ("  go\thelp print", "help print")):
			assert self.plain(pasted) == self.plain(line), pasted
		files = [self.build / "vole", "core", *self.files]
		said, = run(files, terminal := pty.openpty(), terminal,
			    text=f"go {SHORT}\n".encode())
		assert self.plain(SHORT) in without_progress(said), said[:500]

	def typed(self, keys):
		"""What a terminal shows when each of @keys is typed at a new prompt."""
		ours, theirs = pty.openpty()
		command = [str(c) for c in (self.build / "vole", "core", *self.files)]
		env = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
		shown = b""
		with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs,
				      env=env, start_new_session=True) as process:
			os.close(theirs)
			for key in keys:
				# Typed too soon, the terminal would take it for a line of its own;
				# and a prompt that is only painted again is not a new one.
				shown += self.read_until(ours, b"\n" + PROMPT if shown else PROMPT)
				os.write(ours, key)
			shown += drain([ours])[0]
			status = process.wait(DEADLINE)
		return status, shown.replace(b"\r\n", b"\n")

	@staticmethod
	def read_until(terminal, text):
		got = b""
		limit = time.monotonic() + DEADLINE
		while text not in got and time.monotonic() < limit:
			if select.select([terminal], [], [], 1)[0]:
				got += os.read(terminal, 1 << 16)
		assert text in got, got
		return got

	def test_lines_are_edited_at_the_prompt(self):
		for keys, line in (
				(b"print 1x\x7f+2\r", b"3"),  # Backspace
				(b"rint 1+2\x01p\r", b"3"),  # Ctrl-A
				(b"print 12\x1b[D\x1b[D+4\x1b[H\x1b[C\x1b[F+3\r", b"415"),
				(b"print 12\x1b[D\x1b[D5\x1b[3~\x05+1\r", b"53"),
				(b"print 5 garbage\x17\r", b"5"),  # Ctrl-W
				(b"nonsense\x15print 6\r", b"6"),  # Ctrl-U
				(b"print 7+8\x02\x02\x0b\r", b"7"),  # Ctrl-B, Ctrl-K
				(b'print "\xc3\xa9x\xe4\xb8\x96"\x02\x02\x02\x7f\r',
				 '"x\u4e16"'.encode())):
			status, shown = self.typed([keys, b"\x04"])
			assert status == 0, (keys, status)
			assert b"\n" + line + b"\n" in shown, (keys, shown)

	def test_lines_before_come_back(self):
		status, shown = self.typed([b"print 40+1\r", b"print 50+1\r", b"\x1b[A\x1b[A\r",
					    b"\x10\x10\x0e\r", b"9\x10\x0e\x01print 8\r", b"\x04"])
		assert status == 0, status
		answers = [at for at in shown.split(b"\n") if at.isdigit()]
		assert answers == [b"41", b"51", b"41", b"41", b"89"], answers

	def test_the_prompt_completes(self):
		status, shown = self.typed([b"pri\t 6*7\r", b"print len(main.bigI\t)\r",
					    b"go typ\t\t main.bigIn\t\r", b"set lim\t 3\r", b"\x04"])
		assert status == 0, (status, shown)
		for text in (b"\n42\n", b"\n1000000\n", b"map[int]", b"\ntypes\ntype\n"):
			assert text in shown, shown

	def test_what_was_typed_can_be_dropped(self):
		status, shown = self.typed([b"print 5\x03", b"print 7\r", b"quit\r"])
		assert status == 0, status
		assert b"^C\n" in shown and b"\n5\n" not in shown and b"\n7\n" in shown, shown

	def test_a_long_line_stays_on_one(self):
		line = b"print " + b"1+" * 100 + b"1"
		status, shown = self.typed([line + b"\r", b"\x04"])
		assert status == 0 and b"\n101\n" in shown, shown
		painted = re.split(rb"[\r\n]", re.sub(rb"\x1b\[\d*[KC]", b"", shown))
		assert max(len(at) for at in painted) <= 80, max(painted, key=len)

	def test_the_terminal_is_left_as_it_was(self):
		ours, theirs = pty.openpty()
		before = termios.tcgetattr(theirs)
		with subprocess.Popen([str(self.build / "vole"), "core", *map(str, self.files)],
				      stdin=theirs, stdout=theirs, stderr=theirs,
				      env={**os.environ, "TERM": "xterm"},
				      start_new_session=True) as process:
			self.read_until(ours, PROMPT)
			assert termios.tcgetattr(theirs) != before
			os.write(ours, b"\x04")
			process.wait(DEADLINE)
			assert termios.tcgetattr(theirs) == before
		os.close(ours)
		os.close(theirs)

	def completions(self, line, *files):
		"""What gdb offers for @line."""
		done = subprocess.run(
			["gdb", "-nx", "-q", "-batch", "-ex",
			 f"source {self.build}/vole-gdb.py", "-ex", f"complete {line}",
			 *(files or self.files)], stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT, text=True, check=True)
		return [at for at in done.stdout.splitlines() if at.startswith("go ")]

	def test_gdb_completes_what_stands_at_the_cursor(self):
		for line, offered in (
				("go pri", ["go print"]),
				("go print --j", ["go print --json"]),
				("go set lim", ["go set limit"]),
				("go print main.bigI", ["go print main.bigInts"]),
				("go print len(main.bigI", ["go print len(main.bigInts"]),
				("go print 1-main.bigI", ["go print 1-main.bigInts"])):
			assert self.completions(line) == offered, self.completions(line)

	def test_gdb_completes_variables_of_the_frame(self):
		exe = self.cores / "1.26/noopt/crash"
		for line, offered in (
				("go print us", ["go print user"]),
				("go slice na", ["go slice name"]),
				("go print len(", ["go print len(at", "go print len(name",
						   "go print len(user"])):
			answer = self.completions(line, exe, f"{exe}.core")
			assert answer == offered, answer


def main():
	parser = options.parser(__doc__)
	tests, report = Tests(parser.parse_args()), Report(False)
	for name in dir(tests):
		if not name.startswith("test_"):
			continue
		try:
			getattr(tests, name)()
		except (AssertionError, OSError, subprocess.SubprocessError) as error:
			report.fail(name, f"{traceback.format_exc(limit=-1)}{error}")
		else:
			report.ok()
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
