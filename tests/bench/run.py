#!/usr/bin/env python3
"""Speed and memory of vole beside its peers, on the same cores in one run.

usage: tests/bench/run.py [--runs N]

Whole processes, warm file cache, the best of N runs; memory is the peak of
anonymous pages (RssAnon), seen by looking every millisecond. Delve comes by
`go install` at a fixed version; its own binary is the Go program of 25 MB.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
WORK = BUILD / "bench"
DELVE = "github.com/go-delve/delve/cmd/dlv@v1.25.2"
LARGE = ("github.com/prometheus/prometheus/cmd/prometheus@v0.304.0",
	 "golang.org/x/tools/gopls@v0.20.0")


def install(what):
	"""The program built by `go install`, or None with the reason printed."""
	exe = WORK / what.split("@")[0].rsplit("/", 1)[1]
	if not exe.exists():
		print(f"bench: go install {what}", flush=True)
		done = subprocess.run(["go", "install", what], check=False, capture_output=True,
				      env=dict(os.environ, GOBIN=str(WORK), GOFLAGS=""))
		if done.returncode:
			reason = done.stderr.decode().strip().splitlines()[:2]
			print(f"bench: skipped {what}: {' '.join(reason)}")
			return None
	return exe


def core_of(exe):
	"""A core of @exe at main.main, by gdb."""
	core = WORK / (exe.name + ".core")
	if not core.exists():
		subprocess.run(["gdb", "-nx", "-batch", "-iex", "set auto-load no",
				"-ex", "break main.main", "-ex", "run",
				"-ex", f"generate-core-file {core}", exe],
			       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
			       stderr=subprocess.DEVNULL, check=True)
		subprocess.run(["fallocate", "-d", core], check=False)
	return core


def anonymous(pid):
	"""RssAnon of a process in KiB; 0 when it is gone."""
	try:
		for line in open(f"/proc/{pid}/status", encoding="ascii"):
			if line.startswith("RssAnon:"):
				return int(line.split()[1])
	except OSError:
		pass
	return 0


def once(command, text):
	begin = time.perf_counter()
	process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL,
				   stderr=subprocess.DEVNULL,
				   stdin=subprocess.PIPE if text else subprocess.DEVNULL)
	if text:
		process.stdin.write(text.encode())
		process.stdin.close()
	peak = 0
	while process.poll() is None:
		peak = max(peak, anonymous(process.pid))
		time.sleep(0.001)
	return time.perf_counter() - begin, peak / 1024


def measure(what, command, runs, text=""):
	once(command, text)
	results = [once(command, text) for _ in range(runs)]
	seconds = min(r[0] for r in results)
	megabytes = max(r[1] for r in results)
	print(f"{what:52} {seconds * 1000:9.0f} ms {megabytes:7.1f} MB", flush=True)
	return seconds


def ratio(what, ours, theirs):
	print(f"{what:52} {theirs / ours:9.1f} times")


def one_variable(name, exe, core, delve, runs):
	ours = measure(f"vole: open {name}, print one variable",
		       (BUILD / "vole", "core", exe, core, "print os.Args"), runs)
	if delve:
		theirs = measure(f"dlv: the same", (delve, "core", exe, core,
			"--allow-non-terminal-interactive=true"), min(runs, 3),
			"print os.Args\nexit\n")
		ratio("vole is faster by", ours, theirs)


def inside_debuggers(name, exe, core, runs):
	alone = measure(f"gdb alone: open {name}", ("gdb", "-nx", "-batch", exe, core), runs)
	ours = measure("gdb with the plugin, print one variable",
		       ("gdb", "-nx", "-batch", "-ex", f"source {BUILD}/vole-gdb.py",
			"-ex", "go print os.Args", exe, core), runs)
	print(f"{'the plugin adds to gdb':52} {(ours - alone) * 1000:9.0f} ms")
	alone = measure(f"lldb alone: open {name}", ("lldb-19", "-b", "-c", core, exe), runs)
	ours = measure("lldb with the plugin, print one variable",
		       ("lldb-19", "-b", "-o", f"plugin load {BUILD}/vole-lldb.so",
			"-o", "go print os.Args", "-c", core, exe), runs)
	print(f"{'the plugin adds to lldb':52} {(ours - alone) * 1000:9.0f} ms")


def million_entries(runs):
	for release in ("1.22", "1.26"):
		exe = BUILD / "cores" / release / "big/bigmap"
		if exe.exists():
			measure(f"vole: map of 1,000,000 entries, Go {release}",
				(BUILD / "vole", "core", exe, f"{exe}.core",
				 "map --limit 0 main.bigInts"), runs)


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--runs", type=int, default=5)
	runs = parser.parse_args().runs
	WORK.mkdir(parents=True, exist_ok=True)
	delve = install(DELVE)
	if delve:
		core = core_of(delve)
		one_variable(f"{delve.stat().st_size >> 20} MB", delve, core, delve, runs)
		inside_debuggers(f"{delve.stat().st_size >> 20} MB", delve, core, runs)
	for what in LARGE:
		exe = install(what)
		if exe:
			one_variable(f"{exe.stat().st_size >> 20} MB", exe, core_of(exe), delve, runs)
	million_entries(runs)
	return 0


if __name__ == "__main__":
	sys.exit(main())
