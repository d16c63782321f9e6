"""Absurd values in a copy of a good core.

Where things lie is taken from what the program said of itself, so only the
few offsets inside the runtime's headers are written down here.
"""

import random

import guarded
from inject import HUGE, WILD, Injection

# Offsets of runtime.hmap (to Go 1.23) and internal/runtime/maps.Map (1.24 on).
COUNT, FLAGS, B, BUCKETS, OLDBUCKETS = 0, 8, 9, 16, 24
DIR_PTR, DIR_LEN, GLOBAL_DEPTH, GLOBAL_SHIFT = 16, 24, 32, 33
TABLE_USED, TABLE_CAPACITY, TABLE_INDEX, TABLE_GROUPS, TABLE_MASK = 0, 2, 8, 16, 24
# map[int]int: eight tops, keys and elements before the overflow pointer.
OVERFLOW = 8 + 64 + 64
BUCKET, GROUP = OVERFLOW + 8, 8 + 64 + 64
MIN_TOP = 5


class Faults(Injection):
	"""Of values."""

	def __init__(self, vole, exe, core, truth, report, where):
		super().__init__(vole, exe, core, report, where)
		self.places = {i["expr"]: int(i["value"]["address"], 16)
			       for i in truth["vars"] if "address" in i["value"]}
		self.swiss = truth["notes"]["maps"] == "swiss"
		self.options = self.map_options()

	def map_options(self):
		"""Ways of looking at a map that this program has."""
		end = guarded.run([self.vole, "core", self.exe, self.image.path, "-e", "help map"])
		ret = [o for o in ("--buckets", "--verify", "--find") if o in end.out]
		if len(ret) < 3:
			print(f"{self.where} `map` has only {ret}: the others are not tried")
		return ret

	def at(self, name):
		return self.places["main." + name]

	def used(self, addr, size, is_entry):
		"""The first bucket or group, from addr on, with an entry."""
		while not any(is_entry(byte) for byte in self.image.read(addr, 8)):
			addr += size
		return addr

	def all(self):
		if self.swiss:
			yield from self.swiss_maps()
		else:
			yield from self.classic_maps()
		yield from self.headers()
		yield from self.others()
		yield from self.noise()

	def classic_maps(self):
		h = self.image.word(self.at("mapLarge"))
		first = self.image.word(h + BUCKETS)
		used = self.used(first, BUCKET, lambda top: top >= MIN_TOP)
		s = self.image.word(self.at("mapSameSize"))
		for what, changes in {
			"B of 255": [(h + B, b"\xff")],
			"B of 63": [(h + B, b"\x3f")],
			"B of 40": [(h + B, b"\x28")],
			"B of 0": [(h + B, b"\0")],
			"count of 2^63": [(h + COUNT, HUGE)],
			"count of -1": [(h + COUNT, -1)],
			"count of 0": [(h + COUNT, 0)],
			"buckets that are the header": [(h + BUCKETS, h)],
			"buckets nowhere": [(h + BUCKETS, WILD)],
			"buckets at the end of the address space": [(h + BUCKETS, -64)],
			"no buckets": [(h + BUCKETS, 0)],
			"misaligned buckets": [(h + BUCKETS, first + 3)],
			"old buckets nowhere": [(h + OLDBUCKETS, WILD)],
			"old buckets that are the new": [(h + OLDBUCKETS, first)],
			"all flags": [(h + FLAGS, b"\xff")],
			"an overflow bucket that is its own": [(first + OVERFLOW, first)],
			"an overflow bucket that is a later one": [(first + OVERFLOW, first + BUCKET)],
			"an overflow bucket nowhere": [(first + OVERFLOW, WILD)],
			"tops that say nothing is there": [(used, b"\0" * 8)],
			"tops of another bucket": [(used, b"\xfe" * 8)],
		}.items():
			yield "map: " + what, "main.mapLarge", changes
		for what, changes in {
			"old buckets that are the header": [(s + OLDBUCKETS, s)],
			"no old buckets": [(s + OLDBUCKETS, 0)],
			"another growth": [(s + FLAGS, b"\0")],
			"nevacuate of 2^63": [(s + 32, HUGE)],
		}.items():
			yield "growing map: " + what, "main.mapSameSize", changes

	def swiss_maps(self):
		h = self.image.word(self.at("mapLarge"))
		directory = self.image.word(h + DIR_PTR)
		table = self.image.word(directory)
		groups = self.image.word(table + TABLE_GROUPS)
		used = self.used(groups, GROUP, lambda control: control < 0x80)
		for what, changes in {
			"directory of 2^60 tables": [(h + DIR_LEN, 1 << 60)],
			"directory of 2^30 tables": [(h + DIR_LEN, 1 << 30)],
			"directory of 3 tables": [(h + DIR_LEN, 3)],
			"directory of -1 tables": [(h + DIR_LEN, -1)],
			"directory of 0 tables": [(h + DIR_LEN, 0)],
			"directory nowhere": [(h + DIR_PTR, WILD)],
			"directory that is the header": [(h + DIR_PTR, h)],
			"directory that is its own": [(h + DIR_PTR, directory),
						      (directory, directory)],
			"table that is nil": [(directory, 0)],
			"table that is the header": [(directory, h)],
			"table nowhere": [(directory, WILD)],
			"global depth of 255": [(h + GLOBAL_DEPTH, b"\xff")],
			"global shift of 255": [(h + GLOBAL_SHIFT, b"\xff")],
			"used of 2^63": [(h + COUNT, HUGE)],
			"used of -1": [(h + COUNT, -1)],
			"used of 0": [(h + COUNT, 0)],
			"table used of 65535": [(table + TABLE_USED, b"\xff\xff")],
			"table capacity of 0": [(table + TABLE_CAPACITY, b"\0\0")],
			"table capacity of 65535": [(table + TABLE_CAPACITY, b"\xff\xff")],
			"local depth of 255": [(table + 6, b"\xff")],
			"local depth of 200": [(table + 6, b"\xc8")],
			"index of 2^63": [(table + TABLE_INDEX, HUGE)],
			"stale index": [(table + TABLE_INDEX, -1)],
			"misaligned groups": [(table + TABLE_GROUPS, groups + 3)],
			"groups nowhere": [(table + TABLE_GROUPS, WILD)],
			"groups that are the table": [(table + TABLE_GROUPS, table)],
			"length mask of 2^62": [(table + TABLE_MASK, 1 << 62)],
			"length mask of -1": [(table + TABLE_MASK, -1)],
			"length mask of 5": [(table + TABLE_MASK, 5)],
			"control bytes all empty": [(used, b"\x80" * 8)],
			"control bytes all full": [(groups, b"\x11" * 8)],
			"control bytes of no meaning": [(groups, b"\x81\xff\xfe\x80" * 2)],
		}.items():
			yield "map: " + what, "main.mapLarge", changes
		small = self.image.word(self.at("mapOne"))
		yield "small map: group nowhere", "main.mapOne", [(small + DIR_PTR, WILD)]
		yield "small map: used of 9", "main.mapOne", [(small + COUNT, 9)]
		yield "small map: no group", "main.mapOne", [(small + DIR_PTR, 0)]

	def headers(self):
		s, t, strings = self.at("ints"), self.at("stringPlain"), self.at("sliceStrings")
		first = self.image.word(strings)
		for what, expr, changes in (
			("map: nowhere", "main.mapLarge", [(self.at("mapLarge"), WILD)]),
			("map: itself", "main.mapLarge",
			 [(self.at("mapLarge"), self.at("mapLarge"))]),
			("map: at the last word", "main.mapLarge", [(self.at("mapLarge"), -8)]),
			("slice: len of 2^63-1", "main.ints", [(s + 8, HUGE - 1)]),
			("slice: len and cap of 2^63-1", "main.ints",
			 [(s + 8, HUGE - 1), (s + 16, HUGE - 1)]),
			("slice: len and cap of 2^40", "main.ints",
			 [(s + 8, 1 << 40), (s + 16, 1 << 40)]),
			("slice: len of -1", "main.ints", [(s + 8, -1)]),
			("slice: len over cap", "main.ints", [(s + 8, 6)]),
			("slice: data nowhere", "main.ints", [(s, WILD)]),
			("slice: data nil", "main.ints", [(s, 0)]),
			("slice: data at the last word", "main.ints", [(s, -8)]),
			("slice: misaligned data", "main.ints", [(s, self.image.word(s) + 1)]),
			("string: len of 2^63-1", "main.stringPlain", [(t + 8, HUGE - 1)]),
			("string: len of 2^40", "main.stringPlain", [(t + 8, 1 << 40)]),
			("string: len of -1", "main.stringPlain", [(t + 8, -1)]),
			("string: nowhere", "main.stringPlain", [(t, WILD)]),
			("string: nil with a length", "main.stringPlain", [(t, 0)]),
			("slice of strings: one nowhere", "main.sliceStrings", [(first, WILD)]),
			("slice of strings: one of 2^62", "main.sliceStrings", [(first + 8, 1 << 62)]),
		):
			yield what, expr, changes
		size = 24 * 4000
		big = self.at("sliceSlices")
		yield "slices of slices of the same", "main.sliceSlices", [
			(big, big), (big + 8, 1), (big + 16, size)]

	def others(self):
		i, e, f = self.at("ifaceStruct"), self.at("errWrapped"), self.at("funcByValue")
		c = self.image.word(self.at("chanBuffered"))
		p, q = self.at("ptrStruct"), self.at("list")
		first = self.image.word(q)
		second = self.image.word(first + 8)
		rtype = self.image.word(self.at("reflectedStruct"))
		for what, expr, changes in (
			("interface: wild type word", "main.ifaceStruct", [(i, WILD)]),
			("interface: type word of its own", "main.ifaceStruct", [(i, i)]),
			("interface: type word of -1", "main.ifaceStruct", [(i, -1)]),
			("interface: type word off by 8", "main.ifaceStruct",
			 [(i, self.image.word(i) + 8)]),
			("interface: data nowhere", "main.ifaceStruct", [(i + 8, WILD)]),
			("interface: wild itab", "main.errWrapped", [(e, WILD)]),
			("interface: itab of its own", "main.errWrapped", [(e, e)]),
			("func: nowhere", "main.funcByValue", [(f, WILD)]),
			("func: its own", "main.funcByValue", [(f, f)]),
			("func: the last word", "main.funcByValue", [(f, -8)]),
			("chan: qcount of 2^63", "main.chanBuffered", [(c, HUGE)]),
			("chan: qcount over size", "main.chanBuffered", [(c, 5)]),
			("chan: size of 2^63", "main.chanBuffered", [(c + 8, HUGE)]),
			("chan: both of 2^60", "main.chanBuffered", [(c, 1 << 60), (c + 8, 1 << 60)]),
			("chan: size of 0", "main.chanBuffered", [(c + 8, 0)]),
			("chan: buffer nowhere", "main.chanBuffered", [(c + 16, WILD)]),
			("chan: element size of 65535", "main.chanBuffered", [(c + 24, b"\xff\xff")]),
			("chan: nowhere", "main.chanBuffered", [(self.at("chanBuffered"), WILD)]),
			("pointer: nowhere", "main.ptrStruct", [(p, WILD)]),
			("pointer: itself", "main.ptrStruct", [(p, p)]),
			("pointer: the last byte", "main.ptrStruct", [(p, -1)]),
			("pointer: not canonical", "main.ptrStruct", [(p, 0x8000_0000_0000)]),
			("list: ends in itself", "main.list", [(second + 8, first)]),
			("list: a node of its own", "main.list", [(first + 8, first)]),
			("tree: both children the root", "main.root",
			 self.children(self.image.word(self.at("root")))),
			("time: a zone nowhere", "main.timeZone", [(self.at("timeZone") + 16, WILD)]),
			("time: all ones", "main.timeZone", [(self.at("timeZone"), b"\xff" * 16)]),
			("time: the largest", "main.timeUTC",
			 [(self.at("timeUTC") + 8, HUGE - 1)]),
			("duration: the smallest", "main.duration", [(self.at("duration"), HUGE)]),
			("made type: kind 255", "main.reflectedStruct", [(rtype + 23, b"\xff")]),
			("made type: size of 2^63", "main.reflectedStruct", [(rtype, HUGE)]),
			("made type: 2^40 fields", "main.reflectedStruct", [(rtype + 64, 1 << 40)]),
			("made type: fields nowhere", "main.reflectedStruct", [(rtype + 56, WILD)]),
			("made type: a field of its own", "main.reflectedStruct",
			 [(self.image.word(rtype + 56) + 8, rtype)]),
		):
			yield what, expr, changes

	@staticmethod
	def children(root):
		return [(root, root), (root + 8, root)]

	def noise(self):
		"""Random words, the same every time."""
		generator = random.Random(20)
		for name in ("mapLarge", "mapLargeStr", "mapAny", "config", "mapWideBoth"):
			addr = self.image.word(self.at(name))
			for number in range(6):
				changes = []
				for _ in range(generator.choice((1, 3, 10))):
					at = addr + 8 * generator.randrange(0, 7)
					word = generator.choice((0, -1, WILD, addr, 1 << 47,
								 generator.getrandbits(64)))
					changes.append((at, word))
				yield f"noise {number} in {name}", "main." + name, changes

	def commands(self, expr):
		# Deeper than any core could be: limits of vole's own must hold.
		ret = [f"print {expr}", f"print --json --limit 0 --depth 1000 {expr}"]
		if expr.startswith("main.map"):
			ret.append(f"map {expr}")
			ret += [f"map --json {o} {expr}" for o in self.options if o != "--find"]
			if expr == "main.mapLarge" and "--find" in self.options:
				ret.append(f"map --json {expr} --find 700")
		if expr in ("main.ints", "main.stringPlain", "main.sliceSlices"):
			ret += [f"slice --json {expr}", f"slice --json --aliases {expr}"]
		return ret

	@staticmethod
	def harmless(what):
		"""Values as good as others, or nothing that these commands look at."""
		# A group that is full already says the same: which one is, the
		# seed of each run decides.
		return what.startswith(("noise", "map: control bytes all full",
					"map: tops of another", "pointer: itself",
					"slices of slices", "made type: a field of its own", "time: the largest", "time: all ones", "duration",
					"tree", "list", "map: all flags", "growing map: nevacuate"))
