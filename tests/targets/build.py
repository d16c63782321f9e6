#!/usr/bin/env python3
"""Build the test programs with every Go release and keep the cores they leave.

usage: build.py [--quick] [--out DIR] [--jobs N] [--only GO[/VARIANT[/PROG]]]

OUT/GO/VARIANT/PROG        the executable
OUT/GO/VARIANT/PROG.core   what the kernel (or, failing it, gdb) dumped
OUT/GO/VARIANT/PROG.json   the program's own word on its variables
OUT/GO/VARIANT/PROG.trace  what the runtime said as it died, all stacks among it
OUT/GO/VARIANT/PROG.gcore, PROG.gcore.json
                           the same of another run, dumped by gdb: such files
                           have other segments and hold more, or less

A program that dies in several ways leaves all this as PROG-DEATH, too.
Nothing is made twice: PROG.key holds a hash of all that went into it.
"""

import argparse
import concurrent.futures
import glob
import hashlib
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# One patch release each: layouts can change between them, but rarely do.
RELEASES = {
	"1.18": "1.18.10", "1.19": "1.19.13", "1.20": "1.20.14", "1.21": "1.21.13",
	"1.22": "1.22.12", "1.23": "1.23.12", "1.24": "1.24.9", "1.25": "1.25.5",
	"1.26": "1.26.8",
}

# name: (flags of go build, environment, how programs die, programs, releases)
EVERY = tuple(RELEASES)
VARIANTS = {
	"opt": ([], {}, "panic",
		("values", "crash", "goroutines", "deaths", "hashes", "heap",
		 "iterators", "maps", "people", "pools", "waits", "slices", "locals"), EVERY),
	"noopt": (["-gcflags=all=-N -l"], {}, "nil",
		  ("values", "crash", "goroutines", "deaths", "iterators", "people",
		   "waits", "slices", "locals"), EVERY),
	"pie": (["-buildmode=pie"], {}, "quit", ("values", "goroutines", "people"),
		EVERY),
	"cgo": (["-ldflags=-linkmode=external"], {"CGO_ENABLED": "1"}, "panic",
		("cgoprog", "values", "goroutines", "people", "cgodeaths"), EVERY),
	"noswiss": ([], {"GOEXPERIMENT": "noswissmap"}, "panic",
		    ("values", "hashes", "iterators", "maps"), ("1.24", "1.25")),
	"dwarf-uncompressed": (["-ldflags=-compressdwarf=false"], {}, "panic",
			       ("values",), ("1.22", "1.26")),
	"stripped": (["-ldflags=-s -w"], {}, "panic",
		     ("values", "goroutines", "deaths", "people"), ("1.22", "1.26")),
	"big": ([], {}, "panic", ("bigmap",), ("1.22", "1.26")),
}
QUICK = {("1.18", "opt"), ("1.23", "opt"), ("1.26", "opt"), ("1.26", "noopt")}

# Programs that die in ways of their own, each time as PROG-DEATH; "" stands for
# the variant's way and no more than PROG.
DEATHS = {
	"goroutines": ("", "kill"),
	"hashes": ("", "noaes"),
	"maps": ("", "kill"),
	"locals": ("", "kill"),
	"deaths": ("panic", "nested", "nil", "nilfunc", "index", "fault", "race",
		   "deadlock", "goexit", "overflow", "quit", "kill"),
	"cgodeaths": ("segv", "abort", "callback", "gopanic", "cthread", "other"),
}

# The variant whose `values` gdb dumps as well.
GCORE = ("opt", "values")

# Bytes that a program, its cores and what Go makes of it on the way take, on
# average: a disk that fills in the middle fails in fifty ways.
ROOM = 24e6

DEADLINE = 300
TRIES = 3
print_lock = threading.Lock()


class Failed(Exception):
	"""A target could not be made; the text says why."""


def say(text):
	with print_lock:
		print(f"targets: {text}", flush=True)


def run(command, **options):
	"""Run to the end; the last lines of what it said become the error."""
	options.setdefault("timeout", DEADLINE)
	done = subprocess.run(command, stdin=subprocess.DEVNULL,
			      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			      text=True, errors="replace", **options)
	if done.returncode:
		tail = "\n".join(done.stdout.splitlines()[-15:])
		raise Failed(f"{' '.join(map(str, command[:3]))}...: {tail}")
	return done.stdout


def sources_hash(prog):
	"""One hash for all that goes into a program."""
	digest = hashlib.sha256(pathlib.Path(__file__).read_bytes())
	for directory in (HERE / prog, HERE / "truth"):
		for path in sorted(directory.rglob("*")):
			if path.suffix in (".go", ".c", ".h"):
				digest.update(str(path.relative_to(HERE)).encode() + b"\0")
				digest.update(path.read_bytes() + b"\0")
	digest.update((HERE / "go.mod").read_bytes())
	return digest.hexdigest()


go_lock = threading.Lock()
go_commands = {}


def go_command(release):
	"""The go command of a release, fetched by tools/go-for if it must be."""
	with go_lock:
		if release not in go_commands:
			out = subprocess.run([ROOT / "tools/go-for", RELEASES[release]],
					     stdout=subprocess.PIPE, text=True)
			if out.returncode:
				raise Failed(f"no Go {RELEASES[release]}")
			go_commands[release] = out.stdout.strip()
		return go_commands[release]


def core_place():
	"""Where the kernel leaves cores: a glob with {dir}, or None.

	Nothing is known before a process has died: a container may lack the
	right, a pipe eats the core. So this only rules out what cannot work.
	"""
	pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
	if not pattern or pattern.startswith("|"):
		return None
	place = re.sub(r"%.", "*", pattern)
	if not place.startswith("/"):
		return "{dir}/" + place + "*"
	directory = os.path.dirname(place)
	return place + "*" if os.access(directory, os.W_OK) else None


def unlimited():
	hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
	resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def kernel_core(exe, arguments, core, truth, trace):
	"""Let it die in a directory of its own; True if a core was left."""
	place = core_place()
	if not place:
		return False
	with tempfile.TemporaryDirectory(dir=exe.parent) as directory:
		begin = time.time()
		with open(truth, "wb") as out, open(trace, "wb") as err:
			process = subprocess.Popen(
				[exe, *arguments], cwd=directory, stdout=out, stderr=err,
				stdin=subprocess.DEVNULL, preexec_fn=unlimited,
				env={**os.environ, "GOTRACEBACK": "crash"})
			try:
				process.wait(timeout=DEADLINE)
			except subprocess.TimeoutExpired:
				process.kill()
				raise
		found = [name for name in glob.glob(place.format(dir=glob.escape(directory)))
			 if os.path.getmtime(name) >= begin - 1]
		mine = [name for name in found if str(process.pid) in os.path.basename(name)]
		found = mine or found
		if not found:
			return False
		shutil.move(found[0], core)
	sparse(core)
	return True


def gdb_core(exe, arguments, core, truth, trace):
	"""Run it under gdb until it aborts, and dump it there."""
	core.unlink(missing_ok=True)
	line = " ".join(arguments)
	out = run(["gdb", "-nx", "-q", "-batch",
		   "-iex", "set auto-load no", "-iex", "set debuginfod enabled off",
		   "-ex", "set pagination off",
		   "-ex", "handle SIGURG SIGSEGV SIGQUIT nostop noprint pass",
		   "-ex", f"run {line} >{truth} 2>{trace}",
		   "-ex", f"generate-core-file {core}", "-ex", "kill", exe],
		  env={**os.environ, "GOTRACEBACK": "crash"})
	if not core.exists():
		raise Failed("gdb made no core: " + out[-400:])
	sparse(core)


def sparse(path):
	"""Give back the zeros: reservations make gdb's cores gigabytes long."""
	subprocess.run(["fallocate", "-d", path], stderr=subprocess.DEVNULL)


def megabytes(path):
	return f"{path.stat().st_blocks * 512 / 1e6:.0f} MB"


class Core:
	"""The files of one death of a program."""

	def __init__(self, exe, death, way):
		self.exe = exe.with_name(f"{exe.name}-{death}") if death else exe
		self.arguments = [f"-die={death or way}"]
		self.core, self.truth, self.trace = (
			self.exe.with_name(self.exe.name + suffix)
			for suffix in (".core", ".json", ".trace"))
		self.gcore, self.gtruth, self.gtrace = (
			self.exe.with_name(f"{self.exe.name}.gcore{suffix}")
			for suffix in ("", ".json", ".trace"))

	def files(self, with_gcore):
		ret = [self.exe, self.core, self.truth, self.trace]
		return ret + [self.gcore, self.gtruth] if with_gcore else ret

	def make(self, with_gcore):
		"""Let it die; what to print of it."""
		maker = "kernel"
		# A runtime that dies of two signals at once may leave none.
		if not any(kernel_core(self.exe, self.arguments, self.core, self.truth, self.trace)
			   for _ in range(TRIES)):
			maker = "gdb"
			gdb_core(self.exe, self.arguments, self.core, self.truth, self.trace)
		if not self.truth.stat().st_size:
			raise Failed("it died before it told the truth: " +
				     self.trace.read_text(errors="replace")[:200])
		said = f"core by the {maker}, {megabytes(self.core)}"
		if with_gcore:
			# SIGQUIT goes to the whole process in gdb; a panic does for this.
			gdb_core(self.exe, self.arguments, self.gcore, self.gtruth, self.gtrace)
			said += f"; another by gdb, {megabytes(self.gcore)}"
		return said


def stamp_of(job, out):
	"""The file that says what a program was made from."""
	release, variant, prog = job
	return out / release / variant / f"{prog}.key"


def lack_of_room(all_jobs, out):
	"""What to say when the disk cannot take what is still to be made, or None."""
	out.mkdir(parents=True, exist_ok=True)
	need = ROOM * sum(not stamp_of(job, out).exists() for job in all_jobs)
	free = shutil.disk_usage(out).free
	if free >= need:
		return None
	return (f"{out} has room for {free / 1e9:.1f} GB, what is still to be made needs "
		f"about {need / 1e9:.1f} GB: free some, or name another place with --out")


def make(job, out):
	"""One executable and its cores; returns what to print, None if done before."""
	release, variant, prog = job
	flags, extra, die, _, _ = VARIANTS[variant]
	exe = out / release / variant / prog
	cores = [Core(exe, death, die) for death in DEATHS.get(prog, ("",))]
	with_gcore = (variant, prog) == GCORE
	stamp = stamp_of(job, out)
	key = hashlib.sha256(repr((sources_hash(prog), job, RELEASES[release], flags,
				   extra, die)).encode()).hexdigest()

	if stamp.exists() and stamp.read_text() == key and \
	   all(p.exists() for core in cores for p in core.files(with_gcore)):
		return None
	exe.parent.mkdir(parents=True, exist_ok=True)
	stamp.unlink(missing_ok=True)
	env = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
	       "GOFLAGS": "", "GOWORK": "off", **extra}
	env.pop("GOROOT", None)
	first = cores[0].exe
	first.unlink(missing_ok=True)
	run([go_command(release), "build", "-buildvcs=false", *flags, "-o", first,
	     f"./{prog}"], cwd=HERE, env=env)
	said = []
	for core in cores:
		if core.exe != first:
			core.exe.unlink(missing_ok=True)
			os.link(first, core.exe)
		said.append(core.make(with_gcore))
	stamp.write_text(key)
	return said[0] if len(said) == 1 else f"{len(said)} cores"


def jobs(arguments):
	for release in RELEASES:
		for variant, (_, _, _, progs, releases) in VARIANTS.items():
			if release not in releases:
				continue
			if arguments.quick and (release, variant) not in QUICK:
				continue
			for prog in progs:
				name = f"{release}/{variant}/{prog}/"
				if name.startswith((arguments.only or "").rstrip("/") + "/") \
				   or not arguments.only:
					yield release, variant, prog


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--quick", action="store_true",
			    help="only " + ", ".join("/".join(q) for q in sorted(QUICK)))
	parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/cores")
	parser.add_argument("--jobs", type=int, default=2)
	parser.add_argument("--only", metavar="GO[/VARIANT[/PROG]]")
	arguments = parser.parse_args()
	out = arguments.out.resolve()
	all_jobs = list(jobs(arguments))
	made = kept = failed = 0

	lack = lack_of_room(all_jobs, out)
	if lack:
		say(lack)
		return 1
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		pending = {pool.submit(make, job, out): job for job in all_jobs}
		for done in concurrent.futures.as_completed(pending):
			name = "/".join(pending[done])
			try:
				said = done.result()
			except (Failed, OSError, subprocess.SubprocessError) as error:
				failed += 1
				say(f"{name}: FAILED: {error}")
				continue
			if said:
				made += 1
				say(f"{name}: {said}")
			else:
				kept += 1
	say(f"{made} made, {kept} kept, {failed} failed")
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main())
