#!/usr/bin/env python3
"""Flip each bit of maps in a core: does `map --verify` see it?

usage: map_flips.py [--quick] [--build DIR] [--cores DIR] [--only GO/VARIANT]
                    [-k WORD] [--jobs N]

Takes a copy of the core of `values` and flips bits of some of its maps, one at
a time:

  classic  count, flags, B, noverflow, hash0, buckets, oldbuckets, nevacuate
           and extra of hmap; nextOverflow, overflow and oldoverflow of its
           mapextra; pointer, length and capacity of these lists and some of
           their items; top hashes and the overflow pointer of some buckets,
           moved ones among them; the overflow pointer of the last bucket kept
           for chains and of the others
  swiss    used, seed, dirPtr, dirLen, globalDepth, globalShift and writing of
           Map; some slots of the directory; used, capacity, growthLeft,
           localDepth, index, groups and lengthMask of some tables; control
           bytes of some groups
  both     some keys

Every flip must be found, by a problem or by an error that says that the map is
corrupt or cannot be read, but for those that nothing else in the map contradicts
(harmless()), and for keys that by chance, of one in 128 or less, hash to the
same place. Before and after all flips the maps must be found right, and each
item of this list must have been flipped. With --quick of every seventh bit.

The last line is "N flips found, N harmless, N by chance, N missed".
"""

import collections
import concurrent.futures
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import options

CORES = ("1.18/opt", "1.22/opt", "1.25/noswiss", "1.24/opt", "1.26/opt")
QUICK = ("1.18/opt", "1.26/opt")
QUICK_STEP = 7  # shares nothing with the bits of a byte or a word
CLASSIC = {"count": (0, 8), "flags": (8, 1), "B": (9, 1), "noverflow": (10, 2),
	   "hash0": (12, 4), "buckets": (16, 8), "oldbuckets": (24, 8),
	   "nevacuate": (32, 8)}
EXTRA = {"overflow": 0, "oldoverflow": 8, "nextOverflow": 16}
EXTRA_SIZE = 24
LIST = {"pointer": 0, "length": 8, "capacity": 16}
SWISS = {"used": (0, 8), "seed": (8, 8), "dirPtr": (16, 8), "dirLen": (24, 8),
	 "globalDepth": (32, 1), "globalShift": (33, 1), "writing": (34, 1)}
TABLE = {"used": (0, 2), "capacity": (2, 2), "growthLeft": (4, 2),
	 "localDepth": (6, 1), "index": (8, 8), "groups": (16, 8),
	 "lengthMask": (24, 8)}
# What must have been flipped in each generation.
CLASSIC_ITEMS = {*CLASSIC, "extra", "control", "moved", "overflow", "kept", "kept.last", "key",
		 *(f"extra.{name}" for name in EXTRA),
		 *(f"list.{name}" for name in LIST), "list.item"}
SWISS_ITEMS = {*SWISS, "directory", "control", "key", *(f"table.{name}" for name in TABLE)}
MAPS = ("mapEight", "mapNine", "mapLarge", "mapLargeStr", "mapDeleted", "mapDoubling",
	"mapSameSize", "mapRefilled", "mapAny", "mapWideKey", "mapSpaces")
# An interface's hash does not depend on its type but on the bytes it holds.
KEY_SIZE = {"mapLargeStr": 16, "mapSpaces": 16, "mapAny": 0}
WORD = 8


class Core:
	"""A copy of a core file whose memory is changed under one vole.

	The core is mapped, and nothing of a map's memory is kept between two
	commands: each sees the file as it is now.
	"""

	def __init__(self, exe, path, vole):
		self.command = [vole, "core", exe, path, "-x", "/dev/stdin"]
		self.vole = None
		self.file = open(path, "r+b", buffering=0)
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

	def close(self):
		if self.vole:
			self.vole.stdin.close()
			self.vole.wait()
		self.vole = None

	def offset(self, addr):
		for vaddr, filesz, offset in self.loads:
			if vaddr <= addr < vaddr + filesz:
				return offset + addr - vaddr
		return None

	def read(self, addr, size):
		self.file.seek(self.offset(addr))
		return self.file.read(size)

	def number(self, addr, size=WORD):
		return int.from_bytes(self.read(addr, size), "little")

	def flip(self, addr, bit):
		at = self.offset(addr + bit // 8)
		self.file.seek(at)
		byte = self.file.read(1)[0]
		self.file.seek(at)
		self.file.write(bytes([byte ^ 1 << bit % 8]))

	def ask(self, command):
		"""The answer of the one process, or of a new one if it died."""
		if not self.vole:
			self.vole = subprocess.Popen(self.command, stdin=subprocess.PIPE,
						     stdout=subprocess.PIPE,
						     stderr=subprocess.DEVNULL, text=True)
		self.vole.stdin.write(command + "\n")
		self.vole.stdin.flush()
		line = self.vole.stdout.readline()
		if not line:
			self.close()
			return {"died": command}
		return json.loads(line)

	def verify(self, name):
		return self.ask(f"map main.{name} --verify --json --limit 3")

	def is_right(self, name):
		return verdict(self.verify(name)) == "right"

	def field(self, name):
		"""The offset of one that is not the same in all releases."""
		rows = self.ask("layout --json --limit 0")["result"]["fields"]
		return next(row["offset"] for row in rows if row["id"] == name)

	def buckets(self, name):
		return self.ask(f"map main.{name} --buckets --json --limit 0")["result"]


def verdict(answer):
	"""Is the map "found" wrong or "right", or what else came of asking?"""
	if "died" in answer:
		return "a death"
	if "error" in answer:
		code = answer["error"]["code"]
		return "found" if code in ("CORRUPT", "UNREADABLE") else code
	return "right" if answer["result"]["ok"] else "found"


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
	yield from (classic_places if classic else swiss_places)(core, header, shown)
	found = core.ask(f"map main.{name} --json --limit 0")["result"]["entries"]
	for entry in spread(found, 3):
		addr = int(entry["key"]["address"], 16)
		yield "key", addr, 8 * KEY_SIZE.get(name, 8)


def classic_places(core, header, shown):
	units = shown["buckets"]
	moved = [u for u in units if u.get("state") == "moved"]
	others = [u for u in units if u.get("state") != "moved" and
		  (u.get("array") != "old" or u["entries"])]
	first, *rest = (int(u["address"], 16) for u in units
			if u["array"] == "new" and not u["depth"])
	size = rest[0] - first if rest else None
	for unit in spread(others, 6) + spread(moved, 2):
		addr = int(unit["address"], 16)
		yield ("moved" if unit in moved else "control"), addr, 64
		if size and unit not in moved:
			yield "overflow", addr + size - WORD, 64
	place = header + core.field("HMAP.EXTRA")
	extra = core.number(place)
	yield "extra", place, 64
	if extra:
		yield from extra_places(core, extra, shown, first, size)


def extra_places(core, extra, shown, first, size):
	for field, offset in EXTRA.items():
		yield "extra." + field, extra + offset, 64
	for field in ("overflow", "oldoverflow"):
		header = core.number(extra + EXTRA[field])
		if not header:
			continue
		for part, offset in LIST.items():
			yield "list." + part, header + offset, 64
		items = core.number(header)
		for at in spread(list(range(core.number(header + WORD))), 3):
			yield "list.item", items + WORD * at, 64
	unused = core.number(extra + EXTRA["nextOverflow"])
	if not unused:
		return
	# The last of them points to the array, the others nowhere.
	at = unused
	while core.number(at + size - WORD) != first:
		if at == unused:
			yield "kept", at + size - WORD, 64
		at += size
	yield "kept.last", at + size - WORD, 64


def swiss_places(core, header, shown):
	groups = [g for t in shown["tables"] for g in t["groups"]]
	for group in spread(groups, 6):
		yield "control", int(group["address"], 16), 64
	if not shown.get("directory"):
		return
	directory = core.number(header + 16)
	for slot in range(min(4, shown["directory"])):
		yield "directory", directory + WORD * slot, 64
	for table in spread(shown["tables"], 2):
		addr = int(table["address"], 16)
		for field, (offset, size) in TABLE.items():
			yield "table." + field, addr + offset, size * 8


def harmless(core, shown, what, addr, bit):
	"""Is there nothing in the map that contradicts this flip?"""
	classic = shown["impl"] == "classic"
	if what == "key" and "string]" in shown["type"]:
		# Where a string of no bytes lies.
		return bit < 64 and not core.number(addr + WORD)
	if what == "flags":
		# iterator, oldIterator, hashWriting: may be set at any time.
		return bit < 3
	if what == "writing":
		return bit == 0
	if what == "nevacuate" and not shown["growing"]:
		# What the last growth left there: 0, half of the buckets or all.
		value = core.number(addr) ^ 1 << bit
		return value in (0, shown["bucket_count"], shown["bucket_count"] // 2)
	extra = core.number(addr) if what == "extra" else 0
	if extra:
		# Another that says the same, of another map.
		other = extra ^ 1 << bit
		return core.offset(other) is not None and \
			core.read(other, EXTRA_SIZE) == core.read(extra, EXTRA_SIZE)
	if what == "moved" and classic:
		# The marks of an entry that moved tell X from Y and nothing else.
		return 2 <= core.number(addr + bit // 8, 1) ^ 1 << bit % 8 <= 4
	return False


def test_map(core, release, name, step, totals, flipped):
	shown = core.buckets(name)
	if not core.is_right(name):
		print(f"{release} {name}: not right before any flip", flush=True)
		totals["missed"] += 1
		return
	number = 0
	for what, addr, bits in list(places(core, name, shown)):
		flipped.add(what)
		for bit in range(bits):
			number += 1
			if number % step:
				continue
			core.flip(addr, bit)
			came = verdict(core.verify(name))
			core.flip(addr, bit)
			totals["keys"] += what == "key"
			if came not in ("found", "right"):
				totals["missed"] += 1
				print(f"{release} main.{name}: bit {bit} of {what} at {addr:#x} "
				      f"is answered with {came}", flush=True)
			elif harmless(core, shown, what, addr, bit):
				totals["harmless"] += 1
			elif came == "found":
				totals["found"] += 1
			elif what == "key":
				totals["chance"] += 1
				print(f"{release} main.{name}: bit {bit} of a key at "
				      f"{addr:#x} hashes to the same place", flush=True)
			else:
				totals["missed"] += 1
				print(f"{release} main.{name}: bit {bit} of {what} at {addr:#x} "
				      "is missed", flush=True)
	core.close()
	if not core.is_right(name):
		print(f"{release} {name}: not right after all flips", flush=True)
		totals["missed"] += 1


def test_release(release, arguments):
	"""What came of all flips in one core."""
	totals = collections.Counter()
	flipped = set()
	exe = arguments.cores / release / "values"

	with tempfile.TemporaryDirectory() as scratch:
		copy = pathlib.Path(scratch) / "values.core"
		subprocess.run(["cp", "--sparse=always", exe.with_name("values.core"), copy],
			       check=True)
		core = Core(exe, copy, arguments.build / "vole")
		for name in MAPS:
			if arguments.k in name:
				test_map(core, release, name,
					 QUICK_STEP if arguments.quick else 1, totals, flipped)
		wanted = CLASSIC_ITEMS if "B" in flipped else SWISS_ITEMS
		core.close()
	if not arguments.k and flipped != wanted:
		print(f"{release}: not flipped: {wanted - flipped or flipped - wanted}")
		totals["missed"] += 1
	return totals


def main():
	parser = options.parser(__doc__, only="GO/VARIANT", quick=True)
	parser.add_argument("-k", default="", help="only maps with this in their name")
	parser.add_argument("--jobs", type=int, default=2)
	arguments = parser.parse_args()
	totals = collections.Counter()

	releases = QUICK if arguments.quick else CORES
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		for each in pool.map(lambda release: test_release(release, arguments),
				     [arguments.only] if arguments.only else releases):
			totals.update(each)
	print(f"{totals['found']} flips found, {totals['harmless']} harmless, "
	      f"{totals['chance']} by chance, {totals['missed']} missed")
	chance = totals["chance"] > 3 + totals["keys"] / 50
	return 1 if totals["missed"] or chance or not totals["found"] else 0


if __name__ == "__main__":
	sys.exit(main())
