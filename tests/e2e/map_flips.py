#!/usr/bin/env python3
"""Flip each bit of maps in a core: does `map --verify` see it?

usage: map_flips.py [--build DIR] [--cores DIR] [--only GO/VARIANT]

Takes a copy of the core of `values`, and of some of its maps flips each bit of
the header, of directory and tables, of some buckets or groups and of some
keys, one at a time. Every flip must be found, but for those that nothing else
in the map contradicts (harmless()), and for keys that by chance, of one in 128
or less, hash to the same place. Before and after all flips the maps must be
found right.

The last line is "N flips found, N harmless, N by chance, N missed".
"""

import argparse
import collections
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORES = ("1.18/opt", "1.22/opt", "1.24/opt", "1.26/opt")
CLASSIC = {"count": (0, 8), "flags": (8, 1), "B": (9, 1), "noverflow": (10, 2),
	   "hash0": (12, 4), "buckets": (16, 8), "oldbuckets": (24, 8),
	   "nevacuate": (32, 8)}
SWISS = {"used": (0, 8), "seed": (8, 8), "dirPtr": (16, 8), "dirLen": (24, 8),
	 "globalDepth": (32, 1), "globalShift": (33, 1), "writing": (34, 1)}
TABLE = {"used": (0, 2), "capacity": (2, 2), "growthLeft": (4, 2),
	 "localDepth": (6, 1), "index": (8, 8), "groups": (16, 8),
	 "lengthMask": (24, 8)}
MAPS = ("mapEight", "mapNine", "mapLarge", "mapLargeStr", "mapDeleted", "mapDoubling",
	"mapSameSize", "mapRefilled", "mapAny", "mapWideKey", "mapSpaces")
# An interface's hash does not depend on its type but on the bytes it holds.
KEY_SIZE = {"mapLargeStr": 16, "mapSpaces": 16, "mapAny": 0}


class Core:
	"""A copy of a core file whose memory can be changed."""

	def __init__(self, exe, path, vole):
		self.exe, self.path, self.vole = exe, path, vole
		self.file = open(path, "r+b")
		head = self.file.read(64)
		phoff, = struct.unpack_from("<Q", head, 32)
		size, num = struct.unpack_from("<HH", head, 54)
		self.file.seek(phoff)
		self.loads = []
		for _ in range(num):
			kind, _, offset, vaddr, _, filesz = \
				struct.unpack_from("<IIQQQQ", self.file.read(size))
			if kind == 1:
				self.loads.append((vaddr, filesz, offset))

	def offset(self, addr):
		for vaddr, filesz, offset in self.loads:
			if vaddr <= addr < vaddr + filesz:
				return offset + addr - vaddr
		return None

	def read(self, addr, size):
		self.file.seek(self.offset(addr))
		return self.file.read(size)

	def number(self, addr, size):
		return int.from_bytes(self.read(addr, size), "little")

	def flip(self, addr, bit):
		at = self.offset(addr + bit // 8)
		self.file.seek(at)
		byte = self.file.read(1)[0]
		self.file.seek(at)
		self.file.write(bytes([byte ^ 1 << bit % 8]))
		self.file.flush()

	def ask(self, command):
		out = subprocess.run([self.vole, "core", self.exe, self.path, "-e",
				      command], capture_output=True, text=True,
				     check=False)
		return json.loads(out.stdout)

	def verify(self, name):
		return self.ask(f"map main.{name} --verify --json --limit 3")

	def buckets(self, name):
		return self.ask(f"map main.{name} --buckets --json --limit 0")["result"]


def spread(items, num):
	"""About @num of items, the first and the last among them."""
	step = max(1, len(items) // num)
	return items[::step] + items[-1:]


def places(core, name, shown):
	"""(what, address, bits) of everything to flip in a map."""
	classic = shown["impl"] == "classic"
	header = int(shown["address"], 16)
	for field, (offset, size) in (CLASSIC if classic else SWISS).items():
		yield field, header + offset, size * 8
	units = shown["buckets"] if classic else \
		[g for t in shown["tables"] for g in t["groups"]]
	if not classic:
		yield from swiss_places(core, header, shown)
	moved = [u for u in units if u.get("state") == "moved"]
	others = [u for u in units if u.get("state") != "moved" and
		  (u.get("array") != "old" or u["entries"])]
	for unit in spread(others, 6) + spread(moved, 2):
		addr = int(unit["address"], 16)
		yield ("moved" if unit in moved else "control"), addr, 64
	found = core.ask(f"map main.{name} --json --limit 0")["result"]["entries"]
	for entry in spread(found, 3):
		addr = int(entry["key"]["address"], 16)
		yield "key", addr, 8 * KEY_SIZE.get(name, 8)


def swiss_places(core, header, shown):
	if not shown.get("directory"):
		return
	directory = core.number(header + 16, 8)
	for slot in range(shown["directory"]):
		if slot < 4:
			yield "directory", directory + 8 * slot, 64
	for table in spread(shown["tables"], 2):
		addr = int(table["address"], 16)
		for field, (offset, size) in TABLE.items():
			yield "table." + field, addr + offset, size * 8


def harmless(core, shown, what, addr, bit):
	"""Is there nothing in the map that contradicts this flip?"""
	classic = shown["impl"] == "classic"
	if what == "flags":
		# iterator, oldIterator, hashWriting: may be set at any time.
		return bit < 3
	if what == "writing":
		return bit == 0
	if what == "nevacuate" and not shown["growing"]:
		# What the last growth left there: 0, half of the buckets or all.
		value = core.number(addr, 8) ^ 1 << bit
		return value in (0, shown["bucket_count"], shown["bucket_count"] // 2)
	if what == "moved" and classic:
		# The marks of an entry that moved tell X from Y and nothing else.
		return 2 <= core.number(addr + bit // 8, 1) ^ 1 << bit % 8 <= 4
	return False


def test_map(core, release, name, totals):
	shown = core.buckets(name)
	if not core.verify(name)["result"]["ok"]:
		print(f"{release} {name}: not right before any flip")
		totals["missed"] += 1
		return
	for what, addr, bits in list(places(core, name, shown)):
		for bit in range(bits):
			core.flip(addr, bit)
			answer = core.verify(name)
			core.flip(addr, bit)
			found = "error" in answer or not answer["result"]["ok"]
			totals["keys"] += what == "key"
			if harmless(core, shown, what, addr, bit):
				totals["harmless"] += 1
			elif found:
				totals["found"] += 1
			elif what == "key":
				totals["chance"] += 1
				print(f"{release} main.{name}: bit {bit} of a key at "
				      f"{addr:#x} hashes to the same place", flush=True)
			else:
				totals["missed"] += 1
				print(f"{release} main.{name}: bit {bit} of {what} "
				      f"at {addr:#x} is missed", flush=True)
	if not core.verify(name)["result"]["ok"]:
		print(f"{release} {name}: not right after all flips")
		totals["missed"] += 1


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
	parser.add_argument("--cores", type=pathlib.Path, default=ROOT / "build/cores")
	parser.add_argument("--only", metavar="GO/VARIANT")
	parser.add_argument("-k", default="", help="only maps with this in their name")
	arguments = parser.parse_args()
	totals = collections.Counter()

	for release in [arguments.only] if arguments.only else CORES:
		exe = arguments.cores / release / "values"
		with tempfile.TemporaryDirectory() as scratch:
			copy = pathlib.Path(scratch) / "values.core"
			shutil.copyfile(exe.with_name("values.core"), copy)
			core = Core(exe, copy, arguments.build / "vole")
			for name in MAPS:
				if arguments.k in name:
					test_map(core, release, name, totals)
	print(f"{totals['found']} flips found, {totals['harmless']} harmless, "
	      f"{totals['chance']} by chance, {totals['missed']} missed")
	chance = totals["chance"] > 3 + totals["keys"] / 50
	return 1 if totals["missed"] or chance or not totals["found"] else 0


if __name__ == "__main__":
	sys.exit(main())
