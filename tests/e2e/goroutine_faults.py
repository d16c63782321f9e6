"""Absurd goroutines in a copy of a good core.

Where fields lie is asked of vole, while the core is good; addresses of the
runtime's variables are in the program's symbol table.
"""

import json
import random
import subprocess

import elfpatch
from inject import HUGE, WILD, Injection

LIST = ["goroutines --json --limit 0", "goroutines", "bt --json all", "waits --json",
	"sched --json"]


class GoroutineFaults(Injection):
	"""Of goroutines and what they hang on."""

	def __init__(self, vole, exe, core, report, where):
		super().__init__(vole, exe, core, report, where)
		self.vars = symbols(exe)
		self.fields = {f["id"]: f["offset"] for f in self.ask("layout --limit 0")["fields"]
			       if "offset" in f}
		self.goroutines = self.ask("goroutines --limit 0")["goroutines"]

	def ask(self, command):
		out = subprocess.run([self.vole, "core", self.exe, self.image.path, "-e",
				      command + " --json"], check=True, text=True,
				     stdout=subprocess.PIPE).stdout
		return json.loads(out)["result"]

	def field(self, addr, name):
		return addr + self.fields[name]

	def get(self, addr, name):
		return self.image.word(self.field(addr, name))

	def first(self, test):
		"""The first goroutine that is like that: its g and its number."""
		for it in self.goroutines:
			g = int(it["address"], 16)
			if test(it, g):
				return g, it["id"]
		return None, None

	def all(self):
		yield from self.list()
		sender = self.first(lambda it, g: it.get("wait_reason") == "chan send")
		if sender[0]:
			yield from self.bounds(*sender)
			yield from self.stack(*sender)
			yield from self.odd_fields(*sender)
			yield from self.queues(*sender)
		yield from self.defers()
		yield from self.panics()
		yield from self.threads()
		yield from self.noise()

	def list(self):
		allgs = self.vars["runtime.allgs"]
		first, num = self.image.word(allgs), self.image.word(allgs + 8)
		for what, changes in {
			"len of 2^62": [(allgs + 8, 1 << 62)],
			"len of 2^27": [(allgs + 8, 1 << 27)],
			"len of -1": [(allgs + 8, -1)],
			"len of 0": [(allgs + 8, 0)],
			"nowhere": [(allgs, WILD)],
			"at itself": [(allgs, allgs)],
			"at the last word": [(allgs, -8)],
			"one nil": [(first + 8, 0)],
			"one nowhere": [(first + 8, WILD)],
			"one at the last word": [(first + 8, -8)],
			"one that is the list": [(first + 8, first)],
			"one twice": [(first + 8, self.image.word(first))],
			"all nowhere": [(first + 8 * i, WILD) for i in range(num)],
			"all the same": [(first + 8 * i, self.image.word(first))
					 for i in range(num)],
		}.items():
			yield "allgs: " + what, None, changes

	def bounds(self, g, number):
		lo, hi = self.get(g, "G.STACK_LO"), self.get(g, "G.STACK_HI")
		at_lo, at_hi = (self.field(g, "G.STACK_" + end) for end in ("LO", "HI"))
		sp = self.field(g, "G.SCHED_SP")
		for what, changes in {
			"bounds the other way round": [(at_lo, hi), (at_hi, lo)],
			"bounds nowhere": [(at_lo, WILD), (at_hi, WILD + 4096)],
			"bounds of everything": [(at_lo, 0), (at_hi, -1)],
			"bounds of nothing": [(at_lo, 0), (at_hi, 0)],
			"ends in the middle of a frame": [(at_hi, self.image.word(sp) + 16)],
			"sp above it": [(sp, hi + 64)],
			"sp at its end": [(sp, hi - 8)],
			"sp below it": [(sp, lo - 64)],
			"sp of 0": [(sp, 0)],
			"sp of -8": [(sp, -8)],
			"misaligned sp": [(sp, self.image.word(sp) + 3)],
		}.items():
			yield "stack: " + what, number, changes

	def stack(self, g, number):
		hi = self.get(g, "G.STACK_HI")
		sp, pc = self.get(g, "G.SCHED_SP"), self.get(g, "G.SCHED_PC")
		room = hi - sp
		for what, changes in {
			"pc of 0": [(self.field(g, "G.SCHED_PC"), 0)],
			"pc nowhere": [(self.field(g, "G.SCHED_PC"), WILD)],
			"pc in the heap": [(self.field(g, "G.SCHED_PC"), g)],
			"pc of -1": [(self.field(g, "G.SCHED_PC"), -1)],
			"nothing but its pc": [(sp, pc.to_bytes(8, "little") * (room // 8))],
			"zeros": [(sp, b"\0" * room)],
			"ones": [(sp, b"\xff" * room)],
			"addresses of itself": [(sp, sp.to_bytes(8, "little") * (room // 8))],
		}.items():
			yield "frames: " + what, number, changes

	def odd_fields(self, g, number):
		for what, name, value in (
			("status of 5", "G.STATUS", b"\x05\0\0\0"),
			("status of all ones", "G.STATUS", b"\xff\xff\xff\xff"),
			("runs on no thread", "G.STATUS", b"\x02\0\0\0"),
			("in a system call of nothing", "G.STATUS", b"\x03\0\0\0"),
			("goid of -1", "G.GOID", -1),
			("goid of another", "G.GOID", 1),
			("goid of 0", "G.GOID", 0),
			("m nowhere", "G.M", WILD),
			("m that is itself", "G.M", g),
			("locked to nothing", "G.LOCKED_M", WILD),
			("wait reason of 255", "G.WAIT_REASON", b"\xff"),
			("created nowhere", "G.GO_PC", WILD),
			("started nowhere", "G.START_PC", -1),
			("labels nowhere", "G.LABELS", WILD),
			("labels of its own", "G.LABELS", g),
			("waits since the largest time", "G.WAIT_SINCE", HUGE - 1),
			("waits since the smallest", "G.WAIT_SINCE", HUGE),
			("system call stack nowhere", "G.SYSCALL_SP", WILD),
		):
			# It is not there under its number: that is the right answer.
			yield "g: " + what, None if name == "G.GOID" else number, [
				(self.field(g, name), value)]

	def queues(self, g, number):
		sudog = self.get(g, "G.WAITING")
		chan = self.get(sudog, "SUDOG.C")
		for what, changes in {
			"sudog nowhere": [(self.field(g, "G.WAITING"), WILD)],
			"sudog that is the g": [(self.field(g, "G.WAITING"), g)],
			"its own next case": [(self.field(sudog, "SUDOG.WAIT_LINK"), sudog)],
			"a next case nowhere": [(self.field(sudog, "SUDOG.WAIT_LINK"), WILD)],
			"its own next": [(self.field(sudog, "SUDOG.NEXT"), sudog)],
			"a next nowhere": [(self.field(sudog, "SUDOG.NEXT"), WILD)],
			"a channel nowhere": [(self.field(sudog, "SUDOG.C"), WILD)],
			"a channel that is the sudog": [(self.field(sudog, "SUDOG.C"), sudog)],
			"a queue of the channel itself": [(self.field(chan, "HCHAN.SENDQ"), chan)],
			"another goroutine's sudog": [(self.field(sudog, "SUDOG.G"), WILD)],
		}.items():
			yield "queue: " + what, number, changes
		yield from self.semaphores()

	def semaphores(self):
		table = self.vars["runtime.semtable"]
		for i in range(251):
			at = self.field(table + 64 * i, "SEMA_ROOT.TREAP")
			root = self.image.word(at)
			if root:
				break
		g, number = self.first(lambda it, g: g == self.get(root, "SUDOG.G"))
		assert g, "no goroutine waits for a semaphore"
		for what, changes in {
			"root nowhere": [(at, WILD)],
			"root that is the table": [(at, table)],
			"its own child": [(self.field(root, "SUDOG.PREV"), root)],
			"both children the root": [(self.field(root, "SUDOG.PREV"), root),
						   (self.field(root, "SUDOG.NEXT"), root)],
			"its own next waiter": [(self.field(root, "SUDOG.WAIT_LINK"), root)],
			"waits for nothing": [(self.field(root, "SUDOG.ELEM"), 0)],
			"waiter nowhere": [(self.field(root, "SUDOG.G"), WILD)],
		}.items():
			yield "semaphore: " + what, number, changes

	def defers(self):
		g, number = self.first(lambda it, g: self.get(g, "G.DEFER"))
		if not g:
			return
		at, head = self.field(g, "G.DEFER"), self.get(g, "G.DEFER")
		for what, changes in {
			"nowhere": [(at, WILD)],
			"the g": [(at, g)],
			"at the last word": [(at, -8)],
			"its own next": [(self.field(head, "DEFER.LINK"), head)],
			"a next nowhere": [(self.field(head, "DEFER.LINK"), WILD)],
			"no function": [(self.field(head, "DEFER.FN"), WILD)],
			"sp of -1": [(self.field(head, "DEFER.SP"), -1)],
		}.items():
			yield "defer: " + what, number, changes

	def panics(self):
		g, number = self.first(lambda it, g: self.get(g, "G.PANIC"))
		if not g:
			return
		at, head = self.field(g, "G.PANIC"), self.get(g, "G.PANIC")
		for what, changes in {
			"nowhere": [(at, WILD)],
			"the g": [(at, g)],
			"at the last word": [(at, -8)],
			"its own next": [(self.field(head, "PANIC.LINK"), head)],
			"a next nowhere": [(self.field(head, "PANIC.LINK"), WILD)],
			"a value nowhere": [(self.field(head, "PANIC.ARG"), WILD),
					    (self.field(head, "PANIC.ARG") + 8, WILD)],
		}.items():
			yield "panic: " + what, number, changes

	def threads(self):
		allm, allp = self.vars["runtime.allm"], self.vars["runtime.allp"]
		m = self.image.word(allm)
		p = self.image.word(self.image.word(allp))
		runq = self.field(p, "P.RUNQ")
		for what, changes in {
			"allm nowhere": [(allm, WILD)],
			"an m of its own": [(self.field(m, "M.ALL_LINK"), m)],
			"a next m nowhere": [(self.field(m, "M.ALL_LINK"), WILD)],
			"no g0": [(self.field(m, "M.G0"), WILD)],
			"runs nothing real": [(self.field(m, "M.CURG"), WILD)],
			"a thread of -1": [(self.field(m, "M.PROCID"), -1)],
			"allp of 2^60": [(allp + 8, 1 << 60)],
			"allp nowhere": [(allp, WILD)],
			"a p nowhere": [(self.image.word(allp), WILD)],
			"a p of status 99": [(self.field(p, "P.STATUS"), b"\x63\0\0\0")],
			"a queue of 2^32": [(self.field(p, "P.RUNQ_HEAD"), b"\x01\0\0\0"),
					    (self.field(p, "P.RUNQ_TAIL"), b"\0\0\0\0")],
			"a queue of nothing real": [
				(runq, WILD.to_bytes(8, "little") * 256),
				(self.field(p, "P.RUNQ_HEAD"), b"\0\0\0\0"),
				(self.field(p, "P.RUNQ_TAIL"), b"\x10\0\0\0")],
			"runs next what is nowhere": [(self.field(p, "P.RUN_NEXT"), WILD)],
		}.items():
			yield "scheduler: " + what, None, changes

	def noise(self):
		"""Random words in random goroutines and on their stacks."""
		generator = random.Random(18)
		for number in range(12):
			changes = []
			for _ in range(generator.choice((1, 5, 30))):
				it = generator.choice(self.goroutines)
				g = int(it["address"], 16)
				sp = self.get(g, "G.SCHED_SP")
				at = generator.choice((g + 8 * generator.randrange(48),
						       sp + 8 * generator.randrange(20)))
				word = generator.choice((0, -1, WILD, g, sp, 1 << 47,
							 generator.getrandbits(64)))
				if self.has(at):
					changes.append((at, word))
			yield f"noise {number}", self.goroutines[-1]["id"], changes

	def has(self, addr):
		try:
			self.image.offset(addr)
		except KeyError:
			return False
		return True

	def commands(self, number):
		one = [f"goroutine --json {number}", f"bt --json {number}"] if number else []
		return LIST + one

	@staticmethod
	def harmless(what):
		return what.startswith("noise")


def symbols(exe):
	out = subprocess.run(["nm", exe], check=True, text=True, stdout=subprocess.PIPE).stdout
	return {name: int(addr, 16) for addr, kind, name in
		(line.split(" ", 2) for line in out.splitlines() if line[:1] != " ")}


class TableFaults(Injection):
	"""In the function table, which is the executable's."""

	def __init__(self, vole, exe, core, report, where):
		super().__init__(vole, exe, exe, report, where)
		self.core = core
		self.table = self.section(".gopclntab")

	def section(self, name):
		out = subprocess.run(["readelf", "-SW", self.exe], check=True, text=True,
				     stdout=subprocess.PIPE).stdout
		for line in out.splitlines():
			part = line.replace("[", " ").replace("]", " ").split()
			if len(part) > 5 and part[1] == name:
				return int(part[3], 16), int(part[5], 16)
		raise KeyError(name)

	def all(self):
		start, size = self.table
		# runtime.pcHeader: where its tables begin, from its own start.
		words = {name: start + self.image.word(start + at) for name, at in
			 (("names", 32), ("cu", 40), ("files", 48), ("values", 56), ("funcs", 64))}
		ends = sorted([*words.values(), start + size])
		for what, at, length, byte in (
			("no magic", start, 4, b"\0"),
			("another machine", start + 6, 2, b"\x04"),
			("endless varints", words["values"], None, b"\xff"),
			("varints of no bytes", words["values"], None, b"\0"),
			("values that stay for ever", words["values"], None, b"\x02\x00"),
			("names without end", words["names"], None, b"A"),
			("names of nothing", words["names"], None, b"\0"),
			("files without end", words["files"], None, b"A"),
			("files nowhere", words["cu"], None, b"\x7f"),
			("functions of zeros", words["funcs"], None, b"\0"),
			("functions of ones", words["funcs"], None, b"\xff"),
			("offsets of the header", start + 24, 48, b"\xf8"),
		):
			if length is None:
				length = ends[ends.index(at) + 1] - at
			data = (byte * length)[:length]
			yield "table: " + what, None, [(at, data)]
		generator = random.Random(12)
		for number in range(10):
			changes = []
			for _ in range(generator.choice((100, 2000, 20000))):
				at = start + generator.randrange(size)
				bit = 1 << generator.randrange(8)
				changes.append((at, bytes([self.image.read(at, 1)[0] ^ bit])))
			yield f"noise: bits of the table {number}", None, changes

	def line(self, command):
		return [self.vole, "core", self.image.path, self.core, "-e", command]

	def commands(self, _):
		return ["goroutines --json --limit 0", "bt --json 1", "bt all", "funcs --limit 5 main."]

	@staticmethod
	def harmless(what):
		# There are programs whose names were taken away.
		return what.startswith(("noise", "table: names of nothing"))


def truncations(vole, exe, core, work, report, where):
	"""Cores that end early: goroutines that are there are told."""
	size = core.stat().st_size
	for tenth in range(1, 10):
		bad = elfpatch.truncated(core, work / "cut.core", size * tenth // 10)
		it = Injection(vole, exe, bad, report, where)
		for command in LIST:
			it.one(f"core cut at {tenth}/10", command)
		it.image.close()
		bad.unlink()
