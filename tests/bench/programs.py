"""The Go programs of the bench: how each is built, run and dumped.

Real programs at fixed versions, kept in build/bench. A core is what the kernel
leaves of one that is ready for work and then gets SIGABRT (CoreDNS catches
SIGQUIT).
"""

import glob
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build/bench"
DEADLINE = 60

sys.path.insert(0, str(ROOT / "tests/targets"))
import build as targets  # pylint: disable=wrong-import-position


class Skipped(Exception):
	"""A program cannot be had here; the text says why."""


class Target:
	"""tests/targets/@name with so many of what it has many of."""

	def __init__(self, name, count):
		self.name = name
		self.count = count
		self.exe = WORK / name
		self.core = WORK / f"{name}-{count}.core"

	def make(self):
		"""Build it and let the kernel dump it, unless that was done before."""
		WORK.mkdir(parents=True, exist_ok=True)
		if not self.exe.exists():
			go(["build", "-buildvcs=false", "-o", self.exe, f"./{self.name}"],
			   cwd=targets.HERE)
		if self.core.exists():
			return
		print(f"bench: dumping {self.name} of {self.count:,}", flush=True)
		if not targets.kernel_core(self.exe, [f"-n={self.count}"], self.core,
					   os.devnull, os.devnull):
			raise Skipped("the kernel leaves no cores here")


class Program:
	"""One program: @package of @module at @version."""

	def __init__(self, module, version, package, arguments, ready, given=""):
		self.module = module
		self.version = version
		self.package = package
		self.arguments = arguments
		self.ready = ready  # it says so when it has started
		self.given = given  # to its standard input
		self.name = (package or module).rsplit("/", 1)[1]
		self.exe = WORK / f"{self.name}-{version}"
		self.core = WORK / f"{self.name}-{version}.core"

	def megabytes(self):
		return round(self.exe.stat().st_size / 1e6)

	def make(self):
		"""Build it and dump it, unless that was done before."""
		WORK.mkdir(parents=True, exist_ok=True)
		if not self.exe.exists():
			print(f"bench: building {self.name} {self.version}", flush=True)
			self.core.unlink(missing_ok=True)
			self.build()
		if not self.core.exists():
			self.dump()

	def build(self):
		"""In a copy of the module: `go install` refuses replace directives."""
		with tempfile.TemporaryDirectory(dir=WORK) as copy:
			source = pathlib.Path(copy) / "source"
			shutil.copytree(self.downloaded(), source)
			for path in source.rglob("*"):
				path.chmod(path.stat().st_mode | 0o200)
			go(["build", "-buildvcs=false", "-o", self.exe, "." + self.package],
			   cwd=source)

	def downloaded(self):
		done = go(["mod", "download", "-json", f"{self.module}@{self.version}"],
			  cwd=WORK)
		return json.loads(done)["Dir"]

	def dump(self):
		place = targets.core_place()
		if not place:
			raise Skipped("the kernel leaves no cores here")
		begin = time.time()
		with tempfile.TemporaryDirectory(dir=WORK) as directory:
			process = subprocess.Popen(
				[self.exe, *self.arguments], cwd=directory,
				stdin=subprocess.PIPE, stdout=subprocess.PIPE,
				stderr=subprocess.STDOUT, preexec_fn=targets.unlimited,
				env={**os.environ, "GOTRACEBACK": "crash"})
			process.stdin.write(self.given.encode())
			process.stdin.close()
			wait_for(process, self.ready)
			process.send_signal(signal.SIGABRT)
			process.stdin = None
			process.communicate(timeout=DEADLINE)
			cores = [name for name in glob.glob(
					 place.format(dir=glob.escape(directory)))
				 if os.path.getmtime(name) >= begin - 1]
			if not cores:
				raise Skipped(f"{self.name} left no core")
			shutil.move(max(cores, key=os.path.getmtime), self.core)
		targets.sparse(self.core)


def go(arguments, **options):
	done = subprocess.run(["go", *arguments], check=False, capture_output=True,
			      env={**os.environ, "GOFLAGS": "", "GOWORK": "off"},
			      **options)
	if done.returncode:
		raise Skipped(" ".join(done.stderr.decode().strip().splitlines()[-2:]))
	return done.stdout


def wait_for(process, text):
	"""Read what @process says until @text is in it."""
	end = time.monotonic() + DEADLINE
	said = b""
	while text.encode() not in said:
		left = end - time.monotonic()
		if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
			process.kill()
			raise Skipped(f"it never said {text!r}")
		more = os.read(process.stdout.fileno(), 65536)
		if not more:
			raise Skipped(f"it ended: {said[-200:].decode(errors='replace')}")
		said += more


# Delve is also the peer: it refuses programs of a Go newer than itself.
DELVE = Program("github.com/go-delve/delve", "v1.27.2", "/cmd/dlv",
		["dap", "--listen=127.0.0.1:0"], "DAP server listening")
COREDNS = Program("github.com/coredns/coredns", "v1.11.1", "", ["-conf=stdin"],
		  "CoreDNS-1.11.1", given=".:0 {\n bind 127.0.0.1\n whoami\n}\n")
PROMETHEUS = Program("github.com/prometheus/prometheus", "v0.304.0",
		     "/cmd/prometheus",
		     ["--config.file=/dev/null", "--web.listen-address=127.0.0.1:0",
		      "--storage.tsdb.path=data"], "Server is ready")


def lldb():
	"""The newest lldb there is, or None."""
	for version in range(22, 13, -1):
		found = shutil.which(f"lldb-{version}")
		if found:
			return found
	return shutil.which("lldb")
